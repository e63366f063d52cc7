// Package credentials finds credentials in the resources of a template: which properties hold one,
// and which texts functions may put together around one. It knows nothing of what is then done
// about them.
package credentials

import (
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Sections are the sections of a template, or those of a spec in CloudFormation's words, from which
// functions take texts: the declarations of parameters and the mappings, by name.
type Sections struct {
	Parameters, Mappings map[string]*yaml.Node

	work *int // bytes of texts that may still be put together; nil: no limit
}

// NewSections returns sections without entries.
func NewSections() Sections {
	work := maxWork
	return Sections{Parameters: map[string]*yaml.Node{}, Mappings: map[string]*yaml.Node{},
		work: &work}
}

// SectionsOf returns the sections from which functions take texts, by the names that they have in a
// document. Of names that stand there twice, the last one counts.
func SectionsOf(document []yaml.Pair, parameters, mappings string) Sections {
	s := NewSections()
	for _, section := range document {
		into := s.Parameters
		switch section.Key.Text() {
		case mappings:
			into = s.Mappings
		case parameters:
		default:
			continue
		}
		for _, p := range section.Value.Pairs() {
			into[p.Key.Text()] = p.Value
		}
	}
	return s
}

// IsNoEcho says whether a parameter's declaration keeps its value out of sight: whatever
// CloudFormation may take for true, in any spelling. Its YAML is that of version 1.1, where yes and
// on are true.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
// https://yaml.org/type/bool.html
func IsNoEcho(parameter *yaml.Node) bool {
	n := parameter.Get("NoEcho")
	if n == nil {
		n = misspeltNoEcho(parameter)
	}
	if n == nil || n.Kind == yaml.Null {
		return false
	}
	switch strings.ToLower(n.Text()) {
	case "false", "no", "off", "n", "":
		return !n.IsScalar()
	}
	return true
}

// misspeltNoEcho returns the value of a property that no parameter has and that seems to mean
// NoEcho, or nil: whoever wrote it did not want the parameter to be seen.
func misspeltNoEcho(parameter *yaml.Node) *yaml.Node {
	const letters = 2
	if parameter == nil {
		return nil
	}
	for _, p := range parameter.Pairs() {
		if name := p.Key.Text(); !slices.Contains(aws.ParameterProperties, name) &&
			diag.IsNear(name, "NoEcho", letters) {
			return p.Value
		}
	}
	return nil
}

// origin says where a part of a text comes from.
type origin uint8

// The origins of texts.
const (
	ofTemplate  origin = iota // the template itself
	ofAWS                     // AWS's names for the stack and its place
	ofParameter               // a parameter that CloudFormation shows
	ofElsewhere               // from elsewhere, or a parameter that CloudFormation does not show
)

// part is a part of a text that a function makes.
type part struct {
	start, end int
	origin     origin
	node       *yaml.Node // the scalar in which a literal stands
	name       string     // of a parameter
}

// composed is a text that a value may become: what is not literal is one character of Unicode's
// private use area for each reference.
type composed struct {
	text  []byte
	parts []part
}

// What is looked at of one value, at most: the rest of its variants, or of its text, is left out.
// When a file has taken maxWork bytes of work, of further functions only one variant is looked
// at, and the beginning of its text, so that all of it takes time in proportion to its size.
const (
	maxVariants = 64
	maxComposed = 1 << 16
	maxWork     = 1 << 20
	leastText   = 1 << 10
	bytesOfPart = 64 // about
)

// limits returns how many variants, and how many bytes of a text, are looked at.
func (s Sections) limits() (variants, bytes int) {
	if s.work != nil && *s.work <= 0 {
		return 1, leastText
	}
	return maxVariants, maxComposed
}

func (s Sections) spend(bytes int) {
	if s.work != nil {
		*s.work -= bytes
	}
}

// unknownText stands for a reference in a composed text.
const unknownText = "\uE000"

var privateUse = strings.NewReplacer("\uE000", "\uFFFD")

// inSub is what Fn::Sub replaces, or writes without its exclamation mark; isDynamic is a dynamic
// reference.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
var (
	inSub     = lazy.Regexp(`\$\{([^}]*)\}`)
	isDynamic = lazy.Regexp(`\{\{resolve:[^{}]+\}\}`)
)

// plus appends one part to a text that nobody else holds.
func (c composed) plus(origin origin, text string, node *yaml.Node, name string) composed {
	if text == "" {
		return c
	}
	p := part{start: len(c.text), end: len(c.text) + len(text), origin: origin, node: node,
		name: name}
	return composed{append(c.text, text...), append(c.parts, p)}
}

// then appends the variants of what follows to the variants of what comes before, which it takes
// over: each to each or, where that is too much, so that every variant is there once.
func (s Sections) then(before, after []composed) []composed {
	variants, bytes := s.limits()
	before, after = before[:min(len(before), variants)], after[:min(len(after), variants)]
	switch {
	case len(after) == 0:
		return before
	case len(after) == 1:
		for i := range before {
			before[i] = s.append(before[i], after[0], bytes)
		}
		return before
	}
	each := len(before)*len(after) <= variants
	n := len(before) * len(after)
	if !each {
		n = max(len(before), len(after))
	}
	out := make([]composed, n)
	for i := range out {
		b, a := before[i%len(before)], after[i%len(after)]
		if each {
			b, a = before[i/len(after)], after[i%len(after)]
		}
		out[i] = s.append(composed{slices.Clone(b.text), slices.Clone(b.parts)}, a, bytes)
		s.spend(len(b.text) + len(b.parts)*bytesOfPart)
	}
	return out
}

// append appends a text to one that nobody else holds.
func (s Sections) append(c, more composed, bytes int) composed {
	s.spend(len(more.text))
	if len(c.text)+len(more.text) > bytes {
		return c
	}
	start := len(c.text)
	c.text = append(c.text, more.text...)
	for _, p := range more.parts {
		p.start, p.end = p.start+start, p.end+start
		c.parts = append(c.parts, p)
	}
	return c
}

// nothing is the empty text.
func nothing() []composed { return []composed{{}} }

func reference(origin origin, name string) []composed {
	return []composed{composed{}.plus(origin, unknownText, nil, name)}
}

// compose returns the texts that a value may become, as far as the template tells them.
func (s Sections) compose(n *yaml.Node) []composed {
	all := s.composeAt(n, 0)
	for i := range all {
		all[i] = all[i].resolved()
	}
	return all
}

// resolved puts a reference in the place of every dynamic reference, which functions may have put
// together.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (c composed) resolved() composed {
	dynamic := isDynamic.FindAllIndex(c.text, -1)
	if dynamic == nil {
		return c
	}
	out, at := composed{}, 0
	for _, m := range dynamic {
		out = out.with(c, at, m[0]).plus(ofElsewhere, unknownText, nil, "")
		at = m[1]
	}
	return out.with(c, at, len(c.text))
}

