package lower

import (
	"cmp"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/inventory"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
)

// owner is what makes a thing, or imports it.
type owner struct {
	inventory.Thing
	at       source.Span
	section  string // of the spec, in the singular: secret, key, principal, resource, output
	id       string
	imported bool
	verbatim bool
}

// subject is what something is derived from: the section of the spec, in the singular, and the id.
type subject struct{ section, id string }

// owners finds things that would have two owners.
type owners struct {
	m        *model.Model
	stacks   []*Stack
	register *inventory.Register
	subjects map[source.Span]subject // what is derived, by where it comes from
	refused  map[inventory.Key]bool  // of which a second owner is told
	told     map[inventory.Key]bool  // secrets that are elsewhere
	found    diag.List
}

// Owners finds things that exist once and that two parts of the spec would make, or that one would
// make and another imports: derived, imported or in CloudFormation's own words alike. Things in
// different accounts or Regions, or under conditions that exclude each other, are different things.
func Owners(m *model.Model, stacks []*Stack) diag.List {
	r := registerOf(stacks)
	imported := importedBy(m, stacks, r)
	if eachOnce(r, imported) {
		return nil
	}
	o := newOwners(m, stacks, r)
	all := o.all(imported)
	byKey := make(map[inventory.Key]sameKey, len(all))
	next := make([]int32, len(all)) // of the same key; 0: none
	for _, i := range inOrder(all) {
		one := &all[i]
		o.elsewhere(one)
		others, several := byKey[one.Key]
		if !several {
			byKey[one.Key] = sameKey{i, i}
			continue
		}
		for j := others.first; ; j = next[j] {
			if o.clash(&all[j], one) {
				o.report(&all[j], one)
				break
			}
			if j == others.last {
				break
			}
		}
		next[others.last] = i
		byKey[one.Key] = sameKey{others.first, i}
	}
	return o.found
}

// sameKey are the first and the last owner of things of one key.
type sameKey struct{ first, last int32 }

// inOrder returns the numbers of owners in the order in which they are looked at.
func inOrder(all []owner) []int32 {
	order := make([]int32, len(all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(compareOwners(&all[a], &all[b]), cmp.Compare(a, b))
	})
	return order
}

// newOwners looks for the owners of what the stacks of a register make, by the words of a model.
func newOwners(m *model.Model, stacks []*Stack, r *inventory.Register) *owners {
	o := &owners{
		m: m, stacks: stacks, register: r,
		subjects: make(map[source.Span]subject, len(m.Secrets)+len(m.Keys)+len(m.Principals)),
		refused:  map[inventory.Key]bool{},
		told:     map[inventory.Key]bool{},
	}
	for _, s := range m.Secrets {
		o.subjects[s.Span] = subject{"secret", s.ID}
	}
	for _, k := range m.Keys {
		o.subjects[k.Span] = subject{"key", k.ID}
	}
	for _, p := range m.Principals {
		o.subjects[p.Span] = subject{"principal", p.ID}
	}
	return o
}

// compareOwners puts what is attached to something after that, what is in the user's words after
// what is derived, and else what is written first before what is written later.
func compareOwners(a, b *owner) int {
	rank := func(o *owner) int {
		n := 0
		if o.Of != "" {
			n += 2
		}
		if o.verbatim {
			n++
		}
		return n
	}
	name := func(o *owner) string {
		if o.at.File == nil {
			return ""
		}
		return o.at.File.Name
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(name(a), name(b)),
		cmp.Compare(a.at.Start, b.at.Start))
}

// eachOnce says whether nothing is made or imported twice, and nothing acts where it is not: then
// there is nothing to find, and who makes what need not be known.
func eachOnce(r *inventory.Register, imported []owner) bool {
	things := r.Things()
	seen := make(map[inventory.Key]struct{}, len(things)+len(imported))
	for i := range things {
		t := &things[i]
		if account, region := r.Elsewhere(t); account != "" || region != "" {
			return false
		}
		seen[t.Key] = struct{}{}
	}
	for i := range imported {
		seen[imported[i].Key] = struct{}{}
	}
	return len(seen) == len(things)+len(imported)
}

// all returns everything that the spec makes or imports.
func (o *owners) all(imported []owner) []owner {
	things := o.register.Things()
	all := make([]owner, len(things), len(things)+len(imported))
	for i, t := range things {
		o.maker(t, &all[i])
	}
	return append(all, imported...)
}

// importedBy returns what a spec imports.
func importedBy(m *model.Model, stacks []*Stack, r *inventory.Register) []owner {
	var all []owner
	home := slices.IndexFunc(stacks, func(s *Stack) bool { return s.At == model.Home })
	for _, s := range m.Secrets {
		if s.Import == model.NotImported {
			continue
		}
		name := cmp.Or(s.Name, r.Text(home, s.ARN))
		all = append(all, owner{
			Thing: inventory.Thing{
				Kind: inventory.Secret, Key: r.OfSecret(home, s.Account, s.Region, name),
				Name: name, Stack: home, Condition: s.Condition,
			},
			at: cmp.Or(s.NameSpan, s.Span), section: "secret", id: s.ID, imported: true,
		})
	}
	for _, k := range m.Keys {
		if k.Imported && k.AliasName != "" {
			all = append(all, owner{
				Thing: inventory.Thing{
					Kind: inventory.KeyAlias, Key: r.OfKeyAlias(home, k.AliasName),
					Name: k.AliasName, Stack: home,
				},
				at: k.Span, section: "key", id: k.ID, imported: true,
			})
		}
	}
	return all
}

