package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// validateFlags are the flags of validate as they were given.
type validateFlags struct {
	format     choice
	strict     bool
	fix, check bool
	watch      bool
}

func (p *program) validateCommand() *cobra.Command {
	flags := &validateFlags{format: formatChoice(show.Diagnostics)}
	cmd := &cobra.Command{
		Use:     "validate [PATH...]",
		Aliases: []string{"lint", "check"},
		Short:   "Reports everything that is wrong with a spec, and can repair some of it.",
		Long: text(`
Validate compiles a spec for all its environments, throws the templates away and reports every
diagnostic on standard output, with the names of the environments that it holds in unless it
holds in all. A line that sums them up goes to standard error.

With --fix it makes the repairs that are sure, says each, writes the files and reports what is left.
A repair is sure if the spec then has that diagnostic no more, no new error, and nothing new where
the repair is made. It is a suggestion all the same: read what changed before you deploy it.
` + pathHelp),
		Example: `  secretctl validate
  secretctl validate --strict specs
  secretctl validate --fix specs
  secretctl validate --fix --check specs
  secretctl validate --watch specs
  secretctl validate --format sarif specs > results.sarif
  secretctl validate --format github specs`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeSpecs,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.runValidate(flags, args)
		},
	}
	addChoice(cmd, &flags.format, "format", "how diagnostics are written")
	p.addParameters(cmd)
	p.addEnvironment(cmd)
	p.addToday(cmd)
	p.addVerbose(cmd)
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "exit with 1 for warnings too")
	cmd.Flags().BoolVar(&flags.fix, "fix", false, "make the repairs that are sure")
	cmd.Flags().BoolVar(&flags.check, "check", false,
		"with --fix: write nothing; say what would be repaired, and exit with 1 if anything would")
	cmd.Flags().BoolVar(&flags.watch, "watch", false,
		"validate again whenever a file changes; Ctrl-C ends it, with exit code 0")
	return cmd
}

func (p *program) runValidate(flags *validateFlags, paths []string) error {
	switch {
	case flags.check && !flags.fix:
		return usage("write --fix --check", "--check needs --fix")
	case flags.watch && flags.fix:
		return usage("repair first, then watch", "--fix and --watch exclude each other")
	case flags.watch:
		return p.watch(flags, paths)
	}
	var result loaded
	var err error
	repaired := 0
	if flags.fix {
		result, repaired, err = p.fix(paths, flags.check)
	} else {
		result, err = p.load(paths)
	}
	if err != nil {
		return err
	}
	if err := p.validated(result, flags, paths); err != nil {
		return err
	}
	if flags.check && repaired > 0 {
		return silent(exitErrors)
	}
	return nil
}

// validated shows what was found, and ends the run with 1 if that has to be.
func (p *program) validated(result loaded, flags *validateFlags, paths []string) error {
	if err := p.showDiagnostics(result, flags.format.value); err != nil {
		return silent(exitFailed)
	}
	if len(result.Diagnostics) == 0 {
		fmt.Fprintf(p.err, "%s: no findings\n", inputName(paths))
		return nil
	}
	asText := flags.format.value == show.Diagnostics[0].Name
	fmt.Fprintln(p.err, p.summary(result.Diagnostics, flags.strict, asText))
	if refused(result.Diagnostics, flags.strict) {
		return silent(exitErrors)
	}
	return nil
}

// showDiagnostics writes the diagnostics to standard output.
func (p *program) showDiagnostics(result loaded, format string) error {
	if format == show.Diagnostics[0].Name {
		return p.writeDiagnostics(p.out, result.Diagnostics, result.Masks)
	}
	return write(p, show.Diagnostics.Named(format), result.Diagnostics,
		show.Options{Masks: result.Masks})
}

// addVerbose gives a command the flag that shows each note.
func (p *program) addVerbose(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.verbose, "verbose", false,
		"show each note, also where many say the same")
}

// addToday gives a command the flag that says when it is run.
func (p *program) addToday(cmd *cobra.Command) {
	cmd.Flags().Var(&dayFlag{p}, "today",
		"`DATE` such as 2027-01-31, or now: also find grants that have ended by then")
	register(cmd.RegisterFlagCompletionFunc("today",
		cobra.FixedCompletions([]string{"now"}, cobra.ShellCompDirectiveNoFileComp)))
}

// dayFlag is a flag that takes a day or a time, or now. Only the latter reads the clock.
type dayFlag struct{ p *program }

func (f *dayFlag) String() string { return "" }
func (f *dayFlag) Type() string   { return "DATE" }

func (f *dayFlag) Set(value string) error {
	if value == "now" {
		f.p.today = f.p.now()
		return nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, value); err == nil {
			f.p.today = at
			return nil
		}
	}
	return errors.New(
		"must be a day such as 2027-01-31, a time such as 2027-01-31T12:00:00Z, or now")
}

// ofCode returns the diagnostics of one code.
func ofCode(list diag.List, code *diag.Code) diag.List {
	return slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool {
		return d.Code != code
	})
}

// inputName says in a few words what was read.
func inputName(paths []string) string {
	if len(paths) == 0 {
		return defaultSpec
	}
	names := slices.Clone(paths)
	for i, name := range names {
		if name == "-" {
			names[i] = stdinName
		}
	}
	return strings.Join(names, ", ")
}

// mostDiagnostics is how many diagnostics are written as text.
const mostDiagnostics = 1_000

// writeDiagnostics writes diagnostics as text: at most 1,000, errors rather than others, and how
// many more there are. An error is the writer's.
func (p *program) writeDiagnostics(w *output, list diag.List, masks *source.Masks) error {
	var one map[*diag.Code]diag.List
	if !p.verbose {
		one = show.Together(list)
	}
	first := firstOnes(list, mostDiagnostics, one)
	if err := show.Text(w, first, show.Options{
		Color: p.color(w), Masks: masks, Together: !p.verbose,
	}); err != nil {
		return err
	}
	if more := len(list) - len(first); more > 0 {
		_, err := fmt.Fprintf(w, "\nand %s more, which --format json has\n",
			english.Thousands(more))
		return err
	}
	return nil
}

// firstOnes returns so many of some diagnostics, in their order: the first errors, and where there
// are fewer, the first of the others. Those that are told as one do not count.
func firstOnes(list diag.List, most int, one map[*diag.Code]diag.List) diag.List {
	if len(list) <= most {
		return list
	}
	isError := func(d *diag.Diagnostic) bool { return d.Code.Severity == diag.Error }
	errors := 0
	for i := range list {
		if isError(&list[i]) {
			errors++
		}
	}
	others := max(0, most-errors)
	errors = min(errors, most)
	var out diag.List
	for i := range list {
		left := &others
		if isError(&list[i]) {
			left = &errors
		}
		if *left > 0 || one[list[i].Code] != nil {
			*left--
			out = append(out, list[i])
		}
	}
	return out
}
