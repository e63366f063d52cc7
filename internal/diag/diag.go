// Package diag knows what a diagnostic is, the permanent table of codes, and how diagnostics are
// shown. It knows nothing of what they are about.
package diag

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
)

// Severity says what a diagnostic does to a run. It belongs to the code, not to the occurrence.
type Severity uint8

// The severities: an error means that nothing is written, a warning is refused by --strict, a note
// only informs.
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
	Message Text
}

// Fix replaces the text of a span when there is exactly one sane repair.
type Fix struct {
	Span source.Span
	Text Text
}

// Diagnostic is one thing found in a file. Report makes it.
type Diagnostic struct {
	Code *Code
	Span source.Span // the narrowest text at fault; zero when the whole input is at fault

	message Text
	hint    Text
	related []Related
	fixes   []Fix
	about   []string
	guessed bool // the fix is an id that is probably meant

	environments []string // that it holds in; nil: in all
	alike        []string // that something alike holds in, with other words
	saysWhere    bool     // the message names them
	spec         string   // of several; empty: there is one
}

// Says returns the message: a clause, lower case, no full stop. Masks hide what it must not quote.
func (d *Diagnostic) Says(masks *source.Masks) string { return d.message.about(d.Span, masks) }

// Advises returns the hint, imperative; it may have several lines. Masks hide what it must not
// quote. A hint that would only say to write what is hidden says so instead.
func (d *Diagnostic) Advises(masks *source.Masks) string {
	hint := d.hint.about(d.Span, masks)
	if strings.Contains(hint, Bullets) && onlyHidden.MatchString(hint) {
		return "correct what stands here, by what the page of the code says; what to write for " +
			"it would be made of what is hidden"
	}
	return hint
}

// onlyHidden is a hint that is of no use without what masks hide of it.
var onlyHidden = lazy.Regexp(
	`^(?:write|remove|rename|name) "?(?:\$\()?` + Bullets + `\)?"?$`)

// Saying returns the message, to be part of another one.
func (d *Diagnostic) Saying() Text { return d.message }

// Places returns the other places that explain the diagnostic.
func (d *Diagnostic) Places() []Related { return d.related }

// Fixes returns the replacements that repair what was found; masks hide those that would quote or
// replace what is hidden.
func (d *Diagnostic) Fixes(masks *source.Masks) []Fix {
	var out []Fix
	for _, f := range d.fixes {
		hidden := len(masks.Within(f.Span)) > 0 && f.Text.quotes()
		if !hidden && f.Text.Shown(masks) == f.Text.String() {
			out = append(out, f)
		}
	}
	return out
}

// Environments returns the environments of the spec that it holds in; none: in all.
func (d *Diagnostic) Environments() []string { return d.environments }

// IsAbout says whether the diagnostic is about a secret, by its id.
func (d *Diagnostic) IsAbout(secret string) bool { return slices.Contains(d.about, secret) }

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

// Sorted returns the list ordered by place, then code, then message, without entries that say the
// same thing of the same place twice.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		if c := cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Code.Number, b.Code.Number)); c != 0 {
			return c
		}
		return strings.Compare(a.message.String(), b.message.String())
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Span == b.Span && a.message.String() == b.message.String()
	})
}
