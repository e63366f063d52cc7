// Package generate makes estates at random: templates of CloudFormation, what they become once
// deployed, and calls to what they make. It knows what the language of policies can say, and
// nothing of how access is derived from it.
package generate

import (
	"math/rand/v2"
	"strings"
)

// Part is a part of a deployment that its templates do not state: What is parameter, import,
// suffix, name, account, region or stack. Template is the file that mentions it, empty where it is
// the same in all. Name is that of the parameter or export, or the logical ID of the resource.
type Part struct{ What, Template, Name string }

// World says what every part is in one deployment.
type World map[Part]string

// symbol is a value that is written in one way and is another when deployed. Both may hold further
// symbols.
type symbol struct {
	written  any
	deployed func(World) any
}

// gone is what Fn::If leaves where it takes AWS::NoValue.
type gone struct{}

// written returns a tree as it stands in a template.
func written(t any) any {
	switch t := t.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, v := range t {
			out[k] = written(v)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, v := range t {
			out[i] = written(v)
		}
		return out
	case *symbol:
		return written(t.written)
	}
	return t
}

// deployed returns a tree as it is in a deployment.
func deployed(t any, w World) any {
	switch t := t.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, v := range t {
			if v = deployed(v, w); v != (gone{}) {
				out[k] = v
			}
		}
		return out
	case []any:
		out := []any{}
		for _, v := range t {
			switch v := deployed(v, w).(type) {
			case gone:
			case map[string]any, []any:
				out = append(out, v)
			default:
				out = append(out, v)
			}
		}
		return out
	case *symbol:
		return deployed(t.deployed(w), w)
	}
	return t
}

// textOf returns a tree that is a text.
func textOf(t any, w World) string {
	s, _ := deployed(t, w).(string)
	return s
}

// part is a symbol for a part of the world.
func part(how any, p Part) *symbol {
	return &symbol{how, func(w World) any { return w[p] }}
}

func ref(id string) map[string]any { return map[string]any{"Ref": id} }

func attribute(
	id, name string,
) map[string]any {
	return map[string]any{"Fn::GetAtt": []any{id, name}}
}

// join makes one text of several, written as a text, Fn::Join or Fn::Sub.
func join(r *rand.Rand, parts ...any) any {
	plain := true
	for _, p := range parts {
		_, isText := p.(string)
		plain = plain && isText
	}
	value := func(w World) any {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(textOf(p, w))
		}
		return b.String()
	}
	if plain {
		return value(nil)
	}
	if r.IntN(3) == 0 {
		return &symbol{map[string]any{"Fn::Join": []any{"", append([]any{}, parts...)}}, value}
	}
	return &symbol{sub(parts), value}
}

// sub writes a text with symbols as Fn::Sub.
func sub(parts []any) any {
	var b strings.Builder
	names := map[string]any{}
	for _, p := range parts {
		if s, ok := p.(string); ok {
			b.WriteString(strings.ReplaceAll(s, "${", "${!"))
			continue
		}
		how, _ := written(p).(map[string]any)
		if id, ok := how["Ref"].(string); ok {
			b.WriteString("${" + id + "}")
		} else if at, ok := how["Fn::GetAtt"].([]any); ok {
			b.WriteString("${" + at[0].(string) + "." + at[1].(string) + "}")
		} else {
			name := "V" + string(rune('A'+len(names)))
			names[name] = p
			b.WriteString("${" + name + "}")
		}
	}
	if len(names) == 0 {
		return map[string]any{"Fn::Sub": b.String()}
	}
	return map[string]any{"Fn::Sub": []any{b.String(), names}}
}
