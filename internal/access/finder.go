package access

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// finder finds the questions of a report whose answer may be other than no, without asking all of
// them. It looks for statements that may allow something on a secret, whatever the request:
// statements that deny, permissions on keys, boundaries and conditions are left to the answers. So
// it may find too much, but never too little.
type finder struct {
	*asker
	named    placesByName         // by keysOf their ARNs
	floating []int32              // places whose ARN may be anything
	placed   []int32              // places whose account and Region are known
	direct   map[string][]int32   // places whose resource policies name somebody, by the name
	open     map[string]*audience // what resource policies say of others, by whom they speak of
	order    []*audience
	index    *audienceIndex // of order; nil: all of them are asked
	mixed    bool           // an account is not stated which may be one that is
	told     []*audience    // those of direct, for callers of whom a part of the ARN is unknown

	addressed map[*wording][]addressee // while it is made: whom policies address

	mu      sync.Mutex
	covered map[string][]int32 // places by the patterns that cover them
}

// placesByName are places, or other things that have numbers, by names. Most names have one, which
// takes no room of its own.
type placesByName struct {
	last  map[string]int32 // the place in list of the last one
	list  []int32
	older []int32 // by place in list: the place in list of the one before it, or -1
}

func newPlacesByName(n int) placesByName {
	return placesByName{
		last: make(map[string]int32, mostKeys*n), list: make([]int32, 0, mostKeys*n),
		older: make([]int32, 0, mostKeys*n),
	}
}

func (x *placesByName) add(name string, place int32) {
	before := x.of(name)
	if x.last == nil {
		x.last = map[string]int32{}
	}
	x.last[name] = int32(len(x.list))
	x.list, x.older = append(x.list, place), append(x.older, before)
}

// of returns the place in list of the last one of a name, or -1.
func (x *placesByName) of(name string) int32 {
	if at, ok := x.last[name]; ok {
		return at
	}
	return -1
}

// appendOf adds the places of a name.
func (x *placesByName) appendOf(out []int32, name string) []int32 {
	for at := x.of(name); at >= 0; at = x.older[at] {
		out = append(out, x.list[at])
	}
	return out
}

// audience is whom a statement of resource policies lets in, where that is not told by a name, with
// the places whose policies say so.
type audience struct {
	rule   *policy.Rule
	places []int32
}

func newFinder(a *asker) *finder {
	f := &finder{
		asker: a, named: newPlacesByName(len(a.places)), direct: map[string][]int32{},
		open: map[string]*audience{}, covered: map[string][]int32{},
		addressed: map[*wording][]addressee{},
	}
	f.mixed = isMixed(a.world)
	for i := range a.places {
		p := &a.places[i]
		if floatsFreely(p.arn()) || p.secret.Pattern {
			f.floating = append(f.floating, int32(i))
		}
		if !isPlaceless(p.arn()) {
			f.placed = append(f.placed, int32(i))
		}
		var room [mostKeys]string
		for _, key := range appendKeys(room[:0], p.arn()) {
			f.named.add(key, int32(i))
		}
		for _, d := range p.secret.Policy {
			for _, to := range f.addressees(d) {
				to.audience.places = append(to.audience.places, int32(i))
				for _, name := range to.names {
					f.direct[name] = append(f.direct[name], int32(i))
				}
			}
		}
	}
	f.addressed = nil
	if !a.everything && len(f.order) > fewAudiences {
		f.index = newAudienceIndex(f.order)
	}
	return f
}

// addressee is an audience of a statement, with the names of those whom it names.
type addressee struct {
	audience *audience
	names    []string
}

// addressees returns whom the statements of a resource policy may allow something.
func (f *finder) addressees(d *Document) []addressee {
	if known, ok := f.addressed[d.wording]; ok && d.wording != nil {
		return known
	}
	var out []addressee
	for i := range d.Rules.Statements {
		if r := &d.Rules.Statements[i]; r.Effect == policy.Allow {
			out = append(out, f.address(r))
		}
	}
	f.addressed[d.wording] = out
	return out
}

