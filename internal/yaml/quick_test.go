package yaml

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// readings are the ways in which a text is read: as which document, and in pieces of which size.
var readings = []struct {
	as   Document
	size int
}{
	{as: document, size: 1 << 30},
	{as: document, size: 16},
	{as: Document{Name: "template", Parts: "sections", Hint: "x", Template: true}, size: 1 << 30},
}

// checkQuick reads a text the quick way and with goccy's tokens alone, and says where the results
// differ: nodes, texts, spans, flags, what aliases stand for, and every word of the diagnostics.
func checkQuick(data []byte) error {
	f := source.New("spec.yaml", data)
	for _, way := range readings {
		quick := &parser{f: f, as: way.as, size: way.size, quick: true}
		plain := &parser{f: f, as: way.as, size: way.size}
		got, want := quick.run(), plain.run()
		if reflect.DeepEqual(got, want) {
			continue
		}
		return fmt.Errorf("template %v, pieces of %d: %q\n got %s\n%s\nwant %s\n%s",
			way.as.Template, way.size, data, places(got.Root), describe(got.Found),
			places(want.Root), describe(want.Found))
	}
	return nil
}

// repositoryFiles calls do for every file of YAML of the repository.
func repositoryFiles(t testing.TB, do func(name string, data []byte)) {
	err := filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "node_modules" {
			return filepath.SkipDir // what conformance installs
		}
		if err != nil || d.IsDir() ||
			filepath.Ext(name) != ".yaml" && filepath.Ext(name) != ".yml" {
			return err
		}
		data, err := os.ReadFile(name)
		do(name, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isQuick says whether the quick way reads a whole text by itself.
func isQuick(data []byte) bool {
	p := &parser{f: source.New("spec.yaml", data), as: document, size: pieceSize, quick: true}
	p.as.Template = bytes.Contains(data, []byte("Resources:"))
	if !p.check() {
		return false
	}
	p.text = string(data)
	for _, at := range p.cut() {
		if !newReader(p, at).readsQuickly() {
			return false
		}
	}
	return true
}

// TestQuickReadsTheRepository: every file of YAML here is read alike both ways, and all that are
// YAML are read the quick way to their end.
func TestQuickReadsTheRepository(t *testing.T) {
	all, quick := 0, 0
	repositoryFiles(t, func(name string, data []byte) {
		if err := checkQuick(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all++
		_, found := Parse(source.New(name, data), document)
		switch {
		case isQuick(data):
			quick++
		case !found.HasErrors():
			t.Errorf("%s is given up", name)
		}
	})
	t.Logf("%d of %d files are read quickly", quick, all)
}

// TestQuickSubset: what is read the quick way and what is given up, and that both give what goccy's
// tokens give.
func TestQuickSubset(t *testing.T) {
	quick := []string{
		"a: b\n", "a: b", "---\na: b\n", "# c\n\na: b # d\n# e\n", "\ufeffa: b\n", "a: b\r\nc:\r\n  - d\r\n",
		"a:\n- b\n- - c\n  - d: e\n    f:\n-\n", "a : b\n'c' : d\n\"e\": f\n",
		"a: {b: c, 'd': e,\n# f\n  g: [h, {i: j}, ],\n}\n", "{\"a\":\"b\",\"c\":[1,-2,null],\"d\":{}}\n",
		"a: {b, c: , d}\n", "a: 'b\n  c'\nd: \"e\n\n  f \\\n  g\"\n", "a: |\n  b\n\n  c\nd: >- # e\n  f\n",
		"a: &x b\nc: *x\nd: [*x, *x]\ne: {<<: *x, f: g}\nh: &y\n  i: j\n", "a:\n  <<: {b: c}\n",
		"a: !Ref b\nc: !Sub |\n  d\ne: [!GetAtt f.g, !Ref h]\ni: !!str 1\n", "a: b:c\nd: b#c\ne: b c, [d] {e} 'f'\n",
		"a: ./b\n.c: -d\ne: <f\n", "a: --- b\n---c: d\n", "é: ü\n\u2028: \u0085\n",
	}
	given := []string{
		"a: b\n  c\n", "a:\tb\n", "a: b\n...\n", "--- # c\na: b\n", "--- a\n", "? a\n: b\n", "..a: b\n",
		"a: {\"b\":/c}\n", "a: {\"b\" :c}\n", "a: [\"b\":c]\n", "a: [b: c]\n", "\"a\":b\n", "a:: b\n",
		"a: {b\":c}\n", "a: {b: [c\":d]}\n", "a: [b:, c]\n", "a: {b:, c}\n", "a: {b:}\n", "a: b <<: c\n", "a: <<b\n", "a: [-]\n", "a: [#b]\n",
		"a: 'b'#c\n", "a: |2\n  b\n", "a: |\nb: c\n", "|\n a\n", "&a b: c\n", "a: &b!c d\n", "a: &!b c\n",
		"a: &1 b\n", "a: *1\n", "a: [*b,c: d]\n", "a: [!Ref, b]\n", "a: !b{c} d\n", "a: ! b\n", "a: @b\n", "a: %b\n",
		"a: `b`\n", "a: ?b\n", "a: b]\nc: [d}\n", "a: 'b\n...\n# c'\n", "a: \"\\q\"\n", "a: \"\\0\"\n", "a: 'b\n",
	}
	for i, text := range append(quick, given...) {
		if want := i < len(quick); isQuick([]byte(text)) != want {
			t.Errorf("%q: quick %v", text, !want)
		}
		if err := checkQuick([]byte(text)); err != nil {
			t.Error(err)
		}
	}
}

// fragments are what mutate writes into a text: what the quick way reads, what it gives up, and
// what goccy reads otherwise than YAML says.
var fragments = []string{
	"\t", "\r\n", "\n", "\n\n\n", " ", "  ", "\ufeff", "\u0085", "\u2028", "é", "\x00", "#", " #",
	" # c\n", "\n# c\n", "\n      # c\n", ":", ": ", ":\n", " : ", "-", "- ", "\n- ", "\n  - ",
	"- - ", "-\n", "---", "\n---\n", "--- ", "...", "\n...\n", "?", "? ", "|", "|-\n", ">+\n", "|2\n",
	": |\n   x\n", ": >-\n    x\n\n     y\n  z\n", "&a ", "&a", "*a", "*a ", "!Ref ", "!Sub", "!!str ",
	"!x", "{", "}", "[", "]", ",", "{a: b}", "[a, b]", "{\n", "\n}", "[\n", "\n]", "{a: b,\n c: d}",
	"\"", "'", "''", "\"a\"", "'a'", "\"a\\\n  b\"", "'a\n  b'", "\\", "\\\"", "\\u00e9", "\\x4",
	"\"a\":", "\"a\":b", "\"a\":/", "a:b", "<<", "<<: *a\n", "<<: ", "<<<<<<< ", "=", "%", "@", "`",
	"~", "null", "1e5", "0x1F", ".inf", "..", "a b", "\n  a b\n", "\n    a: b\n", "\na: b\n", "\n b\n",
	"a:\n", "a:\n- ", "/", ".", "$", "+", "(", "^", ";",
}

// mutate changes a text in a few places: bytes are removed, doubled, swapped, or fragments and
// parts of the text itself written among them.
func mutate(r *rand.Rand, text []byte) []byte {
	out := bytes.Clone(text)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(out) + 1)
		end := min(len(out), at+1+r.IntN(4))
		var put []byte
		switch r.IntN(6) {
		case 0: // removed
		case 1:
			put = bytes.Repeat(out[at:end], 2)
		case 2:
			if put = bytes.Clone(out[at:end]); len(put) > 1 {
				put[0], put[1] = put[1], put[0]
			}
		case 3:
			from := r.IntN(len(text) + 1)
			put, end = text[from:min(len(text), from+r.IntN(20))], at
		default:
			put, end = []byte(fragments[r.IntN(len(fragments))]), at
		}
		out = append(bytes.Clone(out[:at]), append(bytes.Clone(put), out[end:]...)...)
	}
	return out
}

// part returns some lines of a text, that mutations meet each other.
func part(r *rand.Rand, text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	from := r.IntN(len(lines))
	return bytes.Join(lines[from:min(len(lines), from+1+r.IntN(12))], nil)
}

// writer writes YAML at random, in and near what the quick way reads.
type writer struct {
	*rand.Rand
	strings.Builder
	odds int // how seldom it writes what is unusual or wrong
}

// written writes a mapping, or a few fragments, and changes some of them.
func written(r *rand.Rand) []byte {
	w := &writer{Rand: r, odds: []int{3, 20, 100}[r.IntN(3)]}
	if r.IntN(8) == 0 {
		for range 1 + r.IntN(12) {
			w.one("\n", "\n  ", "\n    ", "a", "b: ", "c:\n", "- ", "  ", w.fragment(), w.fragment())
		}
	} else {
		w.odd([]string{""}, "---\n", "# c\n", "\ufeff")
		w.entries(strings.Repeat(" ", r.IntN(8)/7), 0)
	}
	if text := []byte(w.String()); r.IntN(3) > 0 {
		return text
	}
	return mutate(r, []byte(w.String()))
}

func (w *writer) fragment() string { return fragments[w.IntN(len(fragments))] }

// one writes one of some texts.
func (w *writer) one(texts ...string) { w.WriteString(texts[w.IntN(len(texts))]) }

// odd writes one of the usual texts, or seldom one of others.
func (w *writer) odd(usual []string, others ...string) {
	if w.IntN(w.odds) == 0 {
		usual = others
	}
	w.one(usual...)
}

// What writer writes for texts, keys and what stands before a value.
var (
	usualTexts = []string{
		"a", "b c", "1", "-2", "0x1F", "1.5", "~", "null", "true", "'a'", "\"b\"", "''", "'it''s'",
		"\"a\\\"b\"", "\"\\u00e9\"", "\"\\x41\\n\"", "a#b", "a:b", "a's", "a\"", "http://a/b",
		"./a", "Db.Arn", "\"${AWS::Region}\"", "arn:aws:iam::1:role/x", "rate(1 day)", "a\u0085b", "é",
		"a - b", "a!b", "a&b", "a?", "<a>", "/x", "a=b", "a\\b", "-b",
	}
	oddTexts = []string{
		"", "*x", "*y", "a::b", "..", "-", "- a", "*", "a, b", "a]", "a}", "a{b", "a<<b", "a:", "a: b",
		"'a\n b'", "\"a\n\n  b\"", "\"a\\\n    b\"", "a\n    b", "a\n  - b", "a\n# c\n    b",
		"\"a\n...\n# b\"", "<a", "<", "<<", "#a",
	}
	usualKeys = []string{"a", "b", "c", "'d e'", "\"f\"", "Fn::Sub", "é", "-h", "i#j", "k l", "m", "n"}
	oddKeys   = []string{"&k g", "<<", "? a", "*x", "!Ref a", "[a]", "a\n b", "'a\n b'", "h:", ""}
	nothing   = []string{""}
	before    = []string{"&x ", "!Ref ", "!Sub ", "!GetAtt ", "&y !Ref ", "!!str ", "&z", "&x\n", "!Ref\n",
		"&!a ", "*x ", "! ", "&x &y ", "&1 ", "&-a ", "!1 ", "&aé ", "!Ref", "&x", "*x"}
)

// entries writes the entries of a mapping or a list in block style.
func (w *writer) entries(indent string, depth int) {
	list := depth > 0 && w.IntN(3) == 0
	for i := range 1 + w.IntN(4) {
		if i > 0 {
			w.WriteString(indent)
		}
		if list {
			w.odd([]string{"- "}, "-   ", "- &x ", "-", "- - ")
		} else {
			w.odd(usualKeys, oddKeys...)
			w.odd([]string{": "}, ":  ", " : ", ":")
		}
		w.value(indent, depth, list)
		w.odd(nothing, "\n", "# c\n", indent+"  # c\n", " \n", "\n\n\n")
	}
}

// value writes the value of an entry, and the end of its line.
func (w *writer) value(indent string, depth int, list bool) {
	w.odd(nothing, before...)
	deeper := indent + []string{" ", "  ", "  ", "    "}[w.IntN(4)]
	switch w.IntN(8) {
	case 0, 1:
		if depth > 3 {
			break
		}
		if list && w.IntN(2) == 0 {
			w.entries(indent+"  ", depth+1)
			return
		}
		w.odd([]string{"\n"}, " # c\n", "\n\n")
		if w.IntN(4) > 0 {
			indent = deeper
		}
		w.WriteString(indent)
		w.entries(indent, depth+1)
		return
	case 2:
		w.odd([]string{"|", ">", "|-", ">-"}, "|+", ">+", "|2", "| # c")
		for range 1 + w.IntN(4) {
			w.odd([]string{"\n"}, "\n\n", "\n \n", "")
			w.odd([]string{deeper}, deeper+"  ", "")
			w.one("x", "y: z", "# c", "- d", "'", "\"", "{", "e:", "&f *g")
		}
	case 3, 4:
		w.flow(deeper, 0)
	default:
		w.odd(usualTexts, oddTexts...)
	}
	w.odd([]string{"\n"}, "\r\n", " # c\n", "  \n", "")
}

// flow writes a collection in braces or brackets.
func (w *writer) flow(indent string, depth int) {
	ends := []string{"{", "}"}
	if w.IntN(2) == 0 {
		ends = []string{"[", "]"}
	}
	w.WriteString(ends[0])
	for i := range w.IntN(4) {
		if i > 0 {
			w.WriteString(",")
		}
		w.odd([]string{" "}, "", "\n"+indent, "\n", " # c\n"+indent)
		if ends[0] == "{" || w.IntN(w.odds) == 0 {
			w.odd(usualKeys, oddKeys...)
			w.odd([]string{": "}, ":", " : ", " :", "", "\n: ")
		}
		w.odd(nothing, before...)
		if depth < 3 && w.IntN(4) == 0 {
			w.flow(indent, depth+1)
		} else {
			w.odd(usualTexts, oddTexts...)
		}
		w.odd([]string{"", " "}, "\n"+indent, "\n", " # c\n"+indent)
	}
	w.odd(nothing, ",", "\n"+indent, w.fragment())
	w.WriteString(ends[1])
}

// TestQuickEqualsPlain: files of the repository with something changed in them, and texts that are
// written at random, are read alike both ways.
func TestQuickEqualsPlain(t *testing.T) {
	rounds := 10
	if testing.Short() {
		rounds = 1
	}
	r := rand.New(rand.NewPCG(1, 2))
	failed := 0
	check := func(data []byte) {
		if failed < 10 {
			if err := checkQuick(data); err != nil {
				failed++
				t.Error(err)
			}
		}
	}
	repositoryFiles(t, func(_ string, data []byte) {
		for range rounds {
			check(mutate(r, part(r, data)))
			check(written(r))
		}
	})
}

// TestPrintable: every byte that is not printable ASCII is seen, wherever it stands among others.
func TestPrintable(t *testing.T) {
	for c := range 256 {
		for at := range 16 {
			for _, other := range []byte{' ', 'a', '~'} {
				line := bytes.Repeat([]byte{other}, 16)
				line[at] = byte(c)
				if n := printable(line); c >= ' ' && c < 0x7f && n != 16 || n > at &&
					(c < ' ' || c >= 0x7f) {
					t.Errorf("%q: %d", line, n)
				}
			}
		}
	}
}

// FuzzQuickEqualsPlain: what the quick way reads is what goccy's tokens make.
func FuzzQuickEqualsPlain(f *testing.F) {
	if testing.Short() {
		f.Skip("the seeds are all golden specs")
	}
	seeds(f)
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		f.Add(written(r))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := checkQuick(data); err != nil {
			t.Fatal(err)
		}
	})
}
