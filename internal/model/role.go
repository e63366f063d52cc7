package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

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
	Assumers              []*Principal // of the spec: those that role names
	OIDC                  *OIDC
	IRSA                  *IRSA
	SAML                  *SAML
	Cognito               *Cognito
	RolesAnywhere         *RolesAnywhere
	PodIdentity           bool
	OfSecretsManager      bool // Service is Secrets Manager, for secrets of this account and Region
	SessionTags           bool // who assumes the role may pass tags of the session
	SourceIdentity        bool // likewise a source identity
	Condition             []Condition
	Span                  source.Span

	written *spec.Trust
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

// Cognito trusts the users of an identity pool who are signed in, or its guests.
type Cognito struct {
	IdentityPoolID string
	Guests         bool
}

// RolesAnywhere trusts the holders of certificates that a trust anchor vouches for.
type RolesAnywhere struct {
	TrustAnchorARN string
	Names          []CertificateName // sorted by the key of their condition
}

// CertificateName is what a certificate must say, as the tag of a session that IAM Roles Anywhere
// makes of it.
// https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
type CertificateName struct {
	Tag    string // x509Subject/CN
	Values []string
}

func (r *resolver) role(in *spec.Role) *Role {
	out := &Role{
		Name: text(in.RoleName), Path: in.Path.V, Description: in.Description.V,
		PermissionsBoundary: text(in.PermissionsBoundary),
		ManagedPolicyARNs:   values(in.ManagedPolicyArns),
		MaxSessionDuration:  in.MaxSessionDuration.V, Tags: r.withTags(in.Tags),
	}
	for i := range in.AssumedBy {
		out.Trusts = append(out.Trusts, trust(&in.AssumedBy[i]))
	}
	return out
}

func trust(in *spec.Trust) Trust {
	out := Trust{
		Service: text(in.Service), Account: in.Account.V, ARN: text(in.ARN), Span: in.Span,
		PodIdentity: in.PodIdentity.V, Condition: conditionsOf(in.Condition),
		SessionTags: in.SessionTags.V, SourceIdentity: in.SourceIdentity.V, written: in,
	}
	switch {
	case in.Cognito.Span.File != nil:
		out.Cognito = &Cognito{
			text(in.Cognito.IdentityPoolID), !in.Cognito.Authenticated.Or(true),
		}
	case in.RolesAnywhere.Span.File != nil:
		out.RolesAnywhere = rolesAnywhere(&in.RolesAnywhere)
	case in.OIDC.Span.File != nil:
		out.OIDC = &OIDC{
			Provider: strings.TrimPrefix(in.OIDC.Provider.V, "https://"),
			Audience: texts(in.OIDC.Audience), Subject: texts(in.OIDC.Subject),
		}
	case in.IRSA.Span.File != nil:
		out.IRSA = &IRSA{
			ProviderARN: text(in.IRSA.OIDCProviderARN),
			Namespace:   in.IRSA.Namespace.V, ServiceAccount: in.IRSA.ServiceAccount.V,
		}
	case in.SAML.Span.File != nil:
		out.SAML = &SAML{ProviderARN: text(in.SAML.ProviderARN), Audience: in.SAML.Audience.V}
	}
	return out
}

func rolesAnywhere(in *spec.RolesAnywhere) *RolesAnywhere {
	out := &RolesAnywhere{TrustAnchorARN: text(in.TrustAnchorARN)}
	add := func(part string, names spec.Entries[spec.List[spec.Text]]) {
		for _, e := range names {
			out.Names = append(out.Names, CertificateName{part + "/" + e.ID.V, texts(e.V)})
		}
	}
	add("x509Issuer", in.Issuer)
	add("x509SAN", in.SAN)
	add("x509Subject", in.Subject)
	slices.SortStableFunc(out.Names,
		func(a, b CertificateName) int { return strings.Compare(a.Tag, b.Tag) })
	return out
}

// assumers finds the principals of the spec that trusts name, sets replaced by their members.
func (r *resolver) assumers() {
	for _, p := range r.Principals {
		if p.Role == nil {
			continue
		}
		for i := range p.Role.Trusts {
			if t := &p.Role.Trusts[i]; t.written != nil && t.written.Role.Set() {
				t.Assumers = r.everyone([]spec.Text{t.written.Role})
			}
		}
	}
}

// trustSecretsManager lets Secrets Manager assume the role for secrets of this account and Region,
// and for nobody else's: a trust of the bare service would let it be used for secrets of others.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-security.html
func (role *Role) trustSecretsManager() {
	const service = "secretsmanager.amazonaws.com"
	role.Trusts = slices.DeleteFunc(role.Trusts, func(t Trust) bool {
		return t.Service == service && len(t.Condition) == 0 || t.OfSecretsManager
	})
	role.Trusts = append(role.Trusts, Trust{Service: service, OfSecretsManager: true})
}

// conditionsOf resolves a verbatim condition block. Of several conditions of the same operator and
// key the first counts, and the checks refuse the others.
func conditionsOf(block spec.Raw) []Condition {
	if !block.Set() {
		return nil
	}
	var out []Condition
	for _, operator := range block.Node.Pairs() {
		for _, key := range operator.Value.Pairs() {
			c := condition(operator.Key, key)
			if !slices.ContainsFunc(out, c.isOfSameKey) {
				out = append(out, c)
			}
		}
	}
	return out
}

func condition(operator *yaml.Node, key yaml.Pair) Condition {
	c := Condition{
		Operator: aws.SpellOperator(operator.Text()), Key: key.Key.Text(), Span: key.Key.Span(),
	}
	for _, v := range valuesOf(key.Value) {
		if isConditionValue(v) {
			c.Values = append(c.Values, text(spec.Value{Node: v}))
		}
	}
	c.Values = sorted(c.Values)
	return c
}

// valuesOf returns a value, or the members of a list.
func valuesOf(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.Seq {
		return n.Items()
	}
	return []*yaml.Node{n}
}

// isConditionValue says whether a condition can compare something with a node.
func isConditionValue(n *yaml.Node) bool {
	return n.IsScalar() && n.Kind != yaml.Null || n.IsIntrinsic()
}

// isOfSameKey says whether two conditions are of the same operator and key, whose case means
// nothing to IAM.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
func (c Condition) isOfSameKey(d Condition) bool {
	return strings.EqualFold(c.Operator, d.Operator) && strings.EqualFold(c.Key, d.Key)
}
