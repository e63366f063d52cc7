package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
)

// withServerlessRoles returns a template with the roles that AWS's serverless transform makes of
// its functions and state machines as resources of their own, as the transform writes them, and
// what of these resources is not read, as clauses by their logical IDs. The template itself is not
// changed.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
func withServerlessRoles(t *cfn.Template) (*cfn.Template, map[string][]string) {
	told := map[string][]string{}
	made := map[string]*cfn.Resource{}
	conditions := t.Conditions
	for _, kind := range []string{"AWS::Serverless::Function", "AWS::Serverless::StateMachine"} {
		for _, id := range t.IDsOf(kind) {
			s := serverless{t: t, id: id, r: t.Resources[id]}
			if s.property("Connectors") != nil || connectors(s.r) {
				s.tell("what its connectors allow its role is not read")
			}
			if condition, is := s.makesRole(); is {
				made[id+"Role"] = s.role(condition)
				if name, negated := strings.CutPrefix(condition, negation); negated &&
					conditions.Get(condition) == nil {
					conditions = append(slices.Clip(conditions), cfn.Member{
						Key: condition, Value: cfn.Object{{Key: "Fn::Not", Value: []any{
							cfn.Object{{Key: "Condition", Value: name}}}}},
					})
				}
			}
			if s.told != nil {
				told[id] = s.told
			}
		}
	}
	for _, id := range t.IDsOf("AWS::Serverless::Connector") {
		told[id] = []string{"what a connector allows is not read"}
	}
	if len(made) == 0 {
		return t, told
	}
	out := *t
	out.Conditions, out.Resources = conditions, maps.Clone(t.Resources)
	for id, r := range made {
		if out.Resources[id] == nil {
			out.Resources[id] = r
		}
	}
	return &out, told
}

// connectors says whether a serverless resource has connectors beside its properties.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-connector-embeddedconnector.html
func connectors(r *cfn.Resource) bool { return r.Verbatim.Get("Connectors") != nil }

// serverless is a function or a state machine of which a role is made.
type serverless struct {
	t    *cfn.Template
	id   string
	r    *cfn.Resource
	told []string

	managed []any // ARNs of policies
	inline  []any // as in AWS::IAM::Role.Policies
}

func (s *serverless) tell(clause string) { s.told = append(s.told, clause) }

// isFunction says whether it is a function.
func (s *serverless) isFunction() bool { return s.r.Type == "AWS::Serverless::Function" }

// property returns a property, or else the one that Globals has for all resources of this kind.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
func (s *serverless) property(name string) any {
	if v := s.r.Property(name); v != nil {
		return v
	}
	return s.global(name)
}

func (s *serverless) global(name string) any {
	section, _ := s.t.Globals.Get(strings.TrimPrefix(s.r.Type, "AWS::Serverless::")).(cfn.Object)
	return section.Get(name)
}

// negation begins the name of the condition that the transform makes of one that does not hold.
const negation = "NOT"

// makesRole says whether a role is made, and under which condition: where no Role is stated, or a
// condition takes it away.
func (s *serverless) makesRole() (condition string, is bool) {
	v := s.property("Role")
	if text, ok := v.(string); ok && cfn.IsIntrinsic(text) {
		v = cfn.Parse(text)
	}
	absent := func(v any) bool {
		if text, ok := v.(string); ok && cfn.IsIntrinsic(text) {
			v = cfn.Parse(text)
		}
		o, _ := v.(cfn.Object)
		return len(o) == 1 && o[0].Key == "Ref" && o[0].Value == cfn.NoValue
	}
	if v == nil || absent(v) {
		return conditionOf(s.r), true
	}
	o, _ := v.(cfn.Object)
	branches, _ := o.Get("Fn::If").([]any)
	if len(o) != 1 || len(branches) != 3 {
		return "", false
	}
	name, _ := branches[0].(string)
	switch {
	case absent(branches[1]) && absent(branches[2]):
		return conditionOf(s.r), true
	case absent(branches[1]):
		return name, true
	case absent(branches[2]):
		return negation + name, true
	}
	return "", false
}

