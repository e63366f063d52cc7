package cfn

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Unknown is a part of a text that is known only after deployment: the value of a parameter that
// nobody states, what another stack exports, the six characters that end the ARN of a secret. Two
// unknown parts that are equal in every field have the same value, whatever it is.
//
// A text with unknown parts is a Go string like any other: an unknown part stands in it as Text
// returns it, between two noncharacters of Unicode that no text of a template can contain. What
// shows such a text to a person passes it through Shown first.
type Unknown struct {
	// What is the kind of what is not known: parameter, stored (what Systems Manager keeps for a
	// parameter), import, attribute, name, suffix, account, region, stack, policy, condition, tag;
	// of values of functions also macro (what a macro or a
	// function that this package does not know makes of a value), loop, text (longer than is read,
	// or in a form that CloudFormation refuses) and budget (there was no more time to read it).
	What string
	// of the parameter, export or attribute; what tells it from others of its kind
	Name string
	// the file of the template that mentions it, without extension; empty: it is the same in all
	// templates
	Template  string
	LogicalID string // of the resource whose attribute or name it is
	Shown     string // how reports write it: ?????? for six characters, <account>, ${Env}
	Class     Class  // the characters that it consists of
	Min, Max  int    // how many characters it has; a Max of 0 is no limit
	// no two different ones have the same value: names that CloudFormation makes, ids of keys
	Unique bool
	Not    []string // values that it certainly does not have

	// Expression tells values of functions from others that hang on the same: a digest of the
	// function and its arguments, or empty.
	Expression string
}

// Class is a set of characters.
type Class uint8

// The classes of characters.
const (
	AnyText   Class = iota
	NameText        // letters, digits and + = , . @ _ - : names in IAM
	Letters         // letters and digits
	Digits          // decimal digits
	HexDigits       // digits, a to f, and hyphens: UUIDs
	Hyphened        // letters, digits and hyphens: names of stacks and Regions
)

// Has says whether a character is in the class.
func (c Class) Has(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	switch c {
	case NameText:
		return letter || strings.ContainsRune("+=,.@_-", r)
	case Letters:
		return letter
	case Digits:
		return '0' <= r && r <= '9'
	case Hyphened:
		return letter || r == '-'
	case HexDigits:
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'f' || r == '-'
	}
	return true
}

// What stands around an unknown part in a text, and the private characters between: one for each
// byte of its description.
const (
	unknownBegin = '\uFDD0'
	unknownEnd   = '\uFDD1'
	unknownByte  = 0xE000
)

// unknownSeparator stands between the fields of a description, and separatorText is its private
// character.
const (
	unknownSeparator = "\x1f"
	separatorText    = "\uE01F"
)

// Text returns the unknown part as it stands in a text.
func (u Unknown) Text() string {
	const usual = 512
	b := make([]byte, 0, usual)
	b = utf8.AppendRune(b, unknownBegin)
	for i, f := range [...]string{
		u.What, u.Name, u.Template, u.LogicalID, u.Shown, strconv.Itoa(int(u.Class)),
		strconv.Itoa(u.Min), strconv.Itoa(u.Max), strconv.FormatBool(u.Unique), u.Expression,
	} {
		if i > 0 {
			b = appendByte(b, unknownSeparator[0])
		}
		b = appendField(b, f)
	}
	for _, f := range u.Not {
		b = appendField(appendByte(b, unknownSeparator[0]), f)
	}
	return string(utf8.AppendRune(b, unknownEnd))
}

// appendField appends a field of a description. A separator within it would shift the fields after
// it.
func appendField(b []byte, field string) []byte {
	if strings.Contains(field, unknownSeparator) {
		field = strings.ReplaceAll(field, unknownSeparator, "\uFFFD")
	}
	for i := range len(field) {
		b = appendByte(b, field[i])
	}
	return b
}

// appendByte appends the private character of a byte: unknownByte and the byte, in UTF-8.
func appendByte(b []byte, c byte) []byte { return append(b, 0xEE, 0x80|c>>6, 0x80|c&0x3F) }

// byteAt returns the byte whose private character stands at an offset of a text, if one does.
func byteAt(text string, i int) (c byte, ok bool) {
	if i+2 >= len(text) {
		return 0, false
	}
	return privateByte(text[i], text[i+1], text[i+2])
}

