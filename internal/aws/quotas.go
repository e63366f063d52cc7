package aws

// Quotas of IAM policies. IAM counts characters and leaves white space out.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	MaxManagedPolicy = 6144  // characters of one managed policy
	MaxRoleInline    = 10240 // characters of all inline policies of a role together
	MaxUserInline    = 2048  // the same, of a user
	MaxGroupInline   = 5120  // the same, of a group

	ManagedPolicies = 10 // managed policies on one role, user or group that every account has
	// those that a role or user can have after a request; also what CloudFormation's schema allows
	MaxManagedPolicies = 20

	TrustPolicy    = 2048 // characters of a role's trust policy that every account has
	MaxTrustPolicy = 8192 // those that a request can raise it to; 4,096 until 2024

	MaxRoleName       = 64
	MaxUserName       = 64
	MaxGroupName      = 128
	MaxPolicyName     = 128
	MaxPath           = 512
	MaxIAMDescription = 1000 // of a role or a managed policy
)

// A role's session lasts so many seconds.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
const (
	MinSessionDuration = 3600
	MaxSessionDuration = 43200
)

// Quotas of Secrets Manager.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
const (
	MaxSecretName = 512
	// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
	MaxSecretDescription = 2048
	MaxSecretPolicy      = 20480 // characters of a secret's resource policy, white space included
	MaxSecretValue       = 65536 // bytes
	MaxSecretType        = 256   // characters of a managed external secret's type
	MaxStagingLabels     = 20    // on all versions of a secret together
	MaxStagingLabel      = 256   // characters of one
)

// What GetRandomPassword, and GenerateSecretString with it, can be asked for.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
const (
	MinPasswordLength     = 1
	DefaultPasswordLength = 32
	MaxPasswordLength     = 4096
	MaxExcludeCharacters  = 4096
)

// A deleted secret can be restored for so many days, and 30 when nothing is said.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
const (
	MinRecoveryWindow = 7
	MaxRecoveryWindow = 30
)

// Quotas of KMS. https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
const (
	MaxKeyPolicy = 32768 // bytes of a key's policy, white space included; cannot be raised
	// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
	MaxKeyDescription = 8192
	// with "alias/"; https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
	MaxAliasName = 256
)

// A key that is to be deleted waits for so many days.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
const (
	MinPendingWindow     = 7
	MaxPendingWindow     = 30
	DefaultPendingWindow = 30
)

// A key is rotated every so many days.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
const (
	MinKeyRotationPeriod     = 90
	MaxKeyRotationPeriod     = 2560
	DefaultKeyRotationPeriod = 365
)

// Limits of tags, the same for secrets, keys, roles and stacks.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Tag.html
const (
	MaxTags     = 50
	MaxTagKey   = 128
	MaxTagValue = 256
)

// Quotas of CloudFormation.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const (
	MaxTemplateBody        = 51200   // bytes of a template in a request
	MaxTemplateObject      = 1 << 20 // bytes of a template in an S3 bucket
	MaxTemplateDescription = 1024    // bytes
	MaxResources           = 500
	MaxParameters          = 200
	MaxOutputs             = 200
	MaxMappings            = 200
	MaxMappingAttributes   = 200 // of one mapping
	MaxParameterValue      = 4096
	MaxLogicalID           = 255 // also of names of parameters, outputs and mappings
	MaxStackName           = 128
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
	MaxDynamicReferences = 60
)

// MaxFunctionPolicy is how many bytes the policy of a Lambda function may have: 20 KB, all of its
// permissions together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MaxFunctionPolicy = 20480

// MaxFunctionName is the longest name of a Lambda function.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const MaxFunctionName = 64
