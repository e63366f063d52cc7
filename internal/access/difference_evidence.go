package access

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// Evidence returns what shows a change: requests that one estate allows and the other refuses, and
// the statements that make the difference. It is not for several goroutines at once.
func (d *Difference) Evidence(c *Change) Evidence {
	var out Evidence
	for _, w := range d.pairs {
		one := w.cell(c.principal, c.secret, c.region)
		if one == nil {
			continue
		}
		for _, side := range []int{later, earlier} {
			into, in := &out.Gained, &out.GainedIn
			if side == earlier {
				into, in = &out.Lost, &out.LostIn
			}
			if *into != nil || one.whole(side, one.needs(side, c.unit)).Effect < Conditional {
				continue
			}
			for _, n := range one.needs(side, c.unit) {
				x := one.exceeds(side, n)
				if x.Found == cfn.Yes && *into == nil {
					if one.isOneCircumstance(side, x) {
						*into, *in = one.witnessOf(side, x), w.conditions(side)
					}
					out.Because = append(out.Because, one.because(side, x)...)
				}
			}
		}
	}
	return out
}

// permissionsOf returns the permissions of a way to make a call on a side, in the reading that
// stands for all.
func (c *cell) permissionsOf(side int, w way) []permission {
	s, at := c.secret[side], c.at[side]
	if s == nil || w.call == nil {
		return nil
	}
	return w.call.permissions(w.who, s, at, w.call.variants(w.who, s, at)[0])
}

// witnessOf writes the requests that one side allows and the other refuses.
func (c *cell) witnessOf(side int, x *callExcess) []Witness {
	if c.who[side].Kind == RotationPrincipal || len(x.Allowed) == 0 {
		return nil
	}
	a := callAnswer{permissions: c.permissionsOf(side, x.mine)}
	a.outcome.Context = x.Allowed
	others := []callAnswer{{permissions: c.permissionsOf(1-side, x.other)}}
	for i := range a.permissions {
		a.permissions[i].also = askedFor(a.permissions[i].Action, others)
	}
	return a.witness()
}

// isOneCircumstance says whether what one side allows and the other refuses is one request. It is
// none where a key has a value of its own on each side, since the one knows it or cannot have it.
func (c *cell) isOneCircumstance(side int, x *callExcess) bool {
	mine, others := c.permissionsOf(side, x.mine), c.permissionsOf(1-side, x.other)
	for i := range min(len(others), len(x.Refused)) {
		for j := range min(len(mine), len(x.Allowed)) {
			if mine[j].Action != others[i].Action || mine[j].Resource != others[i].Resource {
				continue
			}
			for key, values := range x.Refused[i] {
				if !slices.Equal(x.Allowed[j][key], values) {
					return false
				}
			}
		}
	}
	return true
}

// because returns the statements that make the difference: those that allow it on the one side and
// those that deny it on the other, as far as the other side has no such statements; or all.
func (c *cell) because(side int, x *callExcess) []Deciding {
	mine, others := c.permissionsOf(side, x.mine), c.permissionsOf(1-side, x.other)
	var all, own []Deciding
	take := func(list [][]policy.Deciding, of, in []permission) {
		have := c.w.statementsIn(in)
		for i := range list {
			for _, by := range list[i] {
				if i >= len(of) {
					continue
				}
				one := Deciding{of[i].document(by.Source), by.Rule, nil}
				if one.Document == nil || slices.ContainsFunc(all, func(d Deciding) bool {
					return d.Document == one.Document && d.Rule.Index == one.Rule.Index
				}) {
					continue
				}
				all = append(all, one)
				if !have[digestOfRule(one.Document.Rules.Version, one.Rule)] {
					own = append(own, one)
				}
			}
		}
	}
	take(x.By, mine, others)
	take(x.Against, others, mine)
	if own != nil {
		return own
	}
	return all
}

// statementsIn returns what tells the statements of the documents of permissions from others.
func (w *worldPair) statementsIn(list []permission) map[digest]bool {
	out := map[digest]bool{}
	for i := range list {
		for _, d := range append(slices.Clip(list[i].identity), list[i].boundary,
			list[i].resource) {
			if d == nil {
				continue
			}
			for _, x := range w.statementsOf(d) {
				out[x] = true
			}
		}
	}
	return out
}

// conditions returns which conditions of templates hold in a pair of worlds: of those that are not
// the same on both sides, what is so on one.
func (w *worldPair) conditions(side int) []NamedTruth {
	out := slices.Clone(w.worlds[side].Conditions)
	for _, c := range w.worlds[1-side].Conditions {
		if !slices.ContainsFunc(out, func(have NamedTruth) bool { return have.Name == c.Name }) {
			out = append(out, c)
		}
	}
	return out
}
