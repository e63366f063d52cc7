package access

import (
	"slices"
	"sync"

	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/verb"
)

// Prover asks many single questions of a world. It keeps the answers: two questions of one
// principal whose secrets differ in nothing that the documents ask for have one. It is for several
// goroutines.
type Prover struct {
	a     *asker
	at    map[*Secret]int32 // the place of its first copy, which those of the others follow
	who   map[*Principal]int32
	verbs map[string]bool // that the finder knows
	reach []reach         // of the principals

	rooms, finders sync.Pool // of *worker

	mu         sync.Mutex
	signatures map[asking]int32
	known      map[question]provedAnswer
}

// reach is where a principal may be allowed something.
type reach struct {
	once   sync.Once
	places []int32 // sorted
	all    bool
}

// asking is a principal and a place that it asks about; question is a verb for what differs in
// nothing from these.
type (
	asking struct {
		who   *Principal
		place int32
	}
	question struct {
		who       *Principal
		signature int32
		verb      string
	}
)

type provedAnswer struct {
	answer Answer
	only   []string
}

// NewProver returns a prover for a world, which must not change any more. Of the verbs, what nobody
// can do is found without asking; others can be asked for, too.
func NewProver(w *World, verbs []*verb.Verb) *Prover {
	p := &Prover{
		a:     &asker{world: w, verbs: verbs, principals: w.Principals},
		at:    make(map[*Secret]int32, len(w.Secrets)),
		who:   make(map[*Principal]int32, len(w.Principals)),
		verbs: map[string]bool{}, reach: make([]reach, len(w.Principals)),
		signatures: map[asking]int32{}, known: map[question]provedAnswer{},
	}
	for _, s := range w.Secrets {
		if _, again := p.at[s]; !again {
			p.at[s] = int32(len(p.a.places))
		}
		for at := range s.Copies {
			p.a.places = append(p.a.places, place{secret: s, at: at})
		}
	}
	p.a.readAsked()
	p.a.readVerbs()
	steps := []func(){p.a.classify, func() { p.a.named = newFinder(p.a) }}
	parallel.Each(len(steps), func(i int) { steps[i]() }) // neither sees what the other makes
	for i, who := range w.Principals {
		p.who[who] = int32(i)
	}
	for i := range verbs {
		p.verbs[verbs[i].Name] = true
	}
	p.rooms.New = func() any { return &worker{asker: p.a} }
	p.finders.New = func() any { return p.a.newWorker() }
	return p
}

// Ask is Ask of a principal and a secret of the world.
func (p *Prover) Ask(who *Principal, v *verb.Verb, s *Secret, at int) (Answer, []string) {
	first, known := p.at[s]
	if !known || at >= len(s.Copies) {
		return Ask(who, v, s, at)
	}
	place := first + int32(at)
	if p.verbs[v.Name] && !p.reaches(who, place) {
		return Answer{}, nil
	}
	q := question{who, p.signature(who, place), v.Name}
	p.mu.Lock()
	have, ok := p.known[q]
	p.mu.Unlock()
	if !ok {
		have.answer, have.only = Ask(who, v, s, at)
		p.mu.Lock()
		p.known[q] = have
		p.mu.Unlock()
	}
	return have.answer, have.only
}

// reaches says whether a principal may be allowed something in a place.
func (p *Prover) reaches(who *Principal, at int32) bool {
	number, known := p.who[who]
	if !known {
		return true
	}
	r := &p.reach[number]
	r.once.Do(func() {
		w := p.finders.Get().(*worker)
		found := w.candidates(number)
		if r.all = len(found) == len(p.a.places); !r.all {
			r.places = slices.Clone(found)
		}
		p.finders.Put(w)
	})
	if r.all {
		return true
	}
	_, found := slices.BinarySearch(r.places, at)
	return found
}

// signature returns the number of the signature of a question.
func (p *Prover) signature(who *Principal, at int32) int32 {
	key := asking{who, at}
	p.mu.Lock()
	n, ok := p.signatures[key]
	p.mu.Unlock()
	if ok {
		return n
	}
	w := p.rooms.Get().(*worker)
	w.key = w.signature(w.key[:0], who, &p.a.places[at])
	n = p.a.texts.numberOf(w.key)
	p.rooms.Put(w)
	p.mu.Lock()
	p.signatures[key] = n
	p.mu.Unlock()
	return n
}
