package access

import (
	"cmp"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// pairWorlds returns which worlds of two estates may be of one deployment, by their numbers: those
// of the same values of parameters. decided says that these were tried; where there are too many,
// worlds are paired in which no condition of the same name is not the same.
func pairWorlds(before, after *Estate) (pairs [][2]int, decided bool) {
	if len(before.Worlds) == 1 && len(after.Worlds) == 1 {
		return [][2]int{{0, 0}}, true
	}
	if sameRules(before, after) {
		for i := range before.Worlds {
			pairs = append(pairs, [2]int{i, i})
		}
		return pairs, true
	}
	if pairs, decided = worldsByParameters(before, after); decided {
		return pairs, true
	}
	return worldsByName(before, after), false
}

// worldsByName pairs the worlds in which no condition of one name is not the same, and those that
// then have no other, with the one in which the most conditions are.
func worldsByName(before, after *Estate) [][2]int {
	var pairs [][2]int
	if slices.EqualFunc(before.Worlds, after.Worlds, func(a, b *World) bool {
		return slices.Equal(a.Conditions, b.Conditions)
	}) {
		for i := range before.Worlds {
			pairs = append(pairs, [2]int{i, i})
		}
		return pairs
	}
	for i, o := range before.Worlds {
		for j, n := range after.Worlds {
			if agree(o, n) {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	for i, o := range before.Worlds {
		if !slices.ContainsFunc(pairs, func(p [2]int) bool { return p[earlier] == i }) {
			pairs = append(pairs, [2]int{i, mostAlike(o, after.Worlds)})
		}
	}
	for j, n := range after.Worlds {
		if !slices.ContainsFunc(pairs, func(p [2]int) bool { return p[later] == j }) {
			pairs = append(pairs, [2]int{mostAlike(n, before.Worlds), j})
		}
	}
	return pairs
}

// mostAlike returns the number of the world in which the most conditions are as in another one.
func mostAlike(w *World, worlds []*World) int {
	best, most := 0, -1
	for i, other := range worlds {
		n := 0
		for _, c := range w.Conditions {
			if other.holds(c.Name) == cfn.TruthOf(c.Holds) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// sameRules says whether the conditions of two estates are the same, and hang on the same.
func sameRules(before, after *Estate) bool {
	if before.from == nil || after.from == nil ||
		!slices.EqualFunc(before.Worlds, after.Worlds, func(a, b *World) bool {
			return slices.Equal(a.Conditions, b.Conditions)
		}) {
		return false
	}
	return slices.EqualFunc(before.from.stacks, after.from.stacks, func(a, b *givenStack) bool {
		t, o := a.template, b.template
		return a.label == b.label && (t == o || cfn.JSON(t.Conditions) == cfn.JSON(o.Conditions) &&
			cfn.JSON(t.Parameters) == cfn.JSON(o.Parameters) &&
			cfn.JSON(t.Mappings) == cfn.JSON(o.Mappings))
	})
}

// jointParameter is a parameter of one or both sides that decides conditions.
type jointParameter struct {
	label  [2]string // of its stack; empty: the side does not have it
	name   string
	values []string
	own    [2][]string // those that a side knows itself
}

// worldsByParameters pairs the worlds of two estates by the values of all parameters that decide
// conditions on some side; not ok: there are too many.
func worldsByParameters(before, after *Estate) (pairs [][2]int, ok bool) {
	sides := [2]*Estate{before, after}
	parameters, ok := jointParameters(before, after)
	if !ok {
		return nil, false
	}
	index, sizes := make([]int, len(parameters)), make([]decisiveParameter, len(parameters))
	for i, p := range parameters {
		sizes[i].values = p.values
	}
	if product(sizes) > maxTried {
		return nil, false
	}
	for more := true; more; more = next(index, sizes) {
		var found [2][]int
		for side, e := range sides {
			values := make([][]string, len(parameters))
			for i, p := range parameters {
				values[i] = []string{p.values[index[i]]}
			}
			if found[side] = e.worldsOfAll(side, parameters, values); found[side] != nil {
				continue
			}
			for i, p := range parameters { // a value that the side does not allow is another there
				if !slices.Contains(p.own[side], values[i][0]) && len(p.own[side]) > 0 {
					values[i] = p.own[side]
				}
			}
			found[side] = e.worldsOfAll(side, parameters, values)
		}
		for _, i := range found[earlier] {
			for _, j := range found[later] {
				if !slices.Contains(pairs, [2]int{i, j}) {
					pairs = append(pairs, [2]int{i, j})
				}
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]int) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	isComplete := func(side, worlds int) bool {
		for n := range worlds {
			if !slices.ContainsFunc(pairs, func(p [2]int) bool { return p[side] == n }) {
				return false
			}
		}
		return true
	}
	return pairs, isComplete(earlier, len(before.Worlds)) && isComplete(later, len(after.Worlds))
}

// jointParameters lists the parameters that decide conditions on some side, with all values that
// make a difference on either.
func jointParameters(before, after *Estate) (out []jointParameter, ok bool) {
	type one struct {
		of jointParameter
		d  cfn.Decisive
	}
	var all []one
	for side, e := range []*Estate{before, after} {
		if e.from == nil || e.leftOpen {
			return nil, false
		}
		for _, p := range e.from.decisive() {
			i := slices.IndexFunc(all, func(x one) bool {
				return side == later && x.of.name == p.name && x.of.label[later] == "" &&
					before.isStack(x.of.label[earlier], after, p.label)
			})
			if i < 0 {
				i, all = len(all), append(all, one{jointParameter{name: p.name}, p.of})
			}
			all[i].of.label[side], all[i].of.own[side] = p.label, p.values
			all[i].d = merged([]cfn.Decisive{all[i].d}, p.of)[0]
		}
	}
	for _, x := range all {
		for side, e := range []*Estate{before, after} {
			if at := x.of.label[side]; at != "" {
				for _, v := range e.from.valuesOf(at, x.d) {
					if !slices.Contains(x.of.values, v) {
						x.of.values = append(x.of.values, v)
					}
				}
			}
		}
		out = append(out, x.of)
	}
	return out, true
}

// valuesOf returns the values of a parameter of a stack that are tried.
func (src *deployment) valuesOf(label string, d cfn.Decisive) []string {
	for _, s := range src.open(nil).stacks {
		if s.label == label && s.parent == nil {
			return s.decisiveParameter(d).values
		}
	}
	return nil
}

// isStack says whether a stack of one estate is a stack of another: the one of its name, or else of
// its file, or the only one.
func (e *Estate) isStack(label string, other *Estate, is string) bool {
	find := func(list []*givenStack, label string) *givenStack {
		for _, g := range list {
			if g.label == label {
				return g
			}
		}
		return nil
	}
	a, b := find(e.from.stacks, label), find(other.from.stacks, is)
	switch {
	case a == nil || b == nil:
		return false
	case a.Name != "" && b.Name != "":
		return a.Name == b.Name && a.Account == b.Account && a.Region == b.Region
	}
	return label == is || len(e.from.stacks) == 1 && len(other.from.stacks) == 1
}

// worldsOfAll returns the numbers of the worlds that some of several values of each parameter make.
func (e *Estate) worldsOfAll(side int, parameters []jointParameter, values [][]string) []int {
	var out []int
	index, sizes := make([]int, len(parameters)), make([]decisiveParameter, len(parameters))
	for i := range sizes {
		sizes[i].values = values[i]
	}
	if product(sizes) > maxTried {
		return nil
	}
	for more := true; more; more = next(index, sizes) {
		of := map[string]map[string]string{}
		for i, p := range parameters {
			if at := p.label[side]; at != "" {
				if of[at] == nil {
					of[at] = map[string]string{}
				}
				of[at][p.name] = values[i][index[i]]
			}
		}
		for _, n := range e.worldsOf(of) {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// worldsOf returns the numbers of the worlds in which conditions are as values of parameters make
// them.
func (e *Estate) worldsOf(values map[string]map[string]string) []int {
	holding := e.from.truths(values)
	text := textOfTruths(holding)
	var out []int
	for i, c := range e.choices {
		if c.truths != text {
			continue
		}
		fits := true
		for at, list := range c.values {
			for name, v := range list {
				given, known := values[at][name]
				fits = fits && (!known || cfn.HasUnknown(v) || given == v)
			}
		}
		if fits {
			return []int{i}
		}
		out = append(out, i)
	}
	return out
}
