package show

import (
	"cmp"
	"strings"
)

// usualWidth is the width of a terminal, in cells, where nobody says it.
const usualWidth = 80

// ANSI's bold and bold yellow, and back to plain.
const (
	bold      = "\x1b[1m"
	attention = "\x1b[1;33m"
	plain     = "\x1b[0m"
)

// withoutPaint takes away what colours a text.
var withoutPaint = strings.NewReplacer(bold, "", attention, "", plain, "")

// screen is a text for a terminal while it is being written.
type screen struct {
	strings.Builder
	width int // of the terminal, in cells
	color bool
}

func newScreen(o Options) screen {
	return screen{width: cmp.Or(o.Width, usualWidth), color: o.Color}
}

// paragraph writes a text that goes on at the margin.
func (t *screen) paragraph(text string) { t.wrap(text, 0) }

// wrap writes the words of a text from the column of its indentation on, and ends the line. A word
// that is wider than the terminal stands alone.
func (t *screen) wrap(text string, indent int) {
	at := indent
	for i, word := range strings.Fields(text) {
		unpainted := word
		if strings.IndexByte(word, '\x1b') >= 0 {
			unpainted = withoutPaint.Replace(word)
		}
		width := cells(unpainted)
		switch {
		case i == 0:
		case at+1+width > t.width:
			t.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			t.WriteByte(' ')
			at++
		}
		t.WriteString(word)
		at += width
	}
	t.WriteByte('\n')
}

func (t *screen) paint(style, text string) string {
	if !t.color {
		return text
	}
	return style + text + plain
}
