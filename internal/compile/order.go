package compile

import (
	"slices"

	"github.com/secretctl/secretctl/internal/model"
)

// Ordered returns the results in the order in which to deploy them: what makes something before
// what imports it, in the same environment or where one of the two specs has none. Otherwise specs
// without environments come first and the environments one by one, each in the order of the specs.
func (o Outcome) Ordered() []Result {
	var all []Result
	names := append([]string{""}, o.Environments...)
	for _, name := range names {
		for _, r := range o.Results {
			if r.Environment == name {
				all = append(all, r)
			}
		}
	}
	return inOrder(all)
}

// inOrder puts specs behind those that make what they import. Of a circle the first comes first.
func inOrder(all []Result) []Result {
	waits := make([]map[int]bool, len(all)) // for which others, by their numbers
	for i, r := range all {
		waits[i] = map[int]bool{}
		for j, other := range all {
			beside := r.Environment == other.Environment || r.Environment == "" ||
				other.Environment == ""
			if i != j && beside && imports(r.model, other.model) {
				waits[i][j] = true
			}
		}
	}
	left := make([]int, len(all))
	for i := range all {
		left[i] = i
	}
	var out []Result
	for len(left) > 0 {
		next := max(0, slices.IndexFunc(left, func(i int) bool { return len(waits[i]) == 0 }))
		done := left[next]
		out = append(out, all[done])
		left = slices.Delete(left, next, next+1)
		for _, i := range left {
			delete(waits[i], done)
		}
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
