package yaml

import (
	"github.com/goccy/go-yaml/token"

	"github.com/secretctl/secretctl/internal/diag"
)

// properties are what stands before a node: an anchor and tags.
type properties struct {
	anchor label
	tags   []label // the outermost first
	start  int     // where the first of them stands
}

func (p properties) none() bool { return p.anchor.name == "" && len(p.tags) == 0 }

// document reads the piece: a node and nothing after it.
func (r *reader) document() *Node {
	tk := r.peek()
	inline := false
	if tk != nil && tk.Type == token.DocumentHeaderType {
		r.takeMark("---")
		tk = r.peek()
		inline = tk != nil && !r.fresh
	}
	var root *Node
	if tk != nil && tk.Type != token.DocumentEndType {
		root = r.node(-1, inline, 1)
		tk = r.peek()
	}
	if tk != nil && tk.Type == token.DocumentEndType {
		r.takeMark("...")
		tk = r.peek()
	}
	if tk != nil {
		r.refuseMisplaced(tk)
	}
	if root == nil && !r.at.first {
		r.refuse(r.pos, r.pos, "something is missing at the end", hintUncertain)
	}
	return root
}

// node reads the node that begins at the next token. Its lines must be indented deeper than parent;
// inline says that it follows a key in its line, where no block collection may begin.
func (r *reader) node(parent int, inline bool, depth int) *Node {
	tk := r.peek()
	outer, inner := properties{}, properties{start: r.pos}
	for r.takeProperty(tk, &inner, depth, false) {
		line := r.line
		tk = r.peek()
		if tk == nil ||
			r.fresh && r.column() <= parent &&
				!(inline && r.column() == parent && tk.Type == token.SequenceEntryType) {
			return r.finish(r.newNode(Null, r.lastEnd(inner), r.lastEnd(inner)),
				join(r, outer, inner), depth)
		}
		if r.line != line {
			outer, inner, inline = join(r, outer, inner), properties{start: r.pos}, false
		}
	}
	if r.fresh && r.tab >= 0 {
		r.refuseTab(r.tab)
	}
	if depth > maxDepth {
		r.tooDeep()
	}
	start, tab := r.pos, r.tab
	switch tk.Type {
	case token.SequenceEntryType:
		r.listMayBegin(!inline && inner.none())
		return r.finish(r.blockSeq(depth), outer, depth)
	case token.MappingStartType, token.SequenceStartType, token.AliasType:
		n := r.flowNode(depth)
		if r.colonFollows(false) {
			r.complexKey(start, r.pos)
		}
		return r.finish(n, join(r, outer, inner), depth)
	case token.LiteralType, token.FoldedType:
		return r.finish(r.blockScalar(parent), join(r, outer, inner), depth)
	case token.MergeKeyType:
		r.mayBegin(!inline, start, -1)
		return r.finish(r.blockMap(inner, nil, depth), outer, depth)
	case token.MappingKeyType:
		if r.p.as.Template && !inline && inner.none() {
			return r.finish(r.blockMap(inner, nil, depth), outer, depth)
		}
	}
	s, multi := r.scalar(tk, parent, false)
	if !r.colonFollows(false) {
		return r.finish(s, join(r, outer, inner), depth)
	}
	r.mayBegin(!multi && !inline, start, tab)
	return r.finish(r.blockMap(inner, s, depth), outer, depth)
}

// listMayBegin refuses a list in block style that begins where none may, or behind a tab.
func (r *reader) listMayBegin(allowed bool) {
	if !allowed {
		r.refuse(r.pos, r.pos+1, "a list cannot begin in the line of its key",
			"begin the list in the next line, or write it in brackets")
	}
	if r.tab >= 0 {
		r.refuseTab(r.tab)
	}
}

// mayBegin refuses a mapping in block style that begins where none may, or behind a tab.
func (r *reader) mayBegin(allowed bool, start, tab int) {
	if !allowed {
		r.refuseNested(start)
	}
	if tab >= 0 {
		r.refuseTab(tab)
	}
}