// maker writes into one what makes a thing of a template.
func (o *owners) maker(t inventory.Thing, one *owner) {
	s := o.stacks[t.Stack]
	at := s.PlaceOf(o.m, t.LogicalID, t.Property)
	by := o.subjects[s.Places[t.LogicalID]]
	one.section, one.id = by.section, by.id
	one.Thing, one.at = t, at
	if one.section == "" {
		one.section, one.id, one.verbatim = "resource", t.LogicalID, true
		if t.Kind == inventory.Export {
			one.section = "output"
		}
	}
}

// clash says whether two owners of a thing are one too many.
func (o *owners) clash(a, b *owner) bool {
	switch {
	case a.imported && b.imported && a.Kind != inventory.Secret: // nobody owns it here
		return false
	case a.Stack == b.Stack && a.LogicalID == b.LogicalID && a.LogicalID != "":
		return false // of one resource, such as a policy in a role and a user of one name
	}
	return o.register.Together(a.Thing, b.Thing)
}

// elsewhere refuses what acts on a secret from where the secret is not: CloudFormation calls
// Secrets Manager in the account and Region of the stack.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html
func (o *owners) elsewhere(one *owner) {
	account, region := o.register.Elsewhere(&one.Thing)
	if account == "" && region == "" || o.told[one.Of] {
		return
	}
	code := diag.ActsElsewhere
	if one.Kind == inventory.ResourcePolicy && !one.verbatim {
		code = diag.PolicyNotManaged
	}
	o.told[one.Of] = !one.verbatim // once for a secret of the spec
	d := o.found.Report(code, one.at)
	if account != "" {
		d.Message("the secret belongs to account %s, where this stack is not", account).
			Hint("give the secret its %s from a spec of that account", string(one.Kind))
	} else {
		d.Message("the secret is in Region %q, where this stack is not", region).
			Hint("give the secret its %s from a spec of that Region", string(one.Kind))
	}
	if s := o.m.Secret(one.id); s != nil && one.section == "secret" {
		d.Related(s.NameSpan, "its ARN says so").About(s.ID)
	}
}

// report says that a thing has a second owner, unless the same was said of what it belongs to.
func (o *owners) report(first, second *owner) {
	if o.refused[first.Of] && first.Of != "" {
		return
	}
	o.refused[first.Key] = true
	name := cfn.Shown(second.Name)
	d := o.found.Report(codeOf(second.Kind), second.at)
	switch {
	case second.Of != "" && first.section == "secret":
		d.Message("%s %q gives secret %q a second %s", second.section, second.id, first.id,
			string(second.Kind)).
			Hint("a secret has one: keep one of them")
	case second.Of != "":
		d.Message("%s %q gives the secret %q a second %s, beside that of %s %q", second.section,
			second.id, name, string(second.Kind), first.section, first.id).
			Hint("a secret has one: keep one of them")
	case second.Kind == inventory.Export:
		d.Message("%s %q and %s %q would have the same export name", first.section, first.id,
			second.section, second.id).
			Hint("export one of them only, or rename one and give it a logicalId if it is " +
				"deployed")
	case first.imported != second.imported:
		importer, maker := second, first
		if first.imported {
			importer, maker = first, second
		}
		d.Message("%s %q imports the %s that %s %q makes", importer.section, importer.id,
			string(second.Kind), maker.section, maker.id).
			Hint("remove the import, and name what is made here in its place")
	case first.section == second.section && second.Kind == inventory.Secret &&
		first.section == "secret":
		d.Message("secrets %q and %q have the same name %q", first.id, second.id, name).
			Hint("give one of them another name")
		if first.imported { // and is one secret
			d.Hint("remove one of them, and write %q wherever it is named", first.id)
		}
	default:
		d.Message("%s %q makes the %s %q, which %s %q makes, too", second.section, second.id,
			string(second.Kind), name, first.section, first.id).
			Hint("give one of them another name")
	}
	d.Related(first.at, "the other one is here")
	for _, one := range []*owner{first, second} {
		if one.section == "secret" {
			d.About(one.id)
		}
	}
}

// codeOf returns the code of a second owner.
func codeOf(kind inventory.Kind) *diag.Code {
	switch kind {
	case inventory.Schedule:
		return diag.TwoSchedules
	case inventory.ResourcePolicy, inventory.Attachment:
		return diag.AttachedTwice
	case inventory.Export:
		return diag.ExportClash
	}
	return diag.DuplicateName
}
