package diag

import (
	"slices"
	"strings"
)

// Lookup returns the code with a number, with or without its letters, or with a name; nil when
// there is none. Upper and lower case make no difference.
func Lookup(s string) *Code {
	i := slices.IndexFunc(table, func(c *Code) bool {
		return strings.EqualFold(c.Number, s) || strings.EqualFold(c.Name, s) ||
			strings.TrimPrefix(c.Number, "SC") == s
	})
	if i < 0 {
		return nil
	}
	return table[i]
}
