package grants

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// invocation is what starting a rotation needs of its function.
var invocation = []aws.Action{"lambda:InvokeFunction"}

// rotations returns what the roles that rotate need, as permissions of their own.
func rotations(m *model.Model) []Permission {
	var out []Permission
	for _, s := range m.Secrets {
		if role := s.Rotation.Role(); role != nil {
			out = append(out, rotationOf(s, role)...)
		}
	}
	return out
}

// rotators returns the roles that rotate a secret, or read it to rotate another, as far as the spec
// names them.
func (p *placer) rotators(s *model.Secret) []*model.Principal { return p.index.rotators[s] }

// rotationOf returns what the role that rotates a secret needs.
func rotationOf(s *model.Secret, role *model.Principal) []Permission {
	var out []Permission
	add := func(v *verb.Verb, on *model.Secret) {
		g := derived(role, v, on, s.Rotation.Span)
		g.atHome = true
		out = append(out, g)
	}
	add(verb.Rotation, s)
	if superuser := s.Rotation.Superuser(); superuser != nil {
		add(verb.Superuser, superuser)
	}
	if l := s.Rotation.Lambda; l != nil && l.InVPC() && role.Kind == model.CreatedRole {
		add(verb.InVPC, s)
	}
	return out
}

// unstatedRoles hands over what the roles of rotation functions need that the spec does not name.
func (p *placer) unstatedRoles() {
	for _, s := range p.m.Secrets {
		r := s.Rotation
		if r.UnknownRole() {
			p.replicaKeys(s)
		}
		if r == nil || r.Lambda == nil || r.Lambda.ExecutionRole != nil {
			continue
		}
		unstated := &model.Principal{ID: "the function's role", Kind: model.ExistingRole}
		for _, g := range rotationOf(s, unstated) {
			at := model.Home // where the function often stands; elsewhere the ARNs must be put in
			if functionOwner(s) != "" {
				at = elsewhere
			}
			statements := p.onSecret(&g, nil, at)
			for _, u := range p.keyUses(&g) {
				statements = append(statements, p.onKeyByIdentity(&g, u, at)...)
			}
			if len(g.Verb.Anywhere) > 0 {
				statements = append(statements, allow(&g, g.Verb.Anywhere, "*", nil))
			}
			role := owned{
				document: identityPolicy,
				of:       "the execution role of " + shown(r.Lambda.FunctionARN),
			}
			for _, statement := range statements {
				p.handOverFor(&g, role, rotationOfSecret, s, statement)
			}
		}
	}
}

// replicaKeys hands over what the role of a function that AWS makes needs of the keys of replicas:
// AWS gives it the key of the secret itself and no other.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html
func (p *placer) replicaKeys(s *model.Secret) {
	g := &rotationOf(s, &model.Principal{ID: "the function's role", Kind: model.ExistingRole})[0]
	for _, u := range p.keyUses(g) {
		if u.replica != "" {
			role := owned{document: identityPolicy, of: "the role of the function that rotates " +
				"" + s.ID}
			for _, statement := range p.onKeyByIdentity(g, u, model.Home) {
				p.handOverFor(g, role, rotationOfSecret, s, statement)
			}
		}
	}
}

// shown writes a text that may be an intrinsic for people.
func shown(s string) string {
	return strings.Trim(string(cfn.AppendValue(nil, s, cfn.Format{Compact: true})), `"`)
}

// function returns the ARN of the function that rotates a secret, if one does and it is known.
func (p arns) function(s *model.Secret) (arn string, exists bool) {
	byName := func(name string) string {
		return cfn.Concat("arn:", p.partition(), ":lambda:", p.home(s), ":", p.account(s.Account),
			":function:", name)
	}
	switch r := s.Rotation; {
	case r == nil:
		return "", false
	case r.Lambda != nil:
		return r.Lambda.FunctionARN, true
	case r.Application != nil:
		return byName(r.Application.FunctionName), true
	case r.Hosted != nil && r.Hosted.Name != "":
		return byName(r.Hosted.Name), true
	case r.Hosted != nil:
		return "", true
	}
	return "", false
}

