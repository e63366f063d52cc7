package compile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/lambda"
	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"
	"github.com/awslabs/goformation/v7/cloudformation/serverless"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/yaml"
)

// rotation writes the schedule of a secret and what its way to rotate needs. The schedule comes last: creating it makes Secrets Manager
// call the function, which must by then be allowed to be called, have its permissions and find the connection in the secret.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html
func (h *builder) rotation(s *model.Secret, identities []grants.Identity) {
	r := s.Rotation
	properties := &secretsmanager.RotationSchedule{
		SecretId: s.SecretID(), RotateImmediatelyOnUpdate: r.RotateImmediatelyOnUpdate,
		RotationRules: &secretsmanager.RotationSchedule_RotationRules{
			AutomaticallyAfterDays: number(r.AutomaticallyAfterDays), ScheduleExpression: text(r.ScheduleExpression), Duration: text(r.Duration),
		},
	}
	policies := h.policiesFor(s, identities)
	resource := &cfn.Resource{Type: properties.AWSCloudFormationType(), Condition: s.Condition, Properties: properties, DependsOn: slices.Concat(policies, h.attachments(s))}
	switch {
	case r.Lambda != nil:
		h.functionAfterPolicies(s, policies)
		properties.RotationLambdaARN = text(r.Lambda.FunctionARN)
		if r.Lambda.Account == "" {
			resource.DependsOn = append(resource.DependsOn, h.invokePermission(s))
		}
	case r.Hosted != nil:
		properties.HostedRotationLambda = h.hosted(s, r.Hosted)
		h.transform(aws.HostedRotationTransform)
	case r.Application != nil:
		properties.RotationLambdaARN = text(h.application(s, r.Application))
		if r.Application.TargetGroup != "" {
			resource.DependsOn = append(resource.DependsOn, s.LogicalID+"RotationIngress")
		}
		h.transform(aws.ServerlessTransform)
	case r.External != nil:
		resource.Extra = h.external(r.External)
	}
	h.add(s.LogicalID+"Rotation", s.Span, resource)
}

// functionAfterPolicies warns of a function of the template's own that Lambda may try to create in its VPC before the role may do so there. The
// function is in the user's words, so that its DependsOn is the user's to write.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
func (h *builder) functionAfterPolicies(s *model.Secret, policies []string) {
	l := s.Rotation.Lambda
	if !l.InVPC() || l.ExecutionRole == nil || l.ExecutionRole.Role == nil {
		return
	}
	for _, id := range policies {
		if slices.ContainsFunc(listOf(l.Function.Get("DependsOn")), func(n *yaml.Node) bool { return n.Text == id }) {
			return
		}
	}
	warned := slices.ContainsFunc(h.found, func(d diag.Diagnostic) bool {
		return d.Code == diag.FunctionBeforePolicy && d.Places()[0].Span == l.Function.Span
	})
	if len(policies) > 0 && !warned { // once for a function, however many secrets it rotates
		h.found.Report(diag.FunctionBeforePolicy, s.Span).
			Message("the function that rotates %q may be created before its role is allowed to run in its VPC", s.ID).
			Related(l.Function.Span, "the function is here").
			Hint("add DependsOn: %s to the function", policies[0])
	}
}

// policiesFor returns the identity policies of this stack that hold what a secret's rotation role needs. Those of the home stack are there before its
// shards.
func (h *builder) policiesFor(s *model.Secret, identities []grants.Identity) []string {
	role := s.Rotation.Role()
	if role == nil {
		return nil
	}
	var out []string
	for _, id := range identities {
		if id.To != role || id.Stack != h.at || id.Condition != "" && id.Condition != s.Condition {
			continue
		}
		for _, part := range id.Parts {
			if superuser := s.Rotation.Superuser(); part.Holds(s) || superuser != nil && part.Holds(superuser) {
				out = append(out, policyID(id, part))
			}
		}
	}
	return out
}

// attachments returns what writes the connection into the secret, and into its superuser's.
func (h *builder) attachments(s *model.Secret) []string {
	var out []string
	for _, secret := range []*model.Secret{s, s.Rotation.Superuser()} {
		if secret != nil && secret.Attachment != nil && h.m.StackOf(secret) == h.at {
			out = append(out, secret.LogicalID+"Attachment")
		}
	}
	return out
}

// transform adds a transform to the template. The serverless one must come first, because it makes what others may look at.
func (h *builder) transform(name string) {
	if slices.Contains(h.t.Transform, name) {
		return
	}
	h.t.Transform = append(h.t.Transform, name)
	slices.SortFunc(h.t.Transform, func(a, b string) int { return strings.Compare(b, a) })
}

