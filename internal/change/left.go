package change

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// left returns what stays of the old set once the new one is deployed over it, although no template
// has it any more: resources that leave their stacks, or are replaced, and that DeletionPolicy or
// UpdateReplacePolicy keeps. A policy that stays still lets in whom it let in before. What the new
// set makes under the same name is the new set's.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func (c *comparison) left(removed []side) []side {
	var out []side
	known := map[string]bool{}
	add := func(old side, is bool) {
		if is && !known[old.is()] {
			known[old.is()] = true
			out = append(out, old)
		}
	}
	for _, old := range removed {
		add(old, old.retains("DeletionPolicy") && !c.isTaken(old))
	}
	for _, r := range c.renamed {
		if r.old.res.Type != "AWS::SecretsManager::Secret" { // the new one is compared with it
			add(r.old, c.mayStay(r) && !c.isTaken(r.old))
		}
	}
	for _, old := range c.switchedOff {
		if table := aws.UpdatesOf(old.res.Type); table != nil && table.IsPolicy {
			add(old, !c.isTakenByOther(old))
		}
	}
	return out
}

// mayStay says whether a resource that is replaced may be kept: nobody says which
// UpdateReplacePolicy holds if it changes, too.
func (c *comparison) mayStay(r renamed) bool {
	return r.old.retains("UpdateReplacePolicy") || r.new.retains("UpdateReplacePolicy")
}

// isTakenByOther says whether the new set makes something else under the name of an old thing.
func (c *comparison) isTakenByOther(old side) bool {
	key := c.registerOf(0).keys[old.is()]
	return key != "" && slices.ContainsFunc(c.registerOf(1).things[key], func(s side) bool {
		return s.at.pair != old.at.pair || s.id != old.id
	})
}

// isTaken says whether the new set makes something under the name of an old thing.
func (c *comparison) isTaken(old side) bool {
	key := c.registerOf(0).keys[old.is()]
	return key != "" && len(c.registerOf(1).things[key]) > 0
}

// withLeft returns the estate of the new set in which what is left of the old one is, too.
func (c *comparison) withLeft(before, after *access.Estate) *access.Estate {
	if len(c.lasting) == 0 {
		return after
	}
	olds, _ := before.LoadedFrom()
	news, beside := after.LoadedFrom()
	news = slices.Clone(news)
	by := map[*pair][]side{}
	for _, s := range c.lasting {
		by[s.at.pair] = append(by[s.at.pair], s)
	}
	for i := range c.pairs {
		p := &c.pairs[i]
		if by[p] == nil {
			continue
		}
		from := stackOf(olds, p.old)
		if from == nil {
			continue
		}
		at := stackOf(news, p.new)
		if at == nil { // the stack is deleted
			news = append(news, access.Stack{File: from.File, Name: from.Name,
				Account: from.Account, Region: from.Region, Template: &cfn.Template{}})
			at = &news[len(news)-1]
		}
		k := newKeeper(c, p, at, from)
		k.keep(by[p])
	}
	return access.Load(news, beside)
}

// stackOf finds the stack of an estate that a state is, or nil.
func stackOf(list []access.Stack, s *state) *access.Stack {
	if s == nil {
		return nil
	}
	for i := range list {
		if list[i].Template == s.Template {
			return &list[i]
		}
	}
	for i := range list {
		if a := &list[i]; a.File == s.File && a.Name == s.Name && a.Account == s.Account &&
			a.Region == s.Region {
			return a
		}
	}
	return nil
}

// keeper writes what is left of an old stack into the template of the new one, where what it refers
// to is found under the names that this has there.
type keeper struct {
	c        *comparison
	p        *pair
	at, from *access.Stack
	t        *cfn.Template     // that of at, which is changed
	ids      map[string]string // of resources by their old logical IDs; what is not there is gone
	names    map[string]string // of parameters, mappings and conditions, by section and old name
	dropped  bool              // a statement about somebody who is gone was left out
}

// gone stands for what is deleted: it matches nothing.
const gone = "arn:aws:none:::gone"

func newKeeper(c *comparison, p *pair, at, from *access.Stack) *keeper {
	t := *at.Template
	t.Resources = maps.Clone(t.Resources)
	if t.Resources == nil {
		t.Resources = map[string]*cfn.Resource{}
	}
	t.Parameters, t.Mappings = slices.Clone(t.Parameters), slices.Clone(t.Mappings)
	t.Conditions = slices.Clone(t.Conditions)
	t.Transform = slices.Clone(p.old.read.Template.Transform)
	if p.new != nil {
		t.Transform = at.Template.Transform
	}
	at.Template, at.Parameters = &t, maps.Clone(at.Parameters)
	if at.Parameters == nil {
		at.Parameters = map[string]string{}
	}
	at.IDs, at.Documents = maps.Clone(at.IDs), maps.Clone(at.Documents)
	at.Because = maps.Clone(at.Because)
	return &keeper{c: c, p: p, at: at, from: from, t: &t, ids: map[string]string{},
		names: map[string]string{}}
}

