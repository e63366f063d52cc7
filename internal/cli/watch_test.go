package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWatchValidatesWhenAFileChanges, and not when it does not.
func TestWatchValidatesWhenAFileChanges(t *testing.T) {
	r := newRun(t, "specs/a.yaml", "stack: a\n", "specs/b.yaml", "tags: {}\n")
	long := time.Now().Add(-time.Hour)
	for _, name := range []string{"a.yaml", "b.yaml"} {
		if err := os.Chtimes(filepath.Join(r.dir, "specs", name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	touch := func(name string) {
		now := time.Now().Add(time.Hour)
		if err := os.Chtimes(filepath.Join(r.dir, name), now, now); err != nil {
			t.Error(err)
		}
	}
	steps := []func(){
		func() {},
		func() { r.write("specs/a.yaml", "stack: a # error\n") },
		func() {},
		func() { touch("specs/a.yaml") },
		func() { r.write("specs/a.yaml", "stack: a # errox\n"); touch("specs/a.yaml") }, // as long
		func() { r.write("specs/c.yml", "tags: {a: warning}\n") },
		func() { os.Remove(filepath.Join(r.dir, "specs", "c.yml")) },
		func() { r.write("specs/note.txt", "stack: b\n") },
		func() { os.RemoveAll(filepath.Join(r.dir, "specs")) },
		func() { r.write("specs/a.yaml", "stack: b\n") },
	}
	r.wait = func() bool {
		if len(steps) == 0 {
			return false
		}
		steps[0]()
		steps = steps[1:]
		return true
	}
	r.code(exitOK, "validate", "--watch", "specs")
	want := []string{
		"watching specs; Ctrl-C ends it", "specs: no findings",
		"", "specs/a.yaml changed", "1 error; see: secretctl explain SC7001",
		"", "specs/a.yaml changed", "specs: no findings",
		"", "specs/c.yml changed", "1 warning; see: secretctl explain SC7002",
		"", "specs/c.yml changed", "specs: no findings",
		"", "specs, specs/a.yaml and specs/b.yaml changed",
		`secretctl: reading "specs": no such file or directory`,
		"", "specs and specs/a.yaml changed", "specs: no findings", "",
	}
	if got := strings.Split(r.stderr, "\n"); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("stderr:\n%s\nwant:\n%s", r.stderr, strings.Join(want, "\n"))
	}
	if strings.Count(r.stdout, "error[SC7001]") != 1 || strings.Contains(r.stdout, "\x1b") {
		t.Errorf("stdout: %q", r.stdout)
	}
}

func TestWhatWatchRefuses(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "stack: a\n")
	r.wait = func() bool { return false }
	for args, says := range map[string]string{
		"validate --watch -":     "cannot watch standard input",
		"validate --watch --fix": "exclude each other",
	} {
		r.code(exitUsage, strings.Fields(args)...)
		r.says(says)
	}
	r.code(exitOK, "validate", "--watch")
	r.says("watching secretctl.yaml; Ctrl-C ends it\nsecretctl.yaml: no findings\n")
}

// TestInterruptEndsWatching with exit code 0.
func TestInterruptEndsWatching(t *testing.T) {
	r := newRun(t, "secretctl.yaml", smallSpec)
	cmd, stderr := r.process("validate", "--watch")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = nil
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1) // it has begun, and waits for signals
	if _, err := errs.Read(buffer); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Skip("this system has no interrupts: ", err)
	}
	go func() { _, _ = out.Read(make([]byte, 1<<16)) }()
	go func() { _, _ = errs.Read(make([]byte, 1<<16)) }()
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}
