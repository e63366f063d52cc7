package cfn

import (
	"encoding/json"
	"slices"
)

// Identical says whether two values of a template are the same, member by member in their order, so
// that they are also written as the same bytes. Values that are not may be written alike all the
// same: a list of texts and a list of any, for one.
func Identical(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		return isSame(a, b)
	case bool:
		return isSame(a, b)
	case int:
		return isSame(a, b)
	case json.Number:
		return isSame(a, b)
	case Object:
		b, ok := b.(Object)
		return ok && slices.EqualFunc(a, b, func(x, y Member) bool {
			return x.Key == y.Key && Identical(x.Value, y.Value)
		})
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Identical)
	case []string:
		b, ok := b.([]string)
		return ok && slices.Equal(a, b)
	}
	return false
}

func isSame[T comparable](a T, b any) bool {
	other, ok := b.(T)
	return ok && a == other
}
