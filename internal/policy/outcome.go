package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// allowed is the outcome of a call that is allowed, in the circumstance of a witness or, without
// one, in all.
func (p *problem) allowed(w *witness, verdict Verdict) Outcome {
	out := Outcome{Verdict: verdict, Told: p.toldFacts()}
	for i, a := range p.questions {
		o := p.optionIn(a, w, i)
		part := PartOutcome{Verdict: verdict, Reason: o.reason, By: deciding(o.clauses)}
		if verdict == Possible && !p.dependsOn(a, o) {
			part.Verdict = Allowed
		}
		out.Parts = append(out.Parts, part)
		out.HeldTo = append(out.HeldTo, p.heldTo(a, o)...)
		if verdict == Possible {
			out.Conditions = append(out.Conditions, p.conditions(a, o, w)...)
		}
		out.Context = append(out.Context, p.contextOf(a, w))
	}
	out.Conditions, out.HeldTo = tidyTests(out.Conditions), tidyTests(out.HeldTo)
	return out
}

// optionIn returns the way in which a question is allowed.
func (p *problem) optionIn(a *questionClauses, w *witness, i int) *option {
	if w != nil {
		return w.options[i]
	}
	for n := range a.options[strict] {
		o := &a.options[strict][n]
		if !slices.ContainsFunc(o.atoms, func(at int) bool {
			t := &p.atoms[at]
			return !t.leavesOut() && (!t.chosen || t.plain != cfn.Yes)
		}) {
			return o
		}
	}
	return &option{}
}

// dependsOn says whether a way to be allowed, or a denial, depends on what is open.
func (p *problem) dependsOn(a *questionClauses, o *option) bool {
	if slices.ContainsFunc(o.atoms, func(at int) bool { return !p.atoms[at].leavesOut() }) {
		return true
	}
	return slices.ContainsFunc(a.deny, func(c clause) bool { return len(c.atoms) > 0 })
}

func deciding(clauses []*clause) []Deciding {
	var out []Deciding
	for _, c := range clauses {
		out = append(out, Deciding{Source: c.source, Rule: c.rule})
	}
	return out
}

// conditions returns what must hold for a question to be allowed in a way: the tests of its
// statements, and the contrary of a test of each that denies.
func (p *problem) conditions(a *questionClauses, o *option, w *witness) []Test {
	var out []Test
	for _, at := range o.atoms {
		if t := &p.atoms[at]; !t.leavesOut() && (!t.chosen || t.plain != cfn.Yes) {
			out = append(out, p.testOf(t))
		}
	}
	for i := range a.deny {
		if t := p.avoided(&a.deny[i], w); t != nil {
			out = append(out, *t)
		}
	}
	return out
}

// avoided returns the contrary of the test by which a statement does not deny in the circumstance
// of a witness; nil: it needs nothing that is open.
func (p *problem) avoided(c *clause, w *witness) *Test {
	var best *Test
	for _, at := range c.atoms {
		t := &p.atoms[at]
		if t.chosen && t.plain == cfn.No {
			return nil
		}
		if best == nil && p.truthIn(at, w) == cfn.No {
			contrary := p.contraryOf(t)
			best = &contrary
		}
	}
	return best
}

func (p *problem) truthIn(at int, w *witness) cfn.Truth {
	return p.evaluate(at, func(k int) []string {
		if w.at[k] < 0 {
			return nil
		}
		return p.keys[k].cells[w.at[k]].values
	})
}

// heldTo returns the tests on chosen keys that a plain call meets, of the statements that allow it
// and of those that would deny it otherwise.
func (p *problem) heldTo(a *questionClauses, o *option) []Test {
	var out []Test
	for _, at := range o.atoms {
		if t := &p.atoms[at]; t.chosen && t.plain == cfn.Yes {
			out = append(out, p.testOf(t))
		}
	}
	for i := range a.deny {
		for _, at := range a.deny[i].atoms {
			if t := &p.atoms[at]; t.chosen && t.plain == cfn.No {
				out = append(out, p.contraryOf(t))
				break
			}
		}
	}
	return out
}

