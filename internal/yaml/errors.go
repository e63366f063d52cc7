package yaml

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/token"

	"github.com/secretctl/secretctl/internal/diag"
)

// The messages never show text of the file: where it is not YAML, any of it may be a secret value.

// hintUncertain is the hint where the text is at odds with YAML in a way that has no name.
const hintUncertain = "check the indentation and the quotes of this line and the line before it"

// refuse ends the reading of the piece. Of a file with the marks of a merge conflict it says only
// that.
func (r *reader) refuse(start, end int, message, hint string, fixes ...diag.Fix) {
	r.plainOnly()
	for _, mark := range []string{"<<<<<<< ", ">>>>>>> "} {
		at := strings.Index(r.p.text, "\n"+mark) + 1
		if at > 0 || strings.HasPrefix(r.p.text, mark) {
			start, end, fixes = at, at+len(mark)-1, nil
			message = "the file has the marks of a merge conflict"
			hint = "resolve the conflict and remove the marks"
			break
		}
	}
	panic(diag.Report(diag.YAMLSyntax, r.p.span(start, end)).
		Message("%s", diag.Words(message)).
		Hint("%s", diag.Words(hint)).
		Fixed(fixes...))
}

// scannerFaults say in clear words what goccy's scanner refuses, by a part of its message. A quoted
// text is looked at more closely before.
var scannerFaults = []struct {
	part, message, hint string
	line                bool // the fault may be anywhere in the rest of the line
}{
	{part: "invalid tag character", message: "a tag cannot have braces in it",
		hint: "write a space after the tag", line: true},
	{part: "invalid header option", message: badHeader, hint: hintHeader, line: true},
	{part: "multi-line content", message: "the text of a '|' or '>' is missing",
		hint: `indent its lines, or write ""`},
	{part: "number of indent", message: "the lines of a text are not indented alike",
		hint: "indent the first line least, and blank lines not at all"},
	{part: "reserved character", message: "a text cannot begin with this character",
		hint: "write the text in quotes"},
	{part: "document separator", message: "a quoted text has a document marker in it",
		hint: "indent the line"},
}

const (
	badHeader  = "nothing but '+', '-', a digit and a comment may follow a '|' or '>' in its line"
	hintHeader = "put the text into the next line, or in quotes"
)

// refuseInvalid refuses what goccy's scanner refuses.
func (r *reader) refuseInvalid(tk *token.Token) {
	if r.pos < r.at.end {
		if c := r.p.text[r.pos]; c == '"' || c == '\'' {
			start := r.pos
			end := r.quoted(c)
			r.unquote(start+1, end-1, c)
			r.pos = start
		}
	}
	if strings.Contains(tk.Error, "tab") || strings.Contains(tk.Error, "'\t'") {
		r.refuseTab(r.indentingTab())
	}
	for _, f := range scannerFaults {
		if strings.Contains(tk.Error, f.part) {
			end := min(r.pos+1, r.at.end)
			if f.line {
				end = r.lineEnd(r.pos)
			}
			r.refuse(r.pos, end, f.message, f.hint)
		}
	}
	r.refuse(r.pos, r.lineEnd(r.pos), "this cannot be read as YAML", hintUncertain)
}

