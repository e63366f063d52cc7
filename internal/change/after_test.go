package change

import (
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// TestAfter: the new state has the names that the changes have, those of the specs of either side,
// and changes are about its secrets although a copy of them is gone.
func TestAfter(t *testing.T) {
	secret := func(regions, role string) Stack {
		return stack(t, "app", "  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db"+
			regions+" } }\n"+
			"  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Db, "+
			"ResourcePolicy: { Statement: [ { Effect: Allow, Resource: '*', "+
			"Action: 'secretsmanager:GetSecretValue', Principal: { AWS: "+
			"'arn:aws:iam::111111111111:role/"+role+"' } } ] } } }\n")
	}
	before := stateOf(secret(", ReplicaRegions: [ { Region: us-east-1 } ]", "ci"))
	before.IDs = map[string]string{"Db": "database", "arn:aws:iam::111111111111:role/ci": "pipeline"}
	r := Compare(before, stateOf(secret("", "ci")), nil)
	after := r.After()
	if len(r.Access) == 0 || !slices.Equal(r.Accounts, []string{"111111111111"}) {
		t.Fatalf("%d changes, in the accounts %v", len(r.Access), r.Accounts)
	}
	for _, c := range r.Access {
		same := func(a *access.Subject) func(access.Subject) bool {
			return func(b access.Subject) bool { return a.ID == b.ID && a.ARN == b.ARN }
		}
		if c.Region != "us-east-1" || c.Secret.ID != "database" || c.Principal.ID != "pipeline" ||
			c.Secret.Account != "111111111111" ||
			!slices.ContainsFunc(after.Secrets, same(c.Secret)) ||
			!slices.ContainsFunc(after.Principals, same(c.Principal)) {
			t.Errorf("%s of %+v and %+v is not of %+v and %+v", c.Kind, c.Principal, c.Secret,
				after.Principals, after.Secrets)
		}
	}
	if none := Compare(before, State{}, nil).After(); len(none.Secrets) > 0 {
		t.Errorf("of nothing there is %+v", none.Secrets)
	}
}
