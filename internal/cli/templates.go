package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// deployedTemplate is a template that was read, and where it is deployed as far as anybody says.
type deployedTemplate struct {
	// what tells it from the others: its file's name without extension, with what else that takes
	File            string
	Path            string // as people wrote it, or the directory's and the name in it
	Stack           string // the name of its stack; empty: not stated
	Account, Region string // empty: not stated
	Environment     string // that the plan of its directory states; empty: none
	In              string // the directory with that plan; empty: there is none
	Template        *cfn.Template
	Source          *source.File
}

// deployed names a template, and where it is deployed as far as that is stated.
type deployed struct {
	path                   string
	stack, account, region string
	environment, planned   string // as deployedTemplate has them
	in                     string // the directory that was named, its border; empty: path was
}

// stdinArgument is the argument that means standard input.
const stdinArgument = "-"

// readTemplates reads the CloudFormation templates that the arguments of a command mean. An
// argument is
//
//   - a file, which is a template if its content is one, or - for standard input;
//   - a directory that compile wrote, whose plan.json says which templates, and where they are
//     deployed;
//   - a directory with a cloud assembly, as cdk synth writes it, whose manifest.json says that;
//   - another directory, whose templates are all files in it and below it that are one by their
//     content, unless a file in it looks like a spec;
//   - any of these with @ACCOUNT, @ACCOUNT:REGION behind it: what states no other is deployed
//     there.
//
// What is stated nowhere is what the flags say, or else empty. What the arguments mean that is no
// template is returned as specs; then there are no templates, since a command asks about one or the
// other. Wrong arguments are usage errors, and what is wrong in a template is shown.
func (p *program) readTemplates(
	args []string, flags *estateFlags,
) (list []deployedTemplate, specs []string, err error) {
	found, specs, err := p.toldFromSpecs(args, flags)
	if err != nil || len(found) == 0 {
		return nil, specs, err
	}
	list, err = p.loadTemplates(found)
	return list, nil, err
}

// toldFromSpecs says which arguments mean templates, as readTemplates does; nothing is shown.
func (p *program) toldFromSpecs(
	args []string, flags *estateFlags,
) (found []deployed, specs []string, err error) {
	if err := flags.check(); err != nil {
		return nil, nil, err
	}
	for _, argument := range args {
		d, err := p.where(argument)
		if err != nil {
			return nil, nil, err
		}
		in, err := p.templatesAt(d)
		switch {
		case err != nil:
			return nil, nil, err
		case in != nil:
			found = append(found, in...)
		case d.account != "":
			return nil, nil, usage("a spec states them itself, in environment",
				"%q is no template, so that no account can stand behind it", d.path)
		default:
			specs = append(specs, argument)
		}
	}
	if len(found) > 0 && len(specs) > 0 {
		return nil, nil, usage("ask about one or the other", "%q is a template and %q is none",
			found[0].path, specs[0])
	}
	if len(found) == 0 {
		if flags.account != "" || flags.region != "" {
			return nil, nil, usage("a spec states them itself, in environment",
				"--account and --region are for templates")
		}
		return nil, specs, nil
	}
	for i := range found {
		d := &found[i]
		d.account, d.region = cmp.Or(d.account, flags.account), cmp.Or(d.region, flags.region)
	}
	return found, nil, nil
}

// check refuses flags that are no account or no Region.
func (f *estateFlags) check() error {
	if f.account != "" && aws.AccountID(f.account) != "" {
		return usage("write the twelve digits", "--account %q is no account id", f.account)
	}
	if f.region != "" && !aws.ValidRegion(f.region) {
		return usage("write a Region such as eu-west-1", "--region %q is no Region", f.region)
	}
	return nil
}

// where reads an argument: PATH, PATH@ACCOUNT or PATH@ACCOUNT:REGION. A path that is there as a
// whole is meant as it is, and what stands behind an @ is judged if what stands before it is there.
func (p *program) where(argument string) (deployed, error) {
	if p.exists(argument) {
		return deployed{path: argument}, nil
	}
	at := strings.LastIndexByte(argument, '@')
	if at <= 0 {
		return deployed{path: argument}, nil
	}
	d := deployed{path: argument[:at]}
	account, region, stated := strings.Cut(argument[at+1:], ":")
	d.account, d.region = account, region
	wrong := aws.AccountID(account)
	example := d.path + "@111111111111:eu-west-1"
	switch {
	case wrong == "" && (!stated || aws.ValidRegion(region)):
		return d, nil
	case !p.exists(d.path):
		return deployed{path: argument}, nil
	case account == "":
		return d, usage("write the account as twelve digits, as in "+example,
			"no account stands behind the @ of %q", argument)
	case wrong != "":
		return d, usage("write the twelve digits, as in "+example,
			"%q behind the @ of %q is no account id: it %s", account, d.path, wrong)
	case region == "":
		return d, usage("write a Region behind the colon, or leave out the colon",
			"no Region stands behind the colon of %q", argument)
	}
	hint := diag.DidYouMean(region, aws.KnownRegions())
	if hint == "" {
		hint = "write a Region such as eu-west-1"
	}
	return d, usage(hint, "%q behind the account of %q is no Region", region, d.path)
}

