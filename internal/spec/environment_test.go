package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// TestEnvironmentsAreBounded: what variables expand to, and how many environments there are, cannot
// be more than a computer has memory for.
func TestEnvironmentsAreBounded(t *testing.T) {
	long := strings.Repeat("x", maxReplaced/1000)
	bomb := "version: 1\nstack: s\nenvironments: { dev: { variables: { a: " + long + " } } }\nsecrets:\n"
	for i := range 2000 {
		bomb += fmt.Sprintf("  s%d: { description: $(a) }\n", i)
	}
	s, _, found := Load([]*source.File{source.New("spec.yaml", []byte(bomb))})
	if s != nil || len(found) != 1 || found[0].Code != diag.AliasBomb {
		t.Errorf("%v %v", s != nil, found)
	}

	many := "version: 1\nstack: s\nsecrets: {}\nenvironments:\n"
	for i := range maxEnvironments + 10 {
		many += fmt.Sprintf("  e%d:\n", i)
	}
	in, _, found := Read([]*source.File{source.New("spec.yaml", []byte(many))})
	if len(in.Environments) != maxEnvironments || len(found) != 1 ||
		found[0].Code != diag.TooMany {
		t.Errorf("%d environments, %v", len(in.Environments), found)
	}
}

// TestTreesOfEnvironmentsShareWhatIsTheSame: what has no variables is not copied, and the tree that
// was read stays as it is.
func TestTreesOfEnvironmentsShareWhatIsTheSame(t *testing.T) {
	const text = `
version: 1
stack: s-$(stage)
environments:
  dev: { variables: { stage: dev } }
  prod: { variables: { stage: prod } }
secrets:
  a: { name: a, tags: { x: y } }
  b: { name: $(stage)/b }
`
	in, _, _ := Read([]*source.File{source.New("spec.yaml", []byte(text))})
	for _, stage := range []string{"dev", "prod", "dev"} {
		s, found := in.Decode(stage)
		if found.HasErrors() || s.In != stage || s.Stack.V != "s-"+stage ||
			s.Secrets.Get("b").V.Name.V != stage+"/b" {
			t.Fatalf("%s: %+v %v", stage, s.Secrets, found)
		}
		if s.Secrets.Get("a").Node != in.roots[0].Get("secrets").Get("a") {
			t.Error("the tree of a secret without variables is copied")
		}
	}
	if got := in.roots[0].Get("stack").Text; got != "s-$(stage)" {
		t.Errorf("the tree that was read has become %s", got)
	}
}
