package policy

import (
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
)

// Rules is a policy document that is ready to be evaluated. It is not changed by that, and may be
// evaluated in parallel.
type Rules struct {
	Version    string // "" counts as 2008-10-17, which knows no policy variables
	ID         string
	Statements []Rule
}

// Rule is a statement of a policy, ready to be evaluated.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
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
	// not empty: whether the statement is there, or says what it seems to, nobody can read
	Unread []cfn.Unknown

	anybody   bool      // of a document that nobody can read: it speaks of whomever it may speak of
	actions   []pattern // in lower case
	resources []pattern

	unreadResources *unknowns // of Resources
}

// unknowns are the unknown parts of texts, which are read when they are first needed: mostly they
// decide nothing. nil: there are none. It is for several goroutines.
type unknowns struct {
	texts []string
	once  sync.Once
	parts []cfn.Unknown
}

func unknownsOf(texts []string) *unknowns {
	if !slices.ContainsFunc(texts, cfn.HasUnknown) {
		return nil
	}
	return &unknowns{texts: texts}
}

// all returns the unknown parts, in their order.
func (u *unknowns) all() []cfn.Unknown {
	if u == nil {
		return nil
	}
	u.once.Do(func() {
		for _, text := range u.texts {
			u.parts = append(u.parts, cfn.UnknownsIn(text)...)
		}
	})
	return u.parts
}

// MatchesAction says whether the statement speaks of an action, like secretsmanager:GetSecretValue.
// Upper and lower case make no difference.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func (r *Rule) MatchesAction(action string) bool {
	for i := range r.actions {
		p := &r.actions[i]
		if p.text == allRuns ||
			(p.wild || len(p.text) == len(action)) && match(p.text, action, true) {
			return !r.NotActions
		}
	}
	return r.NotActions
}

// MatchesResource says whether the statement speaks of a resource: an ARN, or * for an action that
// takes none. Upper and lower case differ. A pattern with a policy variable that has no value
// speaks of nothing, as Resource and as NotResource.
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

// Failing returns the first condition that is not met, or nil.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
func (r *Rule) Failing(c Context) *ConditionTest { return r.failing(&c) }

func (r *Rule) failing(c *Context) *ConditionTest {
	for i := range r.Conditions {
		if !r.Conditions[i].holds(c) {
			return &r.Conditions[i]
		}
	}
	return nil
}

// wholeARN completes an ARN of a Resource element with fewer than six parts: "AWS automatically
// completes the ARN by adding wildcard characters (*) to all missing fields".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func wholeARN(s string) string {
	missing := 5 - strings.Count(s, ":")
	if missing > 0 && strings.HasPrefix(s, "arn:") && !cfn.HasUnknown(s) {
		return s + strings.Repeat(":*", missing)
	}
	return s
}

// Keys returns the condition keys that the statement asks for, also by policy variables, in lower
// case.
func (r *Rule) Keys() []string {
	out := r.Variables()
	for i := range r.Conditions {
		out = append(out, r.Conditions[i].key)
	}
	return out
}

// Variables returns the condition keys that policy variables of the statement stand for, in lower
// case.
func (r *Rule) Variables() []string {
	var out []string
	variables := func(p *pattern) {
		for _, v := range p.parts {
			if v.key != "" {
				out = append(out, v.key)
			}
		}
	}
	for i := range r.Conditions {
		for j := range r.Conditions[i].operands {
			variables(&r.Conditions[i].operands[j].pattern)
		}
	}
	for i := range r.resources {
		variables(&r.resources[i])
	}
	return out
}

// Pattern is a text of a policy with what its wildcards mean. It has no policy variables, or is
// read as if each of them could be anything.
type Pattern struct{ text string }

// ResourcePattern returns one of Resources.
func (r *Rule) ResourcePattern(i int) Pattern { return Pattern{r.resources[i].anyVariable()} }

// HasVariables says whether Resources have policy variables, which are plain text in documents of a
// version before 2012-10-17.
func (r *Rule) HasVariables() bool {
	return slices.ContainsFunc(r.resources, func(p pattern) bool { return p.parts != nil })
}

