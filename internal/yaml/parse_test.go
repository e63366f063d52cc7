package yaml

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// show writes a tree on one line: scalars with their kind's letter (s string, q quoted, i int, f
// float, b bool, n null), and @ with the text of the file at the span where that is not the scalar
// as written.
func show(n *Node) string {
	var b strings.Builder
	showNode(&b, n)
	return b.String()
}

func showNode(b *strings.Builder, n *Node) {
	b.WriteString(n.Tag())
	switch n.Kind {
	case Map:
		b.WriteString("{")
		for i, p := range n.Pairs() {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(p.Key.Text() + ": ")
			showNode(b, p.Value)
		}
		b.WriteString("}")
	case Seq:
		b.WriteString("[")
		for i, item := range n.Items() {
			if i > 0 {
				b.WriteString(", ")
			}
			showNode(b, item)
		}
		b.WriteString("]")
	default:
		letter := map[Kind]string{Null: "n", Bool: "b", Int: "i", Float: "f", String: "s"}[n.Kind]
		if n.Quoted {
			letter = "q"
		}
		fmt.Fprintf(b, "%s%q", letter, n.Text())
	}
}

var document = Document{Name: "spec", Parts: "properties", Hint: `begin with "version: 1"`}

// parsePieces is Parse with the size of pieces given.
func parsePieces(f *source.File, size int) (*Node, diag.List) {
	p := &parser{f: f, as: document, size: size}
	r := p.run()
	return r.Root, r.Found
}

func parseText(text string) (*Node, diag.List, *source.File) {
	f := source.New("spec.yaml", []byte(text))
	n, found := Parse(f, document)
	return n, found, f
}

