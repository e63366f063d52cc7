// Package secretctl compiles one YAML spec — which secrets exist in AWS Secrets Manager, which keys
// encrypt them, and who may do what with which secret — into CloudFormation with every identity,
// resource and key policy derived; and it says who can do what, of specs and of any template.
//
//	result := secretctl.Compile(secretctl.File{Name: "spec.yaml", Data: data})
//	if !result.OK() {
//		result.Render(os.Stderr, "text")
//		return
//	}
//	production := result.Specs[0].Environments[0]
//	for _, template := range production.Templates(secretctl.JSON) {
//		…
//	}
//	answers, err := production.Estate().Why("everybody", "read", "stripe")
//
// It touches neither files nor terminals, needs no account and no network, and may be used from
// several goroutines at once. The same input always gives the same bytes.
//
// This is version 0. Until version 1 a minor version may change this package; what it changes, and
// how to go on, stands in CHANGELOG.md. Logical IDs, codes of diagnostics and the JSON documents
// are promised already.
package secretctl

import (
	"io"

	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// File is a file of a spec, or a template.
type File struct {
	Name string // as messages shall name it
	Data []byte // YAML or JSON
}

// Result is what a compilation gives.
type Result struct {
	Specs []Spec // those that were compiled; none of a file that cannot be read

	diagnostics show.Found
}

// Spec is one compiled spec.
type Spec struct {
	Name         string        // of its stack
	Environments []Environment // those that it is compiled for; at least one
}

// Environment is a spec as it is deployed in one environment. It has no stacks where the spec has
// errors, or creates nothing.
type Environment struct {
	Name   string  // empty: the only one
	Stacks []Stack // in the order to deploy them

	written []*lower.Stack
	plan    plan.Plan
	estate  *Estate
}

// Stack is one CloudFormation stack to deploy.
type Stack struct {
	Name            string
	Kind            string // keys, home, shard or access
	Account, Region string // empty where the spec does not state them
}

// Compile compiles the files of one spec. What is wrong with it is among Result.Diagnostics; where
// there is no error, there is a Spec.
func Compile(files ...File) Result {
	if len(files) == 0 {
		files = []File{{Name: "spec.yaml"}} // which is empty, and that is said
	}
	var sources []*source.File
	for _, f := range files {
		sources = append(sources, source.New(f.Name, f.Data))
	}
	r := compile.Compile(sources, nil)
	result := Result{diagnostics: show.Found{List: r.Diagnostics, Masks: r.Masks}}
	if r.Name == "" {
		return result
	}
	e := Environment{written: r.Stacks, plan: r.Plan}
	for _, s := range r.Stacks {
		e.Stacks = append(e.Stacks, Stack{
			Name: s.Name, Kind: s.At.Kind.String(), Account: s.Account, Region: s.Region,
		})
	}
	if r.Estate != nil {
		e.estate = &Estate{ask.Estate{Estate: r.Estate, Sets: r.Sets, OfSpec: true}, r.Masks}
	}
	result.Specs = []Spec{{Name: r.Name, Environments: []Environment{e}}}
	return result
}

// OK says whether there are no errors. Warnings and notes are fine.
func (r Result) OK() bool { return !r.diagnostics.List.HasErrors() }

// Render writes the diagnostics in a format: text, json, sarif or github. An error is the writer's,
// or says that there is no such format.
func (r Result) Render(w io.Writer, format string) error {
	found := r.diagnostics
	return render(w, show.Diagnostics, format, found.List, show.Options{Masks: found.Masks})
}

// Format says how templates are written.
type Format int

// The formats of templates.
const (
	JSON    Format = iota // indented
	Compact               // JSON without white space
	YAML                  // with the short forms of functions
)

// Templates writes the templates of the stacks, in their order, as files of a directory.
func (e Environment) Templates(f Format) []File {
	var files []File
	for _, t := range plan.Write(e.written, cfn.Format{YAML: f == YAML, Compact: f == Compact}) {
		files = append(files, File(t))
	}
	return files
}

// Estate returns who can do what once the stacks are deployed, and others have done what is handed
// over to them. It is nil for a spec with errors, unless all of them say that a grant does not work
// or that an assertion fails.
func (e Environment) Estate() *Estate { return e.estate }
