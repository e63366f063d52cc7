package access

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/verb"
)

// merge puts the reports of all worlds together: what holds in some of them only is told with the
// conditions of the templates under which it does.
func (e *Estate) merge(worlds []Report) Report {
	if len(worlds) == 1 {
		return worlds[0]
	}
	out := Report{Verbs: worlds[0].Verbs}
	principals, secrets := out.mergeSubjects(worlds)
	type cell struct {
		principal, secret int32
		region, verb      int16
	}
	answers := map[cell][]*Answer{}
	var order []cell
	for i := range worlds {
		w := &worlds[i]
		for _, row := range w.Rows {
			secret := secrets[w.Secrets[row.Secret].ID]
			region := w.Secrets[row.Secret].Regions[row.Region]
			key := cell{principals[w.Principals[row.Principal].ID], secret,
				int16(slices.Index(out.Secrets[secret].Regions, region)), row.Verb}
			if answers[key] == nil {
				answers[key] = make([]*Answer, len(worlds))
				order = append(order, key)
			}
			answers[key][i] = row.Answer
		}
	}
	slices.SortFunc(order, func(a, b cell) int {
		regions := func(x cell) string { return out.Secrets[x.secret].Regions[x.region] }
		return cmp.Or(cmp.Compare(a.principal, b.principal), cmp.Compare(a.secret, b.secret),
			strings.Compare(regions(a), regions(b)), cmp.Compare(a.verb, b.verb))
	})
	for _, key := range order {
		answer := e.acrossWorlds(answers[key])
		out.Rows = append(out.Rows, Row{key.principal, key.secret, key.region, key.verb, &answer})
	}
	return out
}

// mergeSubjects lists the principals and secrets of all worlds, sorted, and returns their places in
// the lists by their IDs.
func (r *Report) mergeSubjects(worlds []Report) (principals, secrets map[string]int32) {
	principals, secrets = map[string]int32{}, map[string]int32{}
	for i := range worlds {
		for _, s := range worlds[i].Principals {
			if at, ok := principals[s.ID]; ok {
				r.Principals[at].alsoAs(s)
				continue
			}
			principals[s.ID] = int32(len(r.Principals))
			r.Principals = append(r.Principals, s)
		}
		for _, s := range worlds[i].Secrets {
			if at, ok := secrets[s.ID]; ok {
				r.Secrets[at].addRegions(s)
				continue
			}
			secrets[s.ID] = int32(len(r.Secrets))
			r.Secrets = append(r.Secrets, s)
		}
	}
	byID := func(a, b Subject) int { return strings.Compare(a.ID, b.ID) }
	slices.SortStableFunc(r.Principals, byID)
	slices.SortStableFunc(r.Secrets, byID)
	for i, s := range r.Principals {
		principals[s.ID] = int32(i)
	}
	for i, s := range r.Secrets {
		secrets[s.ID] = int32(i)
	}
	return principals, secrets
}

// alsoAs adds whom a principal may become in another world. What a template makes in some world is
// told as such.
func (s *Subject) alsoAs(other Subject) {
	become := union(s.MayBecome, other.MayBecome)
	if s.Note != "" && other.Note == "" {
		*s = other
	}
	s.MayBecome = become
}

