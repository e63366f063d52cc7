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
	mostMarkdown = 65_536 - 2_000
	// mostOpen is how many rows are not folded.
	mostOpen = 12
)

// diffMarkdown is changes for a comment on GitHub while they are being written.
// https://github.github.com/gfm/
type diffMarkdown struct {
	planMarkdown
	left int // rows that had no room
}

// writeDiffMarkdown writes changes for the comment of a pull request: a summary, a table of what a
// reviewer must see, and the rest folded. It is never longer than GitHub takes; what is left out is
// counted. An error is the writer's.
func writeDiffMarkdown(w io.Writer, all Changes, o Options) error {
	m := &diffMarkdown{}
	m.WriteString("### secretctl diff\n\n" + capitalized(summaryOf(all.Reports)) + ".\n")
	for _, r := range all.Reports {
		if len(all.Reports) > 1 {
			m.WriteString("\n#### " + code(r.Environment) + "\n\n" +
				capitalized(summaryOf([]*change.Report{r})) + ".\n")
		}
		m.report(r)
	}
	if m.left > 0 {
		fmt.Fprintf(&m.Builder, "\nAnd %s for which a comment has no room; "+
			"`secretctl diff` lists all.\n", english.Plural(m.left, "other", "others"))
	}
	for _, a := range all.Unused {
		m.WriteString("\nAccepts nothing: " + escapedWords(acceptanceWords(a)) + ".\n")
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// entry is a row of the table, and what is told of it where it is folded open.
type entry struct {
	class, what string
	details     []string
	accepted    *change.Acceptance
}

// report writes the table of one environment, and what is folded.
func (m *diffMarkdown) report(r *change.Report) {
	entries := entriesOf(r)
	open := entries[:min(mostOpen, len(entries))]
	m.table(open)
	if rest := entries[len(open):]; len(rest) > 0 {
		m.folded(english.Plural(len(rest), "other change", "other changes"),
			func() { m.table(rest) })
	}
	if slices.ContainsFunc(entries, func(e entry) bool { return len(e.details) > 0 }) {
		m.folded("Why", func() { m.details(entries) })
	}
	if n := quiet(r); n > 0 {
		m.WriteString("\n" + english.Plural(n, "resource changes", "resources change") +
			" in place, and nobody notices.\n")
	}
	m.pasted(r)
}

// entriesOf returns what a reviewer must see, the worst first.
func entriesOf(r *change.Report) []entry {
	var worst, out []entry
	for i := range r.Resources {
		c := &r.Resources[i]
		if isQuiet(c) {
			continue
		}
		e := resourceEntry(c)
		if c.Risk <= change.Fails {
			worst = append(worst, e)
		} else {
			out = append(out, e)
		}
	}
	var gains []entry
	for _, g := range accessGroups(r) {
		gains = append(gains, accessEntry(r, g))
	}
	for _, b := range r.Becomings {
		word := " may become "
		if b.Kind == access.Loses {
			word = " may no longer become "
		}
		gains = append(gains, entry{class: b.Kind.String(),
			what: codeOf(b.Principal) + word + codeOf(b.Role), accepted: b.Accepted})
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
	return slices.Concat(worst, gains, out)
}

func codeOf(text string) string { return code(readable(text)) }

func resourceEntry(c *change.ResourceChange) entry {
	e := entry{class: c.Risk.String(), what: resourceTitle(c, codeOf), accepted: c.Accepted}
	if c.Property != "" {
		e.what += ", " + codeOf(c.Property)
	}
	e.what += ": " + escapedWords(readable(c.Message))
	if !c.Span.IsZero() {
		e.details = append(e.details, "at "+code(placeWords(c.Span)))
	}
	if c.Page != "" {
		e.details = append(e.details, "[AWS's page]("+c.Page+")")
	}
	return e
}

func accessEntry(r *change.Report, g *accessGroup) entry {
	e := entry{class: g.kind.String(), what: g.sentence(codeOf, mostChanged), accepted: g.accepted}
	if words := wordsOf(g.conditions, mostValues); len(words) > 0 {
		e.what += ", " + escapedWords(english.Some(words, mostSentences))
	}
	evidence := r.Evidence(g.first)
	var places []string
	for i := range evidence.Because {
		for _, p := range placesOf(&evidence.Because[i]) {
			places = adding(places, code(p))
		}
	}
	if len(places) > 0 {
		e.details = append(e.details, "because of "+english.Some(places, mostBecauses))
	}
	for _, u := range append(slices.Clip(g.first.Before.Unread), g.first.After.Unread...) {
		e.details = append(e.details, "not known: "+escapedWords(unreadWords(u)))
	}
	return e
}

// escapedWords writes a sentence such that nothing in it is markup.
func escapedWords(text string) string {
	return markupEscaper.Replace(text)
}

var markupEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`,
	"<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "|", "&#124;", "#", `\#`, "@", "@\u200b",
	"~", `\~`, "&", "&amp;")

// table writes rows as far as there is room.
func (m *diffMarkdown) table(rows []entry) {
	if len(rows) == 0 {
		return
	}
	m.row("change", "what")
	m.WriteString("|---|---|\n")
	for _, e := range rows {
		class := "**" + e.class + "**"
		if e.accepted != nil {
			class = e.class + " (accepted: " + escapedWords(Printable(e.accepted.Reason)) + ")"
		}
		if m.Len()+len(class)+len(e.what) > mostMarkdown*2/3 {
			m.left++
			continue
		}
		m.row(class, e.what)
	}
}

// details writes the reasons of rows as far as there is room.
func (m *diffMarkdown) details(rows []entry) {
	for _, e := range rows {
		text := "* " + e.what + ": " + strings.Join(e.details, "; ") + "\n"
		if len(e.details) > 0 && m.Len()+len(text) <= mostMarkdown*5/6 {
			m.WriteString(text)
		}
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
	m.folded("To hand over", func() {
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
				m.left++
				continue
			}
			m.WriteString(text)
		}
	})
}
