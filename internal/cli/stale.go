package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/spec"
)

// staleDirectory is what an earlier run wrote for an environment or a spec that is gone.
type staleDirectory struct {
	at    target
	old   []leftover // its templates that nobody has changed since
	plan  []byte     // as it is there
	kind  layer
	stack string // that its plan is of
}

// layer is how directories below the one that is written to are divided.
type layer uint8

const (
	undivided    layer = iota // one spec without environments, in the directory itself
	environments              // one spec, a directory for each environment
	several                   // several specs
)

// files are those of the directory that are no longer produced.
func (s staleDirectory) files() []string {
	var out []string
	for _, l := range s.old {
		if !l.changed {
			out = append(out, filepath.Join(s.at.path, l.name))
		}
	}
	return append(out, filepath.Join(s.at.path, plan.FileName))
}

// staleDirectories returns the directories below the one that is written to whose plans say that
// they are of an environment or a spec which is not there any more. An environment is gone if its
// stack has a name that the stack of a spec may have, whatever the variables in it are, and a spec
// is gone if a directory beside it has a stack of this run: what else is there stays, and is told.
// Where one environment is compiled alone, others are let be.
func (p *program) staleDirectories(l loaded, to target) (stale []staleDirectory) {
	if p.environment != "" || to.isFile {
		return nil
	}
	f := staleFinder{p: p, loaded: l, needed: map[string]bool{}}
	now := map[string]bool{} // the stacks of this run
	for _, r := range l.Results {
		f.needed[l.targetOf(r, to).path] = true
		now[r.Name] = true
	}
	to.path = filepath.Clean(to.path)
	f.below(to)
	ours := map[layer]bool{undivided: true} // what is written replaces it, whatever its spec
	for _, s := range f.found {
		ours[s.kind] = ours[s.kind] || now[s.stack]
	}
	names := lazy.Value(l.stackNames)
	var last []staleDirectory // what makes it certain goes last, should the run be interrupted
	for _, s := range f.found {
		switch {
		case f.needed[s.at.path]:
		case now[s.stack]:
			last = append(last, s)
		case ours[s.kind] && s.kind != environments, names().MatchString(s.stack):
			stale = append(stale, s)
		case !f.needed[to.path] && !p.quiet:
			fmt.Fprintf(p.err, "secretctl: %q is of the stack %q, which this is not, and is kept\n",
				s.at.path, s.stack)
		}
	}
	return append(stale, last...)
}

// variable finds the variables in the name of a stack.
var variable = lazy.Regexp(`\\\$\\\(\w+\\\)`)

// stackNames matches the names that the stacks of the specs may have in any environment. Where each
// environment has a name of its own, they are told by these alone.
func (l loaded) stackNames() *regexp.Regexp {
	var names []string
	for _, s := range l.specs.list {
		for _, f := range s.Files {
			if stack, stated := spec.StackOf(f); stated {
				names = append(names, variable.ReplaceAllString(regexp.QuoteMeta(stack), ".*"))
			}
		}
	}
	return regexp.MustCompile("^(?:" + strings.Join(names, "|") + ")$")
}

// staleFinder looks for what earlier runs wrote.
type staleFinder struct {
	p      *program
	loaded loaded
	needed map[string]bool
	found  []staleDirectory
}

// below looks at a directory, and at those of specs and environments in it.
func (f *staleFinder) below(top target) {
	f.look(top, func(w writtenPlan) (layer, bool) {
		return undivided, w.Spec == "" && w.Environment == ""
	})
	for _, name := range f.p.directoriesIn(top) {
		at := top.in(name)
		f.look(at, func(w writtenPlan) (layer, bool) {
			if w.Spec == "" {
				return environments, w.Environment == name
			}
			return several, w.Environment == "" && filepath.Base(w.Spec) == name
		})
		for _, environment := range f.p.directoriesIn(at) {
			f.look(at.in(environment), func(w writtenPlan) (layer, bool) {
				return several, w.Spec != "" && filepath.Base(w.Spec) == name &&
					w.Environment == environment
			})
		}
	}
}

func (f *staleFinder) look(at target, is func(writtenPlan) (layer, bool)) {
	if s, ok := f.staleAt(at, is); ok {
		f.found = append(f.found, s)
	}
}

// directoriesIn returns the names of the directories in another one.
func (p *program) directoriesIn(at target) []string {
	dir, err := p.openTarget(at)
	if err != nil {
		return nil
	}
	defer dir.close()
	return dir.directories()
}

// staleAt looks at a directory in which an earlier run may have written. Of one that this run
// writes to, what is not needed any more is found when it is written.
func (f *staleFinder) staleAt(at target,
	is func(writtenPlan) (layer, bool)) (staleDirectory, bool) {
	dir, err := f.p.openTarget(at)
	if err != nil {
		return staleDirectory{}, false
	}
	defer dir.close()
	data, err := dir.plain(plan.FileName, maxPlanSize)
	if err != nil {
		return staleDirectory{}, false
	}
	written, err := f.loaded.planIn(at, data)
	if err != nil || written.Stack == "" {
		return staleDirectory{}, false
	}
	kind, ok := is(written)
	if !ok {
		return staleDirectory{}, false
	}
	var old []leftover
	if !f.needed[at.path] {
		old = leftovers(dir, data, nil)
	}
	return staleDirectory{at, old, data, kind, written.Stack}, true
}

// removeStale removes what an earlier run wrote to a directory, and the directory if nothing else
// is in it. The plan goes last: a run that is interrupted is finished by the next.
func (p *program) removeStale(s staleDirectory) error {
	dir, err := p.openTarget(s.at)
	if err != nil {
		return cannotReplace(s.at.path, err)
	}
	defer dir.close()
	remove := func(name string) error {
		if p.env.changing != nil {
			p.env.changing("remove " + name)
		}
		if err := dir.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failed(fmt.Sprintf("removing %q", filepath.Join(s.at.path, name)), err)
		}
		return nil
	}
	for _, l := range s.old {
		if l.changed {
			p.keepsChanged(filepath.Join(s.at.path, l.name))
			continue
		}
		if err := remove(l.name); err != nil {
			return err
		}
	}
	if err := remove(plan.FileName); err != nil {
		return err
	}
	p.removeDirectory(s.at)
	p.did.removed = append(p.did.removed, s.files()...)
	return nil
}

// removeDirectory removes a directory below the one that was named, if nothing is in it.
func (p *program) removeDirectory(at target) {
	n := len(at.below)
	if n == 0 {
		return
	}
	above, err := openBelow(p.path(at.named()), at.below[:n-1])
	if err != nil {
		return
	}
	defer above.close()
	_ = above.root.Remove(at.below[n-1]) // fails where anything else is in it
}
