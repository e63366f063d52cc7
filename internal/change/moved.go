package change

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/inventory"
)

// register is what exists once a set is deployed.
type register struct {
	things map[inventory.Key][]side
	keys   map[string]inventory.Key // by side.is
	kinds  map[inventory.Key]inventory.Kind
}

// registerOf returns what exists once the old set (0) or the new one (1) is deployed: named things,
// and what a secret has one of. Copies in other Regions come and go with their secrets.
func (c *comparison) registerOf(set int) *register {
	if r := c.register[set]; r != nil {
		return r
	}
	r := &register{things: map[inventory.Key][]side{}, keys: map[string]inventory.Key{},
		kinds: map[inventory.Key]inventory.Kind{}}
	c.register[set] = r
	var states []*state
	var stacks []inventory.Stack
	for i := range c.pairs {
		s := c.pairs[i].old
		if set == 1 {
			s = c.pairs[i].new
		}
		if s == nil {
			continue
		}
		at := s.read.Stack
		states = append(states, s)
		stacks = append(stacks, inventory.Stack{File: at.File, Name: at.Name,
			Account: at.Account, Region: at.Region, Template: at.Template})
	}
	for _, t := range inventory.New(stacks).Things() {
		s := states[t.Stack]
		if s.all[t.LogicalID] == nil || t.Kind == inventory.Export ||
			strings.Contains(t.Property, ".") {
			continue
		}
		one := side{s, t.LogicalID, s.all[t.LogicalID]}
		r.things[t.Key] = append(r.things[t.Key], one)
		r.kinds[t.Key] = t.Kind
		if _, known := r.keys[one.is()]; !known {
			r.keys[one.is()] = t.Key
		}
	}
	return r
}

// move finds resources that leave one place and come in another as the same thing. Each pair is one
// change.
func (c *comparison) move() {
	if len(c.removed) == 0 || len(c.added) == 0 {
		return
	}
	gone, came := map[string]bool{}, map[string]bool{}
	for _, identity := range []func(set int, s side) string{
		c.keyOf, c.idOf, c.accessOf, c.onlyOf,
	} {
		byIdentity := map[string][]side{}
		for _, s := range c.removed {
			if id := identity(0, s); id != "" && !gone[s.is()] {
				byIdentity[id] = append(byIdentity[id], s)
			}
		}
		for _, s := range c.added {
			id := identity(1, s)
			if id == "" || came[s.is()] || len(byIdentity[id]) == 0 {
				continue
			}
			old := byIdentity[id][0]
			byIdentity[id] = byIdentity[id][1:]
			gone[old.is()], came[s.is()] = true, true
			c.moved(old, s)
		}
	}
	c.removed = slices.DeleteFunc(c.removed, func(s side) bool { return gone[s.is()] })
	c.added = slices.DeleteFunc(c.added, func(s side) bool { return came[s.is()] })
}

// keyOf tells a named thing from others, and what a secret has one of.
func (c *comparison) keyOf(set int, s side) string { return string(c.registerOf(set).keys[s.is()]) }

// idOf tells what a spec calls by an id.
func (c *comparison) idOf(_ int, s side) string {
	if id := s.at.IDs[s.id]; id != "" {
		return s.res.Type + " " + id
	}
	return ""
}

// onlyOf tells a role or user without a name that leaves one place and comes in one other under the
// same logical ID.
func (c *comparison) onlyOf(_ int, s side) string {
	if s.res.Type != "AWS::IAM::Role" && s.res.Type != "AWS::IAM::User" ||
		s.value(ownNames[s.res.Type]) != nil {
		return ""
	}
	for _, list := range [][]side{c.removed, c.added} {
		n := 0
		for _, other := range list {
			if other.id == s.id && other.res.Type == s.res.Type {
				n++
			}
		}
		if n != 1 {
			return ""
		}
	}
	return s.res.Type + " " + s.id
}

