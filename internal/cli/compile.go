package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
)

// compileFlags are the flags of compile as they were given.
type compileFlags struct {
	output  string
	format  choice
	compact bool
	strict  bool
	check   bool
}

func (p *program) compileCommand() *cobra.Command {
	flags := &compileFlags{format: choice{allowed: []string{"json", "yaml"}}}
	cmd := &cobra.Command{
		Use:     "compile [PATH...]",
		Aliases: []string{"build", "synth"},
		Short:   "Compiles a spec to CloudFormation templates.",
		Long: text(`
Compile reads a spec and writes the template to standard output, or with --output to a file or a
directory. A spec is compiled for each of its environments, or for the one of --environment.
` + pathHelp + `

With environments, DIRECTORY/ENVIRONMENT is written, and with several specs DIRECTORY/SPEC or
DIRECTORY/SPEC/ENVIRONMENT, where SPEC is the name of the file or directory. What was written for
an environment or spec that is gone is removed.

A spec may need several stacks, of other Regions or accounts for example. They are written to a
directory, together with plan.json, which says in which order to deploy them. A template that an
earlier run wrote and that is no longer needed is removed; nothing else in the directory is
touched, and no symbolic link in it is followed. The files are written as one set: the next run
finishes or undoes what an interrupted one has left. With errors nothing is written.`),
		Example: text(`
  secretctl compile spec.yaml                         writes the template to standard output
  secretctl compile -o template.yaml spec.yaml        writes it to a file, as YAML
  secretctl compile -o out specs                      writes every template and the plan to ` +
			`a directory
  secretctl compile -o out --environment dev specs    writes those of one environment
  secretctl compile -o out --check specs              fails when that directory is not up to date`),
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeSpecs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("output") && flags.output == "" {
				return usage("", "--output needs a path")
			}
			return p.runCompile(flags, args)
		},
	}
	addChoice(cmd, &flags.format, "format",
		"how templates are written; by default as the extension of --output says, else json")
	cmd.Flags().BoolVarP(&p.quiet, "quiet", "q", false, "do not say what was written")
	p.addVerbose(cmd)
	cmd.Flags().StringVarP(&flags.output, "output", "o", "",
		"a file (.json, .yaml, .yml) or a directory to write to; - is standard output")
	cmd.Flags().BoolVar(&flags.compact, "compact", false, "write JSON without spaces and line ends")
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "refuse warnings as if they were errors")
	p.addParameters(cmd)
	p.addEnvironment(cmd)
	cmd.Flags().BoolVar(&flags.check, "check", false,
		"write nothing; show how what --output names differs, without secret values, and exit "+
			"with 1 if it does")
	return cmd
}

// target says where templates go and how they are written.
type target struct {
	path   string   // as the user wrote it, and what is below; empty: standard output
	below  []string // of a directory, the names at the end of the path that the user did not write
	isFile bool     // path is a file, not a directory
	format cfn.Format
}

// target reads the flags that say where to. A format that contradicts the file's extension is
// refused.
func (f *compileFlags) target() (target, error) {
	t := target{path: f.output,
		format: cfn.Format{YAML: f.format.value == "yaml", Compact: f.compact}}
	if t.path == "-" {
		t.path = ""
	}
	if f.check && t.path == "" {
		return t, usage("name what to compare with: --check --output PATH",
			"--check needs --output")
	}
	ext := filepath.Ext(t.path)
	if ext != ".json" && ext != ".yaml" && ext != ".yml" {
		return t, nil
	}
	t.isFile = true
	isYAML := ext != ".json"
	if f.format.value != "" && isYAML != t.format.YAML {
		return t, usage("leave out --format, or change the extension",
			"--format %s contradicts --output %s", f.format.value, t.path)
	}
	t.format.YAML = isYAML
	return t, nil
}

func (p *program) runCompile(flags *compileFlags, paths []string) error {
	defer p.tell()
	to, err := flags.target()
	if err != nil {
		return err
	}
	var changes func(*loaded)
	if to.path != "" && !to.isFile {
		if !flags.check {
			p.ahead = &ahead{to: to}
		}
		changes = func(l *loaded) {
			p.ahead.join(l)
			l.also(func(r compile.Result) diag.List {
				return r.Changes(p.templatesBefore(l, r, l.targetOf(r, to)))
			})
		}
	}
	l, err := p.accepted(paths, flags.strict, changes)
	if err != nil {
		return err
	}
	if to.path != "" && !to.isFile {
		return p.compileTo(l, to, flags.check)
	}
	r, err := l.only(to)
	if err != nil {
		return err
	}
	artifacts, err := l.render(r, to)
	if err != nil {
		return err
	}
	switch {
	case to.path == "":
		_, err := p.out.Write(artifacts[0].Text(&plan.Room{}))
		return silentIf(err)
	case flags.check:
		return p.check(to, []writing{{to, artifacts}}, nil)
	}
	return p.write(to, artifacts)
}

// silentIf ends a run whose standard output is broken; Run says why.
func silentIf(err error) error {
	if err == nil {
		return nil
	}
	return silent(exitFailed)
}

