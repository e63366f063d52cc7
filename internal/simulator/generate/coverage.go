package generate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/simulator"
)

// Coverage counts, by what a policy can say, the calls that it decided: with the contrary outcome
// of one test, or without the document, the call would have been decided otherwise.
type Coverage map[string]int

// Count adds what decided a call.
func (c Coverage) Count(call Call) {
	outcomes := make([]bool, len(call.Requests))
	refused := 0
	for i := range call.Requests {
		if outcomes[i], _ = simulator.Decide(call.Requests[i], call.Policies[i]); !outcomes[i] {
			refused++
		}
	}
	decided := map[string]bool{}
	for i := range call.Requests {
		if refused > 1 || refused == 1 && outcomes[i] {
			continue // this request alone decides nothing
		}
		r, p := call.Requests[i], call.Policies[i]
		for _, test := range simulator.Tests(r, p) {
			if simulator.DecideFlipped(r, p, test) == outcomes[i] {
				continue
			}
			for _, name := range namesOf(test) {
				decided[name] = true
			}
		}
		for name := range documentsThatDecide(call, i, outcomes[i]) {
			decided[name] = true
		}
	}
	c["calls"]++
	if refused == 0 {
		c["calls allowed"]++
	}
	for name := range decided {
		c[name]++
	}
}

// namesOf returns what a test is called in the table.
func namesOf(t simulator.Test) []string {
	if t.Key == "" {
		out := []string{"element " + t.What}
		for _, form := range t.Variables {
			out = append(out, form+" in "+t.What)
		}
		return out
	}
	if t.What == "Null" {
		return []string{"operator Null"}
	}
	operator, ifExists := strings.CutSuffix(t.What, "IfExists")
	var out []string
	if ifExists {
		out = append(out, "IfExists")
	}
	if set, name, ok := strings.Cut(operator, ":"); ok {
		out = append(out, "set "+set)
		operator = name
	}
	out = append(out, "operator "+operator)
	for _, form := range t.Variables {
		out = append(out, form+" in Condition")
	}
	return out
}

// documentsThatDecide returns the kinds of documents without which a request would be decided
// otherwise.
func documentsThatDecide(call Call, i int, allowed bool) map[string]bool {
	out := map[string]bool{}
	r, p := call.Requests[i], call.Policies[i]
	for n := range p.Identity {
		without := p
		without.Identity = slices.Delete(slices.Clone(p.Identity), n, n+1)
		if other, _ := simulator.Decide(r, without); other != allowed {
			out["document "+call.Kinds[i][n]] = true
		}
	}
	if p.Boundary != nil {
		without := p
		without.Boundary = nil
		if other, _ := simulator.Decide(r, without); other != allowed {
			out["document "+call.BoundaryKind] = true
		}
	}
	if p.Resource != nil {
		without := p
		without.Resource = nil
		if other, _ := simulator.Decide(r, without); other != allowed {
			kind := "secret policy"
			if p.IsKey {
				kind = "key policy"
			}
			out["document "+kind] = true
		}
	}
	return out
}

// String is the table, by name.
func (c Coverage) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&b, "%8d  %s\n", c[name], name)
	}
	return b.String()
}

// Wanted are the names that every large sample must count.
func Wanted() []string {
	out := []string{
		"operator Null", "IfExists", "set ForAnyValue", "set ForAllValues", "variable in Condition",
		"variable with default in Condition", "character in Condition",
		"variable in version 2008-10-17 in Condition", "variable in Resource",
		"variable with default in Resource", "variable in NotResource",
		"variable with default in NotResource", "element Action", "element NotAction",
		"element Resource", "element NotResource", "element Principal", "element NotPrincipal",
		"document secret policy", "document key policy", "document boundary",
		"document boundary of AWS", "document boundary without a text",
		"document AWS's managed policy", "document inline policy of a role",
		"document inline policy of a user", "document inline policy of a group",
		"document AWS::IAM::GroupPolicy", "document managed policy that the principal attaches",
		"document managed policy without a text", "document policy template of SAM",
		"document policy of a function of SAM", "document AWS::IAM::Policy by reference",
		"document AWS::IAM::Policy by name", "document AWS::IAM::ManagedPolicy by reference",
		"document AWS::IAM::ManagedPolicy by name", "document permission set",
		"document AWS::IAM::RolePolicy by reference", "document AWS::IAM::RolePolicy by name",
		"document AWS::IAM::UserPolicy by reference", "document AWS::IAM::UserPolicy by name",
	}
	for _, name := range simulator.Operators() {
		out = append(out, "operator "+name)
	}
	return out
}
