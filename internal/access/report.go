package access

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/verb"
)

// Filter chooses by any of the names of a principal, or of a copy of a secret; nil chooses
// everything.
type Filter func(names ...string) bool

// names are what a principal may be chosen by.
func (p *Principal) names() []string {
	return append([]string{p.ID, cfn.Shown(p.ARN)}, p.Also...)
}

// names are what a copy of a secret may be chosen by.
func (s *Secret) names(at int) []string {
	return []string{s.ID, s.Name, cfn.Shown(s.Copies[at].ARN)}
}

// mostRows is how many rows a report has at most, those of all worlds counted.
const mostRows = 1_500_000

// Report asks for every principal, copy of a secret and verb that means something there. Looking at
// metadata is no part of verbs that do something. Where a verb is possible in part, its actions
// stand in its place, each by its own name.
//
// Where nothing is possible there is no row, but for two cases: a statement that denies defeats
// others that allow, or the filters have chosen one principal and one secret.
//
// A report of more than 1,500,000 rows is not made: it says that there are TooMany.
func (e *Estate) Report(verbs []*verb.Verb, principals, secrets Filter) Report {
	var worlds []Report
	rows, work := 0, MostWork
	for _, w := range e.Worlds {
		r := w.report(verbs, principals, secrets, len(e.Worlds) > 1, bounds{mostRows - rows, work})
		work = max(0, work-r.work)
		if rows += len(r.Rows); r.TooMany {
			return Report{Principals: r.Principals, Secrets: r.Secrets, TooMany: true}
		}
		worlds = append(worlds, r)
	}
	r := e.merge(worlds)
	if len(worlds) > 1 {
		r.dropCovered(verbs)
	}
	r.OutOfSight = e.OutOfSight()
	for _, f := range e.Findings {
		r.Findings = append(r.Findings, f.String())
	}
	e.tellChangers(&r, verbs, principals == nil)
	r.dropImplied()
	r.dropUnusedVerbs(len(verbs))
	return r
}

// dropCovered leaves out the rows of single actions that rows of verbs say, too, and of verbs that
// say no although some of their actions are possible.
func (r *Report) dropCovered(verbs []*verb.Verb) {
	var out []Row
	for from := 0; from < len(r.Rows); {
		to := from
		for to < len(r.Rows) && samePlace(&r.Rows[from], &r.Rows[to]) {
			to++
		}
		rows := r.Rows[from:to]
		for _, row := range rows {
			action := r.Verbs[row.Verb]
			covers := func(other Row) bool {
				return int(other.Verb) < len(verbs) &&
					slices.Contains(verbs[other.Verb].OnSecret, action) &&
					(other.Answer.Effect == Allow || sameEffect(other.Answer, row.Answer))
			}
			// to delete so that it can be taken back is no part of deleting at once
			inPart := func(other Row) bool {
				return !verbs[row.Verb].Purges &&
					int(other.Verb) >= len(verbs) && other.Answer.Effect != Deny &&
					slices.Contains(verbs[row.Verb].Essential(), r.Verbs[other.Verb])
			}
			switch {
			case int(row.Verb) >= len(verbs) && slices.ContainsFunc(rows, covers):
			case int(row.Verb) < len(verbs) && row.Answer.Effect == Deny &&
				slices.ContainsFunc(rows, inPart):
			default:
				out = append(out, row)
			}
		}
		from = to
	}
	looks := make([]bool, len(r.Verbs))
	for i := len(verbs); i < len(looks); i++ {
		looks[i] = verb.Looks(r.Verbs[i])
	}
	r.Rows = nil
	for from := 0; from < len(out); {
		to := from
		for to < len(out) && out[to].Principal == out[from].Principal {
			to++
		}
		r.Rows = append(r.Rows, withoutLooks(out[from:to], looks)...)
		from = to
	}
}

// samePlace says whether two rows are of one principal and one copy of a secret.
func samePlace(a, b *Row) bool {
	return a.Principal == b.Principal && a.Secret == b.Secret && a.Region == b.Region
}

// dropImplied leaves out what the identities of an account can do because everybody can.
func (r *Report) dropImplied() {
	all := slices.IndexFunc(r.Principals, func(s Subject) bool {
		return s.Kind == EverybodyPrincipal.String() && s.ARN == "*"
	})
	if all < 0 {
		return
	}
	type at struct {
		secret       int32
		region, verb int16
	}
	have := map[at]*Answer{}
	for _, row := range r.Rows {
		if int(row.Principal) == all {
			have[at{row.Secret, row.Region, row.Verb}] = row.Answer
		}
	}
	implied := func(row Row) bool {
		kind := r.Principals[row.Principal].Kind
		if int(row.Principal) == all || kind != EverybodyPrincipal.String() {
			return false
		}
		a := have[at{row.Secret, row.Region, row.Verb}]
		return a != nil && sameEffect(a, row.Answer)
	}
	r.Rows = slices.DeleteFunc(r.Rows, implied)
	r.dropEmpty(func(s Subject) bool {
		return s.Kind == EverybodyPrincipal.String() && s.ARN != "*"
	})
}

// dropEmpty leaves out principals without rows that are meant.
func (r *Report) dropEmpty(meant func(Subject) bool) {
	used := make([]bool, len(r.Principals))
	for _, row := range r.Rows {
		used[row.Principal] = true
	}
	to := make([]int32, len(r.Principals))
	var kept []Subject
	for i, s := range r.Principals {
		to[i] = int32(len(kept))
		if used[i] || !meant(s) {
			kept = append(kept, s)
		}
	}
	for i := range r.Rows {
		r.Rows[i].Principal = to[r.Rows[i].Principal]
	}
	r.Principals = kept
}

// sameEffect says whether two answers have the same effect, under the same conditions.
func sameEffect(a, b *Answer) bool {
	same := func(x, y Condition) bool {
		return x.Operator == y.Operator && x.Key == y.Key && slices.Equal(x.Values, y.Values)
	}
	return a.Effect == b.Effect && slices.EqualFunc(a.Conditions, b.Conditions, same)
}

// String says what is public, as a clause.
func (f Public) String() string {
	at := f.Document.LogicalID
	if f.Document.Stack != "" {
		at = f.Document.Stack + ", " + at
	}
	text := at + ": a statement of the " + f.Document.Name() + " lets everybody in"
	if left := leftOut(f.Rule.Principals); left != "" {
		text += " but " + left
	}
	return text
}

// dropUnusedVerbs leaves out the names of single actions that no row has.
func (r *Report) dropUnusedVerbs(verbs int) {
	used := make([]bool, len(r.Verbs))
	for i := range r.Rows {
		used[r.Rows[i].Verb] = true
	}
	to := make([]int16, len(r.Verbs))
	var kept []string
	for i, name := range r.Verbs {
		to[i] = int16(len(kept))
		if i < verbs || used[i] {
			kept = append(kept, name)
		}
	}
	for i := range r.Rows {
		r.Rows[i].Verb = to[r.Rows[i].Verb]
	}
	r.Verbs = kept
}
