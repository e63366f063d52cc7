package show

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
)

const (
	mostChanged   = 5  // how many principals or secrets of one line are named
	mostOfStacks  = 10 // how many stacks of one line are named
	underChange   = 4  // where what belongs to a change begins
	mostBecauses  = 3  // how many places of one change are told
	mostSentences = 3  // how many conditions of one change are told
)

// diffText is changes for a terminal while they are being written.
type diffText struct {
	screen
	options Options
}

// writeDiffText writes changes for people: the worst first, one line a change with its reason
// beneath it. An error is the writer's.
func writeDiffText(w io.Writer, all Changes, o Options) error {
	out := bufio.NewWriter(w)
	t := &diffText{newScreen(o), o}
	for i, r := range all.Reports {
		if i > 0 {
			t.WriteByte('\n')
		}
		if len(all.Reports) > 1 {
			t.paragraph(t.paint(bold, Printable(r.Environment)) + ": " +
				summaryOf(all.Reports[i:i+1]))
		} else {
			t.paragraph(summaryOf(all.Reports))
		}
		t.report(r)
		out.WriteString(t.String())
		t.Reset()
	}
	if len(all.Reports) > 1 {
		t.WriteByte('\n')
		t.paragraph("In all: " + summaryOf(all.Reports))
	}
	if len(all.Unused) > 0 {
		t.WriteByte('\n')
	}
	for _, a := range all.Unused {
		t.paragraph("accepts nothing: " + acceptanceWords(a))
	}
	out.WriteString(t.String())
	return out.Flush()
}

// report writes the changes of one environment. Resources at risk come first, since what they lose
// does not come back.
func (t *diffText) report(r *change.Report) {
	t.resources(r, isWorst)
	t.access(r)
	t.resources(r, func(c *change.ResourceChange) bool {
		return !isWorst(c) && (t.options.Verbose || !c.IsQuiet())
	})
	t.beside(r)
	if n := quiet(r); n > 0 && !t.options.Verbose {
		t.line("update", english.Plural(n, "change", "changes")+" that nobody notices "+
			"(--verbose lists them)", nil)
	}
}

// isWorst says whether a resource is lost or replaced, or cannot be deployed.
func isWorst(c *change.ResourceChange) bool { return c.Risk <= change.Fails }

// widestClass is how wide the longest class is, with two spaces.
const widestClass = 16

// line writes a change: its class, and what it is.
func (t *diffText) line(class, text string, accepted *change.Acceptance) {
	style := bold
	if class == "update" || accepted != nil {
		style = ""
	}
	word := fmt.Sprintf("%-*s", widestClass-2, class)
	if style != "" {
		word = t.paint(style, word)
	}
	t.WriteString("\n  " + word)
	t.wrap(text, widestClass)
	if accepted != nil {
		t.under("accepted: " + Printable(accepted.Reason))
	}
}

// under writes what belongs to a change.
func (t *diffText) under(text string) {
	t.WriteString(strings.Repeat(" ", widestClass+2))
	t.wrap(text, widestClass+4)
}

func (t *diffText) access(r *change.Report) {
	for _, g := range accessGroups(r) {
		t.line(g.kind.String(), g.sentence(readable, mostChanged), g.accepted)
		if g.kind == access.Gains || g.kind == access.Loses {
			if len(g.conditions) > 0 {
				t.under(english.Some(g.conditions, mostSentences))
			}
		} else {
			for _, words := range g.conditions {
				t.under(words)
			}
		}
		if places := g.places(r); len(places) > 0 {
			t.under("because of " + english.Some(places, mostBecauses))
		}
		for _, words := range g.unread() {
			t.under("not known: " + words)
		}
		if t.options.Verbose {
			e := r.Evidence(g.examples[0])
			t.witness("allowed now", e.Gained)
			t.witness("allowed before", e.Lost)
		}
	}
	for _, b := range r.Becomings {
		t.line(b.Kind.String(), becomingWords(&b, readable), b.Accepted)
	}
}

