package show

import (
	"bufio"
	"io"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// writeAccessMarkdown writes a report as GitHub shows it, by secret or by principal. What comes
// from specs and templates stands in code spans. Of more than 50,000 cells it says how many are
// left out. An error is the writer's.
func writeAccessMarkdown(w io.Writer, r access.Report, o Options) error {
	m := &accessMarkdown{
		Writer: bufio.NewWriter(w), fold: newFold(&r, o.ByPrincipal),
		words: map[*access.Answer]string{},
		held:  heldCache{}, wider: map[string]bool{}, regions: make([]string, len(r.Secrets)),
	}
	m.stopAt(mostCells)
	m.names = namesMarkdown(m.others())
	title := "### Access"
	if o.Environment != "" {
		title += " in " + code(o.Environment)
	}
	m.WriteString(title + "\n\n" + Counts(&r) + ".\n\n")
	first, second := "secret", "principal"
	if o.ByPrincipal {
		first, second = second, first
	}
	m.row(first, second, "may", "where", "under which conditions")
	m.WriteString("|---|---|---|---|---|\n")
	for i, name := range namesMarkdown(m.sections()[:m.end]) {
		if len(m.section(i)) == 0 {
			m.row(name, nobodyAtAll, "", "", "")
		}
		for p, lines := range m.entries(i) {
			for at := range lines {
				line := &lines[at]
				other, beneath := m.names[m.otherOf(p)], m.beneath(line.answer)
				m.row(name, other, m.may(line), m.where(line, p), beneath)
			}
		}
	}
	if clause := m.leftOut(); clause != "" {
		m.WriteString("\n" + clause + "\n")
	}
	m.notes("About principals", r.Principals)
	m.notes("About secrets", r.Secrets)
	m.clauses(widerTitle, wideNotes(m.wider))
	m.clauses("Public", r.Findings)
	m.clauses("Out of sight", r.OutOfSight)
	return m.Flush()
}

// accessMarkdown is a report in Markdown while it is being written.
type accessMarkdown struct {
	*bufio.Writer
	*fold
	names   []string // of others
	regions []string // of each secret, all of them, where they have been written
	words   map[*access.Answer]string
	held    heldCache
	wider   map[string]bool
}

func namesMarkdown(list []access.Subject) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = codeSpan(list[i].ID) + kindMark(&list[i])
	}
	return names
}

// codeSpan writes a text as a code span; unknown parts as they are written for people.
func codeSpan(text string) string { return code(readable(text)) }

// codeSpans writes texts as code spans.
func codeSpans(list []string) string {
	var spans []string
	for _, text := range list {
		spans = append(spans, codeSpan(text))
	}
	return strings.Join(spans, ", ")
}

// row writes a row of a table. A bar would end the cell.
func (m *accessMarkdown) row(cells ...string) {
	for _, cell := range cells {
		m.WriteString("| ")
		m.WriteString(strings.ReplaceAll(cell, "|", `\u007c`))
		m.WriteByte(' ')
	}
	m.WriteString("|\n")
}

func (m *accessMarkdown) may(line *foldedLine) string {
	var words []string
	for _, v := range line.verbs {
		word := readable(m.report.Verbs[v.verb])
		if more := m.held.behind(m.report.Verbs[v.verb], v, m.wider); more != "" {
			word += " (" + codeSpan(more) + ")"
		}
		words = append(words, word)
	}
	text := strings.Join(words, ", ")
	if word := refusal(line.answer); word != "" {
		return "**" + word + ":** " + text
	}
	if line.answer.Effect == access.Unknown {
		return "**not known:** " + text
	}
	return text
}

// where returns the Regions in which a line holds.
func (m *accessMarkdown) where(line *foldedLine, p foldedPair) string {
	regions := m.report.Secrets[p.secret].Regions
	if line.regions == nil {
		if m.regions[p.secret] == "" {
			m.regions[p.secret] = codeSpans(regions)
		}
		return m.regions[p.secret]
	}
	var names []string
	for _, region := range line.regions {
		names = append(names, regions[region])
	}
	return codeSpans(names)
}

func (m *accessMarkdown) beneath(a *access.Answer) string {
	if words, ok := m.words[a]; ok {
		return words
	}
	var spans []string
	for _, word := range beneathWords(a, mostValues) {
		spans = append(spans, codeSpan(word))
	}
	text := strings.Join(spans, "<br>")
	if len(m.words) < mostKept {
		m.words[a] = text
	}
	return text
}

// beneathWords are the conditions of an answer, what is not known, and what it rests on, each by
// itself.
func beneathWords(a *access.Answer, most int) []string {
	words := wordsOf(a.Conditions, most)
	for _, u := range unreadOf(a) {
		words = append(words, "? "+u)
	}
	for _, told := range allToldWords(a.Told) {
		words = append(words, "because "+told)
	}
	return words
}

func (m *accessMarkdown) notes(title string, list []access.Subject) {
	var notes []string
	for i := range list {
		if note := noteOf(&list[i]); note != "" {
			notes = append(notes, codeSpan(list[i].ID)+": "+codeSpan(note))
		}
	}
	m.list(title, notes)
}

func (m *accessMarkdown) clauses(title string, list []string) {
	var spans []string
	for _, clause := range list {
		spans = append(spans, codeSpan(clause))
	}
	m.list(title, spans)
}

func (m *accessMarkdown) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.WriteString("\n#### " + title + "\n\n")
	for _, item := range items {
		m.WriteString("* " + item + "\n")
	}
}
