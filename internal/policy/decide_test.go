package policy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

func allows(questions []Question, contexts []Context) bool {
	for i, q := range questions {
		q.Request.Context = contexts[i]
		if !Evaluate(q.Request, q.Policies).Allowed {
			return false
		}
	}
	return true
}

// tally counts what a property came across.
type tally struct {
	problems, circumstances, needless int
	verdicts                          map[Verdict]int
}

// checkDecide says in what the outcome for a problem without unknown parts is wrong, or "".
func checkDecide(r *rand.Rand, n *tally) string {
	m := makeProblem(r, false)
	questions, err := m.questions(nil, nil)
	if err != nil {
		return "" // a variable where none may be
	}
	out := Decide(questions)
	n.problems++
	n.verdicts[out.Verdict]++
	some, everyPlain := false, true
	tries := 0
	m.circumstances(m.told, func(contexts []Context, plain bool) bool {
		tries++
		allowed := allows(questions, contexts)
		some = some || allowed
		everyPlain = everyPlain && (allowed || !plain)
		return tries < 800 && !(some && !everyPlain)
	})
	n.circumstances += tries
	wrong := ""
	switch {
	case out.Verdict == Refused && some:
		wrong = "refused, but allowed in a circumstance"
	case out.Verdict == Allowed && !everyPlain:
		wrong = "allowed, but refused in a circumstance"
	// of which AWS does not say all
	case out.Verdict == Undecided && !out.Exhausted &&
		!strings.Contains(m.String(), "NotPrincipal"):
		wrong = "undecided, though everything can be read"
	case out.Verdict == Possible && !witnessed(questions, m.told, out):
		wrong = "possible, but refused in the circumstance of its witness"
	case out.Verdict == Allowed && !witnessed(questions, m.told, out):
		wrong = "allowed, but refused in the circumstance of its witness"
	}
	if out.Verdict == Possible && everyPlain && tries < 800 {
		n.needless++
	}
	again := Decide(questions)
	if wrong == "" && !reflect.DeepEqual(withoutRules(out), withoutRules(again)) {
		wrong = "another outcome the second time"
	}
	if wrong == "" {
		return ""
	}
	return fmt.Sprintf("%s: %+v\n%s", wrong, out.Context, m)
}

func withoutRules(o Outcome) Outcome {
	for i := range o.Parts {
		o.Parts[i].By, o.Parts[i].Near = nil, nil
	}
	return o
}

func witnessed(questions []Question, told string, out Outcome) bool {
	var contexts []Context
	for _, keys := range out.Context {
		c := Context{}.With("t:told", told)
		for k, values := range keys {
			c = c.With(k, values...)
		}
		contexts = append(contexts, c)
	}
	return allows(questions, contexts)
}

func (m *made) String() string {
	return cfn.Shown(fmt.Sprintf("identity %v\nboundary %v\nresource %v\nkey %v, "+
		"caller %+v, owner %s, asks %v, told %s", m.identity, m.boundary, m.resource, m.key,
		m.caller, m.owner, m.asks, m.told))
}

func TestDecideAgreesWithEveryCircumstance(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated policies")
	}
	n := tally{verdicts: map[Verdict]int{}}
	for seed := range uint64(effort(5000)) {
		if wrong := checkDecide(rand.New(rand.NewPCG(seed, 7)), &n); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
	t.Logf("%+v", n)
	if n.verdicts[Refused]*n.verdicts[Possible]*n.verdicts[Allowed] == 0 ||
		n.verdicts[Undecided]*10 > n.problems || n.needless*10 > n.problems {
		t.Errorf("the problems are no sample: %+v", n)
	}
}

// checkUnknowns says in what the outcome for a problem with unknown parts is wrong for some filling
// of them, or "".
func checkUnknowns(r *rand.Rand, n *tally) string {
	m := makeProblem(r, true)
	questions, err := m.questions(nil, nil)
	if err != nil {
		return ""
	}
	out := Decide(questions)
	n.problems++
	n.verdicts[out.Verdict]++
	for range 12 {
		with := map[string]string{
			"U": pick(r, "", "a", "b", "*", "ab", "s:Get", anARN, anARN+"a", ownAccount,
				"arn:aws:iam::"+ownAccount+":role/a", "arn:aws:iam::"+ownAccount+":root", Allow,
				Deny, "true", "1", "x"),
			"V": pick(r, "a", "b", "x"),
		}
		concrete, err := m.questions(with,
			m.statement(r, false, m.resource != nil && r.IntN(2) == 0))
		if err != nil {
			continue
		}
		told := filled(m.told, with, nil).(string)
		if out.Verdict == Possible || out.Verdict == Allowed {
			asFilled := out
			asFilled.Context = nil
			for _, keys := range out.Context {
				c := map[string][]string{}
				for k, values := range keys {
					for _, v := range values {
						c[k] = append(c[k], filled(v, with, nil).(string))
					}
				}
				asFilled.Context = append(asFilled.Context, c)
			}
			if !witnessed(concrete, told, asFilled) {
				return fmt.Sprintf("its witness is refused with %v: %v %v\n%s", with, out.Verdict,
					out.Context, m)
			}
		}
		wrong, tries := "", 0
		m.sampled(r).circumstances(told, func(contexts []Context, plain bool) bool {
			tries++
			allowed := allows(concrete, contexts)
			switch {
			case out.Verdict == Refused && allowed:
				wrong = "refused, but allowed in a circumstance"
			case out.Verdict == Allowed && !allowed && plain:
				wrong = "allowed, but refused in a circumstance"
			}
			return wrong == "" && tries < 100 && (out.Verdict == Refused || out.Verdict == Allowed)
		})
		n.circumstances += tries
		if wrong != "" {
			return fmt.Sprintf("%s with %v\n%s", wrong, with, m)
		}
	}
	return ""
}

func TestDecideAgreesWithEveryFilling(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated policies")
	}
	n := tally{verdicts: map[Verdict]int{}}
	for seed := range uint64(effort(2000)) {
		if wrong := checkUnknowns(rand.New(rand.NewPCG(seed, 8)), &n); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
	t.Logf("%+v", n)
	if n.verdicts[Refused]*n.verdicts[Possible]*n.verdicts[Allowed]*n.verdicts[Undecided] == 0 {
		t.Errorf("the problems are no sample: %+v", n)
	}
}

// effort is how many problems a property tries: more where the environment says EFFORT=10.
func effort(n int) int {
	times := 1
	fmt.Sscan(os.Getenv("EFFORT"), &times)
	return n * times
}

func FuzzDecide(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		n := tally{verdicts: map[Verdict]int{}}
		if wrong := checkDecide(rand.New(rand.NewPCG(seed, 9)), &n); wrong != "" {
			t.Fatal(wrong)
		}
		if wrong := checkUnknowns(rand.New(rand.NewPCG(seed, 10)), &n); wrong != "" {
			t.Fatal(wrong)
		}
	})
}
