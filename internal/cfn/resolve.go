package cfn

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Resolver tells what the intrinsic functions of one template return once it is deployed. What is known only then has a stand-in: a text that
// depends on nothing but what is referred to. It keeps what it has found out, and is not for several goroutines.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
type Resolver struct {
	Template                                              *Template
	Account, Region, Partition, URLSuffix, Stack, StackID string            // what the pseudo parameters return
	Parameters                                            map[string]string // values that are given at deployment, in the place of defaults

	// Resource returns what Ref (for which the attribute is "") or Fn::GetAtt returns of a resource; nil: it has a stand-in. It may ask the resolver in turn.
	Resource func(id, attribute string) any
	// Import returns what another stack exports; nil: it has a stand-in.
	Import func(name string) any
	// Output returns an output of another stack, for Fn::GetStackOutput: its arguments, resolved; nil: it has a stand-in.
	Output func(arguments Object) any

	placeholders map[string]any // results by placeholder
	references   map[string]any // results by what is referred to
	conditions   map[string]truth
	depth        int
}

// What a resolver does at most: values of a template are neither deeper nor longer, and what refers to itself ends.
const (
	maxDepth = 100     // values inside one another, those of what is referred to included
	maxText  = 1 << 16 // bytes of a text that a function puts together
)

// removed is the value of AWS::NoValue: a member or element that is not there.
type removed struct{}

// Resolve returns a value of the template without functions: nil, a bool, a number, a text, []any or Object, for a struct the Object as which it is
// written. Members and elements that are AWS::NoValue are left out; alone it is nil. What has no value stays as it is: macros (Fn::Transform), which
// rewrite the template, and functions in a form that CloudFormation refuses.
func (r *Resolver) Resolve(v any) any {
	v = r.value(v)
	if v == (removed{}) {
		return nil
	}
	return v
}

// Text returns a value as a text, as Fn::Sub and Fn::Join write it: what is neither text, number nor bool has a stand-in. Nothing is the empty text.
func (r *Resolver) Text(v any) string { return r.text(r.Resolve(v)) }

// Exists says whether a template has a resource once it is deployed: whether it has one of this name whose condition holds.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
func (r *Resolver) Exists(id string) bool {
	resource := r.Template.Resources[id]
	return resource != nil && (resource.condition() == "" || r.Holds(resource.condition()))
}

// value resolves any value, AWS::NoValue included.
func (r *Resolver) value(v any) any {
	if r.depth >= maxDepth {
		return "unknown"
	}
	r.depth++
	defer func() { r.depth-- }()
	switch v := v.(type) {
	case nil, bool, json.Number, removed, Unread:
		return v
	case int:
		return json.Number(strconv.Itoa(v))
	case string:
		return r.placeholder(v)
	case Object:
		return r.object(v)
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			out = r.with(out, e)
		}
		return out
	case []string:
		out := make([]any, 0, len(v))
		for _, e := range v {
			out = r.with(out, e)
		}
		return out
	}
	return r.reflected(reflect.ValueOf(v))
}

// with adds an element to a list, unless it is AWS::NoValue.
func (r *Resolver) with(list []any, v any) []any {
	if v = r.value(v); v == (removed{}) {
		return list
	}
	return append(list, v)
}

// placeholder resolves a text or a placeholder.
func (r *Resolver) placeholder(s string) any {
	if !IsIntrinsic(s) {
		return s
	}
	if known, ok := r.placeholders[s]; ok {
		return known
	}
	parsed, ok := tryParse(s)
	if !ok {
		return s[1:]
	}
	v := r.value(parsed)
	if r.placeholders == nil {
		r.placeholders = map[string]any{}
	}
	r.placeholders[s] = v
	return v
}

// tryParse is Parse for what this package may not have made.
func tryParse(s string) (v any, ok bool) {
	defer func() { ok = recover() == nil }()
	return Parse(s), true
}

// object resolves a function, or an object member by member.
func (r *Resolver) object(o Object) any {
	if len(o) == 1 {
		if f := resolvers[o[0].Key]; f != nil {
			if v, ok := f(r, o[0].Value); ok {
				return v
			}
			return o
		}
		if o[0].Key == "Fn::Transform" {
			return o
		}
	}
	out := make(Object, 0, len(o))
	for _, m := range o {
		if v := r.value(m.Value); v != (removed{}) {
			out = append(out, Member{m.Key, v})
		}
	}
	return out
}

