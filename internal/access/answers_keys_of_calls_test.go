package access_test

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// What a request cannot have, no answer rests on: DeleteSecret takes no recovery window where it
// deletes at once, a request comes through an endpoint or from an address, and only services say
// for what they call.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func TestAnswersKnowWhichKeysStandTogether(t *testing.T) {
	const (
		window   = "secretsmanager:RecoveryWindowInDays"
		atOnce   = "secretsmanager:ForceDeleteWithoutRecovery"
		allow    = "{ Effect: Allow, Action: '*', Resource: '*' }, "
		address  = `IpAddress: { "aws:SourceIp": 203.0.113.0/24 }`
		endpoint = `"aws:SourceVpce": vpce-0a1b2c3d`
	)
	for _, c := range []struct {
		verb, statements string
		want             access.Effect
	}{
		{"purge", allow + denies(`"Null": { "`+window+`": "true" }`), access.Deny},
		{"purge", allow + denies(`NumericLessThanIfExists: { "`+window+`": "30" }`), access.Deny},
		{"purge", allow + denies(`NumericLessThan: { "`+window+`": "30" }`), access.Allow},
		{"purge", allows(`NumericGreaterThanEquals: { "` + window + `": "7" }`), access.Deny},
		{"purge", allows(`NumericGreaterThanEqualsIfExists: { "` + window + `": "7" }`),
			access.Allow},
		{"delete", allow + denies(`"Null": { "`+window+`": "true" }`), access.Conditional},
		{"delete", allows(`NumericGreaterThanEquals: { "` + window + `": "7" }, Bool: { "` +
			atOnce + `": "true" }`), access.Deny},
		{"delete", allows(`NumericGreaterThanEquals: { "` + window + `": "7" }, Bool: { "` +
			atOnce + `": "false" }`), access.Conditional},
		{"delete", allows(`NumericGreaterThanEquals: { "`+window+`": "7" }`) + ", " +
			denies(`BoolIfExists: { "`+atOnce+`": "false" }`), access.Deny},

		{"describe", allows(address + `, StringEquals: { ` + endpoint + ` }`), access.Deny},
		{"describe", allows(address) + ", " + denies(`StringNotEquals: { `+endpoint+` }`),
			access.Deny},
		{"describe", allows(address) + ", " + denies(`StringNotEqualsIfExists: { `+endpoint+` }`),
			access.Deny},
		{"describe", allows(address) + ", " + denies(`StringNotEquals: { `+endpoint+` }, `+
			`"Null": { "aws:SourceVpce": "false" }`), access.Conditional},
		{"describe", allows(address + `, StringEqualsIfExists: { ` + endpoint + ` }`),
			access.Conditional},
		{"describe", allows(address + `, StringNotEquals: { ` + endpoint + ` }`),
			access.Conditional},
		{"describe", allows(`NotIpAddress: { "aws:SourceIp": 203.0.113.0/24 }, StringEquals: { ` +
			endpoint + ` }`), access.Conditional},
		{"describe", allows(`"Null": { "aws:SourceIp": "false" }, StringLike: { ` +
			`"aws:SourceVpc": "vpc-*" }`), access.Deny},
		{"describe", allows(`IpAddress: { "aws:VpcSourceIp": 10.0.0.0/8 }, StringEquals: { ` +
			endpoint + ` }`), access.Conditional},
		{"describe", allows(`"Null": { "aws:SourceIp": "true", "aws:SourceVpce": "true" }`),
			access.Conditional},
		// both ways are open, one after the other
		{"describe", allows(address) + ", " + allows(`StringEquals: { `+endpoint+` }`),
			access.Conditional},
		// nobody is denied that has both
		{"describe", allow + denies(address+`, StringEquals: { `+endpoint+` }`), access.Allow},

		// nor does a service that calls on somebody's behalf come from their address
		{"describe", allows(address) + ", " + denies(`StringNotEquals: { `+endpoint+` }, `+
			`Bool: { "aws:ViaAWSService": "false" }`), access.Deny},
		{"describe", allow + denies(`NotIpAddress: { "aws:SourceIp": 203.0.113.0/24 }, `+
			`Bool: { "aws:ViaAWSService": "false" }`), access.Conditional},

		{"describe", allows(`StringEquals: { "aws:SourceAccount": "111111111111" }`), access.Deny},
		{"describe", allows(`ArnLike: { "aws:SourceArn": "arn:aws:s3:::b" }`), access.Deny},
		{"describe", allows(`StringEqualsIfExists: { "aws:SourceAccount": "111111111111" }`),
			access.Allow},
		{"describe", allow + denies(`StringNotEquals: { "aws:SourceOrgID": o-a1b2c3d4e5 }`),
			access.Deny},
		{"describe", allow + denies(`"Null": { "aws:SourceArn": "false" }`), access.Allow},
	} {
		e := asking(t, fmt.Sprintf(`
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17",
      Statement: [%s] } }] } }`, c.statements), false)
		x, ok := e.Explain("R", verbOf(c.verb), "Db", deployedRegion)
		if !ok || x.Effect != c.want {
			t.Errorf("%s by %s: %s %v, want %s", c.verb, c.statements, x.Effect, x.Conditions,
				c.want)
		}
	}
}

