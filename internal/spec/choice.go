package spec

import (
	"reflect"
	"slices"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/yaml"
)

// byDefault is the key of what holds in every environment that has no key of its own.
const byDefault = "default"

// needed are the properties of the header that every spec must state, which complete finds.
var needed = []string{"version", "stack"}

// isEnvironment says whether a key is one of a mapping that states something by environment.
func (x *expander) isEnvironment(key string) bool {
	return key == byDefault || slices.Contains(x.source.Environments, key)
}

// isStatedByEnvironment says whether a mapping at a place for a type states by environment what
// stands there. Where the language has no mapping at all, every mapping does.
func (x *expander) isStatedByEnvironment(t reflect.Type, n *yaml.Node) bool {
	if n.Kind != yaml.Map || len(n.Pairs()) == 0 || n.IsIntrinsic() || isEntries(t) {
		return false
	}
	switch t {
	case textType, reflect.TypeFor[Flag](), reflect.TypeFor[Number](),
		reflect.TypeFor[List[Text]]():
		return true
	case reflect.TypeFor[Value](), reflect.TypeFor[List[Value]](), reflect.TypeFor[List[Raw]]():
		return x.isByEnvironment(n, nil)
	case reflect.TypeFor[ExistingRole]():
		return x.isByEnvironment(n, shapeOf(t))
	}
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct &&
		x.isByEnvironment(n, shapeOf(t.Elem()))
}

// isByEnvironment says whether a mapping states something by environment, where a mapping with
// properties of its own could stand, too.
func (x *expander) isByEnvironment(n *yaml.Node, s *shape) bool {
	is := false
	for _, p := range n.Pairs() {
		if s != nil {
			if _, own := s.find(p.Key.Text()); own {
				return false
			}
		}
		is = is || x.isEnvironment(p.Key.Text())
	}
	return is
}

// here returns what a mapping by environment states for this one, or nil.
func (x *expander) here(n *yaml.Node) *yaml.Node {
	if own := n.Get(x.name); own != nil {
		return own
	}
	return n.Get(byDefault)
}

// choose returns what a mapping by environment states for this one. Every key must be an
// environment or default, and what stands there a value for each environment.
func (x *expander) choose(n *yaml.Node) *yaml.Node {
	wrong := false
	for _, p := range n.Pairs() {
		if !x.isEnvironment(p.Key.Text()) {
			x.unknownEnvironment(p.Key)
			wrong = true
		}
	}
	if here := x.here(n); here != nil {
		x.chosen[here] = true
		return here
	}
	if !wrong { // else it is probably what is missing
		x.found.Report(diag.NoValueHere, place(nil, n)).
			Message("nothing is stated for %s", diag.Words(x.name)).
			SayingWhere().
			Hint("add %q, or %q for all environments that have no key of their own",
				diag.Words(x.name), diag.Words(byDefault))
	}
	return n.Pairs()[0].Value
}

// isLeftOut says whether what stands at a place for a type is absent in this environment, because
// null is stated for it.
func (x *expander) isLeftOut(t reflect.Type, n *yaml.Node) bool {
	if !x.isStatedByEnvironment(t, n) {
		return false
	}
	here := x.here(n)
	return here != nil && here.Kind == yaml.Null
}

// property returns a property as it is in this environment, and whether it is there: null leaves
// out what may be absent. So is a mapping absent that cannot be empty, once nothing is left in it.
func (x *expander) property(p *property, t reflect.Type, pair yaml.Pair) (yaml.Pair, bool) {
	if x.isLeftOut(t, pair.Value) {
		if p.required {
			pair.Value = x.mustBeStated(p, pair)
			return pair, true
		}
		x.choose(pair.Value) // which finds what is wrong with it
		return pair, false
	}
	before := len(pair.Value.Pairs())
	pair.Value = x.node(t, pair.Value)
	isEmptied := pair.Value.Kind == yaml.Map && before > 0 && len(pair.Value.Pairs()) == 0
	return pair, !isEmptied || p.required || !p.filled && !cannotBeEmpty(t)
}

// cannotBeEmpty says whether a type is that of a mapping of which something must be written.
func cannotBeEmpty(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != rawType && shapeOf(t).requires()
}

// leavesNothing says whether all properties of a mapping are left out in this environment, so that
// it does not matter which of them must be written where there is one.
func (x *expander) leavesNothing(t reflect.Type, n *yaml.Node) bool {
	s := shapeOf(t)
	return len(n.Pairs()) > 0 && !slices.ContainsFunc(n.Pairs(), func(p yaml.Pair) bool {
		i, known := s.find(p.Key.Text())
		if !known {
			return true
		}
		inner := s.properties[i].of
		return !x.isLeftOut(inner, p.Value) &&
			(!cannotBeEmpty(inner) || !x.leavesNothing(inner, p.Value))
	})
}

// mustBeStated says that a property cannot be left out in this environment, and returns what stands
// there in another one, so that nothing else is found.
func (x *expander) mustBeStated(p *property, pair yaml.Pair) *yaml.Node {
	null := x.choose(pair.Value)
	at := null.Span()
	if at.Start == at.End {
		at = pair.Key.Span()
	}
	d := x.found.Report(diag.NoValueHere, at).
		Message("%q must be stated, and is null for %s", pair.Key, diag.Words(x.name)).
		SayingWhere().
		Hint("write a value: null leaves out only what may be absent")
	if p.entry {
		d.Hint("write a value, %s", whereAlone)
	}
	for _, other := range pair.Value.Pairs() {
		if other.Value.Kind != yaml.Null {
			return other.Value
		}
	}
	x.failed = append(x.failed, null.Span(), pair.Key.Span())
	return null
}
