package aws

import (
	"slices"
	"strings"
)

// KeyType is the type of a condition key's values.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html#context_keys_table
type KeyType string

// The types of condition keys, as AWS calls them.
const (
	TypeString  KeyType = "String"
	TypeStrings KeyType = "ArrayOfString" // of several: needs ForAnyValue or ForAllValues
	TypeARN     KeyType = "ARN"
	TypeBool    KeyType = "Bool"
	TypeNumeric KeyType = "Numeric"
	TypeDate    KeyType = "Date"
	TypeIP      KeyType = "IPAddress"
)

// ConditionKeyInfo is what AWS says of a condition key.
type ConditionKeyInfo struct {
	Name  string // one that ends in / or : is completed by the user: aws:PrincipalTag/team
	Type  KeyType
	Doc   string
	Free  bool                // its values are anybody's text: numbers and asterisks may be meant
	Check func(string) string // what is wrong with a value that is no pattern, or ""; may be nil
}

// ConditionKeys are the condition keys that concern secrets and their keys, sorted by name within
// their service.
//
// Global: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// KMS:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
// Secrets Manager:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
var ConditionKeys = []ConditionKeyInfo{
	{Name: "aws:AssumedRoot", Type: TypeBool, Doc: "the session was opened by AssumeRoot"},
	{Name: "aws:CalledVia", Type: TypeStrings,
		Doc: "the services that made the request on the principal's behalf"},
	{Name: "aws:CalledViaFirst", Type: TypeString, Doc: "the first of them"},
	{Name: "aws:CalledViaLast", Type: TypeString, Doc: "the last of them"},
	{Name: "aws:CurrentTime", Type: TypeDate, Doc: "when the request came"},
	{Name: "aws:Ec2InstanceSourcePrivateIPv4", Type: TypeIP,
		Doc: "the private address of the instance that the role was delivered to"},
	{Name: "aws:Ec2InstanceSourceVpc", Type: TypeString, Doc: "the VPC of that instance",
		Check: VPCID},
	{Name: "aws:EpochTime", Type: TypeDate, Doc: "when the request came, in seconds since 1970"},
	{Name: "aws:FederatedProvider", Type: TypeString, Doc: "the identity provider of the session"},
	{Name: "aws:MultiFactorAuthAge", Type: TypeNumeric,
		Doc: "seconds since the principal authenticated with MFA"},
	{Name: "aws:MultiFactorAuthPresent", Type: TypeBool,
		Doc: "the principal authenticated with MFA"},
	{Name: "aws:PrincipalAccount", Type: TypeString, Doc: "the principal's account",
		Check: AccountID},
	{Name: "aws:PrincipalArn", Type: TypeARN, Doc: "the principal: a role, not its session"},
	{Name: "aws:PrincipalIsAWSService", Type: TypeBool,
		Doc: "a service calls, with its own identity"},
	{Name: "aws:PrincipalOrgID", Type: TypeString, Doc: "the principal's organization",
		Check: OrganizationID},
	{Name: "aws:PrincipalOrgPaths", Type: TypeStrings,
		Doc: "where in its organization the principal's account is"},
	{Name: "aws:PrincipalServiceName", Type: TypeString, Doc: "the service that calls"},
	{Name: "aws:PrincipalServiceNamesList", Type: TypeStrings,
		Doc: "all names of the service that calls"},
	{Name: "aws:PrincipalTag/", Type: TypeString, Doc: "a tag of the principal", Free: true},
	{Name: "aws:PrincipalType", Type: TypeString, Doc: "the kind of the principal"},
	{Name: "aws:Referer", Type: TypeString, Doc: "the page that the browser comes from",
		Free: true},
	{Name: "aws:RequestedRegion", Type: TypeString, Doc: "the Region that is called"},
	{Name: "aws:RequestTag/", Type: TypeString, Doc: "a tag in the request", Free: true},
	{Name: "aws:ResourceAccount", Type: TypeString, Doc: "the resource's account",
		Check: AccountID},
	{Name: "aws:ResourceOrgID", Type: TypeString, Doc: "the resource's organization",
		Check: OrganizationID},
	{Name: "aws:ResourceOrgPaths", Type: TypeStrings,
		Doc: "where in its organization the resource's account is"},
	{Name: "aws:ResourceTag/", Type: TypeString, Doc: "a tag of the resource", Free: true},
	{Name: "aws:SecureTransport", Type: TypeBool, Doc: "the request came over TLS"},
	{Name: "aws:SourceAccount", Type: TypeString, Doc: "the account for which a service calls",
		Check: AccountID},
	{Name: "aws:SourceArn", Type: TypeARN, Doc: "the resource for which a service calls"},
	{Name: "aws:SourceIdentity", Type: TypeString,
		Doc: "the identity set when the role was assumed", Free: true},
	{Name: "aws:SourceIp", Type: TypeIP, Doc: "the public address that the request came from"},
	{Name: "aws:SourceOrgID", Type: TypeString, Doc: "the organization for which a service calls",
		Check: OrganizationID},
	{Name: "aws:SourceOrgPaths", Type: TypeStrings,
		Doc: "where in its organization the account is for which a service calls"},
	{Name: "aws:SourceOwner", Type: TypeString, Doc: "the account for which a service calls",
		Check: AccountID},
	{Name: "aws:SourceVpc", Type: TypeString,
		Doc: "the VPC of the endpoint that the request came through", Check: VPCID},
	{Name: "aws:SourceVpcArn", Type: TypeString, Doc: "the ARN of that VPC"},
	{Name: "aws:SourceVpce", Type: TypeString, Doc: "the endpoint that the request came through",
		Check: VPCEndpointID},
	{Name: "aws:TagKeys", Type: TypeStrings, Doc: "the keys of the tags in the request"},
	{Name: "aws:TokenIssueTime", Type: TypeDate, Doc: "when the session's credentials were issued"},
	{Name: "aws:UserAgent", Type: TypeString, Doc: "what the client says it is", Free: true},
	{Name: "aws:userid", Type: TypeString, Doc: "the principal's unique id"},
	{Name: "aws:username", Type: TypeString, Doc: "the user's name"},
	{Name: "aws:ViaAWSService", Type: TypeBool,
		Doc: "a service calls with the principal's identity"},
	{Name: "aws:VpceAccount", Type: TypeString, Doc: "the account of the endpoint",
		Check: AccountID},
	{Name: "aws:VpceOrgID", Type: TypeString, Doc: "the organization of the endpoint",
		Check: OrganizationID},
	{Name: "aws:VpceOrgPaths", Type: TypeStrings,
		Doc: "where in its organization the endpoint's account is"},
	{Name: "aws:VpcSourceIp", Type: TypeIP,
		Doc: "the address in the VPC that the request came from"},

	{Name: "kms:BypassPolicyLockoutSafetyCheck", Type: TypeBool,
		Doc: "whether PutKeyPolicy may lock the caller out"},
	{Name: "kms:CallerAccount", Type: TypeString, Doc: "the caller's account", Check: AccountID},
	{Name: "kms:EncryptionAlgorithm", Type: TypeString, Doc: "the algorithm"},
	{Name: "kms:EncryptionContext:", Type: TypeString, Doc: "a value of the encryption context",
		Free: true},
	{Name: "kms:EncryptionContextKeys", Type: TypeStrings,
		Doc: "the keys of the encryption context"},
	{Name: "kms:GrantConstraintSourceArn", Type: TypeARN,
		Doc: "the resource in a grant's constraint"},
	{Name: "kms:GrantConstraintType", Type: TypeString, Doc: "the kind of a grant's constraint"},
	{Name: "kms:GranteePrincipal", Type: TypeString, Doc: "whom a grant allows it"},
	{Name: "kms:GranteeServicePrincipal", Type: TypeString,
		Doc: "the service that a grant allows it"},
	{Name: "kms:GrantIsForAWSResource", Type: TypeBool,
		Doc: "a service creates, lists or revokes the grant on the principal's behalf"},
	{Name: "kms:GrantOperations", Type: TypeStrings, Doc: "what a grant allows"},
	{Name: "kms:KeyOrigin", Type: TypeString, Doc: "where the key's material comes from"},
	{Name: "kms:KeySpec", Type: TypeString, Doc: "the kind of key"},
	{Name: "kms:KeyUsage", Type: TypeString, Doc: "what the key is for"},
	{Name: "kms:MultiRegion", Type: TypeBool, Doc: "the key is a multi-Region key"},
	{Name: "kms:MultiRegionKeyType", Type: TypeString, Doc: "PRIMARY or REPLICA"},
	{Name: "kms:PrimaryRegion", Type: TypeString,
		Doc: "the Region that UpdatePrimaryRegion asks for"},
	{Name: "kms:RecipientAttestation:", Type: TypeString, Doc: "a measurement of a Nitro enclave"},
	{Name: "kms:ReEncryptOnSameKey", Type: TypeBool, Doc: "ReEncrypt uses one key"},
	{Name: "kms:ReplicaRegion", Type: TypeString, Doc: "the Region that ReplicateKey asks for"},
	{Name: "kms:RequestAlias", Type: TypeString,
		Doc: "the alias that the request names the key by"},
	{Name: "kms:ResourceAliases", Type: TypeStrings, Doc: "the aliases of the key"},
	{Name: "kms:RetiringPrincipal", Type: TypeString, Doc: "who may retire a grant"},
	{Name: "kms:RetiringServicePrincipal", Type: TypeString,
		Doc: "the service that may retire a grant"},
	{Name: "kms:RotationPeriodInDays", Type: TypeNumeric,
		Doc: "the period that EnableKeyRotation asks for"},
	{Name: "kms:ScheduleKeyDeletionPendingWindowInDays", Type: TypeNumeric,
		Doc: "the days that ScheduleKeyDeletion asks for"},
	{Name: "kms:TrailingDaysWithoutKeyUsage", Type: TypeNumeric,
		Doc: "the days since the key was last used"},
	{Name: "kms:ViaService", Type: TypeString,
		Doc: "the service that uses the key on the principal's behalf"},

	{Name: "secretsmanager:AddReplicaRegions", Type: TypeStrings,
		Doc: "the Regions to replicate to"},
	{Name: "secretsmanager:BlockPublicPolicy", Type: TypeBool,
		Doc: "PutResourcePolicy is to refuse broad access"},
	{Name: "secretsmanager:Description", Type: TypeString, Doc: "the description in the request",
		Free: true},
	{Name: "secretsmanager:ExternalSecretRotationRoleArn", Type: TypeARN,
		Doc: "the role that is to rotate a managed external secret"},
	{Name: "secretsmanager:ForceDeleteWithoutRecovery", Type: TypeBool,
		Doc: "DeleteSecret is to delete at once"},
	{Name: "secretsmanager:ForceOverwriteReplicaSecret", Type: TypeBool,
		Doc: "replication is to overwrite a secret of the same name"},
	{Name: "secretsmanager:KmsKeyArn", Type: TypeARN, Doc: "the key in the request"},
	{Name: "secretsmanager:KmsKeyId", Type: TypeString,
		Doc: "the key in the request, as written; KmsKeyArn is preferred"},
	{Name: "secretsmanager:ModifyRotationRules", Type: TypeBool,
		Doc: "RotateSecret is to change the schedule"},
	{Name: "secretsmanager:Name", Type: TypeString, Doc: "the name in the request"},
	{Name: "secretsmanager:RecoveryWindowInDays", Type: TypeNumeric,
		Doc: "the days that DeleteSecret asks for"},
	{Name: "secretsmanager:resource/AllowRotationLambdaArn", Type: TypeARN,
		Doc: "the function that rotates the secret"},
	{Name: "secretsmanager:resource/Type", Type: TypeString,
		Doc: "the type of the managed external secret"},
	{Name: "secretsmanager:ResourceTag/", Type: TypeString, Doc: "a tag of the secret", Free: true},
	{Name: "secretsmanager:RotateImmediately", Type: TypeBool,
		Doc: "RotateSecret is to rotate at once"},
	{Name: "secretsmanager:RotationLambdaARN", Type: TypeARN,
		Doc: "the function that RotateSecret asks for"},
	{Name: "secretsmanager:SecretId", Type: TypeARN, Doc: "the secret as the request names it"},
	{Name: "secretsmanager:SecretPrimaryRegion", Type: TypeString,
		Doc: "the Region of a replicated secret's primary"},
	{Name: "secretsmanager:Type", Type: TypeString,
		Doc: "the type of managed external secret in the request"},
	{Name: "secretsmanager:VersionId", Type: TypeString, Doc: "the version that the request names"},
	{Name: "secretsmanager:VersionStage", Type: TypeString,
		Doc: "the staging label that the request names"},
}

// ConditionKey returns what is known of a condition key. Upper and lower case make no difference to
// IAM. A key that is not known may still be right: other services have theirs.
func ConditionKey(key string) (ConditionKeyInfo, bool) {
	i := slices.IndexFunc(ConditionKeys, func(k ConditionKeyInfo) bool {
		if k.takesName() {
			return len(key) > len(k.Name) && strings.EqualFold(key[:len(k.Name)], k.Name)
		}
		return strings.EqualFold(key, k.Name)
	})
	if i < 0 {
		return ConditionKeyInfo{}, false
	}
	return ConditionKeys[i], true
}

// takesName says whether the user completes the key.
func (k ConditionKeyInfo) takesName() bool {
	return strings.HasSuffix(k.Name, "/") || strings.HasSuffix(k.Name, ":")
}
