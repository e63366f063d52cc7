package policy

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
)

// pattern is a text of a policy, ready to be compared: its wildcards are the bytes of match.go, its
// policy variables are taken apart.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
type pattern struct {
	text  string // without variables
	head  string // what text begins with before its first wildcard
	wild  bool   // text holds wildcards
	parts []part // with variables: the rest is nothing

	unknown bool  // text has unknown parts
	memo    *memo // of a text without variables that takes long to compare: its outcomes; or nil
}

// A comparison of a long pattern with a text of which a part is unknown takes the product of their
// lengths; so its outcome is kept. A memo is for several goroutines.
type memo struct {
	mu    sync.Mutex
	known map[string]cfn.Truth
}

// What makes a pattern take long, and how many texts a memo keeps.
const (
	longPattern = 128
	manyRuns    = 4
	mostKept    = 1 << 10
)

// runs counts the wildcards of a text that match any number of characters.
func runs(text string) int {
	n := 0
	for i := range len(text) {
		if text[i] == anyRun || text[i] == fieldRun {
			n++
		}
	}
	return n
}

// matches says whether a text matches the pattern whose memo it is.
func (m *memo) matches(pattern, text string) cfn.Truth {
	if m == nil {
		return matches(pattern, text, false)
	}
	if apart(pattern, text) { // of most pairs, and it costs less than to look the outcome up
		return cfn.No
	}
	m.mu.Lock()
	known, ok := m.known[text]
	m.mu.Unlock()
	if ok {
		return known
	}
	known = matches(pattern, text, false)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[string]cfn.Truth{}
	}
	if len(m.known) < mostKept {
		m.known[text] = known
	}
	return known
}

// part is a stretch of text or one variable.
type part struct {
	text     string // or, of a variable, its default
	key      string // of a variable, in lower case; "" for text
	optional bool   // a variable with a default
}

// compile prepares a text. Variables are only looked for where the document's version knows them. A
// variable that is not closed, has no name, or whose default is not in quotes is an error.
func compile(text string, w wildcards, variables bool) (pattern, error) {
	if !cfn.IsUTF8(text) {
		return pattern{}, errors.New("is not UTF-8")
	}
	if !HasSpecial(text) { // nothing of it means anything but itself
		return pattern{text: text, head: text, unknown: cfn.HasUnknown(text)}, nil
	}
	var p pattern
	var b strings.Builder
	colons := 0
	for i := 0; i < len(text); {
		wildcard := w.at(text, i, colons)
		switch c := text[i]; {
		case wildcard != 0:
			p.wild = true
			b.WriteByte(wildcard)
			i++
		case c == '$' && variables && strings.HasPrefix(text[i:], "${"):
			name, _, closed := strings.Cut(text[i+len("${"):], "}")
			if !closed {
				return pattern{}, fmt.Errorf("has a policy variable that is not closed: %q", text)
			}
			i += len("${") + len(name) + len("}")
			if name == "*" || name == "?" || name == "$" {
				b.WriteString(name)
				continue
			}
			v, err := variable(name)
			if err != nil {
				return pattern{}, err
			}
			p.parts = append(p.parts, part{text: b.String()}, v)
			b.Reset()
		default:
			if c == ':' {
				colons++
			}
			b.WriteByte(c)
			i++
		}
	}
	if p.parts != nil {
		p.parts = append(p.parts, part{text: b.String()})
		return p, nil
	}
	p.text = b.String()
	p.unknown = cfn.HasUnknown(p.text)
	p.head = headOf(p.text)
	return p, nil
}

// HasSpecial says whether a text of a policy has a character that may mean something else than
// itself: * or ?, or the $ of a policy variable.
func HasSpecial(text string) bool {
	return strings.IndexByte(text, '*') >= 0 || strings.IndexByte(text, '?') >= 0 ||
		strings.IndexByte(text, '$') >= 0
}

// headOf is what stands before the first wildcard of a text.
func headOf(text string) string {
	for i := range len(text) {
		if text[i] >= fieldOne {
			return text[:i]
		}
	}
	return text
}

// variable reads what stands between the braces: a key, and perhaps a comma and a default in single
// quotes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-default-values
func variable(s string) (part, error) {
	key, value, optional := strings.Cut(s, ",")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if key == "" {
		return part{}, errors.New("has a policy variable without a name")
	}
	v := part{key: strings.ToLower(key), optional: optional}
	if optional {
		if len(value) < 2 || value[0] != '\'' || value[len(value)-1] != '\'' {
			return part{},
				fmt.Errorf("has a default of the policy variable %q that is not in single quotes",
					key)
		}
		v.text = value[1 : len(value)-1]
	}
	return v, nil
}

// covers says whether the pattern covers a text in a request. It is not ok where in is not.
func (p *pattern) covers(text string, c *Context) (covers, ok bool) {
	switch {
	case p.parts != nil:
		pattern, ok := p.in(c)
		return ok && match(pattern, text, false), ok
	case !p.wild:
		return p.text == text, true
	}
	return strings.HasPrefix(text, p.head) &&
		match(p.text[len(p.head):], text[len(p.head):], false), true
}

// in returns the pattern's text for a request. It is not ok where a variable has no value and no
// default, or several values, which AWS does not take for a variable. Wildcards in a value are
// characters like others.
func (p *pattern) in(c *Context) (text string, ok bool) {
	if p.parts == nil {
		return p.text, true
	}
	return p.fill(c.find)
}

// fill returns the text of a pattern that has variables.
func (p *pattern) fill(find func(key string) keyValues) (text string, ok bool) {
	var b strings.Builder
	for _, part := range p.parts {
		if part.key == "" {
			b.WriteString(part.text)
			continue
		}
		values := find(part.key)
		switch {
		case values.n == 1 && utf8.ValidString(values.at(0)):
			b.WriteString(values.at(0))
		case values.n == 0 && part.optional:
			b.WriteString(part.text)
		default:
			return "", false
		}
	}
	return b.String(), true
}
