package yaml

import (
	"slices"
)

// making is what a reader makes nodes of: one allocation serves many.
type making struct {
	nodes []Node // those that are not taken yet
	maps  *room  // of the small maps made last
	seqs  *room  // of the small sequences made last
	plain *room  // of scalars whose text stands in the file

	words map[string]*room // of keys that stand in the file as something else

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
	if r.plain == nil {
		r.plain = r.newRoom()
	}
	n.Kind, n.start, n.end, n.room = kind, int32(start), int32(end), r.plain
	return n
}

// newRoom returns a room for nodes of the file.
func (r *reader) newRoom() *room { return &room{file: r.p.f, whole: r.p.text} }

// say notes what a new scalar says.
func (r *reader) say(n *Node, text string) {
	switch written := r.p.text[n.start:n.end]; {
	case text == written:
		n.from = inFile
	case n.Quoted && len(text) == len(written)-2 && text == written[1:len(written)-1]:
		n.from = inQuotes
	default:
		n.SetText(text)
	}
}

// newWord makes a key that stands in the file as something else. A large template has many of the
// same.
func (r *reader) newWord(text string, start, end int) *Node {
	n := r.newNode(String, start, end)
	if r.words == nil {
		r.words = map[string]*room{}
	}
	if r.words[text] == nil {
		n.SetText(text)
		r.words[text] = n.room
	}
	n.room, n.from = r.words[text], inRoom
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
		r.maps = r.newRoom()
		r.maps.pairs = make([]Pair, 0, entriesOfRoom)
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
		r.seqs = r.newRoom()
		r.seqs.items = make([]*Node, 0, entriesOfRoom)
	}
	n.room, n.from, n.many = r.seqs, uint16(len(r.seqs.items)), uint32(len(items))
	r.seqs.items = append(r.seqs.items, items...)
	return n
}
