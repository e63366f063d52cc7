package cfn

import (
	"encoding/json"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/yaml"
)

// jsonNumber is the grammar of JSON's numbers. What YAML reads as a number and JSON does not
// (012345678901, 0x1F, 1_000) stays the text that was written.
// https://www.rfc-editor.org/rfc/rfc8259#section-6
var jsonNumber = lazy.Regexp(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// IsJSONNumber says whether a text is a number in JSON.
func IsJSONNumber(text string) bool { return jsonNumber.MatchString(text) }

// ValueOf returns a node as a value of a template.
func ValueOf(n *yaml.Node) any { return ValueOfWith(n, nil) }

// ValueOfWith returns a node as a value of a template. Where instead, which may be nil, has a value
// for a node, the node and what is below it stand as this value.
func ValueOfWith(n *yaml.Node, instead func(*yaml.Node) (any, bool)) any {
	if instead != nil {
		if v, ok := instead(n); ok {
			return v
		}
	}
	switch n.Kind {
	case yaml.Null:
		return nil
	case yaml.Bool:
		return n.Text()[0] == 't' || n.Text()[0] == 'T'
	case yaml.Int, yaml.Float:
		if IsJSONNumber(n.Text()) {
			return json.Number(n.Text())
		}
		return n.Text()
	case yaml.Map:
		if attribute := dottedAttribute(n); attribute != nil {
			return attribute
		}
		o := make(Object, len(n.Pairs()))
		for i, p := range n.Pairs() {
			o[i] = Member{p.Key.Text(), ValueOfWith(p.Value, instead)}
		}
		return o
	case yaml.Seq:
		l := make([]any, len(n.Items()))
		for i, item := range n.Items() {
			l[i] = ValueOfWith(item, instead)
		}
		return l
	}
	return n.Text()
}

// dottedAttribute returns a Fn::GetAtt whose argument is written as one text with a dot as the list
// that JSON templates need, or nil.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html
func dottedAttribute(n *yaml.Node) Object {
	if len(n.Pairs()) != 1 || n.Pairs()[0].Key.Text() != "Fn::GetAtt" ||
		n.Pairs()[0].Value.Kind != yaml.String {
		return nil
	}
	resource, attribute, found := strings.Cut(n.Pairs()[0].Value.Text(), ".")
	if !found {
		return nil
	}
	return Object{{"Fn::GetAtt", []any{resource, attribute}}}
}
