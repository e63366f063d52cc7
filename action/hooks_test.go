package action

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// hook is an entry of .pre-commit-hooks.yaml: https://pre-commit.com/#new-hooks.
type hook struct {
	ID, Name, Description, Entry, Language, Files string
	Types                                         []string
	RequireSerial                                 bool  `yaml:"require_serial"`
	PassFilenames                                 *bool `yaml:"pass_filenames"`
}

// hooks are the hooks of this repository, by id.
func hooks(t *testing.T) map[string]hook {
	t.Helper()
	file, err := os.Open("../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var list []hook
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil {
		t.Fatal(err)
	}
	byID := map[string]hook{}
	for _, h := range list {
		if h.Name == "" || h.Description == "" || h.Language != "golang" {
			t.Errorf("the hook %s is not complete: %+v", h.ID, h)
		}
		byID[h.ID] = h
	}
	return byID
}

// commit runs a hook as pre-commit does: its entry, the arguments of the user's settings, and the
// files of the commit that it is for.
func (j *job) commit(h hook, args []string, files ...string) (log string, code int) {
	j.t.Helper()
	pattern, err := regexp.Compile(h.Files)
	if err != nil {
		j.t.Fatal(err)
	}
	words := slices.Concat(strings.Fields(h.Entry), args)
	if h.PassFilenames == nil || *h.PassFilenames {
		for _, name := range files {
			if pattern.MatchString(name) {
				words = append(words, name)
			}
		}
	}
	cmd := exec.Command(filepath.Join(built, words[0]), words[1:]...)
	cmd.Dir = j.dir
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

// TestHookValidates: one call has all specs of a commit, and no other file of it.
func TestHookValidates(t *testing.T) {
	h := hooks(t)["secretctl-validate"]
	j := newJob(t)
	j.write("secretctl.yaml", spec("api, ci"))
	other := strings.ReplaceAll(spec("api, ci"), "shop", "other")
	j.write("other/it's a/secretctl.yml", other)
	j.write("other/compose.yaml", "services: {}\n")
	files := []string{"secretctl.yaml", "other/it's a/secretctl.yml", "other/compose.yaml"}
	if log, code := j.commit(h, nil, files...); code != 0 || !strings.Contains(log,
		"secretctl.yaml, other/it's a/secretctl.yml: no findings") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	j.write("other/it's a/secretctl.yml", strings.ReplaceAll(other, "api, ci", "nobody"))
	if log, code := j.commit(h, []string{"--strict"}, files...); code != 1 || !strings.Contains(log,
		"other/it's a/secretctl.yml:5:17: error[SC2002]") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	for name, is := range map[string]bool{
		"secretctl.yaml": true, "a/secretctl.yml": true, "a/my-secretctl.yaml": false,
		"secretctl.yaml.bak": false, "secretctl.json": false,
	} {
		if regexp.MustCompile(h.Files).MatchString(name) != is {
			t.Errorf("the hook is for %s: %v", name, !is)
		}
	}
}

// TestHookChecksTemplates: the hook fails until the templates are what the specs compile to.
func TestHookChecksTemplates(t *testing.T) {
	h := hooks(t)["secretctl-compile-check"]
	j := newJob(t)
	j.write("specs/shop.yaml", spec("api, ci"))
	args := []string{"--output=templates", "specs"}
	if log, code := j.commit(h, args, "specs/shop.yaml"); code != 1 || !strings.Contains(log,
		"templates/shop.json") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	j.compile("specs", "templates")
	if log, code := j.commit(h, args, "templates/shop.json"); code != 0 {
		t.Errorf("exit code %d\n%s", code, log)
	}
	if log, code := j.commit(h, nil, "specs/shop.yaml"); code != 2 {
		t.Errorf("without arguments the exit code is %d\n%s", code, log)
	}
}
