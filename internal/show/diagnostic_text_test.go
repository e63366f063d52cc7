package show

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// spanOf returns the span of the first occurrence of a text in a file.
func spanOf(t testing.TB, f *source.File, text string) source.Span {
	t.Helper()
	i := strings.Index(string(f.Data), text)
	if i < 0 {
		t.Fatalf("%q is not in %q", text, f.Data)
	}
	return source.Span{File: f, Start: int32(i), End: int32(i + len(text))}
}

// textOf shows a list as text.
func textOf(t testing.TB, l diag.List, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Text(&b, l, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const spec = `version: 1
secrets:
  db: {}
principals:
  app: { role: app }

grants:
  - { to: app, allow: read, secrets: dbb }
`

// unknownSecret is the diagnostic that all renderers are shown with.
func unknownSecret(t testing.TB) diag.Diagnostic {
	f := source.New("spec.yaml", []byte(spec))
	return finding{
		Code:    diag.UnknownSecret,
		Span:    spanOf(t, f, "dbb"),
		message: diag.Say(`no secret is named "dbb"`),
		related: []diag.Related{{Span: spanOf(t, f, "db"),
			Message: diag.Say(`"db" is defined here`)}},
		hint:  diag.Say(`write "db"`),
		fixes: []diag.Fix{{Span: spanOf(t, f, "dbb"), Text: diag.Say("db")}},
	}.diagnostic()
}

func TestTextShowsPlaceCaretRelatedPlacesAndHint(t *testing.T) {
	want := `spec.yaml:8:38: error[SC2001]: no secret is named "dbb"
   8 |   - { to: app, allow: read, secrets: dbb }
     |                                      ^^^
spec.yaml:3:3: note: "db" is defined here
   3 |   db: {}
     |   ^^
hint: write "db"
`
	if got := textOf(t, diag.List{unknownSecret(t)}, Options{}); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestTextIsColouredOnDemand(t *testing.T) {
	f := source.New("f", []byte("a b"))
	a, b := spanOf(t, f, "a"), spanOf(t, f, "b")
	got := textOf(t, findings{
		{Code: diag.UnknownSecret, Span: a, message: diag.Say("m"),
			related: []diag.Related{{Span: b, Message: diag.Say("r")}}, hint: diag.Say("h")},
		{Code: diag.GlobMatchesNothing, Span: b, message: diag.Say("m")},
		{Code: diag.HandedOver, message: diag.Say("m")},
	}.list(), Options{Color: true})
	want := "f:1:1: \x1b[1;31merror[SC2001]\x1b[0m: m\n" +
		"   1 | a b\n" +
		"     | \x1b[1;31m^\x1b[0m\n" +
		"f:1:3: \x1b[1;36mnote\x1b[0m: r\n" +
		"   1 | a b\n" +
		"     |   \x1b[1;36m^\x1b[0m\n" +
		"hint: h\n" +
		"\n" +
		"f:1:3: \x1b[1;33mwarning[SC2007]\x1b[0m: m\n" +
		"   1 | a b\n" +
		"     |   \x1b[1;33m^\x1b[0m\n" +
		"\n" +
		"\x1b[1;36mnote[SC4017]\x1b[0m: m\n"
	if got != want {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

func TestTextWithoutPlace(t *testing.T) {
	got := textOf(t, findings{
		{Code: diag.EmptyInput, message: diag.Say("the input holds no spec"),
			related: []diag.Related{{Message: diag.Say("nowhere either")}},
			hint:    diag.Say("write\r\n\n  a spec\n")},
		{Code: diag.TemplateNeedsS3, message: diag.Say("m")},
	}.list(), Options{})
	want := "error[SC0002]: the input holds no spec\n" +
		"note: nowhere either\n" +
		"hint: write\n" +
		"\n" +
		"        a spec\n" +
		"\n" +
		"note[SC6002]: m\n"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := textOf(t, nil, Options{}); got != "" {
		t.Errorf("an empty list: %q", got)
	}
}

// TestCaretStandsUnderTheSpan gives a file, the text at fault in it, and the lines shown.
func TestCaretStandsUnderTheSpan(t *testing.T) {
	tests := map[string]struct {
		data, at string
		want     string
	}{
		"whole line": {"abc", "abc", `
   1 | abc
     | ^^^`},
		"tabs": {"\ta\tb: x", "b", `
   1 |     a   b: x
     |         ^`},
		"the tab itself": {"a\tb", "\t", `
   1 | a   b
     |  ^^^`},
		"tab after wide text": {"秘\tb", "b", `
   1 | 秘  b
     |     ^`},
		"Japanese before": {"秘密: dbb", "dbb", `
   1 | 秘密: dbb
     |       ^^^`},
		"Japanese at fault": {"a: データ b", "データ", `
   1 | a: データ b
     |    ^^^^^^`},
		"halfwidth katakana": {"ｶﾞ: x", "x", `
   1 | ｶﾞ: x
     |     ^`},
		"ideographic space": {"a\u3000b", "b", "\n   1 | a\u3000b\n     |    ^"},
		"Hangul":            {"비밀: x", "x", "\n   1 | 비밀: x\n     |       ^"},
		"decomposed Hangul": {"\u1107\u1175: x", "x", "\n   1 | \u1107\u1175: x\n     |     ^"},
		"emoji":             {"🔑🔑: x", "x", "\n   1 | 🔑🔑: x\n     |       ^"},
		"emoji at fault":    {"k: 🔑", "🔑", "\n   1 | k: 🔑\n     |    ^^"},
		"combining mark":    {"e\u0301: x", "x", "\n   1 | e\u0301: x\n     |    ^"},
		"mark at fault":     {"ae\u0301: x", "\u0301", "\n   1 | ae\u0301: x\n     |  ^"},
		"mark at the start": {"\u0301a", "\u0301", "\n   1 | \u0301a\n     | ^"},
		"joined emoji":      {"👩\u200d💻 x", "x", "\n   1 | 👩\u200d💻 x\n     |    ^"},
		"half an emoji":     {"👩\u200d💻 x", "💻", "\n   1 | 👩\u200d💻 x\n     | ^^"},
		"flag":              {"🇩🇪 x", "x", "\n   1 | 🇩🇪 x\n     |    ^"},
		"syllable in parts": {"\u1100\u1161\u11a8 x", "x",
			"\n   1 | \u1100\u1161\u11a8 x\n     |    ^"},
		"escape sequence": {"\x1b[31mred x", "x",
			"\n   1 | \\x1b[31mred x\n     |             ^"},
		"control at fault": {"a\x07b", "\x07", "\n   1 | a\\x07b\n     |  ^^^^"},
		"not UTF-8":        {"ab\x80\xffc", "\x80", "\n   1 | ab\\x80\\xffc\n     |   ^^^^"},
		"direction":        {"a\u202eb", "b", "\n   1 | a\\u202eb\n     |        ^"},
		"byte order mark":  {"\ufeffa", "a", "\n   1 | \\ufeffa\n     |       ^"},
		"beyond the BMP":   {"\U000e0041x", "x", "\n   1 | \\U000e0041x\n     |           ^"},
		"CRLF": {"a\r\nbc\r\n", "bc", `
   2 | bc
     | ^^`},
		"line end of CRLF": {"ab\r\nc", "\r\n", `
   1 | ab
     |   ^`},
		"LF of CRLF": {"ab\r\nc", "\nc", `
   1 | ab
     |   ^`},
		"CR alone": {"a\rb", "b", `
   1 | a\x0db
     |      ^`},
		"several lines": {"key: a  \n  b\n", "a  \n  b", `
   1 | key: a
     |      ^`},
		"several lines of CRLF": {"k:\r\n  a: 1\r\n  b: 2\r\n", "a: 1\r\n  b: 2", `
   2 |   a: 1
     |   ^^^^`},
		"several lines, from blanks": {"k:  \n  a", "  \n  a", `
   1 | k:
     |   ^`},
		"empty line": {"a\n\nb", "\nb", `
   2 |
     | ^`},
		"wide line numbers": {strings.Repeat("\n", 12344) + "x", "x", `
12345 | x
      | ^`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := source.New("f", []byte(tt.data))
			got := textOf(t, findings{{Code: diag.WrongType, Span: spanOf(t, f, tt.at),
				message: diag.Say("m")}}.list(), Options{})
			_, lines, _ := strings.Cut(got, "\n")
			if want := tt.want[1:] + "\n"; lines != want {
				t.Errorf("got:\n%s\nwant:\n%s\n%q", lines, want, lines)
			}
		})
	}
}

func TestCaretOfEmptySpans(t *testing.T) {
	tests := map[string]struct {
		data   string
		offset int32
		want   string
	}{
		"file without a text":     {"", 0, "f:1:1: error[SC1003]: m\n"},
		"end of the last line":    {"ab", 2, "f:1:3: error[SC1003]: m\n   1 | ab\n     |   ^\n"},
		"after the last line":     {"ab\n", 3, "f:2:1: error[SC1003]: m\n   2 |\n     | ^\n"},
		"after the last, CRLF":    {"ab\r\n", 4, "f:2:1: error[SC1003]: m\n   2 |\n     | ^\n"},
		"before a character":      {"ab", 1, "f:1:2: error[SC1003]: m\n   1 | ab\n     |  ^\n"},
		"on an empty line":        {"a\n\nb", 2, "f:2:1: error[SC1003]: m\n   2 |\n     | ^\n"},
		"before a wide character": {"秘密", 3, "f:1:2: error[SC1003]: m\n   1 | 秘密\n     |   ^\n"},
		"outside the file":        {"ab", 7, "f:1:3: error[SC1003]: m\n   1 | ab\n     |   ^\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			at := source.Span{File: source.New("f", []byte(tt.data)), Start: tt.offset,
				End: tt.offset}
			if got := textOf(t, findings{{Code: diag.WrongType, Span: at,
				message: diag.Say("m")}}.list(), Options{}); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestMaskedTextIsSixBullets hides the texts of hide and points at the text of at.
func TestMaskedTextIsSixBullets(t *testing.T) {
	tests := map[string]struct {
		data, at string
		hide     []string
		want     string
	}{
		"at fault": {"password: hunter2", "hunter2", []string{"hunter2"}, `
   1 | password: ••••••
     |           ^^^^^^`},
		"before what is at fault": {"{ password: s3, user: x }", "user", []string{"s3"}, `
   1 | { password: ••••••, user: x }
     |                     ^^^^`},
		"after what is at fault": {"{ user: x, password: a very long secret }", "user", []string{"a very long secret"}, `
   1 | { user: x, password: •••••• }
     |   ^^^^`},
		"starts within": {"a: secret b", "ret b", []string{"secret"}, `
   1 | a: •••••• b
     |    ^^^^^^^^`},
		"ends within": {"a: secret b", ": sec", []string{"secret"}, `
   1 | a: •••••• b
     |  ^^^^^^^^`},
		"around": {"a: secret b", ": secret b", []string{"secret"}, `
   1 | a: •••••• b
     |  ^^^^^^^^^^`},
		"two": {"[one, three]", ", ", []string{"one", "three"}, `
   1 | [••••••, ••••••]
     |        ^^`},
		"two that touch": {"[onetwo]", "]", []string{"one", "two"}, `
   1 | [••••••]
     |        ^`},
		"wide text": {"a: 秘密 b", "b", []string{"秘密"}, `
   1 | a: •••••• b
     |           ^`},
		"part of a character": {"a: 秘密 b", "b", []string{"\x98\xe5"}, `
   1 | a: •••••• b
     |           ^`},
		"not UTF-8": {"a: \x1b\xff\t b", "b", []string{"\x1b\xff\t"}, `
   1 | a: •••••• b
     |           ^`},
		"several lines": {"a: |\n  one\n  two\nb", "one", []string{"one\n  two"}, `
   2 |   ••••••
     |   ^^^^^^`},
		"of several lines, first": {"a: \"one\n  two\"\nb", "\"one\n  two\"", []string{"\"one\n  two\""}, `
   1 | a: ••••••
     |    ^^^^^^`},
		"of several lines, last": {"a: \"one\n  two\", b", ", b", []string{"\"one\n  two\""}, `
   2 | ••••••, b
     |       ^^^`},
		"mark after it": {"a: s\u0301 b", "b", []string{"s"},
			"\n   1 | a: ••••••\u0301 b\n     |           ^"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := source.New("f", []byte(tt.data))
			var masks source.Masks
			for _, text := range tt.hide {
				masks.Add(spanOf(t, f, text))
			}
			got := textOf(t, findings{{Code: diag.LiteralSecret, Span: spanOf(t, f, tt.at),
				message: diag.Say("m")}}.list(), Options{Masks: &masks})
			_, lines, _ := strings.Cut(got, "\n")
			want := tt.want[1:] + "\n"
			if strings.Contains(want, diag.Bullets) {
				want += explanation
			}
			if lines != want {
				t.Errorf("got:\n%s\nwant:\n%s", lines, want)
			}
		})
	}
}

func TestLongLinesAreCutAroundTheSpan(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	tests := map[string]struct {
		data, at string
		want     string
	}{
		"just not too long": {x(157) + "end", "end",
			"   1 | " + x(157) + "end\n     | " + strings.Repeat(" ", 157) + "^^^\n"},
		"at the start": {"start" + x(500), "start",
			"   1 | start" + x(153) + "…\n     | ^^^^^\n"},
		"at the end": {x(500) + "end", "end",
			"   1 | …" + x(155) + "end\n     | " + strings.Repeat(" ", 156) + "^^^\n"},
		"in the middle": {x(500) + "here" + x(500), "here",
			"   1 | …" + x(77) + "here" + x(77) + "…\n     | " +
				strings.Repeat(" ", 78) + "^^^^\n"},
		"too long itself": {x(500) + "[" + strings.Repeat("y", 500) + "]" + x(500),
			"[" + strings.Repeat("y", 500) + "]",
			"   1 | …[" + strings.Repeat("y", 157) + "…\n     |  " +
				strings.Repeat("^", 158) + "\n"},
		"wide characters": {strings.Repeat("秘", 100) + "x" + strings.Repeat("密", 100), "x",
			"   1 | …" + strings.Repeat("秘", 39) + "x" + strings.Repeat("密", 39) + "…\n     | " +
				strings.Repeat(" ", 79) + "^\n"},
		"several bytes each": {"a" + strings.Repeat("𝐚", 400) + "here" + strings.Repeat("𝐚", 400) +
			"aa", "here",
			"   1 | …" + strings.Repeat("𝐚", 77) + "here" + strings.Repeat("𝐚", 77) + "…\n     | " +
				strings.Repeat(" ", 78) + "^^^^\n"},
		"more marks than text": {"a" + strings.Repeat("e\u0301\u0302\u0303\u0304\u0305", 100) +
			"aahere" + strings.Repeat("\u0301", 900), "here",
			"   1 | …\u0304\u0305" + strings.Repeat("e\u0301\u0302\u0303\u0304\u0305", 46) +
				"aahere" + strings.Repeat("\u0301", 254) + "…\n     | " +
				strings.Repeat(" ", 49) + "^^^^\n"},
		"combining marks stay": {strings.Repeat("e\u0301", 300) + "!", "!",
			"   1 | …" + strings.Repeat("e\u0301", 157) + "!\n     | " +
				strings.Repeat(" ", 158) + "^\n"},
		"a spec on one line": {strings.Repeat("秘", 50000) + "here" + strings.Repeat("密", 50000),
			"here",
			"   1 | …" + strings.Repeat("秘", 38) + "here" + strings.Repeat("密", 39) + "…\n     | " +
				strings.Repeat(" ", 77) + "^^^^\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := source.New("f", []byte(tt.data))
			got := textOf(t, findings{{Code: diag.WrongType, Span: spanOf(t, f, tt.at),
				message: diag.Say("m")}}.list(), Options{})
			_, lines, _ := strings.Cut(got, "\n")
			if lines != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", lines, tt.want)
			}
		})
	}
}

// However far apart hidden texts put what is shown, the line is shown as if they were short.
func TestLongHiddenTextDoesNotCutTheLine(t *testing.T) {
	secret := strings.Repeat("秘", 30000)
	f := source.New("f", []byte("first: "+secret+", here: "+secret+", last"))
	var masks source.Masks
	first := spanOf(t, f, secret)
	masks.Add(first)
	masks.Add(source.Span{File: f, Start: first.End + int32(len(", here: ")),
		End: int32(len(f.Data) - len(", last"))})
	got := strings.TrimSuffix(textOf(t,
		findings{{Code: diag.WrongType, Span: spanOf(t, f, "here"), message: diag.Say("m")}}.list(),
		Options{Masks: &masks}), explanation)
	want := "f:1:30010: error[SC1003]: m\n   1 | first: ••••••, here: ••••••, last\n     " +
		"|                ^^^^\n"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestControlCharactersAreEscaped(t *testing.T) {
	f := source.New("\x1b]0;f\a\n", []byte("a"))
	got := textOf(t, findings{{
		Code:    diag.WrongType,
		Span:    spanOf(t, f, "a"),
		message: diag.Say("one\ntwo\t\u009b \u00a0 \x7f 秘密"),
		hint:    diag.Say("do\r\nthis\rnow\x1b[2J"),
	}}.list(), Options{})
	want := `\x1b]0;f\x07\x0a:1:1: error[SC1003]: one\x0atwo\x09\u009b \u00a0 \x7f 秘密
   1 | a
     | ^
hint: do
      this\x0dnow\x1b[2J
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestSummaryCounts(t *testing.T) {
	e, w, n := diag.Diagnostic{Code: diag.WrongType},
		diag.Diagnostic{Code: diag.GlobMatchesNothing}, diag.Diagnostic{Code: diag.HandedOver}
	tests := []struct {
		list diag.List
		want string
	}{
		{nil, ""},
		{diag.List{e}, "1 error"},
		{diag.List{w, w}, "2 warnings"},
		{diag.List{n}, "1 note"},
		{diag.List{n, e, w, n, e, n}, "2 errors, 1 warning, 3 notes"},
		{diag.List{e, n, n}, "1 error, 2 notes"},
	}
	for _, tt := range tests {
		if got := Summary(tt.list); got != tt.want {
			t.Errorf("Summary = %q, want %q", got, tt.want)
		}
	}
}

// full is a disk with no room left.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsAreReturned(t *testing.T) {
	list := diag.List{unknownSecret(t)}
	for name, err := range map[string]error{
		"text":   Text(full{}, list, Options{}),
		"json":   writeDiagnosticsJSON(full{}, list, Options{}),
		"sarif":  writeSARIF(full{}, list, Options{Version: "1"}),
		"github": writeGitHub(full{}, list, Options{}),
		"gitlab": writeGitLab(full{}, list, Options{}),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", name, err, errFull)
		}
	}
}
