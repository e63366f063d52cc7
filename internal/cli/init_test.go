package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/starter"
	"github.com/secretctl/secretctl/schema"
)

// TestEveryExampleIsRight: none has an error, a warning or a note, each compiles, is formatted, and
// tells editors of the schema that is written beside it.
func TestEveryExampleIsRight(t *testing.T) {
	for _, name := range append([]string{""}, starter.Names...) {
		r := newRun(t)
		r.compiles = true
		args := []string{"init"}
		if name != "" {
			args = append(args, "--example", name)
		}
		r.code(exitOK, args...)
		if r.says("wrote secretctl.yaml\n", "next: "); r.stdout != "" {
			t.Errorf("stdout: %s", r.stdout)
		}
		r.code(exitOK, "validate", "--strict")
		if r.stdout != "" || r.stderr != "secretctl.yaml: no findings\n" {
			t.Errorf("%s: %s%s", name, r.stdout, r.stderr)
		}
		r.code(exitOK, "compile", "--output", "out")
		r.says("wrote out/plan.json")
		r.code(exitOK, "fmt", "--check")
		text := r.read("secretctl.yaml")
		if !strings.HasPrefix(text,
			"# yaml-language-server: $schema="+starter.SchemaFile+"\n#\n# ") {
			t.Errorf("%s begins otherwise", name)
		}
		if comments := strings.Count(text, "# "); comments < 10 {
			t.Errorf("%s has %d comments", name, comments)
		}
		for line := range strings.Lines(text) {
			if len(line) > 101 {
				t.Errorf("%s has a long line: %s", name, line)
			}
		}
		if r.read(starter.SchemaFile) != string(schema.Spec) {
			t.Errorf("%s: the schema is another one", name)
		}
	}
}

// TestInitWritesOverNothing, wherever it is asked to write.
func TestInitWritesOverNothing(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		args  string
		code  int
		says  string
	}{
		"the usual spec":      {[]string{"secretctl.yaml", ""}, "", 3, `already: "secretctl.yaml"`},
		"another spec":        {[]string{"a.yml", "stack: a\n"}, ".", 3, `already: "a.yml"`},
		"a directory":         {[]string{"a/b.yaml", "stack: a\n"}, "a", 3, `already: "a/b.yaml"`},
		"a file":              {[]string{"a.yaml", "x: 1\n"}, "a.yaml", 3, `"a.yaml" is there already`},
		"no spec":             {[]string{"a", "x"}, "a", 3, `"a" is there already`},
		"what is no spec":     {nil, "a.json", 2, "would be no spec"},
		"two arguments":       {nil, "a b", 2, "takes one directory or file"},
		"no example":          {nil, "--example vault", 2, "rds, ecs, ci, accounts"},
		"below a file":        {[]string{"a", "x"}, "a/b", 3, "not a directory"},
		"a spec of something": {[]string{"secretctl.yaml", "x: 1\n"}, "", 3, "secretctl.yaml"},
	} {
		r := newRun(t, c.files...)
		before := r.list()
		r.code(c.code, append([]string{"init"}, strings.Fields(c.args)...)...)
		if r.says(c.says); r.list() != before {
			t.Errorf("%s: there is %s", name, r.list())
		}
		for i := 0; i+1 < len(c.files); i += 2 {
			if r.read(c.files[i]) != c.files[i+1] {
				t.Errorf("%s: %s is another one", name, c.files[i])
			}
		}
	}
}

// TestInitBesideOtherThings: other YAML is no spec, a named file may stand beside a spec, and what
// an editor was given stays.
func TestInitBesideOtherThings(t *testing.T) {
	r := newRun(t, "compose.yaml", "services: {}\nsecrets: {}\n", starter.SchemaFile, "{}\n")
	r.code(exitOK, "init")
	if r.read(starter.SchemaFile) != "{}\n" {
		t.Error("the schema was written over")
	}
	r.code(exitOK, "init", "other.yaml")
	r.code(exitOK, "init", "--quiet", "--example", "rds", "new/deep")
	if r.stderr != "" {
		t.Errorf("it says %s", r.stderr)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "new", "deep", "secretctl.yaml")); err != nil {
		t.Error(err)
	}
	r.code(exitOK, "init", "it's here")
	r.says(`'it'\''s here/secretctl.yaml'`)
}

// TestInitNeedsAName and does not take what others do for standard input.
func TestInitNeedsAName(t *testing.T) {
	for _, path := range []string{"", "-"} {
		r := newRun(t)
		r.code(exitUsage, "init", path)
		r.says("names no directory or file")
	}
}
