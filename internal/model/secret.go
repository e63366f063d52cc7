package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

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
	Number    int32  // its place among the secrets of the model
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
	Policy         *Guardrails // most secrets have the same; nobody changes them
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

// usualPolicy is that of a secret which is created and says nothing of its policy.
var usualPolicy = Guardrails{Manage: true, BlockPublicPolicy: true}

// OnlyFromVPC says whether reading and writing are held to VPCs or endpoints.
func (g *Guardrails) OnlyFromVPC() bool { return len(g.VPCEndpoints)+len(g.VPCs) > 0 }

// IsZero says whether nothing asks for a resource policy.
func (g *Guardrails) IsZero() bool {
	return !g.DenyDelete && !g.RequireTLS && !g.OnlyFromVPC() && g.Organization == "" &&
		!g.OnlyGrantees &&
		len(g.Statements) == 0
}

func (r *resolver) resolveSecrets() {
	parallel.Stretches(len(r.secretsWritten), share, func(from, to int) {
		for _, s := range r.secretsWritten[from:to] {
			r.itself(s)
		}
	})
	byDefault := r.key(r.written.Defaults.Key)
	for _, s := range r.secretsWritten {
		in := &s.written.V
		s.Key, s.KeySpan = byDefault, r.written.Defaults.Key.Span
		if in.Key.Set() {
			s.Key, s.KeySpan = r.key(in.Key), in.Key.Span
		}
		if s.Condition = in.Condition.V; in.Condition.Set() &&
			r.Conditions.Get(s.Condition) == nil {
			names := func() []string { return namesOf(r.Conditions) }
			r.unknownName(diag.UnknownCondition, *in.Condition, "condition", names)
		}
		if in.Import.Span.File != nil {
			if !in.Key.Set() {
				s.Key = nil // a default is for secrets that this spec creates
			}
			r.importedSecret(s)
		} else {
			r.createdSecret(s)
		}
		if a := in.Attachment; a.TargetType.Set() {
			s.Attachment = &Attachment{a.TargetType.V, text(a.TargetID)}
		}
		r.guardrails(s)
	}
}

// share is how many secrets are resolved one after the other while others are on other processors.
const share = 128

// itself resolves what names nothing: of many secrets at once.
func (m *Model) itself(s *Secret) {
	in := &s.written.V
	s.Tags = m.tagsOfSecret(in)
	if in.Import.Span.File != nil {
		return
	}
	s.Name, s.NameSpan = m.nameOf(in.Name), in.Name.Span
	s.Description, s.Type = text(in.Description), in.Type.V
	s.DeletionPolicy = cmp.Or(
		in.DeletionPolicy.V, m.written.Defaults.DeletionPolicy.V, "RetainExceptOnCreate")
	s.Value = valueOf(&in.Value)
}

func (r *resolver) createdSecret(s *Secret) {
	in := &s.written.V
	for _, replica := range r.replicasOf(in) {
		is := func(other Replica) bool { return other.Region == replica.Region.V }
		if region := replica.Region; region.Set() && !slices.ContainsFunc(s.Replicas, is) {
			s.Replicas = append(s.Replicas, Replica{region.V, r.key(replica.Key), region.Span})
		}
	}
	slices.SortFunc(s.Replicas,
		func(a, b Replica) int { return strings.Compare(a.Region, b.Region) })
}

func (r *resolver) importedSecret(s *Secret) {
	switch in := s.written.V.Import; {
	case in.ARN.Set():
		s.Import, s.ARN = ByARN, text(in.ARN)
		r.secretARN(s, in.ARN, aws.SecretARN)
	case in.PartialARN.Set():
		s.Import, s.ARN = ByPartialARN, text(in.PartialARN)
		r.secretARN(s, in.PartialARN, aws.PartialSecretARN)
	case in.Name.Set():
		s.Import, s.Name, s.NameSpan = ByName, in.Name.V, in.Name.Span
	}
}

// secretARN takes from the ARN of an imported secret what it tells of the secret.
func (r *resolver) secretARN(s *Secret, v spec.Value, invalid func(string) string) {
	literal, ok := v.Literal()
	if !ok || invalid(literal) != "" {
		return
	}
	arn, _ := aws.ParseARN(literal)
	s.Region, s.Account = arn.Region, r.ownerOf(arn)
	_, s.Name = arn.ResourceType()
	s.NameSpan = v.Span()
	if s.Import == ByARN {
		s.Name = s.Name[:len(s.Name)-len("-??????")]
	}
}

// guardrails resolves the policy of a secret.
func (r *resolver) guardrails(s *Secret) {
	in := s.written.V.Policy
	if in.Span.IsZero() && s.Import == NotImported {
		s.Policy = &usualPolicy
		return
	}
	g := &Guardrails{}
	s.Policy = g
	g.BlockPublicPolicy = in.BlockPublicPolicy.Or(true)
	g.Manage = s.Import == NotImported || in.Manage.V
	g.DenyDelete, g.DenyDeleteSpan = in.DenyDelete.V, in.DenyDelete.Span
	g.RequireTLS, g.RequireTLSSpan = in.RequireTLS.V, in.RequireTLS.Span
	g.VPCSpan = cmp.Or(first(in.OnlyFromVPCEndpoints), first(in.OnlyFromVPCs))
	g.VPCEndpoints, g.VPCs = sorted(texts(in.OnlyFromVPCEndpoints)), sorted(texts(in.OnlyFromVPCs))
	g.Organization, g.OrganizationSpan = in.OnlyOrganization.V, in.OnlyOrganization.Span
	g.OnlyGrantees, g.OnlyGranteesSpan = in.OnlyGrantees.V, in.OnlyGrantees.Span
	for _, t := range in.Exempt {
		for _, e := range r.everyone([]spec.Text{t}) {
			switch e.Kind {
			case 0, Service, ExistingGroup:
			case Account, Organization, OrganizationPath:
				g.Exempt = append(g.Exempt, e)
			default:
				if e.ARN != "" { // by which it stands in the policy
					g.Exempt = append(g.Exempt, e)
				}
			}
		}
	}
	g.Statements = statements(in.Statements)
}

// SecretID returns the Ref or ARN that AWS::SecretsManager resources take as the secret's SecretId.
func (s *Secret) SecretID() string {
	switch s.Import {
	case NotImported:
		return cfn.Ref(s.LogicalID)
	case ByName:
		return s.Name
	}
	return s.ARN
}

// Home returns the Region of the secret itself, empty when it is not stated.
func (s *Secret) Home(m *Model) string { return cmp.Or(s.Region, m.Env.Region) }
