package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/verb"
)

// ChangeKind is what became of an answer between two estates.
type ChangeKind uint8

// The kinds of changes. What a reviewer has to see first comes first.
const (
	Unchanged      ChangeKind = iota
	Gains                     // no before, yes or yes-if now
	Widens                    // some circumstance is allowed now that was not
	Changes                   // it widens and narrows
	ChangeNotKnown            // unknown on one side at least, and not by the same
	Narrows                   // some circumstance was allowed that is not now
	Loses                     // yes or yes-if before, no now
)

// String returns the kind as reports write it.
func (k ChangeKind) String() string {
	return [...]string{"nothing", "gains", "widens", "changes", "unknown", "narrows", "loses"}[k]
}

// Change is that a principal can do something else with a copy of a secret than before.
type Change struct {
	Kind              ChangeKind
	Principal, Secret *Subject // as the new estate has them, or else the old one
	Region            string   // of the copy, as it is shown
	ARN               string   // of the copy, as it is shown
	Verb              string   // or a single action, of a verb that is possible in part
	Before, After     *Answer  // many changes may share one; not to be changed
	// Maybe: what the kind does not say may be so as well: a call that widens may narrow, too
	Perhaps bool

	principal, secret, region string // by which the cell is found again
	unit                      int
}

// Evidence is what shows a change: of one that cannot be shown by a request, there is none.
type Evidence struct {
	// requests that are allowed now and were not, and the other way round, one for each permission
	// of one call; nil: there are none such, or none was found
	Gained, Lost []Witness
	// the conditions of templates under which they are, where there are several worlds
	GainedIn, LostIn []NamedTruth
	// the statements that make the difference, those of the new estate first
	Because []Deciding
}

// Becoming is that a principal may become another one now, or may no longer, by their IDs.
type Becoming struct {
	Kind            ChangeKind // Gains or Loses
	Principal, Role string
}

// Difference is what a change of the documents does to access.
type Difference struct {
	// sorted by principal, secret, Region and the order of the verbs; those who are in the new
	// estate are called what they are called there
	Changes    []Change
	Becomings  []Becoming // sorted
	Principals int        // how many were asked about, and how many copies of secrets of each
	Asked      int        // how many pairs of a principal and a copy could not be passed over
	TooMany    bool       // there would be more changes than a report may have
	// conditions are compared by their names, whatever they are defined as: there are more values
	// of parameters than are tried
	ByName bool
	Work   int

	pairs []*worldPair
}

// Compare asks two estates the same questions: what the new one allows whom that the old one did
// not, and the other way round. What nothing that decides has changed of is not asked.
//
// Principals and secrets are the same if what IAM and Secrets Manager hold unique is: partition,
// account, kind and name, or account, Region and name; where that is not known, if they have one
// ID. Who is in one estate alone had, or has, no policies of its own in the other; a secret that
// templates make in one alone is not there in the other.
//
// What holds under conditions of the templates is compared between worlds that are of the same
// values of parameters, however conditions are called and defined.
func Compare(before, after *Estate, verbs []*verb.Verb) *Difference {
	d := &Difference{}
	names := newNames(before, after)
	pairs, decided := pairWorlds(before, after)
	for _, at := range pairs {
		d.pairs = append(d.pairs,
			newWorldPair(names, before.Worlds[at[earlier]], after.Worlds[at[later]], verbs))
	}
	d.ByName = !decided
	touched := newTouched()
	for _, p := range d.pairs {
		p.touch(touched)
	}
	d.Principals = len(touched.principals)
	if len(touched.cells) > 0 {
		d.ask(before, after, touched)
	}
	d.becomings(names, before, after)
	return d
}

// agree says whether two worlds may be of one deployment: no condition holds in one of them alone.
func agree(a, b *World) bool {
	for _, c := range a.Conditions {
		if other := b.holds(c.Name); other != cfn.Maybe && other != cfn.TruthOf(c.Holds) {
			return false
		}
	}
	return true
}

// cellAnswer is what is known of one unit, a verb or a single action, in one pair of worlds.
type cellAnswer struct {
	before, after Answer
	more, less    cfn.Truth // whether some circumstance is allowed now that was not, and reverse
}

// kindOfChange returns what the answers of all pairs of worlds come to, and whether more may be so.
func kindOfChange(before, after Effect, more, less cfn.Truth) (k ChangeKind, perhaps bool) {
	switch {
	case before == Conditional && after == Allow:
		more = cfn.Yes
	case before == Allow && after == Conditional:
		less = cfn.Yes
	}
	switch {
	case before == Unknown || after == Unknown:
		if before == after && more == cfn.No && less == cfn.No {
			return Unchanged, false
		}
		return ChangeNotKnown, false
	case before == Deny && after == Deny:
		return Unchanged, false
	case before == Deny:
		return Gains, false
	case after == Deny:
		return Loses, false
	case more == cfn.Yes && less == cfn.Yes:
		return Changes, false
	case more == cfn.Yes:
		return Widens, less == cfn.Maybe
	case more == cfn.Maybe || less == cfn.Maybe:
		return ChangeNotKnown, false
	case less == cfn.Yes:
		return Narrows, false
	}
	return Unchanged, false
}

// becomings compares who may become whom.
func (d *Difference) becomings(names *names, before, after *Estate) {
	type pair struct{ who, role string }
	list := func(e *Estate) map[pair]Becoming {
		out := map[pair]Becoming{}
		for _, w := range e.Worlds {
			byID := map[string]*Principal{}
			for _, p := range w.Principals {
				byID[p.ID] = p
			}
			for _, p := range w.Principals {
				for _, id := range p.MayBecome {
					role := id
					if r := byID[id]; r != nil {
						role = names.ofPrincipal(r)
					}
					out[pair{names.ofPrincipal(p), role}] = Becoming{Principal: p.ID, Role: id}
				}
			}
		}
		return out
	}
	had, has := list(before), list(after)
	add := func(kind ChangeKind, in, notIn map[pair]Becoming) {
		for k, b := range in {
			if _, both := notIn[k]; !both {
				b.Kind = kind
				d.Becomings = append(d.Becomings, b)
			}
		}
	}
	add(Gains, has, had)
	add(Loses, had, has)
	slices.SortFunc(d.Becomings, func(a, b Becoming) int {
		return cmp.Or(strings.Compare(a.Principal, b.Principal), strings.Compare(a.Role, b.Role),
			cmp.Compare(a.Kind, b.Kind))
	})
}
