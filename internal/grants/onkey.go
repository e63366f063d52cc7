package grants

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// keyUse is what a permission needs of one key: that of the secret itself, or of one of its
// replicas.
type keyUse struct {
	key     *model.Key
	region  string // where the key is
	replica string // the replica that it encrypts; empty: the secret itself
	actions []aws.Action
}

// keyUses returns what a permission needs of the keys of the secret and its replicas. Who writes
// the secret needs the keys of all copies, which Secrets Manager encrypts anew. The next call
// writes over the list.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func (p *placer) keyUses(g *Permission) []keyUse {
	if len(g.Verb.OnKey) == 0 {
		return nil
	}
	out := p.uses[:0]
	atHome := g.AtHome(g.Secret.Home(p.m))
	if g.Secret.Key != nil && atHome {
		out = append(out,
			keyUse{key: g.Secret.Key, region: p.home(g.Secret), actions: g.Verb.OnKey})
	}
	for _, replica := range g.Secret.Replicas {
		if actions := g.onKeyOf(replica.Region, atHome); replica.Key != nil && actions != nil {
			out = append(out, keyUse{replica.Key, replica.Region, replica.Region, actions})
		}
	}
	p.uses = out
	return out
}

// onKeyOf returns what a permission needs of the key of the replica in a Region: to encrypt, with
// those of all copies where it changes the value of the secret itself, or of those that it makes.
func (g *Permission) onKeyOf(region string, atHome bool) []aws.Action {
	switch {
	case !g.Verb.Encrypts():
		if g.AtReplica(region) {
			return g.Verb.OnKey
		}
	case atHome && (!g.Verb.Replicates() || g.AtReplica(region)):
		return g.Verb.OnCopies
	}
	return nil
}

// via returns the Regions whose Secrets Manager may ask for the use. AWS does not say whether that
// of a replica's key comes from the replica's Region or the primary's, so that both are let
// through.
func (p *placer) via(s *model.Secret, u keyUse) []string {
	at := viaKey{u.replica, p.home(s)}
	known, ok := p.vias[at]
	if !ok {
		known = p.viaService(at.home)
		if at.replica != "" {
			known = p.viaService(at.replica, at.home)
		}
		slices.Sort(known) // as a condition has them
		p.vias[at] = known
	}
	return known
}

// viaKey tells the lists of Regions apart whose Secrets Manager may ask for the use of a key.
type viaKey struct{ replica, home string }

// pinned holds the use of a key to one secret, which Secrets Manager names in the encryption
// context. AWS does not say whether that of a replica has the replica's ARN or the primary's, so
// that both are let through. It says whether the ARNs are known in the stack.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
func (p *placer) pinned(
	c policy.Conditions,
	s *model.Secret,
	u keyUse,
	at model.Stack,
) (policy.Conditions, bool) {
	arn, exact, known := p.secret(s, at)
	values := []string{arn}
	if u.replica != "" {
		values = append(values, p.replica(s, u.replica, at))
	}
	return c.With(pinOperator(exact), "kms:EncryptionContext:SecretARN", values...), known
}

// pinOperator returns the operator of a pin to an ARN that is exact, or a pattern.
func pinOperator(exact bool) string {
	if exact {
		return "StringEquals"
	}
	return "StringLike"
}

// onKeyByIdentity returns the identity side's statement on a key, as it stands in a stack. A key
// whose ARN is not known there is always pinned: the statement covers the keys of the Region.
func (p *placer) onKeyByIdentity(g *Permission, u keyUse, at model.Stack) []policy.Statement {
	c := p.throughService(nil, g.Secret, u)
	arn, exact := p.key(u.key, u.region, at)
	if u.key.Pin || !exact {
		c, _ = p.pinned(c, g.Secret, u, at)
	}
	return []policy.Statement{allow(g, u.actions, arn, c)}
}

// stackOfKey returns the stack in which a created key of a Region stands.
func (p *placer) stackOfKey(region string) model.Stack {
	if region == p.region() {
		return model.Home
	}
	return model.Stack{Kind: model.KeysStack, Region: region}
}