// privateByte returns the byte whose private character three bytes are, if they are one.
func privateByte(x, y, z byte) (c byte, ok bool) {
	const fixed, value = 0xC0FCFF, 0x8080EE // the bits that all have, and what they are
	three := uint32(x) | uint32(y)<<8 | uint32(z)<<16
	return byte(three>>2&0xC0 | three>>16&0x3F), three&fixed == value
}

// UnknownAtStart returns how long the beginning of a text is that consists of nothing but
// characters that unknown parts are written in. They are valid, and have no upper and lower case.
func UnknownAtStart(s string) int {
	n := 0
	for ; n+2 < len(s); n += 3 { // see appendByte; U+FDD0 and U+FDD1 are EF B7 90 and EF B7 91
		a, b, c := s[n], s[n+1], s[n+2]
		ofDescription := a == 0xEE && b&^3 == 0x80 && c&^0x3F == 0x80
		if !ofDescription && (a != 0xEF || b != 0xB7 || c != 0x90 && c != 0x91) {
			break
		}
	}
	return n
}

// HasUnknown says whether a text has unknown parts.
func HasUnknown(s string) bool { return strings.Contains(s, string(unknownBegin)) }

// Mentions says whether a text has an unknown part of a kind, by its What.
func Mentions(s, what string) bool {
	for {
		at := strings.Index(s, string(unknownBegin))
		if at < 0 {
			return false
		}
		if s = s[at+len(string(unknownBegin)):]; isDescribed(s, what) {
			return true
		}
	}
}

// OnlyKinds says whether all unknown parts of a text are of some kinds, by their What.
func OnlyKinds(s string, whats ...string) bool {
	for {
		at := strings.Index(s, string(unknownBegin))
		if at < 0 {
			return true
		}
		s = s[at+len(string(unknownBegin)):]
		if !slices.ContainsFunc(whats, func(what string) bool { return isDescribed(s, what) }) {
			return false
		}
	}
}

// isDescribed says whether a text begins with a field of a description, and the separator.
func isDescribed(s, field string) bool {
	for i := range len(field) {
		at := i * len(separatorText)
		if c, ok := byteAt(s, at); !ok || c != field[i] {
			return false
		}
	}
	return strings.HasPrefix(s[len(field)*len(separatorText):], separatorText)
}

// CutUnknown returns what stands before the first unknown part of a text, the part, as it stands
// there and what it is, and the rest. It says whether there is one.
func CutUnknown(s string) (before, text string, u Unknown, after string, found bool) {
	before, text, after, found = cutUnknown(s)
	if found {
		u = parseUnknown(text)
	}
	return before, text, u, after, found
}

// AroundUnknown returns what stands before the first unknown part of a text, and behind the last.
func AroundUnknown(s string) (before, after string) {
	begin := strings.Index(s, string(unknownBegin))
	end := strings.LastIndex(s, string(unknownEnd))
	if begin < 0 || end < begin {
		return s, s
	}
	return s[:begin], s[end+len(string(unknownEnd)):]
}

// cutUnknown is CutUnknown for who does not ask what the part is.
func cutUnknown(s string) (before, text, after string, found bool) {
	begin := strings.IndexRune(s, unknownBegin)
	if begin < 0 {
		return s, "", "", false
	}
	end := strings.IndexRune(s[begin:], unknownEnd)
	if end < 0 {
		return s, "", "", false
	}
	end += begin + len(string(unknownEnd))
	return s[:begin], s[begin:end], s[end:], true
}

func parseUnknown(text string) Unknown {
	const fields, usual = 10, 256
	var room [usual]byte
	b := room[:]
	if n := len(text) / len(separatorText); n > len(b) {
		b = make([]byte, n)
	}
	n, ends, field := 0, [fields]int{}, 0 // how much of b is used, where the first fields end
	for len(text) >= len(separatorText) {
		c, ok := privateByte(text[0], text[1], text[2])
		if !ok {
			text = text[1:]
			continue
		}
		if c == unknownSeparator[0] && field < fields {
			ends[field] = n
			field++
		}
		b[n] = c
		n++
		text = text[len(separatorText):]
	}
	described := string(b[:n])
	switch {
	case field < fields-1:
		return Unknown{What: "text"}
	case field < fields: // nothing stands behind the last one
		ends[fields-1] = n
	}
	of := func(i int) string { return described[ends[i-1]+len(unknownSeparator) : ends[i]] }
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	u := Unknown{
		What: described[:ends[0]], Name: of(1), Template: of(2), LogicalID: of(3), Shown: of(4),
		Class: Class(number(of(5))), Min: number(of(6)), Max: number(of(7)),
		Unique: of(8) == "true", Expression: of(9),
	}
	if field == fields {
		u.Not = strings.Split(described[ends[fields-1]+len(unknownSeparator):], unknownSeparator)
	}
	return u
}

