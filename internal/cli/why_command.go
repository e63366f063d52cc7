package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/verb"
)

// whyFlags are the flags of why as they were given.
type whyFlags struct {
	estateFlags
	format  choice
	verbose bool
}

func (p *program) whyCommand() *cobra.Command {
	flags := &whyFlags{format: choice{value: "text", allowed: []string{"text", "json"}}}
	cmd := &cobra.Command{
		Use:   "why PRINCIPAL VERB SECRET [PATH... | TEMPLATE[@ACCOUNT[:REGION]]...]",
		Short: "Says whether somebody can do something, and which statements decide it.",
		Long: `Why answers yes, yes under conditions, no or unknown, and names for every permission that it
takes the statements that decide it. A no shows the statement that denies, or the one that
nearly allows with the condition that is not met; unknown says what could not be read. With
--verbose, every statement is shown with its document and the place in the spec that it comes
from.

PRINCIPAL is an id of the spec, a logical ID, an ARN, or everybody; somebody whom the policies
do not know is a stranger of that ARN. VERB is a verb of the language, such as read, or one IAM
action with or without its service, such as GetSecretValue. SECRET is an id, a logical ID, a
name or an ARN; the ARN of a replica asks about that replica. Principals and secrets may be sets
of the spec, or globs such as 'billing-*': then each match is a question, and the last line
counts the answers.

What follows is the spec, or templates, as for access.

It exits with 0 for yes, also under conditions, 1 for no, and 4 for unknown or for answers that
differ; 2 is wrong usage, and 3 says that it could not run, also because the spec has errors.`,
		Example: `  secretctl why api read db specs
  secretctl why arn:aws:iam::222222222222:role/reporter read payments/db specs
  secretctl why api kms:Decrypt db specs
  secretctl why everybody read 'billing-*' specs
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
	addFormat(cmd, &flags.format, "how the answer is written")
	cmd.Flags().BoolVar(&flags.verbose, "verbose", false, "show every statement that decides, with its document and place")
	addEstateFlags(cmd, &flags.estateFlags)
	p.addParameters(cmd)
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
	v := verb.Find(what)
	if v == nil {
		hint := diag.DidYouMean(what, verb.Words())
		if hint == "" {
			hint = "write one of " + strings.Join(verb.Names(), ", ") + ", or an action such as secretsmanager:GetSecretValue"
		}
		return usage(hint, "there is no verb or action %q", what)
	}
	a, err := p.estate(arguments, &flags.estateFlags, exitFailed)
	if err != nil {
		return err
	}
	answers, several, err := a.why(who, v, which)
	if err != nil {
		return err
	}
	if flags.format.value == "json" {
		err = showWhyJSON(p.out, answers, several)
	} else {
		err = showWhyText(p.out, answers, whyOptions{verbose: flags.verbose, width: columns(p.getenv("COLUMNS")), color: p.color(p.out), masks: a.masks})
	}
	if err != nil {
		return silentIf(err)
	}
	if code := whyExit(answers); code != exitOK {
		return silent(code)
	}
	return nil
}

// mostQuestions is how many questions why answers at once.
const mostQuestions = 10_000

// why asks for every principal and every secret that the words mean.
func (a *asked) why(who string, v *verb.Verb, which string) (answers []whyAnswer, several bool, err error) {
	principals, err := a.principalsMeant(who)
	if err != nil {
		return nil, false, err
	}
	secrets, err := a.secretsMeant(which)
	if err != nil {
		return nil, false, err
	}
	if n := len(principals) * len(secrets); n > mostQuestions {
		return nil, false, usage("name fewer of them, or see all with access", "these are %s questions, and why answers 10,000 at once", thousands(n))
	}
	several = severalNames(who, a.principals(), a.sets) || severalNames(which, a.secrets(), nil) || len(principals)*len(secrets) > 1
	all, every := a.principals(), a.secrets()
	work := 0
	for _, p := range principals {
		for _, s := range secrets {
			if !v.Reaches(s.copy) {
				return nil, false, usage("ask about the secret itself", "%s works on the secret itself and not on its replicas", v.Name)
			}
			answer, ok := a.answer(all[p.at].ID, v, every[s.at].ID, s.copy, work < access.MostWork)
			work += answer.Work
			if ok {
				answers = append(answers, answer)
			}
		}
	}
	if answers == nil {
		return nil, false, usage("state other values with --parameter", "the two never exist together, whatever the parameters are")
	}
	return answers, several, nil
}

// answer asks about one principal and one copy of a secret, or says that it is not asked any more.
func (a *asked) answer(principal string, v *verb.Verb, secret string, copy int, ask bool) (whyAnswer, bool) {
	out := whyAnswer{Verb: v.Name}
	region := ""
	about := []string{principal, secret}
	for _, w := range a.Worlds {
		for _, p := range w.Principals {
			if p.ID == principal {
				out.Principal, out.PrincipalARN, out.PrincipalKind = p.ID, either(p.Shown, cfn.Shown(p.ARN)), p.Kind.String()
			}
		}
		for _, s := range w.Secrets {
			if s.ID == secret && copy < len(s.Copies) {
				region = s.Copies[copy].Region
				out.Secret, out.SecretARN, out.Region = s.ID, s.Copies[copy].ARN, cfn.Shown(region)
				for _, c := range s.Copies {
					if c.Key != nil {
						about = append(about, c.Key.ID)
					}
				}
			}
		}
	}
	if !ask {
		out.Explanation = access.Explanation{Answer: access.NotAsked()}
		return out, true
	}
	x, ok := a.Explain(principal, v, secret, region)
	out.Explanation, out.OutOfSight = x, a.OutOfSightOf(about...)
	if x.Effect == access.Deny && !x.Explicit && a.spec && v.IsWord() {
		out.Grant = "{ to: " + principal + ", allow: " + v.Name + ", secrets: " + secret + " }"
	}
	return out, ok
}

// principals are the principals that can be named, each once.
func (a *asked) principals() []nameable {
	var out []nameable
	seen := map[string]bool{}
	for _, w := range a.Worlds {
		for _, p := range w.Principals {
			if !seen[p.ID] {
				seen[p.ID] = true
				out = append(out, nameable{ID: p.ID, ARNs: []string{p.ARN}, Also: p.Also, Kind: p.Kind.String()})
			}
		}
	}
	return out
}

// secrets are the secrets that can be named, each once.
func (a *asked) secrets() []nameable {
	var out []nameable
	seen := map[string]bool{}
	for _, w := range a.Worlds {
		for _, s := range w.Secrets {
			if !seen[s.ID] {
				seen[s.ID] = true
				n := nameable{ID: s.ID, Also: []string{s.Name}}
				for _, c := range s.Copies {
					n.ARNs = append(n.ARNs, c.ARN)
				}
				out = append(out, n)
			}
		}
	}
	return out
}

// principalsMeant finds who is asked about. An ARN that nobody has is a stranger's.
func (a *asked) principalsMeant(who string) ([]nameMeant, error) {
	if found := meant(who, a.principals(), a.sets); len(found) > 0 {
		return found, nil
	}
	if who == everybody {
		a.AddEverybody()
		return meant(who, a.principals(), nil), nil
	}
	arn, err := aws.ParseARN(who)
	if err != nil || arn.Service != "iam" || arn.Account == "" || strings.ContainsAny(who, "*?") {
		return nil, usage(hintName(who, a.principals(), a.sets, "write an id, or the ARN of a role or user"), "no principal is called %q", who)
	}
	kind, ok := map[string]access.PrincipalKind{"role": access.RolePrincipal, "user": access.UserPrincipal, "root": access.RolePrincipal}[firstOf(arn.ResourceType())]
	if !ok {
		return nil, usage("write the ARN of a role or user", "%q is not the ARN of a principal", who)
	}
	a.AddStranger(who, arn.Account, kind)
	return meant(who, a.principals(), nil), nil
}

func firstOf(a, _ string) string { return a }

// secretsMeant finds what is asked about, and which copy of it. An ARN of a secret that no document names is one of which nothing is known.
func (a *asked) secretsMeant(which string) ([]nameMeant, error) {
	if found := meant(which, a.secrets(), nil); len(found) > 0 {
		return found, nil
	}
	arn, err := aws.ParseARN(which)
	kind, name := "", ""
	if err == nil {
		kind, name = arn.ResourceType()
	}
	if err != nil || arn.Service != "secretsmanager" || kind != "secret" || name == "" || strings.ContainsAny(strings.TrimSuffix(which, "-??????"), "*?") || aws.AccountID(arn.Account) != "" || arn.Region == "" {
		return nil, usage(hintName(which, a.secrets(), nil, "write an id, a name or an ARN"), "no secret is called %q", which)
	}
	a.AddSecret(which, arn.Account, arn.Region, name)
	return []nameMeant{{at: len(a.secrets()) - 1}}, nil
}
