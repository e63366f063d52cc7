package secretctl

import (
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// Severity says what a diagnostic does: with an error nothing is compiled.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Diagnostic is one thing that was found in a file. What may be a secret value is hidden in its
// texts.
type Diagnostic struct {
	Code     string // permanent: SC2001
	Name     string // of the code: unknown-secret
	Severity Severity
	Place    Place  // zero when the whole input is at fault
	Message  string // what is wrong
	Hint     string // what to do
	Related  []Related
	Fixes    []Fix // what repairs it, when there is exactly one sane repair

	Environments []string // that it holds in; none: all
	Spec         string   // the name of the Source that it is about, of several
}

// Place is a part of a file. Lines and columns begin at 1, a column is a character, and the end is
// the first character behind the part.
type Place struct {
	File               string
	Line, Column       int
	EndLine, EndColumn int
}

// Related is another place that explains a diagnostic.
type Related struct {
	Place   Place
	Message string
}

// Fix replaces the text of a place.
type Fix struct {
	Place Place
	Text  string
}

// Diagnostics are all that was found, sorted by place.
func (r Result) Diagnostics() []Diagnostic {
	masks := r.diagnostics.Masks
	var out []Diagnostic
	for i := range r.diagnostics.List {
		d := &r.diagnostics.List[i]
		one := Diagnostic{
			Code: d.Code.Number, Name: d.Code.Name, Severity: Severity(d.Code.Severity.String()),
			Place: placeOf(d.Span), Message: d.Says(masks), Hint: d.Advises(masks),
			Environments: d.Environments(), Spec: d.Spec(),
		}
		for _, other := range d.Places() {
			one.Related = append(one.Related,
				Related{placeOf(other.Span), other.Message.Shown(masks)})
		}
		for _, f := range d.Fixes(masks) {
			one.Fixes = append(one.Fixes, Fix{placeOf(f.Span), f.Text.Shown(masks)})
		}
		out = append(out, one)
	}
	return out
}

func placeOf(s source.Span) Place {
	if s.IsZero() {
		return Place{}
	}
	start, end := s.File.Position(int(s.Start)), s.File.Position(int(s.End))
	return Place{s.File.Name, start.Line, start.Column, end.Line, end.Column}
}

// Explain returns the meaning of a code, by its number with or without its letters, or its name,
// all in either case, in one sentence; empty: there is no such code.
func Explain(code string) string {
	if c := diag.Lookup(code); c != nil {
		return c.Meaning
	}
	return ""
}
