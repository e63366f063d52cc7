package docstest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// page is a Markdown file and its fenced blocks, in order.
type page struct {
	name   string
	lines  []string
	blocks []block
}

// block is one fenced block of a page.
type block struct {
	page     string
	line     int    // of its fence, from 1
	language string // what stands behind the fence: sh, yaml …
	info     map[string]string
	text     string // without the fences
	notRun   string // why it is not run; empty: it is

	printed *string // with -update: what the block must say
}

var (
	fencePattern  = regexp.MustCompile("^```([a-z]*)((?: [a-z]+=\\S+)*)$")
	infoPattern   = regexp.MustCompile(`([a-z]+)=(\S+)`)
	notRunPattern = regexp.MustCompile(`^<!-- not run: (\S.*) -->$`)
	ofPagePattern = regexp.MustCompile(`^<!-- not run on this page: (\S.*) -->$`)
)

// readPage reads the text of a page. A fence that is not understood, and a reason without a block,
// fail.
func readPage(t testing.TB, name, text string) *page {
	t.Helper()
	p := &page{name: name, lines: strings.Split(text, "\n")}
	ofPage, reason, reasonLine := "", "", 0
	for _, line := range p.lines {
		if m := ofPagePattern.FindStringSubmatch(line); m != nil {
			ofPage = m[1]
		}
	}
	for i := 0; i < len(p.lines); i++ {
		line := p.lines[i]
		if m := notRunPattern.FindStringSubmatch(line); m != nil {
			reason, reasonLine = m[1], i+1
		} else if strings.HasPrefix(strings.TrimSpace(line), "```") {
			b := p.blockAt(t, i)
			b.notRun = reason
			if reason == "" {
				b.notRun = ofPage
			}
			reason = ""
			p.blocks = append(p.blocks, b)
			i += strings.Count(b.text, "\n") + 1
		} else if reason != "" && strings.TrimSpace(line) != "" {
			t.Fatalf("%s:%d: no block follows the reason why it is not run", name, reasonLine)
		}
	}
	return p
}

// blockAt reads the block whose fence is the line of an index.
func (p *page) blockAt(t testing.TB, i int) block {
	t.Helper()
	m := fencePattern.FindStringSubmatch(p.lines[i])
	if m == nil {
		t.Fatalf("%s:%d: a fence begins at the first column and is ```LANGUAGE or "+
			"```LANGUAGE NAME=VALUE", p.name, i+1)
	}
	b := block{page: p.name, line: i + 1, language: m[1], info: map[string]string{}}
	for _, pair := range infoPattern.FindAllStringSubmatch(m[2], -1) {
		b.info[pair[1]] = pair[2]
	}
	var text strings.Builder
	for _, line := range p.lines[i+1:] {
		if line == "```" {
			b.text = text.String()
			return b
		}
		text.WriteString(line + "\n")
	}
	t.Fatalf("%s:%d: the block does not end", p.name, i+1)
	return b
}

var titlePattern = regexp.MustCompile(`^# (\S+\.(?:yaml|yml|json))\n`)

// file is the name of the file that a block is; empty if it is none.
func (b *block) file() string {
	if b.language == "diff" || b.language == "sh" {
		return ""
	}
	if title := b.info["title"]; title != "" {
		return title
	}
	if m := titlePattern.FindStringSubmatch(b.text); m != nil {
		return m[1]
	}
	return ""
}

// write writes the page with what its blocks must say.
func (p *page) write(t *testing.T) {
	t.Helper()
	whole, from := strings.Builder{}, 0
	for _, b := range p.blocks {
		if b.printed == nil {
			continue
		}
		whole.WriteString(strings.Join(p.lines[from:b.line], "\n") + "\n" + *b.printed)
		from = b.line + strings.Count(b.text, "\n")
	}
	whole.WriteString(strings.Join(p.lines[from:], "\n"))
	expect.Kept(t, p.name, whole.String())
}

const ellipsis = "…"

func hasEllipsis(text string) bool {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == ellipsis {
			return true
		}
	}
	return false
}

// matches says whether a text is what is shown of it: the parts between the lines … in order.
func matches(shown, text string) bool {
	if !hasEllipsis(shown) {
		return shown == text
	}
	var parts []string
	part := ""
	for line := range strings.Lines(shown) {
		if strings.TrimSpace(line) == ellipsis {
			parts, part = append(parts, part), ""
			continue
		}
		part += line
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	for _, p := range parts[1:] {
		_, after, found := strings.Cut(rest, p)
		rest, ok = after, ok && found
	}
	return ok && strings.HasSuffix(rest, part)
}

// TestMatchesShown: a line … is any lines, also none, and everything else is exact.
func TestMatchesShown(t *testing.T) {
	for _, c := range []struct {
		shown, text string
		want        bool
	}{
		{"a\nb\n", "a\nb\n", true},
		{"a\n", "a\nb\n", false},
		{"a\n…\nc\n", "a\nb\nb\nc\n", true},
		{"a\n…\nc\n", "a\nc\n", true},
		{"a\n…\nb\n…\nd\n", "a\nx\nb\ny\nd\n", true},
		{"a\n…\nb\n…\nd\n", "a\nx\nc\ny\nd\n", false},
		{"a\n…\n", "b\na\n", false},
		{"…\nb\n", "a\nb\nc\n", false},
	} {
		if got := matches(c.shown, c.text); got != c.want {
			t.Errorf("%q shows %q: %v", c.shown, c.text, got)
		}
	}
}
