package cfn

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestDiffIsReadable(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"equal", "a\nb\n", "a\nb\n", ""},
		{"one line", "1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nx\n6\n7\n8\n",
			"@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
		{"two hunks", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
			"@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n"},
		{"one hunk", "a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
			"@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n"},
		{"repeated lines", "{\n}\n{\n}\n", "{\n}\n{\nx\n}\n{\n}\n",
			"@@ -1,4 +1,7 @@\n {\n }\n {\n+x\n+}\n+{\n }\n"},
		{"moved", "a\nb\nc\nd\n", "c\nd\na\nb\n", "@@ -1,4 +1,4 @@\n-a\n-b\n c\n d\n+a\n+b\n"},
		{"last line end", "a\nb", "a\nb\n",
			"@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
		{"emptied", "a\n", "", "@@ -1 +0,0 @@\n-a\n"},
	} {
		want := tt.want
		if want != "" {
			want = "--- t.json\n+++ t.json\n" + want
		}
		if got := Diff("t.json", []byte(tt.old), []byte(tt.new)); got != want {
			t.Errorf("%s: got\n%s, want\n%s", tt.name, got, want)
		}
	}
	if got, want := Diff("t", nil, []byte("a\nb\n")),
		"--- /dev/null\n+++ t\n@@ -0,0 +1,2 @@\n+a\n+b\n"; got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestEnormousDiffsAreCut(t *testing.T) {
	if testing.Short() {
		t.Skip("the texts are large")
	}
	text := func(seed uint64, n, kinds int) []byte {
		r := rand.New(rand.NewPCG(seed, 0))
		var b strings.Builder
		for range n {
			b.WriteString(strconv.Itoa(r.IntN(kinds)) + "\n")
		}
		return []byte(b.String())
	}
	start := time.Now()
	got := Diff("t", text(1, 300_000, 50), text(2, 300_000, 50))
	if !strings.HasSuffix(got, " more lines differ\n") || strings.Count(got, "\n") > 600 {
		t.Errorf("the diff has %d lines and ends %q", strings.Count(got, "\n"), got[len(got)-40:])
	}
	Diff("t", text(1, 300_000, 1_000_000), text(2, 300_000, 1_000_000))
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	long := func(n int) []byte { return []byte(strings.Repeat("x\n", n)) }
	if got := Diff("t", nil, long(501)); !strings.HasSuffix(got, "\n… 1 more line differs\n") {
		t.Errorf("it ends %q", got[len(got)-40:])
	}
	if got := Diff("t", nil, long(1734)); !strings.HasSuffix(got, "\n… 1,234 more lines differ\n") {
		t.Errorf("it ends %q", got[len(got)-40:])
	}
	apart := func(last string) []byte {
		var b strings.Builder
		for i := range 300 {
			fmt.Fprintf(&b, "%d%s\n1\n2\n3\n4\n5\n6\n7\n", i, last)
		}
		return []byte(b.String())
	}
	if got := Diff("t", apart("a"), apart("b")); strings.Count(got, "\n") > 600 {
		t.Errorf("it has %d lines", strings.Count(got, "\n"))
	}
}

// FuzzDiffApplies: what is not removed, and what is added, is the new text; what is not added the
// old one.
func FuzzDiffApplies(f *testing.F) {
	f.Add([]byte("abcabba"), []byte("cbabac"))
	f.Add([]byte("abc"), []byte(""))
	f.Add([]byte("aaaabbbb"), []byte("bbbbaaaac"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a)+len(b) > 100 {
			return // every line has to be shown
		}
		lines := func(data []byte) string {
			var s strings.Builder
			for _, c := range data {
				s.WriteString(strconv.Itoa(int(c%7)) + "\n")
			}
			return s.String()
		}
		d := differ{old: splitLines([]byte(lines(a))), new: splitLines([]byte(lines(b)))}
		d.compare(span{0, len(d.old), 0, len(d.new)}, 0)
		var rebuilt strings.Builder
		at, atNew := 0, 0
		for _, c := range d.changes {
			if c.oldFrom < at || c.oldFrom-at != c.newFrom-atNew {
				t.Fatalf("the changes are out of step: %v", d.changes)
			}
			rebuilt.WriteString(strings.Join(d.old[at:c.oldFrom], "") +
				strings.Join(d.new[c.newFrom:c.newTo], ""))
			at, atNew = c.oldTo, c.newTo
		}
		rebuilt.WriteString(strings.Join(d.old[at:], ""))
		if rebuilt.String() != lines(b) {
			t.Errorf("applied to %q it gives %q, want %q", lines(a), rebuilt.String(), lines(b))
		}
		if (Diff("t", []byte(lines(a)), []byte(lines(b))) == "") != (lines(a) == lines(b)) {
			t.Error("a difference is not shown, or one is that is not there")
		}
	})
}
