package cfn

import (
	"maps"
	"slices"
)

// mostTogether is how many ways to give parameters values, and truths to comparisons of which
// nobody knows the outcome, are tried to find one in which two conditions hold.
const mostTogether = 4096

// CanHoldTogether says whether there can be a deployment in which two conditions of the template
// both hold: some values of the parameters that decide them, and some outcome of comparisons that
// are not known, with the same outcome wherever the same comparison stands. An empty name is a
// condition that always holds. It is Maybe where there are more ways than are tried.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
func (t *Template) CanHoldTogether(a, b string) Truth {
	used := map[string]bool{}
	for _, name := range []string{a, b} {
		if name != "" {
			used[name] = true
		}
	}
	if len(used) == 0 {
		return Yes
	}
	search := together{t: t, used: used, decisive: t.Decisive(used), left: mostTogether}
	return search.from(0, map[string]string{})
}

// together looks for values of the parameters with which conditions hold.
type together struct {
	t        *Template
	used     map[string]bool
	decisive []Decisive
	left     int // how many ways may still be tried
}

// from tries all values of the parameters from one on, those before it having values. Where the
// conditions cannot hold whatever the values of the others are, none of these is tried.
func (s *together) from(n int, values map[string]string) Truth {
	e := &Evaluator{Template: s.t, Parameters: map[string]string{}}
	for _, d := range s.decisive { // others are unknown, whatever their defaults are
		e.Parameters[d.Name] = marker(d.Name)
	}
	maps.Copy(e.Parameters, values)
	if s.left--; s.left <= 0 {
		return Maybe
	}
	for name := range s.used {
		if e.Holds(name) == No {
			return No
		}
	}
	if n == len(s.decisive) {
		return s.canHold(e)
	}
	d := s.decisive[n]
	tried := slices.Clone(d.Values)
	if d.Other || len(tried) == 0 {
		tried = append(tried, e.OtherValue(d))
	}
	for _, value := range tried {
		values[d.Name] = value
		if can := s.from(n+1, values); can != No {
			return can
		}
	}
	delete(values, d.Name)
	return No
}

// canHold says whether the conditions all hold for some outcome of the comparisons that are not
// known.
func (s *together) canHold(e *Evaluator) Truth {
	o := outcomes{e: e, number: map[string]int{}, open: map[string]bool{}}
	for o.chosen = 0; ; o.chosen++ {
		o.is = map[string]string{}
		o.impossible = false
		holds := true
		for _, name := range sortedNames(s.used) {
			holds = o.condition(name) && holds
		}
		if holds && !o.impossible {
			return Yes
		}
		s.left--
		if n := len(o.number); n > 30 || s.left <= 0 {
			return Maybe
		} else if o.chosen+1 >= 1<<n {
			return No
		}
	}
}

// outcomes decides conditions, where what is not known has the outcomes that the bits of chosen
// say.
type outcomes struct {
	e          *Evaluator
	chosen     int
	number     map[string]int    // of the bit of each comparison that is not known
	is         map[string]string // what unknown texts are equal to, as is chosen
	impossible bool              // a text would be equal to two
	open       map[string]bool   // conditions that are being decided, so that a circle ends
}

func (o *outcomes) condition(name string) bool {
	rule, ok := o.e.rule(name)
	if !ok || o.open[name] {
		return o.outcome("condition " + name)
	}
	o.open[name] = true
	defer delete(o.open, name)
	return o.decide(rule)
}

func (o *outcomes) decide(v any) bool {
	if s, ok := v.(string); ok && IsIntrinsic(s) {
		v, _ = tryParse(s)
	}
	rule, _ := v.(Object)
	if len(rule) == 1 {
		arguments := elements(rule[0].Value)
		switch key := rule[0].Key; {
		case key == "Condition":
			name, _ := rule[0].Value.(string)
			return o.condition(name)
		case key == "Fn::Not" && len(arguments) == 1:
			return !o.decide(arguments[0])
		case (key == "Fn::And" || key == "Fn::Or") && len(arguments) > 0:
			all, some := true, false
			for _, a := range arguments {
				holds := o.decide(a) // every one, so that each comparison gets its bit
				all, some = all && holds, some || holds
			}
			return key == "Fn::And" && all || key == "Fn::Or" && some
		}
	}
	o.e.deciding = true
	truth := o.e.decide(v)
	o.e.deciding = false
	if truth != Maybe {
		return truth == Yes
	}
	holds := o.outcome(JSON(v))
	if holds && len(rule) == 1 && rule[0].Key == "Fn::Equals" {
		o.equal(elements(rule[0].Value))
	}
	return holds
}

// equal notes that an unknown text is chosen to be equal to a literal one.
func (o *outcomes) equal(sides []any) {
	if len(sides) != 2 {
		return
	}
	a, b := o.e.Text(sides[0]), o.e.Text(sides[1])
	if HasUnknown(b) {
		a, b = b, a
	}
	if !HasUnknown(a) || HasUnknown(b) {
		return
	}
	if other, ok := o.is[a]; ok && other != b {
		o.impossible = true
	}
	o.is[a] = b
}

// outcome is what is chosen for a comparison that is not known.
func (o *outcomes) outcome(comparison string) bool {
	n, known := o.number[comparison]
	if !known {
		n = len(o.number)
		o.number[comparison] = n
	}
	return o.chosen>>n&1 == 1
}

// rule returns the definition of a condition.
func (e *Evaluator) rule(name string) (any, bool) {
	for _, m := range e.template().Conditions {
		if m.Key == name {
			return m.Value, true
		}
	}
	return nil, false
}