// LengthOf returns the Min and Max of an unknown part as it stands in a text: those that CutUnknown
// finds, without the rest of what it is.
func LengthOf(part string) (least, most int) {
	const ofMin, ofMax = 6, 7
	ends, ok := fieldEnds(part)
	if !ok {
		return 0, 0
	}
	return digitsOf(part[ends[ofMin-1]:ends[ofMin]]), digitsOf(part[ends[ofMax-1]:ends[ofMax]])
}

// fieldEnds returns where the fields of a description end that a separator ends: behind that. They
// are all but the last one, of a description that has no other fields behind it; it is not ok of a
// text with fewer.
func fieldEnds(part string) (ends [9]int, ok bool) {
	field := 0
	for end := 0; field < len(ends); {
		// all private characters begin alike, so that it is the last byte that tells
		at := strings.IndexByte(part[end:], separatorText[len(separatorText)-1])
		if at < 0 {
			return ends, false
		}
		end += at + 1
		if end >= len(separatorText) && part[end-len(separatorText):end] == separatorText {
			ends[field] = end
			field++
		}
	}
	return ends, true
}

// digitsOf returns the number that the digits of a field of a description make.
func digitsOf(field string) (n int) {
	for i := 0; i < len(field); {
		c, ok := byteAt(field, i)
		if !ok {
			i++
			continue
		}
		if '0' <= c && c <= '9' {
			n = n*10 + int(c-'0')
		}
		i += len(separatorText)
	}
	return n
}

// IsUTF8 says whether a text is UTF-8. It is quick about texts with unknown parts: their private
// characters are of one form.
func IsUTF8(s string) bool {
	const first = 0xEE // of three bytes, of which the others are any two of the usual ones
	for {
		at := strings.IndexByte(s, first)
		if at < 0 {
			return utf8.ValidString(s)
		}
		if !utf8.ValidString(s[:at]) {
			return false
		}
		s = s[at:]
		i := 0
		for i+2 < len(s) && s[i] == first && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 {
			i += 3
		}
		if i == 0 {
			return false
		}
		s = s[i:]
	}
}

// UnknownsIn returns the unknown parts of a text, in their order.
func UnknownsIn(s string) []Unknown {
	var out []Unknown
	for {
		_, _, u, after, found := CutUnknown(s)
		if !found {
			return out
		}
		out, s = append(out, u), after
	}
}

// Shown returns a text as it is shown to people: unknown parts as they are written for them.
func Shown(s string) string {
	if !HasUnknown(s) {
		return s
	}
	var b strings.Builder
	for {
		before, part, after, found := cutUnknown(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		const ofShown = 4
		if ends, ok := fieldEnds(part); ok {
			writeField(&b, part[ends[ofShown-1]:ends[ofShown]-len(separatorText)])
		}
		s = after
	}
}

// writeField writes a field of a description as it was before it became private characters.
func writeField(b *strings.Builder, field string) {
	for i := 0; i < len(field); {
		c, ok := byteAt(field, i)
		if !ok {
			i++
			continue
		}
		b.WriteByte(c)
		i += len(separatorText)
	}
}

// Unread is a value that is no text and not known before the deployment: a list parameter without a
// value, an attribute that is a list, a macro, an unknown tag.
type Unread struct{ Unknown }

// Truth is whether something holds: it may depend on what is not known.
type Truth uint8

// The truths.
const (
	No Truth = iota
	Maybe
	Yes
)

// TruthOf returns Yes or No.
func TruthOf(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// Not returns the truth of the contrary.
func (t Truth) Not() Truth { return Yes - t }