// keep writes resources into the new template.
func (k *keeper) keep(list []side) {
	if k.p.new != nil {
		for id, r := range k.p.new.all {
			s := side{k.p.new, id, r}
			if old := k.p.old.all[id]; r != nil && old != nil && old.Type == r.Type &&
				!k.c.replaced[s.is()] {
				k.ids[id] = id
			}
		}
	}
	for _, r := range k.c.found { // what has another logical ID in the same stack
		if r.Kind == Elsewhere && r.FromStack == k.p.old.File && k.p.new != nil &&
			r.Stack == k.p.new.File && k.c.isTaken(side{k.p.old, r.FromID, k.p.old.all[r.FromID]}) {
			k.ids[r.FromID] = r.LogicalID
		}
	}
	for _, s := range list {
		id := unused(s.id, func(id string) bool { return k.t.Resources[id] != nil })
		k.ids[s.id], k.t.Resources[id] = id, s.res
	}
	for _, s := range list {
		k.resource(s, k.ids[s.id])
	}
}

// resource writes one resource under a logical ID.
func (k *keeper) resource(s side, id string) {
	k.dropped = false
	whole, _ := k.value("", attributesOf(s.res)).(cfn.Object)
	properties, _ := whole.Get("Properties").(cfn.Object)
	for _, owner := range []string{"SecretId", "RoleName", "UserName", "GroupName"} {
		if properties.Get(owner) == any(gone) {
			delete(k.t.Resources, id) // it went with what it belongs to
			return
		}
	}
	if condition, ok := whole.Get("Condition").(string); ok {
		whole = with(whole, "Condition", k.named("Conditions", condition))
	}
	if k.c.isSwitchedOff(s) {
		k.dropped = true
		whole = with(whole, "Properties", k.whereGone(s, properties))
	}
	k.t.Resources[id] = &cfn.Resource{Type: s.res.Type, Verbatim: whole}
	k.call(s, id)
	if d, ok := k.from.Documents[s.id]; ok && !k.dropped {
		if k.at.Documents == nil {
			k.at.Documents = map[string]policy.Written{}
		}
		k.at.Documents[id] = d
	}
	if spans, ok := k.from.Because[s.id]; ok {
		if k.at.Because == nil {
			k.at.Because = map[string][]source.Span{}
		}
		k.at.Because[id] = spans
	}
}

// isSwitchedOff says whether a resource has another condition, and stays where that does not hold.
func (c *comparison) isSwitchedOff(s side) bool {
	return slices.ContainsFunc(c.switchedOff, func(o side) bool { return o.is() == s.is() })
}

// whereGone returns the properties of a policy that says nothing where the new one is there.
func (k *keeper) whereGone(s side, properties cfn.Object) cfn.Object {
	now, _ := side{k.p.new, s.id, k.p.new.all[s.id]}.attribute("Condition").(string)
	property := documentOfPolicy(s)
	return with(properties, property, cfn.Object{{Key: "Fn::If", Value: []any{now,
		cfn.Object{{Key: "Statement", Value: []any{}}}, properties.Get(property)}}})
}

// call calls a resource as it was called before, unless something else is called so now.
func (k *keeper) call(s side, id string) {
	name, known := k.from.IDs[s.id]
	if !known {
		name = s.id
	}
	taken := slices.Contains(slices.Collect(maps.Values(k.at.IDs)), name)
	if taken || id != s.id {
		name += keptSuffix
	} else if !known {
		return
	}
	if k.at.IDs == nil {
		k.at.IDs = map[string]string{}
	}
	k.at.IDs[id] = name
}

// keptSuffix tells what is left of the old state from what the new one calls the same.
const keptSuffix = " (before)"

// value returns a value with the names that things have in the new template. key is that of the
// member that it is.
func (k *keeper) value(key string, v any) any {
	switch v := v.(type) {
	case string:
		if cfn.IsIntrinsic(v) {
			return k.value(key, cfn.Parse(v))
		}
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return k.value(key, list)
	case []any:
		return k.list(key, v)
	case cfn.Object:
		if len(v) == 1 {
			if out, ok := k.function(v[0].Key, v[0].Value); ok {
				return out
			}
		}
		out := make(cfn.Object, 0, len(v))
		for _, m := range v {
			m.Value = k.value(m.Key, m.Value)
			out = append(out, m)
		}
		return out
	}
	return v
}

// list leaves out who is gone of those that a policy lets in or is attached to, and statements
// that are about nobody else.
func (k *keeper) list(key string, list []any) any {
	out := make([]any, 0, len(list))
	for _, e := range list {
		v := k.value("", e)
		switch key {
		case "AWS", "Roles", "Users", "Groups":
			if v == any(gone) {
				continue
			}
		case "Statement":
			if isOfGone(v) {
				k.dropped = true
				continue
			}
		}
		out = append(out, v)
	}
	return out
}

