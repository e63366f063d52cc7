package yaml

import (
	"strings"

	"github.com/goccy/go-yaml/token"

	"github.com/secretctl/secretctl/internal/diag"
)

// Most of the time of reading is goccy's: it makes an object of every token. The quick way finds
// the tokens of the YAML that specs are usually written in where they stand in the file. It gives a
// piece up at whatever is unusual or wrong; the piece is then read anew with goccy's tokens, and
// only they decide what is said of it. So a tree, its places and its diagnostics never depend on
// the way, which FuzzQuickEqualsPlain proves.
//
// Each function here says which rule of YAML 1.2.2 it relies on. What it gives up although YAML
// allows it, or because goccy reads it otherwise, is said too.

// givenUp is the panic that ends a quick reading.
type givenUp struct{}

func giveUp() { panic(givenUp{}) }

// plainOnly gives up a quick reading where what comes is only read with goccy's tokens.
func (r *reader) plainOnly() {
	if r.quick {
		giveUp()
	}
}

// readsQuickly reads the piece the quick way, and says whether it could. Tabs are given up: goccy
// takes them for other things than YAML does. So are the markers of documents that share their line
// with something, or end the document.
func (r *reader) readsQuickly() (done bool) {
	if r.p.whole || strings.IndexByte(r.p.text[r.at.start:r.at.end], '\t') >= 0 {
		return false
	}
	defer func() {
		r.making = making{}
		switch e := recover().(type) {
		case nil:
			done = true
		case givenUp, *diag.Diagnostic:
		default:
			panic(e)
		}
	}()
	r.quick = true
	r.root = r.document()
	return true
}

// The tokens of the quick way. Which text they have is read in the file.
var (
	headerToken  = &token.Token{Type: token.DocumentHeaderType}
	entryToken   = &token.Token{Type: token.SequenceEntryType}
	valueToken   = &token.Token{Type: token.MappingValueType}
	mergeToken   = &token.Token{Type: token.MergeKeyType}
	mapToken     = &token.Token{Type: token.MappingStartType}
	mapEndToken  = &token.Token{Type: token.MappingEndType}
	listToken    = &token.Token{Type: token.SequenceStartType}
	listEndToken = &token.Token{Type: token.SequenceEndType}
	commaToken   = &token.Token{Type: token.CollectEntryType}
	anchorToken  = &token.Token{Type: token.AnchorType}
	aliasToken   = &token.Token{Type: token.AliasType}
	tagToken     = &token.Token{Type: token.TagType}
	literalToken = &token.Token{Type: token.LiteralType}
	foldedToken  = &token.Token{Type: token.FoldedType}
	singleToken  = &token.Token{Type: token.SingleQuoteType}
	doubleToken  = &token.Token{Type: token.DoubleQuoteType}
	plainToken   = &token.Token{Type: token.StringType}
)

// quickToken returns the token at pos, nil at the end of the piece. The first byte tells which
// token it is (section 5.3), but for the few that need white space behind them. The bytes that
// begin a plain scalar are those that goccy too takes for nothing else.
func (r *reader) quickToken() *token.Token {
	if r.pos >= r.at.end {
		return nil
	}
	switch c := r.p.text[r.pos]; c {
	case '"':
		return doubleToken
	case '\'':
		return singleToken
	case '{':
		return mapToken
	case '}':
		return mapEndToken
	case '[':
		return listToken
	case ']':
		return listEndToken
	case ',':
		return commaToken
	case ':':
		return valueToken
	case '!':
		return tagToken
	case '&':
		return anchorToken
	case '*':
		return aliasToken
	case '|':
		return literalToken
	case '>':
		return foldedToken
	case '-':
		return r.quickDash()
	case '<':
		return r.quickMerge()
	case '.':
		return r.quickDot()
	case '_', '/', '$', '(', ')', '~', '+', '=', '^', ';', '\\':
		return plainToken
	default:
		if !isWord(c) {
			giveUp()
		}
		return plainToken
	}
}

// isWord says whether a byte is a letter, a digit, or of a character beyond ASCII.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// blankAt says whether white space, a line end or the end of the piece is at an offset.
func (r *reader) blankAt(at int) bool {
	if at >= r.at.end {
		return true
	}
	c := r.p.text[at]
	return c == ' ' || c == '\n' || c == '\r'
}

// quickDash returns the token that begins with a dash: the item of a list if white space follows
// (section 8.2.1), a document marker at the very left (section 9.1.2), or a plain scalar.
func (r *reader) quickDash() *token.Token {
	switch {
	case r.blankAt(r.pos + 1):
		return entryToken
	case r.column() == 0 && r.blankAt(r.pos+3) &&
		strings.HasPrefix(r.p.text[r.pos:r.at.end], "---"):
		return headerToken
	}
	return plainToken
}