// accessOf tells what a policy is for: whom it is attached to, and what it allows. The same access
// has the same actions, in whatever words the resources are named.
func (c *comparison) accessOf(_ int, s side) string {
	table := aws.UpdatesOf(s.res.Type)
	if table == nil || !table.IsPolicy {
		return ""
	}
	if s.res.Type == "AWS::Lambda::Permission" {
		return cfn.JSON([]any{"permission", s.value("FunctionName"), s.value("Principal"),
			s.value("Action")})
	}
	var owners []any
	for _, property := range []string{"Roles", "RoleName", "Users", "UserName", "Groups",
		"GroupName"} {
		list, isList := s.value(property).([]any)
		if v := s.value(property); v != nil && !isList {
			list = []any{v}
		}
		for _, owner := range list {
			owners = append(owners, []any{property[:4], owner})
		}
	}
	if len(owners) == 0 {
		return ""
	}
	actions := map[string]bool{}
	for _, statement := range statementsOf(policyOf(s.value("PolicyDocument")), "Allow") {
		actions[cfn.JSON(statement.Get("Action"))] = true
	}
	return cfn.JSON([]any{"policy", sorted(owners), slices.Sorted(maps.Keys(actions))})
}

// moved notes that the same thing stands elsewhere.
func (c *comparison) moved(old, new side) {
	r := Resource{Kind: Elsewhere, FromStack: old.at.File, FromID: old.id,
		Page: aws.PageOfUpdates}
	isPolicy := false
	what := "the resource"
	if table := aws.UpdatesOf(new.res.Type); table != nil {
		isPolicy, what = table.IsPolicy, table.What
	}
	key := c.registerOf(1).keys[new.is()]
	switch isSame := key != "" && key == c.registerOf(0).keys[old.is()]; {
	case isSame && c.isInTheWay(old, new):
		r.Risk, r.Page = Fails, aws.PageOfNames
		r.Message = what + " moves, and the new one cannot be made while the old one " +
			"has its name: " + c.stays(old, new)
		if c.registerOf(1).kinds[key] == inventory.ResourcePolicy {
			r.Page = aws.PageOfSecretPolicy
			r.Message = what + " moves, and Secrets Manager refuses a second one while the " +
				"secret has the old one: " + c.stays(old, new)
		}
	case isPolicy:
		r.Risk = AccessGap
		r.Message = what + " moves: between the old one and the new one, or once the old one is " +
			"removed, those whom it lets in are cut off"
	case new.res.Type == "AWS::SecretsManager::Secret":
		c.movedSecret(&r, old)
	case new.res.Type == "AWS::SecretsManager::RotationSchedule":
		r.Risk = Moved
		r.Message = what + " moves: once the old one is removed the secret is not rotated any " +
			"more, until the new one is deployed again"
	default:
		r.Risk = Moved
		r.Message = what + " moves: the new one is another resource, and " +
			removal(old).Message
	}
	c.report(new, r)
	if isPolicy {
		c.movedGuard(old, new)
	}
	c.movedOtherwise(old, new)
	if !same(old.canonical("Properties"), new.canonical("Properties")) {
		c.callOfRotation(new, Modified)
	}
	if c.rotatesExisting(new) {
		c.report(new, Resource{Kind: Elsewhere, Risk: RotatesNow, Page: aws.PageOfRotation,
			FromStack: r.FromStack, FromID: r.FromID,
			Message: "the secret is rotated as soon as the schedule is deployed, because " +
				"RotateImmediatelyOnUpdate is not false"})
	}
}

// movedGuard notes that a policy denies less where it stands now.
func (c *comparison) movedGuard(old, new side) {
	property := documentOfPolicy(old)
	if !c.isDeniedLess(old, property, policyOf(old.value(property))) {
		return
	}
	c.report(new, Resource{Kind: Elsewhere, Risk: GuardWeaker, Page: aws.PageOfDeny,
		FromStack: old.at.File, FromID: old.id, Policy: true, Property: property,
		Message: "the policy denies less than the one before: a statement with Deny is gone or " +
			"narrower"})
}

