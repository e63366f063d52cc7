package compile

import (
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/spec"
)

// Accepted returns what the spec accepts of the change that deploys it, in its environment: new
// values, which note what they are used for.
func (r Result) Accepted() []*change.Acceptance {
	if r.model == nil {
		return nil
	}
	return Acceptances(r.accepts, r.model.Sets())
}

// Acceptances returns entries of accept as change takes them. A set of principals, by its id, is
// all that are in it.
func Acceptances(entries []spec.Accept, sets map[string][]string) []*change.Acceptance {
	var out []*change.Acceptance
	for i := range entries {
		in := &entries[i]
		if !in.Risk.Set() || !in.Reason.Set() {
			continue // which is an error
		}
		a := &change.Acceptance{Class: in.Risk.V, Reason: in.Reason.V, Span: in.Span}
		for _, t := range in.Principals {
			a.Principals = append(append(a.Principals, t.V), sets[t.V]...)
		}
		for _, t := range in.Secrets {
			a.Secrets = append(a.Secrets, t.V)
		}
		out = append(out, a)
	}
	return out
}

// acceptsNothing notes entries that accept no risk of any resource. Whether one of access is of use
// is for diff to say, which compares access.
func acceptsNothing(entries []*change.Acceptance) (found diag.List) {
	for _, a := range entries {
		if a.Used() || a.IsOfAccess() {
			continue
		}
		found.Report(diag.UnusedAccept, a.Span).
			Message("the entry accepts nothing: compared with the templates that are there, "+
				"nothing that it names is %s", diag.Words(a.Class)).
			Hint("remove the entry once what it accepted is deployed")
	}
	return found
}
