package secretctl_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/diag"
)

const pagesDir = "docs/diagnostics"

// unshowable are the codes without a golden case, and why.
var unshowable = map[string]string{
	"SC0001": "this version compiles the whole language; the code keeps its meaning for what a later one may add",
	"SC0003": "the spec would have 16 MiB; internal/cli tests it with an empty file made as large",
	"SC0109": "the line would have 4 MiB; internal/spec tests it",
	"SC9001": "it is a bug, which a golden case would keep",
}

// TestEveryCodeHasAGoldenCase: a folder that begins with a code's number shows that code, and there is one for every code.
func TestEveryCodeHasAGoldenCase(t *testing.T) {
	shown := map[string]bool{}
	for _, dir := range goldenDirs(t, "codes/*") {
		number, name, _ := strings.Cut(filepath.Base(dir), "-")
		if code := diag.Lookup(number); code == nil || name != code.Name && !strings.HasPrefix(name, code.Name+"-") {
			t.Errorf("%s is not named like a code", dir)
			continue
		}
		c := readCase(t, dir)
		if !slices.Contains(codes(c.want["stdout"]+c.want["stderr"]), number) {
			t.Errorf("%s does not show %s", dir, number)
			continue
		}
		shown[number] = true
	}
	for _, code := range diag.Codes() {
		_, excused := unshowable[code.Number]
		if !shown[code.Number] && !excused {
			t.Errorf("there is no golden case %s-%s", code.Number, code.Name)
		}
		if shown[code.Number] && excused {
			t.Errorf("%s has a golden case now: take it out of unshowable", code.Number)
		}
	}
}

// TestDiagnosticPages holds the pages of docs/diagnostics against the table of codes and the golden cases. The first page of a
// code is about the case that is named like the code: its yaml blocks are the spec files of the case by name, its text block is what
// the command wrote. -update rewrites these blocks, and the table of the index.
func TestDiagnosticPages(t *testing.T) {
	for _, code := range diag.Codes() {
		t.Run(code.Number, func(t *testing.T) {
			name := filepath.Join(pagesDir, code.Number+".md")
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			page := string(data)
			if start := fmt.Sprintf("# %s %s\n\nSeverity: %s\n\n", code.Number, code.Name, code.Severity); !strings.HasPrefix(page, start) {
				t.Errorf("%s does not begin with %q", name, start)
			}
			for _, heading := range []string{"\n## Example\n", "\n## What to do\n"} {
				if strings.Count(page, heading) != 1 {
					t.Errorf("%s needs one %q", name, strings.TrimSpace(heading))
				}
			}
			if _, excused := unshowable[code.Number]; excused {
				return
			}
			wanted, err := withExample(page, exampleOf(t, code))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			keep(t, name, page, wanted)
		})
	}
	t.Run("index", func(t *testing.T) {
		name := filepath.Join(pagesDir, "README.md")
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		const heading = "\n## All codes\n"
		page, _, _ := strings.Cut(string(data), heading)
		keep(t, name, string(data), page+heading+indexTable())
	})
	for _, name := range glob(t, filepath.Join(pagesDir, "*.md")) {
		number := strings.TrimSuffix(filepath.Base(name), ".md")
		if number != "README" && !slices.ContainsFunc(diag.Codes(), func(c *diag.Code) bool { return c.Number == number }) {
			t.Errorf("%s belongs to no code", name)
		}
	}
}

// keep compares a file with what it should be, or makes it so.
func keep(t *testing.T, name, have, want string) {
	t.Helper()
	if have == want {
		return
	}
	if *update {
		writeFile(t, name, want)
		return
	}
	test, _, _ := strings.Cut(t.Name(), "/")
	t.Errorf("%s is not what `go test . -run %s -update` makes of it (want -, got +):\n%s", name, test, lineDiff(want, have))
}

func indexTable() string {
	var b strings.Builder
	b.WriteString("\n| code | name | severity | meaning |\n|---|---|---|---|\n")
	for _, c := range diag.Codes() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", c.Number, c.Number, c.Name, c.Severity, c.Meaning)
	}
	return b.String()
}

// example is what a page shows of a golden case.
type example struct {
	specs  []string
	output string
}

// exampleOf reads the golden case that is named like a code. A spec that cannot be shown as text is left out: its page describes it.
func exampleOf(t *testing.T, code *diag.Code) example {
	t.Helper()
	c := readCase(t, filepath.Join(goldenDir, "codes", code.Number+"-"+code.Name))
	want := c.want
	if *update { // the case's own test may come later
		want = c.run(t, c.files).want(c)
	}
	e := example{output: cmp.Or(want["stdout"], want["stderr"])}
	var names []string
	for name := range c.files {
		if isSpec(name) && isShowable(c.files[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		e.specs = append(e.specs, c.files[name])
	}
	return e
}

// isShowable says whether a text can stand in a page: whole lines of printable characters, none of them longer than a screen.
func isShowable(text string) bool {
	for line := range strings.Lines(text) {
		if len(line) > 200 {
			return false
		}
	}
	unprintable := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	return utf8.ValidString(text) && strings.HasSuffix(text, "\n") && !strings.ContainsFunc(text, unprintable)
}

var fencedBlock = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// withExample returns a page with the blocks of its example section replaced by those of the example.
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
		return "", fmt.Errorf("the example needs %d yaml blocks and 1 text block, and has %d and %d", len(e.specs), specs, outputs)
	}
	return page[:start] + section + page[end:], nil
}

// TestLinksOfDocs follows every link from one of our documents to another, its heading included.
func TestLinksOfDocs(t *testing.T) {
	for _, name := range documents(t) {
		for _, target := range links(t, name) {
			path, heading, _ := strings.Cut(target, "#")
			if path = filepath.Join(filepath.Dir(name), path); strings.HasPrefix(target, "#") {
				path = name
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s links to %s, which is not there", name, target)
			} else if heading != "" && !slices.Contains(headings(t, path), heading) {
				t.Errorf("%s links to %s, and %s has no such heading", name, target, path)
			}
		}
	}
}

// documents are the Markdown files that people read: those of the root and of docs.
func documents(t *testing.T) []string {
	t.Helper()
	all := glob(t, "*.md")
	err := filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var linkPattern = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// links are the targets of a document's links that are not on other sites.
func links(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range linkPattern.FindAllStringSubmatch(fencedBlock.ReplaceAllString(string(data), ""), -1) {
		if !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
			targets = append(targets, m[1])
		}
	}
	return targets
}

var headingPattern = regexp.MustCompile(`(?m)^#+ (.*)$`)

// headings are the names by which a link can mean a heading of a document, made as GitHub makes them.
func headings(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range headingPattern.FindAllStringSubmatch(string(data), -1) {
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1]))
	}
	return names
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func goldenDirs(t *testing.T, pattern string) []string {
	t.Helper()
	return glob(t, filepath.Join(goldenDir, pattern))
}
