package change

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// exports finds exports that other stacks use and that change or go: CloudFormation refuses that as
// long as anybody imports them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
func (c *comparison) exports() {
	var uses map[string][]*state
	for i := range c.pairs {
		p := &c.pairs[i]
		if p.old == nil || p.new != nil && p.new.Template == p.old.Template {
			continue
		}
		now := map[string][]export{} // several of one name exclude each other
		if p.new != nil {
			for _, e := range exportsOf(p.new) {
				if p.new.read.always(e.condition) == "false" {
					continue // it is not made
				}
				e.value = c.exported(p.new, e.value)
				now[e.name] = append(now[e.name], e)
			}
		}
		for _, e := range exportsOf(p.old) {
			becomes := p.becomes(e, now[e.name])
			if becomes == "" || p.old.read.always(e.condition) == "false" {
				continue
			}
			if uses == nil {
				uses = c.importers()
			}
			c.exportFails(p, e, becomes, uses)
		}
	}
}

// becomes says what becomes of an export of the old template by those of the new one that have its
// name; empty: nothing.
func (p *pair) becomes(e export, now []export) string {
	what := goes
	for _, n := range now {
		switch {
		case !same(n.value, e.value):
			what = cmp.Or(strings.TrimPrefix(what, goes), changes)
		case p.isThereWherever(e.condition, n.condition):
			return ""
		default:
			what = isConditional
		}
	}
	return what
}

// isThereWherever says whether what has a condition in the new template is certainly there wherever
// it was under one of the old template.
func (p *pair) isThereWherever(before, after string) bool {
	is := p.new.read.condition(after)
	return is == "" || is == p.old.read.condition(before) || p.follows(before, after)
}

// What becomes of an export.
const (
	goes          = "the export goes"
	changes       = "the export changes"
	isConditional = "the export goes where its condition, which is another one, does not hold"
)

// exportFails notes that an export which others use changes or goes.
func (c *comparison) exportFails(p *pair, e export, becomes string, uses map[string][]*state) {
	there := becomes != goes
	users := uses[c.place(p.old, e.name)]
	if len(users) == 0 {
		r := Resource{Risk: Updated, Kind: Removed, Stack: p.old.File, LogicalID: e.output,
			Property: "Export", Page: aws.PageOfExports, Unknown: true,
			Message: becomes + ", and CloudFormation refuses that if a stack imports it that is " +
				"not among these"}
		if there {
			r.Kind = Modified
		}
		c.found = append(c.found, r)
	}
	for _, user := range users {
		if user.pair == p || !c.stillImports(user, p, e.name) {
			continue
		}
		r := Resource{Risk: Fails, Kind: Removed, Stack: p.old.File, LogicalID: e.output,
			Property: "Export", FromStack: user.File, Page: aws.PageOfExports,
			Message: becomes + ", and CloudFormation refuses that while another stack imports it"}
		if there {
			r.Kind = Modified
		}
		if p.old.PlaceOf != nil {
			r.Span = p.old.PlaceOf(e.output, "Export")
		}
		if p.new != nil {
			r.Stack = p.new.File
			if p.new.PlaceOf != nil && there {
				r.Span = p.new.PlaceOf(e.output, "Export")
			}
		}
		c.found = append(c.found, r)
		return
	}
}

// stillImports says whether a stack of the old set imports something at the moment at which its
// exporter is updated.
func (c *comparison) stillImports(user *state, exporter *pair, name string) bool {
	now := user.pair.new
	if now == nil || exporter.new == nil || now.number > exporter.new.number {
		return true
	}
	return slices.Contains(importsOf(now), name)
}

// export is an output that other stacks can import; name and value are canonical.
type export struct {
	output, name string
	value        any
	condition    string
}

func exportsOf(s *state) []export {
	var out []export
	for _, name := range slices.Sorted(maps.Keys(s.read.Template.Outputs)) {
		o := s.read.Template.Outputs[name]
		if o == nil {
			continue
		}
		e, _ := s.read.value(o.Member("Export")).(cfn.Object)
		if v := e.Get("Name"); v != nil {
			condition, _ := o.Member("Condition").(string)
			out = append(out, export{name, cfn.JSON(v), s.read.value(o.Member("Value")),
				condition})
		}
	}
	return out
}

// exported returns the value of an export; of a resource that is replaced it is another one.
func (c *comparison) exported(s *state, v any) any {
	switch v := v.(type) {
	case cfn.Object:
		if len(v) != 1 {
			return v
		}
		id, _ := v[0].Value.(string)
		if list, ok := v[0].Value.([]any); ok && v[0].Key == expression+"attribute" {
			id, _ = list[0].(string)
		}
		if id != "" && c.replaced[side{s, id, nil}.is()] {
			return call("replaced", v)
		}
		if list, ok := v[0].Value.([]any); ok && isExpression(v) {
			return cfn.Object{{Key: v[0].Key, Value: c.exported(s, list)}}
		}
		return v
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = c.exported(s, e)
		}
		return out
	}
	return v
}

// importers returns which stacks of the old set import something, by account, Region and name.
func (c *comparison) importers() map[string][]*state {
	out := map[string][]*state{}
	for i := range c.pairs {
		s := c.pairs[i].old
		if s == nil || !s.Template.Calls("Fn::ImportValue") {
			continue
		}
		for _, name := range importsOf(s) {
			out[c.place(s, name)] = append(out[c.place(s, name)], s)
		}
	}
	return out
}

// place tells an export from those of other accounts and Regions.
func (c *comparison) place(s *state, name string) string {
	return s.read.Account + " " + s.read.Region + " " + name
}

// importsOf returns the names of what a stack imports, as canonical JSON.
func importsOf(s *state) []string {
	var out []string
	look := func(v any) { out = append(out, importsIn(v)...) }
	for _, id := range sortedIDs(s.all) {
		condition, _ := (side{s, id, s.all[id]}).attribute("Condition").(string)
		if condition != "" && s.read.always(condition) == "false" {
			continue
		}
		look(s.read.value(side{s, id, s.all[id]}.attribute("Properties")))
	}
	for _, name := range slices.Sorted(maps.Keys(s.read.Template.Outputs)) {
		look(s.read.value(s.read.Template.Outputs[name].Member("Value")))
	}
	return out
}

// importsIn returns the names of what a canonical value imports, as canonical JSON.
func importsIn(v any) (out []string) {
	switch v := v.(type) {
	case cfn.Object:
		for _, m := range v {
			if m.Key == expression+"Fn::ImportValue" {
				out = append(out, cfn.JSON(m.Value))
			}
			out = append(out, importsIn(m.Value)...)
		}
	case []any:
		for _, e := range v {
			out = append(out, importsIn(e)...)
		}
	}
	return out
}
