package lower

import (
	"reflect"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/inventory"
)

// register reads what the templates of stacks make.
func register(stacks []*Stack) *inventory.Register {
	in := make([]inventory.Stack, len(stacks))
	for i, s := range stacks {
		in[i] = inventory.Stack{
			File: s.File, Name: s.Name, Account: s.Account, Region: s.Region, Template: s.Template,
		}
	}
	return inventory.New(in)
}

// shared is what several passes ask of the same finished stacks.
type shared struct {
	stacks   []*Stack
	register *inventory.Register
}

// share reads what the templates of finished stacks make, once for all passes.
func share(stacks []*Stack) *inventory.Register {
	s := &shared{stacks, register(stacks)}
	for _, stack := range stacks {
		stack.shared = s
	}
	return s.register
}

// registerOf returns what was read of just these stacks, or reads them.
func registerOf(stacks []*Stack) *inventory.Register {
	if len(stacks) > 0 && stacks[0].shared != nil &&
		slices.Equal(stacks[0].shared.stacks, stacks) {
		return stacks[0].shared.register
	}
	return register(stacks)
}

// forget lets go of what was shared, once nothing asks any more.
func forget(stacks []*Stack) {
	for _, s := range stacks {
		s.shared = nil
	}
}

// order lets every derived resource wait for what it names by a text and the same template makes.
// Resources in the user's words say themselves what they wait for.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
func order(stacks []*Stack, r *inventory.Register) {
	for _, use := range r.Uses() {
		template := stacks[use.Stack].Template
		resource := template.Resources[use.LogicalID]
		if resource == nil || resource.Verbatim != nil {
			continue
		}
		condition := conditionOf(template.Resources[use.On])
		if condition == "" || condition == resource.Condition {
			resource.DependsOn = append(resource.DependsOn, use.On)
			continue
		}
		waitIf(resource, condition, use.On)
	}
}

// conditionOf returns the name of the condition under which a resource exists, or "".
func conditionOf(r *cfn.Resource) string {
	if r == nil || r.Verbatim == nil {
		return ""
	}
	name, _ := r.Verbatim.Get("Condition").(string)
	return name
}

// waitsFor is the metadata in which a resource refers to what it waits for under a condition.
const waitsFor = "WaitsFor"

// waitIf lets a resource wait for another one under the condition that this one exists under.
// DependsOn takes no condition; a reference in the metadata is one as well, and Fn::If may stand
// there.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html#intrinsic-function-reference-conditions-if
func waitIf(resource *cfn.Resource, condition, on string) {
	ref := func(name string) cfn.Object { return cfn.Object{{Key: "Ref", Value: name}} }
	wait := cfn.Object{{Key: "Fn::If", Value: []any{condition, ref(on), ref("AWS::NoValue")}}}
	for i := range resource.Metadata {
		if m := &resource.Metadata[i]; m.Key == waitsFor {
			list := m.Value.([]any)
			if !slices.ContainsFunc(list, func(e any) bool { return reflect.DeepEqual(e, wait) }) {
				m.Value = append(list, wait)
			}
			return
		}
	}
	resource.Metadata = append(resource.Metadata, cfn.Member{Key: waitsFor, Value: []any{wait}})
}
