package diag

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

func TestTextHidesWhatItQuotes(t *testing.T) {
	f := source.New("f", []byte(`name: app-role, value: "Tr0mb\x30ne, app-role 4dor3"`))
	value := spanOf(t, f, `"Tr0mb\x30ne, app-role 4dor3"`)
	masks := &source.Masks{}
	masks.AddText(value, "Tr0mb0ne, app-role 4dor3")

	for name, tt := range map[string]struct {
		text        Text
		plain, want string
	}{
		"a place": {Say("no %q", place(value)),
			`no "\"Tr0mb\\x30ne, app-role 4dor3\""`, "no " + Bullets},
		"another place": {Say("no %q", place(spanOf(t, f, "name"))), `no "name"`,
			`no "name"`},
		"a text": {Say("no %q here", "Tr0mb0ne"), `no "Tr0mb0ne" here`,
			"no " + Bullets + " here"},
		"as it is written": {Say("no %s", `Tr0mb\x30ne`), `no Tr0mb\x30ne`,
			"no " + Bullets},
		"a part of a text": {Say("%s", "it is (Tr0mb0ne)"), "it is (Tr0mb0ne)",
			"it is (" + Bullets + ")"},
		"a part of a word": {Say("%s", "r0mb is bad"), "r0mb is bad",
			Bullets + " is bad"},
		"what is also shown": {Say("%q of %s", "app-role", "app-role"),
			`"app-role" of app-role`, `"app-role" of app-role`},
		"an error": {Say("%s", errors.New("no 4dor3")), "no 4dor3",
			"no " + Bullets},
		"a list": {Say("%q", []string{"4dor3", "x"}), `["4dor3" "x"]`,
			`["` + Bullets + `" "x"]`},
		"the program's words": {Say("write %s", Words("4dor3")), "write 4dor3",
			"write 4dor3"},
		"numbers": {Say("%d of %v", 3, 4), "3 of 4", "3 of 4"},
		"several words": {Say("%s", "say Tr0mb0ne, 4dor3 now"),
			"say Tr0mb0ne, 4dor3 now", "say " + Bullets + " now"},
		"a sentence in a sentence": {Say("%s!", Say("no %s", "4dor3")), "no 4dor3!",
			"no " + Bullets + "!"},
		"two sentences": {Say("%s", "a").And(", %s", "4dor3"), "a, 4dor3",
			"a, " + Bullets},
		"short words of any sentence": {Say("%s", "ne 3"), "ne 3", "ne 3"},
	} {
		if got := tt.text.String(); got != tt.plain {
			t.Errorf("%s: %s, want %s", name, got, tt.plain)
		}
		if got := tt.text.Shown(masks); got != tt.want {
			t.Errorf("%s: %s is shown, want %s", name, got, tt.want)
		}
	}
}

func TestFixesQuoteNothingHidden(t *testing.T) {
	f := source.New("f", []byte("a: 4dor3 b"))
	hidden, shown := spanOf(t, f, "4dor3"), spanOf(t, f, "b")
	masks := &source.Masks{}
	masks.Add(hidden)
	d := Report(WrongType, hidden).
		Fix(hidden, "%s", place(hidden)).
		Fix(shown, "%s", "4dor3").
		Fix(hidden, ": ").
		Fix(shown, "%s", "c")
	if got := d.Fixes(nil); len(got) != 4 {
		t.Errorf("%d fixes without masks", len(got))
	}
	got := d.Fixes(masks)
	if len(got) != 2 || got[0].Text.String() != ": " || got[1].Text.String() != "c" {
		t.Errorf("the fixes are %v", got)
	}
}

// spanOf returns the span of the first occurrence of a text in a file.
func spanOf(t testing.TB, f *source.File, text string) source.Span {
	t.Helper()
	i := strings.Index(string(f.Data), text)
	if i < 0 {
		t.Fatalf("%q is not in %q", text, f.Data)
	}
	return source.Span{File: f, Start: int32(i), End: int32(i + len(text))}
}

// place is a span that is quoted.
type place source.Span

func (p place) Quote() (source.Span, string) { return source.Span(p), source.Span(p).Text() }
