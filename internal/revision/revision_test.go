package revision

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var limits = Limits{File: 1 << 20, Files: 1_000, All: 4 << 20}

func everything(string) bool { return true }

// repository makes one with a commit of some files, and a later one without them.
func repository(t *testing.T, content map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed, and nothing else reads a revision")
	}
	dir := t.TempDir()
	runGit(t, dir, "init", "-q", "-b", "main")
	for name, text := range content {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, isLink := strings.CutPrefix(text, "-> "); isLink {
			if err := os.Symlink(target, at); err != nil {
				t.Skip("no links can be made here: ", err)
			}
			continue
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runGit(t, dir, "add", "-A")
	runGit(t, dir, "commit", "-q", "-m", "first", "--allow-empty")
	runGit(t, dir, "tag", "first")
	runGit(t, dir, "rm", "-q", "-r", "--ignore-unmatch", ".")
	runGit(t, dir, "commit", "-q", "-m", "second", "--allow-empty")
	return dir
}

func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=n@e.example",
		"-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestOpenReadsADirectory(t *testing.T) {
	dir := repository(t, map[string]string{
		"specs/a.yaml": "a\n", "specs/b/c.yaml": "", "specs/b/d ä\n.yaml": "d", "specs/x.bin": "x",
		"other.yaml": "o",
	})
	tree, err := Open(t.Context(), dir, "first:specs", limits,
		func(path string) bool { return strings.HasSuffix(path, ".yaml") })
	if err != nil {
		t.Fatal(err)
	}
	if tree.IsFile || tree.Name != "." || tree.Commit != runGit(t, dir, "rev-parse", "first") {
		t.Errorf("it is %+v", tree)
	}
	for name, want := range map[string]string{"a.yaml": "a\n", "b/c.yaml": "", "b/d ä\n.yaml": "d"} {
		if data, err := fs.ReadFile(tree.FS, name); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if _, err := fs.ReadFile(tree.FS, "x.bin"); !errors.Is(err, ErrUnread) {
		t.Errorf("what was not to be read: %v", err)
	}
	if info, err := fs.Stat(tree.FS, "x.bin"); err != nil || info.IsDir() {
		t.Errorf("what was not to be read is %v, %v", info, err)
	}
	if _, err := fs.ReadFile(tree.FS, "../other.yaml"); err == nil {
		t.Error("a path led out")
	}
}

// The file system is one by the rules of io/fs.
func TestFilesAreAFileSystem(t *testing.T) {
	f := newFiles()
	for _, name := range []string{"a.yaml", "b/c.yaml", "b/a/d", "b.yaml"} {
		f.add(name, &file{data: []byte(name), size: int64(len(name)), isRead: true})
	}
	if err := fstest.TestFS(f, "a.yaml", "b/c.yaml", "b/a/d", "b.yaml"); err != nil {
		t.Error(err)
	}
	var names []string
	err := fs.WalkDir(f, ".", func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	want := []string{".", "a.yaml", "b", "b/a", "b/a/d", "b/c.yaml", "b.yaml"}
	if err != nil || !slices.Equal(names, want) {
		t.Errorf("it has %q, %v", names, err)
	}
}

func TestOpenReadsAFileFromWhereverItIsRun(t *testing.T) {
	dir := repository(t, map[string]string{"specs/a.yaml": "a"})
	below := filepath.Join(dir, "specs")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(t.TempDir(), "bare.git")
	runGit(t, dir, "clone", "-q", "--bare", dir, bare)
	linked := filepath.Join(t.TempDir(), "linked")
	runGit(t, dir, "worktree", "add", "-q", "--detach", linked)
	for _, c := range [][2]string{
		{dir, "first:specs/a.yaml"}, {below, "first:specs/a.yaml"}, {below, "first:./a.yaml"},
		{below, "first:../specs/a.yaml"}, {dir, "HEAD~1:specs/a.yaml"}, {dir, "main~:specs/a.yaml"},
		{bare, "first:specs/a.yaml"}, {linked, "first:specs/a.yaml"},
	} {
		tree, err := Open(t.Context(), c[0], c[1], limits, everything)
		if err != nil {
			t.Errorf("%s: %v", c[1], err)
			continue
		}
		data, err := fs.ReadFile(tree.FS, tree.Name)
		if err != nil || string(data) != "a" || !tree.IsFile || tree.Name != "a.yaml" {
			t.Errorf("%s: %q, %v, %+v", c[1], data, err, tree)
		}
	}
	whole, err := Open(t.Context(), bare, "first:", limits, everything)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(whole.FS, "specs/a.yaml"); err != nil {
		t.Error(err)
	}
}

func TestOpenSaysWhyItCannot(t *testing.T) {
	dir := repository(t, map[string]string{
		"specs/a.yaml": "a", "large/a.yaml": strings.Repeat("a", 1<<20+1),
		"lfs/a.yaml": lfs + "v1\noid sha256:0\nsize 3\n", "links/a.yaml": "-> ../specs/a.yaml",
	})
	sub := filepath.Join(t.TempDir(), "sub")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	runGit(t, sub, "init", "-q", "-b", "main")
	runGit(t, sub, "commit", "-q", "-m", "s", "--allow-empty")
	runGit(t, dir, "submodule", "--quiet", "add", sub, "sub")
	runGit(t, dir, "commit", "-q", "-m", "third")
	shallow := filepath.Join(t.TempDir(), "shallow")
	runGit(t, dir, "clone", "-q", "--depth", "1", "file://"+dir, shallow)
	origin := repository(t, nil)
	write := os.WriteFile(filepath.Join(origin, "a.yaml"), []byte("a"), 0o644)
	if write != nil {
		t.Fatal(write)
	}
	runGit(t, origin, "add", "-A")
	runGit(t, origin, "commit", "-q", "-m", "third")
	runGit(t, origin, "config", "uploadpack.allowFilter", "true")
	partial := filepath.Join(t.TempDir(), "partial")
	runGit(t, origin, "clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+origin,
		partial)
	runGit(t, partial, "remote", "set-url", "origin", "file:///nowhere")
	for _, c := range []struct{ dir, text, message, hint string }{
		{dir, "nowhere:specs", `no revision "nowhere"`, "git branch"},
		{dir, "--all:specs", `no revision "--all"`, "git branch"},
		{dir, "first:nothing", `"first" has no "nothing"`, "first:./nothing"},
		{dir, "first:./nothing", `has no "./nothing"`, "begins here"},
		{shallow, "HEAD~2:specs", "is shallow", "--deepen"},
		{t.TempDir(), "main:specs", "neither a path nor a revision", "copy of the files"},
		{dir, "HEAD:sub", "is a submodule", "itself"},
		{sub, "HEAD:sub", `has no "sub"`, ""}, {partial, "HEAD:a.yaml", "does not have the content", "fetch"},
		{partial, "HEAD:", "does not have the content of a.yaml", "fetch"},
		{dir, "first:lfs", "pointer of Git LFS", "copy"}, {dir, "first:lfs/a.yaml", "pointer of Git LFS", ""},
		{dir, "first:links", "is a symbolic link", "itself"}, {dir, "first:links/a.yaml", "is a symbolic link", ""},
		{dir, "HEAD:", "sub is a submodule", ""},
		{dir, "first:large", "more than secretctl reads", ""},
	} {
		_, err := Open(t.Context(), c.dir, c.text, limits, everything)
		var p *Problem
		if !errors.As(err, &p) || !strings.Contains(p.Message, c.message) ||
			!strings.Contains(p.Hint, c.hint) {
			t.Errorf("%s: %v, hint %q", c.text, err, hintOf(p))
		}
	}
	few := Limits{File: 1 << 20, Files: 2, All: 4 << 20}
	if _, err := Open(t.Context(), dir, "first:", few, everything); err == nil ||
		!strings.Contains(err.Error(), "more than the 2 files") {
		t.Errorf("too many files: %v", err)
	}
}

func hintOf(p *Problem) string {
	if p == nil {
		return ""
	}
	return p.Hint
}

// Nothing of the repository's own configuration runs.
func TestOpenRunsNothingOfTheRepository(t *testing.T) {
	dir := repository(t, map[string]string{
		"a.yaml": "a", ".gitattributes": "*.yaml filter=evil diff=evil\n",
	})
	evidence := filepath.Join(t.TempDir(), "ran")
	program := filepath.Join(t.TempDir(), "evil")
	script := "#!/bin/sh\ntouch " + evidence + "\ncat\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv",
		"core.fsmonitor", "core.pager", "core.editor", "core.sshCommand"} {
		runGit(t, dir, "config", key, program)
	}
	os.Remove(evidence) // git itself may have run one of them
	tree, err := Open(t.Context(), dir, "first:", limits, everything)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := fs.ReadFile(tree.FS, "a.yaml"); err != nil || string(data) != "a" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := os.Stat(evidence); err == nil {
		t.Error("a program of the repository's configuration ran")
	}
}

func TestSplitTellsPathsOfWindows(t *testing.T) {
	for text, want := range map[string]bool{
		"main:specs": true, "origin/main:": true, "HEAD~1:./a": true, "a:b": true,
		`C:\specs`: false, "C:/specs": false, "C:": false, "specs": false, ":specs": false,
	} {
		if _, _, ok := Split(text); ok != want {
			t.Errorf("%q is a revision: %v", text, ok)
		}
	}
}
