package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/access"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// assertion asks whether a claim holds.
func (p *proof) assertion(a *model.Assertion) diag.List {
	switch a.Claim {
	case model.OnlyReadableBy:
		return p.onlyReaders(a)
	case model.Can:
		return p.can(a)
	}
	var found diag.List
	for _, to := range a.Principals {
		for _, v := range a.Verbs {
			found = append(found, p.cannot(a, to.ID, v, "can "+v.Name)...)
			found = append(found, p.becomes(a, to.ID, v)...)
		}
	}
	return found
}

// can finds the verbs that principals do not have, on which secrets.
func (p *proof) can(a *model.Assertion) diag.List {
	var found diag.List
	for _, to := range a.Principals {
		for _, v := range a.Verbs {
			var first *diag.Diagnostic
			var secrets []string
			for _, secret := range a.Secrets {
				may, plainly := p.possible(to.ID, v, secret.ID)
				if may && plainly {
					continue
				}
				secrets = append(secrets, secret.ID)
				switch {
				case first != nil:
				case may:
					first = diag.Report(nil, source.Span{}).Message("it may only with arguments " +
						"by which the call is another one than the verb means")
				default:
					first = p.explainAt(to.ID, v, secret.ID)
				}
			}
			if first != nil {
				first.Code, first.Span = diag.AssertionFails, a.Span
				first.Message("%q cannot %s %s: %s", to.ID, v.Name, quoted(secrets),
					first.Saying()).
					Hint("grant it, or correct the assertion")
				found = append(found, *first)
			}
		}
	}
	return found
}

// possible says whether a verb is possible as a whole in one Region at least, in some world, and
// whether it is plainly: without arguments that the verb does not mean.
func (p *proof) possible(principal string, v *verb.Verb, secret string) (may, plainly bool) {
	for i := range p.worlds {
		w := &p.worlds[i]
		s, who := w.secrets[secret], w.principals[principal]
		if s == nil || who == nil {
			continue
		}
		for copy := range s.Copies {
			if !v.Reaches(copy) {
				continue
			}
			a, only := w.prover.AskUnlikely(who, v, s, copy)
			if a.Effect == access.Deny || only != nil {
				continue
			}
			if may = true; access.AskPlainly(who, v, s, copy) != access.Deny {
				return true, true
			}
		}
	}
	return may, false
}

// explainAt says why a verb is not possible on the secret itself.
func (p *proof) explainAt(principal string, v *verb.Verb, secret string) *diag.Diagnostic {
	for i := range p.worlds {
		w := &p.worlds[i]
		if s, who := w.secrets[secret], w.principals[principal]; s != nil && who != nil {
			return p.explain(access.Explain(who, v, s, 0))
		}
	}
	return diag.Report(nil, source.Span{}).
		Message("one of them does not exist, whatever the parameters are")
}

// exception is something that somebody can do and should not, or of which nobody knows.
type exception struct {
	access.Explanation
	secret string
}

// exceptions returns what a principal can do of a verb, or may, for all that is known: for each
// secret the first Region in which it can.
func (p *proof) exceptions(a *model.Assertion, principal string, v *verb.Verb) []exception {
	var out []exception
	for _, secret := range a.Secrets {
		best := exception{secret: secret.ID}
		for i := range p.worlds {
			w := &p.worlds[i]
			s, who := w.secrets[secret.ID], w.principals[principal]
			if s == nil || who == nil {
				continue
			}
			for copy := range s.Copies {
				if !v.Reaches(copy) {
					continue
				}
				answer, only := w.prover.AskUnlikely(who, v, s, copy)
				switch {
				case answer.Effect <= best.Effect:
				case p.shown >= mostShown || p.work >= access.MostWork:
					best.Explanation = access.Explanation{Answer: answer, Only: only}
				default:
					p.shown++
					best.Explanation = p.explanation(who, v, s, copy)
				}
			}
		}
		if best.Effect != access.Deny {
			out = append(out, best)
		}
	}
	return out
}

