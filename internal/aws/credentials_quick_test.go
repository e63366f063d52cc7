package aws

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestCharactersHideNoCredential: a form of credentials is looked for wherever one of its words
// stands, and assignments wherever there are some.
func TestCharactersHideNoCredential(t *testing.T) {
	parts := []string{"", " ", "\n", "a", "password", "token", "secret", "=", ":", "-", "--", "hunter2",
		"é", "\x00", "\xff", "://", "user", `"`, "_", "password=hunter2x", "secret: hunter2x",
		"--token hunter2x"}
	for _, f := range forms {
		for _, word := range f.only.words {
			parts = append(parts, word.text, word.text[1:], word.text[:len(word.text)-1])
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	assigned, said := 0, 0
	for range 100_000 {
		text := ""
		for range r.IntN(6) {
			text += parts[r.IntN(len(parts))]
		}
		has := charactersOf(text)
		for i := range forms {
			want := slices.ContainsFunc(forms[i].only.words,
				func(w word) bool { return strings.Contains(text, w.text) })
			if got := has.maySay(&forms[i], text); got != want {
				t.Fatalf("%q may have %v: %t", text, forms[i].only.words, got)
			}
			if want {
				said++
			}
		}
		if all := assignments(text); len(all) > 0 {
			assigned++
			if !has.mayAssign() {
				t.Fatalf("%q assigns %v", text, all)
			}
		}
	}
	if assigned < 1000 || said < 10_000 {
		t.Errorf("%d assignments and %d forms are too few", assigned, said)
	}
}
