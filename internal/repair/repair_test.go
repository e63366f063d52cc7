package repair_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/repair"
	"github.com/secretctl/secretctl/internal/source"
)

var (
	wrong  = &diag.Code{Number: "SC1", Severity: diag.Error}
	doubt  = &diag.Code{Number: "SC2", Severity: diag.Warning}
	syntax = diag.YAMLSyntax
)

// at is the span of a word in a file, which must be there.
func at(f *source.File, word string) source.Span {
	i := strings.Index(string(f.Data), word)
	if i < 0 {
		panic(word)
	}
	return source.Span{File: f, Start: int32(i), End: int32(i + len(word))}
}

// found is a diagnostic about a word, with a repair if there is one.
func found(code *diag.Code, f *source.File, word, repaired string) diag.Diagnostic {
	d := diag.Report(code, at(f, word)).Message("it is wrong")
	if repaired != "" {
		d.Fix(d.Span, "%s", diag.Words(repaired))
	}
	return *d
}

func TestRepairsAreMade(t *testing.T) {
	a, b := source.New("a", []byte("one two\r\nthree")), source.New("b", []byte("four"))
	begin := source.Span{File: a}
	insert := *diag.Report(wrong, begin).Message("it is missing").Fix(begin, "zero\n")
	all := repair.Of(diag.List{
		found(wrong, a, "two", "2"), found(wrong, a, "one", ""), found(wrong, b, "four", "4"),
		found(doubt, a, "two", "zwei"), insert, found(wrong, a, "three", "3"),
	}, nil)
	if len(all) != 4 {
		t.Fatalf("%d repairs, want 4: one has none, and one touches another", len(all))
	}
	texts := repair.Apply(all)
	if got := string(texts["a"]); got != "zero\r\none 2\r\n3" {
		t.Errorf("a is %q", got)
	}
	if got := string(texts["b"]); got != "4" {
		t.Errorf("b is %q", got)
	}
	masks := &source.Masks{}
	masks.Add(at(a, "two"))
	d := diag.Report(wrong, at(a, "two")).Message("it is wrong").Fix(at(a, "two"), "%q",
		word{at(a, "two")})
	if got := repair.Of(diag.List{*d}, masks); len(got) != 0 {
		t.Error("a repair would show what is hidden")
	}
}

// word is a part of a file that a diagnostic quotes.
type word struct{ at source.Span }

func (w word) Quote() (at source.Span, text string) { return w.at, w.at.Text() }

func TestWhichRepairsAreSure(t *testing.T) {
	before := source.New("a", []byte("x: oen\ny: tow\nz: one\n"))
	after := source.New("a", []byte("x: one..\ny: tow\nz: one\n"))
	other := source.New("b", []byte("tow"))
	fix := found(wrong, before, "oen", "one..")
	fault := found(syntax, before, "oen", "one..")
	for name, c := range map[string]struct {
		of            diag.Diagnostic
		before, after diag.List
		want          bool
	}{
		"all is well":    {fix, nil, nil, true},
		"the same again": {fix, nil, diag.List{found(wrong, after, "one..", "")}, false},
		"what was there before, and has moved": {
			fix, diag.List{found(wrong, before, "tow", "")},
			diag.List{found(wrong, after, "tow", "")}, true,
		},
		"once more of it": {
			fix, diag.List{found(wrong, before, "tow", "")},
			diag.List{found(wrong, after, "tow", ""), found(wrong, after, "tow", "")}, false,
		},
		"another error elsewhere":      {fix, nil, diag.List{found(wrong, after, "tow", "")}, false},
		"another error in a file":      {fix, nil, diag.List{found(wrong, other, "tow", "")}, false},
		"another warning elsewhere":    {fix, nil, diag.List{found(doubt, after, "tow", "")}, true},
		"another warning in its place": {fix, nil, diag.List{found(doubt, after, "one..", "")}, false},
		"an error that a fault hid":    {fault, nil, diag.List{found(wrong, after, "tow", "")}, true},
		"a fault behind a fault":       {fault, nil, diag.List{found(syntax, after, "tow", "")}, true},
		"a fault before a fault":       {fault, nil, diag.List{found(syntax, after, "x", "")}, false},
		"an error in another file": {
			fault, nil, diag.List{found(wrong, other, "tow", "")}, false,
		},
	} {
		list := append(diag.List{c.of}, c.before...)
		repairs := repair.Of(diag.List{c.of}, nil)
		if got := repair.Sure(list, c.after, repairs); got != c.want {
			t.Errorf("%s: sure is %v", name, got)
		}
	}
}

// TestWhatStandsBehindAnInsertion has moved or has not.
func TestWhatStandsBehindAnInsertion(t *testing.T) {
	before := source.New("a", []byte("x: 1\n"))
	after := source.New("a", []byte("new\nx: 1\n"))
	begin := source.Span{File: before}
	insert := *diag.Report(wrong, begin).Message("it is missing").Fix(begin, "new\n")
	missing := func(f *source.File) diag.Diagnostic {
		return *diag.Report(wrong, source.Span{File: f}).Message("another is missing")
	}
	list := diag.List{insert, found(wrong, before, "x", ""), missing(before)}
	if !repair.Sure(list, diag.List{found(wrong, after, "x", ""), missing(after)},
		repair.Of(diag.List{insert}, nil)) {
		t.Error("it is not sure")
	}
}

// TestMostOfThem finds the repairs that are sure together.
func TestMostOfThem(t *testing.T) {
	f := source.New("a", []byte("a b c d e f g"))
	var all []repair.Repair
	for _, w := range strings.Fields(string(f.Data)) {
		all = append(all, repair.Repair{Diagnostic: found(wrong, f, w, "x")})
	}
	for bad, want := range map[string]string{
		"": "abcdefg", "c": "abdefg", "ag": "bcdef", "abcdefg": "", "abc": "defg",
	} {
		asked := 0
		got := ""
		for _, r := range repair.Most(all, func(some []repair.Repair) bool {
			asked++
			return !slices.ContainsFunc(some, func(r repair.Repair) bool {
				return strings.Contains(bad, r.Diagnostic.Span.Text())
			})
		}) {
			got += r.Diagnostic.Span.Text()
		}
		if got != want || asked > 25 {
			t.Errorf("without %q: %s after %d questions", bad, got, asked)
		}
	}
}
