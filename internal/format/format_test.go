package format_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	yamlv3 "gopkg.in/yaml.v3"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/format"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

var document = yaml.Document{Name: "spec", Parts: "properties", Hint: "begin with a property"}

// formatted lays out a text that is YAML.
func formatted(t *testing.T, text string) string {
	t.Helper()
	r, found := format.Text(source.New("spec.yaml", []byte(text)), document)
	if r.Data == nil {
		t.Fatalf("not YAML: %s in\n%s", found[0].Says(nil), text)
	}
	return string(r.Data)
}

func TestLayout(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing to do": {"a: b\n", "a: b\n"},
		"indentation": {
			"a:\n    b:\n        c: 1\n    d:\n     e: 2\n",
			"a:\n  b:\n    c: 1\n  d:\n    e: 2\n",
		},
		"lists stand deeper than their key": {
			"a:\n- b\n-   c: 1\n    d:\n    - e\nf: g\n",
			"a:\n  - b\n  - c: 1\n    d:\n      - e\nf: g\n",
		},
		"lists in lists": {
			"a:\n-  -  b\n   -  c\n-\n   d: 1\n", "a:\n  - - b\n    - c\n  -\n    d: 1\n",
		},
		"a value in a line of its own": {"a:\n      b\nc:\n   {d: e}\n", "a:\n  b\nc:\n  { d: e }\n"},
		"colons":                       {"a :   b\n'c' : d\ne:\tf\n", "a: b\nc: d\ne: f\n"},
		"columns that somebody has made": {
			"a:\n    b:     1\n    ccc:   2\n    dd:    3\n    e: 4\n    f:   5\n",
			"a:\n  b:   1\n  ccc: 2\n  dd:  3\n  e: 4\n  f: 5\n",
		},
		"blank lines": {
			"\n \na: 1\n\n\n\t\nb: 2  \n\n\n", "a: 1\n\nb: 2\n",
		},
		"no line end":  {"a: 1", "a: 1\n"},
		"CRLF":         {"a:\r\n    b: 1  \r\n\r\n\r\nc: 2", "a:\r\n  b: 1\r\n\r\nc: 2\r\n"},
		"a mark":       {"\ufeffa:\n    b: 1\n", "\ufeffa:\n  b: 1\n"},
		"a document":   {"---\na:\n    b: 1\n...\n", "---\na:\n  b: 1\n...\n"},
		"flow":         {"a: {b: c,d : [ 1,2 ,{}, [ ] ]}\n", "a: { b: c, d: [1, 2, {}, []] }\n"},
		"flow as JSON": {`a: {"b":"c","d":[1,"2"]}` + "\n", `a: { b: c, d: [1, "2"] }` + "\n"},
		"flow without values": {
			"a: { b: , c: , d }\n", "a: { b: , c: , d }\n",
		},
		"flow of several lines": {
			"a:\n    b: {c: d,   # why\n        # because\n        e: f,\n\n\n    g: [\n      1, 2]}\n",
			"a:\n  b: { c: d,   # why\n      # because\n      e: f,\n\n  g: [\n    1, 2] }\n",
		},
		"tags": {
			"a: !Ref   B\nb: {c: !Sub '${d}',e: !GetAtt F.G , h: !If [ i,!Ref j, !Ref k ]}\n",
			"a: !Ref   B\nb: { c: !Sub '${d}', e: !GetAtt F.G, h: !If [i, !Ref j, !Ref k] }\n",
		},
		"tags in lines of their own": {
			"a:\n    !If\n    - b\n    - c: d\n", "a:\n  !If\n  - b\n  - c: d\n",
		},
		"anchors and aliases": {
			"a: &a {b: c}\nd:\n    - *a\n    - &e\n      f: *a\n    - {<<: *a, g:   *a}\n",
			"a: &a { b: c }\nd:\n  - *a\n  - &e\n    f: *a\n  - { <<: *a, g: *a }\n",
		},
		"quotes of no use": {
			"'a': \"b c\"\nd: ['e', \"f-g.h/i\", 'arn:aws:iam::1:role/x']\nj: 'arn:aws:s3:::k'\n",
			"a: b c\nd: [e, f-g.h/i, 'arn:aws:iam::1:role/x']\nj: 'arn:aws:s3:::k'\n",
		},
		"quotes of use": {
			"a: '1'\nb: \"yes\"\nc: 'null'\nd: '*'\ne: 'f: g'\nh: 'i #j'\nk: ''\nl: \"m\\n\"\n" +
				"n: '2027-01-01'\no: 'p,q'\nr: [ 's,t' ]\nu: 'v '\nw: 'x:'\nY: 'n'\n",
			"a: '1'\nb: \"yes\"\nc: 'null'\nd: '*'\ne: 'f: g'\nh: 'i #j'\nk: ''\nl: \"m\\n\"\n" +
				"n: '2027-01-01'\no: p,q\nr: ['s,t']\nu: 'v '\nw: 'x:'\nY: 'n'\n",
		},
		"literal text": {
			"a:\n    b: |\n          x\n           y  \n\n          z\n    c: >-\n     v\n\n\n\nd: 1\n",
			"a:\n  b: |\n    x\n     y  \n\n    z\n  c: >-\n    v\n\nd: 1\n",
		},
		"literal text with a stated indentation": {
			"a:\n    b: |2\n         x\n      y\nc: 1\n", "a:\n  b: |2\n       x\n    y\nc: 1\n",
		},
		"literal text that keeps its end": {
			"a: |+\n    x\n\n\n\nb: >+\n  y\n\n\n", "a: |+\n  x\n\n\n\nb: >+\n  y\n\n\n",
		},
		"literal text without a line end": {"a:\n   b: |\n     x", "a:\n  b: |\n    x"},
		"literal text that is empty":      {"a: |\nb:   1\n", "a: |\nb: 1\n"},
		"literal text in a list": {
			"a:\n- |\n    x\n- b:   |\n        y\n", "a:\n  - |\n    x\n  - b: |\n      y\n",
		},
		"literal text with blanks behind it": {
			"a: |\n    x\n       \nb: 1\n", "a: |\n  x\n     \nb: 1\n",
		},
		"text of several lines": {
			"a:\n    b: c\n     d\n    e: \"f \\\n      g\n\n          h\"\n",
			"a:\n  b: c\n    d\n  e: \"f \\\n    g\n\n    h\"\n",
		},
		"comments": {
			"# top\na:   # why\n    # of b\n    b: 1   # one\n    # of what is gone\n# of c\nc:\n" +
				"        # of d\n    d: 2\n#end\n",
			"# top\na:   # why\n  # of b\n  b: 1   # one\n  # of what is gone\n# of c\nc:\n" +
				"      # of d\n  d: 2\n#end\n",
		},
		"comments behind text": {
			"a:\n    b: |\n      x\n     # of y\n    # of c\n    c: 1\n",
			"a:\n  b: |\n    x\n   # of y\n  # of c\n  c: 1\n",
		},
		"what is written as JSON": {"{ \"a\":1,\n\"b\": [ 2]}\n", "{ \"a\":1,\n\"b\": [ 2]}\n"},
		"commands in comments":    {"a:   1 # ::error::x\n#   ##[group]\n", "a: 1 # ::error::x\n#   ##[group]\n"},
	} {
		got := formatted(t, c.text)
		if got != c.want {
			t.Errorf("%s (want -, got +):\n%s\n%q", name, expect.Diff(c.want, got), got)
		}
		if again := formatted(t, got); again != got {
			t.Errorf("%s, again:\n%s", name, expect.Diff(got, again))
		}
		keeps(t, c.text, got)
	}
}

