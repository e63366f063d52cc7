package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// unit is what one path of the command line means: a file, or the files of a directory.
type unit struct {
	name        string // of the file or directory, without its ending
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

// nameOf returns the name of a file or directory without its ending.
func (p *program) nameOf(path string) string {
	if path == stdinArgument {
		return "stdin"
	}
	base := filepath.Base(path)
	if base == "." || base == ".." || base == string(filepath.Separator) {
		if real, err := filepath.Abs(p.path(path)); err == nil {
			base = filepath.Base(real)
		}
	}
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// specsOf makes specs of what the paths of a command line mean. All files are one spec if they
// state one stack at most. Otherwise each path is a spec, and of a directory that states several
// each file; what then states none belongs to no spec.
func specsOf(units []unit, found *diag.List) specs {
	templates := false
	stacks := map[string]bool{}
	var named string // of the first that states a stack
	var all []*source.File
	for _, u := range units {
		for _, f := range u.files {
			if !u.isDirectory && spec.IsTemplate(f) {
				templates = true
				found.Report(diag.IsTemplate, source.Span{File: f}).
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
	var list []compile.Spec
	var paths []string
	switch {
	case templates || len(all) == 0:
	case len(stacks) < 2:
		if named == "" {
			named = units[0].name
		}
		return specs{list: []compile.Spec{{Name: named, Files: all}},
			dirs: map[string]string{named: named}}
	default:
		list, paths = eachSpec(units, found)
	}
	return toldApart(list, paths)
}

// eachSpec returns the specs of paths that state several stacks, and their paths.
func eachSpec(units []unit, found *diag.List) (list []compile.Spec, paths []string) {
	var names []string
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
			list = append(list, compile.Spec{Name: u.name, Files: u.files})
			paths, names = append(paths, u.path), append(names, u.path)
		default:
			for _, f := range stating {
				base := strings.TrimSuffix(filepath.Base(f.Name), filepath.Ext(f.Name))
				list = append(list, compile.Spec{Name: base, Files: []*source.File{f}})
				paths, names = append(paths, f.Name), append(names, f.Name)
			}
			without = append(without, not...)
		}
	}
	const most = 5
	for _, f := range without {
		found.Report(diag.OfWhichSpec, source.Span{File: f}).
			Message("the file states no \"stack\", and there are several specs that it could "+
				"belong to: %s", english.Some(names, most)).
			Hint("put each spec with its files in a directory of its own, or state \"stack\" here")
	}
	return list, paths
}

// toldApart gives specs names that tell them apart: those of their files or directories, with as
// much of the path before them as it takes.
func toldApart(list []compile.Spec, paths []string) specs {
	out := specs{list: list, dirs: map[string]string{}}
	count := map[string]int{}
	for _, s := range list {
		count[s.Name]++
	}
	for i := range list {
		base := list[i].Name
		if count[base] > 1 {
			path := filepath.ToSlash(filepath.Clean(paths[i]))
			list[i].Name = strings.TrimSuffix(path, filepath.Ext(path))
		}
		for slices.ContainsFunc(list[:i], func(s compile.Spec) bool {
			return s.Name == list[i].Name
		}) {
			list[i].Name += "'"
		}
		out.dirs[list[i].Name] = base
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
