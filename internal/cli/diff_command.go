package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/show"
)

// diffFlags are the flags of diff as they were given.
type diffFlags struct {
	estateFlags
	format choice
	failOn string
	accept string
}

func (p *program) diffCommand() *cobra.Command {
	flags := &diffFlags{format: formatChoice(show.Diffs)}
	cmd := p.newDiffCommand(flags)
	addChoice(cmd, &flags.format, "format", "how the changes are written")
	addEstateFlags(cmd, &flags.estateFlags)
	p.addParameters(cmd)
	p.addEnvironment(cmd)
	cmd.Flags().BoolVar(&p.verbose, "verbose", false,
		"also show requests that prove a change, AWS's pages, and what nobody notices")
	cmd.Flags().StringVar(&flags.accept, "accept", "",
		"a `FILE` with a list accept, whose entries accept changes beside those of NEW")
	addText(cmd, &flags.failOn, "fail-on", "exit with 1 if there is a change of one of `CLASSES`")
	return cmd
}

// newDiffCommand makes the command without its flags.
func (p *program) newDiffCommand(flags *diffFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Shows what a change does: who gains or loses access, and what is lost.",
		Long: text(`
Diff compares two states by their meaning and shows what deploying NEW over OLD does: who gains
or loses access, under which conditions and because of which statement; which values, secrets
and guards are lost; what is replaced, rotated or cut off at once; and which stacks and
hand-overs come and go. Statements that are merged, split, reordered or moved are no change if
the access is the same. What it cannot compare is unknown, such as whom a role trusts beside the
principals in sight. It needs no credentials, and asks AWS nothing.

A state is a spec or a directory of specs, a directory that compile wrote, CloudFormation
templates with @ACCOUNT:REGION behind them as for access, one of these in a git revision as
REVISION:PATH, or none for nothing. A path that is there is meant before a revision. Of a spec
with environments, each is compared with that of the same name.

Access:    gains, widens, changes, unknown, narrows, loses
Resources: value-lost, replaced, fails, orphaned, deleted, access-gap,
           rotates-now, key-changed, guard-weaker, moved, update

--fail-on takes some of these words, separated by commas, or any for all but update, and exits
with 1 if there is such a change that is not accepted.

A change is accepted by an entry under accept in the specs of NEW, or in the file of --accept,
which is for templates, too: accept: [{ risk: value-lost, secrets: db, reason: … }]. An entry
that accepts nothing is told.`),
		Example: `  secretctl diff templates specs
  secretctl diff origin/main:specs specs
  secretctl diff --format markdown --fail-on gains,value-lost main:specs specs > comment.md
  secretctl diff --format html origin/main:specs specs > change.html
  secretctl diff none specs
  secretctl diff old.json@111111111111:eu-west-1 new.json@111111111111:eu-west-1`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("name the old state and the new one: secretctl diff OLD NEW",
					"%s takes two states, not %d", cmd.CommandPath(), len(args))
			}
			if args[0] == "-" && args[1] == "-" {
				return usage("name a file for the other one",
					"standard input can be one of the two states, not both")
			}
			return nil
		},
		ValidArgsFunction: completeSpecsAndTemplates,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runDiff(cmd, flags, args[0], args[1])
		},
	}
}

// classes reads --fail-on.
func (f *diffFlags) classes(given bool) ([]string, error) {
	if f.failOn == "" && !given {
		return nil, nil
	}
	known := change.Classes()
	var out []string
	for word := range strings.SplitSeq(f.failOn, ",") {
		word = strings.TrimSpace(word)
		switch {
		case word == "any":
			out = append(out, slices.DeleteFunc(slices.Clone(known), func(class string) bool {
				return !change.IsNews(class)
			})...)
		case slices.Contains(known, word):
			out = append(out, word)
		default:
			hint := diag.DidYouMean(word, known)
			if hint == "" {
				hint = "the classes are any, " + strings.Join(known, ", ")
			}
			return nil, usage(hint, "--fail-on: no class of changes is called %q", word)
		}
	}
	return out, nil
}

// askedDiff says what was compared, for a page that tells how to ask again.
func (p *program) askedDiff(flags *diffFlags, from, to string) show.Asked {
	out := p.askedAlike(&flags.estateFlags)
	out.Paths = []string{from, to}
	out.Before, out.After = p.forWhy(from), p.forWhy(to)
	if flags.accept != "" {
		out.More = []string{"--accept", flags.accept}
	}
	return out
}

// forWhy returns a state as why takes it, or "": it does not take revisions, and of nothing there
// is nothing to ask.
func (p *program) forWhy(state string) string {
	d, err := p.where(state)
	if state == nothing || err != nil || !p.exists(d.path) || p.isEmptyDirectory(state) {
		return ""
	}
	return state
}

func (p *program) runDiff(cmd *cobra.Command, flags *diffFlags, from, to string) error {
	classes, err := flags.classes(cmd.Flags().Changed("fail-on"))
	if err != nil {
		return err
	}
	others, masks, err := p.acceptFile(flags.accept)
	if err != nil {
		return err
	}
	p.ofBoth = &[]deployedTemplate{}
	if p.env.roomForTwo != nil {
		p.env.roomForTwo()
	}
	before, after, err := p.statesOf(cmd.Context(), from, to, flags)
	if err != nil {
		return err
	}
	if err := checkParameters(p.parameters, *p.ofBoth); err != nil {
		return err
	}
	before.callAs(p, after)
	changes := p.compare(before, after, others)
	masks.Join(before.masks)
	if after != before {
		masks.Join(after.masks)
	}
	err = write(p, show.Diffs.Named(flags.format.value), changes,
		show.Options{Masks: masks, Verbose: p.verbose, Asked: p.askedDiff(flags, from, to)})
	if err != nil {
		return silent(exitFailed)
	}
	for _, r := range changes.Reports {
		if r.HasAny(classes) {
			return silent(exitErrors)
		}
	}
	return nil
}

// statesOf reads both arguments.
func (p *program) statesOf(
	ctx context.Context, from, to string, flags *diffFlags,
) (before, after *state, err error) {
	old, err := p.begin(ctx, from, &flags.estateFlags)
	if err != nil {
		return nil, nil, err
	}
	now, wrong := p.begin(ctx, to, &flags.estateFlags)
	if wrong == nil {
		compileBoth(old, now)
	}
	if before, err = old.finish(false); err != nil {
		return nil, nil, err
	}
	if wrong != nil {
		return nil, nil, wrong
	}
	after, err = now.finishAfter(old, before, show.Diffs.Named(flags.format.value).Whole)
	return before, after, err
}
