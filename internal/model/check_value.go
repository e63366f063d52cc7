package model

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Nothing in this file quotes a value in a message: it may be a secret.

// dynamicReference is a text that is one dynamic reference and nothing else.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var dynamicReference = lazy.Regexp(
	`^\{\{resolve:(secretsmanager|ssm|ssm-secure):[^{}]+\}\}$`,
)

// secretValues checks how the first values of created secrets come about.
func secretValues(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.written.V.Import.Span.File == nil {
			c.value(s, &s.written.V.Value)
			c.engineListed(s)
		}
	}
	return c.found
}

// engineListed notes the engine of a database that is nearly one which AWS's rotation functions
// know. Where such a function rotates the secret, its own check refuses another one.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
func (c *checker) engineListed(s *Secret) {
	if r := s.Rotation; r != nil && (r.Hosted != nil || r.Application != nil) {
		return
	}
	v := &s.written.V.Value
	for _, fields := range []spec.Entries[spec.Value]{
		v.Object, v.Generate.SecretStringTemplate.Fields,
	} {
		e := fields.Get("engine")
		if e == nil {
			continue
		}
		literal, ok := e.V.Literal()
		if near := diag.Nearest(literal, aws.Engines()); ok && near != "" {
			c.listed(spec.Text{V: literal, Span: e.V.Span()}, "engine", aws.Engines(), near)
		}
	}
}

func (c *checker) value(s *Secret, in *spec.SecretValue) {
	if in.UnsafePlaintext.Set() && in.UnsafePlaintext.V {
		c.report(diag.UnsafePlaintext, in.UnsafePlaintext.Span).
			Message("unsafePlaintext puts the value of %q into the template in the clear", s.ID).
			Hint("let Secrets Manager generate the value, or put it after the stack is deployed")
	}
	c.plaintextNames(in)
	switch {
	case in.Empty.Set():
		if !in.Empty.V {
			c.report(diag.InvalidValue, in.Empty.Span).
				Message("empty: false says nothing").
				Hint("write true, or remove it")
		}
	case in.String.Set():
		c.credential(in, in.String, "string", false)
		if literal, ok := in.String.Literal(); ok && len(literal) > aws.MaxSecretValue {
			c.report(diag.TooLong, in.String.Span()).
				Message("the value has %d bytes, and a secret may have "+
					"%d", len(literal), aws.MaxSecretValue).
				Hint("store it elsewhere and keep its address here")
		}
	case in.Object != nil:
		c.fields(in, in.Object, nil)
	}
}

// fields checks the fields of a JSON object, but for the one that is generated.
func (c *checker) fields(in *spec.SecretValue, fields spec.Entries[spec.Value], generated *string) {
	for _, e := range fields {
		if generated == nil || e.ID.V != *generated {
			c.credential(in, e.V, e.ID.V, true)
		}
		if e.V.Node != nil && !e.V.Node.IsScalar() {
			c.unescapable(e)
		}
	}
}

// plaintextNames reports names in plaintext that no field has.
func (c *checker) plaintextNames(in *spec.SecretValue) {
	if in.Generate.SecretStringTemplate.JSON.Set() {
		return // its fields are looked at when the text is
	}
	var made map[string]json.RawMessage
	if in.String.Set() {
		_ = json.Unmarshal([]byte(jsonText(in.String.Node)), &made) // no field where it is no JSON
	}
	for _, t := range in.Plaintext {
		if made[t.V] == nil && in.Object.Get(t.V) == nil &&
			in.Generate.SecretStringTemplate.Fields.Get(t.V) == nil {
			c.report(diag.PropertyWithoutEffect, t.Span).
				Message("the value has no field %q that could be plain text", t).
				Hint("remove it, or correct it")
		}
	}
}

// credential refuses a literal where a secret value could stand. Fields of a connection and those
// that the author names as plain text may be literal.
func (c *checker) credential(in *spec.SecretValue, v spec.Value, field string, isField bool) {
	if !v.Set() {
		return // rejected by the schema
	}
	if isField && isHarmless(in, field) {
		if !isPlain(in, field) && !in.UnsafePlaintext.V {
			c.literalsWithin(v.Node, useReferenceWithin) // an address may have a password in it
		}
		return
	}
	literal, ok := v.Literal()
	if ok && dynamicReference.MatchString(literal) ||
		!ok && strings.Contains(v.Span().Text(), "{{resolve:ssm-secure:") {
		if strings.Contains(v.Span().Text(), "{{resolve:ssm-secure:") {
			c.report(diag.SecureStringRefused, v.Span()).
				Message("CloudFormation does not resolve ssm-secure references in a secret's " +
					"value").
				Hint("refer to another secret with {{resolve:secretsmanager:…}}, or to a plain " +
					"parameter with {{resolve:ssm:…}}")
		}
		return
	}
	if in.UnsafePlaintext.V || isPseudo(v.Node.Get("Ref")) { // the latter is no secret
		return
	}
	if ok || !c.refers(v.Node) {
		c.literal(v, field, isField)
		return
	}
	literals := literalFields(in, jsonText(v.Node))
	for _, name := range literals {
		c.report(diag.LiteralSecret, v.Span()).
			Message("a literal in the field %q of this JSON would stand in the template in the "+
				"clear", fieldNamed(name)).
			Hint("write the value as an object; if %q is no secret, add it to the value's "+
				"plaintext list", fieldNamed(name))
	}
	if literals == nil && !c.credentialsWithin(in, v.Node) {
		c.parameterInTheClear(v)
	}
}

