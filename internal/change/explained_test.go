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

// Policies that come to apply without a change of their texts are unknown as new ones are, unless
// an answer changes by them.
func TestPoliciesThatComeToApply(t *testing.T) {
	const (
		db   = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
		iam  = "{Effect: Allow, Action: 'iam:*', Resource: '*'}"
		all  = "{Effect: Allow, Action: 'secretsmanager:*', Resource: '*'}"
		deny = "{Effect: Deny, Action: 's3:*', Resource: '*'}"
	)
	user := func(properties string) string {
		return db + "  U: {Type: AWS::IAM::User, Properties: {UserName: u" + properties + "}}\n"
	}
	group := func(statement string) string {
		return "  G: {Type: AWS::IAM::Group, Properties: {GroupName: g, Policies: [{PolicyName: " +
			"p, PolicyDocument: {Statement: [" + statement + "]}}]}}\n"
	}
	managed := func(users, statement string) string {
		return "  M: {Type: AWS::IAM::ManagedPolicy, Properties: {Users: [" + users +
			"], PolicyDocument: {Statement: [" + statement + "]}}}\n"
	}
	const prod = "Parameters: {Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}}\n" +
		"Conditions: {P: !Equals [!Ref Env, prod]}\nResources:\n"
	role := func(condition string) string {
		return prod + db + "  R: {Type: AWS::IAM::Role, " + condition + "Properties: {RoleName: r, " +
			"AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: 'sts:AssumeRole', " +
			"Principal: {Service: ec2.amazonaws.com}}]}}}\n"
	}
	for _, tt := range []struct{ name, old, new, of, want string }{
		{"a group that nobody makes", user(""), user(", Groups: [admins]"), "U", "unknown"},
		{"a group", user("") + group(iam), user(", Groups: [!Ref G]") + group(iam), "U", "unknown"},
		{"a group of readers", user("") + group(all), user(", Groups: [!Ref G]") + group(all),
			"U", "update"},
		{"a group of readers, and another", user("") + group(all),
			user(", Groups: [!Ref G, admins]") + group(all), "U", "unknown"},
		{"no group that denies", user(", Groups: [!Ref G]") + group(deny),
			user("") + group(deny), "U", "unknown"},
		{"a policy of AWS", user(""),
			user(", ManagedPolicyArns: ['arn:aws:iam::aws:policy/IAMFullAccess']"), "U", "unknown"},
		{"a policy of AWS for secrets", user(""),
			user(", ManagedPolicyArns: ['arn:aws:iam::aws:policy/SecretsManagerReadWrite']"),
			"U", "update"},
		{"a policy", user("") + managed("", iam), user("") + managed("!Ref U", iam), "M", "unknown"},
		{"a policy for readers", user("") + managed("", all), user("") + managed("!Ref U", all),
			"M", "update"},
		{"a role that is always there", role("Condition: P, "), role(""), "R", "unknown"},
	} {
		r := Compare(stateOf(stack(t, "app", tt.old)), stateOf(stack(t, "app", tt.new)), nil)
		if len(r.Resources) != 1 || r.Resources[0].LogicalID != tt.of ||
			r.Resources[0].Class() != tt.want {
			t.Errorf("%s: want %s, got %+v", tt.name, tt.want, r.Resources)
		}
	}
}
