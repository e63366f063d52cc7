package cfn

import (
	"strings"
	"unicode/utf8"
)

// jsonSink writes JSON. https://www.rfc-editor.org/rfc/rfc8259
type jsonSink struct {
	b       []byte
	compact bool
	depth   int
	inside  bool // something stands in the innermost object or list already
	shared  *Writer
}

func (j *jsonSink) bytes() []byte { return j.b }

func (j *jsonSink) beginObject() { j.open('{') }
func (j *jsonSink) endObject()   { j.close('}') }
func (j *jsonSink) beginList()   { j.open('[') }
func (j *jsonSink) endList()     { j.close(']') }
func (j *jsonSink) item()        { j.next() }

func (j *jsonSink) key(name string) {
	j.next()
	j.b = append(appendQuoted(j.b, name), ':')
	if !j.compact {
		j.b = append(j.b, ' ')
	}
}

func (j *jsonSink) text(s string)        { j.b = appendQuoted(j.b, s) }
func (j *jsonSink) raw(token string)     { j.b = append(j.b, token...) }
func (j *jsonSink) function(Object) bool { return false }

func (j *jsonSink) placeholder(s string) {
	if j.compact {
		j.b = append(j.b, s[1:]...)
		return
	}
	j.indent(s[1:])
}

// indent writes compact JSON with its white space.
func (j *jsonSink) indent(text string) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '{', '[':
			j.open(c)
			if text[i+1] != c+2 { // in ASCII the closing bracket is two further
				j.next()
			}
		case '}', ']':
			j.close(c)
		case ',':
			j.next()
		case ':':
			j.b = append(j.b, ": "...)
		case '"':
			start := i
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			j.b = append(j.b, text[start:i+1]...)
		default:
			j.b = append(j.b, c)
		}
	}
}

func (j *jsonSink) open(bracket byte) {
	j.b = append(j.b, bracket)
	j.depth++
	j.inside = false
}

func (j *jsonSink) close(bracket byte) {
	j.depth--
	if j.inside {
		j.newline()
	}
	j.b = append(j.b, bracket)
	j.inside = true // it stands in what is around it
}

// next begins a member or an element.
func (j *jsonSink) next() {
	if j.inside {
		j.b = append(j.b, ',')
	}
	j.inside = true
	j.newline()
}

func (j *jsonSink) newline() {
	if j.compact {
		return
	}
	first := min(j.depth, usualDepth)
	j.b = append(j.b, usualNewline[:len("\n")+len("  ")*first]...)
	for range j.depth - first {
		j.b = append(j.b, "  "...)
	}
}

// usualDepth is how many objects and lists usually stand in one another at most, and usualNewline
// the end of a line and the indentation of the next one there.
const usualDepth = 24

var usualNewline = "\n" + strings.Repeat("  ", usualDepth)

const hexDigits = "0123456789abcdef"

// appendQuoted appends a text as a JSON string. Nothing is escaped but what JSON wants to be; in
// particular nothing for HTML's sake.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	if StandsAsItIs(s) {
		return append(append(b, s...), '"')
	}
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if standsAsItIs[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = appendEscape(append(b, s[start:i]...), rune(c))
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(append(b, s[start:i]...), "\uFFFD"...)
			start = i + 1
		}
		i += size
	}
	return append(append(b, s[start:]...), '"')
}

// appendEscape appends a character of the basic plane as JSON and YAML both escape it.
func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u',
		hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
