package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	unformatted = "version:  1\nstack: 'shop'\n"
	wellFormed  = "version: 1\nstack: shop\n"
)

// TestFmtWritesWhatChanges: each file as a whole, with its permissions, and nothing else.
func TestFmtWritesWhatChanges(t *testing.T) {
	r := newRun(t, "secretctl.yaml", unformatted, "specs/a.yaml", unformatted,
		"specs/b.yml", wellFormed, "specs/other.yaml", "some:  thing\n")
	if err := os.Chmod(filepath.Join(r.dir, "specs", "a.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.code(exitOK, "fmt")
	if got := r.read("secretctl.yaml"); got != wellFormed || r.stdout != "" {
		t.Errorf("it is %q; stdout: %s", got, r.stdout)
	}
	r.says("formatted secretctl.yaml\n")
	r.code(exitOK, "fmt", "specs")
	r.says("formatted specs/a.yaml\n1 file is formatted already\n")
	if got := r.read("specs/a.yaml"); got != wellFormed {
		t.Errorf("it is %q", got)
	}
	info, err := os.Stat(filepath.Join(r.dir, "specs", "a.yaml"))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("permissions are %v, %v", info.Mode(), err)
	}
	if got := r.read("specs/other.yaml"); got != "some:  thing\n" {
		t.Errorf("what is no spec became %q", got)
	}
	r.code(exitOK, "fmt", "--quiet", "specs")
	if r.stdout+r.stderr != "" {
		t.Errorf("it says %s%s", r.stdout, r.stderr)
	}
	if got, want := r.list(), "secretctl.yaml specs specs/a.yaml specs/b.yml specs/other.yaml"; got !=
		filepath.FromSlash(want) {
		t.Errorf("there is %s", got)
	}
}

// TestFmtOfStandardInput writes to standard output, byte for byte.
func TestFmtOfStandardInput(t *testing.T) {
	r := newRun(t)
	r.stdin = "version:  1 # ::error::x\r\nstack: 'shop'\r\n# ##[group]\r\n"
	r.code(exitOK, "fmt", "-")
	if want := "version: 1 # ::error::x\r\nstack: shop\r\n# ##[group]\r\n"; r.stdout != want ||
		r.stderr != "" {
		t.Errorf("stdout %q, stderr %q", r.stdout, r.stderr)
	}
	r.code(exitErrors, "fmt", "--check", "-")
	r.prints("<stdin>: lines 1-2\n")
	r.write("a.yaml", wellFormed)
	r.code(exitUsage, "fmt", "-", "a.yaml")
	r.says("- cannot stand among other paths here")
	r.stdin = "a: [\n"
	r.code(exitErrors, "fmt", "-")
	if r.says("SC0103"); r.stdout != "" {
		t.Errorf("stdout %q", r.stdout)
	}
	r.code(exitErrors, "fmt", "--check", "-")
}

// TestWhatChangesMeanwhileIsNotWrittenOver: nobody loses what an editor has saved since.
func TestWhatChangesMeanwhileIsNotWrittenOver(t *testing.T) {
	r := newRun(t, "a.yaml", unformatted)
	p := &program{env: Env{Dir: r.dir}, err: newOutput(nil)}
	if err := p.overwrite("a.yaml", []byte("something else"), []byte(wellFormed)); err == nil ||
		!strings.Contains(err.Error(), "changed by somebody else") {
		t.Errorf("error: %v", err)
	}
	if err := p.overwrite("a.yaml", nil, []byte(wellFormed)); err == nil {
		t.Error("a file that is there is taken for a new one")
	}
	if err := p.overwrite("b.yaml", []byte(unformatted), []byte(wellFormed)); err == nil {
		t.Error("a file that is gone is made again")
	}
	if got := r.read("a.yaml"); got != unformatted || r.list() != "a.yaml" {
		t.Errorf("it is %q, and there is %s", got, r.list())
	}
	// The disk fails in the last moment.
	p.env.changing = func(what string) {
		if strings.HasPrefix(what, "rename") {
			panic("the end")
		}
	}
	func() {
		defer func() { _ = recover() }()
		_ = p.overwrite("a.yaml", []byte(unformatted), []byte(wellFormed))
	}()
	if got := r.read("a.yaml"); got != unformatted {
		t.Errorf("it is %q", got)
	}
	p.env.changing = nil
	if err := p.overwrite("a.yaml", []byte(unformatted), []byte(wellFormed)); err != nil {
		t.Error(err)
	}
	if got := r.read("a.yaml"); got != wellFormed || r.list() != "a.yaml" {
		t.Errorf("it is %q, and there is %s", got, r.list())
	}
}

// TestFmtFollowsLinks within their directory, and replaces none by a file.
func TestFmtFollowsLinks(t *testing.T) {
	r := newRun(t, "specs/a.yaml", unformatted, "out.yaml", unformatted)
	for _, name := range []string{"link.yaml", "out.yaml"} {
		to := map[string]string{"link.yaml": "a.yaml", "out.yaml": filepath.Join("..", "out.yaml")}[name]
		if err := os.Symlink(to, filepath.Join(r.dir, "specs", name)); err != nil {
			t.Skip("this system has no links: ", err)
		}
	}
	r.code(exitOK, "fmt", "specs/link.yaml")
	if got := r.read("specs/a.yaml"); got != wellFormed {
		t.Errorf("it is %q", got)
	}
	if info, err := os.Lstat(filepath.Join(r.dir, "specs", "link.yaml")); err != nil ||
		info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	r.code(exitFailed, "fmt", "specs/out.yaml")
	r.says("name the file that it leads to")
	if got := r.read("out.yaml"); got != unformatted {
		t.Errorf("it is %q", got)
	}
}

// TestLineNumbers: runs are one, and there are not too many.
func TestLineNumbers(t *testing.T) {
	for want, lines := range map[string][]int{
		"line 3":            {3},
		"lines 1-2":         {1, 2},
		"lines 1, 3-5, 9":   {1, 3, 4, 5, 9},
		"lines 1, 3, 5-100": append([]int{1, 3}, numbers(5, 100)...),
	} {
		if got := lineNumbers(lines); got != want {
			t.Errorf("%v: %s, want %s", lines, got, want)
		}
	}
	var odd []int
	for i := range 30 {
		odd = append(odd, 2*i+1)
	}
	if got := lineNumbers(odd); !strings.HasSuffix(got, ", 39, and 10 more") {
		t.Error(got)
	}
}

func numbers(from, to int) (list []int) {
	for i := from; i <= to; i++ {
		list = append(list, i)
	}
	return list
}

// TestFmtDiffHidesComments that may hold a credential.
func TestFmtDiffHidesComments(t *testing.T) {
	r := newRun(t, "a.yaml", "# password: hunter2one\nversion:  1 # ghp_hunter2two\nstack: app\n"+
		"# old: secretString: \"hunter2three\"\n# what it is for\n")
	r.exec("fmt", "--diff", "a.yaml")
	if strings.Contains(r.stdout, "hunter2") || !strings.Contains(r.stdout, "# what it is for") {
		t.Errorf("it shows %s", r.stdout)
	}
}
