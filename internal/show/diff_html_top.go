package show

import (
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/english"
)

const (
	mostInSight  = 5   // how many changes of one class are not folded
	mostOfClass  = 100 // how many of them there are at most
	mostPasted   = 40  // how many hand-overs are written in full
	mostPastedOf = 200 // how many bytes of one of them, in lines of some length
)

// classWords say what classes of changes mean, for the heads of their lists.
var classWords = map[string]string{
	"value-lost":   "the value is replaced by a new one, or gone without a way back",
	"replaced":     "a new resource with a new ARN",
	"fails":        "the deployment will be refused",
	"orphaned":     "leaves the stack and stays in the account, unmanaged",
	"deleted":      "goes with the update of the stack",
	"access-gap":   "who is let in is cut off for a while",
	"rotates-now":  "a rotation begins at the deployment",
	"key-changed":  "another key; old versions stay under the old one",
	"guard-weaker": "what protects is removed or loosened",
	"moved":        "the same thing elsewhere",
	"gains":        "was not allowed, and is now",
	"widens":       "is allowed in more circumstances",
	"changes":      "is allowed in other circumstances",
	"unknown":      "nobody can read what decides",
	"narrows":      "is allowed in fewer circumstances",
	"loses":        "was allowed, and is not any more",
	"update":       "changes in place",
}

// classCounts counts changes by class, and under "accepted" those that are accepted.
type classCounts map[string]int

func (c classCounts) add(class string, by *change.Acceptance) {
	if by != nil {
		class = "accepted"
	}
	c[class]++
}

// accessCounts counts the changes of access.
func accessCounts(r *change.Report) classCounts {
	out := classCounts{}
	for i := range r.Access {
		out.add(r.Access[i].Kind.String(), r.Access[i].Accepted)
	}
	for i := range r.Becomings {
		out.add(r.Becomings[i].Kind.String(), r.Becomings[i].Accepted)
	}
	return out
}

// resourceCounts counts the changes of resources.
func resourceCounts(r *change.Report) classCounts {
	out := classCounts{}
	for i := range r.Resources {
		if c := &r.Resources[i]; !c.IsQuiet() {
			out.add(c.Class(), c.Accepted)
		}
	}
	return out
}

// htmlItem is a change at the top of the page, as markup.
type htmlItem struct {
	what     string
	details  []string
	accepted *change.Acceptance
}

// changesFacts writes which states are compared.
func (p *htmlPage) changesFacts() {
	paths := p.options.Asked.Paths
	if len(paths) > 1 {
		p.fact("Before", paths[:1])
		p.fact("Now", paths[1:])
	}
	var environments, accounts, regions []string
	stacks := map[string]int{}
	for _, r := range p.diff.changes.Reports {
		environments = append(environments, strings.Fields(r.Environment)...)
		for _, account := range r.Accounts {
			if account == "" {
				account = "not stated"
			}
			accounts = append(accounts, account)
		}
		for _, s := range r.Stacks {
			stacks[s.Change]++
		}
	}
	for i := range p.secrets {
		regions = append(regions, p.secrets[i].Regions...)
	}
	words := map[string]string{"same": "unchanged"}
	var counts []string
	for _, word := range []string{"changed", "added", "removed", "same"} {
		if n := stacks[word]; n > 0 {
			if words[word] != "" {
				word = words[word]
			}
			counts = append(counts, english.Thousands(n)+" "+word)
		}
	}
	p.fact("Environments", environments)
	p.fact("Stacks", counts)
	p.fact("Accounts", unique(accounts))
	p.fact("Regions", unique(regions))
}

// changesTop writes what changes in a sentence, and lists beneath it: of resources and what stands
// beside them, the worst first, and of access.
func (p *htmlPage) changesTop() {
	reports := p.diff.changes.Reports
	p.WriteString(`<p class="lead">` + html.EscapeString(capitalized(summaryOf(reports))) +
		".</p>\n")
	for _, r := range reports {
		if len(reports) > 1 {
			p.WriteString(`<h2 class="environment">` + html.EscapeString(readable(r.Environment)) +
				` <span class="soft">` +
				html.EscapeString(summaryOf([]*change.Report{r})) + "</span></h2>\n")
		}
		p.changesOf(r)
	}
}

// changesOf writes the lists of one environment: of access and of resources, whichever has what is
// worse first.
func (p *htmlPage) changesOf(r *change.Report) {
	resources, taken := p.resourceItems(r)
	gained, takenAccess := p.accessItems(r)
	parts := []func(){
		func() { p.accessPart(r, gained, takenAccess) },
		func() { p.resourcePart(r, resources, taken) },
	}
	if slices.ContainsFunc(change.Risks[:change.Orphaned], func(class string) bool {
		return len(resources[class]) > 0
	}) {
		slices.Reverse(parts)
	}
	p.WriteString(`<div class="top both">` + "\n")
	for _, write := range parts {
		write()
	}
	p.WriteString("</div>\n")
}

