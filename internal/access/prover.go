package access

import (
	"fmt"
	"sync"
)

// Prover asks many single questions of a world. It keeps the answers: two questions of one principal whose secrets differ in nothing that the documents ask for have one. It
// is for several goroutines.
type Prover struct {
	a     *asker
	at    map[*Secret][]place // by copy
	mu    sync.Mutex
	known map[string]proved
}

type proved struct {
	answer Answer
	only   []string
}

// NewProver returns a prover for a world, which must not change any more.
func NewProver(w *World) *Prover {
	p := &Prover{a: &asker{world: w, principals: w.Principals}, at: map[*Secret][]place{}, known: map[string]proved{}}
	var r Report
	for _, s := range w.Secrets {
		p.a.add(&r, s, nil)
	}
	p.a.tags = p.a.tagsAsked()
	p.a.classify()
	for _, one := range p.a.places {
		if p.at[one.secret] == nil {
			p.at[one.secret] = make([]place, len(one.secret.Copies))
		}
		p.at[one.secret][one.copy] = one
	}
	return p
}

// Ask is Ask of a principal and a secret of the world.
func (p *Prover) Ask(who *Principal, v *Verb, s *Secret, copy int) (Answer, []string) {
	places := p.at[s]
	if copy >= len(places) {
		return Ask(who, v, s, copy)
	}
	w := worker{asker: p.a}
	key := fmt.Sprintf("%p %s\n", who, v.Name)
	key += string(w.signature(nil, who, &places[copy]))
	p.mu.Lock()
	have, ok := p.known[key]
	p.mu.Unlock()
	if !ok {
		have.answer, have.only = Ask(who, v, s, copy)
		p.mu.Lock()
		p.known[key] = have
		p.mu.Unlock()
	}
	return have.answer, have.only
}
