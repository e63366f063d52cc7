// Package prove knows whether the grants of a spec work and its assertions hold: it asks the estate
// that is loaded from the finished templates. It knows nothing of how they were derived.
package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// proof asks the policies as they were compiled whether every grant works and every assertion
// holds.
type proof struct {
	m      *model.Model
	estate *access.Estate
	worlds []named
	shown  int // how often it was explained why somebody can do what it should not
	work   int // how many steps that took
	known  map[explained]access.Explanation
}

// explained is a question of which it is known why it is answered so.
type explained struct {
	who    *access.Principal
	verb   *verb.Verb
	secret *access.Secret
	copy   int
}

// named is a world in which things are found by what the spec calls them.
type named struct {
	*access.World
	principals map[string]*access.Principal
	secrets    map[string]*access.Secret
	prover     *access.Prover
}

func newProof(m *model.Model, estate *access.Estate) *proof {
	p := &proof{m: m, estate: estate, known: map[explained]access.Explanation{}}
	for _, w := range estate.Worlds {
		n := named{w, map[string]*access.Principal{}, map[string]*access.Secret{},
			access.NewProver(w, verb.All)}
		for _, who := range w.Principals {
			for _, id := range who.Also {
				n.principals[id] = who
			}
		}
		for _, who := range w.Principals {
			n.principals[who.ID] = who
		}
		for _, s := range w.Secrets {
			n.secrets[s.ID] = s
		}
		p.worlds = append(p.worlds, n)
	}
	return p
}

// Prove asks whether every grant works and every assertion holds. An assertion that states values
// of parameters is asked of an estate with these.
func Prove(m *model.Model, ps grants.Permissions, d *Deployment, parameters Parameters,
	estate *access.Estate) diag.List {
	p := newProof(m, estate)
	found := p.grants(ps)
	bound := assertionBound{worlds: len(p.worlds),
		estate: len(estate.Worlds) * (1 + len(m.Principals) + len(m.Secrets))}
	given := map[string]*proof{}
	for i := range m.Assertions {
		a := &m.Assertions[i]
		if d, over := bound.add(a, len(p.everybody())); over {
			return append(found, d)
		}
		q := p
		if len(a.Given) > 0 {
			key := fmt.Sprint(a.Given) // sorted by name
			if q = given[key]; q == nil {
				q = newProof(m, d.Load(parameters.with(a.Given)))
				given[key] = q
			}
		}
		found = append(found, q.assertion(a)...)
	}
	return found
}

// grants finds the grants that do not work.
func (p *proof) grants(ps grants.Permissions) diag.List {
	wrong := make([]*diag.Diagnostic, len(ps.List))
	parallel.Each(len(ps.List), func(i int) { // nothing of the estate changes while it is asked
		wrong[i] = p.grant(&ps.List[i])
	})
	var found diag.List
	said := map[source.Span]bool{} // one finding for a grant, whatever it expands to
	for _, d := range wrong {
		if d != nil && !said[d.Span] {
			said[d.Span] = true
			found = append(found, *d)
		}
	}
	return found
}

// grant asks for everything that a permission covers: the secret itself and its replicas. It works
// if it may work in some world, whatever the grant or a guardrail asks of a request.
func (p *proof) grant(g *grants.Permission) *diag.Diagnostic {
	v := g.Verb
	var refused *access.Explanation
	region := ""
	for i := range p.worlds {
		w := &p.worlds[i]
		s, who := w.secrets[g.Secret.ID], w.principals[g.To.ID]
		if s == nil || who == nil { // a condition of the template leaves it out
			continue
		}
		failed := p.failing(w, g, v, who, s)
		if failed < 0 {
			return nil
		}
		if refused == nil {
			x := access.Explain(who, v, s, failed)
			refused = &x
			if len(s.Copies) > 1 {
				region = s.Copies[failed].Region
			}
		}
	}
	if refused == nil {
		return nil
	}
	d := explain(*refused)
	d.Code, d.Span = diag.GrantDoesNotWork, g.Because
	d.Message("%q on %q to %q does not work: %s", g.Verb.Name, g.Secret.ID, g.To.ID, d.Saying())
	if region != "" {
		d.And(", in Region %q", cfn.Shown(region))
	}
	return d
}

