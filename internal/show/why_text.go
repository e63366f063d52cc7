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
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
)

const (
	mostNames   = 6 // how many resources of one statement are shown
	mostPlaces  = 5 // how many places in the spec are shown of one statement
	mostNear    = 3 // how many statements that nearly allow something are shown
	underNumber = 3 // where what belongs to a numbered step begins
)

const (
	briefIndent = 2 // of a permission
	underBrief  = 4 // of what belongs to a permission
)

// writeWhyText writes the answers to one question or several for a terminal. Of several, the
// verdicts alone are written unless they are to be verbose, what is out of sight is told once,
// behind them, and the last line counts them. An error is the writer's.
func writeWhyText(w io.Writer, all Answers, o Options) error {
	answers := all.List
	out := bufio.NewWriter(w)
	t := &whyScreen{screen: newScreen(o), options: o}
	var outOfSight []string
	told := map[string]bool{}
	for i := range answers {
		a := answer{&answers[i]}
		brief := len(answers) > 1 && !o.Verbose
		if i > 0 && !brief {
			t.WriteByte('\n')
		}
		t.verdict(a)
		if !brief {
			t.answer(a)
		} else if a.Effect == access.Unknown {
			t.unread(a.Unread, briefIndent)
		}
		for _, clause := range a.OutOfSight {
			if !told[clause] {
				told[clause] = true
				outOfSight = append(outOfSight, clause)
			}
		}
		out.WriteString(t.String())
		t.Reset()
	}
	t.clauses("Out of sight", outOfSight)
	if len(answers) > 1 {
		t.WriteByte('\n')
		t.paragraph(whyCounts(answers))
	}
	out.WriteString(t.String())
	return out.Flush()
}

// whyScreen is an answer for a terminal while it is being written.
type whyScreen struct {
	screen
	options Options
	block   bool // a block of lines has been written, and something is to follow after an empty one
}

// verdict writes the answer in a sentence.
func (t *whyScreen) verdict(a answer) {
	word, rest := a.verdict()
	style := attention
	if a.Allowed() {
		style = bold
	}
	t.paragraph(t.paint(style, word) + rest)
}

// answer writes what decides an answer, and what is to be said of it besides.
func (t *whyScreen) answer(a answer) {
	t.block = false
	if t.options.Verbose {
		t.whoAndWhat(a)
	}
	number := 1
	for steps := a.Steps; len(steps) > 0; number++ {
		var these []access.Step
		these, steps = firstGroup(steps)
		if t.options.Verbose {
			t.step(number, these)
			continue
		}
		if number == 1 || t.block {
			t.WriteByte('\n')
		}
		t.block = false
		t.brief(a, these)
	}
	t.remarks(a)
}

// remarks writes what is to be said of an answer besides.
func (t *whyScreen) remarks(a answer) {
	var words []string
	mark := "not known: "
	if a.Effect == access.Conditional {
		mark = "otherwise not known: "
	}
	for _, u := range a.Unread {
		if !a.saysUnread(u) {
			words = append(words, mark+unreadWords(u))
		}
	}
	for _, told := range allToldWords(a.Told) {
		words = append(words, "because "+told)
	}
	words = append(words, readableList(a.Besides)...)
	if len(a.MayBecome) > 0 {
		words = append(words, readable(a.Principal)+" may become "+
			english.List(readableList(a.MayBecome))+", whose access is not counted here")
	}
	if len(words) > 0 {
		t.WriteByte('\n')
	}
	for _, one := range words {
		t.indented(briefIndent, one)
	}
	if a.Grant != "" && a.Effect == access.Deny {
		t.WriteByte('\n')
		t.indented(briefIndent, "this grant would allow it:")
		t.text(cfn.Shown(a.Grant), underBrief)
	}
}

// whoAndWhat writes who and what is meant.
func (t *whyScreen) whoAndWhat(a answer) {
	principal, secret := readable(a.Principal), readable(a.Secret)
	column := columnWidths([][]string{{principal}, {secret}})[0]
	mark := kindMark(&access.Subject{ID: a.Principal, ARN: a.PrincipalARN, Kind: a.PrincipalKind})
	fmt.Fprintf(t, "\n  %s  %s%s\n", padded(principal, column), readable(a.PrincipalARN), mark)
	fmt.Fprintf(t, "  %s  %s\n", padded(secret, column), readable(a.SecretARN))
}

// brief writes permissions in a line, and of those that are missing the statement in question.
func (t *whyScreen) brief(a answer, steps []access.Step) {
	s := &steps[0]
	t.indented(briefIndent, actionsOf(steps)+" on "+a.resourceWords(s.Resource)+": "+t.decided(s))
	if s.Effect == access.Allow || s.Effect == access.Conditional {
		return
	}
	t.unread(s.Unread, underBrief)
	switch {
	case len(s.By) > 0:
		t.statement(&s.By[0], s.Resource, underBrief)
	case len(s.Near) > 0:
		t.nearMiss(&s.Near[0], s.Resource, underBrief)
		if rest := len(s.Near) - 1; rest > 0 {
			t.WriteByte('\n')
			t.others(rest, underBrief)
		}
	}
}