// with appends some bytes of another text, with what is known of them.
func (c composed) with(other composed, start, end int) composed {
	for _, p := range other.parts {
		if from, to := max(p.start, start), min(p.end, end); from < to {
			c = c.plus(p.origin, string(other.text[from:to]), p.node, p.name)
		}
	}
	return c
}

func (s Sections) composeAt(n *yaml.Node, depth int) []composed {
	const deepest = 50
	switch {
	case n == nil || n.Kind == yaml.Null || depth > deepest:
		return nothing()
	case n.IsScalar():
		return []composed{composed{}.plus(ofTemplate, privateUse.Replace(n.Text()), n, "")}
	case n.Kind == yaml.Seq:
		return s.all(n.Items(), depth)
	case !n.IsIntrinsic():
		return nil
	}
	function, argument := n.Pairs()[0].Key.Text(), n.Pairs()[0].Value
	depth++
	switch function {
	case "Ref":
		return s.named(argument.Text())
	case "Fn::Sub":
		return s.sub(argument, depth)
	case "Fn::Join":
		return s.join(argument, depth)
	case "Fn::Base64", "Fn::ToJsonString":
		if argument.Kind == yaml.Map && !argument.IsIntrinsic() {
			return s.json(argument, depth)
		}
		return s.composeAt(argument, depth)
	case "Fn::If":
		return s.all(argument.Items()[min(1, len(argument.Items())):], depth)
	case "Fn::Select":
		return s.selected(argument, depth)
	case "Fn::Split":
		if len(argument.Items()) == 2 {
			return s.composeAt(argument.Items()[1], depth)
		}
	case "Fn::FindInMap":
		return s.found(argument, depth)
	}
	return reference(ofElsewhere, "")
}

