package model

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// text returns a value as a text or a placeholder; an unset value is empty.
func text(v spec.Value) string {
	if !v.Set() {
		return ""
	}
	if literal, ok := v.Literal(); ok {
		return literal
	}
	return cfn.Intrinsic(cfn.ValueOf(v.Node))
}

// object returns verbatim JSON.
func object(r spec.Raw) cfn.Object {
	if !r.Set() {
		return nil
	}
	return cfn.ValueOf(r.Node).(cfn.Object)
}

func texts(list []spec.Text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.V)
	}
	return out
}

func values(list []spec.Value) []string {
	var out []string
	for _, v := range list {
		out = append(out, text(v))
	}
	return out
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// isEmpty says whether a list was written and has nothing in it. One that was not written, or
// rejected, is nil.
func isEmpty[T any](list spec.List[T]) bool { return list != nil && len(list) == 0 }

// first returns where a list begins, if anything is in it.
func first(list spec.List[spec.Text]) source.Span {
	if len(list) == 0 {
		return source.Span{}
	}
	return list[0].Span
}
