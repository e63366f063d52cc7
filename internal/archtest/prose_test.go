package archtest

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// The kinds of passages of a page.
const (
	paragraph = "paragraph" // or an item of a list
	heading   = "heading"
	table     = "table" // a row
)

// passage is a part of a page that people read as one: a paragraph, an item of a list, a heading or
// a row of a table. Blocks of code are none.
type passage struct {
	page, kind string
	line       int    // of its first line, from 1
	text       string // its lines as they are written, joined by newlines
}

// at is the line of an offset in the passage.
func (p passage) at(offset int) int { return p.line + strings.Count(p.text[:offset], "\n") }

var (
	itemStart = regexp.MustCompile(`^\s*(?:[*-]|\d+\.) +`)
	inCode    = regexp.MustCompile("``[^`]+(?:`[^`]+)*``|`[^`]+`")
	inLink    = regexp.MustCompile(`!?\[([^\]]*)\]\(([^)\s]*)\)`)
	inComment = regexp.MustCompile(`<!--[^>]*-->`)
	inAddress = regexp.MustCompile(`<?https?://[^\s)>]+>?`)
)

// passages divides a page.
func passages(page, text string) []passage {
	var all []passage
	fenced, open := false, false // within a block of code; the last passage goes on
	for i, line := range strings.Split(text, "\n") {
		bare := strings.TrimSpace(line)
		kind := paragraph
		switch {
		case strings.HasPrefix(bare, "```"):
			fenced, open = !fenced, false
			continue
		case fenced:
			continue
		case bare == "":
			open = false
			continue
		case strings.HasPrefix(line, "#"):
			kind, open = heading, false
		case strings.HasPrefix(bare, "|"):
			kind, open = table, false
		case itemStart.MatchString(line):
			open = false
		}
		if open {
			all[len(all)-1].text += "\n" + line
			continue
		}
		all = append(all, passage{page, kind, i + 1, line})
		open = kind == paragraph
	}
	return all
}

// plain is the text of a passage in which whatever is no prose is replaced by as many bytes of
// something that is no letter: the mark of an item, comments, code, addresses and the targets of
// links. With links, their words are replaced, too.
func (p passage) plain(links bool) string {
	text := p.text
	blank := func(pattern *regexp.Regexp, with string, group int) {
		for _, m := range slices.Backward(pattern.FindAllStringSubmatchIndex(text, -1)) {
			from, to := m[2*group], m[2*group+1]
			text = text[:from] + masked(text[from:to], with) + text[to:]
		}
	}
	blank(itemStart, " ", 0)
	blank(inComment, "`", 0)
	blank(inCode, "`", 0)
	if links {
		blank(inLink, "`", 0)
	} else {
		blank(inLink, " ", 2)
	}
	blank(inAddress, "`", 0)
	return text
}

// masked replaces every byte but those that end lines.
func masked(text, with string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Repeat(with, len(line))
	}
	return strings.Join(lines, "\n")
}

// report fails for what is found on pages, in the order of the pages. Each finding begins with the
// name of its page and a colon.
func report(t *testing.T, found []string) {
	t.Helper()
	slices.Sort(found)
	for _, f := range found {
		t.Error(f)
	}
}

// written are the pages that are written for people, by their names: not those that are made from
// something else, and not those of the codes.
func written(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{
		"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/*.md", "docs/tutorials/*.md",
		"docs/guides/*.md", "conformance/README.md",
	} {
		for _, name := range glob(t, pattern) {
			if filepath.Base(name) != "reference.md" {
				all[name] = expect.Read(t, name)
			}
		}
	}
	return all
}

func TestPassages(t *testing.T) {
	expect.InRoot(t)
	const page = "# Head\n\nOne `a b`\ntwo [x y](z.md).\n* item\n  more\n1. first\n\n```sh\ncode\n```\n" +
		"| cell |\n|---|\nlast https://a.b/c\n"
	want := []passage{
		{"p", heading, 1, "# Head"}, {"p", paragraph, 3, "One `a b`\ntwo [x y](z.md)."},
		{"p", paragraph, 5, "* item\n  more"}, {"p", paragraph, 7, "1. first"},
		{"p", table, 12, "| cell |"}, {"p", table, 13, "|---|"},
		{"p", paragraph, 14, "last https://a.b/c"},
	}
	got := passages("p", page)
	if !slices.Equal(got, want) {
		t.Errorf("the passages are %+v, not %+v", got, want)
	}
	for i, plain := range map[int][2]string{
		1: {"One `````\ntwo [x y](    ).", "One `````\ntwo ```````````."},
		3: {"   first", "   first"}, 6: {"last `````````````", "last `````````````"},
	} {
		if got[i].plain(false) != plain[0] || got[i].plain(true) != plain[1] {
			t.Errorf("%q is %q and %q", got[i].text, got[i].plain(false), got[i].plain(true))
		}
	}
	if line := got[1].at(len("One `a b`\nt")); line != 4 {
		t.Errorf("line %d", line)
	}
}
