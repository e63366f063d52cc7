package yaml

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// A large spec has hundreds of thousands of nodes.
func TestNodesAreSmall(t *testing.T) {
	if size := reflect.TypeFor[Node]().Size(); size > 48 {
		t.Errorf("a node has %d bytes", size)
	}
}

// Collections of every size, one inside of the other, that share rooms or have one of their own.
func TestEntriesOfEverySize(t *testing.T) {
	const most = entriesOfFew + 4
	var text strings.Builder
	for size := range most {
		fmt.Fprintf(&text, "map%d: {", size)
		for i := range size {
			fmt.Fprintf(&text, "k%d: [%d, {in: %d}], ", i, size, i)
		}
		fmt.Fprintf(&text, "}\nseq%d:\n", size)
		for i := range size {
			fmt.Fprintf(&text, "  - k%d: %d\n", i, size)
		}
	}
	root, found := Parse(&source.File{Name: "f", Data: []byte(text.String())}, Document{})
	if len(found) > 0 || len(root.Pairs()) != 2*most {
		t.Fatalf("%d entries, found %v", len(root.Pairs()), found)
	}
	var read strings.Builder
	for size := range most {
		m, seq := root.Get(fmt.Sprintf("map%d", size)), root.Get(fmt.Sprintf("seq%d", size))
		fmt.Fprintf(&read, "map%d: {", size)
		for _, p := range m.Pairs() {
			items := p.Value.Items()
			fmt.Fprintf(&read, "%s: [%s, {in: %s}], ", p.Key.Text(), items[0].Text(),
				items[1].Get("in").Text())
		}
		fmt.Fprintf(&read, "}\nseq%d:\n", size)
		for _, item := range seq.Items() {
			p := item.Pairs()[0]
			fmt.Fprintf(&read, "  - %s: %s\n", p.Key.Text(), p.Value.Text())
		}
		if len(m.Items())+len(seq.Pairs()) > 0 {
			t.Errorf("collections of %d entries have entries of the other kind", size)
		}
	}
	if read.String() != text.String() {
		t.Errorf("read: %s", read.String())
	}
}

// What is appended to entries, or set in a node, changes no other node.
func TestCopiesKeepTheirEntries(t *testing.T) {
	root, _ := Parse(&source.File{Name: "f", Data: []byte(
		"a: !GetAtt [x, y]\nb: [1, 2]\nc: [3]\nd: {e: f}\ng: {h: i}\n")}, Document{})
	before := places(root)
	short, list, pairs := *root.Get("a"), *root.Get("b"), *root.Get("d")
	three := Scalar(Int, "three")
	list.SetItems(append(list.Items(), three))
	pairs.SetPairs(append(pairs.Pairs(), Pair{Key: three, Value: three}))
	short.SetTag("!Ref")
	if len(list.Items()) != 3 || len(pairs.Pairs()) != 2 || short.Tag() != "!Ref" ||
		len(short.Pairs()) != 1 {
		t.Error("a copy has not what it was given")
	}
	short.SetPairs(nil)
	list.SetTag("!Ref")
	if len(short.Pairs()) > 0 || short.Tag() != "!Ref" || len(list.Items()) != 3 {
		t.Error("a copy has lost what it was given")
	}
	if after := places(root); after != before {
		t.Errorf("was %s\nis  %s", before, after)
	}
}

func TestSaysTheSame(t *testing.T) {
	parse := func(text string) *Node {
		root, found := Parse(&source.File{Name: "f", Data: []byte(text)}, Document{})
		if found.HasErrors() {
			t.Fatal(found)
		}
		return root
	}
	const text = "a: { b: [1, x] }\nc: !Ref y\n"
	for other, same := range map[string]bool{
		text: true, "# c\n\na:\n  b:\n    - 1 # one\n    - x\nc: {Ref: y}\n": false,
		"# c\n\na:\n  b:\n    - 1 # one\n    - x\nc:   !Ref y\n": true,
		"a: { b: ['1', x] }\nc: !Ref y\n":                        false,
		"a: { b: [x, 1] }\nc: !Ref y\n":                          false,
		"a: { b: [1, x, x] }\nc: !Ref y\n":                       false,
		"c: !Ref y\na: { b: [1, x] }\n":                          false,
		"a: { d: [1, x] }\nc: !Ref y\n":                          false,
		"a: { b: [1, x] }\nc: !Ref z\n":                          false,
		"a: { b: { 1: x } }\nc: !Ref y\n":                        false,
	} {
		if got := parse(text).SaysTheSame(parse(other)); got != same {
			t.Errorf("%q: %t", other, got)
		}
	}
}
