package aws

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// Action is the name of an action as policies write it: secretsmanager:GetSecretValue. IAM does not
// look at upper and lower case, and neither do the functions of this file.
type Action = string

// BatchRead gets the current values of several secrets, each of which its caller may read. It takes
// no staging label.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
const BatchRead Action = "secretsmanager:BatchGetSecretValue"

// The access levels of actions.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
const (
	AccessList        = "List"
	AccessRead        = "Read"
	AccessWrite       = "Write"
	AccessTagging     = "Tagging"
	AccessPermissions = "Permissions management"
)

// ActionInfo is what AWS's service authorization reference says of an action.
type ActionInfo struct {
	Name       Action
	Access     string
	NoResource bool // it takes no resource: a statement that names one does not allow it
	OnReplica  bool // it works on a replica; everything else must be done where the primary is
	// the condition keys that a request carries, but for the global ones that every request has
	Conditions Keys
}

// Keys are lists of condition keys, which several actions share. They are written as they are, and
// not put together, so that nothing is made when the program starts.
type Keys [][]string

// Any says whether something holds of one of the keys.
func (k Keys) Any(holds func(key string) bool) bool {
	return slices.ContainsFunc(k, func(list []string) bool {
		return slices.ContainsFunc(list, holds)
	})
}

// onEverySecret are the condition keys of every action on a secret that exists.
var onEverySecret = []string{
	"aws:ResourceTag/",
	"secretsmanager:ResourceTag/",
	"secretsmanager:SecretId",
	"secretsmanager:SecretPrimaryRegion",
	"secretsmanager:resource/AllowRotationLambdaArn",
	"secretsmanager:resource/Type",
}

// SecretsManagerActions are all actions of Secrets Manager, sorted by name.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
// What a replica knows:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
var SecretsManagerActions = []ActionInfo{
	{Name: "secretsmanager:BatchGetSecretValue", Access: AccessRead, NoResource: true},
	{Name: "secretsmanager:CancelRotateSecret", Access: AccessWrite,
		Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:CreateSecret", Access: AccessWrite, Conditions: Keys{{
		"aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys", "secretsmanager:AddReplicaRegions",
		"secretsmanager:Description",
		"secretsmanager:ForceOverwriteReplicaSecret", "secretsmanager:KmsKeyArn",
		"secretsmanager:KmsKeyId",
		"secretsmanager:Name", "secretsmanager:ResourceTag/", "secretsmanager:Type",
	}}},
	{Name: "secretsmanager:DeleteResourcePolicy", Access: AccessPermissions,
		Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:DeleteSecret", Access: AccessWrite, Conditions: Keys{onEverySecret, {
		"secretsmanager:ForceDeleteWithoutRecovery", "secretsmanager:RecoveryWindowInDays"}}},
	{Name: "secretsmanager:DescribeSecret", Access: AccessRead, OnReplica: true,
		Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:GetRandomPassword", Access: AccessRead, NoResource: true},
	{Name: "secretsmanager:GetResourcePolicy", Access: AccessRead, OnReplica: true,
		Conditions: Keys{onEverySecret}},
	{
		Name:      "secretsmanager:GetSecretValue",
		Access:    AccessRead,
		OnReplica: true,
		Conditions: Keys{onEverySecret, {
			"secretsmanager:VersionId", "secretsmanager:VersionStage"}},
	},
	{Name: "secretsmanager:ListSecretVersionIds", Access: AccessRead, OnReplica: true,
		Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:ListSecrets", Access: AccessList, NoResource: true},
	{Name: "secretsmanager:PutResourcePolicy", Access: AccessPermissions,
		Conditions: Keys{onEverySecret, {"secretsmanager:BlockPublicPolicy"}}},
	{Name: "secretsmanager:PutSecretValue", Access: AccessWrite, Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:RemoveRegionsFromReplication", Access: AccessWrite,
		Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:ReplicateSecretToRegions", Access: AccessWrite,
		Conditions: Keys{onEverySecret, {
			"secretsmanager:AddReplicaRegions", "secretsmanager:ForceOverwriteReplicaSecret"}}},
	{Name: "secretsmanager:RestoreSecret", Access: AccessWrite, Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:RotateSecret", Access: AccessWrite, Conditions: Keys{onEverySecret, {
		"secretsmanager:ExternalSecretRotationRoleArn", "secretsmanager:ModifyRotationRules",
		"secretsmanager:RotateImmediately", "secretsmanager:RotationLambdaARN"}}},
	{Name: "secretsmanager:StopReplicationToReplica", Access: AccessWrite, OnReplica: true,
		Conditions: Keys{onEverySecret}},
	{Name: "secretsmanager:TagResource", Access: AccessTagging,
		Conditions: Keys{onEverySecret, {"aws:RequestTag/", "aws:TagKeys"}}},
	{Name: "secretsmanager:UntagResource", Access: AccessTagging,
		Conditions: Keys{onEverySecret, {"aws:TagKeys"}}},
	{Name: "secretsmanager:UpdateSecret", Access: AccessWrite, Conditions: Keys{onEverySecret, {
		"secretsmanager:Description", "secretsmanager:KmsKeyArn", "secretsmanager:KmsKeyId",
		"secretsmanager:Type"}}},
	{Name: "secretsmanager:UpdateSecretVersionStage", Access: AccessWrite,
		Conditions: Keys{onEverySecret, {"secretsmanager:VersionStage"}}},
	{Name: "secretsmanager:ValidateResourcePolicy", Access: AccessPermissions,
		Conditions: Keys{onEverySecret}},
}

