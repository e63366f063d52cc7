package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// rotationFunctions checks the functions of one's own that rotate.
func rotationFunctions(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Rotation == nil || s.Rotation.Lambda == nil {
			continue
		}
		in, out := &s.written.V.Rotation.Lambda, s.Rotation.Lambda
		if literal, ok := in.FunctionARN.Literal(); ok {
			c.functionARN(s, literal, in.FunctionARN.Span())
		} else if ref := in.FunctionARN.Node.Get("Ref"); m.isFunction(ref) {
			c.report(diag.RotationMismatch, in.FunctionARN.Span()).
				Message("the Ref of a function is its name, and its ARN is needed").
				Hint("write !GetAtt %s.Arn", ref.Text())
		}
		if !in.ExecutionRole.Set() {
			c.unknownRole(s, in.Span, out.Account)
		}
		if out.Function != nil {
			c.functionNetwork(out.Function, in.FunctionARN.Span())
		}
	}
	return c.found
}

// isFunction says whether a name is that of a function of the template.
func (m *Model) isFunction(name *yaml.Node) bool {
	return m.ofType(name, "AWS::Lambda::Function") != nil
}

// functionARN checks the ARN of a function.
func (c *checker) functionARN(s *Secret, literal string, at source.Span) {
	arn, err := aws.ParseARN(literal)
	if err != nil {
		c.report(diag.InvalidARN, at).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the ARN of the function")
		return
	}
	if !isOfFunction(arn) {
		c.report(diag.InvalidARN, at).
			Message("%q is not the ARN of a function", literal).
			Hint("write arn:aws:lambda:<region>:<account>:function:<name>")
		return
	}
	if home := s.Home(c.Model); home != "" && arn.Region != home {
		c.report(diag.RotationMismatch, at).
			Message("the function is in Region %q and secret %q in %q", arn.Region, s.ID, home).
			Hint("name a function of that Region")
	}
	c.owner(arn, at, "function", "functions of account ")
}

// functionNetwork warns of a function that runs in a VPC from which, as far as the template shows,
// it cannot reach Secrets Manager.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html
func (c *checker) functionNetwork(function *yaml.Node, at source.Span) {
	config := function.Get("Properties").Get("VpcConfig")
	if config == nil {
		return
	}
	for _, e := range c.Resources {
		t := e.V.Node.Get("Type")
		switch {
		case t == nil:
		case t.Text() == "AWS::EC2::NatGateway", t.Text() == "AWS::EC2::TransitGatewayAttachment":
			return
		case t.Text() == "AWS::EC2::VPCEndpoint" &&
			strings.Contains(flatten(e.V.Node), "secretsmanager"):
			return
		}
	}
	if !ownsNetwork(c.Resources, config) {
		return // the subnets are made elsewhere, with whatever leads out of them
	}
	c.report(diag.NoWayToSecretsManager, at).
		Message("the function runs in subnets of this template, from which nothing leads to "+
			"Secrets Manager").
		Hint("add a VPC endpoint for secretsmanager, or a NAT gateway").
		Related(config.Span(), "its VpcConfig is here")
}

// ownsNetwork says whether a VpcConfig refers to a subnet of the template.
func ownsNetwork(resources spec.Entries[spec.Raw], config *yaml.Node) bool {
	text := flatten(config)
	return slices.ContainsFunc(resources, func(e spec.Entry[spec.Raw]) bool {
		t := e.V.Node.Get("Type")
		return t != nil && t.Text() == "AWS::EC2::Subnet" &&
			slices.Contains(strings.Fields(text), e.ID.V)
	})
}

// flatten returns the texts of a tree, separated by spaces.
func flatten(n *yaml.Node) string {
	if n.IsScalar() {
		return n.Text()
	}
	var out []string
	for _, p := range n.Pairs() {
		out = append(out, flatten(p.Value))
	}
	for _, item := range n.Items() {
		out = append(out, flatten(item))
	}
	return strings.Join(out, " ")
}

// unknownRole refuses what a role that the spec does not name could not use, because a policy would
// have to name it: secrets of other accounts, and keys over which IAM of its account (empty: the
// own one) does not decide.
func (c *checker) unknownRole(s *Secret, at source.Span, account string) {
	for _, secret := range []*Secret{s, s.Rotation.Superuser()} {
		if secret == nil {
			continue
		}
		if secret.Account != account {
			c.report(diag.RotationMismatch, at).
				Message("the resource policy of %q would have to name the function's role, which "+
					"is of another account and which the spec does not know", secret.ID).
				Hint("rotate with a lambda whose executionRole is named").
				Related(secret.Span, "the secret is here")
			continue
		}
		// AWS gives a role that it makes the key of the secret, by its ARN, and no other.
		c.keyOfUnknownRole(secret.Key, at, account, s.Rotation.UnknownRole())
		if secret == s { // a new value is encrypted with the keys of all copies
			for _, replica := range s.Replicas {
				c.keyOfUnknownRole(replica.Key, at, account, false)
			}
		}
	}
}

// keyOfUnknownRole checks that a role which the spec does not name can use a key. givenByARN says
// whether AWS gives it the key by its ARN.
func (c *checker) keyOfUnknownRole(k *Key, at source.Span, account string, givenByARN bool) {
	if k == nil {
		return
	}
	var d *diag.Diagnostic
	switch {
	case k.Imported && k.ARN == "" && givenByARN:
		d = c.report(diag.NeedsARN, at).
			Message("the function's role is given the key by its ARN, and key %q is imported by "+
				"alias", k.ID).
			Hint("import the key by its arn")
	case k.Account != account:
		d = c.report(diag.RotationMismatch, at).
			Message("the policy of key %q would have to name the function's role, which is of "+
				"another account and which the spec does not know", k.ID).
			Hint("rotate with a lambda whose executionRole is named")
	case !k.Delegates:
		d = c.report(diag.RotationMismatch, at).
			Message("the policy of key %q would have to name the function's role, which the spec "+
				"does not know", k.ID).
			Hint("let IAM decide over the key with iamDelegation: true, or rotate with a lambda " +
				"whose executionRole is named")
	default:
		return
	}
	d.Related(k.Span, "the key is here")
}
