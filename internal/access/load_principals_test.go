package access

import (
	"strings"
	"testing"
)

// TestLowerName: a name is written in lower case as strings.ToLower writes it.
func TestLowerName(t *testing.T) {
	for _, name := range []string{"", "a", "App-Role", "É", "aÉ", "K", "x\xffY", "ABC\uFDD0",
		askSuffix("A") + "B", "A" + askSuffix("A"), "A\uFDD0\uE041\uFDD1ÉB", "\uE000A\uE100B"} {
		if got, want := lowerName(name), strings.ToLower(name); got != want {
			t.Errorf("%q is %q in lower case, not %q", name, want, got)
		}
	}
}
