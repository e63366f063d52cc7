package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
)

// finder finds the questions of a report whose answer may be other than no, without asking all of them. It looks for statements that may allow what a verb needs on
// the secret, whatever the request: statements that deny, permissions on keys, boundaries and most conditions are left to Ask. So it may find too much, but never
// too little.
type finder struct {
	estate     *Estate
	verbs      []Verb
	principals []*Principal
	places     []place // in the order of a report
	actions    []aws.Action
	needs      [][2]uint64            // of each verb: bits of actions, on a secret and on a replica
	named      map[string][]int32     // places by ARN, and by what policies write for it
	direct     map[*Principal][]grant // what resource policies say of a principal by its name
	open       map[string][]audience  // what they say of whoever meets conditions: of everybody, at "", and of those of an account
	mild       mild

	mu    sync.Mutex
	found map[string][]int32 // places by the patterns that cover them
}

// place is a copy of a secret.
type place struct {
	secret *Secret
	index  int // in its Copies
	number int // of the secret, from 0
}

func (p place) copy() *Copy { return &p.secret.Copies[p.index] }

// speaking is a statement that allows some of a report's actions.
type speaking struct {
	rule    *policy.Rule
	actions uint64
}

// grant is what a resource policy may allow somebody.
type grant struct {
	secret  int // its number
	actions uint64
}

// audience is everybody whom a statement lets in, with what statements that let in the same people may allow them.
type audience struct {
	rule   *policy.Rule
	grants []grant
}

func newFinder(e *Estate, verbs []Verb, principals, secrets func(id, arn string) bool) *finder {
	if len(verbs) > 64 {
		panic("access: a report has at most 64 verbs")
	}
	f := &finder{estate: e, verbs: verbs, named: map[string][]int32{}, direct: map[*Principal][]grant{}, open: map[string][]audience{}, found: map[string][]int32{}}
	for _, p := range e.Principals {
		if principals == nil || principals(p.ID, p.Caller.ARN) {
			f.principals = append(f.principals, p)
		}
	}
	for number, s := range e.Secrets {
		first := len(f.places)
		for i := range s.Copies {
			if secrets == nil || secrets(s.ID, s.Copies[i].ARN) {
				f.places = append(f.places, place{s, i, number})
			}
		}
		slices.SortStableFunc(f.places[first:], func(a, b place) int { return strings.Compare(a.copy().Region, b.copy().Region) })
	}
	f.readVerbs()
	f.readPlaces()
	return f
}

// secrets returns what the finder looks at, for a report.
func (f *finder) secrets() []Subject {
	var out []Subject
	for i, p := range f.places {
		if i == 0 || f.places[i-1].secret != p.secret {
			out = append(out, Subject{ID: p.secret.ID, ARN: p.copy().ARN})
		}
		last := &out[len(out)-1]
		if p.index == 0 {
			last.ARN = p.copy().ARN
			last.Regions = slices.Insert(last.Regions, 0, p.copy().Region)
			continue
		}
		last.Regions = append(last.Regions, p.copy().Region)
	}
	return out
}

// readVerbs gives every action on secrets a bit. Actions that find none left count as allowed.
func (f *finder) readVerbs() {
	f.needs = make([][2]uint64, len(f.verbs))
	for i := range f.verbs {
		for _, action := range f.verbs[i].OnSecret {
			bit := slices.Index(f.actions, action)
			if bit < 0 {
				bit = len(f.actions)
				f.actions = append(f.actions, action)
			}
			f.needs[i][0] |= 1 << bit
			if aws.OnReplica(action) {
				f.needs[i][1] |= 1 << bit
			}
		}
	}
}

// readPlaces notes under which names policies speak of secrets, and of whom the secrets' own policies speak.
func (f *finder) readPlaces() {
	names := callers(f.principals)
	known := map[string]int{}
	for i, p := range f.places {
		arn := p.copy().ARN
		f.named[arn] = append(f.named[arn], int32(i))
		if n := len(arn) - len(suffix); n > 0 && arn[n] == '-' {
			f.named[arn[:n]+suffix] = append(f.named[arn[:n]+suffix], int32(i))
		}
		if p.secret.Policy == nil || i > 0 && f.places[i-1].number == p.number {
			continue
		}
		for _, s := range f.allowing(p.secret.Policy, false) {
			g := grant{p.number, s.actions}
			ids, accounts := addressees(s.rule)
			for _, id := range ids {
				for _, principal := range names[id] {
					f.direct[principal] = append(f.direct[principal], g)
				}
			}
			for _, account := range accounts {
				f.addressed(account, s.rule, g, known)
			}
		}
	}
}

