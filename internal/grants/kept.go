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
	ofSecrets map[whoKey]resourceWords
	ofKeys    map[whoKey]keyWords
	ofVia     map[viaKey]policy.Conditions
}

// termsKey is a verb, on the secret itself or on its replicas, held to version stages.
type termsKey struct {
	verb   *verb.Verb
	copies bool
	stages string
}

// whoKey is whom a policy of an account lets in, and for those whose ARN depends on the stack that
// names them, the stack. Of secrets it also has what is allowed, of keys through which service.
type whoKey struct {
	to    *model.Principal
	owner string
	at    model.Stack
	terms termsKey
	via   viaKey
}

// resourceWords is how the policy of a secret speaks of somebody: by one statement for each term.
type resourceWords struct {
	who   policy.Principal
	terms []term
}

// keyWords is how the policy of a key speaks of somebody.
type keyWords struct {
	who        policy.Principal
	conditions policy.Conditions
}

func newKeptWords() *keptWords {
	return &keptWords{
		terms: map[termsKey][]term{}, ofSecrets: map[whoKey]resourceWords{},
		ofKeys: map[whoKey]keyWords{}, ofVia: map[viaKey]policy.Conditions{},
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

// termsOf is terms of what a verb does with the copies of a secret, or else with the secret itself.
func (p *placer) termsOf(g *Permission, copies bool, c policy.Conditions, at model.Stack) []term {
	actions := g.Verb.OnSecret
	if copies {
		actions = g.Verb.OnReplica()
	}
	if p.kept == nil || len(c) > 0 || len(g.Verb.Held()) > 0 {
		return p.terms(g, actions, c, at)
	}
	key := termsKey{g.Verb, copies, strings.Join(g.Stages, " ")}
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
) (words resourceWords, ok bool) {
	if p.kept == nil || len(conditions)+len(g.Regions)+len(g.Secret.Replicas) > 0 ||
		len(g.Verb.Held()) > 0 || !g.AtHome(g.Secret.Home(p.m)) {
		return p.toResourceAnew(g, conditions, at)
	}
	key := p.wordsFor(g.To, g.Secret.Account, at)
	key.terms = termsKey{g.Verb, false, strings.Join(g.Stages, " ")}
	words, ok = p.kept.ofSecrets[key]
	if !ok {
		if words, ok = p.toResourceAnew(g, conditions, at); ok {
			p.kept.ofSecrets[key] = words
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
// the secret. It is not ok where it cannot, which is reported.
func (p *placer) toKey(g *Permission, u keyUse, at model.Stack) (words keyWords, ok bool) {
	if p.kept == nil {
		return p.toKeyAnew(g, u, at)
	}
	key := p.wordsFor(g.To, u.key.Account, at)
	key.via = viaKey{u.replica, p.home(g.Secret)}
	words, ok = p.kept.ofKeys[key]
	if !ok {
		if words, ok = p.toKeyAnew(g, u, at); ok {
			p.kept.ofKeys[key] = words
		}
	}
	return words, ok
}
