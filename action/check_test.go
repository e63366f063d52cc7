package action

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// spec is a spec of one secret that some may read.
func spec(readers string) string {
	return `version: 1
stack: shop
secrets: { db: { name: shop/db, value: { generate: { passwordLength: 32 } } } }
principals: { api: { existingRole: api }, ci: { existingRole: ci } }
grants: [{ to: [` + readers + `], allow: read, secrets: db, reason: shop }]
`
}

// idle is a silence that silences nothing, which is a warning.
const idle = "silence: [{ code: SC2007, reason: none }]\n"

// pull is a pull request: the base has a spec at a path, and what is checked out has another.
func pull(t *testing.T, path, before, after string) (j *job, base string) {
	t.Helper()
	j = newJob(t)
	j.git("init", "--quiet")
	j.write("README.md", "a repository\n")
	if before != "" {
		j.write(path, before)
	}
	j.git("add", "-A")
	j.git("commit", "--quiet", "-m", "base")
	base = j.git("rev-parse", "HEAD")
	if after == "" {
		if err := os.Remove(filepath.Join(j.dir, path)); err != nil {
			t.Fatal(err)
		}
	} else {
		j.write(path, after)
	}
	j.git("add", "-A")
	j.git("commit", "--quiet", "--allow-empty", "-m", "head")
	return j, base
}

// diff is what the step wrote for the comment.
func (r result) diff(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(r.outputs["diff"])
	if err != nil {
		t.Fatalf("%v\n%s", err, r.log)
	}
	return string(text)
}

// TestCheck: what is found of specs, templates and changes is in the outputs, wherever the spec is.
func TestCheck(t *testing.T) {
	for _, path := range []string{
		"secretctl.yaml", "infra/prod/secretctl.yaml", "with space/it's \"quoted\" $(x).yaml",
		"-o/--strict.yaml", "ünï/[a].yaml",
	} {
		t.Run(path, func(t *testing.T) {
			j, base := pull(t, path, spec("api"), spec("api, ci"))
			r := j.step("check.sh", map[string]string{
				"SECRETCTL_PATHS": "\n  " + path + "\r\n\n", "SECRETCTL_BASE": base,
			})
			r.wants(t, 0, map[string]string{"valid": "true", "fresh": "", "changes": "true",
				"accepted": "true", "failed": "false"})
			if text := r.diff(t); !strings.Contains(text, "`ci` gains read on `db`") ||
				r.summary != text {
				t.Errorf("the difference is\n%s\nand the summary\n%s", text, r.summary)
			}
		})
	}
}

// TestCheckOfAFolder: the folder of specs that is the repository itself, and one below.
func TestCheckOfAFolder(t *testing.T) {
	for path, folder := range map[string]string{
		"shop.yaml": ".", "specs/shop.yaml": "specs/", "a/specs/shop.yaml": "./a/specs",
	} {
		j, base := pull(t, path, spec("api"), spec("api, ci"))
		r := j.step("check.sh", map[string]string{
			"SECRETCTL_PATHS": folder, "SECRETCTL_BASE": base,
		})
		r.wants(t, 0, map[string]string{"valid": "true", "changes": "true", "failed": "false"})
		if text := r.diff(t); !strings.Contains(text, "`ci` gains read on `db`") {
			t.Errorf("%s: the difference is\n%s", folder, text)
		}
	}
}

