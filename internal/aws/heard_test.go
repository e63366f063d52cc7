package aws

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestHeardIsWhatItSoundsLike asks again and again of more names than are kept, several of which
// share a place.
func TestHeardIsWhatItSoundsLike(t *testing.T) {
	parts := []string{"db", "Password", "secret", "_", "-", "Token", "key", "arn", "length", "1",
		"PASSWD", "é", "name", "manage", strings.Repeat("x", 40)}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		var name strings.Builder
		for range rng.IntN(4) {
			name.WriteString(parts[rng.IntN(len(parts))])
		}
		for s := range sounds {
			want := soundsLike(name.String(), s.lists()...)
			for range 2 {
				if got := heard(s, name.String()); got != want {
					t.Fatalf("%q has sound %d: %v, want %v", name.String(), s, got, want)
				}
			}
		}
	}
}
