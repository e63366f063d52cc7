package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/verb"
)

// cell is a pair of a principal and a copy of a secret, as both sides have them.
type cell struct {
	w          *worldPair
	who        [2]*Principal
	secret     [2]*Secret // nil: there is no such copy
	at         [2]int
	calls      []call
	answers    [2][]*callAnswer
	more, less []*callExcess // by calls; nil: not asked yet
	work       int
}

// ask asks what is touched, in all pairs of worlds, and notes what changed.
func (d *Difference) ask(before, after *Estate, t *touched) {
	byPrincipal := map[string][]string{}
	for c := range t.cells {
		byPrincipal[c[0]] = append(byPrincipal[c[0]], c[1])
	}
	principals := slices.Sorted(maps.Keys(byPrincipal))
	for _, w := range d.pairs {
		w.open()
		w.classify(t)
	}
	d.Asked = len(t.cells)
	for from := 0; from < len(principals); from += principalsAtOnce {
		some := principals[from:min(len(principals), from+principalsAtOnce)]
		found := make([]principalChanges, len(some))
		parallel.Each(len(some), func(i int) {
			found[i] = d.askPrincipal(before, after, some[i], byPrincipal[some[i]],
				d.Work >= workOfComparing)
		})
		for i := range found {
			d.Changes = append(d.Changes, found[i].changes...)
			d.Work += found[i].work
		}
		if len(d.Changes) > mostRows {
			d.Changes, d.TooMany = nil, true
			return
		}
	}
	slices.SortStableFunc(d.Changes, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Principal.ID, b.Principal.ID),
			strings.Compare(a.Secret.ID, b.Secret.ID), strings.Compare(a.Region, b.Region))
	})
}

// Principals are asked about in groups of a size that is the same everywhere, so that the same are
// not asked about when the steps for all are taken.
const (
	principalsAtOnce = 64
	workOfComparing  = 4 * MostWork
)

// principalChanges are what changed of one principal.
type principalChanges struct {
	changes []Change
	work    int
}

// askPrincipal asks what is touched of one principal. Where there are no steps left, it says of
// what may be allowed on some side that it is not known.
func (d *Difference) askPrincipal(
	before, after *Estate, principal string, secrets []string, exhausted bool,
) principalChanges {
	var out principalChanges
	known := make([]knownAnswers, len(d.pairs))
	workers := make([][2]*worker, len(d.pairs))
	for n, w := range d.pairs {
		known[n] = knownAnswers{}
		workers[n] = [2]*worker{w.askers[earlier].newWorker(), w.askers[later].newWorker()}
	}
	slices.Sort(secrets)
	for _, secret := range secrets {
		for _, region := range d.regionsOf(secret) {
			if exhausted || out.work >= MostWork {
				out.changes = append(out.changes, d.notAsked(principal, secret, region)...)
				continue
			}
			all := make([]*pairAnswers, len(d.pairs))
			for n, w := range d.pairs {
				all[n] = w.answers(principal, secret, region, known[n], workers[n], &out.work)
			}
			if len(all) == 1 && (all[0] == nil || !all[0].changed) {
				continue // most are so
			}
			out.changes = append(out.changes,
				d.changes(before, after, principal, secret, region, all)...)
		}
	}
	return out
}

// notAsked says of the verbs that a principal may be allowed on some side that they are not known.
func (d *Difference) notAsked(principal, secret, region string) []Change {
	var out []Change
	for _, w := range d.pairs {
		c := w.cell(principal, secret, region)
		if c == nil {
			continue
		}
		for unit := range w.verbs {
			may := false
			for side := range c.who {
				may = may || slices.ContainsFunc(c.needs(side, unit), func(n int) bool {
					return !c.calls[n].hopeless(c.who[side], c.secret[side])
				})
			}
			if may {
				answer := NotAsked()
				one := Change{
					Kind: ChangeNotKnown, Before: &answer, After: &answer, unit: unit,
					principal: principal, secret: secret, region: region,
				}
				d.show(&one, w.askers[later])
				out = append(out, one)
			}
		}
		break
	}
	return out
}

// regionsOf returns the Regions in which a secret has copies in some world.
func (d *Difference) regionsOf(secret string) []string {
	var out []string
	for _, w := range d.pairs {
		if s := w.secrets[secret]; s != nil {
			out = append(out, s.regions()...)
		}
	}
	return sortedOnce(out)
}

// knownAnswers are the answers about one principal by what decides them.
type knownAnswers map[string]*pairAnswers

