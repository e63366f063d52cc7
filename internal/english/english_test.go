package english

import (
	"strings"
	"testing"
)

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1,000", 1048576: "1,048,576", -5: "-5", -100: "-100",
		-1000: "-1,000", -100000: "-100,000",
	} {
		if got := Thousands(n); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 keys", 1: "1 key", 2: "2 keys", 1200: "1,200 keys"} {
		if got := Plural(n, "key", "keys"); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
}

func TestLists(t *testing.T) {
	for _, c := range []struct{ words, list, some string }{
		{"", "", ""},
		{"a", "a", "a"},
		{"a b", "a and b", "a and b"},
		{"a b c", "a, b and c", "a, b and c"},
		{"a b c d", "a, b, c and d", "a, b and 2 more"},
	} {
		words := strings.Fields(c.words)
		if got := List(words); got != c.list {
			t.Errorf("List(%q) = %q, not %q", words, got, c.list)
		}
		if got := Some(words, 2); got != c.some {
			t.Errorf("Some(%q, 2) = %q, not %q", words, got, c.some)
		}
	}
}