// blockMap reads a mapping in block style whose first key has properties and, unless it is a merge
// key, has been read.
func (r *reader) blockMap(props properties, key *Node, depth int) *Node {
	start := props.start
	indent := start - r.line
	mark := len(r.pairs)
	end := start
	for {
		explicit := false
		if key == nil {
			if explicit = r.peek().Type == token.MappingKeyType; explicit {
				key = r.explicitKey(indent)
			} else {
				key = r.mergeKey()
			}
		}
		r.finishKey(key, props)
		value := r.entryValue(indent, explicit, depth)
		r.pairs = append(r.pairs, Pair{key, value})
		end = int(value.Span().End)
		tk := r.nextEntry(indent)
		if tk == nil {
			break
		}
		key, props = r.nextKey(tk)
	}
	n := r.newMap(start, max(end, start), mark)
	if depth > 1 || r.at.start == r.p.start && r.at.end == len(r.p.text) {
		r.found = append(r.found, duplicates(n)...)
	}
	return n
}

// nextEntry returns the token with which another entry of a collection in block style begins, whose
// entries are indented like this, or nil at its end.
func (r *reader) nextEntry(indent int) *token.Token {
	tk := r.peek()
	if tk == nil || r.fresh && r.column() < indent || tk.Type == token.DocumentEndType {
		return nil
	}
	if !r.fresh {
		r.refuseAfterValue(tk)
	}
	if r.tab >= 0 {
		r.refuseTab(r.tab)
	}
	if r.column() > indent {
		r.refuse(r.pos, r.pos+1,
			"the indentation of this line is that of no mapping or list above it",
			"indent it like the lines it belongs to")
	}
	return tk
}

// nextKey reads the key of a further entry of a block mapping, but for a merge key, which it
// leaves.
func (r *reader) nextKey(tk *token.Token) (*Node, properties) {
	props := properties{start: r.pos}
	for r.takeProperty(tk, &props, 1, false) {
		if tk = r.peek(); tk == nil || r.fresh {
			r.refuse(props.start, r.lastEnd(props), "a key is missing here",
				"write a key and a colon after it")
		}
	}
	start := r.pos
	switch tk.Type {
	case token.MergeKeyType:
		return nil, props
	case token.MappingKeyType:
		if r.p.as.Template && props.none() {
			return nil, props
		}
	case token.SequenceEntryType:
		r.refuse(start, start+1, "a list item stands among the entries of a mapping",
			"indent the list deeper than the key that it belongs to")
	case token.MappingStartType, token.SequenceStartType, token.AliasType:
		r.complexKey(start, start+1)
	case token.LiteralType, token.FoldedType:
		r.complexKey(start, start+1)
	}
	key, multi := r.scalar(tk, -1, false)
	if multi || !r.colonFollows(false) {
		r.refuseNoColon(key)
	}
	return key, props
}

// explicitKey reads a key after a "?", as templates have where it is long (YAML 1.2.2, section
// 8.2.2). The colon stands in a line of its own below.
func (r *reader) explicitKey(indent int) *Node {
	start := r.pos
	r.takeMark("?")
	tk := r.peek()
	if tk == nil || r.fresh ||
		!isPlain(tk.Type) && tk.Type != token.SingleQuoteType && tk.Type != token.DoubleQuoteType {
		r.complexKey(start, start+1)
	}
	key, _ := r.scalar(tk, indent, false)
	if tk = r.peek(); tk == nil || tk.Type != token.MappingValueType || !r.fresh ||
		r.column() != indent {
		r.refuseNoColon(key)
	}
	return key
}

// mergeKey reads "<<".
func (r *reader) mergeKey() *Node {
	start := r.pos
	r.takeMark("<<")
	n := r.newNode(String, start, r.pos)
	if r.names.merges == nil {
		r.names.merges = map[*Node]bool{}
	}
	r.names.merges[n] = true
	return n
}

// finishKey gives a key its properties and takes the colon after it.
func (r *reader) finishKey(key *Node, props properties) {
	if len(props.tags) > 0 {
		r.complexKey(int(props.tags[0].span.Start), int(props.tags[0].span.End))
	}
	if props.anchor.name != "" {
		r.plainOnly() // goccy counts the indentation of its value from the key, not from the anchor
		r.name(key, props.anchor)
	}
	if key.Text() == "" && !key.Quoted {
		r.refuse(int(key.Span().Start), int(key.Span().Start)+1, "a key is missing before the ':'",
			"write the key")
	}
	r.peek()
	r.takeMark(":")
}

