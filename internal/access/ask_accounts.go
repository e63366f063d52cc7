package access

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// ofSomeAccount answers for somebody who may be of the secret's own account, of one that a policy
// names, or of another. Where that makes a difference, those of some accounts are meant of a
// pattern or an organization; who somebody is whom nobody can read is not known.
func (p *Principal) ofSomeAccount(s *Secret, at int, c *call) callAnswer {
	var answers []accountAnswer
	work, same := 0, true
	for _, who := range p.inAccounts(s, s.accountsNamed()) {
		a := accountAnswer{who.Account, askAs(who, s, at, c)}
		work += a.work
		if p.Kind == AccountPrincipal && who.Account == s.Account && answers != nil &&
			a.Effect < answers[0].Effect {
			a.callAnswer = answers[0].callAnswer // it is taken to allow what policies leave to it
		}
		answers = append(answers, a)
		same = same && a.Effect == answers[0].Effect
	}
	best, condition := p.bestOf(s, answers)
	out := best.callAnswer
	out.work = work
	if same {
		return out
	}
	unread := cfn.UnknownsIn(p.Account)
	if p.unreadable() {
		unread = cfn.UnknownsIn(p.ARN)
	}
	if len(unread) == 0 {
		if condition.Values != nil {
			out.Conditions = append(out.Conditions, condition)
			out.Effect = min(out.Effect, Conditional)
		}
		return out
	}
	out.Effect, out.Explicit, out.Conditions, out.HeldTo = Unknown, false, nil, nil
	for _, u := range unread {
		out.Unread = append(out.Unread, unreadText(u))
	}
	out.Unread = tidyUnread(out.Unread)
	return out
}

// accountAnswer is the answer for somebody as one of an account.
type accountAnswer struct {
	account string
	callAnswer
}

func (a *accountAnswer) isElsewhere() bool { return a.account == elsewhere || a.account == "" }

// bestOf returns the best of the answers for somebody as one of several accounts, and the condition
// that the caller is of an account for which it holds; without values, it holds for all. The
// accounts that policies name count where those of no others may do anything. Of an organization
// they do not: its members whom a policy lets in by their account have a row of their own.
func (p *Principal) bestOf(s *Secret, answers []accountAnswer) (accountAnswer, Condition) {
	best := answers[0]
	for _, a := range answers[1:] {
		isBase := a.isElsewhere() || a.account == s.Account
		counts := isBase || best.Effect < Conditional && p.Kind != OrganizationPrincipal
		if counts && a.Effect > best.Effect {
			best = a
		}
	}
	is := Condition{Operator: "StringEquals", Key: "aws:PrincipalAccount"}
	allBut := slices.ContainsFunc(answers, func(a accountAnswer) bool {
		return a.isElsewhere() && a.Effect >= best.Effect
	})
	if allBut {
		is.Operator = "StringNotEquals"
	}
	for _, a := range answers {
		alike := a.account == best.account || a.Effect >= best.Effect &&
			slices.EqualFunc(a.Conditions, best.Conditions, sameCondition)
		if !a.isElsewhere() && (allBut && a.Effect < best.Effect || !allBut && alike) {
			is.Values = append(is.Values, cfn.Shown(a.account))
		}
	}
	return best, is
}

// inAccounts returns a principal as one of each account of which it may be: of the secret's own, of
// one that is elsewhere, and of those given. Who is of an organization is not of the secret's own
// account, or is whatever that one's policies say. One account that nobody can read is some other
// first, by the text that stands for it.
func (p *Principal) inAccounts(s *Secret, named []string) []*Principal {
	var ways []*Principal
	switch {
	case p.Kind == OrganizationPrincipal:
		ways = append(ways, p)
	case p.accountUnread():
		ways = append(ways, p, p.in(s.Account, true))
	default:
		if p.mayBeOf(s.Account) {
			ways = append(ways, p.in(s.Account, true))
		}
		ways = append(ways, p.in(elsewhere, false))
	}
	for _, account := range named {
		if account != s.Account && account != p.Account && p.mayBeOf(account) {
			ways = append(ways, p.in(account, false))
		}
	}
	return ways
}

// mayBeOf says whether somebody whose account nobody knows may be of one.
func (p *Principal) mayBeOf(account string) bool {
	a, ok := splitARN(p.ARN)
	return !ok || p.Kind != PatternPrincipal || cfn.HasUnknown(a.account) ||
		cfn.HasUnknown(account) || matches(a.account, account)
}

// accountsNamed returns the accounts that the policies of a secret and of its keys name as a whole,
// sorted.
func (s *Secret) accountsNamed() []string {
	var all []string
	for _, d := range s.Policy {
		all = append(all, d.roots()...)
	}
	for i := range s.Copies {
		if k := s.Copies[i].Key; k != nil && k.Policy != nil {
			all = append(all, k.Policy.roots()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// elsewhere is an account that is no other one's.
var elsewhere = cfn.Unknown{What: "account", Name: "another account", Shown: "<another account>",
	Class: cfn.Digits, Min: 12, Max: 12, Unique: true}.Text()
