package golden

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/verb"
	"github.com/secretctl/secretctl/internal/yaml"
)

// TestEveryPropertyHasAGoldenCase: every property of the language and every verb stands in the spec
// of a case that compiles or, while this version refuses it, of one in which that is all that is
// wrong.
func TestEveryPropertyHasAGoldenCase(t *testing.T) {
	expect.InRoot(t)
	u := usage{properties: map[string]bool{}, verbs: map[string]bool{}}
	for _, name := range caseNames(t, "*") {
		c := readCase(t, name)
		wrong := slices.Compact(codes(c.want["stdout"] + c.want["stderr"]))
		if c.want["exit"] != "" && !slices.Equal(wrong, []string{"SC0001"}) {
			continue
		}
		for _, f := range c.specs(c.files) {
			if root, found := spec.Parse(f); root != nil && len(found) == 0 {
				u.see(root, reflect.TypeFor[spec.Spec]())
			}
		}
	}
	for _, p := range properties(reflect.TypeFor[spec.Spec](), nil) {
		if !u.properties[p] {
			t.Errorf("no golden case shows %s", p)
		}
	}
	for _, v := range verb.All {
		if !u.verbs[v.Name] {
			t.Errorf("no golden case grants %q", v.Name)
		}
	}
}

// usage is what the golden specs use of the language.
type usage struct{ properties, verbs map[string]bool }

// see notes the properties of a node that is written for a type of package spec, and of everything
// in it.
func (u usage) see(n *yaml.Node, in reflect.Type) {
	if in.Kind() == reflect.Pointer {
		in = in.Elem()
	}
	if in.Kind() == reflect.Slice {
		u.seeEach(n, in)
		return
	}
	if in.Kind() != reflect.Struct || n.Kind != yaml.Map {
		return
	}
	for _, p := range n.Pairs() {
		field, ok := property(in, p.Key.Text())
		if !ok {
			continue
		}
		name := in.Name() + "." + p.Key.Text()
		u.properties[name] = true
		if name == "Grant.allow" {
			u.seeVerbs(p.Value)
		}
		u.see(p.Value, field.Type)
	}
}

// seeEach looks into the items of a List, of which a single one may stand alone, or the values of
// Entries.
func (u usage) seeEach(n *yaml.Node, in reflect.Type) {
	item := in.Elem()
	if value, ok := item.FieldByName("V"); ok && strings.HasPrefix(item.Name(), "Entry[") {
		for _, p := range n.Pairs() {
			u.see(p.Value, value.Type)
		}
		return
	}
	if n.Kind != yaml.Seq {
		u.see(n, item)
	}
	for _, i := range n.Items() {
		u.see(i, item)
	}
}

func (u usage) seeVerbs(n *yaml.Node) {
	u.verbs[n.Text()] = true
	for _, i := range n.Items() {
		u.verbs[i.Text()] = true
	}
}

// property returns the field of a type that holds a property.
func property(of reflect.Type, name string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(of) {
		if tag, ok := f.Tag.Lookup("spec"); ok && strings.Split(tag, ",")[0] == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// properties returns the properties of a type of package spec and of everything in it as
// "Type.property", after those seen already.
func properties(of reflect.Type, seen []string) []string {
	switch {
	case of.Kind() == reflect.Pointer:
		return properties(of.Elem(), seen)
	case of.Kind() == reflect.Slice && strings.HasPrefix(of.Elem().Name(), "Entry["):
		value, _ := of.Elem().FieldByName("V")
		return properties(value.Type, seen)
	case of.Kind() == reflect.Slice:
		return properties(of.Elem(), seen)
	case of.Kind() != reflect.Struct || of == reflect.TypeFor[source.Span]():
		return seen
	}
	for _, f := range reflect.VisibleFields(of) {
		tag, ok := f.Tag.Lookup("spec")
		if !ok {
			continue
		}
		name := of.Name() + "." + strings.Split(tag, ",")[0]
		if !slices.Contains(seen, name) {
			seen = properties(f.Type, append(seen, name))
		}
	}
	return seen
}

// TestPropertiesAreFound: the properties of the language are read off its types, nested ones
// included.
func TestPropertiesAreFound(t *testing.T) {
	expect.InRoot(t)
	all := properties(reflect.TypeFor[spec.Spec](), nil)
	for _, p := range []string{
		"Spec.stack", "Secret.replicas", "Replica.region",
		"OIDC.subject", "Grantee.until", "When.mfa", "RotationTarget.port",
	} {
		if !slices.Contains(all, p) {
			t.Errorf("%s is not among the %d properties found", p, len(all))
		}
	}
}
