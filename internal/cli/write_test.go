package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFindingsDecideTheExitCode(t *testing.T) {
	for _, c := range []struct {
		spec, args string
		code       int
	}{
		{"fine", "", exitOK}, {"fine", "--strict", exitOK},
		{"note", "", exitOK}, {"note", "--strict", exitOK},
		{"warning", "", exitOK}, {"warning", "--strict", exitErrors},
		{"error", "", exitErrors}, {"error warning", "--strict", exitErrors},
	} {
		r := newRun(t, "secretctl.yaml", c.spec)
		r.code(c.code, append([]string{"compile"}, strings.Fields(c.args)...)...)
		if (r.stdout != "") != (c.code == exitOK) {
			t.Errorf("compile %s of %q: stdout %q", c.args, c.spec, r.stdout)
		}
		if (r.stderr != "") != (c.spec != "fine") {
			t.Errorf("compile %s of %q: stderr %q", c.args, c.spec, r.stderr)
		}
		for _, format := range []string{"text", "json", "sarif", "github", "gitlab"} {
			r.code(c.code, append([]string{"validate", "--format", format},
				strings.Fields(c.args)...)...)
			if strings.Contains(c.spec, "warning") && c.code == exitErrors &&
				c.spec != "error warning" {
				r.says("refused because of --strict")
			}
			if c.spec == "fine" {
				r.says("secretctl.yaml: no findings\n")
			}
		}
	}
}

func TestValidateNamesWhatItRead(t *testing.T) {
	r := newRun(t, "my-spec.yaml", "fine")
	r.code(exitOK, "validate", "my-spec.yaml", "-")
	r.says("my-spec.yaml, <stdin>: no findings")
}

func TestFormatFollowsTheExtension(t *testing.T) {
	for _, c := range []struct {
		args, file string
		isYAML     bool
	}{
		{"-o t.json", "t.json", false},
		{"-o t.yaml", "t.yaml", true},
		{"-o t.yml --format yaml", "t.yml", true},
		{"-o new/dir/t.json --compact", "new/dir/t.json", false},
		{"-o out", "out/app.json", false},
		{"-o out --format yaml", "out/app.yaml", true},
	} {
		r := newRun(t, "secretctl.yaml", "fine")
		r.code(exitOK, append([]string{"compile"}, strings.Fields(c.args)...)...)
		if got := r.read(c.file); strings.HasPrefix(got, "{") == c.isYAML {
			t.Errorf("%s: %s", c.args, got)
		}
		if r.stdout != "" || !strings.HasPrefix(r.stderr, "wrote ") {
			t.Errorf("%s: stdout %q, stderr %q", c.args, r.stdout, r.stderr)
		}
	}
	r := newRun(t, "secretctl.yaml", "fine")
	r.code(exitOK, "compile", "-o", "-", "--format", "yaml")
	if r.stdout == "" || strings.HasPrefix(r.stdout, "{") {
		t.Errorf("stdout: %s", r.stdout)
	}
}

func TestSeveralStacksNeedADirectory(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "keys")
	r.code(exitErrors, "compile")
	r.says("2 stacks: app-keys.us-east-1.json, app.json", "hint: write them to a directory")
	r.code(exitErrors, "compile", "-o", "t.json")
	if got := r.list() + r.stdout; got != "secretctl.yaml" {
		t.Errorf("files: %s", got)
	}
	r.code(exitOK, "compile", "-o", "out")
	if got := r.list(); got != "out out/app-keys.us-east-1.json out/app.json out/plan.json "+
		"secretctl.yaml" {
		t.Errorf("files: %s", got)
	}
}

func TestPlanTellsWhatWasWritten(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "keys <&>")
	r.code(exitOK, "compile", "-o", "out", "--format", "yaml")
	text := r.read("out/plan.json")
	var plan struct {
		Version int
		Stack   string
		Stacks  []struct {
			Template, SHA256 string
			Bytes            int
			DependsOn        []string
		}
	}
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		t.Fatal(err)
	}
	app := r.read("out/app.yaml")
	sum := sha256.Sum256([]byte(app))
	got := plan.Stacks[1]
	if got.Template != "app.yaml" || got.Bytes != len(app) ||
		got.SHA256 != hex.EncodeToString(sum[:]) || got.DependsOn[0] != "app-keys.us-east-1.yaml" {
		t.Errorf("plan: %+v", got)
	}
	if plan.Version != 1 || plan.Stack != "app" || !strings.HasSuffix(text, "}\n") ||
		strings.Contains(text, "null") {
		t.Errorf("plan: %s", text)
	}
	for _, part := range []string{`"parameters": {},`, `"capabilities": [],`, `"Resource": "<&>"`,
		`"Ref": "Key"`} {
		if !strings.Contains(text, part) {
			t.Errorf("plan lacks %s: %s", part, text)
		}
	}
}

