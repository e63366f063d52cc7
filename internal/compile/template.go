package compile

import (
	"bytes"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// IsTemplate says whether a file is a CloudFormation template, not a spec. It looks at the names of the top-level properties, up to the first one that only
// the one or the other has, and does not ask whether the rest can be read.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
func IsTemplate(file *source.File) bool {
	for name := range topLevel(file.Data) {
		switch name {
		case "AWSTemplateFormatVersion", "Resources":
			return true
		case "version", "stack", "secrets":
			return false
		}
	}
	return false
}

// ofSpecs are top-level properties that are seldom anything but those of a spec, and ofOthers such as
// other tools' files have and no spec.
var (
	ofSpecs  = []string{"stack", "secrets", "grants", "principals", "keys", "assert", "silence", "deployer"}
	ofOthers = []string{
		"AWSTemplateFormatVersion", "Resources", "Transform", "apiVersion", "kind", "services", "jobs", "on", "repos", "image", "images", "stages", "steps",
		"phases", "provider", "plugins", "openapi", "swagger", "pipeline", "pipelines", "hosts", "tasks", "name", "dependencies",
	}
)

// LooksLikeSpec says whether a file that nobody has named, in a directory, is a spec: it has a
// top-level property of the language, and none of another tool's files.
func LooksLikeSpec(file *source.File) bool {
	is := false
	for name := range topLevel(file.Data) {
		if slices.Contains(ofOthers, name) {
			return false
		}
		is = is || slices.Contains(ofSpecs, name)
	}
	return is
}

// ReadTemplate reads a CloudFormation template that others wrote, in JSON or YAML. Resources and outputs are verbatim; sections that say nothing of
// resources (Rules, Hooks) are left out. The template is nil where the file cannot be read; otherwise what is wrong in it is left out.
//
// A tag that no function has makes a cfn.Unread of its value. In Metadata, and in a resource of a type that says nothing of secrets and who may use them, the
// tag is left out.
//
// Plain yes, no, on and off are booleans, since CloudFormation reads YAML 1.1; numbers keep their text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func ReadTemplate(file *source.File) (*cfn.Template, diag.List) {
	return ReadTemplateMasked(file, &source.Masks{})
}

// ReadTemplateMasked is ReadTemplate. The masks hide what must not be shown of the file.
func ReadTemplateMasked(file *source.File, masks *source.Masks) (*cfn.Template, diag.List) {
	root, found := yaml.ParseTemplate(file)
	if root == nil {
		spec.MaskText(file, masks)
		return nil, found
	}
	masks.Later(func(m *source.Masks) { spec.MaskTemplate(root, m) })
	return readTemplate(root, found)
}

// readTemplate makes a template of a document.
func readTemplate(root *yaml.Node, found diag.List) (*cfn.Template, diag.List) {
	root.Walk(oldBoolean)
	r := templateReader{t: &cfn.Template{Resources: map[string]*cfn.Resource{}, Outputs: map[string]*cfn.Output{}}, found: found}
	for _, p := range root.Pairs {
		r.section(p.Key.Text, p.Value)
	}
	if root.Get("Resources") == nil {
		r.found.Report(diag.MissingProperty, root.Span).
			Message("a template has Resources, and there are none").
			Hint("give a CloudFormation template")
	}
	return r.t, r.found.Sorted()
}

// oldBoolean makes a boolean of a plain text that is one in YAML 1.1. https://yaml.org/type/bool.html
func oldBoolean(n *yaml.Node) {
	if n.Kind != yaml.String || n.Quoted {
		return
	}
	switch n.Text {
	case "yes", "Yes", "YES", "on", "On", "ON":
		n.Kind, n.Text = yaml.Bool, "true"
	case "no", "No", "NO", "off", "Off", "OFF":
		n.Kind, n.Text = yaml.Bool, "false"
	}
}

// templateReader is a template while it is being read.
type templateReader struct {
	t     *cfn.Template
	found diag.List
}

