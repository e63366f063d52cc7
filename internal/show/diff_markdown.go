package show

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/english"
)

const (
	// mostMarkdown is how many characters a comment may have, with room for what is added last.
	// https://docs.github.com/en/rest/issues/comments
	mostMarkdown = 65_536 - 4_000
	// how much of it the tables, and with them the reasons, may take
	mostOfRows, mostOfReasons = mostMarkdown * 3 / 5, mostMarkdown * 4 / 5
	// mostOpen is how many rows are not folded, but for one of each class.
	mostOpen = 12
	// leastOfClass is how much room a folded table is worth having for.
	leastOfClass = 500
)

// diffMarkdown is changes for a comment on GitHub while they are being written.
// https://github.github.com/gfm/
type diffMarkdown struct {
	planMarkdown
	left, statements, environments, unused int // what had no room
}

// writeDiffMarkdown writes changes for the comment of a pull request: a summary, a table of what a
// reviewer must see, and the rest folded. It is never longer than GitHub takes; what is left out is
// counted. An error is the writer's.
func writeDiffMarkdown(w io.Writer, all Changes, _ Options) error {
	m := &diffMarkdown{}
	m.WriteString("### secretctl diff\n\n" + capitalized(summaryOf(all.Reports)) + ".\n")
	for _, r := range all.Reports {
		if len(all.Reports) > 1 {
			if m.Len() > mostOfReasons {
				m.environments++
				continue
			}
			m.WriteString("\n#### " + code(r.Environment) + "\n\n" +
				capitalized(summaryOf([]*change.Report{r})) + ".\n")
		}
		m.report(r)
	}
	for _, a := range all.Unused {
		text := "\nAccepts nothing: " + escapedWords(acceptanceWords(a)) + ".\n"
		if m.Len()+len(text) > mostMarkdown {
			m.unused++
			continue
		}
		m.WriteString(text)
	}
	m.leftOut()
	_, err := io.WriteString(w, m.String())
	return err
}

// leftOut counts what a comment has no room for.
func (m *diffMarkdown) leftOut() {
	var words []string
	add := func(n int, one, many string) {
		if n > 0 {
			words = append(words, english.Plural(n, one, many))
		}
	}
	add(m.left, "change", "changes")
	add(m.statements, "hand-over", "hand-overs")
	add(m.environments, "environment", "environments")
	add(m.unused, "entry that accepts nothing", "entries that accept nothing")
	if words != nil {
		m.WriteString("\nLeft out, for want of room: " + english.List(words) +
			". `secretctl diff` lists all, and `--format html` is a page of all.\n")
	}
}

// entry is a row of the table, and what is told of it where it is folded open.
type entry struct {
	class, what string
	title       string // what, as short as it can be told
	details     []string
	accepted    *change.Acceptance
}

// report writes the table of one environment, and what is folded.
func (m *diffMarkdown) report(r *change.Report) {
	open, rest := opened(entriesOf(r))
	m.table(open, true, mostOfRows)
	for i, class := range rest {
		title := english.Plural(len(class), "other change", "other changes")
		room := (mostOfRows - m.Len()) / (len(rest) - i)
		if room < leastOfClass {
			m.left += len(class)
			continue
		}
		m.folded(class[0].class+": "+title, func() { m.table(class, false, m.Len()+room) })
	}
	if all := slices.Concat(rest...); slices.ContainsFunc(all, func(e entry) bool {
		return len(e.details) > 0
	}) {
		m.folded("Why", func() { m.details(all) })
	}
	if n := quiet(r); n > 0 {
		m.WriteString("\n" + english.Plural(n, "resource is new or changes",
			"resources are new or change") + " in place, and nobody notices.\n")
	}
	m.pasted(r)
}

// opened returns the entries that are not folded, and the others by class: of each class as many as
// all of them leave room for, so that nothing that happens is seen by none of its changes.
func opened(entries []entry) (open []entry, rest [][]entry) {
	count := func(most int) int {
		n, have := 0, map[string]int{}
		for _, e := range entries {
			if have[e.class]++; have[e.class] <= most {
				n++
			}
		}
		return n
	}
	most := 1
	for most < mostOpen && count(most+1) <= mostOpen {
		most++
	}
	have, at := map[string]int{}, map[string]int{}
	for _, e := range entries {
		if have[e.class]++; have[e.class] <= most {
			open = append(open, e)
			continue
		}
		n, ok := at[e.class]
		if !ok {
			n = len(rest)
			at[e.class], rest = n, append(rest, nil)
		}
		rest[n] = append(rest[n], e)
	}
	return open, rest
}

// entriesOf returns what a reviewer must see, the worst first.
func entriesOf(r *change.Report) []entry {
	var out []entry
	for _, g := range resourceGroups(r, isWorst) {
		out = append(out, resourceEntry(g))
	}
	for _, g := range accessGroups(r) {
		out = append(out, accessEntry(r, g))
	}
	for _, b := range r.Becomings {
		out = append(out, entry{class: b.Kind.String(), what: becomingWords(&b, codeOf),
			accepted: b.Accepted})
	}
	for _, g := range resourceGroups(r, func(c *change.ResourceChange) bool {
		return !isWorst(c) && !c.IsQuiet()
	}) {
		out = append(out, resourceEntry(g))
	}
	for _, s := range r.Stacks {
		if s.Change == "added" || s.Change == "removed" {
			out = append(out, entry{class: "stack", what: s.Change + ": " + code(s.Stack)})
		}
	}
	for _, a := range r.Assertions {
		out = append(out, entry{class: "assertion", what: a.Change + ": " + codeOf(a.Text)})
	}
	for _, l := range r.Limits {
		out = append(out, entry{class: "limit", what: fmt.Sprintf("%s has %s of %s %s",
			code(strings.TrimSpace(l.LogicalID+" "+l.Stack)), english.Thousands(l.After),
			english.Thousands(l.Limit), limitWords(l))})
	}
	return out
}

