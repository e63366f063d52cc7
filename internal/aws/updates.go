package aws

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// Update is what CloudFormation does with a deployed resource when one of its properties changes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
type Update uint8

// The ways of updating.
const (
	InPlace  Update = iota // the resource stays, with its ARN
	Replaces               // another resource is made, and the old one is let go of afterwards
	Refused                // the update of the stack fails
)

// Effect is what the change of a property does beside the update itself.
type Effect uint8

// The effects.
const (
	NoEffect      Effect = iota
	NewValue             // the secret gets another value
	Rotates              // a rotation begins
	AnotherKey           // what was encrypted before stays under the key before
	GuardIfTrue          // true protects
	GuardIfFalse         // false protects
	GuardIfLarger        // a larger number protects more
	GuardIfLess          // a smaller number protects more
	GuardIfSet           // what is set limits what the resource may do
	Disables             // false makes what depends on the resource fail
	Copies               // each element is a copy in another Region
	Connects             // the secret gets the connection of another database
)

// Form is how the value of a property is compared.
type Form uint8

// The forms.
const (
	OneValue   Form = iota // as it is
	Unordered              // a list whose order means nothing
	OfPolicy               // a policy document
	OfPolicies             // a list of objects with a PolicyDocument each, in any order
)

// PropertyUpdate is what happens when a property of a type of resource changes.
type PropertyUpdate struct {
	Name    string
	Update  Update
	Effect  Effect
	Form    Form
	Default string // the value of a property that is not written, where the two are the same
	Page    string // of AWS's documentation, that says so
}

// TypeUpdates is what happens to resources of a type when a template that has them changes.
type TypeUpdates struct {
	Type string
	What string // the resource, in words
	Page string // of AWS's documentation
	// Named is the property with which the template gives a name that only one can have. A resource
	// that has one is not replaced unless the name changes: CloudFormation refuses it.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
	Named string
	// IsPolicy says that the resource lets somebody do something, and is nothing else.
	IsPolicy   bool
	Properties []PropertyUpdate
}

// Property returns what happens when a property changes; false: the table does not know it.
func (t *TypeUpdates) Property(name string) (PropertyUpdate, bool) {
	i := slices.IndexFunc(t.Properties, func(p PropertyUpdate) bool { return p.Name == name })
	if i < 0 {
		return PropertyUpdate{}, false
	}
	return t.Properties[i], true
}

// UpdatesOf returns what happens to resources of a type; nil: the table does not know it.
func UpdatesOf(resourceType string) *TypeUpdates {
	all := Updates()
	i := slices.IndexFunc(all, func(t TypeUpdates) bool { return t.Type == resourceType })
	if i < 0 {
		return nil
	}
	return &all[i]
}

const (
	templateReference = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
	guideToServerless = "https://docs.aws.amazon.com/serverless-application-model/latest/" +
		"developerguide/"
	guideToIAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
)

// Pages of AWS's documentation that say what becomes of a resource whatever its type is.
const (
	PageOfUpdates        = guideToTemplates + "using-cfn-updating-stacks-update-behaviors.html"
	PageOfNames          = templateReference + "aws-properties-name.html"
	PageOfDeletionPolicy = templateReference + "aws-attribute-deletionpolicy.html"
	PageOfReplacePolicy  = templateReference + "aws-attribute-updatereplacepolicy.html"
	PageOfConditions     = guideToTemplates + "conditions-section-structure.html"
	PageOfTransform      = guideToTemplates + "transform-section-structure.html"
	PageOfParameters     = guideToTemplates + "parameters-section-structure.html"
	PageOfRules          = guideToTemplates + "rules-section-structure.html"
	PageOfGlobals        = guideToServerless + "sam-specification-template-anatomy-globals.html"
	PageOfExports        = guideToTemplates + "using-cfn-stack-exports.html"
	PageOfRotation       = referenceOfSecrets + "API_RotateSecret.html"
	PageOfSecretPolicy   = referenceOfSecrets + "API_PutResourcePolicy.html"
	PageOfDeletedKey     = referenceOfKMS + "API_ScheduleKeyDeletion.html"
	PageOfDeny           = guideToIAM + "reference_policies_elements_effect.html"
	PageOfPrincipal      = guideToIAM + "reference_policies_elements_principal.html"
)

