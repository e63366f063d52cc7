package format

import "unicode/utf8"

// aligned is a line whose value stands in a column with those of the lines beside it.
type aligned struct {
	key, value int // the columns in which they begin
	gap        int // the blanks between colon and value
}

// valueGaps returns how many blanks stand between colon and value, by line, where that is not one:
// values of neighbouring lines that somebody has put into one column stay in one, as near as it can
// be.
func (t *text) valueGaps() map[int]int {
	out := map[int]int{}
	for i := 0; i < len(t.lines); i++ {
		first, ok := t.alignedAt(i)
		if !ok {
			continue
		}
		least, last := first.gap, i
		for ; last+1 < len(t.lines); last++ {
			next, ok := t.alignedAt(last + 1)
			if !ok || next.key != first.key || next.value != first.value {
				break
			}
			least = min(least, next.gap)
		}
		for k := i; last > i && k <= last; k++ {
			one, _ := t.alignedAt(k)
			out[k] = one.gap - least + 1
		}
		i = last
	}
	return out
}

// alignedAt returns the columns of a line with a key and a value.
func (t *text) alignedAt(i int) (aligned, bool) {
	key, ok := t.keyOn[i]
	if !ok {
		return aligned{}, false
	}
	n := t.lines[i]
	colon := t.skipSpaces(t.keyEnd[key])
	value := t.skipSpaces(colon + 1)
	if value >= n.end || t.isComment(value) {
		return aligned{}, false
	}
	columns := func(at int) int { return utf8.RuneCountInString(t.data[n.start:at]) }
	return aligned{columns(key), columns(value), value - colon - 1}, true
}