// explanation says why somebody can do something; where that holds in some worlds only, under which
// conditions of the template.
func (p *proof) explanation(who *access.Principal, v *verb.Verb, s *access.Secret,
	copy int) access.Explanation {
	key := explained{who, v, s, copy}
	x, ok := p.known[key]
	if ok {
		return x
	}
	if len(p.worlds) > 1 {
		x, ok = p.estate.Explain(who.ID, v, s.ID, s.Copies[copy].Region)
	}
	if !ok {
		x = access.Explain(who, v, s, copy)
	}
	p.known[key] = x
	p.work += x.Work
	return x
}

// cannot finds what a principal can do that it should not, with one finding for all secrets of
// which the same holds. who begins the message behind its name.
func (p *proof) cannot(a *model.Assertion, principal string, v *verb.Verb, who string) diag.List {
	var found diag.List
	var same [][]exception
	for _, e := range p.exceptions(a, principal, v) {
		i := slices.IndexFunc(same, func(list []exception) bool { return alike(&list[0], &e) })
		if i < 0 {
			same = append(same, []exception{e})
			continue
		}
		same[i] = append(same[i], e)
	}
	for _, list := range same {
		found = append(found, p.canAfterAll(a, principal, v, who, list))
	}
	return found
}

// alike says whether the same is said of two secrets but for their names.
func alike(a, b *exception) bool {
	return a.Effect == b.Effect && slices.Equal(a.Only, b.Only) &&
		slices.EqualFunc(a.Conditions, b.Conditions, func(x, y access.Condition) bool {
			return x.Operator == y.Operator && x.Key == y.Key && slices.Equal(x.Values, y.Values)
		}) && slices.Equal(a.Unread, b.Unread) &&
		slices.EqualFunc(a.Told, b.Told, func(x, y access.Told) bool {
			return x.What == y.What && x.Name == y.Name && x.Value == y.Value &&
				x.Absent == y.Absent
		})
}

func (p *proof) canAfterAll(a *model.Assertion, principal string, v *verb.Verb, who string,
	list []exception) diag.Diagnostic {
	var secrets []string
	for _, e := range list {
		secrets = append(secrets, e.secret)
	}
	first := &list[0]
	d := diag.Report(diag.AssertionFails, a.Span)
	if first.Effect == access.Unknown {
		d.Message("it cannot be proved that %q cannot %s %s: %s", principal, v.Name,
			quoted(secrets), unread(first.Unread)).
			Hint("%s", howToState(first.Unread))
	} else {
		d.Message("%q %s %s", principal, who, quoted(secrets)).
			Hint("take the grant back, or correct the assertion; `secretctl why %s` shows the "+
				"statements", diag.Words(p.question(principal, v, secrets[0])))
	}
	if first.Only != nil && first.Effect != access.Unknown {
		d.And(", as far as %s goes", strings.Join(first.Only, ", "))
	}
	for i, c := range first.Conditions {
		join := diag.Words(", ")
		if i > 0 {
			join = " and "
		}
		d.And("%s%s", join, c.Words(mostValues))
	}
	for _, t := range first.Told {
		switch {
		case t.What == "parameter" || first.Effect == access.Unknown:
		case t.Absent:
			d.And("; %s has no tag %s", whose[t.What], t.Name)
		case t.What == "key alias":
			d.And("; the key has the alias %s", t.Value)
		default:
			d.And("; the tag %s of %s is %s", t.Name, whose[t.What], t.Value)
		}
	}
	if specs := p.d.otherSpecs(list); len(specs) > 0 {
		d.And("; what allows it stands in the spec %s", diag.Words(english.List(specs)))
	}
	addPlaces(d, list)
	return *d
}

// question writes what why is asked, by the ids that it knows.
func (p *proof) question(principal string, v *verb.Verb, secret string) string {
	words := []string{
		quotedWord(cmp.Or(p.d.ids[ofPrincipal+principal], principal)), v.Name,
		quotedWord(cmp.Or(p.d.ids[ofSecret+secret], secret)),
	}
	if in := p.m.Environment(); in != "" {
		words = append([]string{"--environment", in}, words...)
	}
	return strings.Join(words, " ")
}

