// Package model knows a spec with every name replaced by the thing it names and every default
// applied (steps), and the rules that a spec must keep to make sense (checks). It knows nothing of
// policies or of who must be told what.
package model

import (
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/verb"
)

// Model is a resolved spec. Its slices are sorted by id, grants by place. Texts may be
// CloudFormation intrinsics (package cfn's placeholders) where the language allows a value.
type Model struct {
	Stack       string
	Description string
	Env         Environment
	Deployer    *Principal
	Tags        []Tag
	Shards      int // over how many stacks the secrets are spread; 0 and 1: none but the home stack

	Keys       []*Key
	Principals []*Principal // without sets: a set's members stand wherever it is named
	Secrets    []*Secret
	Grants     []*Grant
	Assertions []Assertion // in the order written

	ExportSecrets []*Secret
	ExportKeys    []*Key

	// CloudFormation verbatim.
	Parameters, Mappings, Conditions, Resources, Outputs spec.Entries[spec.Raw]
	Metadata                                             spec.Entries[spec.Anything]

	secrets    map[string]*Secret
	keys       map[string]*Key
	principals map[string]*Principal
	sets       map[string][]*Principal

	// For the checks: what the model was resolved from.
	written        *spec.Spec
	keysWritten    []*Key    // in the order written
	secretsWritten []*Secret // in the order written
	terms          []*terms  // of every grant written
}

// Environment is where the home stack lives. What the spec does not state is empty.
type Environment struct {
	Partition, Account, Region string
	RegionSpan                 source.Span
}

// Tag is one tag.
type Tag struct{ Key, Value string }

// Key is a KMS key: one to create, or an imported one.
type Key struct {
	ID        string
	Span      source.Span // of its id
	LogicalID string
	Imported  bool
	ARN       string   // of an imported key, when it is known
	Account   string   // of an imported key that belongs to another account; empty: the own one
	Region    string   // of an imported key, when its ARN says so
	Regions   []string // of a created key: those of replicas that need it, sorted

	AliasName      string // with alias/; of a created key, or of one imported by alias
	Description    string
	EnableRotation bool
	RotationPeriod int // days; 0: KMS's default
	PendingWindow  int // days; 0: KMS's default
	DeletionPolicy string
	Tags           []Tag

	Pin        bool // a grant's use of the key is pinned to its secret
	Delegates  bool // IAM policies of the owning account apply
	Admins     []*Principal
	Statements []Verbatim

	written *spec.Key
}

// Verbatim is a policy statement in the user's own words.
type Verbatim struct {
	Value cfn.Object
	Span  source.Span
}

// Kind is what a principal is.
type Kind uint8

// The kinds of principal.
const (
	CreatedRole Kind = iota + 1
	ExistingRole
	ExistingUser
	ExistingGroup
	RolePattern
	Service
	Account          // whoever another account lets
	Organization     // whoever an organization's other accounts let
	OrganizationPath // whoever the other accounts below a part of an organization let
)

// String returns the kind's word in a spec.
func (k Kind) String() string {
	return [...]string{
		"", "role", "existingRole", "existingUser", "existingGroup", "rolePattern", "service",
		"account", "organization", "organizationPath",
	}[k]
}

// HasIdentity says whether an identity policy can be attached to principals of this kind.
func (k Kind) HasIdentity() bool { return k >= CreatedRole && k <= ExistingGroup }

// Principal is who something is granted to.
type Principal struct {
	ID        string
	Span      source.Span // of its id
	LogicalID string      // stem of its resources' logical IDs: AppRole, AppPolicy
	Kind      Kind
	Name      string // of a role, user or group that policies are attached to
	ARN       string // when it is known; of a rolePattern the pattern; of a service its principal
	Account   string // of a principal of another account; empty: the own one, or none in particular
	Org       string // of an organization, or the one that a path begins with
	Path      string // of an organizationPath
	Inline    bool
	Role      *Role
	RoleID    string // logical ID of a created role

	written *spec.Principal
}

// Role is a role to create.
type Role struct {
	Name, Path, Description string
	Trusts                  []Trust
	PermissionsBoundary     string
	ManagedPolicyARNs       []string
	MaxSessionDuration      int
	Tags                    []Tag
}

// Trust is one way in which a role is assumed. Exactly one of its kinds is set.
type Trust struct {
	Service, Account, ARN string
	OIDC                  *OIDC
	IRSA                  *IRSA
	SAML                  *SAML
	PodIdentity           bool
	OfSecretsManager      bool // Service is Secrets Manager, for secrets of this account and Region
	Condition             []Condition
	Span                  source.Span
}

// OIDC trusts tokens of an OpenID Connect provider of this account.
type OIDC struct {
	Provider          string // host and path, without https://
	Audience, Subject []string
}