// Pattern returns one of Values, if it is one that is compared with texts or ARNs whose case makes
// a difference.
func (t *ConditionTest) Pattern(i int) (Pattern, bool) {
	switch t.operator.compare {
	case texts, patterns:
		return Pattern{t.operands[i].pattern.anyVariable()}, true
	case arns:
		return Pattern{inComponents(t.operands[i].pattern.anyVariable())}, true
	}
	return Pattern{}, false
}

// anyVariable returns the pattern's text with * in the place of every policy variable.
func (p *pattern) anyVariable() string {
	if p.parts == nil {
		return p.text
	}
	return around(p.parts, func(string) Fact { return Fact{State: Open} })
}

// All says whether the pattern is * alone.
func (p Pattern) All() bool { return p.text == allRuns }

// Is says whether the pattern is a text as it stands, with the same unknown parts: then it covers
// that.
func (p Pattern) Is(text string) bool { return p.text == text }

// Apart says at little cost of most texts that the pattern does not cover that it does not.
func (p Pattern) Apart(text string) bool { return apart(p.text, text) }

// Covers says whether the pattern covers a text, as far as unknown parts of both let it be told.
func (p Pattern) Covers(text string) cfn.Truth { return matches(p.text, text, false) }

// MayBe says whether the principals of a statement of an effect may take in a caller.
func (p *Principals) MayBe(c Caller, effect string) bool {
	for _, n := range p.nameOf(&c, effect) {
		if n.truth != cfn.No {
			return true
		}
	}
	return false
}

// MayAllow says whether the statement allows an action, as far as unknown parts let it be told.
func (r *Rule) MayAllow(action string) bool {
	return r.Effect == Allow && r.actionTruth(action) != cfn.No
}

// Anybody says whether the statement is one of a document that nobody can read, so that it speaks
// of whomever it may speak of.
func (r *Rule) Anybody() bool { return r.anybody }

// Excludes says whether the conditions of the statement on some keys, which are in lower case,
// certainly exclude a request of which these facts are known.
func (r *Rule) Excludes(facts Facts, keys []string) bool {
	certain := func(key string) []string { return facts(key).Values }
	for i := range r.Conditions {
		t := &r.Conditions[i]
		if !slices.Contains(keys, t.key) {
			continue
		}
		if t.Refuses(facts) {
			return true
		}
		fact := facts(t.key)
		if holds, sure := t.within(&fact, r.Effect, certain); sure && !holds && !t.hasVariables() {
			return true
		}
	}
	return false
}

// Literals returns, of each value of a condition by which the statement is held to values of a key
// (in lower case), the texts between its wildcards and unknown parts: whatever value meets the
// condition has all texts of one of them. ok: there is one such condition, without variables.
func (r *Rule) Literals(key string) (values [][]string, ok bool) {
	for i := range r.Conditions {
		t := &r.Conditions[i]
		if t.key != key || t.set != single || t.ifExists || t.operator.negated || t.leavesOut ||
			t.hasVariables() {
			continue
		}
		switch t.operator.compare {
		case texts, patterns, arns:
		default:
			continue
		}
		if ok { // somebody may be found by either
			return nil, false
		}
		ok = true
		for _, v := range t.Values {
			values = append(values, textsWithin(v))
		}
	}
	return values, ok
}

// textsWithin returns the texts of a value of a policy that stand in whatever it covers.
func textsWithin(value string) []string {
	var out []string
	for value != "" {
		at := strings.IndexAny(value, "*?$\uFDD0")
		if at < 0 {
			return append(out, value)
		}
		if at > 0 {
			out = append(out, value[:at])
		}
		switch value[at] {
		case '*', '?':
			value = value[at+1:]
		case '$': // ${*} is a plain star
			value = strings.TrimLeft(value[at:], "${*?}")
		default:
			_, _, _, value, _ = cfn.CutUnknown(value[at:])
		}
	}
	return out
}

// hasVariables says whether a value of the condition has policy variables.
func (t *ConditionTest) hasVariables() bool {
	return slices.ContainsFunc(t.operands, func(o operand) bool { return o.pattern.parts != nil })
}
