package access_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// speakers are the ways in which a statement of a resource policy says whom it speaks of.
var speakers = []string{
	`Principal: "*"`, `Principal: { AWS: "*" }`, `Principal: { AWS: "111111111111" }`,
	`Principal: { AWS: "arn:aws:iam::222222222222:root" }`,
	`Principal: { AWS: ["arn:aws:iam::111111111111:role/a", "arn:aws:iam::222222222222:role/b"] }`,
	`Principal: { AWS: "arn:aws:iam::111111111111:user/u" }`,
	`Principal: { AWS: "arn:aws:sts::111111111111:assumed-role/a/s" }`,
	`Principal: { AWS: "AROAABCDEFGHIJKLMNOPQ" }`, `Principal: { AWS: !GetAtt R.Arn }`,
	`Principal: { Service: [lambda.amazonaws.com, rds.amazonaws.com] }`,
	`Principal: { Service: rds.amazonaws.com }`, `Principal: { AWS: !Ref Whoever }`,
	`NotPrincipal: { AWS: ["arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:root"] }`,
	`NotPrincipal: { AWS: "arn:aws:iam::222222222222:role/b" }`,
}

// ifs are conditions on who calls, and on something else.
var ifs = []string{
	"", "", `ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/ops/*" }`,
	`ArnLike: { "aws:PrincipalArn": ["arn:aws:iam::*:role/a", "arn:aws:iam::111111111111:role/x*"] }`,
	`ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/a" }`,
	`StringEquals: { "aws:PrincipalAccount": "111111111111" }`,
	`StringNotEquals: { "aws:PrincipalAccount": ["111111111111", "333333333333"] }`,
	`Bool: { "aws:PrincipalIsAWSService": "false" }`, `Bool: { "aws:PrincipalIsAWSService": "true" }`,
	`StringEquals: { "aws:PrincipalType": User }`, `StringLike: { "aws:username": "u*" }`,
	`StringEquals: { "aws:PrincipalOrgID": o-1 }`, `Null: { "secretsmanager:VersionId": "true" }`,
	`StringEqualsIfExists: { "aws:PrincipalServiceName": rds.amazonaws.com }`,
	`StringEquals: { "aws:SourceVpce": vpce-1, "aws:PrincipalAccount": "222222222222" }`,
	`StringEquals: { "aws:PrincipalAccount": "${aws:ResourceAccount}" }`,
	`StringLike: { "aws:PrincipalArn": "*${secretsmanager:ResourceTag/team}*" }`,
}

// pooledStatement writes a random statement of a resource policy.
func pooledStatement(r *rand.Rand, actions []string) string {
	effect := []string{"Allow", "Allow", "Deny"}[r.IntN(3)]
	text := fmt.Sprintf("{ Effect: %s, Action: %q, Resource: \"*\", %s", effect,
		actions[r.IntN(len(actions))], speakers[r.IntN(len(speakers))])
	if is := ifs[r.IntN(len(ifs))]; is != "" {
		text += ", Condition: { " + is + " }"
	}
	return text + " }"
}

// pooledTemplate writes a template of two secrets with policies and of their key.
func pooledTemplate(lists [3][]string) string {
	document := func(list []string) string {
		return `{ Version: "2012-10-17", Statement: [` + strings.Join(list, ", ") + "] }"
	}
	return `Parameters: { Whoever: { Type: String } }
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !GetAtt K.Arn } }
  Api: { Type: AWS::SecretsManager::Secret, Properties: { Name: api } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: xr, AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [
      { Effect: Allow, Action: ["secretsmanager:*", "kms:*"], Resource: "*" }] } }] } }
  K: { Type: AWS::KMS::Key, Properties: { KeyPolicy: ` + document(lists[0]) + ` } }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Db,
    ResourcePolicy: ` + document(lists[1]) + ` } }
  Q: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Api,
    ResourcePolicy: ` + document(lists[2]) + ` } }
`
}

// TestOnlyThoseWhomStatementsSpeakOfAreAskedOfPools holds the changes of templates with statements
// of all kinds, of which some change, against those that are found by asking everybody.
func TestOnlyThoseWhomStatementsSpeakOfAreAskedOfPools(t *testing.T) {
	pairs := pairsToCompare(t)
	actions := [3][]string{{"kms:Decrypt", "kms:*"},
		{"secretsmanager:GetSecretValue", "secretsmanager:*"}, {"secretsmanager:GetSecretValue",
			"secretsmanager:DeleteSecret"}}
	asked, all, changes := 0, 0, 0
	for seed := range pairs {
		r := rand.New(rand.NewPCG(uint64(seed), 35))
		var before, after [3][]string
		for i := range before {
			for range 2 + r.IntN(4) {
				before[i] = append(before[i], pooledStatement(r, actions[i]))
			}
			after[i] = append(after[i], before[i]...)
		}
		for range 1 + r.IntN(2) {
			i := r.IntN(3)
			after[i][r.IntN(len(after[i]))] = pooledStatement(r, actions[i])
		}
		old, now := load(t, pooledTemplate(before)), load(t, pooledTemplate(after))
		d := access.Compare(old, now, testedVerbs)
		everybody := access.CompareEverybody(old, now, testedVerbs)
		if got, want := changesOf(d), changesOf(everybody); got != want {
			t.Errorf("seed %d: want\n%s\ngot\n%s", seed, want, got)
		}
		asked, all, changes = asked+d.Asked, all+everybody.Asked, changes+len(d.Changes)
	}
	t.Logf("%d of %d asked, %d changes", asked, all, changes)
	if asked*10 > all*9 || changes == 0 {
		t.Error("too little was left out, or nothing changed")
	}
}
