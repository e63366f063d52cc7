package yaml

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"github.com/secretctl/secretctl/internal/diag"
)

// scalar reads a plain or quoted scalar; multi says that it has several lines, which in block style
// must be indented deeper than parent.
func (r *reader) scalar(tk *token.Token, parent int, flow bool) (n *Node, multi bool) {
	start := r.pos
	switch c := r.p.text[start]; {
	case tk.Type == token.SingleQuoteType, tk.Type == token.DoubleQuoteType:
		end := r.quoted(c)
		n = r.newNode(String, start, end)
		n.Quoted = true
		r.say(n, r.unquote(start+1, end-1, c))
	case !isPlain(tk.Type):
		r.refuseMisplaced(tk)
	default:
		end := r.plainEnd(tk, flow)
		n = r.newNode(String, start, end)
		text := r.p.text[start:end]
		if !r.quick { // else it is one line
			text = foldPlain(text)
		}
		r.say(n, text)
		n.Kind = kindOf(n.Text())
		r.take(end)
	}
	if r.quick && !n.Quoted {
		return n, false // it ends with its line
	}
	end := int(n.end)
	i := strings.LastIndexByte(r.p.text[start:end], '\n')
	if i < 0 {
		return n, false
	}
	r.line = start + i + 1
	if n.Quoted {
		r.longQuote = n.Span()
	}
	if !flow && parent >= 0 && !(r.p.as.Template && n.Quoted) {
		r.checkContinuation(start, end, parent)
	}
	return n, true
}

// plainEnd returns where the plain scalar at pos ends.
func (r *reader) plainEnd(tk *token.Token, flow bool) int {
	if r.quick {
		return r.quickPlain(flow)
	}
	end := r.matchPlain(tk.Value)
	r.checkPlain(r.pos, end, flow)
	return end
}

// isPlain says whether goccy took a token for a plain scalar, of whatever kind.
func isPlain(t token.Type) bool {
	switch t {
	case token.StringType, token.NullType, token.BoolType, token.IntegerType,
		token.BinaryIntegerType, token.OctetIntegerType, token.HexIntegerType, token.FloatType,
		token.InfinityType, token.NanType, token.ImplicitNullType:
		return true
	}
	return false
}

// checkContinuation refuses lines of a scalar that are not indented deeper than parent.
func (r *reader) checkContinuation(start, end, parent int) {
	text := r.p.text[:end]
	for at := start; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return
		}
		at += i + 1
		lead := at
		for lead < end && text[lead] == ' ' {
			lead++
		}
		if lead-at <= parent && lead < end && strings.IndexByte("\r\n", text[lead]) < 0 {
			r.refuse(lead, lead+1,
				"a line of a text must be indented deeper than the key it belongs to",
				"indent the line, or close the text before it")
		}
	}
}

// checkPlain refuses plain scalars that goccy takes and YAML does not (YAML 1.2.2, section 7.3.3).
func (r *reader) checkPlain(start, end int, flow bool) {
	text := r.p.text[start:end]
	switch c := text[0]; c {
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '%', '@', '`', '"', '\'':
		r.refuse(start, start+1, "a text that begins with "+quoteByte(c)+" must be quoted",
			"write the text in quotes")
	case '-', '?', ':':
		if len(text) == 1 || strings.IndexByte(" \t\r\n", text[1]) >= 0 ||
			flow && strings.IndexByte(",[]{}", text[1]) >= 0 {
			r.refuse(start, start+1, "a text that begins with "+quoteByte(c)+" must be quoted",
				"write the text in quotes")
		}
	}
	if flow {
		if i := strings.IndexAny(text, "]}"); i >= 0 {
			r.refuse(start+i, start+i+1, quoteByte(text[i])+" closes nothing",
				"close what is open, or quote the text")
		}
		if i := strings.IndexAny(text, "[{,"); i >= 0 {
			r.refuse(start+i, start+i+1,
				quoteByte(text[i])+" inside of a text in brackets or braces must be quoted",
				"write the text in quotes")
		}
		if text[len(text)-1] == ':' {
			r.refuseMissingSpace(end - 1)
		}
	}
	r.checkInside(start, text, flow)
}

