// Package diag knows what a diagnostic is, the permanent table of codes, and how diagnostics are shown. It knows
// nothing of what they are about.
package diag

import (
	"cmp"
	"slices"

	"github.com/secretctl/secretctl/internal/source"
)

// Severity says what a diagnostic does to a run. It belongs to the code, not to the occurrence.
type Severity uint8

// The severities: an error means that nothing is written, a warning is refused by --strict, a note only informs.
const (
	Error Severity = iota + 1
	Warning
	Note
)

// String returns the severity's word in every format: error, warning or note.
func (s Severity) String() string {
	return [...]string{"", "error", "warning", "note"}[s]
}

// Code is one entry of the permanent table. A code keeps its number, name and meaning for ever.
type Code struct {
	Number   string // SC2001
	Name     string // unknown-secret
	Severity Severity
	Meaning  string // one sentence, with capital and full stop
}

// Related is another place that explains a diagnostic.
type Related struct {
	Span    source.Span
	Message string
}

// Fix replaces the text of a span when there is exactly one sane repair.
type Fix struct {
	Span source.Span
	Text string
}

// Diagnostic is one thing found in a spec.
type Diagnostic struct {
	Code    *Code
	Span    source.Span // the narrowest text at fault; zero when the whole input is at fault
	Message string      // a clause, lower case, no full stop
	Related []Related
	Hint    string // what to do, imperative; may have several lines
	Fixes   []Fix
}

// List is what a pass found.
type List []Diagnostic

// HasErrors says whether anything in the list is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Code.Severity == Error })
}

// Count returns how many entries have the severity.
func (l List) Count(s Severity) int {
	n := 0
	for _, d := range l {
		if d.Code.Severity == s {
			n++
		}
	}
	return n
}

// Sorted returns the list ordered by place, then code, then message, without entries that say the same thing of the
// same place twice.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Code.Number, b.Code.Number), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Span == b.Span && a.Message == b.Message
	})
}
