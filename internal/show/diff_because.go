package show

import (
	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/source"
)

// reasonsOf returns the places in the spec that statements come from which make a difference. A
// statement of a key is there for the grants on all of its secrets: of those, the ones count that a
// statement of another document is there for, too, if there are such.
func reasonsOf(list []access.Deciding) [][]source.Span {
	out := make([][]source.Span, len(list))
	isOfKey := make([]bool, len(list))
	others := map[source.Span]bool{}
	for i := range list {
		_, spans := statementOf(&list[i])
		for _, span := range spans {
			if !span.IsZero() {
				out[i] = append(out[i], span)
			}
		}
		d := list[i].Document
		if isOfKey[i] = d != nil && d.Kind == access.KeyPolicy; !isOfKey[i] {
			for _, span := range out[i] {
				others[span] = true
			}
		}
	}
	for i := range out {
		var both []source.Span
		for _, span := range out[i] {
			if isOfKey[i] && others[span] {
				both = append(both, span)
			}
		}
		if both != nil {
			out[i] = both
		}
	}
	return out
}
