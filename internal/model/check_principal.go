package model

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/spec"
)

// existingPrincipals checks the names and ARNs of roles, users and groups that exist.
func existingPrincipals(m *Model) diag.List {
	c := checker{Model: m}
	for _, p := range m.Principals {
		_, v := existing(p.written)
		if kind, ok := iamKinds[p.Kind]; ok {
			if literal, ok := v.Literal(); ok {
				c.existing(v, literal, kind)
			} else {
				c.existingIntrinsic(v, kind)
			}
		}
	}
	return c.found
}

// existing checks the name or ARN of a role, user or group that exists.
func (c *checker) existing(v spec.Value, literal string, kind iamKind) {
	if !strings.HasPrefix(literal, "arn:") {
		if kind.word == "role" && aws.IsReservedRole(literal) {
			c.reservedRole(v, literal, "")
			return
		}
		if strings.Contains(literal, "/") {
			name := literal[strings.LastIndexByte(literal, '/')+1:]
			d := c.report(diag.InvalidName, v.Span()).
				Message("%q is not the name of a %s", literal, kind.word).
				Hint("write the name without its path, or the ARN")
			if kind.validName(name) == "" {
				d.Hint("write %q, the name without its path, or the ARN", name).
					Fix(v.Span(), "%s", name)
			}
		} else if clause := kind.validName(literal); clause != "" {
			c.report(diag.InvalidName, v.Span()).
				Message("the %s name %q %s", kind.word, literal, clause).
				Hint("write the %s's name or ARN", kind.word)
		}
		return
	}
	arn, err := aws.ParseARN(literal)
	if err != nil {
		c.report(diag.InvalidARN, v.Span()).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the ARN as the console shows it")
		return
	}
	path, ok := kind.path(arn)
	if !ok {
		c.report(diag.InvalidARN, v.Span()).
			Message("%q is not the ARN of a %s", literal, kind.word).
			Hint("write the ARN of a %s", kind.word)
		return
	}
	if clause := aws.AccountID(arn.Account); clause != "" {
		c.report(diag.InvalidARN, v.Span()).
			Message("the account id in %q %s", literal, clause).
			Hint("write the twelve digits of the account")
		return
	}
	c.identityPath(v, arn, path, kind)
}

// identityPath checks the path and name that an ARN of IAM's ends with, and whose ARN it is.
func (c *checker) identityPath(v spec.Value, arn aws.ARN, path string, kind iamKind) {
	literal, _ := v.Literal()
	name := path[strings.LastIndexByte(path, '/')+1:]
	if isPattern(path) {
		hint := "write the ARN of one " + kind.word
		if kind.word == "role" {
			hint = "write rolePattern: " + literal
		}
		d := c.report(diag.InvalidARN, v.Span()).
			Message("%q is the pattern of many ARNs, and not the ARN of a %s", literal, kind.word).
			Hint("%s", hint)
		if kind.word == "role" {
			c.fixKey(d, v, "rolePattern")
		}
		return
	}
	if clause := kind.validName(name); clause != "" {
		c.report(diag.InvalidName, v.Span()).
			Message("the %s name %q %s", kind.word, name, clause).
			Hint("write the ARN as the console shows it")
		return
	}
	if kind.word == "role" && aws.IsReservedRole(name) && name == path { // its path left out
		c.reservedRole(v, name, arn.Account)
		return
	}
	if kind.isReserved(path) {
		d := c.report(diag.ReservedRole, v.Span()).
			Message("no policy can be attached to a role under "+
				"/%s/", path[:strings.IndexByte(path, '/')]).
			Hint("write rolePattern: %s", literal)
		c.fixKey(d, v, "rolePattern")
		return
	}
	c.owner(arn, v.Span(), kind.word, "account ")
}

// reservedRole refuses a role that belongs to AWS, as its name says.
func (c *checker) reservedRole(v spec.Value, name, account string) {
	c.report(diag.ReservedRole, v.Span()).
		Message("the role %q belongs to AWS, and no policy can be attached to it", name).
		Hint("write rolePattern: arn:%s:iam::%s:role/%s", cmp.Or(c.Env.Partition, "aws"),
			cmp.Or(account, c.Env.Account, "<account>"), aws.ReservedRolePath(name))
}

// existingIntrinsic checks an intrinsic that stands for a name.
func (c *checker) existingIntrinsic(v spec.Value, kind iamKind) {
	target := namedResource(v)
	if e := c.Resources.Get(target); e != nil {
		if t := e.V.Node.Get("Type"); t != nil && t.Text() != "" && t.Text() != kind.resource {
			c.report(diag.InvalidValue, v.Span()).
				Message("%q is a resource of type %s, and no %s", target, t.Text(), kind.word).
				Hint("name a resource of type %s", kind.resource).
				Related(e.ID.Span, "it is defined here")
		}
		return
	}
	if v.Node.Get("Fn::GetAtt") != nil {
		c.report(diag.InvalidValue, v.Span()).
			Message("policies are attached to a %s by its name, which this attribute is "+
				"not", kind.word).
			Hint("write !Ref and the role's logical ID")
	}
}

// rolePatterns checks the patterns of roles.
func rolePatterns(m *Model) diag.List {
	c := checker{Model: m}
	for _, p := range m.Principals {
		if p.Kind == RolePattern {
			c.rolePattern(p.written.RolePattern)
		}
	}
	return c.found
}

