// Package ask answers questions by the names that people know: which principals and secrets a word
// means, and whether the ones can do something with the others. It knows nothing of how answers are
// shown.
package ask

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/verb"
)

// Estate is what is asked, and what is known of the spec that it comes from.
type Estate struct {
	*access.Estate
	Sets   map[string][]string // ids of the members of sets of principals
	OfSpec bool                // it is a spec's
}

// Error says why a question cannot be asked, and what to write instead.
type Error struct{ Message, Hint string }

func (e *Error) Error() string { return e.Message }

func wrong(hint, format string, args ...any) error {
	return &Error{Message: fmt.Sprintf(format, args...), Hint: hint}
}

// Answers are those to the questions of one run. Several says that they are told as several, also
// where a set or a glob means one.
type Answers struct {
	List    []Answer
	Several bool
}

// Answer is a question of why, by the names that people know, with its answer. Its texts are
// ready to be shown; those of the explanation may have unknown parts.
type Answer struct {
	Principal, PrincipalARN, PrincipalKind string
	Verb                                   string // a verb, or an IAM action
	Secret, SecretARN, Region              string
	OutOfSight                             []string // how what no document states is taken
	Environment                            string   // that it is asked in, of several
	access.Explanation
}

// Allowed says whether the answer is yes, in some circumstances at least.
func (a *Answer) Allowed() bool {
	return a.Effect == access.Allow || a.Effect == access.Conditional
}

// Verb returns what a word means that says what somebody does: a verb of the language, or an action
// of IAM's with or without its service. An error is an *Error.
func Verb(word string) (*verb.Verb, error) {
	if v := verb.Find(word); v != nil {
		return v, nil
	}
	hint := cmp.Or(diag.DidYouMean(word, verb.Words()),
		"write one of "+strings.Join(verb.Names(), ", ")+
			", or an action such as secretsmanager:GetSecretValue")
	return nil, wrong(hint, "there is no verb or action %q", word)
}

// PrincipalNames are the names of principals that can be written, for suggestions.
func (a *Estate) PrincipalNames() []string { return namesMeant(a.principals(), nil) }

// SecretNames are the names of secrets that can be written, for suggestions.
func (a *Estate) SecretNames() []string { return namesMeant(a.secrets(), nil) }

// mostQuestions is how many questions why answers at once.
const mostQuestions = 10_000

// Why answers whether somebody can do something with a secret: for every principal and every secret
// that the words mean. who is an id, a logical ID, an ARN, a set of principals, everybody or a
// glob; which is an id, a logical ID, a name, an ARN or a glob. An error is an *Error.
func (a *Estate) Why(who string, v *verb.Verb, which string) (Answers, error) {
	a = &Estate{Estate: a.Copy(), Sets: a.Sets, OfSpec: a.OfSpec} // strangers may be added
	principals, err := a.principalsMeant(who)
	if err != nil {
		return Answers{}, err
	}
	secrets, err := a.secretsMeant(which)
	if err != nil {
		return Answers{}, err
	}
	if n := len(principals) * len(secrets); n > mostQuestions {
		return Answers{}, wrong("name fewer of them, or see all with access",
			"these are %s questions, and why answers 10,000 at once", english.Thousands(n))
	}
	all, every := a.principals(), a.secrets()
	out := Answers{Several: severalNames(who, all, a.Sets) || severalNames(which, every, nil) ||
		len(principals)*len(secrets) > 1}
	work := 0
	for _, p := range principals {
		for _, s := range secrets {
			if !v.Reaches(s.copy) {
				return Answers{}, wrong("ask about the secret itself",
					"%s works on the secret itself and not on its replicas", v.Name)
			}
			answer, ok := a.answer(all[p.at].ID, v, every[s.at].ID, s.copy, work < access.MostWork)
			work += answer.Work
			if ok {
				out.List = append(out.List, answer)
			}
		}
	}
	if out.List == nil {
		return Answers{}, wrong("state other values with --parameter",
			"the two never exist together, whatever the parameters are")
	}
	return out, nil
}

