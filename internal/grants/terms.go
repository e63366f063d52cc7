package grants

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

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

// both returns the conditions of two lists.
func both(c, more policy.Conditions) policy.Conditions {
	for _, m := range more {
		c = c.With(m.Operator, m.Key, m.Values...)
	}
	return c
}

// staged returns the conditions that hold GetSecretValue to version stages. A request without a
// stage carries no secretsmanager:VersionStage and is served AWSCURRENT; one by version id carries
// no stage either, and is kept out.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
func staged(c policy.Conditions, stages []string) policy.Conditions {
	if !slices.Contains(stages, "AWSCURRENT") {
		return c.With("StringEquals", "secretsmanager:VersionStage", stages...)
	}
	return c.With("StringEqualsIfExists", "secretsmanager:VersionStage", stages...).
		With("Null", "secretsmanager:VersionId", "true")
}

// byStage divides actions into those that a list of version stages leaves alone, and
// GetSecretValue, which it holds back; of no list the former are all.
func byStage(actions []aws.Action, stages []string) (plain, get []aws.Action) {
	if len(stages) == 0 {
		return actions, nil
	}
	return without(actions, "secretsmanager:GetSecretValue")
}

// allow returns a statement of an identity policy that follows from a permission.
func allow(
	g *Permission,
	actions []aws.Action,
	resource string,
	c policy.Conditions,
) policy.Statement {
	return policy.Statement{
		Effect: policy.Allow, Action: actions, Resource: []string{resource}, Condition: c,
		Because: []source.Span{g.Because},
	}
}

// allowTo returns a statement of a resource's policy that follows from a permission.
func allowTo(
	g *Permission,
	who policy.Principal,
	actions []aws.Action,
	resource string,
	c policy.Conditions,
) policy.Statement {
	s := allow(g, actions, resource, c)
	s.Principal = who
	return s
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
