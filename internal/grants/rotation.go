package grants

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

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

// rotators returns the ARNs of the roles that rotate a secret, or read it to rotate another, as far as they are known.
func (p *placer) rotators(s *model.Secret) []string {
	var out []string
	for _, other := range p.m.Secrets {
		role := other.Rotation.Role()
		if role != nil && role.ARN != "" && (other == s || other.Rotation.Superuser() == s) {
			out = append(out, role.ARN)
		}
	}
	return out
}

// rotationOf returns what the role that rotates a secret needs.
func rotationOf(s *model.Secret, role *model.Principal) []Permission {
	out := []Permission{{To: role, Verb: rotating, Secret: s, Because: s.Rotation.Span}}
	if superuser := s.Rotation.Superuser(); superuser != nil {
		out = append(out, Permission{To: role, Verb: asSuperuser, Secret: superuser, Because: s.Rotation.Span})
	}
	if l := s.Rotation.Lambda; l != nil && l.InVPC() && role.Kind == model.CreatedRole {
		out = append(out, Permission{To: role, Verb: fromVPC, Secret: s, Because: s.Rotation.Span})
	}
	return out
}

// unstatedRoles hands over what the roles of rotation functions need that the spec does not name.
func (p *placer) unstatedRoles() {
	for _, s := range p.m.Secrets {
		r := s.Rotation
		if r == nil || r.Lambda == nil || r.Lambda.ExecutionRole != nil {
			continue
		}
		unstated := &model.Principal{ID: "the function's role", Kind: model.ExistingRole}
		for _, g := range rotationOf(s, unstated) {
			statements := append(p.onSecret(&g, nil), p.onKeyByIdentity(&g)...)
			if len(g.Verb.Anywhere) > 0 {
				statements = append(statements, policy.Statement{Effect: policy.Allow, Action: g.Verb.Anywhere, Resource: []string{"*"}, Because: because(&g)})
			}
			for _, statement := range statements {
				p.handOverFor(&g, "identity policy", "the execution role of "+shown(r.Lambda.FunctionARN), "rotation of "+s.ID, statement)
			}
		}
	}
}

// shown writes a text that may be an intrinsic for people.
func shown(s string) string {
	return strings.Trim(string(cfn.AppendValue(nil, s, cfn.Format{Compact: true})), `"`)
}

// function returns the ARN of the function that rotates a secret, if one does and it is known.
func (p *placer) function(s *model.Secret) (arn string, exists bool) {
	byName := func(name string) string {
		return cfn.Concat("arn:", p.partition(), ":lambda:", p.home(s), ":", p.account(), ":function:", name)
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

// onFunction returns the statement by which whoever starts a rotation may call its function.
func (p *placer) onFunction(g *Permission) (policy.Statement, bool) {
	if !g.Verb.Invokes() {
		return policy.Statement{}, false
	}
	arn, _ := p.function(g.Secret)
	if arn == "" {
		return policy.Statement{}, false
	}
	return policy.Statement{Effect: policy.Allow, Action: []aws.Action{"lambda:InvokeFunction"}, Resource: []string{arn}, Condition: conditionsOf(g), Because: because(g)}, true
}

// functionElsewhere hands over the right to call a function where it cannot be given: to principals without an identity policy, and where
// the function has no name yet.
func (p *placer) functionElsewhere(g *Permission) {
	if !g.Verb.Invokes() {
		return
	}
	arn, exists := p.function(g.Secret)
	if !exists || arn != "" && g.To.Kind.HasIdentity() {
		return
	}
	of := g.To.ARN
	if of == "" {
		of = g.To.Name
	}
	if arn == "" {
		arn = cfn.Concat("arn:", p.partition(), ":lambda:", p.home(g.Secret), ":", p.account(), ":function:<the function that rotates "+g.Secret.ID+">")
	}
	p.handOver(g, "identity policy", of, policy.Statement{
		Effect: policy.Allow, Action: []aws.Action{"lambda:InvokeFunction"}, Resource: []string{arn}, Condition: conditionsOf(g), Because: because(g),
	})
}
