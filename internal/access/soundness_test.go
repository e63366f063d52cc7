package access_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/simulator/generate"
)

// size is how much is generated.
type size struct {
	estates, calls int
	coverage       bool // what decides the calls is counted
}

// The sizes of the test: of every run, and with SOUNDNESS=full.
var (
	sampled = size{120, 25, false}
	full    = size{10_000, 100, true}
)

// findings are what a worker found.
type findings struct {
	wrong    []string
	count    map[string]int
	coverage generate.Coverage
}

// TestAnswersAreSound holds all answers about generated estates against an independent simulator:
// what it allows is never answered with no, what it refuses never with yes; witnesses are allowed;
// and reports and questions say the same.
func TestAnswersAreSound(t *testing.T) {
	many := sampled
	if os.Getenv("SOUNDNESS") == "full" {
		many = full
	}
	found := many.run(os.Getenv("SOUNDNESS_SEED"))
	slices.Sort(found.wrong)
	shown := 20
	if os.Getenv("SOUNDNESS_ALL") != "" {
		shown = 1000
	}
	for i, w := range found.wrong {
		if i == shown {
			t.Errorf("and %d more", len(found.wrong)-shown)
			break
		}
		t.Error(w)
	}
	for _, name := range slices.Sorted(maps.Keys(found.count)) {
		t.Logf("%8d  %s", found.count[name], name)
	}
	if many.coverage {
		t.Log("\n" + found.coverage.String())
		enough(t, found)
	}
}

// run generates estates and asks.
func (n size) run(seed string) findings {
	var next atomic.Int64
	var all sync.WaitGroup
	var mu sync.Mutex
	total := findings{count: map[string]int{}, coverage: generate.Coverage{}}
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			own := findings{count: map[string]int{}, coverage: generate.Coverage{}}
			for i := next.Add(1) - 1; i < int64(n.estates); i = next.Add(1) - 1 {
				if len(own.wrong) > 0 && os.Getenv("FAULTS") == "planted" {
					break // the fault is found
				}
				if seed == "" || seed == fmt.Sprint(i) {
					own.estate(uint64(i), n)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total.wrong = append(total.wrong, own.wrong...)
			for name, k := range own.count {
				total.count[name] += k
			}
			for name, k := range own.coverage {
				total.coverage[name] += k
			}
		})
	}
	all.Wait()
	return total
}

// estate asks everything about one estate.
func (f *findings) estate(seed uint64, n size) {
	g := generate.Estate(seed)
	s, err := openGenerated(g)
	if err != nil {
		f.wrong = append(f.wrong, err.Error())
		return
	}
	f.count["estates"]++
	f.count["worlds"] += len(s.e.Worlds)
	f.wrong = append(f.wrong, s.disagreements(f.count)...)
	f.wrong = append(f.wrong, s.witnesses(f.count)...)
	for _, c := range g.Requests(n.calls, rand.New(rand.NewPCG(seed, 3))) {
		f.count["calls"]++
		if n.coverage {
			f.coverage.Count(c)
		}
		if c.Allowed() {
			f.count["calls that are allowed"]++
		}
		for _, v := range s.views(c) {
			f.count["answers: "+v.effect]++
		}
		f.wrong = append(f.wrong, s.differ(c)...)
	}
}

// enough fails if something decided too few calls, or too much is passed over. That most calls are drawn to satisfy a statement is the generator's.
func enough(t *testing.T, found findings) {
	t.Helper()
	const least, leastWitnesses = 1_000, 20_000
	for _, name := range generate.Wanted() {
		if found.coverage[name] < least {
			t.Errorf("%s decided only %d calls", name, found.coverage[name])
		}
	}
	passed := 0
	for name, n := range found.count {
		if strings.HasPrefix(name, "passed over") {
			passed += n
		}
	}
	if passed*20 > found.count["witnesses"] {
		t.Errorf("%d witnesses are passed over", passed)
	}
	if c := found.count; c["calls that are allowed"]*20 < c["calls"] || c["witnesses"] < leastWitnesses {
		t.Errorf("only %d of %d calls are allowed, and there are %d witnesses", c["calls that are allowed"], c["calls"], c["witnesses"])
	}
}

// disagreements returns the pairs of which the report and a question say something different.
func (s *sound) disagreements(count map[string]int) []string {
	var wrong []string
	report := s.e.Report(asked, nil, nil)
	type at struct{ principal, secret, region, verb string }
	rows := map[at]access.Effect{}
	say := func(k at, row, answer any) {
		wrong = append(wrong, fmt.Sprintf("seed %d: %s %s %s in %s: the report says %v, a question %v", s.g.Seed, k.principal, k.verb, k.secret, k.region, row, answer))
	}
	everybody := ""
	for _, p := range report.Principals {
		if p.Kind == access.EverybodyPrincipal.String() && p.ARN == "*" {
			everybody = p.ID
		}
	}
	for _, r := range report.Rows {
		secret := report.Secrets[r.Secret]
		k := at{report.Principals[r.Principal].ID, secret.ID, secret.Regions[r.Region], report.Verbs[r.Verb]}
		rows[k] = r.Answer.Effect
		count["rows"]++
		if x := s.explain(k.principal, k.verb, k.secret, k.region); x.Effect != r.Answer.Effect || x.Only != nil && strings.Contains(k.verb, ":") {
			say(k, r.Answer.Effect, x.Effect)
		}
	}
	for _, p := range s.principals() {
		for _, secret := range report.Secrets {
			for i, region := range secret.Regions {
				for _, v := range asked {
					x := s.explain(p.ID, v.Name, secret.ID, region)
					count["questions"]++
					k := at{p.ID, secret.ID, region, v.Name}
					_, is := rows[k]
					if is || x.Effect == access.Deny && !x.Explicit || !v.Reaches(i) {
						continue
					}
					if p.Kind == access.EverybodyPrincipal && rows[at{everybody, k.secret, k.region, k.verb}] == x.Effect {
						continue // what everybody can do is said of everybody
					}
					if x.Only == nil {
						say(k, "nothing", x.Effect)
						continue
					}
					for _, action := range x.Only {
						one := at{k.principal, k.secret, k.region, action}
						if rows[at{everybody, k.secret, k.region, action}] != access.Deny && p.Kind == access.EverybodyPrincipal {
							continue
						}
						if _, is := rows[one]; !is && !strings.HasSuffix(action, "ListSecretVersionIds") {
							say(one, "nothing", s.explain(p.ID, action, secret.ID, region).Effect)
						}
					}
				}
			}
		}
	}
	return wrong
}
