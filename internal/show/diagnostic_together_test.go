package show

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// TestNotesThatSayTheSameAreOne: with their number, their lines and their hint if it is the same;
// one alone is whole, as are errors, and without Together all are.
func TestNotesThatSayTheSameAreOne(t *testing.T) {
	f := source.New("spec.yaml", []byte("a\nb\nc\n"))
	var l diag.List
	for i := range 3 {
		at := source.Span{File: f, Start: int32(2 * i), End: int32(2*i + 1)}
		l.Report(diag.NothingUses, at).Message("nothing uses it").Hint("remove it")
		l.Report(diag.UnknownKey, at).Message("no such key").Hint("write another")
	}
	l.Report(diag.HandedOver, source.Span{File: f, Start: 0, End: 1}).Message("handed over").
		Hint("add it")
	text := func(o Options) string {
		var b strings.Builder
		if err := Text(&b, l.Sorted(), o); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	got := text(Options{Together: true})
	const one = "spec.yaml:1:1: note[SC4033]: 3 keys and principals are used by nothing, " +
		"in lines 1, 2 and 3\nhint: remove it\n"
	if !strings.Contains(got, one) || strings.Count(got, "SC4033") != 1 {
		t.Errorf("got:\n%s", got)
	}
	if strings.Count(got, "no such key") != 3 || !strings.Contains(got, "handed over") {
		t.Errorf("got:\n%s", got)
	}
	if all := text(Options{}); strings.Count(all, "nothing uses it") != 3 {
		t.Errorf("got:\n%s", all)
	}
}

// TestOnlyNotesAreToldTogether: an error or a warning is never hidden behind another one.
func TestOnlyNotesAreToldTogether(t *testing.T) {
	for code := range severalSay {
		if code.Severity != diag.Note {
			t.Errorf("%s is no note", code.Number)
		}
	}
	for code := range seeAlso {
		if severalSay[code] == "" {
			t.Errorf("%s is never told together", code.Number)
		}
	}
}
