package model

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/spec"
)

// externalRotations holds rotations by partners to what is documented of the secret's type.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partners.html
func externalRotations(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Rotation == nil || s.Rotation.External == nil {
			continue
		}
		in := s.written.V.Rotation
		c.notInChina(in.External.Span)
		if s.Type == "" && s.Import == NotImported {
			c.report(diag.RotationMismatch, in.External.Span).
				Message("only a managed external secret is rotated by its partner, and %q has no "+
					"type", s.ID).
				Hint("add type: to the secret")
			continue
		}
		if known, ok := aws.ExternalTypeNamed(s.Type); ok {
			c.externalInterval(s, &known, in)
			c.adminSecret(&known, &in.External, s.Rotation.External.Admin)
			if known.MetadataKnown {
				c.neededMetadata(&known, &in.External)
				c.unknownMetadata(&known, &in.External)
			}
		}
	}
	return c.found
}

func (c *checker) externalInterval(s *Secret, t *aws.ExternalType, in *spec.Rotation) {
	if t.MaxDays > 0 && s.Rotation.Interval > time.Duration(t.MaxDays)*24*time.Hour {
		at := cmp.Or(in.AutomaticallyAfterDays.Span, in.ScheduleExpression.Span, in.External.Span)
		c.report(diag.RotationMismatch, at).
			Message("%s must be rotated every %d days at least", t.Type, t.MaxDays).
			Hint("rotate every %d days or more often", t.MaxDays)
	}
}

func (c *checker) adminSecret(t *aws.ExternalType, in *spec.ExternalRotation, admin *Secret) {
	switch {
	case t.AdminSecret == aws.Required && !in.AdminSecret.Set():
		c.report(diag.MissingProperty, in.Span).
			Message("%s is rotated with an admin secret", t.Type).
			Hint("add adminSecret")
	case t.AdminSecret == aws.None && in.AdminSecret.Set() && t.MetadataKnown:
		c.report(diag.PropertyWithoutEffect, in.AdminSecret.Span).
			Message("%s is rotated without an admin secret", t.Type).
			Hint("remove it")
	}
	if admin != nil && t.AdminType != "" && admin.Type != "" && admin.Type != t.AdminType {
		c.report(diag.RotationMismatch, in.AdminSecret.Span).
			Message("the admin secret of %s is of type %s, and %q is of type "+
				"%s", t.Type, t.AdminType, admin.ID, admin.Type).
			Hint("name a secret of type %s", t.AdminType)
	}
}

// neededMetadata checks the metadata that is documented of a type.
func (c *checker) neededMetadata(t *aws.ExternalType, in *spec.ExternalRotation) {
	for _, k := range t.Metadata {
		entry := in.Metadata.Get(k.Name)
		if entry == nil {
			if k.Required {
				c.report(diag.MissingProperty, in.Span).
					Message("%s needs %s in its metadata", t.Type, k.Name).
					Hint("add metadata: { %s: … }", k.Name)
			}
			continue
		}
		if literal, ok := entry.V.Literal(); ok {
			if clause := checkMetadata(k, literal); clause != "" {
				c.report(diag.InvalidValue, entry.V.Span()).
					Message("%s %q %s", k.Name, literal, clause).
					Hint("see the partner's page in AWS's documentation")
			}
		}
	}
}

// unknownMetadata finds metadata that is not documented of a type.
func (c *checker) unknownMetadata(t *aws.ExternalType, in *spec.ExternalRotation) {
	var names []string
	for _, k := range t.Metadata {
		names = append(names, k.Name)
	}
	for _, m := range in.Metadata {
		switch {
		case m.ID.V == aws.AdminSecretKey:
			c.report(diag.PropertyWithoutEffect, m.ID.Span).
				Message("adminSecretArn is written by itself").
				Hint("name the secret in adminSecret, from which the metadata is written")
		case !slices.Contains(names, m.ID.V):
			c.report(diag.UnknownMetadata, m.ID.Span).
				Message("%q is not known as metadata of %s", m.ID, t.Type).
				Hint("%s", cmp.Or(diag.DidYouMean(m.ID.V, names), "check the partner's page in "+
					"AWS's documentation"))
		}
	}
}

// checkMetadata says what is wrong with a literal value of a metadata key, in a clause that has the
// value as its subject, or "".
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
