package lower

import (
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/inventory"
)

// functionPolicy is what the templates add to the policy of one function.
type functionPolicy struct {
	permissions []inventory.Document
	size        int
	fit         int // how many of them its limit has room for
}

// functionPolicies returns the policies of functions as the templates of all stacks make them. What
// the function's policy has besides is not known.
func functionPolicies(r *inventory.Register) []functionPolicy {
	limit := aws.LimitOf(aws.PolicyOfFunction, "")
	var out []functionPolicy
	for _, documents := range together(r.Permissions()) {
		p := functionPolicy{permissions: documents, size: len(inventory.EmptyFunctionPolicy)}
		for i, d := range documents {
			if i > 0 {
				p.size++ // a comma
			}
			p.size += inventory.SizeOfDocument(d.Value).Bytes
			if !limit.IsOver(p.size) {
				p.fit = i + 1
			}
		}
		out = append(out, p)
	}
	return out
}

// noteFunctionPolicies notes the sizes of functions' policies for the plan, each at the stack and
// by the logical ID of its first permission.
func noteFunctionPolicies(stacks []*Stack, r *inventory.Register) {
	for _, p := range functionPolicies(r) {
		first := p.permissions[0]
		s := stacks[first.Stack]
		s.Documents = append(s.Documents, Document{
			LogicalID: first.LogicalID, Kind: "function policy", Size: p.size,
			Limit: aws.LimitOf(aws.PolicyOfFunction, "").Most,
		})
	}
}

// functionPolicies refuses more permissions for one function than its policy can hold.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
func (h *holder) functionPolicies() {
	limit := aws.LimitOf(aws.PolicyOfFunction, "")
	for _, p := range functionPolicies(h.register) {
		if !limit.IsOver(p.size) {
			continue
		}
		first := p.permissions[p.fit]
		at := h.stacks[first.Stack].PlaceOf(h.m, first.LogicalID, "FunctionName")
		d := h.found.Report(diag.DocumentTooLarge, at).
			Message("the %d permissions of function %q make a policy of %s: %d of them fit",
				len(p.permissions), cfn.Shown(first.Name), tooMuch(&limit, p.size), p.fit)
		if h.stacks[first.Stack].Template.Resources[first.LogicalID].Verbatim != nil {
			d.Hint("give one permission with SourceAccount and no SourceArn, or use several " +
				"functions")
			continue
		}
		d.Hint("write permission: account beside functionArn of these secrets, which gives one " +
			"permission for all secrets of the account, or use several functions")
	}
}
