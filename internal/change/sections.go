package change

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// sections tells what changes in a template beside its resources and outputs, and may change what
// these are.
func (c *comparison) sections(p *pair) {
	a, b := p.old.read.Template, p.new.read.Template
	if !sameMacros(a, b) {
		c.section(p, Resource{LogicalID: "Transform", Page: aws.PageOfTransform,
			Message: "the macros that rewrite the template change, or what they are given; what " +
				"they do is not known"})
	}
	if cfn.JSON(p.old.read.value(a.Globals)) != cfn.JSON(p.new.read.value(b.Globals)) {
		c.section(p, Resource{LogicalID: "Globals", Page: aws.PageOfGlobals,
			Message: "what all resources of AWS's serverless transform have changes; what that " +
				"does is not known"})
	}
	c.shownParameters(p)
	c.conditions(p)
	c.rules(p)
}

// rules tells that other values of parameters may be given by which conditions hold: who gets
// access is compared for all values that a parameter may have by its own definition.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
func (c *comparison) rules(p *pair) {
	if sameRules(p) {
		return
	}
	held := map[string]bool{}
	for _, s := range []*state{p.old, p.new} {
		parametersInRules(s.read.Template.Rules, held)
	}
	decisive, read := map[string]bool{}, p.new.read.named()
	for name := range p.new.conditionsInUse() {
		if is := read.rule(p.new.read.Template.Conditions.Get(name)); !isText(is) {
			parametersIn(is, decisive)
		}
	}
	for name := range decisive {
		if held[name] {
			c.section(p, Resource{LogicalID: "Rules", Page: aws.PageOfRules,
				Message: "the rules change of which values parameters may have that conditions " +
					"hang on; access is compared for all values, as if there were no rules"})
			return
		}
	}
}

// sameRules says whether the same values of parameters are allowed together in both templates.
func sameRules(p *pair) bool {
	return cfn.JSON(p.old.read.Template.Rules) == cfn.JSON(p.new.read.Template.Rules)
}

// parametersInRules notes the parameters whose values rules speak of.
func parametersInRules(v any, found map[string]bool) {
	switch v := v.(type) {
	case cfn.Object:
		for _, m := range v {
			list, _ := m.Value.([]any)
			name, isName := m.Value.(string)
			if m.Key == "Fn::ValueOf" {
				name, isName = elementOf(list, 0).(string)
			} else if m.Key != "Ref" {
				isName = false
			}
			if isName {
				found[name] = true
			}
			parametersInRules(m.Value, found)
		}
	case []any:
		for _, e := range v {
			parametersInRules(e, found)
		}
	}
}

// shownParameters tells the parameters whose values CloudFormation shows now and did not before.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (c *comparison) shownParameters(p *pair) {
	a, b := p.old.read.Template, p.new.read.Template
	for _, m := range b.Parameters {
		if a.NoEcho(m.Key) && !b.NoEcho(m.Key) {
			c.found = append(c.found, Resource{Stack: p.new.File, LogicalID: m.Key,
				Risk: GuardWeaker, Property: "NoEcho", Page: aws.PageOfParameters,
				Message: "the parameter has NoEcho no more: whoever may describe the stack " +
					"reads its value"})
		}
	}
}

// sameMacros says whether the same macros rewrite two templates, in one order and with the same
// parameters.
func sameMacros(a, b *cfn.Template) bool {
	return cfn.JSON(macrosOf(a)) == cfn.JSON(macrosOf(b))
}

// macrosOf returns the macros that rewrite a template. One that is given nothing is its name; of a
// template that nobody has read, as of one that a spec makes, the names are all there is.
func macrosOf(t *cfn.Template) []any {
	var out []any
	add := func(v any) {
		o, _ := v.(cfn.Object)
		if name := o.Get("Name"); name != nil && len(o) == 1 {
			v = name
		}
		out = append(out, v)
	}
	for _, macro := range t.Macros {
		list, isList := macro.([]any)
		if !isList {
			list = []any{macro}
		}
		for _, v := range list {
			add(v)
		}
	}
	if t.Macros == nil {
		for _, name := range t.Transform {
			add(name)
		}
	}
	return out
}

// section notes a change of which nobody knows what it does to the resources.
func (c *comparison) section(p *pair, r Resource) {
	r.Stack, r.Risk, r.Unknown = p.new.File, Updated, true
	c.found = append(c.found, r)
}

