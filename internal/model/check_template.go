package model

import (
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/spec"
)

// templateSections checks the sections in CloudFormation's own words, as far as they touch what
// this language promises.
func templateSections(m *Model) diag.List {
	c := checker{Model: m}
	c.parameters()
	for _, e := range m.Mappings {
		c.name("mapping", e.ID)
	}
	for _, e := range m.Conditions {
		c.name("condition", e.ID)
	}
	for _, e := range m.Resources {
		c.name("resource", e.ID)
		if isNoMapping(e.V) {
			continue
		}
		if t := e.V.Node.Get("Type"); t == nil || !t.IsScalar() || t.Text() == "" {
			c.report(diag.MissingProperty, e.ID.Span).
				Message("the resource %q has no Type", e.ID).
				Hint("add Type: and the CloudFormation type")
		}
	}
	for _, e := range m.Outputs {
		c.name("output", e.ID)
		if !isNoMapping(e.V) && e.V.Node.Get("Value") == nil {
			c.report(diag.MissingProperty, e.ID.Span).
				Message("the output %q has no Value", e.ID).
				Hint("add Value:")
		}
	}
	return c.found
}

// isNoMapping says whether an entry is none that has properties, which is said where it is read.
func isNoMapping(entry spec.Raw) bool { return entry.Node == nil }

// name checks the logical ID of an entry of a section.
func (c *checker) name(section string, id spec.Text) {
	c.text(diag.InvalidName, id, "the "+section+"'s name", aws.LogicalID(id.V),
		"write letters and digits only")
}

func (c *checker) parameters() {
	for _, e := range c.Parameters {
		c.name("parameter", e.ID)
		def := e.V.Node.Get("Default")
		if def != nil && credentials.IsNoEcho(e.V.Node) && def.Text() != "" {
			c.report(diag.LiteralSecret, def.Span()).
				Message("the default of a NoEcho parameter stands in the template in the clear").
				Hint("remove the default, and give the parameter when the stack is deployed")
		}
		if !isNoMapping(e.V) && e.V.Node.Get("Type") == nil {
			c.report(diag.MissingProperty, e.ID.Span).
				Message("the parameter %q has no Type", e.ID).
				Hint("add Type: String")
		}
	}
}

// sectionCredentials refuses credentials that are written out in the sections in CloudFormation's
// own words.
func sectionCredentials(m *Model) diag.List {
	c := checker{Model: m}
	for _, e := range m.Parameters {
		if def := e.V.Node.Get("Default"); def != nil && !credentials.IsNoEcho(e.V.Node) {
			c.literals("", def)
		}
	}
	for _, e := range m.Mappings {
		c.literals("", e.V.Node)
	}
	for _, e := range m.Resources {
		c.credentialsOf(e.V.Node)
	}
	for _, e := range m.Outputs {
		c.literals("", e.V.Node)
	}
	return c.found
}
