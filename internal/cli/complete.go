package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/verb"
)

// completer completes a word of a command line, as cobra asks.
type completer = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// ids returns what stands under sections of the spec that paths name, sorted. It reads YAML and
// nothing more, so that it is quick and a spec may be unfinished. Where nothing can be read there
// is nothing, and nothing is said.
func (p *program) ids(paths []string, sections ...string) []string {
	if slices.Contains(paths, stdinArgument) {
		return nil
	}
	units, found, err := p.readUnits(paths)
	if err != nil || found.HasErrors() {
		return nil
	}
	var ids []string
	for _, u := range units {
		for _, f := range u.files {
			root, _ := spec.Parse(f)
			for _, section := range sections {
				n := root.Get(section)
				if n == nil {
					continue
				}
				for _, pair := range n.Pairs() {
					ids = append(ids, pair.Key.Text())
				}
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// beginning returns the words that begin like the one that is being typed.
func beginning(words []string, typed string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		return !strings.HasPrefix(word, typed)
	})
}

// completeIDs completes the value of a flag with what stands under a section of the spec.
func (p *program) completeIDs(sections ...string) completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string,
		cobra.ShellCompDirective) {
		if cmd.Name() == "why" {
			args = args[min(askedByWhy, len(args)):]
		}
		return beginning(p.ids(args, sections...), typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeWhy completes the principal, the verb and the secret of a question by the spec in
// secretctl.yaml, and then files.
func (p *program) completeWhy(cmd *cobra.Command, args []string, typed string) ([]string,
	cobra.ShellCompDirective) {
	var words []string
	switch len(args) {
	case 0:
		words = append(p.ids(nil, "principals"), "everybody")
	case 1:
		for _, v := range verb.All {
			if strings.HasPrefix(v.Name, typed) {
				words = append(words, cobra.CompletionWithDesc(v.Name, v.Doc))
			}
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	case 2:
		words = p.ids(nil, "secrets")
	default:
		return completeSpecsAndTemplates(cmd, args, typed)
	}
	return beginning(words, typed), cobra.ShellCompDirectiveNoFileComp
}
