package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// shop is a template of which tests change one text.
const shop = `Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: shop/db, KmsKeyId: !GetAtt K.Arn } }
  Api: { Type: AWS::SecretsManager::Secret, Properties: { Name: shop/api } }
  K: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Version: "2012-10-17", Statement: [
    { Effect: Allow, Action: "kms:*", Resource: "*",
      Principal: { AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root" } },
    { Effect: Deny, Action: "kms:*", Resource: "*", Principal: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": o-9 } } } ] } } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: {
      Statement: [{ Effect: Allow, Action: "sts:AssumeRole", Principal: { Service: ec2.amazonaws.com } }] },
    PermissionsBoundary: !Ref Limit,
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [
      { Effect: Allow, Action: ["secretsmanager:GetSecretValue", "kms:Decrypt"], Resource: "*",
        Condition: { StringEquals: { "aws:SourceVpce": [vpce-1, vpce-2] } } },
      { Effect: Allow, Action: "secretsmanager:DeleteSecret",
        Resource: "arn:aws:secretsmanager:*:*:secret:shop/db-??????" },
      { Effect: Allow, Action: "secretsmanager:TagResource", Resource: "*" },
      { Effect: Allow, NotAction: ["secretsmanager:*", "kms:*"], Resource: "*" },
      { Effect: Deny, Action: "secretsmanager:DeleteSecret", Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalOrgID": o-1 } } } ] } }] } }
  Limit: { Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: { Version: "2012-10-17",
    Statement: [{ Effect: Allow, Action: ["secretsmanager:Get*", "secretsmanager:Delete*", "kms:*", "sts:*"],
      Resource: "*" }] } } }
  U: { Type: AWS::IAM::User, Properties: { UserName: u, Policies: [{ PolicyName: p, PolicyDocument: {
    Statement: [{ Effect: Allow, Resource: "*",
      Action: ["sts:AssumeRole", "secretsmanager:GetSecretValue"] }] } }] } }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Api, ResourcePolicy: {
    Version: "2012-10-17", Statement: [
    { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
      Principal: { AWS: "arn:aws:iam::111111111111:user/ann" } },
    { Effect: Deny, Action: "secretsmanager:GetSecretValue", Resource: "*",
      NotPrincipal: { AWS: ["arn:aws:iam::111111111111:user/ann", "arn:aws:iam::111111111111:user/bob",
        "arn:aws:iam::111111111111:root"] } } ] } } }`

// differenceOf compares shop with a changed one: what stands in place of each odd text.
func differenceOf(t *testing.T, changes ...string) *access.Difference {
	t.Helper()
	changed := shop
	for i := 0; i < len(changes); i += 2 {
		if strings.Count(changed, changes[i]) != 1 {
			t.Fatalf("%q is there %d times", changes[i], strings.Count(changed, changes[i]))
		}
		changed = strings.Replace(changed, changes[i], changes[i+1], 1)
	}
	return access.Compare(load(t, shop), load(t, changed), verb.All)
}

// told writes the changes of a difference.
func told(d *access.Difference) string {
	var out []string
	for _, b := range d.Becomings {
		out = append(out, fmt.Sprintf("%s %s to become %s", b.Principal, b.Kind, b.Role))
	}
	for _, c := range d.Changes {
		out = append(out, fmt.Sprintf("%s %s %s on %s", c.Principal.ID, c.Kind, c.Verb, c.Secret.ID))
	}
	return strings.Join(out, "\n")
}

