package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

func (r *resolver) lambdaRotation(s *Secret, in *spec.LambdaRotation) *LambdaRotation {
	out := &LambdaRotation{FunctionARN: text(in.FunctionARN), Superuser: r.superuser(s, in.SuperuserSecret)}
	if literal, ok := in.FunctionARN.Literal(); ok {
		out.Account = r.functionARN(s, literal, in.FunctionARN.Span())
	} else {
		out.Function = r.templateFunction(in.FunctionARN.Node)
		if ref := in.FunctionARN.Node.Get("Ref"); r.ofType(ref, "AWS::Lambda::Function") != nil {
			r.report(diag.RotationMismatch, in.FunctionARN.Span()).
				Message("the Ref of a function is its name, and its ARN is needed").
				Hint("write !GetAtt %s.Arn", ref.Text)
		}
	}
	if in.ExecutionRole.Set() {
		out.ExecutionRole = r.identityRole(in.ExecutionRole, "executionRole")
		r.lambdaMayAssume(out.ExecutionRole, in.ExecutionRole)
	} else {
		r.unknownRole(s, out.Superuser, in.Span, out.Account, false)
	}
	if out.Function != nil {
		r.functionNetwork(out.Function, in.FunctionARN.Span())
	}
	return out
}

// functionARN checks the ARN of a function and returns the account that it belongs to, empty for the stack's own.
func (r *resolver) functionARN(s *Secret, literal string, at source.Span) string {
	arn, err := aws.ParseARN(literal)
	if err != nil {
		r.report(diag.InvalidARN, at).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the ARN of the function")
		return ""
	}
	if kind, name := arn.ResourceType(); arn.Service != "lambda" || kind != "function" || name == "" {
		r.report(diag.InvalidARN, at).
			Message("%q is not the ARN of a function", literal).
			Hint("write arn:aws:lambda:<region>:<account>:function:<name>")
		return ""
	}
	if home := s.Home(r.m); home != "" && arn.Region != home {
		r.report(diag.RotationMismatch, at).
			Message("the function is in Region %q and secret %q in %q", arn.Region, s.ID, home).
			Hint("name a function of that Region")
	}
	account := r.ownerOf(arn, at, "function")
	if account != "" {
		r.elsewhere(at, "functions of account "+account)
	}
	return account
}

// templateFunction finds the declaration of a function that is one of the template's own resources.
func (r *resolver) templateFunction(n *yaml.Node) *yaml.Node {
	argument := n.Get("Fn::GetAtt")
	if argument == nil {
		return nil
	}
	name, _, _ := strings.Cut(argument.Text, ".")
	if len(argument.Items) > 0 {
		name = argument.Items[0].Text
	}
	if e := r.m.Resources.Get(name); e != nil {
		return e.V.Node
	}
	return nil
}

// ofType returns the declaration of a resource of the template by its name, if it has this type.
func (r *resolver) ofType(name *yaml.Node, kind string) *yaml.Node {
	if name == nil {
		return nil
	}
	if e := r.m.Resources.Get(name.Text); e != nil {
		if t := e.V.Node.Get("Type"); t != nil && t.Text == kind {
			return e.V.Node
		}
	}
	return nil
}

// functionNetwork warns of a function that runs in a VPC from which, as far as the template shows, it cannot reach Secrets Manager.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html
func (r *resolver) functionNetwork(function *yaml.Node, at source.Span) {
	config := function.Get("Properties").Get("VpcConfig")
	if config == nil {
		return
	}
	for _, e := range r.m.Resources {
		t := e.V.Node.Get("Type")
		switch {
		case t == nil:
		case t.Text == "AWS::EC2::NatGateway", t.Text == "AWS::EC2::TransitGatewayAttachment":
			return
		case t.Text == "AWS::EC2::VPCEndpoint" && strings.Contains(flatten(e.V.Node), "secretsmanager"):
			return
		}
	}
	if !ownsNetwork(r.m.Resources, config) {
		return // the subnets are made elsewhere, with whatever leads out of them
	}
	r.report(diag.NoWayToSecretsManager, at).
		Message("the function runs in subnets of this template, from which nothing leads to Secrets Manager").
		Hint("add a VPC endpoint for secretsmanager, or a NAT gateway").
		Related(config.Span, "its VpcConfig is here")
}

// ownsNetwork says whether a VpcConfig refers to a subnet of the template.
func ownsNetwork(resources spec.Entries[spec.Raw], config *yaml.Node) bool {
	text := flatten(config)
	return slices.ContainsFunc(resources, func(e spec.Entry[spec.Raw]) bool {
		t := e.V.Node.Get("Type")
		return t != nil && t.Text == "AWS::EC2::Subnet" && slices.Contains(strings.Fields(text), e.ID.V)
	})
}

// flatten returns the texts of a tree, separated by spaces.
func flatten(n *yaml.Node) string {
	if n.IsScalar() {
		return n.Text
	}
	var out []string
	for _, p := range n.Pairs {
		out = append(out, flatten(p.Value))
	}
	for _, item := range n.Items {
		out = append(out, flatten(item))
	}
	return strings.Join(out, " ")
}

// identityRole finds a role that a policy can be attached to.
func (r *resolver) identityRole(t spec.Text, property string) *Principal {
	p := r.principal(t)
	if p == nil || p.Kind == 0 {
		return nil
	}
	if p.Kind != CreatedRole && p.Kind != ExistingRole {
		r.report(diag.RotationMismatch, t.Span).
			Message("%s must name a role, and %q is of kind %s", property, p.ID, p.Kind).
			Hint("name a role or existingRole")
		return nil
	}
	return p
}

// lambdaMayAssume sees to it that a role which is created here can be a function's.
func (r *resolver) lambdaMayAssume(role *Principal, t spec.Text) {
	if role == nil || role.Role == nil || slices.ContainsFunc(role.Role.Trusts, func(t Trust) bool { return t.Service == "lambda.amazonaws.com" || cfn.IsIntrinsic(t.Service) }) {
		return
	}
	r.report(diag.RotationMismatch, t.Span).
		Message("role %q cannot be a function's: lambda.amazonaws.com may not assume it", role.ID).
		Hint("add assumedBy: { service: lambda.amazonaws.com } to the role").
		Related(role.Span, "the role is defined here")
}
