package access_test

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// The condition keys that say what kind of key it is have what the template states, and what KMS
// takes where it states nothing.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
func TestAnswersKnowWhatKindOfKeyItIs(t *testing.T) {
	const replica = "Type: AWS::KMS::ReplicaKey, Properties: { PrimaryKeyArn: " +
		`"arn:aws:kms:us-east-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef", `
	for _, c := range []struct {
		key, condition string
		want           access.Effect
	}{
		{"", "StringEquals: { kms:KeySpec: SYMMETRIC_DEFAULT }", access.Allow},
		{"KeySpec: SYMMETRIC_DEFAULT,", "StringEquals: { kms:KeySpec: SYMMETRIC_DEFAULT }",
			access.Allow},
		{"", "StringEquals: { kms:KeySpec: RSA_2048 }", access.Deny},
		{"", "StringEquals: { kms:KeyUsage: ENCRYPT_DECRYPT }", access.Allow},
		{"", "StringEquals: { kms:KeyOrigin: AWS_KMS }", access.Allow},
		{"Origin: EXTERNAL,", "StringEquals: { kms:KeyOrigin: EXTERNAL }", access.Allow},
		{"Origin: EXTERNAL,", "StringEquals: { kms:KeyOrigin: AWS_KMS }", access.Deny},
		{"", `Bool: { kms:MultiRegion: "false" }`, access.Allow},
		{"", `"Null": { kms:MultiRegionKeyType: "true" }`, access.Allow},
		{"MultiRegion: true,", `Bool: { kms:MultiRegion: "true" }`, access.Allow},
		{"MultiRegion: true,", "StringEquals: { kms:MultiRegionKeyType: PRIMARY }", access.Allow},
		{replica, `Bool: { kms:MultiRegion: "true" }`, access.Allow},
		{replica, "StringEquals: { kms:MultiRegionKeyType: REPLICA }", access.Allow},
		{replica, "StringEquals: { kms:MultiRegionKeyType: PRIMARY }", access.Deny},
		// What is the primary key's, the template of a replica does not say.
		{replica, "StringEquals: { kms:KeyOrigin: EXTERNAL }", access.Conditional},
	} {
		key := "Type: AWS::KMS::Key, Properties: { " + c.key
		if c.key == replica {
			key = c.key
		}
		e := asking(t, fmt.Sprintf(`
  K: { %s KeyPolicy: { Statement: [{ Effect: Allow, Action: "kms:*", Resource: "*",
    Principal: { AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root" }, Condition: { %s } }] } } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !GetAtt K.Arn } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: {
    Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] } }] } }`, key, c.condition), false)
		v := verbOf("read")
		if x, ok := e.Explain("R", v, "Db", deployedRegion); !ok || x.Effect != c.want {
			t.Errorf("{ %s } with %s: %s, want %s", key, c.condition, x.Effect, c.want)
		}
	}
}
