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
//
// A large spec has hundreds of thousands of nodes. So a node keeps no text that stands in the file
// as it is, and no pointer to the file.
type Node struct {
	Kind       Kind
	Quoted     bool   // a scalar in quotes or a block scalar: certainly meant as text
	from       uint16 // of a collection: where its entries begin in its room; else a textAt
	many       uint32 // how many entries it has
	start, end int32  // where it stands in the file
	room       *room
}

// textAt says where the text of a scalar is.
const (
	inFile   uint16 = iota // just where the node stands
	inQuotes               // there, without the first and the last byte
	inRoom
)

// room is where the entries of collections stand, those of several small ones one after the other,
// and what is the same for many nodes. Copies of a node share its room.
type room struct {
	file  *source.File
	whole string // its text
	pairs []Pair
	items []*Node
	text  string // whoever has one shares the room only with nodes of the same text
	tag   string // whoever has one shares the room with no others
}

// Scalar returns a scalar that stands in no file.
func Scalar(kind Kind, text string) *Node {
	n := &Node{Kind: kind}
	n.SetText(text)
	return n
}

// own gives a node a room of its own, with what the one that it has says of it.
func (n *Node) own() *room {
	own := &room{pairs: n.Pairs(), items: n.Items()}
	if r := n.room; r != nil {
		own.file, own.whole, own.text, own.tag = r.file, r.whole, r.text, r.tag
	}
	n.room = own
	if !n.IsScalar() {
		n.from = 0
	}
	return own
}

// Text returns what a scalar says: its value, escapes resolved, otherwise as written.
func (n *Node) Text() string {
	switch {
	case n.room == nil:
		return ""
	case n.from == inRoom || n.Kind >= Map:
		return n.room.text
	case n.from == inQuotes:
		return n.room.whole[n.start+1 : n.end-1]
	}
	return n.room.whole[n.start:n.end]
}

// SetText lets a scalar say something else. Copies of it keep what they say.
func (n *Node) SetText(text string) {
	n.own().text = text
	if n.IsScalar() {
		n.from = inRoom
	}
}

// Span returns where a node stands: a scalar with its quotes, a collection with all entries.
func (n *Node) Span() source.Span {
	if n.room == nil {
		return source.Span{}
	}
	return source.Span{File: n.room.file, Start: n.start, End: n.end}
}

// SetSpan says that a node stands somewhere else, and says the same.
func (n *Node) SetSpan(at source.Span) {
	text := n.Text()
	if n.room == nil || n.room.file != at.File {
		r := n.own()
		r.file, r.whole = at.File, ""
		if at.File != nil {
			r.whole = at.File.Text()
		}
	}
	n.start, n.end = at.Start, at.End
	if n.IsScalar() && n.from != inRoom {
		n.SetText(text)
	}
}

// Quote returns where a scalar stands and what it says. It makes a node what a diagnostic can
// quote.
func (n *Node) Quote() (at source.Span, text string) { return n.Span(), n.Text() }

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
	r := n.own()
	r.pairs, r.items = pairs, nil
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
	r := n.own()
	r.pairs, r.items = nil, items
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
	n.own().tag = tag
}

// Get returns the value of a key of a Map, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs() {
		if p.Key.Text() == key {
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
	return n.Kind == other.Kind && n.Quoted == other.Quoted && n.Text() == other.Text() &&
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
	c := n.Span().File.Data[n.Span().Start]
	return c != '{' && c != '['
}
