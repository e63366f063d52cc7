package format

import (
	"slices"
	"sort"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// text is a file that is laid out: its lines, and what stands in them.
type text struct {
	data  string
	lines []line
	edits []edit

	leaves    []leaf      // scalars, tags of functions and aliases, in order
	flowRoots []span      // collections in braces or brackets that stand in no other
	keyOn     map[int]int // the first key of a block mapping in a line: where it begins, by line
	keyEnd    map[int]int // where a key of a block mapping ends, by where it begins
	rough     []span      // those that stay as they are
}

// span is a part of the text, in bytes.
type span struct{ start, end int }

// line is one line of the file.
type line struct {
	start   int // where it begins
	content int // its first byte that is no white space; the end of a blank line
	trimmed int // behind its last byte that is no white space
	end     int // where its line end begins
	next    int // where the next line begins
}

func (l line) isBlank() bool { return l.content == l.end }
func (l line) column() int   { return l.content - l.start }

// leaf is a token that is never divided.
type leaf struct {
	span
	quoted *yaml.Node // a text in quotes, of one line, without escapes
	block  bool       // a block scalar
	inFlow bool
}

// newText finds the lines and tokens of a file.
func newText(f *source.File, l yaml.Layout) *text {
	t := &text{data: f.Text(), keyOn: map[int]int{}, keyEnd: map[int]int{}}
	for at := l.Start; at < len(t.data); {
		n := line{start: at, next: len(t.data)}
		n.end = n.next
		if i := strings.IndexByte(t.data[at:], '\n'); i >= 0 {
			n.end, n.next = at+i, at+i+1
			if n.end > at && t.data[n.end-1] == '\r' {
				n.end--
			}
		}
		whole := t.data[at:n.end]
		n.content = n.end - len(strings.TrimLeft(whole, " \t"))
		n.trimmed = at + len(strings.TrimRight(whole, " \t"))
		t.lines = append(t.lines, n)
		at = n.next
	}
	t.collect(l, l.Root, false)
	slices.SortFunc(t.leaves, func(a, b leaf) int { return a.start - b.start })
	slices.SortFunc(t.flowRoots, func(a, b span) int { return a.start - b.start })
	return t
}

// collect notes the tokens of a node.
func (t *text) collect(l yaml.Layout, n *yaml.Node, inFlow bool) {
	start, end := int(n.Span().Start), int(n.Span().End)
	switch {
	case start == end: // a value that is not written
	case l.Aliases[n] != "" || n.IsScalar():
		t.scalar(n, span{start, end}, inFlow)
	case n.Tag() == "!GetAtt" && !t.isList(n.Pairs()[0].Value):
		t.scalar(nil, spanOf(n.Pairs()[0].Key), inFlow)
		t.scalar(nil, spanOf(n.Pairs()[0].Value), inFlow)
	case n.Tag() != "":
		t.scalar(nil, spanOf(n.Pairs()[0].Key), inFlow)
		t.collect(l, n.Pairs()[0].Value, inFlow)
	default:
		flow := t.data[start] == '{' || t.data[start] == '['
		if flow && !inFlow {
			t.flowRoots = append(t.flowRoots, span{start, end})
		}
		for _, p := range n.Pairs() {
			t.key(p.Key, inFlow || flow)
			t.collect(l, p.Value, inFlow || flow)
		}
		for _, item := range n.Items() {
			t.collect(l, item, inFlow || flow)
		}
	}
}

// isList says whether the value of a !GetAtt is written as a list, and not as a text with a dot.
func (t *text) isList(n *yaml.Node) bool {
	at := int(n.Span().Start)
	return n.Kind == yaml.Seq && (t.data[at] == '[' || t.data[at] == '-' && t.isSpaceAt(at+1))
}

func spanOf(n *yaml.Node) span { return span{int(n.Span().Start), int(n.Span().End)} }

// key notes the key of an entry.
func (t *text) key(n *yaml.Node, inFlow bool) {
	at := spanOf(n)
	t.scalar(n, at, inFlow)
	if inFlow {
		return
	}
	i := t.lineAt(at.start)
	if first, ok := t.keyOn[i]; !ok || at.start < first {
		t.keyOn[i] = at.start
	}
	t.keyEnd[at.start] = at.end
}

// scalar notes a token; n is nil if its quotes are none of our business.
func (t *text) scalar(n *yaml.Node, at span, inFlow bool) {
	if at.start == at.end {
		return
	}
	one := leaf{span: at, inFlow: inFlow}
	first := t.data[at.start]
	one.block = n != nil && n.Quoted && (first == '|' || first == '>')
	if n != nil && n.Quoted && (first == '"' || first == '\'') &&
		t.data[at.start+1:at.end-1] == n.Text() && !strings.Contains(n.Text(), "\n") {
		one.quoted = n
	}
	t.leaves = append(t.leaves, one)
}

// lineAt returns the index of the line of a byte.
func (t *text) lineAt(at int) int {
	return max(0, sort.Search(len(t.lines), func(i int) bool { return t.lines[i].start > at })-1)
}

// leafAround returns the leaf that begins before a byte and ends behind it, or nil.
func (t *text) leafAround(at int) *leaf {
	i := sort.Search(len(t.leaves), func(i int) bool { return t.leaves[i].end > at })
	if i < len(t.leaves) && t.leaves[i].start < at {
		return &t.leaves[i]
	}
	return nil
}

// flowAround returns the outermost flow collection that a byte stands in, or nil.
func (t *text) flowAround(at int) *span {
	i := sort.Search(len(t.flowRoots), func(i int) bool { return t.flowRoots[i].end > at })
	if i < len(t.flowRoots) && t.flowRoots[i].start < at {
		return &t.flowRoots[i]
	}
	return nil
}

// isSpaceAt says whether white space or the end of the text is at an offset.
func (t *text) isSpaceAt(at int) bool {
	return at >= len(t.data) || strings.IndexByte(" \t\r\n", t.data[at]) >= 0
}

// isComment says whether a comment begins at an offset that white space or nothing stands before.
func (t *text) isComment(at int) bool { return at < len(t.data) && t.data[at] == '#' }

// skipSpaces returns where the blanks at an offset end.
func (t *text) skipSpaces(at int) int {
	for at < len(t.data) && (t.data[at] == ' ' || t.data[at] == '\t') {
		at++
	}
	return at
}
