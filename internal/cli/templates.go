package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
)

// deployedTemplate is a template that was read, and where it is deployed as far as anybody says.
type deployedTemplate struct {
	Path string // as people wrote it, or the directory's and the name in it
	// what tells it from the others: its file's name without extension, with what else that takes
	File            string
	Stack           string // the name of its stack; empty: not stated
	Account, Region string // empty: not stated
	Template        *cfn.Template
	Source          *source.File
}

// deployed names a template, and where it is deployed as far as that is stated.
type deployed struct {
	path                   string
	stack, account, region string
	in                     string // the directory that was named, its border; empty: path was
}

// stdinArgument is the argument that means standard input.
const stdinArgument = "-"

// readTemplates reads the CloudFormation templates that the arguments of a command mean. An
// argument is
//
//   - a file, which is a template if its content is one, or - for standard input;
//   - a directory that compile wrote, whose plan.json says which templates, and where they are deployed;
//   - a directory with a cloud assembly, as cdk synth writes it, whose manifest.json says that;
//   - another directory, whose templates are all files in it and below it that are one by their
//     content, unless a file in it looks like a spec;
//   - any of these with @ACCOUNT, @ACCOUNT:REGION behind it: what states no other is deployed there.
//
// What is stated nowhere is what the flags say, or else empty. What the arguments mean that is no
// template is returned as specs; then there are no templates, since a command asks about one or the
// other. Wrong arguments are usage errors, and what is wrong in a template is shown.
func (p *program) readTemplates(args []string,
	flags *estateFlags) (list []deployedTemplate, specs []string, err error) {
	if err := flags.check(); err != nil {
		return nil, nil, err
	}
	var found []deployed
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
		found[i].account, found[i].region = cmp.Or(found[i].account, flags.account),
			cmp.Or(found[i].region, flags.region)
	}
	list, err = p.loadTemplates(found)
	return list, nil, err
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
	right := aws.AccountID(account) == "" && (!stated || aws.ValidRegion(region))
	switch {
	case right:
		return d, nil
	case !p.exists(d.path):
		return deployed{path: argument}, nil
	case account == "":
		return d, usage("write the account as twelve digits, as in "+d.path+
			"@111111111111:eu-west-1", "no account stands behind the @ of %q", argument)
	case aws.AccountID(account) != "":
		return d, usage("write the twelve digits, as in "+d.path+"@111111111111:eu-west-1",
			"%q behind the @ of %q is no account id: it %s", account, d.path,
			aws.AccountID(account))
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

// exists says whether something is there by a path of the command line.
func (p *program) exists(path string) bool {
	if path == stdinArgument {
		return true
	}
	_, err := os.Stat(p.path(path))
	return err == nil
}

// templatesAt returns the templates that a path means; nil: it is a spec, or nothing that is there.
func (p *program) templatesAt(d deployed) ([]deployed, error) {
	if d.path == stdinArgument {
		data, err := p.peekInput()
		if err != nil {
			return nil, failed("reading standard input", err)
		}
		if compile.IsTemplate(source.New(stdinName, data)) {
			return []deployed{d}, nil
		}
		return nil, nil
	}
	info, err := os.Stat(p.path(d.path))
	if err == nil && info.IsDir() {
		d.in = d.path
		return p.templatesIn(d)
	}
	if data := p.peekFile(d); data != nil &&
		(compile.IsTemplate(data) || d.account != "" && !compile.LooksLikeSpec(data)) {
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
	data, err := io.ReadAll(io.LimitReader(f, maxSpecSize+1))
	if err != nil {
		return nil
	}
	return source.New(d.path, data)
}

// openFile opens a regular file; one that a directory was named for, within its border.
func (p *program) openFile(d deployed) (*os.File, error) {
	if d.in == "" {
		info, err := os.Stat(p.path(d.path))
		if err != nil {
			return nil, err
		}
		f, _, err := openNamed(p.path(d.path), info)
		return f, err
	}
	dir, err := p.openDirectory(d.in)
	if err != nil {
		return nil, err
	}
	defer dir.close()
	f, _, err := dir.open(inside(d.in, d.path))
	return f, err
}

// readStated reads a file in which a directory states what it holds; nil: there is none.
func (p *program) readStated(d deployed, name string, limit int) ([]byte, error) {
	dir, err := p.openDirectory(d.in)
	if err != nil {
		return nil, unreadable(d.path, err, "")
	}
	defer dir.close()
	path := filepath.Join(d.path, name)
	data, err := dir.read(inside(d.in, path), limit)
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
	entries, err := os.ReadDir(p.path(d.path))
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
			if file := p.peekFile(in); file != nil && compile.LooksLikeSpec(file) {
				return true
			}
		}
	}
	return false
}

