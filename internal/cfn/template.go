package cfn

import (
	"slices"
	"strings"
)

// FormatVersion is the only version that templates have.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/format-version-structure.html
const FormatVersion = "2010-09-09"

// usualSize is how many bytes one resource usually takes, so that a large template is not copied
// again and again while it grows.
const usualSize = 700

// Append appends the template as a file: sections in the order AWS's documentation has them, empty
// ones left out, a line end at the end. The same template is the same bytes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
func (t *Template) Append(b []byte, f Format) []byte {
	s := newSink(withRoom(b, usualSize*len(t.Resources)), f)
	t.writeTo(s)
	b = s.bytes()
	if !f.YAML {
		b = append(b, '\n')
	}
	return b
}

// withRoom returns bytes with room for as many more. Unlike slices.Grow it does not clear the room:
// the system hands out what is touched, and not all of it is used.
func withRoom(b []byte, more int) []byte {
	if cap(b)-len(b) >= more {
		return b
	}
	return append(make([]byte, 0, len(b)+more), b...)
}

// writeTo writes the template, piece by piece.
func (t *Template) writeTo(s sink) {
	s.beginObject()
	writeMember(s, "AWSTemplateFormatVersion", FormatVersion)
	writeSet(s, "Description", t.Description)
	writeSection(s, "Metadata", t.Metadata)
	writeSection(s, "Parameters", sorted(t.Parameters))
	writeSection(s, "Mappings", sorted(t.Mappings))
	t.writeConditions(s)
	writeOneOrMany(s, "Transform", t.Transform)
	if len(t.Resources) > 0 {
		s.key("Resources")
		s.beginObject()
		for _, id := range t.IDs() {
			s.key(id)
			t.Resources[id].write(s)
		}
		s.endObject()
	}
	if len(t.Outputs) > 0 {
		s.key("Outputs")
		s.beginObject()
		for _, name := range sortedNames(t.Outputs) {
			s.key(name)
			write(s, t.Outputs[name].object())
		}
		s.endObject()
	}
	s.endObject()
}

// writeConditions writes the one section in which {Condition: X} is a function.
func (t *Template) writeConditions(s sink) {
	if y, ok := s.(*yamlSink); ok {
		y.conditions = true
		defer func() { y.conditions = false }()
	}
	writeSection(s, "Conditions", sorted(t.Conditions))
}

func writeMember(s sink, key string, v any) {
	s.key(key)
	write(s, v)
}

func writeSet(s sink, key, text string) {
	if text != "" {
		s.key(key)
		writeText(s, text)
	}
}

func writeOneOrMany(s sink, key string, list []string) {
	switch len(list) {
	case 0:
	case 1:
		writeSet(s, key, list[0])
	default:
		writeMember(s, key, list)
	}
}

// writeSection writes an object that is data or is keyed by the user's names, never a function.
func writeSection(s sink, key string, o Object) {
	if len(o) == 0 {
		return
	}
	s.key(key)
	s.beginObject()
	for _, m := range o {
		writeMember(s, m.Key, m.Value)
	}
	s.endObject()
}

// sorted returns an object with its members sorted by key; those of the same key stay in their
// order.
func sorted(o Object) Object {
	o = slices.Clone(o)
	slices.SortStableFunc(o, func(a, b Member) int { return strings.Compare(a.Key, b.Key) })
	return o
}

// attributes are what a resource has beside its properties, in the order people read them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html
var attributes = []string{
	"Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata",
	"Properties", "CreationPolicy", "UpdatePolicy",
}

func (r *Resource) write(s sink) {
	if r.Verbatim != nil {
		write(s, attributesFirst(r.Verbatim))
		return
	}
	s.beginObject()
	writeSet(s, "Type", r.Type)
	writeSet(s, "Condition", r.Condition)
	if len(r.DependsOn) > 0 {
		writeOneOrMany(s, "DependsOn", slices.Sorted(slices.Values(r.DependsOn)))
	}
	writeSet(s, "DeletionPolicy", r.DeletionPolicy)
	writeSet(s, "UpdateReplacePolicy", r.UpdateReplacePolicy)
	writeSection(s, "Metadata", r.Metadata)
	if len(r.Properties) > 0 {
		s.key("Properties")
		s.beginObject()
		for _, m := range r.Properties {
			s.key(m.Key)
			writeShared(s, m.Value)
		}
		s.endObject()
	}
	s.endObject()
}

// attributesFirst returns a resource in the user's words with its known attributes first and the
// rest as written.
func attributesFirst(verbatim Object) Object {
	o := slices.Clone(verbatim)
	rank := func(m Member) int {
		if i := slices.Index(attributes, m.Key); i >= 0 {
			return i
		}
		return len(attributes)
	}
	slices.SortStableFunc(o, func(a, b Member) int { return rank(a) - rank(b) })
	return o
}

// object returns the output as it is written.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
func (o *Output) object() Object {
	if o.Verbatim != nil {
		return o.Verbatim
	}
	var out Object
	if o.Description != "" {
		out = append(out, Member{"Description", o.Description})
	}
	if o.Condition != "" {
		out = append(out, Member{"Condition", o.Condition})
	}
	out = append(out, Member{"Value", o.Value})
	if o.ExportName != "" {
		out = append(out, Member{"Export", Object{{"Name", o.ExportName}}})
	}
	return out
}