// entryValue reads the value of a block mapping's entry after its colon. After an explicit key a
// block collection may begin in the line of the colon.
func (r *reader) entryValue(indent int, explicit bool, depth int) *Node {
	colon := r.pos
	tk := r.peek()
	switch {
	case tk == nil:
	case !r.fresh:
		return r.node(indent, !explicit, depth+1)
	case r.column() > indent:
		return r.node(indent, false, depth+1)
	case r.column() == indent && tk.Type == token.SequenceEntryType:
		return r.node(indent-1, false, depth+1)
	}
	return r.newNode(Null, colon, colon)
}

// blockSeq reads a sequence in block style.
func (r *reader) blockSeq(depth int) *Node {
	start, indent := r.pos, r.column()
	mark := len(r.items)
	end := start
	for {
		r.takeMark("-")
		item := r.item(indent, depth)
		r.items = append(r.items, item)
		end = int(item.Span().End)
		if tk := r.nextEntry(indent); tk == nil || tk.Type != token.SequenceEntryType {
			break
		}
	}
	return r.newSeq(start, end, mark)
}

// item reads the item of a block sequence after its dash.
func (r *reader) item(indent, depth int) *Node {
	dash := r.pos
	if tk := r.peek(); tk != nil && (!r.fresh || r.column() > indent) {
		return r.node(indent, false, depth+1)
	}
	return r.newNode(Null, dash, dash)
}

// takeProperty takes a tag or an anchor, if the next token is one.
func (r *reader) takeProperty(tk *token.Token, p *properties, depth int, flow bool) bool {
	switch {
	case tk == nil:
		return false
	case tk.Type == token.AnchorType:
		a := r.takeAnchor("&", flow)
		if p.anchor.name != "" {
			r.refuse(int(a.span.Start), int(a.span.End), "a value has two anchors",
				"remove one of them")
		}
		p.anchor = a
	case tk.Type == token.TagType:
		start := r.pos
		if depth+len(p.tags) > maxDepth {
			r.tooDeep()
		}
		name := r.takeName(true, flow)
		p.tags = append(p.tags, label{name: name, span: r.p.span(start, r.pos)})
	default:
		return false
	}
	return true
}

// lastEnd returns where the last of some properties ends.
func (r *reader) lastEnd(p properties) int {
	end := int(p.anchor.span.End)
	if n := len(p.tags); n > 0 {
		end = max(end, int(p.tags[n-1].span.End))
	}
	return end
}

// join makes one of the properties that stand in lines before a node and in its line.
func join(r *reader, outer, inner properties) properties {
	if outer.none() {
		return inner
	}
	if inner.anchor.name != "" {
		if outer.anchor.name != "" {
			r.refuse(int(inner.anchor.span.Start), int(inner.anchor.span.End),
				"a value has two anchors", "remove one of them")
		}
		outer.anchor = inner.anchor
	}
	outer.tags = append(outer.tags, inner.tags...)
	return outer
}

// name notes that a node has an anchor.
func (r *reader) name(n *Node, a label) {
	if r.names.anchors == nil {
		r.names.anchors = map[*Node]label{}
	}
	r.names.anchors[n] = a
}

// duplicates finds the keys that stand in a map twice. 'a' and a are the same key.
func duplicates(n *Node) diag.List {
	pairs := n.Pairs()
	if len(pairs) < 2 {
		return nil
	}
	var found diag.List
	again := func(i, first int) {
		key := pairs[i].Key
		found.Report(diag.DuplicateKey, key.Span()).
			Message("the mapping has the key %q already", key).
			Related(pairs[first].Key.Span(), "the first one is here").
			Hint("rename or remove one of them")
	}
	if len(pairs) <= 8 {
		for i := range pairs {
			for j := range i {
				if pairs[i].Key.Text() == pairs[j].Key.Text() {
					again(i, j)
					break
				}
			}
		}
		return found
	}
	first := make(map[string]int, len(pairs))
	for i, p := range pairs {
		if j, ok := first[p.Key.Text()]; ok {
			if len(found) <= maxFound {
				again(i, j)
			}
			continue
		}
		first[p.Key.Text()] = i
	}
	return found
}

// complexKey refuses a key that is not a plain text.
func (r *reader) complexKey(start, end int) {
	panic(diag.Report(diag.ComplexKey, r.p.span(start, end)).
		Message("a key must be a text without a tag").
		Hint("write a plain text before the ':'"))
}

func (r *reader) tooDeep() {
	panic(diag.Report(diag.TooDeep, r.p.span(r.pos, r.pos+1)).
		Message("this is nested more than %d levels deep", maxDepth).
		Hint("move the inner parts elsewhere, or write them as a text"))
}