func TestStackCalledPlanIsRefusedInADirectory(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "plan")
	r.code(exitErrors, "compile", "-o", "out")
	r.says("written over by the plan", "hint: ")
	r.code(exitOK, "compile", "-o", "out", "--format", "yaml")
	r.code(exitOK, "compile", "-o", "out/template.json")
}

func TestUnchangedFilesAreNotTouched(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "keys", "out/mine.txt", "mine")
	r.code(exitOK, "compile", "-o", "out")
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"app.json", "app-keys.us-east-1.json", "plan.json"} {
		if err := os.Chtimes(filepath.Join(r.dir, "out", name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(r.dir, "out/app.json")); err != nil {
		t.Fatal(err)
	}
	r.code(exitOK, "compile", "-o", "out")
	for name, touched := range map[string]bool{"app.json": true, "app-keys.us-east-1.json": false,
		"plan.json": false} {
		info, err := os.Stat(filepath.Join(r.dir, "out", name))
		if err != nil {
			t.Fatal(err)
		}
		if info.ModTime().Equal(past) == touched {
			t.Errorf("%s: touched is %v", name, !touched)
		}
	}
	if r.read("out/mine.txt") != "mine" {
		t.Error("a file of somebody else was changed")
	}
}

func TestModeAndLinkOfAFileStay(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "fine", "real.json", "old secretctl")
	if err := os.Chmod(filepath.Join(r.dir, "real.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.json", filepath.Join(r.dir, "t.json")); err != nil {
		t.Fatal(err)
	}
	r.code(exitOK, "compile", "-o", "t.json")
	info, err := os.Lstat(filepath.Join(r.dir, "real.json"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || strings.HasPrefix(r.read("real.json"), "old") {
		t.Errorf("mode %v, text %s", info.Mode(), r.read("real.json"))
	}
	if info, _ := os.Lstat(filepath.Join(r.dir, "t.json")); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
}

func TestFailureLeavesNothingBehind(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		prepare,
		output string
		code int
	}{
		"errors in the spec": {[]string{"secretctl.yaml", "error", "out/app.json",
			"old"}, "", "out", exitErrors},
		"a file where the directory is": {[]string{"secretctl.yaml", "keys", "out", "old"}, "",
			"out", exitFailed},
		"a file as parent": {[]string{"secretctl.yaml", "keys", "out", "old"}, "",
			"out/deeper/still", exitFailed},
		"a directory where a file is": {[]string{"secretctl.yaml", "keys", "out/app.json/x",
			"old"}, "", "out", exitFailed},
		"a directory instead of a file": {[]string{"secretctl.yaml", "fine", "t.json/x", "old"},
			"", "t.json", exitFailed},
		"a link that leads nowhere": {[]string{"secretctl.yaml", "fine"}, "t.json", "t.json",
			exitFailed},
		"a directory link to nowhere": {[]string{"secretctl.yaml", "fine"}, "out", "out",
			exitFailed},
		"a path that cannot be a file": {[]string{"secretctl.yaml", "fine"}, "",
			"a/b/" + strings.Repeat("x", 300), exitFailed},
		"the spec as output": {[]string{"spec.yaml", "fine"}, "",
			"spec.yaml", exitUsage},
		"the spec in the directory": {[]string{"out/app.json", "fine"}, "", "out", exitUsage},
		"a name that cannot be a file's": {[]string{"secretctl.yaml", "fine"}, "",
			"new/" + strings.Repeat("x", 300) + ".json", exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, c.files...)
			if c.prepare != "" {
				if err := os.Symlink("nowhere", filepath.Join(r.dir, c.prepare)); err != nil {
					t.Fatal(err)
				}
			}
			before := r.list()
			r.code(c.code, "compile", "-o", c.output, c.files[0])
			if after := r.list(); after != before {
				t.Errorf("files before: %s\nand after: %s", before, after)
			}
			for i := 0; i < len(c.files); i += 2 {
				if got := r.read(c.files[i]); got != c.files[i+1] {
					t.Errorf("%s is now %q", c.files[i], got)
				}
			}
			if r.stderr == "" || r.stdout != "" {
				t.Errorf("stdout %q, stderr %q", r.stdout, r.stderr)
			}
		})
	}
}

func TestUnwritableDirectory(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	r := newRun(t, "secretctl.yaml", "fine", "out/app.json", "old")
	dir := filepath.Join(r.dir, "out")
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	r.code(exitFailed, "compile", "-o", "out")
	r.says("permission denied")
	if r.read("out/app.json") != "old" {
		t.Error("the file was changed")
	}
}

