package cfn

import (
	"maps"
	"strings"
)

// Decisive is a parameter that decides conditions of a template.
type Decisive struct {
	Name   string
	Values []string // that make a difference, sorted
	Other  bool     // it may have other values
}

// ConditionsUsed returns the conditions on which a value depends directly, sorted: those in its
// Fn::Ifs and, in a condition, in {Condition: X}; of a *Resource or *Output its own Condition, too.
func (t *Template) ConditionsUsed(v any) []string {
	names := map[string]bool{}
	found := func(r Reference) {
		if r.Kind == KindCondition {
			names[r.Name] = true
		}
	}
	switch v := v.(type) {
	case *Resource:
		if v != nil {
			v.references(found)
		}
	case *Output:
		if condition, ok := v.Member("Condition").(string); ok {
			names[condition] = true
		}
		finder{found}.value(v.object(), false)
	default:
		finder{found}.value(v, true)
	}
	return sortedNames(names)
}

// Decisive returns the parameters that decide the conditions of the template whose names are in
// used, those to which they refer included, sorted by name. The values of each are those with which
// it is compared and those of parameters with which it is compared, keys of mappings in which it is
// looked up, or its AllowedValues, beyond which there are none; without any, its default. Values
// that the parameter does not allow are left out. Parameters that name one in Systems Manager are
// none, because their value is not known in any case.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
func (t *Template) Decisive(used map[string]bool) []Decisive {
	c := comparisons{t: t, values: map[string]map[string]bool{}, linked: map[string][]string{}}
	rules := t.rulesOf(used)
	c.markers(rules)
	for _, rule := range rules {
		c.within(rule)
	}
	c.shareValues()
	var all []Decisive
	for _, name := range sortedNames(c.values) {
		all = append(all, c.decisive(name))
	}
	return all
}

// OtherValue returns the value of a parameter that is none of those that make a difference.
func (e *Evaluator) OtherValue(d Decisive) string {
	return Unknown{
		What: "parameter", Name: d.Name, Template: e.File, Shown: "${" + d.Name + "}",
		Not: d.Values,
	}.Text()
}

// rulesOf returns the definitions of conditions and of those to which they refer, in the order of
// their names.
func (t *Template) rulesOf(used map[string]bool) []any {
	all := map[string]any{}
	var names []string
	for name, yes := range used {
		if yes {
			names = append(names, name)
		}
	}
	definitions := map[string]any{}
	for _, m := range t.Conditions {
		definitions[m.Key] = m.Value
	}
	for len(names) > 0 {
		name := names[len(names)-1]
		names = names[:len(names)-1]
		definition, ok := definitions[name]
		if _, known := all[name]; !ok || known {
			continue
		}
		all[name] = definition
		names = append(names, t.ConditionsUsed(definition)...)
	}
	rules := make([]any, 0, len(all))
	for _, name := range sortedNames(all) {
		rules = append(rules, all[name])
	}
	return rules
}

// comparisons collects with what the parameters of a template are compared.
type comparisons struct {
	t      *Template
	e      *Evaluator                 // in which each of the parameters is an unknown part
	values map[string]map[string]bool // of the parameters
	linked map[string][]string        // parameters that are compared with each other
}

// markers finds the parameters on which rules depend.
func (c *comparisons) markers(rules []any) {
	c.e = &Evaluator{Template: c.t, Parameters: map[string]string{}, deciding: true}
	for _, rule := range rules {
		for _, r := range References(rule) {
			p, ok := c.t.Parameters.Get(r.Name).(Object)
			if _, _, ofSSM := parameterType(p); r.Kind != KindRef || !ok || ofSSM {
				continue
			}
			c.values[r.Name] = map[string]bool{}
			c.e.Parameters[r.Name] = marker(r.Name)
		}
	}
}

func marker(parameter string) string {
	return Unknown{What: "parameter", Name: parameter, Shown: "${" + parameter + "}"}.Text()
}