// inPlace, replaces and unordered are rows of properties that have no effect beside.
func inPlace(names ...string) []PropertyUpdate  { return properties(InPlace, names) }
func replaces(names ...string) []PropertyUpdate { return properties(Replaces, names) }

func properties(u Update, names []string) []PropertyUpdate {
	out := make([]PropertyUpdate, len(names))
	for i, name := range names {
		out[i] = PropertyUpdate{Name: name, Update: u}
	}
	return out
}

func unordered(names ...string) []PropertyUpdate {
	out := inPlace(names...)
	for i := range out {
		out[i].Form = Unordered
	}
	return out
}

// effect is a row of a property with an effect; otherwise is its value where it is not written.
func effect(name string, e Effect, otherwise string) PropertyUpdate {
	return PropertyUpdate{Name: name, Effect: e, Default: otherwise}
}

func policyIn(name string) PropertyUpdate { return PropertyUpdate{Name: name, Form: OfPolicy} }

// updates is a row of a type. Its page is that of each property without a page of its own.
func updates(of TypeUpdates, page string, rows ...[]PropertyUpdate) TypeUpdates {
	of.Page = page
	if !strings.HasPrefix(page, "https://") {
		of.Page = templateReference + page
	}
	for _, list := range rows {
		of.Properties = append(of.Properties, list...)
	}
	for i := range of.Properties {
		if of.Properties[i].Page == "" {
			of.Properties[i].Page = of.Page
		}
	}
	return of
}

// Updates has every type of resource that a spec makes, and those that stand beside them in
// templates. Each row is what the type's page says under "Update requires"; what the page of the
// type itself says in words (of keys) has precedence.
var Updates = lazy.Value(func() []TypeUpdates {
	return slices.Concat(updatesOfSecrets(), updatesOfKeys(), updatesOfIAM(), updatesOfFunctions(),
		updatesOfNetworks())
})

func updatesOfSecrets() []TypeUpdates {
	return []TypeUpdates{
		updates(TypeUpdates{Type: "AWS::SecretsManager::Secret", What: "the secret"},
			"aws-resource-secretsmanager-secret.html",
			replaces("Name"), inPlace("Description", "Type"), unordered("Tags"),
			[]PropertyUpdate{
				{Name: "SecretString", Effect: NewValue},
				{Name: "GenerateSecretString", Effect: NewValue},
				{Name: "KmsKeyId", Effect: AnotherKey},
				{Name: "ReplicaRegions", Effect: Copies, Form: Unordered},
			}),
		updates(TypeUpdates{Type: "AWS::SecretsManager::ResourcePolicy",
			What: "the resource policy", IsPolicy: true},
			"aws-resource-secretsmanager-resourcepolicy.html", replaces("SecretId"),
			[]PropertyUpdate{policyIn("ResourcePolicy"),
				effect("BlockPublicPolicy", GuardIfTrue, "false")}),
		updates(TypeUpdates{Type: "AWS::SecretsManager::RotationSchedule",
			What: "the rotation schedule"},
			"aws-resource-secretsmanager-rotationschedule.html", replaces("SecretId"),
			[]PropertyUpdate{
				effect("HostedRotationLambda", Rotates, ""),
				effect("RotationLambdaARN", Rotates, ""),
				effect("RotationRules", Rotates, ""),
				effect("RotateImmediatelyOnUpdate", Rotates, "true"),
				{Name: "ExternalSecretRotationMetadata", Effect: Rotates, Form: Unordered},
				effect("ExternalSecretRotationRoleArn", Rotates, ""),
			}),
		updates(TypeUpdates{Type: "AWS::SecretsManager::SecretTargetAttachment",
			What: "the attachment"}, "aws-resource-secretsmanager-secrettargetattachment.html",
			replaces("SecretId"), []PropertyUpdate{effect("TargetId", Connects, ""),
				effect("TargetType", Connects, "")}),
	}
}

