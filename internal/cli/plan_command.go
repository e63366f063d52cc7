package cli

import (
	"fmt"
	"slices"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/spf13/cobra"
)

// planFlags are the flags of plan as they were given.
type planFlags struct {
	format   choice
	strict   bool
	script   bool
	profiles []string // ACCOUNT=NAME
	bucket   string   // with {account} and {region}
}

func (p *program) planCommand() *cobra.Command {
	flags := &planFlags{format: formatChoice(show.Plans)}
	cmd := &cobra.Command{
		Use:   "plan [PATH...]",
		Short: "Shows the stacks to deploy in order, and what others must do.",
		Long: text(`
Plan compiles a spec, throws the templates away and shows what there is to deploy, in order:
where each stack goes, what it holds, how near it is to AWS's limits, and what it waits for.
Then it shows the statements that others must add to documents of theirs, ready to paste.

As json it is plan.json, byte for byte as compile --output DIRECTORY writes it; for several
environments or specs it is a list of these. As markdown it is for the comment of a pull
request. Of several specs, one that makes something comes before those that import it.

With --script it prints a shell script that deploys the templates of that directory with the AWS
CLI, to be read before it is run; of a spec with environments, name one with --environment. The
script takes the directory as its argument, parameters without a default from variables
(PARAM_Name for the parameter Name), and refuses credentials of another account and templates
that are not those of the plan. No value is in an argument of a command or in what sh -x prints.
A template of more than 51,200 bytes goes through an S3 bucket in the Region of its stack: name
it with --bucket, in which {account} and {region} stand for those of the stack.
` + pathHelp),
		Example: `  secretctl plan specs
  secretctl plan --format markdown specs > comment.md
  secretctl plan --script specs > deploy.sh
  secretctl plan --script --profile 111111111111=prod --bucket 'deploy-{account}-{region}' specs`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeSpecs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.check(cmd.Flags().Changed); err != nil {
				return err
			}
			return p.runPlan(flags, args)
		},
	}
	p.addParameters(cmd)
	p.addEnvironment(cmd)
	p.addToday(cmd)
	p.addVerbose(cmd)
	addChoice(cmd, &flags.format, "format", "how the plan is written")
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "refuse warnings as if they were errors")
	cmd.Flags().BoolVar(&flags.script, "script", false,
		"print a shell script of AWS CLI calls instead")
	cmd.Flags().StringArrayVar(&flags.profiles, "profile", nil,
		"`ACCOUNT=NAME`: the AWS CLI's profile for an account in the script; may be repeated")
	register(cmd.RegisterFlagCompletionFunc("profile", cobra.NoFileCompletions))
	addText(cmd, &flags.bucket, "bucket", "`NAME` of the S3 bucket for large templates in the "+
		"script; {account} and {region} are replaced")
	return cmd
}

// check refuses flags that contradict each other. given says of a flag whether it is given.
func (f *planFlags) check(given func(name string) bool) error {
	if f.script && given("format") {
		return usage("leave out one of them",
			"--script is a format of its own, so that --format contradicts it")
	}
	for _, name := range []string{"profile", "bucket"} {
		if given(name) && !f.script {
			return usage("add --script", "--%s needs --script", name)
		}
	}
	if given("bucket") && f.bucket == "" {
		return usage("", "--bucket needs a name")
	}
	return nil
}

// listedByPlan takes away the notes of what a plan lists itself.
func listedByPlan(l *loaded) {
	l.Diagnostics = slices.DeleteFunc(l.Diagnostics, func(d diag.Diagnostic) bool {
		return d.Code == diag.HandedOver || d.Code == diag.TemplateNeedsS3
	})
}

func (p *program) runPlan(flags *planFlags, paths []string) error {
	profiles, err := readProfiles(flags.profiles)
	if err != nil {
		return err
	}
	if err := checkBucket(flags.bucket); err != nil {
		return err
	}
	l, err := p.accepted(paths, flags.strict, listedByPlan)
	if err != nil {
		return err
	}
	plans, err := l.plans()
	if err != nil {
		return err
	}
	if !flags.script {
		return silentIf(write(p, show.Plans.Named(flags.format.value), plans, show.Options{}))
	}
	complete, err := l.oneOf(plans)
	if err != nil {
		return err
	}
	options, err := scriptOptions{profiles, flags.bucket}.of(complete)
	if err != nil {
		return err
	}
	if accounts := withoutProfile(profiles, complete); len(accounts) > 1 {
		fmt.Fprintf(p.err,
			"note: the accounts %s have no profile, so that the script refuses the credentials "+
				"for all but one of them; add --profile ACCOUNT=NAME\n", english.List(accounts))
	}
	return silentIf(write(p, show.Script, complete, options))
}
