package policy

import "github.com/secretctl/secretctl/internal/cfn"

// UnreadRules returns a document that nobody can read: it may allow everything, and may deny everything. unknowns say why; without any it is a policy.
func UnreadRules(unknowns ...cfn.Unknown) Rules {
	if len(unknowns) == 0 {
		unknowns = []cfn.Unknown{{What: "policy"}}
	}
	var rules Rules
	for i, effect := range []string{Allow, Deny} {
		r := Rule{
			Index: i, Effect: effect, Actions: []string{"*"}, Resources: []string{"*"}, Unread: unknowns, Value: cfn.Object{
				{Key: "Effect", Value: effect}, {Key: "Action", Value: "*"}, {Key: "Resource", Value: "*"},
			},
		}
		r.actions, _ = compileActions(r.Actions)
		r.resources, _ = compileResources(r.Resources, false)
		rules.Statements = append(rules.Statements, r)
	}
	return rules
}
