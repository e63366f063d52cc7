package cfn

import (
	"strings"
)

// Exists says whether a template has a resource once it is deployed: whether it has one of this
// name whose condition holds.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
func (e *Evaluator) Exists(id string) Truth {
	if e.Template == nil || e.Template.Resources[id] == nil {
		return No
	}
	resource := e.Template.Resources[id]
	condition := any(resource.Condition)
	if resource.Verbatim != nil {
		condition = resource.Verbatim.Get("Condition")
	}
	switch condition {
	case nil, "":
		return Yes
	}
	name := e.value(condition) // AWS::LanguageExtensions allow functions in it
	if name == any(noValue{}) {
		return Yes
	}
	text, ok := name.(string)
	if !ok {
		return Maybe
	}
	return e.Holds(text)
}

// Holds says whether a condition of the template holds. Of one that is not there, has a form that
// CloudFormation refuses, or depends on itself, that is not known.
func (e *Evaluator) Holds(condition string) Truth {
	if known, ok := e.conditions[condition]; ok {
		return known
	}
	if e.conditions == nil {
		e.conditions, e.rules = map[string]Truth{}, map[string]any{}
		for _, m := range e.template().Conditions {
			e.rules[m.Key] = m.Value
		}
	}
	rule, ok := e.rules[condition]
	if !ok {
		return Maybe
	}
	e.conditions[condition] = Maybe // until it is known, so that a circle ends
	before := e.deciding
	e.deciding = true
	t := e.decide(rule)
	e.deciding = before
	e.conditions[condition] = t
	return t
}

// decide evaluates a condition function.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
func (e *Evaluator) decide(v any) Truth {
	if e.depth >= deepest || !e.work(1) {
		return Maybe
	}
	e.depth++
	defer func() { e.depth-- }()
	if s, ok := v.(string); ok && IsIntrinsic(s) {
		v, _ = tryParse(s)
	}
	o, ok := v.(Object)
	if !ok || len(o) != 1 {
		return e.same(e.value(v), "true")
	}
	arguments := elements(o[0].Value)
	switch o[0].Key {
	case "Condition":
		name, _ := o[0].Value.(string)
		return e.Holds(name)
	case "Fn::Equals":
		if len(arguments) != 2 {
			return Maybe
		}
		return e.same(e.finished(e.value(arguments[0])), e.finished(e.value(arguments[1])))
	case "Fn::Not":
		if len(arguments) != 1 {
			return Maybe
		}
		return e.decide(arguments[0]).Not()
	case "Fn::And":
		return e.decideAll(arguments, Yes, No)
	case "Fn::Or":
		return e.decideAll(arguments, No, Yes)
	}
	return e.same(e.value(v), "true")
}

// decideAll decides conditions that are joined: the first that is decisive decides, else one that
// is not known, else all are as the neutral truth is. Without conditions nothing is known.
func (e *Evaluator) decideAll(conditions []any, neutral, decisive Truth) Truth {
	if len(conditions) == 0 {
		return Maybe
	}
	t := neutral
	for _, c := range conditions {
		switch e.decide(c) {
		case decisive:
			return decisive
		case Maybe:
			t = Maybe
		}
	}
	return t
}

// same compares resolved values as Fn::Equals does: texts, in which upper and lower case differ,
// lists element by element, objects member by member.
func (e *Evaluator) same(a, b any) Truth {
	if !e.work(1) {
		return Maybe
	}
	if x, ok := a.(Unread); ok {
		y, ok := b.(Unread)
		if ok && x.Unknown.Text() == y.Unknown.Text() {
			return Yes
		}
		return Maybe
	}
	if _, ok := b.(Unread); ok {
		return Maybe
	}
	list, isList := a.([]any)
	other, otherIsList := b.([]any)
	object, isObject := a.(Object)
	otherObject, otherIsObject := b.(Object)
	switch {
	case isList != otherIsList, isObject != otherIsObject, (a == nil) != (b == nil):
		return No
	case isList:
		return e.sameLists(list, other)
	case isObject:
		return e.sameObjects(object, otherObject)
	}
	if _, ok := a.(noValue); ok {
		_, ok := b.(noValue)
		return TruthOf(ok)
	}
	if _, ok := b.(noValue); ok {
		return No
	}
	x, y := e.text(a), e.text(b)
	if !e.work((len(x) + len(y)) / bytesPerStep) {
		return Maybe
	}
	if x != y && (HasUnknown(x) || HasUnknown(y)) && !e.work(comparison(x, y)) {
		return Maybe
	}
	return SameText(x, y)
}

// comparison is how many steps it takes to compare texts with unknown parts.
func comparison(x, y string) int {
	parts := func(s string) int { return strings.Count(s, string(unknownBegin)) }
	return (len(x)*parts(y) + len(y)*parts(x)) / bytesPerStep
}

func (e *Evaluator) sameLists(a, b []any) Truth {
	if anyOptional(a) || anyOptional(b) {
		if e.digest("list", a) == e.digest("list", b) {
			return Yes
		}
		return Maybe
	}
	if len(a) != len(b) {
		return No
	}
	t := Yes
	for i := range a {
		if t = min(t, e.same(a[i], b[i])); t == No {
			return No
		}
	}
	return t
}

func (e *Evaluator) sameObjects(a, b Object) Truth {
	if len(a) != len(b) {
		return Maybe // members that are not known may not be there
	}
	t := Yes
	for i := range a {
		if a[i].Key != b[i].Key {
			return Maybe
		}
		t = min(t, e.same(a[i].Value, b[i].Value))
	}
	return t
}

// anyOptional says whether an element of a list may not be there: a Fn::If of which nobody knows
// the branch, one being AWS::NoValue.
func anyOptional(list []any) bool {
	for _, v := range list {
		if optional(v) {
			return true
		}
	}
	return false
}

func optional(v any) bool {
	u, ok := v.(Unread)
	return ok && (u.What == "condition" || u.What == "budget")
}
