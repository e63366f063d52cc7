package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// Explain says whether a principal may carry out a verb on a copy of a secret, and why: with the
// permissions that it takes, the statements that decide, and a request that shows it.
func Explain(p *Principal, v *verb.Verb, s *Secret, at int) Explanation {
	calls := callsOf(v, at)
	answers := make([]callAnswer, len(calls))
	for i := range calls {
		answers[i] = askCall(p, s, at, &calls[i])
		answers[i].widen(p, s, at, &calls[i])
	}
	var out Explanation
	out.Answer, out.Only = together(calls, answers)
	out.MayBecome = p.MayBecome
	for i := range answers {
		a := &answers[i]
		out.Work += a.work
		out.Steps = append(out.Steps, a.steps()...)
	}
	out.Witness = witnesses(answers)
	out.Steps = uniqueSteps(out.Steps)
	out.Besides = besides(p, v, s, at, out.Effect)
	return out
}

// steps tells the permissions of a call. Of a refusal those that are missing come first.
func (a *callAnswer) steps() []Step {
	var out []Step
	for i := range a.outcome.Parts {
		part, q := &a.outcome.Parts[i], &a.permissions[i]
		s := Step{Action: q.Action, Resource: q.Resource, Reason: part.Reason.String()}
		s.Effect = effects[part.Verdict]
		for _, by := range part.By {
			s.By = append(s.By, Deciding{q.document(by.Source), by.Rule, nil})
		}
		if part.Verdict == policy.Refused || part.Verdict == policy.Undecided {
			for _, near := range part.Near {
				if !hopeless(near.Rule, q) {
					s.Near = append(s.Near,
						Deciding{q.document(near.Source), near.Rule, near.Failed})
				}
			}
		}
		for _, u := range part.Unread {
			s.Unread = append(s.Unread, unreadText(u))
		}
		s.Unread = tidyUnread(s.Unread)
		out = append(out, s)
	}
	if a.Effect == Deny {
		slices.SortStableFunc(out, func(x, y Step) int { return cmp.Compare(x.Effect, y.Effect) })
	}
	return out
}

// hopeless says whether a statement is for others than who is asked about, so that it does not
// nearly allow anything.
func hopeless(r *policy.Rule, q *permission) bool {
	for i := range r.Conditions {
		key := strings.ToLower(r.Conditions[i].Key)
		if slices.Contains(ofWho, key) && r.Conditions[i].Refuses(q.Facts) {
			return true
		}
	}
	return false
}

// ofWho are the condition keys that follow from who a principal is.
var ofWho = []string{
	"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice",
	"aws:principalservicename", "aws:username", "kms:calleraccount",
}

// uniqueSteps leaves out steps that are told already.
func uniqueSteps(list []Step) []Step {
	var out []Step
	for _, s := range list {
		if !slices.ContainsFunc(out, func(have Step) bool {
			return have.Action == s.Action && have.Resource == s.Resource && have.Effect == s.Effect
		}) {
			out = append(out, s)
		}
	}
	return out
}

// besides are remarks on what a verb is not about: whether the metadata can be seen.
func besides(p *Principal, v *verb.Verb, s *Secret, at int, effect Effect) []string {
	if effect == Deny || !v.Works() || p.Kind == RotationPrincipal {
		return nil
	}
	var out []string
	for _, action := range v.OnSecret {
		if !verb.Looks(action) {
			continue
		}
		c := newCall(action)
		switch a := askCall(p, s, at, &c); a.Effect {
		case Deny:
			out = append(out, "the metadata cannot be seen: "+action+" is not allowed")
		case Unknown:
			out = append(out, "whether the metadata can be seen is not known: "+action)
		}
	}
	return out
}
