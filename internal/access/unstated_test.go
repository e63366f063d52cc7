package access_test

import (
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// TestServiceThroughWhichAKeyIsUsed: KMS sees Secrets Manager under the domain of the Region's
// partition, also where nobody states the account of the secret.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func TestServiceThroughWhichAKeyIsUsed(t *testing.T) {
	for region, domain := range map[string]string{
		"eu-west-1": "amazonaws.com", "us-gov-west-1": "amazonaws.com",
		"cn-north-1": "amazonaws.com.cn", "us-iso-east-1": "c2s.ic.gov",
	} {
		for _, account := range []string{"111111111111", ""} {
			for _, given := range []struct {
				domain string
				want   access.Effect
			}{{domain, access.Allow}, {"${AWS::URLSuffix}", access.Allow},
				{"example.com", access.Deny}} {
				stack := deployed(t, `
Resources:
  Key: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Version: "2012-10-17", Statement: [{
    Effect: Allow, Action: "kms:*", Resource: "*",
    Principal: { AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } }] } } }
  S: { Type: AWS::SecretsManager::Secret, Properties: { KmsKeyId: !GetAtt Key.Arn } }
  R: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [{
    Effect: Allow, Action: "secretsmanager:*", Resource: "*" }, { Effect: Allow,
    Action: "kms:*", Resource: "*", Condition: { StringEquals: { "kms:ViaService":
    !Sub "secretsmanager.${AWS::Region}.`+given.domain+`" } } }] } }] } }
`)
				stack.Account, stack.Region = account, region
				e := access.Load([]access.Stack{stack}, access.Beside{})
				x, ok := e.Explain("R", verbOf("read"), "S", region)
				if !ok || x.Effect != given.want {
					t.Errorf("account %q, Region %s, domain %s: %s, want %s",
						account, region, given.domain, x.Effect, given.want)
				}
			}
		}
	}
}
