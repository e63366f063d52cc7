package grants

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// Placement says which document must say what, so that what is granted is allowed and nothing else
// is.
type Placement struct {
	Identities       []Identity       // sorted by principal and condition
	ResourcePolicies []ResourcePolicy // of secrets whose policy is the spec's own, sorted by secret
	KeyPolicies      []KeyPolicy      // of created keys, by key and Region, the home stack's first
	Trusts           Trusted          // of the created roles that principals of the spec may assume
	HandOvers        []HandOver       // what others must add to documents of theirs
}

// Identity is the identity policy of one principal for the secrets under one CloudFormation
// condition, in as many parts as it needs.
type Identity struct {
	Stack     model.Stack // home, or the access stack of the principal's account
	To        *model.Principal
	Condition string
	Parts     []Part
}

// Part is one document of an identity policy that had to be divided.
type Part struct {
	Suffix   string // of its logical ID: binary digits, empty when there is one part
	Document policy.Document
	Size     int
}

// ResourcePolicy is the resource policy of a secret. It stands in the secret's stack.
type ResourcePolicy struct {
	Secret  *model.Secret
	Size    int
	granted *finished          // what is granted; others may have the same
	said    *sayings           // for which permissions
	others  []policy.Statement // what stands behind it
}

// Written returns the document, with the reasons of each statement.
func (r *ResourcePolicy) Written() policy.Document {
	return append(r.granted.because(r.said.of(r.Secret, nil)), r.others...)
}

// HasVerbatim says whether a statement is in the user's own words: none that is granted is.
func (r *ResourcePolicy) HasVerbatim() bool {
	return policy.Document(r.others).HasVerbatim()
}

// Value returns the document as CloudFormation writes it. It is not to be changed: others may have
// the same one.
func (r *ResourcePolicy) Value() cfn.Object {
	if len(r.others) == 0 {
		return r.granted.value
	}
	return r.Written().Value()
}

// KeyPolicy is the policy of a created key in one Region.
type KeyPolicy struct {
	Stack    model.Stack // home, or the keys stack of the Region
	Key      *model.Key
	Document policy.Document
	Size     int
}

// placer is the state of one Place.
type placer struct {
	arns
	index
	identities map[identityKey]*identity
	secrets    *sayings // by resource policies
	keys       map[keyAt][]spoken
	handOvers  map[handOverKey]*HandOver
	order      []handOverKey
	always     map[anywhereKey]bool // actions without a resource that a principal has anyway
	whenThere  []anywhere           // those for the sake of a secret that may not be there
	vias       map[viaKey][]string
	kept       *keptWords
	wordings   int            // how many there are
	merger     *policy.Merger // of what is placed side by side: each has one of its own
	buffer     []byte         // to find what is finished
	spoken     []spoken       // of one document at a time
	said       []policy.Said  // of one document at a time
	lastIn     []lastIn       // of the texts of the merger, by their numbers
	lists      int            // how many were sized
	uses       []keyUse       // of one permission at a time
	sizes      StandIns
	closed     []*closedKey
	closedAt   map[closedAt]*closedKey
	found      diag.List
}

// closedAt tells secrets and replicas that other accounts cannot decrypt.
type closedAt struct {
	at     source.Span
	region string // of a replica; empty: the secret itself
}

// closedKey is a secret, or a replica, that other accounts cannot decrypt, with what is granted on
// it in vain.
type closedKey struct {
	closedAt
	first    *Permission // granted in vain
	others   int         // how many more are
	encrypts bool        // one of them is about the secret at home, too
}

// keyAt is a created key in one of the stacks that have it.
type keyAt struct {
	*model.Key
	at model.Stack
}

type identityKey struct {
	to        *model.Principal
	condition string
}

// identity collects what the identity policy of a principal must say.
type identity struct {
	identityKey
	permissions []*Permission
	others      []policy.Statement // about no secret in particular
}

// Place decides for every permission which documents must say it. It needs a model without errors.
func Place(ps Permissions) (Placement, diag.List) { return placeBy(ps, newKeptWords()) }

// placeBy is Place with the words of documents kept, or, of nil, written anew each time.
func placeBy(ps Permissions, kept *keptWords) (Placement, diag.List) {
	p := &placer{
		arns: arns{ps.Model}, index: newIndex(ps.Model),
		identities: map[identityKey]*identity{}, secrets: newSayings(ps),
		keys: map[keyAt][]spoken{}, handOvers: map[handOverKey]*HandOver{},
		always: map[anywhereKey]bool{}, closedAt: map[closedAt]*closedKey{},
		vias: map[viaKey][]string{}, kept: kept,
	}
	p.sizes = newSizes(p.arns)
	for i := range ps.List {
		p.permission(&ps.List[i])
	}
	p.closedKeys()
	p.conditionalAnywhere()
	p.unstatedRoles()
	p.functionsElsewhere()
	p.creation()
	for _, k := range ps.Model.Keys {
		for _, admin := range k.Admins {
			p.admin(k, admin)
		}
	}
	var out Placement
	out.Trusts = p.trusts()
	out.Identities = p.identityPolicies()
	out.ResourcePolicies = p.resourcePolicies(ps)
	out.KeyPolicies = p.keyPolicies()
	out.HandOvers = p.finishHandOvers()
	return out, p.found
}

