package yaml

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
)

// function is an intrinsic function of CloudFormation's and, for its short form, which kinds of
// value it takes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
type function struct {
	tag  string
	long string
	text bool // takes a text
	list bool
	node bool // takes a mapping, such as another function
}

var functions = []function{
	{tag: "!And", long: "Fn::And", list: true},
	{tag: "!Base64", long: "Fn::Base64", text: true, node: true},
	{tag: "!Cidr", long: "Fn::Cidr", list: true},
	{tag: "!Condition", long: "Condition", text: true},
	{tag: "!Equals", long: "Fn::Equals", list: true},
	{tag: "!FindInMap", long: "Fn::FindInMap", list: true},
	{tag: "!GetAZs", long: "Fn::GetAZs", text: true, node: true},
	{tag: "!GetAtt", long: "Fn::GetAtt", text: true, list: true},
	{tag: "!If", long: "Fn::If", list: true},
	{tag: "!ImportValue", long: "Fn::ImportValue", text: true, node: true},
	{tag: "!Join", long: "Fn::Join", list: true},
	{tag: "!Length", long: "Fn::Length", list: true, node: true},
	{tag: "!Not", long: "Fn::Not", list: true},
	{tag: "!Or", long: "Fn::Or", list: true},
	{tag: "!Ref", long: "Ref", text: true},
	{tag: "!Select", long: "Fn::Select", list: true},
	{tag: "!Split", long: "Fn::Split", list: true},
	{tag: "!Sub", long: "Fn::Sub", text: true, list: true},
	{tag: "!ToJsonString", long: "Fn::ToJsonString", list: true, node: true},
	{tag: "!Transform", long: "Fn::Transform", node: true},
}

// isFunction holds the long forms of the functions.
var isFunction = func() map[string]bool {
	m := make(map[string]bool, len(functions))
	for _, f := range functions {
		m[f.long] = true
	}
	return m
}()

// IsFunction says whether a key is the name of an intrinsic function in its long form.
func IsFunction(key string) bool { return isFunction[key] }

// Functions returns the intrinsic functions in their long forms.
func Functions() []string { return slices.Sorted(maps.Keys(isFunction)) }

// IsIntrinsic says whether a node is an intrinsic function in its long form. A nil node is none.
func (n *Node) IsIntrinsic() bool {
	if n == nil || n.Kind != Map || n.many != 1 {
		return false
	}
	key := n.Pairs()[0].Key.Text()
	return key != "" && beginsFunction[key[0]] && isFunction[key]
}

// beginsFunction has the first bytes of the functions' long forms, with which few other keys begin.
var beginsFunction = func() (is [256]bool) {
	for _, f := range functions {
		is[f.long[0]] = true
	}
	return is
}()

// coreTags are YAML's own tags and the kind that they assert.
var coreTags = map[string]Kind{
	"!": String, "!!str": String, "!!int": Int, "!!float": Float, "!!bool": Bool, "!!null": Null,
	"!!map": Map, "!!seq": Seq,
}

// finish gives a node its properties: the tags from the innermost to the outermost, then the
// anchor.
func (r *reader) finish(n *Node, props properties, depth int) *Node {
	if props.none() {
		return n
	}
	if a, ok := r.names.aliases[n]; ok {
		r.refuse(int(a.span.Start), int(a.span.End), "an alias cannot have a tag or an anchor",
			"put it where the value is written")
	}
	if depth+len(props.tags) > maxDepth+1 {
		r.tooDeep()
	}
	for _, tag := range slices.Backward(props.tags) {
		n = r.applyTag(n, tag)
	}
	if props.anchor.name != "" {
		r.name(n, props.anchor)
	}
	return n
}

