package policy

import (
	"testing"

	"github.com/secretctl/secretctl/internal/simulator/faults"
)

// planted are mistakes in the search that the properties must find.
var planted = []faults.Fault{
	// The classes of values.
	{"automaton.go", `limit := copies + len(avoided)`, `limit := 1`},
	{"automaton.go", `return have.text == l || fold && strings.EqualFold(have.text, l)`,
		`return have.text == l`},
	{"automaton.go", `return !(have.in && l == ":") && !strings.HasPrefix(l, beginning)`,
		`return !strings.HasPrefix(l, beginning)`},
	{"automaton.go", `case have.run && !(have.in && l == ":"):`, `case have.run:`},
	{"automaton.go", `case !s.other && len(c.texts) < copies && !avoided[s.text]:`,
		`case !s.other && len(c.texts) < copies:`},
	{"automaton.go", `complete = complete && matches(before`,
		`complete = complete || matches(before`},
	{"cells.go", `	if !k.fact.Always {
		out = append(out, cell{})
	}`, ``},
	{"cells_gather.go", `max(2, g.sets)`, `g.sets`},
	{"cells_values.go", `all = append(all, (sorted[i-1]+c)/2)`, ``},
	{"cells_values.go", `if next := lastOf(r).Next(); next.IsValid() {`,
		`if next := lastOf(r); next.IsValid() {`},
	{"cells.go", `	if g.sets > 0 {
		add("")
	}`, ``},
	{"cells.go", `p.full = p.full || g.kinds() > 1 || g.isUnknown()`,
		`p.full = p.full || g.isUnknown()`},
	{"cells_gather.go", `g.globs = append(g.globs, sixFields)`, ``},
	{"cells.go", `slices.Concat(g.globs, g.withins)`, `g.globs`},
	{"cells_gather.go", `for _, hole := range list {`, `for _, hole := range list[:0] {`},
	{"cells.go", `if len(next) < most {`, `if len(next) < 1 {`},
	{"cells.go", `g.copies += 2`, `g.copies++`},
	// The search.
	{"solve.go", `		if len(c) == 0 {
			return nil, false
		}
`, ``},
	{"solve.go", `for _, c := range p.denials(m) {
		var one []literal
		for _, at := range c.atoms {`, `for _, c := range p.denials(m) {
		var one []literal
		for _, at := range c.atoms[:min(1, len(c.atoms))] {`},
	{"solve.go", `solve(formula{constraints: constraints, plain: true, mode: lenient})`,
		`solve(formula{constraints: constraints, plain: true, mode: strict})`},
	{"solve.go", `solve(formula{constraints: constraints, plain: true, mode: lenient})`,
		`solve(formula{constraints: constraints, mode: lenient})`},
	{"solve.go", `if b[j] && !a[j] {`, `if b[j] && !a[j] && j > 0 {`},
	{"solve.go", `	for _, c := range p.denials(strict) {
		var all [][]literal`, `	for _, c := range p.denials(lenient) {
		var all [][]literal`},
	// The statements.
	{"problem.go", `strconv.FormatBool(rule.NotResources)`, `"false"`},
	{"problem.go", `name = strconv.Itoa(a.number) + " " + name`, ``},
	{"options.go", `c.naming >= least && (m == lenient || len(c.unread) == 0)`,
		`c.naming >= least`},
	{"options.go", `add(AllowedByResource, append([][]*clause{asRole}, limits...)...)`,
		`add(AllowedByResource, asRole)`},
	{"options.go", `case service, root && (a.Policies.Key || !own):`, `case service:`},
	{"options.go", `if own && !a.Policies.Key {`, `if own {`},
	{"options.go", `subset(have.atoms, o.atoms) && unreadIn(have) <= unreadIn(o)`,
		`unreadIn(have) <= unreadIn(o)`},
	{"decide.go",
		`return p.perhaps || slices.ContainsFunc(p.questions, (*questionClauses).hasUnread)`,
		`return slices.ContainsFunc(p.questions, (*questionClauses).hasUnread)`},
	{"problem.go", `		if unread == nil {
			unread = a.unreadResource()
		}
		if unread == nil {
			unread = []cfn.Unknown{{What: "resource"}}
		}`, ``},
	{"naming.go", `	if by := p.mayBeAny(); by.truth != cfn.No {
		out = append(out, by)
	}`, ``},
	{"naming.go", `return callerNaming{truth: low, unread: unread}`,
		`return callerNaming{truth: high, unread: unread}`},
	{"naming.go", `callerNaming{naming: NamedDirectly, truth: out.truth.Not(), unread: out.unread}`,
		`callerNaming{naming: NamedDirectly, truth: out.truth, unread: out.unread}`},
	// Truth with unknown parts.
	{"truth.go", `case empty == cfn.Maybe && t.truthOf(values, read) != t.truthOf(nil, read):`,
		`case empty == cfn.Maybe && false:`},
	{"truth.go", `matches, _ := t.operator.truth(value, &t.operands[i], read)`,
		`matches, ok := t.operator.truth(value, &t.operands[i], read)
		if t.operator.negated && !ok {
			return cfn.No
		}`},
	{"truth.go", `if strings.Count(pattern, ":") >= 5 {`, `if true {`},
	{"truth.go", `case !ok && r.NotResources:`, `case false:`},
	{"truth.go", `all = min(all, t.acceptsTruth(v, read))`,
		`all = max(all, t.acceptsTruth(v, read))`},
	{"unknown.go", `unknown = unknown || e.isUnknown() && e.class == cfn.AnyText`,
		`unknown = unknown && e.isUnknown()`},
	{"layout.go", `return l.chars[w] | l.one[w]`, `return l.chars[w] | l.unknown[w]`},
	{"layout.go", `if at := start + q.inPart(); at/64 == w {`, `if at := start; at/64 == w {`},
	{"layout.go", `next |= have & fits & l.several[w]`, ``},
	{"layout.go", `pass := l.optional[w]`, `pass := uint64(0)`},
	{"layout.go", `fits &^= l.unique[w]`, ``},
	{"layout.go", `missing := run || q.optional`, `missing := run`},
	{"layout.go", `			kind = free(kind)`, ``},
	{"layout.go", `pass &= pass << n`, ``},
	{"unknown.go", `return e.class.Has(r) || fold && (e.class.Has(swapCase(r)))`,
		`return e.at == 0 && e.class.Has(r)`},
	{"unread.go", `allow.Effect, deny.Effect = Allow, Deny`,
		`allow.Effect, deny.Effect = Allow, Allow`},
}

// The properties of this package find a fault that is planted in the search.
func TestPropertiesFindPlantedFaults(t *testing.T) {
	faults.Find(t, planted, []int{8, 24}, "AreComplete|NoOtherValues|HoldsForEvery|"+
		"DecideAgrees|DecideBy|DecideTells|Matches|InTime")
}
