package lower

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/lambda"
	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/yaml"
)

// rotation writes the schedule of a secret and what its way to rotate needs. The schedule comes
// last: creating it makes Secrets Manager call the function, which must by then be allowed to be
// called, have its permissions and find the connection in the secret.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html
func (b *builder) rotation(s *model.Secret, identities []grants.Identity) {
	r := s.Rotation
	properties := &rotationSchedule{RotationSchedule: secretsmanager.RotationSchedule{
		SecretId: s.SecretID(), RotateImmediatelyOnUpdate: r.RotateImmediatelyOnUpdate,
	}}
	if !r.Manual { // without rules Secrets Manager rotates when it is asked to
		properties.RotationRules = &secretsmanager.RotationSchedule_RotationRules{
			AutomaticallyAfterDays: number(r.AutomaticallyAfterDays),
			ScheduleExpression:     text(r.ScheduleExpression), Duration: text(r.Duration),
		}
	}
	policies := b.policiesFor(s, identities)
	dependsOn := slices.Concat(policies, b.attachments(s))
	switch {
	case r.Lambda != nil:
		b.functionAfterPolicies(s, policies)
		properties.RotationLambdaARN = text(r.Lambda.FunctionARN)
		if r.Lambda.Account == "" {
			dependsOn = append(dependsOn, b.invokePermission(s))
		}
	case r.Hosted != nil:
		properties.HostedRotationLambda = b.hosted(s, r.Hosted)
		dependsOn = append(dependsOn, b.ingress(s, &r.Hosted.Network)...)
		b.transform(aws.HostedRotationTransform)
	case r.Application != nil:
		properties.RotationLambdaARN = text(b.application(s, r.Application))
		dependsOn = append(dependsOn, b.ingress(s, &r.Application.Network)...)
		b.transform(aws.ServerlessTransform)
	case r.External != nil:
		b.external(r.External, properties)
	}
	resource := newResource(properties, s.Condition)
	resource.DependsOn = dependsOn
	b.add(s.LogicalID+"Rotation", s.Span, resource)
	b.placed(s.LogicalID+"Rotation", "SecretId", r.Span)
	b.placed(s.LogicalID+"Rotation", "HostedRotationLambda.RotationLambdaName",
		s.Place("rotationLambdaName"))
}

// functionAfterPolicies warns of a function of the template's own that Lambda may try to create in
// its VPC before the role may do so there. The function is in the user's words, so that its
// DependsOn is the user's to write.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
func (b *builder) functionAfterPolicies(s *model.Secret, policies []string) {
	l := s.Rotation.Lambda
	if !l.InVPC() || l.ExecutionRole == nil || l.ExecutionRole.Role == nil {
		return
	}
	for _, id := range policies {
		if slices.ContainsFunc(listOf(l.Function.Get("DependsOn")), func(n *yaml.Node) bool {
			return n.Text() == id
		}) {
			return
		}
	}
	warned := slices.ContainsFunc(b.found, func(d diag.Diagnostic) bool {
		return d.Code == diag.FunctionBeforePolicy && d.Places()[0].Span == l.Function.Span()
	})
	if len(policies) > 0 && !warned { // once for a function, however many secrets it rotates
		b.found.Report(diag.FunctionBeforePolicy, s.Span).
			Message("the function that rotates %q may be created before its role is allowed to "+
				"run in its VPC", s.ID).
			Related(l.Function.Span(), "the function is here").
			Hint("add DependsOn: %s to the function", policies[0]).
			About(s.ID)
	}
}

// policiesFor returns the identity policies of this stack that hold what a secret's rotation role
// needs. Those of the home stack are there before its shards.
func (b *builder) policiesFor(s *model.Secret, identities []grants.Identity) []string {
	role := s.Rotation.Role()
	if role == nil {
		return nil
	}
	var out []string
	for _, id := range identities {
		if id.To != role || id.Stack != b.At || id.Condition != "" && id.Condition != s.Condition {
			continue
		}
		for _, part := range id.Parts {
			if superuser := s.Rotation.Superuser(); part.Holds(s) ||
				superuser != nil && part.Holds(superuser) {
				out = append(out, PolicyID(id, part))
			}
		}
	}
	return out
}

// attachments returns what writes the connection into the secret, and into its superuser's.
func (b *builder) attachments(s *model.Secret) []string {
	var out []string
	for _, secret := range []*model.Secret{s, s.Rotation.Superuser()} {
		if secret != nil && secret.Attachment != nil && b.m.StackOf(secret) == b.At {
			out = append(out, secret.LogicalID+"Attachment")
		}
	}
	return out
}

