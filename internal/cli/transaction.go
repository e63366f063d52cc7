package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/plan"
)

// transaction replaces a set of files in one directory as a whole, whatever ends the process and
// whenever:
//
//  1. Every new file is written beside its destination under a temporary name, and synced, several
//     at once. Until here nothing has changed, and a run that finds temporary files removes them.
//  2. The new plan.json, which names every template with its SHA-256, is renamed to pendingName.
//     From here on the new set is what counts: a run that finds this file first finishes what it
//     says. The name is synced, unless the set is the first one in a new directory: there is
//     nothing that the new set could be mixed with.
//  3. The templates take their places, templates that only the old plan names are removed, and the
//     pending plan becomes plan.json. The names in the directory are synced, and those of
//     directories that were made must be.
//
// Where plan.json stays as it is, a single file is replaced, or one was named, steps 2 and 3 are
// one rename for each file: nothing else says what the set should be. Two runs in one directory
// wait for each other.
type transaction struct {
	at       *place
	unlock   func()
	staged   []stagedFile
	made     []string           // directories that were made, parents first
	above    []chan error       // get one each when the names where they were made are on the disk
	pending  bool               // the new set counts: nothing is undone any more
	removed  []string           // what is no longer produced and is gone, as the user would name it
	changing func(what string)  // is called before every change of the disk; nil: nobody asks
	waiting  func()             // is called before anything is synced; nil: nobody asks
	warn     func(shown string) // is told what stays because somebody has changed it
	syncs    chan struct{}      // has an element for each file that is being written or synced
	rooms    chan *plan.Room    // where files are written in memory, one for each processor
}

// stagedFile is a complete file under a name of its own, beside the one that it shall replace.
type stagedFile struct {
	temporary string
	destination
	synced chan error // gets one when the file is on the disk, or cannot be; nil: it is known
}

// syncsAtOnce is how many files are synced side by side. A disk takes as long for a few as for one:
// for the templates of 100 shards it makes 25 ms of 140.
const syncsAtOnce = 16

// pendingName is the name of a plan while its templates take their places.
const pendingName = ".secretctl-plan.json"

// temporaryName gives a file that shall replace another one a name that follows from what it will
// be, so that a plan tells it; isTemporary recognises such names.
func temporaryName(name, sum string) string {
	return ".secretctl-" + hashOf([]byte(name + "\x00" + sum))[:32] + ".tmp"
}

func isTemporary(name string) bool {
	sum, begins := strings.CutPrefix(name, ".secretctl-")
	sum, ends := strings.CutSuffix(sum, ".tmp")
	return begins && ends && len(sum) == 32 && strings.Trim(sum, "0123456789abcdef") == ""
}

// change tells whoever asks that the disk is about to change.
func (tx *transaction) change(what string) {
	if tx.changing != nil {
		tx.changing(what)
	}
}

// begin makes the directory if it has to, waits for other runs in it, and leaves behind nothing of
// runs that were interrupted. What it has locked is unlocked by its caller, whatever it returns.
func (tx *transaction) begin() error {
	err := tx.mkdir(tx.at.path)
	if err == nil {
		err = tx.mkdirBelow()
	}
	if err != nil {
		return failed(fmt.Sprintf("writing %q", tx.at.to.path), err)
	}
	if tx.at.dir == nil {
		if err := tx.at.open(); err != nil {
			return failed(fmt.Sprintf("writing %q", tx.at.to.path), err)
		}
		if tx.at.dir == nil {
			return failed(fmt.Sprintf("writing %q", tx.at.to.path), fs.ErrNotExist)
		}
	}
	unlock, locked, err := lock(tx.at.dir.root)
	if err != nil {
		return failed(fmt.Sprintf("writing %q", tx.at.to.path), err)
	}
	tx.unlock = unlock
	return tx.recover(locked)
}

// recover finishes or undoes what a run that was interrupted has left. Without a lock another run
// may still be at work, so that its temporary files stay.
func (tx *transaction) recover(locked bool) error {
	if !tx.at.to.isFile {
		if err := tx.finish(); err != nil {
			return failed(fmt.Sprintf("writing %q", tx.at.to.path), err)
		}
	}
	if !locked {
		return nil
	}
	for _, name := range tx.at.dir.temporaries() {
		tx.change("remove " + name)
		if err := tx.at.dir.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			shown := filepath.Join(filepath.Dir(tx.at.shown("x")), name)
			return failed(fmt.Sprintf("removing %q", shown), err)
		}
	}
	return nil
}