// addPlaces adds where the first of the statements come from that decide.
func addPlaces(d *diag.Diagnostic, list []exception) {
	const enough = 4
	for _, e := range list {
		for _, step := range e.Steps {
			for _, r := range because(step.By) {
				isThere := slices.ContainsFunc(d.Places(), func(have diag.Related) bool {
					return have.Span == r.Span
				})
				if len(d.Places()) < enough && !isThere {
					d.Also(r)
				}
			}
		}
	}
}

// whose says whose tag is told.
var whose = map[string]string{"principal tag": "the principal", "secret tag": "the secret",
	"key tag": "the key"}

// unread says what nobody can read.
func unread(list []access.Unread) string {
	var words []string
	for _, u := range list {
		words = append(words, u.String())
	}
	return strings.Join(words, "; ")
}

// howToState says how what nobody can read may be stated.
func howToState(list []access.Unread) string {
	for _, u := range list {
		switch u.What {
		case "parameter":
			return fmt.Sprintf("state its value: --parameter %s=VALUE, or in the assertion "+
				"given: { %s: VALUE }", u.Name, u.Name)
		case "policy":
			return "put the policy into resources, or replace it by grants; or correct the " +
				"assertion"
		case "budget":
			return "make the statements simpler, or correct the assertion"
		}
	}
	return "write what it is in the place of the expression, or correct the assertion"
}

// quoted writes names as a list of quoted ones, the first three of more than four.
func quoted(names []string) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = strconv.Quote(n)
	}
	const shown = 3
	return english.Some(words, shown)
}

// quotedWord writes a word for a shell.
func quotedWord(s string) string {
	if strings.ContainsAny(s, " *?'\"$`\\<>|&;()") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// onlyReaders finds everybody who can read and is not among those who may: principals of the spec,
// and whomever else the policies let in.
func (p *proof) onlyReaders(a *model.Assertion) diag.List {
	var found diag.List
	for _, who := range p.everybody {
		mayRead := func(m *model.Principal) bool { return p.is(who, m.ID) }
		if slices.ContainsFunc(a.Principals, mayRead) {
			continue
		}
		if who.Kind == access.RotationPrincipal && a.Rotation {
			continue
		}
		found = append(found,
			p.cannot(a, who.ID, verb.Read, "is not among those who may, and can read")...)
	}
	return found
}

// everybodyIn returns the principals of worlds, each once, in the order of their ids.
func everybodyIn(worlds []named) []*access.Principal {
	var out []*access.Principal
	seen := map[string]bool{}
	for i := range worlds {
		for _, who := range worlds[i].Principals {
			if !seen[who.ID] {
				seen[who.ID] = true
				out = append(out, who)
			}
		}
	}
	slices.SortFunc(out, func(a, b *access.Principal) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// becomes notes that somebody who cannot do something may become somebody who can.
func (p *proof) becomes(a *model.Assertion, principal string, v *verb.Verb) diag.List {
	var found diag.List
	said := map[string]bool{}
	for i := range p.worlds {
		who := p.worlds[i].principals[principal]
		if who == nil {
			continue
		}
		for _, other := range who.MayBecome {
			if said[other] {
				continue
			}
			said[other] = true
			if able := p.exceptions(a, other, v); len(able) > 0 &&
				len(p.exceptions(a, principal, v)) == 0 {
				var secrets []string
				may := "of whom that is not known"
				for _, e := range able {
					secrets = append(secrets, e.secret)
					if e.Effect != access.Unknown {
						may = "which can"
					}
				}
				found.Report(diag.MayBecomeAnother, a.Span).
					Message("%q cannot %s %s, but may become %q, %s", principal, v.Name,
						quoted(secrets), other, may).
					Hint("take sts:AssumeRole or the trust away, or assert it of %s too", other).
					About(secrets...)
			}
		}
	}
	return found
}
