package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// callOf is a question about one statement of each effect and condition block, of keys that are
// open.
func callOf(t testing.TB, statements ...any) []Question {
	t.Helper()
	rules, err := decodeMaps(map[string]any{"Version": withVariables, "Statement": statements})
	if err != nil {
		t.Fatal(err)
	}
	return []Question{{
		Request: Request{
			Caller: Caller{ARN: "arn:aws:iam::111122223333:role/a"}, Action: "s:Get",
			Resource: "arn:aws:s:r:111122223333:x/a",
		},
		Policies: Policies{Identity: []Source{{Name: "p", Rules: rules}}},
		Facts: func(key string) Fact {
			return Fact{State: Open, Many: strings.HasPrefix(key, "many")}
		},
	}}
}

func openStatement(effect string, conditions ...string) any {
	block := map[string]any{}
	for i := 0; i+2 < len(conditions); i += 3 {
		keys, ok := block[conditions[i]].(map[string]any)
		if !ok {
			keys = map[string]any{}
			block[conditions[i]] = keys
		}
		keys[conditions[i+1]] = strings.Split(conditions[i+2], ",")
	}
	s := map[string]any{"Effect": effect, "Action": "s:*", "Resource": "*"}
	if len(block) > 0 {
		s["Condition"] = block
	}
	return s
}

func TestPatternsThatExplodeEndInTime(t *testing.T) {
	teams := make([]string, 50)
	for i := range teams {
		teams[i] = fmt.Sprintf("arn:aws:iam::111122223333:role/team%d-*", i)
	}
	globs := func(patterns ...string) (states []glob) {
		for _, s := range patterns {
			p, _ := compile(s, freely, false)
			states = append(states, globOf(p.text, false))
		}
		return states
	}
	for _, c := range []struct {
		name     string
		patterns []string
		classes  int
		complete bool
	}{
		{"teams", teams, 51, true},
		{"two of seven places", []string{"*a??????", "*b??????"}, 3, true},
		{"six of thirty places",
			[]string{"*a" + strings.Repeat("?", 30), "*b" + strings.Repeat("?", 30),
				"*c" + strings.Repeat("?", 30), "*d*", "*e*", "*f*"}, 0, false},
	} {
		began := time.Now()
		classes, complete := newAutomaton(globs(c.patterns...), 1, nil).classes(1, nil, mostStates)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
		if complete != c.complete || c.complete && len(classes) != c.classes {
			t.Errorf("%s: %d classes, complete %v", c.name, len(classes), complete)
		}
	}
}

// The calls of which the search gives up, or nearly does.
func TestDecideEndsInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("its policies want very much work")
	}
	keys := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("t:key%d", i))
		}
		return out
	}
	long := strings.Repeat("?", 30)
	// Each of eleven keys has one of ten colours, and no two have the same: there are no such
	// colours.
	var clique []any
	var coloured []string
	colours := strings.Split("0,1,2,3,4,5,6,7,8,9", ",")
	for i, a := range keys(11) {
		coloured = append(coloured, "StringEquals", a, strings.Join(colours, ","))
		for _, b := range keys(11)[i+1:] {
			for _, colour := range colours {
				clique = append(clique,
					openStatement(Deny, "StringEquals", a, colour, "StringEquals", b, colour))
			}
		}
	}
	// Many ways for several questions, of which none holds with the last.
	var ways []any
	for _, k := range keys(40) {
		ways = append(ways,
			openStatement(Allow, "StringEquals", k, "a", "StringEquals", "t:common", "x"))
	}
	several := callOf(t, append(ways, openStatement(Deny, "StringEquals", "t:common", "x"))...)
	for i := range 3 {
		q := several[0]
		q.Action = fmt.Sprintf("s:Get%d", i)
		several = append(several, q)
	}
	var sets []any
	for i := range 6 {
		sets = append(sets,
			openStatement(Deny, "ForAnyValue:StringLike", "many:k", fmt.Sprintf("*%c*", 'a'+i)),
			openStatement(Deny, "ForAllValues:StringLike", "many:k", fmt.Sprintf("?%c*", 'a'+i)))
	}
	for _, c := range []struct {
		name string
		call []Question
		want []Verdict
	}{
		{"patterns of which no text is all",
			callOf(t,
				openStatement(Allow, "StringLike", "t:a", "*a"+long, "StringLikeIfExists", "t:a",
					"*b"+long, "ForAnyValue:StringLike", "t:a", "*c"+long, "Null", "t:a", "true")),
			[]Verdict{Refused, Undecided}},
		{"patterns that explode",
			callOf(t,
				openStatement(Allow, "StringLike", "t:a", "*a"+long+",*d*", "StringNotLike", "t:a",
					"*b"+long+",*c"+long)), []Verdict{Possible, Undecided}},
		{"a clique", callOf(t, append(clique, openStatement(Allow, coloured...))...),
			[]Verdict{Undecided}},
		{"many ways", several, []Verdict{Undecided, Refused}},
		{"many sets", callOf(t, append(sets, openStatement(Allow))...),
			[]Verdict{Possible, Undecided}},
	} {
		began := time.Now()
		out := Decide(c.call)
		took := time.Since(began)
		t.Logf("%s: %d after %v", c.name, out.Verdict, took)
		if !slices.Contains(c.want, out.Verdict) || (out.Verdict == Undecided) != out.Exhausted {
			t.Errorf("%s: verdict %d, exhausted %v", c.name, out.Verdict, out.Exhausted)
		}
		if took > 2*time.Second { // a third of a second on an idle machine
			t.Errorf("%s took %v", c.name, took)
		}
	}
}

// The order of statements changes no verdict where the search comes to its end.
func TestDecideDoesNotDependOnTheOrderOfStatements(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated policies")
	}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 11))
		m := makeProblem(r, seed%2 == 0)
		before, err := m.questions(nil, nil)
		if err != nil {
			continue
		}
		list := m.identity.(map[string]any)["Statement"].([]any)
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if m.resource != nil {
			slices.Reverse(m.resource.(map[string]any)["Statement"].([]any))
		}
		after, err := m.questions(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, b := Decide(before), Decide(after)
		if a.Verdict != b.Verdict || a.Explicit != b.Explicit {
			t.Fatalf("seed %d: %d and %d\n%s", seed, a.Verdict, b.Verdict, m)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	var ten []string
	var denials []any
	for i := range 10 {
		ten = append(ten, "StringEquals", fmt.Sprintf("t:k%d", i), "a,b")
	}
	for i := range 5 {
		denials = append(denials,
			openStatement(Deny, "StringNotEquals", fmt.Sprintf("t:k%d", i), "a"))
	}
	other := map[string]any{"Effect": Allow, "Action": []string{"x:Get", "y:Put"}, "Resource": "*"}
	others := make([]any, 40)
	for i := range others {
		others[i] = other
	}
	for _, c := range []struct {
		name string
		call []Question
	}{
		{"no conditions", callOf(b, append(others, openStatement(Allow))...)},
		{"refused", callOf(b, others...)},
		{"one condition", callOf(b, openStatement(Allow, "StringEquals", "t:k", "a"))},
		{"ten conditions and five denials",
			callOf(b, append(denials, openStatement(Allow, ten...))...)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Decide(c.call)
			}
		})
	}
}
