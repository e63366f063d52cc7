package cfn

import (
	"slices"
	"strings"
)

// An intrinsic in a place that holds a Go string is a placeholder: a NUL byte followed by the
// intrinsic's compact JSON. No text of a spec can contain a NUL, so no text of a spec can become an
// intrinsic.

// Empty is a placeholder for an empty text that must be written although its field has omitempty:
// the value of a tag, for one.
const Empty = "\x00\"\""

// The pseudo parameters, which every template has.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
const (
	AccountID        = "AWS::AccountId"
	NoValue          = "AWS::NoValue"
	NotificationARNs = "AWS::NotificationARNs"
	Partition        = "AWS::Partition"
	Region           = "AWS::Region"
	StackID          = "AWS::StackId"
	StackName        = "AWS::StackName"
	URLSuffix        = "AWS::URLSuffix"
)

// PseudoParameters are those that Ref and Fn::Sub can name in every template, sorted.
var PseudoParameters = []string{
	AccountID, NoValue, NotificationARNs, Partition, Region, StackID, StackName, URLSuffix,
}

// IsPseudoParameter says whether a name is one of PseudoParameters.
func IsPseudoParameter(name string) bool { return slices.Contains(PseudoParameters, name) }

// function says where an intrinsic function may stand and how YAML writes it.
type function struct {
	property  bool   // in properties, outputs and metadata
	condition bool   // in the Conditions section
	tag       string // its short form in YAML; empty where AWS documents none
}

// functions is every intrinsic function.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
var functions = map[string]function{
	"Condition":        {condition: true, tag: "!Condition"},
	"Fn::And":          {condition: true, tag: "!And"},
	"Fn::Base64":       {property: true, tag: "!Base64"},
	"Fn::Cidr":         {property: true, tag: "!Cidr"},
	"Fn::Equals":       {condition: true, tag: "!Equals"},
	"Fn::FindInMap":    {property: true, condition: true, tag: "!FindInMap"},
	"Fn::GetAZs":       {property: true, tag: "!GetAZs"},
	"Fn::GetAtt":       {property: true, tag: "!GetAtt"},
	"Fn::If":           {property: true, tag: "!If"},
	"Fn::ImportValue":  {property: true, tag: "!ImportValue"},
	"Fn::Join":         {property: true, condition: true, tag: "!Join"},
	"Fn::Length":       {property: true, condition: true},
	"Fn::Not":          {condition: true, tag: "!Not"},
	"Fn::Or":           {condition: true, tag: "!Or"},
	"Fn::Select":       {property: true, condition: true, tag: "!Select"},
	"Fn::Split":        {property: true, condition: true, tag: "!Split"},
	"Fn::Sub":          {property: true, condition: true, tag: "!Sub"},
	"Fn::ToJsonString": {property: true, condition: true},
	"Fn::Transform":    {property: true, tag: "!Transform"},
	"Ref":              {property: true, condition: true, tag: "!Ref"},
}

// IsFunction says whether an object whose only key this is stands for a value in a property, an
// output or metadata. Condition and the functions that only conditions use do not: in a property
// they are data.
func IsFunction(name string) bool { return functions[name].property }

// IsConditionFunction says whether a function may stand in the Conditions section.
func IsConditionFunction(name string) bool { return functions[name].condition }

// IsIntrinsic says whether a string is a placeholder made by this package.
func IsIntrinsic(s string) bool { return len(s) > 0 && s[0] == 0 }

// Intrinsic returns the placeholder of a value, which is usually an Object with one function. A
// string, being a text or a placeholder already, comes back as it is.
func Intrinsic(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(AppendValue([]byte{0}, v, Format{Compact: true}))
}

// call returns the placeholder of one function.
func call(name string, argument any) string { return Intrinsic(Object{{name, argument}}) }

// Ref refers to a parameter, a pseudo parameter or a resource.
func Ref(id string) string {
	if !StandsAsItIs(id) {
		return "\x00" + `{"Ref":` + string(appendQuoted(nil, id)) + "}"
	}
	return "\x00" + `{"Ref":"` + id + `"}`
}

// OnlyRef returns what a placeholder refers to that is one Ref, as Ref writes it. It says no of any
// name that needs escapes.
func OnlyRef(placeholder string) (id string, ok bool) {
	const before, after = "\x00" + `{"Ref":"`, `"}`
	if !strings.HasPrefix(placeholder, before) || !strings.HasSuffix(placeholder, after) ||
		len(placeholder) < len(before)+len(after) {
		return "", false
	}
	id = placeholder[len(before) : len(placeholder)-len(after)]
	return id, strings.IndexByte(id, '"') < 0 && strings.IndexByte(id, '\\') < 0
}

// GetAtt returns an attribute of a resource.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getatt.html
func GetAtt(id, attribute string) string {
	if !StandsAsItIs(id) || !StandsAsItIs(attribute) {
		return call("Fn::GetAtt", []string{id, attribute})
	}
	return "\x00" + `{"Fn::GetAtt":["` + id + `","` + attribute + `"]}`
}

