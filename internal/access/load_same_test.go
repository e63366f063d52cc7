package access

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// WrongWordings reads stacks and returns the resource policies that say something else than what
// stands in their template, as it is read on its own, and how many share a wording.
func WrongWordings(stacks []Stack) (wrong []string, shared int) {
	src := newDeployment(stacks, Beside{})
	choices, _ := src.worlds()
	for _, world := range choices {
		l := src.open(world.values)
		l.read()
		seen := map[*wording]bool{}
		for _, secret := range l.secretList {
			for _, d := range secret.Policy {
				for _, s := range l.stacks {
					r := s.Template.Resources[d.LogicalID]
					if s.File != d.Stack || s.parent != nil || r == nil || d.wording == nil {
						continue
					}
					v := s.e.Resolve(r.Property("ResourcePolicy"))
					alone := &Document{Rules: s.decoded(d.LogicalID, "ResourcePolicy", v)}
					if content(alone) != content(d) {
						wrong = append(wrong, d.LogicalID)
					}
					if seen[d.wording] {
						shared++
					}
					seen[d.wording] = true
				}
			}
		}
	}
	return wrong, shared
}

// TestWordings: policies that are written alike have one wording; those that differ anywhere have
// not, nor do those of two stacks whose functions they have.
func TestWordings(t *testing.T) {
	of := func(action any) any {
		return cfn.Object{{Key: "Statement", Value: []any{
			cfn.Object{{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: action}},
		}}}
	}
	ref := cfn.Object{{Key: "Ref", Value: "Db"}}
	whole := cfn.Object{{Key: "Version", Value: "2012-10-17"}, {Key: "Statement", Value: "b"}}
	one, other := &stack{}, &stack{}
	w := newWordings()
	number := func(s *stack, v any) string {
		found, hash, ok := w.find(s, v, nil)
		if !ok {
			return "none"
		}
		if found == nil {
			found = w.keep(s, v, hash, policy.Rules{}, nil)
		}
		return fmt.Sprintf("%p", found)
	}
	for _, c := range []struct {
		a, b any
		in   *stack
		same bool
	}{
		{of("a"), of("a"), one, true}, {of("a"), of("a"), other, true},
		{of("a"), of("b"), one, false}, {of("a"), of([]any{"a"}), one, false},
		{of([]string{"a", "b"}), of([]string{"a", "b"}), one, true},
		{of([]string{"a", "b"}), of([]string{"ab"}), one, false},
		{of(true), of(false), one, false},
		{whole, whole, one, true}, {whole, whole[:1], one, false},
		{of(ref), of(ref), one, true},
		{of(ref), of(ref), other, false},
		{of(cfn.Intrinsic(ref)), of(cfn.Intrinsic(ref)), other, false},
		{of("{{resolve:ssm:a}}"), of("{{resolve:ssm:a}}"), other, false},
		{of(cfn.Object{{Key: "Fn::Other", Value: "a"}, {Key: "b", Value: "c"}}),
			of(cfn.Object{{Key: "Fn::Other", Value: "a"}, {Key: "b", Value: "c"}}), other, false},
	} {
		if same := number(one, c.a) == number(c.in, c.b); same != c.same {
			t.Errorf("%v and %v have one wording: %t", c.a, c.b, same)
		}
	}
	if number(one, of(struct{}{})) != "none" {
		t.Error("the wording of a value that cannot be compared is kept")
	}
}
