package compile

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// builder is one stack while it is being written.
type builder struct {
	m         *model.Model
	at        model.Stack
	t         *cfn.Template
	places    map[string]source.Span // logical ID or output name → what in the spec it comes from
	documents []PlanDocument
	macros    bool // a value is made by a macro, so that CloudFormation wants CAPABILITY_AUTO_EXPAND
	named     bool // a role has a name of its own, so that CloudFormation wants CAPABILITY_NAMED_IAM
	found     diag.List
}

// stacks are all stacks of a spec while they are being written.
type stacks struct {
	m    *model.Model
	byID map[model.Stack]*builder
}

// in returns the builder of a stack, which it begins if need be.
func (s *stacks) in(at model.Stack) *builder {
	h := s.byID[at]
	if h == nil {
		h = &builder{m: s.m, at: at, places: map[string]source.Span{}, t: &cfn.Template{
			Description: s.m.Description, Resources: map[string]*cfn.Resource{}, Outputs: map[string]*cfn.Output{},
		}}
		s.byID[at] = h
	}
	return h
}

// of returns the builder of the stack in which a secret stands.
func (s *stacks) of(secret *model.Secret) *builder { return s.in(s.m.StackOf(secret)) }

// lower writes the templates of all stacks, in the order to deploy them: first the keys that others name by their aliases, last what names
// others' things by their names. The home stack is always among them, be it empty.
func lower(m *model.Model, placement grants.Placement) ([]*builder, diag.List) {
	s := &stacks{m, map[model.Stack]*builder{}}
	home := s.in(model.Home)
	home.t.Parameters, home.t.Mappings, home.t.Conditions, home.t.Metadata = section(m.Parameters), section(m.Mappings), section(m.Conditions), metadata(m.Metadata)
	for _, kp := range placement.KeyPolicies {
		s.in(kp.Stack).key(kp)
	}
	for _, p := range m.Principals {
		if p.Kind == model.CreatedRole {
			home.role(p)
		}
	}
	for _, secret := range m.Secrets {
		s.of(secret).secret(secret)
	}
	for _, rp := range placement.ResourcePolicies {
		s.of(rp.Secret).resourcePolicy(rp)
	}
	for _, id := range placement.Identities {
		s.in(id.Stack).identity(id)
	}
	for _, secret := range m.Secrets {
		if secret.Rotation != nil {
			s.of(secret).rotation(secret, placement.Identities)
		}
	}
	for _, secret := range m.ExportSecrets {
		s.of(secret).export(secret.ID, secret.LogicalID, secret.Condition, grants.SecretARN(m, secret, m.StackOf(secret)), secret.Span)
	}
	for _, k := range m.ExportKeys {
		home.export(k.ID, k.LogicalID, "", grants.KeyID(m, k, "", model.Home), k.Span)
	}
	home.verbatim()
	var out []*builder
	var found diag.List
	for _, at := range slices.SortedFunc(maps.Keys(s.byID), compareStacks) {
		h := s.byID[at]
		if len(h.t.Resources) == 0 && at != model.Home { // of a shard of imported secrets, for one
			continue
		}
		out = append(out, h)
		found = append(found, h.found...)
	}
	return out, found
}

func compareStacks(a, b model.Stack) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Region, b.Region), cmp.Compare(a.Number, b.Number), strings.Compare(a.Account, b.Account))
}

// account returns the account that a stack is deployed to, empty where the spec does not state it.
func (h *builder) account() string { return cmp.Or(h.at.Account, h.m.Env.Account) }

// region returns the Region that a stack is deployed to, empty where the spec does not state it.
func (h *builder) region() string { return cmp.Or(h.at.Region, h.m.Env.Region) }

// keyID returns what a KmsKeyId says of the key of a secret.
func (h *builder) keyID(s *model.Secret) *string {
	return text(grants.KeyID(h.m, s.Key, s.Region, h.at))
}

// section writes a section in CloudFormation's own words.
func section(entries spec.Entries[spec.Raw]) cfn.Object {
	var o cfn.Object
	for _, e := range entries {
		o = append(o, cfn.Member{Key: e.ID.V, Value: model.CloudFormation(e.V.Node)})
	}
	return o
}

// metadata writes the template's Metadata, whose members may be anything.
func metadata(entries spec.Entries[spec.Anything]) cfn.Object {
	var o cfn.Object
	for _, e := range entries {
		o = append(o, cfn.Member{Key: e.ID.V, Value: model.CloudFormation(e.V.Node)})
	}
	return o
}

