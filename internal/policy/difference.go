package policy

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Side is a call as one of two states of the documents decides it.
type Side struct {
	// the questions of the call. Where nobody knows in which of several ways it is made, one of
	// these readings is the right one; the first stands for all of them
	Readings [][]Question
	// the call is allowed in all circumstances that the facts of this side leave, as Decide says:
	// circumstances that only the other side has make no difference then
	Always bool
}

// Excess says whether one side of a comparison allows a call in some circumstance in which the
// other refuses it.
type Excess struct {
	// Yes is certain and has a witness, No is certain; with Maybe something that nobody can read
	// decides, or there are more circumstances than are tried
	Found     cfn.Truth
	Exhausted bool // of Maybe: there are more circumstances than are tried
	// of Yes: for each question of the first reading the open and chosen keys of the witness, on
	// the side that allows and on the one that refuses; absent keys have no values
	Allowed, Refused []map[string][]string
	// of Yes: for each question of the first reading the statements that allow it there
	By [][]Deciding
	// of Yes: likewise the statements of the other side that deny it there; none: nothing allows it
	Against [][]Deciding
	Work    int // how many steps it took
}

// Exceeds looks for a circumstance in which a call is allowed by one side and refused by another.
// The classes of the values that are tried are those that the conditions of both sides make.
//
// A key that is open on both sides has one value in a circumstance. What one side knows and the
// other does not, each takes for itself: so a tag that got known is no other circumstance. A value
// that a key can have on the first side alone is one in which the other refuses.
func Exceeds(allows, refuses Side) Excess {
	c := newComparison(allows, refuses)
	var out Excess
	if !refuses.Always || c.limited() {
		out = c.decide()
	}
	out.Work += c.spent + c.p.steps + c.p.considered
	return out
}

// Alike says whether the same statements, and the same unknown parts of them, decide a call on both
// sides. It may say no where the call is the same for other reasons.
func Alike(a, b Side) bool { return newComparison(a, b).alike() }

// twoSides is two sides of a call while they are being compared, as one problem: keys and tests
// of both are numbered together.
type twoSides struct {
	p         *problem
	sides     [2][][]*questionClauses
	domains   []domainOf // of keys that may have other values on the second side
	elsewhere []refusal  // the ways to be in a circumstance that the second side cannot have
	hidden    []int      // atoms: whether a statement holds of which nobody can read it
	apart     bool       // a key is open on both sides, and not the same on both
	always    bool       // the second side always allows the call
	spent     int        // steps that were taken before
}

// The sides of a comparison.
const (
	allowing = iota
	refusing
)

// decide looks for a witness among a few values, then among all; then for one that rests on what
// nobody can read.
func (c *twoSides) decide() Excess {
	if c.alike() {
		return Excess{}
	}
	p := c.p
	p.cheap = true
	c.makeCells()
	if found, _ := c.search(strict, c.sides[allowing], c.sides[refusing]); found != nil {
		return c.witnessed(found)
	}
	c.spent = p.steps
	p.cheap, p.full, p.perhaps, p.steps = false, false, false, 0
	c.makeCells()
	found, complete := c.search(strict, c.sides[allowing], c.sides[refusing])
	if found != nil {
		return c.witnessed(found)
	}
	if complete && !c.mayRead() {
		return Excess{}
	}
	c.show()
	found, complete = c.searchEach()
	if found == nil && complete {
		return Excess{}
	}
	return Excess{Found: cfn.Maybe, Exhausted: found == nil}
}

// makeCells is that of the problem. Where a witness has to be certain, a statement of which nobody
// can read whether it holds is no help to either side.
func (c *twoSides) makeCells() {
	c.p.makeCells()
	for _, at := range c.hidden {
		cells := c.p.atoms[at].cells
		for i := range cells {
			cells[i] = cfn.Maybe
		}
	}
}

// show lets statements of which nobody can read whether they hold be tried both ways.
func (c *twoSides) show() {
	for _, at := range c.hidden {
		t := &c.p.atoms[at]
		for i, cell := range c.p.keys[t.keys[0]].cells {
			t.cells[i] = c.p.evaluate(at, func(int) []string { return cell.values })
		}
	}
}

// mayRead says whether something that nobody can read has to do with the comparison.
func (c *twoSides) mayRead() bool {
	return c.p.hasUnread() || c.apart ||
		len(c.sides[allowing]) > 1 || len(c.sides[refusing]) > 1
}

// limited says whether a side that always allows the plain call refuses others: with other
// arguments, or of whom a statement leaves out.
func (c *twoSides) limited() bool {
	return slices.ContainsFunc(c.p.atoms, func(t atom) bool { return t.chosen || t.leavesOut() })
}

// excess is a circumstance that only one side allows.
type excess struct {
	at      assignment
	options []*option // of each question of the side that allows
	refusal refusal
}

// refusal is a way in which a call is refused: constraints that must all be met.
type refusal struct {
	constraints [][]literal
	by          []*clause // that deny
}

// mostRefusals is how many ways to be refused in all readings are tried.
const mostRefusals = 4_096

// searchEach looks for a circumstance in which the call may be allowed by some reading of the first
// side and refused by one of the second.
func (c *twoSides) searchEach() (found *excess, complete bool) {
	complete = true
	for _, a := range c.sides[allowing] {
		for _, r := range c.sides[refusing] {
			one, sure := c.search(lenient, [][]*questionClauses{a}, [][]*questionClauses{r})
			if one != nil {
				return one, true
			}
			complete = complete && sure
		}
	}
	return nil, complete
}