// addressed notes what a statement may allow everybody, or those of an account. known has where the audience of each signature stands.
func (f *finder) addressed(account string, r *policy.Rule, g grant, known map[string]int) {
	key := account + signature(r)
	at, ok := known[key]
	if !ok {
		at = len(f.open[account])
		known[key] = at
		f.open[account] = append(f.open[account], audience{rule: r})
	}
	a := &f.open[account][at]
	a.grants = append(a.grants, g)
}

// allowing returns the statements of a document that allow some of the actions: of an identity policy those without principals, of a resource policy those with.
func (f *finder) allowing(d *Document, ofIdentity bool) []speaking {
	var out []speaking
	for i := range d.Rules.Statements {
		r := &d.Rules.Statements[i]
		if r.Effect != policy.Allow || r.Principals.IsZero() != ofIdentity {
			continue
		}
		s := speaking{rule: r}
		for bit, action := range f.actions {
			if r.MatchesAction(string(action)) {
				s.actions |= 1 << bit
			}
		}
		if s.actions != 0 {
			out = append(out, s)
		}
	}
	return out
}

// reach is what one principal may be allowed, while it is found out.
type reach struct {
	identity []uint64 // by place: bits of actions
	resource []uint64 // the same, by the number of the secret
	verbs    []uint64 // by place: bits of verbs
}

func (f *finder) newReach() *reach {
	return &reach{identity: make([]uint64, len(f.places)), verbs: make([]uint64, len(f.places)), resource: make([]uint64, len(f.estate.Secrets))}
}

// may returns, for every place, the bits of the verbs that a principal may be allowed there; with everything, of all that mean something.
func (f *finder) may(i int, r *reach, everything bool) []uint64 {
	c := newChecked(f.principals[i])
	possible := f.anywhere(c)
	clear(r.identity)
	clear(r.resource)
	f.byIdentity(c, r)
	f.byResource(c, r)
	for at, p := range f.places {
		r.verbs[at] = 0
		have := c.have(r.identity[at], r.resource[p.number], p.secret.Account)
		for v := range f.verbs {
			need := f.needs[v][min(p.index, 1)]
			may := possible&(1<<v) != 0 && have&need == need && (!f.verbs[v].lists() || c.isOf(p.secret.Account))
			if (may || everything) && f.verbs[v].Reaches(p.index) {
				r.verbs[at] |= 1 << v
			}
		}
	}
	return r.verbs
}

// anywhere returns the bits of the verbs whose actions without a resource a principal may be allowed. Services are never: such actions have no policy that
// could name them.
func (f *finder) anywhere(c *checked) uint64 {
	var out uint64
	for i := range f.verbs {
		if !slices.ContainsFunc(f.verbs[i].Anywhere, func(a aws.Action) bool { return !c.mayAnywhere(string(a)) }) {
			out |= 1 << i
		}
	}
	return out
}

// byIdentity adds what a principal's own policies may allow.
func (f *finder) byIdentity(c *checked, r *reach) {
	for _, d := range c.principal.Identity {
		for _, s := range f.allowing(d, true) {
			for _, at := range f.spokenOf(s.rule) {
				r.identity[at] |= s.actions
			}
		}
	}
}

// byResource adds what the policies of secrets may allow a principal. To be named by its account is enough where the secret is another's.
func (f *finder) byResource(c *checked, r *reach) {
	for _, g := range f.direct[c.principal] {
		r.resource[g.secret] |= g.actions
	}
	for _, account := range []string{everybody, c.account} {
		for i := range f.open[account] {
			if !c.isIn(f.open[account][i].rule) {
				continue
			}
			for _, g := range f.open[account][i].grants {
				if account == everybody || !c.isOf(f.estate.Secrets[g.secret].Account) {
					r.resource[g.secret] |= g.actions
				}
			}
		}
		if c.account == everybody {
			return
		}
	}
}

// spokenOf returns the places that a statement of an identity policy may speak of.
func (f *finder) spokenOf(r *policy.Rule) []int32 {
	if names, ok := plain(r.Resources); ok && !r.NotResources {
		var out []int32
		for _, name := range names {
			out = append(out, f.named[name]...)
		}
		return out
	}
	key := strings.Join(r.Resources, "\n")
	if r.NotResources {
		key = "\n" + key
	}
	f.mu.Lock()
	out, ok := f.found[key]
	f.mu.Unlock()
	if ok {
		return out
	}
	covers := withoutVariables(r)
	for i, p := range f.places {
		if covers(p.copy().ARN) {
			out = append(out, int32(i))
		}
	}
	f.mu.Lock()
	f.found[key] = out
	f.mu.Unlock()
	return out
}
