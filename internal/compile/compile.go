// Package compile knows the order of the passes and how a placed model becomes CloudFormation resources, one file per AWS service. It
// knows nothing of files, flags or terminals.
package compile

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Result is what a compilation gives. Stacks is empty when Diagnostics has errors, and when the spec
// creates nothing; the Plan then still says what others must do.
type Result struct {
	Diagnostics diag.List // sorted, silenced ones left out
	Masks       *source.Masks
	Name        string // the spec's stack name
	Stacks      []*lower.Stack
	Plan        plan.Plan           // to be completed once the templates are written
	Estate      *access.Estate      // what the spec makes of the accounts; nil for a spec with errors
	Proved      []*lower.Stack      // whose templates the estate was loaded from
	Sets        map[string][]string // the ids of the members of the spec's sets of principals

	shardsAt source.Span // what decides how the secrets are spread over stacks
	silent   bool        // the spec silences what Moves finds
}

// Parameters are values of parameters of the templates. They change what is proved, never a
// template.
type Parameters = prove.Parameters

// Compile runs every pass over the files of one spec. Later passes run as far as what they need is
// sound: placement needs a model without errors, and the proof needs templates within
// CloudFormation's limits.
func Compile(files []*source.File, parameters Parameters) Result {
	s, masks, found := spec.Load(files)
	r := Result{Masks: masks}
	if s == nil {
		r.Diagnostics = found.Sorted()
		return r
	}
	r.Name, r.shardsAt = s.Stack.V, shardsAt(s.Shards.Span, s.Stack.Span)
	r.silent = slices.ContainsFunc(s.Silence, func(e spec.Silence) bool { return e.Code.V == diag.SecretsMove.Number })
	m, list := model.Resolve(s)
	found = append(found, list...)
	found = append(found, lower.TooManyResources(m, s.Stack.Span)...)
	if !found.HasErrors() {
		permissions := grants.Derive(m)
		placement, list := grants.Place(permissions)
		found = append(found, list...)
		placed := !list.HasErrors()
		stacks, list := lower.Lower(m, placement)
		found = append(found, list...)
		placed = placed && !list.HasErrors()
		list = lower.Verify(m, stacks, s.Stack.Span)
		found = append(found, list...)
		placed = placed && !lower.IsOver(list) // which nobody can deploy
		if placed {                            // what could not be placed, or written, does not work, and that is said
			d := prove.Deploy(m, stacks, placement)
			r.Estate, r.Sets = d.Load(parameters), m.Sets()
			r.Proved = stacks
			found = append(found, prove.Prove(m, permissions, d, parameters, r.Estate)...)
		}
		found = append(found, prove.PublicStatements(m, lower.Home(stacks).Template)...)
		found = append(found, lower.References(s, m, stacks)...)
		for _, stack := range stacks {
			if len(stack.Template.Resources) > 0 { // CloudFormation refuses an empty template
				r.Stacks = append(r.Stacks, stack)
			}
		}
		r.Plan = plan.Make(m, r.Stacks, placement)
	}
	found = silence(s, m, found)
	if found.HasErrors() {
		if !onlyOfProof(found) {
			r.Estate, r.Proved = nil, nil
		}
		r.Stacks, r.Plan = nil, plan.Plan{}
	}
	r.Diagnostics = found.Sorted()
	return r
}

// Moves says which secrets stand in other stacks than they did: see plan.Plan.Moves.
func (r Result) Moves(before map[string]string) diag.List {
	if r.silent || r.Diagnostics.HasErrors() {
		return nil
	}
	return r.Plan.Moves(r.Stacks, before, r.shardsAt)
}

// shardsAt returns the place that decides how secrets are spread.
func shardsAt(shards, stack source.Span) source.Span {
	if shards.IsZero() {
		return stack
	}
	return shards
}

// onlyOfProof says whether all errors are such of the proof: a grant that does not work, an assertion that fails, a statement that lets everybody in. The templates exist then, and can be asked why.
func onlyOfProof(found diag.List) bool {
	return !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
		return d.Code.Severity == diag.Error && d.Code != diag.GrantDoesNotWork && d.Code != diag.AssertionFails && d.Code != diag.PublicStatement
	})
}

// PermissionsText writes what a spec grants, a sentence a line, before any policy says so. It is empty for a spec with errors.
func PermissionsText(files []*source.File) string {
	s, _, found := spec.Load(files)
	if s == nil {
		return ""
	}
	m, list := model.Resolve(s)
	if append(found, list...).HasErrors() {
		return ""
	}
	var b strings.Builder
	for _, p := range grants.Derive(m).List {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}
