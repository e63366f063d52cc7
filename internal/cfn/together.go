package cfn

// mostTogether is how many ways to give parameters values, and truths to comparisons of which
// nobody knows the outcome, are tried to find one in which two conditions hold.
const mostTogether = 4096

// CanHoldTogether says whether there may be a deployment in which two conditions of the template
// both hold: some values of the parameters that decide them, and some outcome of comparisons that
// are not known, with the same outcome wherever the same comparison stands. An empty name is a
// condition that always holds. What cannot be tried may be.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
func (t *Template) CanHoldTogether(a, b string) bool {
	used := map[string]bool{}
	for _, name := range []string{a, b} {
		if name != "" {
			used[name] = true
		}
	}
	if len(used) == 0 {
		return true
	}
	decisive := t.Decisive(used)
	ways := 1
	for _, d := range decisive {
		if ways *= d.ways(); ways > mostTogether {
			return true
		}
	}
	for way := range ways {
		e := &Evaluator{Template: t, Parameters: map[string]string{}}
		for _, d := range decisive {
			if i := way % d.ways(); i < len(d.Values) {
				e.Parameters[d.Name] = d.Values[i]
			} else {
				e.Parameters[d.Name] = e.OtherValue(d)
			}
			way /= d.ways()
		}
		if e.canHold(used, ways) {
			return true
		}
	}
	return false
}

// ways is how many values of the parameter are tried.
func (d Decisive) ways() int {
	if d.Other || len(d.Values) == 0 {
		return len(d.Values) + 1
	}
	return len(d.Values)
}

// canHold says whether conditions all hold for some outcome of the comparisons that are not known.
// ways is how often this is asked.
func (e *Evaluator) canHold(conditions map[string]bool, ways int) bool {
	o := outcomes{e: e, number: map[string]int{}, open: map[string]bool{}}
	hold := func() bool {
		for _, name := range sortedNames(conditions) {
			if !o.condition(name) {
				return false
			}
		}
		return true
	}
	for o.chosen = 0; ; o.chosen++ {
		if hold() {
			return true
		}
		n := len(o.number)
		if n > 30 || (1<<n)*ways > mostTogether {
			return true
		}
		if o.chosen+1 >= 1<<n {
			return false
		}
	}
}

// outcomes decides conditions, where what is not known has the outcomes that the bits of chosen
// say.
type outcomes struct {
	e      *Evaluator
	chosen int
	number map[string]int  // of the bit of each comparison that is not known
	open   map[string]bool // conditions that are being decided, so that a circle ends
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
	return o.outcome(JSON(v))
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
