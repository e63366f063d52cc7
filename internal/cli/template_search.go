package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// exists says whether something is there by a path of the command line.
func (p *program) exists(path string) bool {
	if path == stdinArgument {
		return true
	}
	_, err := p.files().stat(path)
	return err == nil
}

// templatesAt returns the templates that a path means; nil: it is a spec, or nothing that is there.
func (p *program) templatesAt(d deployed) ([]deployed, error) {
	if d.path == stdinArgument {
		data, err := p.peekInput()
		if err != nil {
			return nil, failed("reading standard input", err)
		}
		if spec.IsTemplate(source.New(stdinName, data)) {
			return []deployed{d}, nil
		}
		return nil, nil
	}
	info, err := p.files().stat(d.path)
	if err == nil && info.IsDir() {
		d.in = d.path
		return p.templatesIn(d)
	}
	data := p.peekFile(d)
	if data == nil {
		return nil, nil
	}
	meant := d.account != "" && !spec.LooksLikeSpec(data)
	if meant || spec.IsTemplate(data) {
		return []deployed{d}, nil
	}
	return nil, nil
}

// peekInput reads standard input, which can then be read again.
func (p *program) peekInput() ([]byte, error) {
	if p.env.Stdin == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(p.env.Stdin, maxSpecSize+1))
	p.env.Stdin = io.MultiReader(bytes.NewReader(data), p.env.Stdin)
	return data, err
}

// peekFile reads the beginning of a file to see what it is; nil where it cannot be read, which is
// said by whoever has to.
func (p *program) peekFile(d deployed) *source.File {
	f, err := p.openFile(d)
	if err != nil {
		return nil
	}
	defer f.Close()
	var data bytes.Buffer
	if info, err := f.Stat(); err == nil {
		data.Grow(int(min(info.Size(), maxSpecSize)) + bytes.MinRead)
	}
	if _, err = data.ReadFrom(io.LimitReader(f, maxSpecSize+1)); err != nil {
		return nil
	}
	return source.New(d.path, data.Bytes())
}

// openFile opens a regular file; one that a directory was named for, within its border.
func (p *program) openFile(d deployed) (fs.File, error) {
	if d.in == "" {
		info, err := p.files().stat(d.path)
		if err != nil {
			return nil, err
		}
		f, _, err := p.files().open(d.path, info)
		return f, err
	}
	dir, err := p.files().enter(d.in)
	if err != nil {
		return nil, err
	}
	defer dir.close()
	f, _, err := dir.open(inside(d.in, d.path))
	return f, err
}

// readStated reads a file in which a directory states what it holds; nil: there is none.
func (p *program) readStated(d deployed, name string, limit int) ([]byte, error) {
	dir, err := p.files().enter(d.in)
	if err != nil {
		return nil, unreadable(d.path, err, "")
	}
	defer dir.close()
	path := filepath.Join(d.path, name)
	data, err := readIn(dir, inside(d.in, path), limit)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, unreadable(path, err, "remove it, or name the templates themselves")
	}
	return data, nil
}

// templatesIn returns the templates of a directory; nil: it is one of specs.
func (p *program) templatesIn(d deployed) ([]deployed, error) {
	if stated, err := p.statedIn(d); stated != nil || err != nil {
		return stated, err
	}
	if p.holdsSpecs(d) {
		return nil, nil
	}
	return p.walkTemplates(d)
}

// statedIn returns the templates of a directory that states itself which they are.
func (p *program) statedIn(d deployed) ([]deployed, error) {
	if planned, err := p.planned(d); planned != nil || err != nil {
		return planned, err
	}
	return p.assembly(d, map[string]bool{})
}

// isPassedOver says whether a directory below the one that is named is not looked into: hidden
// ones, packages of Node.js, and assets of a cloud assembly.
func isPassedOver(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" ||
		strings.HasPrefix(name, "asset.")
}

// isTemplateName says whether a file in a directory may be a template.
func isTemplateName(name string) bool {
	switch filepath.Ext(name) {
	case ".yaml", ".yml", ".json", ".template":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// holdsSpecs says whether a file in a directory or below it looks like a spec. What states itself
// which templates it holds is no place for specs.
func (p *program) holdsSpecs(d deployed) bool {
	entries, err := p.files().list(d.path)
	if err != nil {
		return false
	}
	for _, e := range entries {
		in := d
		in.path = filepath.Join(d.path, e.Name())
		if e.IsDir() {
			if isPassedOver(e.Name()) ||
				p.exists(filepath.Join(in.path, plan.FileName)) ||
				p.exists(filepath.Join(in.path, manifestName)) {
				continue
			}
			if p.holdsSpecs(in) {
				return true
			}
			continue
		}
		if isSpecName(e.Name()) {
			if file := p.peekFile(in); file != nil && spec.LooksLikeSpec(file) {
				return true
			}
		}
	}
	return false
}

// walkTemplates returns the templates in a directory and below it, sorted by path; nil: none.
func (p *program) walkTemplates(d deployed) ([]deployed, error) {
	entries, err := p.files().list(d.path)
	if err != nil {
		return nil, failed(fmt.Sprintf("reading %q", d.path), err)
	}
	var out []deployed
	for _, e := range entries {
		in := d
		in.path = filepath.Join(d.path, e.Name())
		switch {
		case e.IsDir() && !isPassedOver(e.Name()):
			below, err := p.statedIn(in)
			if below == nil && err == nil {
				below, err = p.walkTemplates(in)
			}
			if err != nil {
				return nil, err
			}
			out = append(out, below...)
		case !e.IsDir() && isTemplateName(e.Name()):
			if p.leadsOut(in) {
				return nil, unreadable(in.path, errLeadsOut, "")
			}
			if file := p.peekFile(in); file != nil && spec.IsTemplate(file) {
				out = append(out, in)
			}
		}
	}
	return out, nil
}

// leadsOut says whether a name in a directory leads out of it.
func (p *program) leadsOut(d deployed) bool {
	dir, err := p.files().enter(d.in)
	if err != nil {
		return false
	}
	defer dir.close()
	_, err = dir.stat(inside(d.in, d.path))
	return errors.Is(err, errLeadsOut)
}
