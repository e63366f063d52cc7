package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// environmentsSpec is a spec with some environments.
func environmentsSpec(names ...string) string {
	text := "version: 1\nstack: app-$(stage)\nenvironments:\n"
	for _, name := range names {
		text += "  " + name + ": { account: '111111111111', region: eu-west-1, " +
			"variables: { stage: " + name + " } }\n"
	}
	return text + "secrets: { db: { name: $(stage)/db } }\n"
}

// specRun is a run of the real compiler.
func specRun(t *testing.T, files ...string) *run {
	t.Helper()
	r := newRun(t, files...)
	r.compiles = true
	return r
}

// TestDirectoriesOfEnvironmentsThatAreGone: what an earlier run wrote for them is removed, but for
// what somebody has changed or put there, and what is of something else.
func TestDirectoriesOfEnvironmentsThatAreGone(t *testing.T) {
	r := specRun(t, "spec.yaml", environmentsSpec("dev", "test", "prod"))
	r.code(exitOK, "compile", "spec.yaml", "-o", "out")
	r.code(exitOK, "compile", "spec.yaml", "-o", "out/more") // not of this directory
	r.write("out/test/app-test.json", "{}")
	r.write("out/test/mine.txt", "mine")
	r.write("spec.yaml", environmentsSpec("dev"))

	r.code(exitOK, "compile", "spec.yaml", "--environment", "dev", "-o", "out", "--check")
	r.code(exitErrors, "compile", "spec.yaml", "-o", "out", "--check")
	r.prints("out/prod/app-prod.json is no longer produced", "out/prod/plan.json is no longer")
	r.code(exitOK, "compile", "spec.yaml", "-o", "out")
	r.says(`"out/test/app-test.json" is no longer produced, but was changed by somebody else`)
	for name, want := range map[string]bool{
		"out/prod": false, "out/test/plan.json": false, "out/test/app-test.json": true,
		"out/test/mine.txt": true, "out/dev/plan.json": true, "out/more/prod/plan.json": true,
	} {
		if _, err := os.Stat(filepath.Join(r.dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.code(exitOK, "compile", "spec.yaml", "-o", "out", "--check")
}

// TestEnvironmentsInThePlaceOfOneSpec: the templates of the spec without environments are stale
// once it has some, and a spec without environments lets directories be.
func TestEnvironmentsInThePlaceOfOneSpec(t *testing.T) {
	r := specRun(t, "one.yaml", "version: 1\nstack: app\nsecrets: { db: {} }\n",
		"spec.yaml", environmentsSpec("dev"))
	r.code(exitOK, "compile", "one.yaml", "-o", "out")
	r.code(exitErrors, "compile", "spec.yaml", "-o", "out", "--check")
	r.prints("out/app.json is no longer produced")
	r.code(exitOK, "compile", "spec.yaml", "-o", "out")
	if _, err := os.Stat(filepath.Join(r.dir, "out/app.json")); err == nil {
		t.Error("out/app.json is still there")
	}
	r.code(exitOK, "compile", "one.yaml", "-o", "out")
	r.code(exitOK, "compile", "one.yaml", "-o", "out", "--check")
	if _, err := os.Stat(filepath.Join(r.dir, "out/dev/plan.json")); err != nil {
		t.Error("a spec without environments removes the directory of one")
	}
}

// TestSpecsThatAreGone: their directories are stale, with those of their environments.
func TestSpecsThatAreGone(t *testing.T) {
	r := specRun(t, "specs/a.yaml", "version: 1\nstack: a\nsecrets: { db: {} }\n",
		"specs/b.yaml", "version: 1\nstack: b\nsecrets: { db: {} }\n",
		"specs/c.yaml", environmentsSpec("dev"))
	r.code(exitOK, "compile", "specs", "-o", "out")
	if err := os.Remove(filepath.Join(r.dir, "specs/c.yaml")); err != nil {
		t.Fatal(err)
	}
	r.code(exitErrors, "compile", "specs", "-o", "out", "--check")
	r.prints("out/c/dev/app-dev.json is no longer produced")
	r.code(exitOK, "compile", "specs", "-o", "out")
	if _, err := os.Stat(filepath.Join(r.dir, "out/c/dev")); err == nil {
		t.Error("out/c/dev is still there")
	}
	r.code(exitOK, "access", "out")
	r.prints("a/DbSecret", "b/DbSecret")
}

// TestSpecsThatBecomeOne: their directories are stale where one of them has the stack that is left.
func TestSpecsThatBecomeOne(t *testing.T) {
	r := specRun(t, "specs/a.yaml", "version: 1\nstack: a\nsecrets: { db: {} }\n",
		"specs/b.yaml", "version: 1\nstack: b\nsecrets: { db: {} }\n")
	r.code(exitOK, "compile", "specs", "-o", "out")
	r.code(exitOK, "compile", "specs/a.yaml", "-o", "other/out")
	r.code(exitOK, "compile", "specs/b.yaml", "-o", "other")
	if err := os.Remove(filepath.Join(r.dir, "specs/b.yaml")); err != nil {
		t.Fatal(err)
	}
	r.code(exitErrors, "compile", "specs", "-o", "out", "--check")
	r.prints("out/a/a.json is no longer produced", "out/b/b.json is no longer produced")
	r.code(exitOK, "compile", "specs", "-o", "out")
	r.says("removed out/b/b.json\nremoved out/b/plan.json\nremoved out/a/a.json")
	r.code(exitOK, "compile", "specs", "-o", "out", "--check")
	for _, name := range []string{"out/a", "out/b"} {
		if _, err := os.Stat(filepath.Join(r.dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
}

// TestOneSpecThatBecomesSeveral: what it had in the directories of its environments is stale.
func TestOneSpecThatBecomesSeveral(t *testing.T) {
	r := specRun(t, "specs/a.yaml", environmentsSpec("dev"))
	r.code(exitOK, "compile", "specs", "-o", "out")
	r.write("specs/b.yaml", "version: 1\nstack: b\nsecrets: { db: {} }\n")
	r.code(exitErrors, "compile", "specs", "-o", "out", "--check")
	r.prints("out/dev/app-dev.json is no longer produced")
	r.code(exitOK, "compile", "specs", "-o", "out")
	r.code(exitOK, "compile", "specs", "-o", "out", "--check")
	if _, err := os.Stat(filepath.Join(r.dir, "out/dev")); err == nil {
		t.Error("out/dev is still there")
	}
}

// TestDirectoriesOfOtherSpecs: what another spec wrote is kept, and told.
func TestDirectoriesOfOtherSpecs(t *testing.T) {
	r := specRun(t, "one.yaml", environmentsSpec("prod"),
		"two.yaml", strings.ReplaceAll(environmentsSpec("dev"), "app-", "two-"))
	r.code(exitOK, "compile", "one.yaml", "-o", "out")
	r.code(exitOK, "compile", "two.yaml", "-o", "out")
	r.says(`"out/prod" is of the stack "app-prod", which this is not, and is kept`)
	r.code(exitOK, "compile", "two.yaml", "-o", "out", "--check")
	if _, err := os.Stat(filepath.Join(r.dir, "out/prod/plan.json")); err != nil {
		t.Error(err)
	}
}

// TestTemplatesBesideTheSpec: what compile writes into the directory of the spec is passed over,
// and written again.
func TestTemplatesBesideTheSpec(t *testing.T) {
	r := specRun(t, "spec.yaml", "version: 1\nstack: app\nsecrets: { db: {} }\n")
	for range 2 {
		r.code(exitOK, "compile", ".", "-o", "template.yaml")
		r.code(exitOK, "compile", ".", "-o", "templates", "--format", "yaml")
	}
	r.code(exitOK, "validate", ".")
	r.prints("note[SC0005]: template.yaml is no spec")
	if strings.Contains(r.stdout, "error") {
		t.Error(r.stdout)
	}
}

// TestNoLinkBelowTheDirectoryOfTemplates: only the directory that the user named may be a link.
func TestNoLinkBelowTheDirectoryOfTemplates(t *testing.T) {
	for _, name := range []string{"dev", "prod", "c", "c/prod"} {
		r := specRun(t, "els/app-dev.json", "theirs", "els/app-prod.json", "theirs",
			"specs/c.yaml", environmentsSpec("dev", "prod"),
			"specs/a.yaml", "version: 1\nstack: a\nsecrets: { db: {} }\n")
		paths := []string{"specs/c.yaml"}
		if strings.HasPrefix(name, "c") {
			paths = append(paths, "specs/a.yaml")
		}
		link := filepath.Join(r.dir, "o", name)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(r.dir, "els"), link); err != nil {
			t.Skipf("links cannot be made here, so that none can be followed: %v", err)
		}
		if err := os.Symlink("o", filepath.Join(r.dir, "named")); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"-o", "o"}, {"-o", "named"}, {"-o", "o", "--check"}} {
			r.code(exitFailed, append(append([]string{"compile"}, paths...), args...)...)
			r.says("it is a symbolic link")
		}
		for _, file := range []string{"els/app-dev.json", "els/app-prod.json"} {
			if got, _ := os.ReadFile(filepath.Join(r.dir, file)); string(got) != "theirs" {
				t.Errorf("%s: %s is written over", name, file)
			}
		}
		for _, file := range []string{"els/plan.json", "o/dev/plan.json", "o/a/plan.json"} {
			if _, err := os.Stat(filepath.Join(r.dir, file)); err == nil {
				t.Errorf("%s: %s is written", name, file)
			}
		}
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		r.code(exitOK, append(append([]string{"compile"}, paths...), "-o", "named")...)
	}
}

// TestNoStaleDirectoryBehindALink: what an earlier run wrote elsewhere stays there.
func TestNoStaleDirectoryBehindALink(t *testing.T) {
	r := specRun(t, "spec.yaml", environmentsSpec("dev", "prod"))
	r.code(exitOK, "compile", "spec.yaml", "-o", "out")
	if err := os.Rename(filepath.Join(r.dir, "out/prod"), filepath.Join(r.dir, "els")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../els", filepath.Join(r.dir, "out/prod")); err != nil {
		t.Skipf("links cannot be made here, so that none can be followed: %v", err)
	}
	r.write("spec.yaml", environmentsSpec("dev"))
	r.code(exitOK, "compile", "spec.yaml", "-o", "out")
	if _, err := os.Stat(filepath.Join(r.dir, "els/plan.json")); err != nil {
		t.Error(err)
	}
}

// TestSpecsWithoutADirectory: the name of a file is no way out of the directory.
func TestSpecsWithoutADirectory(t *testing.T) {
	for _, file := range []string{"...yaml", "..yaml", ".yaml"} {
		r := specRun(t, file, "version: 1\nstack: a\nsecrets: { db: {} }\n",
			"b.yaml", "version: 1\nstack: b\nsecrets: { db: {} }\n")
		r.code(exitUsage, "compile", file, "b.yaml", "-o", "o/x")
		r.says("rename its file or directory")
		if _, err := os.Stat(filepath.Join(r.dir, "o")); err == nil {
			t.Errorf("%s: something is written", file)
		}
	}
}

// TestPlansOfOthers: a plan.json that is none of ours is not written over.
func TestPlansOfOthers(t *testing.T) {
	r := specRun(t, "o/plan.json", `{"mine":1}`, "o/dev/plan.json", `{"mine":1}`,
		"one.yaml", "version: 1\nstack: app\nsecrets: { db: {} }\n",
		"spec.yaml", environmentsSpec("dev"))
	for _, spec := range []string{"one.yaml", "spec.yaml"} {
		r.code(exitFailed, "compile", spec, "-o", "o")
		r.says("is no plan of secretctl")
	}
	for _, file := range []string{"o/plan.json", "o/dev/plan.json"} {
		if got, _ := os.ReadFile(filepath.Join(r.dir, file)); string(got) != `{"mine":1}` {
			t.Errorf("%s is %s", file, got)
		}
	}
}
