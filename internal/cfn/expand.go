package cfn

import (
	"strings"
)

// loopPrefix begins the keys of loops.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
const loopPrefix = "Fn::ForEach::"

// mostCopies is how many copies of their fragments the loops of a template make at most: of each
// resource that it may have, some parts.
const mostCopies = 500 * 20

// languageExtensions is the transform that substitutes loops.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
const languageExtensions = "AWS::LanguageExtensions"

// Expand returns the template with its loops substituted, as the evaluator with nothing but the
// template does.
func (t *Template) Expand() *Template { return (&Evaluator{Template: t}).Expand() }

// Expand returns the evaluator's template with the loops (Fn::ForEach) in its conditions, resources
// and outputs substituted, if it has the transform that does this. A loop stays whose list is not
// known (neither literals, nor a list parameter with a value, nor what functions make of them),
// whose form CloudFormation refuses, or that makes too many copies; so does the loop around one
// that stays where it would add to the same section. A parameter whose default is a list of a loop
// is told.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
func (e *Evaluator) Expand() *Template {
	t := e.template()
	if !hasLoops(t) {
		return t
	}
	x := expander{e: e}
	out := *t // which is not finished
	out.Conditions = x.section(t.Conditions)
	out.Resources = map[string]*Resource{}
	for _, id := range sortedNames(t.Resources) {
		r := t.Resources[id]
		if loop := loopOf(id, r); loop != nil {
			for _, m := range x.section(Object{{id, loop}}) {
				body, _ := m.Value.(Object)
				if strings.HasPrefix(m.Key, loopPrefix) || body == nil {
					body = Object{m}
				}
				kind, _ := body.Get("Type").(string)
				out.Resources[m.Key] = &Resource{Type: kind, Verbatim: body}
			}
			continue
		}
		out.Resources[id] = x.resource(r)
	}
	out.Outputs = map[string]*Output{}
	for _, name := range sortedNames(t.Outputs) {
		o := t.Outputs[name]
		if !strings.HasPrefix(name, loopPrefix) || o == nil {
			out.Outputs[name] = o
			continue
		}
		for _, m := range x.section(Object{{name, o.Verbatim.Get(name)}}) {
			body, _ := m.Value.(Object)
			if strings.HasPrefix(m.Key, loopPrefix) || body == nil {
				body = Object{m}
			}
			out.Outputs[m.Key] = &Output{Verbatim: body}
		}
	}
	if e.exhausted {
		return t
	}
	e.conditions = nil // those of the template as it was
	return &out
}

// loopOf returns the arguments of a loop among the resources, or nil.
func loopOf(id string, r *Resource) any {
	if !strings.HasPrefix(id, loopPrefix) || r == nil {
		return nil
	}
	return r.Verbatim.Get(id)
}

// hasLoops says whether a template has loops that its transform substitutes.
func hasLoops(t *Template) bool {
	extended := false
	for _, name := range t.Transform {
		extended = extended || name == languageExtensions
	}
	if !extended {
		return false
	}
	found := false
	var look func(v any)
	look = func(v any) {
		if found {
			return
		}
		switch v := v.(type) {
		case string:
			found = IsIntrinsic(v) && strings.Contains(v, loopPrefix)
			return
		case Object:
			for _, m := range v {
				found = found || strings.HasPrefix(m.Key, loopPrefix)
			}
		}
		each(v, look)
	}
	look(t.Conditions)
	for id, r := range t.Resources {
		if found = found || strings.HasPrefix(id, loopPrefix); r != nil {
			r.values(look)
		}
	}
	for name := range t.Outputs {
		found = found || strings.HasPrefix(name, loopPrefix)
	}
	return found
}

// expander substitutes loops.
type expander struct {
	e      *Evaluator
	copies int
}

// scope is the values of the identifiers of the loops around a value.
type scope struct {
	identifier, value string
	outer             *scope
}

func (s *scope) get(identifier string) (value string, ok bool) {
	for ; s != nil; s = s.outer {
		if s.identifier == identifier {
			return s.value, true
		}
	}
	return "", false
}

