package golden

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/source"
)

// TestTypingMistakesHaveOneMessage: in specs without errors, two letters of a word are swapped, one
// word at a time. What is found then follows from this one mistake, so that there should be one
// error, and never many.
func TestTypingMistakesHaveOneMessage(t *testing.T) {
	expect.InRoot(t)
	files, err := filepath.Glob("examples/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("there are %d examples (%v)", len(files), err)
	}
	mistakes, errors := 0, 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, at := range wordsToMistype.FindAllIndex(data, -1) {
			if testing.Short() && i%5 > 0 {
				continue
			}
			wrong := append([]byte{}, data...)
			wrong[at[0]+1], wrong[at[0]+2] = wrong[at[0]+2], wrong[at[0]+1]
			r := compile.Compile([]*source.File{source.New(name, wrong)}, nil)
			n := r.Diagnostics.Count(diag.Error)
			if n == 0 {
				continue // a name, or a word that is swapped with itself
			}
			mistakes, errors = mistakes+1, errors+n
			const most = 3
			if n > most {
				t.Errorf("%s: %q for %q has %d errors", name, wrong[at[0]:at[1]], data[at[0]:at[1]], n)
				for _, d := range r.Diagnostics {
					t.Log(d.Code.Number, d.Says(nil))
				}
			}
		}
	}
	const least = 60 // also with -short
	if mistakes < least || errors*100 > mistakes*110 {
		t.Errorf("%d mistakes have %d errors, want at most one and a tenth for each", mistakes, errors)
	}
	t.Logf("%d mistakes, %d errors", mistakes, errors)
}

// wordsToMistype are words of four letters or more.
var wordsToMistype = regexp.MustCompile(`[A-Za-z]{4,}`)
