package cli

import (
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// renderWhyText writes an answer for a terminal. masks hide text of the spec.
func renderWhyText(q whyQuestion, a access.Answer, width int, color bool, masks *source.Masks) string {
	t := &whyText{screen{width: width, color: color}, masks}
	t.verdict(q, a)
	number := 1
	for steps := a.Steps; len(steps) > 0; number++ {
		n := 1
		for n < len(steps) && sameEvidence(&steps[0], &steps[n]) {
			n++
		}
		t.step(number, steps[:n])
		steps = steps[n:]
	}
	if len(q.Unknown) > 0 {
		t.WriteString("\n" + t.paint(bold, "Out of sight") + "\n\n")
		for _, arn := range q.Unknown {
			t.WriteString("  ")
			t.wrap("the policy "+printable(arn)+" is not in the templates, so that what it allows and denies is not known", 2)
		}
	}
	return t.String()
}

// whyText is an answer for a terminal while it is being written.
type whyText struct {
	screen
	masks *source.Masks
}

// verdict writes yes or no in a sentence, and who and what is meant.
func (t *whyText) verdict(q whyQuestion, a access.Answer) {
	may, wish := "may", printable(q.Verb)+" "+printable(q.Secret)
	if strings.Contains(q.Verb, ":") {
		wish = "call " + printable(q.Verb) + " on " + printable(q.Secret)
	}
	word := t.paint(bold, "yes")
	if a.Effect == access.Deny {
		word, may = t.paint(attention, "no"), "may not"
	}
	text := word + ": " + printable(q.Principal) + " " + may + " " + wish + " in " + printable(q.Region)
	if a.Effect == access.Conditional {
		text += ", " + conditionsText(a.Conditions, mostValues)
	}
	t.paragraph(text)
	t.WriteByte('\n')
	principal, secret := printable(q.Principal), printable(q.Secret)
	column := columnWidths([][]string{{principal}, {secret}})[0]
	fmt.Fprintf(t, "  %-*s  %s\n", column, principal, printable(q.PrincipalARN))
	fmt.Fprintf(t, "  %-*s  %s\n", column, secret, printable(q.SecretARN))
}

// sameEvidence says whether two steps are told as one: the same statements decide over the same resource.
func sameEvidence(a, b *access.Step) bool {
	if a.Resource != b.Resource || a.Decision.Allowed != b.Decision.Allowed || a.Decision.Reason != b.Decision.Reason || len(a.Decision.By) != len(b.Decision.By) || len(a.Decision.Near)+len(b.Decision.Near) > 0 {
		return false
	}
	for i, by := range a.Decision.By {
		if other := b.Decision.By[i]; by.Source != other.Source || by.Rule.Index != other.Rule.Index {
			return false
		}
	}
	return true
}

// step writes permissions over which the same statements decide.
func (t *whyText) step(number int, steps []access.Step) {
	s := &steps[0]
	var actions []string
	for _, one := range steps {
		actions = append(actions, printable(one.Action))
	}
	word := t.paint(bold, "allowed")
	if !s.Decision.Allowed {
		word = t.paint(attention, "not allowed")
	}
	fmt.Fprintf(t, "\n%-*s", underNumber, fmt.Sprintf("%d.", number))
	t.wrap(enumerate(actions)+": "+word, underNumber)
	t.WriteString(strings.Repeat(" ", underNumber) + "on " + printable(s.Resource) + "\n") // in one piece, to be copied
	t.indented(s.Decision.Reason.String())
	for _, e := range deciding(s) {
		t.evidence(&e, s.Resource)
	}
	all := near(s)
	told := all[:min(mostNear, len(all))]
	for _, e := range told {
		t.WriteByte('\n')
		t.indented("a statement would allow it " + conditionText(*e.failed, mostValues) + ":")
		t.evidence(&e, s.Resource)
	}
	if rest := len(all) - len(told); rest > 0 {
		t.WriteByte('\n')
		t.indented("and " + plural(rest, "other statement", "other statements") + " with a condition that is not met")
	}
}

// indented writes a line under the number of a step.
func (t *whyText) indented(text string) {
	t.WriteString(strings.Repeat(" ", underNumber))
	t.wrap(text, underNumber)
}

// evidence writes a statement about a resource with its document, and the places in the spec that it comes from.
func (t *whyText) evidence(e *evidence, resource string) {
	t.WriteByte('\n')
	name := t.paint(bold, printable(e.name))
	switch stack, logicalID := e.stack(); {
	case stack == "" && logicalID == "":
	case stack == "":
		name += " (" + printable(logicalID) + ")"
	case logicalID == "":
		name += " (template " + printable(stack) + ")"
	default:
		name += " (" + printable(logicalID) + " in template " + printable(stack) + ")"
	}
	t.indented(name)
	t.WriteByte('\n')
	t.block(string(cfn.AppendValue(nil, shortenedStatement(e.statement, resource), cfn.Format{})), underNumber+2)
	for i, span := range e.because {
		if i == mostPlaces && len(e.because) > mostPlaces+1 {
			t.indented(fmt.Sprintf("and %d other places", len(e.because)-i))
			return
		}
		if span.IsZero() {
			continue
		}
		if i == 0 {
			t.WriteByte('\n')
			t.indented("because of")
		}
		var quote strings.Builder
		_ = diag.WriteQuote(&quote, span, diag.TextOptions{Color: t.color, Masks: t.masks}) // a builder takes everything
		t.quoted(quote.String(), underNumber+2)
	}
}

// block writes a text of several lines, whatever characters it has.
func (t *whyText) block(text string, indent int) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		t.WriteString(strings.Repeat(" ", indent) + printable(line) + "\n")
	}
}

// quoted writes lines that are ready to be shown.
func (t *whyText) quoted(text string, indent int) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		t.WriteString(strings.Repeat(" ", indent) + line + "\n")
	}
}
