package compile

import (
	"slices"

	"github.com/secretctl/secretctl/internal/model"
)

// Ordered returns the results in the order in which to deploy them: environment by environment, and
// in each a spec that makes something before those that import it. Otherwise they stay in the order
// of the specs.
func (o Outcome) Ordered() []Result {
	var out []Result
	names := o.Environments
	if len(names) == 0 {
		names = []string{""}
	}
	if !slices.Contains(names, "") {
		names = append([]string{""}, names...)
	}
	for _, name := range names {
		var here []Result
		for _, r := range o.Results {
			if r.Environment == name {
				here = append(here, r)
			}
		}
		out = append(out, inOrder(here)...)
	}
	return out
}

// inOrder puts specs behind those that make what they import. Of a circle the first comes first.
func inOrder(all []Result) []Result {
	var out []Result
	for len(all) > 0 {
		next := slices.IndexFunc(all, func(r Result) bool {
			return !slices.ContainsFunc(all, func(other Result) bool {
				return other.model != r.model && imports(r.model, other.model)
			})
		})
		next = max(next, 0)
		out = append(out, all[next])
		all = slices.Delete(slices.Clone(all), next, next+1)
	}
	return out
}

// imports says whether a spec imports, or names as its own principal, something that another makes,
// as far as that can be told by its name.
func imports(m, other *model.Model) bool {
	if m == nil || other == nil {
		return false
	}
	account := func(stated, of string) string {
		if stated != "" {
			return stated
		}
		return of
	}
	same := func(a, b string) bool { return a == b || a == "" || b == "" }
	for _, s := range m.Secrets {
		if s.Import == model.NotImported || s.Name == "" {
			continue
		}
		for _, made := range other.Secrets {
			if made.Import == model.NotImported && made.Name == s.Name &&
				same(account(s.Account, m.Env.Account), other.Env.Account) &&
				same(account(s.Region, m.Env.Region), other.Env.Region) {
				return true
			}
		}
	}
	for _, k := range m.Keys {
		for _, made := range other.Keys {
			if k.Imported && !made.Imported && k.AliasName != "" && made.AliasName == k.AliasName &&
				same(account(k.Account, m.Env.Account), other.Env.Account) {
				return true
			}
		}
	}
	for _, p := range m.Principals {
		for _, made := range other.Principals {
			if p.Kind == model.ExistingRole && made.Kind == model.CreatedRole && p.Name != "" &&
				made.Role.Name == p.Name &&
				same(account(p.Account, m.Env.Account), other.Env.Account) {
				return true
			}
		}
	}
	return false
}
