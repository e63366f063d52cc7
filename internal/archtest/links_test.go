package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/secretctl/secretctl/internal/expect"
)

// TestLinksOfDocs follows every link from one of our documents to another, its heading included.
func TestLinksOfDocs(t *testing.T) {
	expect.InRoot(t)
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

// documents are the Markdown files that people read: those of the root and of docs, and the index
// of golden cases.
func documents(t *testing.T) []string {
	t.Helper()
	all := append(glob(t, "*.md"), goldenDir+"/README.md")
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
	prose := fencedBlock.ReplaceAllString(string(data), "")
	for _, m := range linkPattern.FindAllStringSubmatch(prose, -1) {
		if !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
			targets = append(targets, m[1])
		}
	}
	return targets
}

var headingPattern = regexp.MustCompile(`(?m)^#+ (.*)$`)

// headings are the names by which a link can mean a heading of a document, made as GitHub makes
// them.
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
