package diag

import (
	"slices"
	"strings"
)

// Lookup returns the code with a number, in either case, or with a name; nil when there is none.
func Lookup(s string) *Code {
	i := slices.IndexFunc(table, func(c *Code) bool {
		return strings.EqualFold(c.Number, s) || c.Name == s
	})
	if i < 0 {
		return nil
	}
	return table[i]
}
