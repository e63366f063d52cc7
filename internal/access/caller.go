package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/policy"
)

// unnamed says whether a principal stands for many, none of whom a statement names by its ARN.
func (p *Principal) unnamed() bool {
	switch p.Kind {
	case AccountPrincipal, OrganizationPrincipal, EverybodyPrincipal:
		return true
	case PatternPrincipal:
		return !p.unreadable()
	}
	return false
}

// anyService says whether a principal stands for the services of AWS that call for themselves, none
// of which is named.
func (p *Principal) anyService() bool { return p.Kind == ServicePrincipal && p.ARN == "*" }

// services returns the services of AWS among everybody; nil: the principal is not everybody.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
func (p *Principal) services() *Principal {
	if p.Kind != EverybodyPrincipal || p.ARN != "*" {
		return nil
	}
	q := *p
	q.Kind = ServicePrincipal
	return &q
}

// kindOfPattern says whether a principal is a pattern that only roles (role/) or users (user/)
// match.
func (p *Principal) kindOfPattern(beginning string) bool {
	arn, ok := splitARN(p.ARN)
	return p.Kind == PatternPrincipal && ok && arn.service == "iam" &&
		strings.HasPrefix(arn.resource, beginning)
}

// isUserID says whether a principal is the unique id of a user.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
func (p *Principal) isUserID() bool {
	return p.Kind == IDPrincipal && strings.HasPrefix(p.ARN, "AIDA")
}

// unreadable says whether nobody can read who a principal is: a policy names it by an expression
// that is not known.
func (p *Principal) unreadable() bool {
	return p.Kind == PatternPrincipal && cfn.HasUnknown(p.ARN) && !hasWildcard(p.ARN)
}

// anywhere says whether nobody knows of which account a principal is, be it of the secret's own.
func (p *Principal) anywhere() bool {
	switch p.Kind {
	case OrganizationPrincipal:
		return true
	case PatternPrincipal, IDPrincipal, FederatedPrincipal, SessionPrincipal:
		return p.Account == "" || p.accountUnread()
	case RolePrincipal, UserPrincipal, AccountPrincipal:
		return p.accountUnread()
	}
	return false
}

// accountUnread says whether a principal is of one account, which nobody can read. One that a stack
// does not state is another matter: see variant.
func (p *Principal) accountUnread() bool {
	return p.Account != unstated && p.Account != elsewhere && cfn.HasUnknown(p.Account)
}

// in returns the principal as one of an account.
func (p *Principal) in(account string, own bool) *Principal {
	q := *p
	q.Account, q.AsFar = account, !own
	return &q
}

// inPart returns a pattern of which some may do something that others may not.
func (p *Principal) inPart() *Principal {
	q := *p
	q.part = true
	return &q
}

// callerKind returns the kind as the evaluation of policies knows it.
func (p *Principal) callerKind() policy.CallerKind {
	switch {
	case p.Kind == ServicePrincipal:
		return policy.ServicePrincipal
	case p.Kind == UserPrincipal, p.kindOfPattern("user/"), p.isUserID():
		return policy.User
	case strings.HasSuffix(p.ARN, ":root") && p.Kind == RolePrincipal:
		return policy.AccountRoot
	}
	return policy.Role
}

// caller returns the principal as the evaluation of policies knows it.
func (p *Principal) caller() policy.Caller {
	c := policy.Caller{
		Kind: p.callerKind(), ARN: p.ARN, Account: p.Account,
		Unnamed: p.unnamed() || p.anyService(), Federated: p.Kind == FederatedPrincipal,
		Others: p.Others, Bounded: p.mayBeBounded(),
	}
	if name, _, ok := p.session(); ok {
		c.Role = arnText{p.partition(), "iam", "", p.Account, "role/" + name}.String()
		if p.Role != nil {
			c.Role = p.Role.ARN
		}
	}
	return c
}

// mayBeBounded says whether a principal, or one who may be the same, has a permissions boundary.
func (p *Principal) mayBeBounded() bool {
	return p.Boundary != nil ||
		slices.ContainsFunc(p.twins, func(twin *Principal) bool { return twin.Boundary != nil })
}

// everything is the identity policy of whom the account's policies are out of sight, and taken to
// allow what the policies of secrets and keys allow.
var everything = lazy.Value(func() *Document {
	return &Document{Kind: IdentityPolicy, Rules: must(policy.Decode(documentOf(cfn.Object{
		{Key: "Action", Value: "*"}, {Key: "Effect", Value: "Allow"}, {Key: "Resource", Value: "*"},
	})))}
})

// documentOf returns a policy document of a statement, or of a list of statements.
func documentOf(statement any) cfn.Object {
	return cfn.Object{{Key: "Version", Value: "2012-10-17"}, {Key: "Statement", Value: statement}}
}

func must(rules policy.Rules, err error) policy.Rules {
	if err != nil {
		panic("access: a policy of its own cannot be read: " + err.Error())
	}
	return rules
}

// identity returns the identity policies of a principal that bear on what an account owns, in the
// order in which a decision numbers them. What the principal's own account owns, only the policies
// that are given open to it.
func (p *Principal) identity(owner string, v variant) (list []*Document, boundary *Document) {
	list, boundary = p.Identity, p.Boundary
	for _, twin := range p.twins {
		if v.same(p.Account, twin.Account) {
			list = slices.Concat(list, twin.Identity)
			boundary = cmp.Or(boundary, twin.Boundary)
		}
	}
	if p.AsFar && !v.same(owner, p.Account) {
		list = append([]*Document{everything()}, list...)
	}
	return list, boundary
}

// session returns the names of the role and of the session of a principal that is one session of a
// role; not ok: it is none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
func (p *Principal) session() (role, name string, ok bool) {
	a, isARN := splitARN(p.ARN)
	if kind, rest := a.kind(); isARN && p.Kind == SessionPrincipal && kind == "assumed-role" {
		role, name, ok = strings.Cut(rest, "/")
	}
	return role, name, ok
}

func (p *Principal) ofSomeRole() bool {
	_, _, ok := p.session()
	return ok
}

func (p *Principal) partition() string {
	a, _ := splitARN(p.ARN)
	return a.partition
}