// conditions tells the conditions that are defined otherwise, and the parameters with another
// default that conditions use: who gets access is compared with the same conditions holding.
func (c *comparison) conditions(p *pair) {
	a, b := p.old.read.Template, p.new.read.Template
	if cfn.JSON(a.Conditions) == cfn.JSON(b.Conditions) &&
		cfn.JSON(a.Parameters) == cfn.JSON(b.Parameters) &&
		cfn.JSON(a.Mappings) == cfn.JSON(b.Mappings) {
		return
	}
	old, new := p.old.read.named(), p.new.read.named()
	used := p.new.conditionsInUse()
	parameters := map[string]bool{}
	for _, m := range p.new.read.Template.Conditions {
		before := p.old.read.Template.Conditions.Get(m.Key)
		if before == nil || !used[m.Key] {
			continue
		}
		was, is := old.rule(before), new.rule(m.Value)
		isAlike := slices.Contains(p.alikes, [2]string{m.Key, m.Key})
		if !same(was, is) && !isAlike || isUnread(was) {
			c.section(p, Resource{LogicalID: m.Key, Property: "Conditions", isOfCondition: true,
				Page: aws.PageOfConditions, Message: "the condition is defined otherwise; what " +
					"it decides is compared by its name, as if it held in both or in neither"})
		}
		if !isText(is) { // one that holds always or never
			parametersIn(is, parameters)
		}
	}
	for _, m := range p.new.read.Template.Parameters {
		before, _ := p.old.read.Template.Parameters.Get(m.Key).(cfn.Object)
		after, _ := m.Value.(cfn.Object)
		if before == nil || !parameters[m.Key] || same(p.old.read.value(before.Get("Default")),
			p.new.read.value(after.Get("Default"))) {
			continue
		}
		c.section(p, Resource{LogicalID: m.Key, Property: "Default",
			Page: aws.PageOfParameters, Message: "the parameter has another default, and " +
				"conditions hang on it: who deploys may keep the value before. Access is " +
				"compared for the same values"})
	}
}

// named returns a reader to which conditions and parameters are their names.
func (r *reader) named() *reader {
	out := newReader(r.Stack, r.set)
	out.byName = true
	return out
}

// holdsByDefault says whether a condition holds where no parameter is given a value.
func (s *state) holdsByDefault(condition string) cfn.Truth {
	at := s.read.Stack
	e := &cfn.Evaluator{Template: at.Template, File: at.File, Account: at.Account,
		Region: at.Region, Stack: at.Name, Partition: aws.PartitionOf(at.Region)}
	return e.Holds(condition)
}

// isDefaultAlone says whether two conditions differ in defaults of parameters alone.
func (p *pair) isDefaultAlone(before, after string) bool {
	if before == "" || after == "" {
		return false
	}
	a, b := newReader(p.old.read.Stack, "old"), newReader(p.new.read.Stack, "new")
	a.withoutDefaults, b.withoutDefaults = true, true
	return a.condition(before) == b.condition(after)
}

// parametersIn notes the parameters that a canonical value names.
func parametersIn(v any, found map[string]bool) {
	switch v := v.(type) {
	case cfn.Object:
		for _, m := range v {
			if list, ok := m.Value.([]any); ok && m.Key == expression+"parameter" {
				name, _ := list[0].(string)
				found[name] = true
				continue
			}
			parametersIn(m.Value, found)
		}
	case []any:
		for _, e := range v {
			parametersIn(e, found)
		}
	}
}

// conditionsInUse returns the conditions that something in a stack hangs on.
func (s *state) conditionsInUse() map[string]bool {
	used := map[string]bool{}
	var look func(v any)
	name := func(v any) {
		if of, ok := v.(string); ok && !used[of] && !cfn.IsIntrinsic(of) {
			used[of] = true
			look(s.read.Template.Conditions.Get(of))
		}
	}
	look = func(v any) {
		switch v := v.(type) {
		case string:
			if cfn.IsIntrinsic(v) {
				look(cfn.Parse(v))
			}
		case cfn.Object:
			for _, m := range v {
				if list, ok := m.Value.([]any); ok && m.Key == "Fn::If" && len(list) > 0 {
					name(list[0])
				}
				if m.Key == "Condition" {
					name(m.Value)
				}
				look(m.Value)
			}
		case []any:
			for _, e := range v {
				look(e)
			}
		}
	}
	for _, r := range s.all {
		look(attributesOf(r))
	}
	for _, o := range s.read.Template.Outputs {
		for _, member := range []string{"Value", "Export", "Condition"} {
			look(cfn.Object{{Key: member, Value: o.Member(member)}})
		}
	}
	return used
}
