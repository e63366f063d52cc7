package format

import "sort"

// flows lays out what stands between braces and brackets within their lines: one space inside of
// braces, none inside of brackets, none before a comma or colon and one behind it. A collection in
// which anything else stands stays as it is.
func (t *text) flows() {
	for _, root := range t.flowRoots {
		edits := len(t.edits)
		if !t.flow(root) {
			t.edits = t.edits[:edits]
			t.rough = append(t.rough, root)
		}
	}
}

// flow lays out one collection, and returns false if it is not certain what stands in it.
func (t *text) flow(in span) bool {
	next := sort.Search(len(t.leaves), func(i int) bool { return t.leaves[i].start >= in.start })
	before := byte(0) // what stands before the white space: a mark, or 0 for anything else
	for at := in.start; at < in.end; {
		gap := at
		at = t.skipSpaces(at)
		if at >= in.end {
			return false
		}
		c := t.data[at]
		switch {
		case c == '\r' || c == '\n':
			at, before = at+1, '\n'
			continue
		case t.isComment(at) && gap < at || t.isComment(at) && before == '\n':
			at, before = t.lines[t.lineAt(at)].end, '\n'
			continue
		}
		isMark := false
		end := at
		if next < len(t.leaves) && t.leaves[next].start == at {
			end = t.leaves[next].end
			next++
		} else if end, isMark = t.mark(at); end == at {
			return false
		}
		if want, ok := gapBefore(before, c, isMark); ok && gap > in.start {
			t.replace(gap, at, want)
		}
		before = 0
		if isMark {
			before = c
		} else if c == '!' || c == '&' {
			before = '!'
		}
		at = end
	}
	return true
}

// mark returns where the mark, or the name of an anchor or tag, at an offset ends; the offset
// itself if there is none.
func (t *text) mark(at int) (end int, isMark bool) {
	switch t.data[at] {
	case '{', '}', '[', ']', ',', ':':
		return at + 1, true
	case '!', '&':
		end := at + 1
		for !t.isSpaceAt(end) && !isFlowMark(t.data[end]) {
			end++
		}
		return end, false
	}
	return at, false
}

func isFlowMark(c byte) bool {
	return c == '{' || c == '}' || c == '[' || c == ']' || c == ','
}

// gapBefore returns what stands between two tokens of a line, and whether that is for us to say.
// before is the mark that ends before the gap, '!' for a tag or an anchor, '\n' for the
// beginning of a line, and 0 for anything else; c is the first character behind the gap.
func gapBefore(before, c byte, isMark bool) (string, bool) {
	if before == '\n' || before == '!' {
		return "", false // indentation, or a name that the next token could become part of
	}
	closes := isMark && (c == '}' || c == ']')
	switch before {
	case '{', '[':
		if closes || before == '[' {
			return "", true
		}
		return " ", true
	case ':':
		return " ", !isMark || c == '{' || c == '['
	case ',':
		return " ", !closes
	}
	switch {
	case isMark && c == '}':
		return " ", true
	case isMark && (c == ']' || c == ',' || c == ':'):
		return "", true
	}
	return "", false
}