// within looks for comparisons and lookups in a rule.
func (c *comparisons) within(v any) {
	if s, ok := v.(string); ok && IsIntrinsic(s) {
		v, _ = tryParse(s)
	}
	if o, ok := v.(Object); ok && len(o) == 1 {
		arguments := elements(o[0].Value)
		switch {
		case o[0].Key == "Fn::Equals" && len(arguments) == 2:
			c.compared(arguments[0], arguments[1])
			c.compared(arguments[1], arguments[0])
		case o[0].Key == "Fn::FindInMap" && len(arguments) >= 3:
			c.lookedUp(arguments)
		}
	}
	each(v, c.within)
}

// compared adds the value that the parameter in one side of a comparison needs to have for the
// sides to be equal.
func (c *comparisons) compared(side, other any) {
	literal := c.e.text(c.e.value(other))
	c.comparedList(side, literal)
	text := c.e.text(c.e.value(side))
	before, _, u, after, found := CutUnknown(text)
	plain := found && u.What == "parameter" && u.Expression == "" && c.values[u.Name] != nil
	if !plain || HasUnknown(after) {
		return
	}
	if _, _, v, rest, ok := CutUnknown(literal); ok {
		alone := text == marker(u.Name) && literal == marker(v.Name) && rest == ""
		if alone && c.values[v.Name] != nil {
			c.linked[u.Name] = append(c.linked[u.Name], v.Name)
		}
		return
	}
	middle, fits := strings.CutPrefix(literal, before)
	if middle, ok := strings.CutSuffix(middle, after); ok && fits {
		c.values[u.Name][middle] = true
	}
}

// comparedList adds the value of a list parameter whose elements are joined and compared.
func (c *comparisons) comparedList(side any, literal string) {
	o, _ := side.(Object)
	if len(o) != 1 || o[0].Key != "Fn::Join" || HasUnknown(literal) {
		return
	}
	arguments := elements(o[0].Value)
	if len(arguments) != 2 {
		return
	}
	separator, _ := arguments[0].(string)
	name := refersTo(arguments[1])
	if c.values[name] != nil && (literal == "" || separator == ",") {
		c.values[name][literal] = true
	}
}

// lookedUp adds the keys of a mapping in which a parameter is looked up.
func (c *comparisons) lookedUp(arguments []any) {
	name, _ := arguments[0].(string)
	mapping, _ := c.t.Mappings.Get(name).(Object)
	top, second := refersTo(arguments[1]), refersTo(arguments[2])
	for _, m := range mapping {
		if c.values[top] != nil {
			c.values[top][m.Key] = true
		}
		keys, _ := m.Value.(Object)
		for _, k := range keys {
			if c.values[second] != nil {
				c.values[second][k.Key] = true
			}
		}
	}
}

// refersTo returns the name in a Ref, or "".
func refersTo(v any) string {
	o, _ := v.(Object)
	if len(o) != 1 || o[0].Key != "Ref" {
		return ""
	}
	name, _ := o[0].Value.(string)
	return name
}

// shareValues gives parameters that are compared with each other each other's values, with their
// AllowedValues.
func (c *comparisons) shareValues() {
	for name := range c.linked {
		p, _ := c.t.Parameters.Get(name).(Object)
		for _, v := range elements(p.Get("AllowedValues")) {
			c.values[name][literalText(v)] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for name, others := range c.linked {
			for _, other := range others {
				before := len(c.values[name])
				maps.Copy(c.values[name], c.values[other])
				changed = changed || len(c.values[name]) > before
			}
		}
	}
}

func (c *comparisons) decisive(name string) Decisive {
	p, _ := c.t.Parameters.Get(name).(Object)
	d := Decisive{Name: name, Other: true}
	allowed := elements(p.Get("AllowedValues"))
	// of a list, each element is one of them
	if _, list, _ := parameterType(p); len(allowed) > 0 && !list {
		d.Other = false
		for _, v := range allowed {
			c.values[name][literalText(v)] = true
		}
	}
	for _, value := range sortedNames(c.values[name]) {
		if CheckParameter(c.t, name, value) == nil {
			d.Values = append(d.Values, value)
		}
	}
	if standard := p.Get("Default"); len(d.Values) == 0 && standard != nil {
		d.Values = []string{literalText(standard)}
	}
	return d
}
