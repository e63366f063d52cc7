package format

import (
	"sort"
	"strings"
)

// indentation is how many columns an entry stands deeper than what it belongs to.
const indentation = 2

// level is a collection in block style that the lines so far are inside of.
type level struct {
	old, new int // the column of its entries
	list     bool
}

// layout is the walk over the lines of a file.
type layout struct {
	*text
	levels []level
	gaps   map[int]int // blanks between colon and value, where they are not one

	comments []int // lines of comments whose place the next line decides
	blank    []int // blank lines since the last line with something in it
	shift    int   // by how much the last line moved
	inScalar bool  // the last line with something in it belongs to a block scalar
	keeps    bool  // a block scalar in which blank lines at the end count
	widens   int   // by how much the text of the block scalar moves
	indent   int   // of the text of the block scalar, as it was
}

// layOut indents lines, and removes blanks that mean nothing.
func (t *text) layOut() {
	w := &layout{text: t, gaps: t.valueGaps()}
	for i := range t.lines {
		w.line(i)
	}
	w.placeComments(nil)
	w.end()
}

// line lays out one line.
func (w *layout) line(i int) {
	n := w.lines[i]
	if in := w.leafAround(n.start); in != nil {
		w.continued(n, in)
		return
	}
	if n.isBlank() {
		w.blank = append(w.blank, i)
		return
	}
	w.blankLines()
	if w.isComment(n.content) && w.flowAround(n.start) == nil {
		w.comments = append(w.comments, i)
		w.trim(n)
		return
	}
	switch {
	case w.flowAround(n.start) != nil:
		w.placeComments(nil)
		w.setColumn(n, max(0, n.column()+w.shift))
		w.trim(n)
	case w.isMarker(n):
		w.placeComments(nil)
		w.trim(n)
		w.shift, w.inScalar = 0, false
	default:
		w.structure(i)
		w.trim(n)
	}
}

