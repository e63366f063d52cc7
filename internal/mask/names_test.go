package mask

import (
	"math/rand/v2"
	"reflect"
	"regexp"
	"testing"
)

// TestNameOfYAMLIsTheExpression: the names are those that the regular expression finds, in random
// texts of the bytes that matter.
func TestNameOfYAMLIsTheExpression(t *testing.T) {
	expression := regexp.MustCompile(`[&*][A-Za-z][A-Za-z0-9_-]*|!{1,2}[A-Za-z]+|<<:`)
	const bytes = "&*!!<<:aZ0_- \n#é@[`{"
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		text := make([]byte, rng.IntN(12))
		for i := range text {
			text[i] = bytes[rng.IntN(len(bytes))]
		}
		var got [][]int
		for at := 0; ; {
			start, end := nameOfYAML(text, at)
			if start < 0 {
				break
			}
			got, at = append(got, []int{start, end}), end
		}
		if want := expression.FindAllIndex(text, -1); !reflect.DeepEqual(got, want) {
			t.Fatalf("in %q: %v, want %v", text, got, want)
		}
	}
}
