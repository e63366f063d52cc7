package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/secretctl/secretctl/internal/plan"
)

// TestDirectoryHoldsAText: a file holds a text if it has all of its bytes, and no others.
func TestDirectoryHoldsAText(t *testing.T) {
	dir := t.TempDir()
	d, err := openDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	for _, size := range []int{0, 1, 100, 32 << 10, 100_000} {
		text := bytes.Repeat([]byte("x"), size)
		if err := os.WriteFile(filepath.Join(dir, "file"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if !d.holds("file", plan.NewFile("file", text)) {
			t.Errorf("a file of %d bytes does not hold them", size)
		}
		more := append(bytes.Clone(text), 'x')
		if d.holds("file", plan.NewFile("file", more)) {
			t.Errorf("a file of %d bytes holds one more", size)
		}
		if size == 0 {
			continue
		}
		for _, at := range []int{0, size / 2, size - 1} {
			other := bytes.Clone(text)
			other[at] = 'y'
			if d.holds("file", plan.NewFile("file", other)) ||
				d.holds("file", plan.NewFile("file", text[:size-1])) {
				t.Errorf("a file of %d bytes holds another text", size)
			}
		}
	}
	if d.holds("none", plan.File{}) || d.holds(".", plan.File{}) {
		t.Error("what is no file holds something")
	}
}