// isMarker says whether a line begins or ends a document.
func (w *layout) isMarker(n line) bool {
	text := w.data[n.start:n.end]
	return (strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...")) &&
		w.isSpaceAt(n.start+3)
}

// setColumn makes the text of a line begin in a column. A line that begins with a tab stays.
func (w *layout) setColumn(n line, column int) {
	if strings.Contains(w.data[n.start:n.content], "\t") {
		return
	}
	w.replace(n.start, n.content, strings.Repeat(" ", column))
}

// trim removes what stands behind the last token of a line, unless a text goes on in the next one.
func (w *layout) trim(n line) {
	if w.leafAround(n.end) == nil && n.trimmed < n.end {
		w.replace(n.trimmed, n.end, "")
	}
}

// structure lays out a line that begins an entry of a block collection, or a value in a line of its
// own.
func (w *layout) structure(i int) {
	n := w.lines[i]
	at, column := n.content, n.column()
	before := append([]level(nil), w.levels...)
	first := -1 // the column that the line begins in
	for {
		dash := w.data[at] == '-' && w.isSpaceAt(at+1)
		key, isKey := w.keyOn[i]
		isKey = isKey && !dash
		now := w.enter(column, dash, dash || isKey)
		if first < 0 {
			first = now
		}
		if !dash {
			if isKey {
				w.colon(w.keyEnd[key], max(1, w.gaps[i]))
			}
			break
		}
		value := w.skipSpaces(at + 1)
		if value >= n.end || w.isComment(value) {
			break
		}
		w.replace(at+1, value, " ")
		at, column = value, column+value-at
	}
	w.placeComments(&placement{levels: before, old: n.column(), new: first})
	w.shift, w.inScalar = first-n.column(), false
	w.setColumn(n, first)
	w.header(n)
}

// enter returns the column of what begins in a column of the file, and notes the collection that it
// is an entry of.
func (w *layout) enter(column int, dash, isEntry bool) int {
	for len(w.levels) > 0 {
		top := w.levels[len(w.levels)-1]
		if top.old < column || top.old == column && isEntry && (!top.list || dash) {
			break
		}
		w.levels = w.levels[:len(w.levels)-1]
	}
	deeper := 0
	if len(w.levels) > 0 {
		top := w.levels[len(w.levels)-1]
		if isEntry && top.old == column && top.list == dash {
			return top.new
		}
		deeper = top.new + indentation
	}
	if isEntry {
		w.levels = append(w.levels, level{column, deeper, dash})
	}
	return deeper
}

// colon takes away what stands before the colon of a key that ends at an offset, and leaves so many
// blanks behind it.
func (w *layout) colon(at, blanks int) {
	colon := w.skipSpaces(at)
	if colon >= len(w.data) || w.data[colon] != ':' {
		return
	}
	w.replace(at, colon, "")
	value := w.skipSpaces(colon + 1)
	if !w.isComment(value) && value < len(w.data) && !strings.ContainsRune("\r\n",
		rune(w.data[value])) {
		w.replace(colon+1, value, strings.Repeat(" ", blanks))
	}
}

// header looks for the block scalar that begins in a line, whose text belongs to the innermost
// collection.
func (w *layout) header(n line) {
	in := w.leafAround(n.end)
	if in == nil || !in.block {
		in = w.emptyBlock(n)
	}
	if in == nil {
		return
	}
	head := w.data[in.start:min(n.end, len(w.data))]
	if i := strings.IndexAny(head, " \t#"); i >= 0 {
		head = head[:i]
	}
	w.inScalar, w.keeps = true, strings.Contains(head, "+")
	parent := level{old: -indentation, new: -indentation}
	if len(w.levels) > 0 {
		parent = w.levels[len(w.levels)-1]
	}
	w.indent = w.textColumn(in)
	w.widens = parent.new + indentation - w.indent
	if i := strings.IndexAny(head, "123456789"); i >= 0 {
		w.widens = parent.new - parent.old
		w.indent = max(parent.old, 0) + int(head[i]-'0')
	}
}

// emptyBlock returns the block scalar without lines that ends in a line, or nil.
func (w *layout) emptyBlock(n line) *leaf {
	from := sort.Search(len(w.leaves), func(i int) bool { return w.leaves[i].start >= n.content })
	for i := from; i < len(w.leaves) && w.leaves[i].end <= n.end; i++ {
		if w.leaves[i].block {
			return &w.leaves[i]
		}
	}
	return nil
}

// textColumn returns the column that the text of a block scalar begins in: that of its first line
// that is not blank.
func (w *layout) textColumn(in *leaf) int {
	for _, n := range w.lines[w.lineAt(in.start)+1:] {
		if n.start >= in.end {
			break
		}
		if strings.TrimLeft(w.data[n.start:n.end], " ") != "" {
			return len(w.data[n.start:n.end]) - len(strings.TrimLeft(w.data[n.start:n.end], " "))
		}
	}
	return 0
}

// continued lays out a line that a text of several lines goes on in.
func (w *layout) continued(n line, in *leaf) {
	switch {
	case in.block:
		w.blockLine(n)
	case n.isBlank():
	case in.inFlow:
		w.setColumn(n, max(0, n.column()+w.shift))
	default:
		column := 0
		if len(w.levels) > 0 {
			column = w.levels[len(w.levels)-1].new + indentation
		}
		w.setColumn(n, column)
	}
}

// blockLine moves a line of a block scalar with the others. Of a blank one, what is deeper than the
// text belongs to it.
func (w *layout) blockLine(n line) {
	lead := len(w.data[n.start:n.end]) - len(strings.TrimLeft(w.data[n.start:n.end], " "))
	switch {
	case n.start+lead == n.end && lead <= w.indent:
		w.replace(n.start, n.end, "")
	default:
		w.replace(n.start, n.start+lead, strings.Repeat(" ", max(0, lead+w.widens)))
	}
}

// blankLines makes one of the blank lines since the last line with something in it, none at the
// beginning of the file. Those behind a block scalar may belong to it, and are moved with it.
func (w *layout) blankLines() {
	lines := w.blank
	w.blank = nil
	for k, i := range lines {
		n := w.lines[i]
		switch {
		case w.inScalar && (w.keeps || n.end-n.start > w.indent):
			w.blockLine(n)
		case !w.inScalar && (k > 0 || lines[0] == 0):
			w.replace(n.start, n.next, "")
		case w.inScalar && k > 0 && !w.deeper(lines[k:]):
			w.replace(n.start, n.next, "")
		default:
			w.replace(n.start, n.end, "")
		}
	}
}

// deeper says whether one of some blank lines belongs to the block scalar before them.
func (w *layout) deeper(lines []int) bool {
	for _, i := range lines {
		if w.lines[i].end-w.lines[i].start > w.indent {
			return true
		}
	}
	return false
}

// end removes blank lines at the end of the file, and ends its last line.
func (w *layout) end() {
	if w.inScalar {
		w.blankLinesAtEnd()
		return
	}
	for _, i := range w.blank {
		w.replace(w.lines[i].start, w.lines[i].next, "")
	}
	if last := len(w.lines) - 1; last >= 0 && w.lines[last].next == w.lines[last].end &&
		!w.lines[last].isBlank() {
		at := w.lines[last].end
		w.edits = append(w.edits, edit{at, at, w.lineEnd()})
	}
}

// blankLinesAtEnd lays out the blank lines at the end of a file that ends with a block scalar, of
// which the last line end says something.
func (w *layout) blankLinesAtEnd() {
	for _, i := range w.blank {
		if n := w.lines[i]; !w.keeps && !w.deeper(w.blank) && n.next > n.end {
			w.replace(n.start, n.next, "")
		}
	}
}

// lineEnd returns how the first line of the file ends.
func (w *layout) lineEnd() string {
	if first := w.lines[0]; first.end < first.next {
		return w.data[first.end:first.next]
	}
	return "\n"
}
