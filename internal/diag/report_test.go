package diag

import (
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

func TestADiagnosticIsBuiltInSteps(t *testing.T) {
	f := source.New("f", []byte("a: b c"))
	first, second := spanOf(t, f, "b"), spanOf(t, f, "c")
	var list List
	list.Report(WrongType, first).
		Message("not said").Message("no %q", "b").And(" or %q", "c").
		Hint("not said").Hint("write %s", "d").AndHint(" twice").
		Related(second, "see %s", "here").Also(At(first, "and here"))
	d := list[0]
	for what, c := range map[string][2]string{
		"message":         {d.Says(nil), `no "b" or "c"`},
		"message as part": {Say("%s!", d.Saying()).String(), `no "b" or "c"!`},
		"hint":            {d.Advises(nil), "write d twice"},
		"place":           {d.Span.Text(), "b"},
		"severity":        {d.Code.Severity.String(), "error"},
	} {
		if c[0] != c[1] {
			t.Errorf("the %s is %q, want %q", what, c[0], c[1])
		}
	}
	places := d.Places()
	if len(places) != 2 || places[0].Span != second || places[1].Message.String() != "and here" {
		t.Errorf("the other places are %v", places)
	}
	if one := Report(RotatesAtOnce, first); one.Code.Severity.String() != "note" ||
		one.Span != first {
		t.Errorf("%s at %q", one.Code.Severity, one.Span.Text())
	}
	if UnsafePlaintext.Severity.String() != "warning" {
		t.Errorf("a warning is called %s", UnsafePlaintext.Severity)
	}
}
