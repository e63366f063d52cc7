package compile

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// home is the home stack while it is being written.
type home struct {
	m         *model.Model
	t         *cfn.Template
	places    map[string]source.Span // logical ID or output name → what in the spec it comes from
	documents []PlanDocument
	macros    bool // a value is made by a macro, so that CloudFormation wants CAPABILITY_AUTO_EXPAND
	named     bool // a role has a name of its own, so that CloudFormation wants CAPABILITY_NAMED_IAM
	found     diag.List
}

// lower writes the home stack's template.
func lower(m *model.Model, placement grants.Placement) (*home, diag.List) {
	h := &home{m: m, places: map[string]source.Span{}, t: &cfn.Template{
		Description: m.Description, Resources: map[string]*cfn.Resource{}, Outputs: map[string]*cfn.Output{},
		Parameters: section(m.Parameters), Mappings: section(m.Mappings), Conditions: section(m.Conditions), Metadata: metadata(m.Metadata),
	}}
	for _, kp := range placement.KeyPolicies {
		h.key(kp)
	}
	for _, p := range m.Principals {
		if p.Kind == model.CreatedRole {
			h.role(p)
		}
	}
	for _, s := range m.Secrets {
		h.secret(s)
	}
	for _, rp := range placement.ResourcePolicies {
		h.resourcePolicy(rp)
	}
	for _, id := range placement.Identities {
		h.identity(id)
	}
	for _, s := range m.Secrets {
		if s.Rotation != nil {
			h.rotation(s, placement.Identities)
		}
	}
	h.exports()
	h.verbatim()
	return h, h.found
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
func (h *home) add(id string, at source.Span, r *cfn.Resource) {
	if _, taken := h.t.Resources[id]; taken {
		h.collision(id, at)
		return
	}
	h.t.Resources[id], h.places[id] = r, at
}

func (h *home) collision(id string, at source.Span) {
	d := diag.Diagnostic{
		Code: diag.LogicalIDCollision, Span: at, Message: fmt.Sprintf("this gives the logical ID %q a second time", id),
		Related: []diag.Related{{Span: h.places[id], Message: "the first one comes from here"}},
		Hint:    "give one of them a logicalId of its own",
	}
	if h.places[id] == at { // parts of one principal's policies, named after conditions
		d.Related, d.Hint = nil, "rename the condition: another one's name with binary digits behind it is taken by the parts of a divided policy"
	}
	h.found = append(h.found, d)
}

// verbatim merges the user's own resources and outputs.
func (h *home) verbatim() {
	clash := func(e spec.Entry[spec.Raw], kind string) {
		h.found = append(h.found, diag.Diagnostic{
			Code: diag.NameClash, Span: e.ID.Span, Message: fmt.Sprintf("the %s %q is also derived from the spec", kind, e.ID.V),
			Related: []diag.Related{{Span: h.places[e.ID.V], Message: "it is derived from this"}},
			Hint:    "rename it, or give the other a logicalId of its own",
		})
	}
	for _, e := range h.m.Resources {
		if _, taken := h.t.Resources[e.ID.V]; taken {
			clash(e, "resource")
			continue
		}
		if h.t.Parameters.Get(e.ID.V) != nil {
			h.found = append(h.found, diag.Diagnostic{
				Code: diag.NameClash, Span: e.ID.Span, Message: fmt.Sprintf("%q is a parameter and a resource", e.ID.V), Hint: "rename one of them",
				Related: []diag.Related{{Span: h.m.Parameters.Get(e.ID.V).ID.Span, Message: "the parameter is here"}},
			})
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
			h.found = append(h.found, diag.Diagnostic{
				Code: diag.NameClash, Span: h.m.Parameters.Get(id).ID.Span, Message: fmt.Sprintf("the parameter %q is also derived from the spec", id),
				Related: []diag.Related{{Span: at, Message: "it is derived from this"}},
				Hint:    "rename the parameter, or give the other a logicalId of its own",
			})
		}
	}
}

func (h *home) isVerbatim(id string) bool { return h.m.Resources.Get(id) != nil }

// exports writes an output with an export for what the spec exports.
func (h *home) exports() {
	add := func(id, logicalID, condition, value string, at source.Span) {
		name := logicalID + "Arn"
		if _, taken := h.t.Outputs[name]; taken {
			h.collision(name, at)
			return
		}
		h.places[name] = at
		h.t.Outputs[name] = &cfn.Output{Value: value, Condition: condition, ExportName: cfn.Sub("${AWS::StackName}-" + id + "-arn")}
	}
	for _, s := range h.m.ExportSecrets {
		add(s.ID, s.LogicalID, s.Condition, grants.SecretARN(h.m, s), s.Span)
	}
	for _, k := range h.m.ExportKeys {
		add(k.ID, k.LogicalID, "", grants.KeyID(h.m, k), k.Span)
	}
}

// stack returns the finished stack.
func (h *home) stack() Stack {
	return Stack{Name: h.m.Stack, Kind: "home", Account: h.m.Env.Account, Region: h.m.Env.Region, File: h.m.Stack, Template: h.t}
}

// document notes a policy document's size for the plan.
func (h *home) document(id, kind string, size, limit int) {
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

// verify checks the finished template against CloudFormation's limits and its own graph.
// What is wrong with the template as a whole is reported at the name of the stack.
func verify(stack source.Span, m *model.Model, h *home) diag.List {
	var found diag.List
	text := h.t.Append(nil, cfn.Format{})
	h.macros = bytes.Contains(text, []byte(`"Fn::Transform":`)) // within a text the quotes are escaped
	for _, f := range h.t.Check(len(text)) {
		d := diag.Diagnostic{Code: diag.TemplateLimit, Span: stack, Message: f.Message}
		if at, ok := h.places[f.LogicalID]; ok {
			d.Span = at
		}
		d.Hint = limitHint(f, m)
		if f.Kind == cfn.BodyInRequest {
			d.Code = diag.TemplateNeedsS3
		}
		found = append(found, d)
	}
	if cycle := h.t.Cycle(); cycle != nil {
		found = append(found, h.cycle(cycle))
	}
	if len(h.t.Resources) == 0 {
		found = append(found, diag.Diagnostic{
			Code: diag.EmptyTemplate, Span: stack, Message: "the spec creates nothing, so that there is no template to deploy",
			Hint: "add what shall be created, or grants that attach policies; what others must do stands in the plan",
		})
	}
	return found
}

func (h *home) cycle(cycle []string) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.DependencyCycle, Message: "resources depend on each other in a circle:"}
	for i, id := range cycle {
		if i > 0 {
			d.Message += " →"
		}
		d.Message += " " + id
		if at := h.places[id]; d.Span.IsZero() || h.isVerbatim(id) && !h.isVerbatim(cycle[0]) {
			d.Span = at
		}
	}
	seen := []source.Span{d.Span}
	for _, id := range cycle {
		if at := h.places[id]; !slices.Contains(seen, at) {
			seen = append(seen, at)
			d.Related = append(d.Related, diag.Related{Span: at, Message: id + " comes from here"})
		}
	}
	d.Hint = "break the circle: name one of them literally instead of referring to it"
	return d
}

// capabilities returns what CloudFormation wants to be acknowledged.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func (h *home) capabilities() []string {
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

func limitHint(f cfn.Finding, m *model.Model) string {
	switch f.Kind {
	case cfn.BodyInRequest:
		return "upload it to an S3 bucket, as `aws cloudformation deploy --s3-bucket` does"
	case cfn.NameLength, cfn.ParameterValue, cfn.Description:
		return "shorten it"
	case cfn.DynamicReferences:
		return "move some of the resources that use them into a stack of their own"
	}
	if len(m.Secrets) > 1 {
		return "divide the spec in two, the second importing what it needs of the first"
	}
	return "make it smaller"
}