// keeps fails if two texts do not say the same with the same comments, to us and to another reader
// of YAML.
func keeps(t *testing.T, before, after string) {
	t.Helper()
	a, _ := yaml.ReadLayout(source.New("a", []byte(before)), document)
	b, _ := yaml.ReadLayout(source.New("a", []byte(after)), document)
	if !format.Same(a, b) {
		t.Errorf("another tree:\n%s\n---\n%s", before, after)
	}
	if a, b := letters(before), letters(after); a != b {
		t.Errorf("something is lost or new:\n%s\n---\n%s", before, after)
	}
	var theirs, theirsAfter any
	if err := yamlv3.Unmarshal([]byte(before), &theirs); err != nil {
		return // it is stricter than we are
	}
	if err := yamlv3.Unmarshal([]byte(after), &theirsAfter); err != nil {
		t.Errorf("another reader refuses it: %v\n%s\n---\n%s", err, before, after)
	} else if !reflect.DeepEqual(theirs, theirsAfter) {
		t.Errorf("another reader reads %v\n%s\nand %v\n%s", theirs, before, theirsAfter, after)
	}
}

// letters is a text without white space and quotes.
func letters(text string) string {
	return strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", `"`, "", "'", "").Replace(text)
}

// TestLinesThatChangeAreTold: they are those of the input.
func TestLinesThatChangeAreTold(t *testing.T) {
	for text, want := range map[string][]int{
		"a: 1\nb:  2\nc: 3\n\n\nd: 'e'\nf: 4": {2, 5, 6, 7},
		"a: 1\n":                              nil,
		"\ufeff\na:   1\n":                    {1, 2},
	} {
		r, _ := format.Text(source.New("spec.yaml", []byte(text)), document)
		if !slices.Equal(r.Lines, want) {
			t.Errorf("%q: lines %v, want %v", text, r.Lines, want)
		}
	}
}

// TestWhatIsNoYAMLIsNotTouched: there is nothing to write then.
func TestWhatIsNoYAMLIsNotTouched(t *testing.T) {
	for _, text := range []string{
		"", "a: [\n", "a: 1\na: 2\n", "a: *b\n", "a: !Nothing b\n", "a: 1\n---\nb: 2\n", "- a\n", "\xff",
	} {
		r, found := format.Text(source.New("spec.yaml", []byte(text)), document)
		if r.Data != nil || !found.HasErrors() {
			t.Errorf("%q: %q, %d findings", text, r.Data, len(found))
		}
	}
}

// deformations are ways to spoil the layout of a text. What they do to its meaning does not matter.
var deformations = map[string]func(string) string{
	"as it is": func(text string) string { return text },
	"CRLF":     func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") },
	"indented twice": func(text string) string {
		var b strings.Builder
		for line := range strings.Lines(text) {
			b.WriteString(line[:len(line)-len(strings.TrimLeft(line, " "))] + line)
		}
		return b.String()
	},
	"narrow": func(text string) string {
		return strings.NewReplacer("{ ", "{", " }", "}", ", ", ",", "\n  - ", "\n- ").Replace(text)
	},
	"wide": func(text string) string {
		return strings.NewReplacer(": ", ":   ", "{", "{  ", "]", "  ]", ",", "  ,", "- ", "-   ",
			"\n", "  \n\n\n").Replace(text)
	},
}

// TestGoldenSpecsKeepTheirMeaning lays out every spec of the golden cases, also spoilt.
func TestGoldenSpecsKeepTheirMeaning(t *testing.T) {
	files, _ := filepath.Glob("../../testdata/golden/*/*/*.yaml")
	examples, _ := filepath.Glob("../../examples/*.yaml")
	done := 0
	for _, name := range append(files, examples...) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for how, deform := range deformations {
			if testing.Short() && how != "as it is" {
				continue
			}
			text := deform(string(data))
			r, _ := format.Text(source.New(name, []byte(text)), document)
			if r.Data == nil {
				continue
			}
			done++
			keeps(t, text, string(r.Data))
			if again := formatted(t, string(r.Data)); again != string(r.Data) {
				t.Errorf("%s, %s, again:\n%s", name, how, expect.Diff(string(r.Data), again))
			}
		}
	}
	if done < 1000 {
		t.Errorf("only %d texts were laid out", done)
	}
}

// FuzzText: what is laid out says the same, and is laid out.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"a:\n    b: [c,\n  d]\n", "a: |+\n  b\n\n\nc: >2-\n    d\n", "a:\n- - b\n  - c\n",
		"a: &x {b: c}\nd: {<<: *x}\n# e\n", "a: \"b\n  c\"\nd: e\n  f\n", "a: !Sub [ b,{c: d}]\n",
		"\ufeffa:\r\n    - b\r\n", "---\na: b\n...\n", "a:\n  ? b\n", "{a: b}\n", "a: |\n  b",
	} {
		f.Add([]byte(text))
	}
	files, _ := filepath.Glob("../../testdata/golden/*/*/*.yaml")
	for i, name := range files {
		if data, err := os.ReadFile(name); err == nil && len(data) < 2<<10 && i%5 == 0 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, found := format.Text(source.New("spec.yaml", data), document)
		if r.Data == nil {
			if !found.HasErrors() {
				t.Fatal("nothing is laid out, and nothing is wrong")
			}
			return
		}
		keeps(t, string(data), string(r.Data))
		if again := formatted(t, string(r.Data)); again != string(r.Data) {
			t.Errorf("again: %q, not %q", again, r.Data)
		}
	})
}