// IRSA trusts one Kubernetes service account.
type IRSA struct{ ProviderARN, Namespace, ServiceAccount string }

// SAML trusts assertions of a SAML provider.
type SAML struct{ ProviderARN, Audience string }

// Import says what is known of an imported secret.
type Import uint8

// The ways to import a secret.
const (
	NotImported  Import = iota
	ByARN               // ARN is complete
	ByPartialARN        // ARN lacks the six-character suffix
	ByName              // only the name is known
)

// Secret is a secret: one to create, or an imported one.
type Secret struct {
	ID        string
	Span      source.Span // of its id
	Body      source.Span // of its whole entry
	LogicalID string
	Import    Import
	ARN       string // of an imported secret, as Import says
	Account   string // of an imported secret that belongs to another account; empty: the own one
	Region    string // of an imported secret, when its ARN says so
	Shard     int    // the number of the shard it stands in, from 1; 0: the home stack
	NameSpan  source.Span

	Name           string // empty: CloudFormation makes one
	Description    string
	Type           string
	Key            *Key
	KeySpan        source.Span
	Value          Value
	Replicas       []Replica
	Attachment     *Attachment
	Rotation       *Rotation
	Policy         Guardrails
	DeletionPolicy string
	Condition      string
	Tags           []Tag

	written *spec.Entry[spec.Secret]
}

// Replica is a copy of a secret in another Region.
type Replica struct {
	Region string
	Key    *Key // of that Region; nil: its aws/secretsmanager
	Span   source.Span
}

// Attachment merges a database's connection details into the secret.
type Attachment struct{ TargetType, TargetID string }

// Value is how a secret's first value comes about. Exactly one of Generate, String and Empty says
// so.
type Value struct {
	Generate *Generate
	String   string // an intrinsic or a dynamic reference
	Empty    bool
}

// Generate are the settings of GenerateSecretString; nil means that CloudFormation's default
// applies.
type Generate struct {
	PasswordLength          *int
	ExcludeCharacters       *string
	ExcludeLowercase        *bool
	ExcludeUppercase        *bool
	ExcludeNumbers          *bool
	ExcludePunctuation      *bool
	IncludeSpace            *bool
	RequireEachIncludedType *bool
	Template                string // JSON, or an intrinsic that makes it
	StringKey               string
}

// Guardrails are the denials of a secret's resource policy and its verbatim statements.
type Guardrails struct {
	Manage             bool // the compiler owns the resource policy
	BlockPublicPolicy  bool
	DenyDelete         bool
	DenyDeleteSpan     source.Span
	RequireTLS         bool
	RequireTLSSpan     source.Span
	VPCEndpoints, VPCs []string
	VPCSpan            source.Span
	Organization       string
	OrganizationSpan   source.Span
	OnlyGrantees       bool
	OnlyGranteesSpan   source.Span
	Exempt             []*Principal
	Statements         []Verbatim
}

// OnlyFromVPC says whether reading and writing are held to VPCs or endpoints.
func (g *Guardrails) OnlyFromVPC() bool { return len(g.VPCEndpoints)+len(g.VPCs) > 0 }

// IsZero says whether nothing asks for a resource policy.
func (g *Guardrails) IsZero() bool {
	return !g.DenyDelete && !g.RequireTLS && !g.OnlyFromVPC() && g.Organization == "" &&
		!g.OnlyGrantees &&
		len(g.Statements) == 0
}

// Grant is one verb for one principal on one secret.
type Grant struct {
	To      *Principal
	Verb    *verb.Verb
	Secret  *Secret
	Stages  []string // sorted; empty: every stage
	Regions []string // sorted; empty: the primary's and every replica's
	When    When
	Until   string // RFC 3339, UTC; empty: for ever
	Because source.Span
	verbAt  source.Span // where the verb is written
	written *terms
}

// When holds the conditions of a grant.
type When struct {
	SourceVPCE, SourceIP []string
	MFA                  bool
	PrincipalTags        []TagValues
	Condition            []Condition
}

// TagValues are the values of which a tag of the principal must have one.
type TagValues struct {
	Key    string
	Values []string
}

// Condition is one key of a verbatim condition block.
type Condition struct {
	Operator, Key string
	Values        []string
	Span          source.Span
}

// Sets returns the ids of the members of every set of principals, by the set's id.
func (m *Model) Sets() map[string][]string {
	out := map[string][]string{}
	for id, members := range m.sets {
		for _, p := range members {
			out[id] = append(out[id], p.ID)
		}
	}
	return out
}

// Secret returns the secret with an id, or nil.
func (m *Model) Secret(id string) *Secret { return m.secrets[id] }
