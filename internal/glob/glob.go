// Package glob matches names and ARNs with patterns as shells have them: * stands for any text, ?
// for any character, [a-z] for one of several. A slash is a character like any other.
package glob

import (
	"path"
	"strings"
)

// Is says whether a text is a pattern that is more than a name.
func Is(text string) bool { return strings.ContainsAny(text, "*?[") && Valid(text) }

// Valid says whether a pattern can be read.
func Valid(pattern string) bool {
	_, err := path.Match(flat(pattern), "")
	return err == nil
}

// Match says whether a pattern matches the whole of a name. One that cannot be read matches
// nothing.
func Match(pattern, name string) bool {
	ok, _ := path.Match(flat(pattern), flat(name))
	return ok
}

// flat takes away what path.Match stops at.
func flat(text string) string { return strings.ReplaceAll(text, "/", "\x00") }
