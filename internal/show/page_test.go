package show

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/docs/diagnostics"
	"github.com/secretctl/secretctl/internal/diag"
)

// TestPagesAreTextWithoutMarks: headings, paragraphs, lists, links and code as a terminal has them.
func TestPagesAreTextWithoutMarks(t *testing.T) {
	const markdown = "# SC1 name\n\nSee `a b` and **this** [page](x.md), or\n[AWS](https://x.y/z).\n\n" +
		"* one thing that\n  goes on for a while\n* two\n\n1. first\n\n## Example\n\n```yaml\n# a: `b`\n\n* c\n```\n"
	const want = "SC1 name\n\nSee a b and this page, or AWS\n(https://x.y/z).\n\n• one thing that goes on for a\n" +
		"  while\n• two\n\n1. first\n\nExample\n\n    # a: `b`\n\n    * c\n"
	if got := Page(markdown, Options{Width: 30}); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := Page("# x\n", Options{Color: true}); got != bold+"x"+plain+"\n" {
		t.Errorf("%q", got)
	}
}

// TestNoPageKeepsItsMarks: the pages of all codes have no other Markdown than Page knows.
func TestNoPageKeepsItsMarks(t *testing.T) {
	for _, code := range diag.Codes() {
		text, _ := diagnostics.Page(code.Number)
		for line := range strings.Lines(Page(string(text), Options{})) {
			if strings.HasPrefix(line, "    ") {
				continue // code
			}
			if strings.HasPrefix(line, "#") || strings.Contains(line, "`") ||
				strings.Contains(line, "](") || strings.HasPrefix(line, "* ") {
				t.Errorf("%s: %s", code.Number, line)
			}
		}
	}
}