// movedOtherwise notes what changes in a thing while it moves: what protects, whom it trusts and
// what its policies say. What it says in other words, of its new place, may be the same.
func (c *comparison) movedOtherwise(old, new side) {
	m := modification{c: c, old: old, new: new, table: aws.UpdatesOf(new.res.Type)}
	if m.table == nil || old.res.Type != new.res.Type {
		return
	}
	for _, p := range m.table.Properties {
		if p.Update != aws.Refused && p.Update != aws.Replaces {
			m.property(p.Name)
		}
	}
	for _, p := range m.rows {
		r := Resource{Kind: Elsewhere, Property: p.path, Page: p.Page,
			FromStack: old.at.File, FromID: old.id}
		isDocument := p.Form == aws.OfPolicy || p.Form == aws.OfPolicies
		switch {
		case isDocument && p.Name == "AssumeRolePolicyDocument":
			r.Risk, r.Unknown = Updated, true
			r.Message = "whom the role trusts changes while it moves: whoever may assume it can " +
				"do what the role can, and only the principals in sight are asked"
		case isDocument && !isOfSecrets(p):
			r.Risk, r.Policy = Updated, true
			r.Message = "the policy changes while it moves; who gains or loses access to " +
				"secrets is said apart, and what else it says is not compared"
		case p.Effect == aws.GuardIfTrue, p.Effect == aws.GuardIfFalse,
			p.Effect == aws.GuardIfLarger, p.Effect == aws.GuardIfLess,
			p.Effect == aws.GuardIfSet:
			if !p.isWeaker() {
				continue
			}
			r.Risk = GuardWeaker
			r.Message = p.Name + " protects less than before, as far as that is known"
		case p.Name == "ManagedPolicyArns":
			r.Risk, r.Unknown = Updated, true
			r.Message = "other managed policies are attached while it moves: what they let it " +
				"do beside access to secrets is not compared"
		default:
			continue
		}
		c.report(new, r)
		if isDocument && !m.table.IsPolicy && c.isDeniedLess(old, p.Name, p.old) {
			c.report(new, Resource{Kind: Elsewhere, Risk: GuardWeaker, Page: aws.PageOfDeny,
				FromStack: old.at.File, FromID: old.id, Policy: true, Property: p.path,
				Message: p.Name + " denies less than before: a statement with Deny is gone or " +
					"narrower"})
		}
	}
}

// movedSecret notes that a secret moves without a collision: the new one has another value.
func (c *comparison) movedSecret(r *Resource, old side) {
	r.Page = aws.PageOfDeletionPolicy
	if old.retains("DeletionPolicy") {
		r.Risk = Moved
		r.Message = "the secret moves: the new one begins with a value of its own, and the old " +
			"one stays in the account, where nothing manages it"
		return
	}
	r.Risk = ValueLost
	r.Message = "the secret moves: the old one is deleted with its value, and the new one " +
		"begins with a value of its own"
}

// isInTheWay says whether a thing is still there when the new set makes it in another place: within
// one update of a stack what is new is made before what is old is deleted.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
func (c *comparison) isInTheWay(old, new side) bool {
	key := c.registerOf(1).keys[new.is()]
	switch c.registerOf(1).kinds[key] {
	case inventory.Schedule, inventory.Attachment, inventory.InlinePolicy:
		return false // the later one is written over the other
	}
	updated := old.at.pair.new
	return updated == nil || old.at.pair == new.at.pair ||
		old.retains("DeletionPolicy") || updated.number > new.at.number
}

// stays says why a thing is still there.
func (c *comparison) stays(old, new side) string {
	switch updated := old.at.pair.new; {
	case updated == nil:
		return "its stack is not deleted by this"
	case old.at.pair == new.at.pair:
		return "a stack makes what is new before it deletes what is old"
	case old.retains("DeletionPolicy"):
		return "its DeletionPolicy keeps it in the account"
	}
	return "its stack is deployed later"
}

// collides notes that a new resource, or one that gets another name, has the name of a thing that
// is there; false: it has not.
func (c *comparison) collides(new side) bool {
	key := c.registerOf(1).keys[new.is()]
	if key == "" {
		return false
	}
	for _, old := range c.registerOf(0).things[key] {
		if old.at.pair == new.at.pair && old.id == new.id || !c.isInTheWay(old, new) {
			continue
		}
		kind := Added
		if partner := new.at.pair.old; partner != nil && partner.all[new.id] != nil {
			kind = Modified
		}
		r := Resource{Kind: kind, Risk: Fails, FromStack: old.at.File, FromID: old.id,
			Page:    aws.PageOfNames,
			Message: "it has the name of a resource that is there and has it still"}
		if c.registerOf(1).kinds[key] == inventory.ResourcePolicy {
			r.Page = aws.PageOfSecretPolicy
			r.Message = "Secrets Manager refuses a second resource policy while the secret has one"
		}
		c.report(new, r)
		return true
	}
	if !c.isThere(new) {
		return false
	}
	kind := Added
	if partner := new.at.pair.old; partner != nil && partner.all[new.id] != nil {
		kind = Modified
	}
	c.report(new, Resource{Kind: kind, Risk: Fails, Page: aws.PageOfNames,
		Message: "it has the name of a resource that is there: the state before uses that, and " +
			"does not make it"})
	return true
}
