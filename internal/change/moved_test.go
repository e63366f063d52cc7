package change

import (
	"strings"
	"testing"
)

// What changes in a thing while it moves is told beside that it moves.
func TestWhatChangesWhileItMoves(t *testing.T) {
	const (
		stays   = "  T: {Type: AWS::KMS::Key}\n"
		named   = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, "
		unnamed = "  R: {Type: AWS::IAM::Role, Properties: {"
		trusts  = "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, " +
			"Action: 'sts:AssumeRole', Principal: {AWS: '111111111111'}}]}}}\n"
		opened = "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, " +
			"Action: 'sts:AssumeRole', Principal: '*'}]}}}\n"
		bound  = "PermissionsBoundary: 'arn:aws:iam::111111111111:policy/b', "
		reads  = "{Effect: Allow, Action: 's3:GetObject', Resource: '*'}"
		denies = "{Effect: Deny, Action: 's3:*', Resource: '*'}"
		admins = "{Effect: Allow, Action: 'iam:*', Resource: '*'}"
		moves  = "moved moved R from a/R"
	)
	inline := func(statements string) string {
		return named + "Policies: [{PolicyName: p, PolicyDocument: {Statement: [" + statements +
			"]}}]}}\n"
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"nothing", named + bound + trusts, named + bound + trusts, moves},
		{"trust", named + trusts, named + opened,
			moves + "\nupdate moved R.AssumeRolePolicyDocument from a/R unknown"},
		{"trust, without a name", unnamed + trusts, unnamed + opened,
			moves + "\nupdate moved R.AssumeRolePolicyDocument from a/R unknown"},
		{"the boundary goes", named + bound + trusts, named + trusts,
			"guard-weaker moved R.PermissionsBoundary from a/R\n" + moves},
		{"a boundary comes", named + trusts, named + bound + trusts, moves},
		{"a denial goes", inline(reads + ", " + denies), inline(reads),
			"guard-weaker moved R.Policies from a/R\n" + moves +
				"\nupdate moved R.Policies from a/R"},
		{"more is allowed", inline(reads), inline(reads + ", " + admins),
			moves + "\nupdate moved R.Policies from a/R"},
	} {
		before := []Stack{stack(t, "a", stays+tt.old)}
		after := []Stack{stack(t, "a", stays), stack(t, "b", tt.new)}
		if got := shown(Resources(before, after)); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// A policy that is replaced and stays in effect still denies what it denied.
func TestReplacedPolicyThatStays(t *testing.T) {
	const (
		role   = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r}}\n"
		policy = "  P: {Type: AWS::IAM::RolePolicy, UpdateReplacePolicy: Retain, Properties: {" +
			"RoleName: r, PolicyName: "
		denies = ", PolicyDocument: {Statement: [{Effect: Deny, " +
			"Action: 'secretsmanager:GetSecretValue', Resource: '*'}]}}}\n"
		other = ", PolicyDocument: {Statement: [{Effect: Deny, Action: 's3:*', Resource: '*'}]}}}\n"
	)
	runPairs(t, []pairCase{
		{"another name", role + policy + "x" + denies, role + policy + "y" + other,
			"orphaned modified P.PolicyName\nupdate modified P.PolicyDocument"},
		{"and the role is replaced", "  R: {Type: AWS::IAM::Role, Properties: {Path: /a/}}\n" +
			strings.Replace(policy, "RoleName: r", "RoleName: !Ref R", 1) + "x" + denies,
			"  R: {Type: AWS::IAM::Role, Properties: {Path: /b/}}\n" +
				strings.Replace(policy, "RoleName: r", "RoleName: !Ref R", 1) + "y" + other,
			"replaced modified P.PolicyName\nreplaced modified R.Path\n" +
				"guard-weaker modified P.PolicyDocument"},
		{"the same name", role + policy + "x" + denies, role + policy + "x" + other,
			"guard-weaker modified P.PolicyDocument"},
	})
}

// The value of a parameter with NoEcho is not read, so that nobody knows what another default does.
func TestPolicyThatHangsOnHiddenParameter(t *testing.T) {
	const template = `
Parameters: {Pw: {Type: String, NoEcho: true, Default: vpce-1}}
Resources:
  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, Policies: [{PolicyName: p, PolicyDocument: {
    Statement: [{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*',
    Condition: {StringEquals: {'aws:SourceVpce': !Ref Pw}}}]}}]}}
`
	for _, noEcho := range []string{"true", "false"} {
		old := strings.Replace(template, "NoEcho: true", "NoEcho: "+noEcho, 1)
		want := "update modified R.Policies"
		if noEcho == "true" {
			want += " unknown"
		}
		got := shown(compared(t, old, strings.Replace(old, "vpce-1", "vpce-2", 1)))
		if got != want {
			t.Errorf("NoEcho %s: got\n%s\nwant\n%s", noEcho, got, want)
		}
	}
}

// What the old set uses and does not make is there, so that the new one cannot make it.
func TestNamesThatAreThere(t *testing.T) {
	const (
		role   = "  R: {Type: AWS::IAM::Role, Properties: {RoleName: api}}\n"
		secret = "  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: my-db}}\n"
		doc    = "PolicyDocument: {Statement: [{Effect: Allow, Action: 'a:B', Resource: '*'}]}"
		end    = "ResourcePolicy: {Statement: [{Effect: Allow, Action: '*', Resource: '*', " +
			"Principal: {AWS: 'arn:aws:iam::111111111111:role/x/api'}}]}}}\n"
	)
	topic := "  T: {Type: AWS::SNS::Topic}\n"
	policy := func(of string) string {
		return "  P: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, " + of + ", " + doc + "}}\n"
	}
	of := func(secret string) string {
		return "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: '" + secret +
			"', " + end
	}
	arn := "arn:aws:secretsmanager:eu-west-1:111111111111:secret:my-db"
	for _, tt := range []struct{ old, new, want string }{
		{policy("Roles: [API]"), role, "fails added R"},
		{policy("Users: [api]"), role, "update added R"},
		{policy("Roles: [api, other]") + "  O: {Type: AWS::IAM::Role, Properties: {RoleName: o}}\n",
			"  O: {Type: AWS::IAM::Role, Properties: {RoleName: other}}\n",
			"replaced modified O.RoleName\nfails modified O"},
		{of("x"), role, "fails added R"},
		{of("my-db"), secret, "fails added S"},
		{of(arn + "-AbCdEf"), secret, "fails added S"},
		{of(arn), secret, "fails added S"},
		{of(arn + "-two"), secret, "update added S"},
		{strings.Replace(of("my-db"), "Policy,", "Policy, Condition: C,", 1), secret,
			"update added S"},
	} {
		head := "Parameters: {A: {Type: String}}\nConditions: {C: !Equals [!Ref A, b]}\nResources:\n" +
			topic
		old := tt.old
		if strings.Contains(tt.new, "  O:") {
			old = policy("Roles: [api, other]")
		}
		got := shown(compared(t, head+tt.old, head+old+tt.new))
		if got != tt.want {
			t.Errorf("%s%s: got %s, want %s", tt.old, tt.new, got, tt.want)
		}
	}
}