func codeOf(text string) string { return code(readable(text)) }

func resourceEntry(g *resourceGroup) entry {
	e := entry{class: g.Class(), title: g.title(codeOf), accepted: g.Accepted}
	e.what = e.title + ": " + escapedWords(readable(g.Message))
	if places := g.places(); len(places) > 0 {
		e.details = append(e.details, "at "+english.Some(mapped(places, code), mostBecauses))
	}
	if g.Page != "" {
		e.details = append(e.details, "[AWS's page]("+g.Page+")")
	}
	return e
}

func accessEntry(r *change.Report, g *accessGroup) entry {
	e := entry{class: g.kind.String(), what: g.sentence(codeOf, mostChanged), accepted: g.accepted}
	e.title = e.what
	if len(g.conditions) > 0 {
		between := ", "
		if g.kind != access.Gains && g.kind != access.Loses {
			between = "; "
		}
		e.what += between + escapedWords(strings.Join(g.conditions, "; "))
	}
	if places := g.places(r); len(places) > 0 {
		e.details = append(e.details, "because of "+becauseMarkdown(places))
	}
	for _, words := range g.unread() {
		e.details = append(e.details, "not known: "+escapedWords(words))
	}
	return e
}

// becauseMarkdown names the places that a change is because of; of documents, which have long names
// and stand for places that nobody knows, one.
func becauseMarkdown(places []string) string {
	if !strings.HasPrefix(places[0], documentPrefix) {
		return english.Some(mapped(places, code), mostBecauses)
	}
	text := escapedWords(places[0])
	if len(places) > 1 {
		text += ", and others"
	}
	return text
}

// escapedWords writes a sentence such that nothing in it is markup.
func escapedWords(text string) string {
	return markupEscaper.Replace(text)
}

var markupEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`,
	"<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "|", "&#124;", "#", `\#`, "@", "@\u200b",
	"~", `\~`, "&", "&amp;")

// table writes rows as far as there is room up to a length of the comment, with their reasons or
// without.
func (m *diffMarkdown) table(rows []entry, reasons bool, most int) {
	reasons = reasons && slices.ContainsFunc(rows, func(e entry) bool {
		return len(e.details) > 0
	})
	isBegun := false
	for _, e := range rows {
		cells := []string{"**" + e.class + "**", e.what}
		if e.accepted != nil {
			cells = []string{e.class + ", accepted", e.what + " (accepted: " +
				escapedWords(Printable(e.accepted.Reason)) + ")"}
		}
		if reasons {
			cells = append(cells, strings.Join(e.details, "; "))
		}
		if m.Len()+len(strings.Join(cells, "")) > most {
			m.left++
			continue
		}
		if !isBegun {
			head, line := []string{"change", "what", "why"}[:len(cells)], "|---|---|---|"
			m.row(head...)
			m.WriteString(line[:1+4*len(cells)] + "\n")
			isBegun = true
		}
		m.row(cells...)
	}
}

// details writes the reasons of rows as far as there is room.
func (m *diffMarkdown) details(rows []entry) {
	left := 0
	for _, e := range rows {
		text := "* " + e.title + ": " + strings.Join(e.details, "; ") + "\n"
		switch {
		case len(e.details) == 0:
		case m.Len()+len(text) > mostOfReasons:
			left++
		default:
			m.WriteString(text)
		}
	}
	if left > 0 {
		m.WriteString("\nAnd the reasons of " +
			english.Plural(left, "other change", "other changes") + ".\n")
	}
}

// folded writes what is seen once somebody opens it.
func (m *diffMarkdown) folded(title string, write func()) {
	m.WriteString("\n<details><summary>" + title + "</summary>\n\n")
	write()
	m.WriteString("\n</details>\n")
}

// pasted writes what is to be handed over, ready to paste, as far as there is room.
func (m *diffMarkdown) pasted(r *change.Report) {
	if len(r.HandOvers) == 0 {
		return
	}
	m.folded(english.Plural(len(r.HandOvers), "hand-over", "hand-overs"), func() {
		for _, h := range r.HandOvers {
			title := "No longer needed"
			if h.Change == "added" {
				title = "To add"
			}
			statements, _ := statementsOf(h.HandOver)
			fence := strings.Repeat("`", max(3, longestRun(statements, '`')+1))
			text := "\n" + title + " in the " + h.Document + " of " + codeOf(h.Of) + "\n\n" +
				fence + language(h.HandOver) + "\n" + statements + "\n" + fence + "\n"
			if m.Len()+len(text) > mostMarkdown {
				m.statements++
				continue
			}
			m.WriteString(text)
		}
	})
}
