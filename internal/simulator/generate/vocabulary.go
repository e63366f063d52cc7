package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// kind is the type of a condition key: which operators go with it.
type kind int

const (
	texts kind = iota
	arns
	numbers
	dates
	booleans
	addresses
	binaries
)

// operatorsOf says which operators test a key of a kind.
var operatorsOf = map[kind][]string{
	texts: {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase",
		"StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"},
	arns: {"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotEquals", "ArnNotLike", "ArnNotLike",
		"ArnNotLike", "StringLike", "StringEquals", "StringNotLike"},
	numbers: {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
		"NumericGreaterThan", "NumericGreaterThanEquals"},
	dates: {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
		"DateGreaterThan", "DateGreaterThanEquals"},
	booleans:  {"Bool"},
	addresses: {"IpAddress", "NotIpAddress"},
	binaries:  {"BinaryEquals"},
}

// conditionKey is a row of AWS's tables of condition keys, with values that policies and requests
// take from.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
type conditionKey struct {
	key    string
	kind   kind
	many   bool   // it has several values
	of     string // secretsmanager or kms, if only their requests have it
	often  int
	values []string
}

const (
	accountA = "111111111111"
	accountB = "222222222222"
	accountC = "333333333333"
	regionA  = "eu-west-1"
	regionB  = "eu-central-1"
)

var (
	teams   = []string{"pay", "ops", "Pay", "p*", "*a*", "shop"}
	regions = []string{regionA, regionB, "us-east-1", "eu-*"}
	trues   = []string{"true", "false"}
	moments = []string{"2026-01-01T00:00:00Z", "2026-06-30T23:59:59Z", "2030-01-01T00:00:00Z"}
)

