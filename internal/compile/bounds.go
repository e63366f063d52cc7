package compile

import (
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// OverLimits finds that a template of anybody has more resources than CloudFormation accepts, so that
// it cannot be deployed and there is nothing to ask it. The place is the beginning of its file.
func OverLimits(t *cfn.Template, file *source.File) diag.List {
	f := t.ResourcesOver()
	if f == nil {
		return nil
	}
	return diag.List{*diag.Report(diag.TemplateLimit, source.Span{File: file}).
		Message("%s", f.Message).
		Hint("CloudFormation refuses it: give the templates into which it is divided")}
}