// invokePermission lets Secrets Manager call the function for this secret. Every property of a permission replaces it when it
// changes, so that none depends on the function's other secrets.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
func (h *builder) invokePermission(s *model.Secret) string {
	arn := grants.SecretARN(h.m, s, h.at)
	properties := &lambda.Permission{
		Action: "lambda:InvokeFunction", FunctionName: s.Rotation.Lambda.FunctionARN, Principal: "secretsmanager.amazonaws.com",
		SourceAccount: text(stated(h.m.Env.Account, "AWS::AccountId")), SourceArn: &arn,
	}
	id := s.LogicalID + "RotationPermission"
	h.add(id, s.Span, &cfn.Resource{Type: properties.AWSCloudFormationType(), Condition: s.Condition, Properties: properties})
	return id
}

// hosted writes a function that the transform makes. Its runtime is the transform's business. VPC ids are one text with commas.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html
func (h *builder) hosted(s *model.Secret, r *model.HostedRotation) *secretsmanager.RotationSchedule_HostedRotationLambda {
	out := &secretsmanager.RotationSchedule_HostedRotationLambda{
		RotationType: r.Type.Name, ExcludeCharacters: r.ExcludeCharacters, RotationLambdaName: text(r.Name),
		VpcSubnetIds: commaList(r.Subnets), VpcSecurityGroupIds: commaList(r.Groups),
	}
	if s.Key != nil {
		out.KmsKeyArn = h.keyID(s)
	}
	if su := r.Superuser; su != nil {
		out.SuperuserSecretArn = text(grants.SecretARN(h.m, su, h.at))
		if su.Key != nil {
			out.SuperuserSecretKmsKeyArn = h.keyID(su)
		}
	}
	return out
}

// commaList writes ids as one text, as the rotation functions' parameters want them.
func commaList(ids []string) *string {
	if len(ids) == 0 {
		return nil
	}
	if !slices.ContainsFunc(ids, cfn.IsIntrinsic) {
		return text(strings.Join(ids, ","))
	}
	if len(ids) == 1 {
		return &ids[0]
	}
	return text(cfn.Join(",", ids...))
}

// application writes one of AWS's serverless applications, with a security group and the way to the database where they are asked for, and
// returns the ARN of its function.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html
func (h *builder) application(s *model.Secret, r *model.ApplicationRotation) string {
	id := s.LogicalID + "RotationApplication"
	parameters := cfn.Object{}
	set := func(name string, value *string) {
		if value != nil && *value != "" {
			parameters = append(parameters, cfn.Member{Key: name, Value: *value})
		}
	}
	endpoint := h.endpoint(r.Endpoint)
	set("endpoint", &endpoint)
	if r.ExcludeCharacters != nil { // an empty text too: without one the function leaves characters out
		parameters = append(parameters, cfn.Member{Key: "excludeCharacters", Value: *r.ExcludeCharacters})
	}
	set("functionName", &r.FunctionName)
	if s.Key != nil {
		set("kmsKeyArn", h.keyID(s))
	}
	if su := r.Superuser; su != nil {
		set("masterSecretArn", text(grants.SecretARN(h.m, su, h.at)))
		if su.Key != nil {
			set("masterSecretKmsKeyArn", h.keyID(su))
		}
	}
	set("vpcSecurityGroupIds", commaList(h.rotationGroups(s, r)))
	set("vpcSubnetIds", commaList(r.Subnets))
	properties := &serverless.Application{}
	h.add(id, s.Span, &cfn.Resource{
		Type: properties.AWSCloudFormationType(), Condition: s.Condition, Properties: properties,
		Extra: cfn.Object{{Key: "Location", Value: h.applicationLocation(s, r)}, {Key: "Parameters", Value: parameters}},
	})
	return cfn.GetAtt(id, "Outputs.RotationLambdaARN")
}

// endpoint returns the address at which the function finds Secrets Manager.
func (h *builder) endpoint(stating string) string {
	host := cfn.Concat("secretsmanager.", stated(h.m.Env.Region, "AWS::Region"), ".", cfn.Ref("AWS::URLSuffix"))
	if h.m.Env.Partition != "" {
		host = cfn.Concat("secretsmanager.", stated(h.m.Env.Region, "AWS::Region"), ".", aws.DNSSuffixes(h.m.Env.Partition)[0])
	}
	switch {
	case stating == "":
		return cfn.Concat("https://", host)
	case strings.HasPrefix(stating, "vpce-"):
		return cfn.Concat("https://", stating, ".", host)
	}
	return stating
}

