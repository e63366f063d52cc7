package compile

import (
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// Of a statement of which a test makes no sense, the others narrow it as they would without; one of a
// source address narrows whatever it says.
func TestPublicStatementsOfWhichNotAllCanBeRead(t *testing.T) {
	test := func(operator, key, value string) cfn.Member {
		return cfn.Member{Key: operator, Value: cfn.Object{{Key: key, Value: value}}}
	}
	unread := test("NumericLessThan", "aws:MultiFactorAuthAge", "soon")
	for _, c := range []struct {
		name  string
		block cfn.Object
		want  bool
	}{
		{"no test can be read", cfn.Object{unread}, true},
		{"another narrows", cfn.Object{test("StringEquals", "aws:PrincipalOrgID", "o-1234567890"), unread}, false},
		{"another narrows nothing", cfn.Object{unread, test("StringLike", "aws:PrincipalArn", "*")}, true},
		{"a source address", cfn.Object{test("IpAddress", "aws:SourceIp", "here")}, false},
	} {
		statement := cfn.Object{
			{Key: "Effect", Value: "Allow"}, {Key: "Principal", Value: "*"}, {Key: "Action", Value: "*"}, {Key: "Resource", Value: "*"},
			{Key: "Condition", Value: c.block},
		}
		if got := isPublic(statement); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// The branches of Fn::If are what a statement may be, and not the name of the condition.
func TestPublicStatementsUnderConditions(t *testing.T) {
	const head = proofHead + `
parameters: { Env: { Type: String, Default: dev } }
conditions: { Allow: !Equals [!Ref Env, prod] }
secrets: { db: { name: shop/db } }
resources:
  Policy:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: shop/other
      ResourcePolicy: { Version: "2012-10-17", Statement: `
	for _, c := range []struct {
		name, statement string
		want            bool
	}{
		{"a branch is public", `!If [Allow, { Effect: Deny, Principal: "*", Action: "*", Resource: "*" }, { Effect: Allow, Principal: "*", Action: "*", Resource: "*" }]`, true},
		{"no branch is public", `!If [Allow, { Effect: Deny, Principal: "*", Action: "*", Resource: "*" }, { Effect: Deny, Principal: "*", Action: "s:*", Resource: "*" }]`, false},
		{"a condition is called as an effect is", `{ Effect: !If [Allow, Deny, Deny], Principal: "*", Action: "*", Resource: "*" }`, false},
		{"an effect may be Allow", `{ Effect: !If [Allow, Deny, Allow], Principal: "*", Action: "*", Resource: "*" }`, true},
	} {
		r := Compile([]*source.File{source.New("spec.yaml", []byte(head+c.statement+" }\n"))})
		got := slices.ContainsFunc(r.Diagnostics, func(d diag.Diagnostic) bool { return d.Code == diag.PublicStatement })
		if got != c.want {
			t.Errorf("%s: %v", c.name, r.Diagnostics)
		}
	}
}
