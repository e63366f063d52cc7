package lower

import (
	"cmp"
	"slices"
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/iam"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// role writes a created role with its trust policy. What the role may do stands in policies of
// their own, so that no cycle can arise.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html
func (b *builder) role(p *model.Principal) {
	trust := b.trustPolicy(p)
	size := trust.Size(func(string) string { return strings.Repeat("x", 128) })
	switch {
	case size > aws.MaxTrustPolicy:
		b.tooLarge(diag.DocumentTooLarge, p, size, aws.MaxTrustPolicy)
	case size > aws.TrustPolicy:
		b.tooLarge(diag.TrustOverDefault, p, size, aws.TrustPolicy)
	}
	properties := &iam.Role{
		RoleName: text(p.Role.Name), Path: text(p.Role.Path), Description: text(p.Role.Description),
		AssumeRolePolicyDocument: trust.Value(), ManagedPolicyArns: p.Role.ManagedPolicyARNs,
		MaxSessionDuration: number(p.Role.MaxSessionDuration), Tags: tagList(p.Role.Tags),
		PermissionsBoundary: text(p.Role.PermissionsBoundary),
	}
	b.add(p.RoleID, p.Span, newResource(properties, ""))
	b.document(p.RoleID, "trust policy", size, aws.TrustPolicy)
}

func (b *builder) tooLarge(code *diag.Code, p *model.Principal, size, limit int) {
	d := b.found.Report(code, p.Span).
		Message("the trust policy of %q has %d characters, %d more than AWS accepts (%d)", p.ID,
			size, size-limit, limit).
		Hint("trust fewer, or make several roles")
	if code == diag.TrustOverDefault {
		d.And(" unless the account's quota is raised").
			AndHint(`; or have the account's quota "Role trust policy length" raised, which goes `+
				`up to %d`, aws.MaxTrustPolicy)
	}
}

// trustPolicy writes who may assume a role.
func (b *builder) trustPolicy(p *model.Principal) policy.Document {
	var statements policy.Document
	for i := range p.Role.Trusts {
		t := &p.Role.Trusts[i]
		s := b.trust(t)
		s.Because = []source.Span{t.Span}
		for _, c := range t.Condition {
			if s.Condition.Has(c.Operator, c.Key) {
				b.found.Report(diag.InvalidStatement, c.Span).
					Message("the condition %s %s is one that this trust states itself",
						c.Operator, c.Key).
					Hint("leave it out")
				continue
			}
			s.Condition = s.Condition.With(c.Operator, c.Key, c.Values...)
		}
		same := func(have policy.Statement) bool {
			return cfn.JSON(have.Value()) == cfn.JSON(s.Value())
		}
		if !slices.ContainsFunc(statements, same) {
			statements = append(statements, s)
		}
	}
	return statements
}

// trust writes one statement of a trust policy.
func (b *builder) trust(t *model.Trust) policy.Statement {
	s := policy.Statement{Effect: policy.Allow, Action: []string{"sts:AssumeRole"}}
	partition := stated(b.m.Env.Partition, "AWS::Partition")
	account := stated(b.m.Env.Account, "AWS::AccountId")
	switch {
	case t.Service != "":
		s.Principal.Service = []string{t.Service}
		if t.OfSecretsManager {
			region := stated(b.m.Env.Region, "AWS::Region")
			secrets := cfn.Concat("arn:", partition, ":secretsmanager:", region, ":", account,
				":secret:*")
			s.Condition = s.Condition.With("StringEquals", "aws:SourceAccount", account).
				With("ArnLike", "aws:SourceArn", secrets)
		}
	case t.Account != "":
		s.Principal.AWS = []string{cfn.Concat("arn:", partition, ":iam::", t.Account, ":root")}
	case t.ARN != "":
		s.Principal.AWS = []string{t.ARN}
	case t.PodIdentity: // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
		s.Principal.Service = []string{"pods.eks.amazonaws.com"}
		s.Action = []string{"sts:AssumeRole", "sts:TagSession"}
	case t.OIDC != nil:
		issuer := t.OIDC.Provider
		s.Action = []string{"sts:AssumeRoleWithWebIdentity"}
		provider := cfn.Concat("arn:", partition, ":iam::", account, ":oidc-provider/", issuer)
		s.Principal.Federated = []string{provider}
		s.Condition = s.Condition.
			With(operatorFor(t.OIDC.Audience), issuer+":aud", t.OIDC.Audience...).
			With(operatorFor(t.OIDC.Subject), issuer+":sub", t.OIDC.Subject...)
	case t.IRSA != nil:
		// https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
		_, issuer, _ := strings.Cut(t.IRSA.ProviderARN, ":oidc-provider/")
		s.Action = []string{"sts:AssumeRoleWithWebIdentity"}
		s.Principal.Federated = []string{t.IRSA.ProviderARN}
		serviceAccount := "system:serviceaccount:" + t.IRSA.Namespace + ":" + t.IRSA.ServiceAccount
		s.Condition = s.Condition.With("StringEquals", issuer+":aud", "sts.amazonaws.com").
			With("StringEquals", issuer+":sub", serviceAccount)
	case t.SAML != nil:
		s.Action = []string{"sts:AssumeRoleWithSAML"}
		s.Principal.Federated = []string{t.SAML.ProviderARN}
		audiences := []string{t.SAML.Audience}
		if t.SAML.Audience == "" {
			audiences = signInAudiences(cmp.Or(b.m.Env.Partition, partitionOf(t.SAML.ProviderARN)))
		}
		s.Condition = s.Condition.With("StringEquals", "SAML:aud", audiences...)
	}
	return s
}

// signInAudiences is what AWS's own sign-in calls itself towards a SAML provider of a partition;
// where the partition is not known, that of each that has a name of its own.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
func signInAudiences(partition string) []string {
	const (
		standard = "https://signin.aws.amazon.com/saml"
		china    = "https://signin.amazonaws.cn/saml"
		govCloud = "https://signin.amazonaws-us-gov.com/saml"
	)
	switch partition {
	case "":
		return []string{standard, china, govCloud}
	case "aws-cn":
		return []string{china}
	case "aws-us-gov":
		return []string{govCloud}
	}
	return []string{standard}
}

// partitionOf returns the partition of a literal ARN, and nothing for an intrinsic.
func partitionOf(arn string) string {
	parsed, err := aws.ParseARN(arn)
	if err != nil {
		return ""
	}
	return parsed.Partition
}

// operatorFor returns the operator that a list of texts, of which some may have wildcards, is
// compared with.
func operatorFor(values []string) string {
	for _, v := range values {
		if strings.ContainsAny(v, "*?") {
			return "StringLike"
		}
	}
	return "StringEquals"
}

func stated(literal, pseudo string) string {
	if literal != "" {
		return literal
	}
	return cfn.Ref(pseudo)
}

// PolicyID is the logical ID of one part of an identity policy. A managed policy and an inline one
// have different ones, because CloudFormation cannot change the type of a resource: a principal
// whose policies become the other form gets new ones, and loses the old ones when they are there.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
func PolicyID(id grants.Identity, part grants.Part) string {
	form := "Policy"
	if id.To.Inline {
		form = "PolicyInline"
	}
	return id.To.LogicalID + form + id.Condition + part.Suffix
}

// identity writes the identity policies of a principal. They have neither name nor description of
// their own, because both replace a managed policy when they change.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-managedpolicy.html
func (b *builder) identity(id grants.Identity) {
	for _, part := range id.Parts {
		logicalID := PolicyID(id, part)
		var roles, users, groups []string
		switch id.To.Kind {
		case model.ExistingUser:
			users = []string{id.To.Name}
		case model.ExistingGroup:
			groups = []string{id.To.Name}
		default:
			roles = []string{id.To.Name}
		}
		if id.To.Inline {
			b.inline(logicalID, id, part, roles, users, groups)
			continue
		}
		properties := &iam.ManagedPolicy{
			PolicyDocument: part.Document.Value(), Roles: roles, Users: users, Groups: groups,
		}
		b.add(logicalID, id.To.Span, newResource(properties, id.Condition))
		b.document(logicalID, "managed policy", part.Size, aws.MaxManagedPolicy)
	}
}

// regionLength is the length of a Region's name, or of the longest where it is not stated.
func regionLength(region string) int {
	if region == "" {
		return aws.MaxRegionLength
	}
	return len(region)
}

// inline writes a policy inside its role, user or group. Its name must be one that no other stack
// gives to the same principal: IAM is one for all Regions, and stacks of different Regions may
// share a name.
func (b *builder) inline(
	logicalID string, id grants.Identity, part grants.Part, roles, users, groups []string,
) {
	limit := map[model.Kind]int{
		model.ExistingUser: aws.MaxUserInline, model.ExistingGroup: aws.MaxGroupInline,
	}[id.To.Kind]
	if limit == 0 {
		limit = aws.MaxRoleInline
	}
	n := len(b.m.StackName(b.At)+"-") + regionLength(b.Region) + len("-"+logicalID)
	if n > aws.MaxPolicyName {
		b.found.Report(diag.TooLong, id.To.Span).
			Message("the name of the inline policy of %q has %d characters, and AWS accepts %d",
				id.To.ID, n, aws.MaxPolicyName).
			Hint("shorten the stack's name or the principal's id, or write policies: managed")
	}
	properties := &iam.Policy{
		PolicyName:     cfn.Sub("${AWS::StackName}-${AWS::Region}-" + logicalID),
		PolicyDocument: part.Document.Value(), Roles: roles, Users: users, Groups: groups,
	}
	b.add(logicalID, id.To.Span, newResource(properties, id.Condition))
	b.document(logicalID, "inline policy", part.Size, limit)
}