// pairAnswers are the answers in one pair of worlds, by units.
type pairAnswers struct {
	units   []cellAnswer
	changed bool // some unit is another one than before, or may be
}

// answers returns the answers about a principal and a copy of a secret; nil: this pair of worlds
// has no such principal or secret.
func (w *worldPair) answers(
	principal, secret, region string, known knownAnswers, workers [2]*worker, work *int,
) *pairAnswers {
	p, s := w.principals[principal], w.secrets[secret]
	if p == nil || s == nil {
		return nil
	}
	var key []byte
	for side, one := range workers {
		at := w.placeOf(s, side, region)
		if at == nil {
			key = append(key, 0)
			continue
		}
		key = one.signature(append(key, 1), p.of[side], at)
	}
	key = append(key, sameKeys(s.of))
	if have, ok := known[string(key)]; ok {
		return have
	}
	c := w.cell(principal, secret, region)
	out := &pairAnswers{}
	for unit := range len(w.verbs) + len(w.askers[earlier].single) {
		one := c.unit(unit)
		kind, _ := kindOfChange(one.before.Effect, one.after.Effect, one.more, one.less)
		out.changed = out.changed || kind != Unchanged
		out.units = append(out.units, one)
	}
	*work += c.work
	known[string(key)] = out
	return out
}

// sameKeys says whether a secret has the same keys on both sides, as a byte.
func sameKeys(of [2]*Secret) byte {
	list := func(s *Secret) []string {
		var out []string
		for i := 0; s != nil && i < len(s.Copies); i++ {
			if k := s.Copies[i].Key; k != nil {
				out = append(out, k.ARN)
			}
		}
		return out
	}
	if slices.Equal(list(of[earlier]), list(of[later])) {
		return 1
	}
	return 0
}

// cell returns a principal and a copy of a secret on both sides, or nil.
func (w *worldPair) cell(principal, secret, region string) *cell {
	p, s := w.principals[principal], w.secrets[secret]
	if p == nil || s == nil {
		return nil
	}
	c := &cell{w: w, who: p.of, calls: w.askers[earlier].calls}
	for side, one := range s.of {
		if at := w.placeOf(s, side, region); one != nil && at != nil {
			c.secret[side], c.at[side] = one, at.at
		}
		c.answers[side] = make([]*callAnswer, len(c.calls))
	}
	c.more, c.less = make([]*callExcess, len(c.calls)), make([]*callExcess, len(c.calls))
	return c
}

// needs returns the calls of a unit on a side: of a verb all of its calls, of an action the one.
func (c *cell) needs(side, unit int) []int {
	a := c.w.askers[side]
	switch {
	case c.secret[side] == nil:
		return nil
	case unit < len(a.verbs):
		return a.needs[min(c.at[side], 1)][unit]
	}
	n := a.single[unit-len(a.verbs)]
	if c.at[side] > 0 && !aws.OnReplica(a.calls[n].onSecret) {
		return nil
	}
	return []int{n}
}

// answer asks one call of one side, once.
func (c *cell) answer(side, n int) *callAnswer {
	if c.answers[side][n] == nil {
		one := askFast(c.who[side], c.secret[side], c.at[side], &c.calls[n])
		c.work += 1 + one.work
		c.answers[side][n] = &one
	}
	return c.answers[side][n]
}

// whole is the answer of one side to a unit; in part is no.
func (c *cell) whole(side int, needs []int) Answer {
	if len(needs) == 0 {
		return Answer{}
	}
	list, answers := make([]call, len(needs)), make([]callAnswer, len(needs))
	for i, n := range needs {
		list[i], answers[i] = c.calls[n], *c.answer(side, n)
	}
	out, only := together(list, answers)
	if only != nil {
		return Answer{}
	}
	return out
}

// unit answers for a verb or a single action on both sides.
func (c *cell) unit(unit int) cellAnswer {
	was, is := c.needs(earlier, unit), c.needs(later, unit)
	out := cellAnswer{before: c.whole(earlier, was), after: c.whole(later, is)}
	b, a := out.before.Effect, out.after.Effect
	switch {
	case b == Deny && a == Deny:
	case b == Deny && a >= Conditional:
		out.more = cfn.Yes
	case a == Deny && b >= Conditional:
		out.less = cfn.Yes
	case b == Unknown && a == Unknown:
		if !slices.Equal(was, is) || !c.alike(is) {
			out.more, out.less = cfn.Maybe, cfn.Maybe
		}
	case b == Unknown || a == Unknown:
		out.more, out.less = cfn.Maybe, cfn.Maybe
	default:
		for _, n := range is {
			out.more = max(out.more, c.exceeds(later, n).Found)
		}
		for _, n := range was {
			out.less = max(out.less, c.exceeds(earlier, n).Found)
		}
	}
	return out
}

