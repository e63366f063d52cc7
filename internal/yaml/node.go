package yaml

import "github.com/secretctl/secretctl/internal/source"

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
	Tag    string      // of a short-form intrinsic: "!Ref"; in templates also an unknown one
	Text   string      // of a scalar: its value, escapes resolved, otherwise as written
	Span   source.Span // of a scalar, its quotes too; of a collection, all entries
	Pairs  []Pair      // of a Map, in the order written
	Items  []*Node     // of a Seq
}

// Quote returns where a scalar stands and what it says. It makes a node what a diagnostic can
// quote.
func (n *Node) Quote() (at source.Span, text string) { return n.Span, n.Text }

// Pair is one entry of a Map.
type Pair struct {
	Key   *Node // always a scalar; its Text is the key
	Value *Node
}

// Get returns the value of a key of a Map, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key.Text == key {
			return p.Value
		}
	}
	return nil
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
	for _, p := range n.Pairs {
		p.Value.Walk(f)
	}
	for _, item := range n.Items {
		item.Walk(f)
	}
}

// walkAll calls f for the node and everything below it, keys included. A nil node has nothing.
func (n *Node) walkAll(f func(*Node)) {
	n.Walk(func(n *Node) {
		f(n)
		for _, p := range n.Pairs {
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
