package ask

import (
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// ReadTemplate reads a CloudFormation template that others wrote: see cfn.Read. The masks hide what
// must not be shown of the file. The template is nil where the file cannot be read; one that has
// more resources than CloudFormation accepts is an error.
func ReadTemplate(file *source.File, masks *source.Masks) (*cfn.Template, diag.List) {
	root, found := yaml.ParseTemplate(file)
	if root == nil {
		spec.MaskText(file, masks)
		return nil, found
	}
	masks.Later(func(m *source.Masks) { // most runs show nothing, and the tree is large
		root, _ := yaml.ParseTemplate(file)
		cfn.Read(root, nil) // which makes the booleans of YAML 1.1 what they are
		spec.MaskTemplate(root, m)
	})
	t, found := cfn.Read(root, found)
	return t, append(found, overLimits(t, file)...)
}

// Read is what ReadTemplate gives of a file.
type Read struct {
	Template *cfn.Template
	Found    diag.List
	Masks    source.Masks
}

// ReadTemplates is ReadTemplate of several files, on all processors.
func ReadTemplates(files []*source.File) []Read {
	all := make([]Read, len(files))
	parallel.Each(len(files), func(i int) {
		one := &all[i]
		one.Template, one.Found = ReadTemplate(files[i], &one.Masks)
	})
	return all
}

// overLimits finds that a template of anybody has more resources than CloudFormation accepts, so
// that it cannot be deployed and there is nothing to ask it. The place is the beginning of its
// file.
func overLimits(t *cfn.Template, file *source.File) diag.List {
	f := t.ResourcesOver()
	if f == nil {
		return nil
	}
	return diag.List{*diag.Report(diag.TemplateLimit, source.Span{File: file}).
		Message("%s", f.Message).
		Hint("CloudFormation refuses it: give the templates into which it is divided")}
}
