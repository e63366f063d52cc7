// Package faults plants mistakes in the source of a package, one at a time, and tells which of them
// the package's tests do not find. It knows nothing of what the package does.
package faults

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Fault is a mistake that tests must find: a file, a text that is there once, and what is planted
// in its place.
type Fault [3]string

// Planted says whether this is a run with a fault, in which the test that plants faults does
// nothing.
func Planted() bool { return os.Getenv("FAULTS") == "planted" }

// Find plants faults in the package that is tested, and fails t for those that no test finds whose
// name matches a regular expression. It plants those of a sample, by their numbers; FAULTS=all
// plants every one, FAULTS=1,2 those two. With -short none is planted, nor in a run with a fault.
func Find(t *testing.T, list []Fault, sample []int, tests string) {
	t.Helper()
	if Planted() {
		return
	}
	if testing.Short() {
		t.Skip("the package is built and tested anew for each planted fault, which takes " +
			"seconds: it is left to a run without -short")
	}
	for i, f := range list {
		source, err := os.ReadFile(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), f[1]); n != 1 {
			t.Errorf("%s has %d places like %s", f[0], n, f[1])
			continue
		}
		if !chosen(i, sample) {
			continue
		}
		if out, found := f.plant(t, string(source), tests); !found {
			t.Errorf("nothing finds fault %d: %s says\n%s\ninstead of\n%s\n%s",
				i, f[0], f[2], f[1], out)
		}
	}
}

// chosen says whether the fault with a number is planted.
func chosen(i int, sample []int) bool {
	switch list := os.Getenv("FAULTS"); list {
	case "all":
		return true
	case "":
		return slices.Contains(sample, i)
	default:
		return slices.Contains(strings.Split(list, ","), strconv.Itoa(i))
	}
}

// plant runs tests with a fault and says whether one fails.
func (f Fault) plant(t *testing.T, source, tests string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	here, err := filepath.Abs(f[0])
	if err != nil {
		t.Fatal(err)
	}
	faulty, overlay := filepath.Join(dir, filepath.Base(f[0])), filepath.Join(dir, "overlay.json")
	replaced := map[string]any{"Replace": map[string]string{here: faulty}}
	text, err := json.Marshal(replaced)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	source = strings.Replace(source, f[1], f[2], 1)
	if err := os.WriteFile(faulty, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("go", "test", "-vet=off", "-failfast", "-overlay", overlay, "-run", tests,
		".")
	run.Env = append(os.Environ(), "FAULTS=planted")
	out, err := run.CombinedOutput()
	if strings.Contains(string(out), "[build failed]") {
		t.Errorf("the fault cannot be planted in %s: %s", f[0], out)
		return string(out), true
	}
	return string(out), err != nil
}