// onlyGetAtt returns what a placeholder refers to that is one Fn::GetAtt, as GetAtt writes it. It
// says no of any name that needs escapes.
func onlyGetAtt(placeholder string) (id, attribute string, ok bool) {
	const before, between, after = "\x00" + `{"Fn::GetAtt":["`, `","`, `"]}`
	names, ok := strings.CutPrefix(placeholder, before)
	if !ok {
		return "", "", false
	}
	if names, ok = strings.CutSuffix(names, after); !ok {
		return "", "", false
	}
	id, attribute, ok = strings.Cut(names, between)
	return id, attribute, ok && StandsAsItIs(id) && StandsAsItIs(attribute)
}

// Sub replaces the ${…} of a text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
func Sub(text string) string { return call("Fn::Sub", text) }

// ImportValue returns what another stack exports. The name may be an intrinsic.
func ImportValue(name string) string { return call("Fn::ImportValue", name) }

// Join puts a separator between texts and intrinsics. Texts alone are joined here.
func Join(separator string, parts ...string) string {
	for _, p := range parts {
		if IsIntrinsic(p) {
			return call("Fn::Join", []any{separator, parts})
		}
	}
	return strings.Join(parts, separator)
}

// Select returns the element of a list that has an index, counted from 0. The list is a
// placeholder, of Split for example.
func Select(index int, list string) string { return call("Fn::Select", []any{index, list}) }

// Split returns the placeholder of a list: what stands between separators in a text or an
// intrinsic.
func Split(separator, s string) string { return call("Fn::Split", []any{separator, s}) }

// Parse returns the value that a placeholder stands for, as Objects, []any, texts, json.Numbers,
// bools and nil. A text that is no placeholder comes back as it is.
func Parse(placeholder string) any {
	if !IsIntrinsic(placeholder) {
		return placeholder
	}
	p := parser{text: placeholder, at: 1}
	return p.value()
}

// Concat returns texts and intrinsics one after another in the simplest form that is right: a text
// where there are only texts, an intrinsic as it is where it is alone, one Fn::Sub where the
// intrinsics are Refs, GetAtts or Fn::Subs without variables of their own, and Fn::Join otherwise.
// A text's own ${x} is escaped as ${!x}; one that this escape cannot certainly express is joined.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
func Concat(parts ...string) string {
	if !slices.ContainsFunc(parts, IsIntrinsic) {
		return strings.Join(parts, "")
	}
	joined := make([]string, 0, len(parts))
	for _, p := range parts {
		last := len(joined) - 1
		switch {
		case p == "" || p == Empty:
		case last >= 0 && !IsIntrinsic(p) && !IsIntrinsic(joined[last]):
			joined[last] += p
		default:
			joined = append(joined, p)
		}
	}
	switch len(joined) {
	case 0:
		return ""
	case 1:
		return joined[0]
	}
	var template strings.Builder
	for _, p := range joined {
		text, ok := asSub(p)
		if !ok {
			return Join("", joined...)
		}
		template.WriteString(text)
	}
	return Sub(template.String())
}

// asSub returns a part of Concat as it stands in the text of a Fn::Sub.
func asSub(part string) (text string, ok bool) {
	if !IsIntrinsic(part) {
		return escapeSub(part)
	}
	o, _ := Parse(part).(Object)
	if len(o) != 1 {
		return "", false
	}
	switch argument := o[0].Value.(type) {
	case string:
		if o[0].Key == "Fn::Sub" {
			return argument, balanced(argument)
		}
		if o[0].Key == "Ref" && plainName(argument, ":") {
			return "${" + argument + "}", true
		}
	case []any:
		if o[0].Key != "Fn::GetAtt" || len(argument) != 2 {
			return "", false
		}
		id, _ := argument[0].(string)
		attribute, _ := argument[1].(string)
		if plainName(id, "") && plainName(attribute, ".:") {
			return "${" + id + "." + attribute + "}", true
		}
	}
	return "", false
}

// escapeSub escapes every ${x} of a text. It gives up where CloudFormation does not say what the
// escape means: no closing brace, nothing in between, an exclamation mark that is there already.
func escapeSub(text string) (escaped string, ok bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || name[0] == '!' || strings.Contains(name, "${") {
			return "", false
		}
		b.WriteString("${!" + name + "}")
		text = after
	}
}

// balanced says whether every ${ of a Fn::Sub is closed within it, so that other text may stand
// beside it.
func balanced(template string) bool {
	for part := range SubParts(template) {
		if _, rest, open := strings.Cut(part.Text, "${"); open && !strings.Contains(rest, "}") {
			return false
		}
	}
	return true
}

// plainName says whether a name can stand between the braces of ${…}.
func plainName(name, also string) bool {
	for i := range len(name) {
		if !alphanumeric(name[i]) && !strings.Contains(also, name[i:i+1]) {
			return false
		}
	}
	return name != ""
}
