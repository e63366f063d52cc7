package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// defaultSpec is what is read when the command line names nothing.
const defaultSpec = "secretctl.yaml"

// stdinName is how standard input is called wherever a file's name is shown.
const stdinName = "<stdin>"

// isSpecName says whether a file below a directory is taken for a spec. Hidden files are not:
// editors keep locks and backups in them.
func isSpecName(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(filepath.Base(name), ".")
}

// read returns the specs that the paths of a command line mean, in the order of the command line,
// the files of a directory sorted. A file that is named twice is read once. What is wrong with the
// files as such is found; whatever cannot be read is an error, and all such errors are returned.
func (p *program) read(paths []string) (specs, diag.List, error) {
	units, found, err := p.readUnits(paths)
	if err != nil {
		return specs{}, found, err
	}
	return p.specsOf(units, &found), found, nil
}

// readUnits reads what each path of a command line means, as read does.
func (p *program) readUnits(paths []string) ([]unit, diag.List, error) {
	if len(paths) == 0 {
		if _, err := p.files().stat(defaultSpec); errors.Is(err, fs.ErrNotExist) {
			return nil, nil, refuse(exitFailed,
				"name a spec file, a directory of them, or - for standard input; "+
					"secretctl init writes a spec to begin with",
				"there is no %s here", defaultSpec)
		}
		paths = []string{defaultSpec}
	}
	p.inputs = map[string]fs.FileInfo{}
	r := reader{p: p, kind: specFiles}
	var units []unit
	for _, path := range paths {
		r.files = nil
		isDirectory := r.add(path)
		if len(r.files) > 0 {
			units = append(units, unit{p.nameOf(path, isDirectory), path, isDirectory, r.files})
		}
	}
	tellPassedOver(&r.found, r.passed)
	return units, r.found, errors.Join(r.errs...)
}

// kindOfFile is what the files of a command line are read for.
type kindOfFile struct {
	most int    // bytes of all of them together, or of each
	each bool   // of each
	hint string // what to do with more
}

var (
	specFiles = kindOfFile{
		most: maxSpecSize,
		hint: "make several specs of it; one imports keys and secrets of another",
	}
	templateFiles = kindOfFile{
		most: maxTemplateSize, each: true,
		hint: "make it smaller: CloudFormation takes templates of up to 1,048,576 bytes",
	}
)

// reader collects the files of one command line.
type reader struct {
	p     *program
	kind  kindOfFile
	size  int // of the files that were read, in bytes
	files []*source.File
	found diag.List
	errs  []error

	walking bool     // what is read was not named: it may be anything
	again   bool     // what is read was read before, by another name
	passed  []string // what was not read as a spec
}

// fail notes that a path cannot be read.
func (r *reader) fail(name string, err error) {
	const hint = "to read from a pipe, write - and give it as standard input"
	r.errs = append(r.errs, unreadable(name, err, hint))
}

// unreadable says why a path cannot be read, and what helps; hint is for what is no regular file.
func unreadable(name string, err error, hint string) error {
	switch {
	case errors.Is(err, errLeadsOut):
		hint = "put the file itself there, or name on the command line where it is"
	case !errors.Is(err, errNotRegular):
		hint = ""
	}
	return cannotRead(name, err, hint)
}

// first says whether a path has not been read yet.
func (r *reader) first(real string, info fs.FileInfo) bool {
	if _, read := r.p.inputs[real]; read {
		return false
	}
	r.p.inputs[real] = info
	return true
}

// add reads what one argument means, and says whether that is a directory.
func (r *reader) add(name string) (isDirectory bool) {
	if name == "-" {
		if r.first("-", nil) && r.p.env.Stdin != nil {
			r.load(stdinName, r.p.env.Stdin, 0)
		}
		return false
	}
	info, err := r.p.files().stat(name)
	if err != nil {
		r.fail(name, err)
		return false
	}
	if !info.IsDir() {
		r.file(name, info)
		return false
	}
	errs, found, passed := len(r.errs), len(r.found), len(r.passed)
	r.again = false
	specs := r.walk(name)
	slices.Sort(specs)
	r.walking = true
	r.readBelow(name, specs)
	r.walking = false
	none := len(r.files) == 0 && !r.again
	if none && len(r.errs) == errs && len(r.found) == found {
		hint := "specs are files that end in .yaml or .yml"
		if others := r.passed[passed:]; len(others) > 0 {
			hint += " and have a property of the language; " + areNone(others)
		}
		r.errs = append(r.errs, refuse(exitFailed, hint, "there is no spec in %q", name))
	}
	return true
}

