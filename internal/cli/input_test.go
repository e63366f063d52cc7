package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

func TestPathsMeanFilesDirectoriesAndStandardInput(t *testing.T) {
	files := []string{
		"secretctl.yaml", "main", "a.yaml", "A", "b/z.yml", "Z", "b/c/y.yaml", "Y", "b.yaml", "B",
		"b/readme.md", "no", "b/.hidden.yaml", "no", "b/.git/x.yaml", "no", "b/x.YAML", "no",
	}
	for _, c := range []struct{ args, want string }{
		{"", "secretctl.yaml=main"},
		{"a.yaml", "a.yaml=A"},
		{"./a.yaml a.yaml b/../a.yaml", "./a.yaml=A"},
		{"b.yaml a.yaml", "b.yaml=B;a.yaml=A"},
		{"b", "b/c/y.yaml=Y;b/z.yml=Z"},
		{"b b/z.yml", "b/c/y.yaml=Y;b/z.yml=Z"},
		{"b/.git", "b/.git/x.yaml=no"},
		{".", "a.yaml=A;b.yaml=B;b/c/y.yaml=Y;b/z.yml=Z;secretctl.yaml=main"},
		{"- a.yaml -", "<stdin>=input;a.yaml=A"},
		{"b/readme.md", "b/readme.md=no"},
	} {
		t.Run(c.args, func(t *testing.T) {
			r := newRun(t, files...)
			r.stdin = "input"
			r.code(exitOK, append([]string{"compile"}, strings.Fields(c.args)...)...)
			r.prints(`"app:` + c.want + `"`)
		})
	}
}

func TestAbsolutePathsAreUsedAsTheyAre(t *testing.T) {
	r := newRun(t, "a.yaml", "A")
	path := filepath.Join(r.dir, "a.yaml")
	r.code(exitOK, "compile", path, "a.yaml")
	r.prints(path + `=A"`)
}

func TestSymbolicLinks(t *testing.T) {
	r := newRun(t, "specs/a.yaml", "A", "else/b.yaml", "B", "else/c.yaml", "C")
	link := func(to, at string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(r.dir, at)); err != nil {
			t.Fatal(err)
		}
	}
	link("../else/b.yaml", "specs/b.yaml")
	link("../else", "specs/dir")
	link("../else", "specs/dir.yaml")
	link("..", "specs/up")
	link("specs", "link")
	r.code(exitOK, "compile", "specs")
	r.prints(`"app:specs/a.yaml=A;specs/b.yaml=B"`)
	r.code(exitOK, "compile", "link", "specs", "else/b.yaml")
	r.prints(`"app:link/a.yaml=A;link/b.yaml=B"`)

	link("loop.yaml", "loop.yaml")
	r.code(exitFailed, "compile", "loop.yaml")
	r.says(`reading "loop.yaml": too many levels of symbolic links`)
	link("nowhere.yaml", "specs/dangling.yaml")
	r.code(exitFailed, "validate", "specs")
	r.says(`reading "specs/dangling.yaml": no such file or directory`)
}

func TestWhatCannotBeReadEndsWith3(t *testing.T) {
	r := newRun(t, "empty/readme.md", "no", "pipes/a.yaml", "A")
	r.code(exitFailed, "compile")
	r.says("there is no secretctl.yaml here", "hint: name a spec file")
	r.code(exitFailed, "compile", "no.yaml", "neither.yaml")
	r.says(`"no.yaml"`, `"neither.yaml"`)
	r.code(exitFailed, "compile", "empty")
	r.says(`there is no spec in "empty"`)
	r.code(exitFailed, "compile", "/dev/zero")
	r.says("not a regular file")
	if err := syscall.Mkfifo(filepath.Join(r.dir, "pipes/p.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.code(exitFailed, "compile", "pipes")
	r.says(`reading "pipes/p.yaml": it is not a regular file`)
	if r.stdout != "" {
		t.Errorf("stdout: %s", r.stdout)
	}
}

func TestDirectoryThatCannotBeReadEndsWith3(t *testing.T) {
	r := newRun(t)
	rd := reader{p: &program{env: Env{Dir: r.dir}}}
	if specs := rd.walk("nowhere"); specs != nil || len(rd.errs) != 1 {
		t.Errorf("specs %v, errors %v", specs, rd.errs)
	}
}

func TestUnreadableFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	r := newRun(t, "secretctl.yaml", "A")
	if err := os.Chmod(filepath.Join(r.dir, "secretctl.yaml"), 0); err != nil {
		t.Fatal(err)
	}
	r.code(exitFailed, "compile")
	r.says("permission denied")
}

func TestBrokenStandardInputEndsWith3(t *testing.T) {
	var stderr strings.Builder
	code := Run([]string{"compile", "-"}, Env{Stdin: iotest.ErrReader(errors.New("torn")), Stderr: &stderr, compile: fakeCompile})
	if code != exitFailed || !strings.Contains(stderr.String(), `reading "<stdin>": torn`) {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}

func TestFileThatIsTooLargeIsADiagnostic(t *testing.T) {
	r := newRun(t, "large.yaml", "")
	if err := os.Truncate(filepath.Join(r.dir, "large.yaml"), maxFileSize+1); err != nil {
		t.Fatal(err)
	}
	r.code(exitErrors, "compile", "large.yaml")
	r.says("SC0003", "64 MiB")
	r.code(exitErrors, "validate", "large.yaml")
	r.prints("SC0003")
}