var vocabulary = []conditionKey{
	{key: "aws:PrincipalTag/team", often: 6, values: teams},
	{key: "aws:PrincipalTag/stage", often: 2, values: []string{"prod", "dev", "pro?"}},
	{
		key: "aws:PrincipalTag/level", kind: numbers, often: 8,
		values: []string{"1", "3", "7", "3.5"},
	},
	{key: "aws:PrincipalTag/blob", kind: binaries, often: 4, values: []string{"QUJD", "eHl6"}},
	{key: "aws:ResourceTag/team", often: 6, values: teams},
	{key: "aws:ResourceTag/stage", often: 2, values: []string{"prod", "dev", "*o*"}},
	{key: "secretsmanager:ResourceTag/team", of: "secretsmanager", often: 4, values: teams},
	{key: "aws:PrincipalArn", kind: arns, often: 5, values: []string{
		"arn:aws:iam::111111111111:role/*", "arn:aws:iam::*:role/app/*", "arn:aws:iam::*:user/*",
		"arn:aws:iam::222222222222:role/*", "arn:aws:iam::*:role/worker",
		"arn:aws:iam::111111111111:role/outside", "arn:aws:iam::*:role/stack-*",
	}},
	{key: "aws:PrincipalAccount", often: 2, values: []string{accountA, accountB, accountC, "1*"}},
	{key: "aws:PrincipalType", often: 2, values: []string{"AssumedRole", "User", "A*"}},
	{key: "aws:username", often: 2, values: []string{"bob", "ann", "b*"}},
	{
		key: "aws:userid", often: 3,
		values: []string{"*:job", "AROA*", "*:deploy", "AIDA*", "AROA*:j?b"},
	},
	{key: "aws:RequestedRegion", often: 3, values: regions},
	{
		key: "aws:ResourceAccount", often: 1,
		values: []string{accountA, accountB, "${aws:PrincipalAccount}"},
	},
	{key: "aws:SecureTransport", kind: booleans, often: 3, values: trues},
	{key: "aws:PrincipalOrgID", often: 3, values: []string{"o-aaaaaaaaaa", "o-bbbbbbbbbb", "o-a*"}},
	{
		key: "aws:PrincipalOrgPaths", many: true, often: 3,
		values: []string{"o-aaaaaaaaaa/r-ab12/ou-ab12-11111111/", "o-bbbbbbbbbb/*",
			"o-aaaaaaaaaa/*/ou-ab12-*"},
	},
	{
		key: "aws:SourceIp", kind: addresses, often: 6,
		values: []string{"203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32", "203.0.113.128/25",
			"198.51.100.9"},
	},
	{key: "aws:VpcSourceIp", kind: addresses, often: 2, values: []string{"10.0.0.0/8", "10.1.2.3"}},
	{key: "aws:SourceVpc", often: 2, values: []string{"vpc-11111111", "vpc-22222222", "vpc-1*"}},
	{key: "aws:SourceVpce", often: 3, values: []string{"vpce-11111111", "vpce-22222222", "vpce-*"}},
	{key: "aws:CurrentTime", kind: dates, often: 14, values: moments},
	{key: "aws:EpochTime", kind: numbers, often: 2, values: []string{"1767225600", "1782863999"}},
	{
		key: "aws:EpochTime", kind: dates, often: 2,
		values: []string{"1767225600", "2026-06-30T23:59:59Z"},
	},
	{key: "aws:TokenIssueTime", kind: dates, often: 4, values: moments},
	{key: "aws:MultiFactorAuthPresent", kind: booleans, often: 4, values: trues},
	{key: "aws:MultiFactorAuthAge", kind: numbers, often: 7, values: []string{"300", "3600"}},
	{key: "aws:ViaAWSService", kind: booleans, often: 2, values: trues},
	{key: "aws:PrincipalIsAWSService", kind: booleans, often: 2, values: trues},
	{
		key: "aws:CalledVia", many: true, often: 4,
		values: []string{"cloudformation.amazonaws.com", "athena.amazonaws.com", "*.amazonaws.com"},
	},
	{
		key: "aws:CalledViaFirst", often: 1,
		values: []string{"cloudformation.amazonaws.com", "athena.amazonaws.com"},
	},
	{
		key: "aws:CalledViaLast", often: 1,
		values: []string{"cloudformation.amazonaws.com", "athena.amazonaws.com"},
	},
	{key: "aws:SourceIdentity", often: 2, values: []string{"ann", "a*"}},
	{
		key: "aws:FederatedProvider", often: 1,
		values: []string{"cognito-identity.amazonaws.com",
			"arn:aws:iam::111111111111:saml-provider/x"},
	},
	{key: "aws:UserAgent", often: 1, values: []string{"aws-cli*", "Boto3"}},
	{key: "aws:Referer", often: 1, values: []string{"https://example.com/*"}},
	{key: "aws:SourceAccount", often: 1, values: []string{accountA, accountB}},
	{
		key: "aws:SourceArn", kind: arns, often: 2,
		values: []string{"arn:aws:rds:*:111111111111:db:*",
			"arn:aws:sns:eu-west-1:111111111111:topic"},
	},
	{
		key: "lambda:SourceFunctionArn", kind: arns, often: 1,
		values: []string{"arn:aws:lambda:*:111111111111:function:f*"},
	},
	{
		key: "secretsmanager:VersionStage", of: "secretsmanager", often: 4,
		values: []string{"AWSCURRENT", "AWSPREVIOUS", "AWS*"},
	},
	{
		key: "secretsmanager:VersionId", of: "secretsmanager", often: 1,
		values: []string{"11111111-1111-1111-1111-111111111111"},
	},
	{
		key: "secretsmanager:SecretId", kind: arns, of: "secretsmanager", often: 2,
		values: []string{"arn:aws:secretsmanager:*:*:secret:*",
			"arn:aws:secretsmanager:*:*:secret:pay/*"},
	},
	{key: "secretsmanager:SecretPrimaryRegion", of: "secretsmanager", often: 1, values: regions},
	{
		key: "secretsmanager:resource/Type", of: "secretsmanager", often: 1,
		values: []string{"SalesforceClientSecret"},
	},
	{
		key: "secretsmanager:resource/AllowRotationLambdaArn", kind: arns, of: "secretsmanager",
		often: 1, values: []string{"arn:aws:lambda:*:111111111111:function:f*"},
	},
	{
		key: "secretsmanager:ForceDeleteWithoutRecovery", kind: booleans, of: "secretsmanager",
		often: 3, values: trues,
	},
	{
		key: "secretsmanager:RecoveryWindowInDays", kind: numbers, of: "secretsmanager", often: 4,
		values: []string{"7", "14", "30"},
	},
	{
		key: "secretsmanager:RotationLambdaARN", kind: arns, of: "secretsmanager", often: 1,
		values: []string{"arn:aws:lambda:*:111111111111:function:f*"},
	},
	{
		key: "secretsmanager:ModifyRotationRules", kind: booleans, of: "secretsmanager", often: 1,
		values: trues,
	},
	{
		key: "secretsmanager:RotateImmediately", kind: booleans, of: "secretsmanager", often: 1,
		values: trues,
	},
	{
		key: "secretsmanager:BlockPublicPolicy", kind: booleans, of: "secretsmanager", often: 1,
		values: trues,
	},
	{
		key: "secretsmanager:KmsKeyArn", kind: arns, of: "secretsmanager", often: 3,
		values: []string{"arn:aws:kms:*:111111111111:key/*", "arn:aws:kms:*:*:key/*"},
	},
	{
		key: "secretsmanager:KmsKeyId", of: "secretsmanager", often: 2,
		values: []string{"alias/app", "arn:aws:kms:*"},
	},
	{key: toRegions, many: true, of: "secretsmanager", often: 3, values: regions},
	{
		key: "secretsmanager:ForceOverwriteReplicaSecret", kind: booleans, of: "secretsmanager",
		often: 2, values: trues,
	},
	{
		key: "secretsmanager:ExternalSecretRotationRoleArn", kind: arns, of: "secretsmanager",
		often: 1, values: []string{"arn:aws:iam::111111111111:role/*"},
	},
	{key: "secretsmanager:Name", of: "secretsmanager", often: 1, values: []string{"pay/*"}},
	{
		key: "aws:TagKeys", many: true, of: "secretsmanager", often: 2,
		values: []string{"team", "stage", "s*"},
	},
	{key: "aws:RequestTag/team", of: "secretsmanager", often: 1, values: teams},
	{key: "kms:ViaService", of: "kms", often: 8, values: []string{
		"secretsmanager.eu-west-1.amazonaws.com", "secretsmanager.*.amazonaws.com",
		"secretsmanager.eu-central-1.amazonaws.com", "s3.eu-west-1.amazonaws.com",
	}},
	{key: "kms:CallerAccount", of: "kms", often: 4, values: []string{accountA, accountB}},
	{
		key: "kms:EncryptionContext:SecretARN", kind: arns, of: "kms", often: 5,
		values: []string{"arn:aws:secretsmanager:*:111111111111:secret:*",
			"arn:aws:secretsmanager:*:*:secret:pay/*"},
	},
	{
		key: "kms:EncryptionContext:SecretVersionId", of: "kms", often: 1,
		values: []string{"RequestToValidateKeyAccess", "1*"},
	},
	{
		key: "kms:EncryptionContextKeys", many: true, of: "kms", often: 4,
		values: []string{"SecretARN", "SecretVersionId", "Secret*"},
	},
	{
		key: "kms:ResourceAliases", many: true, of: "kms", often: 4,
		values: []string{"alias/app", "alias/a*", "alias/other"},
	},
	{key: "kms:RequestAlias", of: "kms", often: 1, values: []string{"alias/app", "alias/*"}},
	{key: "kms:KeySpec", of: "kms", often: 1, values: []string{"SYMMETRIC_DEFAULT", "RSA_2048"}},
	{key: "kms:KeyUsage", of: "kms", often: 1, values: []string{"ENCRYPT_DECRYPT"}},
	{key: "kms:KeyOrigin", of: "kms", often: 1, values: []string{"AWS_KMS"}},
	{key: "kms:EncryptionAlgorithm", of: "kms", often: 1, values: []string{"SYMMETRIC_DEFAULT"}},
	{key: "kms:MultiRegion", kind: booleans, of: "kms", often: 2, values: trues},
	{key: "kms:GrantIsForAWSResource", kind: booleans, of: "kms", often: 1, values: trues},
}

