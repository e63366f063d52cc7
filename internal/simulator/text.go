package simulator

import (
	"slices"
	"strings"
	"unicode"
)

// piece is one place of a pattern: a character, any one character or any number of them.
type piece struct {
	r   rune
	any int // 0: r itself; 1: one character; 2: any number
}

// literal returns a text as a pattern; * and ? are wildcards if asked.
func literal(text string, wild bool) []piece {
	out := make([]piece, 0, len(text))
	for _, r := range text {
		p := piece{r: r}
		if wild && r == '?' {
			p.any = 1
		}
		if wild && r == '*' {
			p.any = 2
		}
		out = append(out, p)
	}
	return out
}

// expand puts the values of policy variables into a text and returns it as a pattern, in which
// characters of values stand for themselves. It fails if a variable has no value and no default.
// Variables need the version 2012-10-17; before it they are plain text.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func (e *evaluation) expand(text, version string, wild bool) ([]piece, bool) {
	if version != "2012-10-17" {
		return literal(text, wild), true
	}
	var out []piece
	for {
		before, name, after, found := cutVariable(text)
		out = append(out, literal(before, wild)...)
		if !found {
			return out, true
		}
		value, ok := e.variable(name)
		if !ok {
			return nil, false
		}
		out, text = append(out, literal(value, false)...), after
	}
}

// cutVariable returns what stands before the first ${…} of a text, within and after it.
func cutVariable(text string) (before, name, after string, found bool) {
	begin := strings.Index(text, "${")
	if begin < 0 {
		return text, "", "", false
	}
	length := strings.IndexByte(text[begin:], '}')
	if length < 0 {
		return text, "", "", false
	}
	return text[:begin], text[begin+2 : begin+length], text[begin+length+1:], true
}

// variable returns the value of what stands in ${…}: a character, or a key that has one value, or
// the default in quotes.
func (e *evaluation) variable(name string) (string, bool) {
	if name == "*" || name == "?" || name == "$" {
		return name, true
	}
	key, byDefault, hasDefault := strings.Cut(name, ",")
	if values := e.context[strings.ToLower(strings.TrimSpace(key))]; len(values) == 1 {
		return values[0], true
	}
	byDefault = strings.TrimSpace(byDefault)
	if hasDefault && len(byDefault) >= 2 && byDefault[0] == '\'' &&
		byDefault[len(byDefault)-1] == '\'' {
		return byDefault[1 : len(byDefault)-1], true
	}
	return "", false
}

// variablesIn returns the forms of variables in the texts of an element: variable, default,
// character, or old where they are plain text.
func variablesIn(v any, version string) []string {
	var out []string
	for _, text := range texts(v) {
		for {
			_, name, after, found := cutVariable(text)
			if !found {
				break
			}
			form := "variable"
			switch {
			case version != "2012-10-17":
				form = "variable in version 2008-10-17"
			case name == "*" || name == "?" || name == "$":
				form = "character"
			case strings.Contains(name, ","):
				form = "variable with default"
			}
			if !slices.Contains(out, form) {
				out = append(out, form)
			}
			text = after
		}
	}
	return out
}

// glob says whether a pattern matches a whole text.
func glob(pattern []piece, text []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	switch pattern[0].any {
	case 2:
		return glob(pattern[1:], text) || len(text) > 0 && glob(pattern, text[1:])
	case 1:
		return len(text) > 0 && glob(pattern[1:], text[1:])
	}
	return len(text) > 0 && text[0] == pattern[0].r && glob(pattern[1:], text[1:])
}

// folded returns a pattern and a text in lower case.
func folded(pattern []piece, text string) ([]piece, []rune) {
	out := slices.Clone(pattern)
	for i := range out {
		out[i].r = unicode.ToLower(out[i].r)
	}
	return out, []rune(strings.ToLower(text))
}

// arnMatches compares the six parts of an ARN one by one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
func arnMatches(pattern []piece, arn string) bool {
	const parts = 6
	have := strings.SplitN(arn, ":", parts)
	want := [][]piece{nil}
	for _, p := range pattern {
		if p.any == 0 && p.r == ':' && len(want) < parts {
			want = append(want, nil)
			continue
		}
		want[len(want)-1] = append(want[len(want)-1], p)
	}
	if len(have) != parts || len(want) != parts {
		return false
	}
	for i := range parts {
		if !glob(want[i], []rune(have[i])) {
			return false
		}
	}
	return true
}
