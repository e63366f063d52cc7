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

const (
	mostDocuments = 3  // how many policy documents of a step are told
	scarce        = 10 // the percentage below which head-room is coloured

	labelIndent = 3
	valueIndent = 17
)

// planText is a plan for a terminal while it is being written.
type planText struct {
	screen
	rollout
}

// writePlanText writes a plan for people: the stacks in the order to deploy them, and what is
// handed over, ready to paste.
func writePlanText(w io.Writer, p plan.Plan, o Options) error {
	r := newRollout(p)
	t := &planText{newScreen(o), r}
	title := t.paint(bold, Printable(r.plan.Stack))
	if which := ofWhich(p); which != "" {
		title += " (" + Printable(which) + ")"
	}
	t.paragraph(title + ": " + r.summary())
	for _, s := range r.steps {
		t.step(s)
	}
	t.handedOver()
	_, err := io.WriteString(w, t.String())
	return err
}

// summary says in a sentence how much there is to do.
func (r rollout) summary() string {
	text := "it creates nothing, so that there is no stack to deploy"
	if n := len(r.plan.Stacks); n > 0 {
		text = r.places()
		if n > 1 {
			text += ", in the order to deploy them"
		}
	}
	if n := r.statements(); n > 0 {
		text += "; " + english.Plural(n, "statement", "statements") + " to hand over"
	}
	return text
}

// title names a step: its stacks, and their kind.
func (s step) title() (names []string, kind string) {
	kind = s.first().Kind
	if len(s.stacks) == 1 {
		return []string{s.first().Name}, kind
	}
	return []string{s.first().Name, s.last().Name}, english.Plural(len(s.stacks), kind, kind+"s")
}

// templates are the files of a step, the first and the last of several.
func (s step) templates() []string {
	if len(s.stacks) == 1 {
		return []string{s.first().Template}
	}
	return []string{s.first().Template, s.last().Template}
}

// between stands between the first and the last of several names.
const between = " … "

func (t *planText) step(s step) {
	names, kind := s.title()
	stack := s.first()
	fmt.Fprintf(t, "\n%s. %s (%s)\n", s.numbers(),
		t.paint(bold, Printable(strings.Join(names, between))), kind)
	t.field("deployed to", targetOf(stack))
	t.field("template", Printable(strings.Join(s.templates(), between)))
	t.field("size", s.size())
	t.field("resources", fmt.Sprintf("%s of %s", s.measure(resourcesOf),
		english.Thousands(cfn.Limit(cfn.Resources)))+s.each())
	t.field("holds", s.contents(Printable)+s.together())
	t.field("capabilities", orElse(Printable(strings.Join(stack.Capabilities, ", ")), "none"))
	t.field("parameters", orElse(Printable(strings.Join(parameterNames(stack), ", ")),
		"none to give"))
	t.field("waits for", orElse(t.waits(s), "nothing"))
	t.documents(s)
}

// each and together say of a step of several stacks what a number counts.
func (s step) each() string     { return s.ifSeveral(" each") }
func (s step) together() string { return s.ifSeveral(" together") }

func (s step) ifSeveral(text string) string {
	if len(s.stacks) == 1 {
		return ""
	}
	return text
}

// size says how large the templates are, and whether they need a bucket.
func (s step) size() string {
	inline, most := english.Thousands(cfn.Limit(cfn.BodyInRequest)),
		english.Thousands(cfn.Limit(cfn.Body))
	uploads := s.uploads()
	switch {
	case uploads == 0:
		return fmt.Sprintf("%s of %s bytes%s", s.measure(bytesOf), inline, s.each())
	case len(s.stacks) == 1:
		return fmt.Sprintf("%s of %s bytes; above %s it goes through an S3 bucket",
			s.measure(bytesOf), most, inline)
	}
	return fmt.Sprintf("%s of %s bytes each; %s %s and must go through an S3 bucket",
		s.measure(bytesOf), most, english.Plural(uploads, "is above", "are above"), inline)
}

// documents tells the policy documents of a step that are nearest to their limits.
func (t *planText) documents(s step) {
	all := fullest(s)
	if len(all) == 0 {
		t.field("documents", "none")
		return
	}
	told := all[:min(mostDocuments, len(all))]
	if len(all) == mostDocuments+1 { // "and 1 more" would take the same line
		told = all
	}
	var rows [][]string
	for _, f := range told {
		characters, percent := f.left()
		rows = append(rows, []string{english.Thousands(f.Size), english.Thousands(f.Limit),
			english.Thousands(characters), strconv.Itoa(percent)})
	}
	widths := columnWidths(rows)
	for i, f := range told {
		row := rows[i]
		left := fmt.Sprintf("%*s left (%*s%%)", widths[2], row[2], widths[3], row[3])
		if _, percent := f.left(); percent < scarce {
			left = t.paint(attention, left)
		}
		of := f.Kind + " " + f.LogicalID
		if len(s.stacks) > 1 {
			of += " in " + f.stack
		}
		label := ""
		if i == 0 {
			label = "documents"
		}
		fmt.Fprintf(t, "%*s%-*s%*s of %*s, %s  %s\n", labelIndent, "", valueIndent-labelIndent,
			label, widths[0], row[0], widths[1], row[1], left, Printable(of))
	}
	if rest := all[len(told):]; len(rest) > 0 {
		_, percent := rest[0].left()
		t.field("", fmt.Sprintf("and %s with %d%% left or more",
			english.Plural(len(rest), "other", "others"), percent))
	}
}

// columnWidths returns how many cells the columns of a table need.
func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], cells(cell))
		}
	}
	return widths
}

// functionsNote goes with statements that name resources of a stack.
const functionsNote = "Put the ARNs of the stack's resources in place of the functions, once it " +
	"is deployed."

// whenNeeded says until when what is handed over must be done.
func (r rollout) whenNeeded() string {
	if len(r.plan.Stacks) == 0 {
		return ""
	}
	return "The stacks can be deployed before that, but not be used; a rotation may begin as " +
		"soon as they are deployed."
}

func (t *planText) handedOver() {
	if len(t.plan.HandOver) == 0 {
		return
	}
	t.WriteString("\n" + t.paint(bold, "To hand over") + "\n\n")
	t.paragraph("Others must add these statements to the Statement lists of documents of theirs" +
		t.callsToo() + ". " + t.whenNeeded())
	account, document := "", ""
	for _, h := range t.handOvers() {
		if owner := ownerOf(h); owner != account {
			account, document = owner, ""
			t.WriteString("\n" + t.paint(bold, owner) + "\n")
		}
		if of := documentOf(h); of != document {
			document = of
			t.WriteString("\n  " + t.paint(bold, of))
		}
		statements, functions := statementsOf(h)
		t.WriteString("\n  because: " + reasonOf(h) + "\n")
		if functions {
			t.WriteString("  " + functionsNote + "\n")
		}
		if h.Note != "" {
			t.WriteString("  " + Printable(h.Note) + "\n")
		}
		t.WriteString("\n    " + strings.ReplaceAll(statements, "\n", "\n    ") + "\n")
	}
}

// field writes a label and a value, which goes on below itself when the terminal is too narrow.
func (t *planText) field(label, value string) {
	fmt.Fprintf(t, "%*s%-*s", labelIndent, "", valueIndent-labelIndent, label)
	t.wrap(value, valueIndent)
}

// orElse returns what to say when there is nothing.
func orElse(text, nothing string) string {
	if text == "" {
		return nothing
	}
	return text
}