// add puts a resource into the template. Two things of the spec that give the same logical ID are an error at both.
func (h *builder) add(id string, at source.Span, r *cfn.Resource) {
	if _, taken := h.t.Resources[id]; taken {
		h.collision(id, at)
		return
	}
	h.t.Resources[id], h.places[id] = r, at
}

func (h *builder) collision(id string, at source.Span) {
	d := h.found.Report(diag.LogicalIDCollision, at).
		Message("this gives the logical ID %q a second time", id)
	if h.places[id] == at { // parts of one principal's policies, named after conditions
		d.Hint("rename the condition: another one's name with binary digits behind it is taken by the parts of a divided policy")
	} else {
		d.Related(h.places[id], "the first one comes from here").
			Hint("give one of them a logicalId of its own")
	}
}

// verbatim merges the user's own resources and outputs.
func (h *builder) verbatim() {
	clash := func(e spec.Entry[spec.Raw], kind string) {
		h.found.Report(diag.NameClash, e.ID.Span).
			Message("the %s %q is also derived from the spec", kind, e.ID).
			Related(h.places[e.ID.V], "it is derived from this").
			Hint("rename it, or give the other a logicalId of its own")
	}
	for _, e := range h.m.Resources {
		if _, taken := h.t.Resources[e.ID.V]; taken {
			clash(e, "resource")
			continue
		}
		if h.t.Parameters.Get(e.ID.V) != nil {
			h.found.Report(diag.NameClash, e.ID.Span).
				Message("%q is a parameter and a resource", e.ID).
				Related(h.m.Parameters.Get(e.ID.V).ID.Span, "the parameter is here").
				Hint("rename one of them")
		}
		body, _ := model.CloudFormation(e.V.Node).(cfn.Object)
		kind, _ := body.Get("Type").(string)
		h.t.Resources[e.ID.V], h.places[e.ID.V] = &cfn.Resource{Type: kind, Verbatim: body}, e.ID.Span
	}
	for _, e := range h.m.Outputs {
		if _, taken := h.t.Outputs[e.ID.V]; taken {
			clash(e, "output")
			continue
		}
		body, _ := model.CloudFormation(e.V.Node).(cfn.Object)
		h.t.Outputs[e.ID.V], h.places[e.ID.V] = &cfn.Output{Verbatim: body}, e.ID.Span
	}
	for id, at := range h.places {
		if h.t.Parameters.Get(id) != nil && !h.isVerbatim(id) && h.t.Resources[id] != nil {
			h.found.Report(diag.NameClash, h.m.Parameters.Get(id).ID.Span).
				Message("the parameter %q is also derived from the spec", id).
				Related(at, "it is derived from this").
				Hint("rename the parameter, or give the other a logicalId of its own")
		}
	}
}

func (h *builder) isVerbatim(id string) bool { return h.m.Resources.Get(id) != nil }

// export writes an output with an export.
func (h *builder) export(id, logicalID, condition, value string, at source.Span) {
	name := logicalID + "Arn"
	if _, taken := h.t.Outputs[name]; taken {
		h.collision(name, at)
		return
	}
	h.places[name] = at
	h.t.Outputs[name] = &cfn.Output{Value: value, Condition: condition, ExportName: cfn.Sub("${AWS::StackName}-" + id + "-arn")}
}

// stack returns the finished stack.
func (h *builder) stack() Stack {
	return Stack{
		Name: h.m.StackName(h.at), Kind: h.at.Kind.String(), Account: h.account(), Region: h.region(), File: h.m.StackFile(h.at), Template: h.t,
	}
}

// document notes a policy document's size for the plan.
func (h *builder) document(id, kind string, size, limit int) {
	h.documents = append(h.documents, PlanDocument{LogicalID: id, Kind: kind, Size: size, Limit: limit})
}

