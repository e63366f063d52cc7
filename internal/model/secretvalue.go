package model

import (
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

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

// valueOf resolves how a secret's first value comes about.
func valueOf(in *spec.SecretValue) Value {
	switch {
	case in.Empty.Set():
		return Value{Empty: true}
	case in.String.Set():
		return Value{String: text(in.String)}
	case in.Object != nil:
		return Value{String: jsonOf(in.Object)}
	}
	return Value{Generate: generate(in.Generate)}
}

func generate(in *spec.Generate) *Generate {
	out := &Generate{
		ExcludeLowercase: flag(in.ExcludeLowercase), ExcludeUppercase: flag(in.ExcludeUppercase),
		ExcludeNumbers: flag(in.ExcludeNumbers), ExcludePunctuation: flag(in.ExcludePunctuation),
		IncludeSpace:            flag(in.IncludeSpace),
		RequireEachIncludedType: flag(in.RequireEachIncludedType),
		ExcludeCharacters:       characters(in.ExcludeCharacters),
		StringKey:               in.GenerateStringKey.V,
	}
	if in.PasswordLength.Set() {
		out.PasswordLength = &in.PasswordLength.V
	}
	t := &in.SecretStringTemplate
	switch {
	case t.Span.File == nil || !in.GenerateStringKey.Set():
	case t.JSON.Set():
		out.Template = t.JSON.V
	default:
		out.Template = jsonOf(t.Fields)
	}
	return out
}

func flag(f *spec.Flag) *bool {
	if !f.Set() {
		return nil
	}
	return &f.V
}

// characters returns a text that was written, or nil.
func characters(t *spec.Text) *string {
	if !t.Set() {
		return nil
	}
	return &t.V
}

// jsonOf writes fields as a JSON object. Where a field is an intrinsic the object becomes one too:
// its text is put in between quotes and cannot be escaped.
func jsonOf(fields spec.Entries[spec.Value]) string {
	var parts []string         // up to the last intrinsic
	out := make([]byte, 0, 64) // behind it
	out = append(out, '{')
	for i := range fields {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendQuoted(out, fields[i].ID.V), ':')
		v := fields[i].V
		switch n := v.Node; {
		case n == nil: // rejected by the schema
		case !n.IsScalar():
			parts = append(parts, string(append(out, '"')), text(v))
			out = append(out[:0], '"')
		case n.Kind == yaml.Bool:
			out = append(out, strings.ToLower(n.Text())...)
		case (n.Kind == yaml.Int || n.Kind == yaml.Float) && cfn.IsJSONNumber(n.Text()):
			out = append(out, n.Text()...)
		default:
			out = appendQuoted(out, n.Text())
		}
	}
	out = append(out, '}')
	if parts == nil {
		return string(out)
	}
	return cfn.Concat(append(parts, string(out))...)
}

// appendQuoted appends a text as a JSON string without escapes that only HTML needs.
func appendQuoted(out []byte, s string) []byte {
	return cfn.AppendValue(out, s, cfn.Format{Compact: true})
}