func TestTemplatesNoLongerProducedAreRemoved(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "keys", "out/mine.json", "mine")
	r.code(exitOK, "compile", "-o", "out")
	r.write("secretctl.yaml", "fine")
	r.code(exitErrors, "compile", "-o", "out", "--check")
	r.prints("out/app-keys.us-east-1.json is no longer produced\n")
	r.code(exitOK, "compile", "-o", "out")
	if got := r.list(); got != "out out/app.json out/mine.json out/plan.json secretctl.yaml" {
		t.Errorf("files: %s", got)
	}

	r.code(exitOK, "compile", "-o", "out", "--format", "yaml")
	if got := r.list(); got != "out out/app.yaml out/mine.json out/plan.json secretctl.yaml" {
		t.Errorf("files: %s", got)
	}

	r.write("out/app.yaml", "changed by hand")
	r.code(exitOK, "compile", "-o", "out")
	r.says(`"out/app.yaml" is no longer produced, but was changed`)
	if r.read("out/app.yaml") != "changed by hand" {
		t.Error("somebody's work is gone")
	}
}

func TestPlanOfSomebodyElseRemovesNothing(t *testing.T) {
	empty := sha256.Sum256(nil)
	sum := hex.EncodeToString(empty[:])
	for _, plan := range []string{
		"not JSON", `{"stacks": 1}`, `{"stacks":[{"template":"../secret.json","sha256":"` +
			sum + `"}]}`,
		`{"stacks":[{"template":"x.txt","sha256":"` + sum +
			`"},{"template":"..","sha256":""},{"template":"","sha256":""}]}`,
		`{"stacks":[{"template":"gone.json","sha256":"` + sum +
			`"},{"template":"dir.json","sha256":"` + sum + `"}]}`,
	} {
		r := newRun(t, "secretctl.yaml", "fine", "secret.json", "", "out/x.txt", "",
			"out/dir.json/y", "", "out/plan.json", plan)
		r.code(exitOK, "compile", "-o", "out")
		if got := r.list(); got != "out out/app.json out/dir.json out/dir.json/y out/plan.json "+
			"out/x.txt secret.json secretctl.yaml" {
			t.Errorf("%s: files: %s", plan, got)
		}
	}
}

func TestCheckWritesNothing(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "fine")
	r.code(exitErrors, "compile", "-o", "t.json", "--check")
	r.prints("t.json")
	r.says(`"t.json" is stale: 1 file differs`, "hint: ")
	if got := r.list(); got != "secretctl.yaml" {
		t.Errorf("files: %s", got)
	}
	r.code(exitOK, "compile", "-o", "t.json")
	r.code(exitOK, "compile", "-o", "t.json", "--check")
	if r.stdout != "" || r.stderr != "1 template is fresh\n" {
		t.Errorf("stdout %q, stderr %q", r.stdout, r.stderr)
	}

	r.code(exitOK, "compile", "-o", "out")
	r.code(exitOK, "compile", "-o", "out", "--check")
	r.write("out/app.json", "old")
	r.write("secretctl.yaml", "finer")
	r.code(exitErrors, "compile", "-o", "out", "--check")
	r.prints("out/app.json", "out/plan.json")
	r.says("2 files differ")
	if r.read("out/app.json") != "old" {
		t.Error("--check wrote")
	}
	r.write("dir.json/x", "")
	r.code(exitFailed, "compile", "-o", "dir.json", "--check")
	r.says("not a regular file")
}

// TestForeignTemplateIsNotWrittenOver: a template of somebody else stays as it is, in a directory
// and where a file is named; an empty file is nobody's, and --check compares whatever is there.
func TestForeignTemplateIsNotWrittenOver(t *testing.T) {
	const mine = `{"Resources":{}}`
	r := newRun(t, "spec.yaml", smallSpec, "mine.json", mine, "out/s.json", mine,
		"plan.json", mine, "empty.json", " \n")
	for _, to := range []string{"mine.json", "plan.json", "out"} {
		r.real(exitFailed, "compile", "spec.yaml", "-o", to)
		r.says("is no template of secretctl, and is not written over",
			"hint: remove the file, or name another --output")
		r.real(exitErrors, "compile", "spec.yaml", "-o", to, "--check")
	}
	if r.read("mine.json") != mine || r.read("out/s.json") != mine {
		t.Error("a template of somebody else was written over")
	}
	r.real(exitOK, "compile", "spec.yaml", "-o", "empty.json")
	r.real(exitOK, "compile", "spec.yaml", "-o", "empty.json")
	r.real(exitOK, "compile", "spec.yaml", "-o", "yaml.yaml", "--format", "yaml")
	r.write("spec.yaml", smallSpec+"# changed\n")
	r.real(exitOK, "compile", "spec.yaml", "-o", "yaml.yaml", "--format", "yaml")
}
