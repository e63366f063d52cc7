package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/secretctl/secretctl/internal/show"
)

func (p *program) manCommand() *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:    "man [COMMAND]",
		Hidden: true, // it is for packages, which bring the pages along
		Short:  "Prints the manual page of a command.",
		Long: text(`
Man prints the manual page of a command, or of secretctl itself without a COMMAND, as man(1)
reads it. What it says is what --help says.`),
		Example: text(`
  secretctl man diff | man -l -
  secretctl man --list`),
		Args: atMostOne("command"),
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string,
			cobra.ShellCompDirective) {
			return commandNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				_, err := fmt.Fprintln(p.out, strings.Join(commandNames(cmd.Root()), "\n"))
				return silentIf(err)
			}
			about := cmd.Root()
			if len(args) > 0 {
				if about = commandNamed(cmd.Root(), args[0]); about == nil {
					return unknownCommand(cmd.Root(), args[0])
				}
			}
			_, err := p.out.Write(manPage(about, p.build()))
			return silentIf(err)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "print the names of the commands that have a page")
	return cmd
}

// commandNames are the names of the commands that are told to people, sorted.
func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden && c.Name() != "help" {
			names = append(names, c.Name())
		}
	}
	slices.Sort(names)
	return names
}

// commandNamed returns the command with a name, or nil.
func commandNamed(root *cobra.Command, name string) *cobra.Command {
	for _, c := range root.Commands() {
		if c.Name() == name && !c.Hidden {
			return c
		}
	}
	return nil
}

// manPage returns the manual page of a command in the language of man(7). Nothing in it depends on
// when it is made: its date is that of the commit.
// https://man7.org/linux/man-pages/man7/man.7.html
func manPage(cmd *cobra.Command, build show.Build) []byte {
	root := cmd.Root()
	m := &manual{}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	day, _, _ := strings.Cut(build.Date, "T")
	m.line(".TH %s 1 %s %s %s", quoted(strings.ToUpper(name)), quoted(day),
		quoted("secretctl "+build.Number()), quoted("secretctl manual"))
	m.line(".SH NAME")
	m.line(`%s \- %s`, roff(name), roff(strings.TrimSuffix(cmd.Short, ".")))
	m.line(".SH SYNOPSIS")
	rest := strings.TrimPrefix(cmd.Use, cmd.Name())
	if cmd == root {
		rest = " COMMAND"
	}
	m.line(`\fB%s\fR%s [\fIFLAGS\fR]`, roff(cmd.CommandPath()), roff(rest))
	m.line(".SH DESCRIPTION")
	m.prose(cmp.Or(cmd.Long, cmd.Short))
	if cmd == root {
		m.commands(root)
	}
	m.flags(cmd)
	if cmd.HasExample() {
		m.line(".SH EXAMPLES")
		m.prose(cmd.Example)
	}
	m.line(".SH SEE ALSO")
	m.line("%s", seeAlso(cmd))
	return []byte(m.String())
}

// manual is a manual page that is being written.
type manual struct{ strings.Builder }

func (m *manual) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// prose writes a text of help: paragraphs, which are filled, and those with a line that is indented
// as they stand.
func (m *manual) prose(text string) {
	for paragraph := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		lines := strings.Split(paragraph, "\n")
		isIndented := func(line string) bool { return strings.HasPrefix(line, "  ") }
		asItStands := slices.ContainsFunc(lines, isIndented)
		m.line(".PP")
		if asItStands {
			m.line(".RS 4\n.nf")
		}
		for _, line := range lines {
			m.line("%s", roff(strings.TrimPrefix(line, "  ")))
		}
		if asItStands {
			m.line(".fi\n.RE")
		}
	}
}

// commands writes what the commands of secretctl do.
func (m *manual) commands(root *cobra.Command) {
	m.line(".SH COMMANDS")
	for _, name := range commandNames(root) {
		m.line(".TP\n\\fB%s\\fR(1)\n%s", roff("secretctl-"+name),
			roff(commandNamed(root, name).Short))
	}
}

// flags writes the flags of a command, sorted by name.
func (m *manual) flags(cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	m.line(".SH OPTIONS")
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		m.line(".TP")
		name := `\fB` + roff("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			name = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + name
		}
		if value != "" {
			name += ` \fI` + roff(value) + `\fR`
		}
		m.line("%s", name)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			usage += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		m.line("%s", roff(usage))
	})
}

// seeAlso names the other pages: of a command that of secretctl, of secretctl those of all.
func seeAlso(cmd *cobra.Command) string {
	if cmd.HasParent() {
		return `\fBsecretctl\fR(1)`
	}
	var pages []string
	for _, name := range commandNames(cmd) {
		pages = append(pages, `\fB`+roff("secretctl-"+name)+`\fR(1)`)
	}
	return strings.Join(pages, ",\n")
}

// quoted returns a text as one argument of a request.
func quoted(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `\(dq`) + `"` }

// roff returns a text that man(1) shows as it is: a hyphen can be copied into a shell, and no line
// of it is a request.
func roff(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case i == 0 && r == '.':
			b.WriteString(`\&.`)
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '\'':
			b.WriteString(`\(aq`)
		case r == '`':
			b.WriteString(`\(ga`)
		case r == '^':
			b.WriteString(`\(ha`)
		case r == '~':
			b.WriteString(`\(ti`)
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
