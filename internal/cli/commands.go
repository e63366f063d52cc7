package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
)

// maker makes a command that has some names.
type maker struct {
	names []string
	make  func(*program) *cobra.Command
	// its work is about the others, so that these must be there
	aboutOthers bool
}

// makers make all commands.
var makers = []maker{
	{names: []string{"init"}, make: (*program).initCommand},
	{names: []string{"compile", "build", "synth"}, make: (*program).compileCommand},
	{names: []string{"validate", "lint", "check"}, make: (*program).validateCommand},
	{names: []string{"fmt", "format"}, make: (*program).fmtCommand},
	{names: []string{"plan"}, make: (*program).planCommand},
	{names: []string{"access"}, make: (*program).accessCommand},
	{names: []string{"why"}, make: (*program).whyCommand},
	{names: []string{"diff"}, make: (*program).diffCommand},
	{names: []string{"schedule"}, make: (*program).scheduleCommand},
	{names: []string{"schema"}, make: (*program).schemaCommand},
	{names: []string{"explain"}, make: (*program).explainCommand},
	{names: []string{"version"}, make: (*program).versionCommand},
	{names: []string{"completion"}, make: (*program).completionCommand, aboutOthers: true},
	{names: []string{"man"}, make: (*program).manCommand, aboutOthers: true},
}

// tree builds the tree of commands that a command line needs. To make a hundred flags for one
// takes longer than some commands do: where the first word is a command, it is the only one.
func (p *program) tree(args []string) *cobra.Command {
	if len(args) > 0 {
		for _, m := range makers {
			if slices.Contains(m.names, args[0]) && !m.aboutOthers {
				root := p.bareRoot()
				root.AddCommand(m.make(p))
				return root
			}
		}
	}
	return p.root()
}

// root builds the tree of all commands.
func (p *program) root() *cobra.Command {
	root := p.bareRoot()
	root.Version = p.build().String()
	root.SetVersionTemplate("{{.Version}}\n")
	for _, m := range makers {
		root.AddCommand(m.make(p))
	}
	root.SetHelpCommand(helpCommand())
	return root
}

// bareRoot is what is left of the tree without its commands. It is built anew for every run because
// cobra keeps the values of flags in it.
func (p *program) bareRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "secretctl",
		Short: "Compiles secrets, and who may do what with them, to CloudFormation.",
		Long: text(`
secretctl reads a spec that says which secrets exist, which keys encrypt them, who the
principals are and who may do what with which secret. It derives everything else: identity
policies, resource policies, key policies, rotation and the stacks to deploy.

It needs no network and no credentials, and never asks AWS anything.

Exit codes: 0 no errors, 1 errors in the spec (or stale output with --check), 2 a wrong command
line, 3 could not run.`),
		Example: text(`
  secretctl init                          writes a spec to begin with
  secretctl compile                       compiles secretctl.yaml to standard output
  secretctl compile specs -o out          compiles a directory of specs to a directory of templates
  secretctl compile --environment dev     compiles for one environment of the spec
  secretctl validate --format github .    annotates a pull request
  secretctl plan specs                    shows the stacks to deploy and what others must do
  secretctl explain SC2001                explains a diagnostic`),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.ArbitraryArgs, // so that RunE says what is wrong with them
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	root.SetIn(p.env.Stdin)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(p.showHelp)
	p.addColor(root)
	p.addProfiles(root)
	return root
}

// helpCommand replaces cobra's, which exits with 0 for a command that does not exist.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Shows the help of a command.",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(cmd.Root(), rest[0])
			}
			return found.Help()
		},
	}
}

func unknownCommand(root *cobra.Command, name string) error {
	if isSpecName(name) {
		return usage(fmt.Sprintf("say what to do with it, for example: secretctl compile %s", name),
			"%q is not a command", name)
	}
	var names, others []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
			others = append(others, c.Aliases...)
		}
	}
	slices.Sort(names)
	slices.Sort(others)
	hint := cmp.Or(diag.DidYouMean(name, names), diag.DidYouMean(name, others))
	if hint == "" {
		hint = "the commands are " + strings.Join(names, ", ")
	}
	return usage(hint, "there is no command %q", name)
}

