package spec

import (
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Principal is an entry of principals: exactly one kind, and what only some kinds take.
type Principal struct {
	Role             Role         `spec:"role,oneof=kind"`
	ExistingRole     ExistingRole `spec:"existingRole,oneof=kind"`
	ExistingUser     Value        `spec:"existingUser,oneof=kind"`
	ExistingGroup    Value        `spec:"existingGroup,oneof=kind"`
	Account          Text         `spec:"account,oneof=kind"`
	Organization     Text         `spec:"organization,oneof=kind"`
	OrganizationPath Text         `spec:"organizationPath,oneof=kind"`
	RolePattern      Text         `spec:"rolePattern,oneof=kind"`
	Service          Text         `spec:"service,oneof=kind"`
	Members          List[Text]   `spec:"members,oneof=kind,filled=remove the set"`
	Policies         Text         `spec:"policies,enum=managed|inline"`
	LogicalID        Text         `spec:"logicalId"`
	Environments     List[Text]   `spec:"environments,filled"`
	Span             source.Span
}

// Role is a role to create.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html
type Role struct {
	RoleName            Value          `spec:"roleName"`
	Path                Text           `spec:"path"`
	Description         Text           `spec:"description"`
	AssumedBy           List[Trust]    `spec:"assumedBy"`
	PermissionsBoundary Value          `spec:"permissionsBoundary"`
	ManagedPolicyArns   List[Value]    `spec:"managedPolicyArns"`
	MaxSessionDuration  Number         `spec:"maxSessionDuration,range=3600-43200"`
	Tags                Entries[Value] `spec:"tags"`
	Span                source.Span

	Unread bool // it is no mapping, or who may assume it could not be read
}

func (r *Role) decode(d *decoder, n *yaml.Node) {
	d.structure(r, n)
	r.Unread = n.IsScalar() && n.Kind != yaml.Null
	for _, p := range n.Pairs() {
		name := p.Key.Text()
		isTrust := name == "assumedBy" || shapeOf(roleType).meant(name) == "assumedBy"
		r.Unread = r.Unread || isTrust && r.AssumedBy == nil
	}
}

// Trust is one way in which a role is assumed.
type Trust struct {
	Service        Value         `spec:"service,oneof=trust"`
	Account        Text          `spec:"account,oneof=trust"`
	ARN            Value         `spec:"arn,oneof=trust"`
	Role           Text          `spec:"role,oneof=trust"`
	OIDC           OIDC          `spec:"oidc,oneof=trust"`
	IRSA           IRSA          `spec:"irsa,oneof=trust"`
	PodIdentity    Flag          `spec:"podIdentity,oneof=trust"`
	SAML           SAML          `spec:"saml,oneof=trust"`
	Cognito        Cognito       `spec:"cognito,oneof=trust"`
	RolesAnywhere  RolesAnywhere `spec:"rolesAnywhere,oneof=trust"`
	SessionTags    Flag          `spec:"sessionTags"`
	SourceIdentity Flag          `spec:"sourceIdentity"`
	Condition      Raw           `spec:"condition,filled"`
	Span           source.Span
}

// Cognito trusts users of an Amazon Cognito identity pool.
type Cognito struct {
	IdentityPoolID Value `spec:"identityPoolId,required"`
	Authenticated  Flag  `spec:"authenticated"`
	Span           source.Span
}

// RolesAnywhere trusts certificates that a trust anchor of IAM Roles Anywhere vouches for.
type RolesAnywhere struct {
	TrustAnchorARN Value               `spec:"trustAnchorArn,required"`
	Subject        Entries[List[Text]] `spec:"subject,filled"`
	Issuer         Entries[List[Text]] `spec:"issuer,filled"`
	SAN            Entries[List[Text]] `spec:"san,filled"`
	Span           source.Span
}

// OIDC trusts tokens of an OpenID Connect provider.
type OIDC struct {
	Provider Text       `spec:"provider,required"`
	Audience List[Text] `spec:"audience,required,filled"`
	Subject  List[Text] `spec:"subject,required,filled"`
	Span     source.Span
}

// IRSA trusts one Kubernetes service account of an EKS cluster.
type IRSA struct {
	OIDCProviderARN Value `spec:"oidcProviderArn,required"`
	Namespace       Text  `spec:"namespace,required"`
	ServiceAccount  Text  `spec:"serviceAccount,required"`
	Span            source.Span
}

// SAML trusts assertions of a SAML provider.
type SAML struct {
	ProviderARN Value `spec:"providerArn,required"`
	Audience    Text  `spec:"audience"`
	Span        source.Span
}

// ExistingRole is a role that exists: its ARN or name as text, or as an intrinsic, or its name
// stated as such.
type ExistingRole struct {
	Value    Value // when written as one value
	RoleName Value `spec:"roleName"`
	Span     source.Span
}

func (r *ExistingRole) decode(d *decoder, n *yaml.Node) {
	r.Span = n.Span()
	if n.Kind != yaml.Map || n.IsIntrinsic() {
		r.Value.decode(d, n)
		return
	}
	d.structure(r, n)
	if n.Get("roleName") == nil {
		d.reject(n)
	}
}
