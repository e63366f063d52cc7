package prove

import (
	"fmt"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
)

// What the assertions of a spec may ask at most.
const (
	mostAsked = 3_000_000 // whether a principal can do a verb with a secret
	// statements of how many of these are looked for, where it should not be so
	mostShown = 10_000
	// principals and secrets in the estates that values of parameters are given for
	mostGiven = 20_000
)

// assertionBound counts what assertions ask.
type assertionBound struct {
	worlds, estate int // the size of what is asked
	asked, given   int
	seen           map[string]bool // what was given
}

// add counts an assertion. It says whether all that have been counted ask for too much, and what to
// report then.
func (b *assertionBound) add(a *model.Assertion, everybody int) (diag.Diagnostic, bool) {
	who := len(a.Principals) * len(a.Verbs)
	if a.Claim == model.OnlyReadableBy {
		who = everybody
	}
	b.asked += b.worlds * who * len(a.Secrets)
	if key := fmt.Sprint(a.Given); len(a.Given) > 0 && !b.seen[key] {
		if b.seen == nil {
			b.seen = map[string]bool{}
		}
		b.seen[key] = true
		b.given += b.estate
	}
	d := diag.Report(diag.TooMany, a.Span)
	switch {
	case b.asked > mostAsked:
		d.Message("the assertions up to this one ask more than 3,000,000 times whether somebody " +
			"can do something").
			Hint("name fewer principals, verbs or secrets, or divide the spec in several")
	case b.given > mostGiven:
		d.Message("the assertions up to this one state too many values of parameters: all is " +
			"evaluated anew for each").
			Hint("assert it for fewer values, or divide the spec in several")
	default:
		return diag.Diagnostic{}, false
	}
	return *d, true
}
