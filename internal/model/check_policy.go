package model

import (
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// resourcePolicies checks whether a secret's resource policy is the spec's own.
func resourcePolicies(m *Model) diag.List {
	var found diag.List
	for _, s := range m.secretsWritten {
		in := s.written.V.Policy
		if in.Span.File == nil {
			continue
		}
		if s.Import != NotImported && !in.Manage.V {
			found.Report(diag.PolicyNotManaged, in.Span).
				Message("the resource policy of an imported secret is its owner's").
				Hint("add manage: true, if this spec shall own the whole resource policy")
		}
	}
	return found
}

// guardrails checks the denials of secrets' resource policies.
func guardrails(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		in, g := s.written.V.Policy, s.Policy
		for _, t := range in.OnlyFromVPCEndpoints {
			c.text(diag.InvalidName, t, "the VPC endpoint", aws.VPCEndpointID(t.V),
				"write an id such as vpce-0a1b2c3d")
		}
		for _, t := range in.OnlyFromVPCs {
			c.text(diag.InvalidName, t, "the VPC", aws.VPCID(t.V),
				"write an id such as vpc-0a1b2c3d")
		}
		if in.OnlyOrganization.Set() {
			c.text(diag.InvalidName, in.OnlyOrganization, "the organization id",
				aws.OrganizationID(g.Organization), "write it as o-a1b2c3d4e5")
		}
		if m.written.Deployer.Set() {
			continue
		}
		if g.OnlyFromVPC() {
			c.needsDeployer(g.VPCSpan, "holding the secret to VPCs or endpoints")
		}
		if g.OnlyGrantees {
			c.needsDeployer(g.OnlyGranteesSpan, "onlyGrantees")
		}
	}
	return c.found
}

// exemptions checks who the guardrails let through. They do so by ARN.
func exemptions(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		g, exempt := s.Policy, s.written.V.Policy.Exempt
		if len(exempt) > 0 && !g.OnlyFromVPC() && g.Organization == "" && !g.OnlyGrantees {
			c.report(diag.PropertyWithoutEffect, exempt[0].Span).
				Message("nothing is denied that exempt could let through").
				Hint("remove it")
		}
		for _, t := range exempt {
			for _, p := range m.named([]spec.Text{t}) {
				c.exempt(p, t.Span)
			}
		}
	}
	return c.found
}

func (c *checker) exempt(p *Principal, at source.Span) {
	switch p.Kind {
	case ExistingGroup:
		c.report(diag.GroupInPolicy, at).
			Message("group %q cannot be exempt: a policy does not see the groups of a "+
				"caller", p.ID).
			Hint("name roles or users")
	case Service:
		c.report(diag.PropertyWithoutEffect, at).
			Message("services are let through anyway").
			Hint("remove it")
	case 0, Account, Organization, OrganizationPath:
	default:
		c.needsARN(p, at, "exempt stands in the policy by its ARN")
	}
}
