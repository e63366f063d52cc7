package yaml

import (
	"slices"

	"github.com/secretctl/secretctl/internal/source"
)

// making is what a reader makes nodes of: one allocation serves many.
type making struct {
	nodes []Node // those that are not taken yet
	maps  *room  // of the small maps made last
	seqs  *room  // of the small sequences made last

	pairs []Pair  // entries of the maps that are not finished
	items []*Node // entries of the sequences that are not finished
}

// How much is made at once. What has more entries than a small collection has a room of its own.
const (
	nodesAtOnce   = 128
	entriesOfRoom = 256 // Node.from counts them
	entriesOfFew  = 64
)

// newNode makes a node.
func (r *reader) newNode(kind Kind, start, end int) *Node {
	if len(r.nodes) == 0 {
		r.nodes = make([]Node, nodesAtOnce)
	}
	n := &r.nodes[0]
	r.nodes = r.nodes[1:]
	n.Kind, n.Span = kind, source.Span{File: r.p.f, Start: int32(start), End: int32(end)}
	return n
}

// newMap makes a map of the last of the pairs, from a mark on.
func (r *reader) newMap(start, end, mark int) *Node {
	n := r.newNode(Map, start, end)
	pairs := r.pairs[mark:]
	r.pairs = r.pairs[:mark]
	if len(pairs) > entriesOfFew {
		n.SetPairs(slices.Clone(pairs))
		return n
	}
	if r.maps == nil || len(r.maps.pairs)+len(pairs) > entriesOfRoom {
		r.maps = &room{pairs: make([]Pair, 0, entriesOfRoom)}
	}
	n.room, n.from, n.many = r.maps, uint16(len(r.maps.pairs)), uint32(len(pairs))
	r.maps.pairs = append(r.maps.pairs, pairs...)
	return n
}

// newSeq makes a sequence of the last of the items, from a mark on.
func (r *reader) newSeq(start, end, mark int) *Node {
	n := r.newNode(Seq, start, end)
	items := r.items[mark:]
	r.items = r.items[:mark]
	if len(items) > entriesOfFew {
		n.SetItems(slices.Clone(items))
		return n
	}
	if r.seqs == nil || len(r.seqs.items)+len(items) > entriesOfRoom {
		r.seqs = &room{items: make([]*Node, 0, entriesOfRoom)}
	}
	n.room, n.from, n.many = r.seqs, uint16(len(r.seqs.items)), uint32(len(items))
	r.seqs.items = append(r.seqs.items, items...)
	return n
}
