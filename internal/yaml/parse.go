// Package yaml reads text as YAML into nodes that know with which bytes of a file they were
// written, and says what must not be shown of a text that is no YAML.
//
// Which tokens a text has is found by the lexer of goccy/go-yaml, which has seen more YAML than we
// have. The tree, the places, the texts of scalars, aliases, limits and what is said about a fault
// are ours, because goccy's offsets and columns are wrong in places, its scanner is quadratic on
// small files that mean harm, and messages here must never quote what may be a secret. In the usual
// YAML the tokens are found here too, several times as fast: see quick.go.
//
// It knows the short forms of CloudFormation's functions and nothing of any other language.
package yaml

import (
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
)

// What is read at most. The limits keep any input within a second or so and a few hundred
// megabytes; no spec that a person or a generator writes comes near them.
const (
	maxFile  = 64 << 20 // bytes of a file
	maxLine  = 4 << 20  // bytes of a line; a spec may be JSON on one line
	maxPiece = 16 << 20 // bytes of what cannot be cut: an entry of a section, a flow collection
	maxMarks = 2 << 20  // characters in it that may be tokens; goccy needs 170 bytes for each
	maxNodes = 8 << 20  // nodes of a file; a spec has one in eight bytes or more
	maxDepth = 64       // collections and short forms inside one another
	maxGain  = 100_000  // nodes that aliases and merge keys may add to a file
	maxFound = 1_000    // diagnostics about one file
)

// Document says what a file should be, for what is said about one that is not.
type Document struct {
	Name     diag.Words // "spec"
	Parts    diag.Words // what it is a mapping of: "properties"
	Hint     diag.Words // what to do if it is none
	Template bool       // a CloudFormation template: see ParseTemplate
}

// Result is what was read of a file.
type Result struct {
	Root  *Node // a Map; nil if the file cannot be used
	Found diag.List

	// Whether aliases or merge keys bring nodes to places where they are not written.
	Shares bool

	// Of a file that cannot be used because of its aliases alone: the tree as it was written, with
	// an empty node in the place of every alias, and the aliases that no anchor can have been meant
	// by.
	Written   *Node
	Undefined []source.Span
}

// Parse reads a file as YAML 1.2 without decoding it: scalars keep their text, and every node the
// bytes it was written with. It returns the root, always a Map, or nil when the file is not YAML,
// holds nothing (SC0002), is more than is read (SC0003, SC0108, SC0109), or has aliases that cannot
// be resolved (SC0106, SC0107, SC0111, SC0112). With duplicate keys (SC0105), unknown tags (SC0110)
// and wrong short forms (SC0114) the root is returned all the same: duplicates are all kept in
// Pairs, in the order written, and a value with an unknown tag stays as it is without the tag.
//
// Left out of YAML on purpose: several documents, directives, explicit keys ("? "), keys that are
// collections or aliases, tags on keys, and tabs as indentation. A collection in braces or brackets
// may stand at any indentation.
func Parse(f *source.File, as Document) (*Node, diag.List) {
	r := Read(f, as)
	return r.Root, r.Found
}

// Read is Parse. Its result also holds what masks need of a file that cannot be used.
func Read(f *source.File, as Document) Result {
	p := &parser{f: f, as: as, size: pieceSize, quick: true}
	return p.run()
}

// ParseTemplate reads a CloudFormation template as Parse reads other files, in JSON or YAML, and as
// leniently as CloudFormation does: the lines of a quoted text may stand at any depth, !GetAZs
// needs no value, a key may be explicit, a directive may tell the version of YAML, and a tag that
// no function has is kept in the Tag of its node (see UnknownTag). The noncharacters U+FDD0 and
// U+FDD1, in which package cfn writes what is not known, become U+FFFD.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func ParseTemplate(f *source.File) (*Node, diag.List) {
	root, found := Parse(f, Document{
		Name: "template", Parts: "sections", Hint: "give a CloudFormation template", Template: true,
	})
	root.walkAll(replaceNoncharacters)
	return root, found
}

// replaceNoncharacters takes the characters out of a text that stand around unknown parts.
func replaceNoncharacters(n *Node) {
	const begin = "\xef\xb7" // of both; aliases may repeat a long text
	if strings.Contains(n.Text(), begin) {
		n.SetText(noncharacters.Replace(n.Text()))
	}
}

var noncharacters = strings.NewReplacer("\uFDD0", "\uFFFD", "\uFDD1", "\uFFFD")

// run reads the file.
func (p *parser) run() Result {
	if !p.check() {
		return Result{Found: p.found}
	}
	p.text = p.f.Text()
	if len(p.text) > maxNodes && mayHave(p.text) > maxNodes {
		p.report(*p.tooLarge(piece{}))
		return Result{Found: p.found}
	}
	tree := p.read(p.cut())
	if tree == nil {
		return Result{Found: p.found}
	}
	root := p.resolve(tree)
	if root != nil && root.Kind != Map {
		root = nil
		p.report(*diag.Report(diag.WrongType, tree.Span()).
			Message("a %s is a mapping of %s", p.as.Name, p.as.Parts).
			Hint("%s", p.as.Hint))
	}
	r := Result{Root: root, Found: p.found.Sorted(),
		Shares: len(p.names.aliases)+len(p.names.merges) > 0}
	if root == nil && tree.Kind == Map && !p.bomb {
		r.Written, r.Undefined = tree, p.undefined
	}
	return r
}

