package change

import (
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// function returns the canonical form of an intrinsic function; false: it is none.
func (r *reader) function(name string, argument any) (any, bool) {
	switch name {
	case "Ref":
		id, ok := argument.(string)
		return r.ref(id), ok && !cfn.IsIntrinsic(id)
	case "Fn::GetAtt":
		return call("attribute", r.attribute(argument)), true
	case "Fn::Sub":
		return r.sub(argument)
	case "Fn::Join":
		return r.join(argument)
	case "Fn::If":
		return r.choose(argument)
	case "Fn::FindInMap":
		return r.lookUp(argument), true
	case "Fn::Select":
		return r.selected(argument), true
	case "Fn::Split":
		return r.split(argument), true
	}
	if strings.HasPrefix(name, "Fn::") {
		return call(name, r.any(argument)), true
	}
	return nil, false
}

// ref returns what a Ref is: of a pseudo parameter its value where it is stated, of a parameter its
// definition, since what it has without a value at the deployment hangs on that.
func (r *reader) ref(name string) any {
	switch name {
	case cfn.NoValue:
		return noValue{}
	case cfn.AccountID:
		return orCall(r.Account, name)
	case cfn.Region:
		return orCall(r.Region, name)
	case cfn.StackName:
		return orCall(r.Name, name)
	case cfn.Partition:
		if r.Region != "" {
			return aws.PartitionOf(r.Region)
		}
	}
	if definition := r.Template.Parameters.Get(name); definition != nil {
		return call("parameter", []any{name, r.definition(name, definition)})
	}
	return call("ref", name)
}

func orCall(known, name string) any {
	if known != "" {
		return known
	}
	return call("ref", name)
}

// definition returns a digest of what decides the value of a parameter that nobody states.
func (r *reader) definition(name string, v any) string {
	if r.byName || r.withoutDefaults {
		return ""
	}
	if known, ok := r.parameters[name]; ok {
		return known
	}
	o, _ := v.(cfn.Object)
	d := digest([]any{r.any(o.Get("Default")), r.any(o.Get("Type"))})
	r.parameters[name] = d
	return d
}

// key returns a canonical name of a KMS key in one form: the ID and the ARN of a key of the
// template are the same key.
func (r *reader) key(v any) any {
	o, _ := v.(cfn.Object)
	if len(o) != 1 {
		return v
	}
	id, _ := o[0].Value.(string)
	if list, ok := o[0].Value.([]any); ok && o[0].Key == expression+"attribute" && len(list) == 2 {
		id, _ = list[0].(string)
	}
	of := r.Template.Resources[id]
	if of == nil || of.Type != "AWS::KMS::Key" && of.Type != "AWS::KMS::ReplicaKey" {
		return v
	}
	return call("ref", id)
}

// byDefault returns a canonical value where a parameter that nobody gives a value has its default.
func (r *reader) byDefault(v any) any {
	o, _ := v.(cfn.Object)
	if len(o) != 1 || o[0].Key != expression+"parameter" {
		return v
	}
	list, _ := o[0].Value.([]any)
	name, _ := list[0].(string)
	definition, _ := r.Template.Parameters.Get(name).(cfn.Object)
	if otherwise, ok := r.any(definition.Get("Default")).(string); ok {
		return otherwise
	}
	return v
}

// attribute returns the argument of Fn::GetAtt: the name of a resource and its attribute.
func (r *reader) attribute(argument any) any {
	if s, ok := argument.(string); ok && !cfn.IsIntrinsic(s) {
		id, attribute, _ := strings.Cut(s, ".")
		return []any{id, attribute}
	}
	return r.any(argument)
}

// sub returns the parts of a Fn::Sub.
func (r *reader) sub(argument any) (any, bool) {
	text, isText := argument.(string)
	var own cfn.Object
	if list, ok := argument.([]any); ok && len(list) == 2 {
		text, isText = list[0].(string)
		own, _ = list[1].(cfn.Object)
	}
	if !isText || cfn.IsIntrinsic(text) {
		return call("Fn::Sub", r.any(argument)), true
	}
	var parts []any
	known := map[string]any{} // each is worked out once, however often it is mentioned
	for p := range cfn.SubParts(text) {
		if !r.step() {
			return r.large(call("Fn::Sub", argument)), true
		}
		v, isKnown := known[p.Name]
		switch of := own.Get(p.Name); {
		case p.Name == "":
			parts = append(parts, p.Text)
		case isKnown:
			parts = append(parts, v)
		case of != nil:
			known[p.Name] = r.any(of)
			parts = append(parts, known[p.Name])
		case strings.Contains(p.Name, "."):
			parts = append(parts, call("attribute", r.attribute(p.Name)))
		default:
			parts = append(parts, r.ref(p.Name))
		}
	}
	return r.together(parts, "Fn::Sub", argument), true
}

func (r *reader) join(argument any) (any, bool) {
	list, _ := argument.([]any)
	if len(list) != 2 {
		return nil, false
	}
	separator, isText := r.any(list[0]).(string)
	elements, isList := r.any(list[1]).([]any)
	if !isText || !isList {
		return call("Fn::Join", r.any(argument)), true
	}
	var parts []any
	for i, e := range elements {
		if i > 0 && separator != "" {
			parts = append(parts, separator)
		}
		parts = append(parts, e)
	}
	return r.together(parts, "Fn::Join", argument), true
}

// selected returns a Fn::Select: the element where all before it are certainly there.
func (r *reader) selected(argument any) any {
	whole := r.any(argument)
	if list, _ := whole.([]any); len(list) == 2 {
		position, _ := list[0].(string)
		index, err := strconv.Atoi(position)
		elements, _ := list[1].([]any)
		mayBeGone := func(v any) bool {
			o, _ := v.(cfn.Object)
			return len(o) == 1 && o[0].Key == expression+"if"
		}
		if err == nil && index >= 0 && index < len(elements) &&
			!slices.ContainsFunc(elements[:index+1], mayBeGone) {
			return elements[index]
		}
	}
	return call("Fn::Select", whole)
}

// split returns a Fn::Split: the parts of a text that is literal.
func (r *reader) split(argument any) any {
	whole := r.any(argument)
	if list, _ := whole.([]any); len(list) == 2 {
		separator, _ := list[0].(string)
		if text, ok := list[1].(string); ok && separator != "" {
			parts := strings.Split(text, separator)
			r.budget.steps += len(parts)
			out := make([]any, len(parts))
			for i, part := range parts {
				out[i] = part
			}
			return out
		}
	}
	return call("Fn::Split", whole)
}

// together returns parts of a text, which a function with its argument puts together, as one text:
// what is literal side by side is one part.
func (r *reader) together(parts []any, function string, argument any) any {
	t := textOfParts{left: longestText}
	for _, p := range parts {
		if !t.add(p) {
			break
		}
	}
	r.budget.steps += (longestText - max(t.left, 0)) / bytesOfStep
	if t.left < 0 {
		return r.large(call(function, argument))
	}
	t.end()
	switch {
	case len(t.parts) == 0:
		return ""
	case len(t.parts) == 1 && (isExpression(t.parts[0]) || isText(t.parts[0])):
		return t.parts[0]
	}
	return call("text", t.parts)
}

// textOfParts is a text while it is put together.
type textOfParts struct {
	parts   []any
	literal []byte // after the last part
	left    int    // bytes that it may still have; less than none: it is too long
}

// add adds a part; false: the text is too long.
func (t *textOfParts) add(v any) bool {
	o, _ := v.(cfn.Object)
	if len(o) == 1 && o[0].Key == expression+"text" {
		list, _ := o[0].Value.([]any)
		return !slices.ContainsFunc(list, func(p any) bool { return !t.add(p) })
	}
	if text, ok := v.(string); ok {
		t.left -= len(text)
		if t.left >= 0 {
			t.literal = append(t.literal, text...)
		}
		return t.left >= 0
	}
	t.end()
	t.left = sized(v, t.left)
	t.parts = append(t.parts, v)
	return t.left >= 0
}

// end makes a part of what is literal.
func (t *textOfParts) end() {
	if len(t.literal) > 0 {
		t.parts = append(t.parts, string(t.literal))
		t.literal = nil
	}
}

func isText(v any) bool { _, ok := v.(string); return ok }

// choose returns a Fn::If: the condition as what it says, not by its name.
func (r *reader) choose(argument any) (any, bool) {
	list, _ := argument.([]any)
	if len(list) != 3 {
		return nil, false
	}
	name, ok := list[0].(string)
	if !ok || cfn.IsIntrinsic(name) {
		return nil, false
	}
	switch r.always(name) {
	case "true":
		return r.any(list[1]), true
	case "false":
		return r.any(list[2]), true
	}
	yes, no := r.any(list[1]), r.any(list[2])
	left := sized(no, sized(yes, longestValue))
	r.budget.steps += (longestValue - max(left, 0)) / bytesOfStep
	if left < 0 {
		return r.large(call("Fn::If", argument)), true
	}
	if same(yes, no) {
		return yes, true
	}
	return call("if", []any{r.condition(name), orNone(yes), orNone(no)}), true
}

func orNone(v any) any {
	if v == any(noValue{}) {
		return call("none", nil)
	}
	return v
}

// condition returns a digest of what a condition says; that of none, and of one that holds always,
// is empty.
func (r *reader) condition(name string) string {
	if name == "" || r.always(name) == "true" {
		return ""
	}
	if r.byName {
		return name
	}
	if known, ok := r.conditions[name]; ok {
		return known
	}
	r.conditions[name] = name // within itself, which CloudFormation refuses
	r.conditions[name] = digest(r.rule(r.Template.Conditions.Get(name)))
	return r.conditions[name]
}

// always says whether a condition holds whatever the stack's parameters are, true, or never, false;
// it is empty where that hangs on something.
func (r *reader) always(name string) string {
	if known, ok := r.constant[name]; ok {
		return known
	}
	r.constant[name] = "" // within itself
	r.constant[name] = r.decided(r.Template.Conditions.Get(name))
	return r.constant[name]
}

// decided returns what a condition is, as always does.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
func (r *reader) decided(v any) string {
	if r.depth >= deepest || !r.step() {
		return ""
	}
	r.depth++
	defer func() { r.depth-- }()
	if s, ok := v.(string); ok && cfn.IsIntrinsic(s) {
		v = cfn.Parse(s)
	}
	o, _ := v.(cfn.Object)
	if len(o) != 1 {
		return ""
	}
	if of, ok := o[0].Value.(string); ok && o[0].Key == "Condition" {
		return r.always(of)
	}
	list, _ := o[0].Value.([]any)
	switch o[0].Key {
	case "Fn::Equals":
		if len(list) == 2 {
			return decidedEquals(r.any(list[0]), r.any(list[1]))
		}
	case "Fn::Not":
		if len(list) == 1 {
			return map[string]string{"true": "false", "false": "true"}[r.decided(list[0])]
		}
	case "Fn::And":
		return r.decidedAll(list, "true", "false")
	case "Fn::Or":
		return r.decidedAll(list, "false", "true")
	}
	return ""
}

func decidedEquals(a, b any) string {
	switch {
	case isText(a) && isText(b):
		return strconv.FormatBool(a == b)
	case !isUnread(a) && !isUnread(b) && same(a, b):
		return "true"
	}
	return ""
}

// decidedAll returns what conditions are together, of which one that is decisive decides.
func (r *reader) decidedAll(list []any, neutral, decisive string) string {
	all := neutral
	for _, v := range list {
		switch r.decided(v) {
		case decisive:
			return decisive
		case "":
			all = ""
		}
	}
	return all
}

// rule returns what stands in the Conditions section; the order in Fn::And, Fn::Or and Fn::Equals
// means nothing.
func (r *reader) rule(v any) any {
	if r.depth >= deepest {
		return call("deep", cfn.JSON(v))
	}
	r.depth++
	defer func() { r.depth-- }()
	if s, ok := v.(string); ok && cfn.IsIntrinsic(s) {
		v = cfn.Parse(s)
	}
	o, _ := v.(cfn.Object)
	if len(o) != 1 {
		return r.any(v)
	}
	name, argument := o[0].Key, o[0].Value
	if is := r.decided(v); is != "" {
		return is
	}
	switch name {
	case "Condition":
		if of, ok := argument.(string); ok {
			return call("condition", r.condition(of))
		}
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		list, _ := argument.([]any)
		out := make([]any, len(list))
		for i, e := range list {
			out[i] = r.rule(e)
		}
		return call(name, sorted(out))
	}
	return r.any(v)
}

// lookUp returns a Fn::FindInMap: the value where all of the path is known.
func (r *reader) lookUp(argument any) any {
	path, _ := r.any(argument).([]any)
	if len(path) < 3 {
		return call("Fn::FindInMap", path)
	}
	name, isText := path[0].(string)
	if !isText {
		return call("Fn::FindInMap", []any{path, digest(r.any(r.Template.Mappings))})
	}
	mapping, _ := r.Template.Mappings.Get(name).(cfn.Object)
	first, known := path[1].(string)
	second, alsoKnown := path[2].(string)
	if known && alsoKnown {
		row, _ := mapping.Get(first).(cfn.Object)
		if v := row.Get(second); v != nil {
			return r.any(v)
		}
	}
	if _, ok := r.mappings[name]; !ok {
		r.mappings[name] = digest(r.any(mapping))
	}
	return call("Fn::FindInMap", []any{path, r.mappings[name]})
}
