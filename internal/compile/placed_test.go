package compile

import (
	"cmp"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// The second opinion on what a spec makes of the accounts that it speaks of: built from the
// placement, before anything is lowered, with the concrete evaluator, and with stand-ins for what
// is known after deployment only. It has no code in common with the estate that is loaded from
// templates but that evaluator.

// placed is what a spec makes of the accounts that it speaks of, once it is deployed and others
// have done what is handed over to them.
type placed struct {
	m          *model.Model
	standIns   grants.StandIns
	principals map[*model.Principal]*placedPrincipal
	secrets    map[*model.Secret]*placedSecret
	keys       map[keyIn]*placedKey
}

// placedKind is the kind of a policy.
type placedKind string

const (
	identityPolicy      placedKind = "identity policy"
	permissionsBoundary placedKind = "permissions boundary"
	resourcePolicy      placedKind = "resource policy"
	keyPolicy           placedKind = "key policy"
)

// placedPrincipal is somebody who calls.
type placedPrincipal struct {
	ID     string
	Caller policy.Caller // for many callers, such as those of an account, one of them
	// condition keys that all of its requests have, such as its organization
	Assumed  policy.Context
	Identity []*placedDocument
	Boundary *placedDocument
}

// placedDocument is a policy.
type placedDocument struct {
	Kind placedKind
	Of   string // the ID of the principal, secret or key that it is about
	// the file of the template that it stands in, without extension; empty for one that others keep
	Stack     string
	LogicalID string // of its resource, where it stands in a template
	Rules     policy.Rules

	tree any // as the simulator reads it, once it has
}

// Name returns how people speak of the document.
func (d *placedDocument) Name() string { return string(d.Kind) + " of " + d.Of }

// placedSecret is a secret with its replicas.
type placedSecret struct {
	ID, Account string
	Copies      []placedCopy // the secret itself, then its replicas, sorted by Region
	Policy      *placedDocument
	Function    string // the ARN of the function that rotates it, if one does
}

// placedCopy is a secret in one Region.
type placedCopy struct {
	Region, ARN string
	Key         *placedKey // nil: the Region's aws/secretsmanager
}

// placedKey is a KMS key.
type placedKey struct {
	ID, ARN, Account, Region string
	Policy                   *placedDocument
}

// Decide says what IAM answers to one request of a principal, where the policy of the resource is
// given. Whether it is a key's follows from that policy.
func (p *placedPrincipal) Decide(r policy.Request, resource *placedDocument) policy.Decision {
	r.Caller = p.Caller
	all := policy.Policies{}
	for _, d := range p.Identity {
		all.Identity = append(all.Identity, policy.Source{Name: d.Name(), Rules: d.Rules})
	}
	if p.Boundary != nil {
		all.Boundary = &policy.Source{Name: p.Boundary.Name(), Rules: p.Boundary.Rules}
	}
	if resource != nil {
		all.Key = resource.Kind == keyPolicy
		all.Resource = &policy.Source{Name: resource.Name(), Rules: resource.Rules}
	}
	return policy.Evaluate(r, all)
}

// keyIn is a key in a Region. Imported keys have one Region, which is left empty.
type keyIn struct {
	*model.Key
	region string
}

// newPlaced builds the estate of a placement.
func newPlaced(m *model.Model, placement grants.Placement) *placed {
	e := &placed{
		m: m, standIns: grants.NewStandIns(m),
		principals: map[*model.Principal]*placedPrincipal{},
		secrets:    map[*model.Secret]*placedSecret{}, keys: map[keyIn]*placedKey{},
	}
	for _, kp := range placement.KeyPolicies {
		e.createdKey(kp)
	}
	for _, k := range m.Keys {
		if k.Imported {
			e.importedKey(k)
		}
	}
	for _, s := range m.Secrets {
		e.secret(s)
	}
	for _, rp := range placement.ResourcePolicies {
		s := e.secrets[rp.Secret]
		s.Policy = e.document(resourcePolicy, s.ID, m.StackOf(rp.Secret),
			rp.Secret.LogicalID+"ResourcePolicy", rp.Written())
	}
	for _, p := range m.Principals {
		e.principal(p)
	}
	for _, id := range placement.Identities {
		p := e.principals[id.To]
		for _, part := range id.Parts {
			p.Identity = append(p.Identity,
				e.document(identityPolicy, p.ID, id.Stack, lower.PolicyID(id, part), part.Document))
		}
	}
	for i := range placement.HandOvers {
		e.handOver(&placement.HandOvers[i])
	}
	return e
}

// document makes a policy ready to be asked.
func (e *placed) document(kind placedKind, of string, stack model.Stack, id string,
	d policy.Document) *placedDocument {
	out := &placedDocument{Kind: kind, Of: of, LogicalID: id, Rules: e.rules(d)}
	if stack != (model.Stack{}) {
		out.Stack = e.m.StackFile(stack)
	}
	return out
}

// rules decodes statements. Those in the user's own words were checked when they were read.
func (e *placed) rules(d policy.Document) policy.Rules {
	rules, err := d.Rules(e.standIns.Text)
	if err == nil {
		return rules
	}
	// what can be read of it: a statement that cannot is refused by AWS as well
	var out policy.Document
	for _, s := range d {
		if one, err := (policy.Document{s}).Rules(e.standIns.Text); err == nil &&
			len(one.Statements) == 1 {
			out = append(out, s)
		}
	}
	rules, err = out.Rules(e.standIns.Text)
	if err != nil {
		panic("compile: statements that can be read one by one cannot be read together: " +
			err.Error())
	}
	return rules
}

func (e *placed) region(r string) string {
	return cmp.Or(r, e.m.Env.Region, e.standIns.Text(cfn.Ref(cfn.Region)))
}
func (e *placed) account(a string) string {
	return cmp.Or(a, e.m.Env.Account, e.standIns.Text(cfn.Ref(cfn.AccountID)))
}
func (e *placed) partition() string {
	return cmp.Or(e.m.Env.Partition, e.standIns.Text(cfn.Ref(cfn.Partition)))
}

func (e *placed) createdKey(kp grants.KeyPolicy) {
	region := e.region(kp.Stack.Region)
	k := &placedKey{ID: kp.Key.ID, ARN: e.standIns.KeyARN(kp.Key, region), Account: e.account(""),
		Region: region}
	k.Policy = e.document(keyPolicy, k.ID, kp.Stack, kp.Key.LogicalID, kp.Document)
	e.keys[keyIn{kp.Key, region}] = k
}

// importedKey is a key of somebody else's. Unless the spec says otherwise its policy is taken to
// leave the decision to the IAM of the key's account, as keys do by default.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func (e *placed) importedKey(in *model.Key) {
	k := &placedKey{ID: in.ID, Account: e.account(in.Account), Region: e.region(in.Region)}
	if k.ARN = e.standIns.Text(in.ARN); k.ARN == "" {
		k.ARN = e.standIns.KeyARN(in, k.Region)
	}
	var statements policy.Document
	if in.Delegates {
		statements = append(statements, policy.Statement{
			Effect: policy.Allow, Principal: policy.Principal{AWS: []string{"arn:" + e.partition() +
				":iam::" + k.Account + ":root"}}, Action: []string{"kms:*"},
			Resource: []string{"*"},
		})
	}
	k.Policy = e.document(keyPolicy, k.ID, model.Stack{}, "", statements)
	e.keys[keyIn{in, ""}] = k
}