// permission places one permission: on the identity side, in the secret's resource policy, and in
// the policies of its keys.
func (p *placer) permission(g *Permission) {
	if !p.reachable(g) {
		return
	}
	conditions := conditionsOf(g)
	if len(g.Verb.OnSecret) > 0 {
		p.onIdentity(g, conditions)
		if !g.To.Kind.HasIdentity() || g.To.Account != g.Secret.Account {
			p.byResourcePolicy(g, conditions)
		}
	}
	for _, u := range p.keyUses(g) {
		if !decidedByIAM(g.To) || g.To.Account != u.key.Account || !u.key.Delegates {
			p.onKeyByPolicy(g, u)
		}
	}
	if len(g.Verb.Anywhere) > 0 {
		p.anywhere(g, conditions)
	}
	p.functionElsewhere(g)
}

// decidedByIAM says whether the IAM policies of a principal's account decide what it may do, where
// a key's policy lets them.
func decidedByIAM(
	to *model.Principal,
) bool {
	return to.Kind.HasIdentity() || to.Kind == model.Account
}

// reachable reports a grant across accounts that no policies could make work.
func (p *placer) reachable(g *Permission) bool {
	if !p.somewhere(g) {
		return false
	}
	switch {
	case g.To.Kind == model.Service || !crosses(g.To, g.Secret.Account):
		return p.sameAccount(g)
	case g.To.Kind == model.ExistingGroup:
		p.report(diag.GroupInPolicy, g, diag.At(g.To.Span, "%q is defined here", g.To.ID)).
			Message("the resource policy of %q must name %q, which is a group of another "+
				"account, and a policy cannot name a group", g.Secret.ID, g.To.ID).
			Hint("grant to roles or users")
		return false
	case g.Verb.Lists() && g.Verb.IsWord():
		p.report(diag.GrantWithoutEffect, g).
			Message("%s has no effect: %s works on the secrets of the caller's own "+
				"account", what(g), g.Verb.Name).
			Hint("grant describe on the secrets, or grant it to a role of the secret's account")
		return false
	}
	if _, _, known := p.secret(g.Secret, elsewhere); !known {
		p.needsName(g, "the policies of another account")
		return false
	}
	return len(g.Verb.OnKey) == 0 || p.decryptable(g)
}

// somewhere reports a grant whose conditions on the Region leave none in which it has a meaning.
func (p *placer) somewhere(g *Permission) bool {
	home := g.Secret.Home(p.m)
	if g.regionRule == nil || home == "" || g.AtHome(home) || g.Verb.Lists() {
		return true
	}
	if copies := g.copies(); len(copies) > 0 && !g.Verb.HomeOnly() {
		return true
	}
	i := slices.IndexFunc(g.When.Condition, func(c model.Condition) bool {
		return strings.EqualFold(c.Key, requestedRegion)
	})
	own := g.When.Condition[i]
	d := p.found.Report(diag.GrantWithoutEffect, own.Span).
		Related(g.Secret.Span, "the secret is here")
	if g.Verb.HomeOnly() {
		d.Message("%s has no effect: it is about the secret itself, which is in %q, and the "+
			"condition on %s leaves that out", what(g), home, own.Key).
			Hint("let the condition name %s, or leave it out", home)
		return false
	}
	there := []string{home}
	for _, replica := range g.Secret.Replicas {
		there = append(there, replica.Region)
	}
	d.Message("%s has no effect: the condition on %s leaves none of the Regions where the secret "+
		"is", what(g), own.Key).
		Hint("let the condition name one of them: %s", strings.Join(there, ", "))
	return false
}

// report begins a diagnostic about a permission. Its secret is the last of the other places.
func (p *placer) report(code *diag.Code, g *Permission, also ...diag.Related) *diag.Diagnostic {
	return p.found.Report(code, g.Because).
		Also(also...).
		Related(g.Secret.Span, "the secret is here")
}

// what names a permission as the subject of a sentence.
func what(g *Permission) string {
	if !g.Verb.IsWord() {
		return "the rotation by \"" + g.To.ID + "\", which uses \"" + g.Secret.ID + "\","
	}
	return "the grant of " + g.Verb.Name + " on \"" + g.Secret.ID + "\" to \"" + g.To.ID + "\""
}

// decryptable reports a grant across accounts on a secret, or a replica, whose key no other account
// can use.
func (p *placer) decryptable(g *Permission) bool {
	if g.Secret.Key == nil && g.AtHome(g.Secret.Home(p.m)) {
		p.inVain(g, g.Secret.Span, "")
		return false
	}
	for _, replica := range g.Secret.Replicas {
		if replica.Key != nil || g.onKeyOf(replica.Region, true) == nil {
			continue
		}
		p.inVain(g, replica.Span, replica.Region)
		return false
	}
	return true
}

