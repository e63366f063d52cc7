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
func (b *builder) role(p *model.Principal, trusted grants.Trusted) {
	trust := b.trustPolicy(p, trusted)
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
	b.placed(p.RoleID, "RoleName", p.Place("roleName"))
	b.placed(p.RoleID, "Path", p.Place("path"))
	b.placed(p.RoleID, "Description", p.Place("description"))
	b.placedTags(p.RoleID, p.Role.Tags)
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
func (b *builder) trustPolicy(p *model.Principal, trusted grants.Trusted) policy.Document {
	var statements policy.Document
	for i := range p.Role.Trusts {
		t := &p.Role.Trusts[i]
		for _, s := range b.trust(t, trusted[t]) {
			s.Because = []source.Span{t.Span}
			s.Condition = b.conditions(t, s.Condition)
			same := func(have policy.Statement) bool {
				return cfn.JSON(have.Value()) == cfn.JSON(s.Value())
			}
			if !slices.ContainsFunc(statements, same) {
				statements = grants.WithTrusted(statements, s)
			}
		}
	}
	return statements
}

// conditions adds the conditions of a trust's own to those that it states itself.
func (b *builder) conditions(t *model.Trust, c policy.Conditions) policy.Conditions {
	for _, own := range t.Condition {
		if c.Has(own.Operator, own.Key) {
			b.found.Report(diag.InvalidStatement, own.Span).
				Message("the condition %s %s is one that this trust states itself", own.Operator,
					own.Key).
				Hint("leave it out")
			continue
		}
		c = c.With(own.Operator, own.Key, own.Values...)
	}
	return c
}

// trust writes the statements of a trust policy that follow from one trust: several where it names
// principals of the spec, of whom trusted has those that are no services.
func (b *builder) trust(t *model.Trust, trusted []policy.Statement) []policy.Statement {
	out := slices.Clone(trusted)
	for _, other := range t.Assumers {
		if other.Kind == model.Service {
			service := *t
			service.Assumers, service.Service = nil, other.ARN
			out = append(out, b.trust(&service, nil)...)
		}
	}
	if t.Assumers != nil {
		return out
	}
	s := policy.Statement{Effect: policy.Allow, Action: grants.TrustActions(t)}
	partition := stated(b.m.Env.Partition, "AWS::Partition")
	switch service := grants.ServiceOf(t); {
	case service != "":
		s.Principal.Service, s.Condition = []string{service}, b.ofService(t, service)
	case t.Account != "":
		s.Principal.AWS = []string{cfn.Concat("arn:", partition, ":iam::", t.Account, ":root")}
	case t.ARN != "":
		s.Principal.AWS = []string{t.ARN}
	default:
		provider, c := b.federated(t)
		s.Principal.Federated, s.Condition = []string{provider}, c
	}
	return []policy.Statement{s}
}

// ofService returns the conditions that hold a service to what is this account's own, as far as its
// page says that it sends them. A condition of the trust's own that says for which account stands
// alone.
func (b *builder) ofService(t *model.Trust, service string) policy.Conditions {
	var c policy.Conditions
	account := stated(b.m.Env.Account, "AWS::AccountId")
	switch {
	case t.RolesAnywhere != nil:
		return certificates(t.RolesAnywhere)
	case t.OfSecretsManager:
		region := stated(b.m.Env.Region, "AWS::Region")
		secrets := cfn.Concat("arn:", stated(b.m.Env.Partition, "AWS::Partition"),
			":secretsmanager:", region, ":", account, ":secret:*")
		return c.With("StringEquals", "aws:SourceAccount", account).
			With("ArnLike", "aws:SourceArn", secrets)
	case aws.TrustOf(service).SourceAccount && !slices.ContainsFunc(t.Condition, statesAccount):
		return c.With("StringEquals", "aws:SourceAccount", account)
	}
	return nil
}

// statesAccount says whether a condition is met only by requests for accounts that it states: by
// aws:SourceAccount, or in the ARN of aws:SourceArn. Where it is met also without the key, by any
// value or by all but some, everybody's resources could still use the role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func statesAccount(c model.Condition) bool {
	switch strings.TrimPrefix(c.Operator, "ForAnyValue:") {
	case "StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike":
	default:
		return false
	}
	isStated := func(account string) bool { return strings.Trim(account, "*?") != "" }
	switch {
	case strings.EqualFold(c.Key, "aws:SourceAccount"):
	case strings.EqualFold(c.Key, "aws:SourceArn"):
		isStated = func(arn string) bool {
			fields := strings.SplitN(arn, ":", 6)
			return cfn.IsIntrinsic(arn) ||
				len(fields) == 6 && strings.Trim(fields[4], "*?") != ""
		}
	default:
		return false
	}
	return len(c.Values) > 0 &&
		!slices.ContainsFunc(c.Values, func(v string) bool { return !isStated(v) })
}

