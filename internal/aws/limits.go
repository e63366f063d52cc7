package aws

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Unit is what a limit counts.
type Unit string

// The units.
const (
	Characters Unit = "characters"
	Bytes      Unit = "bytes"
	Elements   Unit = "elements"                       // of a list, or of a section of a template
	Unspaced   Unit = "characters without white space" // of a document
)

// Limit is a limit, and a set of characters, that AWS has for something that a template writes.
type Limit struct {
	Type string // of the resource; Stack, Template or Output for these
	// Property is the path to it, * for each element of a list; empty for what is counted of
	// several resources
	Property string
	What     string // in a message, as its subject: the name of the role
	Least    int
	Most     int
	Unit     Unit
	Page     string // of AWS's documentation
	// IsText says that it is a text for people or a composed name, of which to be too long is a
	// finding of its own.
	IsText bool

	rule func(string) string // what is wrong with a text, as the functions of names.go say it
}

// The types of limits that are of no resource.
const (
	OfStack    = "Stack"
	OfTemplate = "Template"
	OfOutput   = "Output"
)

const (
	referenceOfIAM     = "https://docs.aws.amazon.com/IAM/latest/APIReference/"
	referenceOfKMS     = "https://docs.aws.amazon.com/kms/latest/APIReference/"
	referenceOfSecrets = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"
	quotasOfIAM        = "https://docs.aws.amazon.com/IAM/latest/UserGuide/" +
		"reference_iam-quotas.html"
	guideToTemplates    = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
	quotasOfTemplates   = guideToTemplates + "cloudformation-limits.html"
	quotasOfLambda      = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
	createFunction      = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"
	createSecurityGroup = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/" +
		"API_CreateSecurityGroup.html"
	createLogGroup = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/" +
		"API_CreateLogGroup.html"
)

// Limits are all of them: what is written is held to these, and to no other number.
var Limits = slices.Concat(
	namesAndTexts,
	tagsOf("AWS::SecretsManager::Secret", referenceOfSecrets+"API_Tag.html"),
	tagsOf("AWS::KMS::Key", referenceOfKMS+"API_Tag.html"),
	tagsOf("AWS::IAM::Role", referenceOfIAM+"API_Tag.html"),
	documents,
	ofTemplates,
)

// name is a row for a name with a rule; text is one for a text of some length.
func name(of, property, what string, most int, rule func(string) string, page string) Limit {
	return Limit{Type: of, Property: property, What: what, Least: 1, Most: most, Unit: Characters,
		Page: page, rule: rule}
}

func text(of, property, what string, most int, unit Unit, page string) Limit {
	return Limit{Type: of, Property: property, What: what, Most: most, Unit: unit, Page: page,
		IsText: true}
}

