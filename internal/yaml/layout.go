package yaml

import (
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// Layout is a file as it was written, for whoever writes it anew: aliases and merge keys are not
// resolved.
type Layout struct {
	// Root is the tree. An alias is an empty node in the place where it stands, and a merge key a
	// key like any other. A short form has become its long form, with the key in the tag's place.
	Root    *Node
	Anchors map[*Node]string // the names of nodes
	Aliases map[*Node]string // by the nodes in their places: the names that they refer to
	Start   int              // where the text begins, past a byte order mark
}

// ReadLayout reads a file as Parse does and returns how it is written. Root is nil where Parse
// returns none, and where anything found is an error.
func ReadLayout(f *source.File, as Document) (Layout, diag.List) {
	root, found := Parse(f, as)
	if root == nil || found.HasErrors() {
		return Layout{}, found
	}
	p := &parser{f: f, as: as, size: pieceSize, quick: true}
	p.check()
	p.text = f.Text()
	l := Layout{
		Root: p.read(p.cut()), Start: p.start,
		Anchors: map[*Node]string{}, Aliases: map[*Node]string{},
	}
	for n, a := range p.names.anchors {
		l.Anchors[n] = a.name
	}
	for n, a := range p.names.aliases {
		l.Aliases[n] = a.name
	}
	return l, found
}
