package mask

import (
	"bytes"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// What of a region is hidden, and what of it is kept, is written down here; what is kept, mask
// decides.

// hide hides a region but for some parts of it, line by line. Blanks, brackets and other marks at
// the edges of what is hidden stay, to show how the file is built.
func (w *document) hide(region source.Span, keep []source.Span) {
	if region.IsZero() {
		return
	}
	slices.SortFunc(keep, source.Span.Compare)
	at := region.Start
	for _, k := range keep {
		if k.File != region.File || k.Start >= region.End || k.End <= at {
			continue
		}
		w.lines(at, k.Start)
		at = max(at, k.End)
	}
	w.lines(at, region.End)
}

// structure are the marks at the edges of hidden text that may be seen.
const structure = " \t\r\n{}[],:-"

// lines hides a range of bytes, each line for itself.
func (w *document) lines(start, end int32) {
	for start < end {
		line := w.f.Data[start:end]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		from := len(line) - len(bytes.TrimLeft(line, structure))
		to := len(bytes.TrimRight(line, structure))
		if from < to {
			w.m.Add(source.Span{File: w.f, Start: start + int32(from), End: start + int32(to)})
		}
		start += int32(len(line))
	}
}

// all hides every scalar of a tree, wherever it stands.
func (w *document) all(n *yaml.Node) { w.allBut(n, nil) }

// allBut hides every scalar of a tree but for some parts of them, and the keys that are no words of
// the language.
func (w *document) allBut(n *yaml.Node, keep []source.Span) {
	if n.IsScalar() {
		w.scalar(n, keep)
		return
	}
	for _, p := range n.Pairs() {
		if p.Value.Kind == yaml.Null || !w.language.isWord(p.Key.Text()) && !n.IsIntrinsic() {
			w.scalar(p.Key, keep)
		}
		w.allBut(p.Value, keep)
	}
	for _, item := range n.Items() {
		w.allBut(item, keep)
	}
}

// scalar hides a scalar but for the parts to keep.
func (w *document) scalar(n *yaml.Node, keep []source.Span) {
	at := n.Span()
	whole := true
	for _, k := range keep {
		if k.File != at.File || k.Start >= at.End || k.End <= at.Start {
			continue
		}
		w.m.Add(source.Span{File: at.File, Start: at.Start, End: max(k.Start, at.Start)})
		at.Start, whole = min(k.End, at.End), false
		for at.Start < at.End && strings.IndexByte(" \t", at.File.Data[at.Start]) >= 0 {
			at.Start++
		}
	}
	if whole {
		w.anchor(at)
		w.m.AddText(at, n.Text())
		return
	}
	w.m.Add(at)
}

// anchor hides the anchor in front of a hidden scalar: a text that begins with an ampersand has
// become one.
func (w *document) anchor(at source.Span) {
	if at.File == nil {
		return
	}
	before := bytes.TrimRight(at.File.Data[:at.Start], " \t")
	start := bytes.LastIndexAny(before, " \t\n{[,") + 1
	if start < len(before) && before[start] == '&' {
		w.m.Add(source.Span{File: at.File, Start: int32(start), End: int32(len(before))})
	}
}

// part returns the span of some bytes of what begins at a place.
func part(f *source.File, at int32, start, end int) source.Span {
	return source.Span{File: f, Start: at + int32(start), End: at + int32(end)}
}

// gaps hides what stands between the scalars of a node in a region: comments, in which an earlier
// value may stand, and what is no name of an anchor, alias or tag.
func (w *document) gaps(region source.Span, n *yaml.Node) {
	if region.IsZero() {
		return
	}
	keep := w.room
	n.Walk(func(n *yaml.Node) {
		if n.IsScalar() && n.Span().File == w.f {
			keep = append(keep, n.Span())
		}
		if n.Tag() == "!GetAtt" { // whose resource and attribute have a dot between them
			keep = append(keep, n.Span())
		}
		for _, p := range n.Pairs() {
			keep = append(keep, p.Key.Span())
		}
	})
	text := w.f.Data[region.Start:region.End]
	for at := 0; ; {
		start, end := nameOfYAML(text, at)
		if start < 0 {
			break
		}
		at = end
		before := text[bytes.LastIndexByte(text[:start], '\n')+1 : start]
		if bytes.IndexByte(before, '#') >= 0 {
			continue // of a comment
		}
		if end == len(text) || strings.IndexByte(" \t\r\n,{}[]", text[end]) >= 0 {
			keep = append(keep, part(w.f, region.Start, start, end))
		}
	}
	w.hide(region, keep)
	w.room = keep[:0]
}

// nameOfYAML returns where the first anchor, alias or tag at an offset or behind it stands, written
// as people write them: what the expression [&*][A-Za-z][A-Za-z0-9_-]*|!{1,2}[A-Za-z]+|<<: finds;
// start is negative where there is none.
func nameOfYAML(text []byte, at int) (start, end int) {
	for ; at < len(text); at++ {
		end := at + 1
		switch text[at] {
		case '&', '*':
			if end < len(text) && isLetter(text[end]) {
				for end < len(text) && isNameByte(text[end]) {
					end++
				}
				return at, end
			}
		case '!':
			if end < len(text) && text[end] == '!' {
				end++
			}
			letters := end
			for end < len(text) && isLetter(text[end]) {
				end++
			}
			if end > letters {
				return at, end
			}
		case '<':
			if bytes.HasPrefix(text[at:], []byte("<<:")) {
				return at, at + len("<<:")
			}
		}
	}
	return -1, -1
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isNameByte(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// All hides every scalar of a tree.
func (l *Language) All(n *yaml.Node, m *source.Masks) {
	w := &document{language: l, m: m, f: n.Span().File}
	w.all(n)
}

// hideKeys hides the keys of a tree.
func hideKeys(n *yaml.Node, m *source.Masks) {
	n.Walk(func(n *yaml.Node) {
		for _, p := range n.Pairs() {
			m.Add(p.Key.Span())
		}
	})
}
