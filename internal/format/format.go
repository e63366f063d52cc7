// Package format lays out the text of a YAML file: indentation, spaces, blank lines and quotes. It
// knows how YAML is written and nothing of what the file says.
//
// A file is not written anew from its tree. What is changed is white space between tokens, and
// quotes that are of no use; every other byte stays where it is, so that no comment, anchor, tag or
// way to write a text is lost. Whatever the layout of is not certain stays as it was written. The
// result is read again, and if it were not the same tree, nothing is changed.
package format

import (
	"bytes"
	"slices"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Result is a file laid out.
type Result struct {
	Data  []byte // the file, laid out; that of the input where nothing is changed
	Lines []int  // the lines of the input that change, from 1, in order
}

// mostPasses is how often a text is laid out until nothing changes any more: what one pass does may
// show another one what it can do.
const mostPasses = 4

// Text lays out a file. Data is nil if the file cannot be read as YAML, which is then found. A file
// whose value is written in braces or brackets, as JSON, stays as it is.
func Text(f *source.File, as yaml.Document) (Result, diag.List) {
	l, found := yaml.ReadLayout(f, as)
	if l.Root == nil {
		return Result{}, found
	}
	unchanged := Result{Data: f.Data}
	data, lines := once(f, l, as)
	for range mostPasses {
		again := source.New(f.Name, data)
		l, _ = yaml.ReadLayout(again, as)
		next, _ := once(again, l, as)
		if bytes.Equal(next, data) {
			if bytes.Equal(data, f.Data) {
				return unchanged, found
			}
			return Result{Data: data, Lines: lines}, found
		}
		data = next
	}
	return unchanged, found // what does not come to rest is better left alone
}

// once lays out a file as far as that is certain to keep its meaning: with all that this package
// does, or else with the indentation alone, or else not at all. It returns the lines that change.
func once(f *source.File, l yaml.Layout, as yaml.Document) ([]byte, []int) {
	if len(l.Root.Span().Text()) == 0 || !l.Root.IsBlock() {
		return f.Data, nil
	}
	for _, within := range []bool{true, false} {
		t := newText(f, l)
		t.layOut()
		if within {
			t.flows()
			t.unquote()
		}
		data, lines := t.apply()
		if after, found := yaml.ReadLayout(source.New(f.Name, data), as); !found.HasErrors() &&
			Same(l, after) {
			return data, lines
		}
	}
	return f.Data, nil
}

// edit replaces the bytes from start to end.
type edit struct {
	start, end int
	text       string
}

// replace notes an edit, unless it changes nothing.
func (t *text) replace(start, end int, text string) {
	if t.data[start:end] != text {
		t.edits = append(t.edits, edit{start, end, text})
	}
}

// apply returns the text with its edits, and the lines that they change. Of two edits of the same
// bytes the first holds.
func (t *text) apply() ([]byte, []int) {
	slices.SortStableFunc(t.edits, func(a, b edit) int { return a.start - b.start })
	var out bytes.Buffer
	var lines []int
	at := 0
	for _, e := range t.edits {
		if e.start < at {
			continue
		}
		out.WriteString(t.data[at:e.start])
		out.WriteString(e.text)
		at = e.end
		line := t.lineAt(e.start)
		if len(lines) == 0 || lines[len(lines)-1] != line+1 {
			lines = append(lines, line+1)
		}
	}
	out.WriteString(t.data[at:])
	return out.Bytes(), lines
}

// Same says whether two layouts say the same with the same anchors and aliases.
func Same(a, b yaml.Layout) bool {
	return a.Root != nil && b.Root != nil && sameNode(a, b, a.Root, b.Root)
}

func sameNode(la, lb yaml.Layout, a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Tag() != b.Tag() || a.Text() != b.Text() ||
		la.Anchors[a] != lb.Anchors[b] || la.Aliases[a] != lb.Aliases[b] ||
		len(a.Pairs()) != len(b.Pairs()) || len(a.Items()) != len(b.Items()) {
		return false
	}
	for i := range a.Pairs() {
		if !sameNode(la, lb, a.Pairs()[i].Key, b.Pairs()[i].Key) ||
			!sameNode(la, lb, a.Pairs()[i].Value, b.Pairs()[i].Value) {
			return false
		}
	}
	for i := range a.Items() {
		if !sameNode(la, lb, a.Items()[i], b.Items()[i]) {
			return false
		}
	}
	return true
}
