package cfn

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/secretctl/secretctl/internal/english"
)

const (
	diffContext = 3       // equal lines around a change
	diffLines   = 500     // lines that are shown at most
	diffTable   = 250_000 // cells of the table that compares two runs of lines
	diffDepth   = 40      // how often runs are divided at lines that they share
)

// Diff returns how a text differs from an older one, as a unified diff with three lines of context,
// or "" where it does not. old is nil for a file that is not there. Time and memory grow with the
// lengths of the texts alone: what cannot be compared with a fixed effort is shown as removed and
// added. More than 500 lines are cut, and the number of the changed lines that are not shown is
// told.
func Diff(name string, old, new []byte) string {
	if bytes.Equal(old, new) {
		return ""
	}
	d := differ{old: splitLines(old), new: splitLines(new)}
	d.compare(span{0, len(d.old), 0, len(d.new)}, 0)
	before := name
	if old == nil {
		before = "/dev/null"
	}
	return fmt.Sprintf("--- %s\n+++ %s\n%s", before, name, d.hunks())
}

// splitLines returns a text's lines with their line ends. A last line without one says so, as
// diff(1) does.
func splitLines(text []byte) []string {
	list := slices.Collect(strings.Lines(string(text)))
	if n := len(list); n > 0 && !strings.HasSuffix(list[n-1], "\n") {
		list[n-1] += "\n\\ No newline at end of file\n"
	}
	return list
}

// span is a run of old lines and one of new lines.
type span struct{ oldFrom, oldTo, newFrom, newTo int }

type differ struct {
	old, new []string
	changes  []span // in their order
}

// compare finds the changes within a span: what is equal at both ends is left away, and the rest
// divided at the lines that occur once on both sides (the "patience" method), as long as there are
// any.
func (d *differ) compare(s span, depth int) {
	for s.oldFrom < s.oldTo && s.newFrom < s.newTo && d.old[s.oldFrom] == d.new[s.newFrom] {
		s.oldFrom, s.newFrom = s.oldFrom+1, s.newFrom+1
	}
	for s.oldFrom < s.oldTo && s.newFrom < s.newTo && d.old[s.oldTo-1] == d.new[s.newTo-1] {
		s.oldTo, s.newTo = s.oldTo-1, s.newTo-1
	}
	rows, columns := s.oldTo-s.oldFrom, s.newTo-s.newFrom
	if rows == 0 && columns == 0 {
		return
	}
	var shared []pairOfLines
	if rows > 0 && columns > 0 && depth < diffDepth {
		shared = d.shared(s)
	}
	switch {
	case len(shared) > 0:
		for _, p := range shared {
			d.compare(span{s.oldFrom, p.old, s.newFrom, p.new}, depth+1)
			s.oldFrom, s.newFrom = p.old+1, p.new+1
		}
		d.compare(s, depth+1)
	case rows > 0 && columns > 0 && rows <= diffTable/columns:
		d.table(s)
	default:
		d.change(s)
	}
}

// change notes a change, as a part of the one before where they touch.
func (d *differ) change(s span) {
	n := len(d.changes)
	if n > 0 && d.changes[n-1].oldTo == s.oldFrom && d.changes[n-1].newTo == s.newFrom {
		d.changes[n-1].oldTo, d.changes[n-1].newTo = s.oldTo, s.newTo
		return
	}
	d.changes = append(d.changes, s)
}

type pairOfLines struct{ old, new int }

// shared returns the longest sequence of lines that occur once on both sides, in the same order on
// both.
func (d *differ) shared(s span) []pairOfLines {
	type occurrence struct{ inOld, inNew, old, new int }
	seen := make(map[string]*occurrence, s.oldTo-s.oldFrom)
	for i := s.oldFrom; i < s.oldTo; i++ {
		o := seen[d.old[i]]
		if o == nil {
			o = &occurrence{}
			seen[d.old[i]] = o
		}
		o.inOld, o.old = o.inOld+1, i
	}
	for i := s.newFrom; i < s.newTo; i++ {
		if o := seen[d.new[i]]; o != nil {
			o.inNew, o.new = o.inNew+1, i
		}
	}
	var pairs []pairOfLines
	for i := s.oldFrom; i < s.oldTo; i++ {
		if o := seen[d.old[i]]; o.inOld == 1 && o.inNew == 1 {
			pairs = append(pairs, pairOfLines{o.old, o.new})
		}
	}
	return longestRising(pairs)
}