// temporaries are the temporary files in the directory. There are none where it cannot be listed.
func (d *directory) temporaries() []string {
	f, err := d.root.Open(".")
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	var all []string
	for _, name := range names {
		if !isTemporary(name) {
			continue
		}
		if info, err := d.root.Lstat(name); err == nil && info.Mode().IsRegular() {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// finish lets the set of a pending plan take its place. A pending plan that cannot be fulfilled
// is not one that a run was interrupted with, and is removed: the run that is going on writes
// everything.
func (tx *transaction) finish() error {
	dir := tx.at.dir
	info, err := dir.root.Lstat(pendingName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var pending writtenPlan
	if info.Mode().IsRegular() {
		data, readErr := dir.read(pendingName, maxPlanSize)
		if pending, err = readPlan(data); readErr != nil {
			err = readErr
		}
	}
	if err != nil || !info.Mode().IsRegular() || !dir.canComplete(pending) {
		tx.change("remove " + pendingName)
		return dir.root.Remove(pendingName)
	}
	for _, l := range pending.Stacks {
		if _, err := dir.root.Lstat(temporaryName(l.Template, l.SHA256)); err != nil {
			continue // it is in its place
		}
		if err := tx.rename(temporaryName(l.Template, l.SHA256), l.Template); err != nil {
			return err
		}
	}
	var needed []string
	for _, l := range pending.Stacks {
		needed = append(needed, l.Template)
	}
	old, err := dir.plain(plan.FileName, maxPlanSize)
	if err != nil {
		old = nil // there is none, or nothing that names templates
	}
	if err := tx.tidy(old, needed); err != nil {
		return err
	}
	if err := tx.rename(pendingName, plan.FileName); err != nil {
		return err
	}
	return dir.sync()
}

// canComplete says whether every template of a plan is in its place or under its temporary name,
// and none would take the place of a file that is not secretctl's.
func (d *directory) canComplete(plan writtenPlan) bool {
	seen := map[string]bool{}
	for _, l := range plan.Stacks {
		if !l.isOurs() || seen[l.Template] {
			return false
		}
		seen[l.Template] = true
		there, err := d.plain(l.Template, maxTemplateSize)
		if err == nil && hashOf(there) == l.SHA256 {
			continue
		}
		if err == nil && !isWritten(there) || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false
		}
		staged, err := d.plain(temporaryName(l.Template, l.SHA256), maxTemplateSize)
		if err != nil || hashOf(staged) != l.SHA256 {
			return false
		}
	}
	return true
}

// plain reads up to limit bytes of a file that is no link.
func (d *directory) plain(name string, limit int) ([]byte, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	return d.read(name, limit)
}

// stage makes a file beside its destination, and begins to write and to sync it.
func (tx *transaction) stage(d destination) error {
	name := temporaryName(d.name, d.file.SHA256)
	tx.change("create " + name)
	f, err := tx.at.dir.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, d.mode)
	if err != nil {
		return err
	}
	tx.staged = append(tx.staged, stagedFile{temporary: name, destination: d})
	tx.change("write " + name)
	tx.staged[len(tx.staged)-1].synced = tx.fill(f, d)
	return nil
}

// fill begins to write a file and to sync it. It is then closed. fill returns where the error will
// be.
func (tx *transaction) fill(f *os.File, d destination) chan error {
	if tx.syncs == nil {
		tx.waits()
		tx.syncs = make(chan struct{}, syncsAtOnce)
		tx.rooms = make(chan *plan.Room, runtime.GOMAXPROCS(0))
		for range cap(tx.rooms) {
			tx.rooms <- &plan.Room{}
		}
	}
	tx.syncs <- struct{}{}
	synced := make(chan error, 1)
	go func() {
		var err error
		p := parallel.Catch(func() {
			room := <-tx.rooms
			defer func() { tx.rooms <- room }()
			_, err = f.Write(d.file.Text(room))
		})
		switch {
		case p != nil:
			err = p
		case err == nil && d.info != nil: // the umask applies to new files only
			err = f.Chmod(d.mode)
		}
		if err == nil {
			err = f.Sync()
		}
		synced <- errors.Join(err, f.Close())
		<-tx.syncs
	}()
	return synced
}

// awaitSyncs waits until all that is staged is on the disk. The first file that cannot be is the
// error; a panic while one was written is that of the caller.
func (tx *transaction) awaitSyncs() (first error) {
	for i := range tx.staged {
		s := &tx.staged[i]
		if s.synced == nil {
			continue
		}
		err := <-s.synced
		if p := (*parallel.Panic)(nil); errors.As(err, &p) {
			s.synced = nil
			panic(p)
		}
		if err != nil && first == nil {
			first = failed(fmt.Sprintf("writing %q", s.shown), err)
		}
		s.synced = nil
	}
	return first
}

// mkdir makes a directory and its parents, and remembers which.
func (tx *transaction) mkdir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err // what is there and no directory is found when a file is made in it
	}
	if err := tx.mkdir(filepath.Dir(dir)); err != nil {
		return err
	}
	tx.change("mkdir " + dir)
	err := os.Mkdir(dir, 0o755)
	if errors.Is(err, fs.ErrExist) { // another run was faster, or it is a link to nowhere
		if _, statErr := os.Stat(dir); statErr == nil {
			return nil
		}
	}
	if err != nil {
		return err
	}
	tx.made = append(tx.made, dir)
	if above, err := openDirectory(filepath.Dir(dir)); err == nil { // else it may only be written
		tx.syncAside(above)
	}
	return nil
}

// syncAside begins to sync the names in a directory that another one was made in, which is closed
// then. Nothing but the end of the transaction waits for that.
func (tx *transaction) syncAside(above *directory) {
	tx.waits()
	synced := make(chan error, 1)
	tx.above = append(tx.above, synced)
	go func() {
		err := above.sync()
		above.close()
		synced <- err
	}()
}

