package policy

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// piecesOf are what patterns and texts of the next test consist of.
func piecesOf() []string {
	pieces := []string{"a", "B", "b", "0", ":", ":", "-", "é", "*", "?", "*", "*:",
		"aaaaaaaaaaaaaaaaaaaaaaaa"}
	for class := range classes {
		c := cfn.Class(class)
		pieces = append(pieces,
			cfn.Unknown{What: "x", Name: "some", Class: c}.Text(),
			cfn.Unknown{What: "x", Name: "two", Class: c, Min: 2, Max: 2}.Text(),
			cfn.Unknown{What: "x", Name: "few", Class: c, Min: 1, Max: 3, Unique: true}.Text(),
			cfn.Unknown{What: "x", Name: "others", Class: c, Min: 1, Max: 3, Unique: true}.Text(),
			cfn.Unknown{What: "x", Name: "at least", Class: c, Min: 2, Unique: true}.Text(),
			cfn.Unknown{What: "x", Name: "long", Class: c, Min: 70, Max: 80}.Text(),
		)
	}
	return pieces
}

// TestMatchesAsPlainly: sets of places say what laying the pattern over the text in every way says.
func TestMatchesAsPlainly(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated texts")
	}
	pieces := piecesOf()
	r := rand.New(rand.NewPCG(10, 2))
	some := func(from []string) string {
		var b strings.Builder
		for range r.IntN(7) {
			b.WriteString(from[r.IntN(len(from))])
		}
		return b.String()
	}
	counts := map[cfn.Truth]int{}
	for range 30_000 {
		few := make([]string, 5) // so that the same stands in both
		for i := range few {
			few[i] = pieces[r.IntN(len(pieces))]
		}
		beginning := ""
		if r.IntN(2) == 0 {
			beginning = pieces[len(pieces)-1-r.IntN(6*classes)] + few[0]
		}
		p, err := compile(beginning+some(few),
			[...]wildcards{literally, freely, inFields}[r.IntN(3)], false)
		if err != nil {
			t.Fatal(err)
		}
		text := beginning + some(few)
		if r.IntN(2) == 0 {
			text = strings.NewReplacer("*", "aB:", "?", "b").Replace(text)
		}
		fold := r.IntN(3) == 0
		got, want := matches(p.text, text, fold), matchesPlainly(p.text, text, fold)
		if got != want {
			t.Fatalf("%q covers %q (fold %v): %d, want %d", cfn.Shown(p.text), cfn.Shown(text),
				fold, got, want)
		}
		if cfn.HasUnknown(p.text) || cfn.HasUnknown(text) {
			counts[got]++
		}
	}
	for _, truth := range []cfn.Truth{cfn.No, cfn.Maybe, cfn.Yes} {
		if counts[truth] < 200 {
			t.Errorf("%d comparisons of %d", counts[truth], truth)
		}
	}
}
