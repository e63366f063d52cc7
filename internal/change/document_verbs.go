package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/verb"
)

// isOfSecrets says whether a change of a policy is about what verbs do with secrets and keys alone,
// so that the comparison of access says all of it. Whom a role trusts is access of another kind.
func isOfSecrets(p changedProperty) bool {
	isPolicy := p.Form == aws.OfPolicy || p.Form == aws.OfPolicies
	if !isPolicy || p.Name == "AssumeRolePolicyDocument" {
		return false
	}
	old, isRead := statementsIn(p.old)
	new, alsoRead := statementsIn(p.new)
	isAbout := func(in, notIn []any) bool {
		return !slices.ContainsFunc(in, func(s any) bool {
			return !isComparedWhole(s) &&
				!slices.ContainsFunc(notIn, func(other any) bool { return same(s, other) })
		})
	}
	return isRead && alsoRead && isAbout(old, new) && isAbout(new, old)
}

// allowsOtherwise says whether a policy changes in more than what it denies.
func (p changedProperty) allowsOtherwise() bool {
	old, isRead := statementsIn(p.old)
	new, alsoRead := statementsIn(p.new)
	allowed := func(list []any) []any {
		return slices.DeleteFunc(slices.Clone(list), func(s any) bool {
			o, _ := s.(cfn.Object)
			return o.Get("Effect") == any("Deny")
		})
	}
	return !isRead || !alsoRead || !same(sorted(allowed(old)), sorted(allowed(new)))
}

// statementsIn returns all statements of a canonical document, or of all in a list of inline
// policies, if they can be read; of none, none.
func statementsIn(document any) ([]any, bool) {
	if document == nil {
		return nil, true
	}
	if policies, ok := document.([]any); ok {
		var all []any
		for _, p := range policies {
			policy, _ := p.(cfn.Object)
			list, isRead := statementsIn(policy.Get("PolicyDocument"))
			if all = append(all, list...); !isRead || policy == nil {
				return nil, false
			}
		}
		return all, true
	}
	o, ok := document.(cfn.Object)
	if !ok || holdsUnread(document) {
		return nil, false
	}
	list, ok := o.Get("Statement").([]any)
	return list, ok
}

// isComparedWhole says whether a statement allows actions of verbs alone, or denies some of these
// services: a denial that goes is a weaker guard, and told as that.
func isComparedWhole(statement any) bool {
	o, _ := statement.(cfn.Object)
	actions, _ := o.Get("Action").([]any)
	isDenial := o.Get("Effect") == any("Deny")
	return len(actions) > 0 && !slices.ContainsFunc(actions, func(action any) bool {
		text, _ := action.(string)
		isOurs := strings.HasPrefix(text, "secretsmanager:") || strings.HasPrefix(text, "kms:")
		return !isOurs || !isDenial && !ofVerbs()[text]
	})
}

// ofVerbs are the actions of all verbs, in lower case.
var ofVerbs = lazy.Value(func() map[string]bool {
	all := map[string]bool{}
	for _, v := range verb.All {
		for _, a := range slices.Concat(v.OnSecret, v.Anywhere, v.OnKey, v.OnCopies) {
			all[strings.ToLower(string(a))] = true
		}
	}
	return all
})