var namesAndTexts = []Limit{
	name(OfStack, "Name", "the stack name", MaxStackName, StackName,
		"https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"),
	// how long it may be is the limit of a LogicalID
	{Type: OfOutput, Property: "Name", What: "the name", Least: 1, Unit: Characters,
		Page: guideToTemplates + "outputs-section-structure.html", rule: plainName},
	{Type: OfOutput, Property: "Export.Name", What: "the export name", Least: 1, Unit: Characters,
		Page: guideToTemplates + "outputs-section-structure.html", rule: ExportName},

	name("AWS::SecretsManager::Secret", "Name", "the secret name", MaxSecretName, SecretName,
		referenceOfSecrets+"API_CreateSecret.html"),
	text("AWS::SecretsManager::Secret", "Description", "the description", MaxSecretDescription,
		Characters, referenceOfSecrets+"API_CreateSecret.html"),
	text("AWS::SecretsManager::Secret", "SecretString", "the value", MaxSecretValue, Bytes,
		referenceOfSecrets+"API_CreateSecret.html"),
	text("AWS::SecretsManager::Secret", "GenerateSecretString.ExcludeCharacters",
		"excludeCharacters", MaxExcludeCharacters, Characters,
		referenceOfSecrets+"API_GetRandomPassword.html"),
	text("AWS::SecretsManager::Secret", "Type", "the type", MaxSecretType, Characters,
		referenceOfSecrets+"API_CreateSecret.html"),
	text("AWS::SecretsManager::RotationSchedule", "ExternalSecretRotationMetadata.*.Value",
		"a value of the metadata", MaxMetadataValue, Characters,
		referenceOfSecrets+"API_ExternalSecretRotationMetadataItem.html"),
	name("AWS::SecretsManager::RotationSchedule", "HostedRotationLambda.RotationLambdaName",
		"the name of the function", MaxFunctionName, FunctionName, createFunction),

	name("AWS::KMS::Alias", "AliasName", "the alias", MaxAliasName, fullAliasName,
		referenceOfKMS+"API_CreateAlias.html"),
	text("AWS::KMS::Key", "Description", "the description", MaxKeyDescription, Characters,
		referenceOfKMS+"API_CreateKey.html"),

	name("AWS::IAM::Role", "RoleName", "the role name", MaxRoleName, RoleName,
		referenceOfIAM+"API_CreateRole.html"),
	name("AWS::IAM::Role", "Path", "the path", MaxPath, Path, referenceOfIAM+"API_CreateRole.html"),
	describedAs(text("AWS::IAM::Role", "Description", "the description", MaxIAMDescription,
		Characters, referenceOfIAM+"API_CreateRole.html"), roleText),
	name("AWS::IAM::User", "UserName", "the user name", MaxUserName, UserName,
		referenceOfIAM+"API_CreateUser.html"),
	name("AWS::IAM::Group", "GroupName", "the group name", MaxGroupName, GroupName,
		referenceOfIAM+"API_CreateGroup.html"),
	name("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "the policy's name", MaxPolicyName,
		PolicyName, referenceOfIAM+"API_CreatePolicy.html"),
	text("AWS::IAM::ManagedPolicy", "Description", "the description", MaxIAMDescription,
		Characters, referenceOfIAM+"API_CreatePolicy.html"),
	describedAs(text("AWS::IAM::Policy", "PolicyName", "the name of the inline policy",
		MaxPolicyName, Characters, referenceOfIAM+"API_PutRolePolicy.html"), PolicyName),
	name("AWS::IAM::RolePolicy", "PolicyName", "the name of the inline policy", MaxPolicyName,
		PolicyName, referenceOfIAM+"API_PutRolePolicy.html"),
	name("AWS::IAM::Role", "Policies.*.PolicyName", "the name of the inline policy", MaxPolicyName,
		PolicyName, referenceOfIAM+"API_PutRolePolicy.html"),

	name("AWS::Lambda::Function", "FunctionName", "the name of the function", MaxFunctionName,
		FunctionName, createFunction),
	name("AWS::Serverless::Function", "FunctionName", "the name of the function", MaxFunctionName,
		FunctionName, createFunction),
	name("AWS::Serverless::Application", "Parameters.functionName", "the name of the function",
		MaxFunctionName, FunctionName, createFunction),
	name("AWS::Logs::LogGroup", "LogGroupName", "the name of the log group", 512, logGroupName,
		createLogGroup),
	name("AWS::EC2::SecurityGroup", "GroupDescription", "the description", 255, groupText,
		createSecurityGroup),
}

// describedAs gives a text a set of characters.
func describedAs(l Limit, rule func(string) string) Limit {
	l.rule = rule
	return l
}

// tagsOf are the limits of the tags of a type.
func tagsOf(of, page string) []Limit {
	return []Limit{
		name(of, "Tags.*.Key", "the tag key", MaxTagKey, TagKey, page),
		describedAs(Limit{Type: of, Property: "Tags.*.Value", What: "the value of the tag",
			Most: MaxTagValue, Unit: Characters, Page: page}, TagValue),
		{Type: of, Property: "Tags", What: "the tags", Most: MaxTags, Unit: Elements, Page: page},
	}
}

// The limits that are counted of several resources.
const (
	InlineOfRole     = "inline policies of a role"
	InlineOfUser     = "inline policies of a user"
	InlineOfGroup    = "inline policies of a group"
	PolicyOfFunction = "policy of a function"
)

