package cli

import (
	"errors"
	"io/fs"

	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// acceptance is an entry of accept in a file of its own, and the environments that it is for; nil:
// all.
type acceptance struct {
	change.Acceptance
	in []string
}

// acceptFile reads what --accept names; without it there is nothing. What is wrong in the file is
// shown.
func (p *program) acceptFile(path string) ([]acceptance, *source.Masks, error) {
	masks := &source.Masks{}
	if path == "" {
		return nil, masks, nil
	}
	files, found, err := p.readOne(path)
	if err != nil {
		return nil, nil, err
	}
	var entries []spec.Accept
	if len(files) == 1 && !found.HasErrors() {
		entries, masks, found = spec.ReadAccept(files[0])
	}
	if found.HasErrors() {
		p.showText(found, masks)
		return nil, nil, refuse(exitFailed, "", "the file %q of --accept has errors", path)
	}
	var out []acceptance
	for i, a := range compile.Acceptances(entries, nil) {
		one := acceptance{Acceptance: *a}
		for _, t := range entries[i].Environments {
			one.in = append(one.in, t.V)
		}
		out = append(out, one)
	}
	return out, masks, nil
}

// readOne reads one file that is named, or standard input.
func (p *program) readOne(path string) ([]*source.File, diag.List, error) {
	if d, err := p.files().stat(path); err == nil && d.IsDir() {
		return nil, nil, refuse(exitFailed, "name a file", "%q is a directory", path)
	}
	p.inputs = map[string]fs.FileInfo{}
	r := reader{p: p, kind: specFiles}
	r.add(path)
	return r.files, r.found, errors.Join(r.errs...)
}
