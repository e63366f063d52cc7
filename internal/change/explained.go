package change

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
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

// policies judges the policies that are new or written otherwise. The comparison of access asks
// about the principals and secrets in sight. If none of its answers has changed that a policy may
// be why of, or if the policy lets somebody do more than is asked about, nobody knows what it does:
// it may be about others. That a policy which follows from grants has only been merged, split or
// put elsewhere is no change. Whom a role trusts is asked of the principals in sight alone, so that
// others may gain what the role can do.
func (r *Report) policies(before, after *State) {
	derived := before.OfSpec && after.OfSpec && !before.OwnWords && !after.OwnWords
	silent := derived && len(r.Access) == 0 && len(r.Becomings) == 0 && !r.TooMany
	r.Resources = slices.DeleteFunc(r.Resources, func(c ResourceChange) bool {
		return silent && c.Risk == Updated && c.Kind == Modified && c.isOfSecrets
	})
	seen := &sight{estates: []*access.Estate{estateOf(*before), estateOf(*after)}}
	r.trustsInSight(seen)
	verdicts := r.verdicts(seen)
	for i := range r.Resources {
		c := &r.Resources[i]
		v := verdicts[c.document()]
		switch from := (document{c.FromStack, c.FromID}); {
		case c.Risk != Updated, c.isOfTrust:
			continue
		case c.trusts():
			c.Unknown = true
			c.Message = "whom the role trusts changes: whoever may assume it can do what the " +
				"role can, and only the principals in sight are asked"
			continue
		case c.attaches && (!derived || c.isOwnWords):
			if c.isOpaque {
				v = verdict{}
			} else if table := aws.UpdatesOf(c.Type); table == nil || !table.IsPolicy {
				v = r.verdictOfOwner(c, seen)
			}
		case !c.Policy || derived && c.isOfSecrets:
			continue
		default:
			v.isWhy = v.isWhy || verdicts[from].isWhy
		}
		if !v.isTold() && !(c.ownersKnown && v.isWhole) {
			c.Unknown, c.Message = true, notTold(c, v)
		}
	}
}

// notTold says why nobody knows what a policy does that changes or comes to apply.
func notTold(c *ResourceChange, v verdict) string {
	what, them, lets := "the policy changes", "of it", "it lets"
	switch {
	case c.attaches && c.Kind == Added:
		what, them, lets = c.what+" is new", "of its policies", "its policies let"
	case c.attaches:
		what, them, lets = "other policies apply", "of them", "they let"
	case c.Kind == Added:
		what = c.what + " is new"
	}
	switch {
	case c.isOpaque:
		return what + ", and not all " + them + " are in sight: what " + lets + " somebody do " +
			"elsewhere is not compared"
	case v.isWhy:
		return what + ", and " + lets + " somebody do more than the answers about the " +
			"principals and secrets in sight tell: that is not compared"
	case c.attaches:
		return what + ", and no answer about the principals and secrets in sight changes by " +
			"it: what " + lets + " somebody do elsewhere is not compared"
	}
	return what + ", and no answer about the principals and secrets in sight changes by it: what " +
		lets + " others do, or do elsewhere, is not compared"
}

// document returns where the policy stands that a change is about: AWS's serverless transform makes
// a role of a function.
func (c *ResourceChange) document() document {
	if slices.Contains(serverless, c.Type) {
		return document{c.Stack, c.LogicalID + "Role"}
	}
	return document{c.Stack, c.LogicalID}
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
	// the statements of the policy before, of which this one may have more
	before map[string]*policy.Rule
}

