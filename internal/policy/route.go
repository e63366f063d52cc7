package policy

import (
	"slices"
	"strings"
)

// excludes says whether no request that goes a route has a key with these values.
func (r Route) excludes(k *openKey, values []string) bool {
	of := k.fact.Route
	if of.Of != r.Of || of.Way == r.Way || len(values) == 0 {
		return false
	}
	return of.Only == "" ||
		slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, of.Only) })
}

// routes returns the routes that the requests of a call may go together: of each kind one. Kinds of
// which the policies ask for the keys of one route alone exclude nothing.
func (p *problem) routes() [][]Route {
	if p.routed != nil {
		return p.routed
	}
	out := [][]Route{nil}
	for _, ways := range p.ways() {
		var longer [][]Route
		for _, have := range out {
			for _, r := range ways {
				longer = append(longer, append(slices.Clone(have), r))
			}
		}
		out = longer
	}
	p.routed = out
	return out
}

// ways returns the routes that exclude each other, of each kind with several, in the order in which
// the keys were found.
func (p *problem) ways() [][]Route {
	var out [][]Route
	for k := range p.keys {
		r := p.keys[k].fact.Route
		r.Only = ""
		if r.Of == "" {
			continue
		}
		i := slices.IndexFunc(out, func(w []Route) bool { return w[0].Of == r.Of })
		switch {
		case i < 0:
			out = append(out, []Route{r})
		case !slices.Contains(out[i], r):
			out[i] = append(out[i], r)
		}
	}
	return slices.DeleteFunc(out, func(w []Route) bool { return len(w) == 1 })
}
