package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPathsOfWindows: names with backslashes and with drives, and lines that end with CR LF, as the
// Command Prompt and Notepad give them. What is written and what refers to files is the same as
// everywhere: LF, and slashes.
func TestPathsOfWindows(t *testing.T) {
	lines := strings.ReplaceAll(smallSpec, "\n", "\r\n")
	r := newRun(t, `specs\spec.yaml`, lines, `specs\wrong.yaml`, lines+"grant: {}\r\n")
	r.real(exitOK, "compile", `specs\spec.yaml`, "-o", `out\deep`)
	r.says(`wrote out\deep\s.json`)
	absolute := filepath.Join(r.dir, "specs", "spec.yaml")
	r.real(exitOK, "compile", absolute, "-o", filepath.Join(r.dir, "out", "deep"), "--check")
	if got := r.read("out/deep/s.json"); strings.Contains(got, "\r") || got[0] != '{' {
		t.Errorf("the template is %q", got)
	}
	r.real(exitErrors, "validate", `specs\wrong.yaml`)
	r.prints(`specs\wrong.yaml:`, `there is no property "grant" here`)
	r.real(exitErrors, "validate", "--format", "sarif", filepath.Join(r.dir, "specs", "wrong.yaml"))
	if at := filepath.ToSlash(absolute[:2]); !strings.Contains(r.stdout, `"file:///`+at) {
		t.Errorf("no address of a file on the drive %s:\n%s", at, r.stdout)
	}
	r.real(exitOK, "access", `out\deep`)
}
