package access_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/simulator/faults"
	"github.com/secretctl/secretctl/internal/simulator/generate"
	"github.com/secretctl/secretctl/internal/verb"
)

// comparedPair is a generated estate before and after a change, with the difference.
type comparedPair struct {
	kind    string
	sides   [2]*sound // before and after
	d       *access.Difference
	changes map[at]*access.Change
	count   map[string]int
	wrong   []string
}

// openPair compares the estate of a seed with a changed one; every third pair the other way round.
func openPair(seed uint64, count map[string]int) (*comparedPair, error) {
	r := rand.New(rand.NewPCG(seed, 31))
	kind := generate.ChangeKinds[r.IntN(len(generate.ChangeKinds))]
	before := generate.Estate(seed)
	after, changed := generate.Changed(seed, kind, r)
	if !changed {
		kind = "nothing"
	}
	if r.IntN(3) == 0 {
		before, after = after, before
		kind += ", undone"
	}
	p := &comparedPair{kind: kind, count: count, changes: map[at]*access.Change{}}
	for i, g := range []*generate.Generated{before, after} {
		s, err := openGenerated(g)
		if err != nil {
			return nil, err
		}
		p.sides[i] = s
	}
	p.d = access.Compare(p.sides[0].e, p.sides[1].e, testedVerbs)
	for i := range p.d.Changes {
		c := &p.d.Changes[i]
		p.changes[at{c.Principal.ID, c.Secret.ID, c.Region, c.Verb}] = c
		count[fmt.Sprintf("change: %s (%s, then %s)", c.Kind, c.Before.Effect, c.After.Effect)]++
	}
	count["pairs"]++
	count["pairs: "+kind]++
	return p, nil
}

func (p *comparedPair) say(format string, args ...any) {
	p.wrong = append(p.wrong, fmt.Sprintf("seed %d (%s): ", p.sides[0].g.Seed, p.kind)+
		fmt.Sprintf(format, args...))
}

// fits says whether a kind of change may be told where the answers of the two matrices are known.
func fits(kind access.ChangeKind, before, after access.Effect) bool {
	var may []access.ChangeKind
	switch {
	case before == access.Unknown && after == access.Unknown:
		may = []access.ChangeKind{access.Unchanged, access.ChangeNotKnown}
	case before == access.Unknown || after == access.Unknown:
		may = []access.ChangeKind{access.ChangeNotKnown}
	case before == after && before == access.Deny:
		may = []access.ChangeKind{access.Unchanged}
	case before == access.Deny:
		may = []access.ChangeKind{access.Gains}
	case after == access.Deny:
		may = []access.ChangeKind{access.Loses}
	case before == access.Conditional && after == access.Allow:
		may = []access.ChangeKind{access.Widens, access.Changes}
	case before == access.Allow && after == access.Conditional:
		may = []access.ChangeKind{access.Narrows, access.Changes, access.ChangeNotKnown}
	default:
		may = []access.ChangeKind{access.Unchanged, access.Widens, access.Narrows, access.Changes,
			access.ChangeNotKnown}
	}
	return slices.Contains(may, kind)
}

// matrices compares the difference with those of the answers, each asked independently.
func (p *comparedPair) matrices() {
	both := map[string]bool{}
	for _, who := range p.sides[0].principals() {
		both[who.ID] = true
	}
	secrets := map[string][]string{}
	for _, w := range p.sides[1].e.Worlds {
		for _, s := range w.Secrets {
			if p.sides[0].secret(s.ID) == nil {
				continue
			}
			for _, c := range s.Copies {
				if !slices.Contains(secrets[s.ID], c.Region) {
					secrets[s.ID] = append(secrets[s.ID], c.Region)
				}
			}
		}
	}
	for _, who := range p.sides[1].principals() {
		for _, secret := range slices.Sorted(maps.Keys(secrets)) {
			for i, region := range secrets[secret] {
				for _, v := range testedVerbs {
					if !both[who.ID] || !v.Reaches(i) {
						continue
					}
					k := at{who.ID, secret, cfn.Shown(region), v.Name}
					kind := access.Unchanged
					if c := p.changes[k]; c != nil {
						kind = c.Kind
					}
					b, a := p.effect(0, k), p.effect(1, k)
					p.count["cells"]++
					if !fits(kind, b, a) {
						p.say("%v was %s and is %s: %s", k, b, a, kind)
					}
				}
			}
		}
	}
}

