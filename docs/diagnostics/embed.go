// Package diagnostics holds the pages that explain diagnostics, one per code. It knows nothing of
// when they are found.
package diagnostics

import "embed"

//go:embed *.md
var pages embed.FS

// Page returns the page of a code's number, such as SC2001, and whether there is one.
func Page(number string) ([]byte, bool) {
	text, err := pages.ReadFile(number + ".md")
	return text, err == nil
}
