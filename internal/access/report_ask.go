package access

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/verb"
)

// place is a copy of a secret that is asked about.
type place struct {
	secret *Secret
	at     int   // in its Copies
	number int32 // of the secret in the report
	region int16 // of the copy in the secret's Subject
	own    *ownPart
}

func (p *place) arn() string { return p.secret.Copies[p.at].ARN }

// asker is a report while it is made.
type asker struct {
	world      *World
	verbs      []*verb.Verb
	calls      []call     // every call of the verbs, each once
	needs      [2][][]int // of each verb, on a secret and on a replica: its calls
	single     []int      // of the rows for single actions: their calls
	principals []*Principal
	places     []place
	everything bool
	// there are other worlds: actions have rows whether or not a verb's row says the same here
	oneOfMany  bool
	patterns   sync.Map              // *Document or its *wording → *arnPatterns
	contents   map[any]int32         // of documents or their wordings
	rotating   map[string][]rotating // by the ID of the secret
	texts      texts
	coverage   coverage
	tags       map[string]bool // of secrets, that some document asks for
	classes    sync.Mutex      // of what follows and of contents
	keyClasses map[*Key]string // of plain keys
	keysAsked  map[string]bool // to which some document holds the key that a call gives a secret
	named      *finder
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
	a.readAsked()
	steps := []func(){a.classify, func() { a.named = newFinder(a) }}
	parallel.Each(len(steps), func(i int) { steps[i]() }) // neither sees what the other makes
	a.rows(&r, most)
	return r
}

// subject is the principal as a report shows it.
func (p *Principal) subject() Subject {
	return Subject{
		ID: p.ID, ARN: cmp.Or(p.Shown, cfn.Shown(p.ARN)), Kind: p.Kind.String(), Note: p.Note,
		MayBecome: p.MayBecome, Account: cfn.Shown(p.Account),
	}
}

// add takes up the copies of a secret that are chosen: its own first in the subject, in the order
// of their Regions in the rows.
func (a *asker) add(r *Report, s *Secret, chosen Filter) {
	subject := Subject{ID: s.ID, ARN: cfn.Shown(s.Copies[0].ARN), Note: s.Note,
		Account: cfn.Shown(s.Account)}
	number := int32(len(r.Secrets))
	first := len(a.places)
	for i := range s.Copies {
		if chosen == nil || chosen(s.names(i)...) {
			a.places = append(a.places,
				place{secret: s, at: i, number: number, region: int16(len(subject.Regions))})
			subject.Regions = append(subject.Regions, cfn.Shown(s.Copies[i].Region))
			subject.ARNs = append(subject.ARNs, cfn.Shown(s.Copies[i].ARN))
			key := ""
			if s.Copies[i].Key != nil {
				key = s.Copies[i].Key.ID
			}
			subject.Keys = append(subject.Keys, key)
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

// callKind is what tells calls apart.
type callKind struct {
	name     aws.Action
	anywhere string
	purges   bool
}

// readVerbs lists the calls of all verbs. Actions of which a verb is possible in part have rows of
// their own.
func (a *asker) readVerbs() {
	byKind := map[callKind]int{}
	number := func(c call) int {
		kind := callKind{name: c.name, anywhere: strings.Join(c.anywhere, ","), purges: c.purges}
		at, ok := byKind[kind]
		if !ok {
			at = len(a.calls)
			byKind[kind] = at
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

// classify makes room for what is the same of places that differ in nothing but their ARN.
func (a *asker) classify() {
	a.readRotations()
	a.classifySome(a.places)
}

// classifySome is classify of some places, once it is known who rotates which secret.
func (a *asker) classifySome(places []place) {
	own := make([]ownPart, len(places))
	for i := range places {
		places[i].own = &own[i]
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
	known  map[string][]reportAnswer
	key    []byte
	ownKey []byte     // of the place
	arns   []askedARN // of the question whose signature is made
	met    []int32
	lists  []metList // of a document; said and saying are room likewise
	said   []int32
	saying []byte
	seen   []int32 // by place: the principal for which it was found last, and 1
	found  []int32
	work   int // steps that the questions of the principal have taken
	left   int // how many they may take
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
			answer := askWider(p, at.secret, at.at, &w.calls[c])
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
