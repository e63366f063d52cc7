package cli

import (
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/access"
)

const (
	nobody     = "-"
	nameIndent = 2
	widestName = 32 // of the column of names; what is wider stands on a line of its own
)

// renderAccessText writes a report for a terminal, by secret or by principal.
func renderAccessText(r access.Report, byPrincipal bool, width int, color bool) string {
	t := &screen{width: width, color: color}
	t.paragraph(accessCounts(r))
	sections := foldAccess(r, byPrincipal)
	column := nameColumn(sections)
	for _, s := range sections {
		t.WriteString("\n" + t.paint(bold, printable(s.subject.ID)))
		if s.subject.Regions != nil {
			t.WriteString("  " + printable(strings.Join(s.subject.Regions, ", ")))
		}
		t.WriteByte('\n')
		if s.subject.ARN != s.subject.ID {
			t.WriteString("  " + printable(s.subject.ARN) + "\n")
		}
		if len(s.entries) == 0 {
			t.WriteString("  " + nobody + "\n")
		}
		for _, e := range s.entries {
			t.entry(e, column)
		}
	}
	if len(r.Problems) > 0 {
		t.WriteString("\n" + t.paint(bold, "Out of sight") + "\n\n")
		for _, problem := range r.Problems {
			t.WriteString("  ")
			t.wrap(printable(problem), 2)
		}
	}
	return t.String()
}

// nameColumn returns where what stands behind the names begins.
func nameColumn(sections []accessSection) int {
	widest := 0
	for _, s := range sections {
		for _, e := range s.entries {
			if n := utf8.RuneCountInString(printable(e.other.ID)); n <= widestName {
				widest = max(widest, n)
			}
		}
	}
	return nameIndent + widest + 2
}

// entry writes what is said of a principal and a secret: the name once, then a line for all of which the same holds.
func (t *screen) entry(e accessEntry, column int) {
	name := printable(e.other.ID)
	t.WriteString(strings.Repeat(" ", nameIndent) + name)
	at := nameIndent + utf8.RuneCountInString(name)
	if at > column-2 {
		t.WriteByte('\n')
		at = 0
	}
	for _, line := range e.lines {
		t.WriteString(strings.Repeat(" ", column-at))
		t.line(line, column)
		at = 0
	}
}

// line writes verbs with where and under which conditions.
func (t *screen) line(line accessLine, column int) {
	text := strings.Join(line.verbs, ", ")
	switch line.effect {
	case access.Deny:
		text = t.paint(attention, "denied:") + " " + text
	case access.Conditional:
		text += " " + t.paint(attention, "*")
	}
	if line.regions != nil {
		text += " in " + printable(strings.Join(line.regions, ", "))
	}
	t.wrap(text, column)
	if line.conditions != nil {
		t.WriteString(strings.Repeat(" ", column) + "  " + t.paint(attention, "*") + " ")
		t.wrap(conditionsText(line.conditions, mostValues), column+4)
	}
}
