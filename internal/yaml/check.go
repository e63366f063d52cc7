package yaml

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// check looks at the bytes of the file before any parser does: its size, its encoding, characters
// that YAML does not allow, the length of its lines, directives and further documents. It reports
// the first fault and returns false if there is one.
func (p *parser) check() bool {
	data := p.f.Data
	if len(data) > maxFile {
		p.report(*diag.Report(diag.FileTooLarge, p.span(0, 0)).
			Message("the file has %d MiB; at most %d MiB are read", len(data)>>20, maxFile>>20).
			Hint("split the spec into several files"))
		return false
	}
	if bytes.HasPrefix(data, byteOrderMark) {
		p.start = len(byteOrderMark)
	}
	doc := documents{p: p}
	for at := p.start; at < len(data); {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if end-at > maxLine {
			p.report(*diag.Report(diag.LineTooLong, p.span(at, at)).
				Message("the line has %d bytes; at most %d are read", end-at, maxLine).
				Hint("break the line"))
			return false
		}
		if !p.checkCharacters(at, end) || !doc.line(data[at:end], at) {
			return false
		}
		at = end
	}
	return true
}

// checkCharacters refuses what is not UTF-8 and what is not in YAML's printable set (YAML 1.2.2,
// section 5.1).
func (p *parser) checkCharacters(at, end int) bool {
	data := p.f.Data
	for i := at + printable(data[at:end]); i < end; {
		c := data[i]
		switch {
		case c >= ' ' && c < 0x7f, c == '\n', c == '\t',
			c == '\r' && i+1 < end && data[i+1] == '\n':
			i++
		case c == '\r':
			p.forbidden(i, 1, "a carriage return without a line feed is not a line end here",
				"end lines with LF or CRLF")
			return false
		case c < utf8.RuneSelf:
			p.forbidden(i, 1, fmt.Sprintf("the control character U+%04X is not allowed", c),
				`remove it, or write it as an escape in double quotes`)
			return false
		default:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				p.report(*diag.Report(diag.NotUTF8, p.span(i, i+1)).
					Message("byte 0x%02X is not valid UTF-8", c).
					Hint("save the file as UTF-8"))
				return false
			}
			if r < 0xa0 && r != 0x85 || r == 0xfffe || r == 0xffff {
				p.forbidden(i, n, fmt.Sprintf("the control character U+%04X is not allowed", r),
					`remove it, or write it as an escape in double quotes`)
				return false
			}
			i += n
		}
	}
	return true
}

// printable returns how many bytes at the beginning of a line are certainly printable ASCII. Of the
// eight that it looks at together none has its highest bit set, is less than a space, or is a DEL.
func printable(line []byte) int {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(line); n += 8 {
		w := binary.LittleEndian.Uint64(line[n:])
		if (w|(w-each*' ')|((w^each*0x7f)-each))&highest != 0 {
			break
		}
	}
	return n
}

func (p *parser) forbidden(at, n int, message, hint string) {
	p.report(*diag.Report(diag.ControlChar, p.span(at, at+n)).
		Message("%s", diag.Words(message)).
		Hint("%s", diag.Words(hint)))
}

// documents follows the document markers of a file. A line of three dashes or dots at the very left
// is always a marker, whatever it stands in.
type documents struct {
	p       *parser
	started bool // by a marker or by content
	ended   bool // by a marker
}

// line takes the next line; it reports and returns false at a directive and at the beginning of a
// second document.
func (d *documents) line(line []byte, at int) bool {
	if d.started && !d.ended && line[0] != '-' && line[0] != '.' {
		return true // as nearly all lines are
	}
	text := bytes.TrimLeft(line, " \t\r\n")
	if len(text) == 0 {
		return true
	}
	switch {
	case isMarker(line, "---"):
		if d.started || d.ended {
			return d.several(at, 3)
		}
		d.started = true
		d.p.whole = d.p.whole || len(bytes.TrimSpace(line)) > 3
		return true
	case isMarker(line, "..."):
		d.ended, d.p.whole = true, true
		return true
	}
	if text[0] == '#' {
		return true
	}
	if d.ended {
		return d.several(at, len(bytes.TrimRight(line, " \t\r\n")))
	}
	if line[0] == '%' && !d.started {
		if d.p.as.Template && versionOfYAML.MatchString(string(line)) {
			d.p.start = at + len(line)
			return true
		}
		d.p.report(*diag.Report(diag.YAMLDirective, d.p.span(at, at+1)).
			Message("a line that begins with '%%' is a YAML directive").
			Hint("remove the directive"))
		return false
	}
	d.started = true
	return true
}

// versionOfYAML is a directive that says which YAML a template is written in. CloudFormation takes
// one, and it changes nothing.
var versionOfYAML = lazy.Regexp(`^%YAML[ \t]+1\.[12][ \t]*(#.*)?\r?\n?$`)

func (d *documents) several(at, n int) bool {
	d.p.report(*diag.Report(diag.SeveralDocs, d.p.span(at, at+n)).
		Message("a second YAML document begins here").
		Hint("put it in a file of its own; the files of a folder are compiled together"))
	return false
}

// isMarker says whether a line begins with a document marker and not with a word that begins like
// one.
func isMarker(line []byte, marker string) bool {
	return bytes.HasPrefix(line, []byte(marker)) &&
		(len(line) == 3 || strings.IndexByte(" \t\r\n", line[3]) >= 0)
}

// filler stands, in what goccy sees, for the third and every further '<' of a run, in which its
// scanner is quadratic, and for colons that end no key, which it takes for the end of one in braces
// ({Fn::Sub: x}).
const filler = '_'

// smooth returns a text with the same tokens that goccy's scanner reads rightly and in linear time:
// CRLF becomes LF, a tab inside a line a space (it loses tabs and is quadratic in them), more than
// two blank lines become two (quadratic after a block scalar), the text ends with a line end (it
// loses a tag at the very end), and see filler. Texts and positions are read from the file's own
// bytes, so that nothing of this can be seen in the tree.
func smooth(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 1)
	blank := 0
	for len(text) > 0 {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line = text[:i+1]
		}
		text = text[len(line):]
		lead := len(line) - len(strings.TrimLeft(line, " \t\r\n"))
		if lead == len(line) {
			if blank++; blank <= 2 {
				b.WriteByte('\n')
			}
			continue
		}
		blank = 0
		b.WriteString(line[:lead])
		for i := lead; i < len(line); i++ {
			switch c := line[i]; {
			case c == '\r':
			case c == '\t':
				b.WriteByte(' ')
			case c == '<' && i >= 2 && line[i-1] == '<' && line[i-2] == '<',
				c == ':' && !endsKey(line, i):
				b.WriteByte(filler)
			default:
				b.WriteByte(c)
			}
		}
	}
	if !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
	return b.String()
}

// endsKey says whether the colon at i of a text can end a key, going by the characters beside it.
func endsKey(text string, i int) bool {
	if i+1 == len(text) || i > 0 && (text[i-1] == '"' || text[i-1] == '\'') {
		return true
	}
	switch text[i+1] {
	case ' ', '\t', '\r', '\n', ',', '[', ']', '{', '}':
		return true
	}
	return false
}

// sameName says whether a name of goccy's is the name in the file.
func sameName(smoothed, name string) bool {
	if len(smoothed) != len(name) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c != smoothed[i] && (smoothed[i] != filler || c != '<' && c != ':') {
			return false
		}
	}
	return true
}