// walkTemplates returns the templates in a directory and below it, sorted by path; nil: none.
func (p *program) walkTemplates(d deployed) ([]deployed, error) {
	entries, err := os.ReadDir(p.path(d.path))
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
			if file := p.peekFile(in); file != nil && compile.IsTemplate(file) {
				out = append(out, in)
			}
		}
	}
	return out, nil
}

// leadsOut says whether a name in a directory leads out of it.
func (p *program) leadsOut(d deployed) bool {
	dir, err := p.openDirectory(d.in)
	if err != nil {
		return false
	}
	defer dir.close()
	_, err = dir.root.Stat(inside(d.in, d.path))
	return errors.Is(within(err), errLeadsOut)
}

// planned returns the templates of a directory that has a plan, and where the plan deploys them;
// nil: it has none. A file of that name that is another program's, such as Terraform's, is none.
func (p *program) planned(d deployed) ([]deployed, error) {
	if p.exists(filepath.Join(d.path, pendingName)) {
		return nil, &exit{
			code: exitFailed,
			message: fmt.Sprintf("the templates in %q are not complete: "+
				"a run of compile is writing them, or was interrupted", d.path),
			hint: "run compile again with the same --output",
		}
	}
	data, err := p.readStated(d, plan.FileName, maxPlanSize)
	if data == nil || err != nil {
		return nil, err
	}
	name := filepath.Join(d.path, plan.FileName)
	plan, err := readPlan(data)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax) && d.path == d.in:
		return nil, unreadable(name, errNoJSON, "")
	case errors.Is(err, errTooManyStacks):
		return nil, unreadable(name, err, "")
	case err != nil:
		return nil, nil
	}
	var out []deployed
	seen := map[string]bool{}
	for _, s := range plan.Stacks {
		if seen[s.Template] {
			return nil, unreadable(name, fmt.Errorf("it lists %q twice", s.Template), "")
		}
		seen[s.Template] = true
		if wrong := notAName(s.Template); wrong != "" {
			return nil, &exit{
				code: exitFailed,
				message: fmt.Sprintf("reading %q: %q is no name of a template: %s", name,
					s.Template, wrong),
				hint: "a plan names files in its own directory",
			}
		}
		in := d
		in.path, in.stack = filepath.Join(d.path, s.Template), s.Name
		in.account, in.region = cmp.Or(s.Account, d.account), cmp.Or(s.Region, d.region)
		out = append(out, in)
	}
	return out, nil
}

// manifestName is the file in which a cloud assembly says what it holds.
const manifestName = "manifest.json"

// assemblyManifest is what is read of a cloud assembly's manifest.
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema-readme.html
type assemblyManifest struct {
	Artifacts map[string]struct {
		Type        string
		Environment string // aws://ACCOUNT/REGION
		Properties  struct {
			TemplateFile, StackName string // of a stack
			DirectoryName           string // of an assembly within this one
		}
	}
}

