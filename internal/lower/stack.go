// Package lower writes the templates of a placed spec: resources of goformation's types, one file
// for each AWS service, and what the spec has in CloudFormation's own words. It knows nothing of
// what permissions mean.
package lower

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Stack is one CloudFormation stack to deploy.
type Stack struct {
	At              model.Stack
	Name            string
	File            string // of the template, without extension: payments, payments-keys.us-east-1
	Account, Region string // empty where the spec does not state them
	Template        *cfn.Template
	Places          map[string]source.Span // where in the spec a logical ID or output comes from
	Documents       []Document

	properties map[propertyOf]source.Span // where they are written
	secrets    []*model.Secret            // those that stand here, or what is derived of them
	shared     *shared                    // what is known of the finished stacks
	written    *written                   // what Verify has found in the text; nil: not yet
}

// Document is one policy document's size against its limit, in characters as AWS counts them.
type Document struct {
	LogicalID string
	Kind      string // resource, key, trust, managed, inline or function policy
	Size      int
	Limit     int
}

// builder is one stack while it is being written.
type builder struct {
	*Stack
	m         *model.Model
	permitted map[string]string // functions that may be called for the whole account, by permission
	parts     []func(*builder)  // what it is written of
	keyIDs    map[keyIn]*string
	members   memberRoom
	filled    filled
	found     diag.List
}

// builders are all stacks of a spec while they are being written.
type builders struct {
	m    *model.Model
	byAt map[model.Stack]*builder
}

// in returns the builder of a stack, which it begins if need be.
func (s *builders) in(at model.Stack) *builder {
	b := s.byAt[at]
	if b == nil {
		b = &builder{m: s.m, Stack: newStack(s.m, at), permitted: map[string]string{},
			keyIDs: map[keyIn]*string{}}
		s.byAt[at] = b
	}
	return b
}

// newStack returns a stack without resources.
func newStack(m *model.Model, at model.Stack) *Stack {
	return &Stack{
		At: at, Name: m.StackName(at), File: m.StackFile(at),
		Account: cmp.Or(at.Account, m.Env.Account), Region: cmp.Or(at.Region, m.Env.Region),
		Places: map[string]source.Span{}, properties: map[propertyOf]source.Span{},
		Template: &cfn.Template{
			Description: m.Description, Metadata: generated,
			Resources: map[string]*cfn.Resource{}, Outputs: map[string]*cfn.Output{},
		},
	}
}

// of returns the builder of the stack in which a secret stands.
func (s *builders) of(secret *model.Secret) *builder { return s.in(s.m.StackOf(secret)) }

// Lower writes the templates of all stacks, in the order to deploy them: first the keys that others
// name by their aliases, last what names others' things by their names. The home stack is always
// among them, be it empty.
func Lower(m *model.Model, placement grants.Placement) ([]*Stack, diag.List) {
	s := &builders{m, map[model.Stack]*builder{}}
	home := s.in(model.Home)
	t := home.Template
	t.Parameters, t.Mappings = section(m.Parameters), section(m.Mappings)
	t.Conditions, t.Metadata = section(m.Conditions), metadata(m.Metadata, t.Metadata)
	s.divide(placement, home)
	s.write()
	s.exports(home)
	home.verbatim()
	var out []*Stack
	var found diag.List
	for _, at := range slices.SortedFunc(maps.Keys(s.byAt), compareStacks) {
		b := s.byAt[at]
		// of a shard of imported secrets, for one
		if len(b.Template.Resources) == 0 && at != model.Home {
			continue
		}
		out = append(out, b.Stack)
		found = append(found, b.found...)
	}
	parallel.Each(len(out), func(i int) { out[i].Template.Finish() })
	r := share(out)
	order(out, r)
	noteFunctionPolicies(out, r)
	return out, found
}

// divide says what each stack is written of, in the order in which that is written.
func (s *builders) divide(placement grants.Placement, home *builder) {
	for _, kp := range placement.KeyPolicies {
		s.in(kp.Stack).later(func(b *builder) { b.key(kp) })
	}
	for _, p := range s.m.Principals {
		if p.Kind == model.CreatedRole {
			home.later(func(b *builder) { b.role(p, placement.Trusts) })
		}
	}
	for _, secret := range s.m.Secrets {
		b := s.of(secret)
		b.secrets = append(b.secrets, secret)
		b.later(func(b *builder) { b.secret(secret) })
	}
	for i := range placement.ResourcePolicies {
		rp := &placement.ResourcePolicies[i]
		s.of(rp.Secret).later(func(b *builder) { b.resourcePolicy(rp) })
	}
	for _, id := range placement.Identities {
		s.in(id.Stack).later(func(b *builder) { b.identity(id) })
	}
	for _, secret := range s.m.Secrets {
		if secret.Rotation != nil {
			s.of(secret).later(func(b *builder) { b.rotation(secret, placement.Identities) })
		}
	}
}

// write writes all stacks, each in its order.
func (s *builders) write() {
	all := slices.Collect(maps.Values(s.byAt))
	parallel.Each(len(all), func(i int) {
		b := all[i]
		b.grow(len(b.parts))
		b.Documents = make([]Document, 0, len(b.parts))
		for _, write := range b.parts {
			write(b)
		}
		b.parts = nil
	})
}

// grow makes room for as many resources more.
func (b *builder) grow(n int) {
	if n > len(b.Template.Resources) {
		resources, places := b.Template.Resources, b.Places
		b.Template.Resources = make(map[string]*cfn.Resource, n)
		b.Places = make(map[string]source.Span, n)
		maps.Copy(b.Template.Resources, resources)
		maps.Copy(b.Places, places)
	}
}

