package show

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/english"
)

// fold walks over a report section by section, and folds what is equal. A report may have millions
// of rows: all that a fold keeps is where the rows of each pair of a principal and a secret are.
type fold struct {
	report      *access.Report
	byPrincipal bool
	pairs       []foldedPair // by section, then by the other
	starts      []int32      // of each section its first pair, and behind the last section the end
	cells       int          // how many pairs there are, those that are left out included
	end         int          // how many sections are shown

	lines []foldedLine // of the pair at hand; the slices in them are used again
	own   []foldedLine // of the verb at hand, likewise
	rows  []access.Row // of a pair in several Regions, by verb

	// of changes: the numbers of what is said of changed answers, each of which is one of its own
	told map[*access.Answer]int
}

// foldedPair is what a report says of a principal and a secret: some of its rows.
type foldedPair struct{ principal, secret, first, end int32 }

// foldedLine is several verbs of which the same holds, in the same Regions. It is good until the
// next pair is folded.
type foldedLine struct {
	answer  *access.Answer // of the first verb; the others differ at most in what they are held to
	verbs   []foldedVerb
	regions []int16 // of the secret; nil: in all of them
	where   []int16 // the array of regions
}

// foldedVerb is a verb with what its call is held to.
type foldedVerb struct {
	verb   int16
	answer *access.Answer
	heldTo []access.Condition
	wider  []string
}

// newFold prepares to walk over a report by secret or by principal. The rows of a report are sorted
// by principal and secret, so that those of a pair stand together; for sections by secret, the
// pairs are counted and put in their places.
func newFold(r *access.Report, byPrincipal bool) *fold {
	f := &fold{report: r, byPrincipal: byPrincipal}
	for i := range r.Rows {
		row := &r.Rows[i]
		if n := len(f.pairs); n > 0 {
			last := &f.pairs[n-1]
			if last.principal == row.Principal && last.secret == row.Secret {
				last.end++
				continue
			}
		}
		f.pairs = append(f.pairs, foldedPair{row.Principal, row.Secret, int32(i), int32(i) + 1})
	}
	f.starts = make([]int32, len(f.sections())+1)
	for _, p := range f.pairs {
		f.starts[f.sectionOf(p)+1]++
	}
	for i := range f.sections() {
		f.starts[i+1] += f.starts[i]
	}
	f.cells, f.end = len(f.pairs), len(f.sections())
	if byPrincipal {
		return f
	}
	next, sorted := slices.Clone(f.starts), make([]foldedPair, len(f.pairs))
	for _, p := range f.pairs {
		sorted[next[p.secret]] = p
		next[p.secret]++
	}
	f.pairs = sorted
	return f
}

// mostCells is how many cells a page or a table in Markdown shows: what one principal may do with
// one secret is a cell. No browser shows more in good time.
const mostCells = 50_000

// stopAt leaves out the sections behind a number of pairs. A section is shown whole, but for the
// first one, which is shown as far as it goes.
func (f *fold) stopAt(most int) {
	if f.cells <= most {
		return
	}
	for f.end > 1 && int(f.starts[f.end]) > most {
		f.end--
	}
	f.starts[f.end] = min(f.starts[f.end], int32(most))
}

// leftOut says what a fold does not show and how to see it; "": it shows all.
func (f *fold) leftOut() string {
	shown := int(f.starts[f.end])
	if shown == f.cells {
		return ""
	}
	what, flag, other := "secrets", "--secret", "--principal"
	if f.byPrincipal {
		what, flag, other = "principals", other, flag
	}
	return fmt.Sprintf("%s of %s are left out here: what is shown is of %s of %s %s. Choose what "+
		"to show with %s and %s; CSV and JSON have everything.",
		english.Thousands(f.cells-shown), english.Plural(f.cells, "cell", "cells"),
		english.Thousands(f.end), english.Thousands(len(f.sections())), what, flag, other)
}

// sections returns what the sections are about, and others what stands in them.
func (f *fold) sections() []access.Subject {
	if f.byPrincipal {
		return f.report.Principals
	}
	return f.report.Secrets
}

func (f *fold) others() []access.Subject {
	if f.byPrincipal {
		return f.report.Secrets
	}
	return f.report.Principals
}

func (f *fold) sectionOf(p foldedPair) int32 {
	if f.byPrincipal {
		return p.principal
	}
	return p.secret
}

// otherOf returns the other of a pair, in others.
func (f *fold) otherOf(p foldedPair) int32 {
	if f.byPrincipal {
		return p.secret
	}
	return p.principal
}

// section returns the pairs of a section; none: nobody, nothing.
func (f *fold) section(i int) []foldedPair { return f.pairs[f.starts[i]:f.starts[i+1]] }

