package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// A denial of certain secrets in the policy of a role or user, and one of the same role or user in
// the policies of these secrets, refuse the same requests.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

// isStillPaired says whether a denial of the old set is one of certain principals and secrets, each
// pair of which a policy of the new set denies the same, whichever of the two it is the policy of.
func (c *comparison) isStillPaired(old side, property string, denial cfn.Object) bool {
	var pairs [][2]string
	if !c.eachPaired(0, old, property, denial, func(who, secret string) {
		pairs = append(pairs, [2]string{who, secret})
	}) {
		return false
	}
	if c.paired == nil {
		c.paired = map[[2]string][]cfn.Object{}
		for one := range c.allOf(1) {
			one.eachDenial(func(property string, list []cfn.Object) {
				for _, d := range list {
					c.eachPaired(1, one, property, d, func(who, secret string) {
						at := [2]string{who, secret}
						c.paired[at] = append(c.paired[at], d)
					})
				}
			})
		}
	}
	return !slices.ContainsFunc(pairs, func(at [2]string) bool {
		return !slices.ContainsFunc(c.paired[at], func(now cfn.Object) bool {
			c.denials--
			return c.denials >= 0 && coversSet(now, denial, "Action") &&
				same(now.Get("Condition"), denial.Get("Condition")) &&
				c.holdsWhenever(now, denial)
		})
	})
}

// eachPaired gives the principals and secrets that a denial of a resource is about, as self does;
// false: it is about others, too.
func (c *comparison) eachPaired(
	set int, s side, property string, denial cfn.Object, visit func(who, secret string),
) bool {
	var who, secrets []any
	all := true
	if s.res.Type == "AWS::SecretsManager::ResourcePolicy" {
		principal, _ := denial.Get("Principal").(cfn.Object)
		who, _ = principal.Get("AWS").([]any)
		secrets = []any{s.value("SecretId")}
		all = len(principal) == 1 && same(denial.Get("Resource"), []any{"*"})
	} else {
		all = strings.HasPrefix(s.res.Type, "AWS::IAM::") && property != "AssumeRolePolicyDocument"
		secrets, _ = denial.Get("Resource").([]any)
	}
	if !all || len(secrets) == 0 {
		return false
	}
	var names []string
	if who == nil && s.res.Type != "AWS::SecretsManager::ResourcePolicy" {
		names = c.aboutWhom(set, s, property)
	}
	for _, v := range who {
		names = append(names, s.principalOf(v))
	}
	for _, name := range names {
		if kind, _, _ := strings.Cut(name, " "); kind != "AWS::IAM::Role" &&
			kind != "AWS::IAM::User" {
			all = false
			continue
		}
		for _, v := range secrets {
			if secret := s.secretOf(v); secret != "" {
				visit(name, secret)
			} else {
				all = false
			}
		}
	}
	return all && len(names) > 0
}

// principalOf tells the role or user that the policy of a resource names, as self does; empty: it
// is another principal.
func (s side) principalOf(v any) string {
	text, ok := v.(string)
	if !ok {
		return s.named("", v)
	}
	const account, resource, fields = 4, 5, 6 // arn:aws:iam::ACCOUNT:role/NAME
	parts := strings.SplitN(text, ":", fields)
	if len(parts) < fields || parts[account] != s.at.read.Account ||
		strings.ContainsAny(text, "*?$") {
		return ""
	}
	switch kind, _, _ := strings.Cut(parts[resource], "/"); kind {
	case "role":
		return s.placed("AWS::IAM::Role", text)
	case "user":
		return s.placed("AWS::IAM::User", text)
	}
	return ""
}

// secretOf tells the one secret that a policy names, as self does; empty: it names others, too.
func (s side) secretOf(v any) string {
	text, ok := v.(string)
	if !ok {
		if is := s.named("", v); strings.HasPrefix(is, "AWS::SecretsManager::Secret ") {
			return is
		}
		return ""
	}
	if !strings.HasPrefix(text, "arn:") {
		return s.placed("AWS::SecretsManager::Secret", text)
	}
	before, isPattern := strings.CutSuffix(text, "-??????")
	_, name, _ := strings.Cut(text, ":secret:")
	const region, account, fields = 3, 4, 7
	parts := strings.SplitN(text, ":", fields)
	if strings.ContainsAny(before, "*?$") || !isPattern && !aws.EndsLikeSuffix(name) ||
		len(parts) < fields || parts[region] != s.at.read.Region ||
		parts[account] != s.at.read.Account {
		return ""
	}
	return s.placed("AWS::SecretsManager::Secret", text)
}