// failing returns the copy of a secret on which a permission does not work, or -1.
func (p *proof) failing(w *named, g *grants.Permission, v *verb.Verb, who *access.Principal,
	s *access.Secret) int {
	for copy := range s.Copies {
		if copy == 0 && !g.AtHome(g.Secret.Home(p.m)) ||
			copy > 0 &&
				(!g.AtReplica(s.Copies[copy].Region) || !v.Reaches(copy) ||
					!slices.ContainsFunc(v.OnSecret, aws.OnReplica)) {
			continue
		}
		if a, only := w.prover.Ask(who, v, s, copy); a.Effect == access.Deny || only != nil {
			return copy
		}
	}
	return -1
}

// mostValues is how many values of a condition a message tells.
const mostValues = 4

// explain says why somebody cannot do something: the permission that is missing, and the statement
// that denies or nearly allows it.
func explain(x access.Explanation) *diag.Diagnostic {
	d := diag.Report(nil, source.Span{}).Hint("see `secretctl why` for the statements")
	at := slices.IndexFunc(x.Steps, func(s access.Step) bool { return s.Effect == access.Deny })
	if at < 0 {
		return d.Message("what it takes is not allowed")
	}
	s := &x.Steps[at]
	d.Message("%s is refused, because %s", s.Action, s.Reason)
	decisive := s.By
	if len(s.By) > 0 && s.By[0].Rule.Effect == "Deny" {
		d.Hint("change the statement that denies it, or remove the grant")
		if of := s.By[0].Document; of != nil {
			d.And(" (%s)", of.Name())
		}
	} else if len(s.Near) > 0 {
		decisive = s.Near[:1]
		c := decisive[0].Failed
		failed := access.Condition{Operator: c.Operator, Key: c.Key, Values: c.Values}
		d.And(": a statement would allow it %s", failed.Words(mostValues))
		if tag, ok := strings.CutPrefix(strings.ToLower(c.Key), "aws:principaltag/"); ok {
			d.Hint("give the role the tag %q in its tags: its trust lets nobody pass tags of a "+
				"session", tag)
		}
	}
	return d.Also(because(decisive)...)
}

// because returns the places in the spec that statements come from.
func because(list []access.Deciding) []diag.Related {
	var out []diag.Related
	for _, by := range list {
		for _, at := range by.Rule.Because {
			if !at.IsZero() &&
				!slices.ContainsFunc(out, func(r diag.Related) bool { return r.Span == at }) {
				out = append(out, diag.At(at, "the statement comes from here"))
			}
		}
	}
	const enough = 4
	return out[:min(enough, len(out))]
}

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
				if p.possible(to.ID, v, secret.ID) {
					continue
				}
				secrets = append(secrets, secret.ID)
				if first == nil {
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

// possible says whether a verb is possible as a whole in one Region at least, in some world.
func (p *proof) possible(principal string, v *verb.Verb, secret string) bool {
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
			if a, only := w.prover.Ask(who, v, s, copy); a.Effect != access.Deny && only == nil {
				return true
			}
		}
	}
	return false
}

// explainAt says why a verb is not possible on the secret itself.
func (p *proof) explainAt(principal string, v *verb.Verb, secret string) *diag.Diagnostic {
	for i := range p.worlds {
		w := &p.worlds[i]
		if s, who := w.secrets[secret], w.principals[principal]; s != nil && who != nil {
			return explain(access.Explain(who, v, s, 0))
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
				answer, only := w.prover.Ask(who, v, s, copy)
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
		found = append(found, canAfterAll(a, principal, v, who, list))
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

func canAfterAll(a *model.Assertion, principal string, v *verb.Verb, who string,
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
			Hint("take the grant back, or correct the assertion; `secretctl why %s %s %s` shows "+
				"the statements",
				quotedWord(principal), v.Name, quotedWord(secrets[0]))
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
	for _, e := range list {
		for _, step := range e.Steps {
			for _, r := range because(step.By) {
				const enough = 4
				if len(d.Places()) < enough &&
					!slices.ContainsFunc(d.Places(),
						func(have diag.Related) bool { return have.Span == r.Span }) {
					d.Also(r)
				}
			}
		}
	}
	return *d
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
	for _, who := range p.everybody() {
		mayRead := func(m *model.Principal) bool {
			return m.ID == who.ID || slices.Contains(who.Also, m.ID)
		}
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

// everybody returns the principals of all worlds, each once, in the order of their ids.
func (p *proof) everybody() []*access.Principal {
	var out []*access.Principal
	seen := map[string]bool{}
	for i := range p.worlds {
		for _, who := range p.worlds[i].Principals {
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
