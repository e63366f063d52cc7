package compile

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// What the arguments of calls may be, decided from the model: a verb does what its word says.

// The condition keys on arguments.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
const (
	keyARN      = "secretsmanager:KmsKeyArn"
	keyID       = "secretsmanager:KmsKeyId"
	functionARN = "secretsmanager:RotationLambdaARN"
	roleARN     = "secretsmanager:ExternalSecretRotationRoleArn"
	changesRule = "secretsmanager:ModifyRotationRules"
	atOnce      = "secretsmanager:ForceDeleteWithoutRecovery"
	toRegions   = "secretsmanager:AddReplicaRegions"
	overwrites  = "secretsmanager:ForceOverwriteReplicaSecret"
)

// withArguments returns the ways in which a call is asked on a secret: plainly, with what the
// secret has, and with something else.
func (w *world) withArguments(action string, s *model.Secret, c policy.Context) []policy.Context {
	copies := w.e.secrets[s].Copies
	switch action {
	case "secretsmanager:UpdateSecret":
		other := "arn:aws:kms:eu-west-1:" + elsewhere + ":key/00000000-0000-0000-0000-000000000000"
		beside := strings.Replace(other, elsewhere, w.e.account(""), 1)
		out := []policy.Context{c, c.With(keyARN, other), c.With(keyID, other),
			c.With(keyARN, other).With(keyID, other), c.With(keyARN, beside),
			c.With(keyID, beside)}
		if key := copies[0].Key; key != nil {
			out = append(out, c.With(keyARN, key.ARN).With(keyID, key.ARN),
				c.With(keyARN, key.ARN).With(keyID, other))
		}
		return out
	case "secretsmanager:RotateSecret":
		other := "arn:aws:lambda:eu-west-1:111111111111:function:other"
		out := []policy.Context{c, c.With(functionARN, other), c.With(changesRule, "false"),
			c.With(changesRule, "true"), c.With(roleARN, "arn:aws:iam::111111111111:role/other")}
		if function := w.function(s); function != "" {
			out = append(out, c.With(functionARN, function))
		}
		if r := s.Rotation; r != nil && r.External != nil {
			role := w.e.principals[r.External.Role].Caller.ARN
			out = append(out, c.With(roleARN, role))
		}
		return out
	case "secretsmanager:DeleteSecret":
		return []policy.Context{c, c.With(atOnce, "false"), c.With(atOnce, "true")}
	case "secretsmanager:ReplicateSecretToRegions":
		out := []policy.Context{c, c.With(toRegions, "eu-south-1"), c.With(toRegions, "us-west-2"),
			c.With(toRegions, "us-east-1"), c.With(toRegions, "us-east-1", "eu-south-1")}
		var all []string
		for _, copy := range copies[1:] {
			all = append(all, copy.Region)
			one := c.With(toRegions, copy.Region)
			out = append(out, one, one.With(overwrites, "false"), one.With(overwrites, "true"))
		}
		if all != nil {
			out = append(out, c.With(toRegions, all...),
				c.With(toRegions, append(slices.Clone(all), "eu-south-1")...))
		}
		return out
	}
	return []policy.Context{c}
}

// letsArguments says whether a clause lets a call have the arguments that it has.
func (w *world) letsArguments(c *clause, a *asked) bool {
	have := func(key string) string { return strings.Join(a.request.Context.Get(key), ",") }
	switch a.request.Action {
	case "secretsmanager:UpdateSecret":
		return w.same(c, a, have(keyARN), w.keyText(c.secret)) &&
			w.same(c, a, have(keyID), w.keyText(c.secret))
	case "secretsmanager:RotateSecret":
		role := ""
		if r := c.secret.Rotation; r != nil && r.External != nil {
			role = grants.PrincipalARN(w.m, r.External.Role, model.Home)
		}
		return have(changesRule) != "true" && w.same(c, a, have(roleARN), role) &&
			w.same(c, a, have(functionARN), grants.FunctionARN(w.m, c.secret))
	case "secretsmanager:DeleteSecret":
		return c.purges || have(atOnce) != "true"
	case "secretsmanager:ReplicateSecretToRegions":
		may := c.only
		if may == nil {
			for _, r := range c.secret.Replicas {
				may = append(may, r.Region)
			}
		}
		return have(overwrites) != "true" && have(toRegions) != "" &&
			!slices.ContainsFunc(a.request.Context.Get(toRegions), func(r string) bool {
				return !slices.Contains(may, r)
			})
	}
	return true
}

// keyText is the ARN of the secret's own key as the home stack writes it, or "".
func (w *world) keyText(s *model.Secret) string {
	switch k := s.Key; {
	case k == nil:
		return ""
	case k.ARN != "":
		return k.ARN
	case !k.Imported && w.e.secrets[s].Copies[0].Region == w.e.region(""):
		return cfn.GetAtt(k.LogicalID, "Arn")
	}
	return ""
}

// same says whether a call leaves an argument out, or states what the secret has, in a text that
// all policies can say that must let it.
func (w *world) same(c *clause, a *asked, have, text string) bool {
	if have == "" {
		return true
	}
	if text == "" || have != w.e.standIns.Text(text) {
		return false
	}
	if !cfn.IsIntrinsic(text) {
		return true
	}
	isKey := strings.Contains(text, `"Arn"`) && strings.Contains(have, ":kms:")
	byIdentity := c.to.Account == "" &&
		(c.to.Kind.HasIdentity() || c.to.Kind == model.RolePattern || c.to.Kind == model.Service)
	byResource := c.secret.Policy.Manage &&
		(w.m.StackOf(c.secret) == model.Home || !isKey)
	needsResource := a.by.powerful || !c.to.Kind.HasIdentity() || c.to.Account != c.secret.Account
	return (byIdentity || a.by.powerful) && (byResource || !needsResource)
}

// covers says whether the conditions of a clause on the Region let a request in one through.
func (c *clause) covers(region string) bool {
	for _, own := range c.when.Condition {
		if !strings.EqualFold(own.Key, "aws:RequestedRegion") {
			continue
		}
		s := policy.Statement{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}}
		s.Condition = s.Condition.With(own.Operator, own.Key, own.Values...)
		rules, err := policy.Document{s}.Rules(func(text string) string { return text })
		if err != nil || rules.Statements[0].Failing(
			policy.Context{}.With("aws:RequestedRegion", region)) != nil {
			return false
		}
	}
	return true
}