// certificates returns the conditions on certificates of IAM Roles Anywhere: their trust anchor,
// and what they say.
// https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
func certificates(t *model.RolesAnywhere) policy.Conditions {
	c := policy.Conditions{}.With("ArnEquals", "aws:SourceArn", t.TrustAnchorARN)
	for _, name := range t.Names {
		c = c.With(operatorFor(name.Values), "aws:PrincipalTag/"+name.Tag, name.Values...)
	}
	return c
}

// federated returns the provider whose tokens or assertions let somebody assume a role, and the
// conditions on them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html
func (b *builder) federated(t *model.Trust) (provider string, c policy.Conditions) {
	switch {
	case t.OIDC != nil:
		return b.openID(t.OIDC)
	case t.Cognito != nil:
		// https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
		provider, users := aws.CognitoProvider(b.m.Env.Partition), "authenticated"
		if t.Cognito.Guests {
			users = "unauthenticated"
		}
		return provider, c.With("StringEquals", provider+":aud", t.Cognito.IdentityPoolID).
			With("ForAnyValue:StringLike", provider+":amr", users)
	case t.IRSA != nil:
		// https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
		_, issuer, _ := strings.Cut(t.IRSA.ProviderARN, ":oidc-provider/")
		serviceAccount := "system:serviceaccount:" + t.IRSA.Namespace + ":" + t.IRSA.ServiceAccount
		return t.IRSA.ProviderARN, c.With("StringEquals", issuer+":aud", "sts.amazonaws.com").
			With("StringEquals", issuer+":sub", serviceAccount)
	case t.SAML != nil:
		audiences := []string{t.SAML.Audience}
		if t.SAML.Audience == "" {
			audiences = signInAudiences(cmp.Or(b.m.Env.Partition, partitionOf(t.SAML.ProviderARN)))
		}
		return t.SAML.ProviderARN, c.With("StringEquals", "SAML:aud", audiences...)
	}
	return "", nil
}

// openID returns an OpenID Connect provider and the conditions on its tokens. One that IAM knows by
// itself has no ARN, and condition keys of its own.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
func (b *builder) openID(t *model.OIDC) (provider string, c policy.Conditions) {
	keys, known := aws.KnownWebIdentity(t.Provider)
	provider = keys.Name
	if !known {
		keys = aws.WebIdentity{Audience: t.Provider + ":aud", Subject: t.Provider + ":sub"}
		provider = cfn.Concat("arn:", stated(b.m.Env.Partition, "AWS::Partition"), ":iam::",
			stated(b.m.Env.Account, "AWS::AccountId"), ":oidc-provider/", t.Provider)
	}
	return provider, c.With(operatorFor(t.Audience), keys.Audience, t.Audience...).
		With(operatorFor(t.Subject), keys.Subject, t.Subject...)
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
		b.placed(logicalID, "Roles", id.To.Place("existing"))
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
	properties := &iam.Policy{
		PolicyName:     cfn.Sub("${AWS::StackName}-${AWS::Region}-" + logicalID),
		PolicyDocument: part.Document.Value(), Roles: roles, Users: users, Groups: groups,
	}
	b.add(logicalID, id.To.Span, newResource(properties, id.Condition))
	b.document(logicalID, "inline policy", part.Size, limit)
}
