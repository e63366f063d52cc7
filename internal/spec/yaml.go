package spec

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// What is read at most. The limits keep any input within a second or so and a few hundred megabytes; no spec that a person
// or a generator writes comes near them.
const (
	maxFile  = 64 << 20 // bytes of a file
	maxLine  = 4 << 20  // bytes of a line; a spec may be JSON on one line
	maxPiece = 16 << 20 // bytes of what cannot be cut: an entry of a top-level property, or a flow collection
	maxMarks = 2 << 20  // characters that may be tokens in such a piece; goccy needs 170 bytes for each
	maxDepth = 64       // collections and short forms inside one another
	maxGain  = 100_000  // nodes that aliases and merge keys may add to a file
	maxSaid  = 1_000    // diagnostics about one file
)

// Parse reads a spec file as YAML 1.2 without decoding it: scalars keep their text, and every node the bytes it was written with.
// It returns the root, always a Map, or nil when the file is not YAML, holds nothing (SC0002), is more than
// is read (SC0003, SC0108, SC0109), or has aliases that cannot be resolved (SC0106, SC0107, SC0111, SC0112). With duplicate keys
// (SC0105), unknown tags (SC0110) and wrong short forms (SC0114) the root is returned all the same: duplicates are all kept in Pairs, in
// the order written, and a value with an unknown tag stays as it is without the tag.
//
// Left out of YAML on purpose: several documents, directives, explicit keys ("? "), keys that are collections or aliases, tags on keys, and tabs
// as indentation. A collection in braces or brackets may stand at any indentation.
func Parse(f *source.File) (*Node, diag.List) { return parsePieces(f, pieceSize) }

// ParseTemplate reads a CloudFormation template as Parse reads a spec, in JSON or YAML, and as
// leniently as CloudFormation does: the lines of a quoted text may stand at any depth, !GetAZs
// needs no value, and a tag that no function has is kept in the Tag of its node (see UnknownTag).
// The noncharacters U+FDD0 and U+FDD1, in which package cfn writes what is not known, become U+FFFD.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func ParseTemplate(f *source.File) (*Node, diag.List) {
	p := &parse{f: f, size: pieceSize, template: true}
	root, found := p.run()
	root.walkAll(replaceNoncharacters)
	return root, found
}

// replaceNoncharacters takes the characters out of a text that stand around unknown parts.
func replaceNoncharacters(n *Node) {
	if strings.Contains(n.Text, "\xef\xb7") { // what both begin with; aliases may repeat a long text
		n.Text = strings.NewReplacer("\uFDD0", "\uFFFD", "\uFDD1", "\uFFFD").Replace(n.Text)
	}
}

// parsePieces is Parse with the size of pieces given.
func parsePieces(f *source.File, size int) (*Node, diag.List) {
	p := &parse{f: f, size: size}
	return p.run()
}

// run reads the file.
func (p *parse) run() (*Node, diag.List) {
	if !p.check() {
		return nil, p.found
	}
	p.text = string(p.f.Data)
	root := p.read(p.cut())
	if root == nil {
		return nil, p.found
	}
	p.tree = root
	if root = p.resolve(root); root == nil {
		return nil, p.found.Sorted()
	}
	if root.Kind != Map {
		p.report(*diag.Report(diag.WrongType, root.Span).
			Message("a spec is a mapping of properties").
			Hint(`begin with "version: 1"`))
		return nil, p.found.Sorted()
	}
	return root, p.found.Sorted()
}

// parse is the reading of one file.
type parse struct {
	f     *source.File
	text  string // the bytes of the file
	start int    // where they begin, past a byte order mark
	size  int    // of pieces, at least
	whole bool   // cutting is not certainly right

	strange  []source.Span // aliases of no anchor that could have been meant
	tree     *Node         // as it was read, whatever its aliases stand for
	template bool          // a CloudFormation template, not a spec
	names    names
	found    diag.List
}

// names are the places of a file where anchors, aliases and merge keys stand.
type names struct {
	anchors map[*Node]label // by the node that they name
	aliases map[*Node]label // by the node that holds the alias's place
	merges  map[*Node]bool  // the keys that are merge keys
}

// label is the name of an anchor or alias and where it stands.
type label struct {
	name string
	span source.Span
}

// Quote returns where the name stands and what it is.
func (l label) Quote() (at source.Span, text string) { return l.span, l.name }

func (p *parse) report(d diag.Diagnostic) { p.found = append(p.found, d) }

// span makes a span of the file.
func (p *parse) span(start, end int) source.Span {
	return source.Span{File: p.f, Start: int32(start), End: int32(end)}
}

