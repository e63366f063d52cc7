package cfn

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Read makes a template of a document that others wrote, in JSON or YAML. Resources and outputs are
// verbatim; sections that say nothing of resources (Hooks) are left out, and so is what is
// wrong. found is what was found in the text; what is found in the template is added to it.
//
// A tag that no function has makes an Unread of its value. In Metadata, and in a resource of a type
// that says nothing of secrets and who may use them, the tag is left out.
//
// Plain yes, no, on and off are booleans, since CloudFormation reads YAML 1.1; numbers keep their
// text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func Read(root *yaml.Node, found diag.List) (*Template, diag.List) {
	root.Walk(oldBoolean)
	r := templateReader{t: &Template{Resources: map[string]*Resource{},
		Outputs: map[string]*Output{}}, found: found}
	for _, p := range root.Pairs() {
		r.section(p.Key.Text(), p.Value)
	}
	if root.Get("Resources") == nil {
		r.found.Report(diag.MissingProperty, root.Span()).
			Message("a template has Resources, and there are none").
			Hint("give a CloudFormation template")
	}
	r.t.Finish()
	return r.t, r.found.Sorted()
}

// oldBoolean makes a boolean of a plain text that is one in YAML 1.1.
// https://yaml.org/type/bool.html
func oldBoolean(n *yaml.Node) {
	if n.Kind != yaml.String || n.Quoted {
		return
	}
	switch n.Text() {
	case "yes", "Yes", "YES", "on", "On", "ON":
		n.Kind = yaml.Bool
		n.SetText("true")
	case "no", "No", "NO", "off", "Off", "OFF":
		n.Kind = yaml.Bool
		n.SetText("false")
	}
}

// templateReader is a template while it is being read.
type templateReader struct {
	t     *Template
	found diag.List
}

func (r *templateReader) section(name string, n *yaml.Node) {
	switch name {
	case "Description":
		r.t.Description = n.Text()
	case "Metadata":
		r.t.Metadata, _ = ValueOf(n).(Object)
	case "Parameters":
		r.t.Parameters = r.object(name, n)
	case "Mappings":
		r.t.Mappings = r.object(name, n)
	case "Globals":
		r.t.Globals = r.object(name, n)
	case "Rules":
		r.t.Rules = ValueOf(n)
	case "Conditions":
		r.t.Conditions = r.object(name, n)
	case "Transform", "Fn::Transform":
		r.t.Transform = append(r.t.Transform, transforms(n)...)
		r.t.Macros = append(r.t.Macros, ValueOf(n))
	case "Resources":
		r.resources(n)
	case "Outputs":
		for _, m := range r.object(name, n) {
			body, ok := m.Value.(Object)
			// as resources: the loop is a member of its own name
			if strings.HasPrefix(m.Key, "Fn::ForEach::") {
				body, ok = Object{m}, true
			}
			if ok {
				r.t.Outputs[m.Key] = &Output{Verbatim: body}
			}
		}
	}
}

// object reads a section that is a mapping.
func (r *templateReader) object(name string, n *yaml.Node) Object {
	o, ok := ValueOfWith(n, unreadTag).(Object)
	if !ok && n.Kind != yaml.Null {
		r.found.Report(diag.WrongType, n.Span()).
			Message("%s is a mapping", name).
			Hint("see the section's page in the CloudFormation documentation")
	}
	return o
}

// resources reads the resources. What is no resource, such as a loop (Fn::ForEach), has no type.
func (r *templateReader) resources(n *yaml.Node) {
	if n.Kind != yaml.Map {
		r.object("Resources", n) // says so
		return
	}
	for _, p := range n.Pairs() {
		kind := ""
		if t := p.Value.Get("Type"); t != nil {
			kind = t.Text()
		}
		instead := unreadTag
		if kind != "" && !isReadType(kind) {
			instead = nil
		}
		value := ValueOfWith(p.Value, instead)
		body, ok := value.(Object)
		if !ok {
			body = Object{{Key: p.Key.Text(), Value: value}}
		}
		r.t.Resources[p.Key.Text()] = &Resource{Type: kind, Verbatim: body}
	}
}

// readTypes are the types of resources that say what exists and who may use it. What begins with
// one of those that end in a colon is of its family.
var readTypes = []string{
	"AWS::IAM::", "AWS::KMS::", "AWS::SecretsManager::", "AWS::Serverless::", "AWS::SSO::",
	"AWS::Organizations::Policy", "AWS::CloudFormation::Stack", "AWS::EC2::VPCEndpoint",
}

// isReadType says whether resources of a type are read for what they allow.
func isReadType(kind string) bool {
	return slices.ContainsFunc(readTypes, func(a string) bool {
		return kind == a || strings.HasSuffix(a, ":") && strings.HasPrefix(kind, a)
	})
}

// unreadTag returns what stands for a value with a tag that no function has: nobody can read it.
func unreadTag(n *yaml.Node) (any, bool) {
	tag := n.UnknownTag()
	if tag == "" {
		return nil, false
	}
	return Unread{Unknown: Unknown{What: "tag", Name: tag, Shown: tag + " …"}}, true
}

// transforms reads the names of the macros that rewrite the template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html
func transforms(n *yaml.Node) []string {
	switch n.Kind {
	case yaml.Null:
		return nil
	case yaml.Seq:
		var all []string
		for _, item := range n.Items() {
			all = append(all, transforms(item)...)
		}
		return all
	case yaml.Map:
		if name := n.Get("Name"); name != nil {
			return []string{name.Text()}
		}
	}
	return []string{n.Text()}
}

// ReadTree returns all that stands in a template or another file in JSON or YAML, in its order,
// for showing it. It is false for a file that has an error, is no mapping, or has more than most
// bytes of text where its aliases are written out.
func ReadTree(file *source.File, most int) (Object, bool) {
	root, found := yaml.ParseTemplate(file)
	if root == nil || found.HasErrors() || root.Kind != yaml.Map || textOf(root, most) < 0 {
		return nil, false
	}
	tree, ok := ValueOf(root).(Object)
	return tree, ok
}

// textOf returns how much of a number of bytes the texts in a node leave; less than 0: they are
// more.
func textOf(n *yaml.Node, left int) int {
	left -= len(n.Text())
	for _, p := range n.Pairs() {
		if left < 0 {
			return left
		}
		left = textOf(p.Value, left-len(p.Key.Text()))
	}
	for _, item := range n.Items() {
		if left < 0 {
			return left
		}
		left = textOf(item, left)
	}
	return left
}
