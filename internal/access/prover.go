package access

import (
	"slices"
	"sync"

	"github.com/secretctl/secretctl/internal/verb"
)

// Prover asks many single questions of a world. It keeps the answers: two questions of one
// principal whose secrets differ in nothing that the documents ask for have one. It is for several
// goroutines.
type Prover struct {
	a     *asker
	at    map[*Secret]int32 // the place of its first copy, which those of the others follow
	who   map[*Principal]*proved
	verbs map[string]bool // that the finder knows

	rooms, finders sync.Pool // of *worker
	found          sync.Once // is done when there is a finder
}

// proved is what was found out about a principal.
type proved struct {
	number int32

	once   sync.Once
	places []int32 // where it may be allowed something, sorted
	all    bool    // that is everywhere

	mu         sync.Mutex
	signatures map[int32]int32 // of its questions, by places
	known      map[question]provedAnswer
}

// question is a verb for what differs in nothing from a place of a signature.
type question struct {
	signature int32
	verb      string
}

type provedAnswer struct {
	answer Answer
	only   []string
}

// NewProver returns a prover for a world, which must not change any more. The verbs are those of
// which AskUnlikely knows what nobody can do.
func NewProver(w *World, verbs []*verb.Verb) *Prover {
	p := &Prover{
		a:     &asker{world: w, verbs: verbs, principals: w.Principals},
		at:    make(map[*Secret]int32, len(w.Secrets)),
		who:   make(map[*Principal]*proved, len(w.Principals)),
		verbs: map[string]bool{},
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
	p.a.classify()
	for i, who := range w.Principals {
		p.who[who] = &proved{
			number: int32(i), signatures: map[int32]int32{}, known: map[question]provedAnswer{},
		}
	}
	for i := range verbs {
		p.verbs[verbs[i].Name] = true
	}
	p.rooms.New = func() any { return &worker{asker: p.a} }
	p.finders.New = func() any { return p.a.newWorker() }
	return p
}

// AskUnlikely is Ask of what is mostly refused: what nobody can do is found without asking.
func (p *Prover) AskUnlikely(who *Principal, v *verb.Verb, s *Secret, at int) (Answer, []string) {
	if first, known := p.at[s]; known && at < len(s.Copies) && p.verbs[v.Name] {
		if of := p.who[who]; of != nil && !p.reaches(of, first+int32(at)) {
			return Answer{}, nil
		}
	}
	return p.Ask(who, v, s, at)
}

// Ask is Ask of a principal and a secret of the world.
func (p *Prover) Ask(who *Principal, v *verb.Verb, s *Secret, at int) (Answer, []string) {
	first, known := p.at[s]
	of := p.who[who]
	if !known || of == nil || at >= len(s.Copies) {
		return Ask(who, v, s, at)
	}
	q := question{p.signature(of, who, first+int32(at)), v.Name}
	of.mu.Lock()
	have, ok := of.known[q]
	of.mu.Unlock()
	if !ok {
		have.answer, have.only = Ask(who, v, s, at)
		of.mu.Lock()
		of.known[q] = have
		of.mu.Unlock()
	}
	return have.answer, have.only
}

// reaches says whether a principal may be allowed something in a place.
func (p *Prover) reaches(of *proved, at int32) bool {
	p.found.Do(func() { p.a.named = newFinder(p.a) })
	of.once.Do(func() {
		w := p.finders.Get().(*worker)
		found := w.candidates(of.number)
		if of.all = len(found) == len(p.a.places); !of.all {
			of.places = slices.Clone(found)
		}
		p.finders.Put(w)
	})
	if of.all {
		return true
	}
	_, found := slices.BinarySearch(of.places, at)
	return found
}

// signature returns the number of the signature of a question.
func (p *Prover) signature(of *proved, who *Principal, at int32) int32 {
	if !who.hasDocuments() { // it is that of everybody
		w := p.rooms.Get().(*worker)
		defer p.rooms.Put(w)
		return w.ownOf(&p.a.places[at])
	}
	of.mu.Lock()
	n, ok := of.signatures[at]
	of.mu.Unlock()
	if ok {
		return n
	}
	w := p.rooms.Get().(*worker)
	w.key = w.alike(append(w.key[:0], ofQuestion), who, &p.a.places[at])
	n = p.a.texts.numberOf(w.key)
	p.rooms.Put(w)
	of.mu.Lock()
	of.signatures[at] = n
	of.mu.Unlock()
	return n
}