// isOfGone says whether a statement is about somebody who is gone, and about nobody else.
func isOfGone(statement any) bool {
	o, _ := statement.(cfn.Object)
	who, _ := o.Get("Principal").(cfn.Object)
	list, isList := who.Get("AWS").([]any)
	return len(who) == 1 && (who[0].Value == any(gone) || isList && len(list) == 0)
}

// function returns a function that names something under its new name; false: it names nothing.
func (k *keeper) function(name string, argument any) (any, bool) {
	one := func(v any) cfn.Object { return cfn.Object{{Key: name, Value: v}} }
	text, isText := argument.(string)
	list, _ := argument.([]any)
	switch {
	case isText && cfn.IsIntrinsic(text):
		return nil, false
	case name == "Ref" && isText:
		if to := k.referent(text); to != "" {
			return one(to), true
		}
		return gone, true
	case name == "Fn::GetAtt":
		if isText {
			id, attribute, _ := strings.Cut(text, ".")
			list = []any{id, attribute}
		}
		id, _ := elementOf(list, 0).(string)
		if k.ids[id] == "" && k.p.old.all[id] != nil {
			return gone, true
		}
		return one(append([]any{k.referent(id)}, list[1:]...)), true
	case name == "Fn::Sub":
		return k.sub(text, list), true
	case name == "Fn::If" && len(list) == 3, name == "Fn::FindInMap" && len(list) > 2:
		section := map[string]string{"Fn::If": "Conditions", "Fn::FindInMap": "Mappings"}[name]
		out := make([]any, len(list))
		for i, v := range list {
			out[i] = k.value("", v)
		}
		if of, ok := list[0].(string); ok && !cfn.IsIntrinsic(of) {
			out[0] = k.named(section, of)
		}
		return one(out), true
	case name == "Condition" && isText && k.p.old.read.Template.Conditions.Get(text) != nil:
		return one(k.named("Conditions", text)), true
	}
	return nil, false
}

func elementOf(list []any, i int) any {
	if 0 <= i && i < len(list) {
		return list[i]
	}
	return nil
}

// referent returns the name of a resource or parameter in the new template; empty: it is gone.
func (k *keeper) referent(name string) string {
	switch {
	case k.p.old.all[name] != nil:
		return k.ids[name]
	case k.p.old.read.Template.Parameters.Get(name) != nil:
		return k.named("Parameters", name)
	}
	return name // a pseudo parameter, or nothing that is known
}

// sub returns a Fn::Sub whose text names things by their new names.
func (k *keeper) sub(text string, list []any) any {
	var own cfn.Object
	if list != nil {
		text, _ = elementOf(list, 0).(string)
		own, _ = elementOf(list, 1).(cfn.Object)
	}
	var b strings.Builder
	for part := range cfn.SubParts(text) {
		id, attribute, isAttribute := strings.Cut(part.Name, ".")
		switch {
		case part.Name == "":
			b.WriteString(strings.ReplaceAll(part.Text, "${", "${!"))
		case own.Get(part.Name) != nil:
			b.WriteString("${" + part.Name + "}")
		case k.referent(id) == "":
			b.WriteString(gone)
		case isAttribute:
			b.WriteString("${" + k.referent(id) + "." + attribute + "}")
		default:
			b.WriteString("${" + k.referent(id) + "}")
		}
	}
	if own == nil {
		return cfn.Object{{Key: "Fn::Sub", Value: b.String()}}
	}
	return cfn.Object{{Key: "Fn::Sub", Value: []any{b.String(), k.value("", own)}}}
}

// named returns the name of a parameter, mapping or condition of the old template in the new one,
// to which it is added unless this has the same.
func (k *keeper) named(section, name string) string {
	if to, ok := k.names[section+" "+name]; ok {
		return to
	}
	old := k.p.old.read.Template
	var into *cfn.Object
	var definition any
	switch section {
	case "Parameters":
		into, definition = &k.t.Parameters, old.Parameters.Get(name)
	case "Mappings":
		into, definition = &k.t.Mappings, old.Mappings.Get(name)
	default:
		into, definition = &k.t.Conditions, old.Conditions.Get(name)
	}
	if definition == nil {
		return name
	}
	to := name
	if have := into.Get(name); have != nil && !k.isSame(section, name, have, definition) {
		to = unused(name, func(name string) bool { return into.Get(name) != nil })
	}
	k.names[section+" "+name] = to
	if into.Get(to) != nil {
		return to
	}
	if section == "Conditions" {
		definition = k.value("", definition)
	}
	*into = append(*into, cfn.Member{Key: to, Value: definition})
	if given, ok := k.from.Parameters[name]; ok && section == "Parameters" {
		k.at.Parameters[to] = given
	}
	return to
}

// isSame says whether a parameter, mapping or condition of the new template is that of the old one.
func (k *keeper) isSame(section, name string, now, before any) bool {
	if section == "Conditions" && k.p.new != nil {
		return k.p.old.read.condition(name) == k.p.new.read.condition(name)
	}
	return cfn.JSON(now) == cfn.JSON(before)
}

// unused returns a name that nothing has.
func unused(name string, has func(string) bool) string {
	for has(name) {
		name += "Before"
	}
	return name
}
