package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// defaultSpec is what is read when the command line names nothing.
const defaultSpec = "secretctl.yaml"

// stdinName is how standard input is called wherever a file's name is shown.
const stdinName = "<stdin>"

// maxFileSize is how much of one file is read, in bytes.
const maxFileSize = 64 << 20

// isSpecName says whether a file below a directory is taken for a spec. Hidden files are not: editors keep locks and backups
// in them.
func isSpecName(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(filepath.Base(name), ".")
}

// read returns the files that the paths of a command line mean, in the order of the command line, those of a directory sorted. A file
// that is named twice is read once. Files larger than secretctl reads are diagnostics; whatever cannot be read is an error, and
// all such errors are returned.
func (p *program) read(paths []string) ([]*source.File, diag.List, error) {
	if len(paths) == 0 {
		if _, err := os.Stat(p.path(defaultSpec)); errors.Is(err, os.ErrNotExist) {
			return nil, nil, &exit{
				code:    exitFailed,
				message: fmt.Sprintf("there is no %s here", defaultSpec),
				hint:    "name a spec file, a directory of them, or - for standard input",
			}
		}
		paths = []string{defaultSpec}
	}
	p.inputs = map[string]bool{}
	r := reader{p: p}
	for _, path := range paths {
		r.add(path)
	}
	tuneCollector(r.files)
	return r.files, r.found, errors.Join(r.errs...)
}

// tuneCollector lets the garbage collector run more often for large specs: a tenth more time for a third less memory, as
// BenchmarkProcess shows. Small ones end before it matters.
func tuneCollector(files []*source.File) {
	const large = 1 << 20
	size := 0
	for _, f := range files {
		size += len(f.Data)
	}
	if size > large {
		debug.SetGCPercent(50)
	}
}

// reader collects the files of one command line.
type reader struct {
	p     *program
	files []*source.File
	found diag.List
	errs  []error
}

// fail notes that a path cannot be read.
func (r *reader) fail(name string, err error) {
	r.errs = append(r.errs, failed(fmt.Sprintf("reading %q", name), err))
}

// first says whether a path has not been read yet.
func (r *reader) first(real string) bool {
	if r.p.inputs[real] {
		return false
	}
	r.p.inputs[real] = true
	return true
}

// add reads what one argument means.
func (r *reader) add(name string) {
	if name == "-" {
		if r.first("-") && r.p.env.Stdin != nil {
			r.load(stdinName, r.p.env.Stdin, 0)
		}
		return
	}
	info, err := os.Stat(r.p.path(name))
	if err != nil {
		r.fail(name, err)
		return
	}
	if !info.IsDir() {
		r.file(name, info)
		return
	}
	before := len(r.errs)
	specs := r.walk(name)
	if len(specs) == 0 && len(r.errs) == before {
		r.errs = append(r.errs, &exit{
			code:    exitFailed,
			message: fmt.Sprintf("there is no spec in %q", name),
			hint:    "specs are files that end in .yaml or .yml",
		})
	}
	slices.Sort(specs)
	for _, spec := range specs {
		info, err := os.Stat(r.p.path(spec))
		if err != nil {
			r.fail(spec, err)
			continue
		}
		if !info.IsDir() { // a link to a directory is not followed: it may lead out, or back
			r.file(spec, info)
		}
	}
}

// walk returns the specs below a directory, hidden directories left out.
func (r *reader) walk(dir string) []string {
	entries, err := os.ReadDir(r.p.path(dir))
	if err != nil {
		r.fail(dir, err)
		return nil
	}
	var specs []string
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if !strings.HasPrefix(e.Name(), ".") {
				specs = append(specs, r.walk(name)...)
			}
		case isSpecName(e.Name()):
			specs = append(specs, name)
		}
	}
	return specs
}

// file reads one file. Pipes and devices are refused, because they may never end or never begin.
func (r *reader) file(name string, info os.FileInfo) {
	if !info.Mode().IsRegular() {
		r.errs = append(r.errs, &exit{
			code:    exitFailed,
			message: fmt.Sprintf("reading %q: it is not a regular file", name),
			hint:    "to read from a pipe, write - and give it as standard input",
		})
		return
	}
	real, err := realPath(r.p.path(name))
	if err != nil {
		r.fail(name, err)
		return
	}
	if !r.first(real) {
		return
	}
	f, err := os.Open(real)
	if err != nil {
		r.fail(name, err)
		return
	}
	defer f.Close()
	r.load(name, f, info.Size())
}

// load reads all of one file, or finds that it is too large. The size is only a guess at how much there is.
func (r *reader) load(name string, from io.Reader, size int64) {
	var data bytes.Buffer
	data.Grow(int(min(size, maxFileSize)) + bytes.MinRead)
	if _, err := data.ReadFrom(io.LimitReader(from, maxFileSize+1)); err != nil {
		r.fail(name, err)
		return
	}
	if data.Len() > maxFileSize {
		r.found.Report(diag.FileTooLarge, source.Span{File: source.New(name, nil)}).
			Message("the file has more than %d MiB", maxFileSize>>20).
			Hint("split the spec into several files; they are united")
		return
	}
	r.files = append(r.files, source.New(name, data.Bytes()))
}

// realPath returns the one absolute path that all names of a file have in common, hard links apart.
func realPath(path string) (string, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}
