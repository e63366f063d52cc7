package show

import (
	"bufio"
	"io"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/english"
)

const (
	nameIndent = 2
	widestName = 32 // of the column of names; what is wider stands on a line of its own
)

// nobodyAtAll stands in a section that has no entries.
const nobodyAtAll = "-"

// mostKept is how many answers are kept in words: a report has few answers that differ.
const mostKept = 1 << 14

// writeAccessText writes a report for a terminal, section by section. An error is the writer's.
func writeAccessText(w io.Writer, r access.Report, o Options) error {
	out := bufio.NewWriter(w)
	f := newFold(&r, o.ByPrincipal)
	t := &accessText{
		screen: newScreen(o), fold: f, names: namesOf(f.others()),
		words: map[*access.Answer]string{}, held: heldCache{}, wider: map[string]bool{},
	}
	for _, name := range t.names {
		t.widths = append(t.widths, cells(name))
	}
	t.column = t.nameColumn()
	for _, verb := range r.Verbs {
		t.verbs = append(t.verbs, readable(verb))
	}
	counts := Counts(&r)
	if o.Environment != "" {
		counts = t.paint(bold, Printable(o.Environment)) + ": " + counts
	}
	t.paragraph(counts)
	for i := range f.sections() {
		t.section(i)
		if err := t.flushTo(out); err != nil {
			return err
		}
	}
	t.notes("About principals", r.Principals, !o.ByPrincipal)
	t.notes("About secrets", r.Secrets, o.ByPrincipal)
	t.clauses(widerTitle, wideNotes(t.wider))
	t.clauses("Public", r.Findings)
	t.clauses("Out of sight", r.OutOfSight)
	if err := t.flushTo(out); err != nil {
		return err
	}
	return out.Flush()
}

// accessText is a report for a terminal while it is being written.
type accessText struct {
	screen
	*fold
	names  []string // of others, with what they are
	widths []int    // of the names, in cells
	verbs  []string
	column int                       // where what stands behind the names begins
	words  map[*access.Answer]string // what stands beneath the verbs of an answer
	held   heldCache
	wider  map[string]bool // the words that were told for what calls may do beyond their verb
	text   []byte          // of the line at hand
}

// heldCache keeps in words what calls are held to, by the first condition of the list.
type heldCache map[*access.Condition]string

func (c heldCache) words(list []access.Condition) string {
	words, ok := c[&list[0]]
	if !ok {
		words = heldWords(list, mostValues)
		if len(c) < mostKept {
			c[&list[0]] = words
		}
	}
	return words
}

// behind is what stands in parentheses behind a verb, or "". It notes the words that want to be
// explained.
func (c heldCache) behind(verb string, v foldedVerb, told map[string]bool) string {
	held, words := beyond(verb, v.heldTo, v.wider)
	for _, word := range words {
		told[word] = true
	}
	if len(held) > 0 {
		words = append([]string{c.words(held)}, words...)
	}
	return strings.Join(words, ", ")
}

// flushTo hands on what has been written.
func (t *accessText) flushTo(w io.Writer) error {
	_, err := io.WriteString(w, t.String())
	t.Reset()
	return err
}

// namesOf returns the names of subjects, with what they are where that is no role, user or secret.
func namesOf(list []access.Subject) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = readable(list[i].ID) + kindMark(&list[i])
	}
	return names
}

// nameColumn returns where what stands behind the names begins. A name that is too wide stands on a
// line of its own.
func (t *accessText) nameColumn() int {
	told := make([]bool, len(t.names))
	for _, p := range t.pairs {
		told[t.otherOf(p)] = true
	}
	widest := 0
	for i, n := range t.widths {
		if told[i] && n <= widestName {
			widest = max(widest, n)
		}
	}
	return nameIndent + widest + 2
}

func (t *accessText) section(i int) {
	subject := &t.sections()[i]
	t.WriteString("\n" + t.paint(bold, readable(subject.ID)) + kindMark(subject))
	if len(subject.Regions) > 0 {
		t.WriteString("  " + strings.Join(readableList(subject.Regions), ", "))
	}
	t.WriteByte('\n')
	if subject.ARN != subject.ID && subject.ARN != "" {
		t.WriteString("  " + readable(subject.ARN) + "\n")
	}
	if note := noteOf(subject); note != "" {
		t.WriteString("  ")
		t.wrap(note, 2)
	}
	if len(t.fold.section(i)) == 0 {
		t.WriteString("  " + nobodyAtAll + "\n")
	}
	for p, lines := range t.entries(i) {
		t.entry(p, lines)
	}
}