// key returns the key of a copy of a secret, nil for the Region's aws/secretsmanager.
func (e *placed) key(k *model.Key, region string) *placedKey {
	switch {
	case k == nil:
		return nil
	case k.Imported:
		return e.keys[keyIn{k, ""}]
	}
	return e.keys[keyIn{k, region}]
}

func (e *placed) secret(in *model.Secret) {
	home := e.region(in.Region)
	arn := e.standIns.Text(grants.SecretARN(e.m, in, e.m.StackOf(in)))
	if known, pattern := strings.CutSuffix(arn, "-??????"); pattern {
		arn = known + "-123456"
	}
	s := &placedSecret{ID: in.ID, Account: e.account(in.Account),
		Copies: []placedCopy{{Region: home, ARN: arn, Key: e.key(in.Key, home)}}}
	for _, r := range in.Replicas {
		s.Copies = append(s.Copies,
			placedCopy{Region: r.Region, ARN: strings.Replace(arn, ":"+home+":", ":"+r.Region+":",
				1), Key: e.key(r.Key, r.Region)})
	}
	s.Function = e.standIns.Text(grants.FunctionARN(e.m, in))
	e.secrets[in] = s
}

// elsewhere is an account that stands for the others of an organization.
const elsewhere = "999999999999"

// principal makes a caller of a principal. One stands for many where a principal is many: an
// account, an organization, the roles of a pattern, the members of a group.
func (e *placed) principal(in *model.Principal) {
	p := &placedPrincipal{ID: in.ID}
	account := e.account(in.Account)
	arn := func(resource string) string {
		return "arn:" + e.partition() + ":iam::" + account + ":" + resource
	}
	c := policy.Caller{Kind: policy.Role, Account: account, ARN: e.standIns.Text(in.ARN)}
	switch in.Kind {
	case model.ExistingUser:
		c.Kind = policy.User
		if c.ARN == "" {
			c.ARN = arn("user/" + e.standIns.Text(in.Name))
		}
	case model.ExistingGroup:
		c.Kind, c.ARN = policy.User, arn("user/member-of-"+e.standIns.Text(in.Name))
	case model.RolePattern:
		c.ARN = strings.NewReplacer("*", "x", "?", "x").Replace(in.ARN)
	case model.Service:
		c = policy.Caller{Kind: policy.ServicePrincipal, ARN: in.ARN}
	case model.Account:
		c.ARN = arn("role/anybody")
	case model.Organization, model.OrganizationPath:
		c.Account, account = elsewhere, elsewhere
		c.ARN = arn("role/anybody")
		p.Assumed = p.Assumed.With("aws:PrincipalOrgID", in.Org)
		if in.Kind == model.OrganizationPath {
			p.Assumed = p.Assumed.With("aws:PrincipalOrgPaths",
				strings.NewReplacer("*", "x/", "?", "x").Replace(in.Path))
		}
	default:
		if c.ARN == "" {
			c.ARN = arn("role/" + e.standIns.Text(in.Name))
		}
	}
	p.Caller = c
	if in.Role != nil {
		e.ofRole(p, in.Role)
	}
	e.principals[in] = p
}

