package show

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/access"
)

// csvColumns is the header of access --format csv. Columns are only ever added, at the end.
var csvColumns = []string{
	"principal", "principalArn", "secret", "secretArn", "region", "verb", "effect", "conditions",
	"unread", "heldTo", "told", "explicit", "principalKind",
	"wider",
}

// writeAccessCSV writes a report for spreadsheets, in the form of RFC 4180 with quotes around every
// cell, so that none ends at what a country takes for the separator of lists. A spreadsheet takes
// what begins with = + - @ for a formula; an apostrophe before it says that it is text.
// https://owasp.org/www-community/attacks/CSV_Injection
// What is out of sight has no place in it: writeBesides writes it elsewhere. An error is the
// writer's.
func writeAccessCSV(w io.Writer, r access.Report, o Options) error {
	if err := writeBesides(o.Beside, r); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	columns := csvColumns
	if len(r.Principals) > 0 && r.Principals[0].Environment != "" {
		columns = append(columns[:len(columns):len(columns)], "environment")
	}
	rowCSV(out, columns)
	c := newCellsCSV(&r)
	cells := make([]string, len(columns))
	for i := range r.Rows {
		c.row(cells, &r.Rows[i])
		if err := rowCSV(out, cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

// rowCSV writes a row. Nothing in a cell ends a line: cell leaves no control characters.
func rowCSV(out *bufio.Writer, cells []string) error {
	for i, text := range cells {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('"')
		if strings.Contains(text, `"`) {
			text = strings.ReplaceAll(text, `"`, `""`)
		}
		out.WriteString(text)
		out.WriteByte('"')
	}
	_, err := out.WriteString("\r\n")
	return err
}

// writeBesides writes what a table of rows has no room for: what is out of sight, and the
// statements that let everybody in. It writes nothing where there is nothing. An error is the
// writer's.
func writeBesides(w io.Writer, r access.Report) error {
	if w == nil {
		return nil
	}
	for _, list := range []struct {
		title   string
		clauses []string
	}{{"public", r.Findings}, {"out of sight", r.OutOfSight}} {
		for _, clause := range list.clauses {
			if _, err := fmt.Fprintf(w, "%s: %s\n", list.title, readable(clause)); err != nil {
				return err
			}
		}
	}
	return nil
}

// cell writes a text as a cell of a spreadsheet. White space before what begins a formula does not
// keep every spreadsheet from taking it for one.
func cell(text string) string {
	text = readable(text)
	if begin := strings.TrimSpace(text); begin != "" &&
		strings.Contains("=+-@＝＋－＠", firstCharacter(begin)) {
		return "'" + text
	}
	return text
}

// firstCharacter returns the first character of a text that is not empty.
func firstCharacter(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return text[:n]
}

// cellsCSV has the cells that many rows share.
type cellsCSV struct {
	report     *access.Report
	principals [][3]string // id, ARN, kind
	verbs      []string
	secrets    map[[2]int32][3]string // by secret and Region: id, ARN, Region
	answers    map[*access.Answer][6]string
}

func newCellsCSV(r *access.Report) *cellsCSV {
	c := &cellsCSV{
		report: r, secrets: map[[2]int32][3]string{}, answers: map[*access.Answer][6]string{},
	}
	for i := range r.Principals {
		p := &r.Principals[i]
		c.principals = append(c.principals, [3]string{cell(p.ID), cell(p.ARN), cell(p.Kind)})
	}
	for _, verb := range r.Verbs {
		c.verbs = append(c.verbs, cell(verb))
	}
	return c
}

// row fills the cells of a row, in the order of csvColumns.
func (c *cellsCSV) row(cells []string, row *access.Row) {
	p, s, a := c.principals[row.Principal], c.secret(row), c.answer(row.Answer)
	copy(cells, []string{p[0], p[1], s[0], s[1], s[2], c.verbs[row.Verb]})
	copy(cells[6:], a[:])
	cells[12], cells[13] = p[2], cell(strings.Join(row.Answer.Wider, ", "))
	if len(cells) > len(csvColumns) {
		cells[len(csvColumns)] = c.report.Principals[row.Principal].Environment
	}
}

func (c *cellsCSV) secret(row *access.Row) [3]string {
	key := [2]int32{row.Secret, int32(row.Region)}
	cells, ok := c.secrets[key]
	if !ok {
		s := &c.report.Secrets[row.Secret]
		cells = [3]string{cell(s.ID), cell(arnIn(s, row.Region)), cell(s.Regions[row.Region])}
		c.secrets[key] = cells
	}
	return cells
}

// answer returns effect, conditions, unread, heldTo, told and explicit.
func (c *cellsCSV) answer(a *access.Answer) [6]string {
	cells, ok := c.answers[a]
	if ok {
		return cells
	}
	explicit := ""
	if a.Explicit {
		explicit = "true"
	}
	cells = [6]string{
		a.Effect.String(), cell(conditionsWords(a.Conditions, 0)),
		cell(strings.Join(Unread(a.Unread), "; ")), cell(heldWords(a.HeldTo, 0)),
		cell(strings.Join(allToldWords(a.Told), "; ")), explicit,
	}
	if len(c.answers) < mostKept {
		c.answers[a] = cells
	}
	return cells
}
