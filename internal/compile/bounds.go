package compile

import (
	"fmt"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
)

// tooManyResources finds the stacks that have more resources than CloudFormation accepts whatever the
// grants of the spec come to, before anything is derived from these: each secret, key, alias and role
// that is created is one, and so is what is rotated, and what the spec has in CloudFormation's own
// words. The finished template may have more.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
func tooManyResources(m *model.Model, at source.Span) diag.List {
	least := map[model.Stack]int{model.Home: len(m.Resources)}
	for _, s := range m.Secrets {
		if s.Import == model.NotImported {
			least[m.StackOf(s)]++
		}
		if s.Rotation != nil {
			least[m.StackOf(s)]++
		}
	}
	for _, k := range m.Keys {
		if k.Imported {
			continue
		}
		least[model.Home]++
		if k.AliasName != "" {
			least[model.Home]++
		}
	}
	for _, p := range m.Principals {
		if p.Kind == model.CreatedRole {
			least[model.Home]++
		}
	}
	stacks := make([]model.Stack, 0, len(least))
	for stack := range least {
		stacks = append(stacks, stack)
	}
	slices.SortFunc(stacks, compareStacks)
	var found diag.List
	for _, stack := range stacks {
		if f := cfn.AtLeast(cfn.Resources, least[stack]); f != nil {
			h := &builder{m: m, at: stack}
			found = append(found, h.limitFinding(*f, at))
		}
	}
	return found
}

// isOver says whether a template is over a limit, so that there is nothing to prove of it.
func isOver(found diag.List) bool {
	return slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == diag.TemplateLimit })
}

// limitFinding says that a stack is over a limit, at the place of what is too large, or else at the
// name of the stack.
func (h *builder) limitFinding(f cfn.Finding, stack source.Span) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.TemplateLimit, Span: stack, Message: f.Message}
	if h.at != model.Home {
		d.Message = fmt.Sprintf("stack \"%s\": %s", h.m.StackFile(h.at), f.Message)
	}
	if at, ok := h.places[f.LogicalID]; ok {
		d.Span = at
	}
	d.Hint = h.limitHint(f)
	if f.Kind == cfn.BodyInRequest {
		d.Code = diag.TemplateNeedsS3
	}
	return d
}
