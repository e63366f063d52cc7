package compile

import (
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// ReadTree returns all that stands in a template or another file in JSON or YAML, in its order,
// for showing it. It is false for a file that has an error, is no mapping, or has more than most
// bytes of text where its aliases are written out.
func ReadTree(file *source.File, most int) (cfn.Object, bool) {
	root, found := yaml.ParseTemplate(file)
	if root == nil || found.HasErrors() || root.Kind != yaml.Map || textOf(root, most) < 0 {
		return nil, false
	}
	tree, ok := model.CloudFormation(root).(cfn.Object)
	return tree, ok
}

// textOf returns how much of a number of bytes the texts in a node leave; less than 0: they are
// more.
func textOf(n *yaml.Node, left int) int {
	left -= len(n.Text)
	for _, p := range n.Pairs {
		if left < 0 {
			return left
		}
		left = textOf(p.Value, left-len(p.Key.Text))
	}
	for _, item := range n.Items {
		if left < 0 {
			return left
		}
		left = textOf(item, left)
	}
	return left
}
