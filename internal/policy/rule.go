package policy

import (
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
)

// Rules is a policy document that is ready to be evaluated. It is not changed by that, and may be evaluated in parallel.
type Rules struct {
	Version    string // "" counts as 2008-10-17, which knows no policy variables
	ID         string
	Statements []Rule
}

// Rule is a statement of a policy, ready to be evaluated. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type Rule struct {
	Index        int // in its document, from 0
	Sid          string
	Effect       string     // Allow or Deny
	Principals   Principals // zero in identity policies
	Actions      []string   // as written
	NotActions   bool       // they are written as NotAction
	Resources    []string   // as written
	NotResources bool       // they are written as NotResource
	Conditions   []ConditionTest
	Value        any           // the statement itself, as it was given to Decode
	Because      []source.Span // the places in the spec it comes from, where known
	Unread       []cfn.Unknown // not empty: whether the statement is there, or what it says, nobody can read

	actions   []pattern // in lower case
	resources []pattern
}

// MatchesAction says whether the statement speaks of an action, like secretsmanager:GetSecretValue. Upper and lower case make no
// difference. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func (r *Rule) MatchesAction(action string) bool {
	for i := range r.actions {
		p := &r.actions[i]
		if p.text == allRuns || (p.wild || len(p.text) == len(action)) && match(p.text, action, true) {
			return !r.NotActions
		}
	}
	return r.NotActions
}

// MatchesResource says whether the statement speaks of a resource: an ARN, or * for an action that takes none. Upper and lower case
// differ. A pattern with a policy variable that has no value speaks of nothing, as Resource and as NotResource.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
func (r *Rule) MatchesResource(arn string, c Context) bool { return r.matchesResource(arn, &c) }

func (r *Rule) matchesResource(arn string, c *Context) bool {
	for i := range r.resources {
		covers, ok := r.resources[i].covers(arn, c)
		switch {
		case !ok && r.NotResources:
			return false
		case covers:
			return !r.NotResources
		}
	}
	return r.NotResources
}

// Failing returns the first condition that is not met, or nil. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
func (r *Rule) Failing(c Context) *ConditionTest { return r.failing(&c) }

func (r *Rule) failing(c *Context) *ConditionTest {
	for i := range r.Conditions {
		if !r.Conditions[i].holds(c) {
			return &r.Conditions[i]
		}
	}
	return nil
}

// wholeARN completes an ARN of a Resource element with fewer than six parts: "AWS automatically completes the ARN by adding wildcard
// characters (*) to all missing fields". https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func wholeARN(s string) string {
	if missing := 5 - strings.Count(s, ":"); missing > 0 && strings.HasPrefix(s, "arn:") {
		return s + strings.Repeat(":*", missing)
	}
	return s
}
