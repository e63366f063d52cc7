package cfn

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Format says how a template is written. The zero value is JSON, indented by two spaces.
type Format struct {
	YAML    bool // YAML with short-form intrinsics; Compact means nothing then
	Compact bool // JSON without white space
}

// AppendValue appends one value. JSON comes without a line end at its end, YAML with one. Text that
// is not UTF-8 becomes U+FFFD, as encoding/json has it. It panics for what cannot stand in a
// template (a channel, NaN).
func AppendValue(b []byte, v any, f Format) []byte {
	if text, ok := v.(string); ok && !f.YAML && !IsIntrinsic(text) {
		return appendQuoted(b, text)
	}
	s := newSink(b, f)
	write(s, v)
	return s.bytes()
}

// sink is a format that values are written in, piece by piece, so that no tree has to be made of
// structs.
type sink interface {
	beginObject()
	key(name string)
	endObject()
	beginList()
	item()
	endList()
	text(s string)        // a literal
	raw(token string)     // null, true, false or a number
	placeholder(s string) // what Intrinsic returns
	// writes an object as a function in a form of the format's own; false: it has none
	function(o Object) bool
	bytes() []byte
}

// JSON returns one value as compact JSON.
func JSON(v any) string { return string(AppendValue(nil, v, Format{Compact: true})) }

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
		panic(fmt.Sprintf("cfn: a template cannot contain a %T", v))
	}
}

func writeText(s sink, text string) {
	if IsIntrinsic(text) {
		s.placeholder(text)
		return
	}
	s.text(text)
}

// writeNumber writes what is no number after all as the text that it is: json.Number is a string
// that anybody can fill.
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
