package policy

// Most of what a policy is asked about it names as it stands: of hundreds of values one is the very
// text. So the values are looked through for it before any is compared, which takes its wildcards
// and unknown parts into account and costs much more. A test holds both ways equal.

// isWritten says whether Resource has a text as it stands, and no policy variables.
func (r *Rule) isWritten(arn string) bool {
	found := false
	for i := range r.resources {
		p := &r.resources[i]
		if p.parts != nil {
			return false
		}
		found = found || p.is(arn)
	}
	return found
}

// isWritten says whether a text is one of the values of a condition as it stands, if they are texts
// whose case makes a difference.
func (t *ConditionTest) isWritten(value string) bool {
	if c := t.operator.compare; c != texts && c != patterns {
		return false
	}
	for i := range t.operands {
		if t.operands[i].pattern.is(value) {
			return true
		}
	}
	return false
}

// is says whether the pattern is a text and nothing else.
func (p *pattern) is(text string) bool { return p.parts == nil && !p.wild && p.text == text }

// sameASCII returns how many bytes, in steps of eight, are the same at the beginning of two texts
// and are ASCII: neither wildcards nor of an unknown part.
func sameASCII(a, b string) int {
	const step = 8
	n := 0
	for len(a) >= n+step && len(b) >= n+step {
		x, y := eight(a[n:n+step]), eight(b[n:n+step])
		if x != y || x&0x8080808080808080 != 0 {
			break
		}
		n += step
	}
	return n
}

// eight returns the first eight bytes of a text as one number.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
