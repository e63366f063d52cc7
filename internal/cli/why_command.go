package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/policy"
)

// whyFlags are the flags of why as they were given.
type whyFlags struct {
	estateFlags
	format choice
}

func (p *program) whyCommand() *cobra.Command {
	flags := &whyFlags{format: choice{value: "text", allowed: []string{"text", "json"}}}
	cmd := &cobra.Command{
		Use:   "why PRINCIPAL VERB SECRET [PATH... | TEMPLATE[@ACCOUNT[:REGION]]...]",
		Short: "Says whether somebody can do something, and which statements decide it.",
		Long: `Why answers yes, yes under conditions, no or unknown, and names for every permission that it takes the statements that decide it. A no shows the
statement that denies, or the one that nearly allows with the condition that is not met; unknown says what could not be read. With --verbose, every
statement is shown with its document and the place in the spec that it comes from.

PRINCIPAL is an id of the spec, a logical ID, an ARN, or everybody; somebody whom the policies do not know is a stranger of that ARN. VERB is a verb
of the language, such as read, or one IAM action with or without its service, such as GetSecretValue. SECRET is an id, a logical ID, a name or an
ARN; the ARN of a replica asks about that replica. Principals and secrets may be sets of the spec, or globs such as 'billing-*': then each match is
a question, and the last line counts the answers.

What follows is the spec, or templates, as for access.

It exits with 0 for yes, also under conditions, 1 for no, and 4 for unknown or for answers that differ; 2 is wrong usage, and 3 says that it could
not run, also because the spec has errors.`,
		Example: `  secretctl why api read db specs
  secretctl why arn:aws:iam::222222222222:role/reporter read payments/db specs
  secretctl why api kms:Decrypt db specs
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
	addEstateFlags(cmd, &flags.estateFlags)
	p.addParameters(cmd)
	return cmd
}

// completeWhy completes the verb, and the files behind the question.
func completeWhy(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 1:
		return verbNames(), cobra.ShellCompDirectiveNoFileComp
	case 0, 2:
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeSpecsAndTemplates(nil, nil, "")
}

func verbNames() []string {
	var names []string
	for _, v := range compile.Verbs() {
		names = append(names, v.Name)
	}
	return names
}

func (p *program) runWhy(flags *whyFlags, who, what, which string, arguments []string) error {
	verb, ok := compile.VerbNamed(what)
	if !ok {
		hint := diag.DidYouMean(what, compile.VerbWords())
		if hint == "" {
			hint = "write one of " + strings.Join(verbNames(), ", ") + ", or an action such as secretsmanager:GetSecretValue"
		}
		return usage(hint, "there is no verb or action %q", what)
	}
	a, err := p.estate(arguments, &flags.estateFlags)
	if err != nil {
		return err
	}
	principal, err := a.principal(who)
	if err != nil {
		return err
	}
	secret, copy, err := a.secret(which)
	if err != nil {
		return err
	}
	if !verb.Reaches(copy) {
		return usage("ask about the secret itself", "%s works on the secret itself and not on its replicas", verb.Name)
	}
	answer := a.Ask(principal, &verb, secret, copy)
	at := secret.Copies[copy]
	q := whyQuestion{principal.ID, principal.Caller.ARN, verb.Name, secret.ID, at.ARN, at.Region, principal.Unknown}
	var out []byte
	if flags.format.value == "json" {
		out = renderWhyJSON(q, answer)
	} else {
		out = []byte(renderWhyText(q, answer, columns(p.getenv("COLUMNS")), p.color(p.out), a.masks))
	}
	if _, err := p.out.Write(out); err != nil {
		return silentIf(err)
	}
	if answer.Effect == access.Deny {
		return silent(exitErrors)
	}
	return nil
}

// principal finds who is asked about. An ARN that nobody has is a stranger's.
func (a *asked) principal(who string) (*access.Principal, error) {
	if i := slices.IndexFunc(a.Principals, func(p *access.Principal) bool { return p.ID == who }); i >= 0 {
		return a.Principals[i], nil
	}
	if i := slices.IndexFunc(a.Principals, func(p *access.Principal) bool { return p.Caller.ARN == who }); i >= 0 {
		return a.Principals[i], nil
	}
	if arn, err := aws.ParseARN(who); err == nil && arn.Service == "iam" && arn.Account != "" {
		kind, _ := arn.ResourceType()
		caller := policy.Caller{ARN: who, Account: arn.Account}
		switch kind {
		case "user":
			caller.Kind = policy.User
		case "root":
			caller.Kind = policy.AccountRoot
		case "role":
		default:
			return nil, usage("write the ARN of a role or user", "%q is not the ARN of a principal", who)
		}
		return &access.Principal{ID: who, Caller: caller}, nil
	}
	hint := diag.DidYouMean(who, subjects(a.Principals))
	if hint == "" {
		hint = "write an id, or the ARN of a role or user"
	}
	return nil, usage(hint, "no principal is called %q", who)
}

// secret finds what is asked about, and which copy of it.
func (a *asked) secret(which string) (*access.Secret, int, error) {
	for _, s := range a.Secrets {
		if s.ID == which {
			return s, 0, nil
		}
	}
	for _, s := range a.Secrets {
		if s.Name == which {
			return s, 0, nil
		}
		if copy := slices.IndexFunc(s.Copies, func(c access.Copy) bool { return sameSecret(c.ARN, which) }); copy >= 0 {
			return s, copy, nil
		}
	}
	hint := diag.DidYouMean(which, secretNames(a.Secrets))
	if hint == "" {
		hint = "write an id, a name or an ARN"
	}
	return nil, 0, usage(hint, "no secret is called %q", which)
}

// sameSecret says whether an ARN is that of a secret whose six last characters are known only once it is deployed.
func sameSecret(standIn, arn string) bool {
	const suffix = len("-123456")
	if standIn == arn {
		return true
	}
	n := len(standIn) - suffix
	return n > 0 && strings.HasPrefix(arn, standIn[:n]) && (len(arn) == n || len(arn) == n+suffix && arn[n] == '-')
}
