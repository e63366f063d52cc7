// Package gitlab tests the scripts of the template for GitLab CI as a runner runs them: in a clone
// of a merge request, with a release in a folder, and with a server in the place of GitLab.
package gitlab

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var releases string // a folder with the release v1.2.3, which is a secretctl of this repository

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	if runtime.GOOS != "linux" {
		fmt.Println("the jobs run in a container of Linux: nothing is tested here")
		return 0
	}
	for _, tool := range []string{"bash", "git", "curl", "jq", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			fmt.Println("############ the jobs need", tool, "- nothing is tested ############")
			return 0
		}
	}
	dir, err := os.MkdirTemp("", "gitlab")
	if err == nil {
		defer os.RemoveAll(dir)
		releases, err = dir, makeRelease(dir)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return m.Run()
}

// makeRelease makes the release v1.2.3.
func makeRelease(dir string) error {
	name := "secretctl_1.2.3_linux_" + runtime.GOARCH
	at := filepath.Join(dir, "download", "v1.2.3")
	program := filepath.Join(dir, name, "secretctl")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/secretctl").
		CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	archive := filepath.Join(at, name+".tar.gz")
	if out, err := exec.Command("tar", "-czf", archive, "-C", filepath.Dir(program), "secretctl").
		CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	sums := fmt.Sprintf("%x  %s.tar.gz\n", sha256.Sum256(data), name)
	return os.WriteFile(filepath.Join(at, "checksums.txt"), []byte(sums), 0o600)
}

// script is what a runner makes of a job: the lines of before_script, and those of its script.
func script(t *testing.T, job string) string {
	t.Helper()
	text, err := os.ReadFile("secretctl.gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var jobs map[string]struct {
		Extends string   `yaml:"extends"`
		Before  []string `yaml:"before_script"`
		Script  []string `yaml:"script"`
	}
	if err := yaml.Unmarshal(text, &jobs); err != nil {
		t.Fatal(err)
	}
	of := jobs[job]
	if of.Script == nil || jobs[of.Extends].Before == nil {
		t.Fatalf("there is no job %s", job)
	}
	return "set -eo pipefail\n" + // as the runner does
		strings.Join(append(jobs[of.Extends].Before, of.Script...), "\n")
}

// TestScriptsAreClean: shellcheck finds nothing in the scripts.
func TestScriptsAreClean(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("############ shellcheck is not installed: the jobs are not checked ############")
	}
	for _, job := range []string{"secretctl:validate", "secretctl:diff"} {
		cmd := exec.Command("shellcheck", "--shell=dash", "-")
		_, text, _ := strings.Cut(script(t, job), "\n")
		cmd.Stdin = strings.NewReader("#!/bin/sh\n" + text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s", job, out)
		}
	}
}