// longestRising returns a longest part of pairs, sorted by their old lines, in which the new lines
// rise too.
func longestRising(pairs []pairOfLines) []pairOfLines {
	// ends[n] is the pair with the smallest new line that n+1 rising pairs can end with
	var ends []int
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n := sort.Search(len(ends), func(n int) bool { return pairs[ends[n]].new > p.new })
		if before[i] = -1; n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, 0)
		}
		ends[n] = i
	}
	out := make([]pairOfLines, len(ends))
	at := -1
	if len(ends) > 0 {
		at = ends[len(ends)-1]
	}
	for n := len(ends) - 1; n >= 0; n-- {
		out[n] = pairs[at]
		at = before[at]
	}
	return out
}

// table compares runs of lines by the lengths of their longest common subsequences.
func (d *differ) table(s span) {
	rows, columns := s.oldTo-s.oldFrom, s.newTo-s.newFrom
	width := columns + 1
	length := make([]int32, (rows+1)*width)
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			if d.old[s.oldFrom+i] == d.new[s.newFrom+j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
				continue
			}
			length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
		}
	}
	for i, j := 0, 0; i < rows || j < columns; {
		o, n := s.oldFrom+i, s.newFrom+j
		switch {
		case i < rows && j < columns && d.old[o] == d.new[n]:
			i, j = i+1, j+1
		case j == columns || i < rows && length[(i+1)*width+j] >= length[i*width+j+1]:
			d.change(span{o, o + 1, n, n})
			i++
		default:
			d.change(span{o, o, n, n + 1})
			j++
		}
	}
}

// hunks writes the changes with what is around them.
func (d *differ) hunks() string {
	var w diffWriter
	for i := 0; i < len(d.changes); {
		end := i + 1
		for end < len(d.changes) && d.changes[end].oldFrom-d.changes[end-1].oldTo <= 2*diffContext {
			end++
		}
		d.hunk(&w, d.changes[i:end])
		i = end
	}
	switch w.hidden {
	case 0:
	case 1:
		w.out.WriteString("… 1 more line differs\n")
	default:
		w.out.WriteString("… " + english.Thousands(w.hidden) + " more lines differ\n")
	}
	return w.out.String()
}

// hunk writes changes that share their context.
func (d *differ) hunk(w *diffWriter, changes []span) {
	first, last := changes[0], changes[len(changes)-1]
	lead := min(diffContext, first.oldFrom)
	tail := min(diffContext, len(d.old)-last.oldTo)
	at := span{first.oldFrom - lead, last.oldTo + tail, first.newFrom - lead, last.newTo + tail}
	if w.shown < diffLines {
		fmt.Fprintf(&w.out, "@@ -%s +%s @@\n", lineRange(at.oldFrom, at.oldTo),
			lineRange(at.newFrom, at.newTo))
	}
	next := at.oldFrom
	for _, c := range changes {
		w.lines(" ", d.old[next:c.oldFrom])
		w.lines("-", d.old[c.oldFrom:c.oldTo])
		w.lines("+", d.new[c.newFrom:c.newTo])
		next = c.oldTo
	}
	w.lines(" ", d.old[next:at.oldTo])
}

// lineRange writes a range of lines as unified diffs do: the first one, counted from 1, and how
// many. An empty range is named by the line before.
func lineRange(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

// diffWriter writes the first lines of a diff and counts the changed ones after them.
type diffWriter struct {
	out           strings.Builder
	shown, hidden int
}

func (w *diffWriter) lines(prefix string, lines []string) {
	for _, line := range lines {
		if w.shown < diffLines {
			w.shown++
			w.out.WriteString(prefix + line)
			continue
		}
		if prefix != " " {
			w.hidden++
		}
	}
}
