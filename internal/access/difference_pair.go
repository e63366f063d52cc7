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
	earlier = iota
	later
)

// worldPair is a world of the old estate and one of the new that may be of one deployment.
type worldPair struct {
	names  *names
	worlds [2]*World
	verbs  []*verb.Verb

	principals map[string]*principalPair
	secrets    map[string]*secretPair
	digests    map[any][]digest          // of statements, by the words of their document
	others     map[uintptr]digest        // of the names of others, by where these are in memory
	odd        map[[2]any]*oddStatements // by the words of both documents; nil: there are none
	mixed      bool                      // some world is, see isMixed
	finders    [2]*secretsByName

	once   sync.Once
	askers [2]*asker
	owners [2][]*secretPair // of all places
	number map[string]int32 // of principals, by their keys
}

// principalPair is one principal on both sides. Who is on one side alone has a counterpart without
// policies on the other.
type principalPair struct {
	key     string
	of      [2]*Principal
	callers [2][]knownCaller // nil: nobody has asked
}

// secretPair is one secret on both sides; one that is not there is nil.
type secretPair struct {
	key         string
	of          [2]*Secret
	first, many [2]int32 // its places, once the pair of worlds is open
}

func newWorldPair(n *names, before, after *World, verbs []*verb.Verb) *worldPair {
	w := &worldPair{
		names: n, worlds: [2]*World{before, after}, verbs: verbs,
		principals: map[string]*principalPair{}, secrets: map[string]*secretPair{},
		digests: map[any][]digest{}, others: map[uintptr]digest{}, odd: map[[2]any]*oddStatements{},
		mixed: isMixed(before) || isMixed(after),
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
		for side := range p.of {
			p.of[side] = withPath(p.of[side], p.of[1-side])
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

// withPath is a role or user that one side knows by its name alone, with the path that the other
// side knows: there is one of a name in an account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
func withPath(p, other *Principal) *Principal {
	if !p.PathUnknown || other.PathUnknown || p.Kind != other.Kind || cfn.HasUnknown(other.ARN) {
		return p
	}
	q := *p
	q.ARN, q.PathUnknown = other.ARN, false
	return &q
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
	changed := map[string]*reach{} // secrets
	var all reach
	for key, s := range w.secrets {
		if r := w.reachOf(s); r != nil {
			changed[key] = r
			all.join(r)
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
	workers := [2]*worker{w.askers[earlier].newWorker(), w.askers[later].newWorker()}
	for _, key := range slices.Sorted(maps.Keys(w.principals)) {
		some, p := wanted[key], w.principals[key]
		if some == nil && !all.mayConcern(p) {
			continue
		}
		w.eachCandidate(p, workers, func(s *secretPair) {
			if some["*"] || some[s.key] || changed[s.key].mayConcern(p) {
				t.cells[[2]string{key, s.key}] = true
			}
		})
	}
}

// concerned returns the keys of the secrets of which a principal's own policies do not say the same
// on both sides; "*" stands for all. Of statements that differ in nothing but their resources,
// those resources count that only one side has.
func (w *worldPair) concerned(p *principalPair) map[string]bool {
	if p.of[earlier] == p.of[later] {
		return nil
	}
	if w.factsOf(p.of[earlier]) != w.factsOf(p.of[later]) {
		return map[string]bool{"*": true}
	}
	counts := map[digest]int{}
	for side, who := range p.of {
		for _, d := range who.Identity {
			for _, x := range w.statementsOf(d) {
				counts[x] += 1 - 2*side
			}
		}
	}
	var out map[string]bool
	var odd [2][]oddStatement
	var named [2]map[digest]map[string]bool // resources by all else that a statement says
	for side, who := range p.of {
		named[side] = map[digest]map[string]bool{}
		for _, d := range who.Identity {
			for i, x := range w.statementsOf(d) {
				if counts[x] == 0 {
					continue
				}
				out = map[string]bool{}
				r := &d.Rules.Statements[i]
				but := digestOfRule(d.Rules.Version, r, "Resource")
				odd[side] = append(odd[side], oddStatement{r, but})
				if named[side][but] == nil {
					named[side][but] = map[string]bool{}
				}
				for _, text := range r.Resources {
					named[side][but][text] = true
				}
			}
		}
	}
	for side := range odd {
		for _, one := range odd[side] {
			w.spokenOf(one.rule, side, named[1-side][one.but], out)
		}
	}
	return out
}

// oddStatement is a statement that only one side has, with what tells it from others but for its
// resources.
type oddStatement struct {
	rule *policy.Rule
	but  digest
}

// mostPatterns is how many patterns of a statement are compared with all secrets.
const mostPatterns = 64

// spokenOf notes the secrets that a statement of an identity policy may have to do with, but for
// some of its resources: it speaks of a copy, of a key of it, of what rotates it, or of no
// resource.
func (w *worldPair) spokenOf(r *policy.Rule, side int, but, out map[string]bool) {
	if r.NotResources {
		out["*"] = true
	}
	if len(r.Unread) > 0 || r.MatchesAction(invoke) { // a call to rotate may name any function
		for _, key := range w.byName(side).all {
			if w.secrets[key].of[side].Function != "" {
				out[key] = true
			}
		}
	}
	patterns := 0
	for i, text := range r.Resources {
		switch _, isName := plain([]string{text}); {
		case out["*"]:
			return
		case but[text]:
		case r.ResourcePattern(i).All():
			out["*"] = true
		case isName && !isPlaceless(text):
			for _, key := range keysOf(text) {
				for _, secret := range w.byName(side).named[key] {
					out[secret] = true
				}
			}
			w.covered(r.ResourcePattern(i), w.byName(side).loose, side, out)
		case patterns == mostPatterns:
			out["*"] = true
		default:
			patterns++
			w.covered(r.ResourcePattern(i), w.byName(side).all, side, out)
		}
	}
}

// covered notes the secrets among some of which a pattern may cover something.
func (w *worldPair) covered(p policy.Pattern, secrets []string, side int, out map[string]bool) {
	for _, key := range secrets {
		if !out[key] && slices.ContainsFunc(arnsOf(w.secrets[key].of[side]), func(arn string) bool {
			return p.Covers(arn) != cfn.No
		}) {
			out[key] = true
		}
	}
}

// secretsByName finds secrets by what requests about them may name.
type secretsByName struct {
	named      map[string][]string
	loose, all []string // loose: a part of a name may be anything
}

func (w *worldPair) byName(side int) *secretsByName {
	if w.finders[side] != nil {
		return w.finders[side]
	}
	out := &secretsByName{named: map[string][]string{}}
	w.finders[side] = out
	for _, key := range slices.Sorted(maps.Keys(w.secrets)) {
		s := w.secrets[key].of[side]
		if s == nil {
			continue
		}
		out.all = append(out.all, key)
		loose := s.Pattern
		for _, arn := range arnsOf(s)[1:] {
			loose = loose || floatsFreely(arn) || isPlaceless(arn)
			for _, name := range keysOf(arn) {
				out.named[name] = append(out.named[name], key)
			}
		}
		if loose {
			out.loose = append(out.loose, key)
		}
	}
	return out
}

// arnsOf returns all that requests about a secret may name as their resource, first that they name
// none.
func arnsOf(s *Secret) []string {
	out := []string{"*"}
	for i := range s.Copies {
		c := &s.Copies[i]
		out = append(out, c.ARN)
		switch {
		case c.Key != nil:
			out = append(out, c.Key.ARN)
		case c.KeyUnread:
			out = append(out, unreadKey(s, c).ARN)
		default:
			out = append(out, awsManagedKey(s.Account, c.Region).ARN, ownManagedKey(s, c).ARN)
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
		principals := slices.Sorted(maps.Keys(w.principals))
		secrets := slices.Sorted(maps.Keys(w.secrets))
		w.number = map[string]int32{}
		for i, key := range principals {
			w.number[key] = int32(i)
		}
		for side, world := range w.worlds {
			one := *world
			a := &asker{world: &one, verbs: w.verbs, oneOfMany: true}
			one.Principals, one.Secrets = nil, nil
			for _, key := range principals {
				one.Principals = append(one.Principals, w.principals[key].of[side])
			}
			a.principals = one.Principals
			for _, key := range secrets {
				if pair := w.secrets[key]; pair.of[side] != nil {
					one.Secrets = append(one.Secrets, pair.of[side])
					w.place(a, pair, side)
				}
			}
			a.readVerbs()
			a.readAsked()
			a.named = newFinder(a)
			w.askers[side] = a
		}
	})
}

// place takes up the copies of a secret, in the order of their Regions.
func (w *worldPair) place(a *asker, pair *secretPair, side int) {
	s, first := pair.of[side], len(a.places)
	for at := range s.Copies {
		a.places = append(a.places, place{secret: s, at: at})
		w.owners[side] = append(w.owners[side], pair)
	}
	slices.SortStableFunc(a.places[first:], func(x, y place) int {
		return strings.Compare(s.Copies[x.at].Region, s.Copies[y.at].Region)
	})
	pair.first[side], pair.many[side] = int32(first), int32(len(s.Copies))
}

// placeOf returns the place of a copy of a secret on a side, once the pair is open; nil: there is
// none.
func (w *worldPair) placeOf(s *secretPair, side int, region string) *place {
	places := w.askers[side].places
	for at := s.first[side] + s.many[side] - 1; at >= s.first[side]; at-- {
		if p := &places[at]; p.secret.Copies[p.at].Region == region {
			return p
		}
	}
	return nil
}

// classify makes the places ready that are asked about.
func (w *worldPair) classify(t *touched) {
	secrets := map[string]bool{}
	for c := range t.cells {
		secrets[c[1]] = true
	}
	for side, a := range w.askers {
		a.readRotations()
		for _, key := range slices.Sorted(maps.Keys(secrets)) {
			if s := w.secrets[key]; s != nil {
				a.classifySome(a.places[s.first[side] : s.first[side]+s.many[side]])
			}
		}
	}
}

// eachCandidate calls f with the secrets with which a principal may be allowed something on some
// side, maybe more than once.
func (w *worldPair) eachCandidate(
	p *principalPair, workers [2]*worker, f func(secret *secretPair),
) {
	for side, one := range workers {
		for _, at := range one.candidates(w.number[p.key]) {
			f(w.owners[side][at])
		}
	}
}

// regions returns the Regions in which a secret has copies on either side, the secret's own first
// and the others sorted.
func (s *secretPair) regions() []string {
	var out []string
	for _, one := range []*Secret{s.of[later], s.of[earlier]} {
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
