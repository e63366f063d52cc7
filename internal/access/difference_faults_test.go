package access_test

import (
	"os"
	"testing"

	"github.com/secretctl/secretctl/internal/simulator/faults"
)

// plantedInComparing are mistakes in comparing estates that the tests of it must find.
var plantedInComparing = []faults.Fault{
	// Who is the same.
	{"difference_names.go", `return "secret " + s.Account + " " + s.Copies[0].Region + " " + name`,
		`return "secret " + s.Copies[0].ARN + s.ID + name`},
	{"difference_names.go", `return "secret " + s.Account + " " + s.Copies[0].Region + " " + name`,
		`return "secret " + name`},
	{"difference_names.go", `	if p.Boundary != nil {
		fmt.Fprintf(`, `	if false {
		fmt.Fprintf(`},
	{"difference_names.go", `if strings.Contains(version, "2012") {`, `if false {`},
	{"difference_names.go", `p.Never, len(p.twins)`, `p.Kind, len(p.twins)`},
	// What is asked.
	{"difference_pair.go", `				if counts[x] == 0 {
					continue`, `				if counts[x] <= 0 {
					continue`},
	{"difference_pair.go", `if some["*"] || some[s.key] || changed[s.key].mayConcern(p) {`,
		`if some["*"] || changed[s.key].mayConcern(p) {`},
	{"difference_pair.go", `if some["*"] || some[s.key] || changed[s.key].mayConcern(p) {`,
		`if some["*"] || some[s.key] {`},
	{"difference_pair.go", `s.of[side] == nil && !other.KnownTags`, `s.of[side] == nil`},
	{"difference_pair.go", `	if r.NotResources {
		out["*"] = true`, `	if false {
		out["*"] = true`},
	{"difference_pair.go", `			out = append(out, c.Key.ARN)
`, ``},
	// To whom a secret is another one.
	{"difference_reach.go", `out.add(w.oddIn(a.Policy[i], b.Policy[i]))`, `_ = i`},
	{"difference_reach.go", `out.add(w.oddIn(k.Policy, b.Copies[i].Key.Policy))`, `_ = i`},
	{"difference_reach.go", `maps.Equal(a.Tags, b.Tags) && len(a.Policy)`, `len(a.Policy)`},
	{"difference_reach.go", `cfn.Identical(x.Value, y.Value)`, `true`},
	{"difference_reach.go", `if counts[x] != 0 {`, `if counts[x] > 0 {`},
	{"difference_reach.go", `if counts[x] != 0 {`, `if counts[x] < 0 {`},
	{"difference_reach.go", `!r.Excludes(one.facts, whoKeys) &&`,
		`r.Effect == policy.Allow && !r.Excludes(one.facts, whoKeys) &&`},
	{"difference_reach.go", `r.Principals.MayBe(one.Caller, r.Effect)`,
		`r.Principals.MayBe(one.Caller, policy.Allow)`},
	{"difference_reach.go", `range []*Principal{p, p.services()}`, `range []*Principal{p}`},
	// What the answers come to.
	{"difference_ask.go", `		for _, n := range was {
			out.less`, `		for _, n := range was[:0] {
			out.less`},
	{"difference_ask.go", `if !slices.Equal(was, is) || !c.alike(is) {`,
		`if !slices.Equal(was, is) {`},
	{"difference_ask.go", `if !slices.Equal(was, is) || !c.alike(is) {`, `if true {`},
	{"difference_ask.go", `	if only != nil {
		return Answer{}
	}
	return out
}

// unit`, `	_ = only
	return out
}

// unit`},
	{"difference_ask.go", `key = one.signature(append(key, 1), p.of[side], at)`,
		`_, _, key = one, at, append(key, 1)`},
	{"difference_ways.go", `c.sideOf(1-side, o, before.Effect == Allow)`,
		`c.sideOf(1-side, o, true)`},
	{"difference.go", `case before == Conditional && after == Allow:`, `case false:`},
	{"difference.go", `	case before == Deny:
		return Gains, false`, `	case before == Deny:
		return Widens, false`},
	{"difference.go", `	add(Gains, has, had)`, ``},
	{"difference.go", `other != cfn.Maybe && other != cfn.TruthOf(c.Holds)`,
		`other != cfn.Maybe && other == cfn.TruthOf(c.Holds)`},
	// What shows it.
	{"difference_evidence.go", `into, in = &out.Lost, &out.LostIn`,
		`into, in = &out.Gained, &out.LostIn`},
	{"difference_evidence.go", `a.permissions[i].also = askedFor(a.permissions[i].Action, others)`,
		`_, _ = i, others`},
	{"difference_evidence.go", `	if own != nil {
		return own
	}`, ``},
}

// TestComparingFindsPlantedFaults: the tests of comparing estates find a fault in it.
func TestComparingFindsPlantedFaults(t *testing.T) {
	if os.Getenv("SOUNDNESS") == "" {
		faults.Find(t, plantedInComparing, []int{5, 11}, "^(TestDifferencesAreThose|TestWidenings|"+
			"TestOnlyThose|TestWhatIsSaid|TestWhoComes|TestEvidenceNames|"+
			"TestWhatIsNoStatement|TestKindOfChange|TestWorldsAgree|TestOnePattern|"+
			"TestTagThat)")
	}
}
