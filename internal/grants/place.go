package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// Placement says which document must say what, so that what is granted is allowed and nothing else is.
type Placement struct {
	Identities       []Identity       // sorted by principal and condition
	ResourcePolicies []ResourcePolicy // of secrets whose policy is the spec's own, sorted by secret
	KeyPolicies      []KeyPolicy      // of created keys, sorted by key
	HandOvers        []HandOver       // what others must add to documents of theirs
}

// Identity is the identity policy of one principal for the secrets under one CloudFormation condition, in as many parts as it needs.
type Identity struct {
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

// ResourcePolicy is the resource policy of a secret.
type ResourcePolicy struct {
	Secret   *model.Secret
	Document policy.Document
	Size     int
}

// KeyPolicy is the policy of a created key.
type KeyPolicy struct {
	Key      *model.Key
	Document policy.Document
	Size     int
}

// HandOver is a set of statements for a document that is not the spec's own.
type HandOver struct {
	Document   string // key policy, resource policy or identity policy
	Of         string // the ARN of what the document belongs to
	Statements []policy.Statement
	Because    string
	Span       source.Span
	To         *model.Principal
	Secret     *model.Secret
}

// owner names in the spec's own words what the document belongs to.
func (h *HandOver) owner() string {
	switch h.Document {
	case "key policy":
		return "\"" + h.Secret.Key.ID + "\""
	case "resource policy":
		return "\"" + h.Secret.ID + "\""
	}
	if h.To.Span.IsZero() { // the spec does not name it
		return h.To.ID
	}
	return "\"" + h.To.ID + "\""
}

// placer is the state of one Place.
type placer struct {
	arns
	identities map[identityKey]*identity
	secrets    map[*model.Secret][]policy.Statement
	keys       map[*model.Key][]policy.Statement
	handOvers  map[handOverKey]*HandOver
	order      []handOverKey
	always     map[anywhereKey]bool // which actions without a resource a principal has under no CloudFormation condition
	whenThere  []anywhere           // those for the sake of a secret that may not be there
	sizes      sizes
	found      diag.List
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

// bucketed is a statement with the hash of its secret, which decides which part of a divided policy it goes to.
type bucketed struct {
	bucket uint32
	policy.Statement
}

type handOverKey struct{ document, of, because string }

// Place decides for every permission which documents must say it. It needs a model without errors.
func Place(ps Permissions) (Placement, diag.List) {
	p := &placer{
		arns: arns{ps.Model}, identities: map[identityKey]*identity{}, secrets: map[*model.Secret][]policy.Statement{},
		keys: map[*model.Key][]policy.Statement{}, handOvers: map[handOverKey]*HandOver{}, always: map[anywhereKey]bool{},
	}
	p.sizes = newSizes(p.arns)
	for i := range ps.List {
		p.permission(&ps.List[i])
	}
	p.conditionalAnywhere()
	p.unstatedRoles()
	for _, k := range ps.Model.Keys {
		for _, admin := range k.Admins {
			p.admin(k, admin)
		}
	}
	var out Placement
	out.Identities = p.identityPolicies()
	out.ResourcePolicies = p.resourcePolicies(ps)
	out.KeyPolicies = p.keyPolicies()
	for _, key := range p.order {
		h := p.handOvers[key]
		h.Statements = policy.Merge(policy.All(h.Statements))
		out.HandOvers = append(out.HandOvers, *h)
	}
	p.noteHandOvers(out.HandOvers)
	return out, p.found
}

// permission places one permission.
func (p *placer) permission(g *Permission) {
	conditions := conditionsOf(g)
	if g.To.Kind.HasIdentity() {
		if len(g.Verb.OnSecret) > 0 {
			id := p.identity(g.To, g.Secret.Condition)
			id.permissions = append(id.permissions, g)
		}
		if k := g.Secret.Key; k != nil && !k.Delegates {
			p.onKeyByPolicy(g)
		}
	} else {
		p.byResourcePolicy(g, conditions)
		if g.Secret.Key != nil {
			p.onKeyByPolicy(g)
		}
	}
	if len(g.Verb.Anywhere) > 0 {
		p.anywhere(g, conditions)
	}
	p.functionElsewhere(g)
}

// anywhere places actions that take no resource: on the identity side only, in a statement of their own.
func (p *placer) anywhere(g *Permission, conditions policy.Conditions) {
	if len(g.Regions) > 0 { // "*" is every Region
		conditions = conditions.With("StringEquals", "aws:RequestedRegion", g.Regions...)
	}
	s := policy.Statement{Effect: policy.Allow, Action: g.Verb.Anywhere, Resource: []string{"*"}, Condition: conditions, Because: because(g)}
	if !g.To.Kind.HasIdentity() {
		p.handOver(g, "identity policy", g.To.ARN, s)
		return
	}
	a := anywhere{anywhereKey{g.To, g.Verb, fmt.Sprint(conditions)}, g.Secret.Condition, s}
	if a.condition != "" {
		p.whenThere = append(p.whenThere, a)
		return
	}
	p.always[a.anywhereKey] = true
	p.addAnywhere(a)
}

// anywhere is a statement about actions that take no resource, and the CloudFormation condition of the secret it is granted for.
type anywhere struct {
	anywhereKey
	condition string
	policy.Statement
}

type anywhereKey struct {
	to    *model.Principal
	verb  *Verb
	terms string
}

func (p *placer) addAnywhere(a anywhere) {
	id := p.identity(a.to, a.condition)
	id.others = append(id.others, a.Statement)
}

// conditionalAnywhere places what is granted for the sake of secrets that may not be there, unless the principal has it anyway.
func (p *placer) conditionalAnywhere() {
	for _, a := range p.whenThere {
		if !p.always[a.anywhereKey] {
			p.addAnywhere(a)
		}
	}
}

func because(g *Permission) []source.Span { return []source.Span{g.Because} }

// conditionsOf returns the terms of a grant as conditions on the secret's statements.
func conditionsOf(g *Permission) policy.Conditions {
	var c policy.Conditions
	for _, own := range g.When.Condition {
		c = c.With(own.Operator, own.Key, own.Values...)
	}
	if g.When.SourceVPCE != nil {
		c = c.With("StringEquals", "aws:SourceVpce", g.When.SourceVPCE...)
	}
	if g.When.SourceIP != nil {
		c = c.With("IpAddress", "aws:SourceIp", g.When.SourceIP...)
	}
	if g.When.MFA {
		c = c.With("Bool", "aws:MultiFactorAuthPresent", "true")
	}
	for _, t := range g.When.PrincipalTags {
		c = c.With("StringEquals", "aws:PrincipalTag/"+t.Key, t.Values...)
	}
	if g.Until != "" {
		c = c.With("DateLessThan", "aws:CurrentTime", g.Until)
	}
	return c
}

// staged returns the conditions that hold GetSecretValue to version stages. A request without a stage carries no
// secretsmanager:VersionStage and is served AWSCURRENT; one by version id carries no stage either, and is kept out.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
func staged(c policy.Conditions, stages []string) policy.Conditions {
	if !slices.Contains(stages, "AWSCURRENT") {
		return c.With("StringEquals", "secretsmanager:VersionStage", stages...)
	}
	return c.With("StringEqualsIfExists", "secretsmanager:VersionStage", stages...).With("Null", "secretsmanager:VersionId", "true")
}

// onSecret returns the identity side's statements on the secret and its replicas.
func (p *placer) onSecret(g *Permission, conditions policy.Conditions) []policy.Statement {
	var out []policy.Statement
	allow := func(actions []aws.Action, arn string, c policy.Conditions) {
		if len(actions) > 0 {
			out = append(out, policy.Statement{Effect: policy.Allow, Action: actions, Resource: []string{arn}, Condition: c, Because: because(g)})
		}
	}
	both := func(actions []aws.Action, arn string) {
		plain, get := actions, []aws.Action(nil)
		if len(g.Stages) > 0 {
			plain, get = without(actions, "secretsmanager:GetSecretValue")
		}
		allow(plain, arn, conditions)
		if get != nil {
			allow(get, arn, staged(conditions, g.Stages))
		}
	}
	if g.At(g.Secret.Home(p.m)) {
		arn, _ := p.secret(g.Secret)
		both(g.Verb.OnSecret, arn)
	}
	for _, replica := range g.Secret.Replicas {
		if g.At(replica.Region) {
			both(g.Verb.onReplica, p.replica(g.Secret, replica.Region))
		}
	}
	return out
}

// without divides actions into the others and the one named, nil when it is not among them.
func without(actions []aws.Action, one aws.Action) (others, named []aws.Action) {
	for _, a := range actions {
		if a == one {
			named = []aws.Action{a}
			continue
		}
		others = append(others, a)
	}
	return others, named
}

// onKeyByIdentity returns the identity side's statement on the secret's key.
func (p *placer) onKeyByIdentity(g *Permission) []policy.Statement {
	k := g.Secret.Key
	if k == nil || len(g.Verb.OnKey) == 0 || !g.At(g.Secret.Home(p.m)) {
		return nil
	}
	c := policy.Conditions{}.With("StringEquals", "kms:ViaService", p.viaService(p.home(g.Secret))...)
	if k.Pin {
		arn, exact := p.secret(g.Secret)
		c = pinned(c, arn, exact)
	}
	return []policy.Statement{{Effect: policy.Allow, Action: g.Verb.OnKey, Resource: []string{p.key(k)}, Condition: c, Because: because(g)}}
}

// pinned holds the use of a key to one secret, which Secrets Manager names in the encryption context.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
func pinned(c policy.Conditions, arn string, exact bool) policy.Conditions {
	operator := "StringLike"
	if exact {
		operator = "StringEquals"
	}
	return c.With(operator, "kms:EncryptionContext:SecretARN", arn)
}

// onKeyByPolicy places the key's half in the key's own policy: for principals whom no identity policy can be attached to, and for
// keys that IAM policies alone do not open.
func (p *placer) onKeyByPolicy(g *Permission) {
	k := g.Secret.Key
	if len(g.Verb.OnKey) == 0 || !g.At(g.Secret.Home(p.m)) {
		return
	}
	if g.To.Kind == model.ExistingGroup {
		p.found = append(p.found, diag.Diagnostic{
			Code: diag.GroupInPolicy, Span: g.Because, Message: "group \"" + g.To.ID + "\" cannot use key \"" + k.ID + "\": its policy must name who uses it, and cannot name a group",
			Hint:    "grant to roles or users, or let IAM decide over the key with iamDelegation: true",
			Related: []diag.Related{{Span: k.Span, Message: "the key is here"}},
		})
		return
	}
	if g.To.ARN == "" {
		p.found = append(p.found, diag.Diagnostic{
			Code: diag.NeedsARN, Span: g.Because, Message: "the policy of key \"" + k.ID + "\" must name \"" + g.To.ID + "\" by its ARN, which is not known from its name",
			Hint:    "write the ARN of " + g.To.ID + ", path included, instead of its name",
			Related: []diag.Related{{Span: g.To.Span, Message: "\"" + g.To.ID + "\" is defined here"}, {Span: k.Span, Message: "the key is here"}},
		})
		return
	}
	s := policy.Statement{Effect: policy.Allow, Action: g.Verb.OnKey, Resource: []string{"*"}, Because: because(g)}
	s.Principal, s.Condition = p.keyUser(g.To)
	s.Condition = s.Condition.With("StringEquals", "kms:ViaService", p.viaService(p.home(g.Secret))...)
	if k.Pin || g.To.Kind == model.Service {
		arn, exact, known := p.inKeyPolicy(g.Secret)
		if !known {
			p.needsName(g, k)
			return
		}
		s.Condition = pinned(s.Condition, arn, exact)
	}
	if k.Imported {
		p.handOver(g, "key policy", p.key(k), s)
		return
	}
	p.keys[k] = append(p.keys[k], s)
}

func (p *placer) needsName(g *Permission, k *model.Key) {
	p.found = append(p.found, diag.Diagnostic{
		Code: diag.NeedsName, Span: g.Secret.Span, Message: "the policy of key \"" + k.ID + "\" must name the secret \"" + g.Secret.ID + "\", which has no name",
		Hint:    "give the secret a name",
		Related: []diag.Related{{Span: g.Because, Message: "because of this"}, {Span: k.Span, Message: "the key is here"}},
	})
}

// keyUser says how a key's policy speaks of a principal of this account. The account root with aws:PrincipalArn lets IAM decide for
// this one principal, which need not exist yet; a rolePattern, which IAM does not decide for, is let in directly.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func (p *placer) keyUser(to *model.Principal) (policy.Principal, policy.Conditions) {
	switch to.Kind {
	case model.Service:
		return policy.Principal{Service: []string{to.ARN}}, nil
	case model.RolePattern:
		return p.anyLike(to)
	}
	return policy.Principal{AWS: []string{p.root()}}, policy.Conditions{}.With("ArnEquals", "aws:PrincipalArn", to.ARN)
}

// anyLike lets in the roles of this account that a pattern covers, whatever IAM says.
func (p *placer) anyLike(to *model.Principal) (policy.Principal, policy.Conditions) {
	return policy.Principal{Any: true}, policy.Conditions{}.With("StringEquals", "aws:PrincipalAccount", p.account()).With("ArnLike", "aws:PrincipalArn", to.ARN)
}

// byResourcePolicy places the secret's half in its resource policy, for principals whom no identity policy can be attached to.
func (p *placer) byResourcePolicy(g *Permission, conditions policy.Conditions) {
	if len(g.Verb.OnSecret) == 0 {
		return
	}
	var who policy.Principal
	var extra policy.Conditions
	if g.To.Kind == model.Service {
		who, extra = policy.Principal{Service: []string{g.To.ARN}}, policy.Conditions{}.With("StringEquals", "aws:SourceAccount", p.account())
	} else {
		who, extra = p.anyLike(g.To)
	}
	for _, c := range conditions {
		extra = extra.With(c.Operator, c.Key, c.Values...)
	}
	if len(g.Regions) > 0 {
		extra = extra.With("StringEquals", "aws:RequestedRegion", g.Regions...)
	}
	plain, get := g.Verb.OnSecret, []aws.Action(nil)
	if len(g.Stages) > 0 {
		plain, get = without(plain, "secretsmanager:GetSecretValue")
	}
	statements := []policy.Statement{{Effect: policy.Allow, Principal: who, Action: plain, Resource: []string{"*"}, Condition: extra, Because: because(g)}}
	if get != nil {
		statements = append(statements, policy.Statement{Effect: policy.Allow, Principal: who, Action: get, Resource: []string{"*"}, Condition: staged(extra, g.Stages), Because: because(g)})
	}
	for _, s := range statements {
		if !g.Secret.Policy.Manage {
			arn, _ := p.secret(g.Secret)
			p.handOver(g, "resource policy", arn, s)
			continue
		}
		p.secrets[g.Secret] = append(p.secrets[g.Secret], s)
	}
}

// statements writes what an identity policy must say, sorted by the hashes of the secrets.
func (p *placer) statements(id *identity) []bucketed {
	var out []bucketed
	for _, s := range id.others {
		out = append(out, bucketed{0, s})
	}
	for _, g := range id.permissions {
		bucket := bucketOf(g.Secret.ID)
		for _, s := range p.onSecret(g, conditionsOf(g)) {
			out = append(out, bucketed{bucket, s})
		}
		for _, s := range p.onKeyByIdentity(g) {
			out = append(out, bucketed{bucket, s})
		}
		if s, ok := p.onFunction(g); ok {
			out = append(out, bucketed{bucket, s})
		}
	}
	slices.SortStableFunc(out, func(a, b bucketed) int { return cmp.Compare(a.bucket, b.bucket) })
	return out
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

// handOver notes a statement that must stand in a document which is not the spec's own.
func (p *placer) handOver(g *Permission, document, of string, s policy.Statement) {
	because := "grant of " + g.Verb.Name + " on " + g.Secret.ID + " to " + g.To.ID
	if VerbNamed(g.Verb.Name) == nil { // it follows from a rotation
		because = "rotation by " + g.To.ID + ", which uses " + g.Secret.ID + ","
	}
	p.handOverFor(g, document, of, because, s)
}

// handOverFor is handOver for what is not a grant.
func (p *placer) handOverFor(g *Permission, document, of, because string, s policy.Statement) {
	key := handOverKey{document, of, because}
	h := p.handOvers[key]
	if h == nil {
		h = &HandOver{Document: document, Of: of, Because: key.because, Span: g.Because, To: g.To, Secret: g.Secret}
		p.handOvers[key] = h
		p.order = append(p.order, key)
	}
	h.Statements = append(h.Statements, s)
}

// noteHandOvers says what somebody else must do, with the statements to paste.
func (p *placer) noteHandOvers(list []HandOver) {
	for _, h := range list {
		var text []byte
		for i, s := range h.Statements {
			if i > 0 {
				text = append(text, ",\n"...)
			}
			text = cfn.AppendValue(text, s.Value(), cfn.Format{Compact: true})
		}
		hint := "let its owner add:\n" + strings.TrimSpace(string(text))
		if h.Document != "identity policy" && strings.Contains(hint, "AWS::") { // a pseudo parameter means nothing to another owner
			p.found = append(p.found, diag.Diagnostic{
				Code: diag.NeedsEnvironment, Span: h.Span, Hint: "add environment.account and environment.region",
				Message: "the " + h.Because + " needs a statement in the " + h.Document + " of " + h.owner() + ", which must name the account and Region, and the spec does not state them",
			})
			continue
		}
		if strings.Contains(hint, `"Ref"`) || strings.Contains(hint, `"Fn::`) {
			hint += "\nwith the ARNs of this stack's resources, once it is deployed, in place of the functions"
		}
		p.found = append(p.found, diag.Diagnostic{
			Code: diag.HandedOver, Span: h.Span, Message: "the " + h.Because + " needs a statement in the " + h.Document + " of " + h.owner() + ", which is not this spec's own",
			Hint:    hint,
			Related: []diag.Related{{Span: h.Secret.Span, Message: "the secret is here"}},
		})
	}
}
