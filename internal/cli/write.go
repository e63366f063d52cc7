package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// destination is one file to write or to compare with.
type destination struct {
	shown string // the path as the user would write it
	path  string // the path for the operating system, symbolic links of the file itself resolved
	data  []byte // what shall be there
	old   []byte // what is there
	mode  fs.FileMode
	found bool // whether anything is there
}

// destinations looks at what is where the artifacts shall be. What is there and no regular file is an error.
func (p *program) destinations(to target, artifacts []artifact) ([]destination, error) {
	var all []destination
	var errs []error
	for _, a := range artifacts {
		shown := to.path
		if !to.isFile {
			shown = filepath.Join(to.path, a.name)
		}
		d := destination{shown: shown, path: p.path(shown), data: a.data, mode: 0o644}
		if err := d.look(); err != nil {
			errs = append(errs, failed(fmt.Sprintf("reading %q", shown), err))
		}
		if real, err := realPath(d.path); err == nil && p.inputs[real] {
			errs = append(errs, usage("name another --output", "the template would be written over the spec %q", shown))
		}
		all = append(all, d)
	}
	return all, errors.Join(errs...)
}

// look reads what is at the destination, if anything.
func (d *destination) look() error {
	info, err := os.Lstat(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 { // write to where it leads: the link is the user's
		if d.path, err = filepath.EvalSymlinks(d.path); err != nil {
			return err
		}
		if info, err = os.Stat(d.path); err != nil {
			return err
		}
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	d.found, d.mode = true, info.Mode().Perm()
	d.old, err = os.ReadFile(d.path)
	return err
}

// fresh says whether there is nothing to do.
func (d *destination) fresh() bool { return d.found && bytes.Equal(d.old, d.data) }

// stale returns the templates of an earlier run that are still in the output directory and no longer needed.
func (p *program) stale(to target, artifacts []artifact, all []destination) []listed {
	if to.isFile {
		return nil
	}
	plan := all[len(all)-1] // the plan comes last
	return slices.DeleteFunc(obsolete(plan.old, artifacts), func(l listed) bool {
		info, err := os.Lstat(p.path(filepath.Join(to.path, l.Template)))
		return err != nil || !info.Mode().IsRegular()
	})
}

// check shows how what is on disk differs from the artifacts, and changes nothing.
func (p *program) check(to target, artifacts []artifact) error {
	all, err := p.destinations(to, artifacts)
	if err != nil {
		return err
	}
	differ := 0
	for _, d := range all {
		if !d.fresh() {
			differ++
			fmt.Fprint(p.out, cfn.Diff(d.shown, d.old, d.data))
		}
	}
	for _, l := range p.stale(to, artifacts, all) {
		differ++
		fmt.Fprintf(p.out, "%s is no longer produced\n", filepath.Join(to.path, l.Template))
	}
	if differ == 0 {
		return nil
	}
	return &exit{
		code:    exitErrors,
		message: fmt.Sprintf("%q is stale: %s", to.path, plural(differ, "file differs", "files differ")),
		hint:    "run the same command without --check",
	}
}

// plural says how many there are of something.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// write puts the artifacts where they belong. Either all are written or, when anything fails before the last moment, none:
// the new files are complete on disk under other names before the first of them takes its place. Files that are right
// already are not touched. The plan comes last, so that it never names what is not there.
func (p *program) write(to target, artifacts []artifact) error {
	all, err := p.destinations(to, artifacts)
	if err != nil {
		return err
	}
	stale := p.stale(to, artifacts, all)
	tx := &transaction{}
	defer tx.rollback()
	for _, d := range all {
		if d.fresh() {
			continue
		}
		if err := tx.stage(d); err != nil {
			return failed(fmt.Sprintf("writing %q", d.shown), err)
		}
	}
	if shown, err := tx.commit(); err != nil {
		return failed(fmt.Sprintf("writing %q", shown), err)
	}
	return p.remove(to, stale)
}

// remove deletes templates of an earlier run, unless somebody has changed them since.
func (p *program) remove(to target, stale []listed) error {
	for _, l := range stale {
		shown := filepath.Join(to.path, l.Template)
		data, err := os.ReadFile(p.path(shown))
		if err != nil {
			return failed(fmt.Sprintf("reading %q", shown), err)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != l.SHA256 {
			fmt.Fprintf(p.err, "secretctl: %q is no longer produced, but was changed by somebody else and is kept\n", shown)
			continue
		}
		if err := os.Remove(p.path(shown)); err != nil {
			return failed(fmt.Sprintf("removing %q", shown), err)
		}
	}
	return nil
}

// transaction is a set of files that take their places together.
type transaction struct {
	staged []stagedFile
	made   []string // directories that were made, parents first
}

// stagedFile is a complete file under a name of its own, beside the one that it shall replace.
type stagedFile struct {
	temporary string
	destination
}

// stage writes a file beside its destination and makes the directory if it has to.
func (tx *transaction) stage(d destination) error {
	dir := filepath.Dir(d.path)
	if err := tx.mkdir(dir); err != nil {
		return err
	}
	name := filepath.Join(dir, fmt.Sprintf(".secretctl-%016x.tmp", rand.Uint64()))
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, d.mode)
	if err != nil {
		return err
	}
	tx.staged = append(tx.staged, stagedFile{name, d})
	_, err = f.Write(d.data)
	if err == nil && d.found { // the umask applies to new files only
		err = f.Chmod(d.mode)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// mkdir makes a directory and its parents, and remembers which.
func (tx *transaction) mkdir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err // what is there and no directory is found when a file is made in it
	}
	if err := tx.mkdir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	tx.made = append(tx.made, dir)
	return nil
}

// commit puts the files in their places. It returns which one failed.
func (tx *transaction) commit() (string, error) {
	for len(tx.staged) > 0 {
		s := tx.staged[0]
		if err := os.Rename(s.temporary, s.path); err != nil {
			return s.shown, err
		}
		tx.staged, tx.made = tx.staged[1:], nil
	}
	return "", nil
}

// rollback removes what was staged and has not taken its place, and the directories that were made for it.
func (tx *transaction) rollback() {
	for _, s := range tx.staged {
		os.Remove(s.temporary)
	}
	for _, dir := range slices.Backward(tx.made) {
		os.Remove(dir) // fails, rightly, if somebody has put something there
	}
}
