package compile

import (
	"maps"
	"slices"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Spec is one of the specs of a run.
type Spec struct {
	Name  string // what tells it from the others
	Files []*source.File

	everywhere diag.List // what was found before it was decoded for an environment
}

// Options say how specs are compiled.
type Options struct {
	Parameters  Parameters
	Environment string // the only one; empty: all
	// nobody wants to know whether grants work and assertions hold: who asks the estate asks what
	// he wants to know
	Unproved bool
	// is called when it turns out that there is work for several processors; nil: nobody asks
	Large func()
	// is called once templates are written, where there is one result alone and nothing is wrong
	// with it so far, and must return soon. While they are checked and proved, its argument gives
	// the result as it is known then: its stacks and its plan are those that it will have, or it
	// will have none.
	Deployable func(func() Result)
}

// Outcome is what a run over several specs gives.
type Outcome struct {
	Specs        []Spec
	Environments []string // of all specs, each once
	Results      []Result // of each spec in each of its environments, in their order
	Estates      []Estate // one for each environment, of all specs that are deployed in it
	Diagnostics  diag.List
	Masks        *source.Masks
}

// Estate is what all specs together make of the accounts, in one environment.
type Estate struct {
	Environment string              // empty: no spec has any
	Estate      *access.Estate      // nil: one of the specs has errors
	Sets        map[string][]string // the ids of the members of sets of principals
	Specs       Owners              // which of several specs makes what
	// the ids of what exists in other environments alone, with those that it does not exist in
	Absent map[string][]string
}

// run is a spec in an environment of a run.
type run struct {
	spec        int
	environment string // a spec without environments runs in each that others have
	*compilation
}

// All compiles specs, each for all its environments or for one. Whether grants work and assertions
// hold is asked of the estate that all of them make in an environment; a spec without environments
// is part of it in each.
func All(specs []Spec, o Options) Outcome { return Read(specs).Compile(o) }

// Files are specs whose files are read, and not decoded yet.
type Files struct {
	specs   []Spec
	sources []*spec.Source
	masks   *source.Masks
}

// Read reads the files of specs.
func Read(specs []Spec) *Files {
	f := &Files{slices.Clone(specs), make([]*spec.Source, len(specs)), &source.Masks{}}
	for i := range specs {
		in, masks, found := spec.Read(specs[i].Files)
		f.sources[i], f.specs[i].everywhere = in, found
		f.masks.Join(masks)
	}
	return f
}

// SayTheSame says whether the specs differ from others in nothing that decides what they compile
// to: in comments, layout and names of files, but not in places.
func (f *Files) SayTheSame(other *Files) bool {
	sameName := func(a, b Spec) bool { return a.Name == b.Name || len(f.specs) == 1 }
	return slices.EqualFunc(f.specs, other.specs, sameName) &&
		slices.EqualFunc(f.sources, other.sources, (*spec.Source).SaysTheSame)
}

// Compile compiles the specs, once, as All does.
func (f *Files) Compile(o Options) Outcome {
	out := Outcome{Specs: f.specs, Masks: f.masks}
	sources, specs := f.sources, f.specs
	for _, in := range sources {
		for _, name := range in.Environments {
			if !slices.Contains(out.Environments, name) {
				out.Environments = append(out.Environments, name)
			}
		}
	}
	runs := out.runs(sources, o)
	onlyOnce(runs, len(specs) > 1)
	for _, name := range out.compiledFor(o) {
		var here []run
		for _, r := range runs {
			if r.environment == name {
				here = append(here, r)
			}
		}
		out.Estates = append(out.Estates, askTogether(name, here))
	}
	for i := range specs {
		out.finish(i, runs, sources[i])
	}
	out.Diagnostics = out.Diagnostics.Sorted()
	return out
}

// compiledFor returns the environments that a run compiles for; "" where no spec has any.
func (o *Outcome) compiledFor(options Options) []string {
	switch {
	case len(o.Environments) == 0:
		return []string{""}
	case options.Environment != "":
		return []string{options.Environment}
	}
	return o.Environments
}

// runs compiles each spec by itself, as far as others do not matter.
func (o *Outcome) runs(sources []*spec.Source, options Options) []run {
	var runs []run
	for i, in := range sources {
		var alone *compilation
		for _, name := range o.compiledFor(options) {
			c := &compilation{
				name: o.Specs[i].Name, environment: name, source: in, masks: o.Masks,
				broken: o.Specs[i].everywhere.HasErrors(), parameters: options.Parameters,
				given: []string{"files"}, alone: len(sources)*len(o.compiledFor(options)) == 1,
				unproved: options.Unproved, deployable: options.Deployable, large: options.Large,
			}
			switch {
			case !in.HasEnvironments() && alone != nil:
				again := *alone
				c = &again
				c.found, c.given = slices.Clip(c.found), slices.Clip(c.given)
			case !in.HasEnvironments():
				c.environment, alone = "", c
				c.run(Passes[:proof])
			case len(in.Environments) == 0:
				c.environment = ""
				c.run(Passes[:proof])
			case !slices.Contains(in.Environments, name):
				continue
			default:
				c.run(Passes[:proof])
			}
			runs = append(runs, run{i, name, c})
		}
	}
	return runs
}

// onlyOnce finds what several specs, or one in several environments, would both make.
func onlyOnce(runs []run, several bool) {
	var of []int // the first run of each that can be compared
	var all []lower.Made
	for i, r := range runs {
		again := r.compilation.environment == "" && slices.ContainsFunc(of, func(j int) bool {
			return runs[j].spec == r.spec
		})
		if again || !r.has([]string{"deployable stacks"}) {
			continue
		}
		one := lower.Made{Environment: r.compilation.environment, Model: r.model,
			Stacks: r.stacks, StackAt: r.compilation.spec.Stack.Span}
		if several {
			one.Spec = r.name
		}
		of, all = append(of, i), append(all, one)
	}
	if len(all) < 2 {
		return
	}
	for i, found := range lower.Together(all) {
		first := runs[of[i]]
		for _, r := range runs {
			if r.spec == first.spec && r.compilation.environment == all[i].Environment {
				r.found = append(slices.Clip(r.found), found...)
			}
		}
	}
}

// askTogether runs the passes that ask the estate which all specs make together in an environment.
func askTogether(environment string, here []run) Estate {
	out := Estate{Environment: environment, Absent: map[string][]string{}}
	var names []string
	var deployed []*prove.Deployment
	var of []run
	for _, r := range here {
		if r.has(Passes[proof].Needs) {
			names, of = append(names, r.name), append(of, r)
			deployed = append(deployed, r.deploy())
			maps.Copy(out.Absent, r.model.Absent())
		}
	}
	if len(deployed) > 1 {
		for i, d := range prove.Together(names, deployed) {
			of[i].together = d
		}
	}
	sound := len(here) > 0
	for _, r := range here {
		r.run(Passes[proof:])
		result := r.result()
		sound = sound && result.Estate != nil
		out.Estate, out.Sets = result.Estate, result.Sets
	}
	if !sound {
		out.Estate = nil
	}
	if len(of) > 1 {
		out.Sets, out.Specs = setsOf(names, of)
	}
	return out
}

// setsOf returns the sets of principals of several specs, and which of them makes what.
func setsOf(names []string, of []run) (map[string][]string, prove.Owners) {
	var models []*model.Model
	var together []*prove.Deployment
	for _, r := range of {
		models, together = append(models, r.model), append(together, r.together)
	}
	return prove.Sets(names, models, together), prove.OwnersOf(names, models, together)
}

// ofAll says that something has no use, which it may have in other environments: that is found
// where it holds in all of them.
var ofAll = []*diag.Code{diag.UnusedSilence, diag.GlobMatchesNothing, diag.NothingUses}

// finish adds the results of a spec, and what was found in it.
func (o *Outcome) finish(i int, runs []run, in *spec.Source) {
	var names []string
	var lists []diag.List
	for _, r := range runs {
		if r.spec != i {
			continue
		}
		if len(lists) == 0 || in.HasEnvironments() {
			o.Results = append(o.Results, r.result())
		}
		names, lists = append(names, r.environment), append(lists, r.found.Sorted())
	}
	before := len(o.Diagnostics)
	o.Diagnostics = append(o.Diagnostics, o.Specs[i].everywhere...)
	if len(o.Specs) > 1 {
		defer func() {
			for j := range o.Diagnostics[before:] {
				o.Diagnostics[before+j].OfSpec(o.Specs[i].Name)
			}
		}()
	}
	switch {
	case len(lists) == 0:
	case len(lists) == 1 && !in.HasEnvironments():
		o.Diagnostics = append(o.Diagnostics, lists[0]...)
	default:
		for _, d := range diag.United(names, lists) {
			partly := d.Environments() != nil || len(lists) < len(in.Environments)
			if !partly || !slices.Contains(ofAll, d.Code) {
				o.Diagnostics = append(o.Diagnostics, d)
			}
		}
	}
}
