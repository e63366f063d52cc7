package cfn

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Evaluator tells what the intrinsic functions of one template return once it is deployed, as far
// as that is known before: what is not is an unknown part of a text (Unknown) or, if it is no text,
// Unread. It keeps what it has found out, and is not for several goroutines.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
type Evaluator struct {
	Template *Template
	File     string // of the template, without extension, for Unknown.Template

	// What the pseudo parameters return, unknown parts allowed. An empty Account, Region, Stack or
	// StackID is not known; an empty partition is aws, an empty URL suffix amazonaws.com.
	Account, Region, Partition, URLSuffix, Stack, StackID string

	// Parameters are the values given at deployment, in the place of defaults, unknown parts
	// allowed.
	Parameters map[string]string

	// Resource returns what Ref (for which the attribute is "") or Fn::GetAtt returns of a
	// resource; nil: it is not known. It is asked once for each, only of resources that may exist,
	// and of names that begin with that of a serverless resource: those that its transform makes
	// are not in the template. It may ask the evaluator in turn.
	Resource func(id, attribute string) any
	// Import returns what another stack exports; nil: it is not known.
	Import func(name string) any
	// Output returns an output of another stack, for Fn::GetStackOutput: its arguments, resolved;
	// nil: it is not known.
	Output func(arguments Object) any

	// Steps is how much work may still be done: values visited, and a 64th of the bytes of texts. 0
	// at the start means a million.
	Steps int

	exhausted    bool
	depth        int
	deciding     bool              // within a condition, where NoEcho values count
	unread       int               // values that were not read for want of steps
	placeholders map[resultKey]any // results by placeholder
	references   map[resultKey]any // results by what is referred to
	conditions   map[string]Truth  // results by name; Maybe while one is being found out
	told         map[string]string // parameters whose default was used
	definitions  map[string]any    // the parameters of the template
	rules        map[string]any    // the conditions of the template
}

// resultKey is under what a result is kept.
type resultKey struct {
	text     string
	deciding bool
}

// Fork returns an evaluator that knows what this one has found out, and finds out more without it.
func (e *Evaluator) Fork() *Evaluator {
	fork := *e
	fork.placeholders, fork.references = maps.Clone(e.placeholders), maps.Clone(e.references)
	fork.conditions, fork.told = maps.Clone(e.conditions), maps.Clone(e.told)
	return &fork
}

// What an evaluator does at most.
const (
	defaultSteps = 1_000_000
	deepest      = 1000    // values inside one another, those of what is referred to included
	longestText  = 1 << 16 // bytes of a text that a function puts together
	bytesPerStep = 64
)

// ToldParameter is a parameter whose default was used.
type ToldParameter struct {
	Name  string
	Value string // the default; empty for a NoEcho parameter
}

// Resolve returns a value of the template without functions: nil, a bool, json.Number, string
// (maybe with unknown parts), []any, Object or Unread; for a struct the Object as which it is
// written. Members and elements that are AWS::NoValue are left out; alone it is nil. Dynamic
// references ({{resolve:…}}) are unknown parts. Nobody may change what is returned: it may be the
// template's.
func (e *Evaluator) Resolve(v any) any {
	if e.plainly(v) {
		return v
	}
	return e.finished(e.value(v))
}

// Text returns a value as a text, as Fn::Sub and Fn::Join write it: what is not known are unknown
// parts. Nothing is the empty text.
func (e *Evaluator) Text(v any) string { return e.text(e.Resolve(v)) }

// Exhausted says whether the budget of steps has ended: from then on everything is unread.
func (e *Evaluator) Exhausted() bool { return e.exhausted }

// Told returns the parameters whose default was used so far, sorted by name.
func (e *Evaluator) Told() []ToldParameter {
	var all []ToldParameter
	for _, name := range sortedNames(e.told) {
		all = append(all, ToldParameter{name, e.told[name]})
	}
	return all
}

// work takes steps from the budget, and says whether it had them.
func (e *Evaluator) work(steps int) bool {
	if e.exhausted {
		return false
	}
	if e.Steps == 0 {
		e.Steps = defaultSteps
	}
	if steps >= e.Steps {
		e.exhausted = true
		return false
	}
	e.Steps -= steps
	return true
}

