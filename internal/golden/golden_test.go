// Package golden runs the cases of testdata/golden and every property that is checked on whole
// commands. It knows the command line and the files that it writes, and nothing of what is inside.
package golden

import (
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

const goldenDir = "testdata/golden"

// TestGolden runs every case and compares everything it wrote with the case's want folder, then
// runs it again in contexts that must make no difference. With -short it runs no case again, and
// only one in five of the matrix, whose cases differ little.
//
// A case is a folder of a shelf (shelves_test.go):
//
//   - about says in one line what the case shows;
//   - spec.yaml, or other files that the command finds in its directory;
//   - cmd has the arguments of secretctl, which are "compile --verbose spec.yaml" without it, so
//     that every note is shown;
//   - stdin has standard input;
//   - contexts has a line "context: reason" for every context that the case cannot run in: json,
//     shuffled, crlf, comments, twice;
//   - want has exactly what was written: template.json, template.yaml or stdout, stderr, exit
//     unless it is 0, permissions.txt, removed, and every file by its path.
func TestGolden(t *testing.T) {
	expect.InRoot(t)
	for i, name := range caseNames(t, "*") {
		if testing.Short() && strings.HasPrefix(name, "matrix/") && i%5 > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := readCase(t, name)
			got := c.run(t, c.files)
			if *expect.Update {
				c.update(t, got.want(c))
				return
			}
			c.compare(t, got.want(c))
			if testing.Short() {
				return
			}
			for _, context := range contexts {
				if reason, ok := c.optsOut[context.name]; ok {
					t.Logf("not %s: %s", context.name, reason)
					continue
				}
				t.Run(context.name, func(t *testing.T) { c.inContext(t, context, got) })
			}
		})
	}
}

// caseNames returns the names, shelf/name, of all cases of the shelves that match a pattern.
// There must be some.
func caseNames(t *testing.T, shelf string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(goldenDir, shelf, "*", ""))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("there are no cases in %s/%s (%v)", goldenDir, shelf, err)
	}
	var names []string
	for _, dir := range dirs {
		names = append(names, path.Join(filepath.Base(filepath.Dir(dir)), filepath.Base(dir)))
	}
	return names
}
