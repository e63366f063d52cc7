package spec

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// TestHiddenByPlace: in every spec here, what must not be shown of a place is the same whether it
// is found for that place alone or for all of the file. The same is true of texts.
func TestHiddenByPlace(t *testing.T) {
	usual := 0
	err := filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "node_modules" {
			return filepath.SkipDir // what conformance installs
		}
		if err != nil || d.IsDir() || filepath.Ext(name) != ".yaml" {
			return err
		}
		data, err := os.ReadFile(name)
		if samePlaces(t, data) {
			usual++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if usual < 200 {
		t.Errorf("only %d specs were found by place", usual)
	}
}

func FuzzHiddenByPlace(f *testing.F) {
	for _, text := range []string{
		"secrets:\n  db:\n    value: # hunter2\n      string: a\n    key: main\n",
		"secrets:\n  db:\n    value:\n      hunter2:\n    key: main\n  x:\n  y: hunter2\n",
		"secrets:\n  a: { name: a b hunter2, key: k }\n  b: { value: { string: x, y } }\n",
		"secrets:\n  db: { value: { string: !Sub '${keySecret}-${other}' } }\nkeys:\n  key: {}\n",
		"stack: a\nkeys:\n  k: { tags: { password: hunter2 }, value: x }\nversion: 1\n",
		"environment: { account: '1', password: hunter2 }\ngrants: [ { to: a, value: b } ]\n",
		"assert: [ { given: { P: hunter2 } } ]\ndescription: password=hunter2 # x\n",
		"# hunter2\nsecrets:\n  # hunter2\n  a:\n    description: |\n      value: hunter2\n",
		"principals:\n  p: { role: { description: 'password=hunter2' } }\ntags: { value: { a: b } }\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { samePlaces(t, data) })
}

// samePlaces compares what is hidden of each line, each node and all of a spec. It says whether the
// spec is one that is looked at by place.
func samePlaces(t *testing.T, data []byte) bool {
	file := source.New("spec.yaml", data)
	read := yaml.Read(file, document)
	if read.Root == nil || read.Shares || words().ByPlace([]*yaml.Node{read.Root}) == nil {
		return false
	}
	var whole source.Masks
	words().Spec([]*yaml.Node{read.Root}, nil, &whole)
	masks := func() *source.Masks {
		_, m, _ := Read([]*source.File{file})
		return m
	}
	same := func(at source.Span) {
		hidden, ok := words().ByPlace([]*yaml.Node{read.Root})(at)
		if want := whole.Within(at); ok && !slices.Equal(hidden, want) {
			t.Fatalf("of %q is hidden %v, want %v, in\n%s", at.Text(), hidden, want, data)
		}
	}
	text := func(m *source.Masks, n *yaml.Node) {
		want := whole.Hide(n.Text(), "•")
		if got := m.Hide(n.Text(), "•"); got != want {
			t.Fatalf("of the text %q is shown %q, want %q, in\n%s", n.Text(), got, want, data)
		}
		if masks().Shows(n.Text(), n.Span()) && want != n.Text() {
			t.Fatalf("the text %q is shown, want %q, in\n%s", n.Text(), want, data)
		}
	}
	same(source.Span{File: file, End: int32(len(data))})
	const few = 20 // of long specs, not everything is compared
	step := 1 + file.Lines()/few
	for line := 1; line <= file.Lines(); line += step {
		same(file.LineSpan(line))
	}
	i := 0
	read.Root.Walk(func(n *yaml.Node) {
		if i++; i%step == 0 && n.IsScalar() {
			same(n.Span())
			text(masks(), n)
		}
		for _, p := range n.Pairs() {
			if i%step == 0 {
				same(p.Key.Span())
				text(masks(), p.Key)
			}
		}
	})
	return true
}