// isMixed says whether somebody, a secret or a key is of an account that nobody states, which may
// be one that is stated.
func isMixed(w *World) bool {
	of := map[string]bool{}
	for _, p := range w.Principals {
		of[p.Account] = true
	}
	for _, s := range w.Secrets {
		of[s.Account] = true
		for i := range s.Copies {
			if k := s.Copies[i].Key; k != nil {
				of[k.Account] = true
			}
		}
	}
	if !of[unstated] {
		return false
	}
	somebody := &Principal{Account: unstated}
	for account := range of {
		if account != "" && account != unstated {
			return true
		}
	}
	mayBe := func(s *Secret) bool { return unstatedMayBe(somebody, s) != nil }
	return slices.ContainsFunc(w.Secrets, mayBe)
}

// address returns whom a statement of a resource policy may allow something.
func (f *finder) address(r *policy.Rule) addressee {
	names := slices.Concat(r.Principals.AWS, r.Principals.Service)
	key := fmt.Sprintf("%t %t %t %q %q %q", r.Anybody(), r.Principals.Any, r.Principals.Not,
		r.Principals.AWS, r.Principals.Service, r.Principals.Federated)
	for i := range r.Conditions {
		if c := &r.Conditions[i]; slices.Contains(whoKeys, strings.ToLower(c.Key)) {
			key += fmt.Sprintf(" %s %s %q", c.Operator, strings.ToLower(c.Key), c.Values)
		}
	}
	list := &f.order
	if !r.Anybody() && !r.Principals.Any && !r.Principals.Not && len(r.Principals.Federated) == 0 &&
		!slices.ContainsFunc(names, isLoose) {
		list = &f.told
	} else {
		names = nil
	}
	a := f.open[key]
	if a == nil {
		a = &audience{rule: r}
		f.open[key] = a
		*list = append(*list, a)
	}
	return addressee{a, names}
}

// whoKeys are the condition keys that say who calls.
var whoKeys = []string{"aws:principalarn", "aws:principalaccount", "aws:principaltype",
	"aws:principalisawsservice", "aws:principalservicename", "aws:username"}

// who says what is known of the keys that say who calls.
func (p *Principal) who(key string) policy.Fact {
	c := circumstances{p: p}
	if f, ok := c.caller(strings.TrimPrefix(key, "aws:")); ok {
		return f
	}
	return policy.Fact{State: policy.Open}
}

// onceEach returns facts that are found out once for each key.
func onceEach(facts policy.Facts) policy.Facts {
	known := map[string]policy.Fact{}
	return func(key string) policy.Fact {
		f, ok := known[key]
		if !ok {
			f = facts(key)
			known[key] = f
		}
		return f
	}
}

// isLoose says whether a principal of a policy is not just the ARN of a role or user, or the name
// of a service.
func isLoose(id string) bool {
	if cfn.HasUnknown(id) {
		return true
	}
	if !strings.Contains(id, ":") {
		return !strings.Contains(id, ".")
	}
	return !strings.Contains(id, ":iam::") || strings.HasSuffix(id, ":root")
}