// answer asks about one principal and one copy of a secret, or says that it is not asked any more.
func (a *Estate) answer(principal string, v *verb.Verb, secret string, copy int,
	ask bool) (Answer, bool) {
	out := Answer{Verb: v.Name}
	region := ""
	about := []string{principal, secret}
	for _, w := range a.Worlds {
		for _, p := range w.Principals {
			if p.ID == principal {
				out.Principal, out.PrincipalARN, out.PrincipalKind = p.ID,
					cmp.Or(p.Shown, cfn.Shown(p.ARN)), p.Kind.String()
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
	if x.Effect == access.Deny && !x.Explicit && a.OfSpec && v.IsWord() {
		out.Grant = "{ to: " + principal + ", allow: " + v.Name + ", secrets: " + secret + " }"
	}
	return out, ok
}

// principals are the principals that can be named, each once.
func (a *Estate) principals() []nameable {
	var out []nameable
	seen := map[string]bool{}
	for _, w := range a.Worlds {
		for _, p := range w.Principals {
			if !seen[p.ID] {
				seen[p.ID] = true
				out = append(out,
					nameable{ID: p.ID, ARNs: []string{p.ARN}, Also: p.Also, Kind: p.Kind.String()})
			}
		}
	}
	return out
}

// secrets are the secrets that can be named, each once.
func (a *Estate) secrets() []nameable {
	var out []nameable
	seen := map[string]bool{}
	for _, w := range a.Worlds {
		for _, s := range w.Secrets {
			if !seen[s.ID] {
				seen[s.ID] = true
				n := nameable{ID: s.ID, Also: append([]string{s.Name}, s.Also...)}
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
func (a *Estate) principalsMeant(who string) ([]nameMeant, error) {
	if found := meant(who, a.principals(), a.Sets); len(found) > 0 {
		return found, nil
	}
	if who == everybody {
		a.AddEverybody()
		return meant(who, a.principals(), nil), nil
	}
	if _, _, ok := sessionOf(who); ok {
		const hint = "write the ARN of the role, with its path, which that of a session has not"
		return nil, wrong(hint,
			"%q is a session of a role that is not in sight", who)
	}
	arn, err := aws.ParseARN(who)
	if err != nil || arn.Service != "iam" || arn.Account == "" || strings.ContainsAny(who, "*?") {
		return nil, wrong(hintName(who, a.principals(), a.Sets, "write an id, or the ARN of a "+
			"role or user"), "no principal is called %q", who)
	}
	kind, ok := map[string]access.PrincipalKind{"role": access.RolePrincipal,
		"user": access.UserPrincipal, "root": access.RolePrincipal}[firstOf(arn.ResourceType())]
	if !ok {
		return nil, wrong("write the ARN of a role or user", "%q is not the ARN of a principal",
			who)
	}
	if other := a.Elsewhere(who, arn.Account, kind); other != "" {
		return nil, wrong("write the ARN with its path, or the id", "%q is nobody: the %s of this "+
			"name is %s", who, firstOf(arn.ResourceType()), other)
	}
	a.AddStranger(who, arn.Account, kind)
	return meant(who, a.principals(), nil), nil
}

func firstOf(a, _ string) string { return a }

// secretsMeant finds what is asked about, and which copy of it. An ARN of a secret that no document
// names is one of which nothing is known.
func (a *Estate) secretsMeant(which string) ([]nameMeant, error) {
	if found := meant(which, a.secrets(), nil); len(found) > 0 {
		return found, nil
	}
	arn, err := aws.ParseARN(which)
	kind, name := "", ""
	if err == nil {
		kind, name = arn.ResourceType()
	}
	if err != nil || arn.Service != "secretsmanager" || kind != "secret" || name == "" ||
		strings.ContainsAny(strings.TrimSuffix(which, "-??????"), "*?") ||
		aws.AccountID(arn.Account) != "" || arn.Region == "" {
		return nil, wrong(hintName(which, a.secrets(), nil, "write an id, a name or an ARN"),
			"no secret is called %q", which)
	}
	a.AddSecret(which, arn.Account, arn.Region, name)
	return []nameMeant{{at: len(a.secrets()) - 1}}, nil
}