// changedRules returns the statements of a policy that only one state has. Where all are in both,
// they are so in other circumstances, and each may do anything.
func changedRules(old, new map[string]*policy.Rule) []changedRule {
	var out []changedRule
	for words, r := range new {
		if old[words] == nil {
			out = append(out, changedRule{r, r.Effect != "Deny", r.Effect != "Allow", old})
		}
	}
	for words, r := range old {
		if new[words] == nil {
			out = append(out, changedRule{r, r.Effect != "Allow", r.Effect != "Deny", nil})
		}
	}
	if len(out) == 0 {
		for _, r := range new {
			out = append(out, changedRule{r, true, true, nil})
		}
	}
	return out
}

// verdicts judges the policies that change by their own statements, those that change: whether one
// of them may be why a change of access is, since it works in that direction and speaks of such a
// request, and whether one lets somebody do more.
func (r *Report) verdicts(seen *sight) map[document]verdict {
	type places struct{ from, at document }
	var changed []places
	wanted := map[document]bool{}
	for i := range r.Resources {
		c := &r.Resources[i]
		if !c.Policy && !c.attaches || c.Risk != Updated && c.Risk != Moved {
			continue
		}
		at := c.document()
		from := at
		if c.FromID != "" {
			from = document{c.FromStack, c.FromID}
		}
		wanted[at], wanted[from] = true, true
		changed = append(changed, places{from, at})
	}
	rules, out := map[document][]changedRule{}, map[document]verdict{}
	if len(changed) == 0 {
		return out
	}
	old, new := documentsOf(seen.estates[0], wanted), documentsOf(seen.estates[1], wanted)
	for _, c := range changed {
		rules[c.at] = changedRules(old[c.from], new[c.at])
		rules[c.from] = rules[c.at]
		out[c.at] = seen.verdictOf(rules[c.at])
		out[c.from] = out[c.at]
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
			v := out[at]
			v.isWhy = v.isWhy || slices.ContainsFunc(rules[at], func(rule changedRule) bool {
				return slices.ContainsFunc(changes, rule.mayExplain)
			})
			out[at] = v
		}
	}
	for _, e := range seen.estates {
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

// verdictOfOwner judges the policies that apply to whom a resource makes, or to the members of a
// group, by all statements that apply now or do no more.
func (r *Report) verdictOfOwner(c *ResourceChange, seen *sight) (all verdict) {
	had, has := rulesOf(c, seen.estates[0]), rulesOf(c, seen.estates[1])
	changed := map[string][]changedRule{}
	all.isIdle = true
	found := false
	for _, side := range []map[string]map[string]*policy.Rule{had, has} {
		for who := range side {
			if changed[who] != nil || c.isOfGroup() && haveSameKeys(had[who], has[who]) {
				continue
			}
			changed[who] = changedRules(had[who], has[who])
			if len(changed[who]) == 0 {
				continue
			}
			found = true
			one := seen.verdictOf(changed[who])
			all.reaches, all.isIdle = all.reaches || one.reaches, all.isIdle && one.isIdle
		}
	}
	all.isIdle = all.isIdle && (found || c.Kind == Added && !c.isOfGroup())
	for i := range r.difference.Changes {
		change := &r.difference.Changes[i]
		all.isWhy = all.isWhy || slices.ContainsFunc(changed[change.Principal.ID],
			func(rule changedRule) bool { return rule.mayExplain(change) })
	}
	return all
}

// isOfGroup says whether the change is one of a group or of its members.
func (r *Resource) isOfGroup() bool {
	return r.Type == "AWS::IAM::Group" || r.Type == "AWS::IAM::UserToGroupAddition"
}

func haveSameKeys(a, b map[string]*policy.Rule) bool {
	return maps.EqualFunc(a, b, func(*policy.Rule, *policy.Rule) bool { return true })
}

// rulesOf returns the statements that apply to whom a resource makes, or to whoever may be in a
// group, by who it is.
func rulesOf(c *ResourceChange, e *access.Estate) map[string]map[string]*policy.Rule {
	out := map[string]map[string]*policy.Rule{}
	for _, w := range e.Worlds {
		for _, p := range w.Principals {
			if !c.isOfGroup() && p.ID != c.document().id &&
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
