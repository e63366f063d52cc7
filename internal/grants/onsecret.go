package grants

import (
	"fmt"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// anywhere places actions that take no resource: on the identity side only, in a statement of their
// own.
func (p *placer) anywhere(g *Permission, conditions policy.Conditions) {
	if len(g.Regions) > 0 { // "*" is every Region
		conditions = conditions.With("StringEquals", "aws:RequestedRegion", g.Regions...)
	}
	s := allow(g, g.Verb.Anywhere, "*", conditions)
	if !g.To.Kind.HasIdentity() {
		p.handOver(g, p.identityOf(g.To), s)
		return
	}
	a := anywhere{anywhereKey{g.To, g.Verb, fmt.Sprint(conditions)}, g.Secret.Condition, s}
	if a.condition != "" && g.To.Account == "" {
		p.whenThere = append(p.whenThere, a)
		return
	}
	a.condition = ""
	p.always[a.anywhereKey] = true
	p.addAnywhere(a)
}

// anywhere is a statement about actions that take no resource, and the CloudFormation condition of
// the secret it is granted for.
type anywhere struct {
	anywhereKey
	condition string
	policy.Statement
}

type anywhereKey struct {
	to    *model.Principal
	verb  *verb.Verb
	terms string
}

func (p *placer) addAnywhere(a anywhere) {
	id := p.identity(a.to, a.condition)
	id.others = append(id.others, a.Statement)
}

// conditionalAnywhere places what is granted for the sake of secrets that may not be there, unless
// the principal has it anyway.
func (p *placer) conditionalAnywhere() {
	for _, a := range p.whenThere {
		if !p.always[a.anywhereKey] {
			p.addAnywhere(a)
		}
	}
}

// onSecret returns the identity side's statements on the secret and its replicas, as they stand in
// a stack.
func (p *placer) onSecret(
	g *Permission,
	conditions policy.Conditions,
	at model.Stack,
) []policy.Statement {
	var out []policy.Statement
	add := func(copies bool, arn string) {
		for _, t := range p.termsOf(g, copies, conditions, at) {
			out = append(out, allow(g, t.actions, arn, t.conditions))
		}
	}
	if g.AtHome(g.Secret.Home(p.m)) {
		arn, _, _ := p.secret(g.Secret, at)
		add(false, arn)
	}
	for _, region := range g.copies() {
		add(true, p.replica(g.Secret, region, at))
	}
	return out
}

// byResourcePolicy places the secret's half in its resource policy: for principals whom no identity
// policy can be attached to, and for those of other accounts, who need both.
func (p *placer) byResourcePolicy(g *Permission, conditions policy.Conditions) {
	at := p.m.StackOf(g.Secret)
	if !g.Secret.Policy.Manage {
		at = elsewhere
	}
	words, ok := p.toResource(g, conditions, at)
	if !ok {
		return
	}
	if g.Secret.Policy.Manage {
		if len(words) > 0 {
			p.secrets.add(g, words)
		}
		return
	}
	for _, w := range words {
		s := spoken{wording: w, g: g}
		arn, _, _ := p.secret(g.Secret, elsewhere)
		of := owned{document: resourcePolicy, of: arn, account: g.Secret.Account}
		p.handOver(g, of, s.statement())
	}
}

// toResourceAnew is toResource, written anew.
func (p *placer) toResourceAnew(
	g *Permission, conditions policy.Conditions, at model.Stack,
) (words []*wording, ok bool) {
	who, extra, ok := p.who(g, g.Secret.Account, at, "the resource policy of \""+g.Secret.ID+"\"")
	if !ok {
		return nil, false
	}
	if g.To.Kind == model.Service {
		extra = extra.With("StringEquals", "aws:SourceAccount", p.account(g.Secret.Account))
	}
	extra = both(extra, conditions)
	switch {
	case len(g.Regions) > 0 && g.Verb.Replicates(): // and is done where the secret itself is
		regions := append(g.copies(), p.home(g.Secret))
		extra = extra.With("StringEquals", "aws:RequestedRegion", regions...)
	case len(g.Regions) > 0:
		extra = extra.With("StringEquals", "aws:RequestedRegion", g.Regions...)
	case g.atHome && len(g.Secret.Replicas) > 0: // which have the same policy
		extra = extra.With("StringEquals", "aws:RequestedRegion", p.home(g.Secret))
	}
	actions := g.Verb.OnSecret
	if !g.AtHome(g.Secret.Home(p.m)) {
		actions = g.Verb.OnReplica()
	}
	for _, t := range p.terms(g, actions, extra, at) {
		words = append(words, p.newWording(allowTo(g, who, t.actions, "*", t.conditions)))
	}
	return words, true
}

// who says how the policy of a secret or key, which an account owns, speaks of a grant's principal,
// in a stack.
//
// The account root with aws:PrincipalArn lets IAM decide for this one principal, which need not
// exist yet and may be deleted and made again; where the principal is of the policy's own account
// and has no identity of its own to decide by, it is let in directly.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func (p *placer) who(
	g *Permission,
	owner string,
	at model.Stack,
	document string,
	also ...diag.Related,
) (policy.Principal, policy.Conditions, bool) {
	to := g.To
	var none policy.Conditions
	anyone := policy.Principal{Any: true}
	switch to.Kind {
	case model.Service:
		return policy.Principal{Service: []string{to.ARN}}, none, true
	case model.Account:
		return policy.Principal{AWS: []string{p.root(to.Account)}}, none, true
	case model.Organization, model.OrganizationPath:
		// Without the last condition every identity of the owner's account would be let in with no
		// policy of its own.
		c := none.With("StringEquals", "aws:PrincipalOrgID", to.Org).
			With("StringNotEquals", "aws:PrincipalAccount", p.account(owner))
		if to.Kind == model.OrganizationPath {
			c = c.With("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", to.Path)
		}
		return anyone, c, true
	case model.RolePattern:
		if to.Account == owner {
			return anyone, none.With("StringEquals", "aws:PrincipalAccount", p.account(owner)).
					With("ArnLike", "aws:PrincipalArn", to.ARN),
				true
		}
		return policy.Principal{
			AWS: []string{p.root(to.Account)},
		}, none.With("ArnLike", "aws:PrincipalArn", to.ARN), true
	}
	arn, ok := p.arnOf(g, at, document, also...)
	return policy.Principal{
		AWS: []string{p.root(to.Account)},
	}, none.With("ArnEquals", "aws:PrincipalArn", arn), ok
}

// arnOf returns the ARN of a role or user as a document in a stack must say it, and reports where
// it cannot.
func (p *placer) arnOf(
	g *Permission,
	at model.Stack,
	document string,
	also ...diag.Related,
) (string, bool) {
	to := g.To
	d := diag.Report(diag.NeedsARN, g.Because).
		Related(to.Span, "%q is defined here", to.ID).
		Also(also...).
		Message("%s must name %q", document, to.ID)
	switch arn := PrincipalARN(p.m, to, at); {
	case to.Kind == model.ExistingGroup:
		d.Code = diag.GroupInPolicy
		d.And(", and a policy cannot name a group").Hint("grant to roles or users")
	case arn != "":
		return arn, true
	case to.Role != nil && at == elsewhere:
		return to.ARN, true // whoever pastes the statement is told to put in the ARN
	case to.Role != nil:
		d.And(" by its ARN, which another stack does not know").Hint("give the role a roleName")
	default:
		d.And(" by its ARN, which is not known from its name").
			Hint("write the ARN of %s, path included, instead of its name", to.ID)
	}
	p.found = append(p.found, *d)
	return "", false
}