func TestParseTree(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: b\n", `{a: s"b"}`},
		{"a: b", `{a: s"b"}`},
		{"---\na: b\n", `{a: s"b"}`},
		{"# c\n--- # d\na: b\n...\n# e\n", `{a: s"b"}`},
		{"\ufeffa: b\nc: d\n", `{a: s"b", c: s"d"}`},
		{
			"a:\nb: ~\nc: null\nd: Null\ne: \"\"\nf: ''\n",
			`{a: n"", b: n"~", c: n"null", d: n"Null", e: q"", f: q""}`,
		},
		{
			"a: true\nb: TRUE\nc: yes\nd: on\ne: 'true'\n",
			`{a: b"true", b: b"TRUE", c: s"yes", d: s"on", e: q"true"}`,
		},
		{
			"a: 012345678901\nb: 0o17\nc: 0x1F\nd: 1_000\ne: -1\nf: +0\n" +
				"g: 123456789012345678901234567890\n",
			`{a: i"012345678901", b: i"0o17", c: i"0x1F", d: s"1_000", e: i"-1", f: i"+0", ` +
				`g: i"123456789012345678901234567890"}`,
		},
		{
			"a: 1.10\nb: 1e3\nc: .5\nd: 1.\ne: .inf\nf: -.INF\ng: .nan\nh: 1.2.3\ni: 1e\n" +
				"j: 1e+5\nk: .\nl: '-'\nm: 1e5x\nn: +.5e-3\n",
			`{a: f"1.10", b: f"1e3", c: f".5", d: f"1.", e: f".inf", f: f"-.INF", g: ` +
				`f".nan", h: s"1.2.3", i: s"1e", j: f"1e+5", k: s".", l: q"-", m: s"1e5x", n: ` +
				`f"+.5e-3"}`,
		},
		{
			"a: 2024-01-02\nb: 12:30:45\nc: 10.0.0.0/8\nd: -x\ne: 0x\nf: 0b1\n",
			`{a: s"2024-01-02", b: s"12:30:45", c: s"10.0.0.0/8", d: s"-x", e: s"0x", f: s"0b1"}`,
		},
		{"a: b\tc\n", `{a: s"b\tc"}`},
		{"a:\tb\n", `{a: s"b"}`},
		{"a: b\n  c\n\n  d\n", `{a: s"b c\nd"}`},
		{"a:\n  b\n  c # d\n", `{a: s"b c"}`},
		{"a: b#c\nd: http://x:80/y#z\n", `{a: s"b#c", d: s"http://x:80/y#z"}`},
		{"a: \"x\\ty\\u00e9\\x41\\U0001F600\\/\\\\\\\"\\ud83d\\ude00\"\n", `{a: q"x\tyéA😀/\\\"😀"}`},
		{"a: \"x\r\n   y\"\r\n", `{a: q"x y"}`},
		{"a: \"x  \n\n\n   y \\\n   z\\\r\n  \\ w\"\n", `{a: q"x\n\ny z w"}`},
		{"a: 'it''s\n  so\n\n  b'\n", `{a: q"it's so\nb"}`},
		{"a: \"tab\there  \n  x\"\n", `{a: q"tab\there x"}`},
		{"a: |\n  x\n   y\n\n  z\n\nb: c\n", `{a: q"x\n y\n\nz\n", b: s"c"}`},
		{"a: |-\n  x\n\nb: |+\n  y\n\nc: |\nd: e\n", `{a: q"x", b: q"y\n\n", c: q"", d: s"e"}`},
		{"a: |\n\n# foo\nb: c\n", `{a: q"", b: s"c"}`},
		{"a: | # c\n  x\n", `{a: q"x\n"}`},
		{"a: |2\n    x\n   y\n", `{a: q"  x\n y\n"}`},
		{"a: |1-\n x\n", `{a: q"x"}`},
		{"a: |\n  x", `{a: q"x"}`},
		{"a: |+\n  x\n\n", `{a: q"x\n\n"}`},
		{"a: |", `{a: q""}`},
		{"a: |\n  x\n  # y\n# z\nb: c\n", `{a: q"x\n# y\n", b: s"c"}`},
		{"a: >\n  x\n  y\n\n  z\n    i\n  j\n\n\n  k\n", `{a: q"x y\nz\n  i\nj\n\nk\n"}`},
		{"a: >-\n\n  x\n  y\n", `{a: q"\nx y"}`},
		{"a: |\n  x\ty\n  \tz\n", `{a: q"x\ty\n\tz\n"}`},
		{
			"a:\n- b\n- c: d\n  e: f\n-\n- - g\n  - h\ni: j\n",
			`{a: [s"b", {c: s"d", e: s"f"}, n"", [s"g", s"h"]], i: s"j"}`,
		},
		{"a:\n  - b\n  -\n    c: d\n", `{a: [s"b", {c: s"d"}]}`},
		{"a:\n  - b:\n    - c\n    d: e\n", `{a: [{b: [s"c"], d: s"e"}]}`},
		{
			"a: {b: c, \"d\":e, f, g: , h: [i, j: k, {l: m}, ], }\n",
			`{a: {b: s"c", d: s"e", f: n"", g: n"", h: [s"i", {j: s"k"}, {l: s"m"}]}}`,
		},
		{
			"{\"a\":{\"b\":[1,true,null,\"x\"]},\"c\":-1.5e3}",
			`{a: {b: [i"1", b"true", n"null", q"x"]}, c: f"-1.5e3"}`,
		},
		{"{\n\t\"a\": [\n\t\t1\n\t]\n}\n", `{a: [i"1"]}`},
		{"a: {\n  b: c,\n}\nd: [\n  e\n]\n", `{a: {b: s"c"}, d: [s"e"]}`},
		{
			"a: {b: [arn:aws:s3:::x, !Ref AWS::Region], Fn::Sub: c, d: http://x:1/y}\n",
			`{a: {b: [s"arn:aws:s3:::x", !Ref{Ref: s"AWS::Region"}], Fn::Sub: s"c", d: ` +
				`s"http://x:1/y"}}`,
		},
		{"a: []\nb: {}\n", `{a: [], b: {}}`},
		{"'a' : b\n\"c\": d\ne : f\n", `{a: s"b", c: s"d", e: s"f"}`},
		{"é: ü\n日本: { 語: テスト }\n", `{é: s"ü", 日本: {語: s"テスト"}}`},
		{"a: <\nb: <<\nc: <<<<\n", `{a: s"<", b: s"<<", c: s"<<<<"}`},
		{"a: b\n\n\n\n\n\n# c\n\n\n\nd: e\n", `{a: s"b", d: s"e"}`},

		{"a: !Ref X\n", `{a: !Ref{Ref: s"X"}}`},
		{
			"a: !Sub \"x\"\nb: !Sub [x, {y: z}]\nc: !Sub |\n  x\n",
			`{a: !Sub{Fn::Sub: q"x"}, b: !Sub{Fn::Sub: [s"x", {y: s"z"}]}, c: !Sub{Fn::Sub: ` +
				`q"x\n"}}`,
		},
		{
			"a: !GetAtt A.B.C\nb: !GetAtt [A, B]\nc: {Fn::GetAtt: A.B}\nd: !GetAtt \"A.B\"\n" +
				"e: !GetAtt \"A\\x2eB\"\n",
			`{a: !GetAtt{Fn::GetAtt: [s"A", s"B.C"]}, b: !GetAtt{Fn::GetAtt: [s"A", s"B"]}, ` +
				`c: {Fn::GetAtt: s"A.B"}, d: !GetAtt{Fn::GetAtt: [s"A", s"B"]}, e: ` +
				`!GetAtt{Fn::GetAtt: [q"A", q"B"]}}`,
		},
		{
			"a:\n  !Join\n  - ','\n  - [!Ref A, !ImportValue B]\n",
			`{a: !Join{Fn::Join: [q",", [!Ref{Ref: s"A"}, !ImportValue{Fn::ImportValue: s"B"}]]}}`,
		},
		{
			"a: !Base64 !Sub x\nb: !If [c, !Ref d, !Ref AWS::NoValue]\nc: !Condition d\n",
			`{a: !Base64{Fn::Base64: !Sub{Fn::Sub: s"x"}}, b: !If{Fn::If: [s"c", !Ref{Ref: ` +
				`s"d"}, !Ref{Ref: s"AWS::NoValue"}]}, c: !Condition{Condition: s"d"}}`,
		},
		{
			"a: !Transform\n  Name: x\nb: !GetAZs ''\nc: !Length [a]\nd: !ToJsonString {a: b}\n",
			`{a: !Transform{Fn::Transform: {Name: s"x"}}, b: !GetAZs{Fn::GetAZs: q""}, c: ` +
				`!Length{Fn::Length: [s"a"]}, d: !ToJsonString{Fn::ToJsonString: {a: s"b"}}}`,
		},
		{"a: !Ref\tX\n", `{a: !Ref{Ref: s"X"}}`},
		{
			"a: !!str 012\nb: !!int 1\nc: !!float 1\nd: !!map {}\ne: !!seq []\nf: !!null\n" +
				"g: ! 12\nh: !!str\ni: !!bool true\n",
			`{a: q"012", b: i"1", c: i"1", d: {}, e: [], f: n"", g: q"12", h: q"", i: b"true"}`,
		},

		{"a: &x b\nc: *x\nd: [*x, *x]\n", `{a: s"b", c: s"b", d: [s"b", s"b"]}`},
		{"a: &x\n  b: c\nd: *x\n", `{a: {b: s"c"}, d: {b: s"c"}}`},
		{"a: &x {b: c}\nd:\n  <<: *x\n  e: f\n", `{a: {b: s"c"}, d: {b: s"c", e: s"f"}}`},
		{
			"a: &x {b: c, e: f}\nd:\n  e: 1\n  <<: *x\n",
			`{a: {b: s"c", e: s"f"}, d: {e: i"1", b: s"c"}}`,
		},
		{
			"x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz:\n  <<: [*x, *y, {c: 4}]\n",
			`{x: {a: i"1"}, y: {a: i"2", b: i"3"}, z: {a: i"1", b: i"3", c: i"4"}}`,
		},
		{
			"x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}\n",
			`{x: {a: i"1"}, y: {a: i"1", b: i"2"}, z: {a: i"1", b: i"2"}}`,
		},
		{"&k a: *k\n", `{a: s"a"}`},
		{"&m\na: b\n", `{a: s"b"}`},
		{"a: &x b\nc: &x d\ne: *x\n", `{a: s"b", c: s"d", e: s"d"}`},
		{
			"a: &x !Ref b\nc: !Ref &y d\ne: *x\nf: *y\n",
			`{a: !Ref{Ref: s"b"}, c: !Ref{Ref: s"d"}, e: !Ref{Ref: s"b"}, f: !Ref{Ref: s"d"}}`,
		},
		{"a: &x\nb: *x\n", `{a: n"", b: n""}`},
		{"a: &x\n  &y b: c\nd: *x\ne: *y\n", `{a: {b: s"c"}, d: {b: s"c"}, e: s"b"}`},
		{
			"a: &x\n- b\nc: !Join\n- ','\n- - d\n  - *x\n",
			`{a: [s"b"], c: !Join{Fn::Join: [q",", [s"d", [s"b"]]]}}`,
		},
		{"a: &x !Join\n- ','\n- [b]\n", `{a: !Join{Fn::Join: [q",", [s"b"]]}}`},
		{"a:\n- &x b\n- *x\n", `{a: [s"b", s"b"]}`},
		{"a: {b: &x , c: *x}\n", `{a: {b: n"", c: n""}}`},
		{"'<<': a\n", `{<<: s"a"}`},
		{"a: !!str\n  b\nc: &x\n  !!str 1\n", `{a: q"b", c: q"1"}`},
		{"--- {a: b}\n", `{a: s"b"}`},
		{"--- # x\n{a: b}\n", `{a: s"b"}`},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			text := c.text
			if eol == "\r\n" {
				text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
			}
			n, found, f := parseText(text)
			if n == nil {
				t.Errorf("%q: %s", text, describe(found))
				continue
			}
			if got := show(n); got != c.want {
				t.Errorf("%q:\n got %s\nwant %s", text, got, c.want)
			}
			if len(found) > 0 {
				t.Errorf("%q: found %s", text, describe(found))
			}
			checkSpans(t, f, n)
		}
	}
}

