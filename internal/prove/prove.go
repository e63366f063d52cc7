// Package prove knows whether the grants of a spec work and its assertions hold: it asks the estate
// that is loaded from the finished templates. It knows nothing of how they were derived.
package prove

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
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
	d      *Deployment

	// the principals of all worlds, each once, in the order of their ids
	everybody []*access.Principal
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

func newProof(m *model.Model, d *Deployment, estate *access.Estate) *proof {
	p := &proof{m: m, estate: estate, known: map[explained]access.Explanation{}, d: d}
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
			for _, id := range s.Also {
				n.secrets[id] = s
			}
		}
		for _, s := range w.Secrets {
			n.secrets[s.ID] = s
		}
		d.own(n)
		p.worlds = append(p.worlds, n)
	}
	if len(m.Assertions) > 0 {
		p.everybody = everybodyIn(p.worlds)
	}
	return p
}

// Prove asks whether every grant works and every assertion holds. An assertion that states values
// of parameters is asked of an estate with these.
func Prove(m *model.Model, ps grants.Permissions, d *Deployment, parameters Parameters,
	estate *access.Estate) diag.List {
	p := newProof(m, d, estate)
	found := p.grants(ps)
	bound := assertionBound{worlds: len(p.worlds),
		estate: len(estate.Worlds) * (1 + len(m.Principals) + len(m.Secrets))}
	given := map[string]*proof{}
	for i := range m.Assertions {
		a := &m.Assertions[i]
		if d, over := bound.add(a, len(p.everybody)); over {
			return append(found, d)
		}
		q := p
		if len(a.Given) > 0 {
			key := fmt.Sprint(a.Given) // sorted by name
			if q = given[key]; q == nil {
				q = newProof(m, d, d.Load(parameters.with(a.Given)))
				given[key] = q
			}
		}
		found = append(found, q.assertion(a)...)
	}
	return found
}

// atOnce is how many grants one processor asks about before it takes others.
const atOnce = 16

// grants finds the grants that do not work.
func (p *proof) grants(ps grants.Permissions) diag.List {
	wrong := make([]*diag.Diagnostic, len(ps.List))
	// nothing of the estate changes while it is asked
	parallel.Stretches(len(ps.List), atOnce, func(from, to int) {
		for i := from; i < to; i++ {
			wrong[i] = p.grant(&ps.List[i])
		}
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
	var whom *access.Principal
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
			refused, whom = &x, who
			if len(s.Copies) > 1 {
				region = s.Copies[failed].Region
			}
		}
	}
	if refused == nil {
		return nil
	}
	d := p.explain(*refused)
	adviseOfSessions(d, g, whom, refused)
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
func (p *proof) explain(x access.Explanation) *diag.Diagnostic {
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
		if spec := p.d.otherSpec(s.By[0].Document); spec != "" {
			d.And(", which is of the spec %s", diag.Words(spec))
		}
	} else if len(s.Near) > 0 {
		decisive = s.Near[:1]
		c := decisive[0].Failed
		failed := access.Condition{Operator: c.Operator, Key: c.Key, Values: c.Values}
		if lacksKey(s.Action, c.Operator, c.Key) {
			d.And(": a request for it never has the condition key %s", c.Key).
				Hint("write %sIfExists, which lets a request without the key through, or leave "+
					"the condition out", c.Operator)
			if strings.EqualFold(c.Key, "secretsmanager:VersionStage") {
				d.Hint("write versionStages instead of the condition: it is asked for where the " +
					"value is read, and of nothing else")
			}
			return d.Also(because(decisive)...)
		}
		d.And(": a statement would allow it %s", failed.Words(mostValues))
		if tag, ok := strings.CutPrefix(strings.ToLower(c.Key), "aws:principaltag/"); ok {
			d.Hint("give the role the tag %q in its tags: its trust lets nobody pass tags of a "+
				"session", tag)
		}
	}
	return d.Also(because(decisive)...)
}

// lacksKey says whether no request for an action can meet a condition, because none has its key.
func lacksKey(action aws.Action, operator, key string) bool {
	info, known := aws.ActionNamed(action)
	operator = strings.ToLower(operator)
	return known && info.Lacks(key) && operator != "null" &&
		!strings.HasSuffix(operator, "ifexists") && !strings.HasPrefix(operator, "forallvalues:")
}

// because returns the places in the spec that statements come from.
func because(list []access.Deciding) []diag.Related {
	var out []diag.Related
	for _, by := range list {
		for _, at := range by.Because() {
			if !at.IsZero() &&
				!slices.ContainsFunc(out, func(r diag.Related) bool { return r.Span == at }) {
				out = append(out, diag.At(at, "the statement comes from here"))
			}
		}
	}
	const enough = 4
	return out[:min(enough, len(out))]
}
