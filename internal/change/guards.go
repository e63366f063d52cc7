package change

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// guards are the denials of a set of templates, by whom or what they are about: the role that a
// policy is attached to, the secret or the key.
type guards struct {
	denials map[string][]cfn.Object
	made    map[string]side // what the set makes that denials may be about
}

// guardsOf returns the denials of the old set (0) or the new one (1).
func (c *comparison) guardsOf(set int) *guards {
	if g := c.guarded[set]; g != nil {
		return g
	}
	g := &guards{map[string][]cfn.Object{}, map[string]side{}}
	c.guarded[set] = g
	for one := range c.allOf(set) {
		g.made[one.self()] = one
		c.noteDenials(g, set, one)
	}
	if set == 1 {
		for _, one := range c.lasting { // what stays of the old set
			if g.made[one.self()].res == nil {
				g.made[one.self()] = one
			}
			if !slices.ContainsFunc(c.renamed, func(r renamed) bool {
				return r.old.is() == one.is() && !(r.old.retains("UpdateReplacePolicy") &&
					r.new.retains("UpdateReplacePolicy"))
			}) { // else nobody knows whether it stays
				c.noteLasting(g, one)
			}
		}
	}
	return g
}

func (c *comparison) noteDenials(g *guards, set int, one side) {
	one.eachDenial(func(property string, list []cfn.Object) {
		for _, about := range c.aboutWhom(set, one, property) {
			g.denials[about] = append(g.denials[about], list...)
		}
	})
}

// noteLasting notes the denials of what stays of the old set. Who attaches a managed policy of the
// old set by its logical ID attaches another one now.
func (c *comparison) noteLasting(g *guards, one side) {
	one.eachDenial(func(property string, list []cfn.Object) {
		all := c.aboutWhom(0, one, property)
		if attached := c.attachedBy(0)[one.self()]; len(attached) > 0 {
			all = all[:len(all)-len(attached)]
			if _, isNamed := one.value("ManagedPolicyName").(string); isNamed {
				all = append(all, c.attachedBy(1)[one.self()]...)
			}
		}
		for _, about := range all {
			g.denials[about] = append(g.denials[about], list...)
		}
	})
}

// eachDenial gives the denials of each policy of a resource.
func (s side) eachDenial(visit func(property string, list []cfn.Object)) {
	table := aws.UpdatesOf(s.res.Type)
	if table == nil {
		return
	}
	for _, p := range table.Properties {
		if p.Form != aws.OfPolicy && p.Form != aws.OfPolicies {
			continue
		}
		list := s.underCondition(denialsOf(formed(s.value(p.Name), p.Form)))
		if len(list) > 0 {
			visit(p.Name, list)
		}
	}
}

// isDeniedLess says whether somebody or something that a document of the old set was about, and
// that is still there, is not certainly protected by all that the document denied: no document
// about it denies as much now, be it this or another one.
func (c *comparison) isDeniedLess(old side, property string, before any) bool {
	list := slices.DeleteFunc(slices.Clone(old.underCondition(denialsOf(before))),
		func(d cfn.Object) bool { return c.isStillPaired(old, property, d) })
	if len(list) == 0 {
		return false
	}
	had, has := c.guardsOf(0), c.guardsOf(1)
	all := c.aboutWhom(0, old, property)
	for _, about := range all {
		one, wasMade := had.made[about]
		if _, isMade := has.made[about]; wasMade && !isMade {
			var is bool
			if about, is = one.successor(); !is {
				continue // it goes, too
			}
		}
		if c.lostDenial(list, c.whereIs(has.made[about], has.denials[about])) {
			return true
		}
	}
	return len(all) == 0 && c.lostDenial(list, old.nowDenied(property))
}

// whenever is the member of a denial that says under which condition of which stack it is there.
const whenever = "\x00whenever"

