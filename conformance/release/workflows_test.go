//go:build release

package release

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWorkflows: actionlint finds nothing wrong with the workflows of GitHub, nor shellcheck with
// the scripts in them, and a mistake would be found.
func TestWorkflows(t *testing.T) {
	lint := program(t, "actionlint", actionlint)
	dir := filepath.Join(root(t), ".github", "workflows")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 2 {
		t.Fatalf("there are %d workflows (%v)", len(entries), err)
	}
	var files []string
	for _, e := range entries {
		files = append(files, filepath.Join(dir, e.Name()))
	}
	run(t, root(t), nil, lint, append([]string{"-no-color"}, files...)...)
	text, err := os.ReadFile(filepath.Join(dir, "release.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, mistake := range [][2]string{
		{"runs-on: ", "run-on: "}, {"id-token: write", "id-token: writes"},
		{"github.ref_name", "github.refname"},
	} {
		wrong := filepath.Join(t.TempDir(), "wrong.yml")
		changed := bytes.Replace(text, []byte(mistake[0]), []byte(mistake[1]), 1)
		if err := os.WriteFile(wrong, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(lint, wrong).CombinedOutput(); err == nil {
			t.Errorf("%s in the place of %s is accepted\n%s", mistake[1], mistake[0], out)
		}
	}
}

// TestWorkflowUsesThisGoReleaser: what releases is what was tested.
func TestWorkflowUsesThisGoReleaser(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), ".github", "workflows", "release.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "go install "+goreleaser+"\n") {
		t.Errorf("release.yml does not install %s", goreleaser)
	}
}
