package yaml

import "strings"

// goccy's scanner keeps all its tokens, twenty times the size of the text; so the text is cut into
// pieces that are read one after the other, or side by side, each tree replacing its tokens.

// pieceSize is how many bytes a piece has at least. Pieces end at the next line where they may.
const pieceSize = 32 << 10

// piece is a part of the text that is a document of its own: whole entries of the root (with their
// values, or with the first part of the last value), or whole entries of the value of a root's
// entry.
type piece struct {
	start, end int
	first      bool // with the beginning of the file: it may have a document marker, or be empty
	inside     bool // entries of the last value of the root, not of the root
}

// cut divides the text at lines where an entry of the root or of a root's value begins. YAML wants
// the lines of a value to be indented deeper than its key, so that a line at the indentation of the
// entries can only begin an entry. Where a file does not keep to this (a collection in braces may,
// in practice), the piece before the cut is unfinished and fails, and the file is read in one
// piece.
func (p *parser) cut() []piece {
	whole := []piece{{start: p.start, end: len(p.text), first: true}}
	if p.whole || len(p.text) < 2*p.size {
		return whole
	}
	c := cutter{pieces: whole, size: p.size, end: len(p.text), column: none}
	for at := p.start; at < len(p.text); {
		end := len(p.text)
		if i := strings.IndexByte(p.text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		c.line(p.text[at:end], at)
		at = end
	}
	return c.pieces
}

// What is known of the column of the entries of a root's value, before there is one.
const (
	unknown = -1 // the next line tells
	none    = -2 // the value is not a block collection, or nothing that is certain
)

type cutter struct {
	pieces []piece
	end    int  // of the text
	size   int  // of pieces, at least
	column int  // of the entries of the current root's entry
	dash   bool // they are items of a sequence
	began  bool // an entry of the root has been seen; comments alone are no piece
}

func (c *cutter) line(line string, at int) {
	last := &c.pieces[len(c.pieces)-1]
	if line[0] == ' ' && c.column != unknown && at-last.start < c.size {
		return // as nearly all lines: it begins no entry of the root, and the piece is too small
	}
	text := strings.TrimLeft(line, " ")
	if text == "" || text[0] == '#' || text[0] <= ' ' && isSpace(text) {
		return
	}
	column := len(line) - len(text)
	dash := text[0] == '-' && strings.IndexByte(" \r\n", text[min(1, len(text)-1)]) >= 0
	if column == 0 && !dash {
		if !beginsKey(text) {
			c.column = none
			return
		}
		c.newEntry(line, at)
		return
	}
	if c.column == unknown {
		if !dash && !beginsKey(text) {
			c.column = none
			return
		}
		c.column, c.dash = column, dash
		return
	}
	if column != c.column || dash != c.dash || !dash && !beginsKey(text) || at-last.start < c.size {
		return
	}
	last.end = at
	c.pieces = append(c.pieces, piece{start: at, end: c.end, inside: true})
}

// newEntry takes a line where an entry of the root begins.
func (c *cutter) newEntry(line string, at int) {
	last := &c.pieces[len(c.pieces)-1]
	if c.began && (last.inside || at-last.start >= c.size) {
		last.end = at
		c.pieces = append(c.pieces, piece{start: at, end: c.end})
	}
	c.began, c.column = true, none
	if i := strings.Index(line, " #"); i >= 0 {
		line = line[:i]
	}
	line = strings.TrimRight(line, " \r\n")
	if strings.IndexByte(line, ':') == len(line)-1 {
		c.column = unknown
	}
}

// beginsKey says whether a line's text begins as the key of an ordinary entry does.
func beginsKey(text string) bool {
	c := text[0]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' ||
		c == '"' ||
		c == '\'' ||
		c == '/' ||
		c >= 0x80
}

// mayHave bounds the nodes of a text, keys left aside: each needs a mark before or behind it.
func mayHave(text string) int {
	n := 0
	for _, mark := range []string{",", ":", "[", "{", "- "} {
		n += strings.Count(text, mark)
	}
	return n
}

// marks counts the characters of a text that may be tokens of their own, at most up to more than
// limit.
func marks(text string, limit int) int {
	n := 0
	for i := 0; i < len(text) && n <= limit; i++ {
		switch text[i] {
		case '[', ']', '{', '}', ',', ':', '?', '!', '&', '*', '-', '"', '\'', '%', '@', '`', '#':
			n++
		}
	}
	return n
}
