package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/parallel"
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
			inPart := func(other Row) bool {
				return int(other.Verb) >= len(verbs) && other.Answer.Effect != Deny &&
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
		if s := r.Principals[row.Principal]; int(row.Principal) == all ||
			s.Kind != EverybodyPrincipal.String() {
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

// place is a copy of a secret that is asked about.
type place struct {
	secret *Secret
	at     int   // in its Copies
	number int32 // of the secret in the report
	region int16 // of the copy in the secret's Subject
	class  int32 // of places that differ in nothing but their ARN
}

func (p *place) arn() string { return p.secret.Copies[p.at].ARN }

// asker is a report while it is made.
type asker struct {
	world      *World
	verbs      []*verb.Verb
	calls      []call         // every call of the verbs, each once
	byAction   map[string]int // calls by what they do
	needs      [2][][]int     // of each verb, on a secret and on a replica: its calls
	single     []int          // of the rows for single actions: their calls
	principals []*Principal
	places     []place
	everything bool
	// there are other worlds: actions have rows whether or not a verb's row says the same here
	oneOfMany bool
	patterns  sync.Map // *Document → *arnPatterns
	texts     texts
	coverage  coverage
	tags      map[string]bool // of secrets, that some document asks for
	named     *finder
}

func (w *World) report(
	verbs []*verb.Verb, principals, secrets Filter, oneOfMany bool, most bounds,
) Report {
	a := &asker{world: w, verbs: verbs, oneOfMany: oneOfMany}
	var r Report
	for _, p := range w.Principals {
		if principals == nil || principals(p.names()...) {
			a.principals = append(a.principals, p)
			r.Principals = append(r.Principals, p.subject())
		}
	}
	for _, s := range w.Secrets {
		a.add(&r, s, secrets)
	}
	a.readVerbs()
	for i := range verbs {
		r.Verbs = append(r.Verbs, verbs[i].Name)
	}
	for _, c := range a.single {
		r.Verbs = append(r.Verbs, a.calls[c].name)
	}
	a.everything = principals != nil && secrets != nil && len(a.principals) == 1 &&
		len(r.Secrets) == 1
	a.tags = a.tagsAsked()
	a.classify()
	a.named = newFinder(a)
	a.rows(&r, most)
	return r
}

// subject is the principal as a report shows it.
func (p *Principal) subject() Subject {
	return Subject{
		ID: p.ID, ARN: cmp.Or(p.Shown, cfn.Shown(p.ARN)), Kind: p.Kind.String(), Note: p.Note,
		MayBecome: p.MayBecome,
	}
}

// add takes up the copies of a secret that are chosen: its own first in the subject, in the order
// of their Regions in the rows.
func (a *asker) add(r *Report, s *Secret, chosen Filter) {
	subject := Subject{ID: s.ID, ARN: cfn.Shown(s.Copies[0].ARN), Note: s.Note}
	number := int32(len(r.Secrets))
	first := len(a.places)
	for i := range s.Copies {
		if chosen == nil || chosen(s.names(i)...) {
			a.places = append(a.places,
				place{secret: s, at: i, number: number, region: int16(len(subject.Regions))})
			subject.Regions = append(subject.Regions, cfn.Shown(s.Copies[i].Region))
			subject.ARNs = append(subject.ARNs, cfn.Shown(s.Copies[i].ARN))
		}
	}
	if len(subject.Regions) == 0 {
		return
	}
	slices.SortStableFunc(a.places[first:], func(x, y place) int {
		return strings.Compare(s.Copies[x.at].Region, s.Copies[y.at].Region)
	})
	r.Secrets = append(r.Secrets, subject)
}

// readVerbs lists the calls of all verbs. Actions of which a verb is possible in part have rows of
// their own.
func (a *asker) readVerbs() {
	a.byAction = map[string]int{}
	number := func(c call) int {
		key := fmt.Sprint(c.name, "\n", strings.Join(c.anywhere, ","), "\n", c.purges)
		at, ok := a.byAction[key]
		if !ok {
			at = len(a.calls)
			a.byAction[key] = at
			a.calls = append(a.calls, c)
		}
		return at
	}
	var actions []aws.Action
	for i := range a.verbs {
		for at := range 2 {
			var list []int
			for _, c := range callsOf(a.verbs[i], at) {
				list = append(list, number(c))
			}
			if !a.verbs[i].Reaches(at) {
				list = nil
			}
			a.needs[at] = append(a.needs[at], list)
		}
		actions = append(actions, a.verbs[i].OnSecret...)
	}
	slices.Sort(actions)
	for _, action := range slices.Compact(actions) {
		a.single = append(a.single, number(newCall(action)))
	}
}

// classify gives places the same class that differ in nothing but their ARN.
func (a *asker) classify() {
	for i := range a.places {
		a.places[i].class = a.texts.number(a.classOf(&a.places[i]))
	}
}

// reportAnswer are the rows of one principal and one place, without their principal and place.
type reportAnswer struct {
	verb   int16
	answer *Answer
}

// bounds are how many rows there may be, and how many steps may be taken for them.
type bounds struct{ rows, work int }

// rows asks everything, and reports what is to be told, sorted; or that it is more than a number of
// rows.
func (a *asker) rows(r *Report, most bounds) {
	found := make([]principalRows, len(a.principals))
	var n, work atomic.Int64
	parallel.With(len(a.principals), a.newWorker, func(i int, w *worker) {
		one := &found[i]
		if one.left = n.Load() > int64(most.rows) || work.Load() >= int64(most.work); one.left {
			return
		}
		w.left = most.work
		one.rows = w.principal(int32(i), most.rows)
		one.work = w.work
		n.Add(int64(len(one.rows)))
		work.Add(int64(w.work))
	})
	if r.work, r.TooMany = a.within(found, most); r.TooMany {
		return
	}
	total := 0
	for i := range found {
		total += len(found[i].rows)
	}
	r.Rows = make([]Row, 0, total)
	for i := range found {
		r.Rows, found[i].rows = append(r.Rows, found[i].rows...), nil
	}
}

// worker asks for one principal after another.
type worker struct {
	*asker
	known map[string][]reportAnswer
	key   []byte
	seen  []int32 // by place: the principal for which it was found last, and 1
	found []int32
	work  int // steps that the questions of the principal have taken
	left  int // how many they may take
}

func (a *asker) newWorker() *worker { return &worker{asker: a, seen: make([]int32, len(a.places))} }

// principal returns the rows of a principal, or some more than a number of them.
func (w *worker) principal(i int32, most int) []Row {
	p := w.principals[i]
	w.known, w.work = map[string][]reportAnswer{}, 0
	var rows []Row
	for _, at := range w.candidates(i) {
		place := &w.places[at]
		list := w.answers(p, place)
		if len(rows) > most {
			return rows
		}
		for _, one := range list {
			rows = append(rows, Row{
				Principal: i, Secret: place.number, Region: place.region, Verb: one.verb,
				Answer: one.answer,
			})
		}
	}
	if w.oneOfMany {
		return rows
	}
	return withoutLooks(rows, w.looks())
}

// answers answers for one principal and one place, if there are steps left for it.
func (w *worker) answers(p *Principal, at *place) []reportAnswer {
	if w.work >= w.left && !w.everything {
		return w.notAsked(p, at)
	}
	w.key = w.signature(w.key[:0], p, at)
	list, ok := w.known[string(w.key)]
	if !ok || w.everything { // a witness is of one copy
		list = w.ask(p, at)
		w.known[string(w.key)] = list
	}
	return list
}

// looks says of each row's verb whether it is a single action that only looks at metadata.
func (a *asker) looks() []bool {
	out := make([]bool, len(a.verbs)+len(a.single))
	for i, c := range a.single {
		out[len(a.verbs)+i] = verb.Looks(a.calls[c].name)
	}
	return out
}

// withoutLooks leaves out the rows of looking at metadata where the principal can do a verb
// somewhere with the secret.
func withoutLooks(rows []Row, looks []bool) []Row {
	var out []Row
	for from := 0; from < len(rows); {
		to, verb := from, false
		for to < len(rows) && rows[to].Secret == rows[from].Secret {
			verb = verb || !looks[rows[to].Verb] && rows[to].Answer.Effect != Deny
			to++
		}
		for _, r := range rows[from:to] {
			if !verb || !looks[r.Verb] {
				out = append(out, r)
			}
		}
		from = to
	}
	return out
}

// ask answers for one principal and one place: the verbs, and the single actions that say more than
// the verbs do.
func (w *worker) ask(p *Principal, at *place) []reportAnswer {
	calls := make([]*callAnswer, len(w.calls))
	get := func(c int) *callAnswer {
		if calls[c] == nil {
			answer := askFast(p, at.secret, at.at, &w.calls[c])
			w.work += 1 + answer.work
			calls[c] = &answer
		}
		return calls[c]
	}
	var out []reportAnswer
	covered := map[string]Effect{}
	for i := range w.verbs {
		needs := w.needs[min(at.at, 1)][i]
		if len(needs) == 0 {
			continue
		}
		answer := w.verbAnswer(needs, get)
		if answer.Effect != Deny && !w.oneOfMany {
			for _, action := range w.verbs[i].OnSecret {
				covered[action] = max(covered[action], answer.Effect)
			}
		}
		if answer.Effect != Deny || answer.Explicit || w.everything {
			out = append(out, reportAnswer{int16(i), &answer})
		}
	}
	for n, c := range w.single {
		action := w.calls[c].onSecret
		if at.at > 0 && !aws.OnReplica(action) {
			continue
		}
		if one := get(c); one.Effect > covered[action] {
			answer := one.Answer
			answer.tidy()
			if w.everything && answer.Effect >= Conditional {
				answer.Witness = one.witness()
			}
			out = append(out, reportAnswer{int16(len(w.verbs) + n), &answer})
		}
	}
	return out
}

// verbAnswer is the answer for a verb that needs some calls; where only a part of them is possible,
// it is no.
func (w *worker) verbAnswer(needs []int, get func(c int) *callAnswer) Answer {
	list, answers := make([]call, len(needs)), make([]callAnswer, len(needs))
	for n, c := range needs {
		list[n], answers[n] = w.calls[c], *get(c)
	}
	answer, only := together(list, answers)
	if only != nil { // in part
		answer = Answer{}
	}
	if w.everything && answer.Effect >= Conditional {
		answer.Witness = witnesses(answers)
	}
	return answer
}
