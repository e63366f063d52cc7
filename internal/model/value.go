package model

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// jsonNumber is the grammar of JSON's numbers. What YAML reads as a number and JSON does not
// (012345678901, 0x1F, 1_000) stays the text that was written.
// https://www.rfc-editor.org/rfc/rfc8259#section-6
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// CloudFormation returns a node as a value of a template.
func CloudFormation(n *spec.Node) any { return CloudFormationWith(n, nil) }

// CloudFormationWith returns a node as a value of a template. Where instead, which may be nil, has
// a value for a node, the node and what is below it stand as this value.
func CloudFormationWith(n *spec.Node, instead func(*spec.Node) (any, bool)) any {
	if instead != nil {
		if v, ok := instead(n); ok {
			return v
		}
	}
	switch n.Kind {
	case spec.Null:
		return nil
	case spec.Bool:
		return n.Text[0] == 't' || n.Text[0] == 'T'
	case spec.Int, spec.Float:
		if jsonNumber.MatchString(n.Text) {
			return json.Number(n.Text)
		}
		return n.Text
	case spec.Map:
		if attribute := dottedAttribute(n); attribute != nil {
			return attribute
		}
		o := make(cfn.Object, len(n.Pairs))
		for i, p := range n.Pairs {
			o[i] = cfn.Member{Key: p.Key.Text, Value: CloudFormationWith(p.Value, instead)}
		}
		return o
	case spec.Seq:
		l := make([]any, len(n.Items))
		for i, item := range n.Items {
			l[i] = CloudFormationWith(item, instead)
		}
		return l
	}
	return n.Text
}

// dottedAttribute returns a Fn::GetAtt whose argument is written as one text with a dot as the list
// that JSON templates need, or nil.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html
func dottedAttribute(n *spec.Node) cfn.Object {
	if len(n.Pairs) != 1 || n.Pairs[0].Key.Text != "Fn::GetAtt" ||
		n.Pairs[0].Value.Kind != spec.String {
		return nil
	}
	resource, attribute, found := strings.Cut(n.Pairs[0].Value.Text, ".")
	if !found {
		return nil
	}
	return cfn.Object{{Key: "Fn::GetAtt", Value: []any{resource, attribute}}}
}

// text returns a value as a text or a placeholder; an unset value is empty.
func text(v spec.Value) string {
	if !v.Set() {
		return ""
	}
	if literal, ok := v.Literal(); ok {
		return literal
	}
	return cfn.Intrinsic(CloudFormation(v.Node))
}

// object returns verbatim JSON.
func object(r spec.Raw) cfn.Object {
	if !r.Set() {
		return nil
	}
	return CloudFormation(r.Node).(cfn.Object)
}

func texts(list []spec.Text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.V)
	}
	return out
}

func values(list []spec.Value) []string {
	var out []string
	for _, v := range list {
		out = append(out, text(v))
	}
	return out
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// isEmpty says whether a list was written and has nothing in it. One that was not written, or
// rejected, is nil.
func isEmpty[T any](list spec.List[T]) bool { return list != nil && len(list) == 0 }

// first returns where a list begins, if anything is in it.
func first(list spec.List[spec.Text]) source.Span {
	if len(list) == 0 {
		return source.Span{}
	}
	return list[0].Span
}