// documents are the limits of policy documents.
var documents = []Limit{
	{Type: "AWS::SecretsManager::ResourcePolicy", Property: "ResourcePolicy",
		What: "the resource policy", Most: MaxSecretPolicy, Unit: Characters,
		Page: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"},
	{Type: "AWS::KMS::Key", Property: "KeyPolicy", What: "the key policy", Most: MaxKeyPolicy,
		Unit: Bytes, Page: "https://docs.aws.amazon.com/kms/latest/developerguide/" +
			"resource-limits.html"},
	{Type: "AWS::IAM::ManagedPolicy", Property: "PolicyDocument", What: "the managed policy",
		Most: MaxManagedPolicy, Unit: Unspaced, Page: quotasOfIAM},
	{Type: "AWS::IAM::Role", Property: "AssumeRolePolicyDocument", What: "the trust policy",
		Most: MaxTrustPolicy, Unit: Unspaced, Page: quotasOfIAM},
	{Type: InlineOfRole, What: "the inline policies of the role", Most: MaxRoleInline,
		Unit: Unspaced, Page: quotasOfIAM},
	{Type: InlineOfUser, What: "the inline policies of the user", Most: MaxUserInline,
		Unit: Unspaced, Page: quotasOfIAM},
	{Type: InlineOfGroup, What: "the inline policies of the group", Most: MaxGroupInline,
		Unit: Unspaced, Page: quotasOfIAM},
	{Type: PolicyOfFunction, What: "the policy of the function", Most: MaxFunctionPolicy,
		Unit: Bytes, Page: quotasOfLambda},
}

// ofTemplates are CloudFormation's limits of one template.
var ofTemplates = []Limit{
	{Type: OfTemplate, Property: "Body", Most: MaxTemplateObject, Unit: Bytes,
		Page: quotasOfTemplates},
	{Type: OfTemplate, Property: "Request", Most: MaxTemplateBody, Unit: Bytes,
		Page: "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/" +
			"API_CreateStack.html"},
	{Type: OfTemplate, Property: "Description", Most: MaxTemplateDescription, Unit: Bytes,
		Page: guideToTemplates + "template-description-structure.html"},
	{Type: OfTemplate, Property: "Resources", Most: MaxResources, Unit: Elements,
		Page: guideToTemplates + "resources-section-structure.html"},
	{Type: OfTemplate, Property: "Parameters", Most: MaxParameters, Unit: Elements,
		Page: guideToTemplates + "parameters-section-structure.html"},
	{Type: OfTemplate, Property: "Outputs", Most: MaxOutputs, Unit: Elements,
		Page: guideToTemplates + "outputs-section-structure.html"},
	{Type: OfTemplate, Property: "Mappings", Most: MaxMappings, Unit: Elements,
		Page: guideToTemplates + "mappings-section-structure.html"},
	{Type: OfTemplate, Property: "Attributes", Most: MaxMappingAttributes, Unit: Elements,
		Page: quotasOfTemplates},
	{Type: OfTemplate, Property: "LogicalID", Most: MaxLogicalID, Unit: Characters,
		Page: quotasOfTemplates},
	{Type: OfTemplate, Property: "ParameterValue", Most: MaxParameterValue, Unit: Bytes,
		Page: quotasOfTemplates},
	{Type: OfTemplate, Property: "DynamicReferences", Most: MaxDynamicReferences, Unit: Elements,
		Page: guideToTemplates + "dynamic-references.html"},
}

// LimitOf returns the limit of a property of a type of resource. It panics for one that the table
// does not have, which is a mistake of this program.
func LimitOf(of, property string) Limit {
	for _, l := range Limits {
		if l.Type == of && l.Property == property {
			return l
		}
	}
	panic("aws: there is no limit of " + of + " " + property)
}

// HasRule says whether texts are held to more than their length.
func (l Limit) HasRule() bool { return l.rule != nil }

// IsDocument says whether it is the limit of a policy document.
func (l Limit) IsDocument() bool {
	for _, d := range documents {
		if d.Type == l.Type && d.Property == l.Property {
			return true
		}
	}
	return false
}

// Size returns how much of the limit a text takes.
func (l Limit) Size(s string) int {
	if l.Unit == Bytes {
		return len(s)
	}
	return utf8.RuneCountInString(s)
}

// IsOver says whether something of a size is over the limit.
func (l Limit) IsOver(size int) bool { return l.Most > 0 && size > l.Most }

// Problem says what is wrong with a literal text, in a clause whose subject it is, or "": first its
// length, then what it consists of.
func (l Limit) Problem(s string) string {
	if size := l.Size(s); l.IsOver(size) {
		return fmt.Sprintf("must have at most %d %s, and has %d", l.Most, l.Unit, size)
	}
	if s == "" && l.Least > 0 {
		return "must not be empty"
	}
	if l.rule == nil || s == "" {
		return ""
	}
	return l.rule(s)
}

// PolicyName checks the name of an inline or managed policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
func PolicyName(s string) string { return check(s, MaxPolicyName, iamChars) }

// FunctionName checks the name of a Lambda function.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func FunctionName(s string) string { return check(s, MaxFunctionName, idChars) }

// ExportName checks the name of an export, whose length AWS does not document.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
func ExportName(s string) string { return check(s, maxText, exportChars) }

// fullAliasName is AliasName for a name that is written with alias/.
func fullAliasName(s string) string {
	name, ok := strings.CutPrefix(s, "alias/")
	if !ok {
		return `must start with "alias/"`
	}
	return AliasName(name)
}

// roleText checks the description of a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
func roleText(s string) string { return check(s, maxText, latinChars) }

// plainName checks the characters of a logical ID, whose length is a limit of its template.
func plainName(s string) string { return check(s, maxText, alphanumeric) }

func logGroupName(s string) string { return check(s, 512, logGroupChars) }

// groupText checks the description of a security group.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
func groupText(s string) string { return check(s, 255, groupChars) }

var (
	exportChars   = charset{words: "letters, digits, colons and hyphens", others: ":-"}
	logGroupChars = charset{words: "letters, digits and _/.#-", others: "_/.#-"}
	groupChars    = charset{words: "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
		others: "._-:/()#,@[]+=&;{}!$* "}
	latinChars = charset{words: "tabs, line ends, printable ASCII and U+00A1 to U+00FF",
		is: isLatin}
)

func isLatin(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= '~' || r >= 0xa1 && r <= 0xff
}
