package compile

import (
	"fmt"
	"path"
	"slices"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// silence leaves out the warnings and notes that the spec silences, and reports entries that silence nothing.
func silence(s *spec.Spec, m *model.Model, found diag.List) diag.List {
	if len(s.Silence) == 0 {
		return found
	}
	type entry struct {
		spec.Silence
		code *diag.Code
		used bool
	}
	var entries []*entry
	var out diag.List
	for _, in := range s.Silence {
		if !in.Code.Set() {
			continue
		}
		code := diag.Lookup(in.Code.V)
		switch {
		case code == nil:
			out = append(out, diag.Diagnostic{Code: diag.UnknownSilence, Span: in.Code.Span, Message: fmt.Sprintf("no diagnostic has the code %q", in.Code.V), Hint: "write the code as it is shown, such as SC3011"})
			continue
		case code.Severity == diag.Error:
			out = append(out, diag.Diagnostic{Code: diag.UnknownSilence, Span: in.Code.Span, Message: fmt.Sprintf("%s is an error, which cannot be silenced", code.Number), Hint: "remove the entry and mend what it is about"})
			continue
		}
		entries = append(entries, &entry{Silence: in, code: code})
	}
	for _, d := range found {
		silenced := false
		for _, e := range entries {
			if e.code == d.Code && concerns(e.Silence, d, m) {
				e.used, silenced = true, true
			}
		}
		if !silenced {
			out = append(out, d)
		}
	}
	for _, e := range entries {
		if e.used || found.HasErrors() { // what a later pass would find of a spec with errors is not known
			continue
		}
		message := fmt.Sprintf("the entry silences nothing: %s is not found", e.code.Number)
		if len(e.Secrets) > 0 {
			message += " at the secrets it names"
		}
		out = append(out, diag.Diagnostic{Code: diag.UnusedSilence, Span: e.Code.Span, Message: message, Hint: "remove the entry"})
	}
	return out
}

// concerns says whether a diagnostic is about one of the secrets that an entry names: its place or a related one is within the secret's
// entry. An entry that names none is about everything.
func concerns(e spec.Silence, d diag.Diagnostic, m *model.Model) bool {
	if len(e.Secrets) == 0 {
		return true
	}
	return slices.ContainsFunc(m.Secrets, func(s *model.Secret) bool {
		about := inside(d.Span, s.Body) || slices.ContainsFunc(d.Related, func(r diag.Related) bool { return inside(r.Span, s.Body) })
		return about && slices.ContainsFunc(e.Secrets, func(t spec.Text) bool {
			ok, _ := path.Match(t.V, s.ID)
			return ok
		})
	})
}

func inside(inner, outer source.Span) bool {
	return inner.File == outer.File && inner.Start >= outer.Start && inner.End <= outer.End
}
