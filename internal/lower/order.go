package lower

import (
	"slices"

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
		resource := stacks[use.Stack].Template.Resources[use.LogicalID]
		if resource == nil || resource.Verbatim != nil {
			continue
		}
		resource.DependsOn = append(resource.DependsOn, use.On)
	}
}
