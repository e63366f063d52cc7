package lower

import (
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
