package compile

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/simulator"
)

// The independent simulator's opinion on calls with arguments, by the same documents.

// isHeld says whether a request is for an action that verbs hold to some arguments.
func isHeld(a *asked) bool {
	return a.key == nil && a.secret != nil && !a.neighbour && slices.Contains([]string{
		"secretsmanager:DeleteSecret", "secretsmanager:RemoveRegionsFromReplication",
		"secretsmanager:ReplicateSecretToRegions", "secretsmanager:RotateSecret",
		"secretsmanager:UpdateSecret",
	}, a.request.Action)
}

// simulated says what the simulator answers to a request on a secret.
func (w *world) simulated(a *asked) bool {
	by := a.by.Caller
	kinds := map[policy.CallerKind]string{policy.Role: "role", policy.User: "user",
		policy.ServicePrincipal: "service", policy.AccountRoot: "root"}
	r := simulator.Request{
		CallerARN: by.ARN, CallerKind: kinds[by.Kind], CallerAccount: by.Account,
		Action: a.request.Action, Resource: a.request.Resource, ResourceAccount: a.request.Owner,
		Context: map[string][]string{},
	}
	if by.Kind == policy.ServicePrincipal {
		r.Context["aws:principalisawsservice"] = []string{"true"}
		r.Context["aws:principalservicename"] = []string{by.ARN}
	} else {
		r.Context["aws:principalisawsservice"] = []string{"false"}
		r.Context["aws:principalarn"] = []string{by.ARN}
		r.Context["aws:principalaccount"] = []string{by.Account}
	}
	for _, key := range contextKeys {
		if values := a.request.Context.Get(key); len(values) > 0 {
			r.Context[strings.ToLower(key)] = values
		}
	}
	var p simulator.Policies
	for _, d := range a.by.Identity {
		p.Identity = append(p.Identity, tree(d))
	}
	if a.by.Boundary != nil {
		p.Boundary = tree(a.by.Boundary)
	}
	if a.resource != nil && len(a.resource.Rules.Statements) > 0 {
		p.Resource = tree(a.resource)
	}
	allowed, _ := simulator.Decide(r, p)
	return allowed
}

// tree is a document as JSON decodes it.
func tree(d *placedDocument) any {
	if d.tree == nil {
		statements := []any{}
		for i := range d.Rules.Statements {
			var one any
			text := cfn.AppendValue(nil, d.Rules.Statements[i].Value, cfn.Format{Compact: true})
			if err := json.Unmarshal(text, &one); err != nil {
				panic(err)
			}
			statements = append(statements, one)
		}
		d.tree = map[string]any{"Version": "2012-10-17", "Statement": statements}
	}
	return d.tree
}