// quickDot returns the token of a plain scalar that begins with a dot. Two at the very left are
// given up: goccy ends the document at three (section 9.1.2), whatever follows them.
func (r *reader) quickDot() *token.Token {
	if r.column() == 0 && strings.HasPrefix(r.p.text[r.pos:r.at.end], "..") {
		giveUp()
	}
	return plainToken
}

// quickMerge returns the token that begins with '<': a merge key, which is the key "<<" of a type
// of YAML 1.1 (https://yaml.org/type/merge.html), or a plain scalar.
func (r *reader) quickMerge() *token.Token {
	if strings.HasPrefix(r.p.text[r.pos:r.at.end], "<<:") && r.blankAt(r.pos+3) {
		return mergeToken
	}
	return plainToken
}

// quickColon says whether the token that ends at pos is a key: whether a colon and white space
// follow in its line (section 7.4). In braces a quoted key needs no white space behind its colon
// (section 7.4.2), as in JSON; goccy makes an exception of a slash.
func (r *reader) quickColon(flow bool) bool {
	text, at := r.p.text[:r.at.end], r.pos
	for at < len(text) && text[at] == ' ' {
		at++
	}
	if at >= len(text) || text[at] != ':' {
		return false
	}
	if !r.blankAt(at + 1) {
		last := text[r.pos-1]
		if !flow || at > r.pos || last != '"' && last != '\'' || text[at+1] == '/' {
			giveUp()
		}
	}
	return true
}

// quickPlain returns where the plain scalar at pos ends: before the end of its line, a comment with
// white space before it, or a colon with white space behind it; in a flow collection also before
// its marks (section 7.3.3). Further lines of it are given up by what meets them where nothing can
// stand. A dash alone is given up, and so is "<<", which goccy takes for a merge key even inside.
func (r *reader) quickPlain(flow bool) int {
	text, at := r.p.text[:r.at.end], r.pos
scan:
	for ; at < len(text); at++ {
		if !mayEndPlain[text[at]] { // as nearly all
			continue
		}
		switch text[at] {
		case '\n':
			break scan
		case ':':
			if r.colonEnds(at, flow) {
				break scan
			}
		case '#':
			if text[at-1] == ' ' {
				break scan
			}
		case '<':
			if at+1 < len(text) && text[at+1] == '<' {
				giveUp()
			}
		case ',', '[', ']', '{', '}':
			if flow {
				break scan
			}
		}
	}
	for text[at-1] == ' ' || text[at-1] == '\r' {
		at--
	}
	if at == r.pos+1 && text[r.pos] == '-' {
		giveUp()
	}
	return at
}

// mayEndPlain are the bytes that quickPlain looks at.
var mayEndPlain = [256]bool{'\n': true, ':': true, '#': true, '<': true, ',': true, '[': true,
	']': true, '{': true, '}': true}

// colonEnds says whether the colon at an offset ends a plain scalar. Two colons are given up: the
// plain way refuses a scalar that ends with one. So are, in a flow collection, a colon behind a
// quote or before a mark: goccy takes some of them for the end of a key.
func (r *reader) colonEnds(at int, flow bool) bool {
	last := r.p.text[at-1]
	if r.blankAt(at + 1) {
		if last == ':' {
			giveUp()
		}
		return true
	}
	if flow && (last == '"' || last == '\'' || isFlowMark(r.p.text[at+1])) {
		giveUp()
	}
	return false
}

func isFlowMark(c byte) bool {
	switch c {
	case ',', '[', ']', '{', '}':
		return true
	}
	return false
}

// checkName gives up a name of an anchor or alias that is not a letter and then letters, digits,
// dashes and low lines, and a tag that is not such a name behind one or two exclamation marks.
// White space must follow. The marks of flow collections, where a name ends too (section 6.9.2),
// may stand before it: up to white space goccy takes no colon behind a name for the end of a key.
func (r *reader) checkName(name string, end int, tag bool) {
	if tag {
		name = strings.TrimPrefix(strings.TrimPrefix(name, "!"), "!")
	}
	if name == "" || !isLetter(name[0]) {
		giveUp()
	}
	for i := range len(name) {
		if c := name[i]; c != '-' && c != '_' && !isWord(c) {
			giveUp()
		}
	}
	for !tag && end < r.at.end && strings.IndexByte(",]}", r.p.text[end]) >= 0 {
		end++
	}
	if !r.blankAt(end) {
		giveUp()
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
