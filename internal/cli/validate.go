package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
)

func (p *program) validateCommand() *cobra.Command {
	format := choice{value: "text", allowed: []string{"text", "json", "sarif", "github"}}
	var strict bool
	cmd := &cobra.Command{
		Use:   "validate [PATH...]",
		Short: "Reports everything that is wrong with a spec, and writes nothing.",
		Long: `Validate compiles a spec, throws the templates away and reports every diagnostic on standard
output. A line that sums them up goes to standard error.

PATH is a spec file, a directory of them, or - for standard input. Several are united to one
spec. Without a PATH the spec is secretctl.yaml in the current directory.`,
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
			if err := p.show(result, format.value); err != nil {
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
	addFormat(cmd, &format, "how diagnostics are written")
	p.addParameters(cmd)
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with 1 for warnings too")
	return cmd
}

// show writes the diagnostics to standard output.
func (p *program) show(result compile.Result, format string) error {
	switch format {
	case "json":
		return diag.WriteJSON(p.out, result.Diagnostics)
	case "sarif":
		return diag.WriteSARIF(p.out, result.Diagnostics, version)
	case "github":
		return diag.WriteGitHub(&p.out.commands, result.Diagnostics)
	}
	return diag.WriteText(p.out, result.Diagnostics, diag.TextOptions{Color: p.color(p.out), Masks: result.Masks})
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
