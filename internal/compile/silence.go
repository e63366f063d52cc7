package compile

import (
	"slices"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/glob"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/spec"
)

// silenced is an entry of silence that has a code which can be silenced.
type silenced struct {
	spec.Silence
	code    *diag.Code
	secrets []string // the ids that it names; nil: it is about everything
	used    bool
}

// silence leaves out the warnings and notes that the spec silences, and reports entries that
// silence nothing.
func silence(s *spec.Spec, m *model.Model, found diag.List) diag.List {
	if len(s.Silence) == 0 {
		return found
	}
	entries, out := silencedBy(s, m)
	out = append(out, leaveOut(entries, found)...)
	if found.HasErrors() { // what a later pass would find of a spec with errors is not known
		return out
	}
	for _, e := range entries {
		// What a deployment does is found when the templates that are there are looked at, and
		// that a grant has ended when somebody says what day it is.
		if e.used || isOfUpdate(e.code) || e.code == diag.UnusedAccept ||
			e.code == diag.GrantHasEnded {
			continue
		}
		where := diag.Words("")
		if len(e.Secrets) > 0 {
			where = " at the secrets it names"
		}
		out.Report(diag.UnusedSilence, e.Code.Span).
			Message("the entry silences nothing: %s is not found%s", e.code.Number, where).
			Hint("remove the entry")
	}
	return out
}

// leaveOut returns what no entry of silence silences, and notes which of them are used.
func leaveOut(entries []*silenced, found diag.List) (out diag.List) {
	for i := range found {
		d, isSilenced := &found[i], false
		for _, e := range entries {
			about := e.secrets == nil || slices.ContainsFunc(e.secrets, d.IsAbout)
			if e.code == d.Code && about {
				e.used, isSilenced = true, true
			}
		}
		if !isSilenced {
			out = append(out, *d)
		}
	}
	return out
}

// silencedBy returns the entries of silence, and finds those that no diagnostic can be silenced by.
func silencedBy(s *spec.Spec, m *model.Model) (entries []*silenced, found diag.List) {
	for _, in := range s.Silence {
		if !in.Code.Set() {
			continue
		}
		code := diag.Lookup(in.Code.V)
		switch {
		case code == nil:
			found.Report(diag.UnknownSilence, in.Code.Span).
				Message("no diagnostic has the code %q", in.Code).
				Hint("write the code as it is shown, such as SC3011")
		case code.Severity == diag.Error:
			found.Report(diag.UnknownSilence, in.Code.Span).
				Message("%s is an error, which cannot be silenced", code.Number).
				Hint("remove the entry and mend what it is about")
		default:
			entries = append(entries, &silenced{Silence: in, code: code, secrets: secretsOf(in, m)})
		}
	}
	return entries, found
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
