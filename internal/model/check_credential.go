package model

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Nothing in this file quotes a value in a message: it may be a secret.

// useReference is the hint for a credential that is written out.
const useReference = "refer to a secret: !Sub " +
	"'{{resolve:secretsmanager:${DbSecret}:SecretString:password}}'"

// useReferenceWithin is the hint for a credential that is written out within a text.
const useReferenceWithin = "put a reference in its place: !Sub " +
	"'{{resolve:secretsmanager:${DbSecret}:SecretString:password}}', or a NoEcho parameter"

// leaveOut is the hint for a credential in a text that describes something.
const leaveOut = "remove it from the text, and change it where it is used"

// sections are the sections from which functions take texts.
func (c *checker) sections() credentials.Sections {
	if c.functionTexts.Parameters != nil {
		return c.functionTexts
	}
	s := credentials.NewSections()
	for _, e := range c.Parameters {
		s.Parameters[e.ID.V] = e.V.Node
	}
	for _, e := range c.Mappings {
		s.Mappings[e.ID.V] = e.V.Node
	}
	c.functionTexts = s
	return s
}

// credentialsOf refuses the credentials that are written out in a resource: they would stand in the
// template in the clear. Its properties are judged by its type, the rest of it by names.
func (c *checker) credentialsOf(resource *yaml.Node) {
	if resource == nil {
		return // rejected by the schema
	}
	kind := ""
	if t := resource.Get("Type"); t != nil {
		kind = t.Text()
	}
	for _, p := range resource.Pairs() {
		if p.Key.Text() == "Properties" {
			before := len(c.found)
			c.literals(kind, p.Value)
			c.typeMeant(resource.Get("Type"), c.found[before:])
			continue
		}
		c.literals("", p.Value)
	}
}

// typeMeant says with literals that were found in a resource which type is probably meant, where
// its own is nearly one that takes credentials.
func (c *checker) typeMeant(of *yaml.Node, found diag.List) {
	types := aws.CredentialTypes()
	if of == nil || !of.IsScalar() || len(found) == 0 || slices.Contains(types, of.Text()) {
		return
	}
	const letters = 2
	i := slices.IndexFunc(types, func(t string) bool { return diag.IsNear(of.Text(), t, letters) })
	if i >= 0 {
		found[0].AndHint("; and write the type %s, if that is meant", diag.Words(types[i]))
	}
}

// literals refuses literals where a credential stands: where CloudFormation takes one, where a name
// tells one, and within any text.
func (c *checker) literals(kind string, n *yaml.Node) {
	credentials.Places(kind, n, func(p credentials.Place) {
		if p.Held && c.held(p) {
			return
		}
		c.literalsWithin(p.Value, useReferenceWithin)
	})
}

// held reports a value that is a credential as a whole, and says whether it did.
func (c *checker) held(p credentials.Place) bool {
	whole := c.sections().Whole(p.Name, p.Value)
	if p.Written != "" {
		return c.heldByMistake(p, whole)
	}
	if whole.NoSecret && !p.Stated || p.Value.Kind == yaml.Bool ||
		p.Name == "SecretStringTemplate" {
		return false // a template has names of users and hosts, mostly, beside what is generated
	}
	n := p.Value
	literal := n.IsScalar() && !whole.Kept
	fields := literalFields(&spec.SecretValue{}, jsonText(n))
	switch {
	case literal,
		n.IsIntrinsic() && (!c.refers(n) || slices.ContainsFunc(fields, aws.SoundsSecret)):
		c.report(diag.LiteralSecret, n.Span()).
			Message("%s takes a credential, and a literal would stand in the template in the "+
				"clear", p.Name).
			Hint("%s", diag.Words(useReference))
		return true
	case n.IsIntrinsic() &&
		(p.Stated || slices.ContainsFunc(whole.Parameters, aws.SoundsSecret)):
		before := len(c.found)
		c.parameterInTheClear(spec.Value{Node: n})
		return len(c.found) > before
	}
	return false
}

