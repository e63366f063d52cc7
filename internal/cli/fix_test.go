package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const misspelt = "version: 1\nstak: shop\nsecrets: { db: { nmae: db } }\n" +
	"principals: { app: { existingRole: app } }\ngrants: { to: ap, allow: raed, secrets: db }\n"

// TestFixRepairsAndSaysSo in several files, and leaves the rest.
func TestFixRepairsAndSaysSo(t *testing.T) {
	r := newRun(t, "specs/a.yaml", misspelt,
		"specs/b.yaml", "keys: { own: { enableKeyRotation: yes } }\n",
		"specs/c.yaml", "services: {}\nsecrets: {}\n")
	r.compiles = true
	before := r.read("specs/a.yaml")
	r.code(exitErrors, "validate", "--fix", "--check", "specs")
	r.says(`would repair specs/a.yaml:3:18: error[SC1001]`, `wrote "name"`)
	if r.prints("SC2002"); r.read("specs/a.yaml") != before {
		t.Error("--check writes")
	}
	r.code(exitOK, "validate", "--fix", "specs")
	r.says("repaired specs/a.yaml:3:18: error[SC1001]: ", `wrote "stack"`, `wrote "app"`,
		`wrote "read"`, "repaired specs/b.yaml:")
	if got, want := r.read("specs/a.yaml"), "version: 1\nstack: shop\n"+
		"secrets: { db: { name: db } }\nprincipals: { app: { existingRole: app } }\n"+
		"grants: { to: app, allow: read, secrets: db }\n"; got != want {
		t.Errorf("it is %s", got)
	}
	if r.read("specs/c.yaml") != "services: {}\nsecrets: {}\n" {
		t.Error("what is no spec was written")
	}
	r.code(exitOK, "validate", "--fix", "--check", "specs")
	if strings.Contains(r.stderr, "repair") {
		t.Errorf("it says %s", r.stderr)
	}
}

// TestFixRepairsWhatAliasesNameOnce: a place that several aliases lead to is one place.
func TestFixRepairsWhatAliasesNameOnce(t *testing.T) {
	const head = "version: 1\nstack: shop\n"
	r := newRun(t, "secretctl.yaml", head+"x-readers: &readers [ap]\nx-own: &own { key: mian }\n"+
		"keys: { main: {} }\nsecrets: { db: *own, mail: { <<: *own, name: mail } }\n"+
		"principals: { app: { existingRole: app } }\n"+
		"grants:\n  - { to: *readers, allow: read, secrets: db }\n"+
		"  - { to: *readers, allow: read, secrets: mail }\n")
	r.compiles = true
	r.code(exitOK, "validate", "--fix")
	r.says(`wrote "app"`, `wrote "main"`)
	if got := r.read("secretctl.yaml"); !strings.Contains(got, "[app]") ||
		!strings.Contains(got, "{ key: main }") {
		t.Errorf("it is %s", got)
	}
}

func TestFixRefuses(t *testing.T) {
	r := newRun(t, "secretctl.yaml", misspelt)
	r.compiles = true
	for args, says := range map[string]string{
		"validate --fix -":        "cannot repair standard input",
		"validate --check":        "--check needs --fix",
		"validate --fix - a.yaml": "cannot repair standard input",
	} {
		r.code(exitUsage, strings.Fields(args)...)
		r.says(says)
	}
	if r.read("secretctl.yaml") != misspelt {
		t.Error("it was written")
	}
}

// TestFixMakesNothingWorse repairs what it can of every mistake that people make: there are never
// more errors than before, and nothing is repaired twice.
func TestFixMakesNothingWorse(t *testing.T) {
	files, _ := filepath.Glob("../../testdata/mistakes/*.yaml")
	repaired := 0
	for i, name := range files {
		if testing.Short() && i%10 != 0 {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := newRun(t, "secretctl.yaml", string(data))
		r.compiles = true
		codeBefore, before := r.errors("validate")
		code, after := r.errors("validate", "--fix")
		if after > before || code > codeBefore {
			t.Errorf("%s: %d errors, and %d before\n%s%s", name, after, before, r.stdout, r.stderr)
		}
		if strings.Contains(r.stderr, "repaired ") {
			repaired++
			r.errors("validate", "--fix")
			if strings.Contains(r.stderr, "repaired ") {
				t.Errorf("%s: again: %s", name, r.stderr)
			}
		} else if r.read("secretctl.yaml") != string(data) {
			t.Errorf("%s: it changes and nothing is said", name)
		}
	}
	if !testing.Short() && repaired < len(files)/4 {
		t.Errorf("%d of %d were repaired", repaired, len(files))
	}
	t.Logf("%d of %d were repaired", repaired, len(files))
}

// errors runs a command and returns its exit code and how many errors it shows.
func (r *run) errors(args ...string) (code, n int) {
	r.t.Helper()
	code = r.exec(args...)
	return code, strings.Count(r.stdout, ": error[")
}

// TestFixOfIDs writes an id only if no error is left then, in any environment.
func TestFixOfIDs(t *testing.T) {
	const start = "version: 1\nstack: app\nsecrets: { pay: {}, other: {} }\n" +
		"principals: { api: { existingRole: x } }\n"
	const environments = "environments:\n" +
		"  dev: { account: 111111111111, region: eu-west-1 }\n" +
		"  prod: { account: 222222222222, region: eu-west-1 }\n"
	for name, c := range map[string]struct{ spec, want string }{
		"alone": {"grants: { to: apj, allow: read, secrets: pay }\n",
			"grants: { to: api, allow: read, secrets: pay }\n"},
		"beside what is left": {"grants: [{ to: apj, allow: read, secrets: pay }, " +
			"{ to: nobody, allow: read, secrets: pay }]\n", ""},
		"where an assertion fails then": {"grants: { to: api, allow: read, secrets: othre }\n" +
			"assert: { principal: api, cannot: read, secrets: other }\n", ""},
		"where one fails elsewhere": {environments +
			"grants: { to: api, allow: read, secrets: othre }\n" +
			"assert: { principal: api, cannot: read, secrets: other, environments: prod }\n", ""},
		"a word that is there twice then": {
			"grants: [{ to: api, allow: [delete, delte], secrets: pay }, " +
				"{ to: apj, allow: read, secrets: pay }]\n", ""},
	} {
		r := newRun(t, "a.yaml", start+c.spec)
		r.compiles = true
		args := []string{"validate", "--fix", "a.yaml"}
		if strings.HasPrefix(c.spec, environments) {
			args = append(args, "--environment", "dev")
		}
		r.exec(args...)
		if c.want == "" {
			c.want = c.spec
		}
		if got := r.read("a.yaml"); got != start+c.want {
			t.Errorf("%s: it is %s\n%s", name, got, r.stderr)
		}
	}
}
