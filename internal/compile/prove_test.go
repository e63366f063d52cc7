package compile

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// proofCase is a spec, without what all have, and what its proof finds.
type proofCase struct {
	name, spec string
	change     func(a *model.Assertion) // of the first assertion
	parameters Parameters
	want       []string // code and message
}

const proofHead = "version: 1\nstack: shop\nenvironment: { account: \"111111111111\", region: eu-west-1 }\n"

// proved returns what the proof of a spec finds, as code and message.
func proved(t *testing.T, c proofCase) []string {
	t.Helper()
	s, _, found := spec.Load([]*source.File{source.New("spec.yaml", []byte(proofHead+c.spec))})
	if found.HasErrors() {
		t.Fatalf("the spec cannot be read: %v", found)
	}
	m, list := model.Resolve(s)
	if list.HasErrors() {
		t.Fatalf("the spec has errors: %v", list)
	}
	if c.change != nil {
		c.change(&m.Assertions[0])
	}
	permissions := grants.Derive(m)
	placement, list := grants.Place(permissions)
	if list.HasErrors() {
		t.Fatalf("it cannot be placed: %v", list)
	}
	stacks, list := lower(m, placement)
	if list.HasErrors() {
		t.Fatalf("it cannot be written: %v", list)
	}
	d := newDeployment(m, stacks, placement)
	var out []string
	for _, one := range prove(m, permissions, d, c.parameters, d.load(c.parameters)).Sorted() {
		out = append(out, one.Code.Number+" "+one.Message)
	}
	return out
}

func TestProof(t *testing.T) {
	for _, c := range proofCases {
		t.Run(c.name, func(t *testing.T) {
			if got := proved(t, c); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