// transform adds a transform to the template. The serverless one must come first, because it makes
// what others may look at.
func (b *builder) transform(name string) {
	if slices.Contains(b.Template.Transform, name) {
		return
	}
	b.Template.Transform = append(b.Template.Transform, name)
	slices.SortFunc(b.Template.Transform, func(a, b string) int { return strings.Compare(b, a) })
}

// invokePermission lets Secrets Manager call the function for this secret. Every property of a
// permission replaces it when it changes, so that none depends on the function's other secrets.
// Where the spec asks for it, one permission is for all secrets of the account.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
func (b *builder) invokePermission(s *model.Secret) string {
	properties := &lambda.Permission{
		Action: "lambda:InvokeFunction", FunctionName: s.Rotation.Lambda.FunctionARN,
		Principal:     "secretsmanager.amazonaws.com",
		SourceAccount: text(stated(b.m.Env.Account, "AWS::AccountId")),
	}
	id, condition := s.LogicalID+"RotationPermission", s.Condition
	if s.Rotation.Lambda.ForAccount {
		id, condition = b.m.FunctionPermission(s)
		if function := s.Rotation.Lambda.FunctionARN; b.permitted[id] != function {
			b.permitted[id] = function
			b.add(id, s.Span, newResource(properties, condition))
		}
		return id
	}
	arn := grants.SecretARN(b.m, s, b.At)
	properties.SourceArn = &arn
	b.add(id, s.Span, newResource(properties, condition))
	b.placed(id, "FunctionName", s.Place("functionArn"))
	return id
}

