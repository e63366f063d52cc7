package show

import (
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// Page lays a page of Markdown out as text for a terminal: headings, paragraphs and lists in words
// alone, blocks of code indented. It knows the Markdown that this program's pages are written in,
// and leaves anything else as it is.
func Page(markdown string, o Options) string {
	t := newScreen(o)
	paragraph, indent, isCode := "", 0, false
	flush := func() {
		if paragraph != "" {
			t.hanging(paragraph, indent)
		}
		paragraph, indent = "", 0
	}
	for line := range strings.Lines(markdown) {
		line = strings.TrimSuffix(line, "\n")
		item := listItem.FindString(line)
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			flush()
			isCode = !isCode
		case isCode:
			t.WriteString(strings.TrimRight("    "+line, " ") + "\n")
		case strings.HasPrefix(line, "#"):
			flush()
			t.WriteString(t.paint(bold, inline(strings.TrimLeft(line, "# "))) + "\n")
		case strings.TrimSpace(line) == "":
			flush()
			t.WriteByte('\n')
		case item != "":
			flush()
			mark := strings.TrimSpace(item)
			if mark == "*" || mark == "-" {
				mark = "•"
			}
			paragraph = mark + " " + strings.TrimPrefix(line, item)
			indent = cells(mark) + 1
		default:
			paragraph = strings.TrimSpace(paragraph + " " + strings.TrimSpace(line))
		}
	}
	flush()
	return t.String()
}

// hanging writes a paragraph whose lines but the first are indented.
func (t *screen) hanging(text string, indent int) {
	mark, rest := "", inline(text)
	if indent > 0 {
		mark, rest, _ = strings.Cut(rest, " ")
		mark += " "
	}
	t.WriteString(mark)
	t.wrap(rest, indent)
}

var (
	listItem = lazy.Regexp(`^ *(?:[*-]|[0-9]+\.) `)
	aLink    = lazy.Regexp(`\[([^\]]+)\]\(([^)]+)\)`)
	emphasis = lazy.Regexp(`\*\*([^*]+)\*\*`)
)

// inline returns a text without the marks of code, links and emphasis. Links to other pages of the
// documentation are left out; those to the web follow their text.
func inline(text string) string {
	text = aLink.ReplaceAllStringFunc(text, func(link string) string {
		parts := aLink.FindStringSubmatch(link)
		if strings.HasPrefix(parts[2], "http") {
			return parts[1] + " (" + parts[2] + ")"
		}
		return parts[1]
	})
	text = emphasis.ReplaceAllString(text, "$1")
	return strings.ReplaceAll(text, "`", "")
}
