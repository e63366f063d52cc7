package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// domainOf is what the second side knows of a key that is open on both.
type domainOf struct {
	key  string // its name
	fact Fact
}

// ofOther begins the names of keys that only the second side leaves open.
const ofOther = "other "

func newComparison(allows, refuses Side) *twoSides {
	c := &twoSides{p: &problem{}, always: refuses.Always}
	for _, reading := range allows.Readings {
		c.take(allowing, reading)
	}
	for _, reading := range refuses.Readings {
		list := slices.Clone(reading)
		for i := range list {
			list[i].Facts = c.bothOf(&reading[i], allows.Readings, i)
		}
		c.take(refusing, list)
	}
	c.hide()
	c.findElsewhere()
	c.p.makeOptions()
	return c
}

// take reduces the questions of a reading.
func (c *twoSides) take(side int, reading []Question) {
	var list []*questionClauses
	for i := range reading {
		a := c.p.reduce(&reading[i])
		c.p.questions = append(c.p.questions, a)
		list = append(list, a)
	}
	c.sides[side] = append(c.sides[side], list)
}

// bothOf returns the facts of a question of the second side where its circumstances are those of
// the same question of the first side.
func (c *twoSides) bothOf(q *Question, readings [][]Question, i int) Facts {
	own := q.Facts
	var others Facts
	for _, reading := range readings {
		if i < len(reading) && reading[i].Action == q.Action {
			others = reading[i].Facts
			break
		}
	}
	if others == nil {
		return own
	}
	return func(key string) Fact {
		fact := own(key)
		if !fact.State.isOpen() {
			return fact
		}
		other := others(key)
		name := cmp.Or(fact.Name, key)
		switch {
		case !other.State.isOpen():
			fact.Name = ofOther + name
			return fact
		case cmp.Or(other.Name, key) != name || other.Field != fact.Field:
			c.apart, fact.Name = true, ofOther+name
			return fact
		}
		c.note(name, &fact, &other)
		return other
	}
}

// note remembers a key that may have other values on one side than on the other.
func (c *twoSides) note(name string, fact, other *Fact) {
	if fact.Always == other.Always && fact.Many == other.Many &&
		slices.Equal(fact.Within, other.Within) ||
		slices.ContainsFunc(c.domains, func(d domainOf) bool { return d.key == name }) {
		return
	}
	c.domains = append(c.domains, domainOf{name, *fact})
}

// findElsewhere makes tests of the values that only the first side lets keys have.
func (c *twoSides) findElsewhere() {
	for _, d := range c.domains {
		k, ok := c.p.keyIndex[d.key]
		if !ok {
			continue // no statement asks for it
		}
		known := &c.p.keys[k].fact
		c.apart = c.apart || known.Many && !d.fact.Many
		absent := c.testOf(k, "Null", "true")
		if d.fact.Always && !known.Always {
			c.elsewhere = append(c.elsewhere,
				refusal{constraints: [][]literal{{{absent, true}}}})
		}
		if len(d.fact.Within) > 0 && !slices.Equal(d.fact.Within, known.Within) {
			operator := "StringLike"
			if strings.HasPrefix(d.fact.Within[0], "arn:") {
				operator = "ArnLike"
			}
			like := c.testOf(k, operator, d.fact.Within...)
			c.elsewhere = append(c.elsewhere,
				refusal{constraints: [][]literal{{{like, false}}, {{absent, false}}}})
		}
	}
}

// testOf adds a test of a key to the problem and returns its number.
func (c *twoSides) testOf(k int, operator string, values ...string) int {
	key := &c.p.keys[k]
	fact := key.fact
	fact.Name = key.name
	t := testOfCaller(operator, key.key, values...)
	c.p.atoms = append(c.p.atoms, atom{
		test: t, facts: func(string) Fact { return fact }, keys: []int{k},
	})
	return len(c.p.atoms) - 1
}

// hide makes a test of whether a statement holds of which nobody can read it: then it holds on both
// sides, or on neither.
func (c *twoSides) hide() {
	known := map[string]int{}
	for _, a := range c.p.questions {
		for _, list := range [...][]clause{a.identity, a.boundary, a.resource, a.deny} {
			for i := range list {
				one := &list[i]
				if len(one.unread) == 0 {
					continue
				}
				name := a.unreadName(one)
				at, ok := known[name]
				if !ok {
					at = c.testOf(c.p.keyOf("unread "+strconv.Itoa(len(known)), Fact{
						State: Open, Always: true, Within: []string{"true", "false"},
					}), "Bool", "true")
					known[name] = at
					c.hidden = append(c.hidden, at)
				}
				one.atoms = append(slices.Clip(one.atoms), at)
			}
		}
	}
}