// noBudget is a value that is not read for want of steps. No two of them are taken to be equal.
func (e *Evaluator) noBudget() Unread {
	e.unread++
	return Unread{Unknown{
		What: "budget", Template: e.File, Shown: "${…}", Expression: strconv.Itoa(e.unread),
	}}
}

// value resolves any value, AWS::NoValue included.
func (e *Evaluator) value(v any) any {
	if e.depth >= deepest || !e.work(1) {
		return e.noBudget()
	}
	if s, ok := v.(string); ok && !IsIntrinsic(s) {
		return v
	}
	e.depth++
	v = e.inside(v)
	e.depth--
	return v
}

// inside resolves a value that may have others in it.
func (e *Evaluator) inside(v any) any {
	switch v := v.(type) {
	case nil, bool, json.Number, noValue, Unread:
		return v
	case int:
		return json.Number(strconv.Itoa(v))
	case string:
		return e.placeholder(v)
	case Object:
		return e.object(v)
	case []any:
		return e.elements(v)
	case []string:
		return e.elements(elements(v))
	}
	panic(fmt.Sprintf("cfn: a template cannot contain a %T", v))
}

// elements resolves the elements of a list, those that are AWS::NoValue left out.
func (e *Evaluator) elements(list []any) any {
	out := make([]any, 0, len(list))
	for _, element := range list {
		if v := e.value(element); v != any(noValue{}) {
			out = append(out, v)
		}
	}
	return out
}

// placeholder resolves a text or a placeholder.
func (e *Evaluator) placeholder(s string) any {
	if !IsIntrinsic(s) {
		return s
	}
	key := resultKey{s, e.deciding}
	if known, ok := e.placeholders[key]; ok {
		return known
	}
	v, ok := e.onlyRef(s)
	if !ok {
		parsed, ok := tryParse(s)
		if !ok {
			return e.refused("", s)
		}
		v = e.value(parsed)
	}
	if e.placeholders == nil {
		e.placeholders = map[resultKey]any{}
	}
	e.placeholders[key] = v
	return v
}

// onlyRef resolves a placeholder that is one Ref, without making the function of it. It takes the
// steps of the function and its argument, and says no where they are not left.
func (e *Evaluator) onlyRef(placeholder string) (v any, ok bool) {
	const steps = 2
	name, ok := OnlyRef(placeholder)
	if !ok || e.exhausted || steps >= e.Steps || e.depth+steps > deepest {
		return nil, false
	}
	e.Steps -= steps
	e.depth++
	v = e.named(name)
	e.depth--
	return v, true
}

// object resolves a function, or an object member by member.
func (e *Evaluator) object(o Object) any {
	if len(o) == 1 && isFunctionName(o[0].Key) {
		if f := evaluators[o[0].Key]; f != nil {
			if v, ok := f(e, o[0].Value); ok {
				return v
			}
			return e.refused(o[0].Key, o)
		}
	}
	for _, m := range o {
		if v, ok := e.rewritten(m, o); ok {
			return v
		}
	}
	out := make(Object, 0, len(o))
	for _, m := range o {
		if v := e.value(m.Value); v != any(noValue{}) {
			out = append(out, Member{m.Key, v})
		}
	}
	return out
}

// rewritten returns what stands for an object one of whose members rewrites it: a macro, a loop
// that is not substituted, a function that this package does not know.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-transform.html
func (e *Evaluator) rewritten(m Member, whole Object) (v any, ok bool) {
	if !strings.HasPrefix(m.Key, "Fn::") {
		return nil, false
	}
	u := Unknown{
		What: "macro", Name: m.Key, Template: e.File, Shown: "${" + m.Key + "}",
		Expression: e.digest(m.Key, whole),
	}
	switch {
	case m.Key == "Fn::Transform":
		arguments, _ := m.Value.(Object)
		if name, isText := arguments.Get("Name").(string); isText && !IsIntrinsic(name) {
			u.Name = shortName(name)
		}
	case strings.HasPrefix(m.Key, loopPrefix):
		u.What, u.Name = "loop", shortName(strings.TrimPrefix(m.Key, loopPrefix))
	case len(whole) > 1:
		return nil, false
	}
	return Unread{u}, true
}