// entries walks over the pairs of a section with what is said of each. The lines are good for the
// one turn.
func (f *fold) entries(section int) iter.Seq2[foldedPair, []foldedLine] {
	return func(yield func(foldedPair, []foldedLine) bool) {
		for _, p := range f.section(section) {
			if !yield(p, f.linesOf(p)) {
				return
			}
		}
	}
}

// linesOf folds the rows of a pair: first the Regions in which the same holds of a verb, then the
// verbs of which the same holds.
func (f *fold) linesOf(p foldedPair) []foldedLine {
	rows := f.report.Rows[p.first:p.end]
	regions := len(f.report.Secrets[p.secret].Regions)
	if regions != 1 {
		f.rows = append(f.rows[:0], rows...)
		rows = f.rows
		slices.SortStableFunc(rows, func(a, b access.Row) int {
			return cmp.Compare(a.Verb, b.Verb)
		})
	}
	f.lines = f.lines[:0]
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Verb == rows[0].Verb {
			n++
		}
		f.verb(rows[:n], regions)
		rows = rows[n:]
	}
	return f.lines
}

// verb folds the rows of one verb and adds them to the lines.
func (f *fold) verb(rows []access.Row, regions int) {
	f.own = f.own[:0]
	for i := range rows {
		row := &rows[i]
		at := slices.IndexFunc(f.own, func(l foldedLine) bool {
			return f.same(l.answer, row.Answer, true)
		})
		if at < 0 {
			f.own = anotherLine(f.own, row.Answer)
			at = len(f.own) - 1
		}
		f.own[at].where = append(f.own[at].where, row.Region)
	}
	for i := range f.own {
		line := &f.own[i]
		if line.regions = line.where; len(line.where) == regions {
			line.regions = nil
		}
		f.add(line, foldedVerb{
			rows[0].Verb, line.answer, line.answer.HeldTo, line.answer.Wider,
		})
	}
}

// add adds a verb to the line of which the same holds, or to one of its own.
func (f *fold) add(line *foldedLine, verb foldedVerb) {
	at := slices.IndexFunc(f.lines, func(l foldedLine) bool {
		return f.same(l.answer, line.answer, false) && slices.Equal(l.regions, line.regions)
	})
	if at < 0 {
		f.lines = anotherLine(f.lines, line.answer)
		at = len(f.lines) - 1
		into := &f.lines[at]
		into.where = append(into.where, line.regions...)
		if line.regions != nil {
			into.regions = into.where
		}
	}
	f.lines[at].verbs = append(f.lines[at].verbs, verb)
}

// same says whether two answers, and what is said of their changes, are told as one.
func (f *fold) same(a, b *access.Answer, heldTo bool) bool {
	return f.told[a] == f.told[b] && sameAnswer(a, b, heldTo)
}

// anotherLine makes a list of lines one longer, with the arrays that the line had when the list was
// longer before.
func anotherLine(list []foldedLine, answer *access.Answer) []foldedLine {
	if len(list) < cap(list) {
		list = list[:len(list)+1]
	} else {
		list = append(list, foldedLine{})
	}
	line := &list[len(list)-1]
	*line = foldedLine{answer: answer, verbs: line.verbs[:0], where: line.where[:0]}
	return list
}

// sameAnswer says whether two answers say the same, with or without what calls are held to.
func sameAnswer(a, b *access.Answer, heldTo bool) bool {
	if a == b {
		return true
	}
	return a.Effect == b.Effect && a.Explicit == b.Explicit &&
		equalConditions(a.Conditions, b.Conditions) && slices.Equal(a.Unread, b.Unread) &&
		slices.EqualFunc(a.Told, b.Told, equalTold) &&
		(!heldTo || equalConditions(a.HeldTo, b.HeldTo) && slices.Equal(a.Wider, b.Wider))
}

func equalConditions(a, b []access.Condition) bool {
	return slices.EqualFunc(a, b, func(a, b access.Condition) bool {
		return a.Operator == b.Operator && a.Key == b.Key &&
			(a.Own && b.Own || slices.Equal(a.Values, b.Values))
	})
}

func equalTold(a, b access.Told) bool {
	return a.What == b.What && a.Name == b.Name && a.Value == b.Value && a.Absent == b.Absent &&
		slices.Equal(a.By, b.By)
}

// Counts says how much a report is about: "3 principals, 12 secrets".
func Counts(r *access.Report) string {
	return english.Plural(len(r.Principals), "principal", "principals") + ", " +
		english.Plural(len(r.Secrets), "secret", "secrets")
}