// onKeyByPolicy places the key's half in the key's own policy: for principals whom no identity
// policy can be attached to, for those of other accounts, and for keys that IAM policies alone do
// not open.
func (p *placer) onKeyByPolicy(g *Permission, u keyUse) {
	k, at := u.key, p.stackOfKey(u.region)
	if k.Imported {
		at = elsewhere
	}
	if g.To.Kind == model.ExistingGroup {
		hint := "grant to roles or users"
		if g.To.Account == k.Account {
			hint += ", or let IAM decide over the key with iamDelegation: true"
		}
		p.found.Report(diag.GroupInPolicy, g.Because).
			Message("group %q cannot use key %q: its policy must name who uses it, and cannot "+
				"name a group", g.To.ID, k.ID).
			Related(k.Span, "the key is here").
			Hint("%s", diag.Words(hint))
		return
	}
	// A key's policy cannot refer to a secret of the stack, because the secret refers to the key.
	pinned := k.Pin || g.To.Kind == model.Service
	if k.Imported {
		if words, ok := p.toKeyAnew(g, u, at, pinned); ok {
			s := spoken{wording: words, g: g}
			p.handOver(g, p.policyOf(u), s.statement())
		}
		return
	}
	words, ok := p.toKey(g, u, at, pinned)
	if !ok {
		return
	}
	s, on := spoken{wording: words, g: g}, keyAt{k, at}
	if words.pinned {
		s.pin, _, _ = p.secret(g.Secret, elsewhere)
	}
	p.keys[on] = append(p.keys[on], s)
	if words.pinned && u.replica != "" { // which may be named, too
		s.pin = p.replica(g.Secret, u.replica, elsewhere)
		p.keys[on] = append(p.keys[on], s)
	}
}

// toKeyAnew is toKey, written anew.
func (p *placer) toKeyAnew(
	g *Permission, u keyUse, at model.Stack, pinned bool,
) (words *wording, ok bool) {
	who, c, ok := p.who(g, u.key.Account, at, "the policy of key \""+u.key.ID+"\"",
		diag.At(u.key.Span, "the key is here"))
	if !ok {
		return nil, false
	}
	c = p.throughService(c, g.Secret, u)
	if pinned {
		var known bool
		if c, known = p.pinned(c, g.Secret, u, elsewhere); !known {
			p.needsName(g, "the policy of key \""+u.key.ID+"\"",
				diag.At(u.key.Span, "the key is here"))
			return nil, false
		}
	}
	return p.newWording(allowTo(g, who, u.actions, "*", c)), true
}

// creation hands over what creating a secret needs of a key whose policy does not let IAM of the
// stack's account decide: whoever deploys encrypts with it.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
func (p *placer) creation() {
	if !slices.ContainsFunc(p.m.Keys, func(k *model.Key) bool { return k.Imported }) {
		return
	}
	deployer := p.m.Deployer
	if deployer == nil {
		deployer = &model.Principal{ID: "whoever deploys", Kind: model.Account}
	}
	for _, s := range p.m.Secrets {
		if s.Import != model.NotImported {
			continue
		}
		creating := derived(deployer, verb.Creation, s, s.KeySpan)
		g := &creating
		for _, u := range p.keyUses(g) {
			if !u.key.Imported || u.key.Account == "" && u.key.Delegates {
				continue
			}
			who, c, _ := p.who(g, u.key.Account, elsewhere, "")
			c = p.throughService(c, s, u)
			if u.key.Pin {
				var known bool
				if c, known = p.pinned(c, s, u, elsewhere); !known {
					p.needsName(g, "the policy of key \""+u.key.ID+"\"",
						diag.At(u.key.Span, "the key is here"))
					continue
				}
			}
			p.handOverFor(g, p.policyOf(u), creation, nil, allowTo(g, who, u.actions, "*", c))
		}
	}
}
