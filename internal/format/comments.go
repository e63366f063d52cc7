package format

// placement is what the place of comments depends on: the collections before the line behind them,
// and the column of that line before and after.
type placement struct {
	levels   []level
	old, new int
	most     int // the last column that a comment may stand in; negative: any
}

// placeComments gives the comments in lines of their own the column of what they stand beside: that
// of the line behind them, or of the entries of a collection that ends there. at is nil at the end
// of the file, and before what has no column.
func (w *layout) placeComments(at *placement) {
	if at == nil {
		at = &placement{levels: w.levels, old: -1, new: -1 + w.shift}
	}
	at.most = -1
	if w.inScalar { // deeper it would be text
		at.most = w.indent + w.widens - 1
	}
	for _, i := range w.comments {
		w.setColumn(w.lines[i], at.column(w.lines[i].column()))
	}
	w.comments = nil
}

// column returns the column for a comment that stands in one.
func (at *placement) column(old int) int {
	if old == at.old {
		return at.new
	}
	for i := len(at.levels) - 1; i >= 0; i-- {
		if at.levels[i].old == old {
			return at.levels[i].new
		}
	}
	new := max(0, old+at.new-at.old)
	if at.most >= 0 {
		new = min(new, at.most)
	}
	return new
}
