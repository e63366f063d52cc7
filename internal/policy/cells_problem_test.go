package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// textsUpTo returns all texts of an alphabet with at most a number of characters.
func textsUpTo(alphabet string, most int) []string {
	out := []string{""}
	for from, n := 0, 0; n < most; n++ {
		to := len(out)
		for _, s := range out[from:to] {
			for _, c := range alphabet {
				out = append(out, s+string(c))
			}
		}
		from = to
	}
	return out
}

// testOf is a condition as the properties make them.
type testOf struct {
	operator, key string
	values        []string
}

// problemOf returns a problem of which every condition is a test, and these tests.
func problemOf(tests []testOf, facts Facts) (*problem, []ConditionTest) {
	q := Question{Request: Request{Caller: Caller{ARN: "arn:aws:iam::111122223333:role/a"},
		Action: "s:Get", Resource: "r"}, Facts: facts}
	var statements []any
	for _, t := range tests {
		statements = append(statements, map[string]any{
			"Effect": Allow, "Action": "*", "Resource": "*",
			"Condition": map[string]any{t.operator: map[string]any{t.key: t.values}},
		})
	}
	rules, err := decodeMaps(map[string]any{"Version": withVariables, "Statement": statements})
	if err != nil {
		panic(err)
	}
	q.Policies.Identity = []Source{{Name: "p", Rules: rules}}
	p := newProblem([]Question{q})
	p.makeCells()
	var conditions []ConditionTest
	for _, r := range rules.Statements {
		conditions = append(conditions, r.Conditions...)
	}
	return p, conditions
}

// vectorOf writes which tests hold in a circumstance.
func vectorOf(tests []ConditionTest, c Context) string {
	b := make([]byte, len(tests))
	for i := range tests {
		b[i] = '0'
		if tests[i].holds(&c) {
			b[i] = '1'
		}
	}
	return string(b)
}

// any of a list.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func some(r *rand.Rand, n int, one func() string) []string {
	var out []string
	for range 1 + r.IntN(n) {
		out = append(out, one())
	}
	return out
}

func randomText(r *rand.Rand, alphabet string, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

var textOperators = []string{
	"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
	"StringLike", "StringNotLike", "Null", "Bool",
}

func randomTextTest(
	r *rand.Rand, key string, many bool, operators []string, alphabet, wild string,
) testOf {
	t := testOf{operator: pick(r, operators...), key: key}
	if t.operator == "Null" {
		t.values = []string{pick(r, "true", "false")}
		return t
	}
	t.values = some(r, 3, func() string {
		switch {
		case t.operator == "Bool":
			return pick(r, "true", "false")
		case strings.HasSuffix(t.operator, "Like"):
			return randomText(r, wild, 5)
		}
		return randomText(r, alphabet, 3)
	})
	if many || r.IntN(12) == 0 {
		t.operator = pick(r, "", "ForAnyValue:", "ForAllValues:") + t.operator
	}
	if r.IntN(4) == 0 {
		t.operator += "IfExists"
	}
	return t
}

// cellsOfFirst returns the cells of the only key.
func (p *problem) cellsOfFirst() []cell {
	if len(p.keys) == 0 {
		return nil
	}
	return p.keys[0].cells
}

// missing returns a circumstance that no cell is like, or "".
func missing(p *problem, tests []ConditionTest, candidates [][]string) string {
	have := map[string]bool{}
	if len(p.keys) == 0 { // each test is met by every value, or by none
		have[vectorOf(tests, Context{}.With("t:k", candidates[0]...))] = len(candidates) > 0
	}
	for _, c := range p.cellsOfFirst() {
		have[vectorOf(tests, Context{}.With("t:k", c.values...))] = true
	}
	for _, values := range candidates {
		if v := vectorOf(tests, Context{}.With("t:k", values...)); !have[v] {
			return fmt.Sprintf("%q is %s, which is none of %v: %v", values, v, have,
				p.keys[0].cells)
		}
	}
	return ""
}
