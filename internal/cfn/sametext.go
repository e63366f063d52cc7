package cfn

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// segment is a part of a text: literal, or unknown.
type segment struct {
	text    string // as it stands in the text
	unknown *Unknown
}

// segments takes a text apart.
func segments(s string) []segment {
	var out []segment
	for {
		before, text, u, after, found := CutUnknown(s)
		if before != "" {
			out = append(out, segment{text: before})
		}
		if !found {
			return out
		}
		out = append(out, segment{text: text, unknown: &u})
		s = after
	}
}

// SameText says whether two texts are equal whatever their unknown parts are: Yes if they are the
// same text, No if their forms exclude it, Maybe otherwise. Upper and lower case differ.
func SameText(a, b string) Truth {
	if a == b {
		return Yes
	}
	if !HasUnknown(a) && !HasUnknown(b) {
		return No
	}
	x, y := withoutCommonStart(segments(a), segments(b))
	x, y = withoutCommonEnd(x, y)
	switch {
	case len(x) == 0 && len(y) == 0:
		return Yes
	case !couldStartAlike(x, y), !couldEndAlike(x, y), certainlyDiffer(x, y), certainlyDiffer(y, x):
		return No
	case isLiteral(x):
		return couldBe(y, literalOf(x))
	case isLiteral(y):
		return couldBe(x, literalOf(y))
	}
	least, most := lengths(x)
	otherLeast, otherMost := lengths(y)
	if most >= 0 && most < otherLeast || otherMost >= 0 && otherMost < least {
		return No
	}
	return Maybe
}

// withoutCommonStart leaves out what both texts begin with: the same characters, the same unknown
// parts.
func withoutCommonStart(x, y []segment) ([]segment, []segment) {
	for len(x) > 0 && len(y) > 0 {
		if x[0].text == y[0].text {
			x, y = x[1:], y[1:]
			continue
		}
		if x[0].unknown != nil || y[0].unknown != nil {
			return x, y
		}
		n := 0
		for n < min(len(x[0].text), len(y[0].text)) && x[0].text[n] == y[0].text[n] {
			n++
		}
		if n == 0 {
			return x, y
		}
		x, y = cutStart(x, n), cutStart(y, n)
	}
	return x, y
}

func cutStart(s []segment, n int) []segment {
	if n == len(s[0].text) {
		return s[1:]
	}
	s = slices.Clone(s)
	s[0].text = s[0].text[n:]
	return s
}

// withoutCommonEnd leaves out what both texts end with.
func withoutCommonEnd(x, y []segment) ([]segment, []segment) {
	for len(x) > 0 && len(y) > 0 {
		last, other := x[len(x)-1], y[len(y)-1]
		if last.text == other.text {
			x, y = x[:len(x)-1], y[:len(y)-1]
			continue
		}
		if last.unknown != nil || other.unknown != nil {
			return x, y
		}
		n := commonEnd(last.text, other.text)
		if n == 0 {
			return x, y
		}
		x, y = cutEnd(x, n), cutEnd(y, n)
	}
	return x, y
}

// commonEnd returns how many bytes at their ends two texts have in common.
func commonEnd(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

func cutEnd(s []segment, n int) []segment {
	i := len(s) - 1
	if n == len(s[i].text) {
		return s[:i]
	}
	s = slices.Clone(s)
	s[i].text = s[i].text[:len(s[i].text)-n]
	return s
}

// couldStartAlike says whether the first characters of two texts may be the same. Common ones are
// left out already.
func couldStartAlike(x, y []segment) bool {
	if len(x) == 0 || len(y) == 0 {
		return true // by lengths
	}
	first := func(s segment) rune { r, _ := utf8.DecodeRuneInString(s.text); return r }
	return couldMeet(x[0], y[0], first)
}

func couldEndAlike(x, y []segment) bool {
	if len(x) == 0 || len(y) == 0 {
		return true
	}
	last := func(s segment) rune { r, _ := utf8.DecodeLastRuneInString(s.text); return r }
	return couldMeet(x[len(x)-1], y[len(y)-1], last)
}

// couldMeet says whether an outermost character of two segments may be the same.
func couldMeet(x, y segment, outermost func(segment) rune) bool {
	switch {
	case x.unknown == nil && y.unknown == nil:
		return false
	case x.unknown == nil:
		return couldHave(y.unknown, outermost(x))
	case y.unknown == nil:
		return couldHave(x.unknown, outermost(y))
	}
	return true
}

// couldHave says whether a character may stand first, or last, in an unknown part or beyond it.
// Half a character, as cutting off what is common can leave it, may stand anywhere.
func couldHave(u *Unknown, r rune) bool {
	return u.Min == 0 || r == utf8.RuneError || u.Class.Has(r)
}

// certainlyDiffer says whether x, being one unknown part, certainly is not y.
func certainlyDiffer(x, y []segment) bool {
	if len(x) != 1 || x[0].unknown == nil {
		return false
	}
	if isLiteral(y) {
		return slices.Contains(x[0].unknown.Not, literalOf(y))
	}
	return len(y) == 1 && x[0].unknown.Unique && y[0].unknown.Unique
}

// isLiteral says whether a text has no unknown parts.
func isLiteral(s []segment) bool {
	return !slices.ContainsFunc(s, func(s segment) bool { return s.unknown != nil })
}

func literalOf(s []segment) string {
	var b strings.Builder
	for _, part := range s {
		b.WriteString(part.text)
	}
	return b.String()
}

// lengths returns how many characters a text has at least and at most; -1 is no limit.
func lengths(s []segment) (least, most int) {
	for _, part := range s {
		n, limit := utf8.RuneCountInString(part.text), utf8.RuneCountInString(part.text)
		if part.unknown != nil {
			n, limit = part.unknown.Min, part.unknown.Max
			if limit == 0 {
				limit = -1
			}
		}
		least += n
		if most < 0 || limit < 0 {
			most = -1
			continue
		}
		most += limit
	}
	return least, most
}

// couldBe says whether a text with unknown parts may be a literal one: Maybe or No.
func couldBe(pattern []segment, literal string) Truth {
	runes := []rune(literal)
	at := make([]bool, len(runes)+1) // where in the literal the segments so far may end
	at[0] = true
	for _, part := range pattern {
		if part.unknown == nil {
			at = afterLiteral(at, runes, []rune(part.text))
			continue
		}
		at = afterUnknown(at, runes, part.unknown)
	}
	if at[len(runes)] {
		return Maybe
	}
	return No
}

func afterLiteral(at []bool, runes, text []rune) []bool {
	next := make([]bool, len(at))
	for i, here := range at {
		if here && i+len(text) <= len(runes) && slices.Equal(runes[i:i+len(text)], text) {
			next[i+len(text)] = true
		}
	}
	return next
}

// afterUnknown goes from each place over as many characters of the class as the part may have.
func afterUnknown(at []bool, runes []rune, u *Unknown) []bool {
	next := make([]bool, len(at))
	var starts []int // places from which the class goes on up to here, the earliest first
	for i := range at {
		if i > 0 && !u.Class.Has(runes[i-1]) {
			starts = starts[:0]
		}
		if at[i] {
			starts = append(starts, i)
		}
		for u.Max > 0 && len(starts) > 0 && i-starts[0] > u.Max {
			starts = starts[1:]
		}
		next[i] = len(starts) > 0 && i-starts[0] >= u.Min
	}
	return next
}
