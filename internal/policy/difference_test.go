package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/simulator/faults"
)

// changed is the problem with documents that are changed.
func (m *made) changed(r *rand.Rand, unknowns bool) *made {
	out := *m
	change := func(document any, ofResource bool) any {
		if document == nil || r.IntN(3) == 0 {
			return document
		}
		list := slices.Clone(document.(map[string]any)["Statement"].([]any))
		for range 1 + r.IntN(2) {
			i := r.IntN(len(list))
			switch r.IntN(4) {
			case 0:
				list = append(list, out.statement(r, unknowns, ofResource))
			case 1:
				list[i] = out.statement(r, unknowns, ofResource)
			case 2:
				if s, ok := list[i].(map[string]any); ok && s["Condition"] != nil {
					one := map[string]any{}
					for k, v := range s {
						one[k] = v
					}
					delete(one, "Condition")
					list[i] = one
				}
			default:
				if len(list) > 1 {
					list = slices.Delete(list, i, i+1)
				}
			}
		}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return map[string]any{"Version": withVariables, "Statement": list}
	}
	out.identity, out.boundary = change(m.identity, false), change(m.boundary, false)
	out.resource = change(m.resource, true)
	return &out
}

// whole returns circumstances with the keys that every request has.
func (m *made) whole(contexts []map[string][]string) Outcome {
	for _, c := range contexts {
		for _, d := range m.open {
			if _, has := c[d.key]; !has && d.fact.Always {
				c[d.key] = d.values[0]
			}
		}
	}
	return Outcome{Context: contexts}
}

// compared is a count of what comparisons found.
type compared struct {
	pairs int
	found map[cfn.Truth]int
}

// checkExcess says in what the comparison of two problems without unknown parts is wrong, or "".
func checkExcess(r *rand.Rand, n *compared) string {
	a := makeProblem(r, false)
	b := a.changed(r, false)
	first, err := a.questions(nil, nil)
	second, err2 := b.questions(nil, nil)
	if err != nil || err2 != nil {
		return ""
	}
	sideOf := func(list []Question) Side {
		return Side{[][]Question{list}, Decide(list).Verdict == Allowed}
	}
	allows1, refuses2 := sideOf(first), sideOf(second)
	out := Exceeds(allows1, refuses2)
	n.pairs++
	n.found[out.Found]++
	some, tries := false, 0
	a.circumstances(a.told, func(contexts []Context, plain bool) bool {
		tries++
		some = allows(first, contexts) && !allows(second, contexts)
		return !some && tries < 2_000
	})
	wrong := ""
	switch {
	case Alike(allows1, refuses2) && some:
		wrong = "alike, but there is a circumstance"
	case out.Found == cfn.No && some:
		wrong = "none, but there is a circumstance"
	case out.Found == cfn.Maybe && !out.Exhausted &&
		!strings.Contains(a.String()+b.String(), "NotPrincipal"):
		wrong = "not known, though everything can be read"
	case out.Found == cfn.Yes && !witnessed(first, a.told, a.whole(out.Allowed)):
		wrong = "found, but the first side refuses"
	case out.Found == cfn.Yes && witnessed(second, a.told, a.whole(out.Refused)):
		wrong = "found, but the second side allows"
	}
	if wrong == "" {
		return ""
	}
	return fmt.Sprintf("%s: %+v\n%s\nand\n%s", wrong, out, a, b)
}

func TestExceedsAgreesWithEveryCircumstance(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated policies")
	}
	n := compared{found: map[cfn.Truth]int{}}
	for seed := range uint64(effort(5000)) {
		if wrong := checkExcess(rand.New(rand.NewPCG(seed, 17)), &n); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
	t.Logf("%+v", n)
	if n.found[cfn.Yes]*n.found[cfn.No] == 0 || n.found[cfn.Maybe]*10 > n.pairs {
		t.Errorf("the problems are no sample: %+v", n)
	}
}