func (r *templateReader) section(name string, n *yaml.Node) {
	switch name {
	case "Description":
		r.t.Description = n.Text
	case "Metadata":
		r.t.Metadata, _ = model.CloudFormation(n).(cfn.Object)
	case "Parameters":
		r.t.Parameters = r.object(name, n)
	case "Mappings":
		r.t.Mappings = r.object(name, n)
	case "Globals":
		r.t.Globals = r.object(name, n)
	case "Conditions":
		r.t.Conditions = r.object(name, n)
	case "Transform":
		r.t.Transform = transforms(n)
	case "Resources":
		r.resources(n)
	case "Outputs":
		for _, m := range r.object(name, n) {
			body, ok := m.Value.(cfn.Object)
			if strings.HasPrefix(m.Key, "Fn::ForEach::") { // as resources: the loop is a member of its own name
				body, ok = cfn.Object{m}, true
			}
			if ok {
				r.t.Outputs[m.Key] = &cfn.Output{Verbatim: body}
			}
		}
	}
}

// object reads a section that is a mapping.
func (r *templateReader) object(name string, n *yaml.Node) cfn.Object {
	o, ok := model.CloudFormationWith(n, unreadTag).(cfn.Object)
	if !ok && n.Kind != yaml.Null {
		r.found.Report(diag.WrongType, n.Span).
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
	for _, p := range n.Pairs {
		kind := ""
		if t := p.Value.Get("Type"); t != nil {
			kind = t.Text
		}
		instead := unreadTag
		if kind != "" && !isReadType(kind) {
			instead = nil
		}
		value := model.CloudFormationWith(p.Value, instead)
		body, ok := value.(cfn.Object)
		if !ok {
			body = cfn.Object{{Key: p.Key.Text, Value: value}}
		}
		r.t.Resources[p.Key.Text] = &cfn.Resource{Type: kind, Verbatim: body}
	}
}

// readTypes are the types of resources that say what exists and who may use it. What begins with one
// of those that end in a colon is of its family.
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
	return cfn.Unread{Unknown: cfn.Unknown{What: "tag", Name: tag, Shown: tag + " …"}}, tag != ""
}

// transforms reads the names of the macros that rewrite the template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html
func transforms(n *yaml.Node) []string {
	switch n.Kind {
	case yaml.Null:
		return nil
	case yaml.Seq:
		var all []string
		for _, item := range n.Items {
			all = append(all, transforms(item)...)
		}
		return all
	case yaml.Map:
		if name := n.Get("Name"); name != nil {
			return []string{name.Text}
		}
	}
	return []string{n.Text}
}

// topLevel yields the names of the top-level properties of JSON or YAML, as far as they can be told without reading it.
func topLevel(data []byte) func(yield func(string) bool) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return func(yield func(string) bool) {
		indentation := -1
		for line := range bytes.Lines(data) {
			text := bytes.TrimLeft(line, " \t")
			if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' || bytes.HasPrefix(line, []byte("---")) {
				continue
			}
			if indentation < 0 {
				if text[0] == '{' {
					inBraces(data[bytes.IndexByte(data, '{')+1:], yield)
					return
				}
				indentation = len(line) - len(text)
			}
			name, _, found := bytes.Cut(text, []byte(":"))
			if found && len(line)-len(text) == indentation && !yield(string(bytes.Trim(name, " \t\"'"))) {
				return
			}
		}
	}
}

// inBraces yields the keys of a collection in braces, of which the first is left out.
func inBraces(data []byte, yield func(string) bool) {
	depth, start := 0, 0 // start is where the text before a colon may begin
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case '"', '\'':
			for i++; i < len(data) && data[i] != c; i++ {
				if data[i] == '\\' && c == '"' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				start = i + 1
			}
		case ':':
			if depth == 0 && start >= 0 {
				if !yield(string(bytes.Trim(data[start:i], " \t\r\n\"'"))) {
					return
				}
				start = -1
			}
		}
		if depth < 0 {
			return
		}
	}
}
