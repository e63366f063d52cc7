package lower

import (
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/spec"
)

// verbatim merges the user's own resources and outputs.
func (b *builder) verbatim() {
	clash := func(e spec.Entry[spec.Raw], kind string) {
		b.found.Report(diag.NameClash, e.ID.Span).
			Message("the %s %q is also derived from the spec", kind, e.ID).
			Related(b.Places[e.ID.V], "it is derived from this").
			Hint("rename it, or give the other a logicalId of its own")
	}
	for _, e := range b.m.Resources {
		if _, taken := b.Template.Resources[e.ID.V]; taken {
			clash(e, "resource")
			continue
		}
		if b.Template.Parameters.Get(e.ID.V) != nil {
			b.found.Report(diag.NameClash, e.ID.Span).
				Message("%q is a parameter and a resource", e.ID).
				Related(b.m.Parameters.Get(e.ID.V).ID.Span, "the parameter is here").
				Hint("rename one of them")
		}
		body, _ := cfn.ValueOf(e.V.Node).(cfn.Object)
		kind, _ := body.Get("Type").(string)
		b.Template.Resources[e.ID.V] = &cfn.Resource{Type: kind, Verbatim: body}
		b.Places[e.ID.V] = e.ID.Span
	}
	for _, e := range b.m.Outputs {
		if _, taken := b.Template.Outputs[e.ID.V]; taken {
			clash(e, "output")
			continue
		}
		body, _ := cfn.ValueOf(e.V.Node).(cfn.Object)
		b.Template.Outputs[e.ID.V], b.Places[e.ID.V] = &cfn.Output{Verbatim: body}, e.ID.Span
	}
	for id, at := range b.Places {
		if b.Template.Parameters.Get(id) != nil && !isVerbatim(b.m, id) &&
			b.Template.Resources[id] != nil {
			b.found.Report(diag.NameClash, b.m.Parameters.Get(id).ID.Span).
				Message("the parameter %q is also derived from the spec", id).
				Related(at, "it is derived from this").
				Hint("rename the parameter, or give the other a logicalId of its own")
		}
	}
}

// isVerbatim says whether a resource is in the user's words.
func isVerbatim(m *model.Model, id string) bool { return m.Resources.Get(id) != nil }
