package spec

import (
	"reflect"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/yaml"
)

// perEnvironment are the sections whose entries, which have ids, may exist in some environments
// alone.
var perEnvironment = []string{"secrets", "keys", "principals"}

// document returns the tree of a file for the environment.
func (x *expander) document(root *yaml.Node) *yaml.Node {
	s := shapeOf(specType)
	return mapPairs(root, func(p yaml.Pair) (yaml.Pair, bool) {
		i, known := s.find(p.Key.Text())
		switch {
		case p.Key.Text() == "environments":
			written := len(p.Value.Pairs())
			p.Value = x.own(p.Value)
			return p, written == 0 || len(p.Value.Pairs()) > 0 // another file may state this one
		case !known:
			return p, true
		case slices.Contains(perEnvironment, p.Key.Text()):
			p.Value = x.existing(p.Key.Text(), p.Value)
		}
		prop := s.properties[i]
		prop.required = prop.required || slices.Contains(needed, prop.name)
		return x.property(&prop, prop.of, p)
	})
}

// own returns the section of environments with nothing in it but this one, whose texts but for the
// variables themselves are replaced.
func (x *expander) own(section *yaml.Node) *yaml.Node {
	if section.Kind != yaml.Map {
		return section
	}
	t := reflect.TypeFor[NamedEnvironment]()
	s := shapeOf(t)
	return mapPairs(section, func(p yaml.Pair) (yaml.Pair, bool) {
		if p.Key.Text() != x.name {
			return p, false
		}
		p.Value = mapPairs(p.Value, func(in yaml.Pair) (yaml.Pair, bool) {
			if i, ok := s.find(in.Key.Text()); ok && in.Key.Text() != "variables" {
				return x.property(&s.properties[i], s.properties[i].of, in)
			}
			return in, true
		})
		return p, true
	})
}

// existing returns a section without the entries that do not exist in the environment.
func (x *expander) existing(section string, n *yaml.Node) *yaml.Node {
	return mapPairs(n, func(p yaml.Pair) (yaml.Pair, bool) {
		if x.exists(p.Value) {
			return p, true
		}
		absent := Absent{
			ID:    Text{V: p.Key.Text(), Span: p.Key.Span()},
			Where: x.source.without(p.Value.Get("environments")),
		}
		if own := p.Value.Get("logicalId"); own != nil && own.Kind == yaml.String {
			own = x.text(own, strict)
			absent.LogicalID = Text{V: own.Text(), Span: own.Span()}
		}
		x.absent[section] = append(x.absent[section], absent)
		return p, false
	})
}

// exists says whether an entry exists in the environment.
func (x *expander) exists(entry *yaml.Node) bool {
	list := entry.Get("environments")
	return list == nil || x.existsHere(list)
}

// node returns what stands at a place for a type of the language.
func (x *expander) node(t reflect.Type, n *yaml.Node) *yaml.Node {
	if x.isStatedByEnvironment(t, n) {
		n = x.choose(n)
	}
	switch t {
	case textType, reflect.TypeFor[Flag](), reflect.TypeFor[Number]():
		return x.text(n, strict)
	case reflect.TypeFor[Value]():
		return x.deep(n, strict)
	case rawType, reflect.TypeFor[Anything]():
		return x.deep(n, verbatim)
	case reflect.TypeFor[Template]():
		if n.IsScalar() {
			return x.text(n, strict)
		}
		return x.entries(reflect.TypeFor[Entries[Value]](), n)
	}
	switch {
	case isEntries(t):
		return x.entries(t, n)
	case t.Kind() == reflect.Slice:
		return x.list(t, n)
	case n.IsScalar():
		return x.text(n, strict) // which may stand for the mapping
	case t.Kind() == reflect.Struct:
		return x.structure(t, n)
	}
	return n
}

// isEntries says whether a type is that of a mapping from names that the user chooses.
func isEntries(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && strings.HasPrefix(t.Elem().Name(), "Entry[")
}

