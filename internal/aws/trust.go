package aws

import (
	"maps"
	"slices"
	"strings"
)

// ServiceTrust is what a service needs of the trust policy of a role that it assumes, or sends with
// the call, as the page says.
type ServiceTrust struct {
	SessionTags    bool // it passes tags of a session: sts:TagSession
	SourceIdentity bool // it passes a source identity: sts:SetSourceIdentity
	SourceAccount  bool // it sends aws:SourceAccount, which its page tests in a role's trust
	Page           string
}

// serviceTrusts are the services of which a page of AWS's says so, by their principals. Of all
// others, as of lambda.amazonaws.com and ec2.amazonaws.com, no page says that they send
// aws:SourceAccount whenever they assume a role; a condition on it could keep them out. That of AWS
// Systems Manager says it of some of its parts only.
var serviceTrusts = map[string]ServiceTrust{
	"airflow-env.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/mwaa/latest/userguide/" + deputyPage},
	"airflow.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/mwaa/latest/userguide/" + deputyPage},
	"batch.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/batch/latest/userguide/" + deputyPage},
	"datasync.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/datasync/latest/userguide/" + deputyPage},
	// Replication instances of 3.4.7 and newer.
	"dms.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/dms/latest/userguide/" + deputyPage},
	"ecs-tasks.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"},
	"fis.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/resilience-hub/latest/userguide/" +
			"next-gen-resilience-testing-iam-single-account.html"},
	"kafkaconnect.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/msk/latest/developerguide/" + deputyPage},
	"pods.eks.amazonaws.com": {SessionTags: true,
		Page: "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html"},
	"rds.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/" + deputyPage},
	"rolesanywhere.amazonaws.com": {SessionTags: true, SourceIdentity: true,
		Page: "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html"},
	"scheduler.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/" + deputyPage},
	"secretsmanager.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-security.html"},
	"states.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/step-functions/latest/dg/" +
			"procedure-create-iam-role.html"},
	"transfer.amazonaws.com": {SourceAccount: true,
		Page: "https://docs.aws.amazon.com/transfer/latest/userguide/confused-deputy.html"},
}

// deputyPage is how the page of a service's guide is called that says what it sends.
const deputyPage = "cross-service-confused-deputy-prevention.html"

// TrustOf returns what a service needs of a role's trust policy, by its principal, and nothing for
// a service that the table does not have.
func TrustOf(service string) ServiceTrust { return serviceTrusts[service] }

// TrustedServices returns the service principals of the table, sorted.
func TrustedServices() []string { return slices.Sorted(maps.Keys(serviceTrusts)) }

// WebIdentity is an identity provider that IAM knows by itself: a trust policy names it, with no
// ARN, and its condition keys are called as AWS calls them.
type WebIdentity struct{ Name, Audience, Subject string }

// webIdentities are all of them but Amazon Cognito, whose name differs from partition to partition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
var webIdentities = []WebIdentity{
	{"accounts.google.com", "accounts.google.com:aud", "accounts.google.com:sub"},
	{"graph.facebook.com", "graph.facebook.com:app_id", "graph.facebook.com:id"},
	{"www.amazon.com", "www.amazon.com:app_id", "www.amazon.com:user_id"},
}

// KnownWebIdentity returns the provider of a name, with or without https://, if IAM knows it by
// itself.
func KnownWebIdentity(name string) (WebIdentity, bool) {
	name = strings.TrimPrefix(name, "https://")
	if IsCognito(name) {
		return WebIdentity{name, name + ":aud", name + ":sub"}, true
	}
	i := slices.IndexFunc(webIdentities, func(w WebIdentity) bool { return w.Name == name })
	if i < 0 {
		return WebIdentity{}, false
	}
	return webIdentities[i], true
}

// CognitoProvider returns what Amazon Cognito's identity pools are called as a provider in a
// partition; an empty one is taken to be "aws".
// https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
// https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
func CognitoProvider(partition string) string {
	switch partition {
	case "aws-us-gov":
		return "cognito-identity-us-gov.amazonaws.com"
	case "aws-cn":
		return "cognito-identity.cn-north-1.amazonaws.com.cn"
	}
	return "cognito-identity.amazonaws.com"
}

// IsCognito says whether a name is what Amazon Cognito's identity pools are called anywhere.
func IsCognito(name string) bool {
	return slices.ContainsFunc([]string{"aws", "aws-us-gov", "aws-cn"},
		func(partition string) bool { return CognitoProvider(partition) == name })
}
