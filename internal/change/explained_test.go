package change

import (
	"strings"
	"testing"
)

// A policy is explained by a change of access only if a statement of its own may be why: it works
// in that direction, and speaks of such a request.
func TestPoliciesThatAreExplained(t *testing.T) {
	const (
		db = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
		of = "{Effect: Allow, Resource: '*', Action: "
		x  = "  X: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: !Ref R, PolicyName: x, " +
			"PolicyDocument: {Statement: ["
		end  = "]}}}\n"
		two  = of + "['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']}"
		one  = of + "'secretsmanager:GetSecretValue'}"
		s3   = of + "'s3:*'}"
		iam  = of + "'iam:*'}"
		all  = of + "'*'}"
		more = of + "['iam:*', 'sts:AssumeRole']}"
		log  = of + "'logs:*'}"
		key  = of + "['kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']}"
		keys = of + "'kms:PutKeyPolicy'}"
		shop = "{Effect: Allow, Resource: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:" +
			"shop/*', Action: 'secretsmanager:GetSecretValue'}"
	)
	named := func(statement string) string {
		return strings.Replace(statement, "'*'", "!Ref Db", 1)
	}
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
		{"itself, which gains", role(named(one)), role(named(two)), "R", "update"},
		{"itself, of all secrets", role(one), role(two), "R", "unknown"},
		{"itself, and it goes on to all", role(named(one)), role(named(two) + ", " + one), "R",
			"unknown"},
		{"itself, with another statement", role(named(one)), role(named(two) + ", " + iam), "R",
			"unknown"},
		{"itself, with an action more", role(named(one) + ", " + iam),
			role(named(two) + ", " + more), "R", "unknown"},
		{"itself, with another statement that stays", role(named(one) + ", " + iam),
			role(iam + ", " + named(two)), "R", "update"},
		{"itself, with a log", role(named(one)), role(named(two) + ", " + log), "R", "update"},
		{"itself, with a pattern", role(named(one)), role(named(one) + ", " + shop), "R", "update"},
		{"itself, with more of a key", role(named(one)), role(named(two) + ", " + key), "R",
			"update"},
		{"itself, with a key's policy", role(named(one)), role(named(two) + ", " + keys), "R",
			"unknown"},
		{"a new one, which gains", role(named(one)), role(named(one)) + x + named(two) + end, "X",
			"update"},
		{"a new one, which gains all", role(one), role(one) + x + all + end, "X", "unknown"},
		{"a new one while the role loses", role(two) + x + s3 + end,
			role(one) + x + all + end, "X", "unknown"},
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
		get  = "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref Db}"
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
	member := func(group string) string {
		return "  A: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: " + group +
			", Users: [!Ref U]}}\n"
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
		{"a group of readers", user("") + group(get), user(", Groups: [!Ref G]") + group(get),
			"U", "update"},
		{"a group of readers of all", user("") + group(all),
			user(", Groups: [!Ref G]") + group(all), "U", "unknown"},
		{"a group of readers, and another", user("") + group(all),
			user(", Groups: [!Ref G, admins]") + group(all), "U", "unknown"},
		{"no group that denies", user(", Groups: [!Ref G]") + group(deny),
			user("") + group(deny), "U", "unknown"},
		{"a policy of AWS", user(""),
			user(", ManagedPolicyArns: ['arn:aws:iam::aws:policy/IAMFullAccess']"), "U", "unknown"},
		{"a policy of AWS for secrets", user(""),
			user(", ManagedPolicyArns: ['arn:aws:iam::aws:policy/SecretsManagerReadWrite']"),
			"U", "unknown"},
		{"a policy", user("") + managed("", iam), user("") + managed("!Ref U", iam), "M", "unknown"},
		{"a policy for readers", user("") + managed("", get), user("") + managed("!Ref U", get),
			"M", "update"},
		{"a policy for readers, and more", user("") + managed("", get+", "+iam),
			user("") + managed("!Ref U", get+", "+iam), "M", "unknown"},
		{"a policy for readers of all", user("") + managed("", all),
			user("") + managed("!Ref U", all), "M", "unknown"},
		{"a member", user("") + group(get), user("") + group(get) + member("!Ref G"), "A",
			"update"},
		{"a member of administrators", user("") + group(iam), user("") + group(iam) +
			member("!Ref G"), "A", "unknown"},
		{"a member of a group that nobody makes", user(""), user("") + member("admins"), "A",
			"unknown"},
		{"a member of another group", user("") + group(iam) + member("none"),
			user("") + group(iam) + member("!Ref G"), "A", "unknown"},
		{"a role that is always there", role("Condition: P, "), role(""), "R", "unknown"},
	} {
		r := Compare(stateOf(stack(t, "app", tt.old)), stateOf(stack(t, "app", tt.new)), nil)
		if len(r.Resources) != 1 || r.Resources[0].LogicalID != tt.of ||
			r.Resources[0].Class() != tt.want {
			t.Errorf("%s: want %s, got %+v", tt.name, tt.want, r.Resources)
		}
	}
}