// tagList returns tags as goformation has them. An empty value is a placeholder, because goformation's type would drop it.
func tagList(in []model.Tag) []tags.Tag {
	var out []tags.Tag
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

// number returns a pointer for goformation's optional numbers, nil for 0.
func number(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// replacePolicy returns the UpdateReplacePolicy that goes with a DeletionPolicy: what replaces a resource must not take the old one's
// value with it. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html
func replacePolicy(deletionPolicy string) string {
	if deletionPolicy == "Delete" {
		return "Delete"
	}
	return "Retain"
}

// verify checks a finished template against CloudFormation's limits and its own graph.
// What is wrong with the template as a whole is reported at the name of the stack.
func (h *builder) verify(stack source.Span) diag.List {
	var found diag.List
	text := h.t.Append(nil, cfn.Format{})
	h.macros = bytes.Contains(text, []byte(`"Fn::Transform":`)) // within a text the quotes are escaped
	for _, f := range h.t.Check(len(text)) {
		found = append(found, h.limitFinding(f, stack))
	}
	if cycle := h.t.Cycle(); cycle != nil {
		found = append(found, h.cycle(cycle))
	}
	if h.at != model.Home {
		found = append(found, h.acrossStacks()...)
	}
	return found
}

// acrossStacks finds references to what this stack does not have: intrinsic functions of the spec that speak of the home stack's template, and were
// put into a document of another stack.
func (h *builder) acrossStacks() diag.List {
	var found diag.List
	for _, d := range h.t.Dangling() {
		found.Report(diag.AcrossStacks, h.places[d.Name]).
			Message("%s stands in stack %q and refers to %q, which only the home stack has", d.Name, h.m.StackFile(h.at), d.Reference.Name).
			Hint("%s", h.acrossHint())
	}
	return found
}

func (h *builder) acrossHint() diag.Words {
	if h.at.Kind == model.ShardStack {
		return "write what it stands for as a text, or keep the secret in the home stack with shard: base"
	}
	return "write what it stands for as a text"
}

func (h *builder) cycle(cycle []string) diag.Diagnostic {
	d := diag.Report(diag.DependencyCycle, source.Span{}).
		Message("resources depend on each other in a circle:").
		Hint("break the circle: name one of them literally instead of referring to it")
	for i, id := range cycle {
		if i > 0 {
			d.And(" →")
		}
		d.And(" %s", id)
		if at := h.places[id]; d.Span.IsZero() || h.isVerbatim(id) && !h.isVerbatim(cycle[0]) {
			d.Span = at
		}
	}
	seen := []source.Span{d.Span}
	for _, id := range cycle {
		if at := h.places[id]; !slices.Contains(seen, at) {
			seen = append(seen, at)
			d.Related(at, "%s comes from here", id)
		}
	}
	return *d
}

// capabilities returns what CloudFormation wants to be acknowledged.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func (h *builder) capabilities() []string {
	hosted := slices.Contains(h.t.Transform, aws.HostedRotationTransform) // makes roles, too
	iam, macros := hosted, h.macros || len(h.t.Transform) > 0
	for _, r := range h.t.Resources {
		switch r.Type {
		case "AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::InstanceProfile", "AWS::IAM::AccessKey",
			"AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy", "AWS::IAM::UserToGroupAddition":
			iam = true
		case "AWS::CloudFormation::Macro":
			macros = true
		case "AWS::Serverless::Application": // with the role of its function
			iam, macros = true, true
		}
		if r.Verbatim != nil && namesIAM(r) {
			h.named = true
		}
	}
	out := []string{}
	if iam && h.named {
		out = append(out, "CAPABILITY_NAMED_IAM")
	} else if iam {
		out = append(out, "CAPABILITY_IAM")
	}
	if macros {
		out = append(out, "CAPABILITY_AUTO_EXPAND")
	}
	return out
}

// namesIAM says whether a resource in CloudFormation's own words gives an IAM entity a name.
func namesIAM(r *cfn.Resource) bool {
	properties, _ := r.Verbatim.Get("Properties").(cfn.Object)
	for _, name := range []string{"RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"} {
		if properties.Get(name) != nil && len(r.Type) > 10 && r.Type[:10] == "AWS::IAM::" {
			return true
		}
	}
	return false
}

func (h *builder) limitHint(f cfn.Finding) string {
	switch f.Kind {
	case cfn.BodyInRequest:
		return "upload it to an S3 bucket, as `aws cloudformation deploy --s3-bucket` does"
	case cfn.NameLength, cfn.ParameterValue, cfn.Description:
		return "shorten it"
	case cfn.DynamicReferences:
		return "move some of the resources that use them into a stack of their own"
	}
	if len(h.m.Secrets) <= 1 {
		return "make it smaller"
	}
	const second = "divide the spec in two, the second importing what it needs of the first"
	switch h.at.Kind {
	case model.ShardStack:
		return fmt.Sprintf("write more shards than %d, or %s", h.m.Shards, second)
	case model.HomeStack:
		if n := h.shardable(); n > 0 {
			return fmt.Sprintf("spread the %d secrets that can stand elsewhere over several stacks with shards, or %s", n, second)
		}
	}
	return second
}

// shardable returns how many secrets of the home stack could stand in a shard.
func (h *builder) shardable() int {
	n := 0
	for _, s := range h.m.Secrets {
		if h.m.Shards <= 1 && s.Import == model.NotImported && s.Name != "" && s.Condition == "" {
			n++
		}
	}
	return n
}