// candidates returns the places in which a principal may be allowed something, in their order.
func (w *worker) candidates(i int32) []int32 {
	f, p := w.asker.named, w.principals[i]
	w.found = w.found[:0]
	switch {
	case w.everything || p.callerKind() == policy.AccountRoot || p.Kind == SessionPrincipal ||
		p.anywhere() || w.named.mixed:
		for at := range w.places {
			w.found = append(w.found, int32(at))
		}
		return w.found
	case p.Kind == RotationPrincipal:
		for at := range w.places {
			id := w.places[at].secret.ID
			if slices.Contains(p.Reads, id) || slices.Contains(p.ReadsOnly, id) {
				w.found = append(w.found, int32(at))
			}
		}
		return w.found
	}
	add := func(list []int32) {
		for _, at := range list {
			if w.seen[at] != i+1 {
				w.seen[at] = i + 1
				w.found = append(w.found, at)
			}
		}
	}
	for _, d := range p.Identity {
		for j := range d.Rules.Statements {
			if r := &d.Rules.Statements[j]; f.concerns(r) {
				add(f.spokenOf(r))
			}
		}
	}
	add(f.direct[p.ARN])
	callers := []*Principal{p}
	if services := p.services(); services != nil {
		callers = append(callers, services)
	}
	for _, one := range callers {
		f.audiences(one, add)
	}
	slices.Sort(w.found)
	return w.found
}

// audiences finds the places whose policies may let in somebody who is not named there.
func (f *finder) audiences(p *Principal, add func([]int32)) {
	caller, who, inPart := p.caller(), onceEach(p.who), onceEach(p.inPart().who)
	if cfn.HasUnknown(p.ARN) {
		for _, a := range f.told {
			if a.rule.Principals.MayBe(caller, policy.Allow) {
				add(a.places)
			}
		}
	}
	try := func(a *audience) {
		if a.rule.Anybody() ||
			a.rule.Principals.MayBe(caller, policy.Allow) && (!a.rule.Excludes(who, whoKeys) ||
				p.Kind == PatternPrincipal && holdsToARN(a.rule, p.ARN) &&
					!a.rule.Excludes(inPart, whoKeys)) {
			add(a.places)
		}
	}
	if arn := who("aws:principalarn"); f.index != nil && f.index.find(&arn, try) {
		return
	}
	for _, a := range f.order {
		try(a)
	}
}

// concerns says whether a statement of an identity policy may allow something that is asked about.
func (f *finder) concerns(r *policy.Rule) bool {
	if r.Effect != policy.Allow {
		return false
	}
	for i := range f.calls {
		c := &f.calls[i]
		if c.onSecret != "" && r.MayAllow(c.onSecret) ||
			slices.ContainsFunc(c.anywhere, r.MayAllow) ||
			c.onSecret == "" && slices.ContainsFunc(c.home, r.MayAllow) {
			return true
		}
	}
	return false
}

// spokenOf returns the places that a statement of an identity policy may speak of.
func (f *finder) spokenOf(r *policy.Rule) []int32 {
	if names, ok := plain(r.Resources); ok && !r.NotResources {
		out := slices.Clone(f.floating)
		for _, name := range names {
			if isPlaceless(name) {
				out = append(out, f.placed...)
			}
			for _, key := range keysOf(name) {
				out = f.named.appendOf(out, key)
			}
		}
		return out
	}
	key := strings.Join(r.Resources, "\n")
	if r.NotResources {
		key = "\n" + key
	}
	if r.HasVariables() {
		key = "$" + key
	}
	f.mu.Lock()
	out, ok := f.covered[key]
	f.mu.Unlock()
	if ok {
		return out
	}
	for i := range f.places {
		if f.maySpeakOf(r, f.places[i].arn()) {
			out = append(out, int32(i))
		}
	}
	f.mu.Lock()
	f.covered[key] = out
	f.mu.Unlock()
	return out
}

// isPlaceless says whether nobody knows the account or Region of a name.
func isPlaceless(s string) bool {
	return cfn.Mentions(s, "account") || cfn.Mentions(s, "region")
}

// maySpeakOf says whether a statement may speak of a resource, or of none in particular.
func (f *finder) maySpeakOf(r *policy.Rule, arn string) bool {
	for i := range r.Resources {
		p := r.ResourcePattern(i)
		switch t := p.Covers(arn); {
		case r.NotResources && t == cfn.Yes && !strings.Contains(r.Resources[i], "${"):
			return false
		case !r.NotResources && t != cfn.No:
			return true
		}
	}
	return r.NotResources
}
