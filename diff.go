package secretctl

import (
	"io"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// Changes is what deploying one state over another does.
type Changes struct {
	Access    []AccessChange   // by principal, secret, Region and verb
	Resources []ResourceChange // the worst first
	// nothing that changes is unknown or left out: where there is no change, it is proved that
	// access and resources stay as they are
	Complete bool

	whole show.Changes
	masks *source.Masks
}

// AccessChange is that a principal can do something else with a secret in a Region than before.
type AccessChange struct {
	Class                           string // gains, widens, changes, unknown, narrows or loses
	Principal, Secret, Region, Verb string
	Before, After                   Effect
	Conditions                      []string // of After: what must hold
	Accepted                        string   // the reason of the entry that accepts it; empty: none
}

// ResourceChange is a change of a resource, or of one of its properties.
type ResourceChange struct {
	// value-lost, replaced, fails, orphaned, deleted, access-gap, rotates-now, key-changed,
	// guard-weaker, moved, update, or unknown where nobody knows
	Class            string
	Stack, LogicalID string
	Type             string
	Secret           string // that it is or belongs to: its id, or else its name
	Property         string // empty: all of it
	Message          string // without any value
	Page             string // of AWS's documentation
	Accepted         string // the reason of the entry that accepts it; empty: none
}

// Diff says what deploying one state over another does: who gains or loses access, which values and
// guards are lost, what is replaced, rotated or cut off. A state is the estate of a spec in an
// environment, or that of templates of anybody; nil is one in which nothing is deployed. What the
// spec of the new state accepts is noted as accepted.
//
// Statements that are merged, split, reordered or moved are no change if the access is the same.
func Diff(before, after *Estate) Changes {
	var old, new change.State
	var accepted []*change.Acceptance
	masks := &source.Masks{}
	if before != nil {
		old = before.state
		masks.Join(before.masks)
	}
	if after != nil {
		new = after.state
		masks.Join(after.masks)
		for _, r := range after.of {
			accepted = append(accepted, r.Accepted()...)
		}
	}
	r := change.Compare(old, new, accepted)
	all, _ := r.Counts()
	out := Changes{masks: masks, whole: show.Changes{Reports: []*change.Report{r}},
		Complete: !r.Unknown && !r.TooMany && all["unknown"] == 0}
	for _, a := range accepted {
		if !a.Used() {
			out.whole.Unused = append(out.whole.Unused, a)
		}
	}
	for i := range r.Access {
		c := &r.Access[i]
		out.Access = append(out.Access, AccessChange{
			Class: c.Kind.String(), Principal: cfn.Shown(c.Principal.ID),
			Secret: cfn.Shown(c.Secret.ID), Region: cfn.Shown(c.Region), Verb: c.Verb,
			Before: Effect(c.Before.Effect.String()), After: Effect(c.After.Effect.String()),
			Conditions: show.Conditions(c.After.Conditions), Accepted: reasonOf(c.Accepted),
		})
	}
	for i := range r.Resources {
		c := &r.Resources[i]
		out.Resources = append(out.Resources, ResourceChange{
			Class: c.Class(), Stack: c.Stack, LogicalID: c.LogicalID, Type: c.Type,
			Secret: cfn.Shown(c.Secret), Property: c.Property, Message: cfn.Shown(c.Message),
			Page: c.Page, Accepted: reasonOf(c.Accepted),
		})
	}
	return out
}

func reasonOf(a *change.Acceptance) string {
	if a == nil {
		return ""
	}
	return a.Reason
}

// Has says whether there is a change of one of some classes that is not accepted: the words of
// AccessChange and ResourceChange, or "any" for all but update. A principal that may become another
// one now, or may no longer, gains or loses.
func (c Changes) Has(classes ...string) bool {
	if slices.Contains(classes, "any") {
		classes = slices.DeleteFunc(change.Classes(), func(class string) bool {
			return !change.IsNews(class)
		})
	}
	return slices.ContainsFunc(c.whole.Reports, func(r *change.Report) bool {
		return r.HasAny(classes)
	})
}

// Render writes the changes in a format: text, json, markdown or html. An error is the writer's, or
// says that there is no such format. It is not for several goroutines at once.
func (c Changes) Render(w io.Writer, format string) error {
	return render(w, show.Diffs, format, c.whole, show.Options{Masks: c.masks})
}
