package compile

import (
	"fmt"
	"slices"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/glob"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/spec"
)

// silence leaves out the warnings and notes that the spec silences, and reports entries that
// silence nothing.
func silence(s *spec.Spec, m *model.Model, found diag.List) diag.List {
	if len(s.Silence) == 0 {
		return found
	}
	type entry struct {
		spec.Silence
		code    *diag.Code
		secrets []string // the ids that it names; nil: it is about everything
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
	for i := range found {
		d := &found[i]
		silenced := false
		for _, e := range entries {
			if e.code != d.Code {
				continue
			}
			if e.secrets == nil || slices.ContainsFunc(e.secrets, d.IsAbout) {
				e.used, silenced = true, true
			}
		}
		if !silenced {
			out = append(out, *d)
		}
	}
	for _, e := range entries {
		if e.code == diag.SecretsMove { // found when the templates that are there are looked at
			continue
		}
		// what a later pass would find of a spec with errors is not known
		if e.used || found.HasErrors() {
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

// secretsOf returns the ids of the secrets that an entry names, nil if it is about everything.
func secretsOf(in spec.Silence, m *model.Model) []string {
	if len(in.Secrets) == 0 {
		return nil
	}
	named := []string{}
	for _, t := range in.Secrets {
		for _, s := range m.Secrets {
			if s.ID == t.V || glob.Match(t.V, s.ID) {
				named = append(named, s.ID)
			}
		}
	}
	return named
}
