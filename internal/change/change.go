// Package change compares two sets of templates: what becomes of each resource when the one set is
// deployed over the other, and what of that is a risk. It never shows a value of a template.
package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
)

// Stack is one template and where it is deployed.
type Stack struct {
	// File tells the template from others of its set: its file's name without extension. Name is
	// that of the stack. What nobody states is empty.
	File, Name      string
	Account, Region string
	Template        *cfn.Template
	// IDs are what a spec calls secrets, keys and principals, by their logical IDs.
	IDs map[string]string
	// PlaceOf returns where in a spec a property of a resource is written, or what the resource
	// comes from; nil: the template has no spec.
	PlaceOf func(logicalID, property string) source.Span
}

// Risk is the worst that the change of a resource does.
type Risk uint8

// The risks, the worst first.
const (
	ValueLost   Risk = iota // the value is replaced by a new one, or gone without a way back
	Replaced                // a new physical resource, with a new ARN
	Fails                   // CloudFormation or AWS refuses it
	Orphaned                // it leaves the stack and stays in the account, unmanaged
	Deleted                 // it goes with the update of the stack
	AccessGap               // who is let in is cut off for a while
	RotatesNow              // a rotation begins at the deployment
	KeyChanged              // another key; what is encrypted stays under the old one
	GuardWeaker             // what protects is removed or loosened
	Moved                   // the same thing under another logical ID or in another stack
	Updated                 // in place, nobody notices
)

// Risks are the words of the risks, by their numbers.
var Risks = []string{
	"value-lost", "replaced", "fails", "orphaned", "deleted", "access-gap", "rotates-now",
	"key-changed", "guard-weaker", "moved", "update",
}

// String returns the word of a risk.
func (r Risk) String() string { return Risks[r] }

// Kind is what happens to a resource.
type Kind uint8

// The kinds.
const (
	Modified Kind = iota
	Added
	Removed
	Elsewhere // the same thing has another logical ID, or stands in another stack
)

// String returns the word of a kind.
func (k Kind) String() string {
	return [...]string{"modified", "added", "removed", "moved"}[k]
}

// Resource is one change of a resource: several properties with different risks are several.
type Resource struct {
	Risk  Risk
	Kind  Kind
	Stack string // the file of the template, without extension: of what is removed, the old one's
	// FromStack and FromID are where what is moved stood.
	FromStack, FromID string
	LogicalID, Type   string
	Secret            string // the id, or else the name, of the secret that it is or belongs to
	Property          string // a path: GenerateSecretString.PasswordLength; empty: all of it
	Message           string // what happens, without any value of a template
	Page              string // of AWS's documentation
	// Unknown says that nobody knows what the change does: the table of types has no such type or
	// property, or no value can be read.
	Unknown bool
	// Policy says that what changed is a policy: whether that matters is for the comparison of
	// access to say.
	Policy bool
	Span   source.Span // in the spec of the new state, or of the old one; zero: there is none

	names         []string // what else it may be called by
	isOfRotation  bool     // another function rotates the secret
	isOfCondition bool     // a condition is defined otherwise: what that decides is told besides
	mayOpen       bool     // new, and what nobody can read of it may be access
	attaches      bool     // policies come to apply, or do no more, whose texts stay
	isOpaque      bool     // some of them nobody has in sight
	isOfSecrets   bool     // a policy all of whose changed statements are about secrets and keys
	isOwnWords    bool     // of a spec, too, it does not follow from grants
	ownersKnown   bool     // it is new, and all whom it is for are in sight
	// it is whom a role trusts that is new: by their ARNs, and whether others, too
	isOfTrust, trustsOthers bool
	trusted                 []string
	what                    string // of what is new: the role
}

// Class returns the word that a change is counted by, accepted and failed on: its risk, or unknown
// where nobody knows what becomes of something that is there, or whom something new lets in.
func (r *Resource) Class() string {
	if r.Unknown && r.Risk == Updated && (r.Kind != Added || r.Policy || r.mayOpen) {
		return access.ChangeNotKnown.String()
	}
	return r.Risk.String()
}

// IsQuiet says whether nobody notices the change: what is new or in place, but for policies that
// the comparison of access does not say all of.
func (r *Resource) IsQuiet() bool {
	return r.Class() == Updated.String() && (!r.Policy || r.isOfSecrets)
}

// Resources compares two sets of templates, and returns what becomes of the resources of the old
// set when the new one is deployed over it, the worst first. Both are in the order in which they
// are deployed. Sets that mean the same give nothing: the order of statements and tags, JSON in
// other forms, Fn::Sub without variables and Metadata change nothing. Of what is known only at the
// deployment, equal expressions have equal values.
//
// What it takes to be so is written at the rules; AWS's page for each is in the result.
func Resources(before, after []Stack) []Resource {
	c := newComparison(before, after)
	return c.resources()
}