// checkExcessUnread says in what the comparison of two problems with unknown parts is wrong for
// some filling of them, or "".
func checkExcessUnread(r *rand.Rand, n *compared) string {
	a := makeProblem(r, true)
	b := a.changed(r, true)
	first, err := a.questions(nil, nil)
	second, err2 := b.questions(nil, nil)
	if err != nil || err2 != nil {
		return ""
	}
	out := Exceeds(Side{Readings: [][]Question{first}}, Side{Readings: [][]Question{second}})
	n.pairs++
	n.found[out.Found]++
	for range 12 {
		with := map[string]string{
			"U": pick(r, "", "a", "b", "*", "ab", "s:Get", anARN, anARN+"a", ownAccount,
				"arn:aws:iam::"+ownAccount+":role/a", "arn:aws:iam::"+ownAccount+":root", Allow,
				Deny, "true", "1", "x"),
			"V": pick(r, "a", "b", "x"),
		}
		statement := a.statement(r, false, a.resource != nil && r.IntN(2) == 0)
		one, err := a.questions(with, statement)
		two, err2 := b.questions(with, statement)
		if err != nil || err2 != nil {
			continue
		}
		told := filled(a.told, with, nil).(string)
		if out.Found == cfn.Yes && (!witnessed(one, told, a.fill(out.Allowed, with)) ||
			witnessed(two, told, a.fill(out.Refused, with))) {
			return fmt.Sprintf("its witness is none with %v: %+v\n%s\nand\n%s", with, out, a, b)
		}
		wrong, tries := false, 0
		a.sampled(r).circumstances(told, func(contexts []Context, _ bool) bool {
			tries++
			wrong = out.Found == cfn.No && allows(one, contexts) && !allows(two, contexts)
			return out.Found == cfn.No && !wrong && tries < 100
		})
		if wrong {
			return fmt.Sprintf("none, but there is a circumstance with %v\n%s\nand\n%s", with, a,
				b)
		}
	}
	return ""
}

// fill returns circumstances with texts in the place of unknown parts.
func (m *made) fill(contexts []map[string][]string, with map[string]string) Outcome {
	var out []map[string][]string
	for _, keys := range contexts {
		c := map[string][]string{}
		for k, values := range keys {
			for _, v := range values {
				c[k] = append(c[k], filled(v, with, nil).(string))
			}
		}
		out = append(out, c)
	}
	return m.whole(out)
}

func TestExceedsAgreesWithEveryFilling(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated policies")
	}
	n := compared{found: map[cfn.Truth]int{}}
	for seed := range uint64(effort(2000)) {
		if wrong := checkExcessUnread(rand.New(rand.NewPCG(seed, 18)), &n); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
	t.Logf("%+v", n)
	if n.found[cfn.Yes]*n.found[cfn.No]*n.found[cfn.Maybe] == 0 {
		t.Errorf("the problems are no sample: %+v", n)
	}
}

// A test of which nobody can read whether it holds does not hold for one side and fail for the
// other: what is allowed under one test more is certainly not allowed in more circumstances.
func TestExceedsTakesWhatIsUnreadOneWay(t *testing.T) {
	unread := cfn.Unknown{What: "parameter", Name: "P", Class: cfn.AnyText}.Text()
	sideOf := func(conditions ...string) Side {
		return Side{Readings: [][]Question{callOf(t, openStatement(Allow, conditions...))}}
	}
	wide := sideOf("StringEquals", "a", unread, "StringEquals", "b", "x")
	narrow := sideOf("StringEquals", "a", unread, "StringEquals", "b", "x", "StringEquals", "c", "y")
	if out := Exceeds(narrow, wide); out.Found != cfn.No {
		t.Errorf("one test more exceeds: %+v", out)
	}
	if out := Exceeds(wide, narrow); out.Found == cfn.No {
		t.Errorf("one test less does not exceed: %+v", out)
	}
}

// plantedInExceeds are mistakes in comparing two sides that the properties must find.
var plantedInExceeds = []faults.Fault{
	{"difference.go", `denied = append(denied, literalsOf(a.deny[i].atoms, false))`,
		`_ = i`},
	{"difference.go", `	if complete && !c.mayRead() {`, `	if complete {`},
	{"difference.go", `			cells[i] = cfn.Maybe`, `			_ = cells[i]`},
	{"difference.go", `			return alone[literal{l.atom, !l.want}]`, `			return alone[literal{l.atom, l.want}]`},
	{"difference.go", `		for i := range questions[n].options[m] {`, `		for i := range questions[n].options[m][:1] {`},
	{"difference_sides.go", `	b.WriteString(a.placeOf(c.rule))
`, ``},
	{"difference_sides.go", `one.atoms = append(slices.Clip(one.atoms), at)`, ``},
	{"difference_sides.go", `for _, list := range [...][]clause{a.identity, a.boundary, a.resource, a.deny} {
		var lines`, `for _, list := range [...][]clause{a.identity, a.boundary, a.resource} {
		var lines`},
	{"difference_sides.go", `fmt.Sprintf("%d %q", list[i].naming, slices.Compact(tests))`,
		`fmt.Sprintf("%q", slices.Compact(tests))`},
}

// The properties of comparing find a fault that is planted in it.
func TestExceedingFindsPlantedFaults(t *testing.T) {
	faults.Find(t, plantedInExceeds, []int{4}, "^TestExceeds(Agrees|Takes)")
}
