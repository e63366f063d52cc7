package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/compile"
)

// TestSpecsThatSayTheSameAreCompiledOnce: what diff writes of specs that differ in comments is what
// it writes where both are compiled, to the byte and in every format.
func TestSpecsThatSayTheSameAreCompiledOnce(t *testing.T) {
	plainly := sayTheSame
	defer func() { sayTheSame = plainly }()
	files, err := filepath.Glob("../../testdata/golden/*/*/spec.yaml")
	examples, _ := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) == 0 || len(examples) == 0 {
		t.Fatal("there are no specs", err)
	}
	if testing.Short() {
		files = files[:40]
	}
	same, once := false, 0
	dir := t.TempDir()
	for i, name := range slices.Concat(files, examples) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		commented := slices.Concat([]byte("# A comment.\n\n"), text)
		for file, data := range map[string][]byte{"old.yaml": text, "new.yaml": commented} {
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		format := []string{"text", "json", "markdown", "html"}[i%4]
		diff := func() (string, int) {
			var out, wrong bytes.Buffer
			code := Run([]string{"diff", "old.yaml", "new.yaml", "--format", format},
				Env{Stdout: &out, Stderr: &wrong, Dir: dir})
			return out.String() + wrong.String(), code
		}
		sayTheSame = func(a, b *compile.Files) bool {
			same = plainly(a, b)
			return same
		}
		got, code := diff()
		if same {
			once++
		}
		sayTheSame = func(*compile.Files, *compile.Files) bool { return false }
		if want, as := diff(); got != want || code != as {
			t.Errorf("%s, %s: %d and not %d, want\n%s\ngot\n%s", name, format, code, as, want, got)
		}
	}
	if once < len(files)/2 {
		t.Errorf("of %d specs %d say the same", len(files), once)
	}
}