// list returns a list, or the single item that may stand for it, without the items that are left
// out.
func (x *expander) list(t reflect.Type, n *yaml.Node) *yaml.Node {
	item := t.Elem()
	if item == reflect.TypeFor[Grant]() || item == reflect.TypeFor[Assert]() ||
		item == reflect.TypeFor[Accept]() {
		n = x.existingItems(n)
	}
	if n.Kind != yaml.Seq {
		return x.node(item, n)
	}
	if slices.ContainsFunc(n.Items(), func(i *yaml.Node) bool { return x.isLeftOut(item, i) }) {
		kept := *n
		kept.SetItems(slices.DeleteFunc(slices.Clone(n.Items()), func(i *yaml.Node) bool {
			if !x.isLeftOut(item, i) {
				return false
			}
			x.choose(i) // which finds what is wrong with it
			return true
		}))
		n = &kept
	}
	return mapItems(n, func(i *yaml.Node) *yaml.Node { return x.node(item, i) })
}

// existingItems returns a list, or the single item that stands for it, without what does not exist
// in the environment.
func (x *expander) existingItems(n *yaml.Node) *yaml.Node {
	out := *n
	if n.Kind == yaml.Map && !x.exists(n) {
		out.Kind = yaml.Seq
		out.SetItems(nil)
		return &out
	}
	items := slices.DeleteFunc(slices.Clone(n.Items()), func(i *yaml.Node) bool {
		return !x.exists(i)
	})
	if len(items) == len(n.Items()) {
		return n
	}
	out.SetItems(items)
	return &out
}

// structure returns a mapping of properties.
func (x *expander) structure(t reflect.Type, n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.Map {
		return n
	}
	if t == reflect.TypeFor[ExistingRole]() && n.IsIntrinsic() {
		return x.deep(n, strict)
	}
	s := shapeOf(t)
	nothing := x.leavesNothing(t, n)
	return mapPairs(n, func(p yaml.Pair) (yaml.Pair, bool) {
		i, ok := s.find(p.Key.Text())
		switch {
		case ok && p.Key.Text() != "environments":
			is := s.properties[i]
			is.required = is.required && !nothing
			return x.property(&is, is.of, p)
		case !ok && x.isEnvironment(p.Key.Text()):
			x.found.Report(diag.UnknownProperty, p.Key.Span()).
				Message("there is no property %q here", p.Key).
				Hint("state each property of this mapping by environment: only a text, a number, " +
					"a truth value or a list can stand there for one, and null leaves it out")
			x.failed = append(x.failed, p.Key.Span())
		}
		return p, true
	})
}

// entries returns a mapping from names that the user chooses, without those that are left out. Ids
// are the same in every environment; the names of tags and fields are texts like others.
func (x *expander) entries(t reflect.Type, n *yaml.Node) *yaml.Node {
	inner, _ := t.Elem().FieldByName("V")
	if n.Kind != yaml.Map {
		return n
	}
	free := inner.Type == reflect.TypeFor[Value]() || inner.Type == textType ||
		inner.Type == reflect.TypeFor[List[Text]]()
	m := strict
	if inner.Type == reflect.TypeFor[Anything]() {
		free, m = true, verbatim
	}
	kept := mapPairs(n, func(p yaml.Pair) (yaml.Pair, bool) {
		if !x.isLeftOut(inner.Type, p.Value) {
			return p, true
		}
		x.choose(p.Value) // which finds what is wrong with it
		return p, false
	})
	out := mapPairs(kept, func(p yaml.Pair) (yaml.Pair, bool) {
		if free {
			p.Key = x.text(p.Key, m)
		}
		p.Value = x.node(inner.Type, p.Value)
		return p, true
	})
	x.sameKeys(kept, out)
	return out
}

// deep returns a value in CloudFormation's or IAM's words, with every text of it looked at.
func (x *expander) deep(n *yaml.Node, m manner) *yaml.Node {
	switch n.Kind {
	case yaml.Map:
		out := mapPairs(n, func(p yaml.Pair) (yaml.Pair, bool) {
			value := x.deep(p.Value, m)
			if p.Key.Text() == "Fn::GetAtt" && value != p.Value && value.IsScalar() {
				value = attribute(value)
			}
			if isUndivided(n, p.Value) && value.IsScalar() {
				x.found = append(x.found, *noAttribute(p))
			}
			return yaml.Pair{Key: x.text(p.Key, m), Value: value}, true
		})
		x.sameKeys(n, out)
		return out
	case yaml.Seq:
		return mapItems(n, func(i *yaml.Node) *yaml.Node { return x.deep(i, m) })
	}
	return x.text(n, m)
}

