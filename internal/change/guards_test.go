package change

import (
	"slices"
	"strings"
	"testing"
)

// A denial protects whom its policy is attached to, whichever policy it stands in.
func TestDenialsThatMove(t *testing.T) {
	const (
		role  = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r}}\n"
		other = "  O: {Type: AWS::IAM::Role, Properties: {RoleName: o}}\n"
		db    = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
		deny  = "{Effect: Deny, Action: 'secretsmanager:DeleteSecret', Resource: '*'}"
		put   = "{Effect: Deny, Action: 'secretsmanager:PutSecretValue', Resource: '*'}"
		both  = "{Effect: Deny, Action: ['secretsmanager:DeleteSecret', 'secretsmanager:PutSecretValue'], Resource: '*'}"
		allow = "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*'}"
		all   = "{Effect: Deny, Principal: '*', Action: 'secretsmanager:DeleteSecret', Resource: '*'}"
	)
	managed := func(id, roles, statements string) string {
		return "  " + id + ": {Type: AWS::IAM::ManagedPolicy, Properties: {" + roles +
			"PolicyDocument: {Statement: [" + statements + "]}}}\n"
	}
	inline := func(id, roles, statements string) string {
		return "  " + id + ": {Type: AWS::IAM::Policy, Properties: {PolicyName: " + id + ", " + roles +
			"PolicyDocument: {Statement: [" + statements + "]}}}\n"
	}
	onDb := func(id, secret, statements string) string {
		return "  " + id + ": {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: " + secret +
			", ResourcePolicy: {Statement: [" + statements + "]}}}\n"
	}
	const r, byName, both2, none = "Roles: [!Ref R], ", "Roles: [r], ", "Roles: [!Ref R, !Ref O], ", ""
	for _, tt := range []struct {
		name, old, new string
		weaker         bool
	}{
		{"to another policy", role + managed("A", r, deny+", "+allow) + managed("B", r, allow),
			role + managed("A", r, allow) + managed("B", r, deny+", "+allow), false},
		{"and of another role", role + other + managed("A", r, deny+", "+allow) + managed("B", "Roles: [!Ref O], ", allow),
			role + other + managed("A", r, allow) + managed("B", "Roles: [!Ref O], ", deny+", "+allow), true},
		{"and is lost", role + managed("A", r, deny+", "+allow) + managed("B", r, allow),
			role + managed("A", r, allow) + managed("B", r, allow), true},
		{"the policy goes, its denial moves", role + managed("A", r, deny) + managed("B", r, allow),
			role + managed("B", byName, deny+", "+allow), false},
		{"the policy goes", role + managed("A", r, deny) + managed("B", r, allow),
			role + managed("B", r, allow), true},
		{"the policy goes, and its role", role + other + managed("A", r, deny), other, false},
		{"split over two", role + managed("A", r, both), role + managed("A", r, deny) + inline("B", r, put), false},
		{"merged of two", role + managed("A", r, deny) + inline("B", r, put), role + inline("B", r, both), false},
		{"merged, and one is lost", role + managed("A", r, both) + inline("B", r, put),
			role + inline("B", r, put), true},
		{"of two roles, to policies of each", role + other + managed("A", both2, deny),
			role + other + managed("A", r, deny) + managed("B", "Roles: [!Ref O], ", deny), false},
		{"of two roles, and one is left out", role + other + managed("A", both2, deny),
			role + other + managed("A", r, deny), true},
		{"a policy that the role attaches", "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, " +
			"ManagedPolicyArns: [!Ref A]}}\n" + managed("A", none, deny), role + inline("B", byName, deny), false},
		{"a policy that the role attaches no more", "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, " +
			"ManagedPolicyArns: [!Ref A]}}\n" + managed("A", none, deny), role + managed("A", none, deny), true},
		{"to the role itself", role + managed("A", r, deny), "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, " +
			"Policies: [{PolicyName: p, PolicyDocument: {Statement: [" + deny + "]}}]}}\n", false},
		{"of a secret, under another logical ID", db + onDb("P", "!Ref Db", all), db + onDb("Q", "db", all), false},
		{"of a secret, under another logical ID and lost", db + onDb("P", "!Ref Db", all), db + onDb("Q", "db", ""), true},
		{"of a secret that goes", db + onDb("P", "!Ref Db", all), role, false},
		{"attached to nobody that is known", role + managed("A", none, deny), role, true},
		{"of nobody, and narrower", managed("A", none, both), managed("A", none, deny), true},
	} {
		found := compared(t, tt.old, tt.new)
		if got := slices.ContainsFunc(found, func(f Resource) bool {
			return f.Risk == GuardWeaker
		}); got != tt.weaker {
			t.Errorf("%s: weaker %t, want %t\n%s", tt.name, got, tt.weaker, shown(found))
		}
		again := compared(t, tt.new, tt.new)
		if len(again) > 0 {
			t.Errorf("%s: it differs from itself: %s", tt.name, shown(again))
		}
	}
}

