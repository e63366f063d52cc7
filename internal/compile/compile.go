// Package compile knows the order of the passes, each with what it needs and gives. It knows
// nothing of what they do, nor of files, flags or terminals.
package compile

import (
	"slices"
	"strings"
	"time"

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

// Result is what the compilation of a spec in one environment gives. Stacks is empty when
// Diagnostics has errors, and when the spec creates nothing; the Plan then still says what others
// must do.
type Result struct {
	Spec        string    // what tells the spec from others that are compiled with it
	Environment string    // empty: the spec has none
	Diagnostics diag.List // sorted, silenced ones left out
	Masks       *source.Masks
	Name        string // the spec's stack name
	Stacks      []*lower.Stack
	Plan        plan.Plan // to be completed once the templates are written
	// what the spec makes of the accounts; nil for a spec with errors
	Estate *access.Estate
	Proved []*lower.Stack      // whose templates the estate was loaded from
	Sets   map[string][]string // the ids of the members of the spec's sets of principals

	stackAt source.Span // where the spec names its stack, or what is instead
	model   *model.Model
	entries []*silenced   // of silence, for what Changes and Ended find
	accepts []spec.Accept // for Changes and Accepted
	planned plan.Plan     // also of a spec with errors of the proof
}

// Parameters are values of parameters of the templates. They change what is proved, never a
// template.
type Parameters = prove.Parameters

// Owners are the specs that make principals and secrets, by the ids that these have in the estate.
type Owners = prove.Owners

// Compile runs every pass over the files of one spec, as far as what they need is sound: for the
// first of its environments, if it has any.
func Compile(files []*source.File, parameters Parameters) Result {
	o := All([]Spec{{Files: files}}, Options{Parameters: parameters})
	r := o.Results[0]
	r.Diagnostics = append(slices.Clone(o.Specs[0].everywhere), r.Diagnostics...).Sorted()
	return r
}

// result is what a compilation has given.
func (c *compilation) result() Result {
	r := Result{Spec: c.name, Environment: c.environment, Masks: c.masks,
		Diagnostics: c.found.Sorted()}
	if c.spec == nil {
		return r
	}
	r.Name, r.stackAt = c.spec.Stack.V, c.spec.Stack.Span
	r.model = c.model
	r.entries, _ = silencedBy(c.spec, c.model)
	r.accepts = c.spec.Accept
	if c.estate != nil && onlyOfProof(c.found) && !c.broken {
		r.Estate, r.Proved, r.Sets = c.estate, c.stacks, c.model.Sets()
		r.planned = c.plan
	}
	if !c.found.HasErrors() && !c.broken {
		r.Stacks, r.Plan = c.deployed, c.plan
	}
	return r
}

// resultSoFar returns a function that gives what the result will be, if nothing is found that
// refuses it. It may be called while passes run.
func (c *compilation) resultSoFar() func() Result {
	r := Result{Spec: c.name, Environment: c.environment, Name: c.spec.Stack.V, Stacks: c.deployed}
	made := c.made
	return func() Result {
		r := r
		r.Plan = made()
		return r
	}
}

// Ended says which grants have ended at a time. Compile reads no clock.
func (r Result) Ended(now time.Time) diag.List {
	if r.model == nil {
		return nil
	}
	return leaveOut(r.entries, model.Ended(r.model, now))
}

// onlyOfProof says whether all errors are such of the proof: a grant that does not work, an
// assertion that fails, a statement that lets everybody in. The templates exist then, and can be
// asked why.
func onlyOfProof(found diag.List) bool {
	return !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
		return d.Code.Severity == diag.Error && d.Code != diag.GrantDoesNotWork &&
			d.Code != diag.AssertionFails && d.Code != diag.PublicStatement
	})
}

// PermissionsText writes what a spec grants, a sentence a line, before any policy says so; in each
// of its environments, if it has any. It is empty for a spec with errors.
func PermissionsText(files []*source.File) string {
	in, _, found := spec.Read(files)
	if found.HasErrors() {
		return ""
	}
	var b strings.Builder
	for _, name := range environmentsOf(in) {
		s, found := in.Decode(name)
		if s == nil {
			return ""
		}
		m, list := model.Resolve(s)
		if append(found, list...).HasErrors() {
			return ""
		}
		if name != "" {
			b.WriteString("in " + name + ":\n")
		}
		for _, p := range grants.Derive(m).List {
			b.WriteString(p.String() + "\n")
		}
	}
	return b.String()
}

// environmentsOf returns the environments to compile a spec for; "" is the only one of a spec that
// states none.
func environmentsOf(s *spec.Source) []string {
	if len(s.Environments) == 0 {
		return []string{""}
	}
	return s.Environments
}