// load reads and compiles the specs that paths name. Specs with a file that is too large, or no
// spec, are not compiled.
func (p *program) load(paths []string) (loaded, error) {
	specs, found, err := p.read(paths)
	if err != nil {
		return loaded{}, err
	}
	if p.ahead != nil {
		p.ahead.specs = specs
	}
	return p.compiled(specs, found,
		func() compile.Outcome { return p.compile(specs.list) })
}

// compiled compiles specs that were read, with what was found in their files.
func (p *program) compiled(
	specs specs, found diag.List, compiled func() compile.Outcome,
) (loaded, error) {
	l := newLoaded(specs)
	if found.HasErrors() {
		l.Diagnostics = found.Sorted()
		return l, nil
	}
	l.Outcome = compiled()
	l.Diagnostics = append(found, l.Diagnostics...).Sorted()
	if err := l.checkEnvironment(p.environment); err != nil {
		return l, err
	}
	if !p.today.IsZero() {
		l.also(func(r compile.Result) diag.List { return r.Ended(p.today) })
	}
	if len(p.parameters) == 0 {
		return l, nil
	}
	var deployed []deployedTemplate
	for _, r := range l.Results {
		if r.Estate == nil {
			return l, nil
		}
		deployed = append(deployed, deployedOf(r.Proved)...)
	}
	return l, p.checkParameters(deployed)
}

// accepted is load for commands that write something other than diagnostics: those go to standard
// error, and a spec that is refused is an error. about changes what is said, by where the results
// go; nil: nothing is changed.
func (p *program) accepted(paths []string, strict bool,
	about func(*loaded)) (loaded, error) {
	l, err := p.load(paths)
	if err != nil {
		return l, err
	}
	if about != nil {
		about(&l)
	}
	if len(l.Diagnostics) > 0 {
		_ = p.writeDiagnostics(p.err, l.Diagnostics, l.Masks) // p.err remembers
		fmt.Fprintln(p.err, p.summary(l.Diagnostics, strict, true))
	}
	if refused(l.Diagnostics, strict) {
		return l, silent(exitErrors)
	}
	return l, nil
}

// refused says whether the findings end a run with exit code 1.
func refused(list diag.List, strict bool) bool {
	return list.HasErrors() || strict && list.Count(diag.Warning) > 0
}

// summary is the last line after the diagnostics: how many there are, and how to know more.
// asText says that they were shown as text, in which notes that say the same are one.
func (p *program) summary(list diag.List, strict, asText bool) string {
	text := show.Summary(list)
	if refused(list, strict) && !list.HasErrors() {
		text += " (refused because of --strict)"
	}
	if asText && !p.verbose && len(show.Together(list)) > 0 {
		text += " (--verbose shows each)"
	}
	var codes []string
	for _, d := range list {
		if !slices.Contains(codes, d.Code.Number) {
			codes = append(codes, d.Code.Number)
		}
	}
	slices.Sort(codes)
	if len(codes) > mostNamed {
		codes = []string{"CODE"}
	}
	return text + "; see: secretctl explain " + strings.Join(codes, " ")
}

// render writes every template, and for a directory the plan, to memory, once for each target.
// Several stacks need a directory.
func (l loaded) render(result compile.Result, to target) ([]plan.File, error) {
	key := result.Spec + "\x00" + result.Environment + "\x00" + to.path
	if known, ok := l.rendered[key]; ok {
		return known, nil
	}
	files, err := l.written(result, to)
	if err == nil {
		l.rendered[key] = files
	}
	return files, err
}

func (l loaded) written(result compile.Result, to target) ([]plan.File, error) {
	if result.Plan.Stacks == nil || len(result.Stacks) != len(result.Plan.Stacks) {
		panic("cli: a compilation without errors must give a plan of all its stacks, be there none")
	}
	toDirectory := to.path != "" && !to.isFile
	if len(result.Stacks) == 0 && !toDirectory {
		return nil, refuse(exitErrors,
			"write what others must do to a directory: --output DIRECTORY",
			"the spec creates nothing, so that there is no template to write")
	}
	artifacts := plan.Write(result.Stacks, to.format)
	if len(artifacts) > 1 && !toDirectory {
		return nil, refuse(exitErrors, "write them to a directory: --output DIRECTORY",
			"the spec compiles to %d stacks: %s", len(artifacts),
			strings.Join(fileNames(artifacts), ", "))
	}
	if !toDirectory {
		return artifacts, nil
	}
	for _, a := range artifacts {
		if a.Name == plan.FileName {
			return nil, refuse(exitErrors,
				"give the stack another name, or write its template to a file: --output "+
					"FILE.json",
				"the template of stack %q would be written over by the "+
					"plan, which is called %s too", result.Name, plan.FileName)
		}
	}
	complete := l.planOf(result, artifacts)
	encoded := complete.Encode()
	if len(encoded) > maxPlanSize || len(artifacts) > maxStacks {
		return nil, refuse(exitErrors,
			"make several specs of it; one imports keys and secrets of another",
			"the plan has %s bytes and %s stacks, and secretctl reads up to %s and %s",
			english.Thousands(len(encoded)), english.Thousands(len(artifacts)),
			english.Thousands(maxPlanSize), english.Thousands(maxStacks))
	}
	l.encoded[to.path] = encodedPlan{complete, encoded}
	return append(artifacts, plan.NewFile(plan.FileName, encoded)), nil
}

func fileNames(files []plan.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return names
}
