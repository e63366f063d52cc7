package yaml

import (
	"strings"

	"github.com/goccy/go-yaml/token"
)

// blockHeader is what stands after the '|' or '>' of a block scalar.
type blockHeader struct {
	folded bool
	keep   bool // '+': all line ends at the end
	strip  bool // '-': none
	indent int  // of the content, relative to the parent; 0 if the content shows it
}

// header takes the token of a block scalar and reads it up to the end of its line.
func (r *reader) header() (h blockHeader, end int) {
	text, at := r.p.text, r.pos
	h.folded = text[at] == '>'
	if text[at] != '|' && !h.folded {
		r.refuse(at, at+1, "this cannot be read as YAML", hintUncertain)
	}
	for at++; at < r.at.end; at++ {
		switch c := text[at]; {
		case c == '+' && !h.keep && !h.strip:
			h.keep = true
			continue
		case c == '-' && !h.keep && !h.strip:
			h.strip = true
			continue
		case c >= '1' && c <= '9' && h.indent == 0:
			h.indent = int(c - '0')
			continue
		}
		break
	}
	rest := strings.TrimLeft(text[at:r.lineEnd(at)], " \t")
	if rest != "" && (rest[0] != '#' || rest == text[at:r.lineEnd(at)]) {
		r.refuse(r.pos, r.lineEnd(at), badHeader, hintHeader)
	}
	r.take(at)
	return h, at
}

// blockScalar reads a literal or folded block scalar (YAML 1.2.2, section 8.1), the lines of which
// are indented deeper than parent.
func (r *reader) blockScalar(parent int) *Node {
	start := r.pos
	h, end := r.header()
	if h.indent > 0 || parent < 0 {
		r.plainOnly() // goccy counts the indentation from elsewhere
	}
	lines, from, to := r.blockLines(parent, h, r.lineEnd(end))
	if to > from {
		end = to
	}
	r.takeContent(from, to)
	n := r.newNode(String, start, end)
	n.Quoted = true
	r.say(n, h.text(lines))
	return n
}

// blockLine is a line of a block scalar without its indentation.
type blockLine struct {
	text string
	open bool // it has no line end: the file ends with it
}

// blockLines returns the lines after a header, and the place of the text from the first that is not
// blank to the last. It moves pos to the end of it.
func (r *reader) blockLines(parent int, h blockHeader, at int) (lines []blockLine, from, to int) {
	text := r.p.text
	indent := 0
	if h.indent > 0 {
		indent = max(parent, 0) + h.indent
	}
	widest, widestAt := 0, 0 // of the blank lines before the indentation is known
	for at < r.at.end {
		i := strings.IndexByte(text[at:r.at.end], '\n')
		if i < 0 || at+i+1 == r.at.end {
			break
		}
		at += i + 1
		end := r.lineEnd(at)
		lead := at
		for lead < end && text[lead] == ' ' {
			lead++
		}
		if lead == end {
			if lead-at > widest {
				widest, widestAt = lead-at, at
			}
			line := ""
			if indent > 0 && lead-at > indent {
				line = text[at+indent : end]
			}
			lines = append(lines, blockLine{line, end == r.at.end})
			continue
		}
		if indent == 0 && h.indent == 0 && from == 0 {
			if lead-at <= parent {
				break
			}
			if indent = lead - at; widest > indent {
				r.refuse(widestAt+indent, widestAt+widest,
					"a blank line is indented deeper than the first line of the text",
					"remove the spaces")
			}
		}
		if lead-at < indent {
			break
		}
		if from == 0 {
			from = lead
		}
		to = end
		lines = append(lines, blockLine{text[at+indent : end], end == r.at.end})
	}
	return lines, from, to
}

// takeContent takes the text of a block scalar.
func (r *reader) takeContent(from, to int) {
	if to <= from {
		r.plainOnly() // goccy refuses some that are empty
	}
	if !r.quick && !r.contentMatches(from, to) {
		return
	}
	r.take(to)
	r.line = from
	if i := strings.LastIndexByte(r.p.text[:to], '\n'); i >= 0 {
		r.line = i + 1
	}
}

// contentMatches holds what goccy found to be the text of a block scalar against what stands in the
// file. If goccy found none because it is all white space, it moves over it.
func (r *reader) contentMatches(from, to int) bool {
	for ; r.next < len(r.toks); r.next++ {
		tk := r.toks[r.next]
		if tk.Type == token.InvalidType {
			r.refuseInvalid(tk)
		}
		if tk.Type != token.CommentType && (tk.Type != token.StringType || !isSpace(tk.Value)) {
			break
		}
	}
	if to <= from {
		return false
	}
	if r.next >= len(r.toks) || r.toks[r.next].Type != token.StringType {
		if isSpace(r.p.text[from:to]) {
			r.pos = to
			return false
		}
		r.refuse(from, r.lineEnd(from), "this cannot be read as YAML", hintUncertain)
	}
	r.pos = from
	if end := r.matchPlain(r.toks[r.next].Value); !isSpace(r.p.text[min(end, to):max(end, to)]) {
		r.refuse(from, r.lineEnd(from), "this cannot be read as YAML", hintUncertain)
	}
	return true
}

// text puts the lines of a block scalar together.
func (h blockHeader) text(lines []blockLine) string {
	last := len(lines)
	for last > 0 && lines[last-1].text == "" {
		last--
	}
	var b strings.Builder
	for i, line := range lines[:last] {
		b.WriteString(line.text)
		switch {
		case i == last-1:
		case h.folded:
			foldLine(&b, lines, i, last)
		default:
			b.WriteByte('\n')
		}
	}
	switch {
	case h.strip:
	case h.keep:
		for _, line := range lines[max(last-1, 0):] {
			if !line.open {
				b.WriteByte('\n')
			}
		}
	case last > 0 && !lines[last-1].open:
		b.WriteByte('\n')
	}
	return b.String()
}

// foldLine writes what the line end after line i becomes: nothing before a blank line, a space
// between two lines of text, and itself after a blank line and where a line begins with white
// space.
func foldLine(b *strings.Builder, lines []blockLine, i, last int) {
	if lines[i].text == "" {
		b.WriteByte('\n')
		return
	}
	next := i + 1
	for next < last && lines[next].text == "" {
		next++
	}
	switch {
	case isIndented(lines[i].text) || isIndented(lines[next].text):
		b.WriteByte('\n')
	case next == i+1:
		b.WriteByte(' ')
	}
}

func isIndented(line string) bool { return line[0] == ' ' || line[0] == '\t' }
