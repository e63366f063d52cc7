package cli

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
)

// loaded is what the specs of a command line compile to.
type loaded struct {
	compile.Outcome
	specs    specs
	rendered map[string][]plan.File // what render has written, by result and target
	encoded  map[string]encodedPlan // of what render has written, by the path of the target
}

// newLoaded returns what specs compile to, of which nothing is known yet.
func newLoaded(s specs) loaded {
	return loaded{specs: s, rendered: map[string][]plan.File{}, encoded: map[string]encodedPlan{}}
}

// encodedPlan is a plan with its text.
type encodedPlan struct {
	plan.Plan
	text []byte
}

// planIn returns what the plan in a directory says. One that is not going to change is known, and
// is not read again.
func (l loaded) planIn(at target, data []byte) (writtenPlan, error) {
	if known, ok := l.encoded[at.path]; ok && bytes.Equal(known.text, data) {
		return asRead(known.Plan), nil
	}
	return readPlan(data)
}

// checkEnvironment refuses an environment that no spec has. Where the specs cannot be read, that is
// said instead.
func (l loaded) checkEnvironment(name string) error {
	switch {
	case name == "" || slices.Contains(l.Environments, name):
		return nil
	case len(l.Environments) > 0:
		return usage(hintAmong(name, slices.Clone(l.Environments), "the environments are "),
			"no environment is called %q", name)
	case l.Diagnostics.HasErrors():
		return nil
	}
	return usage("leave out --environment, or add environments to the spec",
		"the spec has no environments, so that none can be called %q", name)
}

// also adds what is found in each result once it is known where it goes.
func (l *loaded) also(find func(compile.Result) diag.List) {
	for _, s := range l.Specs {
		var names []string
		var lists []diag.List
		for _, r := range l.Results {
			if r.Spec == s.Name {
				names, lists = append(names, r.Environment), append(lists, find(r))
			}
		}
		if len(lists) > 0 {
			l.Diagnostics = append(l.Diagnostics, diag.United(names, lists)...)
		}
	}
	l.Diagnostics = l.Diagnostics.Sorted()
}

// only returns the result that is written where one template can be: to standard output or a file.
func (l loaded) only(to target) (compile.Result, error) {
	results := l.Results
	if len(results) > 1 { // what creates nothing has no template
		results = slices.DeleteFunc(slices.Clone(results), func(r compile.Result) bool {
			return len(r.Stacks) == 0
		})
	}
	if len(results) == 1 {
		return results[0], nil
	}
	if len(results) == 0 {
		return l.Results[0], nil
	}
	var names []string
	for _, r := range results {
		names = append(names, l.label(r))
	}
	hint := "write them to a directory: --output DIRECTORY"
	if !l.specs.several() {
		hint += "; or choose one: --environment " + results[0].Environment
	}
	const most = 10
	return results[0], usage(hint, "there are templates of %s, and only one can be "+
		"written here", english.Some(names, most))
}

// label tells a result from the others: by its spec, its environment, or both.
func (l loaded) label(r compile.Result) string {
	var words []string
	if l.specs.several() {
		words = append(words, r.Spec)
	}
	if r.Environment != "" {
		words = append(words, r.Environment)
	}
	return strings.Join(words, " in ")
}

// planOf returns the complete plan of a result, which says what of several it is of.
func (l loaded) planOf(r compile.Result, artifacts []plan.File) plan.Plan {
	p := r.Plan.Complete(artifacts)
	p.Environment = r.Environment
	if l.specs.several() {
		p.Spec = r.Spec
	}
	return p
}

// targetOf returns the directory that a result is written to, below the one that was named.
func (l loaded) targetOf(r compile.Result, to target) target {
	if l.specs.several() {
		to = to.in(l.specs.dirs[r.Spec])
	}
	if r.Environment != "" {
		to = to.in(r.Environment)
	}
	return to
}

// in returns a directory in that of a target.
func (t target) in(name string) target {
	t.path = filepath.Join(t.path, name)
	t.below = append(slices.Clone(t.below), name)
	return t
}

// named returns the path that the user wrote.
func (t target) named() string {
	path := t.path
	for range t.below {
		path = filepath.Dir(path)
	}
	return path
}

// writing is what is written to one directory, or to one file.
type writing struct {
	to        target
	artifacts []plan.File
}

// compileTo writes every result to its directory, or compares it with what is there.
func (p *program) compileTo(l loaded, to target, check bool) error {
	if err := l.checkDirectories(); err != nil {
		return err
	}
	var all []writing
	for _, r := range l.Results {
		at := l.targetOf(r, to)
		artifacts, err := l.render(r, at)
		if err != nil {
			return err
		}
		all = append(all, writing{at, artifacts})
	}
	for _, w := range all { // nothing is written if there is a link among them
		at, err := p.place(w.to)
		if err != nil {
			return cannotReplace(w.to.path, err)
		}
		at.close()
	}
	stale := p.staleDirectories(l, to)
	if check {
		return p.check(to, all, stale)
	}
	for _, w := range all {
		if err := p.write(w.to, w.artifacts); err != nil {
			return err
		}
	}
	for _, dir := range stale {
		if err := p.removeStale(dir); err != nil {
			return err
		}
	}
	return nil
}

// checkDirectories refuses specs that would be written to one directory, or to none below the one
// that was named.
func (l loaded) checkDirectories() error {
	seen := map[string]string{}
	for _, s := range l.specs.list {
		dir := strings.ToLower(l.specs.dirs[s.Name])
		if l.specs.several() && (dir == "." || !filepath.IsLocal(dir)) {
			return usage("rename its file or directory",
				"the spec %q would be written to a directory called %q", s.Name, dir)
		}
		if other, taken := seen[dir]; taken {
			return usage("rename one of them",
				"the specs %q and %q would be written to one directory, %q", other, s.Name,
				l.specs.dirs[s.Name])
		}
		seen[dir] = s.Name
	}
	return nil
}

// plans returns the complete plans of all results in the order to deploy them, as compile would
// write them.
func (l loaded) plans() ([]plan.Plan, error) {
	var out []plan.Plan
	for _, r := range l.Ordered() {
		artifacts, err := l.render(r, target{path: "."}) // as for a directory; nothing is written
		if err != nil {
			return nil, err
		}
		out = append(out, l.planOf(r, artifacts[:len(artifacts)-1]))
	}
	return out, nil
}

// oneOf refuses several plans where one is wanted.
func (l loaded) oneOf(plans []plan.Plan) (plan.Plan, error) {
	if len(plans) == 1 {
		return plans[0], nil
	}
	if l.specs.several() {
		return plan.Plan{}, usage("name one spec",
			"--script deploys one spec, and there are %d", len(l.specs.list))
	}
	return plan.Plan{}, usage(
		fmt.Sprintf("choose one: --environment %s", plans[0].Environment),
		"--script deploys one environment, and the spec has %s", english.List(l.Environments))
}
