package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// TestIntersections: of a key whose values all match one pattern, a text is found that matches
// another one, too, if this ends in any text.
func TestIntersections(t *testing.T) {
	pattern := func(s string) string { return strings.ReplaceAll(s, "*", allRuns) }
	g := groupTests{
		withins: []string{"role/app0", pattern("role/*/app0")},
		globs: []string{pattern("role/sso/*/team1_*"), pattern("role/sso/*/team2"),
			pattern("user/*"), pattern("role/*x/app0*")},
	}
	got := g.intersections([]string{"y"})
	want := []string{"role/sso/y/team1_/app0", "role/yx/app0/app0"}
	if !slices.Equal(got, want) {
		t.Errorf("%q instead of %q", got, want)
	}
	for _, text := range got {
		some := func(p string) bool { return matches(p, text, false) == cfn.Yes }
		if !slices.ContainsFunc(g.withins, some) || !slices.ContainsFunc(g.globs, some) {
			t.Errorf("%q does not match", text)
		}
	}
}