func describe(found diag.List) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintf(&b, "%s %d-%d %s", d.Code.Number, d.Span.Start, d.Span.End, d.Says(nil))
		for _, r := range d.Places() {
			fmt.Fprintf(&b, " (%d-%d)", r.Span.Start, r.Span.End)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// checkSpans holds every node against the bytes at its span: inside the file, inside of its parent
// unless aliased, and scalars as written.
func checkSpans(t *testing.T, f *source.File, root *Node) {
	t.Helper()
	seen := map[*Node]bool{}
	var walk func(n *Node, parent source.Span)
	walk = func(n *Node, parent source.Span) {
		s := n.Span()
		if s.File != f || s.Start < 0 || s.End < s.Start || int(s.End) > len(f.Data) {
			t.Fatalf("%q: span %d-%d of %s", f.Data, s.Start, s.End, show(n))
		}
		if !strings.Contains(string(f.Data), "*") && !strings.Contains(string(f.Data), "&") &&
			(s.Start < parent.Start || s.End > parent.End) {
			t.Fatalf("%q: span %d-%d of %s is outside of %d-%d", f.Data, s.Start, s.End, show(n),
				parent.Start, parent.End)
		}
		if seen[n] {
			return
		}
		seen[n] = true
		text := s.Text()
		switch {
		case n.Kind >= Map:
			for _, p := range n.Pairs() {
				if n.Tag() == "" {
					walk(p.Key, s)
				}
				walk(p.Value, s)
			}
			for _, item := range n.Items() {
				walk(item, s)
			}
		case n.Quoted:
			if text == "" {
				t.Fatalf("%q: the quoted %s has no place", f.Data, show(n))
			}
		case n.Text() != text && !strings.Contains(text, "\n"):
			t.Fatalf("%q: %s at %q", f.Data, show(n), text)
		}
	}
	walk(root, root.Span())
}

func TestPiecesMakeTheWholeTree(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated files")
	}
	comments := strings.Repeat("# a long comment\n", 3000)
	for name, text := range map[string]string{
		"spec":           many(300),
		"comments first": comments + "---\n" + many(300),
		"comments between": strings.ReplaceAll(many(100), "grants:\n",
			comments+"grants:\n"+comments),
		"names": "base: &base {team: x}\n" +
			strings.ReplaceAll(many(200), "    tags:\n", "    tags:\n      <<: *base\n"),
		"lists at the left": strings.ReplaceAll(many(100), "\n  -", "\n-"),
		"duplicates": many(60) + strings.TrimPrefix(many(60), "version: 1\nstack: bench\n") +
			"secrets:\n" + strings.Repeat("  a: b\n", 50),
		"braces at the left": "secrets:\n  a: {\n" + strings.Repeat("  b: c,\n", 500) +
			"  }\n" + many(50)[30:],
		"text for a list":           "a:\n- b\n" + strings.Repeat("x\n", 3000),
		"a mapping in braces first": "{a: b}\n" + many(50),
		"a text, then a mapping":    "a:\n  b\n" + strings.Repeat("  c: d\n", 3000),
		"an indented root": " a:\n" + strings.Repeat("  c: d\n", 300) +
			"b:\n" + strings.Repeat("  c: d\n", 3000),
	} {
		f := source.New("spec.yaml", []byte(text))
		whole, found := parsePieces(f, len(text))
		pieces, also := parsePieces(f, 1024)
		if places(whole) != places(pieces) || describe(found) != describe(also) {
			t.Errorf("%s: in pieces %.300s\n%.300s\nnot %.300s\n%.300s", name, places(pieces),
				describe(also), places(whole), describe(found))
		}
		p := &parser{f: f, size: 1024, text: text}
		if n := len(p.cut()); n < 3 {
			t.Errorf("%s: %d pieces", name, n)
		}
	}
}

// TestFileOfTooManyNodesIsRefused: a file that has room for more nodes than any spec has is not
// read at all, however it is cut.
func TestFileOfTooManyMarksIsRefused(t *testing.T) {
	line := "k: [" + strings.Repeat("a,", 50_000) + "a]\n"
	root, found, _ := parseText(strings.Repeat(line, maxNodes/50_000+1))
	if root != nil || len(found) != 1 || found[0].Code != diag.FileTooLarge {
		t.Errorf("it is read: %s", describe(found))
	}
}
