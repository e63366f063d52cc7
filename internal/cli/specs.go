package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/revision"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// unit is what one path of the command line means: a file, or the files of a directory.
type unit struct {
	name        string // of the directory, or of the file without its ending
	path        string // as it was written
	isDirectory bool
	files       []*source.File
}

// specs are those of a command line.
type specs struct {
	list []compile.Spec
	dirs map[string]string // the directory that a spec is written to, by its name
}

// several says whether there are several, which then have to be told apart.
func (s specs) several() bool { return len(s.list) > 1 }

// nameOf returns the name of a directory, or of a file without its ending.
func (p *program) nameOf(path string, isDirectory bool) string {
	if path == stdinArgument {
		return "stdin"
	}
	base := filepath.Base(p.withoutRevision(path))
	if base == "." || base == ".." || base == string(filepath.Separator) {
		if real, err := filepath.Abs(p.path(path)); err == nil {
			base = filepath.Base(real)
		}
	}
	if isDirectory {
		return base
	}
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// withoutRevision returns a path without the revision that it is in.
func (p *program) withoutRevision(path string) string {
	if p.revision == nil {
		return path
	}
	name, _, _ := revision.Split(p.revision.text)
	return filepath.Clean(strings.TrimPrefix(path, name+":"))
}

// specsOf makes specs of what the paths of a command line mean. All files are one spec if they
// state one stack at most. Otherwise each path is a spec, and of a directory that states several
// each file, with what its own directory below that one holds; what then states none belongs to no
// spec.
func (p *program) specsOf(units []unit, found *diag.List) specs {
	templates := false
	stacks := map[string]bool{}
	var named string // of the first that states a stack
	var all []*source.File
	for _, u := range units {
		for _, f := range u.files {
			if !u.isDirectory && spec.IsTemplate(f) {
				templates = true
				found.Report(diag.IsTemplate, wholeFile(f)).
					Message("this is a CloudFormation template and no spec").
					Hint("`secretctl access %s` says who can do what by it; a spec has a "+
						"\"stack\" and \"secrets\"", diag.Words(u.path))
				continue
			}
			if stack, stated := spec.StackOf(f); stated {
				stacks[stack] = true
				if named == "" {
					named = u.name
				}
			}
			all = append(all, f)
		}
	}
	var parts []part
	switch {
	case templates || len(all) == 0:
	case len(stacks) < 2:
		if named == "" {
			named = units[0].name
		}
		return specs{list: []compile.Spec{{Name: named, Files: all}},
			dirs: map[string]string{named: named}}
	default:
		parts = eachSpec(units, found)
	}
	return p.toldApart(parts)
}

// wholeFile is the place of a finding about a file that is part of no spec. It has the name of the
// file, and nothing of its text: nobody has said what of it must not be shown.
func wholeFile(f *source.File) source.Span { return source.Span{File: source.New(f.Name, nil)} }

// part is one spec of several, by the path that it is known by.
type part struct {
	name, path  string
	isDirectory bool
	files       []*source.File
}

// eachSpec returns the specs of paths that state several stacks.
func eachSpec(units []unit, found *diag.List) []part {
	var parts []part
	var without []*source.File
	for _, u := range units {
		stacks := map[string]bool{}
		var stating, not []*source.File
		for _, f := range u.files {
			if stack, stated := spec.StackOf(f); stated {
				stacks[stack] = true
				stating = append(stating, f)
			} else {
				not = append(not, f)
			}
		}
		switch {
		case len(stacks) == 0:
			without = append(without, not...)
		case len(stacks) == 1:
			parts = append(parts, part(u))
		default:
			of, left := byDirectory(u, stating, not)
			parts, without = append(parts, of...), append(without, left...)
		}
	}
	var names []string
	for _, p := range parts {
		names = append(names, p.path)
	}
	const most = 5
	for _, f := range without {
		found.Report(diag.OfWhichSpec, wholeFile(f)).
			Message("the file states no \"stack\", and there are several specs that it could "+
				"belong to: %s", english.Some(names, most)).
			Hint("put each spec with its files in a directory of its own, or state \"stack\" here")
	}
	return parts
}

// byDirectory returns the specs of a directory that states several stacks: each file that states
// one, with what states none in its own directory, if that is another one below and has one spec.
// What is left belongs to none.
func byDirectory(u unit, stating, not []*source.File) (parts []part, left []*source.File) {
	top := filepath.Clean(u.path)
	in := map[string][]int{} // the specs of a directory, by their numbers
	for i, f := range stating {
		base := filepath.Base(f.Name)
		parts = append(parts, part{strings.TrimSuffix(base, filepath.Ext(base)), f.Name, false,
			[]*source.File{f}})
		dir := filepath.Dir(f.Name)
		in[dir] = append(in[dir], i)
	}
	for _, f := range not {
		dir := filepath.Dir(f.Name)
		for dir != top && len(in[dir]) == 0 && dir != filepath.Dir(dir) {
			dir = filepath.Dir(dir)
		}
		if dir == top || len(in[dir]) != 1 {
			left = append(left, f)
			continue
		}
		p := &parts[in[dir][0]]
		p.name, p.path, p.isDirectory = filepath.Base(dir), dir, true
		p.files = append(p.files, f)
	}
	for i := range parts {
		slices.SortStableFunc(parts[i].files, func(a, b *source.File) int {
			return strings.Compare(a.Name, b.Name)
		})
	}
	return parts, left
}

// toldApart gives specs names that tell them apart: those of their files or directories, with as
// much of the path before them as it takes.
func (p *program) toldApart(parts []part) specs {
	out := specs{dirs: map[string]string{}}
	count := map[string]int{}
	for _, one := range parts {
		count[one.name]++
	}
	for _, one := range parts {
		name := one.name
		if count[name] > 1 {
			name = filepath.ToSlash(filepath.Clean(p.withoutRevision(one.path)))
			if !one.isDirectory {
				name = strings.TrimSuffix(name, filepath.Ext(name))
			}
		}
		for slices.ContainsFunc(out.list, func(s compile.Spec) bool { return s.Name == name }) {
			name += "'"
		}
		out.list = append(out.list, compile.Spec{Name: name, Files: one.files})
		out.dirs[name] = one.name
	}
	return out
}

// tellPassedOver says which files in directories are not read.
func tellPassedOver(found *diag.List, passed []string) {
	if len(passed) == 0 {
		return
	}
	slices.Sort(passed)
	found.Report(diag.PassedOver, source.Span{}).
		Message("%s", diag.Words(areNone(passed))).
		Hint("name a file to have it read all the same")
}

// areNone says that files are no specs.
func areNone(files []string) string {
	const most = 20
	text := english.Some(files, most)
	if len(files) == 1 {
		return text + " is no spec and passed over"
	}
	return text + " are no specs and passed over"
}