// missingComma returns where a comma is missing in a text before a colon, if its last word is like
// a key: behind the words before it. Else it returns 0.
func missingComma(text string) int {
	i := strings.LastIndexAny(text, " \t\r\n")
	isOther := func(c rune) bool {
		return c > unicode.MaxASCII ||
			c != '-' && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	}
	if i < 0 || strings.ContainsFunc(text[i+1:], isOther) {
		return 0
	}
	return len(strings.TrimRight(text[:i], " \t\r\n"))
}

// checkInside refuses a plain scalar with the end of a key or the beginning of a comment in it.
// goccy overlooks both after a line that begins with a dash.
func (r *reader) checkInside(start int, text string, flow bool) {
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 {
			break
		}
		if at += i; at+1 == len(text) || strings.IndexByte(" \t\r\n", text[at+1]) >= 0 {
			if before := missingComma(text[:at]); flow && before > 0 {
				r.refuse(start+at, start+at+1, "a comma is missing before the key of this ':'",
					"write a comma before the key, or the text in quotes",
					diag.Fix{Span: r.p.span(start+before, start+before), Text: diag.Say(",")})
			}
			r.refuse(start+at, start+at+1, "a text with a ':' and a space in it must be quoted",
				"check the indentation of this line, or write the text in quotes")
		}
	}
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], '#')
		if i < 0 {
			break
		}
		if at += i; at > 0 && strings.IndexByte(" \t\r\n", text[at-1]) >= 0 {
			r.refuse(start+at, start+at+1, "a comment stands in the lines of a text",
				"move the comment, or write the text in quotes")
		}
	}
}

func quoteByte(c byte) string { return "'" + string(rune(c)) + "'" }

// quoted takes a quoted scalar and returns its end.
func (r *reader) quoted(quote byte) int {
	text, at := r.p.text, r.pos+1
	for at < r.at.end {
		switch c := text[at]; {
		case c == '\\' && quote == '"':
			at++
		case c == quote && quote == '\'' && at+1 < r.at.end && text[at+1] == quote:
			at++
		case c == quote:
			r.take(at + 1)
			return at + 1
		}
		at++
	}
	r.refuse(r.pos, r.pos+1, "the quote is not closed", "close it with "+quoteByte(quote))
	return 0
}

// unquote returns the text between quotes: lines folded, escapes resolved.
func (r *reader) unquote(start, end int, quote byte) string {
	text := r.p.text[start:end]
	special := byte('\'')
	if quote == '"' {
		special = '\\'
	}
	if strings.IndexByte(text, special) < 0 && strings.IndexByte(text, '\n') < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	kept := 0 // how much of out is not white space that a line end would remove
	for i := 0; i < len(text); {
		n := 1
		switch c := text[i]; {
		case c == '\'' && quote == '\'':
			out, n = append(out, c), 2
			kept = len(out)
		case c == '\\' && quote == '"':
			out, n = r.escape(out, start+i, end)
			if text[i+n-1] == '\n' {
				blank := len(text[i+n:]) - len(strings.TrimLeft(text[i+n:], " \t\r\n"))
				// Blank lines are kept: YAML 1.2.2, section 7.3.1.
				for range strings.Count(text[i+n:i+n+blank], "\n") {
					out = append(out, '\n')
				}
				n += blank
			}
			kept = len(out)
		case c == '\n':
			out, n = foldBreaks(out[:kept], text[i:])
			kept = len(out)
		default:
			if out = append(out, c); c != ' ' && c != '\t' && c != '\r' {
				kept = len(out)
			}
		}
		i += n
	}
	return string(out)
}

// foldBreaks appends what a line feed, the blank lines after it and the next line's indentation
// become in flow style: a space, or a line feed
// for each blank line. It also returns how many bytes of the text that are.
func foldBreaks(out []byte, text string) ([]byte, int) {
	n := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	breaks := strings.Count(text[:n], "\n")
	if breaks == 1 {
		return append(out, ' '), n
	}
	for range breaks - 1 {
		out = append(out, '\n')
	}
	return out, n
}

// foldPlain folds the lines of a plain scalar.
func foldPlain(text string) string {
	if strings.IndexByte(text, '\n') < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return string(append(out, text...))
		}
		n := 0
		out, n = foldBreaks(append(out, strings.TrimRight(text[:i], " \t\r")...), text[i:])
		text = text[i+n:]
	}
}

