package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/verb"
)

// whyFlags are the flags of why as they were given.
type whyFlags struct {
	estateFlags
	format  choice
	verbose bool
}

func (p *program) whyCommand() *cobra.Command {
	flags := &whyFlags{format: formatChoice(show.Why)}
	cmd := &cobra.Command{
		Use:   "why PRINCIPAL VERB SECRET [PATH... | TEMPLATE[@ACCOUNT[:REGION]]...]",
		Short: "Says whether somebody can do something, and which statements decide it.",
		Long: text(`
Why answers yes, yes under conditions, no or unknown, and names for every permission that it
takes the statements that decide it. A no shows the statement that denies, or the one that
nearly allows with the condition that is not met; unknown says what could not be read. With
--verbose, every statement is shown with its document and the place in the spec that it comes
from.

PRINCIPAL is an id of the spec, a logical ID, an ARN, or everybody; somebody whom the policies
do not know is a stranger of that ARN. The ARN of a session, as AWS's messages have it, means the
role of the session. VERB is a verb of the language, such as read, or one IAM
action with or without its service, such as GetSecretValue. SECRET is an id, a logical ID, a
name or an ARN; the ARN of a replica asks about that replica. Principals and secrets may be sets
of the spec, or globs such as 'billing-*': then each match is a question, and the last line
counts the answers.

What follows is the spec, or templates, as for access. Of a spec with environments it is asked in
each in which the two exist, or in the one of --environment.

It exits with 0 for yes, also under conditions, 1 for no, and 4 for unknown or for answers that
differ; 2 is wrong usage, and 3 says that it could not run, also because the spec has errors.`),
		Example: `  secretctl why api read db specs
  secretctl why arn:aws:iam::222222222222:role/reporter read payments/db specs
  secretctl why arn:aws:sts::111111111111:assumed-role/api/task GetSecretValue payments/db specs
  secretctl why api kms:Decrypt db specs
  secretctl why everybody read 'billing-*' specs
  secretctl why --environment prod api read db specs
  secretctl why ci write db --parameter Stage=prod specs
  secretctl why AppRole write DatabaseSecret cdk.out/App.template.json@111111111111:eu-west-1`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeWhy,
		RunE: func(cmd *cobra.Command, args []string) error {
			const asked = 3
			if len(args) < asked {
				return usage(seeHelp(cmd), "why needs a principal, a verb and a secret")
			}
			return p.runWhy(flags, args[0], args[1], args[2], args[asked:])
		},
	}
	addChoice(cmd, &flags.format, "format", "how the answer is written")
	cmd.Flags().BoolVar(&flags.verbose, "verbose", false,
		"show every statement that decides, with its document and place")
	addEstateFlags(cmd, &flags.estateFlags)
	p.addParameters(cmd)
	p.addEnvironment(cmd)
	return cmd
}

// completeWhy completes the verb, and the files behind the question.
func completeWhy(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 1:
		return verb.Names(), cobra.ShellCompDirectiveNoFileComp
	case 0, 2:
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeSpecsAndTemplates(nil, nil, "")
}

func (p *program) runWhy(flags *whyFlags, who, what, which string, arguments []string) error {
	v, err := ask.Verb(what)
	if err != nil {
		return err
	}
	estates, err := p.estates(arguments, &flags.estateFlags, exitFailed)
	if err != nil {
		return err
	}
	answers, err := whyIn(estates, who, v, which)
	if err != nil {
		return err
	}
	err = write(p, show.Why.Named(flags.format.value), answers, show.Options{
		Verbose: flags.verbose, Masks: estates[0].masks,
	})
	if err != nil {
		return silentIf(err)
	}
	if code := whyExit(answers.List); code != exitOK {
		return silent(code)
	}
	return nil
}

// whyIn asks a question in every environment in which it can be asked: somebody or something may
// exist in some alone.
func whyIn(estates []*loadedEstate, who string, v *verb.Verb, which string) (ask.Answers, error) {
	var out ask.Answers
	var first error
	for _, a := range estates {
		answers, err := a.Why(who, v, which)
		if err != nil {
			first = cmp.Or(first, a.sayingWhere(err, who, which))
			continue
		}
		for _, one := range answers.List {
			one.Environment = a.environment
			out.List = append(out.List, one)
		}
		out.Several = out.Several || answers.Several || len(estates) > 1
	}
	if len(out.List) == 0 {
		return out, first
	}
	return out, nil
}

// sayingWhere says of a question that cannot be asked in which environments what it names exists.
func (a *loadedEstate) sayingWhere(err error, who, which string) error {
	var wrong *ask.Error
	for _, id := range []string{who, which} {
		in := a.absent[id]
		if len(in) > 0 && errors.As(err, &wrong) &&
			strings.HasSuffix(wrong.Message, strconv.Quote(id)) {
			return &ask.Error{
				Message: wrong.Message + " here",
				Hint: fmt.Sprintf("%q exists in %s: --environment %s", id, english.List(in),
					in[0]),
			}
		}
	}
	return err
}

// exitUnknown ends why where it is not known, and where several questions have different answers.
const exitUnknown = 4

// whyExit returns the exit code for the answers to the questions of one run: 0 if all are yes, also
// under conditions, 1 if all are no, 4 otherwise.
func whyExit(answers []ask.Answer) int {
	yes, no := 0, 0
	for i := range answers {
		switch {
		case answers[i].Allowed():
			yes++
		case answers[i].Effect == access.Deny:
			no++
		}
	}
	switch len(answers) {
	case yes:
		return exitOK
	case no:
		return exitErrors
	}
	return exitUnknown
}
