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
func (r *resolver) sections() credentials.Sections {
	if r.texts.Parameters != nil {
		return r.texts
	}
	s := credentials.NewSections()
	for _, e := range r.m.Parameters {
		s.Parameters[e.ID.V] = e.V.Node
	}
	for _, e := range r.m.Mappings {
		s.Mappings[e.ID.V] = e.V.Node
	}
	r.texts = s
	return s
}

// credentialsOf refuses the credentials that are written out in a resource: they would stand in the
// template in the clear. Its properties are judged by its type, the rest of it by names.
func (r *resolver) credentialsOf(resource *yaml.Node) {
	if resource == nil {
		return // rejected by the schema
	}
	kind := ""
	if t := resource.Get("Type"); t != nil {
		kind = t.Text
	}
	for _, p := range resource.Pairs {
		if p.Key.Text == "Properties" {
			r.literals(kind, p.Value)
			continue
		}
		r.literals("", p.Value)
	}
}

// literals refuses literals where a credential stands: where CloudFormation takes one, where a name
// tells one, and within any text.
func (r *resolver) literals(kind string, n *yaml.Node) {
	credentials.Places(kind, n, func(p credentials.Place) {
		if p.Held && r.held(p) {
			return
		}
		r.literalsWithin(p.Value, useReferenceWithin)
	})
}

// held reports a value that is a credential as a whole, and says whether it did.
func (r *resolver) held(p credentials.Place) bool {
	whole := r.sections().Whole(p.Name, p.Value)
	if whole.NoSecret && !p.Stated || p.Value.Kind == yaml.Bool || p.Name == "SecretStringTemplate" {
		return false // a template has names of users and hosts, mostly, beside what is generated
	}
	n := p.Value
	literal := n.IsScalar() && !whole.Kept
	fields := literalFields(&spec.SecretValue{}, jsonText(n))
	switch {
	case literal,
		n.IsIntrinsic() && (!r.refers(n) || slices.ContainsFunc(fields, aws.SoundsSecret)):
		r.report(diag.LiteralSecret, n.Span).
			Message("%s takes a credential, and a literal would stand in the template in the clear", p.Name).
			Hint("%s", diag.Words(useReference))
		return true
	case n.IsIntrinsic() && (p.Stated || slices.ContainsFunc(whole.Parameters, aws.SoundsSecret)):
		before := len(r.found)
		r.parameterInTheClear(spec.Value{Node: n})
		return len(r.found) > before
	}
	return false
}

// literalsWithin refuses the credentials that are written out within a text, however functions put
// it together, and those that come from parameters that CloudFormation shows. It says whether there
// were any.
func (r *resolver) literalsWithin(n *yaml.Node, hint string) bool {
	seen := map[*yaml.Node]bool{}
	for _, c := range r.sections().Credentials(n) {
		switch {
		case c.Kept:
		case len(c.Literals) > 0:
			if at := c.Literals[0]; !seen[at] {
				seen[at] = true
				r.report(diag.LiteralSecret, at.Span).
					Message("a credential within this text would stand in the template in the clear").
					Hint("%s", diag.Words(hint))
			}
		case len(c.Parameters) > 0 && !seen[n]:
			parameter := r.m.Parameters.Get(c.Parameters[0])
			if parameter == nil {
				continue
			}
			seen[n] = true
			r.report(diag.ParameterInTheClear, n.Span).
				Message("the parameter %q is shown in the clear by CloudFormation", parameter.ID.V).
				Hint("add NoEcho: true to the parameter")
			r.related(parameter.ID.Span, "the parameter is declared here")
		}
	}
	return len(seen) > 0
}

// describedLiterals refuses the credentials that are written out in descriptions and tags, which
// everybody sees who may list what there is.
func (r *resolver) describedLiterals() {
	text := func(t spec.Text) {
		if _, _, found := aws.HasCredential(t.V); found {
			r.report(diag.LiteralSecret, t.Span).
				Message("a credential within this text would stand in the template in the clear").
				Hint("%s", diag.Words(leaveOut))
		}
	}
	values := func(description spec.Value, tags spec.Entries[spec.Value]) {
		for _, v := range append([]spec.Value{description}, valuesOf(tags)...) {
			if v.Set() {
				r.literalsWithin(v.Node, leaveOut)
			}
		}
	}
	text(r.spec.Description)
	values(spec.Value{}, r.spec.Tags)
	for _, e := range r.spec.Keys {
		text(e.V.Description)
		values(spec.Value{}, e.V.Tags)
	}
	for _, e := range r.spec.Principals {
		text(e.V.Role.Description)
		values(spec.Value{}, e.V.Role.Tags)
	}
	for _, e := range r.spec.Secrets {
		values(e.V.Description, e.V.Tags)
	}
}

func valuesOf(entries spec.Entries[spec.Value]) []spec.Value {
	var out []spec.Value
	for _, e := range entries {
		out = append(out, e.V)
	}
	return out
}
