package access

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// The sides of a comparison.
const (
	old = iota
	new_
)

// worldPair is a world of the old estate and one of the new that may be of one deployment.
type worldPair struct {
	names  *names
	worlds [2]*World
	verbs  []*verb.Verb

	principals map[string]*principalPair
	secrets    map[string]*secretPair
	digests    map[*Document][]digest
	keys       map[*Key]string

	once   sync.Once
	askers [2]*asker
	keysOf [2][]string            // of the secrets of all places
	places [2]map[[2]string]int32 // by the key of their secrets and their Region
	number map[string]int32       // of principals, by their keys
}

// principalPair is one principal on both sides. Who is on one side alone has a counterpart without
// policies on the other.
type principalPair struct {
	key string
	of  [2]*Principal
}

// secretPair is one secret on both sides; one that is not there is nil.
type secretPair struct {
	key string
	of  [2]*Secret
}

func newWorldPair(n *names, before, after *World, verbs []*verb.Verb) *worldPair {
	w := &worldPair{
		names: n, worlds: [2]*World{before, after}, verbs: verbs,
		principals: map[string]*principalPair{}, secrets: map[string]*secretPair{},
		digests: map[*Document][]digest{}, keys: map[*Key]string{},
	}
	for side, world := range w.worlds {
		for _, p := range world.Principals {
			key := n.ofPrincipal(p)
			if w.principals[key] == nil {
				w.principals[key] = &principalPair{key: key}
			}
			if w.principals[key].of[side] == nil {
				w.principals[key].of[side] = p
			}
		}
		for _, s := range world.Secrets {
			key := n.ofSecret(s)
			if w.secrets[key] == nil {
				w.secrets[key] = &secretPair{key: key}
			}
			if w.secrets[key].of[side] == nil {
				w.secrets[key].of[side] = s
			}
		}
	}
	for _, p := range w.principals {
		for side := range p.of {
			if p.of[side] == nil {
				p.of[side] = counterpart(p.of[1-side])
			}
		}
	}
	for _, s := range w.secrets {
		for side := range s.of {
			if other := s.of[1-side]; s.of[side] == nil && !other.KnownTags {
				s.of[side] = counterpartOf(other)
			}
		}
	}
	return w
}

// counterpart is a principal as the estate has it in which no document speaks of it.
func counterpart(p *Principal) *Principal {
	q := *p
	q.Identity, q.Boundary, q.twins, q.MayBecome = nil, nil, nil, nil
	q.Reads, q.ReadsOnly, q.superusers, q.Role = nil, nil, nil, nil
	if p.Role != nil {
		q.Role = counterpart(p.Role)
	}
	return &q
}

// counterpartOf is a secret that policies alone name, as the estate has it in which none does.
func counterpartOf(s *Secret) *Secret {
	out := *s
	out.Policy = nil
	return &out
}

// touched is what has to be asked: pairs of a principal and a secret, by their keys.
type touched struct {
	principals map[string]bool
	cells      map[[2]string]bool
}

func newTouched() *touched {
	return &touched{principals: map[string]bool{}, cells: map[[2]string]bool{}}
}

// touch finds the pairs of principals and secrets of which something that decides is not the same
// on both sides, among those that some side may allow something.
func (w *worldPair) touch(t *touched) {
	changed := map[string]bool{} // secrets
	for key, s := range w.secrets {
		if s.of[old] == nil || s.of[new_] == nil ||
			w.textOfSecret(s.of[old]) != w.textOfSecret(s.of[new_]) {
			changed[key] = true
		}
	}
	wanted := map[string]map[string]bool{} // secrets by principals; with "*", all of them
	for key, p := range w.principals {
		t.principals[key] = true
		if some := w.concerned(p); some != nil {
			wanted[key] = some
		}
	}
	if len(changed) == 0 && len(wanted) == 0 {
		return
	}
	w.open()
	workers := [2]*worker{w.askers[old].newWorker(), w.askers[new_].newWorker()}
	for _, key := range slices.Sorted(maps.Keys(w.principals)) {
		some := wanted[key]
		if len(changed) == 0 && some == nil {
			continue
		}
		for secret := range w.candidates(w.principals[key], workers) {
			if some["*"] || some[secret] || changed[secret] {
				t.cells[[2]string{key, secret}] = true
			}
		}
	}
}

