package spec

import (
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// synonyms are this language's words for what CloudFormation, Terraform, the CDK, IAM and everyday
// speech call otherwise, by the other word in lower case without separators. A word of this
// language stands here too when it is CloudFormation's, so that any spelling of it leads to ours.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_SecretsManager.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_KMS.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_IAM.html
var synonyms = lazy.Value(func() map[string]string {
	table := make(map[string]string, len(rowsOfSynonyms))
	for _, row := range rowsOfSynonyms {
		table[row[0]] = row[1]
	}
	return table
})

var rowsOfSynonyms = [][2]string{
	// The header.
	{"awstemplateformatversion", "version"},
	{"stackname", "stack"},
	{"accountid", "account"},
	{"awsaccount", "account"},
	{"env", "environment"},
	{"defaulttags", "tags"},
	{"exports", "export"},
	{"assertions", "assert"},
	{"asserts", "assert"},
	{"accepted", "accept"},
	{"accepts", "accept"},

	// Secrets and replicas.
	{"secretname", "name"},
	{"prefix", "namePrefix"},
	{"nameprefix", "namePrefix"},
	{"secretnameprefix", "namePrefix"},
	{"kmskeyid", "key"},
	{"kmskey", "key"},
	{"kmskeyarn", "key"},
	{"encryptionkey", "key"},
	{"encryptwith", "key"},
	{"secretstring", "value.string"},
	{"secretvalue", "value.string"},
	{"secretbinary", "value"},
	{"secretstringvalue", "value.string"},
	{"secretobjectvalue", "value.object"},
	{"generatesecretstring", "value.generate"},
	{"replicaregions", "replicas"},
	{"replica", "replicas"},
	{"replicateto", "replicas"},
	{"addreplicaregions", "replicas"},
	{"resourcepolicy", "policy"},
	{"blockpublicpolicy", "blockPublicPolicy"},
	{"secrettype", "type"},
	{"recoverywindowindays", "deletionPolicy"},
	{"forcedeletewithoutrecovery", "deletionPolicy"},
	{"removalpolicy", "deletionPolicy"},
	{"deletionprotection", "deletionPolicy"},
	{"updatereplacepolicy", "deletionPolicy"},
	{"deletionpolicy", "deletionPolicy"},
	{"secrettargetattachment", "attachment"},
	{"targettype", "targetType"},
	{"targetid", "targetId"},
	{"secretpartialarn", "partialArn"},
	{"partialarn", "partialArn"},
	{"secretcompletearn", "arn"},
	{"passwordlength", "passwordLength"},
	{"excludecharacters", "excludeCharacters"},
	{"excludelowercase", "excludeLowercase"},
	{"excludeuppercase", "excludeUppercase"},
	{"excludenumbers", "excludeNumbers"},
	{"excludepunctuation", "excludePunctuation"},
	{"includespace", "includeSpace"},
	{"requireeachincludedtype", "requireEachIncludedType"},
	{"secretstringtemplate", "secretStringTemplate"},
	{"generatestringkey", "generateStringKey"},
	{"logicalid", "logicalId"},
	{"externalsecretrotationrolearn", "rotation.external.role"},

	// Rotation.
	{"rotationrules", "rotation"},
	{"rotationschedule", "rotation"},
	{"rotationenabled", "rotation"},
	{"automaticrotation", "rotation"},
	{"rotationlambda", "rotation.lambda"},
	{"rotationlambdaarn", "rotation.lambda.functionArn"},
	{"lambdaarn", "functionArn"},
	{"functionarn", "functionArn"},
	{"hostedrotationlambda", "rotation.hosted"},
	{"hostedrotation", "rotation.hosted"},
	{"externalsecretrotationmetadata", "rotation.external.metadata"},
	{"managedexternalsecret", "rotation.external"},
	{"manualrotation", "rotation.manual"},
	{"manual", "manual"},
	{"automaticallyafter", "automaticallyAfterDays"},
	{"automaticallyafterdays", "automaticallyAfterDays"},
	{"rotateafterdays", "automaticallyAfterDays"},
	{"scheduleexpression", "scheduleExpression"},
	{"schedule", "scheduleExpression"},
	{"rotateimmediately", "rotateImmediatelyOnUpdate"},
	{"rotateimmediatelyonupdate", "rotateImmediatelyOnUpdate"},
	{"rotationtype", "rotationType"},
	{"rotationlambdaname", "rotationLambdaName"},
	{"functionname", "functionName"},
	{"semanticversion", "semanticVersion"},
	{"mastersecret", "superuserSecret"},
	{"mastersecretarn", "superuserSecret"},
	{"superusersecret", "superuserSecret"},
	{"superusersecretarn", "superuserSecret"},
	{"adminsecretarn", "adminSecret"},
	{"lambdarole", "executionRole"},
	{"executionrole", "executionRole"},
	{"executionrolearn", "executionRole"},
	{"vpcsubnetids", "vpc.subnetIds"},
	{"vpcsubnets", "vpc.subnetIds"},
	{"subnetids", "subnetIds"},
	{"vpcsecuritygroupids", "vpc.securityGroupIds"},
	{"securitygroupids", "securityGroupIds"},
	{"securitygroups", "securityGroupIds"},
	{"securitygroupid", "securityGroupId"},

	// Keys.
	{"keypolicy", "policy"},
	{"aliasname", "alias"},
	{"keyalias", "alias"},
	{"enablekeyrotation", "enableKeyRotation"},
	{"rotationperiod", "rotationPeriodInDays"},
	{"rotationperiodindays", "rotationPeriodInDays"},
	{"pendingwindow", "pendingWindowInDays"},
	{"pendingwindowindays", "pendingWindowInDays"},
	{"deletionwindowindays", "pendingWindowInDays"},
	{"administrators", "admins"},
	{"keyadministrators", "admins"},
	{"keyadmins", "admins"},

	// Principals.
	{"assumerolepolicydocument", "assumedBy"},
	{"assumerolepolicy", "assumedBy"},
	{"assumedby", "assumedBy"},
	{"trustpolicy", "assumedBy"},
	{"trustrelationship", "assumedBy"},
	{"rolename", "roleName"},
	{"rolearn", "existingRole"},
	{"user", "existingUser"},
	{"username", "existingUser"},
	{"userarn", "existingUser"},
	{"group", "existingGroup"},
	{"groupname", "existingGroup"},
	{"groups", "existingGroup"},
	{"permissionsboundary", "permissionsBoundary"},
	{"managedpolicies", "managedPolicyArns"},
	{"managedpolicyarns", "managedPolicyArns"},
	{"maxsessionduration", "maxSessionDuration"},
	{"orgid", "organization"},
	{"organizationid", "organization"},
	{"principalorgid", "organization"},
	{"principalorgpaths", "organizationPath"},
	{"orgpath", "organizationPath"},
	{"organizationalunit", "organizationPath"},
	{"ou", "organizationPath"},
	{"serviceprincipal", "service"},
	{"oidcproviderarn", "oidcProviderArn"},
	{"identitypoolid", "identityPoolId"},
	{"identitypool", "identityPoolId"},
	{"trustanchorarn", "trustAnchorArn"},
	{"trustanchor", "trustAnchorArn"},
	{"sessiontags", "sessionTags"},
	{"tagsession", "sessionTags"},
	{"sourceidentity", "sourceIdentity"},
	{"setsourceidentity", "sourceIdentity"},
	{"providerarn", "providerArn"},

	// Policies of one secret.
	{"statement", "statements"},
	{"policydocument", "statements"},
	{"onlyfromvpcendpoint", "onlyFromVpcEndpoints"},
	{"onlyfromvpc", "onlyFromVpcs"},
	{"onlyorganisation", "onlyOrganization"},
	{"preventdelete", "denyDelete"},
	{"requiressl", "requireTls"},
	{"requiretls", "requireTls"},
	{"enforcessl", "requireTls"},
	{"securetransport", "requireTls"},
	{"denyinsecuretransport", "requireTls"},

	// Grants.
	{"principal", "to"},
	{"principals", "to"},
	{"grantee", "to"},
	{"grantees", "to"},
	{"who", "to"},
	{"action", "allow"},
	{"actions", "allow"},
	{"verb", "allow"},
	{"verbs", "allow"},
	{"permission", "allow"},
	{"permissions", "allow"},
	{"access", "allow"},
	{"secret", "secrets"},
	{"secretid", "secrets"},
	{"secretarn", "secrets"},
	{"resource", "secrets"},
	{"resources", "secrets"},
	{"on", "secrets"},
	{"conditions", "when"},
	{"versionstage", "versionStages"},
	{"stages", "versionStages"},
	{"expires", "until"},
	{"expiry", "until"},
	{"validuntil", "until"},
	{"comment", "reason"},
	{"justification", "reason"},
	{"sourcevpce", "sourceVpce"},
	{"vpcendpoint", "sourceVpce"},
	{"sourceip", "sourceIp"},
	{"ip", "sourceIp"},
	{"principaltag", "principalTags"},
	{"multifactorauth", "mfa"},
	{"requiremfa", "mfa"},
	{"onlyreadableby", "onlyReadableBy"},

	// CloudFormation's words that differ from ours in case alone.
	{"name", "name"},
	{"description", "description"},
	{"tags", "tags"},
	{"type", "type"},
	{"region", "region"},
	{"path", "path"},
	{"duration", "duration"},
	{"condition", "condition"},
	{"parameters", "parameters"},
	{"mappings", "mappings"},
	{"outputs", "outputs"},
	{"metadata", "metadata"},
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

// synonymOf returns the property of this language for a word of CloudFormation's, Terraform's, the
// CDK's or IAM's, in any of their spellings: "key" for KmsKeyId and kms_key_id, "value.generate"
// for GenerateSecretString. It returns "" for a word that it does not know and for one that is ours
// already.
func synonymOf(word string) string {
	property := synonyms()[strings.ToLower(separators.Replace(word))]
	if property == word {
		return ""
	}
	return property
}