// onEveryKey are the condition keys of every action on a KMS key.
var onEveryKey = []string{
	"aws:ResourceTag/", "kms:CallerAccount", "kms:KeyOrigin", "kms:KeySpec", "kms:KeyUsage",
	"kms:MultiRegion",
	"kms:MultiRegionKeyType", "kms:ResourceAliases", "kms:ViaService",
}

// onEveryUse are those of the symmetric cryptographic operations besides.
var onEveryUse = []string{"kms:EncryptionAlgorithm", "kms:EncryptionContext:",
	"kms:EncryptionContextKeys", "kms:RequestAlias"}

// KMSActions are the actions of KMS that concern the key of a secret, sorted by name.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
var KMSActions = []ActionInfo{
	{Name: "kms:CancelKeyDeletion", Access: AccessWrite, Conditions: Keys{onEveryKey}},
	{Name: "kms:CreateAlias", Access: AccessWrite, Conditions: Keys{onEveryKey}},
	{Name: "kms:CreateGrant", Access: AccessPermissions, Conditions: Keys{onEveryKey, {
		"kms:EncryptionContext:", "kms:EncryptionContextKeys", "kms:GrantConstraintSourceArn",
		"kms:GrantConstraintType", "kms:GrantIsForAWSResource", "kms:GrantOperations",
		"kms:GranteePrincipal", "kms:GranteeServicePrincipal", "kms:RetiringPrincipal",
		"kms:RetiringServicePrincipal"}}},
	{Name: "kms:Decrypt", Access: AccessWrite,
		Conditions: Keys{onEveryKey, onEveryUse, {"kms:RecipientAttestation:"}}},
	{Name: "kms:DeleteAlias", Access: AccessWrite, Conditions: Keys{onEveryKey}},
	{Name: "kms:DescribeKey", Access: AccessRead,
		Conditions: Keys{onEveryKey, {"kms:RequestAlias"}}},
	{Name: "kms:DisableKey", Access: AccessWrite,
		Conditions: Keys{onEveryKey, {"kms:TrailingDaysWithoutKeyUsage"}}},
	{Name: "kms:DisableKeyRotation", Access: AccessWrite, Conditions: Keys{onEveryKey}},
	{Name: "kms:EnableKey", Access: AccessWrite, Conditions: Keys{onEveryKey}},
	{Name: "kms:EnableKeyRotation", Access: AccessWrite,
		Conditions: Keys{onEveryKey, {"kms:RotationPeriodInDays"}}},
	{Name: "kms:Encrypt", Access: AccessWrite, Conditions: Keys{onEveryKey, onEveryUse}},
	{Name: "kms:GenerateDataKey", Access: AccessWrite,
		Conditions: Keys{onEveryKey, onEveryUse, {"kms:RecipientAttestation:"}}},
	{Name: "kms:GenerateDataKeyWithoutPlaintext", Access: AccessWrite,
		Conditions: Keys{onEveryKey, onEveryUse}},
	{Name: "kms:GetKeyPolicy", Access: AccessRead, Conditions: Keys{onEveryKey}},
	{Name: "kms:GetKeyRotationStatus", Access: AccessRead, Conditions: Keys{onEveryKey}},
	{Name: "kms:ListAliases", Access: AccessList, NoResource: true},
	{Name: "kms:ListGrants", Access: AccessList,
		Conditions: Keys{onEveryKey, {"kms:GrantIsForAWSResource"}}},
	{Name: "kms:ListKeyPolicies", Access: AccessList, Conditions: Keys{onEveryKey}},
	{Name: "kms:ListKeyRotations", Access: AccessList, Conditions: Keys{onEveryKey}},
	{Name: "kms:ListKeys", Access: AccessList, NoResource: true},
	{Name: "kms:ListResourceTags", Access: AccessList, Conditions: Keys{onEveryKey}},
	{Name: "kms:PutKeyPolicy", Access: AccessPermissions,
		Conditions: Keys{onEveryKey, {"kms:BypassPolicyLockoutSafetyCheck"}}},
	{Name: "kms:ReEncryptFrom", Access: AccessWrite,
		Conditions: Keys{onEveryKey, onEveryUse, {"kms:ReEncryptOnSameKey"}}},
	{Name: "kms:ReEncryptTo", Access: AccessWrite,
		Conditions: Keys{onEveryKey, onEveryUse, {"kms:ReEncryptOnSameKey"}}},
	{Name: "kms:ReplicateKey", Access: AccessWrite,
		Conditions: Keys{onEveryKey, {"kms:ReplicaRegion"}}},
	{Name: "kms:RetireGrant", Access: AccessPermissions, Conditions: Keys{onEveryKey, {
		"kms:EncryptionContext:", "kms:EncryptionContextKeys", "kms:GrantConstraintType"}}},
	{Name: "kms:RevokeGrant", Access: AccessPermissions,
		Conditions: Keys{onEveryKey, {"kms:GrantIsForAWSResource"}}},
	{Name: "kms:RotateKeyOnDemand", Access: AccessWrite, Conditions: Keys{onEveryKey}},
	{Name: "kms:ScheduleKeyDeletion", Access: AccessWrite, Conditions: Keys{onEveryKey, {
		"kms:ScheduleKeyDeletionPendingWindowInDays", "kms:TrailingDaysWithoutKeyUsage"}}},
	{Name: "kms:TagResource", Access: AccessTagging,
		Conditions: Keys{onEveryKey, {"aws:RequestTag/", "aws:TagKeys"}}},
	{Name: "kms:UntagResource", Access: AccessTagging,
		Conditions: Keys{onEveryKey, {"aws:TagKeys"}}},
	{Name: "kms:UpdateAlias", Access: AccessWrite, Conditions: Keys{onEveryKey}},
	{Name: "kms:UpdateKeyDescription", Access: AccessWrite, Conditions: Keys{onEveryKey}},
}