func (c *comparison) resources() []Resource {
	for i := range c.pairs {
		c.compare(&c.pairs[i])
	}
	if len(c.replaced) > 0 {
		c.follow()
		c.stayBehind()
	}
	c.lasting = c.left(c.removed)
	c.stale()
	c.move()
	c.gone()
	c.new()
	c.exports()
	slices.SortFunc(c.found, compareResources)
	return slices.CompactFunc(slices.Clone(c.found), func(a, b Resource) bool {
		return compareResources(a, b) == 0 && a.Message == b.Message
	})
}

func compareResources(a, b Resource) int {
	return cmp.Or(
		cmp.Compare(a.Risk, b.Risk), strings.Compare(a.Stack, b.Stack),
		strings.Compare(a.LogicalID, b.LogicalID), strings.Compare(a.Property, b.Property),
		strings.Compare(a.Message, b.Message),
	)
}

// side is a resource of one set.
type side struct {
	at  *state
	id  string
	res *cfn.Resource
}

// state is one stack of one set, whose values can be read.
type state struct {
	*Stack
	pair   *pair
	number int // in the order of its set
	read   *reader
	all    map[string]*cfn.Resource // with loops substituted
}

// pair is a stack in both sets; one of them is nil where a set does not have it.
type pair struct {
	number   int
	old, new *state
	asked    int         // how often it was asked whether a condition follows from another
	alikes   [][2]string // conditions that are written otherwise, and the same; the old one first
}

// comparison is what is found, and what is not decided yet.
type comparison struct {
	pairs          []pair
	removed, added []side
	renamed        []renamed // resources that get another name, which may be taken
	replaced       map[string]bool
	lasting        []side // of the old set, in the account although no template has it any more
	switchedOff    []side // likewise, where the condition of the new one does not hold
	imported       []Imported
	there          map[string]bool // what is there, and not of the old set; nil: nobody has asked
	denials        int             // how many pairs of denials are still compared
	found          []Resource
	paired         map[[2]string][]cfn.Object  // denials of the new set by principals and secrets
	guarded        [2]*guards                  // by set; nil: nobody has asked
	attached       [2]map[string][]string      // likewise
	register       [2]*register                // what exists, by set; nil: nobody has asked
	rotators       map[string]bool             // functions of the new set; nil: nobody has asked
	exporters      [2]map[string]exportedValue // likewise, by account, Region and name
}

// renamed is a resource that is replaced by one of another name.
type renamed struct{ old, new side }

func newComparison(before, after []Stack) *comparison {
	c := &comparison{replaced: map[string]bool{}, denials: mostDenials}
	olds, news := states(before), states(after)
	partner := match(olds, news)
	for _, s := range news {
		c.pairs = append(c.pairs, pair{number: len(c.pairs), old: partner[s], new: s})
	}
	for _, s := range olds {
		if partner[s] == nil {
			c.pairs = append(c.pairs, pair{number: len(c.pairs), old: s})
		}
	}
	for i := range c.pairs {
		c.pairs[i].open()
	}
	return c
}

func states(stacks []Stack) []*state {
	out := make([]*state, len(stacks))
	for i := range stacks {
		out[i] = &state{Stack: &stacks[i], number: i}
	}
	return out
}

// open makes the values of both stacks readable. What one of them says of where they are is so for
// both.
func (p *pair) open() {
	var known Stack
	for _, s := range []*state{p.new, p.old} {
		if s != nil {
			known.File = cmp.Or(known.File, s.File)
			known.Name = cmp.Or(known.Name, s.Name)
			known.Account = cmp.Or(known.Account, s.Account)
			known.Region = cmp.Or(known.Region, s.Region)
		}
	}
	for _, s := range []*state{p.new, p.old} {
		if s == nil {
			continue
		}
		s.pair = p
		known.Template = s.Template.Expand()
		s.all = known.Template.Resources
		set := "new"
		if s == p.old {
			set = "old"
		}
		s.read = newReader(known, set)
	}
	if p.old != nil && p.new != nil {
		p.alike()
	}
}

// compare compares the resources that have the same logical IDs, and notes which have not.
func (c *comparison) compare(p *pair) {
	if p.old != nil && p.new != nil {
		if p.old.Template == p.new.Template {
			return
		}
		c.modifiedIn(p)
		return
	}
	s, list := p.old, &c.removed
	if p.new != nil {
		s, list = p.new, &c.added
	}
	for _, id := range sortedIDs(s.all) {
		*list = append(*list, side{s, id, s.all[id]})
	}
}

