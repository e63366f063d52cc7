package show

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/english"
)

// Changes is what deploying one state over another does, in each environment.
type Changes struct {
	Reports []*change.Report
	Unused  []*change.Acceptance // entries that accept nothing
}

// Diffs are the formats of changes.
var Diffs = Formats[Changes]{
	{Name: "text", Write: writeDiffText},
	{Name: "json", Write: writeDiffJSON},
	{Name: "markdown", Write: writeDiffMarkdown},
}

// accessGroup is changes of access that differ in who and in which secrets alone.
type accessGroup struct {
	kind       access.ChangeKind
	principals []string // their IDs, as the report has them
	verbs      []string
	secrets    []string
	regions    []string // none: all that the secrets are in
	conditions []access.Condition
	accepted   *change.Acceptance
	first      *change.Access // shows the reason of all
	count      int            // of changes
}

// accessGroups puts together what changes in the same way: first the verbs of a principal on a
// secret, then the secrets of a principal, then the principals. What a reviewer must see first
// comes first.
func accessGroups(r *change.Report) []*accessGroup {
	var cells []*accessGroup
	at := map[string]*accessGroup{}
	for i := range r.Access {
		c := &r.Access[i]
		g := &accessGroup{
			kind: c.Kind, principals: []string{c.Principal.ID}, secrets: []string{c.Secret.ID},
			conditions: conditionsOf(c), accepted: c.Accepted, first: c,
		}
		key := g.key(true, true)
		if at[key] == nil {
			at[key], cells = g, append(cells, g)
		}
		g = at[key]
		g.count++
		g.verbs, g.regions = adding(g.verbs, c.Verb), adding(g.regions, c.Region)
	}
	for _, g := range cells {
		if len(g.regions) >= len(g.first.Secret.Regions) {
			g.regions = nil
		}
	}
	groups := puttingTogether(cells, func(g *accessGroup) string { return g.key(true, false) },
		func(into, g *accessGroup) { into.secrets = adding(into.secrets, g.secrets...) })
	groups = puttingTogether(groups, func(g *accessGroup) string { return g.key(false, true) },
		func(into, g *accessGroup) { into.principals = adding(into.principals, g.principals...) })
	slices.SortStableFunc(groups, func(a, b *accessGroup) int { return int(a.kind) - int(b.kind) })
	return groups
}

// key tells a group from those that it cannot be put together with.
func (g *accessGroup) key(byPrincipal, bySecret bool) string {
	words := []string{g.kind.String(), strings.Join(g.verbs, " "), strings.Join(g.regions, " "),
		strings.Join(wordsOf(g.conditions, 0), "\n")}
	if byPrincipal {
		words = append(words, "p", strings.Join(g.principals, "\x00"))
	}
	if bySecret {
		words = append(words, "s", strings.Join(g.secrets, "\x00"))
	}
	if g.accepted != nil {
		words = append(words, g.accepted.Reason, g.accepted.Class)
	}
	return strings.Join(words, "\x01")
}

// puttingTogether puts groups of one key together, in the order of the first of each.
func puttingTogether(
	groups []*accessGroup, key func(*accessGroup) string, join func(into, g *accessGroup),
) []*accessGroup {
	var out []*accessGroup
	at := map[string]*accessGroup{}
	for _, g := range groups {
		k := key(g)
		if into := at[k]; into != nil {
			join(into, g)
			into.count += g.count
			continue
		}
		at[k], out = g, append(out, g)
	}
	return out
}

// adding adds the words that a list does not have.
func adding(list []string, words ...string) []string {
	for _, w := range words {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// conditionsOf returns the conditions under which a change holds: of what is allowed now, or of
// what was.
func conditionsOf(c *change.Access) []access.Condition {
	if c.Kind == access.Loses {
		return c.Before.Conditions
	}
	return c.After.Conditions
}

// isReading says whether a group is about the value itself.
func (g *accessGroup) isReading() bool {
	return slices.Contains(g.verbs, "read") || slices.Contains(g.verbs, "batchRead")
}

// sentence says what a group is: "ci gains read on stripe, paypal and 12 more".
func (g *accessGroup) sentence(name func(string) string, most int) string {
	who, secrets := mapped(g.principals, name), mapped(g.secrets, name)
	word := g.kind.String()
	several := len(who) > 1
	switch {
	case g.kind == access.ChangeNotKnown && several:
		word = "may have other access:"
	case g.kind == access.ChangeNotKnown:
		word = "may have other access:"
	case several:
		word = strings.TrimSuffix(word, "s")
	}
	text := english.Some(who, most) + " " + word + " " + english.List(g.verbs) + " on " +
		english.Some(secrets, most)
	if len(g.regions) > 0 {
		text += " in " + english.List(g.regions)
	}
	return text
}

func mapped(list []string, to func(string) string) []string {
	var out []string
	for _, s := range list {
		out = append(out, to(s))
	}
	return out
}

// summaryOf says in one sentence what a report comes to.
func summaryOf(reports []*change.Report) string {
	all, accepted := map[string]int{}, 0
	empty, unknown, tooMany, moved := true, false, false, 0
	for _, r := range reports {
		counts, taken := r.Counts()
		for class, n := range counts {
			all[class] += n
		}
		for _, n := range taken {
			accepted += n
		}
		empty = empty && r.IsEmpty()
		unknown, tooMany = unknown || r.Unknown, tooMany || r.TooMany
		moved += len(r.HandOvers) + len(r.Assertions)
	}
	switch {
	case empty && unknown:
		return "no change in what was read"
	case empty:
		return "no change in access or resources"
	}
	var words []string
	for _, class := range change.Classes() {
		if n := all[class]; n > 0 {
			words = append(words, english.Thousands(n)+" "+class)
		}
	}
	if moved > 0 {
		words = append(words, english.Plural(moved, "other change", "other changes"))
	}
	text := strings.Join(words, ", ")
	if accepted > 0 {
		text += "; " + english.Thousands(accepted) + " of them accepted"
	}
	if tooMany {
		text += "; there are more changes of access than are told"
	}
	return text
}

// resourceTitle names the resource of a change: its logical ID, what a spec calls it, and its
// stack.
func resourceTitle(c *change.ResourceChange, name func(string) string) string {
	text := name(c.LogicalID)
	if c.Secret != "" && c.Secret != c.LogicalID {
		text += " (" + name(c.Secret) + ")"
	}
	return text + " in " + name(c.Stack)
}

// isQuiet says whether a change of a resource is told as a number only: nobody notices it.
func isQuiet(c *change.ResourceChange) bool { return c.Risk == change.Updated }

// quiet counts the changes that are told as a number only.
func quiet(r *change.Report) int {
	n := 0
	for i := range r.Resources {
		if isQuiet(&r.Resources[i]) {
			n++
		}
	}
	return n
}