// TestCheckFails: each thing that is wrong fails the job, and the others are looked at all the
// same.
func TestCheckFails(t *testing.T) {
	const path = "shop.yaml"
	for name, c := range map[string]struct {
		before, after string
		variables     map[string]string
		outputs       map[string]string
		says          string
	}{
		"a spec with an error": {
			spec("api"), spec("nobody"), nil,
			map[string]string{"valid": "false", "failed": "true", "accepted": "false"},
			"::error file=shop.yaml,line=5,",
		},
		"a warning": {
			"", spec("api") + idle, nil,
			map[string]string{"valid": "true", "failed": "false"}, "::warning file=shop.yaml",
		},
		"a warning that is strict": {
			"", spec("api") + idle, map[string]string{"SECRETCTL_STRICT": "true"},
			map[string]string{"valid": "false", "failed": "true"}, "::warning file=shop.yaml",
		},
		"stale templates": {
			spec("api"), spec("api"), map[string]string{"SECRETCTL_OUTPUT": "templates"},
			map[string]string{"valid": "true", "fresh": "false", "failed": "true",
				"changes": "false"}, "run secretctl compile",
		},
		"what is not accepted": {
			spec("api"), spec("api, ci"), map[string]string{"SECRETCTL_FAIL_ON": "gains"},
			map[string]string{"valid": "true", "accepted": "false", "failed": "true",
				"changes": "true"}, "does not accept",
		},
		"another class": {
			spec("api"), spec("api, ci"), map[string]string{"SECRETCTL_FAIL_ON": "value-lost"},
			map[string]string{"accepted": "true", "failed": "false", "changes": "true"}, "",
		},
		"no class of changes": {
			spec("api"), spec("api"), map[string]string{"SECRETCTL_FAIL_ON": "$(touch hacked)"},
			map[string]string{"accepted": "false", "failed": "true"}, "cannot say",
		},
		"no change":  {spec("api"), spec("api") + "\n", nil, map[string]string{"changes": "false"}, ""},
		"a new spec": {"", spec("api"), nil, map[string]string{"changes": "true"}, ""},
		"a spec that is gone": {spec("api"), "", nil, map[string]string{"changes": "true",
			"valid": "false", "failed": "true"}, ""},
		"no diff": {spec("api"), spec("ci"), map[string]string{"SECRETCTL_DIFF": "false"},
			map[string]string{"changes": "", "diff": "", "failed": "false"}, ""},
		"no base": {spec("api"), spec("ci"), map[string]string{"SECRETCTL_BASE": ""},
			map[string]string{"changes": "", "diff": "", "failed": "false"}, ""},
		"no path": {spec("api"), spec("ci"), map[string]string{"SECRETCTL_PATHS": " \n"},
			map[string]string{"failed": "true"}, "paths is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			j, base := pull(t, path, c.before, c.after)
			variables := map[string]string{"SECRETCTL_PATHS": path, "SECRETCTL_BASE": base}
			for name, value := range c.variables {
				variables[name] = value
			}
			r := j.step("check.sh", variables)
			r.wants(t, 0, c.outputs, c.says)
			failed := strings.Contains(r.log, "::error title=secretctl::secretctl cannot say")
			if failed != strings.Contains(r.summary, "**secretctl cannot say what changes**") {
				t.Errorf("the summary is\n%s\nand the log\n%s", r.summary, r.log)
			}
			if _, err := os.Stat(filepath.Join(j.dir, "hacked")); err == nil {
				t.Error("an input ran a command")
			}
		})
	}
}

// TestCheckFindsFreshTemplates: what compile wrote is fresh.
func TestCheckFindsFreshTemplates(t *testing.T) {
	j, base := pull(t, "shop.yaml", spec("api"), spec("api"))
	j.compile("shop.yaml", "templates")
	j.step("check.sh", map[string]string{
		"SECRETCTL_PATHS": "shop.yaml", "SECRETCTL_BASE": base, "SECRETCTL_OUTPUT": "templates",
	}).wants(t, 0, map[string]string{"fresh": "true", "failed": "false", "changes": "false"})
}

// TestCheckOfSeveralSpecs: each has its own part of the comment.
func TestCheckOfSeveralSpecs(t *testing.T) {
	j, base := pull(t, "a.yaml", spec("api"), spec("api, ci"))
	j.write("b`b.yaml", strings.Replace(spec("api"), "shop\n", "other\n", 1))
	r := j.step("check.sh", map[string]string{
		"SECRETCTL_PATHS": "a.yaml\nb`b.yaml", "SECRETCTL_BASE": base,
	})
	r.wants(t, 0, map[string]string{"changes": "true"})
	text := r.diff(t)
	if !strings.Contains(text, "**`a.yaml`**") || !strings.Contains(text, "**`bb.yaml`**") ||
		strings.Count(text, "### secretctl diff") != 2 {
		t.Errorf("the difference is\n%s", text)
	}
}

