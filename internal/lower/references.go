package lower

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// attributes are what Fn::GetAtt can ask of the types that are derived.
var attributes = map[string][]string{
	"AWS::SecretsManager::Secret":                 {"Id"},
	"AWS::SecretsManager::ResourcePolicy":         {"Id"},
	"AWS::SecretsManager::SecretTargetAttachment": {"Id"},
	"AWS::KMS::Key":                               {"Arn", "KeyId"},
	"AWS::KMS::Alias":                             {},
	"AWS::IAM::Role":                              {"Arn", "RoleId"},
	"AWS::IAM::ManagedPolicy": {"PolicyArn", "AttachmentCount", "CreateDate",
		"DefaultVersionId", "IsAttachable", "PermissionsBoundaryUsageCount", "PolicyId",
		"UpdateDate"},
	"AWS::IAM::Policy": {"Id"},
}

const nameAResource = "name a resource of the template"

// references checks every reference of a spec against what the template has.
type references struct {
	s           *spec.Spec
	m           *model.Model
	stacks      []*Stack          // empty: the spec has errors, and nobody knows all of them
	types       map[string]string // of the resources of the home stack, by logical ID
	names       []string          // everything that Ref can name
	resources   []string
	conditions  []string
	suggestions int // how many names were looked for among all others
	found       diag.List
}

// maxSuggestions bounds that, as in package model, so that a spec of ten thousand wrong names is
// refused as fast as one with a few.
const maxSuggestions = 200

// References finds intrinsic functions that refer to what is not there. Where a spec has errors
// there are no stacks: then a name that something of the spec may be given is taken to be there.
func References(s *spec.Spec, m *model.Model, stacks []*Stack) diag.List {
	r := &references{
		s: s, m: m, stacks: stacks, types: typesOf(m, stacks),
		names: slices.Clone(cfn.PseudoParameters),
	}
	r.resources = slices.Sorted(maps.Keys(r.types))
	for _, e := range m.Parameters {
		r.names = append(r.names, e.ID.V)
	}
	for _, e := range m.Conditions {
		r.conditions = append(r.conditions, e.ID.V)
	}
	r.names = append(r.names, r.resources...)
	slices.Sort(r.conditions)
	slices.Sort(r.names)
	for _, n := range s.Intrinsics() {
		r.node(n)
	}
	for _, e := range m.Resources {
		r.conditionOf(e.V.Node)
		for _, d := range listOf(e.V.Node.Get("DependsOn")) {
			if _, ok := r.types[d.Text()]; !ok {
				r.dangling(d.Span(), "resource", d.Text(), r.resources, nameAResource)
			}
		}
	}
	for _, e := range m.Outputs {
		r.conditionOf(e.V.Node)
	}
	return r.found
}

// typesOf returns the types of the resources of the home stack, which has the sections in
// CloudFormation's words, by logical ID. Without stacks they are those that certainly will be.
func typesOf(m *model.Model, stacks []*Stack) map[string]string {
	types := map[string]string{}
	if len(stacks) > 0 {
		for id, resource := range Home(stacks).Template.Resources {
			types[id] = resource.Type
		}
		return types
	}
	for _, e := range m.Resources {
		types[e.ID.V] = ""
		if t := e.V.Node.Get("Type"); t != nil {
			types[e.ID.V] = t.Text()
		}
	}
	return types
}

// mayBeDerived says whether a name that no section has may be that of something which will be
// derived, or which stands in a section that could not be read.
func (r *references) mayBeDerived(what, name string) bool {
	for _, section := range sectionsOf[what] {
		if r.s.Unread(section) {
			return true
		}
	}
	if len(r.stacks) > 0 || what == "condition" || what == "mapping" {
		return false
	}
	var stems []string
	for _, k := range r.m.Keys {
		stems = append(stems, k.LogicalID)
	}
	for _, s := range r.m.Secrets {
		stems = append(stems, s.LogicalID)
	}
	stems = append(stems, r.m.UnknownStems()...)
	for _, p := range r.m.Principals {
		stems = append(stems, p.LogicalID+"Role", p.LogicalID+"Policy")
	}
	return slices.ContainsFunc(stems, func(stem string) bool {
		return strings.HasPrefix(name, stem)
	})
}

