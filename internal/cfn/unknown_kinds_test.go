package cfn

import (
	"slices"
	"testing"
)

// TestOnlyKinds: the kinds of a text's unknown parts are told without reading the rest of them.
func TestOnlyKinds(t *testing.T) {
	name, named := Unknown{What: "name", Name: "a"}.Text(), Unknown{What: "named"}.Text()
	account := Unknown{What: "account", Not: []string{"x"}}.Text()
	all := []string{"", "a", name, "a" + name + "b" + account, name + named, named + name}
	for _, text := range all {
		for _, kinds := range [][]string{nil, {"name"}, {"account", "name"}, {"nam", "named"}} {
			want := !slices.ContainsFunc(UnknownsIn(text), func(u Unknown) bool {
				return !slices.Contains(kinds, u.What)
			})
			if got := OnlyKinds(text, kinds...); got != want {
				t.Errorf("%q of %q: %t", Shown(text), kinds, got)
			}
		}
	}
}
