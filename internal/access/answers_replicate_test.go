package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// A call that makes replicas takes the keys of those that it makes: who may use the key of one of
// two may make that one, or one in another Region.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
func TestAnswersAboutReplicatingTakeTheKeysOfWhatIsMade(t *testing.T) {
	key := func(region, id string) string {
		return "arn:aws:kms:" + region + ":111111111111:key/" + id +
			"1111111-2222-3333-4444-555555555555"
	}
	east, west := key("us-east-1", "a"), key("us-west-2", "b")
	into := func(regions string) string {
		return `Condition: { "ForAllValues:StringEquals": { secretsmanager:AddReplicaRegions: [` +
			regions + `] } }`
	}
	for _, c := range []struct {
		keys, condition, want string
	}{
		{east + `", "` + west, "", "allow"},
		{east, "", "conditional us-east-1"},
		{west, "", "conditional us-west-2"},
		{east, into("us-east-1"), "conditional us-east-1"},
		{east, into("us-west-2"), "deny"},
		{east + `", "` + west, into("us-east-1, us-west-2"), "allow"},
		{east + `", "` + west, into("us-west-2"), "conditional us-west-2"},
		// which needs no key that the templates know
		{"arn:aws:kms:*:*:key/none", into("eu-north-1"), "conditional us-east-1, us-west-2"},
		{"arn:aws:kms:*:*:key/none", into("eu-west-1"), "deny"},
		{east + `", "` + west, `Condition: { "Null": { secretsmanager:AddReplicaRegions: "true" } }`,
			"deny"},
	} {
		e := asking(t, fmt.Sprintf(`
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, ReplicaRegions: [
    { Region: us-east-1, KmsKeyId: "%s" }, { Region: us-west-2, KmsKeyId: "%s" }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:ReplicateSecretToRegions", Resource: "*", %s },
    { Effect: Allow, Action: "kms:*", Resource: ["%s"] }] } }] } }`,
			east, west, c.condition, c.keys), false)
		x, ok := e.Explain("R", verbOf("secretsmanager:ReplicateSecretToRegions"), "Db",
			deployedRegion)
		got := x.Effect.String()
		for _, held := range x.Conditions {
			if strings.HasSuffix(held.Key, "AddReplicaRegions") {
				got += " " + strings.Join(held.Values, ", ")
				break
			}
		}
		if !ok || got != c.want {
			t.Errorf("keys %s, %s: %s, want %s", c.keys, c.condition, got, c.want)
		}
	}
}

// Of a secret without replicas nobody knows into which Regions a call replicates it; that it does
// into some is certain.
func TestAnswersAboutReplicatingWithoutReplicas(t *testing.T) {
	for condition, want := range map[string]access.Effect{
		"": access.Allow,
		`Condition: { "Null": { secretsmanager:AddReplicaRegions: "false" } }`: access.Allow,
		`Condition: { "Null": { secretsmanager:AddReplicaRegions: "true" } }`:  access.Deny,
		`Condition: { "ForAllValues:StringEquals": { secretsmanager:AddReplicaRegions: ` +
			`eu-north-1 } }`: access.Conditional,
	} {
		e := asking(t, fmt.Sprintf(`
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:ReplicateSecretToRegions", Resource: "*", %s }
    ] } }] } }`, condition), false)
		x, ok := e.Explain("R", verbOf("secretsmanager:ReplicateSecretToRegions"), "Db",
			deployedRegion)
		if !ok || x.Effect != want {
			t.Errorf("%s: %s, want %s", condition, x.Effect, want)
		}
	}
}

// What a call is held to that the secret has already is told from what it has not: two secrets
// under two keys, of which a statement names one.
func TestAnswersTellWhatASecretHasAlready(t *testing.T) {
	e := asking(t, `
  K: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Action: "kms:*", Resource: "*", Principal: { AWS: "arn:aws:iam::111111111111:root" } }] } } }
  L: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Action: "kms:*", Resource: "*", Principal: { AWS: "arn:aws:iam::111111111111:root" } }] } } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !GetAtt K.Arn } }
  Dc: { Type: AWS::SecretsManager::Secret, Properties: { Name: dc, KmsKeyId: !GetAtt L.Arn } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "kms:*", Resource: "*" },
    { Effect: Allow, Action: "secretsmanager:UpdateSecret", Resource: "*", Condition: {
      ArnEqualsIfExists: { secretsmanager:KmsKeyArn: !GetAtt K.Arn } } }] } }] } }`, false)
	update := &verb.Verb{Name: "update", OnSecret: []string{"secretsmanager:UpdateSecret"}}
	report := e.Report([]*verb.Verb{update}, nil, nil)
	own := map[string]bool{}
	for _, row := range report.Rows {
		for _, held := range row.Answer.HeldTo {
			own[report.Secrets[row.Secret].ID] = held.Own
		}
	}
	if len(own) != 2 || !own["Db"] || own["Dc"] {
		t.Errorf("the key is told to be the secret's own: %v", own)
	}
}
