package compile

import (
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// ReadTree returns all that stands in a template or another file in JSON or YAML, in its order, for
// showing it. It is false for a file that has an error or is no mapping.
func ReadTree(file *source.File) (cfn.Object, bool) {
	root, found := spec.ParseTemplate(file)
	if root == nil || found.HasErrors() || root.Kind != spec.Map {
		return nil, false
	}
	tree, ok := model.CloudFormation(root).(cfn.Object)
	return tree, ok
}