// A denial protects where its policy is: under the condition of that, and while it is attached.
func TestDenialsUnderConditions(t *testing.T) {
	const (
		head = "Parameters: {E: {Type: String, AllowedValues: [a, b, c], Default: a}}\n" +
			"Conditions:\n  A: !Equals [!Ref E, a]\n  N: !Equals [x, y]\n" +
			"  AB: !Or [!Equals [!Ref E, a], !Equals [!Ref E, b]]\nResources:\n"
		doc   = "PolicyDocument: {Statement: [{Effect: Deny, Action: 'iam:*', Resource: '*'}]}"
		other = "PolicyDocument: {Statement: [{Effect: Deny, Action: 's3:*', Resource: '*'}]}"
	)
	role := func(attributes string) string {
		return "  R: {Type: AWS::IAM::Role" + attributes + "}\n"
	}
	policy := func(id, condition string) string {
		if condition != "" {
			condition = ", Condition: " + condition
		}
		return "  " + id + ": {Type: AWS::IAM::Policy" + condition +
			", Properties: {PolicyName: p, Roles: [!Ref R], " + doc + "}}\n"
	}
	managed := func(description, doc string) string {
		return "  M: {Type: AWS::IAM::ManagedPolicy, UpdateReplacePolicy: Retain, Properties: {" +
			"Description: " + description + ", " + doc + "}}\n"
	}
	attached := role(", Properties: {ManagedPolicyArns: [!Ref M]}")
	runPairs(t, []pairCase{
		{"never there", head + role("") + policy("P", ""), head + role("") + policy("P", "N"),
			"deleted modified P.Condition\nguard-weaker modified P.PolicyDocument"},
		{"sometimes there", head + role("") + policy("P", ""), head + role("") + policy("P", "A"),
			"deleted modified P.Condition\nguard-weaker modified P.PolicyDocument"},
		{"there more often", head + role("") + policy("P", "A"),
			head + role("") + policy("P", "AB"), "update modified P.Condition"},
		{"there less often", head + role("") + policy("P", "AB"),
			head + role("") + policy("P", "A"),
			"deleted modified P.Condition\nguard-weaker modified P.PolicyDocument"},
		{"it was never there", head + role("") + policy("P", "N"), head + role(""),
			"deleted removed P"},
		{"in another policy that is never there", head + role("") + policy("P", ""),
			head + role("") + policy("Q", "N"), "access-gap moved Q from app/P\n" +
				"guard-weaker moved Q.PolicyDocument from app/P"},
		{"with its role", head + role("") + policy("P", ""),
			head + role(", Condition: A") + policy("P", "A"),
			"deleted modified P.Condition\ndeleted modified R.Condition"},
		{"of a managed policy that stays and is attached no more", attached + managed("a", doc),
			attached + managed("b", other), "replaced modified M.Description\n" +
				"guard-weaker modified M.PolicyDocument"},
	})
}

// A denial may move between the policy of a role and that of a secret, if it is one of both.
func TestDenialsOfPrincipalsAndSecrets(t *testing.T) {
	const (
		made = "  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: s}}\n" +
			"  R: {Type: AWS::IAM::Role}\n"
		when = ", Condition: {StringNotEquals: {'aws:SourceVpce': v}}"
		arn  = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:"
	)
	ofRole := func(role, resource, condition string) string {
		return made + "  P: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [" + role +
			"], PolicyDocument: {Statement: [{Effect: Deny, Action: 'secretsmanager:GetSecretValue'" +
			", Resource: " + resource + condition + "}]}}}\n"
	}
	ofSecret := func(who, action, condition string) string {
		return made + "  Q: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: " +
			"!Ref S, ResourcePolicy: {Statement: [{Effect: Deny, Action: 'secretsmanager:" + action +
			"', Resource: '*', Principal: {AWS: " + who + "}" + condition + "}]}}}\n"
	}
	const get, arnOfR, x = "GetSecretValue", "!GetAtt R.Arn", "'arn:aws:iam::111111111111:role/p/x'"
	for _, tt := range []struct {
		name, role, secret       string
		isToSecret, isFromSecret bool // whether nothing is lost on the way
	}{
		{"the same", ofRole("!Ref R", "!Ref S", when), ofSecret(arnOfR, get, when), true, true},
		{"by names", ofRole("x", "'"+arn+"s-??????'", when), ofSecret(x, get, when), true, true},
		{"more actions", ofRole("!Ref R", "!Ref S", when), ofSecret(arnOfR, "*", when), true, false},
		{"another condition", ofRole("!Ref R", "!Ref S", when), ofSecret(arnOfR, get, ""), false,
			false},
		{"another role", ofRole("!Ref R", "!Ref S", when), ofSecret(x, get, when), false, false},
		{"more roles", ofRole("!Ref R", "!Ref S", when), ofSecret("["+arnOfR+", "+x+"]", get, when),
			true, false},
		{"everybody", ofRole("!Ref R", "!Ref S", when), ofSecret("'*'", get, when), false, false},
		{"another secret", ofRole("!Ref R", "'"+arn+"t-??????'", when),
			ofSecret(arnOfR, get, when), false, false},
		{"more secrets", ofRole("!Ref R", "[!Ref S, '"+arn+"t-??????']", when),
			ofSecret(arnOfR, get, when), false, true},
		{"all secrets", ofRole("!Ref R", "'*'", when), ofSecret(arnOfR, get, when), false, false},
		{"a prefix", ofRole("!Ref R", "'"+arn+"s-*'", when), ofSecret(arnOfR, get, when), false,
			false},
	} {
		for _, way := range []struct {
			old, new string
			want     bool
		}{{tt.role, tt.secret, tt.isToSecret}, {tt.secret, tt.role, tt.isFromSecret}} {
			got := shown(compared(t, way.old, way.new))
			if way.want == strings.Contains(got, "guard-weaker") {
				t.Errorf("%s: got %s, want nothing to be lost: %t", tt.name, got, way.want)
			}
		}
	}
}

