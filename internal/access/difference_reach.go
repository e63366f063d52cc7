package access

import (
	"maps"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// A secret that is the same on both sides, with all that decides about it, is the same to every
// principal. Where nothing but statements of its policy or of a key differ, it is the same to whom
// these statements certainly do not speak of: IAM does not take them up then.

// byStatements says that statements are asked of whom they speak; tests change it.
var byStatements = true

// reach is to whom a secret may be another one than before.
type reach struct {
	everybody bool
	// statements that only one side has, of each document that is not the same on both
	odd []*oddStatements
}

// oddStatements are the statements of a document that only one side has.
type oddStatements struct {
	rules [2][]*policy.Rule
	known map[*principalPair]bool // whether they may speak of somebody
}

// reachOf says to whom a secret may be another one than before; nil: to nobody.
func (w *worldPair) reachOf(s *secretPair) *reach {
	a, b := s.of[earlier], s.of[later]
	switch {
	case a == nil || b == nil:
		return &reach{everybody: true}
	case a == b:
		return nil
	case !sameButPolicies(a, b):
		return &reach{everybody: true}
	}
	var out reach
	for i := range a.Policy {
		out.add(w.oddIn(a.Policy[i], b.Policy[i]))
	}
	unstated := cfn.HasUnknown(a.Account)
	for i := range a.Copies {
		if k := a.Copies[i].Key; k != nil && k.Policy != nil {
			out.add(w.oddIn(k.Policy, b.Copies[i].Key.Policy))
			unstated = unstated || cfn.HasUnknown(k.Account)
		}
	}
	if out.odd == nil {
		return nil
	}
	// Whom a statement names decides which accounts an account may be that nobody states.
	out.everybody = unstated || w.mixed || !byStatements
	return &out
}

func (r *reach) add(odd *oddStatements) {
	if odd != nil && !slices.Contains(r.odd, odd) {
		r.odd = append(r.odd, odd)
	}
}

// mostOdd is of how many documents everybody is asked whether their statements speak of them,
// before the secrets are looked at one by one.
const mostOdd = 256

// join adds those whom another reach concerns; past mostOdd, everybody.
func (r *reach) join(other *reach) {
	r.everybody = r.everybody || other.everybody || len(r.odd) > mostOdd
	for _, odd := range other.odd {
		if !r.everybody {
			r.add(odd)
		}
	}
}

// sameButPolicies says whether all that decides about two secrets is the same, but for what the
// policies say that both of them have.
func sameButPolicies(a, b *Secret) bool {
	return a.Account == b.Account && a.Function == b.Function &&
		a.RotationRole == b.RotationRole && a.Rotates == b.Rotates &&
		a.KnownTags == b.KnownTags && a.Type == b.Type && a.Pattern == b.Pattern &&
		a.given == b.given && maps.Equal(a.Tags, b.Tags) && len(a.Policy) == len(b.Policy) &&
		slices.EqualFunc(a.Copies, b.Copies, func(x, y Copy) bool {
			return x.Region == y.Region && x.ARN == y.ARN && x.KeyUnread == y.KeyUnread &&
				x.KeyUnstated == y.KeyUnstated && sameKeyButPolicy(x.Key, y.Key)
		})
}

// sameKeyButPolicy is sameButPolicies of keys.
func sameKeyButPolicy(a, b *Key) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ARN == b.ARN && a.Account == b.Account && a.Region == b.Region &&
		a.Outside == b.Outside && a.Known == b.Known && a.Others == b.Others &&
		(a.Policy == nil) == (b.Policy == nil) && slices.Equal(a.Aliases, b.Aliases) &&
		maps.Equal(a.Tags, b.Tags) && maps.EqualFunc(a.Facts, b.Facts, slices.Equal[[]string])
}

// oddIn returns the statements that only one of two documents has; nil: there are none. Documents
// in the same words are compared once.
func (w *worldPair) oddIn(a, b *Document) *oddStatements {
	key := [2]any{a.words(), b.words()}
	if known, ok := w.odd[key]; ok {
		return known
	}
	var out *oddStatements
	if !sameRulesInOrder(&a.Rules, &b.Rules) {
		out = w.oddOf(a, b)
	}
	w.odd[key] = out
	return out
}

// sameRulesInOrder says whether two documents have the same statements one by one.
func sameRulesInOrder(a, b *policy.Rules) bool {
	return a.Version == b.Version &&
		slices.EqualFunc(a.Statements, b.Statements, func(x, y policy.Rule) bool {
			return x.Effect == y.Effect && len(x.Unread)+len(y.Unread) == 0 &&
				cfn.Identical(x.Value, y.Value)
		})
}

// oddOf is oddIn of documents that are not written alike.
func (w *worldPair) oddOf(a, b *Document) *oddStatements {
	counts := map[digest]int{}
	for _, x := range w.statementsOf(a) {
		counts[x]++
	}
	for _, x := range w.statementsOf(b) {
		counts[x]--
	}
	out := &oddStatements{known: map[*principalPair]bool{}}
	for side, d := range [...]*Document{a, b} {
		for i, x := range w.statementsOf(d) {
			if counts[x] != 0 {
				out.rules[side] = append(out.rules[side], &d.Rules.Statements[i])
			}
		}
	}
	if len(out.rules[earlier])+len(out.rules[later]) == 0 {
		return nil
	}
	return out
}

// mayConcern says whether a secret may be another one than before to a principal that is the same
// on both sides.
func (r *reach) mayConcern(p *principalPair) bool {
	return r != nil && (r.everybody || slices.ContainsFunc(r.odd, func(o *oddStatements) bool {
		known, ok := o.known[p]
		if !ok {
			known = o.speaksOf(p)
			o.known[p] = known
		}
		return known
	}))
}

// speaksOf says whether some of the statements may speak of a principal.
func (o *oddStatements) speaksOf(p *principalPair) bool {
	for side, who := range p.of {
		if who.callsAsOthers() {
			return true
		}
		if p.callers[side] == nil {
			p.callers[side] = callersOf(who)
		}
		for _, one := range p.callers[side] {
			for _, r := range o.rules[side] {
				if r.Anybody() || !r.Excludes(one.facts, whoKeys) &&
					r.Principals.MayBe(one.Caller, r.Effect) {
					return true
				}
			}
		}
	}
	return false
}

// knownCaller is somebody who calls, with what is known of the keys that say who calls.
type knownCaller struct {
	policy.Caller
	facts policy.Facts
}

// callersOf returns as whom policies are asked about a principal.
func callersOf(p *Principal) []knownCaller {
	var out []knownCaller
	for _, one := range []*Principal{p, p.services()} {
		if one != nil {
			facts := onceEach(one.who)
			out = append(out, knownCaller{one.caller(), facts})
		}
	}
	return out
}

// callsAsOthers says whether policies may be asked about a principal as somebody else than it
// seems: of another account, as another of its name or as the role of a session.
func (p *Principal) callsAsOthers() bool {
	return p.callerKind() == policy.AccountRoot || p.Kind == SessionPrincipal ||
		p.Kind == RotationPrincipal || p.anywhere() || len(p.twins) > 0 ||
		cfn.HasUnknown(p.Account)
}
