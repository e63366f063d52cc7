package yaml

import (
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// reader builds the tree of one piece. goccy says which tokens there are; the reader finds each of
// them again in the bytes of the file and reads place and text there, because goccy's offsets and
// some of its columns are wrong and some of its texts have lost tabs. Every byte is accounted for:
// what stands between tokens must be white space or a comment. Where goccy and the bytes disagree
// the file is refused. See quick.go for pieces that are read without goccy.
type reader struct {
	p     *parser
	at    piece
	quick bool         // tokens are found by quickToken
	toks  token.Tokens // if not quick
	next  int          // the index of the next token

	pos   int  // every byte of the piece before it is accounted for
	line  int  // where the line of pos begins
	fresh bool // only white space stands between line and pos
	tab   int  // where a tab stands in the white space just before pos; -1 if none does

	making

	longQuote source.Span // the last quoted text of several lines

	root   *Node
	found  diag.List
	names  names
	failed *diag.Diagnostic
}

func newReader(p *parser, at piece) *reader {
	return &reader{p: p, at: at, pos: at.start, line: at.start, fresh: true, tab: -1}
}

// readPiece reads a piece, quickly if that can be done. In what it returns either root and found
// hold the result, or failed says why there is none.
func (p *parser) readPiece(at piece) *reader {
	text := p.text[at.start:at.end]
	if len(text) > maxPiece || len(text) > maxPiece/16 && marks(text, maxMarks) > maxMarks {
		return &reader{failed: p.tooLarge(at)}
	}
	if r := newReader(p, at); p.quick && r.readsQuickly() {
		return r
	}
	r := newReader(p, at)
	r.readPlainly()
	return r
}

// readPlainly reads the piece with goccy's tokens.
func (r *reader) readPlainly() {
	r.toks = lexer.Tokenize(smooth(r.p.text[r.at.start:r.at.end]))
	defer func() {
		r.toks, r.making = nil, making{}
		switch e := recover().(type) {
		case nil:
		case *diag.Diagnostic:
			r.failed = e
		default:
			panic(e)
		}
	}()
	r.root = r.document()
}

// skip moves over white space and comments, in whichever way the piece is read.
func (r *reader) skip() {
	text := r.p.text[:r.at.end]
	for r.pos < len(text) {
		switch text[r.pos] {
		case ' ', '\r':
			at := r.pos + 1
			for at < len(text) && text[at] == ' ' {
				at++
			}
			r.pos = at
		case '\t':
			r.tab = r.pos
			r.pos++
		case '\n':
			r.newLine(r.pos)
		case '#':
			if r.pos > r.at.start && strings.IndexByte(" \t\n", text[r.pos-1]) < 0 {
				return
			}
			i := strings.IndexByte(text[r.pos:], '\n')
			if i < 0 {
				r.pos = len(text)
				return
			}
			r.newLine(r.pos + i)
		default:
			return
		}
	}
}

// newLine moves past the line feed at an offset.
func (r *reader) newLine(at int) {
	r.pos, r.line, r.fresh, r.tab = at+1, at+1, true, -1
}

// peek moves to the next token and returns it; nil at the end of the piece.
func (r *reader) peek() *token.Token {
	r.skip()
	if r.quick {
		return r.quickToken()
	}
	for ; r.next < len(r.toks); r.next++ {
		tk := r.toks[r.next]
		if tk.Type == token.InvalidType {
			r.refuseInvalid(tk)
		}
		if tk.Type == token.CommentType || tk.Type == token.StringType && isSpace(tk.Value) {
			continue // the latter is what goccy makes of an empty block scalar
		}
		if r.pos >= r.at.end {
			r.refuse(r.pos, r.pos, "something is missing at the end", hintUncertain)
		}
		return tk
	}
	if r.pos < r.at.end {
		r.refuse(r.pos, r.lineEnd(r.pos), "this cannot be read as YAML", hintUncertain)
	}
	return nil
}

func isSpace(s string) bool { return strings.TrimLeft(s, " \t\r\n") == "" }

// column counts the bytes from the line's beginning to the next token. It is only asked where they
// are all spaces and ASCII indicators.
func (r *reader) column() int { return r.pos - r.line }

// lineEnd returns where the text of the line of an offset ends.
func (r *reader) lineEnd(at int) int {
	end := r.at.end
	if i := strings.IndexByte(r.p.text[at:end], '\n'); i >= 0 {
		end = at + i
	}
	if end > at && r.p.text[end-1] == '\r' {
		end--
	}
	return end
}

// take takes the next token, which ends at an offset.
func (r *reader) take(end int) {
	r.next++
	r.pos, r.fresh, r.tab = end, false, -1
}

// takeMark takes the next token, which must be written like this.
func (r *reader) takeMark(mark string) {
	if !strings.HasPrefix(r.p.text[r.pos:r.at.end], mark) {
		r.refuse(r.pos, r.pos+1, "this cannot be read as YAML", hintUncertain)
	}
	r.take(r.pos + len(mark))
}

// takeName takes the name of an anchor or alias, or a tag, that begins at pos, and returns it.
func (r *reader) takeName(tag, flow bool) string {
	end := r.pos
	ends := " \t\r\n"
	if flow {
		ends = " \t\r\n,[]{}"
	}
	for end < r.at.end && strings.IndexByte(ends, r.p.text[end]) < 0 {
		end++
	}
	name := r.p.text[r.pos:end]
	if r.quick {
		r.checkName(name, end, tag)
	} else if name == "" || !sameName(r.toks[r.next].Value, name) {
		r.refuse(r.pos, max(end, r.pos+1),
			"an anchor, an alias or a tag ends here without a space after it",
			"write a space after it")
	}
	r.take(end)
	return name
}

// takeAnchor takes an anchor or an alias.
func (r *reader) takeAnchor(mark string, flow bool) label {
	start := r.pos
	r.takeMark(mark)
	if !r.quick && r.next >= len(r.toks) || r.pos >= r.at.end {
		r.refuse(start, r.pos, "an anchor or an alias has no name", "write its name right after it")
	}
	name := r.takeName(false, flow)
	return label{name: name, span: r.p.span(start, r.pos)}
}

// colonFollows says whether the token just taken is the key of an entry: whether a colon follows,
// in the same line unless inside of a flow collection.
func (r *reader) colonFollows(flow bool) bool {
	if r.quick {
		return r.quickColon(flow)
	}
	i := r.next
	for i < len(r.toks) && r.toks[i].Type == token.CommentType {
		i++
	}
	if i >= len(r.toks) || r.toks[i].Type != token.MappingValueType {
		return false
	}
	if flow {
		return true
	}
	at := r.pos
	for at < r.at.end && (r.p.text[at] == ' ' || r.p.text[at] == '\t') {
		at++
	}
	return at < r.at.end && r.p.text[at] == ':'
}

// matchPlain returns where the text that goccy gave a token ends in the file, white space not
// counted.
func (r *reader) matchPlain(value string) int {
	text, at := r.p.text, r.pos
	if strings.HasPrefix(text[at:r.at.end], value) {
		return at + len(value)
	}
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			continue
		}
		for at < r.at.end && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
			at++
		}
		if at >= r.at.end || text[at] != c && (c != filler || text[at] != '<' && text[at] != ':') {
			r.refuse(r.pos, r.lineEnd(r.pos), "this cannot be read as YAML",
				"write the value in quotes")
		}
		at++
	}
	return at
}
