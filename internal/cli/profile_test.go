package cli

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const profiledSpec = boundsHead + `secrets:
  db: { name: app/db, value: { literal: { password: hunter2hunter2 } } }
`

// profiledRun runs a command line in a directory that has a spec, and returns what was said.
func profiledRun(t *testing.T, dir, args string) (code int, text string) {
	t.Helper()
	err := os.WriteFile(filepath.Join(dir, "spec.yaml"), []byte(profiledSpec), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code = Run(strings.Fields(args), Env{Stdout: io.Discard, Stderr: &out, Dir: dir})
	return code, out.String()
}

// TestProfilesAreWritten: every command writes the profiles that it is asked for, whether it
// succeeds or not, with nothing beside them and readable by nobody else; and nothing of the spec
// is in them.
func TestProfilesAreWritten(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
	}{
		{"validate spec.yaml", 1}, // because of the literal
		{"version", 0},
		{"explain SC1", 2},
		{"help compile", 0},
	} {
		dir := t.TempDir()
		code, text := profiledRun(t, dir, "--profile-cpu cpu.pb "+c.args+" --profile-mem mem.pb")
		if code != c.code {
			t.Errorf("%s: exit %d, not %d: %s", c.args, code, c.code, text)
		}
		for _, name := range []string{"cpu.pb", "mem.pb"} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatalf("%s: %v", c.args, err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s may be read: %v", c.args, name, info.Mode())
			}
			if strings.Contains(unzipped(t, filepath.Join(dir, name)), "hunter2") {
				t.Errorf("%s: %s has a value of the spec", c.args, name)
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 3 {
			t.Errorf("%s: left in the directory: %v", c.args, entries)
		}
	}
}

func unzipped(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zipped)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestProfilesAreRefused: what cannot take a profile is said before the run, which then does
// nothing.
func TestProfilesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, args string
		code       int
		says       string
	}{
		{"link", "--profile-mem link", 3, "it is a symbolic link, and a profile follows none"},
		{"directory", "--profile-cpu dir", 3, "it is not a regular file"},
		{"no directory", "--profile-cpu none/cpu.pb", 3, "no such file or directory"},
		{"nothing", "--profile-cpu= --profile-mem mem.pb", 2, "--profile-cpu needs a path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "kept"), []byte("kept"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("kept", filepath.Join(dir, "link")); err != nil {
				t.Skipf("no symbolic links here: %v", err)
			}
			if err := os.Mkdir(filepath.Join(dir, "dir"), 0o700); err != nil {
				t.Fatal(err)
			}
			code, text := profiledRun(t, dir, c.args+" compile -o out spec.yaml")
			if code != c.code || !strings.Contains(text, c.says) {
				t.Errorf("exit %d, not %d with %q:\n%s", code, c.code, c.says, text)
			}
			if kept, _ := os.ReadFile(filepath.Join(dir, "kept")); string(kept) != "kept" {
				t.Error("what the link leads to was written over")
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 4 {
				t.Errorf("in the directory: %v", entries)
			}
		})
	}
}

// TestProfilesReplaceFiles: a profile takes the place of an earlier one.
func TestProfilesReplaceFiles(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		if code, text := profiledRun(t, dir, "version --profile-mem mem.pb"); code != 0 {
			t.Fatalf("exit %d: %s", code, text)
		}
	}
}

// TestProfileFlagsAreHidden: who only uses secretctl does not meet them.
func TestProfileFlagsAreHidden(t *testing.T) {
	var out bytes.Buffer
	Run([]string{"compile", "--help"}, Env{Stdout: &out, Stderr: &out})
	if strings.Contains(out.String(), "profile-") {
		t.Errorf("help shows them:\n%s", out.String())
	}
}
