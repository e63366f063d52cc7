package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/glob"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/verb"
)

// accessFlags are the flags of access as they were given.
type accessFlags struct {
	estateFlags
	principal, secret string // globs
	by                choice
	format            choice
}

// matching says which principals or secrets a glob is about.
const matching = "whose id or ARN matches the `GLOB`"

func (p *program) accessCommand() *cobra.Command {
	flags := &accessFlags{
		by:     choice{value: "secret", allowed: []string{"secret", "principal"}},
		format: formatChoice(show.Reports),
	}
	cmd := p.newAccessCommand(flags)
	addChoice(cmd, &flags.format, "format", "how the matrix is written")
	addEstateFlags(cmd, &flags.estateFlags)
	p.addParameters(cmd)
	p.addEnvironment(cmd)
	p.addToday(cmd)
	addText(cmd, &flags.principal, "principal", "only principals "+matching)
	addText(cmd, &flags.secret, "secret", "only secrets "+matching)
	addChoice(cmd, &flags.by, "by", "what the table begins with")
	return cmd
}

// newAccessCommand makes the command without its flags.
func (p *program) newAccessCommand(flags *accessFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "access [PATH... | TEMPLATE[@ACCOUNT[:REGION]]...]",
		Short: "Shows who can do what with which secret.",
		Long: text(`
Access evaluates every policy as AWS would and shows the matrix of who can do what: principals,
secrets and verbs, in every Region. A verb alone is allowed under every circumstance, with *
under the conditions beneath it, and with ? it is not known, for want of what stands beneath it.
"denied" is what a statement denies although another allows it. What is not listed is allowed in
no circumstance.

It asks the templates that a spec compiles to, as if all stacks were deployed and others had
done what is handed over to them; of several specs, those of all together. Each environment is
shown for itself, or the one of --environment.

Or it asks CloudFormation templates from anywhere, told from specs by their content: say behind
each where it is deployed, as in app.json@111111111111:eu-west-1, or for all with --account and
--region. A directory that compile wrote is known by its plan, or those in it, and one that cdk
synth wrote by its manifest; any other holds the templates in it and below it, unless a file in
it looks like a spec. - is standard input.

Values of parameters are given by --parameter, for all stacks or for one: --parameter Stage=prod
--parameter app.Size=2. A parameter without a value makes answers unknown.

What no template states, such as the other policies of roles that exist already, is out of
sight. It is said how it is taken: at the end of the table, first on the page, in JSON as
outOfSight, and for CSV on standard error.`),
		Example: `  secretctl access specs
  secretctl access --principal 'billing-*' --by principal specs
  secretctl access --format html specs > access.html
  secretctl access --environment prod specs
  secretctl access cdk.out
  secretctl access --account 111111111111 --region eu-west-1 --parameter Stage=prod templates
  secretctl access cdk.out/Db.template.json@111111111111:eu-west-1 app.json@222222222222:eu-west-1`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeSpecsAndTemplates,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.runAccess(flags, args)
		},
	}
}

// addEstateFlags adds the flags of the commands that ask templates.
func addEstateFlags(cmd *cobra.Command, flags *estateFlags) {
	addText(cmd, &flags.account, "account", "the account of templates that do not say theirs")
	addText(cmd, &flags.region, "region", "the Region of templates that do not say theirs")
}

// completeSpecsAndTemplates completes files by the extensions that they have.
func completeSpecsAndTemplates(
	*cobra.Command, []string, string,
) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json", "template"}, cobra.ShellCompDirectiveFilterFileExt
}

func (p *program) runAccess(flags *accessFlags, arguments []string) error {
	principals, err := matcher("principal", flags.principal)
	if err != nil {
		return err
	}
	secrets, err := matcher("secret", flags.secret)
	if err != nil {
		return err
	}
	estates, err := p.estates(arguments, &flags.estateFlags, exitErrors)
	if err != nil {
		return err
	}
	var reports []show.EnvironmentReport
	var matchedPrincipals, matchedSecrets int
	var principalNames, secretNames []string
	for _, a := range estates {
		r := a.Report(verb.All, principals, secrets)
		if r.TooMany {
			return tooManyRows(&r)
		}
		for i := range r.Principals {
			r.Principals[i].Spec = a.specs.Principals[r.Principals[i].ID]
		}
		for i := range r.Secrets {
			r.Secrets[i].Spec = a.specs.Secrets[r.Secrets[i].ID]
		}
		matchedPrincipals += len(r.Principals)
		matchedSecrets += len(r.Secrets)
		principalNames = append(principalNames, a.PrincipalNames()...)
		secretNames = append(secretNames, a.SecretNames()...)
		one := show.EnvironmentReport{Environment: a.environment, Report: r}
		if flags.format.value == "html" {
			one.Deployed, one.Explain = a.deployed(), a.explain
		}
		reports = append(reports, one)
	}
	if err := checkFilter("principal", flags.principal, matchedPrincipals,
		principalNames); err != nil {
		return err
	}
	if err := checkFilter("secret", flags.secret, matchedSecrets, secretNames); err != nil {
		return err
	}
	return silentIf(write(p, show.Reports.Named(flags.format.value), reports, show.Options{
		ByPrincipal: flags.by.value == "principal", Asked: p.asked(flags, arguments, estates),
	}))
}

// asked says what was asked, for a page that tells how to ask again.
func (p *program) asked(flags *accessFlags, arguments []string, from []*loadedEstate) show.Asked {
	out := p.askedAlike(&flags.estateFlags)
	out.Paths, out.OfSpecs = arguments, from[0].ofSpecs
	if flags.principal != "" {
		out.Filters = append(out.Filters, "principals "+flags.principal)
	}
	if flags.secret != "" {
		out.Filters = append(out.Filters, "secrets "+flags.secret)
	}
	return out
}

// askedAlike says which flags another question about the same takes.
func (p *program) askedAlike(flags *estateFlags) show.Asked {
	var out show.Asked
	flag := func(name, value string) {
		if value != "" {
			out.Flags = append(out.Flags, "--"+name, value)
		}
	}
	flag("account", flags.account)
	flag("region", flags.region)
	flag("environment", p.environment)
	for _, parameter := range p.parametersGiven {
		flag("parameter", parameter)
	}
	return out
}

// tooManyRows refuses a report that nobody could read, before it fills the memory.
func tooManyRows(r *access.Report) error {
	copies := 0
	for i := range r.Secrets {
		copies += len(r.Secrets[i].Regions)
	}
	return refuse(exitFailed, "ask about some of them with --principal and --secret",
		"%s", "the report would have more than 1,500,000 rows: "+show.Counts(r)+" in "+
			english.Plural(copies, "place", "places")+", and every verb")
}

// matcher reads a glob of ids, names or ARNs; an empty one matches everything.
func matcher(flag, pattern string) (access.Filter, error) {
	if pattern == "" {
		return nil, nil
	}
	if !glob.Valid(pattern) {
		return nil, usage("write * for any text, ? for any character, [a-z] for one of several",
			"--%s %q is not a glob", flag, pattern)
	}
	return func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return glob.Match(pattern, name) || name == pattern
		})
	}, nil
}

// checkFilter refuses a filter that leaves nothing.
func checkFilter(flag, glob string, n int, names []string) error {
	if glob == "" || n > 0 {
		return nil
	}
	return usage(diag.DidYouMean(glob, names), "no %s matches %q", flag, glob)
}