// escapes are the one-letter escapes of YAML 1.2.2, section 5.7.
var escapes = map[byte]string{
	'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r",
	'e': "\x1b", ' ': " ",
	'"': `"`, '/': "/", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// escape appends what the escape at an offset stands for and returns how many bytes it has.
func (r *reader) escape(out []byte, at, end int) ([]byte, int) {
	text := r.p.text[at:end]
	switch c := text[1]; c {
	case '\r':
		return out, 3
	case '\n':
		return out, 2
	case 'x':
		return r.codePoint(out, at, end, 2)
	case 'u':
		return r.codePoint(out, at, end, 4)
	case 'U':
		return r.codePoint(out, at, end, 8)
	case '0':
		r.escapedNUL(at, 2)
		return out, 2
	default:
		s, ok := escapes[c]
		if !ok {
			r.badEscape(at, 2)
		}
		return append(out, s...), 2
	}
}

// codePoint appends the code point that an escape of so many hexadecimal digits stands for. JSON
// writes those past U+FFFF as two
// escapes of four digits.
func (r *reader) codePoint(out []byte, at, end, digits int) ([]byte, int) {
	text := r.p.text[at:end]
	v, ok := hex(text, 2, digits)
	if !ok {
		r.badEscape(at, 2)
	}
	if digits == 4 && v >= 0xd800 && v < 0xdc00 {
		low, ok := hex(text, 8, 4)
		if !ok || text[6] != '\\' || text[7] != 'u' || low < 0xdc00 || low > 0xdfff {
			r.badEscape(at, 6)
		}
		return utf8.AppendRune(out, (v-0xd800)<<10+low-0xdc00+0x10000), 12
	}
	if v == 0 {
		r.escapedNUL(at, 2+digits)
	}
	if !utf8.ValidRune(v) {
		r.badEscape(at, 2+digits)
	}
	return utf8.AppendRune(out, v), 2 + digits
}

// hex reads hexadecimal digits.
func hex(text string, from, digits int) (rune, bool) {
	if len(text) < from+digits {
		return 0, false
	}
	v := rune(0)
	for _, c := range []byte(text[from : from+digits]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		if v >= 0x8000000 {
			return 0, false
		}
		v = v<<4 | rune(c)
	}
	return v, true
}

// kindOf resolves a plain scalar by the core schema (YAML 1.2.2, section 10.3.2). Digits with
// leading zeros are an Int.
func kindOf(s string) Kind {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	case ".nan", ".NaN", ".NAN":
		return Float
	}
	c := s[0]
	if c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return String
	}
	if n := len(s); n > 2 && c == '0' &&
		(s[1] == 'o' && digits(s[2:], octal) == n-2 ||
			s[1] == 'x' && digits(s[2:], hexadecimal) == n-2) {
		return Int
	}
	if c == '-' || c == '+' {
		s = s[1:]
	}
	return numberKind(s)
}

// The digits of numbers.
const (
	octal       = "01234567"
	decimal     = "0123456789"
	hexadecimal = "0123456789abcdefABCDEF"
)

// numberKind resolves what stands after the sign of a number.
func numberKind(s string) Kind {
	if s == ".inf" || s == ".Inf" || s == ".INF" {
		return Float
	}
	whole := digits(s, decimal)
	rest := s[whole:]
	if rest == "" && whole > 0 {
		return Int
	}
	fraction := 0
	if rest != "" && rest[0] == '.' {
		fraction = digits(rest[1:], decimal)
		rest = rest[1+fraction:]
	}
	if whole+fraction == 0 {
		return String
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '-' || rest[0] == '+') {
			rest = rest[1:]
		}
		if n := digits(rest, decimal); n == 0 || n < len(rest) {
			return String
		}
		return Float
	}
	if rest != "" {
		return String
	}
	return Float
}

// digits counts the leading bytes of s that are in a set.
func digits(s, set string) int {
	n := 0
	for n < len(s) && strings.IndexByte(set, s[n]) >= 0 {
		n++
	}
	return n
}

// escapedNUL refuses a NUL, which no text may contain: package cfn knows an intrinsic by it.
func (r *reader) escapedNUL(at, n int) {
	panic(diag.Report(diag.ControlChar, r.p.span(at, at+n)).
		Message("this stands for U+0000, which is not allowed in any form").
		Hint("remove it"))
}

func (r *reader) badEscape(at, n int) {
	r.refuse(at, min(at+n, r.at.end), "this is not an escape of YAML",
		`write a backslash as \\, or use single quotes`)
}