// accessPart writes what becomes of access.
func (p *htmlPage) accessPart(
	r *change.Report, items map[string][]htmlItem, accepted []htmlItem,
) {
	if len(items)+len(accepted) == 0 {
		return
	}
	counts := accessCounts(r)
	p.part("Access")
	for kind := access.Gains; kind <= access.Loses; kind++ {
		p.class(kind.String(), counts[kind.String()], items[kind.String()])
	}
	p.folded("accepted", counts["accepted"], accepted)
	p.WriteString("</section>\n")
}

// resourcePart writes what becomes of resources, and what changes beside them.
func (p *htmlPage) resourcePart(
	r *change.Report, items map[string][]htmlItem, accepted []htmlItem,
) {
	beside := besideItems(r)
	unnoticed := p.quietItems(r)
	if len(items)+len(beside)+len(accepted)+len(unnoticed)+len(r.HandOvers) == 0 {
		return
	}
	counts := resourceCounts(r)
	p.part("Resources")
	for _, class := range slices.Concat(change.Risks[:change.Orphaned], []string{"unknown"},
		change.Risks[change.Orphaned:]) {
		p.class(class, counts[class], items[class])
	}
	for _, class := range []string{"stack", "assertion", "limit"} {
		p.class(class, len(beside[class]), beside[class])
	}
	p.handOvers(r)
	p.folded("accepted", counts["accepted"], accepted)
	p.folded("update", quiet(r), unnoticed)
	p.WriteString("</section>\n")
}

// part begins a section, which a keyboard can scroll.
func (p *htmlPage) part(name string) {
	p.WriteString(`<section class="values" tabindex="0" aria-label="` + name + "\">\n<h2>" + name +
		"</h2>\n")
}

// class writes a number of changes of one class.
func (p *htmlPage) class(class string, n int, items []htmlItem) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(p, `<div class="class"><h3><span class="badge %s">%s</span> %s`, class, class,
		english.Thousands(n))
	if words := classWords[class]; words != "" {
		p.WriteString(` <span class="soft">` + words + "</span>")
	}
	p.WriteString("</h3>\n")
	p.list5(items)
	p.WriteString("</div>\n")
}

// list5 writes some items, and folds the others as far as there is room.
func (p *htmlPage) list5(items []htmlItem) {
	most := mostInSight
	if len(items) == most+1 {
		most++
	}
	p.itemList(items[:min(most, len(items))])
	if len(items) <= most {
		return
	}
	rest := items[most:min(len(items), mostOfClass)]
	p.WriteString("<details><summary>" + english.Plural(len(items)-most, "other", "others") +
		"</summary>\n")
	p.itemList(rest)
	if n := len(items) - most - len(rest); n > 0 {
		p.WriteString("<p>And " + english.Plural(n, "other", "others") +
			", for which the page has no room; JSON has everything.</p>\n")
	}
	p.WriteString("</details>\n")
}

func (p *htmlPage) itemList(items []htmlItem) {
	p.WriteString("<ul>\n")
	for _, one := range items {
		p.WriteString("<li>" + one.what)
		if one.accepted != nil {
			p.WriteString(` <span class="reason-given">accepted: ` +
				html.EscapeString(readable(one.accepted.Reason)) + "</span>")
		}
		for _, words := range one.details {
			p.WriteString(` <span class="places">` + words + "</span>")
		}
		p.WriteString("</li>\n")
	}
	p.WriteString("</ul>\n")
}

// folded writes items of which their number is enough, until somebody opens them.
func (p *htmlPage) folded(class string, n int, items []htmlItem) {
	if len(items) == 0 {
		return
	}
	words, open := "accepted", ""
	if class == "update" {
		words = "new, or changed in place, and nobody notices"
	} else if len(items) <= mostInSight {
		open = " open"
	}
	fmt.Fprintf(p, `<details class="class"`+open+`><summary><span class="badge %s">%s</span> `+
		`<span class="soft">%s %s</span></summary>`+"\n", class, class,
		english.Thousands(n), words)
	p.itemList(items[:min(len(items), mostOfClass)])
	if n := len(items) - mostOfClass; n > 0 {
		p.WriteString("<p>And " + english.Plural(n, "other", "others") + ".</p>\n")
	}
	p.WriteString("</details>\n")
}

func markup(text string) string { return html.EscapeString(readable(text)) }

func codeMarkup(text string) string { return "<code>" + markup(text) + "</code>" }

// resourceItems returns what becomes of resources, by class, and what of it is accepted.
func (p *htmlPage) resourceItems(r *change.Report) (map[string][]htmlItem, []htmlItem) {
	by := map[string][]htmlItem{}
	var accepted []htmlItem
	for _, g := range resourceGroups(r, func(c *change.ResourceChange) bool {
		return !c.IsQuiet()
	}) {
		one := resourceItem(g)
		if g.Accepted != nil {
			one.what = badgeOf(g.Class()) + one.what
			accepted = append(accepted, one)
			continue
		}
		by[g.Class()] = append(by[g.Class()], one)
	}
	return by, accepted
}

// quietItems are the changes that nobody notices.
func (p *htmlPage) quietItems(r *change.Report) []htmlItem {
	var out []htmlItem
	for _, g := range resourceGroups(r, func(c *change.ResourceChange) bool {
		return c.IsQuiet()
	}) {
		out = append(out, resourceItem(g))
	}
	return out
}

