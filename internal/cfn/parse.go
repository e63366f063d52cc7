package cfn

import (
	"bytes"
	"encoding/json"
	"strings"
)

// parser reads the compact JSON of a placeholder, keeping the order of members. It reads only what
// this package has written, so that anything unexpected is a broken promise of ours.
type parser struct {
	text string
	at   int
}

func (p *parser) value() any {
	switch p.peek() {
	case '{':
		o := Object{}
		p.each('}', func() {
			key := p.string()
			p.at++ // the colon
			o = append(o, Member{key, p.value()})
		})
		return o
	case '[':
		l := []any{}
		p.each(']', func() { l = append(l, p.value()) })
		return l
	case '"':
		return p.string()
	}
	switch token := p.token(); token {
	case "null":
		return nil
	case "true", "false":
		return token == "true"
	default:
		if !isNumber(token) {
			panic("cfn: a placeholder that this package did not make: " + p.text)
		}
		return json.Number(token)
	}
}

// each reads the elements up to a closing bracket.
func (p *parser) each(closing byte, element func()) {
	p.at++ // the opening one
	for p.peek() != closing {
		if p.peek() == ',' {
			p.at++
		}
		element()
	}
	p.at++
}

func (p *parser) peek() byte {
	if p.at >= len(p.text) {
		panic("cfn: a placeholder that ends too early: " + p.text)
	}
	return p.text[p.at]
}

func (p *parser) token() string {
	end := strings.IndexAny(p.text[p.at:], ",]}")
	if end < 0 {
		end = len(p.text) - p.at
	}
	token := p.text[p.at : p.at+end]
	p.at += end
	return token
}

func (p *parser) string() string {
	start := p.at
	escaped := false
	for p.at++; p.peek() != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			escaped = true
			p.at++
		}
	}
	p.at++
	if !escaped {
		return p.text[start+1 : p.at-1]
	}
	var s string
	if err := json.Unmarshal([]byte(p.text[start:p.at]), &s); err != nil {
		panic("cfn: a placeholder with a broken text: " + p.text)
	}
	return s
}

// isNumber says whether a text is a number of JSON.
// https://www.rfc-editor.org/rfc/rfc8259#section-6
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if fraction, ok := strings.CutPrefix(s, "."); ok {
		n := digits(fraction)
		if n == 0 {
			return false
		}
		s = fraction[n:]
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && digits(s) == len(s)
}

// digits returns how many digits a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// ParseJSON reads a value as others have written it in JSON: an object's members are sorted by key,
// of those with the same key the last one holds, and numbers keep their text. What follows the
// value is not read. An error is encoding/json's.
func ParseJSON(text []byte) (any, error) {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	return ordered(v), nil
}

// ordered returns a value with objects in the place of maps.
func ordered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(Object, 0, len(v))
		for _, key := range sortedNames(v) {
			o = append(o, Member{key, ordered(v[key])})
		}
		return o
	case []any:
		for i := range v {
			v[i] = ordered(v[i])
		}
	}
	return v
}