// refused stands for a function in a form that CloudFormation refuses.
func (e *Evaluator) refused(function string, v any) Unread {
	name := cmp.Or(function, "value")
	return Unread{Unknown{
		What: "text", Name: name, Template: e.File, Shown: "${" + name + "}",
		Expression: e.digest(function, v),
	}}
}

// finished returns a resolved value as it gets to a property: nothing in the place of AWS::NoValue,
// unknown parts in the place of dynamic references, which CloudFormation fills in after its
// functions.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (e *Evaluator) finished(v any) any {
	if steps, is := isFinished(v); is && steps < e.Steps && !e.exhausted {
		e.Steps -= steps
		return v
	}
	switch v := v.(type) {
	case noValue:
		return nil
	case string:
		return e.withoutDynamic(v)
	case []any:
		if !e.work(len(v)) {
			return e.noBudget()
		}
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = e.finished(element)
		}
		return out
	case Object:
		if !e.work(len(v)) {
			return e.noBudget()
		}
		out := make(Object, len(v))
		for i, m := range v {
			out[i] = Member{m.Key, e.finished(m.Value)}
		}
		return out
	}
	return v
}

// isFinished says whether a resolved value is what finished returns of it, and how many steps that
// costs.
func isFinished(v any) (steps int, is bool) {
	switch v := v.(type) {
	case noValue:
		return 0, false
	case string:
		return 0, !strings.Contains(v, BeginDynamic)
	case []any:
		steps = len(v)
		for _, element := range v {
			more, is := isFinished(element)
			if !is {
				return 0, false
			}
			steps += more
		}
	case Object:
		steps = len(v)
		for _, m := range v {
			more, is := isFinished(m.Value)
			if !is {
				return 0, false
			}
			steps += more
		}
	}
	return steps, true
}

// Member returns what Get does of a value once it is resolved. Of an object that is none of a
// function it resolves nothing else.
func (e *Evaluator) Member(v any, key string) any {
	if o, ok := v.(Object); ok && o.IsData() {
		return e.Resolve(o.Get(key))
	}
	o, _ := e.Resolve(v).(Object)
	return o.Get(key)
}

// IsData says whether no member makes the object mean something else than its members.
func (o Object) IsData() bool {
	if len(o) == 1 && o[0].Key == "Ref" {
		return false
	}
	return !slices.ContainsFunc(o, func(m Member) bool { return strings.HasPrefix(m.Key, "Fn::") })
}

// BeginDynamic begins a reference that CloudFormation resolves after its functions.
const BeginDynamic = "{{resolve:"

// withoutDynamic writes unknown parts in the place of dynamic references.
func (e *Evaluator) withoutDynamic(s string) string {
	const begin, end = BeginDynamic, "}}"
	if !strings.Contains(s, begin) {
		return s
	}
	b := builder{e: e}
	for {
		before, rest, found := strings.Cut(s, begin)
		inside, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			b.add(s)
			return b.text()
		}
		b.add(before)
		reference := begin + inside + end
		u := Unknown{What: "attribute", Shown: shortName(Shown(reference))}
		u.Name, u.Expression = e.nameOf(reference)
		b.add(u.Text())
		s = after
	}
}

// text writes a resolved value as a text.
func (e *Evaluator) text(v any) string {
	switch v := v.(type) {
	case nil, noValue:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return string(v)
	case Unread:
		return v.Unknown.Text()
	case []any:
		return e.joined(",", v)
	}
	u := e.derived("text", v)
	return u.Text()
}

// template returns the template, or an empty one.
func (e *Evaluator) template() *Template {
	if e.Template == nil {
		return &Template{}
	}
	return e.Template
}

// noValue is the value of AWS::NoValue: a member or element that is not there.
type noValue struct{}

// tryParse is Parse for what this package may not have made.
func tryParse(s string) (v any, ok bool) {
	defer func() { ok = recover() == nil }()
	return Parse(s), true
}