func updatesOfKeys() []TypeUpdates {
	return []TypeUpdates{
		updates(TypeUpdates{Type: "AWS::KMS::Key", What: "the key"}, "aws-resource-kms-key.html",
			inPlace("Description"), unordered("Tags"),
			[]PropertyUpdate{
				{Name: "KeySpec", Update: Refused, Default: "SYMMETRIC_DEFAULT"},
				{Name: "KeyUsage", Update: Refused, Default: "ENCRYPT_DECRYPT"},
				{Name: "Origin", Update: Refused, Default: "AWS_KMS"},
				{Name: "MultiRegion", Update: Refused, Default: "false"},
				policyIn("KeyPolicy"),
				effect("Enabled", Disables, "true"),
				effect("EnableKeyRotation", GuardIfTrue, "false"),
				effect("RotationPeriodInDays", GuardIfLess, "365"),
				effect("PendingWindowInDays", GuardIfLarger, "30"),
				effect("BypassPolicyLockoutSafetyCheck", GuardIfFalse, "false"),
			}),
		updates(TypeUpdates{Type: "AWS::KMS::ReplicaKey", What: "the replica of the key"},
			"aws-resource-kms-replicakey.html", replaces("PrimaryKeyArn"),
			inPlace("Description"), unordered("Tags"),
			[]PropertyUpdate{
				policyIn("KeyPolicy"),
				effect("Enabled", Disables, "true"),
				effect("PendingWindowInDays", GuardIfLarger, "30"),
			}),
		updates(TypeUpdates{Type: "AWS::KMS::Alias", What: "the alias"},
			"aws-resource-kms-alias.html",
			replaces("AliasName"), []PropertyUpdate{effect("TargetKeyId", AnotherKey, "")}),
	}
}

func updatesOfIAM() []TypeUpdates {
	return []TypeUpdates{
		updates(TypeUpdates{Type: "AWS::IAM::Role", What: "the role", Named: "RoleName"},
			"aws-resource-iam-role.html", replaces("RoleName", "Path"),
			inPlace("Description", "MaxSessionDuration"), unordered("ManagedPolicyArns", "Tags"),
			[]PropertyUpdate{
				policyIn("AssumeRolePolicyDocument"), effect("PermissionsBoundary", GuardIfSet, ""),
				{Name: "Policies", Form: OfPolicies},
			}),
		updates(TypeUpdates{Type: "AWS::IAM::ManagedPolicy", What: "the managed policy",
			Named: "ManagedPolicyName", IsPolicy: true}, "aws-resource-iam-managedpolicy.html",
			replaces("ManagedPolicyName", "Path", "Description"),
			unordered("Groups", "Roles", "Users"), []PropertyUpdate{policyIn("PolicyDocument")}),
		updates(TypeUpdates{Type: "AWS::IAM::Policy", What: "the inline policy", IsPolicy: true},
			"aws-resource-iam-policy.html", inPlace("PolicyName"),
			unordered("Groups", "Roles", "Users"), []PropertyUpdate{policyIn("PolicyDocument")}),
		updates(TypeUpdates{Type: "AWS::IAM::RolePolicy", What: "the inline policy",
			IsPolicy: true},
			"aws-resource-iam-rolepolicy.html", replaces("PolicyName", "RoleName"),
			[]PropertyUpdate{policyIn("PolicyDocument")}),
		updates(TypeUpdates{Type: "AWS::IAM::UserPolicy", What: "the inline policy",
			IsPolicy: true},
			"aws-resource-iam-userpolicy.html", replaces("PolicyName", "UserName"),
			[]PropertyUpdate{policyIn("PolicyDocument")}),
		updates(TypeUpdates{Type: "AWS::IAM::GroupPolicy", What: "the inline policy",
			IsPolicy: true},
			"aws-resource-iam-grouppolicy.html", replaces("PolicyName", "GroupName"),
			[]PropertyUpdate{policyIn("PolicyDocument")}),
		updates(TypeUpdates{Type: "AWS::IAM::User", What: "the user", Named: "UserName"},
			"aws-resource-iam-user.html", replaces("UserName"), inPlace("LoginProfile", "Path"),
			unordered("Groups", "ManagedPolicyArns", "Tags"),
			[]PropertyUpdate{effect("PermissionsBoundary", GuardIfSet, ""),
				{Name: "Policies", Form: OfPolicies}}),
		updates(TypeUpdates{Type: "AWS::IAM::Group", What: "the group", Named: "GroupName"},
			"aws-resource-iam-group.html", replaces("GroupName"), inPlace("Path"),
			unordered("ManagedPolicyArns"), []PropertyUpdate{{Name: "Policies", Form: OfPolicies}}),
		updates(TypeUpdates{Type: "AWS::IAM::UserToGroupAddition", What: "the membership"},
			"aws-resource-iam-usertogroupaddition.html", inPlace("GroupName"),
			unordered("Users")),
		updates(TypeUpdates{Type: "AWS::IAM::OIDCProvider", What: "the identity provider"},
			"aws-resource-iam-oidcprovider.html", replaces("Url"),
			unordered("ClientIdList", "ThumbprintList", "Tags")),
	}
}

