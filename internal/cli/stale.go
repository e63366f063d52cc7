package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/secretctl/secretctl/internal/plan"
)

// staleDirectory is what an earlier run wrote for an environment or a spec that is gone.
type staleDirectory struct {
	at   target
	old  []leftover // its templates that nobody has changed since
	plan []byte     // as it is there
}

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
// they are of an environment or a spec which is not there any more. Where one environment is
// compiled alone, others are let be; and so is everything where neither environments nor several
// specs are compiled.
func (p *program) staleDirectories(l loaded, to target) []staleDirectory {
	var needed []string
	for _, r := range l.Results {
		needed = append(needed, l.targetOf(r, to).path)
	}
	layered := l.specs.several() || slices.ContainsFunc(needed, func(path string) bool {
		return path != filepath.Clean(to.path)
	})
	if !layered || p.environment != "" {
		return nil
	}
	f := staleFinder{p: p, needed: needed}
	to.path = filepath.Clean(to.path)
	if !l.specs.several() {
		f.ofSpec(to, "")
		return f.found
	}
	for _, name := range p.directoriesIn(to) {
		f.ofSpec(to.in(name), name)
	}
	return f.found
}

// staleFinder looks for stale directories.
type staleFinder struct {
	p      *program
	needed []string
	found  []staleDirectory
}

// ofSpec looks at the directory of a spec, and at those of its environments in it. The only one has
// no name.
func (f *staleFinder) ofSpec(at target, spec string) {
	isOf := func(w writtenPlan) bool {
		return spec == "" && w.Spec == "" || w.Spec != "" && spec == filepath.Base(w.Spec)
	}
	f.look(at, func(w writtenPlan) bool { // it had no environments then
		return w.Environment == "" && isOf(w)
	})
	for _, name := range f.p.directoriesIn(at) {
		f.look(at.in(name), func(w writtenPlan) bool {
			return w.Environment == name && isOf(w)
		})
	}
}

func (f *staleFinder) look(at target, is func(writtenPlan) bool) {
	if slices.Contains(f.needed, at.path) {
		return
	}
	if s, ok := f.p.staleAt(at, is); ok {
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

// staleAt looks at a directory that is not needed. It is stale if its plan is of what is gone.
func (p *program) staleAt(at target, is func(writtenPlan) bool) (staleDirectory, bool) {
	dir, err := p.openTarget(at)
	if err != nil {
		return staleDirectory{}, false
	}
	defer dir.close()
	data, err := dir.plain(plan.FileName, maxPlanSize)
	if err != nil {
		return staleDirectory{}, false
	}
	written, err := readPlan(data)
	if err != nil || written.Stack == "" || !is(written) {
		return staleDirectory{}, false
	}
	return staleDirectory{at, leftovers(dir, data, nil), data}, true
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
