package access_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/glob"
	"github.com/secretctl/secretctl/internal/simulator/generate"
)

// view is one of the answers that the program gives to a call.
type view struct{ how, effect string }

// views returns what the program answers to a call: to the row of its caller; where it has none, to
// the rows of those whom it is one of; and to a question by its ARN.
func (s *sound) views(c generate.Call) []view {
	c.Region = s.shownRegion(c.SecretID, c.Region)
	var own *access.Principal
	for _, p := range s.principals() {
		if s.madeBy(p, c.PrincipalID) && !s.isStrange(p) {
			own = p
			break
		}
	}
	if own != nil {
		return []view{{own.ID, s.explain(own.ID, c.Verb, c.SecretID, c.Region).Effect.String()}}
	}
	r := c.Requests[0]
	out := []view{s.byRows(c)}
	if r.CallerKind != "role" && r.CallerKind != "user" {
		return out
	}
	s.stranger(r.CallerARN, r.CallerAccount, r.CallerKind)
	return append(out,
		view{"stranger " + r.CallerARN,
			s.explain(r.CallerARN, c.Verb, c.SecretID, c.Region).Effect.String()})
}

func (s *sound) isStrange(p *access.Principal) bool {
	return strings.HasPrefix(p.Note, "in no template")
}

// stranger adds somebody whom no document mentions, once.
func (s *sound) stranger(arn, account, kind string) {
	for _, p := range s.principals() {
		if p.ID == arn {
			return
		}
	}
	s.e.AddStranger(arn, account,
		map[string]access.PrincipalKind{"role": access.RolePrincipal,
			"user": access.UserPrincipal}[kind])
}

// byRows is the answer of the rows of those whom a caller without a row is one of. It is yes only
// if everybody may do it, or everybody of the account; whether each of them may invoke the function
// that rotates a secret, nobody can say.
func (s *sound) byRows(c generate.Call) view {
	out := view{"rows", "deny"}
	effect := access.Deny
	r := c.Requests[0]
	for _, p := range s.principals() {
		account, _ := s.fill(p.Account)
		surely := false
		switch p.Kind {
		case access.EverybodyPrincipal:
			if account != "" && account != r.CallerAccount || account == "" && p.ARN != "*" {
				continue
			}
			leftOut := strings.Contains(p.Note, r.CallerARN) ||
				strings.Contains(p.Note, "::"+r.CallerAccount+":root")
			// the row tells whom a NotPrincipal leaves out
			surely = r.CallerKind != "service" && !leftOut && !c.Invokes()
		case access.PatternPrincipal:
			if arn, ok := s.fill(p.ARN); ok && !glob.Match(arn, r.CallerARN) {
				continue
			}
		case access.OrganizationPrincipal:
			of := append(slices.Clone(r.Context["aws:principalorgid"]),
				r.Context["aws:principalorgpaths"]...)
			if !slices.ContainsFunc(of, func(in string) bool { return glob.Match(p.ARN, in) }) {
				continue
			}
		case access.AccountPrincipal:
			if account != r.CallerAccount {
				continue
			}
		default:
			continue
		}
		one := s.explain(p.ID, c.Verb, c.SecretID, c.Region).Effect
		if one == access.Allow && !surely {
			one = access.Conditional
		}
		if one > effect {
			out.how = cmp.Or(p.ID, out.how)
		}
		effect = max(effect, one)
	}
	out.effect = effect.String()
	return out
}

// differ compares the answers to a call with its outcome.
func (s *sound) differ(c generate.Call) []string {
	var out []string
	allowed := c.Allowed()
	for _, v := range s.views(c) {
		wrong := v.effect == "deny" && allowed || v.effect == "allow" && !allowed && c.Plain
		if wrong && !c.Doubtful() {
			out = append(out,
				v.how+": "+
					generate.Difference{Seed: s.g.Seed, Call: c, Effect: v.effect,
						Why: c.Explained()}.String())
		}
	}
	return out
}
