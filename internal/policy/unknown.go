package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
)

// symbol is one place of a text or pattern with unknown parts: a character, a wildcard, or a
// character or a run of characters that nobody knows.
type symbol struct {
	kind     symbolKind
	char     rune
	unknown  string // the text of the unknown part that it belongs to
	at       int    // which character of it
	class    cfn.Class
	unique   bool
	optional bool // it may be missing
}

type symbolKind uint8

const (
	literalChar  symbolKind = iota
	wildRun                 // anyRun
	wildField               // fieldRun
	wildOne                 // anyOne
	wildFieldOne            // fieldOne
	unknownChar
	unknownRun
)

// mostExpanded is how long an unknown part may be that is told character by character.
const mostExpanded = 64

// symbolsOf takes a text or pattern apart.
func symbolsOf(s string) []symbol {
	out := make([]symbol, 0, len(s))
	for len(s) > 0 {
		switch c := s[0]; {
		case c == anyRun:
			out, s = append(out, symbol{kind: wildRun}), s[1:]
		case c == fieldRun:
			out, s = append(out, symbol{kind: wildField}), s[1:]
		case c == anyOne:
			out, s = append(out, symbol{kind: wildOne}), s[1:]
		case c == fieldOne:
			out, s = append(out, symbol{kind: wildFieldOne}), s[1:]
		case c == unknownLead && strings.HasPrefix(s, beginning):
			_, text, u, after, found := cfn.CutUnknown(s)
			if !found {
				out, s = append(out, symbol{char: '\uFFFD'}), s[3:]
				continue
			}
			out, s = appendUnknown(out, text, &u), after
		default:
			n := width(s, 0)
			out, s = append(out, symbol{char: []rune(s[:n])[0]}), s[n:]
		}
	}
	return out
}

// appendUnknown adds an unknown part: its characters where it is short, else those that it has at
// least, and a run.
func appendUnknown(out []symbol, text string, u *cfn.Unknown) []symbol {
	e := symbol{kind: unknownChar, unknown: text, class: u.Class, unique: u.Unique}
	for i := range min(u.Min, mostExpanded) {
		e.at = i
		out = append(out, e)
	}
	e.optional = true
	if u.Max == 0 || u.Max > mostExpanded {
		e.kind, e.at = unknownRun, u.Min
		return append(out, e)
	}
	for i := u.Min; i < u.Max; i++ {
		e.at = i
		out = append(out, e)
	}
	return out
}

func (e *symbol) isUnknown() bool { return e.kind >= unknownChar }

// mayBe says whether a place of a text may have a character.
func (e *symbol) mayBe(r rune, fold bool) bool {
	if e.isUnknown() {
		return e.class.Has(r) || fold && (e.class.Has(swapCase(r)))
	}
	return e.char == r || fold && foldRune(e.char) == foldRune(r)
}

func foldRune(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}

func swapCase(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + ('a' - 'A')
	case 'a' <= r && r <= 'z':
		return r - ('a' - 'A')
	}
	return r
}

// matches says whether a pattern with the wildcards of match.go covers a text, of which both may
// have unknown parts: whatever these are, or never, or as they are. With fold, upper and lower case
// of ASCII letters make no difference; the pattern needs not be in lower case.
func matches(pattern, text string, fold bool) cfn.Truth {
	if !fold && endsApart(pattern, text) {
		return cfn.No
	}
	p, t, forced := alike(pattern, text, fold)
	switch {
	case forced == cfn.No:
		return cfn.No
	case p == len(pattern) && t == len(text) || pattern[p:] == allRuns:
		return cfn.Yes
	case !cfn.HasUnknown(pattern[p:]) && !cfn.HasUnknown(text[t:]):
		pattern, text = pattern[p:], text[t:]
		if fold {
			pattern = lowered(pattern)
		}
		return cfn.TruthOf(match(pattern, text, fold))
	}
	if asLong(pattern[p:], text[t:]) {
		return cfn.Yes
	}
	l, a := laidText(text, fold), patternApart(pattern, fold)
	from, textFrom := a.placeAt(p), l.placeAt(t)
	switch {
	case !l.may(a, from, textFrom, cfn.HasUnknown(pattern[:p])):
		return cfn.No
	case l.must(a, from, textFrom):
		return cfn.Yes
	}
	return cfn.Maybe
}

