package plan

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// A plan has a line or more for each secret. Where its names have nothing to escape, it is written
// here without encoding/json, which does the rest and says what is right.

// encodeQuickly is encode for a plan. It is not ok where a name has something to escape.
func (p Plan) encodeQuickly() (text []byte, ok bool) {
	const usualDocument = 160
	n := 1 << 12
	for i := range p.Stacks {
		n += usualDocument * (len(p.Stacks[i].Documents) + len(p.Stacks[i].Secrets)/4)
	}
	q := quick{b: make([]byte, 0, n), newline: "\n" + strings.Repeat("  ", 8), ok: true}
	q.open('{')
	q.key("version").number(p.Version)
	q.optional("spec", p.Spec)
	q.optional("environment", p.Environment)
	q.key("stack").text(p.Stack)
	q.key("stacks")
	q.list(len(p.Stacks), p.Stacks == nil, func(i int) { q.stack(&p.Stacks[i]) })
	q.key("handOver")
	if len(p.HandOver) == 0 && p.HandOver != nil {
		q.empty("[]")
	} else {
		q.any(p.HandOver)
	}
	q.close('}')
	return append(q.b, '\n'), q.ok
}

// quick writes indented JSON.
type quick struct {
	b       []byte
	newline string // with the indentation of the deepest level
	depth   int
	inside  bool // something stands in the innermost object or list already
	ok      bool
}

func (q *quick) stack(s *Stack) {
	q.open('{')
	q.key("name").text(s.Name)
	q.key("kind").text(s.Kind)
	q.optional("account", s.Account)
	q.optional("region", s.Region)
	q.key("template").text(s.Template)
	q.key("sha256").text(s.SHA256)
	q.key("bytes").number(s.Bytes)
	q.key("resources").number(s.Resources)
	if len(s.Secrets) > 0 {
		q.key("secrets").texts(s.Secrets)
	}
	q.key("capabilities").texts(s.Capabilities)
	q.key("parameters")
	if len(s.Parameters) == 0 && s.Parameters != nil {
		q.empty("{}")
	} else {
		q.any(s.Parameters)
	}
	q.key("dependsOn").texts(s.DependsOn)
	q.key("documents")
	q.list(len(s.Documents), s.Documents == nil, func(i int) { q.document(&s.Documents[i]) })
	q.close('}')
}

func (q *quick) document(d *Document) {
	q.open('{')
	q.key("logicalId").text(d.LogicalID)
	q.key("kind").text(d.Kind)
	q.key("size").number(d.Size)
	q.key("limit").number(d.Limit)
	q.close('}')
}

func (q *quick) open(bracket byte) {
	q.b = append(q.b, bracket)
	q.depth++
	q.inside = false
}

func (q *quick) close(bracket byte) {
	q.depth--
	if q.inside {
		q.b = append(q.b, q.newline[:1+2*q.depth]...)
	}
	q.b = append(q.b, bracket)
	q.inside = true
}

// next begins a member or an element.
func (q *quick) next() {
	if q.inside {
		q.b = append(q.b, ',')
	}
	q.b = append(q.b, q.newline[:1+2*q.depth]...)
	q.inside = true
}

func (q *quick) key(name string) *quick {
	q.next()
	q.text(name)
	q.b = append(q.b, ": "...)
	return q
}

func (q *quick) optional(key, text string) {
	if text != "" {
		q.key(key).text(text)
	}
}

func (q *quick) number(n int) { q.b = strconv.AppendInt(q.b, int64(n), 10) }

func (q *quick) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			q.ok = false
		}
	}
	q.b = append(append(append(q.b, '"'), s...), '"')
}

func (q *quick) list(n int, isNull bool, element func(i int)) {
	if isNull {
		q.b = append(q.b, "null"...)
		return
	}
	q.open('[')
	for i := range n {
		q.next()
		element(i)
	}
	q.close(']')
}

func (q *quick) texts(list []string) {
	q.list(len(list), list == nil, func(i int) { q.text(list[i]) })
}

// empty writes a list or an object with nothing in it.
func (q *quick) empty(brackets string) {
	q.b = append(q.b, brackets...)
	q.inside = true
}

// any writes a value as encoding/json does.
func (q *quick) any(v any) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(q.newline[1:1+2*q.depth], "  ")
	if err := encoder.Encode(v); err != nil {
		panic("plan: a plan cannot be written as JSON: " + err.Error())
	}
	q.b = append(q.b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
	q.inside = true
}
