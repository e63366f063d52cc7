package access_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// TestLoadReadsEveryTemplate loads the templates of the golden cases where nobody states where they
// are deployed, and looks at what people are shown: IDs that are the only ones of their kind,
// sorted, without an unknown part as it stands in texts.
func TestLoadReadsEveryTemplate(t *testing.T) {
	if testing.Short() {
		t.Skip("every golden template is loaded")
	}
	n := 0
	err := filepath.WalkDir("../../testdata",
		func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() ||
				!slices.Contains([]string{".yaml", ".json"}, filepath.Ext(path)) {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file := source.New(path, data)
			if !spec.IsTemplate(file) {
				return nil
			}
			if template, _ := ask.ReadTemplate(file, &source.Masks{}); template != nil {
				n++
				shown(t, path,
					access.Load([]access.Stack{{File: "app", Template: template}}, access.Beside{}))
			}
			return nil
		})
	if err != nil || n < 100 {
		t.Errorf("%d templates, %v", n, err)
	}
}

// shown checks what an estate shows.
func shown(t *testing.T, path string, e *access.Estate) {
	t.Helper()
	texts := slices.Clone(e.OutOfSight())
	for _, w := range e.Worlds {
		var principals, secrets []string
		for _, p := range w.Principals {
			principals = append(principals, p.ID)
			texts = append(texts, p.Shown, p.Note)
			for _, d := range p.Identity {
				if d.Of != p.ID {
					t.Errorf("%s: a document of %s is said to be of %s", path, p.ID, d.Of)
				}
			}
		}
		for _, s := range w.Secrets {
			secrets = append(secrets, s.ID)
			if len(s.Copies) == 0 {
				t.Errorf("%s: %s has no copy", path, s.ID)
			}
		}
		for _, ids := range [][]string{principals, secrets} {
			if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
				t.Errorf("%s: not sorted, or not unique: %q", path, ids)
			}
			texts = append(texts, ids...)
		}
	}
	for _, text := range texts {
		if cfn.HasUnknown(text) || strings.Contains(text, "123456789012") {
			t.Errorf("%s: shown is %q", path, text)
		}
	}
}
