package show

import (
	"bufio"
	"fmt"
	"strconv"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
)

// severalSay is what several notes of a code say together, behind their number. A note whose code
// is not here says something of its own each time.
var severalSay = map[*diag.Code]string{
	diag.HandedOver: "grants need a statement from others",
	diag.RotatesAtOnce: "secrets are rotated as soon as their schedule is created or changed, " +
		"which is what happens where nothing is said",
	diag.BreaksConnectionStrings: "generated passwords may contain characters that break " +
		"connection strings",
	diag.TemplateNeedsS3: "templates are larger than CloudFormation takes in a request, and go " +
		"through S3",
	diag.MayBecomeAnother: "principals of assertions cannot do something, but may become others " +
		"that can",
	diag.GrantAddsNothing: "grants allow nothing that others do not allow",
	diag.NothingUses:      "keys and principals are used by nothing",
}

// seeAlso is where the several of a code are shown.
var seeAlso = map[*diag.Code]string{
	diag.HandedOver: " (secretctl plan shows them)",
}

// Together returns, by their codes, the notes of a list that say the same of several things, and
// are told as one.
func Together(l diag.List) map[*diag.Code]diag.List {
	same := map[*diag.Code]diag.List{}
	for i := range l {
		if severalSay[l[i].Code] != "" {
			same[l[i].Code] = append(same[l[i].Code], l[i])
		}
	}
	for code, notes := range same {
		if len(notes) < 2 {
			delete(same, code)
		}
	}
	return same
}

// mostLines is how many lines are named where several notes are told as one.
const mostLines = 8

// together writes several notes of one code as one: at the place of the first, with the lines of
// all, and with their hint if they have the same.
func (o Options) together(out *bufio.Writer, notes diag.List) {
	first := notes[0]
	var lines []string
	hint, seen := first.Advises(o.Masks), map[string]bool{}
	for _, d := range notes {
		if d.Advises(o.Masks) != hint {
			hint = ""
		}
		if d.Span.IsZero() || d.Span.File != first.Span.File {
			continue
		}
		line := strconv.Itoa(d.Span.File.Position(int(d.Span.Start)).Line)
		if !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	if !first.Span.IsZero() {
		at := first.Span.File.Position(int(first.Span.Start))
		fmt.Fprintf(out, "%s:%d:%d: ", escaped(first.Span.File.Name), at.Line, at.Column)
	}
	code := first.Code
	fmt.Fprintf(out, "%s: %d %s",
		o.paint(code.Severity, fmt.Sprintf("%s[%s]", code.Severity, code.Number)),
		len(notes), severalSay[code])
	if len(lines) > 1 {
		fmt.Fprintf(out, ", in lines %s", english.Some(lines, mostLines))
	}
	out.WriteString(seeAlso[code])
	out.WriteByte('\n')
	if seeAlso[code] != "" {
		return
	}
	writeHint(out, hint)
}