// noteOf says what is known of a principal or secret besides: "not in the templates; may become
// deploy".
func noteOf(s *access.Subject) string {
	note := readable(s.Note)
	if len(s.MayBecome) > 0 {
		if note != "" {
			note += "; "
		}
		note += "may become " + english.List(readableList(s.MayBecome))
	}
	return note
}

// entry writes what is said of a principal and a secret: the name once, then a line for all of
// which the same holds.
func (t *accessText) entry(p foldedPair, lines []foldedLine) {
	other := t.otherOf(p)
	t.spaces(nameIndent)
	t.WriteString(t.names[other])
	at := nameIndent + t.widths[other]
	if at > t.column-2 {
		t.WriteByte('\n')
		at = 0
	}
	regions := t.report.Secrets[p.secret].Regions
	for i := range lines {
		t.spaces(t.column - at)
		t.line(&lines[i], regions)
		at = 0
	}
}

// blank is more spaces than any column needs.
var blank = strings.Repeat(" ", nameIndent+widestName+8)

func (t *accessText) spaces(n int) {
	for ; n > len(blank); n -= len(blank) {
		t.WriteString(blank)
	}
	t.WriteString(blank[:n])
}

// line writes verbs with where they hold, and beneath what the answer depends on.
func (t *accessText) line(line *foldedLine, regions []string) {
	b := t.text[:0]
	if word := refusal(line.answer); word != "" {
		b = append(append(b, t.paint(attention, word+":")...), ' ')
	}
	for i, v := range line.verbs {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, t.verbs[v.verb]...)
		if more := t.held.behind(t.verbs[v.verb], v, t.wider); more != "" {
			b = append(append(append(b, " ("...), more...), ')')
		}
	}
	if mark := effectMark(line.answer.Effect); mark != "" {
		b = append(append(b, ' '), t.paint(attention, mark)...)
	}
	for i, region := range line.regions {
		if i == 0 {
			b = append(b, " in "...)
		} else {
			b = append(b, ", "...)
		}
		b = append(b, readable(regions[region])...)
	}
	t.text = b
	if t.column+len(b) <= t.width {
		t.Write(append(b, '\n'))
	} else {
		t.wrap(string(b), t.column)
	}
	t.WriteString(t.beneath(line.answer))
}

// refusal is the word before verbs that are not possible: denied where a statement denies what
// another allows, not allowed where nothing allows it.
func refusal(a *access.Answer) string {
	switch {
	case a.Effect != access.Deny:
		return ""
	case a.Explicit:
		return "denied"
	}
	return "not allowed"
}

// effectMark is the mark behind verbs that are possible in some circumstances, or of which it is
// not known.
func effectMark(e access.Effect) string {
	switch e {
	case access.Conditional:
		return "*"
	case access.Unknown:
		return "?"
	}
	return ""
}

// beneath returns what stands beneath the verbs of an answer: its conditions, what is not known,
// and what it rests on. Answers are shared, so that their words are kept.
func (t *accessText) beneath(a *access.Answer) string {
	if len(a.Conditions)+len(a.Unread)+len(a.Told) == 0 {
		return ""
	}
	if words, ok := t.words[a]; ok {
		return words
	}
	under := &accessText{screen: screen{width: t.width, color: t.color}, column: t.column}
	if len(a.Conditions) > 0 {
		under.detail("*", conditionsWords(a.Conditions, mostValues))
	}
	for _, u := range unreadOf(a) {
		under.detail("?", u)
	}
	for _, told := range a.Told {
		under.detail("", "because "+toldWords(told))
	}
	if len(t.words) < mostKept {
		t.words[a] = under.String()
	}
	return under.String()
}

// detail writes a line beneath verbs.
func (t *accessText) detail(mark, text string) {
	t.spaces(t.column + 2)
	if mark == "" {
		t.wrap(text, t.column+4)
		return
	}
	t.WriteString(t.paint(attention, mark) + " ")
	t.wrap(text, t.column+4)
}

// notes writes what is known of subjects besides, where no section of theirs says it.
func (t *accessText) notes(title string, list []access.Subject, wanted bool) {
	if !wanted {
		return
	}
	begun := false
	for i := range list {
		note := noteOf(&list[i])
		if note == "" {
			continue
		}
		if !begun {
			t.WriteString("\n" + t.paint(bold, title) + "\n\n")
			begun = true
		}
		t.WriteString("  ")
		t.wrap(readable(list[i].ID)+": "+note, 2)
	}
}

// clauses writes a list of clauses under a title; it says nothing where there are none.
func (t *screen) clauses(title string, list []string) {
	if len(list) == 0 {
		return
	}
	t.WriteString("\n" + t.paint(bold, title) + "\n\n")
	for _, clause := range list {
		t.WriteString("  ")
		t.wrap(readable(clause), 2)
	}
}
