package cfn

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Format says how a template is written. The zero value is JSON, indented by two spaces.
type Format struct {
	YAML    bool // YAML with short-form intrinsics; Compact means nothing then
	Compact bool // JSON without white space
}

// AppendValue appends one value. JSON comes without a line end at its end, YAML with one. Text that is not UTF-8 becomes U+FFFD,
// as encoding/json has it. It panics for what cannot stand in a template (a channel, NaN).
func AppendValue(b []byte, v any, f Format) []byte {
	s := newSink(b, f)
	write(s, v)
	return s.bytes()
}

// sink is a format that values are written in, piece by piece, so that no tree has to be made of structs.
type sink interface {
	beginObject()
	key(name string)
	endObject()
	beginList()
	item()
	endList()
	text(s string)          // a literal
	raw(token string)       // null, true, false or a number
	placeholder(s string)   // what Intrinsic returns
	function(o Object) bool // writes an object as a function in a form of the format's own; false: it has none
	bytes() []byte
}

func newSink(b []byte, f Format) sink {
	if f.YAML {
		return &yamlSink{b: b, frames: make([]yamlFrame, 1, 16)}
	}
	return &jsonSink{b: b, compact: f.Compact}
}

// write writes any value.
func write(s sink, v any) {
	switch v := v.(type) {
	case nil:
		s.raw("null")
	case string:
		writeText(s, v)
	case bool:
		s.raw(strconv.FormatBool(v))
	case int:
		s.raw(strconv.Itoa(v))
	case int64:
		s.raw(strconv.FormatInt(v, 10))
	case json.Number:
		writeNumber(s, v)
	case Object:
		writeObject(s, v)
	case []any:
		s.beginList()
		for _, e := range v {
			s.item()
			write(s, e)
		}
		s.endList()
	case []string:
		s.beginList()
		for _, e := range v {
			s.item()
			writeText(s, e)
		}
		s.endList()
	case Unread: // of a template that others wrote: it is shown, and never deployed
		writeText(s, v.Shown)
	default:
		writeReflected(s, reflect.ValueOf(v))
	}
}

func writeText(s sink, text string) {
	if IsIntrinsic(text) {
		s.placeholder(text)
		return
	}
	s.text(text)
}

// writeNumber writes what is no number after all as the text that it is: json.Number is a string that anybody can fill.
func writeNumber(s sink, n json.Number) {
	if isNumber(string(n)) {
		s.raw(string(n))
		return
	}
	writeText(s, string(n))
}

func writeObject(s sink, o Object) {
	if len(o) == 1 && s.function(o) {
		return
	}
	s.beginObject()
	for _, m := range o {
		s.key(m.Key)
		write(s, m.Value)
	}
	s.endObject()
}

// writeReflected writes what is not among the usual types: goformation's structs and what they contain. It does not look at
// MarshalJSON methods, which wrap properties in a resource of their own.
func writeReflected(s sink, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == numberType {
			writeNumber(s, json.Number(v.String()))
			return
		}
		writeText(s, v.String())
	case reflect.Bool:
		s.raw(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.raw(strconv.FormatInt(v.Int(), 10))
	case reflect.Float32, reflect.Float64:
		text := strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits())
		if !isNumber(text) {
			panic("cfn: a template cannot contain the number " + text)
		}
		s.raw(text)
	case reflect.Interface:
		write(s, v.Interface())
	case reflect.Pointer:
		if v.IsNil() {
			s.raw("null")
			return
		}
		writeReflected(s, v.Elem())
	case reflect.Slice, reflect.Array:
		writeList(s, v)
	case reflect.Map:
		writeMap(s, v)
	case reflect.Struct:
		writeStruct(s, v, nil)
	default:
		panic("cfn: a template cannot contain a " + v.Type().String())
	}
}

func writeList(s sink, v reflect.Value) {
	if v.Type() == objectType {
		writeObject(s, v.Interface().(Object))
		return
	}
	s.beginList()
	for i := range v.Len() {
		s.item()
		writeReflected(s, v.Index(i))
	}
	s.endList()
}

func writeMap(s sink, v reflect.Value) {
	keys := sortedKeys(v)
	if len(keys) == 1 { // the map may be a function
		writeObject(s, Object{{keys[0].String(), v.MapIndex(keys[0]).Interface()}})
		return
	}
	s.beginObject()
	for _, k := range keys {
		s.key(k.String())
		writeReflected(s, v.MapIndex(k))
	}
	s.endObject()
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// writeStruct writes a struct's fields sorted by name, with members that its type does not have, or that hold what its fields cannot,
// among them; these win. They are sorted too.
func writeStruct(s sink, v reflect.Value, extra Object) {
	p := planOf(v.Type())
	if p.union {
		writeUnion(s, v, p)
		return
	}
	s.beginObject()
	for _, f := range p.fields {
		for len(extra) > 0 && extra[0].Key < f.name {
			s.key(extra[0].Key)
			write(s, extra[0].Value)
			extra = extra[1:]
		}
		if len(extra) > 0 && extra[0].Key == f.name {
			continue
		}
		if field := v.Field(f.index); !f.omitEmpty || !isEmpty(field) {
			s.key(f.name)
			writeReflected(s, field)
		}
	}
	for _, m := range extra {
		s.key(m.Key)
		write(s, m.Value)
	}
	s.endObject()
}

// writeUnion writes the one choice that is set.
func writeUnion(s sink, v reflect.Value, p *plan) {
	for _, f := range p.fields {
		if field := v.Field(f.index); !field.IsZero() {
			writeReflected(s, field)
			return
		}
	}
	s.raw("null")
}

// plan is how a struct type is written.
type plan struct {
	fields []field
	union  bool // goformation's helper types, such as serverless.Application_Location: fields without tags, of which one is set
}

type field struct {
	name      string
	index     int
	omitEmpty bool
}

var (
	plans      sync.Map // reflect.Type → *plan
	objectType = reflect.TypeFor[Object]()
	numberType = reflect.TypeFor[json.Number]()
)

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{}
	tagged := false
	for i := range t.NumField() {
		f := t.Field(i)
		tag, hasTag := f.Tag.Lookup("json")
		tagged = tagged || hasTag
		if !f.IsExported() || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		p.fields = append(p.fields, field{name, i, strings.Contains(options, "omitempty")})
	}
	p.union = !tagged && len(p.fields) > 0
	if !p.union {
		slices.SortFunc(p.fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	}
	plans.Store(t, p)
	return p
}

// isEmpty is what omitempty means to encoding/json.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Array, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