// becomingWords says that a principal may become another one now, or may not any more.
func becomingWords(b *change.Becoming, name func(string) string) string {
	if b.Kind == access.Loses {
		return name(b.Principal) + " may no longer become " + name(b.Role)
	}
	return name(b.Principal) + " may become " + name(b.Role)
}

// placesOf says where a statement stands: in the spec where it is known, or else its document.
func placesOf(by *access.Deciding, spans []source.Span) []string {
	var words []string
	for _, span := range spans {
		words = append(words, placeWords(span))
	}
	if words == nil && by.Document != nil {
		words = append(words, documentPrefix+documentWords(by.Document))
	}
	return words
}

// documentPrefix begins what names a document in the place of a place.
const documentPrefix = "the "

// placeWords is FILE:LINE:COLUMN.
func placeWords(span source.Span) string {
	start := span.File.Position(int(span.Start))
	return fmt.Sprintf("%s:%d:%d", Printable(span.File.Name), start.Line, start.Column)
}

// witness writes requests that one side allows and the other refuses.
func (t *diffText) witness(title string, list []access.Witness) {
	for _, w := range witnessJSON(list) {
		t.under(title + ": " + Printable(w.Caller) + " calls " + Printable(w.Action) + " on " +
			Printable(w.Resource))
		for _, key := range slices.Sorted(maps.Keys(w.Context)) {
			t.under("  " + Printable(key) + " = " +
				Printable(strings.Join(w.Context[key], ", ")))
		}
	}
}

func (t *diffText) resources(r *change.Report, which func(*change.ResourceChange) bool) {
	for _, g := range resourceGroups(r, which) {
		t.line(g.Class(), g.title(readable)+": "+readable(g.Message), g.Accepted)
		if places := g.places(); len(places) > 0 {
			t.under("at " + english.Some(places, mostBecauses))
		}
		if g.Page != "" && t.options.Verbose {
			t.under(g.Page)
		}
	}
}

// beside writes what changes besides: stacks, hand-overs, assertions and limits.
func (t *diffText) beside(r *change.Report) {
	for _, word := range []string{"added", "removed"} {
		var names []string
		for _, s := range r.Stacks {
			if s.Change == word {
				names = append(names, readable(s.Stack))
			}
		}
		if len(names) > 0 {
			t.line("stack", word+": "+english.Some(names, mostOfStacks), nil)
		}
	}
	for _, h := range r.HandOvers {
		what := "no longer needed: "
		if h.Change == "added" {
			what = "to hand over: "
		}
		t.line("hand-over", what+english.Plural(len(h.Statements), "statement", "statements")+
			" in the "+h.Document+" of "+readable(h.Of), nil)
		if h.Because != "" {
			t.under("because: " + reasonOf(h.HandOver))
		}
	}
	for _, a := range r.Assertions {
		t.line("assertion", a.Change+": "+readable(a.Text), nil)
	}
	for _, l := range r.Limits {
		name := readable(l.Stack)
		if l.LogicalID != "" {
			name = readable(l.LogicalID) + " in " + name
		}
		t.line("limit", fmt.Sprintf("%s has %s of %s %s", name, english.Thousands(l.After),
			english.Thousands(l.Limit), limitWords(l)), nil)
	}
}

// limitWords says what is counted.
func limitWords(l change.Limit) string {
	if l.LogicalID != "" {
		return "characters (" + cfn.Shown(l.Kind) + ")"
	}
	return l.Kind
}

// acceptanceWords names an entry of accept.
func acceptanceWords(a *change.Acceptance) string {
	text := a.Class
	if len(a.Principals) > 0 {
		text += " of " + english.List(readableList(a.Principals))
	}
	if len(a.Secrets) > 0 {
		text += " on " + english.List(readableList(a.Secrets))
	}
	if !a.Span.IsZero() {
		text += " (" + placeWords(a.Span) + ")"
	}
	return text
}