// underCondition returns denials of a resource with its condition; none of one that is never there.
func (s side) underCondition(list []cfn.Object) []cfn.Object {
	name, _ := s.attribute("Condition").(string)
	switch digest := s.at.read.condition(name); {
	case digest == "":
		return list
	case s.at.read.always(name) == "false":
		return nil
	default:
		out := make([]cfn.Object, len(list))
		for i, o := range list {
			out[i] = append(slices.Clone(o), cfn.Member{Key: whenever,
				Value: []any{strconv.Itoa(s.at.pair.number), name, digest}})
		}
		return out
	}
}

// whereIs returns denials about something of the new set as they are where that is there: under
// its own condition they hold always.
func (c *comparison) whereIs(about side, list []cfn.Object) []cfn.Object {
	if about.res == nil {
		return list
	}
	own := about.underCondition([]cfn.Object{nil})
	if len(own) == 0 || own[0] == nil {
		return list
	}
	when := cfn.JSON(own[0].Get(whenever))
	out := slices.Clone(list)
	for i, o := range out {
		if cfn.JSON(o.Get(whenever)) == when {
			out[i] = slices.DeleteFunc(slices.Clone(o),
				func(m cfn.Member) bool { return m.Key == whenever })
		}
	}
	return out
}

// holdsWhenever says whether a denial of the new set is there wherever one of the old set was.
func (c *comparison) holdsWhenever(now, before cfn.Object) bool {
	is, _ := now.Get(whenever).([]any)
	was, _ := before.Get(whenever).([]any)
	switch {
	case is == nil:
		return true
	case was == nil:
		return false
	case is[2] == was[2]:
		return true
	case is[0] != was[0]:
		return false
	}
	number, _ := strconv.Atoi(is[0].(string))
	p := &c.pairs[number]
	old, new := was[1].(string), is[1].(string)
	return p.old != nil && p.new != nil && (p.isDefaultAlone(old, new) || p.follows(old, new))
}

// lostDenial says whether something that the denials before refused may not be refused now, under
// the same conditions of the templates.
func (c *comparison) lostDenial(before, now []cfn.Object) bool {
	return lostDenial(before, now, func(wide, narrow cfn.Object) bool {
		c.denials--
		return c.denials >= 0 && covers(wide, narrow) && c.holdsWhenever(wide, narrow)
	})
}

// successor tells the resource of the new set that has the logical ID of one of the old set, as
// self does.
func (s side) successor() (string, bool) {
	if s.at.pair.new == nil {
		return "", false
	}
	r := s.at.pair.new.all[s.id]
	if r == nil || r.Type != s.res.Type {
		return "", false
	}
	return side{s.at.pair.new, s.id, r}.self(), true
}

// nowDenied returns what a document of the old set, about nobody that is known, denies in the new
// one.
func (s side) nowDenied(property string) []cfn.Object {
	if _, is := s.successor(); !is {
		return nil
	}
	now := side{s.at.pair.new, s.id, s.at.pair.new.all[s.id]}
	form := aws.OfPolicy
	if property == "Policies" {
		form = aws.OfPolicies
	}
	return now.underCondition(denialsOf(formed(now.value(property), form)))
}

// aboutWhom returns whom a document of a resource is about: those it is attached to, or what it is
// the policy of.
func (c *comparison) aboutWhom(set int, s side, property string) []string {
	var out []string
	switch s.res.Type {
	case "AWS::SecretsManager::ResourcePolicy":
		return []string{s.named("AWS::SecretsManager::Secret", s.value("SecretId"))}
	case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy",
		"AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy":
		for _, kind := range []string{"Role", "User", "Group"} {
			for _, property := range []string{kind + "s", kind + "Name"} {
				for _, owner := range listed(s.value(property)) {
					out = append(out, s.named("AWS::IAM::"+kind, owner))
				}
			}
		}
		return append(out, c.attachedBy(set)[s.self()]...)
	}
	if property == "AssumeRolePolicyDocument" {
		return []string{"trust of " + s.self()}
	}
	return []string{s.self()}
}

