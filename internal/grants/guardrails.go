package grants

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// What the guardrails hold back: the value, and nothing that would keep whoever may change the
// policy from repairing it.
var (
	readingValue = []aws.Action{"secretsmanager:GetSecretValue"}
	writingValue = []aws.Action{
		"secretsmanager:PutSecretValue",
		"secretsmanager:UpdateSecret",
		"secretsmanager:UpdateSecretVersionStage",
	}
)

// resourcePolicies writes the one resource policy of every secret that needs one: what is granted
// by it, then the denials, then the user's own statements.
func (p *placer) resourcePolicies(ps Permissions) []ResourcePolicy {
	granted := map[*model.Secret][]*Permission{}
	for i := range ps.List {
		g := &ps.List[i]
		if g.Secret.Policy.OnlyGrantees {
			granted[g.Secret] = append(granted[g.Secret], g)
		}
	}
	has := func(s *model.Secret) bool {
		return s.Policy.Manage && (p.secrets.has(s) || !s.Policy.IsZero())
	}
	n := 0
	for _, s := range p.m.Secrets {
		if has(s) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]ResourcePolicy, 0, n)
	for _, s := range p.m.Secrets {
		if has(s) {
			out = append(out, ResourcePolicy{Secret: s, said: p.secrets})
		}
	}
	found := make([]diag.List, len(out))
	p.eachOf(len(out), func(w *placer, i int) {
		w.resourcePolicy(&out[i], granted[out[i].Secret])
		found[i], w.found = w.found, nil
	})
	for _, list := range found {
		p.found = append(p.found, list...)
	}
	return out
}

// resourcePolicy writes the resource policy of one secret.
func (p *placer) resourcePolicy(out *ResourcePolicy, granted []*Permission) {
	s := out.Secret
	p.spoken = p.secrets.of(s, p.spoken[:0])
	out.granted = p.finish(p.spoken)
	out.Size = out.granted.size
	if !s.Policy.IsZero() {
		out.others = p.denials(s, granted)
		for _, own := range s.Policy.Statements {
			out.others = append(out.others,
				policy.Statement{Verbatim: own.Value, Because: []source.Span{own.Span}})
		}
		out.Size = p.sizes.of(slices.Concat(out.granted.document, out.others))
	}
	p.limit(out.Size, aws.MaxSecretPolicy, s.Span, "resource policy of secret \""+s.ID+"\"",
		"grant to roles of this account, which need no statement here, or to one "+
			"rolePattern instead of many")
}

// denials writes the guardrails of a secret.
func (p *placer) denials(s *model.Secret, granted []*Permission) []policy.Statement {
	g := s.Policy
	var out []policy.Statement
	if g.DenyDelete {
		out = append(out, p.denyDelete(s)...)
	}
	if g.RequireTLS {
		insecure := policy.Conditions{}.With("Bool", "aws:SecureTransport", "false")
		everything := []aws.Action{"secretsmanager:*"}
		out = append(out, deny("RequireTLS", g.RequireTLSSpan, everything, insecure))
	}
	value := slices.Concat(readingValue, writingValue)
	rotators := p.rotators(s)
	if g.OnlyFromVPC() {
		e := p.letThrough(s, rotators)
		out = append(out, p.denyOthers(s, "OnlyFromVPC", g.VPCSpan, value, e, outsideVPC(g))...)
	}
	if g.Organization != "" {
		e := p.letThrough(s, rotators)
		e.organizations = append(e.organizations, g.Organization)
		e.accounts = append(e.accounts, p.account(s.Account))
		out = append(out, deny("OnlyOrganization", g.OrganizationSpan, value, e.conditions()))
	}
	if g.OnlyGrantees {
		at := g.OnlyGranteesSpan
		readers := p.letThrough(s, p.grantees(s, granted, (*verb.Verb).Reads))
		out = append(out, p.denyOthers(s, "OnlyReaders", at, readingValue, readers, nil)...)
		writers := p.letThrough(s, p.grantees(s, granted, (*verb.Verb).Writes))
		out = append(out, p.denyOthers(s, "OnlyWriters", at, writingValue, writers, nil)...)
	}
	return out
}

// denyDelete denies the deletion of a secret and of its replicas. CloudFormation, which removes a
// replica that the spec no longer has, does so as the deployer.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/delete-replica.html
func (p *placer) denyDelete(s *model.Secret) []policy.Statement {
	at := s.Policy.DenyDeleteSpan
	deletion := []aws.Action{"secretsmanager:DeleteSecret"}
	removal := []aws.Action{"secretsmanager:RemoveRegionsFromReplication"}
	if p.m.Deployer == nil {
		if len(s.Replicas) > 0 {
			p.found.Report(diag.ReplicasStay, at).
				Message("the replicas of %q cannot be taken away while denyDelete stands: it "+
					"denies that to everybody", s.ID).
				Related(s.Span, "the secret is here").
				Hint("name the role that deploys in deployer, which may").
				About(s.ID)
		}
		return []policy.Statement{deny("DenyDelete", at, append(deletion, removal...), nil)}
	}
	deployer := PrincipalARN(p.m, p.m.Deployer, p.m.StackOf(s))
	others := policy.Conditions{}.With("ArnNotLike", "aws:PrincipalArn", deployer)
	return []policy.Statement{
		deny("DenyDelete", at, deletion, nil),
		deny("DenyRemovalOfReplicas", at, removal, others),
	}
}

