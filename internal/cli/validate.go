package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

func (p *program) validateCommand() *cobra.Command {
	format := formatChoice(show.Diagnostics)
	var strict bool
	cmd := &cobra.Command{
		Use:   "validate [PATH...]",
		Short: "Reports everything that is wrong with a spec, and writes nothing.",
		Long: text(`
Validate compiles a spec for all its environments, throws the templates away and reports every
diagnostic on standard output, with the names of the environments that it holds in unless it
holds in all. A line that sums them up goes to standard error.
` + pathHelp),
		Example: `  secretctl validate
  secretctl validate --strict specs
  secretctl validate --format sarif specs > results.sarif
  secretctl validate --format github specs`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeSpecs,
		RunE: func(_ *cobra.Command, args []string) error {
			result, err := p.load(args)
			if err != nil {
				return err
			}
			if err := p.showDiagnostics(result, format.value); err != nil {
				return silent(exitFailed)
			}
			if len(result.Diagnostics) == 0 {
				fmt.Fprintf(p.err, "%s: no findings\n", inputName(args))
				return nil
			}
			fmt.Fprintln(p.err, summary(result.Diagnostics, strict))
			if refused(result.Diagnostics, strict) {
				return silent(exitErrors)
			}
			return nil
		},
	}
	addChoice(cmd, &format, "format", "how diagnostics are written")
	p.addParameters(cmd)
	p.addEnvironment(cmd)
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with 1 for warnings too")
	return cmd
}

// showDiagnostics writes the diagnostics to standard output.
func (p *program) showDiagnostics(result loaded, format string) error {
	if format == show.Diagnostics[0].Name {
		return p.writeDiagnostics(p.out, result.Diagnostics, result.Masks)
	}
	return write(p, show.Diagnostics.Named(format), result.Diagnostics,
		show.Options{Masks: result.Masks})
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
	first := firstOnes(list, mostDiagnostics)
	if err := show.Text(w, first, show.Options{Color: p.color(w), Masks: masks}); err != nil {
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
// are fewer, the first of the others.
func firstOnes(list diag.List, most int) diag.List {
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
		if *left > 0 {
			*left--
			out = append(out, list[i])
		}
	}
	return out
}