// makesText says whether compose looks into the argument of a function, of which the text is made.
// What others take stands in the template all the same.
func makesText(function string) bool {
	switch function {
	case "Ref", "Fn::Sub", "Fn::Join", "Fn::Base64", "Fn::ToJsonString", "Fn::If", "Fn::Select",
		"Fn::Split", "Fn::FindInMap":
		return true
	}
	return false
}

// named returns what Ref returns.
func (s Sections) named(name string) []composed {
	switch {
	case name == "AWS::NoValue":
		return nothing()
	case strings.HasPrefix(name, "AWS::"):
		return reference(ofAWS, name)
	}
	if p := s.Parameters[name]; p != nil && !IsNoEcho(p) {
		return reference(ofParameter, name)
	}
	return reference(ofElsewhere, name)
}

// all returns the variants of several values.
func (s Sections) all(items []*yaml.Node, depth int) []composed {
	var out []composed
	for _, item := range items {
		variants, bytes := s.limits()
		for _, c := range s.composeAt(item, depth) {
			if len(out) == variants {
				return out
			}
			if len(c.text) <= bytes {
				s.spend(len(c.text))
				out = append(out, c)
			}
		}
	}
	return out
}

func (s Sections) sub(argument *yaml.Node, depth int) []composed {
	template, variables := argument, (*yaml.Node)(nil)
	if argument.Kind == yaml.Seq && len(argument.Items()) > 0 {
		template = argument.Items()[0]
		if len(argument.Items()) > 1 {
			variables = argument.Items()[1]
		}
	}
	out, at := nothing(), 0
	text := privateUse.Replace(template.Text())
	add := func(more []composed) { out = s.then(out, more) }
	literal := func(text string) {
		add([]composed{composed{}.plus(ofTemplate, text, template, "")})
	}
	for _, m := range inSub.FindAllStringSubmatchIndex(text, -1) {
		literal(text[at:m[0]])
		at = m[1]
		name := text[m[2]:m[3]]
		verbatim, isLiteral := strings.CutPrefix(name, "!")
		switch value := variables.Get(name); {
		case isLiteral:
			literal("${" + verbatim + "}")
		case value != nil:
			add(s.composeAt(value, depth))
		case strings.Contains(name, "."):
			add(reference(ofElsewhere, name))
		default:
			add(s.named(name))
		}
	}
	literal(text[at:])
	return out
}

func (s Sections) join(argument *yaml.Node, depth int) []composed {
	if len(argument.Items()) != 2 || argument.Items()[1].Kind != yaml.Seq {
		return reference(ofElsewhere, "")
	}
	out := nothing()
	for i, item := range argument.Items()[1].Items() {
		if i > 0 {
			out = s.then(out, s.composeAt(argument.Items()[0], depth))
		}
		out = s.then(out, s.composeAt(item, depth))
	}
	return out
}

// json writes an object as JSON, as far as it takes to find its fields.
func (s Sections) json(object *yaml.Node, depth int) []composed {
	out := nothing()
	for _, p := range object.Pairs() {
		quoted := func(text string) []composed {
			return []composed{composed{}.plus(ofTemplate, text, p.Key, "")}
		}
		out = s.then(s.then(out, quoted(strconv.Quote(p.Key.Text())+`:"`)),
			s.composeAt(p.Value, depth))
		out = s.then(out, quoted(`",`))
	}
	return out
}

// selected returns the element that Fn::Select chooses, or all of them where nobody knows which.
func (s Sections) selected(argument *yaml.Node, depth int) []composed {
	if len(argument.Items()) != 2 {
		return reference(ofElsewhere, "")
	}
	index, err := strconv.Atoi(argument.Items()[0].Text())
	list := argument.Items()[1]
	if err == nil && list.Kind == yaml.Seq && index >= 0 && index < len(list.Items()) {
		return s.composeAt(list.Items()[index], depth)
	}
	return s.composeAt(list, depth)
}