// testOf returns a test as it is told.
func (p *problem) testOf(t *atom) Test {
	if t.test != nil {
		return Test{t.test.Operator, t.test.Key, t.test.Values}
	}
	operator := "ArnLike"
	if t.rule.NotResources {
		operator = "ArnNotLike"
	}
	return Test{operator, "Resource", t.rule.Resources}
}

// contraryOf returns the contrary of a test as it is told.
func (p *problem) contraryOf(t *atom) Test {
	out := p.testOf(t)
	if t.test == nil {
		contraries := map[string]string{"ArnLike": "ArnNotLike", "ArnNotLike": "ArnLike"}
		out.Operator = contraries[out.Operator]
		return out
	}
	if t.test.operator.compare == booleans || t.test.operator.compare == presence {
		values := []string{"true"}
		if len(out.Values) == 1 && strings.EqualFold(out.Values[0], "true") {
			values[0] = "false"
		}
		out.Values = values
		if t.test.operator.compare == booleans && t.test.set == single {
			out.Operator = t.test.operator.name + t.orAbsent()
		}
		return out
	}
	out.Operator = contraries[t.test.operator.name]
	switch { // of several values, the contrary is about the others
	case t.test.set == forAnyValue:
		out.Operator = "ForAllValues:" + out.Operator
	case t.test.set == forAllValues:
		out.Operator = "ForAnyValue:" + out.Operator
	case !t.test.operator.negated && !strings.Contains(out.Operator, "Not"):
		out.Operator += t.orAbsent()
	}
	return out
}

// orAbsent is how the contrary of a test says that it also holds for an absent key: where the test
// does not, and the key may be absent.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
func (t *atom) orAbsent() string {
	if fact := t.facts(t.test.key); t.test.ifExists || fact.Always {
		return ""
	}
	return "IfExists"
}

// contraries are the operators that hold where another does not.
var contraries = func() map[string]string {
	out := map[string]string{
		"NumericLessThan":    "NumericGreaterThanEquals",
		"NumericGreaterThan": "NumericLessThanEquals",
		"DateLessThan":       "DateGreaterThanEquals", "DateGreaterThan": "DateLessThanEquals",
		"BinaryEquals": "BinaryNotEquals",
	}
	for _, a := range slices.Sorted(maps.Keys(out)) {
		out[out[a]] = a
	}
	for _, o := range operators {
		if plain := strings.Replace(o.name, "Not", "", 1); o.negated {
			out[o.name], out[plain] = plain, o.name
		}
	}
	return out
}()

// contextOf returns the open and chosen keys of a question in a witness's circumstance; absent ones
// are left out.
func (p *problem) contextOf(a *questionClauses, w *witness) map[string][]string {
	out := map[string][]string{}
	for k := range p.keys {
		key := &p.keys[k]
		fact := a.Facts(key.key)
		if !fact.State.isOpen() || cmp.Or(fact.Name, key.key) != key.name {
			continue // the key of another question
		}
		values := key.fact.Plain
		if w == nil && key.fact.State != Chosen {
			continue // whatever it is
		}
		if w != nil {
			values = nil
			if w.at[k] >= 0 {
				values = key.cells[w.at[k]].values
			}
		}
		if key.name == CurrentTime && len(values) > 0 {
			out["aws:epochtime"], out[CurrentTime] = values, valuesOf(key.name, CurrentTime, values)
			continue
		}
		out[key.key] = values
	}
	return out
}

// toldFacts returns what is told and had to do with the call, sorted.
func (p *problem) toldFacts() []ToldFact {
	var out []ToldFact
	for _, name := range slices.Sorted(maps.Keys(p.told)) {
		out = append(out, p.told[name])
	}
	return out
}

// undecided is the outcome of a call of which what nobody can read, or the end of the budget,
// decides.
func (p *problem) undecided(best *witness) Outcome {
	out := Outcome{Verdict: Undecided, Told: p.toldFacts(), Exhausted: best == nil}
	for i, a := range p.questions {
		part := PartOutcome{Verdict: Undecided, Near: a.near}
		var o *option
		if best != nil {
			o = best.options[i]
		} else if len(a.options[lenient]) > 0 {
			o = &a.options[lenient][0]
		}
		if o != nil {
			part.Reason, part.By = o.reason, deciding(o.clauses)
			for _, c := range o.clauses {
				part.Unread = append(part.Unread, c.unread...)
			}
			part.Unread = append(part.Unread, p.unreadIn(o.atoms)...)
		}
		for j := range a.deny {
			part.Unread = append(part.Unread, a.deny[j].unread...)
			if best != nil {
				part.Unread = append(part.Unread, p.unreadIn(a.deny[j].atoms)...)
			}
		}
		if len(part.Unread) == 0 && !out.Exhausted {
			part.Verdict = Possible
		}
		out.Unread = append(out.Unread, part.Unread...)
		out.Parts = append(out.Parts, part)
	}
	if len(out.Unread) == 0 {
		out.Exhausted = true
	}
	return out
}

