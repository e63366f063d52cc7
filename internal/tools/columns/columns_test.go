package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWideLinesAreFound(t *testing.T) {
	wide := strings.Repeat("x", 101)
	for text, want := range map[string]int{
		strings.Repeat("x", 100):                    0,
		wide:                                        1,
		strings.Repeat("é", 100):                    0,
		"\t" + strings.Repeat("x", 97):              1,
		"// see https://example.com/" + wide:        0,
		"// see https://example.com/" + wide + " x": 1,
		wide + "\n" + wide:                          2,
	} {
		path := filepath.Join(t.TempDir(), "a.go")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := check(path); got != want || err != nil {
			t.Errorf("%q: %d, %v, not %d", text, got, err, want)
		}
	}
}

// TestTextsOfTestsDoNotCount: but the code around them does.
func TestTextsOfTestsDoNotCount(t *testing.T) {
	wide := strings.Repeat("x", 101)
	for text, want := range map[string]int{
		`f("` + wide + `")`:                    0,
		`f("` + wide + `", ` + wide + `)`:      1,
		`f("\"` + wide + `\"")`:                0,
		"f(`" + wide + "\n" + wide + "`)":      0,
		"f(`" + wide + "\n`, " + wide + ")":    1,
		"// a ` in a comment\n" + wide:         1,
		"f(`a`, `b\n" + wide + "\n`)\n" + wide: 1,
	} {
		path := filepath.Join(t.TempDir(), "a_test.go")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := check(path); got != want || err != nil {
			t.Errorf("%q: %d, %v, not %d", text, got, err, want)
		}
	}
}