// read reads the pieces on all cores and puts them together. A piece that fails, or does not fit, may have been cut wrongly:
// then the file is read in one piece, whose findings are the truth. A file too large for that keeps the findings of the piece.
func (p *parse) read(pieces []piece) *Node {
	readers := p.readAll(pieces)
	for _, r := range readers {
		if r.failed != nil {
			return p.readWhole(len(pieces), r.failed)
		}
	}
	root, extended, fits := stitch(pieces, readers)
	if !fits {
		return p.readWhole(len(pieces), nil)
	}
	for _, r := range readers {
		p.found = append(p.found, r.found...)
		p.names.add(r.names)
	}
	for _, n := range extended {
		p.found = append(p.found, duplicates(n)...)
	}
	if len(p.found) > maxSaid {
		p.found = p.found.Sorted()[:maxSaid]
	}
	if root == nil {
		p.report(*diag.Report(diag.EmptyInput, p.span(0, 0)).
			Message("the file holds no spec").
			Hint(`begin with "version: 1"`))
	}
	return root
}

func (p *parse) readAll(pieces []piece) []*reader {
	readers := make([]*reader, len(pieces))
	var next atomic.Int64
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(pieces) {
				return
			}
			readers[i] = newReader(p, pieces[i])
			readers[i].run()
		}
	}
	var wait sync.WaitGroup
	for range min(len(pieces), runtime.GOMAXPROCS(0)) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	return readers
}

// readWhole reads the file again in one piece after reading it in n pieces has failed.
func (p *parse) readWhole(n int, failed *diag.Diagnostic) *Node {
	whole := piece{start: p.start, end: len(p.text), first: true}
	if n > 1 && len(p.text) <= maxPiece {
		return p.read([]piece{whole})
	}
	if failed == nil {
		failed = p.tooLarge(whole)
	}
	p.report(*failed)
	return nil
}

func (p *parse) tooLarge(at piece) *diag.Diagnostic {
	return diag.Report(diag.FileTooLarge, p.span(at.start, at.start)).
		Message("what begins here is more than is read in one piece").
		Hint("write it in block style, or split the spec into several files")
}

// stitch puts the results of pieces together. Extended are the collections that were made from several pieces and therefore have
// not been searched for duplicate keys. It does not fit when a piece is not the collection that its cut took it for.
func stitch(pieces []piece, readers []*reader) (root *Node, extended []*Node, fits bool) {
	root = readers[0].root
	if len(pieces) == 1 {
		return root, nil, true
	}
	if root == nil || root.Kind != Map || root.Tag != "" || !readers[0].blockAtLeft(root) {
		return nil, nil, false
	}
	var grown *Node // the last value of the root, if pieces were added to it
	var pairs, inner []Pair
	var items []*Node
	pairs = append(pairs, root.Pairs...)
	finish := func() {
		if grown == nil {
			return
		}
		grown.Pairs, grown.Items = inner, items
		extended = append(extended, grown)
		grown, inner, items = nil, nil, nil
	}
	for i, r := range readers[1:] {
		n := r.root
		if n == nil || n.Tag != "" || r.named(n) {
			return nil, nil, false
		}
		if !pieces[i+1].inside {
			finish()
			if n.Kind != Map {
				return nil, nil, false
			}
			pairs = append(pairs, n.Pairs...)
			root.Span.End = n.Span.End
			continue
		}
		last := pairs[len(pairs)-1].Value
		if last.Kind != n.Kind || n.Kind < Map || last.Tag != "" || !isBlock(last) {
			return nil, nil, false
		}
		if grown == nil {
			grown, inner, items = last, append(inner, last.Pairs...), append(items, last.Items...)
		}
		inner, items = append(inner, n.Pairs...), append(items, n.Items...)
		last.Span.End, root.Span.End = n.Span.End, n.Span.End
	}
	finish()
	root.Pairs = pairs
	return root, append(extended, root), true
}

// blockAtLeft says whether a collection is in block style and begins at the beginning of a line.
func (r *reader) blockAtLeft(n *Node) bool {
	at := int(n.Span.Start)
	return isBlock(n) && (at == r.at.start || r.p.text[at-1] == '\n')
}

// isBlock says whether a collection is in block style.
func isBlock(n *Node) bool {
	c := n.Span.File.Data[n.Span.Start]
	return c != '{' && c != '['
}

// named says whether the root of a piece is an alias or has an anchor.
func (r *reader) named(n *Node) bool {
	_, alias := r.names.aliases[n]
	_, anchor := r.names.anchors[n]
	return alias || anchor
}

// add unites the places of a piece with those of the pieces before.
func (n *names) add(o names) {
	n.anchors, n.aliases, n.merges = united(n.anchors, o.anchors), united(n.aliases, o.aliases), united(n.merges, o.merges)
}

func united[V any](into, from map[*Node]V) map[*Node]V {
	if into == nil {
		return from
	}
	for k, v := range from {
		into[k] = v
	}
	return into
}