// unreadIn returns what of tests nobody can read.
func (p *problem) unreadIn(atoms []int) []cfn.Unknown {
	var out []cfn.Unknown
	for _, at := range atoms {
		t := &p.atoms[at]
		if t.test == nil {
			out = append(out, cfn.UnknownsIn(t.resource+strings.Join(t.rule.Resources, " "))...)
			continue
		}
		for _, v := range t.test.Values {
			out = append(out, cfn.UnknownsIn(v)...)
		}
	}
	return out
}

// refused is the outcome of a call that is refused in all circumstances, with the reason that is
// told first: the question that is.
func (p *problem) refused() Outcome {
	out := Outcome{Verdict: Refused, Told: p.toldFacts()}
	for _, a := range p.questions {
		part := PartOutcome{Verdict: Allowed, Near: a.near}
		always := slices.IndexFunc(a.deny, func(c clause) bool {
			return len(c.atoms)+len(c.unread) == 0
		})
		switch {
		case always >= 0:
			part = PartOutcome{
				Verdict: Refused, Reason: ExplicitDeny, By: deciding([]*clause{&a.deny[always]}),
			}
		case len(a.options[lenient]) == 0:
			part.Verdict, part.Reason = Refused, a.missing()
		default:
			one := &problem{
				keys: p.keys, keyIndex: p.keyIndex, atoms: p.atoms, atomIndex: p.atomIndex,
				told: p.told, questions: []*questionClauses{a}, chosen: p.chosen, celled: p.celled,
				full: p.full,
			}
			if found, _ := one.findCall(lenient); found == nil && one.best() && p.celled {
				part.Verdict, part.Reason = Refused, Contradiction
				// What cannot be read was not taken to deny, and is no reason.
				if part.By = deciding(one.denials(lenient)); part.By != nil {
					part.Reason = ExplicitDeny
				}
			} else {
				first := &a.options[lenient][0]
				part.Reason, part.By = first.reason, deciding(first.clauses)
			}
		}
		out.Parts = append(out.Parts, part)
	}
	// each is possible alone, never all at once
	if !slices.ContainsFunc(out.Parts, func(x PartOutcome) bool { return x.Verdict == Refused }) {
		for i := range out.Parts {
			out.Parts[i].Verdict, out.Parts[i].Reason = Refused, Contradiction
		}
	}
	return out
}

// missing says which policy does not allow a question, as decide does.
func (a *questionClauses) missing() Reason {
	root, service := a.Caller.Kind == AccountRoot, a.Caller.Kind == ServicePrincipal
	own := !service && (a.Owner == "" || a.Owner == a.Caller.account())
	byResource, byIdentity := len(a.resource) > 0, len(a.identity) > 0
	switch {
	case a.Policies.Key && !byResource:
		return KeyDoesNotAllow
	case !own && !byResource:
		return ResourceDoesNotAllow
	case !root && byIdentity && a.Policies.Boundary != nil && len(a.boundary) == 0:
		return BoundaryDoesNotAllow
	}
	return IdentityDoesNotAllow
}

// tidyTests sorts tests and leaves out those that are said twice.
func tidyTests(list []Test) []Test {
	slices.SortFunc(list, func(a, b Test) int {
		if c := strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)); c != 0 {
			return c
		}
		if c := strings.Compare(a.Operator, b.Operator); c != 0 {
			return c
		}
		return slices.Compare(a.Values, b.Values)
	})
	return slices.CompactFunc(list, func(a, b Test) bool {
		return strings.EqualFold(a.Key, b.Key) && strings.EqualFold(a.Operator, b.Operator) &&
			slices.Equal(a.Values, b.Values)
	})
}
