package change

import "testing"

// A policy is explained by a change of access only if a statement of its own may be why: it works
// in that direction, and speaks of such a request.
func TestPoliciesThatAreExplained(t *testing.T) {
	const (
		db = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
		of = "{Effect: Allow, Resource: '*', Action: "
		x  = "  X: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: !Ref R, PolicyName: x, " +
			"PolicyDocument: {Statement: ["
		end = "]}}}\n"
		two = of + "['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']}"
		one = of + "'secretsmanager:GetSecretValue'}"
		s3  = of + "'s3:*'}"
		iam = of + "'iam:*'}"
		all = of + "'*'}"
	)
	role := func(statements string) string {
		return db + "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, Policies: [{PolicyName: " +
			"p, PolicyDocument: {Statement: [" + statements + "]}}]}}\n"
	}
	for _, tt := range []struct{ name, old, new, of, want string }{
		{"another policy", role(two) + x + s3 + end, role(one) + x + iam + end, "X", "unknown"},
		{"a new one", role(two), role(one) + x + iam + end, "X", "unknown"},
		{"that allows more", role(two) + x + s3 + end, role(one) + x + s3 + ", " +
			of + "'kms:*'}" + end, "X", "unknown"},
		{"itself", role(two), role(one), "R", "update"},
		{"itself, which gains", role(one), role(two), "R", "update"},
		{"a new one, which gains", role(one), role(one) + x + all + end, "X", "update"},
		{"a new one while the role loses", role(two) + x + s3 + end,
			role(one) + x + all + end, "X", "update"},
	} {
		r := Compare(stateOf(stack(t, "app", tt.old)), stateOf(stack(t, "app", tt.new)), nil)
		if len(r.Access) == 0 {
			t.Errorf("%s: nothing changes", tt.name)
		}
		found := false
		for _, c := range r.Resources {
			if c.LogicalID != tt.of {
				continue
			}
			found = true
			if c.Class() != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, c.Class(), tt.want)
			}
		}
		if !found {
			t.Errorf("%s: %s has not changed", tt.name, tt.of)
		}
	}
}
