// Package secretctl compiles one YAML spec into CloudFormation. The spec says which secrets exist
// in AWS Secrets Manager, which keys encrypt them, and who may do what with which secret; every
// identity, resource and key policy is derived. The package also says who can do what, of specs and
// of any template.
//
//	result := secretctl.Compile(secretctl.File{Name: "spec.yaml", Data: data})
//	if !result.OK() {
//		result.Render(os.Stderr, "text")
//		return
//	}
//	production := result.Specs[0].Environments[0] // one for each that the spec states
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
	"bytes"
	"io"
	"strconv"

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
	estates     []namedEstate
}

// Spec is one compiled spec.
type Spec struct {
	Name         string        // of its stack, in the first environment
	Source       string        // the name of its source, of several
	Environments []Environment // those that it is compiled for; at least one
}

// Environment is a spec as it is deployed in one environment. It has no stacks where the spec has
// errors, or creates nothing.
type Environment struct {
	Name   string  // empty: the spec states none
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

// Compile compiles the files of one spec, for each of its environments. What is wrong with it is
// among Result.Diagnostics; where there is no error, there is a Spec.
func Compile(files ...File) Result {
	if len(files) == 0 {
		files = []File{{Name: "spec.yaml"}} // which is empty, and that is said
	}
	return CompileAll(Source{Files: files})
}

// Source is the files of one of several specs. The name tells it from the others.
type Source struct {
	Name  string
	Files []File
}

// CompileAll compiles several specs that are deployed side by side, each for each of its
// environments: their assertions are asked of all that they make together. Result.Specs are in the
// order of the sources, without those whose files cannot be read. A source without a name, or with
// one that another has, is called by its number, from 1.
func CompileAll(specs ...Source) Result {
	var list []compile.Spec
	names := map[string]bool{}
	for i, s := range specs {
		if names[s.Name] || s.Name == "" && len(specs) > 1 {
			s.Name = strconv.Itoa(i + 1)
		}
		names[s.Name] = true
		one := compile.Spec{Name: s.Name}
		for _, f := range s.Files {
			one.Files = append(one.Files, source.New(f.Name, f.Data))
		}
		list = append(list, one)
	}
	all := compile.All(list, compile.Options{})
	result := Result{diagnostics: show.Found{List: all.Diagnostics, Masks: all.Masks}}
	for _, s := range list {
		var made []compile.Result
		for _, r := range all.Results {
			if r.Spec == s.Name && r.Name != "" {
				made = append(made, r)
			}
		}
		if len(made) == 0 {
			continue
		}
		spec := Spec{Name: made[0].Name, Source: s.Name}
		for _, r := range made {
			spec.Environments = append(spec.Environments, environmentOf(r, len(list) > 1))
		}
		result.Specs = append(result.Specs, spec)
	}
	for _, e := range all.Estates {
		if e.Estate != nil {
			one := &Estate{asked: ask.Estate{Estate: e.Estate, Sets: e.Sets, OfSpec: true},
				masks: all.Masks}
			for _, r := range all.Results {
				if r.Environment == e.Environment || r.Environment == "" {
					one.deploy(r)
				}
			}
			result.estates = append(result.estates, namedEstate{e.Environment, one})
		}
	}
	return result
}

// deploy adds what a spec is deployed as.
func (e *Estate) deploy(r compile.Result) {
	e.state.Join(r.State())
	e.state.Estate = e.asked.Estate
	e.of = append(e.of, r)
}

// environmentOf returns what a spec compiles to in an environment.
func environmentOf(r compile.Result, several bool) Environment {
	e := Environment{Name: r.Environment, written: r.Stacks, plan: r.Plan}
	e.plan.Environment = r.Environment
	if several {
		e.plan.Spec = r.Spec
	}
	for _, s := range r.Stacks {
		e.Stacks = append(e.Stacks, Stack{
			Name: s.Name, Kind: s.At.Kind.String(), Account: s.Account, Region: s.Region,
		})
	}
	if r.Estate != nil {
		e.estate = &Estate{asked: ask.Estate{Estate: r.Estate, Sets: r.Sets, OfSpec: true},
			masks: r.Masks}
		e.estate.deploy(r)
	}
	return e
}

// namedEstate is the estate of an environment.
type namedEstate struct {
	environment string
	estate      *Estate
}

// Estate returns who can do what in an environment, by all specs together; "" is the only one where
// no spec has any. It is nil where there is no such environment, and where a spec has errors: see
// Environment.Estate.
func (r Result) Estate(environment string) *Estate {
	for _, e := range r.estates {
		if e.environment == environment {
			return e.estate
		}
	}
	return nil
}

// OK says whether there are no errors. Warnings and notes are fine.
func (r Result) OK() bool { return !r.diagnostics.List.HasErrors() }

// Render writes the diagnostics in a format: text, json, sarif, github or gitlab. An error is the
// writer's, or says that there is no such format.
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
	var room plan.Room
	for _, t := range plan.Write(e.written, cfn.Format{YAML: f == YAML, Compact: f == Compact}) {
		files = append(files, File{Name: t.Name, Data: bytes.Clone(t.Text(&room))})
	}
	return files
}

// Estate returns who can do what once the stacks are deployed, and others have done what is handed
// over to them. It is nil for a spec with errors, unless all of them say that a grant does not work
// or that an assertion fails.
func (e Environment) Estate() *Estate { return e.estate }
