package model

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// maxSuggestions bounds how often a wrong name is compared with every right one, so that a spec of
// ten thousand wrong names is refused as fast as one with a few.
const maxSuggestions = 200

// unknownName reports a name that names nothing.
// The same name in several places is one mistake.
func (r *resolver) unknownName(code *diag.Code, t spec.Text, what string, names func() []string) {
	if r.elsewhere(code, t) {
		return
	}
	if at, again := r.unknownNames[nameUnknown{code, t.V}]; again {
		r.again(&r.found[at.found], t, at)
		return
	}
	r.unknown[nameUnknown{code, t.V}] = true
	r.unknownNames[nameUnknown{code, t.V}] = &firstUnknown{
		found: len(r.found), places: map[source.Span]bool{t.Span: true},
	}
	d := r.found.Report(code, t.Span).
		Message("no %s is named %q", diag.Words(what), t).
		Hint("define it under %ss", diag.Words(strings.ReplaceAll(what, " or ", "s or ")))
	if r.byAWSName(d, code, t) {
		return
	}
	if r.suggestions++; r.suggestions <= maxSuggestions {
		if near := d.Guess(t.V, names()); near != "" {
			d.Fix(t.Span, "%s", near)
			r.unknownNames[nameUnknown{code, t.V}].meant = near
		}
	}
}

// elsewhere reports a name of what exists, but not in this environment.
func (r *resolver) elsewhere(code *diag.Code, t spec.Text) bool {
	sections := map[*diag.Code][]string{
		diag.UnknownSecret: {"secrets"}, diag.UnknownPrincipal: {"principals"},
		diag.UnknownKey: {"keys"}, diag.UnknownExport: {"secrets", "keys"},
	}
	for _, section := range sections[code] {
		for _, a := range r.written.Absent[section] {
			if a.ID.V == t.V {
				where := diag.Words(english.List(a.Where))
				r.found.Report(code, t.Span).
					Message("%q does not exist in %s", t, where).
					SayingWhere().
					Related(a.ID.Span, "it is defined here, for some environments").
					Hint("name it where it exists, with \"environments\" or a value for each " +
						"environment; or let it exist everywhere")
				return true
			}
		}
	}
	return false
}

// nameUnknown is a name that names nothing, of what a code is about.
type nameUnknown struct {
	code *diag.Code
	name string
}

// firstUnknown is what was found when a name was met that names nothing.
type firstUnknown struct {
	found int    // the index of the diagnostic
	meant string // what is meant, if that is known
	times int    // how often the name was met again

	places map[source.Span]bool // where it was met: one place may be met by several aliases
}

// mostPlaces is how many other places of the same name are shown.
const mostPlaces = 5

// again adds another place to a diagnostic about a name that names nothing.
func (r *resolver) again(d *diag.Diagnostic, t spec.Text, at *firstUnknown) {
	if at.places[t.Span] {
		return
	}
	at.places[t.Span] = true
	if at.meant != "" {
		d.Fix(t.Span, "%s", at.meant)
	}
	if at.times++; at.times <= mostPlaces {
		d.Related(t.Span, "it is named here, too")
	}
}

// principalNames are the ids that grants can name.
func (m *Model) principalNames() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for id := range m.principals {
			if !yield(id) {
				return
			}
		}
		maps.Keys(m.sets)(yield)
	})
}

func (m *Model) keyNames() []string {
	names := make([]string, len(m.Keys))
	for i, k := range m.Keys {
		names[i] = k.ID
	}
	return names
}

func (m *Model) secretNames() []string {
	names := make([]string, len(m.Secrets))
	for i, s := range m.Secrets {
		names[i] = s.ID
	}
	return names
}

func namesOf[T any](entries spec.Entries[T]) []string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.ID.V
	}
	return names
}

// principal finds one principal by id; a set is none.
func (r *resolver) principal(t spec.Text) *Principal {
	if !t.Set() {
		return nil // not written, or rejected by the schema
	}
	r.usedPrincipals[t.V] = true
	if p := r.principals[t.V]; p != nil {
		return p
	}
	if _, ok := r.sets[t.V]; ok {
		r.found.Report(diag.InvalidValue, t.Span).
			Message("%q is a set of principals, and one principal is needed here", t).
			Hint("name one principal")
		return nil
	}
	r.unknownName(diag.UnknownPrincipal, t, "principal", r.principalNames)
	return nil
}

