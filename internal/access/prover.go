package access

import (
	"sync"

	"github.com/secretctl/secretctl/internal/verb"
)

// Prover asks many single questions of a world. It keeps the answers: two questions of one
// principal whose secrets differ in nothing that the documents ask for have one. It is for several
// goroutines.
type Prover struct {
	a     *asker
	at    map[*Secret][]int32 // by copy: places
	who   map[*Principal]int32
	verbs map[string]bool // that the finder knows

	rooms sync.Pool // of *worker

	mu         sync.Mutex
	worker     *worker                       // that finds them
	reach      map[*Principal]map[int32]bool // places in which a principal may be allowed something
	signatures map[asking]int32
	known      map[question]provedAnswer
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
		a: &asker{world: w, verbs: verbs, principals: w.Principals}, at: map[*Secret][]int32{},
		who: map[*Principal]int32{}, verbs: map[string]bool{},
		reach: map[*Principal]map[int32]bool{}, signatures: map[asking]int32{},
		known: map[question]provedAnswer{},
	}
	for _, s := range w.Secrets {
		for at := range s.Copies {
			p.a.places = append(p.a.places, place{secret: s, at: at})
		}
	}
	p.a.readAsked()
	p.a.classify()
	p.a.readVerbs()
	p.a.named = newFinder(p.a)
	for i := range p.a.places {
		one := &p.a.places[i]
		if p.at[one.secret] == nil {
			p.at[one.secret] = make([]int32, len(one.secret.Copies))
		}
		p.at[one.secret][one.at] = int32(i)
	}
	for i, who := range w.Principals {
		p.who[who] = int32(i)
	}
	for i := range verbs {
		p.verbs[verbs[i].Name] = true
	}
	return p
}

// Ask is Ask of a principal and a secret of the world.
func (p *Prover) Ask(who *Principal, v *verb.Verb, s *Secret, at int) (Answer, []string) {
	places := p.at[s]
	if at >= len(places) {
		return Ask(who, v, s, at)
	}
	place := places[at]
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
	p.mu.Lock()
	defer p.mu.Unlock()
	reach, ok := p.reach[who]
	if !ok {
		if p.worker == nil {
			p.worker = p.a.newWorker()
		}
		w := p.worker
		reach = map[int32]bool{}
		for _, place := range w.candidates(number) {
			reach[place] = true
		}
		p.reach[who] = reach
	}
	return reach[at]
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
	w, ok := p.rooms.Get().(*worker)
	if !ok {
		w = &worker{asker: p.a}
	}
	w.key = w.signature(w.key[:0], who, &p.a.places[at])
	n = p.a.texts.numberOf(w.key)
	p.rooms.Put(w)
	p.mu.Lock()
	p.signatures[key] = n
	p.mu.Unlock()
	return n
}
