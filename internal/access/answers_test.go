package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// answeredCase is a template with a question and its answer.
type answeredCase struct {
	name            string
	unstated        bool // nobody states the account
	template        string
	principal, verb string
	want            access.Effect
}

// byName is a secret whose policy has a statement, and a role that a template knows by its name.
func byName(statement string) string {
	return `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  A: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [worker],
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:ListSecrets",
      Resource: "*" }] } } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [` + statement + `] } } }`
}

// answeredCases are templates with a question and its answer: what generated estates once found
// wrong.
var answeredCases = []answeredCase{
	{
		name: "a key in an account that may be the one which is not stated", unstated: true,
		principal: "R", verb: "read", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    KmsKeyId: "arn:aws:kms:eu-west-1:222222222222:key/11111111-1111-1111-1111-111111111111" } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,
      Action: ["secretsmanager:*", "kms:*"], Resource: "*" }] } }] } }`,
	},
	{
		name: "a session in an account that may be the one which is not stated", unstated: true,
		principal: "R", verb: "describe", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:sts::222222222222:assumed-role/r/job" } }] } } }`,
	},
	{
		name: "a role of an account that may be the one which is not stated, " +
			"allowed in both cases",
		unstated:  true,
		principal: "arn:aws:iam::222222222222:role/partner", verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:iam::222222222222:role/partner" } }] } } }`,
	},
	{
		name: "a policy by name that may be for the role of a stated account", unstated: true,
		principal: "arn:aws:iam::222222222222:role/worker", verb: "describe", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  A: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [worker],
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:*",
      Resource: "*" }] } } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:GetSecretValue", Resource: "*",
      Principal: { AWS: "arn:aws:iam::222222222222:role/worker" } }] } } }`,
	},
	{
		name:      "what is denied to a role is denied to its session",
		principal: "arn:aws:sts::111111111111:assumed-role/r/job", verb: "describe",
		want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:sts::111111111111:assumed-role/r/job" } },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:iam::111111111111:role/jobs/r" } }] } } }`,
	},
	{
		name:      "the session of a role has the ARN of the role",
		principal: "arn:aws:sts::111111111111:assumed-role/r/job", verb: "describe",
		want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:*", Resource: "*",
    Principal: { AWS: "arn:aws:sts::111111111111:assumed-role/r/job" },
    Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/r" } } }] } } }`,
	},
	{
		name: "no call leaves out the secret", principal: "R", verb: "describe", want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*",
      Condition: { "Null": { "secretsmanager:SecretId": "false" } } }] } }] } }`,
	},
	{
		name: "whether a secret without replicas has a primary Region", principal: "R",
		verb: "describe", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Condition: { StringEquals: { "secretsmanager:SecretPrimaryRegion": eu-west-1 } } }] } }] } }`,
	},
	{
		name: "users have the type User", principal: "arn:aws:iam::111111111111:user/*",
		verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false,
      ResourcePolicy: { Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*",
    Principal: "*", Condition: {
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:user/*" },
      StringEquals: { "aws:PrincipalType": User } } }] } } }`,
	},
	{
		name: "roles have no user name", principal: "arn:aws:iam::111111111111:role/*",
		verb: "describe", want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false,
      ResourcePolicy: { Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*",
    Principal: "*", Condition: {
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/*" },
      StringEquals: { "aws:username": bob } } }] } } }`,
	},
	{
		name: "a verb that is whole in one world and possible in part in the other", principal: "R",
		verb: "manage", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:TagResource", Resource: "*" },
    !If [IsProd, { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
      !Ref "AWS::NoValue"]] } }] } }`,
	},
	{
		name: "a group that a function takes from a name that is made", principal: "R",
		verb: "read", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  G: { Type: AWS::IAM::Group, Properties: { Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: secretsmanager:GetSecretValue,
      Resource: "*" }] } }] } }
  R: { Type: AWS::IAM::User, Properties: { Groups: !Split [",", !Ref G] } }`,
	},
	{
		name: "a denial for a role that a function takes from a name that is made", principal: "R",
		verb: "read", want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: secretsmanager:GetSecretValue,
      Resource: "*" }] } }] } }
  M: { Type: AWS::IAM::ManagedPolicy, Properties: { Roles: !Split [",", !Ref R],
    PolicyDocument: { Statement: [{ Effect: Deny, Action: "*", Resource: "*" }] } } }`,
	},
	{
		name: "a denial for a role of which a function may take the name", principal: "R",
		verb: "read", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: secretsmanager:GetSecretValue,
      Resource: "*" }] } }] } }
  M: { Type: AWS::IAM::ManagedPolicy, Properties: { Roles: !Split [a, !Ref R],
    PolicyDocument: { Statement: [{ Effect: Deny, Action: "*", Resource: "*" }] } } }`,
	},
	{
		name: "a user whom nobody can read, added to a group", principal: "R", verb: "read",
		want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  G: { Type: AWS::IAM::Group, Properties: { GroupName: g,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,
      Action: secretsmanager:GetSecretValue, Resource: "*" }] } }] } }
  R: { Type: AWS::IAM::User, Properties: { UserName: r } }
  U: { Type: AWS::IAM::UserToGroupAddition, Properties: { GroupName: g,
    Users: [!ImportValue x] } }`,
	},
	{
		name:      "the role of a permission set, by its path with the Region",
		principal: "permission set ps", verb: "read", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::SSO::PermissionSet, Properties: { Name: ps } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [{ Effect: Allow,
      Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: secretsmanager:GetSecretValue,
      Resource: "*", Condition: { ArnLike: { aws:PrincipalArn:
        "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_ps_*" } } },
    { Effect: Allow, Principal: "*", Action: secretsmanager:GetSecretValue,
      Resource: "*", Condition: { ArnLike: { aws:PrincipalArn:
        "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_ps_*"
      } } }] } } }`,
	},
	{
		name: "the role of a permission set, by an ARN", principal: "permission set ps",
		verb: "read", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::SSO::PermissionSet, Properties: { Name: ps } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [{ Effect: Allow,
      Action: secretsmanager:GetSecretValue, Resource: "*", Principal: { AWS:
      "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/eu-west-1/\
      AWSReservedSSO_ps_0a1b2c3d4e5f6a7b"
    } }] } } }`,
	},
	{
		name: "a denial that leaves out the role and its account, and no session", principal: "R",
		verb: "read", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,
      Action: secretsmanager:GetSecretValue, Resource: "*" }] } }] } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [{ Effect: Deny,
      NotPrincipal: { AWS: ["arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/r"] },
      Action: secretsmanager:GetSecretValue, Resource: "*" }] } } }`,
	},
	{
		name: "an alias that may be of the key", principal: "R", verb: "read",
		want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !Ref K } }
  K: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "kms:*", Resource: "*",
    Condition: { "ForAnyValue:StringEquals": { kms:ResourceAliases: alias/a } } }] } } }
  A: { Type: AWS::KMS::Alias, Properties: { AliasName: alias/a, TargetKeyId: !ImportValue x } }
  R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: ["secretsmanager:*", "kms:*"],
      Resource: "*" }] } }] } }`,
	},
	{
		name: "two statements that ask for the same, one of them twice", principal: "R",
		verb: "describe", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:sts::111111111111:assumed-role/r/job" },
      Condition: { StringLike: { "aws:userid": "*:job" } } },
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:sts::111111111111:assumed-role/r/job" } }] } } }`,
	},
	{
		name: "two secrets that differ in their keys alone", principal: "R", verb: "read",
		want: access.Allow,
		template: `
  K: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "kms:*", Resource: "*" }] } } }
  L: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Principal: { AWS: "arn:aws:iam::111111111111:role/other" }, Action: "kms:*",
    Resource: "*" }] } } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !Ref K } }
  Web: { Type: AWS::SecretsManager::Secret, Properties: { Name: web, KmsKeyId: !Ref L } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: "*",
      Resource: "*" }] } }] } }`,
	},
	{
		name: "two secrets that differ in their types alone", principal: "R", verb: "describe",
		want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, Type: SalesforceClientSecret } }
  Web: { Type: AWS::SecretsManager::Secret, Properties: { Name: web } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Condition: { StringEquals: {
        "secretsmanager:resource/Type": SalesforceClientSecret } } }] } }] } }`,
	},
	{
		name: "two secrets that differ in the function that rotates them", principal: "R",
		verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Web: { Type: AWS::SecretsManager::Secret, Properties: { Name: web } }
  F: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref Db,
      RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:f" } }
  G: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref Web,
      RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:g" } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Condition: { StringEquals: {
        "secretsmanager:resource/AllowRotationLambdaArn":
          "arn:aws:lambda:eu-west-1:111111111111:function:f" } } }] } }] } }`,
	},
	{
		name: "an ARN whose six characters are stated may be that of one secret, " +
			"and not of another",
		principal: "R", verb: "read", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Web: { Type: AWS::SecretsManager::Secret, Properties: { Name: web } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:DescribeSecret", Resource: "*" },
    { Effect: Allow, Action: "secretsmanager:GetSecretValue",
      Resource: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf" }] } }] } }`,
	},
	{
		name: "a policy states the name that CloudFormation may make for a secret", principal: "R",
		verb: "read", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: {} }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:GetSecretValue",
      Resource: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:Db-abcdefghijklm-??????"
    }] } }] } }
  Q: { Type: AWS::IAM::Role, Properties: { RoleName: q,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:GetSecretValue",
      Resource: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:Db-abcdefghijkl-??????"
    }] } }] } }`,
	},
	{
		name:      "roles of any account, allowed whatever their account is",
		principal: "arn:aws:iam::*:role/ci-*", verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/ci-*" } } },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { ArnNotLike: {
        "aws:PrincipalArn": "arn:aws:iam::????????????:role/*" } } }] } } }`,
	},
	{
		name: "a request that has two tags at once", principal: "R",
		verb: "secretsmanager:TagResource", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:TagResource", Resource: "*",
      Condition: { "ForAnyValue:StringEquals": { "aws:TagKeys": team },
        "ForAnyValue:StringLike": { "aws:TagKeys": "cost*" } } }] } }] } }`,
	},
	{
		name:      "replication to the Regions that the secret has, which are not its own",
		principal: "R", verb: "secretsmanager:ReplicateSecretToRegions", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    ReplicaRegions: [{ Region: us-east-1 }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "*", Resource: "*",
      Condition: { "ForAllValues:StringEquals": {
        "secretsmanager:AddReplicaRegions": us-east-1 } } }] } }] } }`,
	},
	{
		name: "replicas whose keys may be told the ARN of the secret itself", principal: "R",
		verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    ReplicaRegions: [{ Region: us-east-1,
      KmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" }] } }
  Web: { Type: AWS::SecretsManager::Secret, Properties: { Name: web,
    ReplicaRegions: [{ Region: us-east-1,
      KmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
    { Effect: Allow, Action: "kms:*", Resource: "*",
      Condition: { StringLike: {
        "kms:EncryptionContext:SecretARN":
          "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-*" } } }] } }] } }`,
	},
	{
		name: "the tag of a function is not that of the secret that it rotates", principal: "R",
		verb: "rotate", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    Tags: [{ Key: team, Value: pay }] } }
  F: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref Db,
      RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:f" } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
    { Effect: Allow, Action: "lambda:InvokeFunction", Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/team": pay } } }] } }] } }`,
	},
	{
		name: "roles of any account, of whom only those of its own can use the key of an " +
			"account",
		principal: "arn:aws:iam::*:role/ci-*", verb: "read", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/ci-*" } } }] } } }`,
	},
	{
		name: "a user has the name that it has", principal: "R", verb: "read", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::User, Properties: { UserName: r, Path: /people/,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Condition: { StringEquals: { "aws:username": r } } }] } }] } }`,
	},
	{
		name: "roles of any account, held to one account", principal: "arn:aws:iam::*:role/ci-*",
		verb: "describe", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/ci-*" } } },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { StringNotEquals: { "aws:PrincipalAccount": "222222222222" } } }] } } }`,
	},
	{
		name:      "roles whose account is known in part",
		principal: "arn:aws:iam::22222222222?:role/ci", verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::22222222222?:role/ci" } } },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { StringNotLike: { "aws:PrincipalAccount": "2*" } } }] } } }`,
	},
	{
		name: "a role whose ARN has its own tag", principal: "R", verb: "describe",
		want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: pay } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false,
      ResourcePolicy: { Version: "2012-10-17", Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { ArnEquals: {
        "aws:PrincipalArn": "arn:aws:iam::111111111111:role/${aws:PrincipalTag/team}" } } }] } } }`,
	},
	{
		name: "who writes a secret uses the keys of its replicas", principal: "R", verb: "write",
		want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    ReplicaRegions: [{ Region: us-east-1,
      KmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:*", Resource: "*" }] } }] } }`,
	},
	{
		name:      "a role that is known by its name alone may have any path",
		principal: "arn:aws:iam::111111111111:role/worker", verb: "describe",
		want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  A: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [worker],
    PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Condition: { ArnLike: {
        "aws:PrincipalArn": "arn:aws:iam::111111111111:role/jobs/*" } } }] } } }`,
	},
	{
		name:      "keys of replicas that may be told the ARNs of these or of the secret",
		principal: "R", verb: "write", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    ReplicaRegions: [{ Region: us-east-1,
      KmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" }] } }
  Web: { Type: AWS::SecretsManager::Secret, Properties: { Name: web,
    ReplicaRegions: [{ Region: us-east-1,
      KmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
    { Effect: Allow, Action: "kms:*", Resource: "*",
      Condition: { StringLike: {
        "kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:us-east-1:*:secret:db-*"
      } } }] } }] } }`,
	},
	{
		name: "what everybody can do, a role can, too", principal: "R", verb: "describe",
		want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false,
      ResourcePolicy: { Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*",
        Principal: "*" }] } } }`,
	},
	{
		name:      "roles of a pattern, of whom a statement speaks of some",
		principal: "arn:aws:iam::111111111111:role/ci-*", verb: "read", want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:DescribeSecret", Resource: "*", Principal: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/ci-*" } } },
    { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*", Principal: "*",
      Condition: { ArnLike: {
        "aws:PrincipalArn": "arn:aws:iam::111111111111:role/ci-prod-*" } } }] } } }`,
	},
	{
		name:      "a name that CloudFormation makes, which no value of a variable reaches",
		principal: "R", verb: "describe", want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: {} } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [
    { Effect: Allow, Action: "secretsmanager:*",
      Resource: "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*" },
    { Effect: Deny, Action: "secretsmanager:*",
      NotResource: "arn:aws:secretsmanager:*:*:secret:*${aws:PrincipalTag/stage}*" }] } }] } }`,
	},
	{
		name:      "a name that CloudFormation makes, which a value of a variable may reach",
		principal: "R", verb: "describe", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: {} } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [
    { Effect: Allow, Action: "secretsmanager:*",
      Resource: "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}-*" }] } }] } }`,
	},
	{
		name: "a service of AWS, of which nobody says whether it can use the key that AWS " +
			"manages",
		principal: "rds.amazonaws.com", verb: "read", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    ReplicaRegions: [{ Region: us-east-1 }] } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { Service: rds.amazonaws.com } }] } } }`,
	},
	{
		name: "a service of AWS that needs no key", principal: "rds.amazonaws.com",
		verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { Service: rds.amazonaws.com } }] } } }`,
	},
	{
		name: "a service of AWS that the key lets in", principal: "rds.amazonaws.com", verb: "read",
		want: access.Allow,
		template: `
  Key: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Action: "kms:*", Resource: "*", Principal: { Service: rds.amazonaws.com } }] } } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !Ref Key } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { Service: rds.amazonaws.com } }] } } }`,
	},
	{
		name: "everybody, held to the services of AWS", principal: "everybody", verb: "describe",
		want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { Bool: { "aws:PrincipalIsAWSService": true } } }] } } }`,
	},
	{
		name: "everybody, held to one service of AWS", principal: "everybody", verb: "describe",
		want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { StringEquals: { "aws:PrincipalServiceName": rds.amazonaws.com } } }] } } }`,
	},
	{
		name: "everybody but the services of AWS is denied", principal: "everybody",
		verb: "describe", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*" },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { Bool: { "aws:PrincipalIsAWSService": false } } }] } } }`,
	},
	{
		name: "services of AWS are of no organization", principal: "rds.amazonaws.com",
		verb: "describe", want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
      Principal: { Service: rds.amazonaws.com } },
    { Effect: Allow, Action: "secretsmanager:DescribeSecret", Resource: "*", Principal: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": o-aaaaaaaaaa } } }] } } }`,
	},
	{
		name:      "everybody but those whom a statement leaves out, who alone are not denied",
		principal: "everybody", verb: "describe", want: access.Deny,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      NotPrincipal: { AWS: ["arn:aws:iam::222222222222:role/app/reader",
        "arn:aws:iam::333333333333:root"] } },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::222222222222:role/app/reader",
        "arn:aws:iam::333333333333:role/*"] } } },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { Bool: { "aws:PrincipalIsAWSService": true } } }] } } }`,
	},
	{
		name:      "everybody but those whom a statement leaves out, of whom the row tells",
		principal: "everybody", verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      NotPrincipal: { AWS: "arn:aws:iam::222222222222:role/app/reader" } }] } } }`,
	},
	{
		name:     "a policy by name that may be for the role of a stated account, and denies",
		unstated: true, principal: "arn:aws:iam::222222222222:role/worker", verb: "describe",
		want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  A: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [worker],
    PolicyDocument: { Statement: [
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*",
      Condition: { StringNotEquals: { "aws:PrincipalTag/team": pay } } }] } } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:iam::222222222222:role/worker" },
      Condition: { StringNotEquals: { "aws:SourceVpce": vpce-1 } } }] } } }`,
	},
	{
		name: "a policy by name that may be for the role of a stated account, " +
			"and denies all that is allowed", unstated: true,
		principal: "arn:aws:iam::222222222222:role/worker", verb: "describe", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  A: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [worker],
    PolicyDocument: { Statement: [
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*" }] } } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*",
      Principal: { AWS: "arn:aws:iam::222222222222:role/worker" },
      Condition: { StringNotEquals: { "aws:SourceVpce": vpce-1 } } }] } } }`,
	},
	{
		name: "two resource policies that allow in contrary circumstances", principal: "R",
		verb: "describe", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: { AWS: !GetAtt R.Arn },
      Condition: { StringEquals: { "aws:SourceVpce": vpce-1 } } }] } } }
  Q: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: { AWS: !GetAtt R.Arn },
      Condition: { StringEquals: { "aws:SourceVpce": vpce-2 } } }] } } }`,
	},
	{
		name: "two resource policies that allow in some same circumstances", principal: "R",
		verb: "describe", want: access.Conditional,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: { AWS: !GetAtt R.Arn },
      Condition: { StringLike: { "aws:SourceVpce": "vpce-1*" } } }] } } }
  Q: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: { AWS: !GetAtt R.Arn },
      Condition: { StringLike: { "aws:SourceVpce": "*2" } } }] } } }`,
	},
	{
		name:      "a user whom alone a denial leaves out",
		principal: "arn:aws:iam::222222222222:user/ann", verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*" },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*",
      NotPrincipal: { AWS: ["arn:aws:iam::222222222222:user/ann",
        "arn:aws:iam::222222222222:root"] } }] } } }`,
	},
	{
		name:      "an account that a denial leaves out, of which AWS does not say whom",
		principal: "account 222222222222", verb: "describe", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*" },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*",
      NotPrincipal: { AWS: "222222222222" } }] } } }`,
	},
	{
		name: "a service that alone a denial leaves out", principal: "rds.amazonaws.com",
		verb: "describe", want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*" },
    { Effect: Deny, Action: "secretsmanager:*", Resource: "*",
      NotPrincipal: { Service: rds.amazonaws.com } }] } } }`,
	},
	{
		name: "a key of a replica that may be told the Region of the secret", principal: "R",
		verb: "write", want: access.Unknown,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    ReplicaRegions: [{ Region: us-east-1,
      KmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
    { Effect: Allow, Action: "kms:GenerateDataKey", Resource: "*",
      Condition: { StringEquals: {
        "kms:ViaService": secretsmanager.eu-west-1.amazonaws.com } } }] } }] } }`,
	},
	{
		name: "a key of a replica that serves both Regions", principal: "R", verb: "write",
		want: access.Allow,
		template: `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db,
    ReplicaRegions: [{ Region: us-east-1,
      KmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" }] } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
    { Effect: Allow, Action: "kms:GenerateDataKey", Resource: "*", Condition: { StringEquals: {
      "kms:ViaService": [secretsmanager.eu-west-1.amazonaws.com,
        secretsmanager.us-east-1.amazonaws.com] } } }] } }] } }`,
	},
	{
		name:      "a role by its name and policies for roles that belong to AWS",
		principal: "arn:aws:iam::111111111111:role/worker", verb: "describe", want: access.Deny,
		template: byName(`{ Effect: Allow, Action: "secretsmanager:*",
      Resource: "*", Principal: "*", Condition: { ArnLike: { aws:PrincipalArn: [
        "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_a_*",
        "arn:aws:iam::111111111111:role/aws-service-role/*" ] } } }`),
	},
	{
		name:      "a role by its name and a policy for roles of a path",
		principal: "arn:aws:iam::111111111111:role/worker", verb: "describe", want: access.Conditional,
		template: byName(`{ Effect: Allow, Action: "secretsmanager:*",
      Resource: "*", Principal: "*", Condition: { ArnLike: { aws:PrincipalArn: [
        "arn:aws:iam::111111111111:role/aws-reserved/*",
        "arn:aws:iam::111111111111:role/team/*" ] } } }`),
	},
	{
		name:      "a role by its name and a policy for all but roles that belong to AWS",
		principal: "arn:aws:iam::111111111111:role/worker", verb: "describe", want: access.Allow,
		template: byName(`{ Effect: Allow, Action: "secretsmanager:*",
      Resource: "*", Principal: "*", Condition: { ArnNotLike: { aws:PrincipalArn:
        "arn:aws:iam::111111111111:role/aws-reserved/*" } } }`),
	},
}

// A condition may be known in one world only: nobody states the Region here.
func TestAnswersWhereAConditionIsKnownInOneWorld(t *testing.T) {
	stack := deployed(t, `
Parameters:
  Env: { Type: String, Default: dev, AllowedValues: [dev, prod] }
Conditions:
  Both: !And [!Equals [!Ref Env, prod], !Equals [!Ref "AWS::Region", eu-west-1]]
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:TagResource", Resource: "*" },
    !If [Both, !Ref "AWS::NoValue", { Effect: Allow, Action: "secretsmanager:DeleteSecret",
      Resource: "*" }]] } }] } }`)
	stack.Region = ""
	e := access.Load([]access.Stack{stack}, access.Beside{})
	if len(e.Worlds) != 2 {
		t.Fatalf("%d worlds", len(e.Worlds))
	}
	var known []access.NamedTruth
	for _, w := range e.Worlds {
		known = append(known, w.Conditions...)
	}
	if len(known) != 1 || known[0].Holds {
		t.Errorf("known are %v", known)
	}
	v := verbOf("delete")
	x, _ := e.Explain("R", v, "Db", "<Region>")
	want := access.Condition{Operator: "Condition", Key: "Both", Values: []string{"false"}}
	if x.Effect != access.Conditional || len(x.Conditions) != 1 ||
		x.Conditions[0].Key != want.Key || !slices.Equal(x.Conditions[0].Values, want.Values) {
		t.Errorf("%s %v", x.Effect, x.Conditions)
	}
	for _, wrong := range (&sound{e: e,
		answers: map[string]access.Explanation{}}).disagreements(map[string]int{}) {
		t.Error(wrong)
	}
}

// asking loads a template with the usual parameter and condition.
func asking(t *testing.T, text string, unstated bool) *access.Estate {
	t.Helper()
	stack := deployed(t,
		"Parameters:\n  Env: { Type: String, Default: dev, AllowedValues: [dev, "+
			"prod] }\nConditions:\n  IsProd: !Equals [!Ref Env, prod]\nResources:"+text)
	if unstated {
		stack.Account = ""
	}
	return access.Load([]access.Stack{stack}, access.Beside{})
}

func TestAnswers(t *testing.T) {
	for _, c := range answeredCases {
		t.Run(c.name, func(t *testing.T) {
			e := asking(t, c.template, c.unstated)
			v := verbOf(c.verb)
			x, ok := e.Explain(c.principal, v, "Db", deployedRegion)
			if !ok || x.Effect != c.want {
				t.Errorf("%v %s, want %s; unread %v", ok, x.Effect, c.want, x.Unread)
			}
			if c.unstated && x.Effect == access.Unknown &&
				!slices.ContainsFunc(x.Unread, func(u access.Unread) bool {
					return u.What == "account" || u.What == "policy"
				}) {
				t.Errorf("nothing is said of the account: %v", x.Unread)
			}
			s := &sound{e: e, answers: map[string]access.Explanation{}}
			for _, wrong := range s.disagreements(map[string]int{}) {
				t.Error(wrong)
			}
		})
	}
}

// What an account's own policies are taken to allow, they allow elsewhere.
func TestAnAccountOutOfSightAllowsNothingOfItsOwn(t *testing.T) {
	e := asking(t, answeredCases[2].template, false)
	e.AddSecret("arn:aws:secretsmanager:eu-west-1:222222222222:secret:own-??????", "222222222222",
		deployedRegion, "own")
	v := verbOf("describe")
	for secret, want := range map[string]access.Effect{
		"Db": access.Allow,
		"arn:aws:secretsmanager:eu-west-1:222222222222:secret:own-??????": access.Deny,
	} {
		x, ok := e.Explain("arn:aws:iam::222222222222:role/partner", v, secret, deployedRegion)
		if !ok || x.Effect != want {
			t.Errorf("%s: %v %s, want %s", secret, ok, x.Effect, want)
		}
	}
}

// KMS has a network of its own, which the witness shows.
func TestWitnessShowsTheNetworkOfKMS(t *testing.T) {
	e := asking(t, `
  Key: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Action: "kms:*", Resource: "*",
    Principal: { AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root" } }] } } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !Ref Key } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*" },
    { Effect: Allow, Action: "kms:*", Resource: "*",
      Condition: { StringEquals: { "aws:SourceVpce": vpce-1 } } }] } }] } }`, false)
	v := verbOf("read")
	x, _ := e.Explain("R", v, "Db", deployedRegion)
	for _, w := range x.Witness {
		want := []string(nil)
		if w.Action == "kms:Decrypt" {
			want = []string{"vpce-1"}
		}
		if got := w.Context["aws:SourceVpce"]; !slices.Equal(got, want) {
			t.Errorf("%s: aws:SourceVpce %q, want %q", w.Action, got, want)
		}
	}
	if len(x.Witness) != 2 {
		t.Errorf("%d witnesses of %s", len(x.Witness), x.Effect)
	}
}

// Where only a service of AWS is let in, the witness is one that the conditions name.
func TestWitnessMayBeAService(t *testing.T) {
	e := asking(t, `
  Key: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Action: "kms:*", Resource: "*", Principal: "*" }] } } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !Ref Key } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Db, BlockPublicPolicy: false, ResourcePolicy: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*", Resource: "*", Principal: "*",
      Condition: { StringEquals: {
        "aws:PrincipalServiceName": rds.amazonaws.com } } }] } } }`, false)
	v := verbOf("read")
	x, _ := e.Explain("everybody", v, "Db", deployedRegion)
	if len(x.Witness) != 2 {
		t.Fatalf("%d witnesses of %s", len(x.Witness), x.Effect)
	}
	for _, w := range x.Witness {
		if w.Caller != "rds.amazonaws.com" || w.CallerKind != "service" ||
			!slices.Equal(w.Context["aws:PrincipalIsAWSService"], []string{"true"}) ||
			w.Context["aws:PrincipalArn"] != nil {
			t.Errorf("%s: the caller is %s %s: %q", w.Action, w.CallerKind, w.Caller, w.Context)
		}
	}
}

// Where nobody knows which policies hold, the witness is one by all of them.
func TestWitnessHoldsWhicheverPolicyDoes(t *testing.T) {
	ask := func(name string) (map[string][]string, []access.Condition) {
		i := slices.IndexFunc(answeredCases, func(c answeredCase) bool { return c.name == name })
		v := verbOf(answeredCases[i].verb)
		x, _ := asking(t, answeredCases[i].template, answeredCases[i].unstated).
			Explain(answeredCases[i].principal, v, "Db", deployedRegion)
		if len(x.Witness) != 1 {
			t.Fatalf("%s: %d witnesses of %s", name, len(x.Witness), x.Effect)
		}
		return x.Witness[0].Context, x.Conditions
	}
	context, conditions := ask("two resource policies that allow in some same circumstances")
	from := strings.Join(context["aws:SourceVpce"], " ")
	if !strings.HasPrefix(from, "vpce-1") || !strings.HasSuffix(from, "2") || len(conditions) != 2 {
		t.Errorf("aws:SourceVpce is %q; %v", from, conditions)
	}
	context, _ = ask("a policy by name that may be for the role of a stated account, and denies")
	if team := context["aws:PrincipalTag/team"]; !slices.Equal(team, []string{"pay"}) {
		t.Errorf("the tag is %q: %q", team, context)
	}
}

// A witness is a whole request: it has the keys that a boundary asks for, too.
func TestWitnessHasWhatABoundaryAsksFor(t *testing.T) {
	e := asking(t, `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  B: { Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: { Statement: [{ Effect: Allow,
    Action: "*", Resource: "*", Condition: { StringEquals: { "aws:SourceVpce": vpce-1 } } }] } } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, PermissionsBoundary: !Ref B,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: "*",
      Resource: "*" }] } }] } }`, false)
	v := verbOf("read")
	x, _ := e.Explain("R", v, "Db", deployedRegion)
	if len(x.Witness) != 1 ||
		!slices.Equal(x.Witness[0].Context["aws:SourceVpce"], []string{"vpce-1"}) {
		t.Errorf("%s by %v", x.Effect, x.Witness)
	}
}

// One Resource is a pattern with a variable in one document, and plain text in an older one.
func TestReportTellsVariablesFromPlainText(t *testing.T) {
	role := func(name, version string) string {
		return "\n  " + name + `: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: p,
    PolicyDocument: { Version: "` + version + `", Statement: [
    { Effect: Allow, Action: "secretsmanager:*",
      Resource: "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*" }] } }] } }`
	}
	e := asking(t,
		"\n  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: pay/db } }"+
			role("A", "2008-10-17")+role("B", "2012-10-17"), false)
	report := e.Report(testedVerbs[:1], nil, nil)
	var got []string
	for _, row := range report.Rows {
		if report.Secrets[row.Secret].ID == "Db" {
			got = append(got, report.Principals[row.Principal].ID+" "+row.Answer.Effect.String())
		}
	}
	if want := []string{"B conditional"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

// A stack whose Region is not stated may be in the Region of another one.
func TestAnswersOfAPolicyThatMayBeAboutAnotherStacksSecret(t *testing.T) {
	secrets := deployed(t,
		"Resources:\n  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }")
	roles := deployed(t, `
# roles
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*",
      Resource: !Sub "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:db-??????"
    }] } }] } }`)
	roles.Region = ""
	e := access.Load([]access.Stack{secrets, roles}, access.Beside{})
	v := verbOf("describe")
	if x, ok := e.Explain("R", v, "Db", deployedRegion); !ok || x.Effect != access.Unknown {
		t.Errorf("%v %s", ok, x.Effect)
	}
	s := &sound{e: e, answers: map[string]access.Explanation{}}
	for _, wrong := range s.disagreements(map[string]int{}) {
		t.Error(wrong)
	}
}

// A report has the requests that show it where it is about one principal and one secret.
func TestReportOfOnePairHasItsWitnesses(t *testing.T) {
	e := asking(t, `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Web: { Type: AWS::SecretsManager::Secret, Properties: { Name: web } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:*", Resource: "*" }] } }] } }`, false)
	called := func(name string) access.Filter {
		return func(names ...string) bool { return slices.Contains(names, name) }
	}
	for _, c := range []struct {
		principals, secrets access.Filter
		want                bool
	}{
		{called("R"), called("Db"), true}, {called("R"), nil, false}, {nil, called("Db"), false},
		{called("R"), called("none"), false},
	} {
		for _, row := range e.Report(testedVerbs[:1], c.principals, c.secrets).Rows {
			if has := len(row.Answer.Witness) > 0; has != c.want {
				t.Errorf("witnesses %v: %v", has, row.Answer.Witness)
			}
		}
	}
	report := e.Report(testedVerbs[:1], called("R"), called("Db"))
	if len(report.Rows) != 1 {
		t.Errorf("%d rows of one pair", len(report.Rows))
	}
}

// A verb that a spec grants on a secret and its key is about the secret: whoever can use the key
// alone cannot do a part of it.
func TestAnswersOfAVerbWithAKey(t *testing.T) {
	e := asking(t, `
  K: { Type: AWS::KMS::Key, Properties: {} }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !Ref K } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: "kms:*",
      Resource: "*" }] } }] } }`, false)
	v := &verb.Verb{
		Name: "read", OnSecret: []string{"secretsmanager:GetSecretValue"},
		OnKey: []string{"kms:Decrypt"},
	}
	if x, ok := e.Explain("R", v, "Db", deployedRegion); !ok || x.Effect != access.Deny ||
		x.Only != nil {
		t.Errorf("%v %s %v", ok, x.Effect, x.Only)
	}
	v = &verb.Verb{Name: "decrypt", OnKey: []string{"kms:Decrypt"}}
	if x, ok := e.Explain("R", v, "Db", deployedRegion); !ok || x.Effect != access.Allow {
		t.Errorf("of the key alone: %v %s", ok, x.Effect)
	}
}

// The key of a secret that no template makes is taken to serve the account that owns it; what its
// policy says to another account, nobody can read.
func TestAnswersOfASecretOfNoTemplate(t *testing.T) {
	e := asking(t, `
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*",
      Resource: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:own-AbCdEf" },
    { Effect: Allow, Action: "*",
      Resource: "arn:aws:secretsmanager:eu-west-1:222222222222:secret:theirs-AbCdEf"
    }] } }] } }`, false)
	v := verbOf("read")
	for secret, want := range map[string]access.Effect{
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:own-AbCdEf":    access.Allow,
		"arn:aws:secretsmanager:eu-west-1:222222222222:secret:theirs-AbCdEf": access.Unknown,
	} {
		if x, ok := e.Explain("R", v, secret, deployedRegion); !ok || x.Effect != want {
			t.Errorf("%s: %v %s, want %s", secret, ok, x.Effect, want)
		}
	}
}

// What must hold is said of one value, of any of several, or of each.
func TestConditionsAreSaidInWords(t *testing.T) {
	for _, c := range []struct {
		operator string
		values   []string
		want     string
	}{
		{"StringEquals", []string{"a"}, "if k:x is a"},
		{"StringNotEqualsIfExists", []string{"a", "b"}, "if k:x is none of a, b (or absent)"},
		{"ForAnyValue:StringLike", []string{"a*"}, "if any value of k:x matches a*"},
		{"ForAllValues:StringEquals", []string{"a", "b"}, "if every value of k:x is one of a, b"},
		{"Null", []string{"true"}, "if there is no k:x"},
		{"Condition", []string{"false"}, "unless k:x"},
	} {
		got := (access.Condition{Operator: c.operator, Key: "k:x", Values: c.values}).Words(0)
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.operator, c.values, got, c.want)
		}
	}
}
