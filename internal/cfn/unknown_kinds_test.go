package cfn

import (
	"slices"
	"strings"
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

// TestMentionsIsSomeKind: a text mentions a kind if one of its unknown parts is of that.
func TestMentionsIsSomeKind(t *testing.T) {
	name, named := Unknown{What: "name", Name: "a"}.Text(), Unknown{What: "named"}.Text()
	other := Unknown{What: "other", Name: "name", Not: []string{"name"}}.Text()
	for _, text := range []string{
		"", "name", name, named, other, "a" + other + named, other + "b" + name, name[:len(name)/2],
		name[:3], name[:8], string(unknownBegin) + name, "\uFDD0", "a\uFDD0", name[3:],
	} {
		for _, what := range []string{"name", "named", "nam", "other", ""} {
			var b []byte
			b = appendField(append(b, string(unknownBegin)...), what)
			b = appendByte(b, unknownSeparator[0])
			want := strings.Contains(text, string(b))
			if got := Mentions(text, what); got != want {
				t.Errorf("%q mentions %q: %t", text, what, got)
			}
		}
	}
}
