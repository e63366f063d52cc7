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
	// What is the kind of what is not known: parameter, import, attribute, name, suffix, account,
	// region, stack, policy, condition, tag; of values of functions also macro (what a macro or a
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

const unknownSeparator = "\x1f"

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
	if text[i] != 0xEE || i+2 >= len(text) || text[i+1]&^3 != 0x80 || text[i+2]&^0x3F != 0x80 {
		return 0, false
	}
	return text[i+1]<<6 | text[i+2]&0x3F, true
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
	if !HasUnknown(s) {
		return false
	}
	var room [64]byte
	begin := append(room[:0], string(unknownBegin)...)
	begin = appendByte(appendField(begin, what), unknownSeparator[0])
	return strings.Contains(s, string(begin))
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

// isDescribed says whether a text begins with a part of a description, and the separator.
func isDescribed(s, part string) bool {
	var room [64]byte
	want := appendByte(appendField(room[:0], part), unknownSeparator[0])
	return strings.HasPrefix(s, string(want))
}

// CutUnknown returns what stands before the first unknown part of a text, the part, as it stands
// there and what it is, and the rest. It says whether there is one.
func CutUnknown(s string) (before, text string, u Unknown, after string, found bool) {
	begin := strings.IndexRune(s, unknownBegin)
	if begin < 0 {
		return s, "", Unknown{}, "", false
	}
	end := strings.IndexRune(s[begin:], unknownEnd)
	if end < 0 {
		return s, "", Unknown{}, "", false
	}
	end += begin + len(string(unknownEnd))
	return s[:begin], s[begin:end], parseUnknown(s[begin:end]), s[end:], true
}

func parseUnknown(text string) Unknown {
	var room [192]byte
	b := room[:0]
	for i := 0; i < len(text); i++ {
		if c, ok := byteAt(text, i); ok {
			b = append(b, c)
			i += 2
		}
	}
	const fields = 10
	var f [fields]string
	rest, more := string(b), true
	for i := range f {
		if !more {
			return Unknown{What: "text"}
		}
		f[i], rest, more = strings.Cut(rest, unknownSeparator)
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	u := Unknown{
		What: f[0], Name: f[1], Template: f[2], LogicalID: f[3], Shown: f[4],
		Class: Class(number(f[5])), Min: number(f[6]), Max: number(f[7]), Unique: f[8] == "true",
		Expression: f[9],
	}
	if more {
		u.Not = strings.Split(rest, unknownSeparator)
	}
	return u
}

// LengthOf returns the Min and Max of an unknown part as it stands in a text: those that CutUnknown
// finds, without the rest of what it is.
func LengthOf(part string) (least, most int) {
	const ofMin, ofMax, fields = 6, 7, 10
	for field := range fields {
		before, after, found := strings.Cut(part, separatorInText)
		switch {
		case !found && field < fields-1:
			return 0, 0
		case field == ofMin:
			least = numberIn(before)
		case field == ofMax:
			most = numberIn(before)
		}
		part = after
	}
	return least, most
}

// separatorInText is what a separator is in the text of an unknown part.
const separatorInText = "\uE01F"

// numberIn returns the number of the digits of a field of a description.
func numberIn(field string) int {
	n := 0
	for i := 0; i < len(field); i++ {
		if c, ok := byteAt(field, i); ok {
			i += 2
			if '0' <= c && c <= '9' {
				n = n*10 + int(c-'0')
			}
		}
	}
	return n
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
		before, _, u, after, found := CutUnknown(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(u.Shown)
		s = after
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
