package spec

import (
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Secret is an entry of secrets: a secret to create, or an import.
type Secret struct {
	Name           Text                   `spec:"name"`
	Description    Value                  `spec:"description"`
	Type           *Text                  `spec:"type"`
	Value          SecretValue            `spec:"value"`
	Key            Text                   `spec:"key"`
	Replicas       List[Replica]          `spec:"replicas"`
	Attachment     *Attachment            `spec:"attachment"`
	Rotation       *Rotation              `spec:"rotation"`
	Policy         *Guardrails            `spec:"policy"`
	Grants         Entries[List[Grantee]] `spec:"grants"`
	DeletionPolicy *Text                  `spec:"deletionPolicy,enum=deletionPolicy"`
	Condition      *Text                  `spec:"condition"`
	Shard          *Text                  `spec:"shard"`
	Tags           Entries[Value]         `spec:"tags"`
	LogicalID      *Text                  `spec:"logicalId"`
	Import         *SecretImport          `spec:"import"`
	Environments   List[Text]             `spec:"environments,filled"`
	Span           source.Span
}

// SecretImport says which existing secret is meant.
type SecretImport struct {
	ARN        Value `spec:"arn,oneof=import"`
	PartialARN Value `spec:"partialArn,oneof=import"`
	Name       Text  `spec:"name,oneof=import"`
	Span       source.Span
}

// Replica is a copy of a secret in another Region.
type Replica struct {
	Region Text `spec:"region,required"`
	Key    Text `spec:"key"`
	Span   source.Span
}

func (r *Replica) decode(d *decoder, n *yaml.Node) {
	if n.IsScalar() && n.Kind != yaml.Null { // a Region alone
		r.Span = n.Span()
		r.Region.decode(d, n)
		return
	}
	d.structure(r, n)
}

// Attachment merges the connection details of a database into a secret.
type Attachment struct {
	TargetType Text  `spec:"targetType,required"`
	TargetID   Value `spec:"targetId,required"`
	Span       source.Span
}

// SecretValue says how the first value of a secret comes about.
type SecretValue struct {
	Generate        *Generate      `spec:"generate,oneof=value"`
	String          Value          `spec:"string,oneof=value"`
	Object          Entries[Value] `spec:"object,oneof=value"`
	Empty           Flag           `spec:"empty,oneof=value"`
	Plaintext       List[Text]     `spec:"plaintext,filled"`
	UnsafePlaintext Flag           `spec:"unsafePlaintext"`
	Span            source.Span
}

// Generate lets Secrets Manager make a password.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html
type Generate struct {
	PasswordLength          Number   `spec:"passwordLength,range=1-4096"`
	ExcludeCharacters       *Text    `spec:"excludeCharacters"`
	ExcludeLowercase        *Flag    `spec:"excludeLowercase"`
	ExcludeUppercase        *Flag    `spec:"excludeUppercase"`
	ExcludeNumbers          *Flag    `spec:"excludeNumbers"`
	ExcludePunctuation      *Flag    `spec:"excludePunctuation"`
	IncludeSpace            *Flag    `spec:"includeSpace"`
	RequireEachIncludedType *Flag    `spec:"requireEachIncludedType"`
	SecretStringTemplate    Template `spec:"secretStringTemplate"`
	GenerateStringKey       Text     `spec:"generateStringKey"`
	Span                    source.Span
}

// Template is a secretStringTemplate: fields, or the JSON text of them.
type Template struct {
	Fields Entries[Value]
	JSON   Text
	Span   source.Span
}

func (t *Template) decode(d *decoder, n *yaml.Node) {
	t.Span = n.Span()
	if n.Kind == yaml.String {
		t.JSON.decode(d, n)
		return
	}
	t.Fields.decode(d, n)
}

// Guardrails are the denials of one secret's resource policy, and its verbatim statements.
type Guardrails struct {
	Manage               Flag       `spec:"manage"`
	BlockPublicPolicy    Flag       `spec:"blockPublicPolicy"`
	DenyDelete           Flag       `spec:"denyDelete"`
	RequireTLS           Flag       `spec:"requireTls"`
	OnlyFromVPCEndpoints List[Text] `spec:"onlyFromVpcEndpoints,filled"`
	OnlyFromVPCs         List[Text] `spec:"onlyFromVpcs,filled"`
	OnlyOrganization     Text       `spec:"onlyOrganization"`
	OnlyGrantees         Flag       `spec:"onlyGrantees"`
	Exempt               List[Text] `spec:"exempt,filled"`
	Statements           List[Raw]  `spec:"statements"`
	Span                 source.Span
}

// Rotation says how and when a secret gets a new value.
type Rotation struct {
	AutomaticallyAfterDays    Number              `spec:"automaticallyAfterDays,range=1-1000"`
	ScheduleExpression        Text                `spec:"scheduleExpression"`
	Duration                  Text                `spec:"duration"`
	RotateImmediatelyOnUpdate Flag                `spec:"rotateImmediatelyOnUpdate"`
	Manual                    Flag                `spec:"manual"`
	Lambda                    LambdaRotation      `spec:"lambda,oneof=way"`
	Hosted                    HostedRotation      `spec:"hosted,oneof=way"`
	Application               ApplicationRotation `spec:"application,oneof=way"`
	Managed                   Flag                `spec:"managed,oneof=way"`
	External                  ExternalRotation    `spec:"external,oneof=way"`
	Span                      source.Span
}

// LambdaRotation rotates with a function of the user's own.
type LambdaRotation struct {
	FunctionARN     Value `spec:"functionArn,required"`
	ExecutionRole   Text  `spec:"executionRole"`
	SuperuserSecret Text  `spec:"superuserSecret"`
	Permission      Text  `spec:"permission,enum=secret|account"`
	Span            source.Span
}

// HostedRotation rotates with a function that CloudFormation's transform creates.
type HostedRotation struct {
	RotationType       Text           `spec:"rotationType,required"`
	SuperuserSecret    Text           `spec:"superuserSecret"`
	ExcludeCharacters  Text           `spec:"excludeCharacters"`
	RotationLambdaName Text           `spec:"rotationLambdaName"`
	VPC                RotationVPC    `spec:"vpc"`
	Target             RotationTarget `spec:"target"`
	Span               source.Span
}

// ApplicationRotation rotates with one of AWS's serverless applications.
type ApplicationRotation struct {
	RotationType      Text           `spec:"rotationType,required"`
	SemanticVersion   Text           `spec:"semanticVersion"`
	FunctionName      Value          `spec:"functionName"`
	SuperuserSecret   Text           `spec:"superuserSecret"`
	ExcludeCharacters Text           `spec:"excludeCharacters"`
	Endpoint          Value          `spec:"endpoint"`
	VPC               RotationVPC    `spec:"vpc"`
	Target            RotationTarget `spec:"target"`
	Span              source.Span
}

// RotationVPC says where a function that AWS makes runs.
type RotationVPC struct {
	VPCID            Value       `spec:"vpcId"`
	SubnetIDs        List[Value] `spec:"subnetIds,required,filled"`
	SecurityGroupIDs List[Value] `spec:"securityGroupIds,filled"`
	Span             source.Span
}

// RotationTarget is the database that a function which AWS makes must reach.
type RotationTarget struct {
	SecurityGroupID Value `spec:"securityGroupId,required"`
	Port            Value `spec:"port,required"`
	Span            source.Span
}

// ExternalRotation rotates a managed external secret at its partner.
type ExternalRotation struct {
	Role        Text           `spec:"role,required"`
	AdminSecret Text           `spec:"adminSecret"`
	Metadata    Entries[Value] `spec:"metadata"`
	Span        source.Span
}
