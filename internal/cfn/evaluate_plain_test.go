package cfn

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestPlainIsResolved: what is plain is resolved to what it is, and takes the steps that resolving
// it member by member takes, however few are left.
func TestPlainIsResolved(t *testing.T) {
	plain := 0
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		v, steps := anyValue(r, 4), 1+r.IntN(60)
		quick, slow := Evaluator{Steps: steps}, Evaluator{Steps: steps}
		got, want := quick.Resolve(v), slow.finished(slow.value(v))
		if !reflect.DeepEqual(got, want) || quick.Steps != slow.Steps ||
			quick.exhausted != slow.exhausted {
			t.Fatalf("seed %d: %#v is resolved to %#v with %d steps left, and not to %#v with %d",
				seed, v, got, quick.Steps, want, slow.Steps)
		}
		if (&Evaluator{}).plainly(v) {
			plain++
		}
	}
	if plain < 1000 {
		t.Errorf("%d plain values are too few", plain)
	}
}

// anyValue returns a value of a template.
func anyValue(r *rand.Rand, depth int) any {
	kinds := 9
	if depth == 0 {
		kinds = 6
	}
	switch r.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return json.Number("7")
	case 3, 4:
		return "text"
	case 5:
		return []any{
			"{{resolve:ssm:name}}", Ref("AWS::Region"), 7, []string{"text"}, Ref(NoValue),
			Object(nil), []any(nil), Unread{},
		}[r.IntN(8)]
	case 6:
		list := []any{}
		for range r.IntN(4) {
			list = append(list, anyValue(r, depth-1))
		}
		return list
	}
	o := Object{}
	for range r.IntN(4) {
		key := "Key"
		if r.IntN(12) == 0 {
			key = []string{"Ref", "Fn::Sub", "Fn::Transform", "Fn::Other"}[r.IntN(4)]
		}
		o = append(o, Member{key, anyValue(r, depth-1)})
	}
	return o
}