// effect is the answer of one side to a verb: in part is no.
func (p *comparedPair) effect(side int, k at) access.Effect {
	x := p.sides[side].explain(k.principal, k.verb, k.secret, k.region)
	if x.Only != nil {
		return access.Deny
	}
	return x.Effect
}

// shown puts the witnesses of all changes to the simulator: one side allows them, the other
// refuses one of them.
func (p *comparedPair) shown() {
	for i := range p.d.Changes {
		c := &p.d.Changes[i]
		x := p.d.Evidence(c)
		if (c.Kind == access.Gains || c.Kind == access.Loses) && len(x.Because) == 0 {
			p.count["without a statement"]++
		}
		p.witnessed(c, 1, x.Gained, x.GainedIn)
		p.witnessed(c, 0, x.Lost, x.LostIn)
	}
}

func (p *comparedPair) witnessed(
	c *access.Change, side int, list []access.Witness, in []access.NamedTruth,
) {
	if len(list) == 0 || !slices.Contains([]string{"Db", "Api", "Token"}, c.Secret.ID) {
		return
	}
	refusedBy := 0
	for _, one := range list {
		allowed, ok := p.put(side, c, one, in)
		if ok && !allowed {
			p.say("%s %s %s %s: its own side refuses %v", c.Principal.ID, c.Kind, c.Verb,
				c.Secret.ID, one)
		}
		allowed, known := p.put(1-side, c, one, in)
		if !ok || !known || !allowed {
			refusedBy++
		}
	}
	p.count["witnesses of changes"]++
	if refusedBy == 0 {
		p.say("%s %s %s %s: the other side allows %v", c.Principal.ID, c.Kind, c.Verb, c.Secret.ID,
			list)
	}
}

// put puts a witness to the simulator of a side; not ok: it cannot be, or it is doubtful.
func (p *comparedPair) put(
	side int, c *access.Change, one access.Witness, in []access.NamedTruth,
) (allowed, ok bool) {
	s := p.sides[side]
	assuming, ok := s.assuming(&access.World{Conditions: in})
	secret := s.secret(c.Secret.ID)
	var who *access.Principal
	for _, x := range s.principals() {
		if x.ID == c.Principal.ID {
			who = x
		}
	}
	if !ok || secret == nil || who == nil {
		return false, false
	}
	copied := slices.IndexFunc(secret.Copies, func(x access.Copy) bool {
		return s.shownRegion(secret.ID, x.Region) == c.Region
	})
	count := map[string]int{"doubtful": 0}
	said := s.refuses(who, secret, max(copied, 0), one, assuming, count)
	if count["witnesses"] == 0 || count["doubtful"] > 0 || len(count) > 2 {
		return false, false
	}
	return said == "", true
}

// simulated draws calls on one side and asks the simulator of both: what one alone allows is told.
func (p *comparedPair) simulated(side, n int) {
	mine, other := p.sides[side], p.sides[1-side]
	for _, call := range mine.g.Requests(n, rand.New(rand.NewPCG(mine.g.Seed, 33))) {
		if !call.Allowed() || call.Doubtful() || !other.g.RefusesCall(call) {
			continue
		}
		call.Region = mine.shownRegion(call.SecretID, call.Region)
		for _, who := range mine.principals() {
			if !mine.madeBy(who, call.PrincipalID) {
				continue
			}
			p.count["calls that only one side allows"]++
			if !p.told(side, who.ID, call) && !p.onlyLooks(who.ID, call) {
				p.say("%s may %s %s on one side alone and that is not told\n%s", who.ID, call.Verb,
					call.SecretID, call.Explained())
			}
			break
		}
	}
}

// told says whether a change tells that a call is allowed on one side alone: of a verb that has it,
// or of the action.
func (p *comparedPair) told(side int, who string, call generate.Call) bool {
	for k, c := range p.changes {
		if k.principal != who || k.secret != call.SecretID || k.region != call.Region ||
			k.verb != call.Verb && !strings.Contains(k.verb, ":") &&
				!slices.Contains(verbOf(k.verb).OnSecret, call.Requests[0].Action) ||
			strings.Contains(k.verb, ":") && k.verb != call.Requests[0].Action {
			continue
		}
		switch c.Kind {
		case access.Changes, access.ChangeNotKnown:
			return true
		case access.Gains, access.Widens:
			if side == 1 || c.Perhaps {
				return true
			}
		case access.Loses, access.Narrows:
			if side == 0 {
				return true
			}
		}
	}
	return false
}