func allows(condition string) string {
	return "{ Effect: Allow, Action: '*', Resource: '*', Condition: { " + condition + " } }"
}

func denies(condition string) string {
	return "{ Effect: Deny, Action: '*', Resource: '*', Condition: { " + condition + " } }"
}

// What no session of a role has that its trust lets somebody open: services and identity providers
// give it no MFA, for one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
func TestAnswersKnowWhatSessionsHave(t *testing.T) {
	const (
		mfa      = `Bool: { "aws:MultiFactorAuthPresent": "true" }`
		age      = `NumericLessThan: { "aws:MultiFactorAuthAge": "3600" }`
		provider = `StringEquals: { "aws:FederatedProvider": accounts.google.com }`
		identity = `StringLike: { "aws:SourceIdentity": "*" }`
		instance = `StringEquals: { "aws:Ec2InstanceSourceVpc": vpc-0a1b2c3d }`

		ec2  = "{ Service: ec2.amazonaws.com }, Action: 'sts:AssumeRole'"
		job  = "{ Service: lambda.amazonaws.com }, Action: ['sts:AssumeRole', 'sts:TagSession']"
		set  = "{ Service: lambda.amazonaws.com }, Action: 'sts:*'"
		user = "{ AWS: 'arn:aws:iam::111111111111:user/ann' }, Action: 'sts:AssumeRole'"
		web  = "{ Federated: accounts.google.com }, Action: 'sts:AssumeRoleWithWebIdentity'"
		some = "!Ref Who, Action: 'sts:AssumeRole'"
		all  = "'*', Action: 'sts:AssumeRole'"
		both = "'*', Action: ['sts:AssumeRole', 'sts:AssumeRoleWithSAML']"
	)
	for _, c := range []struct {
		trust, condition string
		want             access.Effect
	}{
		{job, mfa, access.Deny}, {job, age, access.Deny}, {web, mfa, access.Deny},
		{user, mfa, access.Conditional}, {user, age, access.Conditional},
		{some, mfa, access.Conditional},
		{job, `Bool: { "aws:MultiFactorAuthPresent": "false" }`, access.Conditional},
		{job, `BoolIfExists: { "aws:MultiFactorAuthPresent": "true" }`, access.Conditional},
		{job, provider, access.Deny}, {user, provider, access.Deny},
		{web, provider, access.Conditional},
		{all, provider, access.Deny}, {both, provider, access.Conditional},
		{all, mfa, access.Conditional}, {all, identity, access.Deny}, {some, provider, access.Deny},
		{job, identity, access.Deny}, {user, identity, access.Deny},
		{set, identity, access.Conditional},
		{job, instance, access.Deny}, {ec2, instance, access.Conditional},
		{"", mfa, access.Conditional}, {"", age, access.Conditional},
		{"", provider, access.Deny}, {"", identity, access.Deny}, {"", instance, access.Deny},
		{"", `Bool: { "aws:AssumedRoot": "true" }`, access.Deny},
	} {
		who := "AWS::IAM::User, Properties: { UserName: r,"
		if c.trust != "" {
			who = "AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: { " +
				"Statement: [{ Effect: Allow, Principal: " + c.trust + " }] },"
		}
		e := asking(t, fmt.Sprintf(`
  Who: { Type: AWS::CloudFormation::CustomResource, Properties: { ServiceToken: x } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: %s Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17",
    Statement: [%s] } }] } }`, who, allows(c.condition)), false)
		x, ok := e.Explain("R", verbOf("describe"), "Db", deployedRegion)
		if !ok || x.Effect != c.want {
			t.Errorf("%s under %s: %s %v, want %s", who, c.condition, x.Effect, x.Conditions,
				c.want)
		}
	}
}

// BatchGetSecretValue gets what is current, whatever stage a policy lets its caller read.
func TestAnswersKnowWhichStageABatchReads(t *testing.T) {
	for _, c := range []struct {
		verb, operator, stage string
		want                  access.Effect
	}{
		{"batchRead", "StringEquals", "AWSCURRENT", access.Conditional},
		{"batchRead", "StringEquals", "AWSPREVIOUS", access.Deny},
		{"batchRead", "StringEqualsIfExists", "AWSPREVIOUS", access.Conditional},
		{"batchRead", "StringNotEquals", "AWSPREVIOUS", access.Allow},
		{"read", "StringEquals", "AWSPREVIOUS", access.Conditional},
	} {
		e := asking(t, fmt.Sprintf(`
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, NotAction: "secretsmanager:GetSecretValue", Resource: "*" },
    { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
      Condition: { %s: { "secretsmanager:VersionStage": %s } } }] } }] } }`,
			c.operator, c.stage), false)
		x, ok := e.Explain("R", verb.Named(c.verb), "Db", deployedRegion)
		if !ok || x.Effect != c.want {
			t.Errorf("%s by %s %s: %s %v, want %s", c.verb, c.operator, c.stage, x.Effect,
				x.Conditions, c.want)
		}
	}
}
