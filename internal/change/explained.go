package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// nameAs calls who and what a template makes or names as a spec calls it, where the comparison
// knows them by their logical IDs or ARNs.
func nameAs(c *access.Change, ids ...map[string]string) {
	named := func(s *access.Subject) *access.Subject {
		if id := idOf(s, ids); id != s.ID {
			one := *s
			one.ID = id
			return &one
		}
		return s
	}
	c.Principal, c.Secret = named(c.Principal), named(c.Secret)
}

// idOf returns what the first spec that knows a subject by its logical ID or its ARN calls it, or
// else its own ID.
func idOf(s *access.Subject, ids []map[string]string) string {
	for _, known := range ids {
		id, ok := known[s.ID]
		if !ok {
			id, ok = known[s.ARN]
		}
		if ok && id != s.ID {
			return id
		}
	}
	return s.ID
}

// document is where a policy stands: its stack's file and its logical ID.
type document struct{ stack, id string }

// policies judges the policies that are written otherwise. The comparison of access asks about the
// principals and secrets in sight. If none of its answers has changed that a policy has to do with,
// nobody knows what the policy does: it may be about others. That a policy which follows from
// grants has only been merged, split or put elsewhere is no change. Whom a role trusts is asked of
// the principals in sight alone, so that others may gain what the role can do.
func (r *Report) policies(before, after *State) {
	derived := before.OfSpec && after.OfSpec && !before.OwnWords && !after.OwnWords
	silent := derived && len(r.Access) == 0 && len(r.Becomings) == 0 && !r.TooMany
	r.Resources = slices.DeleteFunc(r.Resources, func(c ResourceChange) bool {
		return silent && c.Risk == Updated && c.Kind == Modified && c.isOfSecrets
	})
	explained := map[document]bool{}
	for _, s := range []*State{before, after} {
		r.explain(estateOf(*s), explained)
	}
	for i := range r.Resources {
		c := &r.Resources[i]
		at, from := document{c.Stack, c.LogicalID}, document{c.FromStack, c.FromID}
		switch {
		case c.Risk != Updated:
		case c.trusts():
			c.Unknown = true
			c.Message = "whom the role trusts changes: whoever may assume it can do what the " +
				"role can, and only the principals in sight are asked"
		case !c.Policy || derived && c.isOfSecrets || explained[at] || explained[from]:
		default:
			c.Unknown = true
			c.Message = "the policy changes, and no answer about the principals and secrets in " +
				"sight does: what it lets others do, or do elsewhere, is not compared"
		}
	}
}

// trusts says whether the change is one of whom a role trusts.
func (r *Resource) trusts() bool {
	return strings.HasPrefix(r.Property, "AssumeRolePolicyDocument") && r.Kind == Modified
}

// explain notes the policies of an estate that have to do with a change of access.
func (r *Report) explain(e *access.Estate, out map[document]bool) {
	who, what := map[string]bool{}, map[string]bool{}
	for i := range r.difference.Changes {
		c := &r.difference.Changes[i]
		who[c.Principal.ID], what[c.Secret.ID] = true, true
	}
	note := func(list ...*access.Document) {
		for _, d := range list {
			if d != nil {
				out[document{d.Stack, d.LogicalID}] = true
			}
		}
	}
	for _, w := range e.Worlds {
		for _, p := range w.Principals {
			if who[p.ID] {
				note(p.Identity...)
				note(p.Boundary)
			}
		}
		for _, s := range w.Secrets {
			if !what[s.ID] {
				continue
			}
			note(s.Policy...)
			for i := range s.Copies {
				if key := s.Copies[i].Key; key != nil {
					note(key.Policy)
				}
			}
		}
	}
}
