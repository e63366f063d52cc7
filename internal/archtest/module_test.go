package archtest

import (
	"os/exec"
	"strings"
	"testing"

	modules "golang.org/x/mod/module"

	"github.com/secretctl/secretctl/internal/expect"
)

// TestModuleCanBeServed: the files of the repository have names that every system can have, and no
// two that differ in case alone. Without that the Go module proxy refuses the module, and
// `go install` of a release fails for everybody. https://go.dev/ref/mod#zip-path-size-constraints
func TestModuleCanBeServed(t *testing.T) {
	expect.InRoot(t)
	out, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("the files of the repository are not known: %v", err)
	}
	seen := map[string]string{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if err := modules.CheckFilePath(name); err != nil {
			t.Error(err)
		}
		folded := strings.ToLower(name)
		if other, ok := seen[folded]; ok {
			t.Errorf("%s and %s differ in case alone", other, name)
		}
		seen[folded] = name
	}
	if len(seen) < 500 {
		t.Errorf("only %d files were seen", len(seen))
	}
}