// inVain notes a grant on what other accounts cannot decrypt.
func (p *placer) inVain(g *Permission, at source.Span, region string) {
	c := p.closedAt[closedAt{at, region}]
	if c == nil {
		c = &closedKey{closedAt{at, region}, g, 0, g.Verb.Encrypts()}
		p.closed, p.closedAt[c.closedAt] = append(p.closed, c), c
		return
	}
	c.others++
	c.encrypts = c.encrypts || g.Verb.Encrypts()
}

// closedKeys reports the secrets and replicas that other accounts cannot decrypt, each once: a key
// for it is what all grants on it want.
func (p *placer) closedKeys() {
	for _, c := range p.closed {
		g, others := c.first, ""
		if c.others > 0 {
			others = " and " + english.Plural(c.others, "other", "others")
		}
		if c.region == "" {
			hint := "give the secret a key"
			if g.Secret.Import != model.NotImported {
				hint = "name the secret's key, importing it under keys"
			}
			p.found.Report(diag.NeedsOwnKey, c.at).
				Message("%s%s cannot work: the secret is encrypted with aws/secretsmanager, "+
					"which no other account can use", what(g), diag.Words(others)).
				Hint("%s", diag.Words(hint)).
				Related(g.Because, "it is granted here")
			continue
		}
		d := p.found.Report(diag.ReplicaOutOfReach, c.at).
			Message("%s%s cannot work in Region %q: the replica is encrypted with "+
				"aws/secretsmanager, which no other account can use", what(g),
				diag.Words(others), c.region).
			Hint("give the replica a key").
			Related(g.Because, "it is granted here")
		if c.at != g.Secret.Span {
			d.Related(g.Secret.Span, "the secret is here")
		}
		if open := p.openRegions(g.Secret); !c.encrypts && len(open) > 0 {
			d.AndHint(", or hold the grant to other Regions with regions: "+
				"%s", diag.Words(listed(open)))
		}
	}
}

// openRegions returns the Regions in which a secret is encrypted with a key that other accounts can
// be let use.
func (p *placer) openRegions(s *model.Secret) []string {
	var open []string
	if home := s.Home(p.m); s.Key != nil && home != "" {
		open = append(open, home)
	}
	for _, replica := range s.Replicas {
		if replica.Key != nil {
			open = append(open, replica.Region)
		}
	}
	return open
}

// listed returns words as a property takes them: one alone, or a list.
func listed(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// sameAccount reports an account as the principal of a grant on a secret of its own.
func (p *placer) sameAccount(g *Permission) bool {
	if g.To.Kind != model.Account || g.To.Account != g.Secret.Account {
		return true
	}
	p.report(diag.GrantWithoutEffect, g).
		Message("%q is the account of %q, and a grant to it says nothing that IAM does not say "+
			"already", g.To.ID, g.Secret.ID).
		Hint("grant to roles of that account, or name them by a rolePattern")
	return false
}

// crosses says whether a principal is, or may be, of another account than the one that owns
// something.
func crosses(to *model.Principal, owner string) bool {
	return to.Kind == model.Organization || to.Kind == model.OrganizationPath || to.Account != owner
}

// onIdentity places the identity side's half: in a policy of the principal's, or handed over where
// its identity cannot be written and the resource's policies alone do not let it in.
func (p *placer) onIdentity(g *Permission, conditions policy.Conditions) {
	if g.To.Kind.HasIdentity() {
		condition := g.Secret.Condition
		if g.To.Account != "" { // another stack, which does not know the condition
			condition = ""
		}
		id := p.identity(g.To, condition)
		id.permissions = append(id.permissions, g)
		return
	}
	if g.To.Kind == model.Service {
		return
	}
	var statements []policy.Statement
	if crosses(g.To, g.Secret.Account) {
		statements = p.onSecret(g, conditions, elsewhere)
	}
	for _, u := range p.keyUses(g) {
		if crosses(g.To, u.key.Account) ||
			g.To.Kind == model.Account { // to name an account is to leave it to its IAM
			statements = append(statements, p.onKeyByIdentity(g, u, elsewhere)...)
		}
	}
	for _, s := range statements {
		p.handOver(g, p.identityOf(g.To), s)
	}
}

// stackOf returns the stack that an identity policy stands in.
func stackOf(to *model.Principal) model.Stack {
	if to.Account != "" {
		return model.Stack{Kind: model.AccessStack, Account: to.Account}
	}
	return model.Home
}

func (p *placer) identity(to *model.Principal, condition string) *identity {
	key := identityKey{to, condition}
	id := p.identities[key]
	if id == nil {
		id = &identity{identityKey: key}
		p.identities[key] = id
	}
	return id
}

// needsName reports a secret whose ARN must be written where only its name tells it.
func (p *placer) needsName(g *Permission, where string, also ...diag.Related) {
	p.found.Report(diag.NeedsName, g.Secret.Span).
		Message("%s must name the secret %q, which has no name", where, g.Secret.ID).
		Related(g.Because, "because of this").
		Also(also...).
		Hint("give the secret a name")
}