// assembly returns the templates of a directory with a cloud assembly, those of the assemblies
// within it (stages) included, and where its manifest deploys them; nil: it is none. seen are the
// directories whose manifests were read, and the templates: a directory that several manifests name
// is read once, and a template belongs to one stack.
func (p *program) assembly(d deployed, seen map[string]bool) ([]deployed, error) {
	if seen[d.path] {
		return nil, nil
	}
	seen[d.path] = true
	data, err := p.readStated(d, manifestName, maxManifestSize)
	if data == nil || err != nil {
		return nil, err
	}
	var manifest assemblyManifest
	if json.Unmarshal(data, &manifest) != nil {
		return nil, nil
	}
	var out []deployed
	for _, id := range slices.Sorted(maps.Keys(manifest.Artifacts)) {
		a := manifest.Artifacts[id]
		in := d
		switch a.Type {
		case "aws:cloudformation:stack":
			if !filepath.IsLocal(a.Properties.TemplateFile) {
				continue
			}
			account, region := environmentOf(a.Environment)
			in.path, in.stack = filepath.Join(d.path, a.Properties.TemplateFile),
				cmp.Or(a.Properties.StackName, id)
			if seen[in.path] {
				twice := fmt.Errorf("it lists %q twice", a.Properties.TemplateFile)
				return nil, unreadable(filepath.Join(d.path, manifestName), twice, "")
			}
			seen[in.path] = true
			in.account, in.region = cmp.Or(account, d.account), cmp.Or(region, d.region)
			out = append(out, in)
		case "cdk:cloud-assembly":
			if !filepath.IsLocal(a.Properties.DirectoryName) ||
				filepath.Clean(a.Properties.DirectoryName) == "." {
				continue
			}
			in.path = filepath.Join(d.path, a.Properties.DirectoryName)
			if info, err := os.Lstat(p.path(in.path)); err != nil || !info.IsDir() {
				continue // a link to a directory is not followed: it may lead out, or back
			}
			stage, err := p.assembly(in, seen)
			if err != nil {
				return nil, err
			}
			out = append(out, stage...)
		}
	}
	return out, nil
}

// environmentOf reads where an artifact is deployed; what a manifest does not know is empty.
func environmentOf(environment string) (account, region string) {
	where, _ := strings.CutPrefix(environment, "aws://")
	account, region, _ = strings.Cut(where, "/")
	if aws.AccountID(account) != "" { // unknown-account
		account = ""
	}
	if !aws.ValidRegion(region) { // unknown-region
		region = ""
	}
	return account, region
}

// loadTemplates reads templates. What is wrong with them is shown.
func (p *program) loadTemplates(list []deployed) ([]deployedTemplate, error) {
	var out []deployedTemplate
	var found diag.List
	var errs []error
	masks := &source.Masks{}
	files := map[string]*source.File{} // by path
	seen := map[deployed]bool{}
	p.inputs = map[string]fs.FileInfo{}
	for _, d := range list {
		if seen[d] {
			continue
		}
		seen[d] = true
		file, read := files[d.path]
		if !read {
			r := reader{p: p, kind: templateFiles}
			if d.in == "" {
				r.add(d.path)
			} else {
				r.below(d.in, []string{d.path})
			}
			found, errs = append(found, r.found...), append(errs, r.errs...)
			if len(r.files) > 0 {
				file = r.files[0]
			}
			files[d.path] = file
		}
		if file == nil {
			continue // it cannot be read, or is another path of a file that was
		}
		t, wrong := compile.ReadTemplateMasked(file, masks)
		if !read {
			found = append(found, wrong...)
		}
		if t != nil && !read {
			found = append(found, compile.OverLimits(t, file)...)
		}
		if t != nil {
			out = append(out, deployedTemplate{Path: d.path, Stack: d.stack, Account: d.account,
				Region: d.region, Template: t, Source: file})
		}
	}
	if len(found) > 0 {
		p.showText(found.Sorted(), masks)
	}
	switch {
	case len(errs) > 0:
		return nil, errors.Join(errs...)
	case found.HasErrors():
		return nil, silent(exitErrors)
	}
	nameFiles(out)
	return out, nil
}

// nameFiles gives every template what tells it from the others: its file's name without extension;
// where several have one, with as many of its directories as it takes; and where one file is
// deployed several times, with where.
func nameFiles(list []deployedTemplate) {
	parts := make([]int, len(list))
	paths := map[string]string{} // of a name: the path that has it, or "" where several have
	for again := true; again; {
		again = false
		clear(paths)
		for i := range list {
			t := &list[i]
			t.File = lastParts(t.Path, parts[i]+1)
			if path, ok := paths[t.File]; ok && path != t.Path {
				paths[t.File] = ""
				continue
			}
			paths[t.File] = t.Path
		}
		for i := range list {
			t := &list[i]
			if paths[t.File] == "" && lastParts(t.Path, parts[i]+2) != t.File {
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
