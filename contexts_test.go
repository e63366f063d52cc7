package secretctl_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// surrounding is a way of writing the same spec otherwise. rewrite returns the text and whether it applies to it.
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
			t.Errorf("stdout differs (want -, got +):\n%s", lineDiff(plain.stdout, got.stdout))
		}
	} else if a, b := codes(got.stdout), codes(plain.stdout); !slices.Equal(a, b) {
		t.Errorf("found %v, want %v\n%s", a, b, got.stdout)
	}
	if got.permissions != plain.permissions {
		t.Errorf("permissions differ (want -, got +):\n%s", lineDiff(plain.permissions, got.permissions))
	}
	for name, text := range plain.files {
		if got.files[name] != text {
			t.Errorf("%s differs (want -, got +):\n%s", name, lineDiff(text, got.files[name]))
		}
	}
	if len(got.files) != len(plain.files) || !slices.Equal(got.removed, plain.removed) {
		t.Errorf("wrote %v and removed %v", slices.Sorted(maps.Keys(got.files)), got.removed)
	}
}

// asJSON writes a spec as JSON, with the order of its keys and ids turned round if shuffled. It does not apply to what is not
// YAML, or not a mapping.
func asJSON(text string, shuffled bool) (string, bool) {
	root, found := spec.Parse(source.New("spec.yaml", []byte(text)))
	if root == nil || len(found) > 0 || root.Kind != yaml.Map {
		return "", false
	}
	if shuffled {
		root = shuffle(root)
	}
	return string(appendJSON(nil, root, "\n")) + "\n", true
}

// idMaps are the maps of a spec whose keys are ids, so that their order means nothing.
var idMaps = []string{"keys", "principals", "secrets", "parameters", "mappings", "conditions", "resources", "outputs", "tags"}

// shuffle returns a spec with its top-level keys and its ids in reverse.
func shuffle(root *yaml.Node) *yaml.Node {
	turned := reverse(root)
	for i, p := range turned.Pairs {
		if slices.Contains(idMaps, p.Key.Text) && p.Value.Kind == yaml.Map {
			turned.Pairs[i].Value = reverse(p.Value)
		}
	}
	return turned
}

func reverse(n *yaml.Node) *yaml.Node {
	turned := *n
	turned.Pairs = slices.Clone(n.Pairs)
	slices.Reverse(turned.Pairs)
	return &turned
}

// appendJSON writes a node as JSON. Scalars keep their text, as text if JSON cannot say it otherwise. indent is the line end before
// the node's own closing bracket.
func appendJSON(b []byte, n *yaml.Node, indent string) []byte {
	switch n.Kind {
	case yaml.Map:
		b = append(b, '{')
		for i, p := range n.Pairs {
			b = separate(b, i, indent)
			b = append(appendText(b, p.Key.Text), ": "...)
			b = appendJSON(b, p.Value, indent+"  ")
		}
		return append(append(b, indent...), '}')
	case yaml.Seq:
		b = append(b, '[')
		for i, item := range n.Items {
			b = separate(b, i, indent)
			b = appendJSON(b, item, indent+"  ")
		}
		return append(append(b, indent...), ']')
	case yaml.Null:
		return append(b, "null"...)
	case yaml.Bool:
		return append(b, strings.ToLower(n.Text)...)
	}
	if n.Kind != yaml.String && json.Valid([]byte(n.Text)) {
		return append(b, n.Text...)
	}
	return appendText(b, n.Text)
}

func separate(b []byte, i int, indent string) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return append(append(b, indent...), "  "...)
}

func appendText(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic("a text cannot be written as JSON: " + err.Error())
	}
	return append(b, quoted...)
}