// TestWideningsAreFound plants one widening of each of twelve kinds.
func TestWideningsAreFound(t *testing.T) {
	for _, c := range []struct {
		kind, from, to, want string
	}{
		{"action added", `["secretsmanager:GetSecretValue", "kms:Decrypt"], Resource`,
			`["secretsmanager:GetSecretValue", "kms:Decrypt", "secretsmanager:DeleteSecret"], Resource`,
			"R gains purge on Api"},
		{"resource wildcard", `secret:shop/db-??????`, `secret:shop/*`,
			"R gains purge on Api"},
		{"principal added", `Principal: { AWS: "arn:aws:iam::111111111111:user/ann" }`,
			`Principal: { AWS: ["arn:aws:iam::111111111111:user/ann", "arn:aws:iam::111111111111:user/bob"] }`,
			"arn:aws:iam::111111111111:user/bob gains read on Api"},
		{"condition removed", `
        Condition: { StringEquals: { "aws:SourceVpce": [vpce-1, vpce-2] } } }`, `}`,
			"R widens read on Db"},
		{"condition value added", `[vpce-1, vpce-2]`, `[vpce-1, vpce-2, vpce-3]`,
			"R widens read on Db"},
		{"operator loosened", `StringEquals: { "aws:SourceVpce"`, `StringLike: { "aws:SourceVpce"`,
			""},
		{"operator loosened to like", `StringEquals: { "aws:SourceVpce": [vpce-1, vpce-2]`,
			`StringLike: { "aws:SourceVpce": ["vpce-*"]`, "R widens read on Db"},
		{"operator loosened to absent", `StringEquals: { "aws:SourceVpce"`,
			`StringEqualsIfExists: { "aws:SourceVpce"`, "R widens read on Db"},
		{"deny removed", `,
      { Effect: Deny, Action: "secretsmanager:DeleteSecret", Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalOrgID": o-1 } } }`, ``,
			"R widens purge on Db"},
		{"deny narrowed", `StringNotEquals: { "aws:PrincipalOrgID": o-1 }`,
			`StringNotEquals: { "aws:PrincipalOrgID": [o-1, o-2] }`,
			"R widens purge on Db"},
		{"boundary loosened", `"secretsmanager:Get*", "secretsmanager:Delete*", "kms:*", "sts:*"`,
			`"*"`, "R gains secretsmanager:TagResource on Db"},
		{"key policy opened", `,
    { Effect: Deny, Action: "kms:*", Resource: "*", Principal: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": o-9 } } }`, ``,
			"R widens read on Db"},
		{"trust opened", `Principal: { Service: ec2.amazonaws.com }`,
			`Principal: { AWS: "arn:aws:iam::111111111111:root" }`, "U gains to become R"},
		{"NotAction", `NotAction: ["secretsmanager:*", "kms:*"]`, `NotAction: ["iam:*"]`,
			"R widens read on Db"},
		{"NotPrincipal", `"arn:aws:iam::111111111111:root"] } }`,
			`"arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:user/u"] } }`,
			"U gains read on Api"},
	} {
		got := told(differenceOf(t, c.from, c.to))
		if !strings.Contains("\n"+got+"\n", "\n"+c.want+"\n") || c.want == "" && got != "" {
			t.Errorf("%s: want %q, got\n%s", c.kind, c.want, got)
		}
	}
}

// TestWhatIsSaidOtherwiseIsNoChange: statements that are merged, split, put in another order or
// into another policy, and names that stand for the same.
func TestWhatIsSaidOtherwiseIsNoChange(t *testing.T) {
	for _, c := range [][]string{
		{`Action: ["secretsmanager:GetSecretValue", "kms:Decrypt"], Resource`,
			`Action: ["kms:decrypt", "secretsmanager:getsecretvalue"], Resource`},
		{`{ Effect: Allow, Action: "secretsmanager:TagResource", Resource: "*" },`, ``,
			`
  Limit:`, `
  More: { Type: AWS::IAM::Policy, Properties: { PolicyName: more, Roles: [!Ref R],
    PolicyDocument: { Version: "2012-10-17", Statement: [
    { Effect: Allow, Action: "secretsmanager:TagResource", Resource: "*" }] } } }
  Limit:`},
		{`{ Effect: Allow, Action: ["secretsmanager:GetSecretValue", "kms:Decrypt"], Resource: "*",
        Condition: { StringEquals: { "aws:SourceVpce": [vpce-1, vpce-2] } } },`,
			`{ Effect: Allow, Action: "kms:Decrypt", Resource: "*",
        Condition: { StringEquals: { "aws:SourceVpce": [vpce-2, vpce-1] } } },
      { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
        Condition: { StringEquals: { "aws:SourceVpce": vpce-1 } } },
      { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
        Condition: { StringEquals: { "aws:SourceVpce": vpce-2 } } },`},
		{`"kms:*", "sts:*"],
      Resource: "*" }]`, `"kms:*"], Resource: "*" },
      { Effect: Allow, Action: "sts:*", Resource: "*" }]`},
		{`
  R: {`, `
  Renamed: {`},
		{`KmsKeyId: !GetAtt K.Arn`, `KmsKeyId: !Ref K`},
		{`
  Api: {`, `
  Other: {`, `SecretId: !Ref Api`, `SecretId: !Ref Other`},
		{`"secretsmanager:Get*", "secretsmanager:Delete*"`,
			`"secretsmanager:Delete*", "secretsmanager:Get*", "secretsmanager:GetSecret*"`},
	} {
		d := differenceOf(t, c...)
		if got := told(d); got != "" {
			t.Errorf("%q:\n%s", c, got)
		}
	}
	if d := differenceOf(t); d.Asked != 0 {
		t.Errorf("%d questions are asked about the same", d.Asked)
	}
}