// parser is the reading of one file.
type parser struct {
	f     *source.File
	as    Document
	text  string // the bytes of the file
	start int    // where they begin, past a byte order mark
	size  int    // of pieces, at least
	whole bool   // cutting is not certainly right
	quick bool   // pieces are read quickly where they can be

	undefined []source.Span // aliases that no anchor can have been meant by
	bomb      bool          // aliases add more to the file than is read
	names     names
	found     diag.List
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

func (p *parser) report(d diag.Diagnostic) { p.found = append(p.found, d) }

// span makes a span of the file.
func (p *parser) span(start, end int) source.Span {
	return source.Span{File: p.f, Start: int32(start), End: int32(end)}
}

// read reads the pieces on all cores and puts them together. A piece that fails, or does not fit,
// may have been cut wrongly: then the file is read in one piece, whose findings are the truth. A
// file too large for that keeps the findings of the piece.
func (p *parser) read(pieces []piece) *Node {
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
	if len(p.found) > maxFound {
		p.found = p.found.Sorted()[:maxFound]
	}
	if root == nil {
		p.report(*diag.Report(diag.EmptyInput, p.span(0, 0)).
			Message("the file holds no %s", p.as.Name).
			Hint("%s", p.as.Hint))
	}
	return root
}

func (p *parser) readAll(pieces []piece) []*reader {
	readers := make([]*reader, len(pieces))
	parallel.Each(len(pieces), func(i int) {
		readers[i] = p.readPiece(pieces[i])
	})
	return readers
}

// readWhole reads the file again in one piece after reading it in n pieces has failed.
func (p *parser) readWhole(n int, failed *diag.Diagnostic) *Node {
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

func (p *parser) tooLarge(at piece) *diag.Diagnostic {
	return diag.Report(diag.FileTooLarge, p.span(at.start, at.start)).
		Message("what begins here is more than is read in one piece").
		Hint("write it in block style, or split the spec into several files")
}

// stitch puts the results of pieces together. Extended are the collections that were made from
// several pieces and therefore have not been searched for duplicate keys. It does not fit when a
// piece is not the collection that its cut took it for.
func stitch(pieces []piece, readers []*reader) (root *Node, extended []*Node, fits bool) {
	root = readers[0].root
	if len(pieces) == 1 {
		return root, nil, true
	}
	if root == nil || root.Kind != Map || root.Tag() != "" || !readers[0].blockAtLeft(root) {
		return nil, nil, false
	}
	var mergedElement *Node // the last value of the root, if pieces were added to it
	var pairs, inner []Pair
	var items []*Node
	pairs = append(pairs, root.Pairs()...)
	finish := func() {
		if mergedElement == nil {
			return
		}
		if mergedElement.Kind == Map {
			mergedElement.SetPairs(inner)
		} else {
			mergedElement.SetItems(items)
		}
		extended = append(extended, mergedElement)
		mergedElement, inner, items = nil, nil, nil
	}
	for i, r := range readers[1:] {
		n := r.root
		if n == nil || n.Tag() != "" || r.named(n) {
			return nil, nil, false
		}
		if !pieces[i+1].inside {
			finish()
			if n.Kind != Map {
				return nil, nil, false
			}
			pairs = append(pairs, n.Pairs()...)
			root.end = n.end
			continue
		}
		last := pairs[len(pairs)-1].Value
		if last.Kind != n.Kind || n.Kind < Map || last.Tag() != "" || !last.IsBlock() {
			return nil, nil, false
		}
		if mergedElement == nil {
			mergedElement, inner, items = last, append(inner, last.Pairs()...),
				append(items, last.Items()...)
		}
		inner, items = append(inner, n.Pairs()...), append(items, n.Items()...)
		last.end, root.end = n.end, n.end
	}
	finish()
	root.SetPairs(pairs)
	return root, append(extended, root), true
}

// blockAtLeft says whether a collection is in block style and begins at the beginning of a line.
func (r *reader) blockAtLeft(n *Node) bool {
	at := int(n.Span().Start)
	return n.IsBlock() && (at == r.at.start || r.p.text[at-1] == '\n')
}

// named says whether the root of a piece is an alias or has an anchor.
func (r *reader) named(n *Node) bool {
	_, alias := r.names.aliases[n]
	_, anchor := r.names.anchors[n]
	return alias || anchor
}

// add unites the places of a piece with those of the pieces before.
func (n *names) add(o names) {
	n.anchors = united(n.anchors, o.anchors)
	n.aliases = united(n.aliases, o.aliases)
	n.merges = united(n.merges, o.merges)
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
