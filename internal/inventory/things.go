package inventory

import (
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// named says how the things of a type of resource are told apart: by a property with their name,
// which nothing else of their kind may have.
type named struct {
	kind     Kind
	property string
	global   bool // one account has one of a name in all Regions, upper and lower case alike
}

// namedTypes are the types whose names are the template's to choose. Each has its page, with the
// property that names it, at
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
var namedTypes = map[string]named{
	"AWS::SecretsManager::Secret":      {kind: Secret, property: "Name"},
	"AWS::Lambda::Function":            {kind: Function, property: "FunctionName"},
	"AWS::Serverless::Function":        {kind: Function, property: "FunctionName"},
	"AWS::KMS::Alias":                  {kind: KeyAlias, property: "AliasName"},
	"AWS::IAM::Role":                   {kind: Role, property: "RoleName", global: true},
	"AWS::IAM::User":                   {kind: User, property: "UserName", global: true},
	"AWS::IAM::Group":                  {kind: Group, property: "GroupName", global: true},
	"AWS::IAM::ManagedPolicy":          {ManagedPolicy, "ManagedPolicyName", true},
	"AWS::IAM::InstanceProfile":        {"instance profile", "InstanceProfileName", true},
	"AWS::Logs::LogGroup":              {kind: "log group", property: "LogGroupName"},
	"AWS::SSM::Parameter":              {kind: "parameter of Systems Manager", property: "Name"},
	"AWS::SQS::Queue":                  {kind: "queue", property: "QueueName"},
	"AWS::SNS::Topic":                  {kind: "topic", property: "TopicName"},
	"AWS::DynamoDB::Table":             {kind: "table", property: "TableName"},
	"AWS::Events::Rule":                {kind: "rule", property: "Name"},
	"AWS::CloudWatch::Alarm":           {kind: "alarm", property: "AlarmName"},
	"AWS::StepFunctions::StateMachine": {kind: "state machine", property: "StateMachineName"},
	"AWS::RDS::DBInstance":             {kind: "instance", property: "DBInstanceIdentifier"},
	"AWS::RDS::DBCluster":              {kind: "cluster", property: "DBClusterIdentifier"},
}

// attachedTo are the types of which a secret has one.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
var attachedTo = map[string]Kind{
	"AWS::SecretsManager::ResourcePolicy":         ResourcePolicy,
	"AWS::SecretsManager::RotationSchedule":       Schedule,
	"AWS::SecretsManager::SecretTargetAttachment": Attachment,
}

// inlineTypes are the types of inline policies, with the properties that say in what they stand.
var inlineTypes = map[string]map[string]Kind{
	"AWS::IAM::Policy":      {"Roles": Role, "Users": User, "Groups": Group},
	"AWS::IAM::RolePolicy":  {"RoleName": Role},
	"AWS::IAM::UserPolicy":  {"UserName": User},
	"AWS::IAM::GroupPolicy": {"GroupName": Group},
}

// collector collects the things of one stack.
type collector struct {
	*stack
	made []Thing
}

func (c *collector) add(id, property string, t Thing) {
	t.Stack, t.LogicalID, t.Property = c.number, id, property
	if r := c.template.Resources[id]; r != nil && t.Kind != Export {
		t.Condition = conditionOf(r)
	}
	c.made = append(c.made, t)
}

// resource adds what a resource makes.
func (c *collector) resource(id string) {
	r := c.template.Resources[id]
	if r == nil {
		return
	}
	if n, ok := namedTypes[r.Type]; ok {
		c.named(id, n)
	}
	if kind := attachedTo[r.Type]; kind != "" {
		c.attached(id, kind)
	}
	switch r.Type {
	case "AWS::SecretsManager::Secret":
		c.replicas(id)
	case "AWS::SecretsManager::RotationSchedule":
		hosted, _ := c.e.Resolve(r.Property("HostedRotationLambda")).(cfn.Object)
		c.function(id, "HostedRotationLambda.RotationLambdaName", hosted.Get("RotationLambdaName"))
	case "AWS::Serverless::Application":
		parameters, _ := c.e.Resolve(r.Property("Parameters")).(cfn.Object)
		location := cfn.JSON(c.e.Resolve(r.Property("Location")))
		if strings.Contains(location, "SecretsManager") {
			c.function(id, "Parameters.functionName", parameters.Get("functionName"))
		}
	case "AWS::Lambda::Alias":
		_, name, _ := functionKey(c.here(), c.text(id, "FunctionName"))
		name += ":" + c.text(id, "Name")
		c.add(id, "Name", Thing{Kind: FunctionAlias, Key: c.here().key(FunctionAlias, name),
			Name: name})
	}
	if mayBeInline(r.Type) {
		c.inline(id, r)
	}
}

// named adds something with a name of its own.
func (c *collector) named(id string, n named) {
	name := c.text(id, n.property)
	if name == "" {
		return
	}
	key := c.here().key(n.kind, name)
	if n.global {
		key = iamKey(c.account(), n.kind, name)
	}
	c.add(id, n.property, Thing{Kind: n.kind, Key: key, Name: name})
}

// attached adds what a secret has one of.
func (c *collector) attached(id string, kind Kind) {
	of, name := c.secretOf(c.template.Resources[id])
	if name == "" {
		return
	}
	key := Key(string(kind) + "\x00" + string(of))
	c.add(id, "SecretId", Thing{Kind: kind, Key: key, Name: name, Of: of})
}

// replicas adds the copies of a secret in other Regions, which have its name.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
func (c *collector) replicas(id string) {
	list, _ := c.e.Resolve(c.template.Resources[id].Property("ReplicaRegions")).([]any)
	name := c.text(id, "Name")
	if name == "" {
		return
	}
	for i, e := range list {
		replica, _ := e.(cfn.Object)
		region, _ := replica.Get("Region").(string)
		if region == "" {
			continue
		}
		c.add(id, "ReplicaRegions."+strconv.Itoa(i)+".Region", Thing{
			Kind: Secret, Key: place{c.account(), region}.key(Secret, name), Name: name,
		})
	}
}

// function adds a function that something other than a function's own resource makes.
func (c *collector) function(id, property string, v any) {
	if name, _ := v.(string); name != "" {
		c.add(id, property, Thing{Kind: Function, Key: c.here().key(Function, name), Name: name})
	}
}

// inline adds inline policies: each name once in a role, user or group.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
func (c *collector) inline(id string, r *cfn.Resource) {
	add := func(property, name string, of Kind, owner string) {
		if name == "" || owner == "" {
			return
		}
		key := iamKey(c.account(), of, owner) + "\x00" + Key(lower(name))
		c.add(id, property, Thing{Kind: InlinePolicy, Key: key, Name: name})
	}
	for property, of := range inlineTypes[r.Type] {
		for _, owner := range c.texts(r.Property(property)) {
			add("PolicyName", c.text(id, "PolicyName"), of, owner)
		}
	}
	n := namedTypes[r.Type]
	if n.kind != Role && n.kind != User && n.kind != Group {
		return
	}
	list, _ := c.e.Resolve(r.Property("Policies")).([]any)
	for i, e := range list {
		policy, _ := e.(cfn.Object)
		name, _ := policy.Get("PolicyName").(string)
		add("Policies."+strconv.Itoa(i)+".PolicyName", name, n.kind, c.nameOf(id, n.property))
	}
}

// texts returns a list of texts, or a text alone as one.
func (s *stack) texts(v any) []string {
	var out []string
	switch v := s.e.Resolve(v).(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, e := range v {
			if text, ok := e.(string); ok {
				out = append(out, text)
			}
		}
	}
	return out
}

// output adds what an output exports.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
func (c *collector) output(id string) {
	o := c.template.Outputs[id]
	if o == nil {
		return
	}
	export, _ := c.e.Resolve(o.Member("Export")).(cfn.Object)
	name, _ := export.Get("Name").(string)
	if name == "" {
		return
	}
	t := Thing{Kind: Export, Key: c.here().key(Export, name), Name: name}
	t.Condition, _ = o.Member("Condition").(string)
	c.add(id, "Export.Name", t)
}
