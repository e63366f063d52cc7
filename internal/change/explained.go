package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// nameAs calls who and what a template makes or names as a spec calls it, where the comparison
// knows them by their logical IDs or ARNs.
func nameAs(c *access.Change, ids ...map[string]string) {
	named := func(s *access.Subject) *access.Subject {
		if id := idOf(s, ids); id != s.ID {
			one := *s
			one.ID = id
			return &one
		}
		return s
	}
	c.Principal, c.Secret = named(c.Principal), named(c.Secret)
}

// idOf returns what the first spec that knows a subject by its logical ID or its ARN calls it, or
// else its own ID.
func idOf(s *access.Subject, ids []map[string]string) string {
	for _, known := range ids {
		id, ok := known[s.ID]
		if !ok {
			id, ok = known[s.ARN]
		}
		if ok && id != s.ID {
			return id
		}
	}
	return s.ID
}

// document is where a policy stands: its stack's file and its logical ID.
type document struct{ stack, id string }

// policies judges the policies that are written otherwise. The comparison of access asks about the
// principals and secrets in sight. If none of its answers has changed that a policy may be why of,
// nobody knows what the policy does: it may be about others. That a policy which follows from
// grants has only been merged, split or put elsewhere is no change. Whom a role trusts is asked of
// the principals in sight alone, so that others may gain what the role can do.
func (r *Report) policies(before, after *State) {
	derived := before.OfSpec && after.OfSpec && !before.OwnWords && !after.OwnWords
	silent := derived && len(r.Access) == 0 && len(r.Becomings) == 0 && !r.TooMany
	r.Resources = slices.DeleteFunc(r.Resources, func(c ResourceChange) bool {
		return silent && c.Risk == Updated && c.Kind == Modified && c.isOfSecrets
	})
	explained := r.explained(estateOf(*before), estateOf(*after))
	for i := range r.Resources {
		c := &r.Resources[i]
		at, from := document{c.Stack, c.LogicalID}, document{c.FromStack, c.FromID}
		switch {
		case c.Risk != Updated:
		case c.trusts():
			c.Unknown = true
			c.Message = "whom the role trusts changes: whoever may assume it can do what the " +
				"role can, and only the principals in sight are asked"
		case c.attaches && !derived &&
			(c.isOpaque || !explained[at] && !r.isAnswered(c, estateOf(*before), estateOf(*after))):
			c.Unknown = true
			c.Message = "other policies apply, and no answer about the principals and secrets in " +
				"sight changes by it: what they let somebody do elsewhere is not compared"
		case !c.Policy || derived && c.isOfSecrets || explained[at] || explained[from]:
		default:
			c.Unknown = true
			c.Message = "the policy changes, and no answer about the principals and secrets in " +
				"sight changes by it: what it lets others do, or do elsewhere, is not compared"
		}
	}
}

// trusts says whether the change is one of whom a role trusts.
func (r *Resource) trusts() bool {
	return strings.HasPrefix(r.Property, "AssumeRolePolicyDocument") && r.Kind == Modified
}

// documents are the statements of the policies of a state, by where they stand, of all worlds.
type documents map[document]map[string]*policy.Rule

// documentsOf reads those that are wanted.
func documentsOf(e *access.Estate, wanted map[document]bool) documents {
	out, seen := documents{}, map[*access.Document]bool{}
	add := func(list ...*access.Document) {
		for _, d := range list {
			if d == nil || seen[d] || !wanted[document{d.Stack, d.LogicalID}] {
				continue
			}
			seen[d] = true
			at := document{d.Stack, d.LogicalID}
			if out[at] == nil {
				out[at] = map[string]*policy.Rule{}
			}
			for i := range d.Rules.Statements {
				rule := &d.Rules.Statements[i]
				out[at][wordsOf(d.Rules.Version, rule)] = rule
			}
		}
	}
	for _, w := range e.Worlds {
		for _, p := range w.Principals {
			add(p.Identity...)
			add(p.Boundary)
		}
		for _, s := range w.Secrets {
			add(s.Policy...)
			for i := range s.Copies {
				if key := s.Copies[i].Key; key != nil {
					add(key.Policy)
				}
			}
		}
	}
	return out
}

// wordsOf tells a statement of a document of some version from others, whatever its Sid is.
func wordsOf(version string, r *policy.Rule) string {
	value := r.Value
	if o, ok := value.(cfn.Object); ok {
		value = slices.DeleteFunc(slices.Clone(o),
			func(m cfn.Member) bool { return m.Key == "Sid" })
	}
	return fmt.Sprint(version, " ", r.Effect, " ", cfn.JSON(value), r.Unread)
}

// changedRule is a statement that only one state has.
type changedRule struct {
	*policy.Rule
	opens, closes bool // it may let somebody do more, or less
}

// changedRules returns the statements of a policy that only one state has. Where all are in both,
// they are so in other circumstances, and each may do anything.
func changedRules(old, new map[string]*policy.Rule) []changedRule {
	var out []changedRule
	for words, r := range new {
		if old[words] == nil {
			out = append(out, changedRule{r, r.Effect != "Deny", r.Effect != "Allow"})
		}
	}
	for words, r := range old {
		if new[words] == nil {
			out = append(out, changedRule{r, r.Effect != "Allow", r.Effect != "Deny"})
		}
	}
	if len(out) == 0 {
		for _, r := range new {
			out = append(out, changedRule{r, true, true})
		}
	}
	return out
}

