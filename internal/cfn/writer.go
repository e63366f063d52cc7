package cfn

import (
	"slices"
	"strings"
)

// Writer appends templates that share values, such as the policies of thousands of secrets in the
// same words: what it has written twice at one depth, it copies from then on. Between its templates
// nothing may change a value. It is for one goroutine.
type Writer struct {
	format  Format
	written map[sharedObject][]byte // nil: once
	quiet   map[sharedObject]bool   // refers to nothing
}

// sharedObject is an object by where it is in memory, and the depth that it stands at.
type sharedObject struct {
	first          *Member
	members, depth int
}

// NewWriter returns a writer of templates in a format.
func NewWriter(f Format) *Writer {
	return &Writer{
		format: f, written: map[sharedObject][]byte{}, quiet: map[sharedObject]bool{},
	}
}

// Append appends what t.Append appends.
func (w *Writer) Append(b []byte, t *Template) []byte {
	if w.format.YAML {
		return t.Append(b, w.format)
	}
	j := &jsonSink{b: withRoom(b, usualSize*len(t.Resources)), compact: w.format.Compact}
	j.shared = w
	t.writeTo(j)
	return append(j.b, '\n')
}

// Graph returns what t.Graph returns.
func (w *Writer) Graph(t *Template) *Graph { return t.graph(w.quiet) }

// writeShared writes a property of a resource, which may be one that others have, too.
func writeShared(s sink, v any) {
	j, ok := s.(*jsonSink)
	o, isObject := v.(Object)
	if !ok || j.shared == nil || !isObject || !isDeep(o) {
		write(s, v)
		return
	}
	key := sharedObject{first: &o[0], members: len(o), depth: j.depth}
	text, once := j.shared.written[key]
	if text != nil {
		j.b, j.inside = append(j.b, text...), true
		return
	}
	begin := len(j.b)
	writeObject(j, o)
	if once {
		text = slices.Clone(j.b[begin:])
	}
	j.shared.written[key] = text
}

// isDeep says whether an object has more in it than texts and numbers, so that it pays to find it.
func isDeep(o Object) bool {
	return slices.ContainsFunc(o, func(m Member) bool {
		switch m.Value.(type) {
		case Object, []any:
			return true
		}
		return false
	})
}

// referencesBut is references. It passes by the properties that are known to refer to nothing, and
// notes those of which that is found.
func (r *Resource) referencesBut(quiet map[sharedObject]bool, found func(Reference)) {
	if quiet == nil || r.Verbatim != nil || len(r.Properties) == 1 {
		r.references(found)
		return
	}
	r.named(found)
	n := 0
	f := finder{func(ref Reference) {
		n++
		found(ref)
	}}
	f.object(r.Metadata, false)
	for _, m := range r.Properties {
		if strings.HasPrefix(m.Key, "Fn::ForEach::") {
			continue
		}
		value, isObject := m.Value.(Object)
		if !isObject || !isDeep(value) {
			f.value(m.Value, false)
			continue
		}
		key := sharedObject{first: &value[0], members: len(value)}
		if quiet[key] {
			continue
		}
		before := n
		f.object(value, false)
		if before == n {
			quiet[key] = true
		}
	}
}
