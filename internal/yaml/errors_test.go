package yaml

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
)

// TestParseFaults marks the span of the first diagnostic with ‹ and ›.
func TestParseFaults(t *testing.T) {
	for _, c := range []struct {
		text    string
		code    *diag.Code
		message string // a part of it
	}{
		{"‹›", diag.EmptyInput, "no spec"},
		{"‹›# nothing\n\n", diag.EmptyInput, "no spec"},
		{"‹›---\n", diag.EmptyInput, "no spec"},
		{"‹›---\n...\n", diag.EmptyInput, "no spec"},
		{"‹- a›\n", diag.WrongType, "a spec is a mapping"},
		{"‹hello›\n", diag.WrongType, "a spec is a mapping"},
		{"a: b\xff\n", diag.NotUTF8, "byte 0xFF"},
		{"a: ‹\x00›\n", diag.ControlChar, "U+0000"},
		{"a: \"x‹\\0›\"\n", diag.ControlChar, "U+0000"},
		{"a: \"‹\\u0000›\"\n", diag.ControlChar, "U+0000"},
		{"a: \"‹\\x00›\"\n", diag.ControlChar, "U+0000"},
		{"a: ‹\u0081›\n", diag.ControlChar, "U+0081"},
		{"a: ‹\x7f›\n", diag.ControlChar, "U+007F"},
		{"a: b‹\r›c: d\n", diag.ControlChar, "carriage return"},
		{"a: b\n‹---›\nc: d\n", diag.SeveralDocs, "second YAML document"},
		{"---\na: b\n...\n‹c: d›\n", diag.SeveralDocs, "second YAML document"},
		{"‹%›YAML 1.2\n---\na: b\n", diag.YAMLDirective, "directive"},

		{"a:\n‹\t›b: c\n", diag.YAMLSyntax, "a tab is used for indentation"},
		{"a:\n  b: c\n ‹\t›d: e\n", diag.YAMLSyntax, "a tab is used for indentation"},
		{"a:\n-‹\t›- b\n", diag.YAMLSyntax, "a tab is used for indentation"},
		{"a:\n-‹\t›b: c\n", diag.YAMLSyntax, "a tab is used for indentation"},
		{"a: b\nc‹:›hunter2\nd: e\n", diag.YAMLSyntax, "a space is missing after the ':'"},
		{"a: {b‹:›c}\n", diag.YAMLSyntax, "a space is missing after the ':'"},
		{"a: {b: 'c'‹]›\n", diag.YAMLSyntax, "closed by the wrong character"},
		{"a: b\n‹c›\nd: e\n", diag.YAMLSyntax, "a key has no ':'"},
		{"a: ‹\"›b\nc: d\n", diag.YAMLSyntax, "the quote is not closed"},
		{"a: ‹'›b\nc: d\n", diag.YAMLSyntax, "the quote is not closed"},
		{"a: \"x‹\\q›\"\n", diag.YAMLSyntax, "not an escape"},
		{"a: \"x‹\\x›4g\"\n", diag.YAMLSyntax, "not an escape"},
		{"a: \"x‹\\ud83d›x\"\n", diag.YAMLSyntax, "not an escape"},
		{"a: \"x‹\\udc00›\"\n", diag.YAMLSyntax, "not an escape"},
		{"a: \"x‹\\U›FFFFFFFF\"\n", diag.YAMLSyntax, "not an escape"},
		{"a:\n    b: c\n  ‹d›: e\n", diag.YAMLSyntax, "the indentation of this line"},
		{"a:\n    - c\n  ‹-› e\n", diag.YAMLSyntax, "the indentation of this line"},
		{"a: \"b\"\n  ‹c›: d\n", diag.YAMLSyntax, "the indentation of this line"},
		{"a: b\n  c‹:› d\n", diag.YAMLSyntax, "in the middle of a text"},
		{"a: b‹:› c\n", diag.YAMLSyntax, "a second ':'"},
		{"a: \"b\"‹:› c\n", diag.YAMLSyntax, "a second ':'"},
		{"a: <<‹:› c\n", diag.YAMLSyntax, "a second ':'"},
		{"a: ‹-› b\n", diag.YAMLSyntax, "a list cannot begin in the line of its key"},
		{"a: &x ‹-› b\n", diag.YAMLSyntax, "a list cannot begin in the line of its key"},
		{
			"a: b\n‹<<<<<<<› HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n", diag.YAMLSyntax,
			"merge conflict",
		},
		{"a: 'b' ‹c›\n", diag.YAMLSyntax, "text follows"},
		{"a: 'b'‹c›\n", diag.YAMLSyntax, "text follows a closing quote"},
		{"a: [b] ‹c›\n", diag.YAMLSyntax, "more text follows"},
		{"- [b] ‹c›\n", diag.YAMLSyntax, "more text follows"},
		{"a: {} ‹}›\n", diag.YAMLSyntax, "closes nothing"},
		{"a: ‹[›b\n", diag.YAMLSyntax, "the '[' is not closed"},
		{"a: ‹{›b: c\n", diag.YAMLSyntax, "the '{' is not closed"},
		{"a: ‹{›b: \n", diag.YAMLSyntax, "the '{' is not closed"},
		{"a: [b‹}›\n", diag.YAMLSyntax, ""},
		{"a: {b: c‹]›\n", diag.YAMLSyntax, "closes nothing"},
		{"a: ‹}›\n", diag.YAMLSyntax, "'}'"},
		{"a: ‹]›\n", diag.YAMLSyntax, "']'"},
		{"a: ‹,›b\n", diag.YAMLSyntax, "','"},
		{"a: {‹,›}\n", diag.YAMLSyntax, "before the ','"},
		{"a: [‹,›]\n", diag.YAMLSyntax, "before the ','"},
		{"a: ['b' ‹c›]\n", diag.YAMLSyntax, "is missing before this"},
		{"a: {b: 'c' ‹d›}\n", diag.YAMLSyntax, "is missing before this"},
		{"a: [‹-› b]\n", diag.YAMLSyntax, "list item"},
		{"a: [‹-›]\n", diag.YAMLSyntax, ""},
		{"a: [b‹:›]\n", diag.YAMLSyntax, "a space is missing"},
		{"a: [‹|]›\n", diag.YAMLSyntax, ""},
		{"a: ‹@›b\n", diag.YAMLSyntax, "cannot begin with this"},
		{"a: ‹`›b\n", diag.YAMLSyntax, "cannot begin with this"},
		{"a:\n  x\n  - b‹:› c\n", diag.YAMLSyntax, "a text with a ':'"},
		{"a:\n  x\n  - b‹:›\n", diag.YAMLSyntax, "a text with a ':'"},
		{"a:\n  x\n  - b ‹#› c\n", diag.YAMLSyntax, "a comment stands in"},
		{"a: ‹b›<<: c\n", diag.YAMLSyntax, ""},
		{"a: !R{b}\n", diag.YAMLSyntax, "a tag cannot have braces"},
		{"a: \"b\n---\n\"\n", diag.SeveralDocs, ""},
		{"a: 'b\n‹\t›c'\n", diag.YAMLSyntax, "a tab is used"},
		{"a: ‹%›b\n", diag.YAMLSyntax, "cannot begin with '%'"},
		{"‹:› b\n", diag.YAMLSyntax, "a key is missing"},
		{"{‹:› b}\n", diag.YAMLSyntax, "a key is missing"},
		{"a: b\n‹:› b\n", diag.YAMLSyntax, "a key is missing"},
		{"a: b\n‹-› c\n", diag.YAMLSyntax, "among the entries"},
		{"a: ‹| b›\n  c\n", diag.YAMLSyntax, "may follow a '|'"},
		{"a: ‹|0›\n  c\n", diag.YAMLSyntax, "may follow a '|'"},
		{"a: \"b\n‹c›\"\n", diag.YAMLSyntax, "must be indented deeper"},
		{"a:\n  b: 'c\n  ‹d›'\n", diag.YAMLSyntax, "must be indented deeper"},
		{"a: |\n ‹  ›\n b\n", diag.YAMLSyntax, ""},
		{"‹?› a\n: b\n", diag.ComplexKey, "a key must be a text"},
		{"‹[a]›: b\n", diag.ComplexKey, "a key must be a text"},
		{"‹*a› : b\n", diag.ComplexKey, ""},
		{"a: b\n‹[›c]: b\n", diag.ComplexKey, "a key must be a text"},
		{"{‹[›a]: b}\n", diag.ComplexKey, "a key must be a text"},
		{"[‹[›a]: b]\n", diag.ComplexKey, "a key must be a text"},
		{"‹!Ref› a: b\n", diag.ComplexKey, "a key must be a text"},
		{"{‹!Ref› a}\n", diag.ComplexKey, "a key must be a text"},
		{"a: &x ‹&y› b\n", diag.YAMLSyntax, "two anchors"},
		{"a: &x\n  ‹&y› b\n", diag.YAMLSyntax, "two anchors"},
		{"a: &x ‹*y›\n", diag.YAMLSyntax, "an alias cannot have"},
		{"a: [‹!Ref›]\n", diag.YAMLSyntax, ""},
		{"a: ‹&›\n", diag.YAMLSyntax, ""},
		{"a: ‹!!int› b\n", diag.YAMLSyntax, "!!int"},

		{"a: 1\nb: 2\n‹a›: 3\n", diag.DuplicateKey, `"a" already`},
		{"a: 1\n‹'a'›: 3\n", diag.DuplicateKey, `"a" already`},
		{"a: {b: 1, ‹b›: 2}\n", diag.DuplicateKey, `"b" already`},
		{"a: &x {}\nb:\n  <<: *x\n  ‹<<›: *x\n", diag.DuplicateKey, `"<<" already`},
		{"a: &foo b\nc: ‹*fooo›\n", diag.UndefinedAlias, `no anchor is named "fooo"`},
		{"c: ‹*x›\na: &x b\n", diag.UndefinedAlias, `no anchor is named "x"`},
		{"a: &x [‹*x›]\n", diag.RecursiveAlias, `"x" stands inside`},
		{"a: &x\n  <<: ‹*x›\n", diag.RecursiveAlias, `"x" stands inside`},
		{"a: &x b\nc:\n  <<: *x\n", diag.BadMergeKey, "a mapping or a list"},
		{"c:\n  <<: [‹b›]\n", diag.BadMergeKey, "a mapping or a list"},
		{"c:\n  ‹<<›:\n", diag.BadMergeKey, "a mapping or a list"},
		{"c:\n  <<: ‹*x›\n", diag.UndefinedAlias, ""},
		{"a: ‹!ref› b\n", diag.UnknownTag, `"!ref"`},
		{"a: ‹!!binary› b\n", diag.UnknownTag, `"!!binary"`},
		{"a: ‹!Ref› [b]\n", diag.BadShortForm, "!Ref takes a text"},
		{"a: ‹!Ref›\nb: c\n", diag.BadShortForm, "!Ref takes a text"},
		{"a: ‹!GetAtt› b\n", diag.BadShortForm, "!GetAtt takes a resource"},
		{"a: ‹!GetAtt› [b]\n", diag.BadShortForm, "!GetAtt takes a resource"},
		{"a: ‹!Join› b\n", diag.BadShortForm, "!Join takes a list"},
		{"a: ‹!Length› b\n", diag.BadShortForm, "!Length takes a list or a mapping"},
		{"a: ‹!foo›\nb: c\n", diag.UnknownTag, ""},
		{"a: &x\n ‹&y›\n &z b\n", diag.YAMLSyntax, "two anchors"},
	} {
		start := strings.Index(c.text, "‹")
		end := strings.Index(c.text, "›") - len("‹")
		text := strings.NewReplacer("‹", "", "›", "").Replace(c.text)
		_, found, _ := parseText(text)
		if len(found) == 0 {
			t.Errorf("%q: nothing found", text)
			continue
		}
		d := found[0]
		if d.Code != c.code || !strings.Contains(d.Says(nil), c.message) {
			t.Errorf("%q: %s", text, describe(found))
		}
		if start >= 0 && (int(d.Span.Start) != start || int(d.Span.End) != end) {
			t.Errorf("%q: span %d-%d, want %d-%d: %s", text, d.Span.Start, d.Span.End, start, end,
				describe(found))
		}
		if d.Advises(nil) == "" || strings.Contains(d.Says(nil)+d.Advises(nil), "hunter2") {
			t.Errorf("%q: hint %q", text, d.Advises(nil))
		}
	}
}

