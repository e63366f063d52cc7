package grants

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// invokeByPolicy hands over what the policy of a function must say for a service, or for a caller
// of another account, in what Lambda's AddPermission can say: a principal, and the conditions that
// are parameters of it. What a grant asks of a caller besides stands in the caller's identity
// policy, which must allow the call, too. What cannot be said is handed over as it is meant, with
// what can be done.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func (p *placer) invokeByPolicy(g *Permission, arn string) {
	owner := functionOwner(g.Secret)
	who, c, ok := p.who(g, owner, elsewhere, "the policy of the function that rotates \""+
		g.Secret.ID+"\"")
	if !ok {
		return
	}
	note := ""
	switch g.To.Kind {
	case model.Service:
		if c = both(c, conditionsOf(g)); len(c) > 0 {
			note = "AddPermission takes no such condition: grant it without, and let the owner " +
				"take the permission away in time"
		}
	case model.Account:
	case model.RolePattern:
		who, c = policy.Principal{AWS: []string{p.root(g.To.Account)}}, nil
		note = "AddPermission takes no pattern of roles: this lets in the account, where the " +
			"policies of the roles decide"
	case model.Organization:
		note = "AddPermission cannot leave the function's own account out: grant to accounts or " +
			"roles of the organization, or let the owner call it with --principal '*' " +
			"--principal-org-id " + g.To.Org + ", which lets in the own account, too"
	case model.OrganizationPath:
		note = "AddPermission knows no path of an organization: grant to accounts or roles of it"
	default: // the role or user itself, which who says by a condition
		who, c = policy.Principal{AWS: c[0].Values}, nil
	}
	o := owned{document: resourcePolicy, of: shown(arn), account: owner, function: true, note: note}
	p.handOver(g, o, allowTo(g, who, invocation, arn, c))
}

// Calls returns the calls of the AWS CLI by which the owner of a function adds the statements:
// Lambda lets nobody write the policy of a function as a document. There are none for other
// documents, nor where a call cannot say what a statement does.
// https://docs.aws.amazon.com/cli/latest/reference/lambda/add-permission.html
func (h *HandOver) Calls() []string {
	if !h.function {
		return nil
	}
	var calls []string
	for i := range h.Statements {
		s := &h.Statements[i]
		if slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
			return options[c.Key] == "" || strings.Contains(c.Operator, "Not")
		}) {
			return nil
		}
		for _, function := range s.Resource {
			for _, who := range callers(s.Principal) {
				calls = append(calls, h.call(s, function, who))
			}
		}
	}
	return calls
}

// callers returns the principals of a statement as AddPermission takes them.
func callers(p policy.Principal) []string {
	var out []string
	if p.Any {
		out = append(out, "*")
	}
	out = append(out, p.Service...)
	for _, arn := range p.AWS {
		if parsed, err := aws.ParseARN(arn); err == nil && parsed.Resource == "root" {
			arn = parsed.Account
		}
		out = append(out, arn)
	}
	return out
}

// options are the parameters of AddPermission that are conditions.
var options = map[string]string{
	"aws:SourceAccount": "source-account", "aws:SourceArn": "source-arn",
	"aws:PrincipalOrgID": "principal-org-id",
}

func (h *HandOver) call(s *policy.Statement, function, who string) string {
	words := []string{"aws", "lambda", "add-permission"}
	add := func(option, value string) {
		words = append(words, "--"+option, shellWord(shown(value)))
	}
	if arn, err := aws.ParseARN(function); err == nil && aws.ValidRegion(arn.Region) {
		add("region", arn.Region)
	}
	add("function-name", function)
	add("statement-id", statementID(h.To.ID, h.Secret.ID))
	for _, action := range s.Action {
		add("action", action)
	}
	add("principal", who)
	for _, test := range s.Condition {
		for _, value := range test.Values {
			add(options[test.Key], value)
		}
	}
	return strings.Join(words, " ")
}

var notInStatementID = lazy.Regexp(`[^A-Za-z0-9_-]+`)

// statementID makes the id of a statement of a function's policy: at most 100 letters, digits,
// hyphens and underscores.
func statementID(parts ...string) string {
	id := notInStatementID.ReplaceAllString(strings.Join(parts, "-"), "")
	return id[:min(len(id), 100)]
}

var plainWord = lazy.Regexp(`^[A-Za-z0-9_.:/=@+-]+$`)

// shellWord quotes a text for a shell.
func shellWord(text string) string {
	if plainWord.MatchString(text) && !cfn.IsIntrinsic(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
