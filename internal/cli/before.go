package cli

import (
	"path/filepath"
	"strings"

	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
)

// templatesBefore returns the templates that an earlier run has written where a result goes, as its
// plan lists them. What cannot be read says nothing: writing over it will tell. A template that is
// not going to change is that of the result, and is not read again.
func (p *program) templatesBefore(l *loaded, r compile.Result, to target) []change.Stack {
	if len(r.Stacks) == 0 {
		return nil
	}
	dir, err := p.openTarget(to)
	if err != nil {
		return nil
	}
	defer dir.close()
	data, err := dir.plain(plan.FileName, maxPlanSize)
	if err != nil {
		return nil
	}
	artifacts, err := l.render(r, to)
	if err != nil {
		return nil
	}
	written, err := l.planIn(to, data)
	if err != nil {
		return nil
	}
	var out []change.Stack
	for _, s := range written.Stacks {
		if !s.isOurs() {
			continue
		}
		if one := templateBefore(dir, s, r, artifacts); one.Template != nil {
			out = append(out, one)
		}
	}
	return out
}

// templateBefore reads a template of an earlier run.
func templateBefore(
	dir *directory, s plannedTemplate, r compile.Result, artifacts []plan.File,
) change.Stack {
	out := change.Stack{File: strings.TrimSuffix(s.Template, filepath.Ext(s.Template)),
		Name: s.Name, Account: s.Account, Region: s.Region}
	info, err := dir.root.Lstat(s.Template)
	if err != nil || !info.Mode().IsRegular() {
		return out
	}
	for i, a := range artifacts[:len(r.Stacks)] {
		if a.Name == s.Template && a.Size <= maxTemplateSize && dir.holds(a.Name, a) {
			out.Template = r.Stacks[i].Template
			return out
		}
	}
	data, err := dir.read(s.Template, maxTemplateSize)
	if err != nil {
		return out
	}
	t, found := ask.ReadTemplate(source.New(s.Template, data), &source.Masks{})
	if !found.HasErrors() {
		out.Template = t
	}
	return out
}
