package compile

import (
	"cmp"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
)

// updateCodes are what a deployment does to what is there, by its risk, each with what to do. What
// has none is no news to whoever changed the spec.
var updateCodes = map[change.Risk]struct {
	code *diag.Code
	hint diag.Words
}{
	change.ValueLost: {diag.ValueLost,
		"copy the value before deploying and write it back afterwards, or undo the change"},
	change.Replaced: {diag.ResourceReplaced,
		"make sure that nothing names the old one by its ARN, or undo the change"},
	change.Fails: {diag.UpdateFails,
		"undo the change, or make it in two deployments: first let go of the old one"},
	change.Orphaned: {diag.LeavesStack,
		"delete it yourself once nobody needs it; until then it costs money"},
	change.Deleted: {diag.LeavesStack,
		"make sure that nobody needs it any more"},
	change.AccessGap: {diag.CutOff,
		"deploy when nobody depends on it, and check the access afterwards"},
	change.RotatesNow: {diag.RotatesNow,
		"state rotateImmediatelyOnUpdate: false, or deploy when a rotation does no harm"},
	change.KeyChanged: {diag.KeyChanged,
		"keep the old key as long as versions of the secret are encrypted with it"},
	change.GuardWeaker: {diag.GuardWeaker,
		"make sure that this is meant"},
	change.Moved: {diag.SecretsMove,
		"before deploying, copy the values of secrets that move"},
}

// isOfUpdate says whether a diagnostic is one of updateCodes.
func isOfUpdate(code *diag.Code) bool {
	for _, u := range updateCodes {
		if u.code == code {
			return true
		}
	}
	return false
}

// State returns what a result would deploy, as change compares it: also of a spec whose grants do
// not all work. It is for results with an estate.
func (r Result) State() change.State {
	out := change.State{Stacks: r.stacksToCompare(), Estate: r.Estate, Plan: r.planned,
		Assertions: r.model.Assertions, OfSpec: true, OwnWords: hasOwnWords(r.model),
		Imported: imported(r.model)}
	if len(out.Stacks) > 0 {
		out.IDs = out.Stacks[0].IDs
	}
	return out
}

// imported returns the secrets that a spec imports by names that are known.
func imported(m *model.Model) []change.Imported {
	var out []change.Imported
	for _, s := range m.Secrets {
		if s.Import != model.NotImported && s.Name != "" && !cfn.IsIntrinsic(s.Name) {
			out = append(out, change.Imported{Account: cmp.Or(s.Account, m.Env.Account),
				Region: cmp.Or(s.Region, m.Env.Region), Name: s.Name})
		}
	}
	return out
}

// hasOwnWords says whether a policy that a spec makes may be in the user's own words, and does not
// follow from grants and guardrails alone.
func hasOwnWords(m *model.Model) bool {
	return len(m.Resources) > 0 ||
		slices.ContainsFunc(m.Keys, func(k *model.Key) bool { return len(k.Statements) > 0 }) ||
		slices.ContainsFunc(m.Secrets, func(s *model.Secret) bool {
			return len(s.Policy.Statements) > 0
		})
}

// stacksToCompare returns the stacks of a result as change compares them.
func (r Result) stacksToCompare() []change.Stack {
	ids := map[string]string{}
	for _, s := range r.model.Secrets { // also before one had a logicalId of its own
		ids[cfn.LogicalID(s.ID, "Secret")] = s.ID
	}
	for _, k := range r.model.Keys {
		ids[cfn.LogicalID(k.ID, "Key")] = k.ID
	}
	for _, p := range r.model.Principals {
		switch {
		case p.RoleID != "":
			ids[p.RoleID] = p.ID
		case p.ARN != "":
			ids[p.ARN] = p.ID
		}
	}
	for _, s := range r.model.Secrets {
		ids[s.LogicalID] = s.ID
	}
	for _, k := range r.model.Keys {
		ids[k.LogicalID] = k.ID
	}
	var out []change.Stack
	stacks := r.Stacks
	if len(stacks) == 0 { // the spec has errors of the proof, or creates nothing
		stacks = slices.DeleteFunc(slices.Clone(r.Proved), func(s *lower.Stack) bool {
			return len(s.Template.Resources) == 0
		})
	}
	for _, s := range stacks {
		out = append(out, change.Stack{
			File: s.File, Name: s.Name, Account: s.Account, Region: s.Region,
			Template: s.Template, IDs: ids,
			PlaceOf: func(id, property string) source.Span {
				return s.PlaceOf(r.model, id, property)
			},
		})
	}
	return out
}

// Changes says what deploying the result over the templates that are there does to what they have
// made, as far as somebody may not expect it. It is nothing for a spec with errors.
func (r Result) Changes(before []change.Stack) diag.List {
	if r.Diagnostics.HasErrors() || r.model == nil || len(before) == 0 {
		return nil
	}
	after := r.stacksToCompare()
	for i := range before {
		if len(after) > 0 {
			before[i].IDs = after[0].IDs // which follow from logical IDs
		}
	}
	var found diag.List
	accepted := r.Accepted()
	for _, c := range change.Resources(before, after) {
		if c.AcceptedBy(accepted) != nil {
			continue
		}
		u, isNews := updateCodes[c.Risk]
		isKey := c.Type == "AWS::KMS::Key" || c.Type == "AWS::KMS::ReplicaKey"
		isSecret := c.Type == "AWS::SecretsManager::Secret"
		if !isNews || c.Unknown || c.Risk == change.Orphaned && !isSecret && !isKey ||
			c.Risk == change.Deleted && !isKey && c.Kind == change.Removed {
			continue
		}
		at := c.Span
		if at.IsZero() {
			at = r.stackAt
		}
		d := found.Report(u.code, at).
			Message("%q of the stack %q: %s", c.LogicalID, c.Stack, diag.Words(c.Message)).
			Hint("%s", u.hint)
		switch {
		case c.Kind == change.Elsewhere && c.FromStack == c.Stack && (isSecret || isKey):
			d.Hint("write logicalId: %s at it, so that it stays the same resource", c.FromID)
		case c.FromID != "":
			d.AndHint("; it stands as %q in %q now", c.FromID, c.FromStack)
		}
		if c.Secret != "" {
			d.About(c.Secret)
		}
	}
	return leaveOut(r.entries, append(found, acceptsNothing(accepted)...))
}