// reflected resolves what is not among the usual types: goformation's structs and what they contain.
func (r *Resolver) reflected(v reflect.Value) any {
	switch v.Kind() {
	case reflect.String:
		return r.value(v.String())
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case reflect.Float32, reflect.Float64:
		return json.Number(strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits()))
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return r.value(v.Elem().Interface())
	case reflect.Slice, reflect.Array:
		out := make([]any, 0, v.Len())
		for i := range v.Len() {
			out = r.with(out, v.Index(i).Interface())
		}
		return out
	case reflect.Map:
		o := make(Object, 0, v.Len())
		for _, k := range sortedKeys(v) {
			o = append(o, Member{k.String(), v.MapIndex(k).Interface()})
		}
		return r.object(o)
	case reflect.Struct:
		return r.structure(v)
	}
	return nil
}

// structure resolves a struct by its json tags, a union to the one choice that is set.
func (r *Resolver) structure(v reflect.Value) any {
	p := planOf(v.Type())
	o := Object{}
	for _, f := range p.fields {
		field := v.Field(f.index)
		switch {
		case p.union && !field.IsZero():
			return r.value(field.Interface())
		case p.union, f.omitEmpty && isEmpty(field):
			continue
		}
		if value := r.value(field.Interface()); value != (removed{}) {
			o = append(o, Member{f.name, value})
		}
	}
	if p.union {
		return nil
	}
	return o
}

// Holds says whether a condition of the template holds. One that is not there, that is in a form that CloudFormation refuses, or that depends on
// itself, does not.
func (r *Resolver) Holds(name string) bool {
	if known, ok := r.conditions[name]; ok {
		return known.holds
	}
	if r.conditions == nil {
		r.conditions = map[string]truth{}
	}
	r.conditions[name] = truth{} // until it is known, so that a circle ends
	t := truth{holds: r.holds(r.Template.Conditions.Get(name))}
	r.conditions[name] = t
	return t.holds
}

// truth is whether a condition holds.
type truth struct{ holds bool }

// holds evaluates a condition function. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
func (r *Resolver) holds(v any) bool {
	if r.depth >= maxDepth {
		return false
	}
	r.depth++
	defer func() { r.depth-- }()
	if s, ok := v.(string); ok && IsIntrinsic(s) {
		v, _ = tryParse(s)
	}
	o, ok := v.(Object)
	if !ok || len(o) != 1 {
		return r.text(r.value(v)) == "true"
	}
	arguments := elements(o[0].Value)
	switch o[0].Key {
	case "Condition":
		name, _ := o[0].Value.(string)
		return r.Holds(name)
	case "Fn::Equals":
		return len(arguments) == 2 && r.equal(r.value(arguments[0]), r.value(arguments[1]))
	case "Fn::Not":
		return len(arguments) == 1 && !r.holds(arguments[0])
	case "Fn::And":
		for _, a := range arguments {
			if !r.holds(a) {
				return false
			}
		}
		return len(arguments) > 0
	case "Fn::Or":
		for _, a := range arguments {
			if r.holds(a) {
				return true
			}
		}
		return false
	}
	return r.text(r.value(v)) == "true"
}

// equal compares as Fn::Equals does: texts, in which upper and lower case differ, or what else has the same JSON.
func (r *Resolver) equal(a, b any) bool {
	_, listA := a.([]any)
	_, listB := b.([]any)
	if listA != listB {
		return false
	}
	return listText(a, r.text) == listText(b, r.text)
}

// text writes a resolved value as a text.
func (r *Resolver) text(v any) string {
	switch v := v.(type) {
	case nil, removed:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return string(v)
	case []any:
		return listText(v, r.text)
	}
	return StandIn("unknown", string(AppendValue(nil, v, Format{Compact: true})))
}

// listText writes the elements of a list with commas between them, as parameters have them.
func listText(v any, text func(any) string) string {
	list, ok := v.([]any)
	if !ok {
		return text(v)
	}
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(text(e))
		if b.Len() > maxText {
			break
		}
	}
	return shortened(b.String())
}

// shortened cuts off what is longer than any text of a template.
func shortened(s string) string { return s[:min(len(s), maxText)] }
