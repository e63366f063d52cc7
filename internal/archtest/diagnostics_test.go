package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/expect"
)

const pagesDir = "docs/diagnostics"

// TestDiagnosticPages holds the pages of docs/diagnostics against the table of codes and the golden
// cases. The first page of a code is about the case that is named like the code: its yaml blocks
// are the spec files of the case by name, its text block is what the command wrote. -update
// rewrites these blocks, and the table of the index.
func TestDiagnosticPages(t *testing.T) {
	expect.InRoot(t)
	for _, code := range diag.Codes() {
		t.Run(code.Number, func(t *testing.T) { checkPage(t, code) })
	}
	t.Run("index", func(t *testing.T) {
		name := filepath.Join(pagesDir, "README.md")
		const heading = "\n## All codes\n"
		page, _, _ := strings.Cut(expect.Read(t, name), heading)
		expect.Kept(t, name, page+heading+indexTable())
	})
	for _, name := range glob(t, filepath.Join(pagesDir, "*.md")) {
		number := strings.TrimSuffix(filepath.Base(name), ".md")
		if number != "README" && diag.Lookup(number) == nil {
			t.Errorf("%s belongs to no code", name)
		}
	}
}

// checkPage checks the page of one code.
func checkPage(t *testing.T, code *diag.Code) {
	name := filepath.Join(pagesDir, code.Number+".md")
	page := expect.Read(t, name)
	start := fmt.Sprintf("# %s %s\n\nSeverity: %s\n\n", code.Number, code.Name, code.Severity)
	if !strings.HasPrefix(page, start) {
		t.Errorf("%s does not begin with %q", name, start)
	}
	for _, heading := range []string{"\n## Example\n", "\n## What to do\n"} {
		if strings.Count(page, heading) != 1 {
			t.Errorf("%s needs one %q", name, strings.TrimSpace(heading))
		}
	}
	e, ok := exampleOf(t, code)
	if !ok {
		return // internal/golden has the list of codes that no case can show, and the reasons
	}
	whole, err := withExample(page, e)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	expect.Kept(t, name, whole)
}

func indexTable() string {
	var b strings.Builder
	b.WriteString("\n| code | name | severity | meaning |\n|---|---|---|---|\n")
	for _, c := range diag.Codes() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n",
			c.Number, c.Number, c.Name, c.Severity, c.Meaning)
	}
	return b.String()
}

// example is what a page shows of a golden case.
type example struct {
	specs  []string
	output string
}

// exampleOf reads the golden case that is named like a code, if there is one. A spec that cannot be
// shown as text is left out: its page describes it.
func exampleOf(t *testing.T, code *diag.Code) (e example, ok bool) {
	t.Helper()
	dir := filepath.Join(goldenDir, "codes", code.Number+"-"+code.Name)
	if _, err := os.Stat(dir); err != nil {
		return example{}, false
	}
	for _, name := range []string{"stdout", "stderr"} {
		text, err := os.ReadFile(filepath.Join(dir, "want", name))
		if err == nil && (e.output == "" || strings.HasPrefix(e.output, "--- ")) {
			e.output = string(text) // a difference of files is no example of a diagnostic
		}
	}
	for _, name := range slices.Concat(
		glob(t, filepath.Join(dir, "*.yaml")), glob(t, filepath.Join(dir, "*", "*.yaml")),
	) {
		if text := expect.Read(t, name); isShowable(text) && filepath.Dir(name) != dir+"/want" {
			e.specs = append(e.specs, text)
		}
	}
	return e, true
}

// isShowable says whether a text can stand in a page: whole lines of printable characters, none of
// them longer than a screen.
func isShowable(text string) bool {
	for line := range strings.Lines(text) {
		if len(line) > 200 {
			return false
		}
	}
	unprintable := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	return utf8.ValidString(text) && strings.HasSuffix(text, "\n") &&
		!strings.ContainsFunc(text, unprintable)
}

var fencedBlock = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// withExample returns a page with the blocks of its example section replaced by those of the
// example.
func withExample(page string, e example) (string, error) {
	start := strings.Index(page, "\n## Example\n")
	end := strings.Index(page, "\n## What to do\n")
	if start < 0 || end < start {
		return "", fmt.Errorf("there is no example before what to do")
	}
	specs, outputs := 0, 0
	section := fencedBlock.ReplaceAllStringFunc(page[start:end], func(block string) string {
		switch language := fencedBlock.FindStringSubmatch(block)[1]; language {
		case "yaml":
			specs++
			if specs <= len(e.specs) {
				return "```yaml\n" + e.specs[specs-1] + "```"
			}
		case "text":
			outputs++
			return "```text\n" + e.output + "```"
		}
		return block
	})
	if specs != len(e.specs) || outputs != 1 {
		return "", fmt.Errorf(
			"the example needs %d yaml blocks and 1 text block, and has %d and %d",
			len(e.specs), specs, outputs)
	}
	return page[:start] + section + page[end:], nil
}
