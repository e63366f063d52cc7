package access

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Report is the matrix of who can do what.
type Report struct {
	Verbs      []string  // in the order of their rows
	Principals []Subject // who was asked about, sorted by ID, also those who can do nothing
	Secrets    []Subject // what was asked about, sorted by ID, also what nobody can do anything with
	Rows       []Row     // sorted by principal, secret, Region and the order of the verbs
	Problems   []string  // what is out of sight, as clauses
}

// Subject is a principal or a secret of a report.
type Subject struct {
	ID      string
	ARN     string   // of a service its name
	Regions []string // of a secret: its own, then those of its replicas that were asked about
}

// Row says what a principal can do with a copy of a secret.
type Row struct {
	Principal, PrincipalARN   string
	Secret, SecretARN, Region string
	Verb                      string
	Effect                    Effect
	Conditions                []Condition
}

// Report asks for every principal, copy of a secret and verb that means something there. The functions choose by ID and ARN, a secret by the ARN of each of its
// copies; nil chooses everything. Where neither allows anything there is no row, but for two cases: a statement that denies defeats others that allow, or the
// functions have chosen one principal and one secret.
func (e *Estate) Report(verbs []Verb, principals, secrets func(id, arn string) bool) Report {
	f := newFinder(e, verbs, principals, secrets)
	everything := principals != nil && secrets != nil && len(f.principals) == 1 && len(f.secrets()) == 1
	r := Report{Secrets: f.secrets(), Rows: f.ask(f.candidates(everything), everything)}
	for i := range verbs {
		r.Verbs = append(r.Verbs, verbs[i].Name)
	}
	for _, p := range f.principals {
		r.Principals = append(r.Principals, Subject{ID: p.ID, ARN: p.Caller.ARN})
		for _, arn := range p.Unknown {
			r.Problems = append(r.Problems, "the policy "+arn+" of "+p.ID+" is not in the templates, so that what it allows and denies is out of sight")
		}
	}
	return r
}

// candidate is a question whose answer may be other than no.
type candidate struct {
	principal int32 // index in finder.principals
	place     int32 // index in finder.places
	verb      uint8
}

// inParallel calls a function for the numbers below n, on all cores. It gives each worker one value of its own.
func inParallel[T any](n int, own func() T, do func(i int, own T)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			mine := own()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i, mine)
			}
		})
	}
	all.Wait()
}

// candidates returns every question whose answer may be other than no, in the order of a report; with everything, all questions.
func (f *finder) candidates(everything bool) []candidate {
	found := make([][]candidate, len(f.principals))
	inParallel(len(f.principals), f.newReach, func(i int, r *reach) {
		for place, verbs := range f.may(i, r, everything) {
			for verb := range f.verbs {
				if verbs&(1<<verb) != 0 {
					found[i] = append(found[i], candidate{int32(i), int32(place), uint8(verb)})
				}
			}
		}
	})
	return slices.Concat(found...)
}

// ask answers questions. Answers that are no are left out unless a statement defeats others, or everything is wanted.
func (f *finder) ask(questions []candidate, everything bool) []Row {
	const atOnce = 256
	rows := make([][]Row, (len(questions)+atOnce-1)/atOnce)
	inParallel(len(rows), func() map[general]answered { return map[general]answered{} }, func(i int, known map[general]answered) {
		for _, c := range questions[i*atOnce : min((i+1)*atOnce, len(questions))] {
			if a := f.answer(c, known); a.effect != Deny || a.defeated || everything {
				rows[i] = append(rows[i], f.row(c, a))
			}
		}
	})
	return slices.Concat(rows...)
}

// general is a question that is not about one secret but about all of an account's: listing.
type general struct {
	principal       int32
	verb            uint8
	account, region string
}

// answered is what a report says of a question.
type answered struct {
	effect     Effect
	conditions []Condition
	defeated   bool // of a no: it would be none but for statements that deny
}

// answer answers one question. known has what was answered before.
func (f *finder) answer(c candidate, known map[general]answered) answered {
	p, v, at := f.principals[c.principal], &f.verbs[c.verb], f.places[c.place]
	if !v.lists() {
		return f.askTwice(p, v, at)
	}
	key := general{c.principal, c.verb, at.secret.Account, at.copy().Region}
	a, ok := known[key]
	if !ok {
		a = f.askTwice(p, v, at)
		known[key] = a
	}
	return a
}

// askTwice asks, and after a no again without the statements that deny.
func (f *finder) askTwice(p *Principal, v *Verb, at place) answered {
	a := f.estate.Ask(p, v, at.secret, at.index)
	out := answered{effect: a.Effect, conditions: a.Conditions}
	if a.Effect != Deny {
		return out
	}
	allowing, secret := f.mild.principal(p), f.mild.secret(at.secret)
	if allowing != p || secret != at.secret {
		out.defeated = f.estate.Ask(allowing, v, secret, at.index).Effect != Deny
	}
	return out
}

func (f *finder) row(c candidate, a answered) Row {
	p, at := f.principals[c.principal], f.places[c.place]
	return Row{
		Principal: p.ID, PrincipalARN: p.Caller.ARN, Secret: at.secret.ID, SecretARN: at.copy().ARN, Region: at.copy().Region,
		Verb: f.verbs[c.verb].Name, Effect: a.effect, Conditions: a.conditions,
	}
}
