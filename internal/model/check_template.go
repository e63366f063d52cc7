package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
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
	for _, section := range []spec.Entries[spec.Raw]{
		m.Parameters, m.Mappings, m.Conditions, m.Resources, m.Outputs,
	} {
		for _, e := range section {
			c.noNull(e.ID.Span, e.V.Node)
		}
	}
	for _, e := range m.Metadata {
		c.noNull(e.ID.Span, e.V.Node)
	}
	return c.found
}

// noNull refuses what has a key and no value: CloudFormation takes no null, wherever it stands. Of
// an entry itself that is said where it is read, as of a function in its short form.
// https://repost.aws/knowledge-center/cloudformation-template-validation
func (c *checker) noNull(key source.Span, n *yaml.Node) {
	if n == nil || n.IsIntrinsic() && n.Pairs()[0].Value.Kind == yaml.Null {
		return
	}
	if n.Kind == yaml.Null {
		at := n.Span()
		if at.Start >= at.End {
			at = key
		}
		c.report(diag.WrongType, at).
			Message("CloudFormation takes no null, and no value is written").
			Hint("write a value, or remove it")
		return
	}
	for _, p := range n.Pairs() {
		c.noNull(p.Key.Span(), p.Value)
	}
	for _, item := range n.Items() {
		c.noNull(key, item)
	}
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
		c.parameterProperties(e)
		if !isNoMapping(e.V) && e.V.Node.Get("Type") == nil {
			c.report(diag.MissingProperty, e.ID.Span).
				Message("the parameter %q has no Type", e.ID).
				Hint("add Type: String")
		}
	}
}

// parameterProperties refuses properties that no parameter has, with which CloudFormation refuses
// the template, and what tells the value of one that is not shown.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (c *checker) parameterProperties(e spec.Entry[spec.Raw]) {
	if isNoMapping(e.V) {
		return
	}
	for _, p := range e.V.Node.Pairs() {
		name := p.Key.Text()
		switch {
		case !slices.Contains(aws.ParameterProperties, name):
			d := c.report(diag.UnknownProperty, p.Key.Span()).
				Message("a parameter has no property %q", p.Key)
			if near := diag.Nearest(name, aws.ParameterProperties); near != "" {
				d.Hint("write %q", diag.Words(near)).Fix(p.Key.Span(), "%s", diag.Words(near))
			} else {
				d.Hint("remove it; properties here are %s",
					diag.Words(strings.Join(aws.ParameterProperties, ", ")))
			}
		case name == "AllowedValues" && credentials.IsNoEcho(e.V.Node) &&
			slices.ContainsFunc(p.Value.Items(),
				func(n *yaml.Node) bool { return n.Text() != "" }):
			c.report(diag.LiteralSecret, p.Value.Span()).
				Message("the allowed values of a NoEcho parameter stand in the template in the " +
					"clear, and one of them is its value").
				Hint("remove them; AllowedPattern can say what a value looks like")
		}
	}
}

// isOfPatterns says whether what stands in a regular expression in the places of credentials are
// expressions alone: [^@]+ in the place of a password is none.
func isOfPatterns(expression string) bool {
	return !slices.ContainsFunc(aws.CredentialsIn(expression), func(at [2]int) bool {
		return !strings.ContainsAny(expression[at[0]:at[1]], `[]()|\*+`)
	})
}

// sectionCredentials refuses credentials that are written out in the sections in CloudFormation's
// own words.
func sectionCredentials(m *Model) diag.List {
	c := checker{Model: m}
	for _, e := range m.Parameters {
		if isNoMapping(e.V) {
			continue
		}
		for _, p := range e.V.Node.Pairs() {
			switch p.Key.Text() {
			case "Default", "AllowedValues":
				if !credentials.IsNoEcho(e.V.Node) { // which is said already
					c.literals("", p.Value)
				}
			case "AllowedPattern":
				if !isOfPatterns(p.Value.Text()) {
					c.within(p.Value, leaveOut)
				}
			default:
				c.within(p.Value, leaveOut)
			}
		}
	}
	for _, e := range m.Conditions {
		c.within(e.V.Node, useReferenceWithin)
	}
	for _, e := range m.Metadata {
		c.literals("", e.V.Node)
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
