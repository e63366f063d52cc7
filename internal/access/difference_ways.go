package access

import (
	"maps"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// callExcess is whether one side of a call exceeds the other, with the ways that were compared.
type callExcess struct {
	policy.Excess
	mine, other way
}

// way is one of several ways to make a call of which any will do: by somebody of the secret's own
// account or of another, by a service, of one Region.
type way struct {
	who  *Principal
	call *call
}

// ways lists the ways to make a call on a side, as askCall knows them, by what tells them apart.
func (c *cell) ways(side, n int, byRegion bool) map[string]way {
	p, s, one := c.who[side], c.secret[side], c.callOf(n)
	out := map[string]way{}
	if s == nil || p.Kind == RotationPrincipal {
		return out
	}
	if p.AsFar && p.Account != "" && p.Account == s.Account {
		p = p.in(s.Account, true)
	}
	who := map[string]*Principal{"": p}
	if p.anywhere() && p.Account != s.Account {
		who = map[string]*Principal{}
		for _, way := range p.inAccounts(s, c.accountsNamed()) {
			switch way.Account {
			case s.Account:
				who["its account"] = way
			case elsewhere, "":
				who["other account"] = way
			default:
				who["account "+way.Account] = way
			}
		}
	} else if services := p.services(); services != nil {
		who["services"] = services
	}
	held := c.isHeldTo(n)
	for name, p := range who {
		if held {
			p = p.inPart()
		}
		if !byRegion {
			out[name] = way{p, one}
			continue
		}
		for _, region := range s.replicaRegions() {
			into := *one
			into.into = region
			out[name+" into "+region] = way{p, &into}
		}
	}
	return out
}

// callOf returns a call, of which both sides ask the same: whom one side denies the key that AWS
// manages is asked about it on the other one, too.
func (c *cell) callOf(n int) *call {
	one := c.calls[n]
	for _, p := range c.who {
		one.managed = one.managed || p != nil && (slices.ContainsFunc(one.home, p.mayBeDenied) ||
			slices.ContainsFunc(one.replicas, p.mayBeDenied))
	}
	return &one
}

// isHeldTo says whether on some side a statement holds a call to the pattern that a principal is,
// and not all whom it stands for may make it, so that on both sides some of them are asked about.
func (c *cell) isHeldTo(n int) bool {
	for side, p := range c.who {
		s := c.secret[side]
		if s == nil || p == nil || p.Kind != PatternPrincipal {
			continue
		}
		if p.isHeldTo(c.calls[n].permissions(p, s, c.at[side], variant{})) {
			all := askWhole(p, s, c.at[side], &c.calls[n])
			c.work += all.work
			if all.Effect == Deny {
				return true
			}
		}
	}
	return false
}

// accountsNamed returns the accounts that policies name on one of the sides, sorted.
func (c *cell) accountsNamed() []string {
	var all []string
	for _, s := range c.secret {
		if s != nil {
			all = append(all, s.accountsNamed()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// byRegion says whether a call makes replicas that are not all possible at once on some side.
func (c *cell) byRegion(n int) bool {
	if c.calls[n].name != replication {
		return false
	}
	for side, s := range c.secret {
		if s != nil && len(s.Copies) > 1 {
			for _, w := range c.ways(side, n, false) {
				if askWhole(w.who, s, c.at[side], w.call).Effect == Deny {
					return true
				}
			}
		}
	}
	return false
}

// sideOf returns a call as a side decides it.
func (c *cell) sideOf(side int, w way, always bool) policy.Side {
	s, at := c.secret[side], c.at[side]
	out := policy.Side{Always: always}
	for _, v := range w.call.variants(w.who, s, at) {
		var list []policy.Question
		for _, p := range w.call.permissions(w.who, s, at, v) {
			list = append(list, p.Question)
		}
		out.Readings = append(out.Readings, list)
	}
	return out
}

// compareCall looks for a circumstance in which a side allows a call and the other refuses it.
func (c *cell) compareCall(side, n int) callExcess {
	byRegion := c.byRegion(n)
	mine, others := c.ways(side, n, byRegion), c.ways(1-side, n, byRegion)
	var out callExcess
	all := cfn.Yes
	for _, name := range slices.Sorted(maps.Keys(mine)) {
		one := callExcess{
			c.compareWay(side, mine[name], others, name), mine[name], others[name],
		}
		all = min(all, one.Found)
		work := one.Work + out.Work
		if one.Found > out.Found {
			out = one
		}
		out.Work = work
	}
	if c.who[side].unreadable() && all != out.Found { // which of them it is nobody can read
		out.Excess = policy.Excess{Found: cfn.Maybe, Work: out.Work}
	}
	return out
}

func (c *cell) compareWay(side int, w way, others map[string]way, name string) policy.Excess {
	answer := askWhole(w.who, c.secret[side], c.at[side], w.call)
	if answer.Effect == Deny {
		return policy.Excess{Work: answer.work}
	}
	o, ok := others[name]
	before := callAnswer{}
	if ok {
		before = askWhole(o.who, c.secret[1-side], c.at[1-side], o.call)
	}
	work := answer.work + before.work
	switch {
	case answer.Effect >= Conditional && before.Effect == Deny:
		return policy.Excess{
			Found: cfn.Yes, Allowed: answer.outcome.Context, By: partsBy(&answer),
			Against: partsBy(&before), Work: work,
		}
	case answer.Effect == Unknown && before.Effect == Deny:
		return policy.Excess{Found: cfn.Maybe, Work: work}
	}
	out := policy.Exceeds(c.sideOf(side, w, answer.Effect == Allow),
		c.sideOf(1-side, o, before.Effect == Allow))
	out.Work += work
	return out
}

// partsBy returns the statements that decide the questions of an answer.
func partsBy(a *callAnswer) [][]policy.Deciding {
	var out [][]policy.Deciding
	for i := range a.outcome.Parts {
		out = append(out, a.outcome.Parts[i].By)
	}
	return out
}

// alike says whether the same decides calls on both sides.
func (c *cell) alike(needs []int) bool {
	for _, n := range needs {
		mine, others := c.ways(later, n, false), c.ways(earlier, n, false)
		if len(mine) != len(others) {
			return false
		}
		for name, w := range mine {
			o, ok := others[name]
			if !ok || !policy.Alike(c.sideOf(later, w, false), c.sideOf(earlier, o, false)) {
				return false
			}
		}
	}
	return true
}