func deny(sid string, at source.Span, actions []aws.Action, c policy.Conditions) policy.Statement {
	return policy.Statement{
		Sid: sid, Effect: policy.Deny, Principal: policy.Principal{Any: true}, Action: actions,
		Resource: []string{"*"}, Condition: c, Because: []source.Span{at},
	}
}

// denyOthers denies to everybody but exceptions, under conditions. An organization means its other
// accounts: the own one's identities, which are members too, are held back by a statement of their
// own.
func (p *placer) denyOthers(
	s *model.Secret, sid string, at source.Span, actions []aws.Action, e exceptions,
	under policy.Conditions,
) []policy.Statement {
	out := []policy.Statement{deny(sid, at, actions, both(e.conditions(), under))}
	if len(e.organizations)+len(e.paths) > 0 {
		here := both(exceptions{arns: e.arns}.conditions(), under).
			With("StringEquals", "aws:PrincipalAccount", p.account(s.Account))
		out = append(out, deny(sid+"Here", at, actions, here))
	}
	return out
}

// outsideVPC are the conditions that hold of requests through none of the guardrail's VPCs and
// endpoints.
func outsideVPC(g *model.Guardrails) policy.Conditions {
	c := policy.Conditions{}.With("BoolIfExists", "aws:ViaAWSService", "false")
	if len(g.VPCEndpoints) > 0 {
		c = c.With("StringNotEquals", "aws:SourceVpce", g.VPCEndpoints...)
	}
	if len(g.VPCs) > 0 {
		c = c.With("StringNotEquals", "aws:SourceVpc", g.VPCs...)
	}
	return c
}

// grantees returns the principals with a grant of certain verbs on a secret. Services are let
// through anyway.
func (p *placer) grantees(
	s *model.Secret,
	granted []*Permission,
	of func(*verb.Verb) bool,
) []*model.Principal {
	var out []*model.Principal
	for _, g := range granted {
		switch {
		case !of(g.Verb) || g.To.Kind == model.Service:
		case g.To.Kind == model.ExistingGroup:
			p.found.Report(diag.GroupInPolicy, g.Because).
				Message("group %q cannot be a grantee of %q under onlyGrantees: a policy does "+
					"not see the groups of a caller", g.To.ID, s.ID).
				Related(s.Policy.OnlyGranteesSpan, "onlyGrantees is here").
				Hint("grant to roles or users")
		case g.To.Kind.HasIdentity() && g.To.ARN == "":
			p.found.Report(diag.NeedsARN, g.Because).
				Message("onlyGrantees of %q must name %q by its ARN, which is not known from its "+
					"name", s.ID, g.To.ID).
				Related(g.To.Span, "%q is defined here", g.To.ID).
				Hint("write the ARN of %s, path included, instead of its name", g.To.ID)
		default:
			out = append(out, g.To)
		}
	}
	return out
}

// exceptions are those whom a guardrail lets through.
type exceptions struct{ arns, accounts, organizations, paths []string }

// letThrough collects whom the guardrails of a secret must not cut off. aws:PrincipalArn is the
// role's ARN for all of its sessions.
func (p *placer) letThrough(s *model.Secret, also []*model.Principal) exceptions {
	var e exceptions
	for _, to := range slices.Concat(also, []*model.Principal{p.m.Deployer}, s.Policy.Exempt) {
		switch {
		case to == nil:
		case to.Kind == model.Account:
			e.accounts = append(e.accounts, to.Account)
		case to.Kind == model.Organization:
			e.organizations = append(e.organizations, to.Org)
		case to.Kind == model.OrganizationPath:
			e.paths = append(e.paths, to.Path)
		default:
			g := derived(to, nil, s, s.Span)
			arn, _ := p.arnOf(&g, p.m.StackOf(s), "the resource policy of \""+s.ID+"\"")
			e.arns = append(e.arns, arn)
		}
	}
	return e
}

// conditions returns those under which a guardrail denies: the caller is no AWS service and none of
// the exceptions.
func (e exceptions) conditions() policy.Conditions {
	c := policy.Conditions{}.With("BoolIfExists", "aws:PrincipalIsAWSService", "false")
	for _, except := range []struct {
		operator, key string
		values        []string
	}{
		{"ArnNotLike", "aws:PrincipalArn", e.arns},
		{"StringNotEquals", "aws:PrincipalAccount", e.accounts},
		{"StringNotEquals", "aws:PrincipalOrgID", e.organizations},
		{"ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", e.paths},
	} {
		if len(except.values) > 0 {
			c = c.With(except.operator, except.key, except.values...)
		}
	}
	return c
}
