package change

import (
	"fmt"
	"strings"
	"testing"
)

// A policy keeps the unique id of the role that it names by its ARN. Where this role is deleted,
// the policy lets nobody in until it is written again, once a new role of this ARN is there.
func TestPoliciesOfPrincipalsThatAreMadeAnew(t *testing.T) {
	const (
		topic      = "  T: {Type: AWS::SNS::Topic}\n"
		role       = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: api}}\n"
		other      = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: other}}\n"
		user       = "  U: {Type: AWS::IAM::User, Properties: {UserName: api}}\n"
		arn        = "{AWS: 'arn:aws:iam::111111111111:role/api'}"
		sub        = "{AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}'}"
		named      = "Parameters: {Name: {Type: String, Default: api}}\nResources:\n"
		permission = "  L: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Action: " +
			"'lambda:InvokeFunction', Principal: 'arn:aws:iam::111111111111:role/api'}}\n"
		export = "Outputs: {X: {Value: !GetAtt R.Arn, Export: {Name: x}}}\n"
		moves  = "\nmoved moved R from a/R"
		gap    = "access-gap modified P.ResourcePolicy"
	)
	document := func(effect, element, who, sid string) string {
		return "{Statement: [{Sid: '" + sid + "', Effect: " + effect + ", " + element + ": " + who +
			", Action: '*', Resource: '*'}]}"
	}
	of := func(effect, element, who, sid string) string {
		return "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: my-db, " +
			"ResourcePolicy: " + document(effect, element, who, sid) + "}}\n"
	}
	lets := func(who, sid string) string { return of("Allow", "Principal", who, sid) }
	key := func(who string) string {
		return "  K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: " +
			document("Allow", "Principal", who, "") + "}}\n"
	}
	trust := func(who string) string {
		return "  X: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: " +
			document("Allow", "Principal", who, "") + "}}\n"
	}
	for _, tt := range []struct{ name, oldA, oldB, newA, newB, want string }{
		{"the role moves, the policy stays", role + lets(arn, ""), topic, lets(arn, ""),
			topic + role, gap + moves},
		{"a list", role + lets("{AWS: [x, 'arn:aws:iam::111111111111:role/api']}", ""), topic,
			lets("{AWS: [x, 'arn:aws:iam::111111111111:role/api']}", ""), topic + role, gap + moves},
		{"it was a Fn::GetAtt", role + lets("{AWS: !GetAtt R.Arn}", ""), topic, lets(arn, ""),
			topic + role, gap + "\n" + "moved moved R from a/R\nupdate modified P.ResourcePolicy"},
		{"the policy is of another stack", topic + role, lets(arn, ""), topic,
			lets(arn, "") + role, gap + moves},
		{"and becomes a Fn::GetAtt", topic + role, lets(arn, ""), topic,
			lets("{AWS: !GetAtt R.Arn}", "") + role,
			gap + "\nmoved moved R from a/R\nupdate modified P.ResourcePolicy"},
		{"it is put again", topic + role, lets(arn, ""), topic, lets(arn, "Again") + role,
			"moved moved R from a/R"},
		{"it is put again too early", role + lets(arn, ""), topic, lets(arn, "Again"),
			topic + role, gap + moves},
		{"it is new, and too early", topic + role, topic, topic + lets(arn, ""), topic + role,
			"access-gap added P.ResourcePolicy" + moves + "\nupdate added P"},
		{"it denies", role + of("Deny", "Principal", arn, ""), topic,
			of("Deny", "Principal", arn, ""), topic + role,
			"guard-weaker modified P.ResourcePolicy" + moves},
		{"it denies all others", role + of("Deny", "NotPrincipal", arn, ""), topic,
			of("Deny", "NotPrincipal", arn, ""), topic + role, gap + moves},
		{"a key", role + key(arn), topic, key(arn), topic + role,
			"access-gap modified K.KeyPolicy" + moves},
		{"a trust", role + trust(arn), topic, trust(arn), topic + role,
			"access-gap modified X.AssumeRolePolicyDocument" + moves},
		{"a user", user + lets("{AWS: 'arn:aws:iam::111111111111:user/api'}", ""), topic,
			lets("{AWS: 'arn:aws:iam::111111111111:user/api'}", ""), topic + user,
			gap + "\nmoved moved U from a/U"},
		{"another role", role + lets("{AWS: 'arn:aws:iam::111111111111:role/x'}", ""), topic,
			lets("{AWS: 'arn:aws:iam::111111111111:role/x'}", ""), topic + role,
			"moved moved R from a/R"},
		{"another account", role + lets("{AWS: 'arn:aws:iam::222222222222:role/api'}", ""), topic,
			lets("{AWS: 'arn:aws:iam::222222222222:role/api'}", ""), topic + role,
			"moved moved R from a/R"},
		{"by a parameter", named + strings.Replace(role, "api", "!Ref Name", 1) + lets(sub, ""),
			named + topic, named + lets(sub, ""),
			named + topic + strings.Replace(role, "api", "!Ref Name", 1),
			"deleted removed R\n" + gap + "\nupdate added R"},
		{"by a condition", "Parameters: {E: {Type: String}}\nConditions: {C: !Equals [!Ref E, p]}\n" +
			"Resources:\n" + role + lets("{AWS: !If [C, 'arn:aws:iam::111111111111:role/api', x]}",
			""), topic, "Parameters: {E: {Type: String}}\nConditions: {C: !Equals [!Ref E, p]}\n" +
			"Resources:\n" + lets("{AWS: !If [C, 'arn:aws:iam::111111111111:role/api', x]}", ""),
			topic + role, gap + moves},
		{"another name", topic + role, lets(arn, ""), topic + other, lets(arn, ""),
			"replaced modified R.RoleName\n" + gap},
		{"another name, and it is put again", topic + role, lets(arn, ""), topic + other,
			lets("{AWS: 'arn:aws:iam::111111111111:role/other'}", ""),
			"replaced modified R.RoleName\nupdate modified P.ResourcePolicy"},
		{"another name, and it follows", topic + role + lets("{AWS: !GetAtt R.Arn}", ""), topic,
			topic + other + lets("{AWS: !GetAtt R.Arn}", ""), topic, "replaced modified R.RoleName"},
		{"another name, of a denial", topic + role, of("Deny", "Principal", arn, ""), topic + other,
			of("Deny", "Principal", arn, ""), "replaced modified R.RoleName"},
		{"it is deleted", topic + role, lets(arn, ""), topic, lets(arn, ""),
			"deleted removed R\n" + gap},
		{"it stays", topic + strings.Replace(role, "Role,", "Role, DeletionPolicy: Retain,", 1),
			lets(arn, ""), topic, lets(arn, ""), "orphaned removed R"},
		{"the one before stays", topic +
			strings.Replace(role, "Role,", "Role, UpdateReplacePolicy: Retain,", 1), lets(arn, ""),
			topic + strings.Replace(other, "Role,", "Role, UpdateReplacePolicy: Retain,", 1),
			lets(arn, ""), "replaced modified R.RoleName"},
		{"a policy that is never there", "Conditions: {C: !Equals [a, b]}\nResources:\n" + role +
			strings.Replace(lets(arn, ""), "Policy,", "Policy, Condition: C,", 1), topic,
			"Conditions: {C: !Equals [a, b]}\nResources:\n" +
				strings.Replace(lets(arn, ""), "Policy,", "Policy, Condition: C,", 1),
			topic + role, "moved moved R from a/R"},
		{"a permission", role + permission, topic, permission, topic + role,
			"access-gap modified L.Principal" + moves},
		{"by an export", topic + role + export, lets("{AWS: !ImportValue x}", ""),
			topic + strings.Replace(export, "!GetAtt R.Arn", "'arn:aws:iam::111111111111:role/api'",
				1), lets("{AWS: !ImportValue x}", "") + role,
			"fails modified X.Export\n" + gap + moves},
		{"it cannot be made", topic, role + lets(arn, ""), topic + role, lets(arn, ""),
			"fails moved R from b/R"},
	} {
		before := []Stack{stack(t, "a", tt.oldA), stack(t, "b", tt.oldB)}
		after := []Stack{stack(t, "a", tt.newA), stack(t, "b", tt.newB)}
		found := Resources(before, after)
		if got := shown(found); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
		for _, r := range found {
			isTold := strings.Contains(r.Message, "unique id")
			if isTold != (r.Risk == AccessGap || r.Risk == GuardWeaker) {
				t.Errorf("%s: %s", tt.name, r.Message)
			}
		}
	}
}

// A template whose account nobody states may be of any account.
func TestPoliciesOfPrincipalsWithoutAccount(t *testing.T) {
	const text = "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: s, " +
		"ResourcePolicy: {Statement: {Effect: Allow, Principal: {AWS: %s}}}}}\n"
	for _, who := range []string{"'arn:aws:iam::111111111111:role/x/api'",
		"!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x/api'",
		"!Join ['', ['arn:aws:iam::', !Ref AWS::AccountId, ':role/x/', api]]"} {
		const role = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: %s, Path: /x/}}\n"
		policy := fmt.Sprintf(text, who)
		at := func(name string) []Stack {
			return []Stack{{File: "t", Template: template(t, fmt.Sprintf(role, name)+policy)}}
		}
		want := "replaced modified R.RoleName\naccess-gap modified P.ResourcePolicy"
		if got := shown(Resources(at("api"), at("other"))); got != want {
			t.Errorf("%s: got\n%s", who, got)
		}
	}
}