// TestBaseOfAPullRequest: it is the base as it is now, into which GitHub has merged what it checks
// out, and not what the base was when the event was made; what others merged meanwhile is no change
// of the pull request. Of anything else that is checked out it is the base of the event.
func TestBaseOfAPullRequest(t *testing.T) {
	origin, old := pull(t, "shop.yaml", spec("api"), spec("api"))
	origin.git("checkout", "--quiet", "-b", "feature")
	origin.write("shop.yaml", spec("api")+"x-feature: 1\n")
	origin.git("commit", "--quiet", "-am", "feature")
	origin.git("checkout", "--quiet", "-")
	origin.write("other.yaml", strings.ReplaceAll(spec("api, ci"), "shop", "other"))
	origin.git("add", "-A")
	origin.git("commit", "--quiet", "-m", "what others merged")
	origin.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature")
	merge := origin.git("rev-parse", "HEAD")
	origin.git("config", "uploadpack.allowAnySHA1InWant", "true") // as GitHub does
	for _, c := range map[string]struct{ ref, sha, changes string }{
		"the merge":      {"refs/pull/7/merge", merge, "false"},
		"another commit": {"refs/pull/7/merge", old, "true"},
		"a branch":       {"refs/heads/main", merge, "true"},
	} {
		j := newJob(t)
		j.git("clone", "--quiet", "--depth=1", "file://"+origin.dir, ".")
		j.step("check.sh", map[string]string{
			"SECRETCTL_PATHS": "shop.yaml\nother.yaml", "SECRETCTL_PULL_BASE": old,
			"GITHUB_REF": c.ref, "GITHUB_SHA": c.sha,
		}).wants(t, 0, map[string]string{"changes": c.changes, "failed": "false"})
	}
}

// TestBaseIsARevision: the base is fetched where it is not there, whatever its name is; what is
// none is told, and commands nothing.
func TestBaseIsARevision(t *testing.T) {
	origin, base := pull(t, "shop.yaml", spec("api"), spec("api, ci"))
	hostile := "release/it's-\"$(touch${IFS}hacked)\";&|'x'"
	origin.git("branch", hostile, base)
	for _, c := range []struct {
		base     string
		accepted string
	}{
		{base, "true"}, {hostile, "true"}, {"no such branch", "false"},
		{"main:refs/heads/other", "false"}, {"+main", "false"},
		{"--upload-pack=touch hacked", "false"},
		{"main\nfailed=false", "false"}, {"$(touch hacked)", "false"},
	} {
		j := newJob(t)
		j.git("clone", "--quiet", "--depth=1", "file://"+origin.dir, ".")
		j.git("config", "protocol.file.allow", "always")
		r := j.step("check.sh", map[string]string{
			"SECRETCTL_PATHS": "shop.yaml", "SECRETCTL_BASE": c.base,
		})
		failed := map[string]string{"true": "false", "false": "true"}[c.accepted]
		r.wants(t, 0, map[string]string{"accepted": c.accepted, "failed": failed})
		if c.accepted == "true" && !strings.Contains(r.diff(t), "`ci` gains read on `db`") {
			t.Errorf("%q: the difference is\n%s", c.base, r.diff(t))
		}
		for _, dir := range []string{j.dir, origin.dir} {
			if _, err := os.Stat(filepath.Join(dir, "hacked")); err == nil {
				t.Fatalf("%q ran a command", c.base)
			}
		}
		if branches := j.git("branch", "--format=%(refname:short)"); branches != "main" {
			t.Errorf("%q made branches: %s", c.base, branches)
		}
	}
}
