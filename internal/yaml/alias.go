package yaml

import (
	"maps"
	"slices"

	"github.com/secretctl/secretctl/internal/diag"
)

// resolver puts the anchored nodes in the place of their aliases, and the pairs of merge keys among
// the others. It walks the tree in the order written, because an anchor may be defined again.
type resolver struct {
	p      *parser
	named  map[string]*Node // the node that a name stands for now
	at     map[string]label // where it was given
	open   map[*Node]bool   // the anchored nodes that the walk is inside of
	sizes  map[*Node]int    // of anchored nodes, as if every alias in them were written out
	gain   int              // nodes that aliases have added
	failed bool
}

// resolve returns the tree with its aliases and merge keys resolved, or nil if one of them cannot
// be.
func (p *parser) resolve(root *Node) *Node {
	if len(p.names.aliases)+len(p.names.merges) == 0 {
		return root
	}
	s := &resolver{p: p, named: map[string]*Node{}, at: map[string]label{},
		open: map[*Node]bool{}, sizes: map[*Node]int{}}
	root, _ = s.walk(root)
	if s.failed {
		return nil
	}
	return root
}

// walk resolves a node and returns what stands in its place and how many nodes that is.
func (s *resolver) walk(n *Node) (*Node, int) {
	if a, ok := s.p.names.aliases[n]; ok {
		return s.follow(n, a)
	}
	a, anchored := s.p.names.anchors[n]
	if anchored {
		s.named[a.name], s.at[a.name], s.open[n] = n, a, true
	}
	size := 1
	merges := false
	for i, p := range n.Pairs() {
		if a, ok := s.p.names.anchors[p.Key]; ok {
			s.named[a.name], s.at[a.name], s.sizes[p.Key] = p.Key, a, 1
		}
		value, k := s.walk(p.Value)
		n.Pairs()[i].Value = value
		size += k + 1
		merges = merges || s.p.names.merges[p.Key]
	}
	for i, item := range n.Items() {
		value, k := s.walk(item)
		n.Items()[i] = value
		size += k
	}
	if merges {
		s.merge(n)
	}
	if anchored {
		delete(s.open, n)
		s.sizes[n] = size
	}
	return n, size
}

// follow returns what an alias stands for.
func (s *resolver) follow(n *Node, a label) (*Node, int) {
	target, ok := s.named[a.name]
	switch {
	case !ok:
		d := diag.Report(diag.UndefinedAlias, a.span).
			Message("no anchor is named %q before this place", a).
			Hint("write &%s before the value that it stands for", a)
		if near := s.nearest(a.name); near != "" {
			d.Message("no anchor is named %q before this place", diag.Words(a.name)).
				Hint("write *%s", diag.Words(near))
		} else {
			s.p.undefined = append(s.p.undefined, a.span)
		}
		s.fail(*d)
		return n, 1
	case s.open[target]:
		s.fail(*diag.Report(diag.RecursiveAlias, a.span).
			Message("the alias %q stands inside of the value that it stands for", a).
			Related(s.at[a.name].span, "the value begins here").
			Hint("write the value out"))
		return n, 1
	}
	size := s.sizes[target]
	s.add(size-1, a)
	return target, size
}

// add counts nodes that a file gains at an alias.
func (s *resolver) add(nodes int, a label) {
	over := s.gain > maxGain
	if s.gain = min(s.gain+nodes, maxGain+1); s.gain > maxGain && !over {
		s.p.bomb = true
		s.fail(*diag.Report(diag.AliasBomb, a.span).
			Message("with this, aliases and merge keys add more than %d values to the file",
				maxGain).
			Hint("write fewer aliases of large values"))
	}
}

func (s *resolver) fail(d diag.Diagnostic) {
	s.failed = true
	if len(s.p.found) < maxFound {
		s.p.report(d)
	}
}

// nearest returns the name of an anchor that an alias may have meant. Hundreds of names are
// generated, and not mistyped.
func (s *resolver) nearest(name string) string {
	if len(s.named) > 500 {
		return ""
	}
	return diag.Nearest(name, slices.Sorted(maps.Keys(s.named)))
}

// merge replaces the merge keys of a map by the pairs that they bring: those whose key the map does
// not have itself, the first of several winning (https://yaml.org/type/merge.html). They come where
// the merge key stood.
func (s *resolver) merge(n *Node) {
	has := make(map[string]bool, len(n.Pairs()))
	for _, p := range n.Pairs() {
		if !s.p.names.merges[p.Key] {
			has[p.Key.Text()] = true
		}
	}
	pairs := make([]Pair, 0, len(n.Pairs()))
	for _, p := range n.Pairs() {
		if !s.p.names.merges[p.Key] {
			pairs = append(pairs, p)
			continue
		}
		for _, from := range s.sources(p) {
			s.add(2*len(from.Pairs()), label{span: p.Key.Span()})
			if s.gain > maxGain {
				return
			}
			for _, q := range from.Pairs() {
				if !has[q.Key.Text()] {
					has[q.Key.Text()] = true
					pairs = append(pairs, q)
				}
			}
		}
	}
	if !s.failed { // else the file is not read, and its masks need the pairs as they were written
		n.SetPairs(pairs)
	}
}

// sources returns the maps that a merge key is given.
func (s *resolver) sources(p Pair) []*Node {
	list := []*Node{p.Value}
	if p.Value.Kind == Seq {
		list = p.Value.Items()
	}
	for _, n := range list {
		if n.Kind == Map && n.Tag() == "" {
			continue
		}
		at := n.Span()
		if _, ok := s.p.names.aliases[n]; ok {
			return nil // said already
		}
		if at.Start == at.End {
			at = p.Key.Span()
		}
		s.fail(*diag.Report(diag.BadMergeKey, at).
			Message("a merge key takes a mapping or a list of mappings").
			Hint("give it an alias of a mapping"))
		return nil
	}
	return list
}
