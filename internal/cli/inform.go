package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/docs/diagnostics"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/schema"
)

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("", "%s takes no arguments", cmd.CommandPath())
	}
	return nil
}

func (p *program) schemaCommand() *cobra.Command {
	schemas := map[string][]byte{
		"spec": schema.Spec, "plan": schema.Plan, "diff": schema.Diff, "version": schema.Version,
	}
	names := slices.Sorted(maps.Keys(schemas))
	return &cobra.Command{
		Use:   "schema [spec|plan|diff|version]",
		Short: "Prints the JSON Schema of specs, of plan.json, of diff, or of version.",
		Long: text(`
Schema prints the JSON Schema of the spec language. Editors that are given it complete and check
specs.

With the YAML language server, put this line at the top of a spec:

  # yaml-language-server: $schema=spec.schema.json

With plan it prints the JSON Schema of plan.json, with diff that of diff --format json, and with
version that of version --format json, for programs that read them.`),
		Example: `  secretctl schema > spec.schema.json
  secretctl schema plan > plan.schema.json
  secretctl schema diff > diff.schema.json
  secretctl schema version > version.schema.json`,
		Args:              atMostOne("name"),
		ValidArgsFunction: cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(_ *cobra.Command, args []string) error {
			name := "spec"
			if len(args) > 0 {
				name = args[0]
			}
			text, ok := schemas[name]
			if !ok {
				return usage("there are: "+strings.Join(names, ", "), "there is no schema %q", name)
			}
			_, err := p.out.Write(text)
			return silentIf(err)
		},
	}
}

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE...]",
		Short: "Explains diagnostics.",
		Long: text(`
Explain prints the pages of diagnostics: what they mean, why they matter and what to do. CODE is
a number, with or without SC, or a name; upper and lower case make no difference. Without a CODE
it lists all of them.

On a terminal a page is laid out as text; elsewhere it is Markdown.`),
		Example: `  secretctl explain SC2001
  secretctl explain 2001 unknown-principal`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string,
			cobra.ShellCompDirective) {
			var words []string
			for _, c := range diag.Codes() {
				words = append(words, cobra.CompletionWithDesc(c.Number, c.Name))
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return silentIf(listCodes(p.out))
			}
			var codes []*diag.Code
			for _, word := range args {
				code, err := findCode(word)
				if err != nil {
					return err
				}
				if !slices.Contains(codes, code) {
					codes = append(codes, code)
				}
			}
			return silentIf(p.explain(codes))
		},
	}
}

// explain writes the pages of codes, with an empty line between two of them.
func (p *program) explain(codes []*diag.Code) error {
	for i, code := range codes {
		text := page(code)
		if p.isTerminal(p.out) {
			text = []byte(show.Page(string(text),
				show.Options{Color: p.color(p.out), Width: p.width()}))
		}
		if i > 0 {
			text = append([]byte("\n"), text...)
		}
		if _, err := p.out.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// page is what explain shows of a code.
func page(code *diag.Code) []byte {
	if text, ok := diagnostics.Page(code.Number); ok {
		return text
	}
	return fmt.Appendf(nil, "# %s %s\n\n%s\n", code.Number, code.Name, code.Meaning)
}

// listCodes writes the table of codes.
func listCodes(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range diag.Codes() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.Number, c.Severity, c.Name, c.Meaning)
	}
	return table.Flush()
}

// findCode finds a code by its number or name, whatever their case.
func findCode(word string) (*diag.Code, error) {
	if code := diag.Lookup(word); code != nil {
		return code, nil
	}
	var words []string
	for _, c := range diag.Codes() {
		words = append(words, c.Number, c.Name)
	}
	hint := diag.DidYouMean(word, words)
	if hint == "" {
		hint = "secretctl explain lists all codes"
	}
	return nil, usage(hint, "there is no diagnostic %q", word)
}

func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Prints the completion script of a shell.",
		Long: "Completion prints a script that teaches a shell to complete secretctl's commands " +
			"and flags. SHELL is bash, zsh, fish or powershell.",
		Example: `  source <(secretctl completion bash)
  secretctl completion zsh > "${fpath[1]}/_secretctl"
  secretctl completion fish > ~/.config/fish/completions/secretctl.fish`,
		Args:              atMostOne("shell"),
		ValidArgsFunction: cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("the shells are "+strings.Join(shells, ", "),
					"%s needs the name of a shell", cmd.CommandPath())
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return silentIf(root.GenBashCompletionV2(&p.out.commands, true))
			case "zsh":
				return silentIf(root.GenZshCompletion(&p.out.commands))
			case "fish":
				return silentIf(root.GenFishCompletion(&p.out.commands, true))
			case "powershell":
				return silentIf(root.GenPowerShellCompletionWithDesc(&p.out.commands))
			}
			return usage("the shells are "+strings.Join(shells, ", "),
				"there is no completion for %q", args[0])
		},
	}
}
