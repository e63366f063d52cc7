package compile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// TestLargeSpecsAskForProcessors: whoever compiles is told once of a spec with many secrets, and
// never of a small one.
func TestLargeSpecsAskForProcessors(t *testing.T) {
	for n, want := range map[int]int{1: 0, manySecrets - 1: 0, manySecrets: 1} {
		var spec strings.Builder
		spec.WriteString("version: 1\nstack: s\nsecrets:\n")
		for i := range n {
			fmt.Fprintf(&spec, "  s%d: {}\n", i)
		}
		asked := 0
		files := []*source.File{source.New("spec.yaml", []byte(spec.String()))}
		out := All([]Spec{{Files: files}}, Options{Large: func() { asked++ }})
		if out.Diagnostics.HasErrors() {
			t.Fatal(out.Diagnostics)
		}
		if asked != want {
			t.Errorf("of %d secrets somebody is told %d times, not %d", n, asked, want)
		}
	}
}