// What is new is told by the policies that it comes with: nobody may be let in by them besides
// those whose answers change.
func TestNewPolicies(t *testing.T) {
	const (
		db  = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
		get = "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref Db}"
		iam = "{Effect: Allow, Action: 'iam:*', Resource: '*'}"
		log = "{Effect: Allow, Action: ['logs:PutLogEvents', 'ec2:CreateNetworkInterface'], " +
			"Resource: '*'}"
		far = "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*'}"
		own = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, Policies: [{PolicyName: p, " +
			"PolicyDocument: {Statement: [" + get + "]}}]}}\n"
		basic = "'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'"
	)
	inline := func(kind, statement string) string {
		return kind + ", Properties: {Policies: [{PolicyName: p, PolicyDocument: {Statement: [" +
			statement + "]}}]}"
	}
	attached := func(arn string) string {
		return "AWS::IAM::Role, Properties: {ManagedPolicyArns: [" + arn + "]}"
	}
	policy := func(owner, statement string) string {
		return "AWS::IAM::Policy, Properties: {PolicyName: q, " + owner +
			", PolicyDocument: {Statement: [" + statement + "]}}"
	}
	permission := func(action, who string) string {
		return "AWS::Lambda::Permission, Properties: {FunctionName: f, Action: '" + action +
			"', Principal: '" + who + "'}"
	}
	for _, tt := range []struct{ new, want string }{
		{"AWS::IAM::Role", "update"},
		{inline("AWS::IAM::Role", get), "update"},
		{inline("AWS::IAM::Role", log), "update"},
		{inline("AWS::IAM::Role", get+", "+log), "update"},
		{inline("AWS::IAM::Role", iam), "unknown"},
		{inline("AWS::IAM::Role", get+", "+iam), "unknown"},
		{inline("AWS::IAM::Role", far), "unknown"},
		{inline("AWS::IAM::User", iam), "unknown"},
		{inline("AWS::IAM::Group", iam), "unknown"},
		{"AWS::IAM::User, Properties: {Groups: [admins]}", "unknown"},
		{attached(basic), "update"},
		{attached("'arn:aws:iam::aws:policy/IAMFullAccess'"), "unknown"},
		{attached(basic + ", 'arn:aws:iam::111111111111:policy/x'"), "unknown"},
		{policy("Roles: [!Ref R]", get), "update"},
		{policy("Roles: [!Ref R]", get+", "+log), "update"},
		{policy("Roles: [!Ref R]", get+", "+iam), "unknown"},
		{policy("Roles: [!Ref R], Groups: [team]", get), "unknown"},
		{policy("Roles: [!Ref R]", strings.Replace(get, "!Ref Db",
			"'arn:aws:secretsmanager:eu-west-1:111111111111:secret:${aws:username}'", 1)), "unknown"},
		{policy("Roles: [!Ref R]", "{Effect: Allow, Action: 'kms:Decrypt', Resource: '*'}"),
			"unknown"},
		{policy("Roles: [!Ref R]", far), "unknown"},
		{policy("Roles: [!Ref R]", "{Effect: Allow, Action: 'secretsmanager:PutSecretValue', "+
			"Resource: !Ref Db}"), "update"},
		{policy("Groups: [team]", get), "unknown"},
		{policy("Groups: [team]", "{Effect: Deny, Action: 's3:*', Resource: '*'}"), "update"},
		{"AWS::IAM::Role, Properties: {'Fn::Transform': {Name: M}}", "unknown"},
		{permission("lambda:InvokeFunction", "secretsmanager.amazonaws.com"), "update"},
		{permission("lambda:*", "222222222222"), "unknown"},
		{permission("lambda:UpdateFunctionCode", "222222222222"), "unknown"},
	} {
		old := db + own
		r := Compare(stateOf(stack(t, "app", old)),
			stateOf(stack(t, "app", old+"  N: {Type: "+tt.new+"}\n")), nil)
		if len(r.Resources) != 1 || r.Resources[0].Class() != tt.want {
			t.Errorf("%s: want %s, got %+v", tt.new, tt.want, r.Resources)
		}
	}
}

// What AWS's serverless transform makes a role of is told by the policies of that.
func TestNewPoliciesOfServerlessFunctions(t *testing.T) {
	const before = "Transform: AWS::Serverless-2016-10-31\nResources:\n" +
		"  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
	for _, tt := range []struct{ policies, want string }{
		{"[AWSSecretsManagerGetSecretValuePolicy: {SecretArn: !Ref Db}]", "update"},
		{"[Statement: [{Effect: Allow, Action: 'iam:*', Resource: '*'}]]", "unknown"},
		{"AWSLambdaBasicExecutionRole", "update"},
		{"[IAMFullAccess]", "unknown"},
		{"['arn:aws:iam::111111111111:policy/x']", "unknown"},
	} {
		r := Compare(stateOf(stack(t, "app", before)), stateOf(stack(t, "app", before+
			"  F: {Type: AWS::Serverless::Function, Properties: {Policies: "+tt.policies+"}}\n")),
			nil)
		if len(r.Resources) != 1 || r.Resources[0].Class() != tt.want {
			t.Errorf("%s: want %s, got %+v", tt.policies, tt.want, r.Resources)
		}
	}
}

// Whom a new role trusts, besides services and principals in sight, is told apart from what the
// role gains: whoever accepts the gains has not accepted that others become the role.
func TestTrustOfNewRoles(t *testing.T) {
	const (
		db = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n" +
			"  C: {Type: AWS::IAM::Role, Properties: {RoleName: ci}}\n"
		foreign = "{AWS: 'arn:aws:iam::222222222222:root'}"
		told    = "unknown R.AssumeRolePolicyDocument"
	)
	role := func(effect, element, who, more string) string {
		return "  R: {Type: AWS::IAM::Role, " + more + "Properties: {RoleName: r, " +
			"AssumeRolePolicyDocument: {Statement: {Effect: " + effect + ", " + element + ": " + who +
			", Action: 'sts:AssumeRole'}}, Policies: [{PolicyName: p, PolicyDocument: {Statement: " +
			"{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref Db}}}]}}\n"
	}
	trusts := func(who string) string { return role("Allow", "Principal", who, "") }
	const condition = "Parameters: {E: {Type: String}}\nConditions: {P: !Equals [!Ref E, p]}\n" +
		"Resources:\n"
	for _, tt := range []struct{ old, new, want string }{
		{db, db + trusts("{Service: ec2.amazonaws.com}"), ""},
		{db, db + trusts(foreign), told},
		{db, db + trusts("{AWS: '222222222222'}"), told},
		{db, db + trusts("{AWS: '111111111111'}"), told},
		{db, db + trusts("'*'"), told},
		{db, db + trusts("{AWS: 'arn:aws:iam::222222222222:role/x'}"), told},
		{db, db + trusts("{AWS: 'arn:aws:iam::111111111111:role/ci'}"), ""},
		{db, db + trusts("{AWS: !GetAtt C.Arn}"), ""},
		{db, db + trusts("{AWS: [!GetAtt C.Arn, 'arn:aws:iam::222222222222:role/x']}"), told},
		{db, db + trusts("{Service: ec2.amazonaws.com, AWS: !ImportValue x}"), told},
		{db, db + trusts("{Federated: 'arn:aws:iam::111111111111:saml-provider/x'}"), told},
		{db, db + role("Deny", "Principal", foreign, ""), ""},
		{db, db + role("Allow", "NotPrincipal", "{AWS: !GetAtt C.Arn}", ""), told},
		{condition + db + role("Allow", "Principal", foreign, "Condition: P, "),
			condition + db + trusts(foreign), told},
		{db + trusts(foreign), strings.Replace(db, "Name: db", "Name: db, Description: d", 1) +
			trusts(foreign), ""},
		{"Transform: AWS::Serverless-2016-10-31\nResources:\n" + db,
			"Transform: AWS::Serverless-2016-10-31\nResources:\n" + db + strings.Replace(
				trusts(foreign), "AWS::IAM::Role, Properties: {RoleName: r, ",
				"AWS::Serverless::Function, Properties: {", 1), told},
	} {
		r := Compare(stateOf(stack(t, "app", tt.old)), stateOf(stack(t, "app", tt.new)),
			[]*Acceptance{{Class: "gains", Principals: []string{"R", "RRole", "C"}}})
		got := ""
		for _, c := range r.Resources {
			if c.Property == "AssumeRolePolicyDocument" {
				got = c.Class() + " " + c.LogicalID + "." + c.Property
			}
		}
		if got != tt.want || r.HasAny([]string{"gains"}) {
			t.Errorf("%s: want %q, got %q of %+v", tt.new, tt.want, got, r.Becomings)
		}
	}
}

// A new permission that lets everybody, or another account, call what rotates a secret is told.
func TestPermissionsOfWhatRotates(t *testing.T) {
	const (
		before = "  F: {Type: AWS::Lambda::Function, Properties: {Handler: h}}\n" +
			"  G: {Type: AWS::Lambda::Function, Properties: {FunctionName: named}}\n" +
			"  A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: live}}\n"
		rotates = "  S: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: db, " +
			"RotateImmediatelyOnUpdate: false, RotationLambdaARN: "
		arn = "arn:aws:lambda:eu-west-1:111111111111:function:"
	)
	call := func(function, who string) string {
		return "  L: {Type: AWS::Lambda::Permission, Properties: {FunctionName: " + function +
			", Action: 'lambda:InvokeFunction', Principal: " + who + "}}\n"
	}
	const everybody = "'*'"
	for _, tt := range []struct{ by, function, who, want string }{
		{"!GetAtt F.Arn", "!Ref F", everybody, "unknown"},
		{"!GetAtt F.Arn", "!GetAtt F.Arn", "'222222222222'", "unknown"},
		{"!GetAtt F.Arn", "!Sub '${F.Arn}:live'", "'arn:aws:iam::222222222222:role/x'", "unknown"},
		{"!GetAtt F.Arn", "!Ref A", everybody, "unknown"},
		{"!GetAtt F.Arn", "!Ref G", everybody, "update"},
		{"!GetAtt F.Arn", "named", everybody, "update"},
		{"!GetAtt G.Arn", "named", everybody, "unknown"},
		{"'" + arn + "named'", "!Ref G", everybody, "unknown"},
		{"'" + arn + "far'", "'far:live'", everybody, "unknown"},
		{"'" + arn + "far'", "'" + arn + "far:live'", everybody, "unknown"},
		{"'" + arn + "far'", "!Sub 'arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:far'",
			everybody, "unknown"},
		{"'" + arn + "far'", "'arn:aws:lambda:eu-west-1:333333333333:function:far'", everybody,
			"update"},
		{"!Ref F", "!Ref F", "'111111111111'", "update"},
		{"!Ref F", "!Ref F", "!Ref AWS::AccountId", "update"},
		{"!Ref F", "!Ref F", "'arn:aws:iam::111111111111:role/x'", "update"},
		{"!Ref F", "!Ref F", "!ImportValue x", "unknown"},
		{"!Ref F", "!Ref F", "secretsmanager.amazonaws.com", "update"},
		{"!Ref F", "!Ref F", "'*', SourceAccount: '111111111111'", "update"},
		{"!Ref F", "!Ref F", "'*', SourceAccount: '222222222222'", "unknown"},
		{"!Ref F", "!Ref F", "'*', PrincipalOrgID: o-a1b2c3d4e5", "update"},
		{"!Ref F", "!Ref F", "'*', SourceArn: 'arn:aws:sns:eu-west-1:111111111111:x'", "update"},
		{"!Ref F", "!Ref F", "'*', SourceArn: 'arn:aws:s3:::x'", "unknown"},
		{"!Ref F", "!Ref F", "s3.amazonaws.com, SourceAccount: '222222222222'", "unknown"},
	} {
		old := before + rotates + tt.by + "}}\n"
		found := Resources([]Stack{stack(t, "app", old)},
			[]Stack{stack(t, "app", old+call(tt.function, tt.who))})
		if len(found) != 1 || found[0].Class() != tt.want {
			t.Errorf("%s, %s, %s: want %s, got %s", tt.by, tt.function, tt.who, tt.want, shown(found))
		}
	}
	old := before + rotates + "!Ref F}}\n"
	for _, tt := range []struct{ old, new, want string }{
		{"secretsmanager.amazonaws.com", everybody,
			"access-gap modified L.Principal\nupdate modified L unknown"},
		{everybody, "secretsmanager.amazonaws.com", "access-gap modified L.Principal"},
		{"'222222222222'", everybody, "replaced modified L.Principal\nupdate modified L unknown"},
		{"'*', SourceAccount: '111111111111'", everybody,
			"replaced modified L.SourceAccount\nupdate modified L unknown"},
	} {
		got := shown(compared(t, old+call("!Ref F", tt.old), old+call("!Ref F", tt.new)))
		if got != tt.want {
			t.Errorf("%s, then %s: got %s", tt.old, tt.new, got)
		}
	}
}
