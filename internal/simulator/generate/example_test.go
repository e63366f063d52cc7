package generate_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/secretctl/secretctl/internal/simulator/generate"
)

// A driver makes estates, loads their templates, answers each call, and adds up what decided them.
func ExampleGenerated_Check() {
	coverage, wrong := generate.Coverage{}, 0
	for seed := range uint64(5) {
		g := generate.Estate(seed)
		// Here the templates are loaded: g.Templates has their text, account and Region.
		differences, err := g.Check(50, rand.New(rand.NewPCG(seed, 0)),
			func(c generate.Call) (string, error) {
				coverage.Count(c)
				// Here c.PrincipalID, c.Verb, c.SecretID and c.Region are asked about.
				return "conditional", nil
			})
		if err != nil {
			fmt.Println(err)
		}
		for _, d := range differences {
			fmt.Println(d)
		}
		wrong += len(differences)
	}
	fmt.Println(coverage["calls"], "calls,", wrong, "wrong answers")
	// Output: 250 calls, 0 wrong answers
}