// union returns what is in either of two sorted lists, sorted.
func union(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// addRegions adds the Regions that a secret has in another world.
func (s *Subject) addRegions(other Subject) {
	for i, region := range other.Regions {
		if !slices.Contains(s.Regions, region) {
			s.Regions, s.ARNs = append(s.Regions, region), append(s.ARNs, other.ARNs[i])
			s.Keys = append(s.Keys, other.Keys[i])
		}
	}
}

// acrossWorlds is the answer where it is known in each world; nil: no. The conditions are one way
// to meet what policies ask for, and not those of several worlds together. Where other worlds leave
// it unknown, what stands between there is told beside them.
func (e *Estate) acrossWorlds(answers []*Answer) Answer {
	least, most := Allow, Deny
	var out Answer
	var shown *Answer
	for _, a := range answers {
		if a == nil {
			a = &Answer{}
		}
		least, most = min(least, a.Effect), max(most, a.Effect)
		if a.Effect >= Conditional && (shown == nil || a.Effect > shown.Effect) {
			shown = a
		}
	}
	holds := make([]bool, len(answers))
	if shown != nil {
		out.Witness = shown.Witness
		out.Conditions, holds = oneWay(answers, shown)
	}
	for i, a := range answers {
		if a == nil {
			continue
		}
		out.Explicit = out.Explicit || a.Explicit
		if a.Effect != Deny {
			if holds[i] || shown == nil {
				out.HeldTo = append(out.HeldTo, a.HeldTo...)
			}
			out.Wider = append(out.Wider, a.Wider...)
			out.Told = append(out.Told, a.Told...)
			out.Unread = append(out.Unread, a.Unread...)
		}
	}
	switch {
	case least == most:
		out.Effect = least
	case most >= Conditional:
		out.Effect = Conditional
	default:
		out.Effect = most
	}
	if out.Effect == Conditional && slices.Contains(holds, false) {
		out.Conditions = append(out.Conditions, e.whenHolds(holds)...)
	}
	out.Explicit = out.Explicit && out.Effect == Deny
	out.tidy()
	if out.Effect == Conditional {
		for _, a := range answers {
			if a != nil && a.Effect == Unknown {
				out.Unread = append(out.Unread, a.Unread...)
			}
		}
		out.Unread = tidyUnread(out.Unread)
	}
	return out
}

// oneWay returns conditions that are enough, and the worlds in which they are: those of every
// answer that has some, if they are the same, else those of the one that is shown.
func oneWay(answers []*Answer, shown *Answer) (conditions []Condition, in []bool) {
	var first *Answer
	same := true
	for _, a := range answers {
		if a == nil || a.Effect != Conditional {
			continue
		}
		if first == nil {
			first = a
		}
		same = same && slices.EqualFunc(a.Conditions, first.Conditions, sameCondition)
	}
	conditions = shown.Conditions
	if first != nil && same {
		conditions = first.Conditions
	}
	in = make([]bool, len(answers))
	for i, a := range answers {
		in[i] = a != nil && (a.Effect == Allow || a.Effect == Conditional &&
			slices.EqualFunc(a.Conditions, conditions, sameCondition))
	}
	return slices.Clone(conditions), in
}

func sameCondition(a, b Condition) bool {
	return a.Operator == b.Operator && strings.EqualFold(a.Key, b.Key) &&
		slices.Equal(a.Values, b.Values)
}

// whenHolds says of some worlds what holds in them: one condition that tells them from the others,
// else all that are the same in them, else those that tell one of them from the others.
func (e *Estate) whenHolds(in []bool) []Condition {
	names := map[string]bool{}
	for _, w := range e.Worlds {
		for _, c := range w.Conditions {
			names[c.Name] = true
		}
	}
	var all []Condition
	for _, name := range sortedKeys(names) {
		inside, outside := map[cfn.Truth]bool{}, map[cfn.Truth]bool{}
		for i, w := range e.Worlds {
			if in[i] {
				inside[w.holds(name)] = true
			} else {
				outside[w.holds(name)] = true
			}
		}
		if len(inside) != 1 || inside[cfn.Maybe] {
			continue
		}
		value, contrary := "false", cfn.Yes
		if inside[cfn.Yes] {
			value, contrary = "true", cfn.No
		}
		one := Condition{Operator: "Condition", Key: name, Values: []string{value}}
		if len(outside) == 1 && outside[contrary] {
			return []Condition{one}
		}
		all = append(all, one)
	}
	if !e.holdElsewhere(all, in) {
		return all
	}
	return e.tellApart(e.Worlds[slices.Index(in, true)], in)
}

// holdElsewhere says whether conditions may hold in a world that is none of some.
func (e *Estate) holdElsewhere(all []Condition, in []bool) bool {
	for i, w := range e.Worlds {
		if !in[i] && !slices.ContainsFunc(all, w.refutes) {
			return true
		}
	}
	return false
}

// refutes says whether a condition of the templates does not hold in a world, or is not known
// there.
func (w *World) refutes(c Condition) bool {
	return w.holds(c.Key) != cfn.TruthOf(c.Values[0] == "true")
}

// tellApart returns conditions of a world that hold in no world which is none of some, as far as
// conditions tell.
func (e *Estate) tellApart(world *World, in []bool) []Condition {
	var out []Condition
	for _, c := range world.Conditions {
		one := Condition{
			Operator: "Condition", Key: c.Name, Values: []string{strconv.FormatBool(c.Holds)},
		}
		for i, w := range e.Worlds {
			if !in[i] && w.refutes(one) && !slices.ContainsFunc(out, w.refutes) {
				out = append(out, one)
				break
			}
		}
	}
	return out
}

// holds says whether a condition of the templates holds in a world. One that the world does not
// list may: an account or a Region decides it that is not stated.
func (w *World) holds(name string) cfn.Truth {
	for _, c := range w.Conditions {
		if c.Name == name {
			return cfn.TruthOf(c.Holds)
		}
	}
	return cfn.Maybe
}

// Explain says whether a principal may carry out a verb on a copy of a secret, given by their IDs
// and the Region, in all worlds together. The steps are those of a world in which it is possible,
// else of the first that has both. It says whether there is one.
func (e *Estate) Explain(
	principal string, v *verb.Verb, secret, region string,
) (Explanation, bool) {
	all := make([]*Explanation, len(e.Worlds))
	var best *Explanation
	var become []string
	work := 0
	for i, w := range e.Worlds {
		p, s, at := w.find(principal, secret, region)
		if p == nil || s == nil {
			continue
		}
		x := Explain(p, v, s, at)
		all[i] = &x
		work += x.Work
		become = union(become, x.MayBecome)
		if best == nil || x.better(best) {
			best = &x
		}
	}
	if best == nil {
		return Explanation{}, false
	}
	out := *best
	out.Work, out.MayBecome = work, become
	if len(e.Worlds) > 1 {
		out.Answer, out.Only = e.explainedAcross(all, best.Only != nil)
	}
	if slices.ContainsFunc(out.Told, isSecretTag) {
		out.Answer = out.changedBy(e.changers(secret, region))
	}
	return out, true
}

// better says whether an explanation is of more than another: of the whole verb, of what is surer.
func (x *Explanation) better(than *Explanation) bool {
	whole := func(x *Explanation) bool { return x.Only == nil && x.Effect != Deny }
	if whole(x) != whole(than) {
		return whole(x)
	}
	return x.Effect > than.Effect
}

// explainedAcross is the answer to a verb in all worlds. In part it is possible only if it is whole
// in none: otherwise a world in which it is possible in part is one in which it is not, and the
// actions have answers of their own.
func (e *Estate) explainedAcross(all []*Explanation, inPart bool) (Answer, []string) {
	answers := make([]*Answer, len(all))
	var only []string
	for i, x := range all {
		switch {
		case x == nil || !inPart && x.Only != nil:
		default:
			answers[i] = &x.Answer
			only = append(only, x.Only...)
		}
	}
	slices.Sort(only)
	return e.acrossWorlds(answers), slices.Compact(only)
}

// find returns a principal and a copy of a secret of the world, by their IDs and the Region.
func (w *World) find(principal, secret, region string) (*Principal, *Secret, int) {
	p := slices.IndexFunc(w.Principals, func(p *Principal) bool { return p.ID == principal })
	s := slices.IndexFunc(w.Secrets, func(s *Secret) bool { return s.ID == secret })
	if p < 0 || s < 0 {
		return nil, nil, 0
	}
	at := slices.IndexFunc(w.Secrets[s].Copies, func(c Copy) bool {
		return c.Region == region || cfn.Shown(c.Region) == region
	})
	if at < 0 {
		return w.Principals[p], nil, 0
	}
	return w.Principals[p], w.Secrets[s], at
}
