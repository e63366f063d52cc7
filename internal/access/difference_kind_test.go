package access

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// What the answers before and after, and what a comparison of circumstances found, come to.
func TestKindOfChange(t *testing.T) {
	const no, maybe, yes = cfn.No, cfn.Maybe, cfn.Yes
	for _, c := range []struct {
		before, after Effect
		more, less    cfn.Truth
		want          ChangeKind
		perhaps       bool
	}{
		{Deny, Deny, no, no, Unchanged, false},
		{Deny, Allow, no, no, Gains, false},
		{Deny, Conditional, yes, no, Gains, false},
		{Allow, Deny, no, yes, Loses, false},
		{Conditional, Deny, no, no, Loses, false},
		{Allow, Allow, no, no, Unchanged, false},
		{Conditional, Conditional, no, no, Unchanged, false},
		{Conditional, Conditional, yes, no, Widens, false},
		{Conditional, Conditional, no, yes, Narrows, false},
		{Conditional, Conditional, yes, yes, Changes, false},
		// nobody had to find a circumstance
		{Conditional, Allow, no, no, Widens, false},
		{Allow, Conditional, no, no, Narrows, false},
		// what nobody can read decides
		{Conditional, Conditional, maybe, no, ChangeNotKnown, false},
		{Conditional, Conditional, yes, maybe, Widens, true},
		{Unknown, Deny, no, no, ChangeNotKnown, false},
		{Unknown, Allow, no, no, ChangeNotKnown, false},
		{Deny, Unknown, no, no, ChangeNotKnown, false},
		{Unknown, Unknown, no, no, Unchanged, false},
		{Unknown, Unknown, maybe, no, ChangeNotKnown, false},
	} {
		kind, perhaps := kindOfChange(c.before, c.after, c.more, c.less)
		if kind != c.want || perhaps != c.perhaps {
			t.Errorf("%s to %s with %v more and %v less: %s %v, want %s %v", c.before, c.after,
				c.more, c.less, kind, perhaps, c.want, c.perhaps)
		}
	}
}

// Worlds of one deployment: no condition holds in one of them alone.
func TestWorldsAgree(t *testing.T) {
	world := func(conditions ...NamedTruth) *World { return &World{Conditions: conditions} }
	prod, noProd, west := NamedTruth{"IsProd", true}, NamedTruth{"IsProd", false},
		NamedTruth{"InWest", true}
	for _, c := range []struct {
		a, b *World
		want bool
	}{
		{world(), world(), true}, {world(prod), world(), true}, {world(prod), world(prod), true},
		{world(prod), world(noProd), false}, {world(prod), world(west), true},
		{world(west, prod), world(west, noProd), false},
	} {
		if got := agree(c.a, c.b); got != c.want {
			t.Errorf("%v and %v agree: %v", c.a.Conditions, c.b.Conditions, got)
		}
	}
}
