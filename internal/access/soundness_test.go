package access_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/simulator/faults"
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
	if testing.Short() {
		t.Skip("many generated estates are asked about")
	}
	many := sampled
	switch {
	case os.Getenv("SOUNDNESS") == "full":
		many = full
	case faults.Planted(): // one finding is enough, and some faults show in few estates
		many.estates *= 8
	}
	found := many.run(os.Getenv("SOUNDNESS_SEED"))
	slices.Sort(found.wrong)
	for _, w := range found.wrong {
		t.Error(w)
	}
	for _, name := range slices.Sorted(maps.Keys(found.count)) {
		t.Logf("%8d  %s", found.count[name], name)
	}
	if many.coverage && os.Getenv("SOUNDNESS_SEED") == "" {
		t.Log("\n" + found.coverage.String())
		enough(t, found)
	}
}

// run generates estates and asks.
func (n size) run(seed string) findings {
	var mu sync.Mutex
	var all []*findings
	newFindings := func() *findings {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, &findings{count: map[string]int{}, coverage: generate.Coverage{}})
		return all[len(all)-1]
	}
	total := newFindings()
	parallel.With(n.estates, newFindings, func(i int, own *findings) {
		found := len(own.wrong) > 0 && faults.Planted()
		if !found && chosenSeed(seed, i) {
			own.estate(uint64(i), n)
		}
	})
	for _, own := range all[1:] {
		total.wrong = append(total.wrong, own.wrong...)
		for name, k := range own.count {
			total.count[name] += k
		}
		for name, k := range own.coverage {
			total.coverage[name] += k
		}
	}
	return *total
}

// chosenSeed says whether a seed is asked for: by no text each is, by "395" one, and by "400-600"
// those from the first up to the last.
func chosenSeed(text string, seed int) bool {
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		return text == "" || text == fmt.Sprint(seed)
	}
	first, _ := strconv.Atoi(from)
	last, _ := strconv.Atoi(to)
	return first <= seed && seed <= last
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
	f.wrong = append(f.wrong, s.becomings(f.count)...)
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

// enough fails if something decided too few calls, or too much is passed over. That most calls are
// drawn to satisfy a statement is the generator's.
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
	c := found.count
	if c["calls that are allowed"]*20 < c["calls"] || c["witnesses"] < leastWitnesses {
		t.Errorf("only %d of %d calls are allowed, and there are %d witnesses",
			c["calls that are allowed"], c["calls"], c["witnesses"])
	}
}