// unreadName tells a statement of which nobody can read whether it holds from others, also those of
// the other side.
func (a *questionClauses) unreadName(c *clause) string {
	var b strings.Builder
	for _, text := range []string{a.Action, a.Resource, c.rule.Effect, strconv.Itoa(int(c.naming))} {
		b.WriteString(strconv.Quote(text))
	}
	b.WriteString(a.placeOf(c.rule))
	value := c.rule.Value
	if o, ok := value.(cfn.Object); ok && c.rule.actionTruth(a.Action) == cfn.Yes {
		value = slices.DeleteFunc(slices.Clone(o), func(m cfn.Member) bool {
			return m.Key == "Sid" || m.Key == "Action" || m.Key == "NotAction"
		})
	}
	b.Write(cfn.AppendValue(nil, value, cfn.Format{Compact: true}))
	fmt.Fprintf(&b, "%q", unknownTexts(c.unread))
	return b.String()
}

// placeOf says in which kind of policy a statement stands.
func (a *questionClauses) placeOf(r *Rule) string {
	for name, s := range map[string]*Source{
		"boundary": a.Policies.Boundary, "resource": a.Policies.Resource,
	} {
		for i := 0; s != nil && i < len(s.Rules.Statements); i++ {
			if r == &s.Rules.Statements[i] {
				return name
			}
		}
	}
	return "identity"
}

// unknownTexts returns unknown parts as texts have them, sorted.
func unknownTexts(list []cfn.Unknown) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Text()
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alike says whether the same statements, and the same unknown parts of them, decide on both sides.
func (c *twoSides) alike() bool {
	a, b := c.sides[allowing], c.sides[refusing]
	if c.apart || len(c.elsewhere) > 0 || len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			if c.formOf(a[i][j]) != c.formOf(b[i][j]) {
				return false
			}
		}
	}
	return true
}

// formOf describes what decides a question: two that are described alike are decided alike.
func (c *twoSides) formOf(a *questionClauses) string {
	var b strings.Builder
	own := a.Owner == "" || a.Owner == a.Caller.account()
	fmt.Fprintf(&b, "%q %d %t %t %t\n", a.Action, a.Caller.Kind, own, a.Policies.Key,
		a.Policies.Boundary != nil)
	for _, list := range [...][]clause{a.identity, a.boundary, a.resource, a.deny} {
		var lines []string
		for i := range list {
			var tests []string
			for _, at := range list[i].atoms {
				tests = append(tests, c.textOf(at))
			}
			slices.Sort(tests)
			lines = append(lines, fmt.Sprintf("%d %q", list[i].naming, slices.Compact(tests)))
		}
		slices.Sort(lines)
		fmt.Fprintf(&b, "%q\n", slices.Compact(lines))
	}
	return b.String()
}

// textOf describes a test with what is known of the keys that it reads.
func (c *twoSides) textOf(at int) string {
	t := &c.p.atoms[at]
	var b strings.Builder
	patterns := []pattern{}
	if t.test != nil {
		fmt.Fprintf(&b, "%t %q %q %q", t.leavesOut(), strings.ToLower(t.test.Operator), t.test.key,
			t.test.Values)
		for i := range t.test.operands {
			patterns = append(patterns, t.test.operands[i].pattern)
		}
	} else {
		fmt.Fprintf(&b, "%t %q %q", t.rule.NotResources, t.rule.Resources, t.resource)
		patterns = t.rule.resources
	}
	read := func(key string) {
		if fact := t.facts(key); !fact.State.isOpen() {
			fmt.Fprintf(&b, " %q", fact.Values)
		}
	}
	if t.test != nil {
		read(t.test.key)
	}
	for i := range patterns {
		for _, part := range patterns[i].parts {
			if part.key != "" {
				read(part.key)
			}
		}
	}
	for _, k := range t.keys {
		fmt.Fprintf(&b, " %q", c.p.keys[k].name)
	}
	return b.String()
}