// attachedBy returns which roles, users and groups of a set attach a managed policy, or have it as
// their boundary, by what the policy is.
func (c *comparison) attachedBy(set int) map[string][]string {
	if c.attached[set] != nil {
		return c.attached[set]
	}
	out := map[string][]string{}
	c.attached[set] = out
	for one := range c.allOf(set) {
		if !strings.HasPrefix(one.res.Type, "AWS::IAM::") {
			continue
		}
		for _, property := range []string{"ManagedPolicyArns", "PermissionsBoundary"} {
			for _, v := range listed(one.value(property)) {
				is := one.named("AWS::IAM::ManagedPolicy", v)
				out[is] = append(out[is], one.self())
			}
		}
	}
	return out
}

// allOf gives every resource of the old set (0) or the new one (1), stack by stack, by logical ID.
func (c *comparison) allOf(set int) iter.Seq[side] {
	return func(yield func(side) bool) {
		for i := range c.pairs {
			s := [2]*state{c.pairs[i].old, c.pairs[i].new}[set]
			if s == nil {
				continue
			}
			for _, id := range sortedIDs(s.all) {
				if !yield(side{s, id, s.all[id]}) {
					return
				}
			}
		}
	}
}

// listed returns the elements of a list, or what stands in its place; of nothing, none.
func listed(v any) []any {
	if list, ok := v.([]any); ok || v == nil {
		return list
	}
	return []any{v}
}

// self tells a resource from others of its set, in both sets alike: by its name where it has one.
func (s side) self() string {
	if property := ownNames[s.res.Type]; property != "" {
		if name, ok := s.value(property).(string); ok {
			return s.placed(s.res.Type, name)
		}
	}
	return fmt.Sprintf("%s #%d %s", s.res.Type, s.at.pair.number, s.id)
}

// ownNames are the properties that name what denials may be about.
var ownNames = map[string]string{
	"AWS::SecretsManager::Secret": "Name", "AWS::IAM::Role": "RoleName",
	"AWS::IAM::User": "UserName", "AWS::IAM::Group": "GroupName",
	"AWS::IAM::ManagedPolicy": "ManagedPolicyName",
}

// named tells what a value of a resource names, as self does.
func (s side) named(kind string, v any) string {
	if name, ok := v.(string); ok {
		return s.placed(kind, name)
	}
	o, _ := v.(cfn.Object)
	if len(o) == 1 {
		id, _ := o[0].Value.(string)
		if list, ok := o[0].Value.([]any); ok && o[0].Key == expression+"attribute" {
			id, _ = elementOf(list, 0).(string)
		}
		if of := s.at.all[id]; of != nil {
			return side{s.at, id, of}.self()
		}
	}
	return kind + " = " + cfn.JSON(v)
}

// placed tells a named thing from others of its account and Region. A name may be an ARN.
func (s side) placed(kind, name string) string {
	if strings.HasPrefix(name, "arn:") {
		if kind == "AWS::SecretsManager::Secret" {
			name = nameIn(name)
		} else {
			name = name[strings.LastIndexAny(name, ":/")+1:]
		}
	}
	if strings.HasPrefix(kind, "AWS::IAM::") { // IAM's names are in no Region
		return strings.Join([]string{kind, s.at.read.Account, strings.ToLower(name)}, " ")
	}
	return strings.Join([]string{kind, s.at.read.Account, s.at.read.Region, name}, " ")
}

// documentOfPolicy returns the property of a policy that is its document.
func documentOfPolicy(s side) string {
	if s.res.Type == "AWS::SecretsManager::ResourcePolicy" {
		return "ResourcePolicy"
	}
	return "PolicyDocument"
}

// detaches says whether a property of whom a policy is attached to, or which policies somebody
// has, leaves somebody with fewer denials.
func (m *modification) detaches(p changedProperty) bool {
	switch p.Name {
	case "Roles", "Users", "Groups":
		v := policyOf(m.old.value("PolicyDocument"))
		return m.c.isDeniedLess(m.old, "PolicyDocument", v)
	case "ManagedPolicyArns":
		had, has := m.c.guardsOf(0), m.c.guardsOf(1)
		return m.c.lostDenial(had.denials[m.old.self()],
			m.c.whereIs(m.new, has.denials[m.new.self()]))
	}
	return false
}