// later leaves a part of a stack for when all are written.
func (b *builder) later(write func(b *builder)) { b.parts = append(b.parts, write) }

// exports writes the outputs of what the spec exports.
func (s *builders) exports(home *builder) {
	for _, secret := range s.m.ExportSecrets {
		s.of(secret).export(secret.ID, secret.LogicalID, secret.Condition,
			grants.SecretARN(s.m, secret, s.m.StackOf(secret)), secret.Span)
	}
	for _, k := range s.m.ExportKeys {
		home.export(k.ID, k.LogicalID, "", grants.KeyID(s.m, k, "", model.Home), k.Span)
	}
}

// Home returns the home stack, which every spec has, be it empty.
func Home(stacks []*Stack) *Stack {
	return stacks[slices.IndexFunc(stacks, func(s *Stack) bool { return s.At == model.Home })]
}

func compareStacks(a, b model.Stack) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Region, b.Region),
		cmp.Compare(a.Number, b.Number), strings.Compare(a.Account, b.Account))
}

// keyID returns what a KmsKeyId says of the key of a secret.
func (b *builder) keyID(s *model.Secret) *string {
	of := keyIn{s.Key, s.Region}
	known, ok := b.keyIDs[of]
	if !ok {
		known = text(grants.KeyID(b.m, s.Key, s.Region, b.At))
		b.keyIDs[of] = known
	}
	return known
}

// keyIn is a key in a Region.
type keyIn struct {
	*model.Key
	region string
}

// section writes a section in CloudFormation's own words.
func section(entries spec.Entries[spec.Raw]) cfn.Object {
	var o cfn.Object
	for _, e := range entries {
		o = append(o, cfn.Member{Key: e.ID.V, Value: cfn.ValueOf(e.V.Node)})
	}
	return o
}

// generated is the Metadata that every template begins with, for whoever opens it. It says neither
// when nor by which version, nor where the spec is: the same spec is the same template everywhere.
var generated = cfn.Object{{Key: "secretctl", Value: cfn.Object{{
	Key: "generated", Value: "by secretctl from a spec; edit the spec, not this file",
}}}}

// metadata writes the template's Metadata, whose members may be anything, behind what is there
// already. A member of the same name takes its place.
func metadata(entries spec.Entries[spec.Anything], there cfn.Object) cfn.Object {
	var own cfn.Object
	for _, e := range entries {
		own = append(own, cfn.Member{Key: e.ID.V, Value: cfn.ValueOf(e.V.Node)})
	}
	var o cfn.Object
	for _, m := range there {
		if own.Get(m.Key) == nil {
			o = append(o, m)
		}
	}
	return append(o, own...)
}

// add puts a resource into the template. Two things of the spec that give the same logical ID are
// an error at both.
func (b *builder) add(id string, at source.Span, r *cfn.Resource) {
	if _, taken := b.Template.Resources[id]; taken {
		b.collision(id, at)
		return
	}
	b.Template.Resources[id], b.Places[id] = r, at
}

func (b *builder) collision(id string, at source.Span) {
	d := b.found.Report(diag.LogicalIDCollision, at).
		Message("this gives the logical ID %q a second time", id)
	if b.Places[id] == at { // parts of one principal's policies, named after conditions
		d.Hint("rename the condition: another one's name with binary digits behind it is taken " +
			"by the parts of a divided policy")
	} else {
		d.Related(b.Places[id], "the first one comes from here").
			Hint("give one of them a logicalId of its own")
	}
}

// export writes an output with an export. Its name is made of the id, of which an underscore is the
// only character that CloudFormation does not take in the name of an export.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
func (b *builder) export(id, logicalID, condition, value string, at source.Span) {
	name := logicalID + "Arn"
	if _, taken := b.Template.Outputs[name]; taken {
		b.collision(name, at)
		return
	}
	b.Places[name] = at
	exported := cfn.Sub("${AWS::StackName}-" + strings.ReplaceAll(id, "_", "-") + "-arn")
	b.Template.Outputs[name] = &cfn.Output{
		Value: value, Condition: condition, ExportName: exported,
	}
}

// document notes a policy document's size for the plan.
func (b *builder) document(id, kind string, size, limit int) {
	b.Documents = append(b.Documents, Document{LogicalID: id, Kind: kind, Size: size, Limit: limit})
}

// tagList returns tags as goformation has them. An empty value is a placeholder, because
// goformation's type would drop it.
func tagList(in []model.Tag) []tags.Tag { return appendTags(nil, in) }

// appendTags is tagList in the room of a list.
func appendTags(out []tags.Tag, in []model.Tag) []tags.Tag {
	for _, t := range in {
		value := t.Value
		if value == "" {
			value = cfn.Empty
		}
		out = append(out, tags.Tag{Key: t.Key, Value: value})
	}
	return out
}

// text returns a pointer for goformation's optional texts, nil for an empty one.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// textAt is text of what stays where it is.
func textAt(s *string) *string {
	if *s == "" {
		return nil
	}
	return s
}

// number returns a pointer for goformation's optional numbers, nil for 0.
func number(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// keep states what becomes of a resource that leaves the template. What replaces it must not take
// the old one's value with it, unless it may be deleted.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html
func keep(r *cfn.Resource, deletionPolicy string) {
	r.DeletionPolicy, r.UpdateReplacePolicy = deletionPolicy, "Retain"
	if deletionPolicy == "Delete" {
		r.UpdateReplacePolicy = "Delete"
	}
}
