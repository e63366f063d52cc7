package policy

import (
	"cmp"
	"slices"
)

// makeOptions lists the ways in which each question may be allowed.
func (p *problem) makeOptions() {
	for _, a := range p.questions {
		a.options[strict] = a.optionsOf(strict)
		a.options[lenient] = a.options[strict]
		if a.hasUnread() {
			a.options[lenient] = a.optionsOf(lenient)
		}
	}
}

// optionsOf lists the ways in which a question may be allowed, as decide combines policies. Ways
// that ask for more than another are left out.
func (a *questionClauses) optionsOf(m mode) []option {
	identity := usable(a.identity, m, NamedByAccount)
	boundary := usable(a.boundary, m, NamedByAccount)
	resource := usable(a.resource, m, NamedByAccount)
	asRole, directly := ofNaming(resource, NamedAsRole), ofNaming(resource, NamedDirectly)
	root, service := a.Caller.Kind == AccountRoot, a.Caller.Kind == ServicePrincipal
	own := !service && (a.Owner == "" || a.Owner == a.Caller.account())
	var out []option
	add := func(reason Reason, groups ...[]*clause) { out = a.combine(out, reason, groups) }
	switch {
	case service, root && (a.Policies.Key || !own):
		add(AllowedByResource, resource)
	case root:
		add(AllowedAsRoot)
	default:
		limits := [][]*clause{}
		if a.Policies.Boundary != nil {
			limits = append(limits, boundary)
		}
		byIdentity := append([][]*clause{identity}, limits...)
		if own {
			add(AllowedByResource, directly)
			add(AllowedByResource, append([][]*clause{asRole}, limits...)...)
		}
		if own && !a.Policies.Key {
			add(AllowedByIdentity, byIdentity...)
		} else {
			add(AllowedByBoth, append(byIdentity, resource)...)
		}
	}
	return absorbed(out)
}

// usable returns the statements that count in a mode.
func usable(list []clause, m mode, least Naming) []*clause {
	var out []*clause
	for i := range list {
		if c := &list[i]; c.naming >= least && (m == lenient || len(c.unread) == 0) {
			out = append(out, c)
		}
	}
	return needed(out)
}

// hasUnread says whether a statement has to do with the question of which nobody can read whether
// it holds.
func (a *questionClauses) hasUnread() bool {
	for _, list := range [...][]clause{a.identity, a.boundary, a.resource, a.deny} {
		if slices.ContainsFunc(list, func(c clause) bool { return len(c.unread) > 0 }) {
			return true
		}
	}
	return false
}

// needed leaves out statements that ask for more than another of at least the same naming.
func needed(list []*clause) []*clause {
	if len(list) < 2 {
		return list
	}
	var out []*clause
	for i, c := range list {
		better := func(j int) bool {
			d := list[j]
			return d.naming >= c.naming && subset(d.atoms, c.atoms) &&
				len(d.unread) <= len(c.unread) &&
				(len(d.atoms) < len(c.atoms) || d.naming > c.naming ||
					len(d.unread) < len(c.unread) || j < i)
		}
		dropped := false
		for j := range list {
			if j != i && better(j) {
				dropped = true
				break
			}
		}
		if !dropped {
			out = append(out, c)
		}
	}
	return out
}

func ofNaming(list []*clause, naming Naming) []*clause {
	var out []*clause
	for _, c := range list {
		if c.naming == naming {
			out = append(out, c)
		}
	}
	return out
}

// combine adds every choice of one statement of each group.
func (a *questionClauses) combine(out []option, reason Reason, groups [][]*clause) []option {
	if slices.ContainsFunc(groups, func(group []*clause) bool { return len(group) == 0 }) {
		return out
	}
	made := []option{{reason: reason}}
	for _, group := range groups {
		next := make([]option, 0, min(mostOptions, len(made)*len(group)))
		for _, o := range made {
			for _, c := range group {
				if len(next) == mostOptions {
					a.tooMany = true
					break
				}
				next = append(next,
					option{union(o.atoms, c.atoms), append(slices.Clip(o.clauses), c), reason})
			}
		}
		made = next
	}
	return append(out, made...)
}

// absorbed leaves out options that ask for more than another one, and puts those that ask for least
// first.
func absorbed(list []option) []option {
	if len(list) < 2 {
		return list
	}
	slices.SortStableFunc(list, func(a, b option) int {
		return cmp.Or(cmp.Compare(unreadIn(a), unreadIn(b)),
			cmp.Compare(len(a.atoms), len(b.atoms)))
	})
	var out []option
	for _, o := range list {
		if !slices.ContainsFunc(out, func(have option) bool {
			return subset(have.atoms, o.atoms) && unreadIn(have) <= unreadIn(o)
		}) {
			out = append(out, o)
		}
	}
	return out
}

func unreadIn(o option) int {
	n := 0
	for _, c := range o.clauses {
		n += len(c.unread)
	}
	return n
}

// subset says whether every element of a sorted list is in another.
func subset[E cmp.Ordered](a, b []E) bool {
	j := 0
	for _, x := range a {
		for j < len(b) && b[j] < x {
			j++
		}
		if j == len(b) || b[j] != x {
			return false
		}
	}
	return true
}

// union returns the elements of two sorted lists, sorted.
func union[E cmp.Ordered](a, b []E) []E {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
