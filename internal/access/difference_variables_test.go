package access_test

import (
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// TestVariablesOfWhoCallsAreNotKnownBeforeACall: a condition on who calls may compare with what
// only a call tells, by a policy variable. Whom such a statement speaks of is not known before.
func TestVariablesOfWhoCallsAreNotKnownBeforeACall(t *testing.T) {
	for _, is := range []string{
		`StringEquals: { "aws:PrincipalAccount": "${aws:ResourceAccount}" }`,
		`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:*" }`,
		`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/${aws:ResourceTag/team}" }`,
		`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/${secretsmanager:ResourceTag/team}" }`,
		`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a${secretsmanager:SecretPrimaryRegion, ''}" }`,
	} {
		template := func(also string) string {
			return `
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    Tags: [{ Key: team, Value: a }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: a,
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] } } }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Db,
    ResourcePolicy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: "*",
      Action: "secretsmanager:GetSecretValue", Resource: "*",
      Condition: { ` + is + also + ` } }] } } }
`
		}
		old, now := load(t, template(`, Bool: { "aws:SecureTransport": "false" }`)), load(t, template(""))
		want := changesOf(access.CompareEverybody(old, now, testedVerbs))
		if got := changesOf(access.Compare(old, now, testedVerbs)); got != want || want == "" {
			t.Errorf("%s: want\n%s\ngot\n%s", is, want, got)
		}
	}
}

// TestAnotherFunctionToRotateWithIsTold: who may invoke another function than the secret's own may
// rotate the secret with that.
func TestAnotherFunctionToRotateWithIsTold(t *testing.T) {
	template := func(also string) string {
		return `
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref Db,
    RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:own",
    RotationRules: { AutomaticallyAfterDays: 30 } } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: a,
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] },
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [
      { Effect: Allow, Action: ["secretsmanager:RotateSecret", "secretsmanager:DescribeSecret"],
        Resource: "*" }` + also + `] } }] } }
`
	}
	old, now := load(t, template("")), load(t, template(`,
      { Effect: Allow, Action: "lambda:InvokeFunction",
        Resource: "arn:aws:lambda:eu-west-1:111111111111:function:other" }`))
	for _, c := range access.Compare(old, now, testedVerbs).Changes {
		if c.Principal.ID == "R" && c.Kind == access.Gains {
			return
		}
	}
	t.Error("R may rotate Db with another function now, and that is not told")
}