// heldByMistake reports a literal below a misspelt property that would be a credential: the
// property is said, so that the two mistakes are one.
func (c *checker) heldByMistake(p credentials.Place, whole credentials.Credential) bool {
	if p.Value.IsIntrinsic() && c.refers(p.Value) || p.Value.IsScalar() && whole.Kept {
		return false
	}
	found := c.report(diag.LiteralSecret, p.Value.Span()).
		Message("%s seems to mean %s, where a credential stands, and this literal would stand in "+
			"the template in the clear", diag.Words(p.Written), diag.Words(p.Meant))
	if p.Name == "SecretStringTemplate" {
		found.Hint("write %s", diag.Words(p.Meant)) // with the names of users and hosts
	} else {
		found.Hint("write %s, and %s", diag.Words(p.Meant), diag.Words(useReference))
	}
	return true
}

// literalsWithin refuses the credentials that are written out within a text, however functions put
// it together, and those that come from parameters that CloudFormation shows. It says whether there
// were any.
func (c *checker) literalsWithin(n *yaml.Node, hint string) bool {
	seen := map[*yaml.Node]bool{}
	for _, credential := range c.sections().Credentials(n) {
		switch {
		case credential.Kept:
		case len(credential.Literals) > 0:
			if at := credential.Literals[0]; !seen[at] {
				seen[at] = true
				c.report(diag.LiteralSecret, at.Span()).
					Message("a credential within this text would stand in the template in the "+
						"clear").
					Hint("%s", diag.Words(hint))
			}
		case len(credential.Parameters) > 0 && !seen[n]:
			parameter := c.Parameters.Get(credential.Parameters[0])
			if parameter == nil {
				continue
			}
			seen[n] = true
			c.report(diag.ParameterInTheClear, n.Span()).
				Message("the parameter %q is shown in the clear by CloudFormation", parameter.ID.V).
				Hint("add NoEcho: true to the parameter").
				Related(parameter.ID.Span, "the parameter is declared here")
		}
	}
	return len(seen) > 0
}

// within refuses the credentials that are written out in any text of a value, whose names say
// nothing: of a condition, a statement, a description.
func (c *checker) within(n *yaml.Node, hint string) {
	if n == nil || (n.IsScalar() || n.IsIntrinsic()) && c.literalsWithin(n, hint) {
		return
	}
	for _, p := range n.Pairs() {
		c.within(p.Value, hint)
	}
	for _, item := range n.Items() {
		c.within(item, hint)
	}
}

// describedCredentials refuses the credentials that are written out in descriptions and tags, which
// everybody sees who may list what there is, and in what becomes part of a policy.
func describedCredentials(m *Model) diag.List {
	c := checker{Model: m}
	text := func(t spec.Text) {
		if _, _, found := aws.HasCredential(t.V); found {
			c.report(diag.LiteralSecret, t.Span).
				Message("a credential within this text would stand in the template in the clear").
				Hint("%s", diag.Words(leaveOut))
		}
	}
	values := func(description spec.Value, tags spec.Entries[spec.Value]) {
		if description.Set() {
			c.literalsWithin(description.Node, leaveOut)
		}
		for i := range tags {
			if v := tags[i].V; v.Set() {
				c.literalsWithin(v.Node, leaveOut)
			}
		}
	}
	text(c.written.Description)
	values(spec.Value{}, c.written.Tags)
	values(spec.Value{}, c.written.Defaults.Tags)
	statements := func(list []spec.Raw) {
		for _, s := range list {
			c.within(s.Node, leaveOut)
		}
	}
	when := func(w *spec.When) {
		if w == nil {
			return
		}
		c.within(w.Condition.Node, leaveOut)
		for _, tag := range w.PrincipalTags {
			for _, value := range tag.V {
				text(value)
			}
		}
	}
	for _, e := range c.written.Keys {
		text(e.V.Description)
		values(spec.Value{}, e.V.Tags)
		statements(e.V.Policy.Statements)
	}
	for _, e := range c.written.Principals {
		text(e.V.Role.Description)
		values(spec.Value{}, e.V.Role.Tags)
		for _, trust := range e.V.Role.AssumedBy {
			c.within(trust.Condition.Node, leaveOut)
		}
	}
	for _, e := range c.written.Secrets {
		values(e.V.Description, e.V.Tags)
		statements(e.V.Policy.Statements)
		for _, grants := range e.V.Grants {
			for _, grant := range grants.V {
				when(grant.When)
			}
		}
	}
	for i := range c.written.Grants {
		when(c.written.Grants[i].When)
	}
	return c.found
}
