package access

import (
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
)

// checked is a principal with the condition keys that follow from who it is.
type checked struct {
	principal *Principal
	context   policy.Context
	account   string
}

func newChecked(p *Principal) *checked {
	c := &checked{principal: p, context: p.Assumed.Of(p.Caller)}
	if p.Caller.Kind != policy.ServicePrincipal {
		account := policy.Context{}.Of(p.Caller).Get("aws:PrincipalAccount")
		c.account = strings.Join(account, "")
	}
	return c
}

func (c *checked) kind() policy.CallerKind { return c.principal.Caller.Kind }

// isOf says whether an account, of which nothing may be known, is the principal's own.
func (c *checked) isOf(account string) bool {
	return c.kind() != policy.ServicePrincipal && (account == "" || account == c.account)
}

// have returns the bits of the actions that a principal may be allowed on a secret of an account, from those that its own policies may allow and those that the
// secret's may, as policy.Evaluate combines them.
func (c *checked) have(identity, resource uint64, account string) uint64 {
	own := c.isOf(account)
	switch {
	case c.kind() == policy.AccountRoot && own:
		return ^uint64(0)
	case c.kind() == policy.AccountRoot, c.kind() == policy.ServicePrincipal:
		return resource
	case own:
		return identity | resource
	}
	return identity & resource
}

// mayAnywhere says whether a principal may be allowed an action that takes no resource.
func (c *checked) mayAnywhere(action string) bool {
	if c.kind() == policy.ServicePrincipal || c.kind() == policy.AccountRoot {
		return c.kind() == policy.AccountRoot
	}
	return slices.ContainsFunc(c.principal.Identity, func(d *Document) bool {
		for i := range d.Rules.Statements {
			r := &d.Rules.Statements[i]
			if r.Effect == policy.Allow && r.Principals.IsZero() && r.MatchesAction(action) && withoutVariables(r)("*") {
				return true
			}
		}
		return false
	})
}

// ofWho are the condition keys that follow from who a principal is. A request never has them otherwise.
var ofWho = []string{
	"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist",
	"aws:username",
}

// isOfWho says whether a condition can be decided by who a principal is.
func isOfWho(c *policy.ConditionTest) bool {
	return slices.Contains(ofWho, strings.ToLower(c.Key)) && !slices.ContainsFunc(c.Values, func(v string) bool { return strings.Contains(v, "$") })
}

// isIn says whether a statement of a resource policy may speak of a principal.
func (c *checked) isIn(r *policy.Rule) bool {
	if r.Principals.Names(c.principal.Caller, r.Effect) == policy.NotNamed {
		return false
	}
	for i := range r.Conditions {
		if one := &r.Conditions[i]; isOfWho(one) && !one.Holds(c.context) {
			return false
		}
	}
	return true
}

// callers returns principals by what statements may name them: their ARN, or the name of a service.
func callers(principals []*Principal) map[string][]*Principal {
	out := map[string][]*Principal{}
	for _, p := range principals {
		out[p.Caller.ARN] = append(out[p.Caller.ARN], p)
		for _, arn := range p.Assumed.Of(p.Caller).Get("aws:PrincipalArn") {
			if arn != p.Caller.ARN {
				out[arn] = append(out[arn], p)
			}
		}
	}
	return out
}

// everybody stands for all accounts.
const everybody = ""

// addressees returns whom a statement of a resource policy may allow something: by their ARN, or the name of a service; and accounts, or everybody, where only each
// principal can tell whether it is meant.
func addressees(r *policy.Rule) (names, accounts []string) {
	for i := range r.Conditions {
		c := &r.Conditions[i]
		isOne := slices.Contains([]string{"stringequals", "stringlike", "arnequals", "arnlike"}, strings.ToLower(c.Operator))
		if isOne && strings.EqualFold(c.Key, "aws:PrincipalArn") && !slices.ContainsFunc(c.Values, func(v string) bool { return strings.ContainsAny(v, "*?$") }) {
			return c.Values, nil
		}
	}
	if r.Principals.Any || r.Principals.Not {
		return nil, []string{everybody}
	}
	for _, id := range r.Principals.AWS {
		account := id
		if fields := strings.Split(id, ":"); len(fields) == 6 && fields[5] == "root" {
			account = fields[4]
		}
		if aws.AccountID(account) == "" {
			accounts = append(accounts, account)
		}
	}
	return slices.Concat(r.Principals.AWS, r.Principals.Service), accounts
}

// signature is the same for statements that let in the same people.
func signature(r *policy.Rule) string {
	var b strings.Builder
	write := func(words ...string) {
		for _, w := range words {
			b.WriteString(strconv.Quote(w))
		}
		b.WriteByte('\n')
	}
	if r.Principals.Not {
		write("not", strconv.FormatBool(r.Principals.Any))
		write(r.Principals.AWS...)
		write(r.Principals.Service...)
	}
	for i := range r.Conditions {
		if c := &r.Conditions[i]; isOfWho(c) {
			write(c.Operator, strings.ToLower(c.Key))
			write(c.Values...)
		}
	}
	return b.String()
}

// withoutVariables returns what says whether a statement may speak of a resource, whatever its policy variables are.
func withoutVariables(r *policy.Rule) func(arn string) bool {
	if !slices.ContainsFunc(r.Resources, func(s string) bool { return strings.Contains(s, "$") }) {
		return func(arn string) bool { return r.MatchesResource(arn, policy.Context{}) }
	}
	if r.NotResources {
		return func(string) bool { return true }
	}
	var patterns []any
	for _, s := range r.Resources {
		patterns = append(patterns, anyVariable(s))
	}
	rules, err := policy.Decode(map[string]any{"Statement": map[string]any{"Effect": policy.Allow, "Action": "*", "Resource": patterns}})
	if err != nil {
		return func(string) bool { return true }
	}
	return func(arn string) bool { return rules.Statements[0].MatchesResource(arn, policy.Context{}) }
}

// anyVariable writes a wildcard in the place of every policy variable.
func anyVariable(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(rest, "}")
		b.WriteByte('*')
	}
}