// loadTemplates reads templates. What is wrong with them is shown.
func (p *program) loadTemplates(list []deployed) ([]deployedTemplate, error) {
	l := templateLoader{p: p, files: map[string]*source.File{}, masks: &source.Masks{}}
	seen := map[deployed]bool{}
	p.inputs = map[string]fs.FileInfo{}
	for _, d := range list {
		if !seen[d] {
			seen[d] = true
			l.open(d)
		}
	}
	l.load()
	if len(l.found) > 0 {
		p.showText(l.found.Sorted(), l.masks)
	}
	switch {
	case len(l.errs) > 0:
		return nil, errors.Join(l.errs...)
	case l.found.HasErrors():
		return nil, silent(exitErrors)
	}
	nameFiles(l.templates, l.p.withoutRevision)
	return l.templates, nil
}

// templateLoader reads templates, and says once of each file what is wrong with it.
type templateLoader struct {
	p         *program
	files     map[string]*source.File // by path; nil: it is not read
	opened    []openedTemplate
	templates []deployedTemplate
	found     diag.List
	masks     *source.Masks
	errs      []error
}

// openedTemplate is a template whose file was read.
type openedTemplate struct {
	deployed
	file  *source.File
	again bool // its file is that of another one, of which was said what is wrong
}

// open reads the file of a template. What cannot be read, and another path of a file that was read,
// is passed over.
func (l *templateLoader) open(d deployed) {
	file, known := l.files[d.path]
	if !known {
		file = l.read(d)
		l.files[d.path] = file
	}
	if file != nil {
		l.opened = append(l.opened, openedTemplate{d, file, known})
	}
}

// load reads the templates whose files were read.
func (l *templateLoader) load() {
	var files []*source.File
	for _, d := range l.opened {
		files = append(files, d.file)
	}
	all := ask.ReadTemplates(files)
	for i, d := range l.opened {
		one := &all[i]
		l.masks.Join(&one.Masks)
		if !d.again {
			l.found = append(l.found, one.Found...)
		}
		if one.Template == nil {
			continue
		}
		l.templates = append(l.templates, deployedTemplate{
			Path: d.path, Stack: d.stack, Account: d.account, Region: d.region,
			Environment: d.environment, In: d.planned,
			Template: one.Template, Source: d.file,
		})
	}
}

// read reads the file of a template; nil: it cannot be read, or was read by another path.
func (l *templateLoader) read(d deployed) *source.File {
	r := reader{p: l.p, kind: templateFiles}
	if d.in == "" {
		r.add(d.path)
	} else {
		r.readBelow(d.in, []string{d.path})
	}
	l.found, l.errs = append(l.found, r.found...), append(l.errs, r.errs...)
	if len(r.files) == 0 {
		return nil
	}
	return r.files[0]
}

// nameFiles gives every template what tells it from the others: its file's name without extension;
// where several have one, with as many of its directories as it takes; and where one file is
// deployed several times, with where. short returns a path without the revision that it is in.
func nameFiles(list []deployedTemplate, short func(string) string) {
	parts := make([]int, len(list))
	paths := map[string]string{} // of a name: the path that has it, or "" where several have
	for again := true; again; {
		again = false
		clear(paths)
		for i := range list {
			t := &list[i]
			t.File = lastParts(short(t.Path), parts[i]+1)
			if path, ok := paths[t.File]; ok && path != t.Path {
				paths[t.File] = ""
				continue
			}
			paths[t.File] = t.Path
		}
		for i := range list {
			t := &list[i]
			if paths[t.File] == "" && lastParts(short(t.Path), parts[i]+2) != t.File {
				parts[i]++
				again = true
			}
		}
	}
	seen := map[string]bool{}
	for i := range list {
		t := &list[i]
		switch where := strings.TrimSuffix(t.Account+":"+t.Region, ":"); {
		case paths[t.File] == "": // they differ in their extensions
			t.File += filepath.Ext(t.Path)
		case seen[t.File] && where != "":
			t.File += "@" + where
		}
		name := t.File
		for n := 2; seen[t.File]; n++ {
			t.File = fmt.Sprintf("%s (%d)", name, n)
		}
		seen[t.File] = true
	}
}

// lastParts returns the last parts of a path without the file's extension.
func lastParts(path string, n int) string {
	if path == stdinArgument {
		return "stdin"
	}
	parts := strings.Split(filepath.ToSlash(strings.TrimSuffix(path, filepath.Ext(path))), "/")
	return strings.Join(parts[max(0, len(parts)-n):], "/")
}
