package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
)

// How much of one input is read, in bytes. What is larger is refused before it is read.
const (
	// maxSpecSize is that of all files of a spec together. A spec of 10,000 secrets has a few
	// megabytes; package yaml bounds how much can stand in so many bytes.
	maxSpecSize = 64 << 20
	// maxTemplateSize is four times what CloudFormation accepts, because a template on disk may be
	// indented and commented where the one that is uploaded is not.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	maxTemplateSize = 4 << 20
	// maxPlanSize is that of plan.json, and of any file that compile compares or replaces. A plan
	// of 10,000 secrets, with 10,000 statements to hand over, has less than a quarter.
	maxPlanSize = 64 << 20
	// maxManifestSize is that of the manifest of a cloud assembly, which has a few lines for every
	// resource of its stacks.
	maxManifestSize = 16 << 20
	// maxValueSize is that of a file with the value of a parameter. CloudFormation accepts 4,096
	// bytes; of a value that is a little longer, a message can say so.
	maxValueSize = 64 << 10
)

// What a file can be that is not read. The messages go on after the file's name and a colon.
var (
	errNotRegular = errors.New("it is not a regular file")
	errLeadsOut   = errors.New(
		"it is a symbolic link, or below one, that leads out of the directory")
)

// tooLarge says that a file has more bytes than are read of its kind.
type tooLarge struct {
	size  int64 // 0: it is not known how many, only that there are more
	limit int
}

func (e *tooLarge) Error() string {
	if e.size == 0 {
		return fmt.Sprintf("it has more than the %s bytes that secretctl reads",
			english.Thousands(e.limit))
	}
	return fmt.Sprintf("it has %s bytes, more than the %s that secretctl reads",
		english.Thousands(int(e.size)), english.Thousands(e.limit))
}

// errLink goes on after a name and a colon.
var errLink = errors.New(
	"it is a symbolic link, and in the directory of templates none is followed")

// directory is one that is read or written as a whole. It is the border of what is touched: names
// in it may lead through symbolic links, but none leads out of it. That its own path leads through
// links does not matter where somebody has named it and means where it leads.
type directory struct {
	root  *os.Root
	piece []byte // room for a part of a file
}

// openDirectory opens the directory that a path of the command line means.
func (p *program) openDirectory(path string) (*directory, error) {
	return openDirectory(p.path(path))
}

// openDirectory opens the directory that is at a path for the operating system, and nothing else:
// it never waits for the other end of a pipe.
func openDirectory(path string) (*directory, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &os.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &directory{root: root}, nil
}

func (d *directory) close() { d.root.Close() }

// stat says what a name in the directory leads to.
func (d *directory) stat(name string) (fs.FileInfo, error) {
	info, err := d.root.Stat(name)
	return info, within(err)
}

// openTarget opens the directory that templates are written to.
func (p *program) openTarget(to target) (*directory, error) {
	return openBelow(p.path(to.named()), to.below)
}

// openBelow opens a directory by the one that was named and the names below it, of which none is a
// link.
func openBelow(named string, below []string) (*directory, error) {
	d, err := openDirectory(named)
	for i := 0; i < len(below) && err == nil; i++ {
		above := d
		d, err = above.enter(below[i])
		above.close()
	}
	return d, err
}

// enter opens a directory in another one, if its name is no link.
func (d *directory) enter(name string) (*directory, error) {
	info, err := d.root.Lstat(name)
	switch {
	case err != nil:
		return nil, within(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, errLink
	case !info.IsDir():
		return nil, &os.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	root, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, within(err)
	}
	if is, err := root.Stat("."); err != nil || !os.SameFile(is, info) {
		root.Close() // somebody has put a link there in between
		return nil, errLink
	}
	return &directory{root: root}, nil
}

// directories are the names of the directories in one, sorted. There are none where it cannot be
// listed.
func (d *directory) directories() []string {
	entries, _ := fs.ReadDir(d.root.FS(), ".")
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// within says why a name in the directory cannot be used: os.Root has no error of its own for what
// leads out.
func within(err error) error {
	var path *os.PathError
	if errors.As(err, &path) && path.Err.Error() == "path escapes from parent" {
		return errLeadsOut
	}
	return err
}

// open opens a regular file in the directory. It never waits for the other end of a pipe.
func (d *directory) open(name string) (fs.File, fs.FileInfo, error) {
	info, err := d.root.Stat(name)
	if err != nil {
		return nil, nil, within(err)
	}
	return openRegular(info, func(flag int) (*os.File, error) {
		f, err := d.root.OpenFile(name, flag, 0)
		return f, within(err)
	})
}

// read returns what is in a regular file in the directory, of up to limit bytes.
func (d *directory) read(name string, limit int) ([]byte, error) {
	return readIn(d, name, limit)
}

// holds says whether a regular file in the directory holds what a file shall have, and nothing
// else. It takes no room for what is there, as most runs find what they would write. What cannot be
// read does not.
func (d *directory) holds(name string, wanted plan.File) bool {
	f, info, err := d.open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	if info.Size() != int64(wanted.Size) {
		return false
	}
	const usual = 32 << 10
	if d.piece == nil {
		d.piece = make([]byte, min(wanted.Size+1, usual))
	}
	sum := sha256.New()
	for {
		n, err := f.Read(d.piece)
		sum.Write(d.piece[:n])
		if err == io.EOF {
			return hex.EncodeToString(sum.Sum(nil)) == wanted.SHA256
		}
		if err != nil {
			return false
		}
	}
}

// openRegular opens a file if it is a regular one, before and after it is opened: in between
// somebody may have put something else into its place.
func openRegular(
	info fs.FileInfo, open func(flag int) (*os.File, error),
) (fs.File, fs.FileInfo, error) {
	if !info.Mode().IsRegular() {
		return nil, nil, errNotRegular
	}
	f, err := open(os.O_RDONLY | syscall.O_NONBLOCK)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// openNamed opens a regular file that a person has named.
func openNamed(path string, info fs.FileInfo) (fs.File, fs.FileInfo, error) {
	return openRegular(info, func(flag int) (*os.File, error) { return os.OpenFile(path, flag, 0) })
}

// cannotRead is the error that ends a run where a file cannot be read.
func cannotRead(shown string, err error, hint string) error {
	return refuse(exitFailed, hint, "reading %q: %s", shown, reason(err))
}

// readAll reads up to limit bytes. size is a guess at how many there are, and 0 where there is
// none. More than limit is the error tooLarge.
func readAll(from io.Reader, size int64, limit int) ([]byte, error) {
	if size > int64(limit) {
		return nil, &tooLarge{size, limit}
	}
	var data bytes.Buffer
	data.Grow(int(size) + bytes.MinRead)
	if _, err := data.ReadFrom(io.LimitReader(from, int64(limit)+1)); err != nil {
		return nil, err
	}
	if data.Len() > limit {
		return nil, &tooLarge{0, limit}
	}
	return data.Bytes(), nil
}

// readValue returns what is in a file that a person names for a value of a parameter. It may be a
// pipe or a device: whoever names it means it.
func (p *program) readValue(path string) ([]byte, error) {
	f, err := os.Open(p.path(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, 0, maxValueSize)
}

// inside returns the name in a directory of a path that is below it.
func inside(dir, path string) string {
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return path // os.Root refuses it
	}
	return name
}