// KeyAdministration is what it takes to administer a key, and never to use it or to let others use
// it: no CreateGrant, and no wildcards, which would include it. The actions are those of
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators
var KeyAdministration = []Action{
	"kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias",
	"kms:DescribeKey", "kms:EnableKey", "kms:DisableKey",
	"kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:RotateKeyOnDemand",
	"kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:GetKeyRotationStatus",
	"kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags",
	"kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription",
	"kms:ListGrants", "kms:RevokeGrant",
	"kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
}

// KeyUse is what Secrets Manager does with a key on behalf of those who read and write secrets.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
var KeyUse = []Action{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}

// ReplicaKeyUse is what Secrets Manager does with the key of a replica on behalf of those who make
// the replica or change the value that it copies: it encrypts, and never decrypts.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
var ReplicaKeyUse = []Action{"kms:Encrypt", "kms:GenerateDataKey"}

// SecretsManagerAction returns the action of Secrets Manager with this name, which may lack the
// prefix "secretsmanager:".
func SecretsManagerAction(name string) (ActionInfo, bool) {
	if !strings.Contains(name, ":") {
		name = "secretsmanager:" + name
	}
	return lookup(SecretsManagerActions, name)
}

// KeyUseOf returns what an action of Secrets Manager needs of the secret's key, for whoever calls
// it.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func KeyUseOf(action Action) []Action {
	switch action {
	case "secretsmanager:GetSecretValue":
		return []Action{"kms:Decrypt"}
	case "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue":
		return []Action{"kms:Decrypt", "kms:GenerateDataKey"}
	case "secretsmanager:ReplicateSecretToRegions":
		return []Action{"kms:Decrypt"}
	case "secretsmanager:UpdateSecret":
		return KeyUse
	}
	return nil
}

// Lacks says whether a request for the action never has a condition key of Secrets Manager, KMS or
// tags in the request. Of other keys, which every request may have, it says false.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func (a ActionInfo) Lacks(key string) bool {
	key = strings.ToLower(key)
	ofService := strings.HasPrefix(key, "secretsmanager:") || strings.HasPrefix(key, "kms:") ||
		strings.HasPrefix(key, "aws:requesttag/") || key == "aws:tagkeys"
	return ofService && !a.Conditions.Any(func(known string) bool {
		known = strings.ToLower(known)
		return known == key || strings.HasSuffix(known, "/") && strings.HasPrefix(key, known)
	})
}

// everyAction are the actions of Secrets Manager and KMS.
var everyAction = lazy.Value(func() []ActionInfo {
	return slices.Concat(SecretsManagerActions, KMSActions)
})

// ActionNamed returns the action of Secrets Manager or KMS with this name, in the reference's
// spelling.
func ActionNamed(name Action) (ActionInfo, bool) {
	return lookup(everyAction(), name)
}

// TakesNoResource says whether an action takes no resource, so that it needs a statement of its own
// on "*": BatchGetSecretValue, GetRandomPassword, ListSecrets, and KMS's ListKeys and ListAliases.
// An action that is not known takes one.
func TakesNoResource(action Action) bool {
	info, _ := lookup(everyAction(), action)
	return info.NoResource
}

// OnReplica says whether an action of Secrets Manager works on a replica.
func OnReplica(action Action) bool {
	info, _ := lookup(SecretsManagerActions, action)
	return info.OnReplica
}

func lookup(table []ActionInfo, name Action) (ActionInfo, bool) {
	i := slices.IndexFunc(table, func(a ActionInfo) bool { return a.Name == name })
	if i < 0 { // nearly all are written as here
		i = slices.IndexFunc(table,
			func(a ActionInfo) bool { return strings.EqualFold(a.Name, name) })
	}
	if i < 0 {
		return ActionInfo{}, false
	}
	return table[i], true
}
