package compile

import (
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

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
		{"a branch is public",
			`!If [Allow, { Effect: Deny, Principal: "*", Action: "*", Resource: "*" }, { Effect: ` +
				`Allow, Principal: "*", Action: "*", Resource: "*" }]`, true},
		{"no branch is public",
			`!If [Allow, { Effect: Deny, Principal: "*", Action: "*", Resource: "*" }, { Effect: ` +
				`Deny, Principal: "*", Action: "s:*", Resource: "*" }]`, false},
		{"a condition is called as an effect is",
			`{ Effect: !If [Allow, Deny, Deny], Principal: "*", Action: "*", Resource: "*" }`,
			false},
		{"an effect may be Allow",
			`{ Effect: !If [Allow, Deny, Allow], Principal: "*", Action: "*", Resource: "*" }`,
			true},
	} {
		r := Compile([]*source.File{source.New("spec.yaml", []byte(head+c.statement+" }\n"))}, nil)
		got := slices.ContainsFunc(r.Diagnostics, func(d diag.Diagnostic) bool {
			return d.Code == diag.PublicStatement
		})
		if got != c.want {
			t.Errorf("%s: %v", c.name, r.Diagnostics)
		}
	}
}
