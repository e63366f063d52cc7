package aws

import (
	"slices"
	"strings"
)

// misspelt are words of secrets that people misspell, and those that are another word all the same.
// A password is one also where another word stands right before it: DBPASWORD.
var misspelt = []struct {
	word   string
	inside bool
	others []string
}{
	{"password", true, []string{"passwords"}},
	{"passphrase", true, []string{"passphrases"}},
	{"credential", false, []string{"credentials"}},
	{"credentials", false, []string{"credential"}},
	{"secret", false, []string{"secrete", "secrets"}},
	{"token", false, []string{"oaken", "taken", "token", "tokens", "toke"}},
}

// endsMisspelt says whether a name, or the last word of it, ends in a word of a list that is
// misspelt by one letter: one too many, one too few, another one, or two that changed places.
func endsMisspelt(name, last string, list []string) bool {
	for _, m := range misspelt {
		if !slices.Contains(list, m.word) {
			continue
		}
		if isMisspelt(last, m.word) && !slices.Contains(m.others, last) {
			return true
		}
		for n := len(m.word) - 1; m.inside && n <= len(m.word)+1 && n < len(name); n++ {
			end := name[len(name)-n:]
			if isMisspelt(end, m.word) && !slices.Contains(m.others, end) {
				return true
			}
		}
	}
	return false
}

// isMisspelt says whether a word is another one of the same first letter but for one letter.
func isMisspelt(word, right string) bool {
	if word == right || word == "" || word[0] != right[0] {
		return false
	}
	i := 0
	for i < len(word) && i < len(right) && word[i] == right[i] {
		i++
	}
	a, b := word[i:], right[i:]
	switch {
	case len(a) == len(b)+1:
		return a[1:] == b
	case len(a)+1 == len(b):
		return a == b[1:]
	case len(a) != len(b):
		return false
	}
	return a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] &&
		strings.HasPrefix(a[2:], b[2:])
}
