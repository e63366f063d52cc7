package cfn

import (
	"slices"
	"strings"
)

// yamlSink writes block-style YAML, indented by two spaces, that readers of YAML 1.1 and 1.2
// understand alike, with intrinsic functions in their short form.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
type yamlSink struct {
	b          []byte
	frames     []yamlFrame // what is open, innermost last; the first is the document itself
	at         position
	conditions bool // in the Conditions section
}

// yamlFrame is an open object or list.
type yamlFrame struct {
	indent int
	began  position // where it stands
	filled bool
}

// position is what stands before the value to be written, on its line.
type position int

const (
	atStart position = iota // nothing
	atValue                 // a key and its colon, or a tag
	atItem                  // a list's hyphen
)

func (y *yamlSink) bytes() []byte { return y.b }

func (y *yamlSink) beginObject() { y.open() }
func (y *yamlSink) endObject()   { y.close("{}") }
func (y *yamlSink) beginList()   { y.open() }
func (y *yamlSink) endList()     { y.close("[]") }

func (y *yamlSink) top() *yamlFrame { return &y.frames[len(y.frames)-1] }

func (y *yamlSink) open() {
	indent := 0
	if len(y.frames) > 1 {
		indent = y.top().indent + 2
	}
	y.frames = append(y.frames, yamlFrame{indent: indent, began: y.at})
}

func (y *yamlSink) close(empty string) {
	f := *y.top()
	y.frames = y.frames[:len(y.frames)-1]
	if !f.filled {
		y.at = f.began
		y.line(empty)
	}
}

// entry begins a member or an element. The first one of what stands in a list shares the hyphen's
// line.
func (y *yamlSink) entry() {
	f := y.top()
	first := !f.filled
	f.filled = true
	if first && f.began == atItem {
		y.b = append(y.b, ' ')
		return
	}
	if first && f.began == atValue {
		y.b = append(y.b, '\n')
	}
	y.spaces(f.indent)
}

func (y *yamlSink) spaces(n int) {
	for range n {
		y.b = append(y.b, ' ')
	}
}

// maxKey is less than the 1,024 characters within which YAML wants the colon after a key.
// https://yaml.org/spec/1.2.2/#742-flow-mappings
const maxKey = 1000

func (y *yamlSink) key(name string) {
	y.entry()
	y.at = atValue
	start := len(y.b)
	y.b = appendScalar(y.b, name)
	if len(y.b)-start > maxKey {
		y.b = append(slices.Insert(y.b, start, '?', ' '), '\n')
		y.spaces(y.top().indent)
	}
	y.b = append(y.b, ':')
}

func (y *yamlSink) item() {
	y.entry()
	y.b = append(y.b, '-')
	y.at = atItem
}

// line writes what fits on the line, and ends it.
func (y *yamlSink) line(s string) {
	y.space()
	y.b = append(append(y.b, s...), '\n')
}

func (y *yamlSink) space() {
	if y.at != atStart {
		y.b = append(y.b, ' ')
	}
}

func (y *yamlSink) text(s string) {
	if isBlock(s) {
		y.block(s)
		return
	}
	y.space()
	y.b = append(appendScalar(y.b, s), '\n')
}

// quoted writes a text in double quotes, whether it needs them or not.
func (y *yamlSink) quoted(s string) {
	y.space()
	y.b = append(appendYAMLQuoted(y.b, s), '\n')
}

// block writes a text of several lines as it is.
func (y *yamlSink) block(s string) {
	indent := y.top().indent + 2
	header := "|"
	if !strings.HasSuffix(s, "\n") {
		header = "|-"
	}
	y.line(header)
	for line := range strings.Lines(s) {
		if line != "\n" {
			y.spaces(indent)
		}
		y.b = append(y.b, line...)
	}
	if header == "|-" {
		y.b = append(y.b, '\n')
	}
}

func (y *yamlSink) raw(token string) {
	if i := strings.IndexAny(token, "eE"); i >= 0 && token[0] != 't' && token[0] != 'f' {
		token = yamlFloat(token[:i], token[i+1:])
	}
	y.line(token)
}

// yamlFloat writes a number with an exponent as YAML 1.1 wants it, with a point and a sign.
// https://yaml.org/type/float.html
func yamlFloat(mantissa, exponent string) string {
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if exponent[0] != '-' && exponent[0] != '+' {
		exponent = "+" + exponent
	}
	return mantissa + "e" + exponent
}

func (y *yamlSink) placeholder(s string) { write(y, Parse(s)) }

// function writes the short form of a function, where there is one that means the same. A tag may
// not follow a tag, so that a function whose argument is another one keeps its long form.
func (y *yamlSink) function(o Object) bool {
	name, argument := o[0].Key, o[0].Value
	if s, ok := argument.(string); ok && IsIntrinsic(s) {
		argument = Parse(s)
	}
	tag := functions[name].tag
	if tag == "" || name == "Condition" && !y.conditions {
		return false
	}
	switch name {
	case "Ref", "Condition":
		return y.scalar(tag, argument)
	case "Fn::GetAtt":
		return y.scalar(tag, dotted(argument))
	case "Fn::Sub":
		return y.sub(tag, argument)
	}
	switch a := argument.(type) {
	case string:
		y.tag(tag)
		y.text(a)
	case []any, []string:
		y.tag(tag)
		write(y, a)
	case Object:
		if name != "Fn::Transform" || len(a) < 2 { // of one member it could be a function
			return false
		}
		y.tag(tag)
		write(y, a)
	default:
		return false
	}
	return true
}

// tag writes a tag; what it tags comes after it as after a key.
func (y *yamlSink) tag(tag string) {
	y.space()
	y.b = append(y.b, tag...)
	y.at = atValue
}

func (y *yamlSink) scalar(tag string, argument any) bool {
	s, ok := argument.(string)
	if !ok {
		return false
	}
	y.tag(tag)
	y.space()
	y.b = append(appendScalar(y.b, s), '\n')
	return true
}

// sub writes a Fn::Sub. Its text is always quoted, because ${ and : and # side by side are hard to
// read otherwise.
func (y *yamlSink) sub(tag string, argument any) bool {
	if s, ok := argument.(string); ok {
		y.tag(tag)
		y.quoted(s)
		return true
	}
	list, _ := argument.([]any)
	if len(list) != 2 {
		return false
	}
	y.tag(tag)
	y.beginList()
	for _, e := range list {
		y.item()
		if s, ok := e.(string); ok && !IsIntrinsic(s) {
			y.quoted(s)
			continue
		}
		write(y, e)
	}
	y.endList()
	return true
}

// dotted returns the argument of Fn::GetAtt as its short form has it, or nil: the resource ends at
// the first dot.
func dotted(argument any) any {
	id, attribute, ok := pair(argument)
	if !ok || !plainName(id, "") || !plainName(attribute, ".:") {
		return nil
	}
	return id + "." + attribute
}

// pair returns the two literals of a list of two.
func pair(v any) (first, second string, ok bool) {
	switch v := v.(type) {
	case []string:
		if len(v) == 2 {
			first, second = v[0], v[1]
		}
	case []any:
		if len(v) == 2 {
			first, _ = v[0].(string)
			second, _ = v[1].(string)
		}
	}
	return first, second, first != "" && second != "" && !IsIntrinsic(first) && !IsIntrinsic(second)
}
