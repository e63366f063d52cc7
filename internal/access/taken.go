package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/english"
)

// Taken is something that no document states, or that cannot be read, and how it is taken.
type Taken struct {
	// the ID of the principal, secret or key that it is about; empty: it is about more than one
	About  string
	Clause string // behind the ID, as of one; without About the whole clause
	Plural string // the same as of several; empty: of each it is told apart
}

// mostNamed is how many names stand in one clause.
const mostNamed = 8

// OutOfSight returns, as clauses, what is out of sight and how it is taken; sorted, each once. What
// is said of several is said once.
func (e *Estate) OutOfSight() []string {
	return clausesOf(e.Taken, func(Taken) bool { return true })
}

// OutOfSightOf is OutOfSight for a question about things of these IDs.
func (e *Estate) OutOfSightOf(ids ...string) []string {
	return clausesOf(e.Taken, func(t Taken) bool {
		return t.About == "" || slices.Contains(ids, t.About)
	})
}

func clausesOf(list []Taken, told func(Taken) bool) []string {
	names := map[Taken][]string{}
	var out []string
	for _, t := range list {
		switch {
		case !told(t):
		case t.Plural == "":
			out = append(out, strings.TrimSpace(t.About+" "+t.Clause))
		default:
			key := Taken{Clause: t.Clause, Plural: t.Plural}
			names[key] = append(names[key], t.About)
		}
	}
	for key, list := range names {
		slices.Sort(list)
		list = slices.Compact(list)
		if len(list) == 1 {
			out = append(out, list[0]+" "+key.Clause)
			continue
		}
		out = append(out, english.Some(list, mostNamed)+" "+key.Plural)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func compareTaken(a, b Taken) int {
	return cmp.Or(strings.Compare(a.Clause, b.Clause), strings.Compare(a.About, b.About),
		strings.Compare(a.Plural, b.Plural))
}
