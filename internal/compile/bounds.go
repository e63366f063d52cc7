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

// isOver says whether a template is over a limit, so that there is nothing to prove of it.
func isOver(found diag.List) bool {
	return slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == diag.TemplateLimit })
}

// limitFinding says that a stack is over a limit, at the place of what is too large, or else at the
// name of the stack.
func (h *builder) limitFinding(f cfn.Finding, stack source.Span) diag.Diagnostic {
	d := diag.Report(diag.TemplateLimit, stack).Hint("%s", h.limitHint(f))
	if h.at != model.Home {
		d.And("stack %q: ", h.m.StackFile(h.at))
	}
	d.And("%s", f.Message)
	if at, ok := h.places[f.LogicalID]; ok {
		d.Span = at
	}
	if f.Kind == cfn.BodyInRequest {
		d.Code = diag.TemplateNeedsS3
	}
	return *d
}

// What the assertions of a spec may ask at most.
const (
	mostAsked = 3_000_000 // whether a principal can do a verb with a secret
	mostShown = 10_000    // statements of how many of these are looked for, where it should not be so
	mostGiven = 20_000    // principals and secrets in the estates that values of parameters are given for
)

// assertionBound counts what assertions ask.
type assertionBound struct {
	worlds, estate int // the size of what is asked
	asked, given   int
	seen           map[string]bool // what was given
}

// add counts an assertion. It says whether all that have been counted ask for too much, and what to
// report then.
func (b *assertionBound) add(a *model.Assertion, everybody int) (diag.Diagnostic, bool) {
	who := len(a.Principals) * len(a.Verbs)
	if a.Claim == model.OnlyReadableBy {
		who = everybody
	}
	b.asked += b.worlds * who * len(a.Secrets)
	if key := fmt.Sprint(a.Given); len(a.Given) > 0 && !b.seen[key] {
		if b.seen == nil {
			b.seen = map[string]bool{}
		}
		b.seen[key] = true
		b.given += b.estate
	}
	d := diag.Report(diag.TooMany, a.Span)
	switch {
	case b.asked > mostAsked:
		d.Message("the assertions up to this one ask more than 3,000,000 times whether somebody can do something").
			Hint("name fewer principals, verbs or secrets, or divide the spec in several")
	case b.given > mostGiven:
		d.Message("the assertions up to this one state too many values of parameters: all is evaluated anew for each").
			Hint("assert it for fewer values, or divide the spec in several")
	default:
		return diag.Diagnostic{}, false
	}
	return *d, true
}