// exceeds says whether one side allows a call in a circumstance in which the other refuses it.
func (c *cell) exceeds(side, n int) *callExcess {
	into := c.more
	if side == earlier {
		into = c.less
	}
	if into[n] == nil {
		one := c.compareCall(side, n)
		c.work += one.Work
		into[n] = &one
	}
	return into[n]
}

// changes returns what changed of one principal and one copy, of what all pairs of worlds say.
func (d *Difference) changes(
	before, after *Estate, principal, secret, region string, all []*pairAnswers,
) []Change {
	units := 0
	for _, one := range all {
		if one != nil {
			units = len(one.units)
		}
	}
	var out []Change
	possible := false // a verb is, before or after
	a := d.pairs[0].askers[later]
	for unit := range units {
		change := d.across(before, after, all, unit)
		possible = possible || unit < len(a.verbs) &&
			(change.Before.Effect != Deny || change.After.Effect != Deny)
		if change.Kind == Unchanged || unit >= len(a.verbs) && covered(a, unit, possible) {
			continue
		}
		change.principal, change.secret, change.region = principal, secret, region
		d.show(&change, a)
		out = append(out, change)
	}
	return slices.DeleteFunc(out, func(c Change) bool {
		return c.unit >= len(a.verbs) && slices.ContainsFunc(out, func(v Change) bool {
			return v.unit < len(a.verbs) && v.Kind == c.Kind &&
				slices.Contains(a.verbs[v.unit].OnSecret, c.Verb)
		})
	})
}

// covered says whether a single action that only looks at metadata need not be told.
func covered(a *asker, unit int, possible bool) bool {
	return possible && verb.Looks(a.calls[a.single[unit-len(a.verbs)]].name)
}

// across puts the answers of all pairs of worlds together.
func (d *Difference) across(before, after *Estate, all []*pairAnswers, unit int) Change {
	was := make([]*Answer, len(before.Worlds))
	is := make([]*Answer, len(after.Worlds))
	var more, less cfn.Truth
	for n, w := range d.pairs {
		if all[n] == nil {
			continue
		}
		one := &all[n].units[unit]
		was[slices.Index(before.Worlds, w.worlds[earlier])] = &one.before
		is[slices.Index(after.Worlds, w.worlds[later])] = &one.after
		more, less = max(more, one.more), max(less, one.less)
	}
	b, a := mergedAnswer(before, was), mergedAnswer(after, is)
	kind, perhaps := kindOfChange(b.Effect, a.Effect, more, less)
	return Change{Kind: kind, Perhaps: perhaps, Before: b, After: a, unit: unit}
}

func mergedAnswer(e *Estate, answers []*Answer) *Answer {
	if len(answers) == 1 {
		if answers[0] == nil {
			return &Answer{}
		}
		return answers[0]
	}
	out := e.acrossWorlds(answers)
	return &out
}

// show writes down who and what a change is about.
func (d *Difference) show(c *Change, a *asker) {
	c.Verb = ""
	if c.unit < len(a.verbs) {
		c.Verb = a.verbs[c.unit].Name
	} else {
		c.Verb = a.calls[a.single[c.unit-len(a.verbs)]].name
	}
	c.Region = cfn.Shown(c.region)
	for _, side := range []int{later, earlier} {
		for _, w := range d.pairs {
			if p := w.principals[c.principal]; c.Principal == nil && p != nil {
				one := p.of[side].subject()
				c.Principal = &one
			}
			s := w.secrets[c.secret]
			if s == nil || s.of[side] == nil {
				continue
			}
			if c.Secret == nil {
				c.Secret = d.subjectOf(c.secret, s.of[side])
			}
			if at := w.placeOf(s, side, c.region); at != nil && c.ARN == "" {
				c.ARN = cfn.Shown(at.arn())
			}
		}
	}
}

// subjectOf is a secret as changes show it, with the Regions of both sides.
func (d *Difference) subjectOf(key string, s *Secret) *Subject {
	out := &Subject{
		ID: s.ID, ARN: cfn.Shown(s.Copies[0].ARN), Note: s.Note, Account: cfn.Shown(s.Account),
	}
	for _, region := range d.regionsOf(key) {
		out.Regions = append(out.Regions, cfn.Shown(region))
	}
	return out
}