// ofRole adds what a created role has besides the derived policies, as far as the spec has it.
func (e *placed) ofRole(p *placedPrincipal, role *model.Role) {
	for _, arn := range role.ManagedPolicyARNs {
		if d := e.ownPolicy(arn); d != nil {
			p.Identity = append(p.Identity, d)
		}
	}
	if p.Boundary = e.ownPolicy(role.PermissionsBoundary); p.Boundary != nil {
		p.Boundary.Kind = permissionsBoundary
	}
}

// ownPolicy returns a managed policy that the spec itself has among its resources and refers to, or
// nil.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-managedpolicy.html
func (e *placed) ownPolicy(ref string) *placedDocument {
	o, _ := cfn.Parse(ref).(cfn.Object)
	name, _ := o.Get("Ref").(string)
	resource := e.m.Resources.Get(name)
	if resource == nil {
		return nil
	}
	body, _ := cfn.ValueOf(resource.V.Node).(cfn.Object)
	properties, _ := body.Get("Properties").(cfn.Object)
	document, _ := properties.Get("PolicyDocument").(cfn.Object)
	if body.Get("Type") != "AWS::IAM::ManagedPolicy" || document == nil {
		return nil
	}
	var statements policy.Document
	list, isList := document.Get("Statement").([]any)
	if !isList {
		list = []any{document.Get("Statement")}
	}
	for _, s := range list {
		if o, ok := s.(cfn.Object); ok {
			statements = append(statements, policy.Statement{Verbatim: o})
		}
	}
	return e.document(identityPolicy, name, model.Home, name, statements)
}

// handOver adds what others are told to add to documents of theirs.
func (e *placed) handOver(h *grants.HandOver) {
	rules := e.rules(h.Statements)
	add := func(d *placedDocument) {
		for i := range rules.Statements {
			rules.Statements[i].Index = len(d.Rules.Statements) + i
		}
		d.Rules.Version = rules.Version
		d.Rules.Statements = append(d.Rules.Statements, rules.Statements...)
	}
	switch {
	case h.Key() != nil:
		add(e.keys[keyIn{h.Key(), ""}].Policy)
	case h.OfSecret():
		s := e.secrets[h.Secret]
		if s.Policy == nil {
			s.Policy = e.document(resourcePolicy, s.ID, model.Stack{}, "", nil)
		}
		add(s.Policy)
	case h.OfPrincipal():
		p := e.principals[h.To]
		if p == nil { // a role that the spec does not name
			return
		}
		d := e.document(identityPolicy, p.ID, model.Stack{}, "", nil)
		add(d)
		p.Identity = append(p.Identity, d)
	}
}
