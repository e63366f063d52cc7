package grants

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// Trusted are the statements by which a trust of a created role lets in principals of the spec, by
// the trust; services, which any trust can name, are not among them.
type Trusted map[*model.Trust][]policy.Statement

// TrustActions returns what a trust policy must allow to whom a trust lets in, sorted: the call by
// which the role is assumed, and what is passed with it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
func TrustActions(t *model.Trust) []string {
	call := "sts:AssumeRole"
	switch {
	case t.SAML != nil:
		call = "sts:AssumeRoleWithSAML"
	case t.OIDC != nil || t.IRSA != nil || t.Cognito != nil:
		call = "sts:AssumeRoleWithWebIdentity"
	}
	out := []string{call}
	service := aws.TrustOf(ServiceOf(t))
	if t.SourceIdentity || service.SourceIdentity {
		out = append(out, "sts:SetSourceIdentity")
	}
	if t.SessionTags || service.SessionTags {
		out = append(out, "sts:TagSession")
	}
	return out
}

// ServiceOf returns the principal of the service that a trust lets in, "" where it lets in none.
func ServiceOf(t *model.Trust) string {
	switch {
	case t.PodIdentity:
		return "pods.eks.amazonaws.com"
	case t.RolesAnywhere != nil:
		return "rolesanywhere.amazonaws.com"
	}
	return t.Service
}

// trusts places both halves of what lets principals of the spec assume its roles: the role's trust,
// and what their own policies must allow.
func (p *placer) trusts() Trusted {
	out := Trusted{}
	for _, role := range p.m.Principals {
		if role.Role == nil {
			continue
		}
		for i := range role.Role.Trusts {
			t := &role.Role.Trusts[i]
			for _, other := range t.Assumers {
				if other.Kind == model.Service {
					continue
				}
				if s, ok := p.trust(role, t, other); ok {
					out[t] = WithTrusted(out[t], s)
					p.assumption(role, t, other)
				}
			}
		}
	}
	return out
}

// WithTrusted adds a statement to a trust's: principals of one account that are told apart by their
// ARNs alone share one, which is because of all of them.
func WithTrusted(list []policy.Statement, s policy.Statement) []policy.Statement {
	for i := range list {
		have := &list[i]
		if isNamed(have.Condition) && isNamed(s.Condition) &&
			slices.Equal(have.Principal.AWS, s.Principal.AWS) &&
			slices.Equal(have.Action, s.Action) {
			arns := slices.Concat(have.Condition[0].Values, s.Condition[0].Values)
			have.Condition = policy.Conditions{}.With("ArnEquals", "aws:PrincipalArn", arns...)
			for _, at := range s.Because {
				if !slices.Contains(have.Because, at) {
					have.Because = append(have.Because, at)
				}
			}
			return list
		}
	}
	return append(list, s)
}

// isNamed says whether conditions name single principals and ask for nothing else.
func isNamed(c policy.Conditions) bool {
	return len(c) == 1 && c[0].Operator == "ArnEquals" && c[0].Key == "aws:PrincipalArn"
}

// trust returns the statement by which a role's trust lets in another principal of the spec. It
// names the account and the principal's ARN by a condition, which need not exist yet; a role that
// the spec makes without a name is referred to, so that it is made first.
func (p *placer) trust(
	role *model.Principal, t *model.Trust, other *model.Principal,
) (policy.Statement, bool) {
	s := policy.Statement{
		Effect: policy.Allow, Action: TrustActions(t), Because: []source.Span{t.Span},
	}
	assuming := derived(other, nil, nil, t.Span)
	g := &assuming
	var ok bool
	s.Principal, s.Condition, ok = p.who(g, "", model.Home,
		"the trust policy of \""+role.ID+"\"", diag.At(role.Span, "the role is here"))
	if s.Principal.Any {
		s.Principal = policy.Principal{AWS: []string{"*"}}
	}
	if literal := p.m.LiteralARN(other); ok && other.Role != nil && literal != "" {
		s.Condition = policy.Conditions{}.With("ArnEquals", "aws:PrincipalArn", literal)
	}
	return s, ok
}

// assumption places what the policy of a principal must allow so that it can assume a role: in its
// identity policy, or handed over where that cannot be written. A rolePattern of the role's own
// account is let in by the trust alone.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (p *placer) assumption(role *model.Principal, t *model.Trust, other *model.Principal) {
	s := policy.Statement{
		Effect: policy.Allow, Action: slices.Clone(TrustActions(t)), Because: []source.Span{t.Span},
	}
	switch {
	case other.Kind.HasIdentity():
		arn := PrincipalARN(p.m, role, stackOf(other))
		if arn == "" {
			p.found.Report(diag.NeedsARN, t.Span).
				Message("the policy of %q in its own account must name the role %q by its ARN, "+
					"which another stack does not know", other.ID, role.ID).
				Related(role.Span, "the role is here").
				Related(other.Span, "%q is defined here", other.ID).
				Hint("give the role a roleName")
			return
		}
		s.Resource = []string{arn}
		id := p.identity(other, "")
		id.others = append(id.others, s)
	case other.Kind == model.RolePattern && other.Account == "":
	default:
		s.Resource = []string{p.m.LiteralARN(role)}
		if s.Resource[0] == "" {
			s.Resource[0] = role.ARN // whoever pastes the statement is told to put in the ARN
		}
		p.handOverAssumption(role, t, other, s)
	}
}

// handOverAssumption notes what others must allow those who may assume a role of this spec.
func (p *placer) handOverAssumption(
	role *model.Principal, t *model.Trust, other *model.Principal, s policy.Statement,
) {
	o := p.identityOf(other)
	key := handOverKey{owned: o, reason: assumption, at: t.Span, to: other, role: role}
	if p.handOvers[key] == nil {
		p.handOvers[key] = &HandOver{
			Document: o.document, Account: o.account, Of: o.of, Span: t.Span, To: other,
			anyone: o.anyone, reason: assumption, role: role,
		}
		p.order = append(p.order, key)
	}
	p.handOvers[key].Statements = append(p.handOvers[key].Statements, s)
}