// onlyLooks says whether a call is a single action that looks at metadata alone, of somebody whom a
// verb is allowed on some side: such are not told apart.
func (p *comparedPair) onlyLooks(who string, call generate.Call) bool {
	if !strings.Contains(call.Verb, ":") || !verb.Looks(call.Requests[0].Action) {
		return false
	}
	return slices.ContainsFunc(testedVerbs, func(v *verb.Verb) bool {
		k := at{who, call.SecretID, call.Region, v.Name}
		return p.effect(0, k) != access.Deny || p.effect(1, k) != access.Deny
	})
}

// comparePairs compares generated pairs.
func comparePairs(pairs, calls int) ([]string, map[string]int) {
	var mu sync.Mutex
	var wrong []string
	total := map[string]int{}
	parallel.Each(pairs, func(i int) {
		mu.Lock()
		enough := len(wrong) > 20 || len(wrong) > 0 && faults.Planted()
		mu.Unlock()
		if enough || !chosenSeed(os.Getenv("SOUNDNESS_SEED"), i) {
			return
		}
		count := map[string]int{}
		p, err := openPair(uint64(i), count)
		if err == nil {
			p.matrices()
			p.shown()
			p.simulated(0, calls)
			p.simulated(1, calls)
			same := strings.HasPrefix(p.kind, "nothing") || strings.HasPrefix(p.kind, "reordered") ||
				strings.HasPrefix(p.kind, "split") || strings.HasPrefix(p.kind, "doubled")
			if same && len(p.d.Changes) > 0 {
				p.say("%d changes: %+v", len(p.d.Changes), p.d.Changes[0])
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			wrong = append(wrong, err.Error())
			return
		}
		wrong = append(wrong, p.wrong...)
		for name, n := range count {
			total[name] += n
		}
	})
	return wrong, total
}

// pairsToCompare is how many generated pairs a test compares. With -short it compares none, since
// each such test takes seconds; make test runs all of them.
func pairsToCompare(t *testing.T) int {
	t.Helper()
	if testing.Short() {
		t.Skip("comparing generated pairs takes seconds: it is left to a run without -short")
	}
	if os.Getenv("SOUNDNESS") == "full" {
		return 10_000
	}
	return 150
}

// TestDifferencesAreThoseOfTheMatrices holds the differences of generated pairs of estates against
// the answers about each estate alone, and against the simulator.
func TestDifferencesAreThoseOfTheMatrices(t *testing.T) {
	pairs := pairsToCompare(t)
	const calls = 30
	wrong, count := comparePairs(pairs, calls)
	slices.Sort(wrong)
	for _, w := range wrong {
		t.Error(w)
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		t.Logf("%8d  %s", count[name], name)
	}
}

// TestOnlyThoseWhomStatementsSpeakOfAreAsked holds the changes of generated pairs of estates
// against those that are found by asking everybody, and the secrets that are not the same against
// what describes them.
func TestOnlyThoseWhomStatementsSpeakOfAreAsked(t *testing.T) {
	pairs := pairsToCompare(t)
	asked, all, changed := 0, 0, 0
	for seed := range pairs {
		p, err := openPair(uint64(seed), map[string]int{})
		if err != nil {
			t.Fatal(err)
		}
		everybody := access.CompareEverybody(p.sides[0].e, p.sides[1].e, testedVerbs)
		if got, want := changesOf(p.d), changesOf(everybody); got != want {
			t.Errorf("seed %d (%s): want\n%s\ngot\n%s", seed, p.kind, want, got)
		}
		asked, all = asked+p.d.Asked, all+everybody.Asked
		wrong, n := access.WrongReaches(p.sides[0].e, p.sides[1].e)
		for _, secret := range wrong {
			t.Errorf("seed %d (%s): is %s the same?", seed, p.kind, secret)
		}
		changed += n
	}
	t.Logf("%d of %d asked, %d secrets not the same", asked, all, changed)
	if asked == all || changed == 0 {
		t.Error("nothing was left out, or nothing changed")
	}
}

// changesOf writes all that is said of changes but for their evidence.
func changesOf(d *access.Difference) string {
	var b strings.Builder
	for i := range d.Changes {
		c := &d.Changes[i]
		fmt.Fprintln(&b, c.Kind, c.Principal.ID, c.Verb, c.Secret.ID, c.Region, c.Perhaps,
			c.Before.Effect, c.Before.Conditions, c.After.Effect, c.After.Conditions)
	}
	return b.String()
}