// search looks for a circumstance in which all readings of one side allow the call and all of the
// other refuse it. Without one, complete says whether there certainly is none.
func (c *twoSides) search(
	m mode, allows, refuses [][]*questionClauses,
) (found *excess, complete bool) {
	questions := slices.Concat(allows...)
	tooMany := false
	var denied [][]literal
	for _, a := range questions {
		tooMany = tooMany || a.tooMany
		for i := range a.deny {
			denied = append(denied, literalsOf(a.deny[i].atoms, false))
		}
	}
	ways, complete := c.refusals(m, refuses)
	complete = complete && !tooMany
	for _, way := range ways {
		one, sure := c.allowedIn(m, questions, slices.Concat(denied, way.constraints))
		if one != nil {
			one.refusal = way
			return one, true
		}
		complete = complete && sure
	}
	return nil, complete
}

// refusals lists the ways in which a call is refused in all of some readings.
func (c *twoSides) refusals(m mode, readings [][]*questionClauses) ([]refusal, bool) {
	complete := true
	out := []refusal{{}}
	for _, reading := range readings {
		ways, sure := refusalsOf(m, reading)
		complete = complete && sure
		var next []refusal
		for _, have := range out {
			for _, way := range ways {
				if len(next) >= mostRefusals {
					complete = false
					break
				}
				next = append(next, refusal{
					slices.Concat(have.constraints, way.constraints),
					slices.Concat(have.by, way.by),
				})
			}
		}
		out = next
	}
	if c.always {
		return out, complete
	}
	return append(out, c.elsewhere...), complete
}

// refusalsOf lists the ways in which a reading is refused: by a statement that denies, or since no
// way to be allowed is met for one of its questions.
func refusalsOf(m mode, reading []*questionClauses) (out []refusal, complete bool) {
	complete = true
	for _, a := range reading {
		for i := range a.deny {
			if d := &a.deny[i]; m == lenient || len(d.unread) == 0 {
				out = append(out, refusal{allOf(d.atoms), []*clause{d}})
			}
		}
	}
	for _, a := range reading {
		complete = complete && !a.tooMany
		if a.tooMany && m == strict { // what is not listed may allow it
			continue
		}
		way, met := refusal{}, true
		for _, o := range a.options[lenient] {
			way.constraints = append(way.constraints, literalsOf(o.atoms, false))
			met = met && len(o.atoms) > 0
		}
		if met {
			out = append(out, way)
		}
	}
	return out, complete
}

// literalsOf returns tests that are wanted to hold, or not to.
func literalsOf(atoms []int, want bool) []literal {
	out := make([]literal, len(atoms))
	for i, at := range atoms {
		out[i] = literal{at, want}
	}
	return out
}

// allOf returns constraints that all of some tests hold.
func allOf(atoms []int) [][]literal {
	out := make([][]literal, len(atoms))
	for i, at := range atoms {
		out[i] = []literal{{at, true}}
	}
	return out
}

// allowedIn looks for a circumstance in which every question is allowed and constraints are met.
func (c *twoSides) allowedIn(
	m mode, questions []*questionClauses, constraints [][]literal,
) (found *excess, complete bool) {
	complete = true
	chosen := make([]*option, len(questions))
	var choose func(n int, atoms []int) bool
	choose = func(n int, atoms []int) bool {
		left, ok := withoutContraries(slices.Concat(constraints, allOf(atoms)))
		if !ok {
			return false
		}
		at, sure := c.p.solveUsual(formula{mode: m, constraints: left}, n == len(questions))
		complete = complete && (at != nil || sure)
		switch {
		case at == nil:
			return false
		case n == len(questions):
			found = &excess{at: at, options: slices.Clone(chosen)}
			return true
		}
		for i := range questions[n].options[m] {
			if c.p.steps++; c.p.steps > mostAssignments {
				complete = false
				return false
			}
			chosen[n] = &questions[n].options[m][i]
			if choose(n+1, union(atoms, chosen[n].atoms)) {
				return true
			}
		}
		return false
	}
	choose(0, nil)
	return found, complete
}

// withoutContraries leaves out of constraints what the constraints of one test alone exclude, and
// those that they meet. It is not ok where nothing is left of one: a test of which nobody can read
// whether it holds does not hold for one side and fail for the other.
func withoutContraries(constraints [][]literal) (out [][]literal, ok bool) {
	alone := map[literal]bool{}
	for _, c := range constraints {
		if len(c) == 1 && !alone[c[0]] {
			alone[c[0]] = true
			out = append(out, c)
		}
	}
	for _, c := range constraints {
		if len(c) == 1 {
			if alone[literal{c[0].atom, !c[0].want}] {
				return nil, false
			}
			continue
		}
		if slices.ContainsFunc(c, func(l literal) bool { return alone[l] }) {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(c), func(l literal) bool {
			return alone[literal{l.atom, !l.want}]
		})
		if len(left) == 0 {
			return nil, false
		}
		out = append(out, left)
	}
	return out, true
}

// witnessed tells a circumstance that was found.
func (c *twoSides) witnessed(found *excess) Excess {
	out := Excess{Found: cfn.Yes}
	w := &witness{at: found.at}
	for i, a := range c.sides[allowing][0] {
		out.Allowed = append(out.Allowed, c.p.contextOf(a, w))
		out.By = append(out.By, deciding(found.options[i].clauses))
	}
	for _, a := range c.sides[refusing][0] {
		out.Refused = append(out.Refused, c.p.contextOf(a, w))
		var denies []*clause
		for i := range a.deny {
			if slices.Contains(found.refusal.by, &a.deny[i]) {
				denies = append(denies, &a.deny[i])
			}
		}
		out.Against = append(out.Against, deciding(denies))
	}
	return out
}
