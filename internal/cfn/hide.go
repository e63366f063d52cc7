package cfn

import (
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// Hidden stands where a template has a value that is never shown.
const Hidden = "••••••"

// HideValues returns a template, or a part of a plan, without the values that are never shown:
//
//   - literals of properties that hold a credential by their name, which isCredential tells, and
//     of SecretStringTemplate. An entry of a list with a Name or Key and a Value counts by its
//     name, as variables of containers do. What is deployed from elsewhere (a Ref, a dynamic
//     reference) is shown;
//   - the credentials in any other text, of which credentialsIn tells where they begin and end;
//   - the Default of a parameter with NoEcho, or with such a name;
//   - the Value of an output with such a name.
//
// other is the tree that it is compared with, and may be nil: where it has another value that is
// hidden in the same place, the text says that the two differ. Neither tree is changed.
func HideValues(
	tree, other Object, isCredential func(name string) bool,
	credentialsIn func(text string) [][2]int,
) Object {
	h := hider{
		isCredential: func(name string) bool {
			return name == "SecretStringTemplate" || isCredential(name)
		},
		credentialsIn: credentialsIn,
	}
	out := make(Object, len(tree))
	for i, section := range tree {
		before := member(other, section.Key)
		out[i] = Member{section.Key, h.section(section.Key, section.Value, before)}
	}
	return out
}

type hider struct {
	isCredential  func(name string) bool
	credentialsIn func(text string) [][2]int
}

// section hides what a section of a template holds. The names of parameters, resources and
// outputs are no names of properties.
func (h hider) section(name string, v, other any) any {
	o, ok := v.(Object)
	if !ok || name != "Parameters" && name != "Resources" && name != "Outputs" {
		return h.value("", v, other)
	}
	out := make(Object, len(o))
	for i, m := range o {
		out[i] = Member{m.Key, h.declared(name, m, member(other, m.Key))}
	}
	return out
}

// declared hides what a parameter, a resource or an output holds.
func (h hider) declared(section string, m Member, other any) any {
	o, ok := m.Value.(Object)
	if !ok {
		return h.value("", m.Value, other)
	}
	secret := "" // the property with the value
	switch {
	case section == "Parameters" && (isNoEcho(o) || h.isCredential(m.Key)):
		secret = "Default"
	case section == "Outputs" && h.isCredential(m.Key):
		secret = "Value"
	}
	return h.members(o, other, secret)
}

// members hides what an object holds, and all of the member that is called secret.
func (h hider) members(o Object, other any, secret string) Object {
	out := make(Object, len(o))
	for i, m := range o {
		before := member(other, m.Key)
		if m.Key == secret {
			out[i] = Member{m.Key, literals(m.Value, before)}
			continue
		}
		out[i] = Member{m.Key, h.value(m.Key, m.Value, before)}
	}
	return out
}

// value hides what the property of this name holds.
func (h hider) value(name string, v, other any) any {
	if h.isCredential(name) {
		return literals(v, other)
	}
	switch v := opened(v).(type) {
	case Object:
		secret := ""
		for _, key := range []string{"Name", "Key"} {
			if s, ok := v.Get(key).(string); ok && h.isCredential(s) {
				secret = "Value"
			}
		}
		return h.members(v, other, secret)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = h.value("", item, element(other, i))
		}
		return out
	case string:
		return h.text(v, other)
	}
	return v
}

// text hides the credentials in a text. If it differs from the other in these alone, it says so.
func (h hider) text(text string, other any) string {
	shown := h.without(text)
	before, ok := other.(string)
	if ok && shown != text && before != text && h.without(before) == shown {
		shown += " (differs)"
	}
	return shown
}

func (h hider) without(text string) string {
	var b strings.Builder
	at := 0
	for _, span := range h.credentialsIn(text) {
		b.WriteString(text[at:span[0]] + Hidden)
		at = span[1]
	}
	return b.String() + text[at:]
}

// opened returns a placeholder as what it stands for.
func opened(v any) any {
	if s, ok := v.(string); ok && IsIntrinsic(s) {
		return Parse(s)
	}
	return v
}

// member returns what an object has under a name, and element what a list has at an index; nil:
// it is no such thing, or has nothing there.
func member(v any, name string) any {
	o, _ := opened(v).(Object)
	return o.Get(name)
}

func element(v any, i int) any {
	l, _ := opened(v).([]any)
	if i >= len(l) {
		return nil
	}
	return l[i]
}

// literals returns a value with every literal in it hidden.
func literals(v, other any) any {
	switch v := opened(v).(type) {
	case nil:
		return nil
	case Object:
		return literalsOf(v, other)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = literals(item, element(other, i))
		}
		return out
	case string:
		if v == "" || dynamicReference.MatchString(v) {
			return v
		}
		return hidden(v, other)
	default:
		return hidden(v, other)
	}
}

// literalsOf returns an object with every literal in it hidden. Functions that only name what is
// elsewhere stay.
func literalsOf(o Object, other any) any {
	out := make(Object, len(o))
	for i, m := range o {
		before := member(other, m.Key)
		switch argument := opened(m.Value).(type) {
		case string:
			if isReference(m.Key) || m.Key == "Fn::Sub" && onlyVariables(argument) {
				out[i] = Member{m.Key, argument}
				continue
			}
		case []any:
			if isReference(m.Key) {
				out[i] = Member{m.Key, argument}
				continue
			}
		}
		out[i] = Member{m.Key, literals(m.Value, before)}
	}
	return out
}

func isReference(function string) bool {
	switch function {
	case "Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::FindInMap", "Condition":
		return true
	}
	return false
}

var (
	dynamicReference = lazy.Regexp(
		`^\{\{resolve:(secretsmanager|ssm|ssm-secure):[^{}]*\}\}$`,
	)
	variable = lazy.Regexp(`\$\{[^!{}][^{}]*\}`)
)

// onlyVariables says whether the text of a Fn::Sub is nothing but variables.
func onlyVariables(text string) bool { return variable.ReplaceAllString(text, "") == "" }

// hidden returns what stands for a literal.
func hidden(v, other any) string {
	if other != nil && JSON(v) != JSON(other) {
		return Hidden + " (differs)"
	}
	return Hidden
}