// sectionsOf are the sections in which something of a kind may stand.
var sectionsOf = map[string][]string{
	"condition": {"conditions"},
	"mapping":   {"mappings"},
	"resource":  {"resources", "secrets", "keys", "principals"},
	"parameter or resource": {
		"parameters", "resources", "secrets", "keys", "principals",
	},
}

// listOf returns the scalars of a list, or a scalar alone.
func listOf(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.IsScalar() {
		return []*yaml.Node{n}
	}
	return n.Items()
}

// conditionOf checks the Condition attribute of a resource or output in CloudFormation's own words.
func (r *references) conditionOf(n *yaml.Node) {
	if c := n.Get("Condition"); c != nil && c.IsScalar() {
		r.condition(c.Span(), c.Text())
	}
}

func (r *references) condition(at source.Span, name string) {
	if _, ok := slices.BinarySearch(r.conditions, name); !ok {
		r.dangling(at, "condition", name, r.conditions, "define it under conditions")
	}
}

// dangling reports a name that nothing of its kind has. otherwise is the hint when no name is
// close.
func (r *references) dangling(at source.Span, what, name string, names []string, otherwise string) {
	if r.mayBeDerived(what, name) {
		return
	}
	for _, other := range r.stacks {
		// what refers to it is in the home stack
		if other.Template.Resources[name] != nil && other.At.Kind == model.ShardStack {
			r.found.Report(diag.AcrossStacks, at).
				Message("%q stands in stack %q, and the home stack's template cannot refer to it",
					name, other.File).
				Related(other.Places[name], "it comes from here").
				Hint("keep the secret in the home stack with shard: base")
			return
		}
	}
	if r.existsElsewhere(at, name, sectionsOf[what]) {
		return
	}
	d := r.found.Report(diag.DanglingReference, at).
		Message("no %s is named %q", what, spec.Text{V: name, Span: at}).
		Hint("%s", otherwise)
	if r.suggestions++; r.suggestions > maxSuggestions {
		return
	}
	near := d.Guess(name, names)
	if text := at.Text(); near != "" && strings.Count(text, name) == 1 {
		d.Fix(at, "%s", strings.Replace(text, name, near, 1))
	}
}

// existsElsewhere reports the logical ID of what exists, but not in this environment.
func (r *references) existsElsewhere(at source.Span, name string, sections []string) bool {
	of := r.m.AbsentResource(name, sections)
	if of == nil {
		return false
	}
	r.found.Report(diag.DanglingReference, at).
		Message("%q comes from %q, which does not exist in %s", name, of.ID,
			diag.Words(english.List(of.Where))).
		SayingWhere().
		Related(of.ID.Span, "it is defined here, for some environments").
		Hint("let it exist everywhere, or write a variable that names in each environment what " +
			"exists there")
	return true
}

// node checks an intrinsic function.
func (r *references) node(n *yaml.Node) {
	argument := n.Pairs()[0].Value
	switch n.Pairs()[0].Key.Text() {
	case "Ref":
		isWrong := n.Tag() != "" && argument.Kind == yaml.Null // which is said where it is read
		if argument.IsScalar() && !isWrong {
			r.ref(argument.Span(), argument.Text())
		}
	case "Fn::GetAtt":
		r.attributeOf(n)
	case "Fn::Sub":
		local := map[string]bool{}
		if len(argument.Items()) == 2 {
			for _, p := range argument.Items()[1].Pairs() {
				local[p.Key.Text()] = true
			}
			argument = argument.Items()[0]
		}
		if argument.IsScalar() {
			r.sub(argument, local)
		}
	case "Fn::If":
		if condition := firstOf(argument, 3); condition != nil {
			r.condition(condition.Span(), condition.Text())
		}
	case "Fn::FindInMap":
		r.mapping(argument)
	case "Condition":
		if argument.IsScalar() {
			r.condition(argument.Span(), argument.Text())
		}
	}
}

