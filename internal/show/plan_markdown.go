package show

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
)

// mostRows is how many policy documents the table of a plan tells.
const mostRows = 10

// planMarkdown is a plan for a comment on GitHub while it is being written.
// https://github.github.com/gfm/
type planMarkdown struct {
	strings.Builder
	rollout
}

// writePlanMarkdown writes a plan for the comment of a pull request. Whatever comes from the spec
// stands in code spans and fenced blocks, so that it can neither break a table nor mention anybody.
func writePlanMarkdown(w io.Writer, p plan.Plan, _ Options) error {
	r := newRollout(p)
	m := &planMarkdown{rollout: r}
	title := code(r.plan.Stack)
	if which := ofWhich(p); which != "" {
		title += " (" + code(which) + ")"
	}
	fmt.Fprintf(m, "### Plan of %s\n\n%s.\n", title, capitalized(r.summary()))
	m.stacks()
	m.documents()
	m.handedOver()
	_, err := io.WriteString(w, m.String())
	return err
}

// stacks writes the table of stacks.
func (m *planMarkdown) stacks() {
	if len(m.steps) == 0 {
		return
	}
	m.row("#", "stack", "deployed to", "holds", "resources", "bytes", "needs", "waits for")
	m.WriteString("|--:|---|---|---|--:|--:|---|---|\n")
	for _, s := range m.steps {
		names, kind := s.title()
		what := codes(names) + "<br>" + kind + ", " + codes(s.templates())
		resources := fmt.Sprintf("%s of %d%s", s.measure(resourcesOf),
			cfn.Limit(cfn.Resources), s.each())
		m.row(s.numbers(), what, targetOf(s.first()), s.contents(code)+s.together(), resources,
			s.measure(bytesOf)+s.each(), m.needs(s), m.waits(s))
	}
}

// needs says what whoever deploys a step must give: capabilities, parameters and a bucket.
func (m *planMarkdown) needs(s step) string {
	var all []string
	for _, capability := range s.first().Capabilities {
		all = append(all, code(capability))
	}
	for _, name := range parameterNames(s.first()) {
		all = append(all, "parameter "+code(name))
	}
	if n := s.uploads(); n > 0 {
		bucket := "an S3 bucket"
		if len(s.stacks) > 1 {
			bucket += " for " + english.Thousands(n)
		}
		all = append(all, bucket)
	}
	return strings.Join(all, "<br>")
}

// documents writes the table of the policy documents nearest to their limits.
func (m *planMarkdown) documents() {
	all := fullest(m.steps...)
	if len(all) == 0 {
		return
	}
	told := all[:min(mostRows, len(all))]
	m.WriteString("\n#### Policy documents nearest to their limits\n")
	m.row("document", "#", "stack", "characters", "limit", "left")
	m.WriteString("|---|--:|---|--:|--:|--:|\n")
	for _, f := range told {
		characters, percent := f.left()
		m.row(code(f.Kind+" "+f.LogicalID), strconv.Itoa(f.number), code(f.stack),
			english.Thousands(f.Size), english.Thousands(f.Limit),
			fmt.Sprintf("%s (%d%%)", english.Thousands(characters), percent))
	}
	if rest := all[len(told):]; len(rest) > 0 {
		_, percent := rest[0].left()
		fmt.Fprintf(m, "\nAnd %s with %d%% left or more.\n",
			english.Plural(len(rest), "other", "others"), percent)
	}
}

func (m *planMarkdown) handedOver() {
	if len(m.plan.HandOver) == 0 {
		return
	}
	m.WriteString("\n#### To hand over\n\nOthers must add these statements to the `Statement` " +
		"lists of documents of theirs" + m.callsToo() + ".")
	if when := m.whenNeeded(); when != "" {
		m.WriteString(" " + when)
	}
	m.WriteByte('\n')
	account, document := "", ""
	for _, h := range m.handOvers() {
		if owner := ownerOf(h); owner != account {
			account, document = owner, ""
			m.WriteString("\n**" + owner + "**\n")
		}
		if of := documentOf(h); of != document {
			document = of
			m.WriteString("\n" + capitalized(h.Document) + " of " + code(h.Of) + "\n")
		}
		statements, functions := statementsOf(h)
		m.WriteString("\nBecause: " + code(reasonOf(h)) + "\n")
		if functions {
			m.WriteString("\n" + functionsNote + "\n")
		}
		if h.Note != "" {
			m.WriteString("\n" + Printable(h.Note) + ".\n")
		}
		fence := strings.Repeat("`", max(3, longestRun(statements, '`')+1))
		m.WriteString("\n" + fence + language(h) + "\n" + statements + "\n" + fence + "\n")
	}
}

// row writes one row of a table, with an empty line before the one that begins it. GitHub takes a
// table apart before it looks for code, so that a pipe would end a cell even there; it is written
// as printable writes what must not be seen.
// https://github.github.com/gfm/#tables-extension-
func (m *planMarkdown) row(cells ...string) {
	if !strings.HasSuffix(m.String(), "|\n") {
		m.WriteByte('\n')
	}
	for _, cell := range cells {
		m.WriteString("| " + strings.ReplaceAll(cell, "|", `\u007c`) + " ")
	}
	m.WriteString("|\n")
}

// code writes a text as a code span. https://github.github.com/gfm/#code-spans
func code(text string) string {
	if text == "" {
		return ""
	}
	text = Printable(text)
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if len(fence) > 1 { // a backtick at an end would belong to the fence
		text = " " + text + " "
	}
	return fence + text + fence
}

// codes writes the first and the last of several names.
func codes(names []string) string {
	spans := make([]string, len(names))
	for i, name := range names {
		spans[i] = code(name)
	}
	return strings.Join(spans, between)
}

// longestRun is how often a character follows itself at most.
func longestRun(text string, of rune) int {
	longest, run := 0, 0
	for _, r := range text {
		run++
		if r != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// capitalized makes the first letter of a sentence large.
func capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
