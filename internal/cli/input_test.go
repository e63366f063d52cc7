package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestPathsMeanFilesDirectoriesAndStandardInput(t *testing.T) {
	files := []string{
		"secretctl.yaml", "tags: main", "a.yaml", "tags: A", "b/z.yml", "tags: Z",
		"b/c/y.yaml", "tags: Y", "b.yaml", "tags: B", "b/readme.md", "no",
		"b/.hidden.yaml", "tags: no", "b/.git/x.yaml", "tags: no", "b/x.YAML", "tags: no",
		"b/node_modules/x.yaml", "tags: no", "b/out/plan.json", "{}", "b/out/x.yaml", "tags: no",
	}
	for _, c := range []struct{ args, want string }{
		{"", "secretctl.yaml=tags: main"},
		{"a.yaml", "a.yaml=tags: A"},
		{"./a.yaml a.yaml b/../a.yaml", "./a.yaml=tags: A"},
		{"b.yaml a.yaml", "b.yaml=tags: B;a.yaml=tags: A"},
		{"b", "b/c/y.yaml=tags: Y;b/z.yml=tags: Z"},
		{"b b/z.yml", "b/c/y.yaml=tags: Y;b/z.yml=tags: Z"},
		{"b/.git", "b/.git/x.yaml=tags: no"},
		{".", "a.yaml=tags: A;b.yaml=tags: B;b/c/y.yaml=tags: Y;b/z.yml=tags: Z;" +
			"secretctl.yaml=tags: main"},
		{"- a.yaml -", "<stdin>=input;a.yaml=tags: A"},
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
	r := newRun(t, "specs/a.yaml", "tags: A", "else/b.yaml", "tags: B", "else/c.yaml", "tags: C")
	link := func(to, at string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(r.dir, at)); err != nil {
			t.Fatal(err)
		}
	}
	link("a.yaml", "specs/b.yaml")
	link("../else", "specs/dir")
	link(".", "specs/dir.yaml")
	link("..", "specs/up")
	link("specs", "link")
	r.code(exitOK, "compile", "specs")
	r.prints(`"app:specs/a.yaml=tags: A"`)
	r.code(exitOK, "compile", "link", "specs", "else/b.yaml")
	r.prints(`"app:link/a.yaml=tags: A;else/b.yaml=tags: B"`)
	link("../else/b.yaml", "specs/out.yaml")
	for _, command := range []string{"compile", "validate", "access", "plan"} {
		r.code(exitFailed, command, "specs")
		r.says(`reading "specs/out.yaml": it is a symbolic link, or below one, that leads out of `+
			`the directory`, "hint: ")
	}
	r.code(exitOK, "compile", "specs/out.yaml") // which is named
	r.prints(`"app:specs/out.yaml=tags: B"`)
	if err := os.Remove(filepath.Join(r.dir, "specs/out.yaml")); err != nil {
		t.Fatal(err)
	}

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
	if err := makePipe(filepath.Join(r.dir, "pipes/p.yaml")); err != nil {
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
	code := Run([]string{"compile", "-"},
		Env{Stdin: iotest.ErrReader(errors.New("torn")), Stderr: &stderr, compile: fakeCompile})
	if code != exitFailed || !strings.Contains(stderr.String(), `reading "<stdin>": torn`) {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}

func TestSpecThatIsTooLargeIsADiagnostic(t *testing.T) {
	if testing.Short() {
		t.Skip("the file is as large as may be")
	}
	const spec = "tags: {}\n"
	r := newRun(t, "large.yaml", "", "a/1.yaml", spec, "a/2.yaml", spec, "a/3.yaml", spec,
		"b/spec.yaml", spec, "b/large.yaml", "x: y\n", "b/large-spec.yaml", spec)
	truncate := func(name string, size int64) {
		t.Helper()
		if err := os.Truncate(filepath.Join(r.dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	truncate("large.yaml", maxSpecSize+1234)
	r.code(exitErrors, "compile", "large.yaml")
	r.says("large.yaml:1:1: error[SC0003]: the file has 67,110,098 bytes, more than the " +
		"67,108,864 that secretctl reads")
	r.code(exitErrors, "validate", "large.yaml")
	r.prints("SC0003")

	truncate("a/1.yaml", maxSpecSize-10)
	truncate("a/2.yaml", 11)
	truncate("a/3.yaml", 11)
	r.code(exitErrors, "compile", "a")
	r.says("a/2.yaml:1:1: error[SC0003]: the spec has 67,108,865 bytes up to the end of this "+
		"file, more than the 67,108,864 that secretctl reads", "1 error")
	truncate("a/2.yaml", 10)
	truncate("a/3.yaml", 0)
	r.code(exitOK, "compile", "a")

	truncate("b/large.yaml", maxSpecSize+1) // which is no spec
	r.code(exitOK, "compile", "b")
	r.says("b/large.yaml is no spec")
	truncate("b/large-spec.yaml", maxSpecSize+1)
	r.code(exitErrors, "compile", "b")
	r.says("b/large-spec.yaml:1:1: error[SC0003]")

	r.stdin = strings.Repeat("x", maxSpecSize+1)
	r.code(exitErrors, "compile", "-")
	r.says("<stdin>:1:1: error[SC0003]: the file has more than the 67,108,864 bytes that " +
		"secretctl reads")
}

func TestTemplateThatIsTooLargeIsADiagnostic(t *testing.T) {
	if testing.Short() {
		t.Skip("the file is as large as may be")
	}
	large := aTemplate + strings.Repeat("#\n", maxTemplateSize/2)
	r := newRun(t, "app.yaml", large, "dir/app.yaml", large)
	for _, argument := range []string{"app.yaml", "dir", "-"} {
		r.stdin = large
		r.code(exitErrors, "access", argument)
		r.says("error[SC0003]: the file has ", "more than the 4,194,304 ",
			"hint: make it smaller: CloudFormation takes templates of up to 1,048,576 bytes")
	}
}

func TestValueOfAParameterIsReadWithALimit(t *testing.T) {
	spec := "version: 1\nstack: s\nparameters: { P: { Type: String } }\nsecrets: { a: {} }\n"
	r := newRun(t, "secretctl.yaml", spec, "value", strings.Repeat("x", maxValueSize+1))
	for path, says := range map[string]string{
		"value": `reading the file that --parameter P names: it has more than the 65,536 bytes ` +
			`that secretctl reads`,
		".": `reading the file that --parameter P names: is a directory`,
	} {
		var stderr strings.Builder
		code := Run([]string{"validate", "--parameter", "P=@" + path},
			Env{Dir: r.dir, Stderr: &stderr})
		if code != exitFailed || !strings.Contains(stderr.String(), says) {
			t.Errorf("%s: exit %d: %s", path, code, stderr.String())
		}
	}
	read, write, err := os.Pipe() // as a shell's <(command) is
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	write.WriteString("from a pipe\n")
	write.Close()
	var stderr strings.Builder
	code := Run([]string{"validate", "--parameter", fmt.Sprintf("P=@/dev/fd/%d", read.Fd())},
		Env{Dir: r.dir, Stderr: &stderr})
	if code != exitOK {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}
