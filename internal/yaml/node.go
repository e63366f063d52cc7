package yaml

import (
	"slices"

	"github.com/secretctl/secretctl/internal/source"
)

// Kind says what a node is. Scalars keep the text they were written with; what it means is decided
// by whoever reads the node, so that account ids, versions and yes/no never change silently.
type Kind uint8

// The kinds of node. The scalar kinds follow YAML 1.2's core schema for plain text; quoted and
// block scalars are always String.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	Map
	Seq
)

// Node is one value of a file. Aliases and merge keys are resolved: an aliased node is the anchored
// node itself, its span being where it was written. Short-form intrinsics (!Ref X) have become
// their long form (a Map with one pair), Tag telling how they were written.
type Node struct {
	Kind   Kind
	Quoted bool        // a scalar in quotes or a block scalar: certainly meant as text
	from   uint16      // where its entries begin in its room
	many   uint32      // how many it has
	Text   string      // of a scalar: its value, escapes resolved, otherwise as written
	Span   source.Span // of a scalar, its quotes too; of a collection, all entries
	room   *room       // of a collection, and of whatever has a tag
}

// room is where the entries of collections stand, those of several small ones one after the other:
// most nodes are scalars, and need room for neither entries nor a tag. Copies of a node share its
// room.
type room struct {
	pairs []Pair
	items []*Node
	tag   string // whoever has one shares the room with no others
}

// Quote returns where a scalar stands and what it says. It makes a node what a diagnostic can
// quote.
func (n *Node) Quote() (at source.Span, text string) { return n.Span, n.Text }

// Pair is one entry of a Map.
type Pair struct {
	Key   *Node // always a scalar; its Text is the key
	Value *Node
}

// Pairs returns the entries of a Map, in the order written.
func (n *Node) Pairs() []Pair {
	if n.Kind != Map || n.many == 0 {
		return nil
	}
	end := int(n.from) + int(n.many)
	return n.room.pairs[n.from:end:end]
}

// SetPairs gives a Map other entries. Copies of it keep theirs.
func (n *Node) SetPairs(pairs []Pair) {
	n.room = &room{pairs: pairs, tag: n.Tag()}
	n.from, n.many = 0, uint32(len(pairs))
}

// Items returns the entries of a Seq.
func (n *Node) Items() []*Node {
	if n.Kind != Seq || n.many == 0 {
		return nil
	}
	end := int(n.from) + int(n.many)
	return n.room.items[n.from:end:end]
}

// SetItems gives a Seq other entries. Copies of it keep theirs.
func (n *Node) SetItems(items []*Node) {
	n.room = &room{items: items, tag: n.Tag()}
	n.from, n.many = 0, uint32(len(items))
}

// Tag returns how a short-form intrinsic was written: "!Ref". Of a node of a template it may also
// be an unknown one.
func (n *Node) Tag() string {
	if n.room == nil {
		return ""
	}
	return n.room.tag
}

// SetTag gives a node another tag. Copies of it keep theirs.
func (n *Node) SetTag(tag string) {
	n.room = &room{pairs: n.Pairs(), items: n.Items(), tag: tag}
	n.from = 0
}

// Get returns the value of a key of a Map, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs() {
		if p.Key.Text == key {
			return p.Value
		}
	}
	return nil
}

// SaysTheSame says whether two nodes are the same wherever and however they are written, but for
// what makes a scalar a text: quotes. The order of entries counts.
func (n *Node) SaysTheSame(other *Node) bool {
	if n == nil || other == nil || n == other {
		return n == other
	}
	return n.Kind == other.Kind && n.Quoted == other.Quoted && n.Text == other.Text &&
		n.Tag() == other.Tag() && slices.EqualFunc(n.Items(), other.Items(), (*Node).SaysTheSame) &&
		slices.EqualFunc(n.Pairs(), other.Pairs(), func(a, b Pair) bool {
			return a.Key.SaysTheSame(b.Key) && a.Value.SaysTheSame(b.Value)
		})
}

// IsScalar says whether the node is neither a Map nor a Seq.
func (n *Node) IsScalar() bool { return n.Kind < Map }

// Walk calls f for the node and everything below it, parents first, in the order written. A nil
// node has nothing.
func (n *Node) Walk(f func(*Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, p := range n.Pairs() {
		p.Value.Walk(f)
	}
	for _, item := range n.Items() {
		item.Walk(f)
	}
}

// walkAll calls f for the node and everything below it, keys included. A nil node has nothing.
func (n *Node) walkAll(f func(*Node)) {
	n.Walk(func(n *Node) {
		f(n)
		for _, p := range n.Pairs() {
			f(p.Key)
		}
	})
}

// IsBlock says whether a collection is in block style, not in braces or brackets. It must have been
// written somewhere: the value of a key without one has no bytes.
func (n *Node) IsBlock() bool {
	c := n.Span.File.Data[n.Span.Start]
	return c != '{' && c != '['
}
