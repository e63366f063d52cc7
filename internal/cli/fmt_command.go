package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/format"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// fmtFlags are the flags of fmt as they were given.
type fmtFlags struct {
	check, diff bool
}

func (p *program) fmtCommand() *cobra.Command {
	flags := &fmtFlags{}
	cmd := &cobra.Command{
		Use:     "fmt [PATH...]",
		Aliases: []string{"format"},
		Short:   "Formats a spec, and never changes what it means.",
		Long: text(`
Fmt indents a spec by two, puts one space where one belongs, takes away quotes, blank lines and
spaces at the ends of lines that are of no use, and writes each file that changes. Comments, order,
anchors, line ends and the ways in which texts are written stay; so do columns of values that stand
one below the other. What cannot be formatted with certainty is left as it is. A file is only
written if it reads as the same afterwards.
` + pathHelp + `

With - alone, what is read from standard input is written to standard output. A file that is not
YAML, or has several documents, is an error and stays.`),
		Example: text(`
  secretctl fmt                  formats secretctl.yaml
  secretctl fmt specs            formats every spec in a directory
  secretctl fmt --check specs    writes nothing, and fails if a file is not formatted
  secretctl fmt --diff specs     shows what would change
  secretctl fmt - < a.yaml       writes to standard output, for editors`),
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeSpecs,
		RunE: func(_ *cobra.Command, args []string) error {
			if slices.Contains(args, stdinArgument) && len(args) > 1 {
				return usage("format standard input by itself",
					"- cannot stand among other paths here")
			}
			return p.runFmt(flags, args)
		},
	}
	cmd.Flags().BoolVar(&flags.check, "check", false,
		"write nothing; name the lines that would change, and exit with 1 if there are any")
	cmd.Flags().BoolVar(&flags.diff, "diff", false,
		"write nothing; show what would change, without secret values")
	cmd.Flags().BoolVarP(&p.quiet, "quiet", "q", false, "do not say which files were formatted")
	return cmd
}

// formatted is a file that fmt has looked at.
type formatted struct {
	file *source.File
	format.Result
}

func (l formatted) changes() bool { return len(l.Lines) > 0 }

func (p *program) runFmt(flags *fmtFlags, paths []string) error {
	units, found, err := p.readUnits(paths)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return d.Code.Severity != diag.Error
	})
	var files []*source.File
	for _, u := range units {
		files = append(files, u.files...)
	}
	var all []formatted
	for _, f := range files {
		result, wrong := format.Text(f, spec.Document())
		if result.Data == nil {
			found = append(found, wrong...)
			continue
		}
		all = append(all, formatted{f, result})
	}
	var ended error
	if len(found) > 0 {
		_, masks, _ := spec.Read(files)
		_ = p.writeDiagnostics(p.err, found.Sorted(), masks) // p.err remembers
		ended = silent(exitErrors)
	}
	switch {
	case flags.diff || flags.check:
		return errors.Join(ended, p.showFormatted(all, files, flags))
	case slices.Equal(paths, []string{stdinArgument}):
		for _, l := range all {
			_, err = p.out.commands.Write(l.Data) // a filter adds nothing of its own
		}
		return errors.Join(ended, silentIf(err))
	}
	return errors.Join(ended, p.writeFormatted(all))
}

// writeFormatted writes the files that change, and says which.
func (p *program) writeFormatted(all []formatted) error {
	var errs []error
	var changed []string
	fresh := 0
	for _, l := range all {
		if !l.changes() {
			fresh++
			continue
		}
		if err := p.overwrite(l.file.Name, l.file.Data, l.Data); err != nil {
			errs = append(errs, err)
			continue
		}
		changed = append(changed, l.file.Name)
	}
	if !p.quiet {
		for _, line := range toldEach("formatted", changed) {
			fmt.Fprintln(p.err, line)
		}
		if fresh > 0 {
			fmt.Fprintf(p.err, "%s formatted already\n",
				english.Plural(fresh, "file is", "files are"))
		}
	}
	return errors.Join(errs...)
}

// showFormatted shows what would change, and is an error for check if anything would.
func (p *program) showFormatted(all []formatted, files []*source.File, flags *fmtFlags) error {
	differ := 0
	for _, l := range all {
		if !l.changes() {
			continue
		}
		differ++
		if !flags.diff {
			fmt.Fprintf(p.out, "%s: %s\n", show.Printable(l.file.Name), lineNumbers(l.Lines))
			continue
		}
		fmt.Fprint(p.out, p.painted(printableLines(l.difference(files))))
	}
	if differ == 0 || !flags.check {
		return nil
	}
	return refuse(exitErrors, "run the same command without --check",
		"%s not formatted", english.Plural(differ, "file is", "files are"))
}

// difference shows how a file changes, without what masks hide. files are those of the spec.
func (l formatted) difference(files []*source.File) string {
	after := source.New(l.file.Name, l.Data)
	others := slices.Clone(files)
	others[slices.Index(files, l.file)] = after
	_, before, _ := spec.Read(files)
	_, masks, _ := spec.Read(others)
	text := cfn.Diff(l.file.Name, hidden(l.file, before), hidden(after, masks))
	if text == "" {
		return l.file.Name + " differs in line ends or in what is not shown\n"
	}
	return text
}

// hidden returns a file with bullets in the place of what masks hide.
func hidden(f *source.File, masks *source.Masks) []byte {
	whole := source.Span{File: f, End: int32(len(f.Data))}
	var out []byte
	at := int32(0)
	for _, s := range masks.Within(whole) {
		out = append(append(out, f.Data[at:s.Start]...), diag.Bullets...)
		at = s.End
	}
	text := string(append(out, f.Data[at:]...))
	return []byte(secretComment.ReplaceAllString(text, "${1}"+diag.Bullets))
}

// secretComment is what follows a # and may hold a credential: a word that sounds like the name of
// one, or a known form. A # within a text is taken for one too: more is hidden then.
var secretComment = lazy.Regexp(`(?im)((?:^|[ \t])#+ ?)[^\r\n]*?(?:` +
	`(?:passw|pwd|secretstring|token|credential|api[_-]?key|access[_-]?key|private[_-]?key)` +
	`[^\r\n:=]*[:=]|\bsecret["']?[ \t]*[:=]|gh[pousr]_|github_pat_|AKIA|ASIA|` +
	`xox[abprs]-|sk-|sk_live|eyJ|-----BEGIN|://[^/\r\n ]*:[^\r\n ]*@)[^\r\n]*`)

// lineNumbers writes numbers of lines, runs of them as one: "lines 3, 7-9".
func lineNumbers(lines []int) string {
	var parts []string
	for i := 0; i < len(lines); {
		last := i
		for last+1 < len(lines) && lines[last+1] == lines[last]+1 {
			last++
		}
		part := fmt.Sprint(lines[i])
		if last > i {
			part += fmt.Sprintf("-%d", lines[last])
		}
		parts = append(parts, part)
		i = last + 1
	}
	word := "lines "
	if len(lines) == 1 {
		word = "line "
	}
	const most = 20
	if more := len(parts) - most; more > 0 {
		parts = append(parts[:most], fmt.Sprintf("and %d more", more))
	}
	return word + strings.Join(parts, ", ")
}