// variables are texts with policy variables, for conditions on texts and for resources.
var variables = []string{
	"${aws:PrincipalTag/team}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'pay'}",
	"${aws:PrincipalTag/none, 'ops'}", "${aws:username}", "${aws:ResourceTag/team}",
	"${aws:SourceIdentity}", "x${*}", "${*}", "${aws:PrincipalTag/stage}*", "${$}x",
	"${aws:PrincipalTag/nobody}", "${aws:RequestedRegion}", "p${?}y",
}

func pick[T any](r *rand.Rand, from []T) T  { return from[r.IntN(len(from))] }
func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

// pickKey draws a key that requests of a service can have, or, now and then, any.
func pickKey(r *rand.Rand, service string) conditionKey {
	fits := func(k conditionKey) bool { return k.of == "" || service == "" || k.of == service }
	if chance(r, 5) {
		fits = func(conditionKey) bool { return true }
	}
	total := 0
	for _, k := range vocabulary {
		if fits(k) {
			total += k.often
		}
	}
	n := r.IntN(total)
	for _, k := range vocabulary {
		if !fits(k) {
			continue
		}
		if n -= k.often; n < 0 {
			return k
		}
	}
	panic("generate: the weights of keys do not add up")
}

// letters returns text that stands for what AWS makes up.
func letters(r *rand.Rand, n int, from string) string {
	var b strings.Builder
	for range n {
		b.WriteByte(from[r.IntN(len(from))])
	}
	return b.String()
}

const (
	lettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	capitals         = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	hexDigits        = "0123456789abcdef"
)

func uuid(r *rand.Rand) string {
	h := letters(r, 32, hexDigits)
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}
