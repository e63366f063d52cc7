package grants

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// term is a part of the actions of a permission, with the conditions under which it is granted.
type term struct {
	actions    []aws.Action
	conditions policy.Conditions
}

// terms divides actions of a permission on the secret by the conditions that each takes, as a stack
// says them: those that have none of their own under what is asked of all, GetSecretValue held to
// its version stages, and one by one the actions that the verb holds to some arguments.
func (p *placer) terms(
	g *Permission, actions []aws.Action, c policy.Conditions, at model.Stack,
) []term {
	plain, get := byStage(actions, g.Stages)
	var held []aws.Action
	if len(g.Verb.Held()) > 0 {
		plain, held = divided(plain, g.Verb.Held())
	}
	var out []term
	if len(plain) > 0 {
		out = append(out, term{plain, c})
	}
	if get != nil {
		out = append(out, term{get, staged(c, g.Stages)})
	}
	for _, action := range held {
		out = append(out, term{[]aws.Action{action}, both(c, p.heldTo(g, action, at))})
	}
	return out
}

// divided divides actions into those that a list has not, and those that it has.
func divided(actions, list []aws.Action) (others, those []aws.Action) {
	for _, a := range actions {
		if slices.Contains(list, a) {
			those = append(those, a)
			continue
		}
		others = append(others, a)
	}
	return others, those
}

// heldTo returns the conditions on its own arguments under which a verb allows a call, as a stack
// says them. AWS documents none of these keys for a call that leaves the argument out: whether they
// are absent then, false, or what the secret has. So absent is let through beside what the argument
// may be; and where that cannot be written, what is absent alone.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func (p *placer) heldTo(g *Permission, action aws.Action, at model.Stack) policy.Conditions {
	var c policy.Conditions
	switch action {
	case "secretsmanager:UpdateSecret":
		key := p.keyOf(g.Secret, at)
		c = absentOr(c, "ArnEquals", "secretsmanager:KmsKeyArn", key)
		c = absentOr(c, "StringEquals", "secretsmanager:KmsKeyId", key)
	case "secretsmanager:RotateSecret":
		function, role := p.rotatedBy(g.Secret, at)
		c = absentOr(c, "ArnEquals", "secretsmanager:RotationLambdaARN", function)
		c = absentOr(c, "ArnEquals", "secretsmanager:ExternalSecretRotationRoleArn", role)
		c = c.With("BoolIfExists", "secretsmanager:ModifyRotationRules", "false")
	case "secretsmanager:DeleteSecret":
		c = c.With("BoolIfExists", "secretsmanager:ForceDeleteWithoutRecovery", "false")
	case "secretsmanager:ReplicateSecretToRegions":
		c = c.With("ForAllValues:StringEquals", "secretsmanager:AddReplicaRegions",
			p.destinations(g)...)
		// ForAllValues is met by none, too.
		c = c.With("Null", "secretsmanager:AddReplicaRegions", "false")
		c = c.With("BoolIfExists", "secretsmanager:ForceOverwriteReplicaSecret", "false")
	}
	return c
}

// absentOr adds that a key is absent or equal to a value; empty: absent.
func absentOr(c policy.Conditions, operator, key, value string) policy.Conditions {
	if value == "" {
		return c.With("Null", key, "true")
	}
	return c.With(operator+"IfExists", key, value)
}

// keyOf returns the ARN of a secret's own key where a stack can write it, else "".
func (p *placer) keyOf(s *model.Secret, at model.Stack) string {
	if s.Key == nil {
		return ""
	}
	if !p.isExact(s.Key, p.home(s), at) {
		return ""
	}
	arn, _ := p.key(s.Key, p.home(s), at)
	return p.saidAt(arn, s, at)
}

// rotatedBy returns the ARNs of the function that rotates a secret, and of the role that does so
// at a partner's, where there is such and a stack can write it.
func (p *placer) rotatedBy(s *model.Secret, at model.Stack) (function, role string) {
	function, _ = p.function(s)
	if r := s.Rotation; r != nil && r.External != nil {
		role = PrincipalARN(p.m, r.External.Role, at)
	}
	return p.saidAt(function, s, at), p.saidAt(role, s, at)
}

// saidAt returns a text about a secret if a stack can say it: an intrinsic means something in the
// secret's stack, which says it of the secret itself, and at home, where the verbatim sections are.
func (p *placer) saidAt(text string, s *model.Secret, at model.Stack) string {
	if cfn.IsIntrinsic(text) && at != model.Home && at != p.m.StackOf(s) {
		return ""
	}
	return text
}

// destinations returns the Regions in which a permission may make replicas: those of the grant, or
// of the secret's replicas.
func (p *placer) destinations(g *Permission) []string {
	if len(g.Regions) > 0 {
		return g.Destinations(p.m)
	}
	var out []string
	for _, replica := range g.Secret.Replicas {
		out = append(out, replica.Region)
	}
	return out
}
