package access_test

import (
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// TestRoleThatMayBeAnotherNowIsTold: a role whose name is not known may be the one that a policy
// names as soon as no template makes that one.
func TestRoleThatMayBeAnotherNowIsTold(t *testing.T) {
	template := func(also string) string {
		return `
Parameters: { N: { Type: String } }
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: !Ref N,
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] } } }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Db,
    ResourcePolicy: { Version: "2012-10-17", Statement: [{ Effect: Allow,
      Principal: { AWS: "arn:aws:iam::111111111111:role/legacy" },
      Action: "secretsmanager:GetSecretValue", Resource: "*" }] } } }
` + also
	}
	old, now := load(t, template(`
  Legacy: { Type: AWS::IAM::Role, Properties: { RoleName: legacy,
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] } } }
`)), load(t, template(""))
	for _, c := range access.Compare(old, now, testedVerbs).Changes {
		if c.Principal.ID == "R" && c.Kind == access.ChangeNotKnown {
			return
		}
	}
	t.Error("R may be the role that the policy of Db names now, and that is not told")
}
