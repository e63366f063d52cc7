package compile

import (
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
)

// fromTemplates reads the estate of a world again, from the templates that it compiles to and from nothing else but who its principals are.
func fromTemplates(t *testing.T, text []byte, w *world) *access.Estate {
	t.Helper()
	r := Compile([]*source.File{source.New("spec.yaml", text)})
	ids := map[string]string{}
	for _, s := range w.m.Secrets {
		ids[s.LogicalID] = s.ID
	}
	for _, p := range w.m.Principals {
		if p.Kind == model.CreatedRole {
			ids[p.RoleID] = p.ID
		}
	}
	var stacks []access.Stack
	for _, s := range r.Stacks {
		account, region := s.Account, s.Region
		if account == "" {
			account = w.e.account("")
		}
		if region == "" {
			region = w.e.region("")
		}
		stacks = append(stacks, access.Stack{File: s.File, Name: s.Name, Account: account, Region: region, Template: s.Template, IDs: ids})
	}
	var known []*access.Principal
	for _, p := range w.e.Principals {
		again := &access.Principal{ID: p.ID, Caller: p.Caller, Assumed: p.Assumed}
		for _, d := range p.Identity {
			if d.Stack == "" { // handed over
				again.Identity = append(again.Identity, d)
			}
		}
		known = append(known, again)
	}
	e, problems := access.Load(stacks, known)
	if problems != nil {
		t.Fatalf("%v", problems)
	}
	return e
}

// What the templates say is what was placed: the right policies at the right principals, secrets and keys, in the right stacks. Two ways lead to an answer,
// which have the evaluator in common and nothing else.
func TestTemplatesSayWhatWasPlaced(t *testing.T) {
	compared := 0
	for name, text := range goldenSpecs(t) {
		w := newWorld(text)
		if w == nil || !aboutItself(w) || Compile([]*source.File{source.New("spec.yaml", text)}).Diagnostics.HasErrors() {
			continue
		}
		e := fromTemplates(t, text, w)
		for _, p := range w.e.Principals {
			for _, s := range w.e.Secrets {
				i := slices.IndexFunc(e.Principals, func(other *access.Principal) bool { return other.ID == p.ID })
				j := slices.IndexFunc(e.Secrets, func(other *access.Secret) bool { return other.ID == s.ID })
				if j < 0 && w.m.Secret(s.ID).Condition != "" { // which does not hold
					continue
				}
				if i < 0 || j < 0 || len(e.Secrets[j].Copies) != len(s.Copies) {
					t.Errorf("%s: %s or %s is not in the templates as it should be", name, p.ID, s.ID)
					continue
				}
				for _, verb := range Verbs() {
					for copy := range s.Copies {
						if !verb.Reaches(copy) {
							continue
						}
						want, got := w.e.Ask(p, &verb, s, copy), e.Ask(e.Principals[i], &verb, e.Secrets[j], copy)
						if compared++; got.Effect != want.Effect {
							t.Errorf("%s: %s %s %s in %s: the templates say %s, and %s was placed", name, p.ID, verb.Name, s.ID, s.Copies[copy].Region, got.Effect, want.Effect)
						}
					}
				}
			}
		}
	}
	if t.Logf("%d answers", compared); compared < 3_000 {
		t.Errorf("only %d answers were compared", compared)
	}
}

// aboutItself says whether a spec speaks of nothing that its templates do not have: no secrets, keys and names of others.
func aboutItself(w *world) bool {
	return !slices.ContainsFunc(w.m.Secrets, func(s *model.Secret) bool { return s.Import != model.NotImported }) &&
		!slices.ContainsFunc(w.m.Keys, func(k *model.Key) bool { return k.Imported }) && len(w.m.Resources) == 0 &&
		!slices.ContainsFunc(w.m.Principals, func(p *model.Principal) bool {
			return p.Kind == model.ExistingGroup || p.Role == nil && cfn.IsIntrinsic(p.Name)
		})
}