func (c *comparison) modifiedIn(p *pair) {
	c.sections(p)
	same := p.old.read.sameSurroundings(p.new.read)
	for _, id := range sortedIDs(p.old.all, p.new.all) {
		a, b := side{p.old, id, p.old.all[id]}, side{p.new, id, p.new.all[id]}
		switch {
		case b.res == nil:
			c.removed = append(c.removed, a)
		case a.res == nil:
			c.added = append(c.added, b)
		case same && isWrittenAlike(a.res, b.res):
		default:
			c.modified(a, b)
		}
	}
}

// isWrittenAs says whether two resources are written as the same bytes but for their Metadata.
func isWrittenAs(a, b *cfn.Resource) bool {
	if a == b || isFilledAs(a, b) {
		return true
	}
	return cfn.JSON(attributesOf(a)) == cfn.JSON(attributesOf(b))
}

// isFilledAs says whether two resources have the same attributes one by one; nothing is said of
// those that keep what was written.
func isFilledAs(a, b *cfn.Resource) bool {
	return a.Verbatim == nil && b.Verbatim == nil && a.Type == b.Type &&
		a.Condition == b.Condition && slices.Equal(a.DependsOn, b.DependsOn) &&
		a.DeletionPolicy == b.DeletionPolicy && a.UpdateReplacePolicy == b.UpdateReplacePolicy &&
		cfn.Identical(a.Properties, b.Properties)
}

// attributesOf returns everything that a resource has but its Metadata.
func attributesOf(r *cfn.Resource) cfn.Object {
	if r.Verbatim != nil {
		out := make(cfn.Object, 0, len(r.Verbatim))
		for _, name := range attributeOrder {
			if v := r.Verbatim.Get(name); v != nil {
				out = append(out, cfn.Member{Key: name, Value: v})
			}
		}
		for _, m := range r.Verbatim {
			if m.Key != "Metadata" && !slices.Contains(attributeOrder, m.Key) {
				out = append(out, m)
			}
		}
		return out
	}
	out := cfn.Object{{Key: "Type", Value: r.Type}}
	add := func(name string, v any, is bool) {
		if is {
			out = append(out, cfn.Member{Key: name, Value: v})
		}
	}
	add("Condition", r.Condition, r.Condition != "")
	on := slices.Sorted(slices.Values(r.DependsOn))
	if len(on) == 1 {
		add("DependsOn", on[0], true)
	}
	add("DependsOn", on, len(on) > 1)
	add("DeletionPolicy", r.DeletionPolicy, r.DeletionPolicy != "")
	add("UpdateReplacePolicy", r.UpdateReplacePolicy, r.UpdateReplacePolicy != "")
	add("Properties", r.Properties, len(r.Properties) > 0)
	return out
}

// attributeOrder are the attributes that every type of resource has.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html
var attributeOrder = []string{
	"Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Properties",
}

// attribute returns what a resource has beside its properties.
func (s side) attribute(name string) any {
	if s.res.Verbatim != nil {
		return s.res.Verbatim.Get(name)
	}
	return attributesOf(s.res).Get(name)
}

// properties returns the properties of a resource.
func (s side) properties() cfn.Object {
	o, _ := s.attribute("Properties").(cfn.Object)
	return o
}

// value returns a property in its canonical form.
func (s side) value(property string) any { return s.at.read.value(s.res.Property(property)) }

// is tells a resource from all others of its set.
func (s side) is() string { return fmt.Sprint(s.at.number, " ", s.id) }

func sortedIDs(maps ...map[string]*cfn.Resource) []string {
	var ids []string
	for _, m := range maps {
		for id, r := range m {
			if r != nil {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// report notes a change of a resource. What is not stated is that of the resource.
func (c *comparison) report(at side, r Resource) {
	r.Stack, r.LogicalID, r.Type = at.at.File, at.id, at.res.Type
	r.Secret, r.names = at.secret(), at.namesOf()
	if at.at.PlaceOf != nil {
		r.Span = at.at.PlaceOf(at.id, r.Property)
	}
	c.found = append(c.found, r)
}

// secret returns what people call the secret that a resource is or belongs to.
func (s side) secret() string {
	if s.res.Type == "AWS::SecretsManager::Secret" {
		name, _ := s.value("Name").(string)
		return cmp.Or(s.at.IDs[s.id], name)
	}
	if s.res.Property("SecretId") == nil {
		return ""
	}
	for _, ref := range cfn.References(s.res.Property("SecretId")) {
		if of := s.at.all[ref.Name]; of != nil && of.Property("SecretId") == nil {
			return side{s.at, ref.Name, of}.secret()
		}
	}
	name, _ := s.value("SecretId").(string)
	return name
}

// isWrittenAlike says whether two resources are the same to the letter, and can be read.
func isWrittenAlike(a, b *cfn.Resource) bool {
	if isFilledAs(a, b) {
		return !holdsUnread(a.Properties)
	}
	return isWrittenAs(a, b) && !holdsUnread(attributesOf(a))
}
