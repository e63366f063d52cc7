package golden

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

const examplesDir = "examples"

// TestExamplesCompile: every file and every folder of examples is a spec that compiles without
// errors and warnings, to the same bytes whenever it does.
func TestExamplesCompile(t *testing.T) {
	expect.InRoot(t)
	entries, err := os.ReadDir(examplesDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			path := examplesDir + "/" + e.Name()
			first := compiled(t, "", path)
			if second := compiled(t, "", path); second != first {
				t.Errorf("the second time it compiles to something else:\n%s",
					expect.Diff(first, second))
			}
		})
	}
}

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// TestSpecsInReadmeCompile: the yaml blocks of README.md that state a stack are specs that compile
// without errors and warnings.
func TestSpecsInReadmeCompile(t *testing.T) {
	expect.InRoot(t)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	specs := 0
	for _, block := range yamlBlock.FindAllStringSubmatch(string(readme), -1) {
		if strings.Contains("\n"+block[1], "\nstack:") {
			specs++
			compiled(t, block[1], "-")
		}
	}
	if specs == 0 {
		t.Error("README.md shows no spec")
	}
}

// compiled compiles a spec that must have neither errors nor warnings, and returns every file that
// it gives.
func compiled(t *testing.T, stdin, path string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	_, stderr, code := execute(".", stdin, "compile", path, "--strict", "--output", dir)
	if code != 0 {
		t.Fatalf("%s does not compile cleanly: exit %d\n%s", path, code, stderr)
	}
	var all strings.Builder
	files := readTree(t, dir)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all.WriteString(name + "\n" + files[name])
	}
	return all.String()
}