// section substitutes the loops among and in the members of a section.
func (x *expander) section(o Object) Object {
	if len(o) == 0 {
		return o
	}
	out, _ := x.members(o, nil, false)
	return out
}

// resource substitutes the loops in a resource.
func (x *expander) resource(r *Resource) *Resource {
	if r == nil {
		return nil
	}
	out := *r
	if r.Verbatim != nil {
		out.Verbatim, _ = x.members(r.Verbatim, nil, false)
		return &out
	}
	out.Properties, _ = x.members(r.Properties, nil, false)
	return &out
}

// members substitutes in an object. In the fragment of a loop, one among the members that stays
// makes it not ok.
func (x *expander) members(o Object, s *scope, fragment bool) (out Object, ok bool) {
	out = make(Object, 0, len(o))
	for _, m := range o {
		if strings.HasPrefix(m.Key, loopPrefix) {
			if made, ok := x.loop(m.Value, s); ok {
				out = append(out, made...)
				continue
			}
			if fragment {
				return nil, false
			}
		}
		out = append(out, Member{x.text(m.Key, s), x.value(m.Value, s)})
	}
	return out, !x.e.exhausted
}

// loop returns what a loop makes: its fragment for each element of its list.
func (x *expander) loop(v any, s *scope) (made Object, ok bool) {
	arguments := elements(v)
	if len(arguments) != 3 {
		return nil, false
	}
	identifier, named := arguments[0].(string)
	fragment, formed := arguments[2].(Object)
	list, known := x.list(arguments[1], s)
	if !named || identifier == "" || !formed || !known {
		return nil, false
	}
	for _, value := range list {
		if x.copies++; x.copies > mostCopies || !x.e.work(1) {
			return nil, false
		}
		one, ok := x.members(fragment, &scope{identifier, value, s}, true)
		if !ok {
			return nil, false
		}
		made = append(made, one...)
	}
	return made, true
}

// list returns the texts over which a loop goes.
func (x *expander) list(v any, s *scope) (texts []string, known bool) {
	list, ok := x.e.finished(x.e.value(x.value(v, s))).([]any)
	if !ok {
		return nil, false
	}
	for _, element := range list {
		switch element.(type) {
		case []any, Object, Unread, nil:
			return nil, false
		}
		text := x.e.text(element)
		if HasUnknown(text) {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

// value substitutes in any value: {Ref: Identifier} is the value of the identifier.
func (x *expander) value(v any, s *scope) any {
	if !x.e.work(1) {
		return x.e.noBudget()
	}
	switch v := v.(type) {
	case string:
		if IsIntrinsic(v) && (s != nil || strings.Contains(v, loopPrefix)) {
			if parsed, ok := tryParse(v); ok {
				return x.value(parsed, s)
			}
		}
		return x.text(v, s)
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = x.value(element, s)
		}
		return out
	case []string:
		return x.value(elements(v), s)
	case Object:
		if value, ok := s.get(refersTo(v)); ok {
			return value
		}
		out, _ := x.members(v, s, false)
		return out
	}
	return v
}

// text substitutes ${Identifier}, and &{Identifier}, which keeps only the letters and digits of a
// value.
func (x *expander) text(text string, s *scope) string {
	if s == nil || !strings.Contains(text, "{") {
		return text
	}
	x.e.work(len(text) / bytesPerStep)
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		name, after, closed := strings.Cut(text[i+1:], "}")
		value, ok := s.get(strings.TrimSpace(name))
		switch {
		case closed && ok && i > 0 && text[i-1] == '$':
			b.WriteString(text[:i-1] + value)
		case closed && ok && i > 0 && text[i-1] == '&':
			b.WriteString(text[:i-1] + lettersAndDigits(value))
		default:
			b.WriteString(text[:i+1])
			after = text[i+1:]
		}
		text = after
	}
}

func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if !Letters.Has(r) {
			return -1
		}
		return r
	}, s)
}
