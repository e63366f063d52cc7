package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// The limits of worlds: how many there are at most and at least, how much is read in all of them,
// and how many ways to give parameters values are tried to find them.
const (
	maxWorlds = 64
	minWorlds = 4
	mostRead  = 4_000
	maxTried  = 1024
)

// mostWorlds returns how many worlds there may be: everything that is read is read in each. What
// counts are resources and conditions that have to do with access.
func (src *deployment) mostWorlds() int {
	size := 1
	for _, s := range src.open(nil).stacks {
		size += len(s.conditionsUsed())
		for _, r := range s.Template.Resources {
			if r != nil && readable[r.Type] {
				size++
			}
		}
	}
	return max(minWorlds, min(maxWorlds, mostRead/size))
}

// choice is a world: the values of parameters, by the label of their stack, and which conditions
// hold for them that do not in every world.
type choice struct {
	values     map[string]map[string]string
	conditions []NamedTruth

	holding map[string]cfn.Truth // all conditions that are used
	truths  string               // the same as a text
	texts   []string
}

// decisiveParameter is a parameter that decides conditions of what is read.
type decisiveParameter struct {
	label, name string
	values      []string // the default first, where it has one
	hasDefault  bool
	inText      bool // what is read also mentions its text
	open        string
	of          cfn.Decisive
}

// worlds returns the ways in which conditions of what is read may hold together, and whether
// parameters were left open.
func (src *deployment) worlds() (found []choice, leftOpen bool) {
	parameters, most := src.decisive(), src.mostWorlds()
	src.varied = map[string]bool{}
	for _, p := range parameters {
		if !p.inText {
			src.varied[p.name], src.varied[p.label+"."+p.name] = true, true
		}
	}
	for n := len(parameters); ; n-- {
		if product(parameters[:n]) <= maxTried {
			if found, ok := src.distinct(parameters[:n], parameters[n:], most); ok {
				for _, p := range parameters[n:] {
					clause := fmt.Sprintf(
						"%s: the parameter %s decides conditions, and there are more "+
							"worlds than are tried: what it decides is not known", p.label, p.name)
					src.told[Taken{Clause: clause}] = true
				}
				return found, n < len(parameters)
			}
		}
	}
}

func product(parameters []decisiveParameter) int {
	n := 1
	for _, p := range parameters {
		if n *= len(p.values); n > maxTried {
			return n
		}
	}
	return n
}

// conditionsUsed returns the conditions that what is read of a stack hangs on, sorted.
func (s *stack) conditionsUsed() []string {
	if len(s.Template.Conditions) == 0 {
		return nil
	}
	used := map[string]bool{}
	add := func(v any) {
		for _, name := range s.Template.ConditionsUsed(v) {
			used[name] = true
		}
	}
	for _, id := range s.Template.IDs() {
		r := s.Template.Resources[id]
		if r == nil || !readable[r.Type] {
			continue
		}
		if name := conditionOf(r); name != "" {
			used[name] = true
		}
		add(r.Properties)
		add(r.Verbatim)
	}
	if len(s.l.stacks) > 1 { // others may import them
		for _, name := range sortedKeys(s.Template.Outputs) {
			if o := s.Template.Outputs[name]; o != nil {
				if condition, _ := o.Member("Condition").(string); condition != "" {
					used[condition] = true
				}
				add(o.Member("Value"))
				add(o.Member("Export"))
			}
		}
	}
	return slices.DeleteFunc(sortedKeys(used), func(name string) bool {
		return s.Template.Conditions.Get(name) == nil
	})
}

