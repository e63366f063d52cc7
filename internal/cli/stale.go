package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/secretctl/secretctl/internal/plan"
)

// staleDirectory is what an earlier run wrote for an environment or a spec that is gone.
type staleDirectory struct {
	shown string     // the path as the user would write it
	old   []leftover // its templates that nobody has changed since
	plan  []byte     // as it is there
}

// files are those of the directory that are no longer produced.
func (s staleDirectory) files() []string {
	var out []string
	for _, l := range s.old {
		if !l.changed {
			out = append(out, filepath.Join(s.shown, l.name))
		}
	}
	return append(out, filepath.Join(s.shown, plan.FileName))
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
	top := filepath.Clean(to.path)
	if !l.specs.several() {
		f.ofSpec(top, "")
		return f.found
	}
	for _, name := range p.directoriesIn(top) {
		f.ofSpec(filepath.Join(top, name), name)
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
func (f *staleFinder) ofSpec(path, spec string) {
	isOf := func(w writtenPlan) bool {
		return spec == "" && w.Spec == "" || w.Spec != "" && spec == filepath.Base(w.Spec)
	}
	f.look(path, func(w writtenPlan) bool { // it had no environments then
		return w.Environment == "" && isOf(w)
	})
	for _, name := range f.p.directoriesIn(path) {
		f.look(filepath.Join(path, name), func(w writtenPlan) bool {
			return w.Environment == name && isOf(w)
		})
	}
}

func (f *staleFinder) look(path string, is func(writtenPlan) bool) {
	if slices.Contains(f.needed, path) {
		return
	}
	if s, ok := f.p.staleAt(path, is); ok {
		f.found = append(f.found, s)
	}
}

// directoriesIn returns the names of the directories in another one.
func (p *program) directoriesIn(path string) []string {
	entries, _ := os.ReadDir(p.path(path))
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// staleAt looks at a directory that is not needed. It is stale if its plan is of what is gone.
func (p *program) staleAt(path string, is func(writtenPlan) bool) (staleDirectory, bool) {
	dir, err := p.openDirectory(path)
	if err != nil {
		return staleDirectory{}, false
	}
	defer dir.close()
	data, err := dir.read(plan.FileName, maxPlanSize)
	if err != nil {
		return staleDirectory{}, false
	}
	written, err := readPlan(data)
	if err != nil || written.Stack == "" || !is(written) {
		return staleDirectory{}, false
	}
	return staleDirectory{path, leftovers(dir, data, nil), data}, true
}

// removeStale removes what an earlier run wrote to a directory, and the directory if nothing else
// is in it. The plan goes last: a run that is interrupted is finished by the next.
func (p *program) removeStale(s staleDirectory) error {
	dir, err := p.openDirectory(s.shown)
	if err != nil {
		return cannotReplace(s.shown, err)
	}
	defer dir.close()
	remove := func(name string) error {
		if p.env.changing != nil {
			p.env.changing("remove " + name)
		}
		if err := dir.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failed(fmt.Sprintf("removing %q", filepath.Join(s.shown, name)), err)
		}
		return nil
	}
	for _, l := range s.old {
		if l.changed {
			p.keepsChanged(filepath.Join(s.shown, l.name))
			continue
		}
		if err := remove(l.name); err != nil {
			return err
		}
	}
	if err := remove(plan.FileName); err != nil {
		return err
	}
	_ = os.Remove(p.path(s.shown)) // fails where anything else is in it
	return nil
}
