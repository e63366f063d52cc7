// Package action tests the scripts of action.yml as GitHub Actions runs them: in a clone of a pull
// request, with a release in a folder, and with a gh that notes what it is asked. It also tests the
// hooks for pre-commit.
package action

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// built is the folder with a secretctl of this repository.
var built string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	for _, tool := range []string{"bash", "git", "curl", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			fmt.Println("the scripts need", tool, "which is not there: nothing is tested")
			return 0
		}
	}
	dir, err := os.MkdirTemp("", "action")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	built = dir
	if out, err := exec.Command("go", "build", "-o", dir+string(filepath.Separator),
		"../cmd/secretctl").CombinedOutput(); err != nil {
		fmt.Printf("%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// job is a job of a workflow: a checkout, and what its steps get and leave.
type job struct {
	t    *testing.T
	dir  string // of the repository
	temp string // RUNNER_TEMP, with spaces
	path string // of programs
}

func newJob(t *testing.T) *job {
	t.Helper()
	j := &job{t: t, dir: t.TempDir(), temp: filepath.Join(t.TempDir(), "runner temp")}
	if err := os.Mkdir(j.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	j.path = built + string(os.PathListSeparator) + os.Getenv("PATH")
	return j
}

func (j *job) write(name, text string) {
	j.t.Helper()
	name = filepath.Join(j.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		j.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		j.t.Fatal(err)
	}
}

func (j *job) git(args ...string) string {
	j.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com",
		"-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = j.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		j.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// result is what a step leaves.
type result struct {
	code    int
	log     string            // both streams
	outputs map[string]string // of the step
	path    string            // what it adds to PATH
	summary string
}

// step runs a script of the action with variables.
func (j *job) step(script string, variables map[string]string) result {
	j.t.Helper()
	script, err := filepath.Abs(script)
	if err != nil {
		j.t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"} {
		files[name] = filepath.Join(j.t.TempDir(), name)
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = j.dir
	cmd.Env = []string{"PATH=" + j.path, "HOME=" + j.temp, "RUNNER_TEMP=" + j.temp,
		"GITHUB_REPOSITORY=owner/name", "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	for _, set := range []map[string]string{files, variables} {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			cmd.Env = append(cmd.Env, name+"="+set[name])
		}
	}
	out, _ := cmd.CombinedOutput()
	r := result{code: cmd.ProcessState.ExitCode(), log: string(out), outputs: map[string]string{}}
	read := func(name string) string {
		text, err := os.ReadFile(files[name])
		if err != nil && !os.IsNotExist(err) {
			j.t.Fatal(err)
		}
		return string(text)
	}
	for line := range strings.Lines(read("GITHUB_OUTPUT")) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok {
			j.t.Errorf("%s: an output that is none: %q", script, line)
		}
		r.outputs[name] = value
	}
	r.path, r.summary = strings.TrimSpace(read("GITHUB_PATH")), read("GITHUB_STEP_SUMMARY")
	return r
}

// wants says in what outputs differ from those that are wanted.
func (r result) wants(t *testing.T, code int, outputs map[string]string, says ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	for name, want := range outputs {
		if got, ok := r.outputs[name]; got != want || !ok && want != "" {
			t.Errorf("output %s is %q, want %q", name, got, want)
		}
	}
	for _, text := range says {
		if !strings.Contains(r.log, text) {
			t.Errorf("it does not say %q", text)
		}
	}
	if t.Failed() {
		t.Log(r.log)
	}
}

// release is a folder with one release for this system, whose program prints a text.
func release(t *testing.T, version, prints string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "releases")
	folder := fmt.Sprintf("secretctl_%s_%s_%s", version[1:], runtime.GOOS, runtime.GOARCH)
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	w := tar.NewWriter(zipped)
	program := "#!/bin/sh\necho " + prints + "\n"
	err := w.WriteHeader(&tar.Header{Name: "secretctl", Mode: 0o755,
		Size: int64(len(program)), Typeflag: tar.TypeReg})
	if err == nil {
		_, err = w.Write([]byte(program))
	}
	if err != nil || w.Close() != nil || zipped.Close() != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "download", version)
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	name := folder + ".tar.gz"
	sums := fmt.Sprintf("%x  other_%s\n%x  %s\n", sha256.Sum256(nil), name,
		sha256.Sum256(archive.Bytes()), name)
	for file, data := range map[string][]byte{name: archive.Bytes(), "checksums.txt": []byte(sums)} {
		if err := os.WriteFile(filepath.Join(at, file), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestInstall: a release whose checksum fits gets into PATH, for one version and for the release
// that the action itself is of.
func TestInstall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the release of the test is a script of sh, which Windows does not run")
	}
	dir := release(t, "v1.2.3", "here")
	for _, c := range []map[string]string{
		{"SECRETCTL_VERSION": "v1.2.3"}, {"SECRETCTL_ACTION_REF": "v1.2.3"},
	} {
		c["SECRETCTL_RELEASES"] = "file://" + dir + "/"
		j := newJob(t)
		r := j.step("install.sh", c)
		r.wants(t, 0, map[string]string{"version": "v1.2.3"})
		out, err := exec.Command(filepath.Join(r.path, "secretctl")).Output()
		if string(out) != "here\n" || err != nil {
			t.Errorf("%s in PATH prints %q (%v)", r.path, out, err)
		}
	}
	r := newJob(t).step("install.sh", map[string]string{"SECRETCTL_VERSION": "none"})
	r.wants(t, 0, map[string]string{"version": "devel"})
}

// TestInstallRefuses: nothing is installed that is not what was asked for, and no version becomes a
// part of a URL or of an output.
func TestInstallRefuses(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the release of the test is a script of sh, which Windows does not run")
	}
	dir := release(t, "v1.2.3", "here")
	changed := release(t, "v1.2.3", "here")
	archives, err := filepath.Glob(filepath.Join(changed, "download", "v1.2.3", "*.tar.gz"))
	if err != nil || len(archives) != 1 {
		t.Fatal(archives, err)
	}
	if err := os.WriteFile(archives[0], []byte("another archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	without := release(t, "v1.2.3", "here")
	if err := os.WriteFile(filepath.Join(without, "download", "v1.2.3", "checksums.txt"), nil,
		0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, version, says string }{
		{changed, "v1.2.3", "nothing is installed"},
		{without, "v1.2.3", "checksums.txt of v1.2.3 has no "},
		{dir, "v1.2.4", "there is no release v1.2.4"},
		{dir, "1.2.3", "not a release"},
		{dir, "v1.2.3/../../x", "not a release"},
		{dir, "v1.2.3\nversion=v9", "not a release"},
		{dir, "v1.2.3 --output /tmp/x", "not a release"},
		{dir, "$(touch hacked)", "not a release"},
	} {
		j := newJob(t)
		r := j.step("install.sh", map[string]string{
			"SECRETCTL_VERSION": c.version, "SECRETCTL_RELEASES": "file://" + c.dir,
		})
		r.wants(t, 1, map[string]string{"version": ""}, "::error title=secretctl::", c.says)
		if r.path != "" {
			t.Errorf("%q: %s is in PATH", c.version, r.path)
		}
		if _, err := os.Stat(filepath.Join(j.dir, "hacked")); err == nil {
			t.Errorf("%q ran a command", c.version)
		}
	}
}