// literal refuses a literal in the place of a value, or in a field of one. A field that is nearly
// one of a connection leads to that.
func (c *checker) literal(v spec.Value, field string, isField bool) {
	d := c.report(diag.LiteralSecret, v.Span()).
		Message("a literal in %q would stand in the template in the clear", fieldNamed(field))
	if !isField {
		d.Hint("let Secrets Manager generate it, refer to where it is kept, or leave the secret " +
			"empty, with value: { empty: true }, and put the value later")
		return
	}
	if near := diag.Nearest(field, aws.ConnectionFields); near != "" {
		d.Hint("write %q if that is meant, which is no secret; if %q is none, add it to the "+
			"value's plaintext list", diag.Words(near), fieldNamed(field))
		return
	}
	d.Hint("let Secrets Manager generate it, refer to where it is kept, or leave the secret empty "+
		"and put the value later; if %q is no secret, add it to the value's plaintext list",
		fieldNamed(field))
}

// credentialsWithin refuses the credentials that are written out within a value that refers to
// something, and says whether there were any. Of a JSON object, the fields that the author names as
// plain text may have them.
func (c *checker) credentialsWithin(in *spec.SecretValue, n *yaml.Node) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(jsonText(n)), &fields) != nil {
		return c.literalsWithin(n, useReferenceWithin)
	}
	return c.credentialsInFields(in, fields, n.Span())
}

// credentialsInFields is credentialsWithin of the fields of a JSON object at a place.
func (c *checker) credentialsInFields(in *spec.SecretValue, fields map[string]json.RawMessage,
	at source.Span) bool {
	any := false
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		var text string
		if isPlain(in, name) || json.Unmarshal(fields[name], &text) != nil {
			continue
		}
		for _, span := range aws.CredentialsIn(text) {
			if !strings.Contains(text[span[0]:span[1]], inserted) {
				any = true
				c.report(diag.LiteralSecret, at).
					Message("a credential within the field %q of this JSON would stand in the "+
						"template in the clear", name).
					Hint("%s", diag.Words(useReferenceWithin))
				break
			}
		}
	}
	return any
}

// parameterInTheClear refuses a value that is made of nothing but parameters that CloudFormation
// shows to everybody who may describe the stack. Beside a part that is kept out of sight such a
// parameter may stand: it is a host's name, mostly.
func (c *checker) parameterInTheClear(v spec.Value) {
	if fromElsewhere(v.Node) {
		return
	}
	var shown *spec.Entry[spec.Raw]
	for _, reference := range cfn.References(cfn.ValueOf(v.Node)) {
		if reference.Kind == cfn.KindRef && strings.HasPrefix(reference.Name, "AWS::") {
			continue
		}
		parameter := c.Parameters.Get(reference.Name)
		if reference.Kind != cfn.KindRef || parameter == nil ||
			credentials.IsNoEcho(parameter.V.Node) {
			return
		}
		shown = parameter
	}
	if shown == nil {
		return
	}
	c.report(diag.ParameterInTheClear, v.Span()).
		Message("the parameter %q is shown in the clear by CloudFormation", shown.ID).
		Hint("add NoEcho: true to the parameter").
		Related(shown.ID.Span, "the parameter is declared here")
}

// fromElsewhere says whether a value takes a part of its text from another stack, a macro or a
// dynamic reference.
func fromElsewhere(n *yaml.Node) bool {
	if n.IsScalar() {
		return strings.Contains(n.Text(), "{{resolve:")
	}
	return slices.ContainsFunc(n.Items(), fromElsewhere) ||
		slices.ContainsFunc(n.Pairs(), func(p yaml.Pair) bool {
			return p.Key.Text() == "Fn::ImportValue" || p.Key.Text() == "Fn::Transform" ||
				fromElsewhere(p.Value)
		})
}

// unescapable warns of a field whose text may contain what would break the JSON around it.
func (c *checker) unescapable(e spec.Entry[spec.Value]) {
	name := e.V.Node.Get("Ref")
	if name == nil {
		return
	}
	parameter := c.Parameters.Get(name.Text())
	if parameter == nil {
		return
	}
	if pattern := parameter.V.Node.Get("AllowedPattern"); pattern != nil &&
		excludesQuotes(pattern.Text()) {
		return
	}
	c.report(diag.UnescapedParameter, e.V.Span()).
		Message("the text of parameter %q cannot be escaped, so that a quote or backslash in it "+
			"would break the secret's JSON", name.Text()).
		Hint(`give the parameter an AllowedPattern that admits neither " nor \, such as ^[^"\\]*$`).
		Related(parameter.ID.Span, "the parameter is declared here")
}

// excludesQuotes says whether a pattern certainly admits neither a quote nor a backslash, wherever
// they stand.
func excludesQuotes(pattern string) bool {
	re, err := regexp.Compile(`^(?:` + pattern + `)$`)
	if err != nil {
		return false
	}
	probes := []string{
		`"`, `\`, `a"a`, `a\a`, `aaaaaaaa"aaaaaaaa`, `aaaaaaaa\aaaaaaaa`, `A1a"1aA`, `A1a\1aA`,
		`1"`, `1\`,
	}
	for _, probe := range probes {
		if re.MatchString(probe) {
			return false
		}
	}
	return true
}
