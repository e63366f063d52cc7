package cfn

import (
	"encoding/json"
	"testing"
)

// TestIdenticalValuesAreWrittenAlike: of all pairs of values, also where one stands in the other.
func TestIdenticalValuesAreWrittenAlike(t *testing.T) {
	values := []any{nil, "", "a", "b", "1", true, false, 1, 2, json.Number("1"), json.Number("1.0"),
		Ref("A"), Ref("B"), []any{}, []any{"a"}, []string{"a"}, []string{"a", "b"}, []any{"a", "b"},
		[]any{"b", "a"}, Object{}, Object{{Key: "a", Value: "b"}}, Object{{Key: "b", Value: "a"}},
		Unread{Unknown{Shown: "a"}}}
	for _, v := range values[:len(values):len(values)] {
		values = append(values, []any{v, 1}, Object{{Key: "a", Value: v}, {Key: "b", Value: 1}})
	}
	same := 0
	for i, a := range values {
		for j, b := range values {
			if !Identical(a, b) {
				continue
			}
			same++
			if JSON(a) != JSON(b) {
				t.Errorf("%s and %s are told to be the same", JSON(a), JSON(b))
			}
			if i != j {
				t.Errorf("values %d and %d are told to be the same", i, j)
			}
		}
	}
	if want := len(values) - 3; same != want { // but what cannot be read, wherever it stands
		t.Errorf("%d values are the same as themselves, want %d", same, want)
	}
}
