package show

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// secretText makes a secret of fuzzed bytes, out of characters that no renderer writes on its own
// account: one of two bytes, one that is wide, one that is a combining mark, one byte that is not
// UTF-8, and the line ends that secrets of several lines have.
func secretText(bytes []byte) string {
	alphabet := []string{"ж", "鍵", "\u0489", "\xfe", "\n", "\r\n"}
	var b strings.Builder
	for _, c := range bytes {
		b.WriteString(alphabet[int(c)%len(alphabet)])
	}
	return b.String()
}

// leaks are what of secretText must not be in any output, as it is or escaped.
var leaks = []string{"ж", "鍵", "\u0489", "\xfe", `\xfe`, `\u0436`, `\u9375`, `\u0489`, `\ufffd`,
	"\ufffd", "%D0%B6", "%E9%8D%B5", "%D2%89", "%FE"}

// withoutLeaks removes from a text what would look like a leak.
func withoutLeaks(text string) string {
	for _, leak := range leaks {
		text = strings.ReplaceAll(text, leak, "")
	}
	return strings.ReplaceAll(text, `\`, "")
}

// place is a span that is quoted.
type place source.Span

func (p place) Quote() (source.Span, string) { return source.Span(p), source.Span(p).Text() }

// renderAll returns what every renderer writes of a list.
func renderAll(t testing.TB, l diag.List, masks *source.Masks) map[string]string {
	t.Helper()
	out := map[string]string{
		"text":   textOf(t, l, Options{Masks: masks}),
		"colour": textOf(t, l, Options{Color: true, Masks: masks}),
	}
	var json, sarif, github, gitlab strings.Builder
	if err := writeDiagnosticsJSON(&json, l, Options{Masks: masks}); err != nil {
		t.Fatal(err)
	}
	if err := writeSARIF(&sarif, l, Options{Version: "1", Masks: masks}); err != nil {
		t.Fatal(err)
	}
	if err := writeGitHub(&github, l, Options{Masks: masks}); err != nil {
		t.Fatal(err)
	}
	if err := writeGitLab(&gitlab, l, Options{Masks: masks}); err != nil {
		t.Fatal(err)
	}
	out["json"], out["sarif"], out["github"] = json.String(), sarif.String(), github.String()
	out["gitlab"] = gitlab.String()
	return out
}

// FuzzMasksHide puts secrets into a text, and points at any part of it: no renderer may show a byte
// of them, nor send a control character to a terminal.
func FuzzMasksHide(f *testing.F) {
	f.Add("a: ", []byte{0, 1, 2, 3}, ", b: ", []byte{4, 5, 0}, " # end", uint16(3), uint16(9))
	f.Add("秘密:\t", []byte{3, 3, 3}, "\u0301\r\n", []byte{2, 2}, "", uint16(0), uint16(99))
	f.Add("", []byte{4, 0, 5, 1}, "", []byte{1}, strings.Repeat("x", 200), uint16(5), uint16(60))
	f.Add(strings.Repeat("\x1b", 100), []byte{1}, "\x80", []byte{0}, "\n", uint16(101), uint16(101))
	f.Fuzz(func(t *testing.T, before string, one []byte, between string, two []byte, after string,
		start, length uint16) {
		before, between, after = withoutLeaks(before), withoutLeaks(between), withoutLeaks(after)
		first, second := secretText(one), secretText(two)
		file := source.New("f", []byte(before+first+between+second+after))
		if withoutLeaks(before+between+after) != before+between+after {
			return // the pieces are a leak when they are put together
		}

		var masks source.Masks
		at := int32(len(before))
		atFirst := source.Span{File: file, Start: at, End: at + int32(len(first))}
		masks.Add(atFirst)
		at += int32(len(first) + len(between))
		atSecond := source.Span{File: file, Start: at, End: at + int32(len(second))}
		masks.Add(atSecond)

		from := min(int(start), len(file.Data))
		span := source.Span{File: file, Start: int32(from),
			End: int32(min(from+int(length), len(file.Data)))}
		list := findings{{
			Code:    diag.LiteralSecret,
			Span:    span,
			message: diag.Say("m %q and %s", place(span), place(atFirst)),
			related: []diag.Related{{Span: span, Message: diag.Say("r %s", place(atSecond))}},
			hint:    diag.Say("h %q", place(atSecond)),
			fixes:   []diag.Fix{{Span: span, Text: diag.Say("%s", place(atFirst))}},
		}}.list()
		for format, text := range renderAll(t, list, &masks) {
			for _, leak := range leaks {
				if strings.Contains(text, leak) {
					t.Errorf("%s shows %q of %q:\n%s", format, leak, file.Data, text)
				}
			}
			if format == "colour" {
				continue
			}
			for _, r := range text {
				if !isShown(r) && r != '\n' {
					t.Errorf("%s writes %U of %q:\n%s", format, r, file.Data, text)
				}
			}
		}
	})
}

// What is shown does not tell how long a secret is, but for the column of what comes after it.
func TestMasksDoNotTellTheLength(t *testing.T) {
	show := func(secret, at string) string {
		f := source.New("f", []byte("a: 1, b: "+secret+", c: "+secret+" , d: 2"))
		var masks source.Masks
		masks.Add(spanOf(t, f, secret+", "))
		masks.Add(spanOf(t, f, secret+" "))
		text := textOf(t, findings{{Code: diag.WrongType, Span: spanOf(t, f, at),
			message: diag.Say("m")}}.list(), Options{Masks: &masks})
		_, lines, _ := strings.Cut(text, "\n")
		return lines
	}
	for _, at := range []string{"1", "c:", "2"} {
		want := show("x", at)
		for _, secret := range []string{"hunter", "秘密", strings.Repeat("long", 1000),
			strings.Repeat("秘", 100_000), "\x1b\t\xff"} {
			if got := show(secret, at); got != want {
				t.Errorf("at %s with a secret of %d bytes:\n%s\nwith a short one:\n%s", at,
					len(secret), got, want)
			}
		}
	}
}