// role returns the role that is made, under a condition or "".
func (s *serverless) role(condition string) *cfn.Resource {
	service, createdBy := "lambda.amazonaws.com", "lambda:createdBy"
	if !s.isFunction() {
		service, createdBy = "states.amazonaws.com", "stateMachine:createdBy"
	}
	s.policies(s.property("Policies"))
	s.events()
	properties := cfn.Object{}
	set := func(key string, v any) {
		if v != nil {
			properties = append(properties, cfn.Member{Key: key, Value: v})
		}
	}
	trust := s.property("AssumeRolePolicyDocument")
	if trust == nil {
		trust = cfn.Object{{Key: "Version", Value: "2012-10-17"},
			{Key: "Statement", Value: cfn.Object{
				{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: "sts:AssumeRole"},
				{Key: "Principal", Value: cfn.Object{{Key: "Service", Value: service}}},
			}}}
	}
	set("AssumeRolePolicyDocument", trust)
	if s.managed != nil {
		set("ManagedPolicyArns", s.managed)
	}
	if s.inline != nil {
		set("Policies", s.inline)
	}
	set("PermissionsBoundary", s.property("PermissionsBoundary"))
	set("Path", s.property("RolePath"))
	set("Tags", s.tags(createdBy))
	body := cfn.Object{
		{Key: "Type", Value: "AWS::IAM::Role"}, {Key: "Properties", Value: properties},
	}
	if condition != "" {
		body = append(body, cfn.Member{Key: "Condition", Value: condition})
	}
	return &cfn.Resource{Type: "AWS::IAM::Role", Verbatim: body}
}

// tags returns the tags of the role: those of the function, which stand in an object, those that
// Globals adds, and the transform's own.
func (s *serverless) tags(createdBy string) any {
	var out []any
	seen := map[string]bool{}
	add := func(key string, v any) {
		if !seen[key] {
			seen[key] = true
			out = append(out, cfn.Object{{Key: "Key", Value: key}, {Key: "Value", Value: v}})
		}
	}
	for _, v := range []any{s.r.Property("Tags"), s.global("Tags")} {
		o, isObject := v.(cfn.Object)
		if v != nil && (!isObject || len(o) == 1 && cfn.IsFunction(o[0].Key)) {
			return v // nobody can read it here; whoever reads the role's tags says so
		}
		for _, m := range o {
			add(m.Key, m.Value)
		}
	}
	add(createdBy, "SAM")
	return out
}

// policies reads Policies: the name or ARN of a managed policy, a document or statement, a policy
// template, or a list of these.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html#sam-function-policies
func (s *serverless) policies(v any) {
	if list, ok := v.([]any); ok {
		for _, e := range list {
			s.policies(e)
		}
		return
	}
	if v == nil {
		return
	}
	managed, inline := s.policy(v)
	if managed != nil {
		s.managed = append(s.managed, managed)
	}
	if inline != nil {
		s.inline = append(s.inline, inline)
	}
}

// noValue is what stands where a condition leaves a policy out.
var noValue = cfn.Object{{Key: "Ref", Value: cfn.NoValue}}

// policy returns what one policy is in a role: a managed policy, an inline one, or under a
// condition perhaps the one and perhaps the other.
func (s *serverless) policy(v any) (managed, inline any) {
	if text, ok := v.(string); ok && cfn.IsIntrinsic(text) {
		v = cfn.Parse(text)
	}
	if text, ok := v.(string); ok {
		if arn, known := awsManagedARN(text); known && !strings.HasPrefix(text, "arn:") {
			return arn, nil
		}
		// a name that is none of AWS's that are known
		if !strings.HasPrefix(text, "arn:") && !cfn.HasUnknown(text) {
			return s.unread(text), nil
		}
		return text, nil
	}
	o, ok := v.(cfn.Object)
	if !ok || len(o) == 0 {
		return s.unread("Policies"), nil
	}
	if len(o) == 1 {
		switch branches, _ := o[0].Value.([]any); {
		case o[0].Key == "Fn::If" && len(branches) == 3:
			return s.either(branches)
		case o[0].Key == "Ref" && o[0].Value == cfn.NoValue:
			return nil, nil
		case cfn.IsFunction(o[0].Key):
			return v, nil
		}
	}
	if o.Get("Statement") != nil || o.Get("Effect") != nil {
		return nil, inlinePolicy(o)
	}
	if len(o) == 1 {
		return s.template(o[0].Key, o[0].Value)
	}
	return s.unread("Policies"), nil
}

// either returns a policy under a condition.
func (s *serverless) either(branches []any) (managed, inline any) {
	m1, i1 := s.policy(branches[1])
	m2, i2 := s.policy(branches[2])
	under := func(a, b any) any {
		if a == nil && b == nil {
			return nil
		}
		if a == nil {
			a = noValue
		}
		if b == nil {
			b = noValue
		}
		return cfn.Object{{Key: "Fn::If", Value: []any{branches[0], a, b}}}
	}
	return under(m1, m2), under(i1, i2)
}

// inlinePolicy returns a document, or one statement, as an inline policy of a role. The name that
// the transform gives it is its own.
func inlinePolicy(document cfn.Object) any {
	if document.Get("Statement") == nil {
		document = cfn.Object{{Key: "Version", Value: "2012-10-17"},
			{Key: "Statement", Value: []any{document}}}
	}
	return cfn.Object{{Key: "PolicyDocument", Value: document}}
}