// everyone finds the principals that a list of ids names, sets replaced by their members, each
// once, in the order named.
func (r *resolver) everyone(list []spec.Text) []*Principal {
	if len(list) == 1 {
		if p := r.principals[list[0].V]; p != nil {
			if !p.isNamed {
				p.isNamed = true
				r.usedPrincipals[p.ID] = true
			}
			return p.alone
		}
	}
	for _, t := range list {
		r.usedPrincipals[t.V] = true
		if _, isSet := r.sets[t.V]; !isSet && r.principals[t.V] == nil {
			r.unknownName(diag.UnknownPrincipal, t, "principal", r.principalNames)
		}
	}
	return r.named(list)
}

// named returns the principals that a list of ids names, as everyone does. Names that name nothing
// are left out.
func (m *Model) named(list []spec.Text) []*Principal {
	var out []*Principal
	seen := map[*Principal]bool{}
	add := func(p *Principal) {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	for _, t := range list {
		if p := m.principals[t.V]; p != nil {
			add(p)
			continue
		}
		for _, p := range m.sets[t.V] {
			add(p)
		}
	}
	return out
}

// accountKey is what a key is called that is no id: the one that AWS manages for an account, which
// needs no name unless defaults name another.
const accountKey = "aws/secretsmanager"

// key finds a key by id; nil is the key that AWS manages.
func (r *resolver) key(t spec.Text) *Key {
	if !t.Set() || t.V == accountKey {
		return nil
	}
	r.usedKeys[t.V] = true
	if k := r.keys[t.V]; k != nil {
		return k
	}
	r.unknownName(diag.UnknownKey, t, "key", r.keyNames)
	return nil
}

// maxGlobbed is how often globs are compared with ids.
const maxGlobbed = 5_000_000

// secretsNamed finds the secrets that ids and globs of ids name, each once.
func (r *resolver) secretsNamed(list []spec.Text) []*Secret {
	var out []*Secret
	var seen map[*Secret]bool
	add := func(s *Secret) {
		if !seen[s] {
			if seen == nil {
				seen = map[*Secret]bool{}
			}
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, t := range list {
		if s := r.secrets[t.V]; s != nil {
			add(s)
			continue
		}
		if !strings.ContainsAny(t.V, "*?[") {
			r.unknownName(diag.UnknownSecret, t, "secret", r.secretNames)
			continue
		}
		if r.globbed += len(r.Secrets); r.globbed > maxGlobbed {
			r.reportGlobs(t)
			break
		}
		r.matching(t, add)
	}
	return out
}

// matching calls add for every secret whose id matches a glob.
func (r *resolver) matching(glob spec.Text, add func(*Secret)) {
	matched := false
	for _, s := range r.Secrets {
		ok, err := path.Match(glob.V, s.ID)
		if err != nil {
			r.found.Report(diag.InvalidValue, glob.Span).
				Message("%q is not a glob", glob).
				Hint("write * for any text, ? for any character, [a-z] for one of several")
			return
		}
		if ok {
			matched = true
			add(s)
		}
	}
	if !matched {
		r.found.Report(diag.GlobMatchesNothing, glob.Span).
			Message("no secret's id matches %q", glob).
			Hint("correct it, or remove it")
	}
}

// reportGlobs reports, once, that there are too many globs for so many secrets.
func (r *resolver) reportGlobs(t spec.Text) {
	if r.tooManyGlobs {
		return
	}
	r.tooManyGlobs = true
	r.found.Report(diag.TooMany, t.Span).
		Message("the globs up to this one are compared with ids of secrets more than 5,000,000 " +
			"times").
		Hint("name sets of secrets by one glob, or divide the spec in several")
}

// UnknownStems are how the logical IDs begin of secrets and keys that the spec names and does not
// have.
func (m *Model) UnknownStems() []string {
	var stems []string
	for n := range m.unknown {
		switch n.code {
		case diag.UnknownSecret:
			stems = append(stems, cfn.LogicalID(n.name, "Secret"))
		case diag.UnknownKey:
			stems = append(stems, cfn.LogicalID(n.name, "Key"))
		case diag.UnknownPrincipal:
			stems = append(stems, cfn.LogicalID(n.name, "Role"), cfn.LogicalID(n.name, "Policy"))
		}
	}
	return stems
}
