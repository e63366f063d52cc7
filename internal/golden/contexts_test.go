package golden

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/format"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// surrounding is a way of writing the same spec otherwise. rewrite returns the text and whether it
// applies to it.
type surrounding struct {
	name    string
	rewrite func(text string) (string, bool)
}

// contexts must make no difference to what is written, nor to the codes of what is found.
var contexts = []surrounding{
	{"json", func(text string) (string, bool) { return asJSON(text, false) }},
	{"shuffled", func(text string) (string, bool) { return asJSON(text, true) }},
	{"crlf", func(text string) (string, bool) {
		return strings.ReplaceAll(text, "\n", "\r\n"), !strings.Contains(text, "\r")
	}},
	{"comments", func(text string) (string, bool) {
		return topLevelKey.ReplaceAllString(text, "# a comment: [\"that must not matter\n$0"), true
	}},
	{"formatted", func(text string) (string, bool) {
		r, _ := format.Text(source.New("spec.yaml", []byte(text)), spec.Document())
		return string(r.Data), len(r.Lines) > 0
	}},
}

var topLevelKey = regexp.MustCompile(`(?m)^[A-Za-z][A-Za-z]*:`)

// inContext runs the case with rewritten specs and compares it with the plain run.
func (c *goldenCase) inContext(t *testing.T, context surrounding, plain outcome) {
	rewritten := *c
	rewritten.files = maps.Clone(c.files)
	for name, text := range c.files {
		if !isSpec(name) {
			continue
		}
		other, ok := context.rewrite(text)
		if !ok {
			return // a file that is not YAML, mostly: there is no other way to write it
		}
		rewritten.files[name] = other
	}
	if c.stdin != "" {
		other, ok := context.rewrite(c.stdin)
		if !ok {
			return
		}
		rewritten.stdin = other
	}
	got := rewritten.run(t, rewritten.files)
	if got.code != plain.code {
		t.Errorf("exit %d, want %d\n%s", got.code, plain.code, got.stderr)
	}
	if a, b := codes(got.stderr), codes(plain.stderr); !slices.Equal(a, b) {
		t.Errorf("found %v, want %v\n%s", a, b, got.stderr)
	}
	if plain.code == 0 && (c.args[0] == "compile" || c.args[0] == "plan") {
		if got.stdout != plain.stdout {
			t.Errorf("stdout differs (want -, got +):\n%s", expect.Diff(plain.stdout, got.stdout))
		}
	} else if a, b := codes(got.stdout), codes(plain.stdout); !slices.Equal(a, b) {
		t.Errorf("found %v, want %v\n%s", a, b, got.stdout)
	}
	if got.permissions != plain.permissions {
		t.Errorf("permissions differ (want -, got +):\n%s",
			expect.Diff(plain.permissions, got.permissions))
	}
	for name, text := range plain.files {
		if got.files[name] != text {
			t.Errorf("%s differs (want -, got +):\n%s", name, expect.Diff(text, got.files[name]))
		}
	}
	if len(got.files) != len(plain.files) || !slices.Equal(got.removed, plain.removed) {
		t.Errorf("wrote %v and removed %v", slices.Sorted(maps.Keys(got.files)), got.removed)
	}
}
