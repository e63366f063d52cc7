package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// mostAlike is how many pairs of conditions of two templates are asked whether they are the same.
const mostAlike = 32

// alike finds the conditions of the new template that hold exactly where one of the old template
// holds, and takes them for that one, however they are called and written.
func (p *pair) alike() {
	a, b := p.old.read, p.new.read
	if cfn.JSON(a.Template.Conditions) == cfn.JSON(b.Template.Conditions) ||
		cfn.JSON(a.Template.Mappings) != cfn.JSON(b.Template.Mappings) {
		return
	}
	known, still := map[string]bool{"": true}, map[string]bool{"": true}
	for _, m := range a.Template.Conditions {
		known[a.condition(m.Key)] = true
	}
	for _, m := range b.Template.Conditions {
		still[b.condition(m.Key)] = true
	}
	left := mostAlike
	t := bothConditions(a.Template, b.Template)
	for _, m := range b.Template.Conditions {
		if known[b.condition(m.Key)] {
			continue
		}
		names := []string{m.Key}
		for _, other := range a.Template.Conditions {
			names = append(names, other.Key)
		}
		for _, name := range names {
			if still[a.condition(name)] || a.Template.Conditions.Get(name) == nil ||
				!sameParameters(a.Template, b.Template, a.Template.Conditions.Get(name), m.Value) {
				continue
			}
			if left--; left < 0 {
				return
			}
			if neverTogether(t, inOld+name, isNot+inNew+m.Key) &&
				neverTogether(t, isNot+inOld+name, inNew+m.Key) {
				b.conditions[m.Key] = a.condition(name)
				p.alikes = append(p.alikes, [2]string{name, m.Key})
				break
			}
		}
	}
}

// follows says whether a condition of the new template certainly holds wherever one of the old
// template does.
func (p *pair) follows(before, after string) bool {
	a, b := p.old.read.Template, p.new.read.Template
	was, is := a.Conditions.Get(before), b.Conditions.Get(after)
	if was == nil || is == nil || p.asked >= mostAlike ||
		cfn.JSON(a.Mappings) != cfn.JSON(b.Mappings) || !sameParameters(a, b, was, is) {
		return false
	}
	p.asked++
	return neverTogether(bothConditions(a, b), inOld+before, isNot+inNew+after)
}

// mostValues is how many ways to give parameters values are tried to find out whether conditions
// exclude each other.
const mostValues = 256

// neverTogether says whether two conditions certainly exclude each other.
func neverTogether(t *cfn.Template, one, other string) bool {
	ways := 1
	for _, d := range t.Decisive(map[string]bool{one: true, other: true}) {
		if ways *= len(d.Values) + 1; ways > mostValues {
			return false
		}
	}
	return t.CanHoldTogether(one, other) == cfn.No
}

// What the conditions of two templates are called in one.
const inOld, inNew, isNot = "Old", "New", "Not"

// bothConditions returns a template with the conditions of two, and their contraries.
func bothConditions(old, new *cfn.Template) *cfn.Template {
	t := &cfn.Template{Mappings: new.Mappings, Parameters: slices.Clone(new.Parameters)}
	for _, m := range old.Parameters {
		if t.Parameters.Get(m.Key) == nil {
			t.Parameters = append(t.Parameters, m)
		}
	}
	for prefix, from := range map[string]*cfn.Template{inOld: old, inNew: new} {
		for _, m := range from.Conditions {
			name := prefix + m.Key
			t.Conditions = append(t.Conditions,
				cfn.Member{Key: name, Value: renamedConditions(m.Value, prefix)},
				cfn.Member{Key: isNot + name, Value: cfn.Object{{Key: "Fn::Not",
					Value: []any{cfn.Object{{Key: "Condition", Value: name}}}}}})
		}
	}
	slices.SortFunc(t.Conditions, func(a, b cfn.Member) int {
		return strings.Compare(a.Key, b.Key)
	})
	return t
}

// renamedConditions returns the definition of a condition in which others have a prefix.
func renamedConditions(v any, prefix string) any {
	switch v := v.(type) {
	case string:
		if cfn.IsIntrinsic(v) {
			return renamedConditions(cfn.Parse(v), prefix)
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = renamedConditions(e, prefix)
		}
		return out
	case cfn.Object:
		out := slices.Clone(v)
		for i, m := range out {
			if name, ok := m.Value.(string); ok && m.Key == "Condition" && len(out) == 1 {
				out[i].Value = prefix + name
				continue
			}
			out[i].Value = renamedConditions(m.Value, prefix)
		}
		return out
	}
	return v
}

// sameParameters says whether the parameters that two conditions name directly or by others are
// the same in both templates: what has another default may decide otherwise.
func sameParameters(old, new *cfn.Template, a, b any) bool {
	seen := map[string]bool{}
	var look func(t *cfn.Template, v any) bool
	look = func(t *cfn.Template, v any) bool {
		for _, r := range cfn.References(v) {
			switch r.Kind {
			case cfn.KindRef:
				if cfn.JSON(old.Parameters.Get(r.Name)) != cfn.JSON(new.Parameters.Get(r.Name)) {
					return false
				}
			case cfn.KindCondition:
				key := r.Name
				if t == new {
					key = inNew + key
				}
				if seen[key] {
					continue
				}
				if seen[key] = true; !look(t, t.Conditions.Get(r.Name)) {
					return false
				}
			}
		}
		return true
	}
	return look(old, a) && look(new, b)
}