// found returns what Fn::FindInMap may find, its default included.
func (s Sections) found(arguments *yaml.Node, depth int) []composed {
	items := arguments.Items()
	if len(items) < 3 {
		return reference(ofElsewhere, "")
	}
	fits := func(n, key *yaml.Node) bool { return !n.IsScalar() || n.Text() == key.Text() }
	var cells []*yaml.Node
	mapping := s.Mappings[items[0].Text()]
	if mapping != nil {
		for _, row := range mapping.Pairs() {
			for _, cell := range row.Value.Pairs() {
				if fits(items[1], row.Key) && fits(items[2], cell.Key) {
					cells = append(cells, cell.Value)
				}
			}
		}
	}
	if len(items) > 3 {
		cells = append(cells, items[3].Get("DefaultValue"))
	}
	if len(cells) == 0 {
		return reference(ofElsewhere, "")
	}
	return s.all(cells, depth)
}

// Credential is a credential within a text that a value may become.
type Credential struct {
	Literals   []*yaml.Node // the scalars of the template in which parts of it are written out
	Parameters []string     // parameters from which it is taken, and that CloudFormation shows
	Kept       bool         // a part of it comes from elsewhere
	NoSecret   bool         // it is certainly none: an ARN, a path (aws.NoSecretText)
}

// Credentials returns the credentials in the texts that a value may become: the password of a URL,
// what follows password= and the like (aws.HasCredential), however a function puts it together.
func (s Sections) Credentials(n *yaml.Node) []Credential {
	if isLiteral(n) && len(aws.CredentialsIn(n.Text())) == 0 {
		return nil // as nearly all texts
	}
	var all []Credential
	for _, c := range s.compose(n) {
		for _, span := range aws.CredentialsIn(string(c.text)) {
			all = append(all, c.within(span[0], span[1]))
		}
	}
	return all
}

// isLiteral says whether a value becomes the text that it is written with, and nothing else.
func isLiteral(n *yaml.Node) bool {
	return n != nil && n.IsScalar() && n.Kind != yaml.Null &&
		!strings.Contains(n.Text(), unknownText) && !strings.Contains(n.Text(), "{{resolve:")
}

// Whole returns what a value is made of that stands under a name, as if all of it were a
// credential.
func (s Sections) Whole(name string, n *yaml.Node) Credential {
	all := Credential{NoSecret: true}
	for _, c := range s.compose(n) {
		v := c.within(0, len(c.text))
		text := strings.ReplaceAll(string(c.text), unknownText, "x")
		all.NoSecret = all.NoSecret && aws.NoSecretText(name, text)
		all.Literals = append(all.Literals, v.Literals...)
		all.Parameters = append(all.Parameters, v.Parameters...)
		all.Kept = all.Kept || v.Kept
	}
	return all
}

func (c composed) within(start, end int) Credential {
	var found Credential
	for _, p := range c.parts {
		if p.end <= start || p.start >= end {
			continue
		}
		switch p.origin {
		case ofTemplate:
			found.Literals = append(found.Literals, p.node)
		case ofParameter:
			found.Parameters = append(found.Parameters, p.name)
		case ofElsewhere:
			found.Kept = true
		}
	}
	return found
}

// HasHidden says whether there is a NoEcho parameter.
func (s Sections) HasHidden() bool {
	for _, p := range s.Parameters {
		if IsNoEcho(p) {
			return true
		}
	}
	return false
}

// MayTakeHidden says whether a value of a condition takes a text from a NoEcho parameter, or may be
// meant to: one that it names without a function, or what it names is no parameter, of which alone
// conditions take texts.
func (s Sections) MayTakeHidden(n *yaml.Node) bool {
	may := false
	named := func(name string) {
		p := s.Parameters[name]
		may = may || IsNoEcho(p) || p == nil && !strings.HasPrefix(name, "AWS::")
	}
	n.Walk(func(n *yaml.Node) {
		may = may || n.Kind == yaml.Null || n.IsScalar() && IsNoEcho(s.Parameters[n.Text()])
		for _, p := range n.Pairs() {
			switch p.Key.Text() {
			case "Ref":
				named(p.Value.Text())
			case "Fn::GetAtt":
				may = true
			case "Fn::Sub":
				text, variables := p.Value, (*yaml.Node)(nil)
				if items := text.Items(); len(items) > 0 {
					text, variables = items[0], items[len(items)-1]
				}
				for _, m := range inSub.FindAllStringSubmatch(text.Text(), -1) {
					if !strings.HasPrefix(m[1], "!") && variables.Get(m[1]) == nil {
						named(m[1])
					}
				}
			}
		}
	})
	return may
}
