package cfn

// Size returns how many bytes Append writes of the template, without writing them.
func (t *Template) Size(f Format) int {
	if f.YAML {
		return len(t.Append(nil, f))
	}
	s := &jsonSize{compact: f.Compact}
	t.writeTo(s)
	return s.n + len("\n")
}

// jsonSize is jsonSink for who wants to know how much it would write. It adds up what that appends.
type jsonSize struct {
	n       int
	compact bool
	depth   int
	inside  bool // something stands in the innermost object or list already
}

func (j *jsonSize) bytes() []byte { return nil }

func (j *jsonSize) beginObject() { j.open() }
func (j *jsonSize) endObject()   { j.close() }
func (j *jsonSize) beginList()   { j.open() }
func (j *jsonSize) endList()     { j.close() }
func (j *jsonSize) item()        { j.next() }

func (j *jsonSize) key(name string) {
	j.next()
	j.n += quotedLength(name) + len(":")
	if !j.compact {
		j.n++
	}
}

func (j *jsonSize) text(s string)        { j.n += quotedLength(s) }
func (j *jsonSize) raw(token string)     { j.n += len(token) }
func (j *jsonSize) function(Object) bool { return false }

func (j *jsonSize) placeholder(s string) {
	if j.compact {
		j.n += len(s) - 1
		return
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '{', '[':
			j.open()
			if s[i+1] != c+2 { // in ASCII the closing bracket is two further
				j.next()
			}
		case '}', ']':
			j.close()
		case ',':
			j.next()
		case ':':
			j.n += len(": ")
		case '"':
			start := i
			for i++; s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
			j.n += i + 1 - start
		default:
			j.n++
		}
	}
}

func (j *jsonSize) open() {
	j.n++
	j.depth++
	j.inside = false
}

func (j *jsonSize) close() {
	j.depth--
	if j.inside {
		j.newline()
	}
	j.n++
	j.inside = true // it stands in what is around it
}

// next begins a member or an element.
func (j *jsonSize) next() {
	if j.inside {
		j.n++
	}
	j.inside = true
	j.newline()
}

func (j *jsonSize) newline() {
	if !j.compact {
		j.n += len("\n") + len("  ")*j.depth
	}
}

// quotedLength returns how many bytes appendQuoted appends of a text.
func quotedLength(s string) int {
	if !StandsAsItIs(s) {
		return len(appendQuoted(nil, s))
	}
	return len(`""`) + len(s)
}

// standsAsItIs has the bytes that stand for themselves in a JSON string.
var standsAsItIs = func() (plain [256]bool) {
	for c := ' '; c < 0x80; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()
