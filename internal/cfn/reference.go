package cfn

import (
	"strings"
)

// The kinds of references.
const (
	KindRef       = "Ref"
	KindGetAtt    = "GetAtt"
	KindCondition = "Condition"
	KindMapping   = "Mapping"
	KindDependsOn = "DependsOn" // only in what Dangling returns
)

// Reference is a name that a value takes from elsewhere in the template. ${…} in a Fn::Sub is a Ref
// or, with a dot, a GetAtt.
type Reference struct{ Kind, Name, Attribute string }

// References returns every reference in a value, in the order of the text, repetitions included.
// Names that a Fn::Sub defines for itself and literals (${!x}) are none. {Condition: X} is one at
// the top and in And, Or, Not and Equals, but data everywhere else: IAM statements have a Condition
// too. What is inside Fn::ForEach is left out, because its names depend on the loop.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
func References(v any) []Reference {
	var found []Reference
	finder{func(r Reference) { found = append(found, r) }}.value(v, true)
	return found
}

// finder hands on the references of values.
type finder struct{ found func(Reference) }

// value looks into a value; condition says whether {Condition: X} is a function here.
func (f finder) value(v any, condition bool) {
	switch v := v.(type) {
	case string:
		f.text(v, condition)
	case []string:
		for _, s := range v {
			f.text(s, false)
		}
	case []any:
		for _, e := range v {
			f.value(e, false)
		}
	case Object:
		f.object(v, condition)
	}
}

// text looks into what a placeholder stands for; any other text refers to nothing.
func (f finder) text(s string, condition bool) {
	if !IsIntrinsic(s) {
		return
	}
	if name, ok := OnlyRef(s); ok {
		f.found(Reference{Kind: KindRef, Name: name})
		return
	}
	if id, attribute, ok := onlyGetAtt(s); ok {
		f.found(Reference{KindGetAtt, id, attribute})
		return
	}
	if parsed, ok := tryParse(s); ok {
		f.value(parsed, condition)
	}
}

func (f finder) object(o Object, condition bool) {
	if len(o) == 1 && f.function(o[0].Key, o[0].Value, condition) {
		return
	}
	for _, m := range o {
		if !strings.HasPrefix(m.Key, "Fn::ForEach::") {
			f.value(m.Value, false)
		}
	}
}

// function looks into a function that refers to something; false: it is none, or has no form that
// refers.
func (f finder) function(name string, argument any, condition bool) bool {
	if name != "Ref" && name != "Condition" && !strings.HasPrefix(name, "Fn::") {
		return false
	}
	if s, ok := argument.(string); ok {
		argument, _ = tryParse(s)
	}
	text, isText := argument.(string)
	list := elements(argument)
	switch name {
	case "Ref":
		if isText {
			f.found(Reference{Kind: KindRef, Name: text})
		}
		return isText
	case "Condition":
		if isText && condition {
			f.found(Reference{Kind: KindCondition, Name: text})
		}
		return isText
	case "Fn::GetAtt":
		return f.getAtt(text, list)
	case "Fn::Sub":
		return f.sub(text, isText, list)
	case "Fn::If", "Fn::FindInMap":
		kind := KindCondition
		if name == "Fn::FindInMap" {
			kind = KindMapping
		}
		return f.named(kind, list)
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		for _, e := range list {
			f.value(e, true)
		}
		return list != nil
	}
	return false
}

func (f finder) getAtt(text string, list []any) bool {
	if id, attribute, ok := strings.Cut(text, "."); ok { // as YAML's long form may have it
		f.found(Reference{KindGetAtt, id, attribute})
		return true
	}
	if len(list) != 2 {
		return false
	}
	id, ok := list[0].(string)
	if !ok || IsIntrinsic(id) {
		return false
	}
	attribute, _ := list[1].(string)
	if IsIntrinsic(attribute) {
		attribute = ""
	}
	f.found(Reference{KindGetAtt, id, attribute})
	f.value(list[1], false)
	return true
}

// named handles a function whose first argument is the name of something, not a reference to it.
func (f finder) named(kind string, list []any) bool {
	if len(list) == 0 {
		return false
	}
	if name, ok := list[0].(string); ok && !IsIntrinsic(name) {
		f.found(Reference{Kind: kind, Name: name})
		list = list[1:]
	}
	for _, e := range list {
		f.value(e, false)
	}
	return true
}

func (f finder) sub(text string, isText bool, list []any) bool {
	var own Object
	if len(list) == 2 {
		text, isText = list[0].(string)
		own, _ = list[1].(Object)
	}
	if !isText {
		return false
	}
	for part := range SubParts(text) {
		name := part.Name
		if name == "" || own.has(name) {
			continue
		}
		if id, attribute, ok := strings.Cut(name, "."); ok {
			f.found(Reference{KindGetAtt, id, attribute})
			continue
		}
		f.found(Reference{Kind: KindRef, Name: name})
	}
	for _, m := range own {
		f.value(m.Value, false)
	}
	return true
}

func (o Object) has(key string) bool {
	for _, m := range o {
		if m.Key == key {
			return true
		}
	}
	return false
}

// elements returns the elements of a list, or nil for anything else.
func elements(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	}
	return nil
}

// each calls visit with every value that a value holds directly.
func each(v any, visit func(any)) {
	switch v := v.(type) {
	case Object:
		for _, m := range v {
			visit(m.Value)
		}
	case []any, []string:
		for _, e := range elements(v) {
			visit(e)
		}
	}
}