// unread returns, in the place of a managed policy's ARN, a policy that nobody can read.
func (s *serverless) unread(name string) any {
	return cfn.Unknown{What: "policy", Name: name, LogicalID: s.id, Shown: name}.Text()
}

// template returns a policy template of the transform's, filled in.
func (s *serverless) template(name string, parameters any) (managed, inline any) {
	if silentTemplates()[name] {
		return nil, nil
	}
	fill := policyTemplates[name]
	given, ok := parameters.(cfn.Object)
	if fill == nil || !ok {
		return s.unread(name), nil
	}
	return nil,
		inlinePolicy(cfn.Object{{Key: "Version", Value: "2012-10-17"},
			{Key: "Statement", Value: fill(given)}})
}

// policyTemplates are the policy templates that speak of secrets, keys or the invocation of
// functions: their statements, from their parameters.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
var policyTemplates = map[string]func(parameters cfn.Object) []any{
	"AWSSecretsManagerGetSecretValuePolicy": func(p cfn.Object) []any {
		return []any{allow(p.Get("SecretArn"), "secretsmanager:GetSecretValue")}
	},
	"AWSSecretsManagerRotationPolicy": func(p cfn.Object) []any {
		secrets := allow(
			regional("secretsmanager", "secret:*", nil),
			"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
			"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
		)
		function := regional("lambda", "function:${it}", p.Get("FunctionName"))
		secrets = append(secrets, cfn.Member{Key: "Condition", Value: cfn.Object{
			{Key: "StringEquals", Value: cfn.Object{{
				Key: "secretsmanager:resource/AllowRotationLambdaArn", Value: function,
			}}},
		}})
		return []any{secrets, allow("*", "secretsmanager:GetRandomPassword")}
	},
	"KMSDecryptPolicy": func(p cfn.Object) []any {
		return []any{allow(keyNamed(p), "kms:Decrypt")}
	},
	"KMSEncryptPolicy": func(p cfn.Object) []any {
		return []any{allow(keyNamed(p), "kms:Encrypt")}
	},
	"KMSEncryptPolicy_v2": func(p cfn.Object) []any {
		return []any{allow(keyNamed(p), "kms:Encrypt", "kms:GenerateDataKey",
			"kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKeyPair",
			"kms:GenerateDataKeyPairWithoutPlaintext")}
	},
	"LambdaInvokePolicy": func(p cfn.Object) []any {
		function := regional("lambda", "function:${it}*", p.Get("FunctionName"))
		return []any{allow(function, "lambda:InvokeFunction")}
	},
}

func keyNamed(p cfn.Object) any {
	return regional("kms", "key/${it}", p.Get("KeyId"))
}

func allow(resource any, actions ...string) cfn.Object {
	list := make([]any, len(actions))
	for i, a := range actions {
		list[i] = a
	}
	return cfn.Object{{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: list},
		{Key: "Resource", Value: resource}}
}

// regional returns the ARN of a resource of the stack's Region and account, as a Fn::Sub in which
// ${it} is a value.
func regional(service, resource string, it any) cfn.Object {
	text := "arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + resource
	if it == nil {
		return cfn.Object{{Key: "Fn::Sub", Value: text}}
	}
	return cfn.Object{{Key: "Fn::Sub", Value: []any{text, cfn.Object{{Key: "it", Value: it}}}}}
}