// FunctionARN returns the ARN of the function that rotates a secret, or "" where none does or its
// name is not known.
func FunctionARN(m *model.Model, s *model.Secret) string {
	arn, _ := arns{m}.function(s)
	return arn
}

// UnnamedFunction is what stands in hand-overs for the name of the function that rotates a secret,
// where AWS makes it and the spec gives it no name: whoever adds the statement puts the name in.
func UnnamedFunction(s *model.Secret) string { return "<the function that rotates " + s.ID + ">" }

// functionOwner returns the account of the function that rotates a secret, empty for the stack's
// own.
func functionOwner(s *model.Secret) string {
	if s.Rotation != nil && s.Rotation.Lambda != nil {
		return s.Rotation.Lambda.Account
	}
	return ""
}

// functionsElsewhere hands over what functions of other accounts must let Secrets Manager do: the
// permission stands in the function's own policy.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
func (p *placer) functionsElsewhere() {
	told := map[string]bool{} // functions that are called for every secret of the account
	for _, s := range p.m.Secrets {
		if functionOwner(s) == "" {
			continue
		}
		service := &model.Principal{
			ID: "Secrets Manager", Kind: model.Service, ARN: "secretsmanager.amazonaws.com",
		}
		rotation := derived(service, verb.Rotation, s, s.Rotation.Span)
		g := &rotation
		arn, _, known := p.secret(s, elsewhere)
		if l := s.Rotation.Lambda; l.ForAccount && told[l.FunctionARN] {
			continue
		} else if l.ForAccount {
			told[l.FunctionARN] = true
		} else if !known {
			p.needsName(g, "the policy of a function of another account")
			continue
		}
		c := policy.Conditions{}.With("StringEquals", "aws:SourceAccount", p.account(s.Account))
		if !s.Rotation.Lambda.ForAccount {
			c = c.With("ArnLike", "aws:SourceArn", arn)
		}
		who := policy.Principal{Service: []string{g.To.ARN}}
		p.handOverFor(g, policyOfFunction(s), rotationOfSecret, s,
			allowTo(g, who, invocation, s.Rotation.Lambda.FunctionARN, c))
	}
}

// policyOfFunction names the policy of a function of another account.
func policyOfFunction(s *model.Secret) owned {
	return owned{
		document: resourcePolicy,
		of:       s.Rotation.Lambda.FunctionARN,
		account:  s.Rotation.Lambda.Account,
		function: true,
	}
}

// onFunction returns the statement by which whoever starts a rotation may call its function.
func (p *placer) onFunction(g *Permission) (policy.Statement, bool) {
	if !g.Verb.Invokes() {
		return policy.Statement{}, false
	}
	arn, _ := p.function(g.Secret)
	if arn == "" ||
		cfn.IsIntrinsic(arn) && g.To.Account != "" { // another account's stack cannot say it
		return policy.Statement{}, false
	}
	return invoke(g, arn), true
}

func invoke(g *Permission, arn string) policy.Statement {
	return allow(g, invocation, arn, conditionsOf(g))
}

// functionElsewhere hands over the right to call a function where it cannot be given: to principals
// without an identity policy, where the function has no name yet, and in the policy of a function
// that belongs to another account than its caller.
func (p *placer) functionElsewhere(g *Permission) {
	if !g.Verb.Invokes() {
		return
	}
	arn, exists := p.function(g.Secret)
	if !exists {
		return
	}
	_, given := p.onFunction(g)
	if arn == "" {
		arn = cfn.Concat("arn:", p.partition(), ":lambda:", p.home(g.Secret), ":",
			p.account(g.Secret.Account), ":function:", UnnamedFunction(g.Secret))
	}
	isService := g.To.Kind == model.Service // which has no identity policy
	if !isService && (!given || !g.To.Kind.HasIdentity()) {
		p.handOver(g, p.identityOf(g.To), invoke(g, arn))
	}
	if isService || crosses(g.To, functionOwner(g.Secret)) {
		p.invokeByPolicy(g, arn)
	}
}