// asLong says of the most usual pair of a pattern and a text with an unknown part that the one
// covers the other whatever the part is: the pattern is nothing but ?, and the text a part of as
// many characters. Others are told by matches alone.
func asLong(pattern, text string) bool {
	if pattern == "" || len(pattern) > mostExpanded || !strings.HasPrefix(text, beginning) ||
		!strings.HasSuffix(text, ending) ||
		strings.IndexFunc(text[len(beginning):], isBeginning) >= 0 {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] != anyOne {
			return false
		}
	}
	least, most := cfn.LengthOf(text)
	return least == len(pattern) && most == least
}

func isBeginning(r rune) bool { return string(r) == beginning }

// acrossColons returns a pattern in which wildcards that may be in the resource part of an ARN, or
// may end a field, match colons: an unknown part before them may have any number of colons. unknown
// says that there is one before the pattern.
func acrossColons(pattern []symbol, unknown bool) []symbol {
	free := map[symbolKind]symbolKind{wildField: wildRun, wildFieldOne: wildOne}
	out := slices.Clone(pattern)
	for i := range out {
		e := &out[i]
		followed := i+1 < len(out) && out[i+1].isUnknown()
		if to, ok := free[e.kind]; ok && (unknown || followed) {
			e.kind = to
		}
		unknown = unknown || e.isUnknown() && e.class == cfn.AnyText
	}
	return out
}

// lowered writes ASCII letters in lower case and leaves every other byte, wildcards among them.
func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}

// alike returns how much of a pattern and a text is the same at their beginning, before the first
// wildcard. forced is No if what follows cannot match.
func alike(pattern, text string, fold bool) (p, t int, forced cfn.Truth) {
	p = sameASCII(pattern, text)
	t = p
	for p < len(pattern) && t < len(text) {
		a, b := pattern[p], text[t]
		if a >= fieldOne {
			return p, t, cfn.Maybe
		}
		if a == unknownLead || b == unknownLead {
			n := sameUnknown(pattern[p:], text[t:])
			if n == 0 && (cfn.HasUnknown(pattern[p:]) || cfn.HasUnknown(text[t:])) {
				return p, t, cfn.Maybe
			}
			p, t = p+n, t+n
			if n > 0 {
				continue
			}
		}
		if a != b && !(fold && lower(a) == lower(b)) {
			return p, t, cfn.No
		}
		p, t = p+1, t+1
	}
	return p, t, cfn.Maybe
}

// unknownLead is the first byte of an unknown part, and of other characters.
const unknownLead = 0xEF

// sameUnknown returns how long the unknown part is with which both texts begin, 0 where they do not
// begin with the same.
func sameUnknown(a, b string) int {
	if !strings.HasPrefix(a, beginning) {
		return 0
	}
	end := strings.Index(a, ending)
	if end < 0 || !strings.HasPrefix(b, a[:end+len(ending)]) {
		return 0
	}
	return end + len(ending)
}

// What an unknown part begins and ends with.
const (
	beginning = "\uFDD0"
	ending    = "\uFDD1"
)

// hasWildcard says whether a pattern has one of the wildcards of match.go.
func hasWildcard(s string) bool {
	for i := range len(s) {
		if s[i] >= fieldOne {
			return true
		}
	}
	return false
}

// apart says whether a pattern and a text differ in characters before the first wildcard and the
// first unknown part, or behind the last ones.
func apart(pattern, text string) bool {
	if endsApart(pattern, text) {
		return true
	}
	_, _, forced := alike(pattern, text, false)
	return forced == cfn.No
}

// endsApart says whether a pattern and a text end in characters that differ, which are neither
// wildcards nor unknown parts: the one does not match the other, whatever stands before. Of most
// pairs this is so, and tells it at once.
func endsApart(pattern, text string) bool {
	for i, j := len(pattern)-1, len(text)-1; i >= 0 && j >= 0; i, j = i-1, j-1 {
		if pattern[i] >= utf8.RuneSelf || text[j] >= utf8.RuneSelf {
			return false
		}
		if pattern[i] != text[j] {
			return true
		}
	}
	return false
}
