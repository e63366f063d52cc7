package revision

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// file is one file of a revision.
type file struct {
	name   string
	data   []byte
	size   int64
	isRead bool // else it is known by name only
}

// files is a file system of a revision. Its directories are those above its files.
type files struct {
	byPath  map[string]*file
	entries map[string][]fs.DirEntry // of each directory, sorted
}

func newFiles() *files {
	return &files{map[string]*file{}, map[string][]fs.DirEntry{".": nil}}
}

// add adds a file, and the directories above it. Files come sorted, or in any order.
func (f *files) add(at string, one *file) {
	one.name = path.Base(at)
	f.byPath[at] = one
	f.enter(path.Dir(at), fs.FileInfoToDirEntry(one))
}

// enter adds an entry to a directory, which is made if it is not there.
func (f *files) enter(dir string, e fs.DirEntry) {
	list, exists := f.entries[dir]
	i, _ := slices.BinarySearchFunc(list, e.Name(), func(e fs.DirEntry, name string) int {
		return strings.Compare(e.Name(), name)
	})
	f.entries[dir] = slices.Insert(list, i, e)
	if !exists {
		f.enter(path.Dir(dir), fs.FileInfoToDirEntry(directory(path.Base(dir))))
	}
}

// ErrUnread is why a file cannot be opened that was not to be read.
var ErrUnread = errors.New("it was not read from the revision")

// Open opens a file or directory.
func (f *files) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	if list, ok := f.entries[name]; ok {
		return &openDirectory{directory(path.Base(name)), list}, nil
	}
	one := f.byPath[name]
	switch {
	case one == nil:
		return fail(fs.ErrNotExist)
	case !one.isRead:
		return fail(ErrUnread)
	}
	return &openFile{one, bytes.NewReader(one.data)}, nil
}

// Stat returns what is known of a file or directory, also of one that cannot be opened.
func (f *files) Stat(name string) (fs.FileInfo, error) {
	if one := f.byPath[name]; one != nil {
		return one, nil
	}
	if _, ok := f.entries[name]; ok {
		return directory(path.Base(name)), nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// Name, Size, Mode, ModTime, IsDir and Sys make a file its own fs.FileInfo.
func (f *file) Name() string       { return f.name }
func (f *file) Size() int64        { return f.size }
func (f *file) Mode() fs.FileMode  { return 0o444 }
func (f *file) ModTime() time.Time { return time.Time{} }
func (f *file) IsDir() bool        { return false }
func (f *file) Sys() any           { return nil }

// directory is the name of a directory, and its own fs.FileInfo.
type directory string

func (d directory) Name() string       { return string(d) }
func (d directory) Size() int64        { return 0 }
func (d directory) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (d directory) ModTime() time.Time { return time.Time{} }
func (d directory) IsDir() bool        { return true }
func (d directory) Sys() any           { return nil }

// openFile is a file that is read.
type openFile struct {
	*file
	*bytes.Reader
}

func (f *openFile) Size() int64                { return f.file.size }
func (f *openFile) Stat() (fs.FileInfo, error) { return f.file, nil }
func (f *openFile) Close() error               { return nil }

// openDirectory is a directory that is listed.
type openDirectory struct {
	directory
	rest []fs.DirEntry
}

func (d *openDirectory) Stat() (fs.FileInfo, error) { return d.directory, nil }
func (d *openDirectory) Close() error               { return nil }

var errIsDirectory = errors.New("it is a directory")

func (d *openDirectory) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: string(d.directory), Err: errIsDirectory}
}

// ReadDir returns the next entries, as fs.ReadDirFile says.
func (d *openDirectory) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		list := d.rest
		d.rest = nil
		return list, nil
	}
	if len(d.rest) == 0 {
		return nil, io.EOF
	}
	list := d.rest[:min(n, len(d.rest))]
	d.rest = d.rest[len(list):]
	return list, nil
}
