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

// owners finds things that would have two owners.
type owners struct {
	m        *model.Model
	stacks   []*Stack
	register *inventory.Register
	subjects map[source.Span]owner  // what is derived, by where it comes from
	refused  map[inventory.Key]bool // of which a second owner is told
	told     map[inventory.Key]bool // secrets that are elsewhere
	found    diag.List
}

// Owners finds things that exist once and that two parts of the spec would make, or that one would
// make and another imports: derived, imported or in CloudFormation's own words alike. Things in
// different accounts or Regions, or under conditions that exclude each other, are different things.
func Owners(m *model.Model, stacks []*Stack) diag.List {
	o := newOwners(m, stacks, registerOf(stacks))
	all := o.all()
	slices.SortStableFunc(all, compareOwners)
	byKey := map[inventory.Key][]owner{}
	for _, one := range all {
		o.elsewhere(one)
		others := byKey[one.Key]
		i := slices.IndexFunc(others, func(other owner) bool { return o.clash(other, one) })
		if i >= 0 {
			o.report(others[i], one)
		}
		byKey[one.Key] = append(others, one)
	}
	return o.found
}

// newOwners looks for the owners of what the stacks of a register make, by the words of a model.
func newOwners(m *model.Model, stacks []*Stack, r *inventory.Register) *owners {
	o := &owners{
		m: m, stacks: stacks, register: r,
		subjects: map[source.Span]owner{}, refused: map[inventory.Key]bool{},
		told: map[inventory.Key]bool{},
	}
	for _, s := range m.Secrets {
		o.subjects[s.Span] = owner{section: "secret", id: s.ID}
	}
	for _, k := range m.Keys {
		o.subjects[k.Span] = owner{section: "key", id: k.ID}
	}
	for _, p := range m.Principals {
		o.subjects[p.Span] = owner{section: "principal", id: p.ID}
	}
	return o
}

// compareOwners puts what is attached to something after that, what is in the user's words after
// what is derived, and else what is written first before what is written later.
func compareOwners(a, b owner) int {
	rank := func(o owner) int {
		n := 0
		if o.Of != "" {
			n += 2
		}
		if o.verbatim {
			n++
		}
		return n
	}
	name := func(o owner) string {
		if o.at.File == nil {
			return ""
		}
		return o.at.File.Name
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(name(a), name(b)),
		cmp.Compare(a.at.Start, b.at.Start))
}

// all returns everything that the spec makes or imports.
func (o *owners) all() []owner {
	var all []owner
	for _, t := range o.register.Things() {
		all = append(all, o.maker(t))
	}
	home := slices.IndexFunc(o.stacks, func(s *Stack) bool { return s.At == model.Home })
	for _, s := range o.m.Secrets {
		if s.Import == model.NotImported {
			continue
		}
		name := cmp.Or(s.Name, o.register.Text(home, s.ARN))
		all = append(all, owner{
			Thing: inventory.Thing{
				Kind: inventory.Secret, Key: o.register.OfSecret(home, s.Account, s.Region, name),
				Name: name, Stack: home, Condition: s.Condition,
			},
			at: cmp.Or(s.NameSpan, s.Span), section: "secret", id: s.ID, imported: true,
		})
	}
	for _, k := range o.m.Keys {
		if k.Imported && k.AliasName != "" {
			all = append(all, owner{
				Thing: inventory.Thing{
					Kind: inventory.KeyAlias, Key: o.register.OfKeyAlias(home, k.AliasName),
					Name: k.AliasName, Stack: home,
				},
				at: k.Span, section: "key", id: k.ID, imported: true,
			})
		}
	}
	return all
}

// maker is what makes a thing of a template.
func (o *owners) maker(t inventory.Thing) owner {
	s := o.stacks[t.Stack]
	at := s.PlaceOf(o.m, t.LogicalID, t.Property)
	from := o.subjects[s.Places[t.LogicalID]]
	from.Thing, from.at = t, at
	if from.section == "" {
		from.section, from.id, from.verbatim = "resource", t.LogicalID, true
		if t.Kind == inventory.Export {
			from.section = "output"
		}
	}
	return from
}

// clash says whether two owners of a thing are one too many.
func (o *owners) clash(a, b owner) bool {
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
func (o *owners) elsewhere(one owner) {
	account, region := o.register.Elsewhere(one.Thing)
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
func (o *owners) report(first, second owner) {
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
	for _, one := range []owner{first, second} {
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