// A policy variable is one in documents of one version alone.
func TestDenialsOfVersions(t *testing.T) {
	of := func(version, resource string) string {
		return "  P: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [r], PolicyDocument: {" + version +
			"Statement: [{Effect: Deny, Action: 's3:*', Resource: '" + resource + "'}]}}}\n"
	}
	const now, before, none = "Version: '2012-10-17', ", "Version: '2008-10-17', ", ""
	const variable, pattern = "b/${aws:username}/x", "b/${aws:username}/*"
	for _, tt := range []struct {
		name, old, new string
		weaker         bool
	}{
		{"a variable no more", of(now, variable), of(before, variable), true},
		{"without a version", of(now, variable), of(none, variable), true},
		{"a variable now", of(none, variable), of(now, variable), true},
		{"no variable", of(now, "b/x"), of(none, "b/x"), false},
		{"no version", of(none, variable), of(before, pattern), false},
		{"one of all", of(none, variable), of(now, "*"), false},
	} {
		got := shown(compared(t, tt.old, tt.new))
		if strings.Contains(got, "guard-weaker") != tt.weaker {
			t.Errorf("%s: want weaker %t, got %s", tt.name, tt.weaker, got)
		}
	}
}

// A denial covers another one if its patterns do, as IAM reads patterns and where it reads them.
func TestDenialsWithPatterns(t *testing.T) {
	of := func(resource, condition string) string {
		return "  P: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [r], PolicyDocument: {Version: " +
			"'2012-10-17', Statement: [{Effect: Deny, Action: 's3:*', Resource: '" + resource + "'" +
			condition + "}]}}}\n"
	}
	when := func(operator, value string) string {
		return of("*", ", Condition: {"+operator+": {'k': '"+value+"'}}")
	}
	for _, tt := range []struct {
		name, old, new string
		weaker         bool
	}{
		{"a pattern of the text", of("b/x", ""), of("b/*", ""), false},
		{"one character", of("b/x", ""), of("b/?", ""), false},
		{"a pattern of more", of("b/a?b", ""), of("b/a*", ""), false},
		{"fewer characters than a pattern has", of("b/a*", ""), of("b/a?", ""), true},
		{"a text with brackets", of("b/x", ""), of("b/[x]", ""), true},
		{"a text with a backslash", of("b/*", ""), of(`b/\*`, ""), true},
		{"a variable", of("b/${aws:username}", ""), of("b/*", ""), false},
		{"a variable of another length", of("b/${aws:username}", ""), of("b/???????????????", ""), true},
		{"a variable and what follows", of("b/${aws:username}/x", ""), of("b/${aws:username}/*", ""), false},
		{"a character that is no wildcard", of("b/x", ""), of("b/${*}", ""), true},
		{"no pattern", when("StringEquals", "a-1"), when("StringEquals", "a-*"), true},
		{"no pattern, all", when("'ForAnyValue:StringEquals'", "a-1"), when("'ForAnyValue:StringEquals'", "*"), true},
		{"no pattern, whatever is not", when("StringNotEquals", "a-*"), when("StringNotEquals", "a-1"), true},
		{"a pattern in a condition", when("StringLike", "a-1"), when("StringLike", "a-*"), false},
		{"if it exists", when("'ForAnyValue:StringLikeIfExists'", "a-1"),
			when("'ForAnyValue:StringLikeIfExists'", "a-*"), false},
		{"a pattern of what is not", when("StringNotLike", "a-*"), when("StringNotLike", "a-1"), false},
		{"an ARN", when("ArnEquals", "arn:aws:iam::1:role/x"), when("ArnEquals", "arn:aws:iam::*:role/*"), false},
		{"components of an ARN", when("ArnLike", "arn:aws:iam::1:role/x"), when("ArnLike", "arn:*:role/x"), true},
		{"numbers", when("NumericEquals", "1"), when("NumericEquals", "*"), true},
	} {
		found := compared(t, tt.old, tt.new)
		if got := slices.ContainsFunc(found, func(f Resource) bool {
			return f.Risk == GuardWeaker
		}); got != tt.weaker {
			t.Errorf("%s: weaker %t, want %t\n%s", tt.name, got, tt.weaker, shown(found))
		}
	}
}
