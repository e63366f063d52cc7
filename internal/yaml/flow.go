package yaml

import (
	"strings"

	"github.com/goccy/go-yaml/token"
)

// flowNode reads a node inside of a flow collection, or one that is a flow collection or an alias.
func (r *reader) flowNode(depth int) *Node {
	tk := r.peek()
	props := properties{start: r.pos}
	for r.takeProperty(tk, &props, depth, true) {
		tk = r.peek()
	}
	if depth > maxDepth {
		r.tooDeep()
	}
	if tk == nil || tk.Type == token.CollectEntryType || tk.Type == token.MappingEndType ||
		tk.Type == token.SequenceEndType {
		if props.none() {
			if tk == nil {
				r.refuse(r.pos, r.pos, "something is missing at the end", hintUncertain)
			}
			r.refuseMisplaced(tk)
		}
		return r.finish(r.newNode(Null, r.lastEnd(props), r.lastEnd(props)), props, depth)
	}
	var n *Node
	switch tk.Type {
	case token.MappingStartType:
		n = r.flowMap(depth)
	case token.SequenceStartType:
		n = r.flowSeq(depth)
	case token.AliasType:
		n = r.alias()
	default:
		n, _ = r.scalar(tk, -1, true)
	}
	return r.finish(n, props, depth)
}

// alias reads an alias; its node is a place for what it stands for.
func (r *reader) alias() *Node {
	a := r.takeAnchor("*", true)
	n := r.newNode(Null, int(a.span.Start), int(a.span.End))
	r.say(n, "")
	if r.names.aliases == nil {
		r.names.aliases = map[*Node]label{}
	}
	r.names.aliases[n] = a
	return n
}

// flowMap reads a mapping in braces.
func (r *reader) flowMap(depth int) *Node {
	start := r.pos
	r.takeMark("{")
	mark := len(r.pairs)
	for {
		tk := r.flowToken(start)
		if tk.Type == token.MappingEndType {
			break
		}
		r.pairs = append(r.pairs, r.flowPair(tk, depth))
		if !r.flowComma(start, token.MappingEndType) {
			break
		}
	}
	r.takeMark("}")
	n := r.newMap(start, r.pos, mark)
	r.found = append(r.found, duplicates(n)...)
	return n
}

// flowPair reads an entry of a mapping in braces: a key, and a value unless there is no colon.
func (r *reader) flowPair(tk *token.Token, depth int) Pair {
	props := properties{start: r.pos}
	for r.takeProperty(tk, &props, depth, true) {
		if tk = r.peek(); tk == nil {
			r.refuse(props.start, r.lastEnd(props), "a key is missing here",
				"write a key and a colon after it")
		}
	}
	var key *Node
	switch tk.Type {
	case token.MergeKeyType:
		key = r.mergeKey()
	case token.MappingStartType, token.SequenceStartType, token.AliasType:
		r.complexKey(r.pos, r.pos+1)
	default:
		key, _ = r.scalar(tk, -1, true)
	}
	if !r.colonFollows(true) {
		if len(props.tags) > 0 {
			r.complexKey(props.start, r.lastEnd(props))
		}
		if i := strings.IndexByte(key.Text(), ':'); i >= 0 && !key.Quoted {
			r.refuseMissingSpace(int(key.Span().Start) + i)
		}
		if props.anchor.name != "" {
			r.name(key, props.anchor)
		}
		return Pair{key, r.newNode(Null, int(key.Span().End), int(key.Span().End))}
	}
	r.finishKey(key, props)
	return Pair{key, r.flowValue(key, depth)}
}

// flowValue reads the value after a colon inside of a flow collection.
func (r *reader) flowValue(key *Node, depth int) *Node {
	colon := r.pos
	if !key.Quoted && colon < r.at.end && strings.IndexByte(" \t\r\n,[]{}", r.p.text[colon]) < 0 {
		r.refuseMissingSpace(colon - 1)
	}
	switch tk := r.peek(); {
	case tk == nil, tk.Type == token.CollectEntryType, tk.Type == token.MappingEndType,
		tk.Type == token.SequenceEndType:
		return r.newNode(Null, colon, colon)
	}
	return r.flowNode(depth + 1)
}

// flowSeq reads a sequence in brackets. An item may be a mapping of one entry without braces.
func (r *reader) flowSeq(depth int) *Node {
	start := r.pos
	r.takeMark("[")
	mark := len(r.items)
	for {
		tk := r.flowToken(start)
		if tk.Type == token.SequenceEndType {
			break
		}
		at := r.pos
		item := r.flowNode(depth + 1)
		if r.colonFollows(true) {
			r.plainOnly() // goccy's rule for the colon is another one outside of braces
			if !item.IsScalar() || item.Tag() != "" || int(item.Span().Start) != at ||
				r.names.aliases[item].name != "" {
				r.complexKey(at, at+1)
			}
			r.finishKey(item, properties{})
			value := r.flowValue(item, depth+1)
			r.pairs = append(r.pairs, Pair{item, value})
			item = r.newMap(at, int(max(value.Span().End, item.Span().End)), len(r.pairs)-1)
		}
		r.items = append(r.items, item)
		if !r.flowComma(start, token.SequenceEndType) {
			break
		}
	}
	r.takeMark("]")
	return r.newSeq(start, r.pos, mark)
}

// flowToken returns the next token of the flow collection that begins at start.
func (r *reader) flowToken(start int) *token.Token {
	tk := r.peek()
	if tk == nil {
		r.refuse(start, start+1, "the "+quoteByte(r.p.text[start])+" is not closed", "close it")
	}
	return tk
}

// flowComma takes the comma after an entry; it returns false at the end of the collection.
func (r *reader) flowComma(start int, end token.Type) bool {
	tk := r.flowToken(start)
	if tk.Type == end {
		return false
	}
	if tk.Type != token.CollectEntryType {
		r.refuseFlowEntry(tk, start)
	}
	r.takeMark(",")
	return true
}