// attributeOf checks a Fn::GetAtt. Its argument is a resource and an attribute: one text with a dot
// between them, or a list of the two. Of a short form that is neither, reading the file said so.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html
func (r *references) attributeOf(n *yaml.Node) {
	argument := n.Pairs()[0].Value
	id, attribute, _ := strings.Cut(argument.Text(), ".")
	first := firstOf(argument, 2)
	isWhole := argument.IsScalar() && id != "" && attribute != "" ||
		first != nil && first.Text() != "" && argument.Items()[1].Kind != yaml.Null
	switch {
	case !isWhole && n.Tag() != "":
	case !isWhole:
		r.found.Report(diag.InvalidAttribute, n.Pairs()[0].Key.Span()).
			Message("Fn::GetAtt takes a resource and an attribute").
			Hint("write Resource.Attribute, or a list of the two; for the resource itself, " +
				"write Ref")
	case argument.IsScalar():
		r.getAtt(argument.Span(), id, attribute, "!Ref "+id)
	case argument.Items()[1].IsScalar():
		r.getAtt(first.Span(), first.Text(), argument.Items()[1].Text(), "!Ref "+first.Text())
	}
}

// firstOf returns the first of so many arguments if it is a text, and otherwise nil.
func firstOf(arguments *yaml.Node, many int) *yaml.Node {
	if len(arguments.Items()) != many || !arguments.Items()[0].IsScalar() {
		return nil
	}
	return arguments.Items()[0]
}

// mapping checks the mapping that Fn::FindInMap names.
func (r *references) mapping(arguments *yaml.Node) {
	if len(arguments.Items()) < 2 || !arguments.Items()[0].IsScalar() {
		return
	}
	name := arguments.Items()[0]
	if r.m.Mappings.Get(name.Text()) != nil {
		return
	}
	var names []string
	for _, e := range r.m.Mappings {
		names = append(names, e.ID.V)
	}
	r.dangling(name.Span(), "mapping", name.Text(), names, "define it under mappings")
}

func (r *references) ref(at source.Span, name string) {
	if _, ok := slices.BinarySearch(r.names, name); !ok {
		r.dangling(at, "parameter or resource", name, r.names,
			"name a parameter, a pseudo parameter or a resource of the template")
	}
}

// getAtt checks an attribute of a resource. ref is how a Ref to the resource is written there.
func (r *references) getAtt(at source.Span, id, attribute, ref string) {
	if attribute == "" {
		return // a short form of another mistake
	}
	resourceType, ok := r.types[id]
	if !ok {
		r.dangling(at, "resource", id, r.resources, nameAResource)
		return
	}
	known, derived := attributes[resourceType]
	if !derived || slices.Contains(known, attribute) {
		return
	}
	hint := "write " + ref
	if len(known) > 0 && resourceType != "AWS::SecretsManager::Secret" {
		hint = "write one of " + strings.Join(known, ", ")
	}
	if resourceType == "AWS::SecretsManager::Secret" {
		hint += ", which is its ARN"
	}
	r.found.Report(diag.InvalidAttribute, at).
		Message("a resource of type %s has no attribute %q", resourceType, attribute).
		Hint("%s", hint)
}

// sub checks the ${…} of a Fn::Sub.
func (r *references) sub(template *yaml.Node, local map[string]bool) {
	for part := range cfn.SubParts(template.Text()) {
		name := part.Name
		if name == "" || local[name] {
			continue
		}
		at := within(template.Span(), "${"+name+"}")
		id, attribute, dotted := strings.Cut(name, ".")
		if dotted {
			r.getAtt(at, id, attribute, "${"+id+"}")
			continue
		}
		r.ref(at, name)
	}
}

// within narrows a span to the first place of a text in it, if the text stands there as it is.
func within(s source.Span, text string) source.Span {
	i := strings.Index(s.Text(), text)
	if i < 0 {
		return s
	}
	return source.Span{File: s.File, Start: s.Start + int32(i), End: s.Start + int32(i+len(text))}
}
