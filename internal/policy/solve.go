package policy

import (
	"cmp"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// literal is a test that is wanted to hold, or not to.
type literal struct {
	atom int
	want bool
}

// formula is what a circumstance must meet: of each constraint one literal.
type formula struct {
	constraints [][]literal
	plain       bool    // the call is the plain one: chosen keys have their plain values
	usual       bool    // no service makes the call on somebody's behalf
	mode        mode    // how a test is taken that depends on what nobody can read
	routes      []Route // that the requests go; without one, keys of all routes may stand together
}

// met says whether a literal is met by what is known of its test.
func (f *formula) met(l literal, t cfn.Truth) bool {
	switch {
	case l.want && f.mode == strict:
		return t == cfn.Yes
	case l.want:
		return t != cfn.No
	case f.mode == strict:
		return t == cfn.No
	}
	return t != cfn.Yes
}

// assignment is a circumstance: of each open key the number of its cell, or -1 where it makes no
// difference.
type assignment []int

// solver looks for an assignment that meets a formula.
type solver struct {
	p       *problem
	f       *formula
	domains [][]int // of each key the cells that are left
	at      assignment
}

// solve looks for a circumstance that meets a formula, on every route that requests may go. Without
// one, complete says whether there certainly is none.
func (p *problem) solve(f formula) (found assignment, complete bool) {
	complete = true
	for _, routes := range p.routes() {
		f.routes = routes
		found, sure := p.solveOn(f)
		if found != nil {
			return found, true
		}
		complete = complete && sure
	}
	return nil, complete
}

// solveOn is solve on some routes.
func (p *problem) solveOn(f formula) (found assignment, complete bool) {
	s := &solver{
		p: p, f: &f, domains: make([][]int, len(p.keys)), at: make(assignment, len(p.keys)),
	}
	for k := range p.keys {
		s.at[k] = -1
		s.domains[k] = s.domain(k)
	}
	if !s.affordable() {
		return nil, false
	}
	rest, ok := s.units()
	if !ok {
		return nil, !p.full
	}
	for _, group := range s.groups(rest) {
		s.reduce(group)
		solved, sure := s.search(group)
		if !solved {
			return nil, sure && !p.full
		}
	}
	for k := range s.at {
		if s.at[k] < 0 && len(s.domains[k]) > 0 {
			s.at[k] = s.domains[k][0]
		}
	}
	return s.at, true
}

// affordable counts the work that every formula takes and says whether the budget allows it.
func (s *solver) affordable() bool {
	n := len(s.f.constraints)
	for k := range s.domains {
		n += len(s.domains[k])
	}
	s.p.steps += 1 + n/stepsOfTests
	return s.p.steps <= mostAssignments
}

// stepsOfTests is how many looks at one test that is known are one step of the budget.
const stepsOfTests = 256

// domain returns the cells of a key: all, or in a plain call the plain one of a chosen key.
func (s *solver) domain(k int) []int {
	key := &s.p.keys[k]
	var out []int
	for i, c := range key.cells {
		if s.f.plain && key.fact.State == Chosen && !slices.Equal(c.values, key.fact.Plain) {
			continue
		}
		excludes := func(r Route) bool { return r.excludes(key, c.values) }
		if slices.ContainsFunc(s.f.routes, excludes) {
			continue
		}
		if s.f.usual && key.name == viaService && !slices.Equal(c.values, []string{"false"}) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// viaService is the key that says whether a service makes a call on somebody's behalf.
const viaService = "aws:viaawsservice"

// solveUsual is solve, where a circumstance that is usual is preferred: people are told it.
func (p *problem) solveUsual(f formula, last bool) (found assignment, complete bool) {
	if _, asked := p.keyIndex[viaService]; last && asked {
		usual := f
		usual.usual = true
		if found, _ := p.solve(usual); found != nil {
			return found, true
		}
	}
	return p.solve(f)
}

// values returns the values of a key that is assigned.
func (s *solver) values(k int) []string {
	return s.p.keys[k].cells[s.at[k]].values
}

// units takes away the cells that constraints of one test on one key exclude, and returns the other
// constraints. It is not ok where no cell is left.
func (s *solver) units() (rest [][]literal, ok bool) {
	for _, c := range s.f.constraints {
		if len(c) == 0 {
			return nil, false
		}
		if len(c) != 1 || len(s.p.atoms[c[0].atom].keys) != 1 {
			rest = append(rest, c)
			continue
		}
		t := &s.p.atoms[c[0].atom]
		k := t.keys[0]
		s.domains[k] = slices.DeleteFunc(s.domains[k], func(i int) bool {
			return !s.f.met(c[0], t.cells[i])
		})
		if len(s.domains[k]) == 0 {
			return nil, false
		}
	}
	return rest, true
}

// group is constraints that share keys.
type group struct {
	keys        []int
	constraints [][]literal
}

// groups divides constraints into such that share no key.
func (s *solver) groups(constraints [][]literal) []*group {
	var out []*group
	for _, c := range constraints {
		g := &group{constraints: [][]literal{c}}
		for _, l := range c {
			for _, k := range s.p.atoms[l.atom].keys {
				if !slices.Contains(g.keys, k) {
					g.keys = append(g.keys, k)
				}
			}
		}
		var apart []*group
		for _, have := range out {
			if !slices.ContainsFunc(have.keys, func(k int) bool {
				return slices.Contains(g.keys, k)
			}) {
				apart = append(apart, have)
				continue
			}
			g.constraints = append(have.constraints, g.constraints...)
			for _, k := range have.keys {
				if !slices.Contains(g.keys, k) {
					g.keys = append(g.keys, k)
				}
			}
		}
		out = append(apart, g)
	}
	return out
}

// reduce leaves out, of a key on which no test depends with another, the cells that meet no literal
// which another cell does not meet as well.
func (s *solver) reduce(g *group) {
	for _, k := range g.keys {
		var literals []literal
		alone := true
		for _, c := range g.constraints {
			for _, l := range c {
				t := &s.p.atoms[l.atom]
				if !slices.Contains(t.keys, k) {
					continue
				}
				alone = alone && len(t.keys) == 1
				literals = append(literals, l)
			}
		}
		if alone && len(s.domains[k])*len(literals) <= mostTests {
			s.domains[k] = s.undominated(s.domains[k], literals)
		}
	}
}

func (s *solver) undominated(cells []int, literals []literal) []int {
	meets := make([][]bool, len(cells))
	for i, c := range cells {
		meets[i] = make([]bool, len(literals))
		for j, l := range literals {
			meets[i][j] = s.f.met(l, s.p.atoms[l.atom].cells[c])
		}
	}
	covers := func(a, b []bool) bool { // all that b meets
		for j := range b {
			if b[j] && !a[j] {
				return false
			}
		}
		return true
	}
	var out []int
	var kept [][]bool
	for i, c := range cells {
		if slices.ContainsFunc(kept, func(have []bool) bool { return covers(have, meets[i]) }) {
			continue
		}
		for n := len(out) - 1; n >= 0; n-- {
			if covers(meets[i], kept[n]) {
				out, kept = slices.Delete(out, n, n+1), slices.Delete(kept, n, n+1)
			}
		}
		out, kept = append(out, c), append(kept, meets[i])
	}
	return out
}

// search assigns the keys of a group in turn, those with the fewest cells first. Without success,
// sure says whether all was tried.
func (s *solver) search(g *group) (solved, sure bool) {
	slices.SortStableFunc(g.keys, func(a, b int) int {
		return cmp.Compare(len(s.domains[a]), len(s.domains[b]))
	})
	sure = true
	var try func(n int) bool
	try = func(n int) bool {
		if n == len(g.keys) {
			return true
		}
		k := g.keys[n]
		for _, i := range s.domains[k] {
			s.p.steps += 1 + len(g.constraints)/stepsOfTests
			if s.p.steps > mostAssignments {
				sure = false
				break
			}
			s.at[k] = i
			if s.possible(g) && try(n+1) {
				return true
			}
		}
		s.at[k] = -1
		return false
	}
	solved = try(0)
	return solved, sure
}

// possible says whether no constraint is broken by the keys that are assigned.
func (s *solver) possible(g *group) bool {
	for _, c := range g.constraints {
		if !slices.ContainsFunc(c, s.mayMeet) {
			return false
		}
	}
	return true
}

// mayMeet says whether a literal is met, or not all keys of its test are assigned.
func (s *solver) mayMeet(l literal) bool {
	t := &s.p.atoms[l.atom]
	if slices.ContainsFunc(t.keys, func(k int) bool { return s.at[k] < 0 }) {
		return true
	}
	if len(t.keys) == 1 {
		return s.f.met(l, t.cells[s.at[t.keys[0]]])
	}
	s.p.steps++
	return s.f.met(l, s.p.evaluate(l.atom, s.values))
}

// witness is a circumstance in which a call is allowed, by these options.
type witness struct {
	at      assignment
	options []*option // of each question
}

// findCall looks for a circumstance in which every question is allowed: of the plain call, or else
// of any.
func (p *problem) findCall(m mode) (*witness, bool) {
	if p.chosen {
		if found, _ := p.findWitness(m, true); found != nil {
			return found, true
		}
	}
	return p.findWitness(m, false)
}

// findWitness looks for a circumstance in which every question is allowed. Without one, it says
// whether there certainly is none.
func (p *problem) findWitness(m mode, plain bool) (*witness, bool) {
	denied := make([][]literal, 0)
	for _, c := range p.denials(m) {
		var one []literal
		for _, at := range c.atoms {
			one = append(one, literal{at, false})
		}
		denied = append(denied, one)
	}
	complete := true
	chosen := make([]*option, len(p.questions))
	var found *witness
	var choose func(n int, atoms []int) bool
	choose = func(n int, atoms []int) bool {
		// also of only some questions, since that may do to see that it cannot be
		if n > 0 || len(p.questions) == 0 {
			f := formula{mode: m, plain: plain, constraints: slices.Clone(denied)}
			for _, at := range atoms {
				f.constraints = append(f.constraints, []literal{{at, true}})
			}
			at, sure := p.solveUsual(f, n == len(p.questions))
			complete = complete && (at != nil || sure)
			if at == nil {
				return false
			}
			if n == len(p.questions) {
				found = &witness{at, slices.Clone(chosen)}
				return true
			}
		}
		for i := range p.questions[n].options[m] {
			if p.steps++; p.steps > mostAssignments {
				complete = false
				return false
			}
			chosen[n] = &p.questions[n].options[m][i]
			if choose(n+1, union(atoms, chosen[n].atoms)) {
				return true
			}
		}
		return false
	}
	choose(0, nil)
	for _, a := range p.questions {
		complete = complete && !a.tooMany
	}
	return found, complete
}

// findRefusal looks for a circumstance in which a plain call is refused, or may be by what nobody
// can read. sure says whether there certainly is none otherwise.
func (p *problem) findRefusal() (found, sure bool) {
	sure = true
	try := func(constraints [][]literal) bool {
		at, complete := p.solve(formula{constraints: constraints, plain: true, mode: lenient})
		sure = sure && (at != nil || complete)
		return at != nil
	}
	for _, c := range p.denials(strict) {
		var all [][]literal
		for _, at := range c.atoms {
			all = append(all, []literal{{at, true}})
		}
		if try(all) {
			return true, true
		}
	}
	for _, a := range p.questions {
		var all [][]literal
		for _, o := range a.options[strict] {
			var one []literal
			for _, at := range o.atoms {
				if !p.atoms[at].leavesOut() {
					one = append(one, literal{at, false})
				}
			}
			all = append(all, one)
		}
		if try(all) {
			return true, true
		}
		sure = sure && !a.tooMany
	}
	return false, sure
}