// indentingTab returns the first tab in the indentation of this line or one below.
func (r *reader) indentingTab() int {
	for at := r.line; at < r.at.end; {
		for i := at; i < r.at.end && (r.p.text[i] == ' ' || r.p.text[i] == '\t'); i++ {
			if r.p.text[i] == '\t' {
				return i
			}
		}
		i := strings.IndexByte(r.p.text[at:r.at.end], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return r.pos
}

func (r *reader) refuseTab(at int) {
	r.refuse(at, min(at+1, r.at.end), "a tab is used for indentation", "indent with spaces")
}

// refuseNested refuses a key where the value of another key, or a text, has begun. The reader
// stands behind the key.
func (r *reader) refuseNested(start int) {
	colon := r.pos
	for colon < r.at.end && strings.IndexByte(" \t<", r.p.text[colon]) >= 0 {
		colon++
	}
	end := min(colon+1, r.at.end)
	if strings.IndexByte(r.p.text[start:colon], '\n') >= 0 {
		r.refuse(colon, end, "a key stands in the middle of a text of several lines",
			"check the indentation of this line and the colon of the line before, "+
				"or write the text in quotes")
	}
	r.refuse(colon, end, "a second ':' follows in the value of a key",
		"write the value in quotes, or begin a nested mapping in the next line")
}

// refuseLongQuote refuses a quoted text of several lines that ends right before what cannot stand
// there: its quote was forgotten where it should end, and another one, lines below, has ended it.
func (r *reader) refuseLongQuote() {
	q := r.longQuote
	if q.IsZero() || strings.Trim(r.p.text[q.End:max(r.pos, int(q.End))], " \t") != "" {
		return
	}
	below := strings.Count(q.Text(), "\n")
	const closed = "the quote that opens here is closed %s below, in the middle of a line"
	r.refuse(int(q.Start), int(q.Start)+1, fmt.Sprintf(closed, lines(below)),
		"close it where its text ends")
}

func lines(n int) string {
	if n == 1 {
		return "one line"
	}
	return fmt.Sprintf("%d lines", n)
}

// refuseAfterValue refuses what follows a finished value in its line.
func (r *reader) refuseAfterValue(tk *token.Token) {
	r.refuseLongQuote()
	if last := r.p.text[r.pos-1]; isPlain(tk.Type) && (last == '"' || last == '\'') {
		r.refuse(r.pos, r.lineEnd(r.pos), "text follows a closing quote",
			`write '' for a quote in single quotes, \" in double quotes`)
	}
	switch r.p.text[r.pos] {
	case '}', ']':
		r.refuse(r.pos, r.pos+1, quoteByte(r.p.text[r.pos])+" closes nothing",
			"remove it, or quote the text")
	case ':':
		r.refuseMisplaced(tk)
	}
	r.refuse(r.pos, r.lineEnd(r.pos), "more text follows a value in its line",
		"write the value in quotes, or begin a new line")
}

// refuseNoColon refuses a scalar where a key should stand.
func (r *reader) refuseNoColon(key *Node) {
	start, end := int(key.Span().Start), int(key.Span().End)
	if i := strings.IndexByte(r.p.text[start:end], ':'); i > 0 && !key.Quoted {
		r.refuseMissingSpace(start + i)
	}
	if i := strings.IndexByte(r.p.text[start:end], '\n'); i >= 0 {
		end = r.lineEnd(start)
	}
	r.refuse(start, end, "a key has no ':' after it", "write a colon and a value after the key, "+
		"or indent the line if it continues the text before")
}

func (r *reader) refuseMissingSpace(colon int) {
	r.refuse(colon, colon+1, "a space is missing after the ':'",
		"write a space after the colon, or quote the text if it is not a key and a value",
		diag.Fix{Span: r.p.span(colon, colon+1), Text: diag.Say(": ")})
}

// refuseFlowEntry refuses what stands where the comma or the end of the flow collection that begins
// at start should.
func (r *reader) refuseFlowEntry(tk *token.Token, start int) {
	r.refuseLongQuote()
	end := map[byte]string{'{': "}", '[': "]"}[r.p.text[start]]
	if tk.Type == token.MappingEndType || tk.Type == token.SequenceEndType {
		r.refuse(r.pos, r.pos+1,
			"a '"+r.p.text[start:start+1]+"' is closed by the wrong character",
			"close it with '"+end+"'")
	}
	r.refuse(r.pos, r.pos+1, "a ',' or a '"+end+"' is missing before this",
		"write it, or quote the text")
}

// misplaced says in clear words what is wrong with a token that cannot stand where it stands.
var misplaced = map[token.Type]struct{ message, hint string }{
	token.MappingEndType:  {"'}' closes nothing", "remove it, or quote the text"},
	token.SequenceEndType: {"']' closes nothing", "remove it, or quote the text"},
	token.CollectEntryType: {
		"a value is missing before the ','", "write the value, or remove the comma",
	},
	token.MappingValueType: {"a key is missing before the ':'", "write the key"},
	token.DirectiveType:    {"a text cannot begin with '%'", "write the text in quotes"},
	token.SequenceEntryType: {
		"a list item with '-' cannot stand here",
		"write the list in brackets, or in lines of their own and indented alike",
	},
	token.MergeKeyType:       {"a merge key cannot stand here", "write it as a key of a mapping"},
	token.DocumentHeaderType: {"a document marker cannot stand here", "remove it"},
	token.LiteralType: {
		"a text with '|' cannot stand in brackets or braces", "write the text in quotes",
	},
	token.FoldedType: {
		"a text with '>' cannot stand in brackets or braces", "write the text in quotes",
	},
}

// refuseMisplaced refuses a token that cannot stand where it stands.
func (r *reader) refuseMisplaced(tk *token.Token) {
	if tk.Type == token.MappingKeyType {
		r.complexKey(r.pos, r.pos+1)
	}
	m, ok := misplaced[tk.Type]
	if !ok {
		m.message, m.hint = "this does not belong to the value before it", hintUncertain
	}
	r.refuse(r.pos, min(r.pos+1, r.at.end), m.message, m.hint)
}
