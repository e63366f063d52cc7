package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// TestIntrinsicsAreThoseOfWalk: however many entries a spec has, its functions come in the order in
// which all nodes do.
func TestIntrinsicsAreThoseOfWalk(t *testing.T) {
	for _, n := range []int{0, 1, share, 3*share + 1} {
		var b strings.Builder
		b.WriteString("version: 1\nstack: s\ndescription: !Ref A\nx-own: !Ref B\nsecrets:\n  Ref: a\n")
		for i := range n {
			fmt.Fprintf(&b, "  s%d: { description: !Sub '${A}', tags: { a: { Ref: A } } }\n", i)
		}
		b.WriteString("export: [!Ref C, { Fn::Sub: { Ref: D } }]\n")
		root, _ := Parse(source.New("spec.yaml", []byte(b.String())))
		s := &Spec{roots: []*yaml.Node{root, root}}
		var want []*yaml.Node
		s.Walk(func(n *yaml.Node) {
			if n.IsIntrinsic() {
				want = append(want, n)
			}
		})
		if got := s.Intrinsics(); !slices.Equal(got, want) || len(want) < 2*(2*n+4) {
			t.Errorf("of %d entries %d functions are found, want %d", n, len(got), len(want))
		}
	}
}