// applyTag makes what a tag says of a node: the long form of a function, or the node with its kind
// asserted.
func (r *reader) applyTag(n *Node, tag label) *Node {
	if kind, ok := coreTags[tag.name]; ok {
		return r.assertKind(n, kind, tag)
	}
	i, ok := slices.BinarySearchFunc(functions, tag.name,
		func(f function, name string) int { return strings.Compare(f.tag, name) })
	if !ok && r.p.as.Template {
		n.SetTag(tag.name)
		return n
	}
	misspelt := !ok
	if misspelt {
		r.found = append(r.found, r.p.as.unknownTag(tag))
		// What is nearly a function is taken for it, so that nothing else is said of it.
		near := nearestTag(tag.name)
		i = slices.IndexFunc(functions, func(f function) bool { return f.tag == near })
		if i < 0 {
			return n
		}
	}
	form := functions[i]
	if form.tag == "!GetAZs" && r.p.as.Template && n.Kind == Null &&
		n.Tag() == "" { // of the stack's own Region, as ""
		n = r.newNode(String, int(tag.span.End), int(tag.span.End))
		n.Quoted = true
	}
	if form.tag == "!GetAtt" && n.IsScalar() {
		n = r.attribute(n)
	}
	fits := form.text && n.IsScalar() && n.Kind != Null || form.list && n.Kind == Seq ||
		form.node && n.Kind == Map
	later := form.tag == "!GetAtt" && n.IsScalar() && strings.Contains(n.Text(), "$(") &&
		!r.p.as.Template // the dot stands in a variable of the spec
	if !misspelt && !later && (!fits || form.tag == "!GetAtt" && len(n.Items()) < 2) {
		r.found.Report(diag.BadShortForm, tag.span).
			Message("%s takes %s", diag.Words(form.tag), diag.Words(form.takes())).
			Hint("see the function's page in the CloudFormation documentation")
	}
	key := r.newWord(form.long, int(tag.span.Start), int(tag.span.End))
	long := r.newNode(Map, int(tag.span.Start), int(max(n.Span().End, tag.span.End)))
	long.SetPairs([]Pair{{key, n}})
	long.room.tag = form.tag
	return long
}

func (as Document) unknownTag(tag label) diag.Diagnostic {
	d := diag.Report(diag.UnknownTag, tag.span).
		Message("no function has the short form %q", tag).
		Hint("remove it, or write the function in its long form")
	if strings.HasPrefix(tag.name, "!!") {
		return *d.Message("a %s has no values of the type %q", as.Name, tag).
			Hint("remove the tag, and write the value as a text")
	}
	if near := nearestTag(tag.name); near != "" {
		d.Hint("write %s", diag.Words(near)).Fix(tag.span, "%s", diag.Words(near))
	}
	return *d
}

// nearestTag returns the short form that a tag which is none is nearly like, or "".
func nearestTag(name string) string {
	if strings.HasPrefix(name, "!!") {
		return ""
	}
	return diag.Nearest(name, shortTags())
}

// UnknownTag returns the tag of a node of a template that is no function's, with its exclamation
// mark, and "" where there is none.
func (n *Node) UnknownTag() string {
	if n.Tag() == "" ||
		slices.ContainsFunc(functions, func(f function) bool { return f.tag == n.Tag() }) {
		return ""
	}
	return n.Tag()
}

func shortTags() []string {
	var tags []string
	for _, f := range functions {
		tags = append(tags, f.tag)
	}
	return tags
}

// takes says which values the short form takes.
func (f function) takes() string {
	if f.tag == "!GetAtt" {
		return "a resource and an attribute: Resource.Attribute, or a list of the two"
	}
	var kinds []string
	if f.text {
		kinds = append(kinds, "a text")
	}
	if f.list {
		kinds = append(kinds, "a list")
	}
	if f.node {
		kinds = append(kinds, "a mapping")
	}
	return strings.Join(kinds, " or ")
}

// attribute divides the text of a !GetAtt at its first dot.
func (r *reader) attribute(n *Node) *Node {
	name, attribute, ok := strings.Cut(n.Text(), ".")
	if !ok || name == "" || attribute == "" {
		return n
	}
	start, end := int(n.Span().Start), int(n.Span().End)
	split := 0
	if n.Quoted {
		start, end = start+1, end-1
	}
	if end-start == len(n.Text()) && r.p.text[start:end] == n.Text() {
		split = start + len(name)
	}
	first, second := r.newNode(String, int(n.Span().Start), int(n.Span().End)), r.newNode(String,
		int(n.Span().Start), int(n.Span().End))
	first.Quoted, second.Quoted = n.Quoted, n.Quoted
	if split > 0 {
		first.start, first.end = int32(start), int32(split)
		second.start, second.end = int32(split+1), int32(end)
		first.Quoted, second.Quoted = false, false
	}
	r.say(first, name)
	r.say(second, attribute)
	r.items = append(r.items, first, second)
	return r.newSeq(int(n.Span().Start), int(n.Span().End), len(r.items)-2)
}

// assertKind applies one of YAML's own tags. It makes a text of any scalar; else the value must be
// of the kind already.
func (r *reader) assertKind(n *Node, kind Kind, tag label) *Node {
	if kind == String && n.IsScalar() {
		if n.Kind == Null && n.Span().Start == n.Span().End {
			n.SetSpan(tag.span)
		}
		n.Kind, n.Quoted = String, true
		return n
	}
	if n.Kind == kind && n.Tag() == "" || tag.name == "!" || kind == Float && n.Kind == Int {
		return n
	}
	r.refuse(int(tag.span.Start), int(tag.span.End),
		fmt.Sprintf("the value is not what %s says", tag.name),
		"remove the tag, or write such a value")
	return nil
}
