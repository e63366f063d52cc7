package model

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Nothing in this file quotes a value in a message: it may be a secret.

// generators checks how the values of created secrets are generated.
func generators(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Value.Generate == nil {
			continue
		}
		in := &s.written.V.Value
		g := in.Generate
		if n := utf8.RuneCountInString(g.ExcludeCharacters.V); n > aws.MaxExcludeCharacters {
			c.report(diag.TooLong, g.ExcludeCharacters.Span).
				Message("excludeCharacters has %d characters and may have "+
					"%d", n, aws.MaxExcludeCharacters).
				Hint("shorten it")
		}
		c.possible(g)
		c.template(in)
	}
	return c.found
}

// class is one of the classes of characters a password is made of.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
type class struct {
	name, characters string
	excluded         bool
}

// isEmptied says whether a set of characters to exclude leaves none of a class.
func (c class) isEmptied(excluded string) bool { return strings.Trim(c.characters, excluded) == "" }

// classesOf are the classes of characters, and which of them a generator excludes.
func classesOf(g *spec.Generate) []class {
	return []class{
		{"lowercase letters", "abcdefghijklmnopqrstuvwxyz", g.ExcludeLowercase.V},
		{"uppercase letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", g.ExcludeUppercase.V},
		{"numbers", "0123456789", g.ExcludeNumbers.V},
		{"punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", g.ExcludePunctuation.V},
	}
}

// possible refuses a generator that cannot make a password.
func (c *checker) possible(g *spec.Generate) {
	required := g.RequireEachIncludedType.Or(true)
	included := 0
	for _, class := range classesOf(g) {
		if class.excluded {
			continue
		}
		if class.isEmptied(g.ExcludeCharacters.V) {
			if required {
				c.report(diag.ImpossibleGenerator, g.ExcludeCharacters.Span).
					Message("all %s are excluded one by one, and a password must have one of "+
						"each class", class.name).
					Hint("exclude fewer, or exclude the class itself")
			}
			continue
		}
		included++
	}
	if included == 0 && !g.IncludeSpace.V {
		c.report(diag.ImpossibleGenerator, g.Span).
			Message("every character is excluded, so that no password can be made").
			Hint("exclude less")
		return
	}
	if required && g.PasswordLength.Set() && g.PasswordLength.V < included {
		c.report(diag.ImpossibleGenerator, g.PasswordLength.Span).
			Message("a password of %d characters cannot have one of each of %d "+
				"classes", g.PasswordLength.V, included).
			Hint("write at least %d, or requireEachIncludedType: false", included)
	}
}

// template checks secretStringTemplate and generateStringKey, which come together.
func (c *checker) template(in *spec.SecretValue) {
	g := in.Generate
	t := &g.SecretStringTemplate
	if t.Span.File == nil && !g.GenerateStringKey.Set() {
		return
	}
	if t.Span.File == nil || !g.GenerateStringKey.Set() {
		have, lacks, at := "secretStringTemplate", "generateStringKey", t.Span
		if t.Span.File == nil {
			have, lacks, at = lacks, have, g.GenerateStringKey.Span
		}
		c.report(diag.TemplateNeedsKey, at).
			Message("%s has no meaning without %s", have, lacks).
			Hint("add %s", lacks)
		return
	}
	if g.GenerateStringKey.V == "" {
		c.report(diag.InvalidValue, g.GenerateStringKey.Span).
			Message("generateStringKey is empty").
			Hint("write the name of a field, such as password")
	}
	if t.JSON.Set() {
		c.jsonTemplate(in)
		return
	}
	if e := t.Fields.Get(g.GenerateStringKey.V); e != nil {
		c.keyInTemplate(g, e.ID.Span)
	}
	c.fields(in, t.Fields, &g.GenerateStringKey.V)
}

func (c *checker) keyInTemplate(g *spec.Generate, at source.Span) {
	c.report(diag.KeyInTemplate, at).
		Message("the field %q is generated, and stands in the template "+
			"already", g.GenerateStringKey).
		Hint("remove the field from the template").
		Related(g.GenerateStringKey.Span, "generateStringKey is here")
}

// jsonTemplate checks a template written as JSON text.
func (c *checker) jsonTemplate(in *spec.SecretValue) {
	g := in.Generate
	t := g.SecretStringTemplate.JSON
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(t.V), &fields); err != nil || fields == nil {
		c.report(diag.TemplateNotJSON, t.Span).
			Message("the text is not a JSON object").
			Hint("write the template as a YAML mapping")
		return
	}
	if _, ok := fields[g.GenerateStringKey.V]; ok {
		c.keyInTemplate(g, t.Span)
	}
	literals := literalFields(in, t.V)
	for _, name := range literals {
		if name != g.GenerateStringKey.V && !in.UnsafePlaintext.V { // which is to be removed anyway
			c.report(diag.LiteralSecret, t.Span).
				Message("a literal in %q would stand in the template in the "+
					"clear", fieldNamed(name)).
				Hint("remove the field; if %q is no secret, add it to the value's plaintext "+
					"list", fieldNamed(name))
		}
	}
	if literals == nil && !in.UnsafePlaintext.V {
		c.credentialsInFields(in, fields, t.Span)
	}
}
