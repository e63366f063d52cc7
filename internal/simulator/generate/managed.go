package generate

import (
	"maps"
	"slices"
)

// statements of AWS's managed policies, as far as they speak of secrets and keys.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
var awsManaged = map[string][]any{
	"AdministratorAccess": {map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}},
	"PowerUserAccess": {
		map[string]any{
			"Effect": "Allow", "NotAction": []any{"iam:*", "organizations:*", "account:*"},
			"Resource": "*",
		},
	},
	"SecretsManagerReadWrite": {
		map[string]any{
			"Effect": "Allow", "Action": []any{"secretsmanager:*", "kms:DescribeKey"},
			"Resource": "*",
		},
		map[string]any{
			"Effect": "Allow", "Action": []any{"lambda:GetFunction", "lambda:InvokeFunction"},
			"Resource": "arn:aws:lambda:*:*:function:SecretsManager*",
		},
	},
	"AWSKeyManagementServicePowerUser": {
		map[string]any{"Effect": "Allow", "Action": "kms:Describe*", "Resource": "*"},
	},
	"SecurityAudit": {map[string]any{"Effect": "Allow", "Resource": "*", "Action": []any{
		"kms:Describe*", "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy",
		"secretsmanager:ListSecrets", "secretsmanager:ListSecretVersionIds",
	}}},
	"ReadOnlyAccess": {map[string]any{"Effect": "Allow", "Resource": "*", "Action": []any{
		"kms:Describe*", "secretsmanager:Describe*", "secretsmanager:GetResourcePolicy",
		"secretsmanager:List*",
	}}},
	"AWSSecretsManagerClientReadOnlyAccess": {
		map[string]any{
			"Effect":   "Allow",
			"Action":   []any{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
			"Resource": "arn:aws:secretsmanager:*:*:secret:*",
		},
		map[string]any{
			"Effect":   "Allow",
			"Action":   "kms:Decrypt",
			"Resource": "arn:aws:kms:*:*:key/*",
			"Condition": map[string]any{"StringLike": map[string]any{
				"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:*:secret:*",
				"kms:ViaService":                  "secretsmanager.*.amazonaws.com",
			}},
		},
	},
	"AmazonS3ReadOnlyAccess": {
		map[string]any{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
	},
}

func managedNames() []string { return slices.Sorted(maps.Keys(awsManaged)) }

func managedPolicy(name string) any {
	return map[string]any{"Version": "2012-10-17", "Statement": awsManaged[name]}
}