// decided says what became of a permission and by which documents.
func (t *whyScreen) decided(s *access.Step) string {
	reason := readable(s.Reason)
	switch s.Effect {
	case access.Allow, access.Conditional:
		if len(s.By) == 0 {
			return "allowed: " + reason
		}
		return "allowed by " + documentsWords(s.By)
	case access.Unknown:
		return t.paint(attention, "not known") + because(reason)
	}
	if len(s.By) > 0 {
		return t.paint(attention, "denied") + " by " + documentsWords(s.By)
	}
	return t.paint(attention, "not allowed") + because(reason)
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// nearMiss writes a statement that would allow something but for a condition.
func (t *whyScreen) nearMiss(by *access.Deciding, resource string, indent int) {
	t.indented(indent, wouldAllow(by)+", in the "+documentWords(by.Document)+":")
	t.statement(by, resource, indent)
}

// wouldAllow says that a statement would allow something, and under which condition.
func wouldAllow(by *access.Deciding) string {
	would := "a statement would allow it"
	if failed := failedCondition(by); failed != nil {
		would += " " + conditionWords(*failed, mostValues)
	}
	return would
}

// others says how many statements there are that nearly allow something.
func (t *whyScreen) others(n, indent int) {
	t.indented(indent, "and "+english.Plural(n, "other statement", "other statements")+
		" with a condition that is not met")
}

// unread writes what is not known, each on a line.
func (t *whyScreen) unread(list []access.Unread, indent int) {
	for _, u := range list {
		t.indented(indent, "not known: "+unreadWords(u))
	}
}

// statement writes a statement in JSON, after an empty line.
func (t *whyScreen) statement(by *access.Deciding, resource string, indent int) {
	value, _ := statementOf(by)
	if value == nil {
		return
	}
	t.WriteByte('\n')
	t.json(value, resource, indent+2)
	t.block = true
}

// json writes a statement, without most of its resources where there are many.
func (t *whyScreen) json(statement any, resource string, indent int) {
	short := shortenedStatement(statement, cfn.Shown(resource))
	t.text(string(cfn.AppendValue(nil, short, cfn.Format{})), indent)
}

// step writes permissions over which the same statements decide, with these statements.
func (t *whyScreen) step(number int, steps []access.Step) {
	s := &steps[0]
	word := t.paint(bold, "allowed")
	switch s.Effect {
	case access.Unknown:
		word = t.paint(attention, "not known")
	case access.Deny:
		word = t.paint(attention, "not allowed")
	}
	fmt.Fprintf(t, "\n%-*s", underNumber, fmt.Sprintf("%d.", number))
	t.wrap(actionsOf(steps)+": "+word, underNumber)
	// The resource stands in one piece, to be copied.
	t.WriteString(strings.Repeat(" ", underNumber) + "on " + readable(s.Resource) + "\n")
	if s.Reason != "" {
		t.indented(underNumber, readable(s.Reason))
	}
	t.unread(s.Unread, underNumber)
	for i := range s.By {
		t.evidence(&s.By[i], s.Resource)
	}
	near := s.Near[:min(mostNear, len(s.Near))]
	for i := range near {
		t.WriteByte('\n')
		t.indented(underNumber, wouldAllow(&near[i])+":")
		t.evidence(&near[i], s.Resource)
	}
	if rest := len(s.Near) - len(near); rest > 0 {
		t.WriteByte('\n')
		t.others(rest, underNumber)
	}
}

// evidence writes a statement with its document, and the places in the spec that it comes from.
func (t *whyScreen) evidence(by *access.Deciding, resource string) {
	t.WriteByte('\n')
	t.indented(underNumber, t.paint(bold, documentWords(by.Document)))
	value, because := statementOf(by)
	if value != nil {
		t.WriteByte('\n')
		t.json(value, resource, underNumber+2)
	}
	t.places(because)
}

// places writes where in the spec a statement comes from.
func (t *whyScreen) places(because []source.Span) {
	for i, span := range because {
		if i == mostPlaces && len(because) > mostPlaces+1 {
			t.indented(underNumber, fmt.Sprintf("and %d other places", len(because)-i))
			return
		}
		if span.IsZero() {
			continue
		}
		if i == 0 {
			t.WriteByte('\n')
			t.indented(underNumber, "because of")
		}
		var quote strings.Builder
		options := Options{Color: t.color, Masks: t.options.Masks}
		_ = writeQuote(&quote, span, options) // a builder takes everything
		t.lines(quote.String(), underNumber+2)
	}
}

// indented writes a text that begins at a column, and goes on where it is seen to belong to it.
func (t *whyScreen) indented(indent int, text string) {
	t.WriteString(strings.Repeat(" ", indent))
	t.wrap(text, indent+2)
}

// text writes a text of several lines, whatever characters it has.
func (t *whyScreen) text(text string, indent int) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		t.WriteString(strings.Repeat(" ", indent) + Printable(line) + "\n")
	}
}

// lines writes lines that are ready to be shown.
func (t *whyScreen) lines(text string, indent int) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		t.WriteString(strings.Repeat(" ", indent) + line + "\n")
	}
}

// shortenedStatement returns a statement without most of its resources where there are many: what
// names the resource in question stays.
func shortenedStatement(statement any, resource string) any {
	switch v := statement.(type) {
	case cfn.Object:
		out := slices.Clone(v)
		for i, m := range out {
			if m.Key == "Resource" {
				out[i].Value = shortenedList(m.Value, resource)
			}
		}
		return out
	case map[string]any:
		out := maps.Clone(v)
		if list, ok := out["Resource"]; ok {
			out["Resource"] = shortenedList(list, resource)
		}
		return out
	}
	return statement
}

func shortenedList(value any, resource string) any {
	list, ok := value.([]any)
	if !ok || len(list) <= mostNames {
		return value
	}
	const suffix = len("AbCdEf") // as policies write it: ??????
	named := func(v any) bool {
		return v == resource || len(resource) > suffix &&
			v == resource[:len(resource)-suffix]+strings.Repeat("?", suffix)
	}
	var out []any
	for _, v := range list {
		if named(v) {
			out = append(out, v)
		}
	}
	if out == nil { // it is meant by a pattern
		out = slices.Clone(list[:mostNames-1])
	}
	return append(out, "… and "+english.Plural(len(list)-len(out), "other", "others"))
}