func (c *checker) rolePattern(t spec.Text) {
	arn, err := aws.ParseARN(t.V)
	if err != nil {
		c.report(diag.InvalidARN, t.Span).
			Message("%q is not the pattern of an ARN: %s", t, err).
			Hint("write the ARN of the roles, with * and ? for what varies")
		return
	}
	if isOfRoles(arn) {
		c.owner(arn, t.Span, "role pattern", "account ")
		return
	}
	if kind, rest := arn.ResourceType(); arn.Service != "iam" || kind != "role" || rest == "" {
		c.report(diag.InvalidARN, t.Span).
			Message("%q is not the pattern of a role's ARN", t).
			Hint("write arn:aws:iam::<account>:role/<pattern>")
		return
	}
	c.report(diag.InvalidARN, t.Span).
		Message("the account id in %q %s", t, aws.AccountID(arn.Account)).
		Hint("write the twelve digits of the account: a pattern covers one account")
}

// otherPrincipals checks services, accounts and organizations.
func otherPrincipals(m *Model) diag.List {
	c := checker{Model: m}
	for _, p := range m.Principals {
		switch in := p.written; p.Kind {
		case Service:
			c.service(in.Service, "write one such as events.amazonaws.com")
		case Account:
			c.account(in.Account)
		case Organization:
			c.text(diag.InvalidName, in.Organization, "the organization id",
				aws.OrganizationID(p.Org), "write it as o-a1b2c3d4e5")
			c.elsewhere(in.Organization.Span, "an organization's other accounts")
		case OrganizationPath:
			c.text(diag.InvalidName, in.OrganizationPath, "the path", aws.OrganizationPath(p.Path),
				"write it as o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*")
			c.elsewhere(in.OrganizationPath.Span, "an organization's other accounts")
		}
	}
	return c.found
}

// service checks the name of a service as a principal. hint is what to write instead if none is
// meant for certain.
func (c *checker) service(t spec.Text, hint string) {
	if clause := aws.ServicePrincipal(t.V); clause != "" {
		d := c.report(diag.InvalidName, t.Span).
			Message("the service principal %q %s", t, diag.Words(clause)).
			Hint("%s", diag.Words(hint))
		if meant := aws.ServiceMeant(t.V); meant != "" {
			d.Hint("write %q", diag.Words(meant)).Fix(t.Span, "%s", diag.Words(meant))
		}
		return
	}
	if aws.KnownService(t.V) {
		return
	}
	label, _, _ := strings.Cut(t.V, ".amazonaws.com")
	if near := nearestService(label); near != "" { // no list of services has all
		c.listed(t, "service", nil, strings.Replace(t.V, label, near, 1))
	}
}

// nearestService returns the name before the suffix of the known service that is most like one.
func nearestService(label string) string {
	var labels []string
	for _, name := range aws.ServiceNames() {
		labels = append(labels, strings.TrimSuffix(name, ".amazonaws.com"))
	}
	const short = 4 // too many services are one letter away from another
	if len(label) < short {
		return ""
	}
	return diag.Nearest(label, labels)
}

// account checks another account as a principal.
func (c *checker) account(t spec.Text) {
	if !c.textMeant(diag.InvalidName, t, "the account id", aws.AccountID,
		"write the twelve digits", digitsOf) {
		return
	}
	if t.V == c.Env.Account {
		c.report(diag.OwnAccount, t.Span).
			Message("the own account cannot be a principal: it says nothing that IAM does not "+
				"say already").
			Hint("name one role, or some by rolePattern: \"arn:%s:iam::%s:role/app-*\"",
				diag.Words(cmp.Or(c.Env.Partition, "aws")), t.V).
			Related(c.written.Environment.Account.Span, "the stack's account is stated here")
		return
	}
	c.elsewhere(t.Span, "account "+t.V)
}

// withoutIdentity refuses what only roles, users and groups take.
func withoutIdentity(m *Model) diag.List {
	var found diag.List
	for _, e := range m.written.Principals {
		p, in := m.principals[e.ID.V], e.V
		if p != nil && (p.Kind == 0 || p.Kind.HasIdentity()) {
			continue
		}
		if in.Policies.Set() {
			found.Report(diag.PropertyWithoutEffect, in.Policies.Span).
				Message("policies is for roles, users and groups: no policy is attached to this " +
					"principal").
				Hint("remove it")
		}
		if in.LogicalID.Set() && in.Members != nil {
			found.Report(diag.PropertyWithoutEffect, in.LogicalID.Span).
				Message("nothing is created for a set of principals").
				Hint("remove it")
		}
	}
	return found
}

// deployer checks who CloudFormation acts as.
func deployer(m *Model) diag.List {
	c := checker{Model: m}
	at := m.written.Deployer.Span
	p := m.principals[m.written.Deployer.V]
	switch {
	case p == nil || p.Kind == 0:
	case p.Account != "":
		c.report(diag.InvalidDeployer, at).
			Message("%q belongs to account %s, and CloudFormation acts as somebody of the "+
				"stack's own", p.ID, p.Account).
			Hint("name a role, user or rolePattern of the stack's account").
			Related(p.Span, "%q is defined here", p.ID)
	case p.canDeploy():
		c.needsARN(p, at, "the deployer stands in key policies and guardrails by its ARN")
	default:
		why := fmt.Sprintf("is of kind %s, which CloudFormation cannot act as", p.Kind)
		if p.Kind == CreatedRole {
			why = "is created by the stack, and the deployer must exist before it"
		}
		c.report(diag.InvalidDeployer, at).
			Message("%q %s", p.ID, why).
			Hint("name an existingRole, existingUser or rolePattern").
			Related(p.Span, "%q is defined here", p.ID)
	}
	return c.found
}
