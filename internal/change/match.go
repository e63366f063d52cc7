package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// match says which stack of the old set each one of the new set is: the one of its name, account
// and Region; else of its file; else the only one that is left, if nothing says that it is another.
func match(olds, news []*state) map[*state]*state {
	partner := map[*state]*state{}
	pair := func(is func(old, new *state) bool) {
		for _, n := range news {
			if partner[n] != nil {
				continue
			}
			i := slices.IndexFunc(olds, func(o *state) bool {
				return partner[o] == nil && mayBe(o, n) && is(o, n)
			})
			if i >= 0 {
				partner[n], partner[olds[i]] = olds[i], n
			}
		}
	}
	pair(func(o, n *state) bool { return o.Name != "" && o.Name == n.Name && o.File == n.File })
	pair(func(o, n *state) bool { return o.Name != "" && o.Name == n.Name })
	pair(func(o, n *state) bool { return o.File == n.File })
	pair(func(o, n *state) bool { return base(o.File) == base(n.File) })
	left := func(list []*state) int {
		n := 0
		for _, s := range list {
			if partner[s] == nil {
				n++
			}
		}
		return n
	}
	if left(olds) == 1 && left(news) == 1 {
		pair(func(*state, *state) bool { return true })
	}
	return partner
}

// mayBe says whether nothing that is stated of two stacks makes them different.
func mayBe(a, b *state) bool {
	agree := func(a, b string) bool { return a == "" || b == "" || a == b }
	return agree(a.Name, b.Name) && agree(a.Account, b.Account) && agree(a.Region, b.Region)
}

func base(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }

// StackChange says what becomes of a stack.
type StackChange struct {
	Change string // added, removed, changed or same
	Stack  string // the file of its template, without extension
	Number int    // in the order to deploy them, from 1; 0: it is removed
}

// Stacks says which stacks come, go, change and stay the same, in the order to deploy them; those
// that go are last. A template that differs in its layout or Metadata alone is the same.
func Stacks(before, after []Stack) []StackChange {
	var out []StackChange
	for _, p := range newComparison(before, after).pairs {
		switch {
		case p.old == nil:
			out = append(out, StackChange{"added", p.new.File, p.new.number + 1})
		case p.new == nil:
			out = append(out, StackChange{"removed", p.old.File, 0})
		case p.isSame():
			out = append(out, StackChange{"same", p.new.File, p.new.number + 1})
		default:
			out = append(out, StackChange{"changed", p.new.File, p.new.number + 1})
		}
	}
	return out
}

// isSame says whether the templates of both sets are the same but for layout and Metadata.
func (p *pair) isSame() bool {
	a, b := p.old, p.new
	if a.Template == b.Template {
		return true
	}
	if !a.read.sameSurroundings(b.read) || !sameRules(p) || len(a.all) != len(b.all) ||
		len(a.Template.Outputs) != len(b.Template.Outputs) {
		return false
	}
	for id, r := range a.all {
		if other := b.all[id]; r == nil || other == nil || !isWrittenAs(r, other) {
			return false
		}
	}
	for name, o := range a.Template.Outputs {
		other := b.Template.Outputs[name]
		if other == nil {
			return false
		}
		for _, member := range []string{"Value", "Export", "Condition", "Description"} {
			if cfn.JSON(a.read.value(o.Member(member))) != cfn.JSON(b.read.value(
				other.Member(member))) {
				return false
			}
		}
	}
	return true
}
