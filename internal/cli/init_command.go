package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/starter"
	"github.com/secretctl/secretctl/schema"
)

func (p *program) initCommand() *cobra.Command {
	example := choice{allowed: starter.Names}
	cmd := &cobra.Command{
		Use:   "init [DIRECTORY|FILE]",
		Short: "Writes a spec to begin with.",
		Long: text(`
Init writes a small, complete spec with comments that explain it, and beside it the JSON Schema by
which editors complete and check specs. It asks nothing, and writes over nothing: where there is a
spec already, it says so and exits with 3.

Without an argument it writes secretctl.yaml in the current directory, and with a DIRECTORY there,
which it makes if it has to. FILE ends in .yaml or .yml.`),
		Example: text(`
  secretctl init                      writes secretctl.yaml
  secretctl init --example rds db     writes db/secretctl.yaml, for a database
  secretctl init specs/shop.yaml      writes that file`),
		Args: atMostOne("directory or file"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string,
			cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(_ *cobra.Command, args []string) error {
			path := "."
			if len(args) > 0 {
				path = args[0]
			}
			if path == "" || path == stdinArgument {
				return usage("name a directory, or a file that ends in .yaml or .yml; for a "+
					"directory called -, write ./-", "%q names no directory or file", path)
			}
			return p.runInit(path, example.value)
		},
	}
	addChoice(cmd, &example, "example", "what the spec is about: a database in RDS, a service in "+
		"ECS, a pipeline, or two accounts; by default an application with two secrets")
	cmd.Flags().BoolVarP(&p.quiet, "quiet", "q", false, "do not say what was written")
	return cmd
}

func (p *program) runInit(path, example string) error {
	name, err := p.newSpec(path)
	if err != nil {
		return err
	}
	defer p.tell()
	beside := filepath.Join(filepath.Dir(name), starter.SchemaFile)
	if err := p.overwrite(name, nil, starter.Spec(example)); err != nil {
		return err
	}
	p.did.created = append(p.did.created, name)
	if !p.exists(beside) {
		if err := p.overwrite(beside, nil, schema.Spec); err != nil {
			return err
		}
		p.did.created = append(p.did.created, beside)
	}
	p.tell()
	if !p.quiet {
		next := fmt.Sprintf("next: make %s say what you need; `secretctl validate%s` says what is "+
			"wrong with it", name, argument(name))
		fmt.Fprintln(p.err, show.Printable(next))
	}
	return nil
}

// argument returns a path as an argument of a command; the spec that needs none has none.
func argument(name string) string {
	switch {
	case name == defaultSpec:
		return ""
	case strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("/._-", r) && !isPlainLetter(r)
	}):
		return " '" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return " " + name
}

func isPlainLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// newSpec returns the file that a spec is written to. It is not there, nor is another spec in the
// directory that was named.
func (p *program) newSpec(path string) (string, error) {
	const hint = "name another directory, or a file that is not there"
	info, err := p.files().stat(path)
	isFile := isSpecName(path)
	switch {
	case err == nil && !info.IsDir():
		return "", refuse(exitFailed, hint, "%q is there already", path)
	case err == nil:
		if other := p.specIn(path); other != "" {
			return "", refuse(exitFailed, hint, "there is a spec already: %q",
				filepath.Join(path, other))
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", unreadable(path, err, "")
	case isFile:
		return filepath.Clean(path), nil
	case filepath.Ext(path) != "" && !strings.HasSuffix(path, string(filepath.Separator)):
		return "", usage("name a directory, or a file that ends in .yaml or .yml",
			"%q would be no spec", path)
	}
	return filepath.Join(path, defaultSpec), nil
}

// specIn returns the name of a spec in a directory, not below it; "" if there is none.
func (p *program) specIn(dir string) string {
	entries, err := p.files().list(dir)
	if err != nil {
		return ""
	}
	at, err := p.files().enter(dir)
	if err != nil {
		return ""
	}
	defer at.close()
	for _, e := range entries {
		if e.IsDir() || !isSpecName(e.Name()) {
			continue
		}
		data, err := readIn(at, e.Name(), maxSpecSize)
		if e.Name() == defaultSpec || err == nil && spec.MayBeSpec(source.New(e.Name(), data)) {
			return e.Name()
		}
	}
	return ""
}