// decisive returns the parameters that decide conditions of what is read: of stacks that are
// deployed on their own and not given there. A parameter of a nested stack that is one of the
// stack that it stands in decides there.
func (src *deployment) decisive() []decisiveParameter {
	l := src.open(nil)
	extra := map[*stack]map[string]*cfn.Decisive{}
	var out []decisiveParameter
	for _, s := range slices.Backward(l.stacks) { // nested ones first
		used := map[string]bool{}
		for _, name := range s.conditionsUsed() {
			used[name] = true
		}
		list := s.Template.Decisive(used)
		for _, name := range sortedKeys(extra[s]) {
			list = merged(list, *extra[s][name])
		}
		slices.SortFunc(list, func(a, b cfn.Decisive) int {
			return strings.Compare(a.Name, b.Name)
		})
		for _, d := range list {
			if s.parent != nil {
				if outer := s.passedOn(d.Name); outer != "" {
					if extra[s.parent] == nil {
						extra[s.parent] = map[string]*cfn.Decisive{}
					}
					up := d
					up.Name = outer
					if have := extra[s.parent][outer]; have != nil {
						up = merged([]cfn.Decisive{*have}, up)[0]
					}
					extra[s.parent][outer] = &up
				}
				continue
			}
			if _, given := s.Parameters[d.Name]; !given {
				out = append(out, s.decisiveParameter(d))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b decisiveParameter) int {
		return strings.Compare(a.label, b.label)
	})
	return out
}

// merged adds the values of a parameter to a list in which it may be already.
func merged(list []cfn.Decisive, d cfn.Decisive) []cfn.Decisive {
	list = slices.Clone(list)
	for i := range list {
		if list[i].Name == d.Name {
			values := slices.Concat(list[i].Values, d.Values)
			slices.Sort(values)
			list[i].Values, list[i].Other = slices.Compact(values), list[i].Other || d.Other
			return list
		}
	}
	return append(list, d)
}

// passedOn returns which parameter of the stack that it stands in a nested stack takes for one of
// its own, or "".
func (s *stack) passedOn(name string) string {
	for id, child := range s.parent.children {
		if child != s {
			continue
		}
		given, _ := s.parent.Template.Resources[id].Property("Parameters").(cfn.Object)
		for _, ref := range cfn.References(given.Get(name)) {
			if ref.Kind == cfn.KindRef && s.parent.Template.Parameters.Get(ref.Name) != nil {
				return ref.Name
			}
		}
	}
	return ""
}

// decisiveParameter lists the values of a parameter that are tried: the default, which stands for
// any other value if no condition compares it, those that conditions compare it with, and any
// other.
func (s *stack) decisiveParameter(d cfn.Decisive) decisiveParameter {
	p := decisiveParameter{label: s.label, name: d.Name, of: d}
	p.open = cfn.Unknown{What: "parameter", Name: d.Name, Template: s.label,
		Shown: "${" + d.Name + "}"}.Text()
	declared, _ := s.Template.Parameters.Get(d.Name).(cfn.Object)
	kind, _ := declared.Get("Type").(string)
	other := d.Other
	isStored := strings.HasPrefix(kind, "AWS::SSM::Parameter::Value<")
	if v := declared.Get("Default"); v != nil && !isStored {
		p.hasDefault = true
		text := asText(s.e.Resolve(v))
		p.values = append(p.values, text)
		other = other && slices.Contains(d.Values, text)
	}
	for _, v := range d.Values {
		if !slices.Contains(p.values, v) {
			p.values = append(p.values, v)
		}
	}
	if other || len(p.values) == 0 {
		p.values = append(p.values, s.e.OtherValue(d))
	}
	p.inText = s.mentions(d.Name)
	return p
}

// mentions says whether what is read of a stack mentions a parameter outside its conditions.
func (s *stack) mentions(name string) bool {
	in := func(v any) bool {
		return slices.Contains(cfn.References(v), cfn.Reference{Kind: cfn.KindRef, Name: name})
	}
	for _, r := range s.Template.Resources {
		if r != nil && readable[r.Type] && (in(r.Properties) || in(r.Verbatim)) {
			return true
		}
	}
	for _, o := range s.Template.Outputs {
		if o != nil && (in(o.Member("Value")) || in(o.Member("Export"))) {
			return true
		}
	}
	return false
}

// distinct tries all values of parameters, while others are left open, and returns the worlds that
// differ: in what conditions hold, and in the texts of parameters, except that where a parameter
// may have its default, it has it.
func (src *deployment) distinct(
	parameters, open []decisiveParameter, most int,
) (found []choice, ok bool) {
	index := make([]int, len(parameters))
	told := map[string]bool{}
	for more := true; more; more = next(index, parameters) {
		c := src.choose(parameters, index, open)
		same := func(have choice) bool {
			return have.truths == c.truths && slices.Equal(have.texts, c.texts)
		}
		if !slices.ContainsFunc(found, same) {
			found = append(found, c)
		}
		if told[c.truths] = true; len(told) > most { // texts may be left out, truths are not
			return nil, false
		}
	}
	for i, p := range parameters {
		if p.hasDefault && p.inText {
			found = preferDefault(found, i, p.values[0])
		}
	}
	if len(found) > most {
		return nil, false
	}
	truths := make([]map[string]cfn.Truth, len(found))
	for i := range found {
		truths[i] = found[i].holding
	}
	for i := range found {
		found[i].conditions = differing(truths, i)
	}
	return found, true
}

// choose is the world in which parameters have the values with these numbers.
func (src *deployment) choose(
	parameters []decisiveParameter, index []int, open []decisiveParameter,
) choice {
	c := choice{values: map[string]map[string]string{}}
	set := func(p *decisiveParameter, v string) {
		if c.values[p.label] == nil {
			c.values[p.label] = map[string]string{}
		}
		c.values[p.label][p.name] = v
	}
	for i := range parameters {
		p := &parameters[i]
		if !p.hasDefault || index[i] > 0 { // a default is told, since it is not given
			set(p, p.values[index[i]])
		}
		text := ""
		if p.inText {
			text = p.values[index[i]]
		}
		c.texts = append(c.texts, text)
	}
	for i := range open {
		set(&open[i], open[i].open)
	}
	c.holding = src.truths(c.values)
	c.truths = textOfTruths(c.holding)
	return c
}

// textOfTruths writes which conditions hold as a text.
func textOfTruths(holding map[string]cfn.Truth) string {
	var b strings.Builder
	for _, name := range sortedKeys(holding) {
		fmt.Fprint(&b, name, "=", holding[name], ";")
	}
	return b.String()
}

// preferDefault leaves out the worlds that differ from another one only in that a parameter does
// not have its default.
func preferDefault(found []choice, parameter int, text string) []choice {
	withDefault := map[string]bool{}
	for _, c := range found {
		if c.texts[parameter] == text {
			withDefault[c.truths] = true
		}
	}
	return slices.DeleteFunc(found, func(c choice) bool {
		return withDefault[c.truths] && c.texts[parameter] != text
	})
}

// next goes on to the next combination of values; false: there is none.
func next(index []int, parameters []decisiveParameter) bool {
	for i := len(index) - 1; i >= 0; i-- {
		if index[i]++; index[i] < len(parameters[i].values) {
			return true
		}
		index[i] = 0
	}
	return false
}

// truths returns whether the conditions hold that are used, by their names.
func (src *deployment) truths(values map[string]map[string]string) map[string]cfn.Truth {
	l := src.open(values)
	used := make([][]string, len(l.stacks))
	templates := map[string]map[string]bool{}
	for i, s := range l.stacks {
		used[i] = s.conditionsUsed()
		for _, name := range used[i] {
			if templates[name] == nil {
				templates[name] = map[string]bool{}
			}
			templates[name][s.label] = true
		}
	}
	out := map[string]cfn.Truth{}
	for i, s := range l.stacks {
		for _, name := range used[i] {
			known := name
			if len(templates[name]) > 1 {
				known = s.label + "." + name
			}
			out[known] = s.e.Holds(name)
		}
	}
	return out
}

// differing returns the conditions of one world that are not the same in all.
func differing(all []map[string]cfn.Truth, i int) []NamedTruth {
	names := map[string]bool{}
	for _, one := range all {
		for name := range maps.Keys(one) {
			names[name] = true
		}
	}
	var out []NamedTruth
	for _, name := range sortedKeys(names) {
		mine, here := all[i][name]
		if !here || mine == cfn.Maybe {
			continue
		}
		if slices.ContainsFunc(all, func(other map[string]cfn.Truth) bool {
			t, ok := other[name]
			return !ok || t != mine
		}) {
			out = append(out, NamedTruth{Name: name, Holds: mine == cfn.Yes})
		}
	}
	return out
}