func updatesOfFunctions() []TypeUpdates {
	return []TypeUpdates{
		updates(TypeUpdates{Type: "AWS::Lambda::Permission", What: "the permission",
			IsPolicy: true},
			"aws-resource-lambda-permission.html",
			replaces("Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType",
				"InvokedViaFunctionUrl", "Principal", "PrincipalOrgID", "SourceAccount",
				"SourceArn")),
		updates(TypeUpdates{Type: "AWS::Lambda::Function", What: "the function",
			Named: "FunctionName"}, "aws-resource-lambda-function.html",
			replaces("FunctionName", "PackageType", "TenancyConfig"),
			inPlace("CapacityProviderConfig", "Code", "CodeSigningConfigArn", "DeadLetterConfig",
				"Description", "DurableConfig", "Environment", "EphemeralStorage",
				"FileSystemConfigs", "FunctionScalingConfig", "Handler", "ImageConfig",
				"KmsKeyArn", "Layers",
				"LoggingConfig", "MemorySize", "PublishToLatestPublished", "RecursiveLoop",
				"ReservedConcurrentExecutions", "Role", "Runtime", "RuntimeManagementConfig",
				"SnapStart", "Timeout", "TracingConfig", "VpcConfig"),
			unordered("Architectures", "Tags")),
		// It is a nested stack of a version of an application, which may replace what it has.
		updates(TypeUpdates{Type: "AWS::Serverless::Application", What: "the application"},
			guideToServerless+"sam-resource-application.html",
			replaces("Location", "NotificationARNs", "Parameters", "Tags",
				"TimeoutInMinutes")),
	}
}

func updatesOfNetworks() []TypeUpdates {
	return []TypeUpdates{
		updates(TypeUpdates{Type: "AWS::EC2::SecurityGroup", What: "the security group",
			Named: "GroupName"}, "aws-resource-ec2-securitygroup.html",
			replaces("GroupDescription", "GroupName", "VpcId"),
			unordered("SecurityGroupEgress", "SecurityGroupIngress", "Tags")),
		updates(TypeUpdates{Type: "AWS::EC2::SecurityGroupIngress", What: "the rule"},
			"aws-resource-ec2-securitygroupingress.html", inPlace("Description"),
			replaces("CidrIp", "CidrIpv6", "FromPort", "GroupId", "GroupName", "IpProtocol",
				"SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName",
				"SourceSecurityGroupOwnerId", "ToPort")),
		updates(TypeUpdates{Type: "AWS::EC2::SecurityGroupEgress", What: "the rule"},
			"aws-resource-ec2-securitygroupegress.html", inPlace("Description"),
			replaces("CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId",
				"FromPort", "GroupId", "IpProtocol", "ToPort")),
	}
}