// walk returns the files below a directory that may be specs. Directories that are hidden, of
// packages of Node.js, or hold what compile wrote are left out.
func (r *reader) walk(dir string) []string {
	entries, err := r.p.files().list(dir)
	if err != nil {
		r.fail(dir, err)
		return nil
	}
	var specs []string
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && (strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules"):
		case e.IsDir() && r.p.exists(filepath.Join(name, plan.FileName)):
			if !r.p.isCompiled(name) && r.p.hasSpecName(name) { // which one may wonder about
				r.passed = append(r.passed, name+string(filepath.Separator))
			}
		case e.IsDir():
			specs = append(specs, r.walk(name)...)
		case isSpecName(e.Name()):
			specs = append(specs, name)
		}
	}
	return specs
}

// isCompiled says whether the plan of a directory is one that compile wrote.
func (p *program) isCompiled(dir string) bool {
	d, err := p.files().enter(dir)
	if err != nil {
		return false
	}
	defer d.close()
	data, err := readIn(d, plan.FileName, maxPlanSize)
	if err != nil {
		return false
	}
	written, err := readPlan(data)
	return err == nil && written.Stack != ""
}

// hasSpecName says whether a file in a directory has the name of a spec.
func (p *program) hasSpecName(dir string) bool {
	entries, _ := p.files().list(dir)
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isSpecName(e.Name()) })
}

// readBelow reads files that are below a directory and do not lead out of it.
func (r *reader) readBelow(dir string, names []string) {
	d, err := r.p.files().enter(dir)
	if err != nil {
		r.fail(dir, err)
		return
	}
	defer d.close()
	for _, name := range names {
		info, err := d.stat(inside(dir, name))
		if err != nil {
			r.fail(name, err)
			continue
		}
		if info.IsDir() { // a link to a directory is not followed: it may lead back
			continue
		}
		r.open(name, func() (fs.File, fs.FileInfo, error) { return d.open(inside(dir, name)) })
	}
}

// file reads one file that is named. Pipes and devices are refused, because they may never end or
// never begin.
func (r *reader) file(name string, info fs.FileInfo) {
	r.open(name, func() (fs.File, fs.FileInfo, error) { return r.p.files().open(name, info) })
}

// open reads a file unless it was read under another name.
func (r *reader) open(name string, open func() (fs.File, fs.FileInfo, error)) {
	if r.tooMuch() {
		return // and it was said
	}
	f, info, err := open()
	if err != nil {
		r.fail(name, err)
		return
	}
	defer f.Close()
	real, err := r.p.files().real(name)
	if err != nil {
		r.fail(name, err)
		return
	}
	if r.first(real, info) {
		r.load(name, f, info.Size())
	} else {
		r.again = true
	}
}

// load reads all of one file, or finds that it is too large. The size is only a guess at how much
// there is.
func (r *reader) load(name string, from io.Reader, size int64) {
	data, err := readAll(from, size, r.kind.most)
	var large *tooLarge
	if errors.As(err, &large) && r.walking && data == nil {
		const enough = 1 << 20 // to see what it is
		beginning, _ := io.ReadAll(io.LimitReader(from, enough))
		if !spec.MayBeSpec(source.New(name, beginning)) {
			r.passOver(name)
			return
		}
	}
	if errors.As(err, &large) {
		message := fmt.Sprintf("the file has more than the %s bytes that secretctl reads",
			english.Thousands(large.limit))
		if large.size > 0 {
			message = fmt.Sprintf("the file has %s bytes, more than the %s that secretctl reads",
				english.Thousands(int(large.size)), english.Thousands(large.limit))
		}
		r.refuse(name, message)
		return
	}
	if err != nil {
		r.fail(name, err)
		return
	}
	if text, ok := r.p.repaired[name]; ok {
		data = text
	}
	r.p.take(len(data))
	file := source.New(name, data)
	if r.walking && !spec.MayBeSpec(file) {
		r.passOver(name)
		return
	}
	if r.size += len(data); r.tooMuch() {
		r.refuse(name, fmt.Sprintf("the spec has %s bytes up to the end of this file, "+
			"more than the %s that secretctl reads", english.Thousands(r.size),
			english.Thousands(r.kind.most)))
		return
	}
	r.files = append(r.files, file)
}

// passOver notes that a file which was not named is no spec. It may be written over.
func (r *reader) passOver(name string) {
	r.passed = append(r.passed, name)
	if real, err := r.p.files().real(name); err == nil {
		delete(r.p.inputs, real)
	}
}

// tooMuch says whether the files that were read are too large together.
func (r *reader) tooMuch() bool { return !r.kind.each && r.size > r.kind.most }

// refuse finds that a file is too large.
func (r *reader) refuse(name, message string) {
	r.found.Report(diag.FileTooLarge, source.Span{File: source.New(name, nil)}).
		Message("%s", diag.Words(message)).
		Hint("%s", diag.Words(r.kind.hint))
}
