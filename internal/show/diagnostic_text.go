package show

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// ANSI's bold red, yellow and cyan, and back to plain.
var colors = map[diag.Severity]string{diag.Error: "\x1b[1;31m", diag.Warning: "\x1b[1;33m",
	diag.Note: "\x1b[1;36m"}

// Text writes diagnostics for people: the place and the message, the source line with a caret under
// the span, the related places in the same way, and the hint, with an empty line between two
// diagnostics and nothing after the last. A span of several lines is underlined on its first line.
// What o.Masks hides of the source is six bullets, whatever its length, which the last line
// explains. Characters that a terminal would not print are escaped wherever they come from. The
// error is w's.
func Text(w io.Writer, l diag.List, o Options) error {
	shown := &bulletFinder{w: w}
	out := bufio.NewWriter(shown)
	var same map[*diag.Code]diag.List
	if o.Together {
		same = Together(l)
	}
	var told []*diag.Code
	for i, d := range l {
		if slices.Contains(told, d.Code) {
			continue
		}
		if i > 0 {
			out.WriteByte('\n')
		}
		if notes := same[d.Code]; notes != nil {
			told = append(told, d.Code)
			o.together(out, notes)
			continue
		}
		o.show(out, d.Span, d.Code.Severity, fmt.Sprintf("%s[%s]", d.Code.Severity, d.Code.Number),
			d.Sentence(o.Masks))
		for _, r := range d.Places() {
			o.show(out, r.Span, diag.Note, diag.Note.String(), r.Message.Shown(o.Masks))
		}
		writeHint(out, d.Advises(o.Masks))
	}
	if err := out.Flush(); err != nil || !shown.bullets {
		return err
	}
	_, err := io.WriteString(w, explanation)
	return err
}

// writeHint writes a hint, which may have several lines or none.
func writeHint(out *bufio.Writer, hint string) {
	for i, line := range hintLines(hint) {
		label := "hint: "
		if i > 0 {
			label = "      "
		}
		out.WriteString(strings.TrimRight(label+line, " ") + "\n")
	}
}

// explanation is the last line of a text with bullets.
const explanation = "\n" + diag.Bullets + " hides what may be a secret value.\n"

// bulletFinder is a writer that notices bullets.
type bulletFinder struct {
	w       io.Writer
	bullets bool
	tail    []byte // the end of what was written, where bullets may have begun
}

// Write implements io.Writer.
func (o *bulletFinder) Write(p []byte) (int, error) {
	seen := append(o.tail, p...)
	o.bullets = o.bullets || bytes.Contains(seen, []byte(diag.Bullets))
	o.tail = append([]byte(nil), seen[max(0, len(seen)-len(diag.Bullets)):]...)
	return o.w.Write(p)
}

// writeQuote writes where a span is, as file:line:column, and its first line with carets under it,
// as Text shows them of a note. The error is w's.
func writeQuote(w io.Writer, span source.Span, o Options) error {
	out := bufio.NewWriter(w)
	at := span.File.Position(int(span.Start))
	fmt.Fprintf(out, "%s:%d:%d\n", escaped(span.File.Name), at.Line, at.Column)
	o.quote(out, span, at, diag.Note)
	return out.Flush()
}

// show writes one place with what is said of it.
func (o Options) show(out *bufio.Writer, span source.Span, severity diag.Severity, label,
	message string) {
	var at source.Position
	if !span.IsZero() {
		at = span.File.Position(int(span.Start))
		fmt.Fprintf(out, "%s:%d:%d: ", escaped(span.File.Name), at.Line, at.Column)
	}
	fmt.Fprintf(out, "%s: %s\n", o.paint(severity, label), escaped(message))
	if !span.IsZero() {
		o.quote(out, span, at, severity)
	}
}

// quote writes the first line of a span and the carets under it, if there is any text to show.
func (o Options) quote(out *bufio.Writer, span source.Span, at source.Position,
	severity diag.Severity) {
	if len(span.File.Data) == 0 {
		return
	}
	e := newExcerpt(span, at, o.Masks)
	gutter := fmt.Sprintf("%4d |", at.Line)
	out.WriteString(strings.TrimRight(gutter+" "+e.text, " ") + "\n")
	fmt.Fprintf(out, "%*s %*s%s\n", len(gutter), "|", e.indent, "",
		o.paint(severity, strings.Repeat("^", e.carets)))
}

func (o Options) paint(severity diag.Severity, text string) string {
	if !o.Color {
		return text
	}
	return colors[severity] + text + plain
}

// hintLines returns the lines of a hint, ready to be shown; an empty hint has none.
func hintLines(hint string) []string {
	hint = strings.TrimRight(hint, "\r\n")
	if hint == "" {
		return nil
	}
	lines := strings.Split(hint, "\n")
	for i, line := range lines {
		lines[i] = escaped(strings.TrimSuffix(line, "\r"))
	}
	return lines
}

// Summary says how many diagnostics of each severity there are, as in "2 errors, 1 warning, 3
// notes". Severities that do not occur are left out; an empty list is "".
func Summary(l diag.List) string {
	var parts []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Note} {
		switch n := l.Count(s); n {
		case 0:
		case 1:
			parts = append(parts, fmt.Sprintf("1 %s", s))
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, s))
		}
	}
	return strings.Join(parts, ", ")
}
