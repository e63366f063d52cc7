package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/spec"
)

func (r *resolver) externalRotation(s *Secret, ro *spec.Rotation) *ExternalRotation {
	e := &ro.External
	out := &ExternalRotation{Role: r.identityRole(e.Role, "role"), Admin: r.superuser(s, e.AdminSecret)}
	for _, m := range e.Metadata {
		out.Metadata = append(out.Metadata, Tag{m.ID.V, text(m.V)})
	}
	slices.SortFunc(out.Metadata, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	if out.Role != nil && out.Role.Role != nil {
		out.Role.Role.rotatesExternally()
	}
	if out.Role != nil {
		r.needsARN(out.Role, e.Role.Span, "the schedule names the role by its ARN")
	}
	r.superuserARN(out.Admin, e.AdminSecret)
	r.notInChina(e.Span)
	if s.Type == "" && s.Import == NotImported {
		r.report(diag.RotationMismatch, e.Span).
			Message("only a managed external secret is rotated by its partner, and %q has no type", s.ID).
			Hint("add type: to the secret")
		return out
	}
	if known, ok := aws.ExternalTypeNamed(s.Type); ok {
		r.externalType(s, &known, ro, out)
	}
	return out
}

// rotatesExternally lets Secrets Manager assume the role for secrets of this account and Region, and for nobody else's: a trust of the
// bare service would let it be used for secrets of others. https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-security.html
func (role *Role) rotatesExternally() {
	const service = "secretsmanager.amazonaws.com"
	role.Trusts = slices.DeleteFunc(role.Trusts, func(t Trust) bool { return t.Service == service && len(t.Condition) == 0 || t.OfSecretsManager })
	role.Trusts = append(role.Trusts, Trust{Service: service, OfSecretsManager: true})
}

// externalType holds a rotation to what is documented of the secret's type.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partners.html
func (r *resolver) externalType(s *Secret, t *aws.ExternalType, ro *spec.Rotation, out *ExternalRotation) {
	e := &ro.External
	if t.MaxDays > 0 && s.Rotation.Interval > time.Duration(t.MaxDays)*24*time.Hour {
		at := cmp.Or(ro.AutomaticallyAfterDays.Span, ro.ScheduleExpression.Span, e.Span)
		r.report(diag.RotationMismatch, at).
			Message("%s must be rotated every %d days at least", t.Type, t.MaxDays).
			Hint("rotate every %d days or more often", t.MaxDays)
	}
	switch {
	case t.AdminSecret == aws.Required && !e.AdminSecret.Set():
		r.report(diag.MissingProperty, e.Span).
			Message("%s is rotated with an admin secret", t.Type).
			Hint("add adminSecret")
	case t.AdminSecret == aws.None && e.AdminSecret.Set() && t.MetadataKnown:
		r.report(diag.PropertyWithoutEffect, e.AdminSecret.Span).
			Message("%s is rotated without an admin secret", t.Type).
			Hint("remove it")
	}
	if out.Admin != nil && t.AdminType != "" && out.Admin.Type != "" && out.Admin.Type != t.AdminType {
		r.report(diag.RotationMismatch, e.AdminSecret.Span).
			Message("the admin secret of %s is of type %s, and %q is of type %s", t.Type, t.AdminType, out.Admin.ID, out.Admin.Type).
			Hint("name a secret of type %s", t.AdminType)
	}
	if !t.MetadataKnown {
		return
	}
	var names []string
	for _, k := range t.Metadata {
		names = append(names, k.Name)
		entry := e.Metadata.Get(k.Name)
		if entry == nil {
			if k.Required {
				r.report(diag.MissingProperty, e.Span).
					Message("%s needs %s in its metadata", t.Type, k.Name).
					Hint("add metadata: { %s: … }", k.Name)
			}
			continue
		}
		if literal, ok := entry.V.Literal(); ok {
			if clause := checkMetadata(k, literal); clause != "" {
				r.report(diag.InvalidValue, entry.V.Span()).
					Message("%s %q %s", k.Name, literal, clause).
					Hint("see the partner's page in AWS's documentation")
			}
		}
	}
	for _, m := range e.Metadata {
		if m.ID.V == aws.AdminSecretKey {
			r.report(diag.PropertyWithoutEffect, m.ID.Span).
				Message("adminSecretArn is written by itself").
				Hint("name the secret in adminSecret, from which the metadata is written")
			continue
		}
		if !slices.Contains(names, m.ID.V) {
			r.report(diag.UnknownMetadata, m.ID.Span).
				Message("%q is not known as metadata of %s", m.ID, t.Type).
				Hint("%s", cmp.Or(diag.DidYouMean(m.ID.V, names), "check the partner's page in AWS's documentation"))
		}
	}
}

// checkMetadata says what is wrong with a literal value of a metadata key, in a clause that has the value as its subject, or "".
func checkMetadata(k aws.MetadataKey, value string) string {
	switch {
	case value == "":
		return "must not be empty"
	case len(value) > aws.MaxMetadataValue:
		return fmt.Sprintf("must have at most %d characters", aws.MaxMetadataValue)
	case k.Valid == nil:
		return ""
	}
	return k.Valid(value)
}