// applicationLocation names the application and its version, which differ by partition; where that is not stated, a mapping of the template
// tells them.
func (h *builder) applicationLocation(s *model.Secret, r *model.ApplicationRotation) cfn.Object {
	if p := h.m.Env.Partition; p != "" {
		arn, _ := aws.ApplicationARN(p, r.Type.Application)
		version := r.Version
		if version == "" {
			version = r.Type.Versions[p]
		}
		return cfn.Object{{Key: "ApplicationId", Value: arn}, {Key: "SemanticVersion", Value: version}}
	}
	name := s.LogicalID + "RotationVersions"
	var mapping cfn.Object
	for _, p := range slices.Sorted(maps.Keys(r.Type.Versions)) {
		arn, _ := aws.ApplicationARN(p, r.Type.Application)
		mapping = append(mapping, cfn.Member{Key: p, Value: cfn.Object{{Key: "applicationId", Value: arn}, {Key: "semanticVersion", Value: r.Type.Versions[p]}}})
	}
	if own := h.m.Mappings.Get(name); own != nil {
		h.found.Report(diag.NameClash, own.ID.Span).
			Message("the mapping %q is also derived from the spec", name).
			Related(s.Span, "it is derived from this").
			Hint("rename it")
	}
	h.t.Mappings = append(h.t.Mappings, cfn.Member{Key: name, Value: mapping})
	find := func(attribute string) cfn.Object {
		return cfn.Object{{Key: "Fn::FindInMap", Value: []any{name, cfn.Ref("AWS::Partition"), attribute}}}
	}
	version := any(find("semanticVersion"))
	if r.Version != "" {
		version = r.Version
	}
	return cfn.Object{{Key: "ApplicationId", Value: find("applicationId")}, {Key: "SemanticVersion", Value: version}}
}

// rotationGroups returns the function's security groups: those that are stated, or one of its own. The target lets in the first.
func (h *builder) rotationGroups(s *model.Secret, r *model.ApplicationRotation) []string {
	groups := r.Groups
	if r.VPC != "" {
		id := s.LogicalID + "RotationSecurityGroup"
		properties := &ec2.SecurityGroup{GroupDescription: "Rotation function of secret " + s.ID, VpcId: text(r.VPC), Tags: tagList(h.m.Tags)}
		h.add(id, s.Span, &cfn.Resource{Type: properties.AWSCloudFormationType(), Condition: s.Condition, Properties: properties})
		groups = []string{cfn.GetAtt(id, "GroupId")}
	}
	if r.TargetGroup != "" && len(groups) > 0 {
		properties := &ec2.SecurityGroupIngress{
			Description: text("Rotation function of secret " + s.ID), GroupId: text(r.TargetGroup), IpProtocol: "tcp", SourceSecurityGroupId: text(groups[0]),
		}
		h.add(s.LogicalID+"RotationIngress", s.Span, &cfn.Resource{
			Type: properties.AWSCloudFormationType(), Condition: s.Condition, Properties: properties,
			Extra: cfn.Object{{Key: "FromPort", Value: portValue(r.TargetPort)}, {Key: "ToPort", Value: portValue(r.TargetPort)}}, // may be intrinsics
		})
	}
	return groups
}

// portValue writes a port as a number, unless an intrinsic gives it.
func portValue(port string) any {
	if cfn.IsIntrinsic(port) {
		return port
	}
	return json.Number(port)
}

// external writes what a partner's rotation needs. These properties came after goformation's types.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-security.html
func (h *builder) external(r *model.ExternalRotation) cfn.Object {
	var metadata []any
	add := func(key, value string) {
		metadata = append(metadata, cfn.Object{{Key: "Key", Value: key}, {Key: "Value", Value: value}})
	}
	if r.Admin != nil {
		add(aws.AdminSecretKey, grants.SecretARN(h.m, r.Admin, h.at))
	}
	for _, m := range r.Metadata {
		add(m.Key, m.Value)
	}
	out := cfn.Object{{Key: "ExternalSecretRotationRoleArn", Value: grants.PrincipalARN(h.m, r.Role, h.at)}}
	if metadata != nil {
		out = append(out, cfn.Member{Key: "ExternalSecretRotationMetadata", Value: metadata})
	}
	return out
}