// TestWhoComesAndGoes: principals, secrets and replicas that are on one side alone.
func TestWhoComesAndGoes(t *testing.T) {
	const more = `
  New: { Type: AWS::SecretsManager::Secret, Properties: { Name: shop/new,
    ReplicaRegions: [{ Region: us-east-1 }] } }
  V: { Type: AWS::IAM::User, Properties: { UserName: v, Policies: [{ PolicyName: p, PolicyDocument: {
    Statement: [{ Effect: Allow, Resource: "*", Action: "secretsmanager:GetSecretValue" }] } }] } }`
	before, after := load(t, shop), load(t, shop+more)
	want := []string{
		"R gains read on New", "R gains read on New",
		"U gains read on New", "U gains read on New",
		"V gains read on New", "V gains read on New",
	}
	got := told(access.Compare(before, after, verb.All))
	if got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
	gone := told(access.Compare(after, before, verb.All))
	if gone != strings.ReplaceAll(strings.Join(want, "\n"), "gains", "loses") {
		t.Errorf("the other way round\n%s", gone)
	}
	nothing := access.Load(nil, access.Beside{})
	if d := access.Compare(nothing, before, verb.All); len(d.Changes) == 0 ||
		len(d.Changes) != len(access.Compare(before, nothing, verb.All).Changes) {
		t.Errorf("from nothing\n%s", told(d))
	}
}

// TestEvidenceNamesStatements: the statements that make the difference, and requests that show it.
func TestEvidenceNamesStatements(t *testing.T) {
	d := differenceOf(t, `[vpce-1, vpce-2]`, `[vpce-2, vpce-3]`)
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Secret.ID != "Db" || c.Verb != "read" {
			continue
		}
		x := d.Evidence(c)
		if c.Kind != access.Changes || len(x.Gained) != 2 || len(x.Lost) != 2 {
			t.Errorf("%s: %v %v", c.Kind, x.Gained, x.Lost)
		}
		if got := x.Gained[0].Context["aws:SourceVpce"]; len(got) != 1 || got[0] != "vpce-3" {
			t.Errorf("gained from %q", got)
		}
		if got := x.Lost[0].Context["aws:SourceVpce"]; len(got) != 1 || got[0] != "vpce-1" {
			t.Errorf("lost from %q", got)
		}
		if len(x.Because) != 2 || x.Because[0].Document.LogicalID != "R" ||
			x.Because[0].Rule.Index != 0 {
			t.Errorf("because %+v", x.Because)
		}
		return
	}
	t.Errorf("got\n%s", told(d))
}

// What decides and stands in no statement: the version of a policy, and whom the trust of a role
// lets open sessions, which may have MFA.
func TestWhatIsNoStatementIsCompared(t *testing.T) {
	for _, c := range []struct{ template, from, to, want string }{
		{`Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: u } }
  U: { Type: AWS::IAM::User, Properties: { UserName: u, Policies: [{ PolicyName: p, PolicyDocument: {
    Version: "2008-10-17", Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue",
      Resource: "arn:aws:secretsmanager:*:*:secret:${aws:username}-??????" }] } }] } }`,
			`"2008-10-17"`, `"2012-10-17"`, "U gains read on Db"},
		{`Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: { Statement: [
      { Effect: Allow, Action: "sts:AssumeRole", Principal: { Service: ec2.amazonaws.com } }] },
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
      { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }] } }] } }`,
			`Service: ec2.amazonaws.com`, `AWS: "arn:aws:iam::111111111111:root"`,
			"R gains read on Db"},
		{`Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Api: { Type: AWS::SecretsManager::Secret, Properties: { Name: api } }
  U: { Type: AWS::IAM::User, Properties: { UserName: u, Policies: [{ PolicyName: p, PolicyDocument: {
    Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue",
      NotResource: "arn:aws:secretsmanager:*:*:secret:db-??????" }] } }] } }`,
			`secret:db-`, `secret:other-`, "U gains read on Db"},
		{`Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Api: { Type: AWS::SecretsManager::Secret, Properties: { Name: api } }
  U: { Type: AWS::IAM::User, Properties: { UserName: u, Policies: [{ PolicyName: p, PolicyDocument: {
    Statement: [{ Effect: Allow, Action: "secretsmanager:DescribeSecret",
      NotResource: "arn:aws:secretsmanager:*:*:secret:db-??????" }] } }] } }`,
			`DescribeSecret`, `GetSecretValue`, "U gains read on Api"},
	} {
		changed := strings.Replace(c.template, c.from, c.to, 1)
		got := told(access.Compare(load(t, c.template), load(t, changed), verb.All))
		if !strings.Contains("\n"+got+"\n", "\n"+c.want+"\n") {
			t.Errorf("%s to %s: want %q, got\n%s", c.from, c.to, c.want, got)
		}
	}
}
