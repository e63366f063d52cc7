package policy

import "github.com/secretctl/secretctl/internal/cfn"

// UnreadRules is the document of which nobody can read what it says: it may allow everything, and
// deny everything. The unknown parts say what stands in the way.
func UnreadRules(unknowns ...cfn.Unknown) Rules {
	if len(unknowns) == 0 {
		unknowns = []cfn.Unknown{{What: "policy", Shown: "a policy"}}
	}
	whatever := func(effect string) cfn.Object {
		return cfn.Object{
			{Key: "Action", Value: "*"}, {Key: "Effect", Value: effect},
			{Key: "Resource", Value: "*"},
		}
	}
	rules, err := Decode(cfn.Object{
		{Key: "Version", Value: withVariables},
		{Key: "Statement", Value: []any{whatever(Allow), whatever(Deny)}},
	})
	if err != nil {
		panic("policy: a document of its own cannot be read: " + err.Error())
	}
	for i := range rules.Statements {
		rules.Statements[i].Unread = unknowns
		rules.Statements[i].anybody = true
	}
	return rules
}

// eitherEffect returns the statement; where its effect cannot be read, the one that allows and the
// one that denies.
func (r Rule) eitherEffect() []Rule {
	if !cfn.HasUnknown(r.Effect) {
		return []Rule{r}
	}
	allow, deny := r, r
	allow.Effect, deny.Effect = Allow, Deny
	allow.Unread = append(cfn.UnknownsIn(r.Effect), r.Unread...)
	deny.Unread = allow.Unread
	return []Rule{allow, deny}
}
