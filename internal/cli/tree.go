package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/secretctl/secretctl/internal/revision"
)

// tree is where the paths of a command line lead: the disk, or a revision.
type tree interface {
	// stat says what is at a path, or behind the links there.
	stat(path string) (fs.FileInfo, error)
	// list returns what is in a directory, sorted by name.
	list(path string) ([]fs.DirEntry, error)
	// isDirectory says whether a directory is at a path, and no link to one.
	isDirectory(path string) bool
	// open opens the regular file that a person has named, of which stat has said what it is.
	open(path string, info fs.FileInfo) (fs.File, fs.FileInfo, error)
	// enter opens a directory as a border.
	enter(path string) (border, error)
	// real returns the one path that all names of a file have in common, hard links apart.
	real(path string) (string, error)
}

// border is a directory out of which no name in it leads.
type border interface {
	stat(name string) (fs.FileInfo, error)
	open(name string) (fs.File, fs.FileInfo, error)
	close()
}

// readIn returns what is in a regular file in a directory, of up to limit bytes.
func readIn(d border, name string, limit int) ([]byte, error) {
	f, info, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, info.Size(), limit)
}

// files is where the paths of the command line lead.
func (p *program) files() tree {
	if p.revision != nil {
		return p.revision
	}
	return disk{p}
}

// disk is the files of the operating system.
type disk struct{ p *program }

func (d disk) stat(path string) (fs.FileInfo, error)   { return os.Stat(d.p.path(path)) }
func (d disk) list(path string) ([]fs.DirEntry, error) { return os.ReadDir(d.p.path(path)) }
func (d disk) enter(path string) (border, error)       { return d.p.openDirectory(path) }

func (d disk) isDirectory(path string) bool {
	info, err := os.Lstat(d.p.path(path))
	return err == nil && info.IsDir()
}

func (d disk) open(path string, info fs.FileInfo) (fs.File, fs.FileInfo, error) {
	return openNamed(d.p.path(path), info)
}

func (d disk) real(path string) (string, error) {
	path, err := filepath.EvalSymlinks(d.p.path(path))
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// How many files of a revision are looked at, and how much is read of those that may be specs or
// templates, in bytes.
const (
	mostFilesOfRevision = 200_000
	maxRevisionSize     = 256 << 20
)

// revisionTree is the files that REVISION:PATH means. Paths begin with that text, as people wrote
// it.
type revisionTree struct {
	text string
	*revision.Tree
}

// openRevision reads what REVISION:PATH means: of a directory the files that may be specs or
// templates, and those that say which templates there are.
func (p *program) openRevision(ctx context.Context, text string) (*revisionTree, error) {
	t, err := revision.Open(ctx, p.path("."), text, revision.Limits{
		File: max(maxSpecSize, maxPlanSize), Files: mostFilesOfRevision, All: maxRevisionSize,
	}, isTemplateName)
	if err != nil {
		return nil, err
	}
	return &revisionTree{text, t}, nil
}

// name returns the name that a path has in the file system of the revision.
func (t *revisionTree) name(path string) string {
	if t.IsFile && path == t.text {
		return t.Name
	}
	return filepath.ToSlash(inside(t.text, path))
}

func (t *revisionTree) stat(path string) (fs.FileInfo, error) { return fs.Stat(t.FS, t.name(path)) }

func (t *revisionTree) list(path string) ([]fs.DirEntry, error) {
	return fs.ReadDir(t.FS, t.name(path))
}

func (t *revisionTree) isDirectory(path string) bool {
	info, err := t.stat(path)
	return err == nil && info.IsDir()
}

func (t *revisionTree) open(path string, _ fs.FileInfo) (fs.File, fs.FileInfo, error) {
	return openIn(t.FS, t.name(path))
}

func (t *revisionTree) enter(path string) (border, error) {
	below, err := fs.Sub(t.FS, t.name(path))
	if err != nil {
		return nil, err
	}
	return revisionBorder{below}, nil
}

func (t *revisionTree) real(path string) (string, error) { return path, nil }

// revisionBorder is a directory of a revision.
type revisionBorder struct{ fs.FS }

func (b revisionBorder) stat(name string) (fs.FileInfo, error) {
	return fs.Stat(b.FS, filepath.ToSlash(name))
}

func (b revisionBorder) open(name string) (fs.File, fs.FileInfo, error) {
	return openIn(b.FS, filepath.ToSlash(name))
}

func (b revisionBorder) close() {}

// openIn opens a file of a revision.
func openIn(files fs.FS, name string) (fs.File, fs.FileInfo, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
