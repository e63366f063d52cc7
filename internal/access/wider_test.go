package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// A call that may state more than its verb means is told, and one that is held is not; a report and
// a question say the same.
func TestAnswersTellWhatGoesBeyondTheVerb(t *testing.T) {
	const own = "arn:aws:lambda:eu-west-1:111111111111:function:f"
	const other = "arn:aws:lambda:eu-west-1:111111111111:function:g"
	for _, c := range []struct{ name, statements, action, want string }{
		{"free", `{ Action: "secretsmanager:*" }`, "UpdateSecret", "any key"},
		{"no key", `{ Action: "secretsmanager:*", Condition: { "Null": {
			"secretsmanager:KmsKeyArn": "true" } } }`, "UpdateSecret", ""},
		{"the key by its id alone", `{ Action: "secretsmanager:*", Condition: {
			StringEqualsIfExists: { "secretsmanager:KmsKeyId": !GetAtt Key.Arn } } }`,
			"UpdateSecret", ""},
		{"a denial", `{ Action: "secretsmanager:*" }, { Effect: Deny, Resource: "*", Action: "secretsmanager:*",
			Condition: { ArnNotEqualsIfExists: { "secretsmanager:KmsKeyArn": !GetAtt Key.Arn } } },
			{ Action: "secretsmanager:UpdateSecret", Condition: { "Null": {
			"secretsmanager:KmsKeyArn": "true" } } }`, "UpdateSecret", ""},
		{"another key by a statement of its own", `{ Action: "secretsmanager:*", Condition: { "Null": {
			"secretsmanager:KmsKeyArn": "true" } } }, { Action: "secretsmanager:*", Condition: {
			ArnEquals: { "secretsmanager:KmsKeyArn":
			"arn:aws:kms:eu-west-1:111111111111:key/2" } } }`, "UpdateSecret", "other keys"},
		{"in some circumstances", `{ Action: "secretsmanager:*", Condition: { "Null": {
			"secretsmanager:KmsKeyArn": "true" } } }, { Action: "secretsmanager:*", Condition: {
			StringEquals: { "aws:SourceVpce": vpce-1 } } }`, "UpdateSecret", "any key"},
		{"not known", `{ Action: "secretsmanager:*", Condition: { "Null": {
			"secretsmanager:KmsKeyArn": "true" } } }, { Effect: Allow, Action: "secretsmanager:*",
			Resource: !Ref Open }`, "UpdateSecret", "any key?"},
		{"a rotation", `{ Action: "*" }`, "RotateSecret", "any function, any rules"},
		{"its rotation", `{ Action: "*", Condition: { ArnEqualsIfExists: {
			"secretsmanager:RotationLambdaARN": "` + own + `" }, BoolIfExists: {
			"secretsmanager:ModifyRotationRules": "false" } } }`, "RotateSecret", ""},
		{"another function", `{ Action: "*", Condition: { ArnEqualsIfExists: {
			"secretsmanager:RotationLambdaARN": ["` + own + `", "` + other + `"] } } }`,
			"RotateSecret", "any rules, other functions"},
		{"replicas", `{ Action: "*" }`, "ReplicateSecretToRegions", "anywhere, overwriting"},
		{"its replicas", `{ Action: "*", Condition: { "ForAllValues:StringEquals": {
			"secretsmanager:AddReplicaRegions": us-east-1 }, BoolIfExists: {
			"secretsmanager:ForceOverwriteReplicaSecret": "false" } } }`,
			"ReplicateSecretToRegions", ""},
		{"another Region", `{ Action: "*", Condition: { "ForAllValues:StringEquals": {
			"secretsmanager:AddReplicaRegions": [us-east-1, us-west-2] }, BoolIfExists: {
			"secretsmanager:ForceOverwriteReplicaSecret": "false" } } }`,
			"ReplicateSecretToRegions", "other Regions"},
		{"a deletion", `{ Action: "*" }`, "DeleteSecret", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			statements := strings.NewReplacer("\t", "",
				"{ Action:", "{ Effect: Allow, Resource: \"*\", Action:").Replace(c.statements)
			e := load(t, wideningTemplate+statements+"] } }] } }")
			v := verb.Find(c.action)
			x, ok := e.Explain("R", v, "S", deployedRegion)
			if got := strings.Join(x.Wider, ", "); !ok || x.Effect < access.Conditional ||
				got != c.want {
				t.Errorf("an answer: %s, beyond it %q, want %q", x.Effect, got, c.want)
			}
			rows := 0
			report := e.Report([]*verb.Verb{v}, nil, nil)
			for _, row := range report.Rows {
				if report.Secrets[row.Secret].ID == "S" && report.Verbs[row.Verb] == v.Name &&
					report.Principals[row.Principal].ID == "R" {
					rows++
					if !slices.Equal(row.Answer.Wider, x.Wider) {
						t.Errorf("a row says %q", row.Answer.Wider)
					}
				}
			}
			if rows != 1 {
				t.Errorf("%d rows", rows)
			}
		})
	}
}

// wideningTemplate is a template up to the statements of the identity policy of R.
const wideningTemplate = `
Parameters:
  Open: { Type: String }
Resources:
  Key: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "kms:*", Resource: "*" }] } } }
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s, KmsKeyId: !GetAtt Key.Arn,
    ReplicaRegions: [{ Region: us-east-1 }] } }
  Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref S,
    RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:f" } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: ["kms:*", "lambda:InvokeFunction"], Resource: "*" }, `
