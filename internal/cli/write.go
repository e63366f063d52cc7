package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/secretctl/secretctl/internal/plan"
)

// place is the directory that artifacts are written to, or compared with.
type place struct {
	to   target
	path string     // of the directory that was named, for the operating system
	file string     // the name of the only file, where one was named
	dir  *directory // nil: it is not there
}

// place finds where artifacts go. Where a file was named that is a symbolic link, that is where
// the link leads, as long as it does not lead out of the link's directory. In a directory that
// was named every template has its own file: there no link is followed at all (see
// destination.look).
func (p *program) place(to target) (*place, error) {
	at := &place{to: to, path: p.path(to.named())}
	if to.isFile {
		at.path, at.file = filepath.Split(p.path(to.path))
		at.path = filepath.Clean(at.path)
	}
	if err := at.open(); err != nil || at.dir == nil || !to.isFile {
		return at, err
	}
	info, err := at.dir.root.Lstat(at.file)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return at, nil // what cannot be looked at is found by destination.look
	}
	defer at.dir.close()
	if _, err := at.dir.root.Stat(at.file); err != nil {
		return nil, within(err)
	}
	real, err := filepath.EvalSymlinks(p.path(to.path))
	if err != nil {
		return nil, err
	}
	followed := &place{to: to, path: filepath.Dir(real), file: filepath.Base(real)}
	return followed, followed.open()
}

// open opens the directory. One that is not there is no error: writing makes it.
func (at *place) open() error {
	dir, err := openBelow(at.path, at.to.below)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	at.dir = dir
	return err
}

func (at *place) close() {
	if at.dir != nil {
		at.dir.close()
	}
}

// name returns the name of an artifact's file in the directory.
func (at *place) name(artifact string) string {
	if at.to.isFile {
		return at.file
	}
	return artifact
}

// shown returns a name in the directory as the user would write it.
func (at *place) shown(name string) string {
	if at.to.isFile {
		return at.to.path
	}
	return filepath.Join(at.to.path, name)
}

// destination is one file to write or to compare with.
type destination struct {
	shown string    // the path as the user would write it
	name  string    // in the directory
	file  plan.File // what shall be there
	mode  fs.FileMode
	info  fs.FileInfo // of what is there; nil: nothing is

	same    bool   // what is there is what shall be there
	foreign bool   // what is there is no template of secretctl
	keepOld bool   // what is there is kept if it is something else
	old     []byte // what is there, where it is kept
}

// destinations looks at what is where the artifacts shall be. What is there and no regular file
// is an error; so is a file that was read as a spec. keepOld says whether what is there and
// something else is kept, as that of a plan always is.
func (p *program) destinations(
	at *place, artifacts []plan.File, keepOld bool,
) ([]destination, error) {
	var all []destination
	var errs []error
	for _, a := range artifacts {
		name := at.name(a.Name)
		isPlan := !at.to.isFile && name == plan.FileName
		d := destination{shown: at.shown(name), name: name, file: a, mode: 0o644,
			keepOld: keepOld || isPlan}
		if err := d.look(at.dir); err != nil {
			errs = append(errs, cannotReplace(d.shown, err))
		}
		if isPlan && d.info != nil && !d.same && isForeign(d.old) {
			errs = append(errs, refuse(exitFailed, "remove the file, or name another --output",
				"%q is no plan of secretctl, and is not written over", d.shown))
		}
		if p.isInput(d.info) {
			errs = append(errs, usage("name another --output",
				"the template would be written over the spec %q", d.shown))
		}
		all = append(all, d)
	}
	return all, errors.Join(errs...)
}

// isForeignTemplate says whether a text is none that secretctl has written as a template: each has
// Metadata that it names (see lower), which a spec may change but not leave out.
func isForeignTemplate(data []byte) bool {
	return len(bytes.TrimSpace(data)) > 0 && !bytes.Contains(data, []byte("secretctl"))
}

// cannotReplace says why a file is neither compared with nor replaced, and what helps.
func cannotReplace(shown string, err error) error {
	var own *exit
	if errors.As(err, &own) {
		return err
	}
	hint := ""
	var large *tooLarge
	switch {
	case errors.Is(err, errLink):
		hint = "remove the link"
	case errors.Is(err, errLeadsOut):
		hint = "name the file that it leads to"
	case errors.As(err, &large):
		hint = "remove the file, or name another --output"
	}
	return cannotRead(shown, err, hint)
}

// isInput says whether a file was read as a spec, as the file system tells files apart: not every
// one tells Spec.json from spec.json.
func (p *program) isInput(info fs.FileInfo) bool {
	if info == nil {
		return false
	}
	for _, read := range p.inputs {
		if read != nil && os.SameFile(read, info) {
			return true
		}
	}
	return false
}

// look looks at what is at the destination, if anything.
func (d *destination) look(dir *directory) error {
	if dir == nil {
		return nil
	}
	info, err := dir.root.Lstat(d.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return errLink
	case !info.Mode().IsRegular():
		return errNotRegular
	}
	d.info, d.mode = info, info.Mode().Perm()
	if d.same = dir.holds(d.name, d.file); d.same {
		return nil
	}
	old, err := dir.read(d.name, maxPlanSize)
	if d.foreign = isForeignTemplate(old); d.keepOld {
		d.old = old
	}
	return err
}

// isUpToDate says whether there is nothing to do.
func (d *destination) isUpToDate() bool { return d.info != nil && d.same }

// names are those of destinations.
func names(all []destination) []string {
	var list []string
	for _, d := range all {
		list = append(list, d.name)
	}
	return list
}

// write puts the artifacts where they belong. When anything fails before the last moment none is
// written, and when the process ends at any moment the next run finishes or undoes what it did: see
// transaction. Files that are right already are not touched.
func (p *program) write(to target, artifacts []plan.File) error {
	at, err := p.place(to)
	if err != nil {
		return cannotReplace(to.path, err)
	}
	defer func() { at.close() }()
	tx := &transaction{at: at, unlock: func() {}, changing: p.env.changing, warn: p.keepsChanged,
		waiting: p.large}
	defer func() { tx.unlock() }()
	var did outcome
	if err = tx.begin(); err == nil {
		did, err = p.replace(tx, artifacts)
	}
	if err != nil {
		tx.rollback()
		return err
	}
	p.did.add(did)
	return nil
}

// replace writes what is not right already, as one set, and returns what it did.
func (p *program) replace(tx *transaction, artifacts []plan.File) (outcome, error) {
	all, err := p.destinations(tx.at, artifacts, false)
	if err != nil {
		return outcome{}, err
	}
	did := outcomeOf(tx.at.to, all)
	for _, d := range all {
		if d.isUpToDate() {
			continue
		}
		if (tx.at.to.isFile || d.name != plan.FileName) && d.foreign {
			return did, refuse(exitFailed, "remove the file, or name another --output",
				"%q is no template of secretctl, and is not written over", d.shown)
		}
		if err := tx.stage(d); err != nil {
			return did, failed(fmt.Sprintf("writing %q", d.shown), err)
		}
	}
	err = tx.commit(all)
	did.removed = tx.removed
	return did, err
}

// keepsChanged says that a file of an earlier run stays.
func (p *program) keepsChanged(shown string) {
	fmt.Fprintf(p.err, "secretctl: %q is no longer produced, "+
		"but was changed by somebody else and is kept\n", shown)
}
