package show

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// What an excerpt of the source looks like, in terminal cells but for reach.
const (
	maxCells = 160
	tabStop  = 4
	// bytes to either side of a span's start that are enough to look at: a spec may be one long
	// line
	reach = 512
)

const ellipsis = "…"

// excerpt is the first line of a span as it is shown, and where its carets stand.
type excerpt struct {
	text           string
	indent, carets int // cells before the first caret; how many carets
}

// newExcerpt cuts out the first line of a span, which starts at a position, without what masks
// hide.
func newExcerpt(span source.Span, at source.Position, masks *source.Masks) excerpt {
	line := span.File.LineSpan(at.Line)
	near := around(line, int32(at.Offset), masks)

	shown := glyphs(near, masks.Within(near))
	if near.Start > line.Start {
		shown = slices.Insert(shown, 0,
			glyph{text: ellipsis, width: 1, start: near.Start, end: near.Start})
	}
	if near.End < line.End {
		shown = append(shown, glyph{text: ellipsis, width: 1, start: near.End, end: near.End})
	}
	first, next := underlined(shown, span, line.End)
	shown, first, next = narrow(shown, first, next)

	var text strings.Builder
	for _, g := range shown {
		text.WriteString(g.text)
	}
	return excerpt{
		text:   text.String(),
		indent: width(shown[:first]),
		carets: max(1, width(shown[first:next])),
	}
}

// around returns the part of a line that is near an offset of it, in whole code points. What is
// hidden does not count as near or far, or where the line is cut would tell how long it is.
func around(line source.Span, offset int32, masks *source.Masks) source.Span {
	left := source.Span{File: line.File, Start: offset, End: offset}
	for step := int32(reach); left.Start > line.Start && visible(left, masks) < reach; step *= 2 {
		left.Start -= min(step, left.Start-line.Start)
	}
	right := source.Span{File: line.File, Start: offset, End: offset}
	for step := int32(reach); right.End < line.End && visible(right, masks) < reach; step *= 2 {
		right.End += min(step, line.End-right.End)
	}

	near := source.Span{File: line.File, Start: left.Start, End: right.End}
	for near.Start > line.Start && near.Start < offset &&
		!utf8.RuneStart(line.File.Data[near.Start]) {
		near.Start++
	}
	for near.End < line.End && near.End > offset && !utf8.RuneStart(line.File.Data[near.End]) {
		near.End--
	}
	return near
}

// visible returns how many bytes of a span are shown.
func visible(s source.Span, masks *source.Masks) int32 {
	n := s.End - s.Start
	for _, hidden := range masks.Within(s) {
		n -= hidden.End - hidden.Start
	}
	return n
}

// glyph is what the terminal shows of a few bytes: a character with the marks on it, an escape, or
// the bullets of a hidden text.
type glyph struct {
	text       string
	width      int   // in cells
	start, end int32 // bytes of the file
	hidden     bool
}

// firstMark is the first character that may be drawn onto the one before it.
const firstMark = '\u0300'

// glyphs splits a piece of a line into what is shown of it. hidden are the parts not to be shown,
// sorted; a character of which any byte is hidden is hidden. What takes no cell of its own, such as
// an accent or a part of an emoji, must not be cut off from the character before it.
func glyphs(piece source.Span, hidden []source.Span) []glyph {
	shown := make([]glyph, 0, min(2*reach, piece.End-piece.Start))
	data := piece.File.Data
	column := 0
	for next := piece.Start; next < piece.End; {
		start := next
		r, n := utf8.DecodeRune(data[start:piece.End])
		next += int32(n)
		for len(hidden) > 0 && hidden[0].End <= start {
			hidden = hidden[1:]
		}

		if len(hidden) > 0 && hidden[0].Start < next {
			next = max(next, charEnd(data, hidden[0].End, piece.End))
		}
		g := glyph{start: start, end: next}
		last := len(shown) - 1
		switch {
		case len(hidden) > 0 && hidden[0].Start < next:
			if last >= 0 && shown[last].hidden {
				shown[last].end = next
				continue
			}
			g.text, g.width, g.hidden = diag.Bullets, cells(diag.Bullets), true
		case r == '\t':
			g.width = tabStop - column%tabStop
			g.text = strings.Repeat(" ", g.width)
		default:
			g.text = escapedRune(r, string(data[start:next]))
			if r >= firstMark && last >= 0 && cells(shown[last].text+g.text) == shown[last].width {
				shown[last].text += g.text
				shown[last].end = next
				continue
			}
			g.width = cells(g.text)
		}
		shown = append(shown, g)
		column += g.width
	}
	return shown
}

// charEnd returns where the character ends that holds the last byte before an offset, which may be
// within it, in a piece of a line that ends at end.
func charEnd(data []byte, offset, end int32) int32 {
	start := offset - 1
	for start > 0 && start > offset-utf8.UTFMax && !utf8.RuneStart(data[start]) {
		start--
	}
	_, n := utf8.DecodeRune(data[start:end])
	return max(offset, start+int32(n))
}

// underlined returns the range of the glyphs that a span touches. When the span goes on after the
// line, the blanks at the end of the line are left out.
func underlined(shown []glyph, span source.Span, lineEnd int32) (first, next int) {
	first = slices.IndexFunc(shown, func(g glyph) bool { return g.end > span.Start })
	if first < 0 {
		return len(shown), len(shown)
	}
	for next = first; next < len(shown) && shown[next].start < span.End; {
		next++
	}
	if span.End > lineEnd {
		for next > first && strings.Trim(shown[next-1].text, " ") == "" {
			next--
		}
	}
	return first, next
}

// narrow cuts a line that is too long for a screen to what is around its underlined part, which it
// cuts too if it must.
func narrow(shown []glyph, first, next int) (_ []glyph, newFirst, newNext int) {
	if width(shown) <= maxCells {
		return shown, first, next
	}
	const room = maxCells - 2 // an ellipsis on either side
	context := (room - min(room, width(shown[first:next]))) / 2
	// Half of what the span leaves free goes to the text before it. All that follows may have the
	// rest, and what is left over after the end of the line goes to the text before it again.
	context = max(context, room-width(shown[first:]))
	from, used := first, 0
	for from > 0 && used+shown[from-1].width <= context {
		from--
		used += shown[from].width
	}
	to := from
	for used = 0; to < len(shown) && used+shown[to].width <= room; to++ {
		used += shown[to].width
	}

	cut := slices.Clone(shown[from:to])
	first, next = first-from, min(next, to)-from
	if from > 0 {
		cut = slices.Insert(cut, 0, glyph{text: ellipsis, width: 1})
		first, next = first+1, next+1
	}
	if to < len(shown) {
		cut = append(cut, glyph{text: ellipsis, width: 1})
	}
	return cut, first, next
}

func width(shown []glyph) int {
	n := 0
	for _, g := range shown {
		n += g.width
	}
	return n
}