// merge is a merge request: the base has a spec, and what is checked out has another.
func merge(t *testing.T, path, before, after string) (dir, base string) {
	t.Helper()
	dir = t.TempDir()
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c",
			"user.email=t@example.com"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(text string) {
		name := filepath.Join(dir, path)
		err := os.MkdirAll(filepath.Dir(name), 0o755)
		if err == nil {
			err = os.WriteFile(name, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	git("init", "--quiet")
	write(before)
	git("add", "-A")
	git("commit", "--quiet", "-m", "base")
	base = git("rev-parse", "HEAD")
	write(after)
	return dir, base
}

// run runs a job in a folder and returns its log and exit code.
func run(t *testing.T, job, dir string, variables ...string) (log string, code int) {
	t.Helper()
	// unlike dash it has pipefail, as the shell of Alpine has
	cmd := exec.Command("bash", "--posix", "-c", script(t, job))
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(),
		"SECRETCTL_RELEASES=file://" + releases, "SECRETCTL_VERSION=v1.2.3"}, variables...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run()
	return out.String(), cmd.ProcessState.ExitCode()
}

// spec is a spec of one secret that some may read.
func spec(readers string) string {
	return `version: 1
stack: shop
secrets: { db: { name: shop/db, value: { generate: { passwordLength: 32 } } } }
principals: { api: { existingRole: api }, ci: { existingRole: ci } }
grants: [{ to: [` + readers + `], allow: read, secrets: db }]
`
}

// TestValidate: findings are in the log and in the report, and fail the job.
func TestValidate(t *testing.T) {
	const path = "a folder/it's \"$(x)\".yaml"
	for _, c := range []struct {
		text      string
		variables []string
		code      int
		findings  int
		says      string
	}{
		{spec("api, ci"), nil, 0, 0, "no findings"},
		{spec("nobody"), nil, 1, 1, "error[SC2002]"},
		{spec("api, ci") + "silence: [{ code: SC2007, reason: x }]\n", nil, 0, 1,
			"warning[SC4019]"},
		{spec("api, ci") + "silence: [{ code: SC2007, reason: x }]\n",
			[]string{"SECRETCTL_STRICT=true"}, 1, 1, "--strict"},
		{spec("api, ci"), []string{"SECRETCTL_OUTPUT=templates"}, 1, 0,
			"+++ templates/shop.json"},
		{spec("api, ci"), []string{"SECRETCTL_VERSION=v1.2.3;touch hacked"}, 1, -1,
			"not a release"},
		{spec("api, ci"), []string{"SECRETCTL_VERSION=v1.2.4"}, 37, -1, ""},
		{spec("api, ci"), []string{"SECRETCTL_PATHS=\n" + path + "\n"}, 0, 0, "no findings"},
	} {
		dir, _ := merge(t, path, c.text, c.text)
		log, code := run(t, "secretctl:validate", dir,
			append([]string{"SECRETCTL_PATHS=" + path}, c.variables...)...)
		if code != c.code || !strings.Contains(log, c.says) {
			t.Errorf("%v: exit code %d, want %d and %q:\n%s", c, code, c.code, c.says, log)
		}
		var findings []any
		report, err := os.ReadFile(filepath.Join(dir, "secretctl-quality.json"))
		if err == nil {
			err = json.Unmarshal(report, &findings)
		}
		if c.findings >= 0 && (err != nil || len(findings) != c.findings) {
			t.Errorf("%v: the report is %s (%v)", c, report, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "hacked")); err == nil {
			t.Errorf("%v ran a command", c)
		}
	}
}

// TestChangedArchive: nothing runs of a release whose checksum does not fit.
func TestChangedArchive(t *testing.T) {
	other := t.TempDir()
	if err := os.CopyFS(other, os.DirFS(releases)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(other, "download", "v1.2.3",
		"secretctl_1.2.3_linux_"+runtime.GOARCH+".tar.gz")
	if err := os.WriteFile(name, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir, _ := merge(t, "secretctl.yaml", spec("api"), spec("api"))
	log, code := run(t, "secretctl:validate", dir, "SECRETCTL_RELEASES=file://"+other)
	if code == 0 || !strings.Contains(log, "nothing is installed") {
		t.Errorf("exit code %d\n%s", code, log)
	}
}

// gitlab is a GitLab with some notes of a merge request.
type gitlab struct {
	notes []map[string]any
	asked []string
}

func (g *gitlab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("PRIVATE-TOKEN") != "glpat-x" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	const at = "/api/v4/projects/5/merge_requests/7/notes"
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/api/v4/user":
		fmt.Fprint(w, `{"id": 3}`)
	case r.Method == http.MethodGet && r.URL.Path == at:
		list := g.notes
		if r.URL.Query().Get("page") == "2" {
			list = list[min(100, len(list)):]
		}
		list = append([]map[string]any{}, list[:min(100, len(list))]...) // never null
		_ = json.NewEncoder(w).Encode(list)
	default:
		var body struct{ Body string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		first, _, _ := strings.Cut(body.Body, "\n")
		g.asked = append(g.asked, r.Method+" "+strings.TrimPrefix(r.URL.Path, at)+" "+first)
	}
}

// TestDiff: what a merge request changes is an artifact, and one note that is updated.
func TestDiff(t *testing.T) {
	const marker = "<!-- secretctl note -->"
	note := func(id, author int, body string) map[string]any {
		return map[string]any{"id": id, "author": map[string]any{"id": author}, "body": body}
	}
	var many []map[string]any
	for i := range 100 {
		many = append(many, note(1000+i, 3, "hello"))
	}
	for name, c := range map[string]struct {
		after     string
		notes     []map[string]any
		variables []string
		code      int
		asked     string
	}{
		"the first": {spec("api, ci"), nil, nil, 0, "POST  " + marker},
		"an update": {spec("api, ci"), append(many, note(8, 4, marker), note(9, 3, marker+"\nx")),
			nil, 0, "PUT /9 " + marker},
		"nothing changes":    {spec("api") + "\n", nil, nil, 0, ""},
		"nothing is left":    {spec("api") + "\n", []map[string]any{note(9, 3, marker)}, nil, 0, "PUT /9 " + marker},
		"no token":           {spec("api, ci"), nil, []string{"SECRETCTL_TOKEN="}, 0, ""},
		"not accepted":       {spec("api, ci"), nil, []string{"SECRETCTL_FAIL_ON=gains"}, 1, "POST  " + marker},
		"a class with code":  {spec("api"), nil, []string{"SECRETCTL_FAIL_ON=$(touch hacked) x"}, 2, "POST  " + marker},
		"a spec with errors": {spec("nobody"), nil, nil, 3, "POST  " + marker},
	} {
		t.Run(name, func(t *testing.T) {
			const path = "-x/it's \"a\" spec.yaml"
			server := &gitlab{notes: c.notes}
			at := httptest.NewServer(server)
			defer at.Close()
			dir, base := merge(t, path, spec("api"), c.after)
			log, code := run(t, "secretctl:diff", dir, append([]string{"SECRETCTL_PATHS=" + path,
				"CI_MERGE_REQUEST_DIFF_BASE_SHA=" + base, "CI_API_V4_URL=" + at.URL + "/api/v4",
				"CI_PROJECT_ID=5", "CI_MERGE_REQUEST_IID=7", "SECRETCTL_TOKEN=glpat-x"},
				c.variables...)...)
			if got := strings.Join(server.asked, "; "); code != c.code || got != c.asked {
				t.Errorf("exit code %d, asked %q; want %d and %q\n%s", code, got, c.code, c.asked, log)
			}
			text, err := os.ReadFile(filepath.Join(dir, "secretctl-diff.md"))
			if err != nil || !strings.HasPrefix(string(text), marker+"\n") ||
				c.after == spec("api, ci") && !strings.Contains(string(text), "`ci` gains read") ||
				(code > 1) != strings.Contains(string(text), "cannot say what changes") {
				t.Errorf("the artifact is %s (%v)\n%s", text, err, log)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) != 3 { // .git, the spec and the artifact
				t.Errorf("it leaves %v (%v)", left, err)
			}
			if strings.Contains(log, "glpat") {
				t.Errorf("the token is in the log: %s", log)
			}
		})
	}
}
