package compile

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// prove asks the policies as they were compiled whether every grant works and every assertion holds.
func prove(m *model.Model, ps grants.Permissions, e *estate) diag.List {
	wrong := make([]*diag.Diagnostic, len(ps.List))
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) { // nothing of the estate changes while it is asked
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(ps.List)); i = next.Add(1) - 1 {
				wrong[i] = e.proveGrant(&ps.List[i])
			}
		})
	}
	group.Wait()
	var found diag.List
	said := map[source.Span]bool{} // one finding for a grant, whatever it expands to
	for _, d := range wrong {
		if d != nil && !said[d.Span] {
			said[d.Span] = true
			found = append(found, *d)
		}
	}
	for i := range m.Assertions {
		found = append(found, e.proveAssertion(&m.Assertions[i])...)
	}
	return found
}

// verbOf returns a verb as the policies are asked for it.
func verbOf(v *grants.Verb) access.Verb {
	return access.Verb{Name: v.Name, OnSecret: v.OnSecret, Anywhere: v.Anywhere, OnKey: v.OnKey}
}

// proveGrant asks for everything that a permission covers: the secret itself and its replicas. Whatever the grant or a guardrail asks of a request is
// taken to be so.
func (e *estate) proveGrant(g *grants.Permission) *diag.Diagnostic {
	s, p := e.secrets[g.Secret], e.principals[g.To]
	verb := verbOf(g.Verb)
	for copy := range s.Copies {
		if copy == 0 && !g.AtHome(g.Secret.Home(e.m)) || copy > 0 && (!g.AtReplica(s.Copies[copy].Region) || !slices.ContainsFunc(verb.OnSecret, aws.OnReplica)) {
			continue
		}
		answer := e.Ask(p, &verb, s, copy)
		if answer.Effect != access.Deny {
			continue
		}
		d := e.explain(answer)
		d.Code, d.Span = diag.GrantDoesNotWork, g.Because
		d.Message = fmt.Sprintf("%q on %q to %q does not work: %s", g.Verb.Name, g.Secret.ID, g.To.ID, d.Message)
		if len(s.Copies) > 1 {
			d.Message += fmt.Sprintf(", in Region %q", s.Copies[copy].Region)
		}
		return &d
	}
	return nil
}

// explain says why an answer is what it is: of a denial the permission that is missing, and the statement that denies or nearly allows it.
func (e *estate) explain(a access.Answer) diag.Diagnostic {
	last := a.Steps[len(a.Steps)-1]
	d := diag.Diagnostic{Message: fmt.Sprintf("%s is refused, because %s", last.Action, last.Decision.Reason), Hint: "see `secretctl why` for the statements"}
	decisive := last.Decision.By
	if last.Decision.Reason == policy.ExplicitDeny {
		d.Hint = "change the statement that denies it, or remove the grant"
		if of := last.Document(decisive[0].Source); of != nil {
			d.Message += fmt.Sprintf(" (%s)", of.Name())
		}
	} else if len(last.Decision.Near) > 0 {
		decisive = last.Decision.Near[:1]
		c := decisive[0].Failed
		d.Message += fmt.Sprintf(": the condition %s %s does not hold", c.Operator, c.Key)
	}
	d.Related = because(decisive)
	return d
}

// because returns the places in the spec that statements come from.
func because(list []policy.Deciding) []diag.Related {
	var out []diag.Related
	for _, by := range list {
		for _, at := range by.Rule.Because {
			if !at.IsZero() && !slices.ContainsFunc(out, func(r diag.Related) bool { return r.Span == at }) {
				out = append(out, diag.Related{Span: at, Message: "the statement comes from here: " + statement(by.Rule)})
			}
		}
	}
	const enough = 4
	return out[:min(enough, len(out))]
}

// statement writes a statement on one line, shortened where it is long.
func statement(r *policy.Rule) string {
	const longest = 300
	text := strings.TrimSpace(string(cfn.AppendValue(nil, r.Value, cfn.Format{Compact: true})))
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + " …"
	}
	return text
}

// proveAssertion asks whether a claim holds.
func (e *estate) proveAssertion(a *model.Assertion) diag.List {
	switch a.Claim {
	case model.OnlyReadableBy:
		return e.proveOnlyReaders(a)
	case model.Can:
		return e.proveCan(a)
	}
	return e.proveCannot(a, a.Principals, a.Verbs, "can")
}

func (e *estate) proveCan(a *model.Assertion) diag.List {
	var found diag.List
	for _, to := range a.Principals {
		for _, name := range a.Verbs {
			verb := verbOf(grants.VerbNamed(name))
			for _, secret := range a.Secrets {
				s := e.secrets[secret]
				var last access.Answer
				can := false
				for copy := range s.Copies {
					if verb.Reaches(copy) && !can {
						last = e.Ask(e.principals[to], &verb, s, copy)
						can = last.Effect != access.Deny
					}
				}
				if can {
					continue
				}
				d := e.explain(last)
				d.Code, d.Span, d.Hint = diag.AssertionFails, a.Span, "grant it, or correct the assertion"
				d.Message = fmt.Sprintf("%q cannot %s %q: %s", to.ID, name, secret.ID, d.Message)
				found = append(found, d)
			}
		}
	}
	return found
}

// proveCannot finds what principals can do that they should not. who begins the message behind the principal's name.
func (e *estate) proveCannot(a *model.Assertion, principals []*model.Principal, verbs []string, who string) diag.List {
	var found diag.List
	for _, to := range principals {
		for _, name := range verbs {
			verb := verbOf(grants.VerbNamed(name))
			for _, secret := range a.Secrets {
				s := e.secrets[secret]
				for copy := range s.Copies {
					if !verb.Reaches(copy) {
						continue
					}
					answer := e.AskAny(e.principals[to], &verb, s, copy)
					if answer.Effect == access.Deny {
						continue
					}
					found = append(found, e.canAfterAll(a, to, name, secret, answer, who))
					break
				}
			}
		}
	}
	return found
}

func (e *estate) canAfterAll(a *model.Assertion, to *model.Principal, verb string, secret *model.Secret, answer access.Answer, who string) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: diag.AssertionFails, Span: a.Span, Message: fmt.Sprintf("%q %s %s %q", to.ID, who, verb, secret.ID), Hint: "take the grant back, or correct the assertion",
	}
	if answer.Only != nil {
		d.Message += ", as far as " + strings.Join(answer.Only, ", ") + " goes"
	}
	for i, c := range answer.Conditions {
		join := ", if "
		if i > 0 {
			join = " and "
		}
		d.Message += fmt.Sprintf("%s%s %s %s", join, c.Key, c.Operator, strings.Join(c.Values, ", "))
	}
	for _, step := range answer.Steps {
		for _, r := range because(step.Decision.By) {
			if !slices.ContainsFunc(d.Related, func(have diag.Related) bool { return have.Span == r.Span }) {
				d.Related = append(d.Related, r)
			}
		}
	}
	return d
}

// proveOnlyReaders finds principals of the spec that can read and are not among those who may.
func (e *estate) proveOnlyReaders(a *model.Assertion) diag.List {
	var others []*model.Principal
	for _, p := range e.m.Principals {
		if !slices.Contains(a.Principals, p) {
			others = append(others, p)
		}
	}
	return e.proveCannot(a, others, []string{"read"}, "is not among those who may, and can")
}