// flagError adds a suggestion to a flag that does not exist and turns every complaint about flags
// into a usage error.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &invalid):
		return usage(cmp.Or(takersOf(cmd, invalid), seeHelp(cmd)), "%s", err)
	case !errors.As(err, &unknown):
		return usage(seeHelp(cmd), "%s", err)
	}
	if others := commandsWith(cmd, unknown.GetSpecifiedName(), nil); others != "" {
		return usage(seeHelp(cmd), "--%s is a flag of %s, not of %s",
			unknown.GetSpecifiedName(), others, cmd.Name())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	hint := diag.DidYouMean("--"+unknown.GetSpecifiedName(), names)
	if hint == "" {
		hint = seeHelp(cmd)
	}
	return usage(hint, "%s", err)
}

// takersOf says which other commands take the value of a flag that a command refuses.
func takersOf(cmd *cobra.Command, err *pflag.InvalidValueError) string {
	flag := err.GetFlag()
	others := commandsWith(cmd, flag.Name, func(other *pflag.Flag) bool {
		c, isChoice := other.Value.(*choice)
		return isChoice && slices.Contains(c.allowed, err.GetValue())
	})
	if others == "" {
		return ""
	}
	return fmt.Sprintf("--%s %s is for %s: %s", flag.Name, err.GetValue(), others, seeHelp(cmd))
}

// commandsWith lists the other commands that have a flag, of which something holds; nil: anything.
func commandsWith(cmd *cobra.Command, name string, holds func(*pflag.Flag) bool) string {
	var names []string
	for _, c := range new(program).root().Commands() { // cmd may be the only one of its tree
		flag := c.Flags().Lookup(name)
		if len(name) == 1 {
			flag = c.Flags().ShorthandLookup(name)
		}
		if c.Name() != cmd.Name() && !c.Hidden && flag != nil && (holds == nil || holds(flag)) {
			names = append(names, c.Name())
		}
	}
	slices.Sort(names)
	return english.List(names)
}

// seeHelp points at a command's help.
func seeHelp(cmd *cobra.Command) string {
	return fmt.Sprintf("%s --help shows the flags", cmd.CommandPath())
}

// pathHelp says in the help of commands what a PATH is.
const pathHelp = `
PATH is a spec file, a directory of them, or - for standard input; without a PATH it is
secretctl.yaml in the current directory. All files are one spec if they state one stack. If they
state several, each PATH is a spec, and so is each file of a directory that states several. In a
directory, files that are no specs are passed over, and told.`

// text returns a text of several lines that begins on the line after its quote.
func text(lines string) string { return strings.TrimPrefix(lines, "\n") }

// addText gives a command a flag that takes a text, which no shell can complete.
func addText(cmd *cobra.Command, value *string, name, help string) {
	addCompleted(cmd, value, name, help, cobra.NoFileCompletions)
}

// addCompleted gives a command a flag that takes a text, and says how shells complete it.
func addCompleted(cmd *cobra.Command, value *string, name, help string, by completer) {
	cmd.Flags().StringVar(value, name, "", help)
	register(cmd.RegisterFlagCompletionFunc(name, by))
}

// addEnvironment gives a command its --environment.
func (p *program) addEnvironment(cmd *cobra.Command) {
	addCompleted(cmd, &p.environment, "environment",
		"only the environment `NAME` of the spec; by default all", p.completeIDs("environments"))
}

// addChoice gives a command a flag with a fixed set of values.
func addChoice(cmd *cobra.Command, c *choice, name, help string) {
	cmd.Flags().Var(c, name, help)
	values := cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp)
	register(cmd.RegisterFlagCompletionFunc(name, values))
}

// atMostOne refuses a second positional argument.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("", "%s takes one %s, not %d", cmd.CommandPath(), what, len(args))
		}
		return nil
	}
}

// choice is a flag with a fixed set of values.
type choice struct {
	value   string
	allowed []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.allowed, "|") }

func (c *choice) Set(value string) error {
	if !slices.Contains(c.allowed, value) {
		return fmt.Errorf("must be one of %s", strings.Join(c.allowed, ", "))
	}
	c.value = value
	return nil
}

// register panics when a completion is registered for a flag that does not exist.
func register(err error) {
	if err != nil {
		panic("cli: " + err.Error())
	}
}

// completeSpecs offers spec files and directories in shells.
func completeSpecs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}
