package yaml

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// seeds adds snippets and the specs of the golden cases to a fuzz corpus.
func seeds(f *testing.F) {
	for _, text := range []string{
		"secrets:\n  a:\n    b: 'c\n      d'\n  e: {f: [g,\n  h: 1]}\n  i: |\n    x\n\n" +
			"    y\nkeys:\n- a\n- b: c\n",
		"a: &x {b: c}\nd: {<<: *x}\n",
		"a:\n  b: \"\n  c: d\n  \"\n", "a: !Sub \"${x}\"\nb: !GetAtt A.B\n",
		"a: >-\n  b\n\n  c\n\t\n", "{\"a\": [1, 2.0, null], 'b': \"\\u00e9\"}",
		"\ufeffa:\r\n  - b\r\n  - \"c\r\n    d\"\r\n", "a: b\n  c\nd:\n  - - e\n    - f\n  -\n",
		"---\na: b\n...\n", "a:\n- b\n- c\nd:\n  e: f\n  g: h\n",
		"a: {b: c,\nd: e}\nf: [\ng: h\n]\n", "<<: {a: b}\na: <<<<\n",
	} {
		f.Add([]byte(text))
	}
	files, _ := filepath.Glob("../../testdata/golden/*/*/*.yaml")
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil && len(data) < 4<<10 {
			f.Add(data)
		}
	}
}

// FuzzParse: nothing panics; spans are inside the file; there is a tree or an error; the same with
// CRLF.
func FuzzParse(f *testing.F) {
	if testing.Short() {
		f.Skip("the seeds are all golden specs")
	}
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.New("spec.yaml", data)
		n, found := Parse(file, document)
		if n == nil && !found.HasErrors() {
			t.Fatal("neither a tree nor an error")
		}
		for _, d := range found {
			if d.Span.File != file || d.Span.Start < 0 || d.Span.End < d.Span.Start ||
				int(d.Span.End) > len(data) {
				t.Fatalf("span of %s", describe(found))
			}
			if d.Says(nil) == "" || d.Advises(nil) == "" {
				t.Fatalf("says nothing: %s", describe(found))
			}
		}
		MaskText(file, keys, &source.Masks{})
		if n == nil {
			return
		}
		checkSpans(t, file, n)
		if strings.Contains(string(data), "\r") {
			return
		}
		windows := source.New("spec.yaml", []byte(strings.ReplaceAll(string(data), "\n", "\r\n")))
		m, _ := Parse(windows, document)
		if m == nil || show(m) != show(n) {
			t.Fatalf("with CRLF: %v\nnot %s", m, show(n))
		}
	})
}

// FuzzChunkedEqualsWhole: a text cut wherever it may be gives the tree, the spans and the findings
// of the text read in one piece.
func FuzzChunkedEqualsWhole(f *testing.F) {
	if testing.Short() {
		f.Skip("the seeds are all golden specs")
	}
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.New("spec.yaml", data)
		whole, found := parsePieces(file, len(data)+1)
		for _, size := range []int{1, 12} {
			pieces, also := parsePieces(file, size)
			if a, b := places(whole), places(pieces); a != b {
				t.Fatalf("pieces of %d:\n got %s\nwant %s", size, b, a)
			}
			if a, b := describe(found), describe(also); a != b {
				t.Fatalf("pieces of %d:\n got %s\nwant %s", size, b, a)
			}
		}
	})
}

// places writes a tree with its spans.
func places(n *Node) string {
	if n == nil {
		return "nothing"
	}
	var b strings.Builder
	var walk func(n *Node)
	walk = func(n *Node) {
		if b.Len() > 1<<20 {
			return
		}
		fmt.Fprintf(&b, "%d%s%q@%d-%d(", n.Kind, n.Tag(), n.Text(), n.Span().Start, n.Span().End)
		for _, p := range n.Pairs() {
			walk(p.Key)
			walk(p.Value)
		}
		for _, item := range n.Items() {
			walk(item)
		}
		b.WriteString(")")
	}
	walk(n)
	return b.String()
}

// many writes a spec with n secrets as generators do, about 900 bytes each.
func many(n int) string {
	var b strings.Builder
	b.WriteString("version: 1\nstack: bench\nsecrets:\n")
	for i := range n {
		fmt.Fprintf(
			&b,
			"  service-%05d-database:\n    name: prod/service-%05d/database\n"+
				"    description: \"Credentials of service %d, in quotes\"\n    key: main\n",
			i,
			i,
			i,
		)
		fmt.Fprintf(
			&b,
			"    value:\n      generate:\n"+
				"        secretStringTemplate: { username: app_%d }\n"+
				"        generateStringKey: password\n        passwordLength: 32\n"+
				"        excludeCharacters: '\"@/\\'\n",
			i,
		)
		fmt.Fprintf(
			&b,
			"    rotation:\n      schedule: rate(30 days)\n      lambda: !Sub "+
				"\"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:rotate-%d\"\n",
			i,
		)
		fmt.Fprintf(
			&b,
			"    replicas: [eu-west-1, eu-central-1]\n    deletionPolicy: Retain\n    tags:\n"+
				"      team: team-%d\n      cost-center: \"%06d\"\n"+
				"      environment: production\n",
			i%50,
			i,
		)
	}
	b.WriteString("grants:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - to: app-%d\n    allow: read\n    secrets: service-%05d-database\n",
			i%100, i)
		fmt.Fprintf(&b,
			"  - { to: ops, allow: [rotate, write], secrets: service-%05d-database }\n", i)
	}
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1, 100, 1_000, 10_000} {
		text := []byte(many(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if n, found := Parse(source.New("spec.yaml", text), document); n == nil ||
					len(found) > 0 {
					b.Fatal(describe(found))
				}
			}
		})
	}
}