func resourceItem(g *resourceGroup) htmlItem {
	one := htmlItem{what: g.title(codeMarkup) + ": " + markup(g.Message), accepted: g.Accepted}
	if places := g.places(); len(places) > 0 {
		one.details = append(one.details, "at "+english.Some(mapped(places, markup), mostBecauses))
	}
	if g.Page != "" {
		one.details = append(one.details,
			`<a href="`+html.EscapeString(g.Page)+`">AWS's page</a>`)
	}
	return one
}

func badgeOf(class string) string {
	return `<span class="badge ` + class + `">` + class + "</span> "
}

// accessItems returns what becomes of access, by class, and what of it is accepted. What it is
// about leads to it.
func (p *htmlPage) accessItems(r *change.Report) (map[string][]htmlItem, []htmlItem) {
	by := map[string][]htmlItem{}
	var accepted []htmlItem
	add := func(class string, one htmlItem) {
		if one.accepted != nil {
			one.what = badgeOf(class) + one.what
			accepted = append(accepted, one)
			return
		}
		by[class] = append(by[class], one)
	}
	for _, g := range accessGroups(r) {
		one := htmlItem{accepted: g.accepted, what: `<a href="#` +
			html.EscapeString(p.addressOf(r, g)) + `">` + g.sentence(markup, mostChanged) + "</a>"}
		for _, words := range g.conditions {
			one.details = append(one.details, html.EscapeString(words))
		}
		for _, words := range g.unread() {
			one.details = append(one.details, "not known: "+html.EscapeString(words))
		}
		if places := g.places(r); len(places) > 0 {
			one.details = append(one.details,
				"because of "+english.Some(mapped(places, html.EscapeString), mostBecauses))
		}
		add(g.kind.String(), one)
	}
	for _, b := range r.Becomings {
		add(b.Kind.String(), htmlItem{what: becomingWords(&b, markup),
			accepted: b.Accepted})
	}
	return by, accepted
}

// addressOf returns where the page shows a group of changes.
func (p *htmlPage) addressOf(r *change.Report, g *accessGroup) string {
	out := url.Values{"change": {g.kind.String()}}
	id := func(s *access.Subject) string {
		if len(p.all) > 1 {
			return readable(s.ID + " (" + r.Environment + ")")
		}
		return readable(s.ID)
	}
	first := g.examples[0]
	if len(g.principals) == 1 {
		out["principal"] = []string{id(first.Principal)}
		if len(g.secrets) == 1 {
			out["who"] = out["principal"]
			out["what"] = []string{id(first.Secret)}
		}
	}
	if len(g.secrets) == 1 {
		out["secret"] = []string{id(first.Secret)}
	}
	return out.Encode()
}

// besideItems returns the stacks that come and go, assertions and limits.
func besideItems(r *change.Report) map[string][]htmlItem {
	out := map[string][]htmlItem{}
	for _, s := range r.Stacks {
		switch s.Change {
		case "added", "removed":
			what := s.Change + ": " + codeMarkup(s.Stack)
			if s.Number > 0 && len(r.Stacks) > 1 {
				what += fmt.Sprintf(", number %d to be deployed", s.Number)
			}
			out["stack"] = append(out["stack"], htmlItem{what: what})
		}
	}
	for _, a := range r.Assertions {
		out["assertion"] = append(out["assertion"], htmlItem{what: a.Change + ": " +
			codeMarkup(a.Text)})
	}
	for _, l := range r.Limits {
		out["limit"] = append(out["limit"], htmlItem{what: fmt.Sprintf("%s has %s of %s %s",
			codeMarkup(strings.TrimSpace(l.LogicalID+" "+l.Stack)), english.Thousands(l.After),
			english.Thousands(l.Limit), html.EscapeString(limitWords(l)))})
	}
	return out
}

// handOvers writes what others must do, or need not do any more, ready to paste.
func (p *htmlPage) handOvers(r *change.Report) {
	if len(r.HandOvers) == 0 {
		return
	}
	p.WriteString(`<div class="class"><h3><span class="badge">hand-over</span> ` +
		`<span class="soft">what others must do</span></h3>` + "\n")
	for i, h := range r.HandOvers {
		if i == mostPasted {
			p.WriteString("<p>And " + english.Plural(len(r.HandOvers)-i, "other hand-over",
				"other hand-overs") + "; JSON has everything.</p>\n")
			break
		}
		title := "no longer needed"
		if h.Change == "added" {
			title = "to add"
		}
		text, _ := statementsOf(h.HandOver)
		lines := strings.Split(text, "\n")
		if n := len(lines) - mostPastedOf; n > 0 {
			lines = append(lines[:mostPastedOf], "… and "+english.Plural(n, "line", "lines"))
		}
		p.WriteString("<details><summary>" + title + " in the " + markup(h.Document) + " of " +
			markup(h.Of) + "</summary><pre tabindex=\"0\">" +
			html.EscapeString(strings.Join(lines, "\n")) + "</pre></details>\n")
	}
	p.WriteString("</div>\n")
}
