// Package compile knows the order of the passes and how a placed model becomes CloudFormation resources, one file per AWS service. It
// knows nothing of files, flags or terminals.
package compile

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Stack is one CloudFormation stack to deploy.
type Stack struct {
	Name            string
	Kind            string // keys, home, shard or access
	Account, Region string // empty where the spec does not state them
	File            string // the template's file name without extension, e.g. "payments" or "payments-keys.us-east-1"
	Template        *cfn.Template
}

// Result is what a compilation gives. Stacks is empty when Diagnostics has errors, and when the spec creates nothing; the Plan then still
// says what others must do.
type Result struct {
	Diagnostics diag.List // sorted, silenced ones left out
	Masks       *source.Masks
	Name        string // the spec's stack name
	Stacks      []Stack
	Plan        Plan // without what depends on how the templates are written

	estate   *access.Estate // also of a spec whose only errors are of the proof
	proved   []Stack        // whose templates the estate was loaded from
	sets     map[string][]string
	shardsAt source.Span // what decides how the secrets are spread over stacks
	silent   bool        // the spec silences what Moves finds
}

// Compile runs every pass over the files of one spec. Later passes run as far as what they need is sound: placement needs a model
// without errors, and the proof needs templates within CloudFormation's limits.
func Compile(files []*source.File) Result { return CompileWith(files, nil) }

// CompileWith is Compile with values of parameters of the templates. They change what is proved, never a template.
func CompileWith(files []*source.File, parameters Parameters) Result {
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
	found = append(found, tooManyResources(m, s.Stack.Span)...)
	if !found.HasErrors() {
		permissions := grants.Derive(m)
		placement, list := grants.Place(permissions)
		found = append(found, list...)
		placed := !list.HasErrors()
		stacks, list := lower(m, placement)
		found = append(found, list...)
		placed = placed && !list.HasErrors()
		list = verify(s.Stack.Span, stacks)
		found = append(found, list...)
		placed = placed && !isOver(list) // which nobody can deploy
		if placed {                      // what could not be placed, or written, does not work, and that is said
			d := newDeployment(m, stacks, placement)
			r.estate, r.sets = d.load(parameters), m.Sets()
			for _, h := range stacks {
				r.proved = append(r.proved, h.stack())
			}
			found = append(found, prove(m, permissions, d, parameters, r.estate)...)
		}
		found = append(found, publicStatements(m, sectionsOf(stacks))...)
		found = append(found, checkReferences(s, stacks)...)
		stacks = slices.DeleteFunc(stacks, func(h *builder) bool { return len(h.t.Resources) == 0 }) // CloudFormation refuses such a template
		for _, h := range stacks {
			r.Stacks = append(r.Stacks, h.stack())
		}
		r.Plan = plan(m, stacks, placement)
	}
	found = silence(s, m, found)
	if found.HasErrors() {
		if !onlyOfProof(found) {
			r.estate, r.proved = nil, nil
		}
		r.Stacks, r.Plan = nil, Plan{}
	}
	r.Diagnostics = found.Sorted()
	return r
}

// onlyOfProof says whether all errors are such of the proof: a grant that does not work, an assertion that fails, a statement that lets everybody in. The templates exist then, and can be asked why.
func onlyOfProof(found diag.List) bool {
	return !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
		return d.Code.Severity == diag.Error && d.Code != diag.GrantDoesNotWork && d.Code != diag.AssertionFails && d.Code != diag.PublicStatement
	})
}

// verify checks the finished templates.
func verify(at source.Span, stacks []*builder) diag.List {
	var found diag.List
	empty := true
	for _, h := range stacks {
		found = append(found, h.verify(at)...)
		empty = empty && len(h.t.Resources) == 0
	}
	if empty {
		found.Report(diag.EmptyTemplate, at).
			Message("the spec creates nothing, so that there is no template to deploy").
			Hint("add what shall be created, or grants that attach policies; what others must do stands in the plan")
	}
	return found
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
