package spec

import (
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// ReadAccept reads a file that has a list called accept, as a spec has it, and nothing else. Masks
// are what must never be shown of it.
func ReadAccept(f *source.File) ([]Accept, *source.Masks, diag.List) {
	s, masks, found := Read([]*source.File{f})
	if len(s.roots) == 0 {
		return nil, masks, found
	}
	root := s.roots[0]
	for _, p := range root.Pairs() {
		if p.Key.Text() != "accept" && !strings.HasPrefix(p.Key.Text(), extension) {
			found.Report(diag.UnknownProperty, p.Key.Span()).
				Message("there is no property %q in a file of what is accepted", p.Key).
				Hint("write a list called accept, and nothing else")
		}
	}
	if root.Get("accept") == nil {
		found.Report(diag.MissingProperty, source.Span{File: f}).
			Message("the file has no %q", "accept").
			Hint("begin with \"accept:\", and entries with risk and reason")
	}
	if found.HasErrors() {
		return nil, masks, found
	}
	part, list := decodeDocument(root, nil)
	return part.Accept, masks, append(found, list...)
}
