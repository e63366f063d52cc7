// Package english writes numbers, plurals and lists as people read them. It knows nothing of what
// they count.
package english

import (
	"fmt"
	"strconv"
	"strings"
)

// Thousands writes a count: 1,048,576.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural writes a count with its word: 1 secret, 1,200 secrets.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// List joins words: "a", "a and b", "a, b and c".
func List(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Some joins the first of several words and says how many more there are: "a, b, c and 4 more". It
// never says "and 1 more", which is no shorter than the word.
func Some(words []string, most int) string {
	if len(words) <= most+1 {
		return List(words)
	}
	return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", len(words)-most)
}
