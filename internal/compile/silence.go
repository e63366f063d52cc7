package compile

import (
	"fmt"
	"path"
	"slices"
	"strings"

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
		code    *diag.Code
		secrets map[*model.Secret]bool // that it names; nil: it is about everything
		used    bool
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
			out.Report(diag.UnknownSilence, in.Code.Span).
				Message("no diagnostic has the code %q", in.Code).
				Hint("write the code as it is shown, such as SC3011")
			continue
		case code.Severity == diag.Error:
			out.Report(diag.UnknownSilence, in.Code.Span).
				Message("%s is an error, which cannot be silenced", code.Number).
				Hint("remove the entry and mend what it is about")
			continue
		}
		entries = append(entries, &entry{Silence: in, code: code, secrets: secretsOf(in, m)})
	}
	for _, d := range found {
		about, known := []*model.Secret(nil), false
		silenced := false
		for _, e := range entries {
			if e.code != d.Code {
				continue
			}
			if e.secrets != nil && !known {
				about, known = concerned(d, m), true
			}
			if e.secrets == nil || slices.ContainsFunc(about, func(s *model.Secret) bool { return e.secrets[s] }) {
				e.used, silenced = true, true
			}
		}
		if !silenced {
			out = append(out, d)
		}
	}
	for _, e := range entries {
		if e.code == diag.SecretsMove { // found when the templates that are there are looked at
			continue
		}
		if e.used || found.HasErrors() { // what a later pass would find of a spec with errors is not known
			continue
		}
		message := fmt.Sprintf("the entry silences nothing: %s is not found", e.code.Number)
		if len(e.Secrets) > 0 {
			message += " at the secrets it names"
		}
		out.Report(diag.UnusedSilence, e.Code.Span).
			Message("%s", message).
			Hint("remove the entry")
	}
	return out
}

// secretsOf returns the secrets that an entry names, nil if it is about everything.
func secretsOf(in spec.Silence, m *model.Model) map[*model.Secret]bool {
	if len(in.Secrets) == 0 {
		return nil
	}
	named := map[*model.Secret]bool{}
	for _, t := range in.Secrets {
		if s := m.Secret(t.V); s != nil {
			named[s] = true
			continue
		}
		if !strings.ContainsAny(t.V, `*?[\`) {
			continue
		}
		for _, s := range m.Secrets {
			if ok, _ := path.Match(t.V, s.ID); ok {
				named[s] = true
			}
		}
	}
	return named
}

// concerned returns the secrets that a diagnostic is about: its place or a related one is within the secret's entry.
func concerned(d diag.Diagnostic, m *model.Model) []*model.Secret {
	var out []*model.Secret
	for _, s := range m.Secrets {
		if inside(d.Span, s.Body) || slices.ContainsFunc(d.Places(), func(r diag.Related) bool { return inside(r.Span, s.Body) }) {
			out = append(out, s)
		}
	}
	return out
}

func inside(inner, outer source.Span) bool {
	return inner.File == outer.File && inner.Start >= outer.Start && inner.End <= outer.End
}
