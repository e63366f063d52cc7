package access_test

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// TestDenialOnTheKeyThatAWSManages: the key aws/secretsmanager lets in whoever is of its account,
// but for those whom a policy of their own denies it.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
func TestDenialOnTheKeyThatAWSManages(t *testing.T) {
	const via = `Condition: { StringNotEquals: { "kms:ViaService":
    "secretsmanager.eu-west-1.amazonaws.com" } }`
	for _, c := range []struct {
		denial    string
		s, t, put access.Effect // of reading S and T, and of writing S
	}{
		{`Action: "s3:*", Resource: "*"`, access.Allow, access.Allow, access.Allow},
		{`Action: "kms:*", Resource: "*"`, access.Deny, access.Deny, access.Deny},
		{`NotAction: "secretsmanager:*", Resource: "*"`, access.Deny, access.Deny, access.Deny},
		{`Action: "kms:Decrypt", Resource: "*"`, access.Deny, access.Deny, access.Allow},
		{`Action: "kms:Decrypt", Resource: "arn:aws:kms:*:*:key/*"`,
			access.Deny, access.Deny, access.Allow},
		{`Action: "kms:Decrypt", Resource: "arn:aws:kms:*:*:alias/*"`,
			access.Allow, access.Allow, access.Allow},
		{`Action: "kms:*", Resource: "arn:aws:kms:*:*:key/1234abcd-12ab-34cd-56ef-1234567890ab"`,
			access.Allow, access.Allow, access.Allow},
		{`Action: "kms:GenerateDataKey*", Resource: "*"`, access.Allow, access.Allow, access.Deny},
		{`Action: "kms:*", Resource: "*", ` + via, access.Allow, access.Allow, access.Allow},
		{`Action: "kms:*", Resource: "*", Condition: { StringLike: {
    "kms:EncryptionContext:SecretARN": "*:secret:t-*" } }`,
			access.Allow, access.Deny, access.Allow},
		{`Action: "kms:*", Resource: "*", Condition: { "ForAnyValue:StringEquals": {
    "kms:ResourceAliases": alias/aws/secretsmanager } }`, access.Deny, access.Deny, access.Deny},
		{`Action: "kms:*", Resource: "*", Condition: { BoolIfExists: {
    "aws:MultiFactorAuthPresent": "false" } }`,
			access.Conditional, access.Conditional, access.Conditional},
	} {
		for _, boundary := range []bool{false, true} {
			statements := `{ Effect: Allow, Action: "*", Resource: "*" }, { Effect: Deny, ` +
				c.denial + ` }`
			own, bound := statements, `{ Effect: Allow, Action: "*", Resource: "*" }`
			if boundary {
				own, bound = bound, own
			}
			stack := deployed(t, `
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s } }
  T: { Type: AWS::SecretsManager::Secret, Properties: { Name: t } }
  B: { Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: { Version: "2012-10-17",
    Statement: [`+bound+`] } } }
  R: { Type: AWS::IAM::Role, Properties: { PermissionsBoundary: !Ref B,
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow,
    Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "sts:AssumeRole" }] },
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17",
    Statement: [`+own+`] } }] } }
`)
			unstated := stack
			unstated.Account = ""
			for _, stack := range []access.Stack{stack, unstated} {
				e := access.Load([]access.Stack{stack}, access.Beside{})
				got := map[string]access.Effect{}
				r := e.Report(testedVerbs, nil, nil)
				for i := range r.Rows {
					row := &r.Rows[i]
					got[r.Verbs[row.Verb]+" "+r.Secrets[row.Secret].ID] = row.Answer.Effect
				}
				for what, want := range map[string]access.Effect{
					"read S": c.s, "read T": c.t, "write S": c.put,
				} {
					verb, secret, _ := strings.Cut(what, " ")
					x, _ := e.Explain("R", verbOf(verb), secret, deployedRegion)
					if x.Effect != want || got[what] != want {
						t.Errorf("Deny, %s (boundary %v, account %q): %s is %s, reported as %s, want %s",
							c.denial, boundary, stack.Account, what, x.Effect, got[what], want)
					}
				}
			}
		}
	}
}

// TestNewDenialOnTheKeyThatAWSManages: diff tells whom a new denial keeps from reading.
func TestNewDenialOnTheKeyThatAWSManages(t *testing.T) {
	with := func(denial string) *access.Estate {
		return load(t, `
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s } }
  R: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [{
    Effect: Allow, Action: "secretsmanager:*", Resource: "*" }`+denial+`] } }] } }
`)
	}
	for _, resource := range []string{"*", "arn:aws:kms:*:*:key/*"} {
		now := with(`, { Effect: Deny, Action: "kms:*", Resource: "` + resource + `" }`)
		lost := false
		for _, c := range access.Compare(with(""), now, testedVerbs).Changes {
			lost = lost || c.Verb == "read" && c.After.Effect == access.Deny
		}
		if !lost {
			t.Errorf("a denial on %s is not told", resource)
		}
	}
}
