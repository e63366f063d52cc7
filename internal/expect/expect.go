// Package expect compares what a test makes with the file that keeps it, and writes the file with
// -update. It knows files and texts, and nothing of what is in them. Only tests import it.
package expect

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var toRoot sync.Once

// InRoot takes the tests of a package that is two folders deep to the repository's root, so that
// paths are those that a contributor types. Every test does it, and not TestMain: what go test
// remembers of a package is where its tests went. Otherwise a file could change, and the result of
// before would be shown as cached.
func InRoot(t testing.TB) {
	t.Helper()
	toRoot.Do(func() {
		if err := os.Chdir("../.."); err != nil {
			t.Fatal(err)
		}
	})
}

// Update says that what is kept is written instead of compared: the flag -update.
var Update = flag.Bool("update", false, "write the files that tests compare with")

// Kept fails if a file is not this text. With -update it makes it so.
func Kept(t testing.TB, name, want string) {
	t.Helper()
	have, err := os.ReadFile(name)
	if string(have) == want && err == nil {
		return
	}
	if *Update {
		Write(t, name, want)
		return
	}
	t.Errorf("%s is not what %s makes of it; the flag -update writes it (want -, got +):\n%s",
		name, t.Name(), Diff(want, string(have)))
}

// Write writes a file, and the folders that it is in.
func Write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Read returns the text of a file that must be there.
func Read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Diff shows the lines between the common start and the common end of two texts.
func Diff(want, got string) string {
	a, b := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out strings.Builder
	out.WriteString("from line " + strconv.Itoa(start+1) + ":\n")
	for _, line := range a[start : len(a)-end] {
		out.WriteString("-" + strings.TrimSuffix(line, "\n") + "\n")
	}
	for _, line := range b[start : len(b)-end] {
		out.WriteString("+" + strings.TrimSuffix(line, "\n") + "\n")
	}
	return out.String()
}