// awaitAbove waits until the names of directories that were made are on the disk.
func (tx *transaction) awaitAbove() (err error) {
	for _, synced := range tx.above {
		err = cmp.Or(err, <-synced)
	}
	tx.above = nil
	return err
}

// waits tells whoever asks that the run waits for a disk from now on.
func (tx *transaction) waits() {
	if tx.waiting != nil {
		tx.waiting()
	}
}

// mkdirBelow makes the directories below the one that was named, none through a link.
func (tx *transaction) mkdirBelow() error {
	below := tx.at.to.below
	path := tx.at.path
	for i, name := range below {
		above, err := openBelow(tx.at.path, below[:i])
		if err != nil {
			return err
		}
		path = filepath.Join(path, name)
		if _, err = above.root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			tx.change("mkdir " + path)
			if err = above.root.Mkdir(name, 0o755); err == nil {
				tx.made = append(tx.made, path)
				tx.syncAside(above)
				continue
			}
		}
		above.close()
		if err != nil && !errors.Is(err, fs.ErrExist) { // another run was faster
			return err
		}
	}
	return nil
}

// commit puts the staged files in their places, removes the templates that only the plan before
// them names, and remembers all that on the disk before it begins. all are the destinations,
// staged or not; of a directory, the plan is the last of them.
func (tx *transaction) commit(all []destination) error {
	if len(tx.staged) == 0 {
		return tx.awaitAbove()
	}
	if err := tx.awaitSyncs(); err != nil {
		return err
	}
	first := len(tx.made) > 0 &&
		!slices.ContainsFunc(all, func(d destination) bool { return d.info != nil })
	last := &tx.staged[len(tx.staged)-1]
	plan := !tx.at.to.isFile && last.name == plan.FileName
	if plan {
		if err := tx.rename(last.temporary, pendingName); err != nil {
			return failed(fmt.Sprintf("writing %q", last.shown), err)
		}
		last.temporary, tx.pending, tx.made = pendingName, true, nil
		// With the names of the temporary files: a pending plan without them means nothing.
		if !first {
			if err := tx.at.dir.sync(); err != nil {
				return failed(fmt.Sprintf("writing %q", last.shown), err)
			}
		}
	}
	var tidied error
	for len(tx.staged) > 0 {
		s := tx.staged[0]
		if plan && len(tx.staged) == 1 {
			tidied = tx.tidy(s.old, names(all)) // the old plan is still there
		}
		if err := tx.rename(s.temporary, s.name); err != nil {
			return failed(fmt.Sprintf("writing %q", s.shown), err)
		}
		tx.staged, tx.made = tx.staged[1:], nil
	}
	if err := cmp.Or(tx.at.dir.sync(), tx.awaitAbove()); err != nil {
		return failed(fmt.Sprintf("writing %q", tx.at.to.path), err)
	}
	return tidied
}

func (tx *transaction) rename(from, to string) error {
	tx.change("rename " + from + " to " + to)
	return tx.at.dir.root.Rename(from, to)
}

// tidy removes the templates that the plan of an earlier run lists and that are not needed any
// more, unless somebody has changed them since. One that is a needed file under another spelling
// of its name gets the new spelling.
func (tx *transaction) tidy(old []byte, needed []string) error {
	var errs []error
	for _, l := range leftovers(tx.at.dir, old, needed) {
		switch {
		case l.changed:
			tx.warn(tx.at.shown(l.name))
		case l.now != "":
			if err := tx.rename(l.name, l.now); err != nil {
				errs = append(errs, failed(fmt.Sprintf("renaming %q", tx.at.shown(l.name)), err))
			}
		default:
			tx.change("remove " + l.name)
			if err := tx.at.dir.root.Remove(l.name); err != nil {
				errs = append(errs, failed(fmt.Sprintf("removing %q", tx.at.shown(l.name)), err))
				continue
			}
			tx.removed = append(tx.removed, tx.at.shown(l.name))
		}
	}
	return errors.Join(errs...)
}

// rollback removes what was staged and has not taken its place, and the directories that were
// made for it. Once the new set counts nothing is removed: the next run finishes it.
func (tx *transaction) rollback() {
	_ = tx.awaitSyncs() // of files that go
	_ = tx.awaitAbove() // of directories that go
	if !tx.pending {
		for _, s := range tx.staged {
			tx.at.dir.root.Remove(s.temporary)
		}
	}
	for _, dir := range slices.Backward(tx.made) {
		os.Remove(dir) // fails, rightly, if somebody has put something there
	}
}

// sync makes sure that the names in the directory are on the disk, where the operating system and
// the file system can do that for a directory, and it may be read.
func (d *directory) sync() error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := d.root.Open(".")
	if err != nil {
		return nil
	}
	defer f.Close()
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// How long a run waits for another one in the same directory.
const (
	lockPause = 20 * time.Millisecond
	lockTries = int(time.Minute / lockPause)
)

var errLocked = errors.New(
	"another run of secretctl is writing there, and has not ended within a minute")