// silentTemplates are the policy templates that say nothing of secrets, keys or the invocation of
// functions. The list is the page's at policyTemplates.
var silentTemplates = lazy.Value(func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`
		AMIDescribePolicy AcmGetCertificatePolicy AthenaQueryPolicy
		CloudFormationDescribeStacksPolicy CloudWatchDashboardPolicy
		CloudWatchDescribeAlarmHistoryPolicy CloudWatchPutMetricPolicy CodeCommitCrudPolicy
		CodeCommitReadPolicy CodePipelineLambdaExecutionPolicy CodePipelineReadOnlyPolicy
		ComprehendBasicAccessPolicy CostExplorerReadOnlyPolicy DynamoDBBackupFullAccessPolicy
		DynamoDBCrudPolicy DynamoDBReadPolicy DynamoDBReconfigurePolicy
		DynamoDBRestoreFromBackupPolicy DynamoDBStreamReadPolicy DynamoDBWritePolicy
		EC2CopyImagePolicy EC2DescribePolicy EFSWriteAccessPolicy EKSDescribePolicy
		ElasticMapReduceAddJobFlowStepsPolicy ElasticMapReduceCancelStepsPolicy
		ElasticMapReduceModifyInstanceFleetPolicy ElasticMapReduceModifyInstanceGroupsPolicy
		ElasticMapReduceSetTerminationProtectionPolicy ElasticMapReduceTerminateJobFlowsPolicy
		ElasticsearchHttpPostPolicy EventBridgePutEventsPolicy FilterLogEventsPolicy
		FirehoseCrudPolicy FirehoseWritePolicy KinesisCrudPolicy KinesisStreamReadPolicy
		MobileAnalyticsWriteOnlyAccessPolicy OrganizationsListAccountsPolicy
		PinpointEndpointAccessPolicy PollyFullAccessPolicy RekognitionDetectOnlyPolicy
		RekognitionFacesManagementPolicy RekognitionFacesPolicy RekognitionLabelsPolicy
		RekognitionNoDataAccessPolicy RekognitionReadPolicy RekognitionWriteOnlyAccessPolicy
		Route53ChangeResourceRecordSetsPolicy S3CrudPolicy S3FullAccessPolicy S3ReadPolicy
		S3WritePolicy SageMakerCreateEndpointConfigPolicy SageMakerCreateEndpointPolicy
		ServerlessRepoReadWriteAccessPolicy SESBulkTemplatedCrudPolicy
		SESBulkTemplatedCrudPolicy_v2 SESCrudPolicy SESCrudPolicy_v2 SESEmailTemplateCrudPolicy
		SESSendBouncePolicy SNSCrudPolicy SNSPublishMessagePolicy SQSPollerPolicy
		SQSSendMessagePolicy SSMParameterReadPolicy SSMParameterWithSlashPrefixReadPolicy
		StepFunctionsExecutionPolicy TextractDetectAnalyzePolicy TextractGetResultPolicy
		TextractPolicy VPCAccessPolicy`) {
		out[name] = true
	}
	return out
})

// secretsOfEvents are, by the type of an event, which SourceAccessConfigurations name secrets that
// the transform lets a function read.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-documentdb.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-mq.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-msk.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-selfmanagedkafka.html
var secretsOfEvents = map[string][]string{
	"DocumentDB": {"BASIC_AUTH"},
	"MQ":         {"BASIC_AUTH"},
	"MSK":        {"CLIENT_CERTIFICATE_TLS_AUTH"},
	"SelfManagedKafka": {
		"BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH",
	},
}

// events adds what the transform lets a function read for its events: the secrets with which it
// signs in at brokers, databases and registries of schemas, and the key of these.
func (s *serverless) events() {
	events, _ := s.property("Events").(cfn.Object)
	for _, m := range events {
		event, _ := m.Value.(cfn.Object)
		kind, _ := event.Get("Type").(string)
		if secretsOfEvents[kind] == nil {
			continue
		}
		properties, _ := event.Get("Properties").(cfn.Object)
		var statements []any
		types := secretsOfEvents[kind]
		for _, uri := range s.uris(properties, "SourceAccessConfigurations", types) {
			statements = append(statements, allow(uri, "secretsmanager:GetSecretValue"))
		}
		registry, _ := properties.Get("SchemaRegistryConfig").(cfn.Object)
		for _, uri := range s.uris(registry, "AccessConfigs", nil) {
			statements = append(statements, allow(uri, "secretsmanager:GetSecretValue"))
		}
		if key := properties.Get("SecretsManagerKmsKeyId"); key != nil && kind != "MSK" {
			statements = append(statements,
				allow(keyNamed(cfn.Object{{Key: "KeyId", Value: key}}), "kms:Decrypt"))
		}
		if statements != nil {
			s.inline = append(s.inline,
				inlinePolicy(cfn.Object{{Key: "Version", Value: "2012-10-17"},
					{Key: "Statement", Value: statements}}))
		}
	}
}

// uris returns the URIs in a list of objects with a Type, of some types; nil: of any. What the
// transform allows for the certificate of a server's authority is not known.
func (s *serverless) uris(o cfn.Object, property string, types []string) []any {
	v := o.Get(property)
	list, isList := v.([]any)
	if !isList && v != nil {
		s.managed = append(s.managed, s.unread(property))
	}
	var out []any
	for _, e := range list {
		source, _ := e.(cfn.Object)
		uri, kind := source.Get("URI"), source.Get("Type")
		text, isText := kind.(string)
		switch {
		case uri == nil && isText:
		case !isText || text == "SERVER_ROOT_CA_CERTIFICATE" && types != nil:
			s.managed = append(s.managed, s.unread(property))
		case types == nil || slices.Contains(types, text):
			out = append(out, uri)
		}
	}
	return out
}

// conditionOf returns the name of the condition under which a resource exists, or "".
func conditionOf(r *cfn.Resource) string {
	if r.Verbatim != nil {
		name, _ := r.Verbatim.Get("Condition").(string)
		return name
	}
	return r.Condition
}
