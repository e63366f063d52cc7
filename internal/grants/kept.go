package grants

import (
	"strings"

	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// keptWords keeps what documents say of a principal or a list of version stages, as most grants say
// the same of every secret. What it returns is shared by the statements, which nobody changes. A
// test holds a placement with it equal to one that writes everything anew; nil keeps nothing.
type keptWords struct {
	terms     map[termsKey][]term
	ofSecrets memo[whoKey, []*wording]
	ofKeys    memo[whoKey, *wording]
	ofVia     map[viaKey]policy.Conditions
	finished  map[string]*finished // by the numbers of the wordings
	in        map[model.Stack]*identityWords
}

// memo is a map that remembers what was asked last: most permissions of a principal say the same.
type memo[K comparable, V any] struct {
	known map[K]V
	last  K
	value V
	ok    bool
}

func (m *memo[K, V]) get(key K) (V, bool) {
	if !m.ok || m.last != key {
		m.last = key
		m.value, m.ok = m.known[key]
	}
	return m.value, m.ok
}

func (m *memo[K, V]) put(key K, value V) {
	if m.known == nil {
		m.known = map[K]V{}
	}
	m.known[key], m.last, m.value, m.ok = value, key, value, true
}

// termsKey is a verb, on the secret itself or on its replicas, held to version stages, and under
// conditions.
type termsKey struct {
	verb       *verb.Verb
	copies     bool
	stages     string
	conditions string
	held       heldKey
}

// heldKey is what the arguments of a verb are held to that is held to some.
type heldKey struct{ key, function, role, regions string }

// whoKey is whom a policy of an account lets in, and for those whose ARN depends on the stack that
// names them, the stack. Of secrets it also has what is allowed, of keys that, too, and through
// which service, and how it is pinned.
type whoKey struct {
	to    *model.Principal
	owner string
	at    model.Stack
	terms termsKey
	via   viaKey
	pin   string
}

func newKeptWords() *keptWords {
	return &keptWords{
		terms: map[termsKey][]term{}, ofVia: map[viaKey]policy.Conditions{},
		finished: map[string]*finished{}, in: map[model.Stack]*identityWords{},
	}
}

// wordsFor returns the key of what the policies of an account, in a stack, say of a principal.
func (p *placer) wordsFor(to *model.Principal, owner string, at model.Stack) whoKey {
	switch to.Kind {
	case model.Service, model.Account, model.Organization, model.OrganizationPath,
		model.RolePattern:
		at = elsewhere
	default:
		if to.Role == nil && p.m.LiteralARN(to) != "" {
			at = elsewhere
		}
	}
	return whoKey{to: to, owner: owner, at: at}
}

// termsFor returns the key of the terms of a permission, as a stack says them.
func (p *placer) termsFor(
	g *Permission, copies bool, c policy.Conditions, at model.Stack,
) termsKey {
	key := termsKey{verb: g.Verb, copies: copies, stages: strings.Join(g.Stages, " ")}
	if len(c) > 0 {
		key.conditions = c.Text()
	}
	if len(g.Verb.Held()) > 0 {
		key.held.key = p.keyOf(g.Secret, at)
		if g.Secret.Rotation != nil {
			key.held.function, key.held.role = p.rotatedBy(g.Secret, at)
		}
		if g.Verb.Replicates() {
			key.held.regions = strings.Join(p.destinations(g), " ")
		}
	}
	return key
}

// termsOf is terms of what a verb does with the copies of a secret, or else with the secret itself.
func (p *placer) termsOf(g *Permission, copies bool, c policy.Conditions, at model.Stack) []term {
	actions := g.Verb.OnSecret
	if copies {
		actions = g.Verb.OnReplica()
	}
	if p.kept == nil {
		return p.terms(g, actions, c, at)
	}
	key := p.termsFor(g, copies, c, at)
	known, ok := p.kept.terms[key]
	if !ok {
		known = p.terms(g, actions, c, at)
		p.kept.terms[key] = known
	}
	return known
}

// toResource returns how the resource policy of a secret, which stands in a stack, speaks of a
// permission. It is not ok where it cannot, which is reported.
func (p *placer) toResource(
	g *Permission, conditions policy.Conditions, at model.Stack,
) (words []*wording, ok bool) {
	if p.kept == nil || len(g.Regions) > 0 || g.regionRule != nil ||
		g.atHome && len(g.Secret.Replicas) > 0 {
		return p.toResourceAnew(g, conditions, at)
	}
	key := p.wordsFor(g.To, g.Secret.Account, at)
	key.terms = p.termsFor(g, false, conditions, at)
	words, ok = p.kept.ofSecrets.get(key)
	if !ok {
		if words, ok = p.toResourceAnew(g, conditions, at); ok {
			p.kept.ofSecrets.put(key, words)
		}
	}
	return words, ok
}

// throughService returns the condition that holds the use of a key to Secrets Manager.
func (p *placer) throughService(c policy.Conditions, s *model.Secret, u keyUse) policy.Conditions {
	const operator, key = "StringEquals", "kms:ViaService"
	if p.kept == nil || len(c) > 0 {
		return c.With(operator, key, p.via(s, u)...)
	}
	at := viaKey{u.replica, p.home(s)}
	known, ok := p.kept.ofVia[at]
	if !ok {
		known = c.With(operator, key, p.via(s, u)...)
		p.kept.ofVia[at] = known
	}
	return known
}

// toKey returns how the policy of a key, which stands in a stack, speaks of a permission, but for
// the secret that it may be pinned to. It is not ok where it cannot, which is reported.
func (p *placer) toKey(
	g *Permission, u keyUse, at model.Stack, pinned bool,
) (words *wording, ok bool) {
	key := p.wordsFor(g.To, u.key.Account, at)
	key.terms = termsKey{verb: g.Verb, copies: u.replica != ""}
	key.via = viaKey{u.replica, p.home(g.Secret)}
	known := true
	if pinned {
		var exact bool
		_, exact, known = p.secret(g.Secret, elsewhere)
		key.pin = pinOperator(exact)
	}
	if p.kept == nil || !known {
		return p.toKeyAnew(g, u, at, pinned)
	}
	words, ok = p.kept.ofKeys.get(key)
	if ok {
		return words, true
	}
	if words, ok = p.toKeyAnew(g, u, at, pinned); ok {
		if words.pinned = pinned; words.pinned { // to one of what it may be pinned to
			words.Condition = words.Condition.Pinned("")
		}
		p.kept.ofKeys.put(key, words)
	}
	return words, ok
}