// hosted writes a function that the transform makes. Its runtime is the transform's business. VPC
// ids are one text with commas.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html
func (b *builder) hosted(
	s *model.Secret, r *model.HostedRotation,
) *secretsmanager.RotationSchedule_HostedRotationLambda {
	out := &secretsmanager.RotationSchedule_HostedRotationLambda{
		RotationType: r.Type.Name, RotationLambdaName: text(r.Name),
		ExcludeCharacters: r.ExcludeCharacters,
		VpcSubnetIds:      commaList(r.Subnets),
	}
	out.VpcSecurityGroupIds = commaList(b.rotationGroups(s, &r.Network))
	if s.Key != nil {
		out.KmsKeyArn = b.keyID(s)
	}
	if su := r.Superuser; su != nil {
		out.SuperuserSecretArn = text(grants.SecretARN(b.m, su, b.At))
		if su.Key != nil {
			out.SuperuserSecretKmsKeyArn = b.keyID(su)
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

// application writes one of AWS's serverless applications, with a security group and the way to the
// database where they are asked for, and returns the ARN of its function.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html
func (b *builder) application(s *model.Secret, r *model.ApplicationRotation) string {
	id := s.LogicalID + "RotationApplication"
	parameters := cfn.Object{}
	set := func(name string, value *string) {
		if value != nil && *value != "" {
			parameters = append(parameters, cfn.Member{Key: name, Value: *value})
		}
	}
	endpoint := b.endpoint(r.Endpoint)
	set("endpoint", &endpoint)
	// an empty text too: without one the function leaves characters out
	if r.ExcludeCharacters != nil {
		parameters = append(parameters,
			cfn.Member{Key: "excludeCharacters", Value: *r.ExcludeCharacters})
	}
	set("functionName", &r.FunctionName)
	if s.Key != nil {
		set("kmsKeyArn", b.keyID(s))
	}
	if su := r.Superuser; su != nil {
		set("masterSecretArn", text(grants.SecretARN(b.m, su, b.At)))
		if su.Key != nil {
			set("masterSecretKmsKeyArn", b.keyID(su))
		}
	}
	set("vpcSecurityGroupIds", commaList(b.rotationGroups(s, &r.Network)))
	set("vpcSubnetIds", commaList(r.Subnets))
	properties := &application{Location: b.applicationLocation(s, r), Parameters: parameters}
	b.add(id, s.Span, newResource(properties, s.Condition))
	b.placed(id, "Parameters.functionName", s.Place("functionName"))
	return cfn.GetAtt(id, "Outputs.RotationLambdaARN")
}

// endpoint returns the address at which the function finds Secrets Manager.
func (b *builder) endpoint(stating string) string {
	suffix := cfn.Ref("AWS::URLSuffix")
	if b.m.Env.Partition != "" {
		suffix = aws.DNSSuffixes(b.m.Env.Partition)[0]
	}
	region := stated(b.m.Env.Region, "AWS::Region")
	host := cfn.Concat("secretsmanager.", region, ".", suffix)
	switch {
	case stating == "":
		return cfn.Concat("https://", host)
	case strings.HasPrefix(stating, "vpce-"):
		return cfn.Concat("https://", stating, ".", host)
	}
	return stating
}

// applicationLocation names the application and its version, which differ by partition; where that
// is not stated, a mapping of the template tells them.
func (b *builder) applicationLocation(s *model.Secret, r *model.ApplicationRotation) cfn.Object {
	if p := b.m.Env.Partition; p != "" {
		arn, _ := aws.ApplicationARN(p, r.Type.Application)
		version := cmp.Or(r.Version, r.Type.Versions[p])
		return cfn.Object{
			{Key: "ApplicationId", Value: arn}, {Key: "SemanticVersion", Value: version},
		}
	}
	name := s.LogicalID + "RotationVersions"
	var mapping cfn.Object
	for _, p := range slices.Sorted(maps.Keys(r.Type.Versions)) {
		arn, _ := aws.ApplicationARN(p, r.Type.Application)
		mapping = append(mapping, cfn.Member{Key: p, Value: cfn.Object{
			{Key: "applicationId", Value: arn},
			{Key: "semanticVersion", Value: r.Type.Versions[p]},
		}})
	}
	if own := b.m.Mappings.Get(name); own != nil {
		b.found.Report(diag.NameClash, own.ID.Span).
			Message("the mapping %q is also derived from the spec", name).
			Related(s.Span, "it is derived from this").
			Hint("rename it")
	}
	b.Template.Mappings = append(b.Template.Mappings, cfn.Member{Key: name, Value: mapping})
	find := func(attribute string) cfn.Object {
		return cfn.Object{{Key: "Fn::FindInMap",
			Value: []any{name, cfn.Ref("AWS::Partition"), attribute}}}
	}
	version := any(find("semanticVersion"))
	if r.Version != "" {
		version = r.Version
	}
	return cfn.Object{
		{Key: "ApplicationId", Value: find("applicationId")},
		{Key: "SemanticVersion", Value: version},
	}
}

// ingress returns what opens the way to the database, if something is to.
func (b *builder) ingress(s *model.Secret, n *model.Network) []string {
	if n.TargetGroup == "" {
		return nil
	}
	return []string{s.LogicalID + "RotationIngress"}
}

// rotationGroups returns the function's security groups: those that are stated, or one of its own.
// The target lets in the first.
func (b *builder) rotationGroups(s *model.Secret, r *model.Network) []string {
	groups := r.Groups
	if r.VPC != "" {
		id := s.LogicalID + "RotationSecurityGroup"
		properties := &ec2.SecurityGroup{
			GroupDescription: "Rotation function of secret " + s.ID,
			VpcId:            text(r.VPC), Tags: tagList(b.m.Tags),
		}
		b.add(id, s.Span, newResource(properties, s.Condition))
		groups = []string{cfn.GetAtt(id, "GroupId")}
	}
	if r.TargetGroup != "" && len(groups) > 0 {
		port := portValue(r.TargetPort)
		properties := &ingress{FromPort: port, ToPort: port,
			SecurityGroupIngress: ec2.SecurityGroupIngress{
				Description: text("Rotation function of secret " + s.ID),
				GroupId:     text(r.TargetGroup),
				IpProtocol:  "tcp", SourceSecurityGroupId: text(groups[0]),
			}}
		b.add(s.LogicalID+"RotationIngress", s.Span, newResource(properties, s.Condition))
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

// external writes what a partner's rotation needs.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-security.html
func (b *builder) external(r *model.ExternalRotation, out *rotationSchedule) {
	out.ExternalSecretRotationRoleArn = grants.PrincipalARN(b.m, r.Role, b.At)
	if r.Admin != nil {
		admin := grants.SecretARN(b.m, r.Admin, b.At)
		out.ExternalSecretRotationMetadata = []metadataItem{{aws.AdminSecretKey, admin}}
	}
	for _, m := range r.Metadata {
		out.ExternalSecretRotationMetadata = append(out.ExternalSecretRotationMetadata,
			metadataItem{m.Key, m.Value})
	}
}