// explained returns which of the policies that change have a statement of their own, among those
// that change, that may be why a change of access is: it works in that direction, and speaks of
// such a request.
func (r *Report) explained(before, after *access.Estate) map[document]bool {
	type places struct{ from, at document }
	var changed []places
	wanted := map[document]bool{}
	for i := range r.Resources {
		c := &r.Resources[i]
		if !c.Policy && !c.attaches || c.Risk != Updated && c.Risk != Moved {
			continue
		}
		at := document{c.Stack, c.LogicalID}
		from := at
		if c.FromID != "" {
			from = document{c.FromStack, c.FromID}
		}
		wanted[at], wanted[from] = true, true
		changed = append(changed, places{from, at})
	}
	rules, out := map[document][]changedRule{}, map[document]bool{}
	if len(r.difference.Changes) == 0 || len(changed) == 0 {
		return out
	}
	old, new := documentsOf(before, wanted), documentsOf(after, wanted)
	for _, c := range changed {
		rules[c.at] = changedRules(old[c.from], new[c.at])
		rules[c.from] = rules[c.at]
	}
	byPrincipal, bySecret := map[string][]*access.Change{}, map[string][]*access.Change{}
	for i := range r.difference.Changes {
		c := &r.difference.Changes[i]
		byPrincipal[c.Principal.ID] = append(byPrincipal[c.Principal.ID], c)
		bySecret[c.Secret.ID] = append(bySecret[c.Secret.ID], c)
	}
	note := func(changes []*access.Change, list ...*access.Document) {
		for _, d := range list {
			if d == nil {
				continue
			}
			at := document{d.Stack, d.LogicalID}
			out[at] = out[at] || slices.ContainsFunc(rules[at], func(rule changedRule) bool {
				return slices.ContainsFunc(changes, rule.mayExplain)
			})
		}
	}
	for _, e := range []*access.Estate{before, after} {
		for _, w := range e.Worlds {
			for _, p := range w.Principals {
				if changes := byPrincipal[p.ID]; changes != nil {
					note(changes, p.Identity...)
					note(changes, p.Boundary)
				}
			}
			for _, s := range w.Secrets {
				changes := bySecret[s.ID]
				if changes == nil {
					continue
				}
				note(changes, s.Policy...)
				for i := range s.Copies {
					if key := s.Copies[i].Key; key != nil {
						note(changes, key.Policy)
					}
				}
			}
		}
	}
	return out
}

// isAnswered says whether a change of access of whom a resource makes, or of the members of a
// group, may be because of a policy that applies to them now, or does no more.
func (r *Report) isAnswered(c *ResourceChange, before, after *access.Estate) bool {
	if c.Type != "AWS::IAM::Role" && c.Type != "AWS::IAM::User" && c.Type != "AWS::IAM::Group" {
		return false
	}
	if len(r.difference.Changes) == 0 {
		return false
	}
	had, has := rulesOf(c, before), rulesOf(c, after)
	changed := map[string][]changedRule{}
	for i := range r.difference.Changes {
		change := &r.difference.Changes[i]
		who := change.Principal.ID
		if had[who] == nil && has[who] == nil {
			continue
		}
		if changed[who] == nil {
			changed[who] = changedRules(had[who], has[who])
		}
		if slices.ContainsFunc(changed[who], func(rule changedRule) bool {
			return rule.mayExplain(change)
		}) {
			return true
		}
	}
	return false
}

// rulesOf returns the statements that apply to whom a resource makes, or to whoever may be in a
// group, by who it is.
func rulesOf(c *ResourceChange, e *access.Estate) map[string]map[string]*policy.Rule {
	out := map[string]map[string]*policy.Rule{}
	for _, w := range e.Worlds {
		for _, p := range w.Principals {
			if c.Type != "AWS::IAM::Group" && p.ID != c.LogicalID &&
				!slices.Contains(p.Also, c.LogicalID) {
				continue
			}
			if out[p.ID] == nil {
				out[p.ID] = map[string]*policy.Rule{}
			}
			for _, d := range p.Identity {
				for i := range d.Rules.Statements {
					rule := &d.Rules.Statements[i]
					out[p.ID][wordsOf(d.Rules.Version, rule)] = rule
				}
			}
		}
	}
	return out
}

// mayExplain says whether a statement works in the direction of a change, and speaks of an action
// and of a resource that the change may be about.
func (r changedRule) mayExplain(c *access.Change) bool {
	switch c.Kind {
	case access.Gains, access.Widens:
		if !r.opens {
			return false
		}
	case access.Narrows, access.Loses:
		if !r.closes {
			return false
		}
	}
	if len(r.Unread) == 0 && !slices.ContainsFunc(actionsOf(c.Verb), r.MatchesAction) {
		return false
	}
	if r.NotResources || len(r.Resources) == 0 || len(r.Unread) > 0 {
		return true
	}
	name, _, _ := strings.Cut(c.ARN, "-??????")
	for i, text := range r.Resources {
		if !strings.Contains(text, ":secretsmanager:") || cfn.HasUnknown(text) ||
			cfn.HasUnknown(c.ARN) || strings.HasPrefix(text, name) ||
			r.ResourcePattern(i).Covers(c.ARN) != cfn.No {
			return true
		}
	}
	return false
}

// actionsOf returns the actions of a verb, or a single one with those on keys that any takes.
func actionsOf(name string) []string {
	var onKeys []string
	for _, v := range verb.All {
		var all []string
		for _, a := range slices.Concat(v.OnSecret, v.Anywhere, v.OnCopies) {
			all = append(all, string(a))
		}
		for _, a := range v.OnKey {
			all, onKeys = append(all, string(a)), append(onKeys, string(a))
		}
		if v.Name == name {
			return all
		}
	}
	return append(onKeys, name)
}
