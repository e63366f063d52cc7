package show

import (
	"fmt"
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
	{Name: "html", Write: writeDiffHTML, Whole: true},
}

// accessGroup is changes of access that differ in who and in which secrets alone.
type accessGroup struct {
	kind       access.ChangeKind
	principals []string // as subjectNames calls them
	verbs      []string
	secrets    []string
	regions    []string // none: all that the secrets are in
	conditions []string // sentences: under which the change holds
	perhaps    bool     // it may be the other way round, too
	accepted   *change.Acceptance
	examples   []*change.Access // show the reasons; a few
}

// accessGroups puts together what changes in the same way: first the verbs of a principal on a
// secret, then the secrets of a principal, then the principals. What a reviewer must see first
// comes first.
func accessGroups(r *change.Report) []*accessGroup {
	var cells []*accessGroup
	at := map[string]*accessGroup{}
	principal := subjectNames(r, func(c *change.Access) *access.Subject { return c.Principal })
	secret := subjectNames(r, func(c *change.Access) *access.Subject { return c.Secret })
	for i := range r.Access {
		c := &r.Access[i]
		g := &accessGroup{
			kind: c.Kind, principals: []string{principal(c)},
			secrets:    []string{secret(c)},
			conditions: conditionsOf(c), perhaps: c.Perhaps, accepted: c.Accepted,
			examples: []*change.Access{c},
		}
		key := g.key(true, true)
		if at[key] == nil {
			at[key], cells = g, append(cells, g)
		}
		g = at[key]
		g.verbs, g.regions = adding(g.verbs, c.Verb), adding(g.regions, c.Region)
	}
	for _, g := range cells {
		if len(g.regions) >= len(g.examples[0].Secret.Regions) {
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

// subjectNames returns what names the principal or the secret of changes: its ID, with the ARN
// where one ID means two of them, such as a role that is replaced by one of another name.
func subjectNames(
	r *change.Report, of func(*change.Access) *access.Subject,
) func(*change.Access) string {
	arns, several := map[string]string{}, map[string]bool{}
	for i := range r.Access {
		s := of(&r.Access[i])
		if arn, known := arns[s.ID]; known && arn != s.ARN {
			several[s.ID] = true
		}
		arns[s.ID] = s.ARN
	}
	return func(c *change.Access) string {
		if s := of(c); several[s.ID] && s.ARN != "" {
			return s.ID + " (" + s.ARN + ")"
		}
		return of(c).ID
	}
}

// key tells a group from those that it cannot be put together with.
func (g *accessGroup) key(byPrincipal, bySecret bool) string {
	words := []string{g.kind.String(), strings.Join(g.verbs, " "), strings.Join(g.regions, " "),
		strings.Join(g.conditions, "\n"), fmt.Sprint(g.perhaps)}
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
			if len(into.examples) < mostBecauses {
				into.examples = append(into.examples, g.examples...)
			}
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

// conditionsOf says under which conditions a change holds: of what is allowed now, of what was, or
// of both where it is another circumstance.
func conditionsOf(c *change.Access) []string {
	before, after := wordsOf(c.Before.Conditions, 0), wordsOf(c.After.Conditions, 0)
	switch c.Kind {
	case access.Gains:
		return after
	case access.Loses:
		return before
	case access.ChangeNotKnown:
		return nil
	}
	now := "now: " + english.Some(orAlways(after), mostSentences)
	if slices.Equal(before, after) && slices.ContainsFunc(c.After.Conditions,
		func(c access.Condition) bool { return c.Operator == "Condition" }) {
		now += ", which is defined otherwise"
	}
	return []string{"before: " + english.Some(orAlways(before), mostSentences), now}
}

func orAlways(conditions []string) []string {
	if len(conditions) == 0 {
		return []string{"always"}
	}
	return conditions
}

// sentence says what a group is: "ci gains read on stripe, paypal and 12 more", or "ci: read on
// stripe" where it is the class that says what becomes of it.
func (g *accessGroup) sentence(name func(string) string, most int) string {
	who := english.Some(mapped(g.principals, name), most)
	what := english.List(g.verbs) + " on " + english.Some(mapped(g.secrets, name), most)
	if len(g.regions) > 0 {
		what += " in " + english.List(g.regions)
	}
	word := g.kind.String()
	switch {
	case g.kind == access.ChangeNotKnown:
		return who + ": whether " + what + " changes is not known"
	case g.kind == access.Widens && g.perhaps:
		return who + ": " + what + ", which may narrow as well"
	case g.kind != access.Gains && g.kind != access.Loses:
		return who + ": " + what
	case len(g.principals) > 1:
		word = strings.TrimSuffix(word, "s")
	}
	return who + " " + word + " " + what
}

// unread returns what is not known of a group, each once.
func (g *accessGroup) unread() []string {
	var words []string
	for _, u := range append(slices.Clip(g.examples[0].Before.Unread),
		g.examples[0].After.Unread...) {
		words = adding(words, unreadWords(u))
	}
	return words
}

// places says which statements make the difference, and where they are written.
func (g *accessGroup) places(r *change.Report) []string {
	var words []string
	seen := map[string]bool{} // a statement may be there for thousands of grants
	for _, c := range g.examples {
		e := r.Evidence(c)
		for i, spans := range reasonsOf(e.Because) {
			for _, place := range placesOf(&e.Because[i], spans) {
				if !seen[place] {
					seen[place], words = true, append(words, place)
				}
			}
		}
	}
	return words
}

// resourceGroup is changes of resources that differ in the resource alone.
type resourceGroup struct {
	*change.ResourceChange // the first of them
	all                    []*change.ResourceChange
}

// resourceGroups puts together resources that change in the same way, in the order of the first of
// each.
func resourceGroups(r *change.Report, which func(*change.ResourceChange) bool) []*resourceGroup {
	var groups []*resourceGroup
	at := map[string]*resourceGroup{}
	for i := range r.Resources {
		c := &r.Resources[i]
		if !which(c) {
			continue
		}
		key := strings.Join([]string{c.Class(), c.Kind.String(), c.Property, c.Message, c.Type,
			fmt.Sprint(c.FromID != "")}, "\x00")
		if c.Accepted != nil {
			key += "\x00" + c.Accepted.Reason
		}
		g := at[key]
		if g == nil {
			g = &resourceGroup{ResourceChange: c}
			at[key], groups = g, append(groups, g)
		}
		g.all = append(g.all, c)
	}
	return groups
}

// title names what changes: "DbSecret (db) in shop", "db, mail and 10 more in 3 stacks", and the
// property.
func (g *resourceGroup) title(name func(string) string) string {
	var names, stacks []string
	for _, c := range g.all {
		text := name(c.LogicalID)
		var also []string
		switch {
		case c.Secret != "" && c.Secret != c.LogicalID && len(g.all) == 1:
			also = append(also, name(c.Secret))
		case c.Secret != "" && c.Type == "AWS::SecretsManager::Secret":
			text = name(c.Secret)
		}
		if c.FromID != "" && c.FromID != c.LogicalID {
			also = append(also, "before "+name(c.FromID))
		}
		if also != nil {
			text += " (" + strings.Join(also, ", ") + ")"
		}
		names, stacks = adding(names, text), adding(stacks, name(c.Stack))
	}
	text := english.Some(names, mostChanged) + " in "
	if len(stacks) == 1 {
		text += stacks[0]
	} else {
		text += english.Plural(len(stacks), "stack", "stacks")
	}
	if from := g.FromStack; from != "" && from != g.Stack && len(g.all) == 1 {
		text += " (before " + name(from) + ")"
	}
	if g.Property != "" {
		text += ", " + name(g.Property)
	}
	return text
}

// places says where what changes is written, each place once.
func (g *resourceGroup) places() []string {
	var words []string
	for _, c := range g.all {
		if !c.Span.IsZero() {
			words = adding(words, placeWords(c.Span))
		}
	}
	return words
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
	empty, unknown, tooMany := true, false, false
	handOvers, assertions := 0, 0
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
		handOvers, assertions = handOvers+len(r.HandOvers), assertions+len(r.Assertions)
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
			words = append(words, countedClass(n, class))
		}
	}
	if handOvers > 0 {
		words = append(words, english.Plural(handOvers, "hand-over", "hand-overs"))
	}
	if assertions > 0 {
		words = append(words, english.Plural(assertions, "assertion", "assertions"))
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

// countedClass says how many changes of a class there are: "1 gain", "2 updates", "3 value-lost".
func countedClass(n int, class string) string {
	word, ok := nounOf[class]
	if !ok {
		return english.Thousands(n) + " " + class
	}
	return english.Plural(n, word[0], word[1])
}

// nounOf are the nouns, one and several, of the classes that are no adjectives.
var nounOf = map[string][2]string{
	"gains": {"gain", "gains"}, "widens": {"widening", "widenings"},
	"changes": {"change of conditions", "changes of conditions"},
	"narrows": {"narrowing", "narrowings"}, "loses": {"loss", "losses"},
	"fails": {"failure", "failures"}, "access-gap": {"access gap", "access gaps"},
	"rotates-now": {"rotation", "rotations"}, "update": {"update", "updates"},
}

// quiet counts the changes that are told as a number only.
func quiet(r *change.Report) int {
	n := 0
	for i := range r.Resources {
		if r.Resources[i].IsQuiet() {
			n++
		}
	}
	return n
}