// concerned returns the keys of the secrets of which a principal's own policies do not say the same
// on both sides; "*" stands for all.
func (w *worldPair) concerned(p *principalPair) map[string]bool {
	a, b := p.of[old], p.of[new_]
	if w.factsOf(a) != w.factsOf(b) {
		return map[string]bool{"*": true}
	}
	var out map[string]bool
	counts := map[digest]int{}
	for side, who := range p.of {
		for _, d := range who.Identity {
			for _, x := range w.statementsOf(d) {
				counts[x] += 1 - 2*side
			}
		}
	}
	for side, who := range p.of {
		for _, d := range who.Identity {
			for i, x := range w.statementsOf(d) {
				if counts[x] == 0 {
					continue
				}
				if out == nil {
					out = map[string]bool{}
				}
				w.spokenOf(&d.Rules.Statements[i], side, out)
			}
		}
	}
	return out
}

// spokenOf notes the secrets that a statement of an identity policy may have to do with: it speaks
// of a copy, of a key of it, of what rotates it, or of no resource.
func (w *worldPair) spokenOf(r *policy.Rule, side int, out map[string]bool) {
	if out["*"] {
		return
	}
	if r.NotResources || r.HasVariables() || len(r.Resources) > mostResources {
		out["*"] = true
		return
	}
	for i := range r.Resources {
		if r.ResourcePattern(i).All() {
			out["*"] = true
			return
		}
	}
	for key, s := range w.secrets {
		if s.of[side] == nil || out[key] {
			continue
		}
		for _, arn := range arnsOf(s.of[side]) {
			if speaksOf(r, arn) {
				out[key] = true
				break
			}
		}
	}
}

// mostResources is how many resources of a statement are looked at one by one.
const mostResources = 64

func speaksOf(r *policy.Rule, arn string) bool {
	for i := range r.Resources {
		if r.ResourcePattern(i).Covers(arn) != cfn.No {
			return true
		}
	}
	return false
}

// arnsOf returns all that requests about a secret may name as their resource.
func arnsOf(s *Secret) []string {
	var out []string
	for i := range s.Copies {
		c := &s.Copies[i]
		out = append(out, c.ARN)
		switch {
		case c.Key != nil:
			out = append(out, c.Key.ARN)
		case c.KeyUnread:
			out = append(out, unreadKey(s, c).ARN)
		default:
			out = append(out, awsManagedKey(s.Account, c.Region).ARN)
		}
	}
	if s.Function != "" {
		out = append(out, s.Function)
	}
	return out
}

// open makes what finds the places in which somebody may be allowed something, on both sides.
func (w *worldPair) open() {
	w.once.Do(func() {
		w.number = map[string]int32{}
		for i, key := range slices.Sorted(maps.Keys(w.principals)) {
			w.number[key] = int32(i)
		}
		for side, world := range w.worlds {
			one := *world
			a := &asker{world: &one, verbs: w.verbs, oneOfMany: true}
			one.Principals, one.Secrets = nil, nil
			for _, key := range slices.Sorted(maps.Keys(w.principals)) {
				one.Principals = append(one.Principals, w.principals[key].of[side])
			}
			a.principals = one.Principals
			var r Report
			w.places[side] = map[[2]string]int32{}
			for _, key := range slices.Sorted(maps.Keys(w.secrets)) {
				s := w.secrets[key].of[side]
				if s == nil {
					continue
				}
				one.Secrets = append(one.Secrets, s)
				first := len(a.places)
				a.add(&r, s, nil)
				for i := first; i < len(a.places); i++ {
					region := s.Copies[a.places[i].at].Region
					w.places[side][[2]string{key, region}] = int32(i)
					w.keysOf[side] = append(w.keysOf[side], key)
				}
			}
			a.readVerbs()
			a.readAsked()
			a.classify()
			a.named = newFinder(a)
			w.askers[side] = a
		}
	})
}

// candidates returns the keys of the secrets with which a principal may be allowed something on
// some side.
func (w *worldPair) candidates(p *principalPair, workers [2]*worker) map[string]bool {
	found := map[string]bool{}
	for side, one := range workers {
		for _, at := range one.candidates(w.number[p.key]) {
			found[w.keysOf[side][at]] = true
		}
	}
	return found
}

// regions returns the Regions in which a secret has copies on either side, the secret's own first
// and the others sorted.
func (s *secretPair) regions() []string {
	var out []string
	for _, one := range []*Secret{s.of[new_], s.of[old]} {
		if one == nil {
			continue
		}
		for i := range one.Copies {
			if r := one.Copies[i].Region; !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