// attribute divides what Fn::GetAtt takes at its first dot, once its variables are replaced.
func attribute(n *yaml.Node) *yaml.Node {
	name, attribute, ok := strings.Cut(n.Text(), ".")
	if !ok {
		return n
	}
	first, second := *n, *n
	first.SetText(name)
	second.SetText(attribute)
	both := &yaml.Node{Kind: yaml.Seq}
	both.SetSpan(n.Span())
	both.SetItems([]*yaml.Node{&first, &second})
	return both
}

// isUndivided says whether a value is that of a !GetAtt whose dot may stand in a variable.
func isUndivided(of, value *yaml.Node) bool {
	return of.Tag() == "!GetAtt" && value.IsScalar() && strings.Contains(value.Text(), "$(")
}

// noAttribute says that a !GetAtt names no attribute.
func noAttribute(p yaml.Pair) *diag.Diagnostic {
	return diag.Report(diag.BadShortForm, p.Key.Span()).
		Message("!GetAtt takes a resource and an attribute: Resource.Attribute, or a list of the " +
			"two").
		Hint("see the function's page in the CloudFormation documentation")
}

// undivided finds each !GetAtt of a spec without environments that hopes for a variable.
func undivided(roots []*yaml.Node) (found diag.List) {
	for _, root := range roots {
		root.Walk(func(n *yaml.Node) {
			if len(n.Pairs()) == 1 && isUndivided(n, n.Pairs()[0].Value) {
				found = append(found, *noAttribute(n.Pairs()[0]))
			}
		})
	}
	return found
}

// sameKeys finds keys that became the same when their variables were replaced.
func (x *expander) sameKeys(before, after *yaml.Node) {
	if before == after {
		return
	}
	for i, p := range after.Pairs() {
		if i >= len(before.Pairs()) || p.Key == before.Pairs()[i].Key ||
			slices.Contains(x.failed, p.Key.Span()) {
			continue
		}
		for j, other := range after.Pairs() {
			if j != i && other.Key.Text() == p.Key.Text() &&
				(j < i || other.Key == before.Pairs()[j].Key) {
				x.found.Report(diag.DuplicateKey, p.Key.Span()).
					Message("the key %q stands there twice, once its variables are replaced",
						p.Key).
					Related(other.Key.Span(), "the other one is here").
					Hint("rename or remove one of them")
				break
			}
		}
	}
}

// mapPairs returns a mapping with its pairs as f returns them, without those that it does not keep:
// the mapping itself where nothing changes.
func mapPairs(n *yaml.Node, f func(yaml.Pair) (yaml.Pair, bool)) *yaml.Node {
	if n.Kind != yaml.Map {
		return n
	}
	var pairs []yaml.Pair // nil: as they are
	for i, p := range n.Pairs() {
		q, keep := f(p)
		if pairs == nil && (!keep || q != p) {
			pairs = append(make([]yaml.Pair, 0, len(n.Pairs())), n.Pairs()[:i]...)
		}
		if pairs != nil && keep {
			pairs = append(pairs, q)
		}
	}
	if pairs == nil {
		return n
	}
	out := *n
	out.SetPairs(pairs)
	return &out
}

// mapItems returns a list with its items as f returns them: the list itself where nothing changes.
func mapItems(n *yaml.Node, f func(*yaml.Node) *yaml.Node) *yaml.Node {
	var items []*yaml.Node
	for i, item := range n.Items() {
		made := f(item)
		if items == nil && made != item {
			items = append(make([]*yaml.Node, 0, len(n.Items())), n.Items()[:i]...)
		}
		if items != nil {
			items = append(items, made)
		}
	}
	if items == nil {
		return n
	}
	out := *n
	out.SetItems(items)
	return &out
}
