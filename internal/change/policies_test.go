package change

import "testing"

// compared compares two states of one stack.
func compared(t *testing.T, old, new string) []Resource {
	t.Helper()
	return Resources([]Stack{stack(t, "app", old)}, []Stack{stack(t, "app", new)})
}

// pairCase is a pair of templates with what is said of it.
type pairCase struct{ name, old, new, want string }

func runPairs(t *testing.T, cases []pairCase) {
	t.Helper()
	for _, tt := range cases {
		if got := shown(compared(t, tt.old, tt.new)); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
		if got := shown(compared(t, tt.new, tt.new)); got != "" {
			t.Errorf("%s: it differs from itself: %s", tt.name, got)
		}
	}
}

func TestDenialsOfIdentityPolicies(t *testing.T) {
	const (
		managed = "  P: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [r], PolicyDocument: " +
			"{Statement: ["
		role  = "  R: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyName: p, PolicyDocument: {Statement: ["
		allow = "{Effect: Allow, Action: 'secretsmanager:*', Resource: '*'}"
		deny  = "{Effect: Deny, Action: 'secretsmanager:DeleteSecret', Resource: '*'}"
		both  = "{Effect: Deny, Action: ['secretsmanager:DeleteSecret', 'secretsmanager:PutSecretValue'], " +
			"Resource: '*'}"
		put     = "{Effect: Deny, Action: 'secretsmanager:PutSecretValue', Resource: '*'}"
		trust   = "  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: ["
		forOne  = "{Effect: Allow, Principal: {AWS: a}, Action: 'sts:AssumeRole'}"
		forAll  = "{Effect: Allow, Principal: '*', Action: 'sts:AssumeRole'}"
		denyTag = "{Effect: Deny, Principal: '*', Action: 'sts:TagSession'}"
	)
	runPairs(t, []pairCase{
		{"managed", managed + allow + ", " + deny + "]}}}", managed + allow + "]}}}",
			"guard-weaker modified P.PolicyDocument"},
		{"of a role", role + allow + ", " + deny + "]}}]}}", role + allow + "]}}]}}",
			"guard-weaker modified R.Policies"},
		{"the only policy", role + deny + "]}}]}}", "  R: {Type: AWS::IAM::Role}",
			"guard-weaker modified R.Policies"},
		{"split", managed + both + "]}}}", managed + deny + ", " + put + "]}}}", ""},
		{"split and one gone", managed + both + "]}}}", managed + deny + "]}}}",
			"guard-weaker modified P.PolicyDocument"},
		{"merged, and more allowed", role + deny + ", " + put + "]}}]}}",
			role + both + ", " + allow + "]}}]}}", "update modified R.Policies"},
		{"one gone, and more allowed", role + deny + "]}}]}}", role + allow + "]}}]}}",
			"guard-weaker modified R.Policies\nupdate modified R.Policies"},
		{"of a trust, and it is opened", trust + forOne + ", " + denyTag + "]}}}",
			trust + forAll + "]}}}", "guard-weaker modified R.AssumeRolePolicyDocument\n" +
				"update modified R.AssumeRolePolicyDocument"},
	})
}

func TestMergedStatementsAreTheSame(t *testing.T) {
	const (
		policy = "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: s, " +
			"ResourcePolicy: {Statement: ["
		end   = "]}}}"
		two   = "{Effect: Allow, Principal: {AWS: [a, b]}, Action: ['s:Get', 's:Put'], Resource: '*'}"
		one   = "{Effect: Allow, Principal: {AWS: a}, Action: ['s:put', 's:Get'], Resource: ['*']}"
		other = "{Effect: Allow, Principal: {AWS: [b]}, Action: 's:Get', Resource: '*'}, " +
			"{Effect: Allow, Principal: {AWS: [b]}, Action: 's:Put', Resource: '*'}"
		less = "{Effect: Allow, Principal: {AWS: [b]}, Action: 's:Get', Resource: '*'}"
		not  = "{Effect: Allow, Principal: {AWS: a}, NotAction: ['s:Get', 's:Put'], Resource: '*'}"
		nots = "{Effect: Allow, Principal: {AWS: a}, NotAction: 's:Get', Resource: '*'}, " +
			"{Effect: Allow, Principal: {AWS: a}, NotAction: 's:Put', Resource: '*'}"
	)
	runPairs(t, []pairCase{
		{"split", policy + two + end, policy + one + ", " + other + end, ""},
		{"merged", policy + one + ", " + other + end, policy + two + end, ""},
		{"one goes", policy + two + end, policy + one + ", " + less + end,
			"update modified P.ResourcePolicy"},
		{"not", policy + not + end, policy + nots + end, "update modified P.ResourcePolicy"},
	})
}