// TestParseBombs feeds what is slow or large in goccy or in any reader; that the test ends is what
// is tested.
func TestParseBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("the files are as large as may be")
	}
	again := strings.Repeat
	for name, c := range map[string]struct {
		text string
		code *diag.Code // nil: a tree
	}{
		"flat map":             {again("k", 1) + ": v\n" + numbered("key%d: v\n", 80_000), nil},
		"nested flat map":      {"secrets:\n  a:\n" + numbered("    key%d: v\n", 80_000), nil},
		"flat map with anchor": {"x: &a v\n" + numbered("key%d: *a\n", 80_000), nil},
		"flow nulls":           {"{" + numbered("key%d,", 80_000) + "}", nil},
		"documents":            {again("---\na: b\n", 20_000), diag.SeveralDocs},
		"blank lines":          {"a: |\n  x\n" + again("\n", 100_000) + "b: c\n", nil},
		"lines of spaces":      {"a: |\n  x\n" + again("  \n", 100_000) + "b: c\n", nil},
		"tabs":                 {"a: \"" + again("\t", 100_000) + "\"\n", nil},
		"angles":               {"a: " + again("<", 100_000) + "\n", nil},
		"brackets":             {again("[", 40_000), diag.TooDeep},
		"brackets and lines":   {"a: " + again("[\n", 100_000), diag.TooDeep},
		"braces":               {again("{a: ", 100_000), diag.TooDeep},
		"dashes":               {again("- ", 100_000), diag.TooDeep},
		"nesting":              {"a:\n" + steps(2000), diag.TooDeep},
		"tags":                 {"a: " + again("!Base64 ", 20_000) + "x\n", diag.TooDeep},
		"anchors":              {"a: " + again("&x ", 20_000) + "x\n", diag.YAMLSyntax},
		"more brackets":        {again("[", 5<<20), diag.LineTooLong},
		"brackets in many lines": {
			"a:\n" + again(" "+again("[", 1000)+"\n", 3000), diag.FileTooLarge,
		},
		"laughs":       {laughs(10), diag.AliasBomb},
		"merge laughs": {mergeLaughs(12), diag.AliasBomb},
		"long line":    {"a: " + again("x", 5<<20) + "\n", diag.LineTooLong},
		"large file":   {again(again("a", 99)+"\n", 700_000), diag.FileTooLarge},
		"large text": {
			"a: |\n" + again("  "+again("x", 97)+"\n", 200_000), diag.FileTooLarge,
		},
		"quotes":               {again("\"\n", 50_001), diag.YAMLSyntax},
		"escapes":              {"a: \"" + again("\\\n", 50_000) + "\"\n", diag.YAMLSyntax},
		"quoted lines":         {"a: \"" + again("x\n ", 100_000) + "\"\n", nil},
		"plain lines":          {"a: x\n" + again("  - x\n", 100_000), nil},
		"undefined aliases":    {"a:\n" + again("- *x\n", 100_000), diag.UndefinedAlias},
		"duplicates":           {again("a: b\n", 100_000), diag.DuplicateKey},
		"duplicates in pieces": {"a:\n" + again(" a: b\n", 100_000), diag.DuplicateKey},
		"one line of JSON": {
			"{" + numbered(`"k%d": {"x": 1, "y": "hello"}, `, 50_000) + `"z": 1}`, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, found, _ := parseText(c.text)
			if c.code == nil && (n == nil || len(found) > 0) ||
				c.code != nil && (len(found) == 0 || found[0].Code != c.code) {
				t.Errorf("got a tree %v and %d diagnostics: %.300s", n != nil, len(found),
					describe(found[:min(3, len(found))]))
			}
			if len(found) > maxFound+1 {
				t.Errorf("%d diagnostics", len(found))
			}
		})
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(format, "%d", itoa(i), 1))
	}
	return b.String()
}

func itoa(i int) string {
	digits := []byte{}
	for ; i > 0 || len(digits) == 0; i /= 10 {
		digits = append(digits, byte('0'+i%10))
	}
	slices.Reverse(digits)
	return string(digits)
}

func steps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return b.String()
}

func laughs(levels int) string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < levels; i++ {
		last := "*a" + itoa(i-1)
		text += "a" + itoa(i) + ": &a" + itoa(
			i,
		) + " [" + strings.Repeat(last+", ", 9) + last + "]\n"
	}
	return text
}

func mergeLaughs(levels int) string {
	text := "a0: &a0 {" + numbered("k%d: x, ", 5000) + "}\n"
	for i := 1; i < levels; i++ {
		text += "a" + itoa(i) + ": &a" + itoa(i) + " {<<: [*a" + itoa(i-1) + ", *a" + itoa(
			i-1,
		) + "]}\n"
	}
	return text
}
