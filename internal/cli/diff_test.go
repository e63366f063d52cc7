package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// diffSpec is a spec, with a grant and the length of a value.
func diffSpec(grant, length string) string {
	return "version: 1\nstack: shop\nenvironment: { account: '111111111111', region: eu-west-1 }\n" +
		"secrets: { db: { name: shop/db, value: { generate: { passwordLength: " + length +
		" } } } }\nprincipals: { ci: { existingRole: ci }, api: { existingRole: api } }\n" +
		"grants: [ { to: api, allow: read, secrets: db }" + grant + " ]\n"
}

const ciReads = ", { to: ci, allow: read, secrets: db }"

// git runs git in the directory of a run, or below it.
func (r *run) git(below string, args ...string) {
	r.t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		r.t.Skip("git is not installed, and nothing else reads a revision")
	}
	cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=n@e.example",
		"-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = filepath.Join(r.dir, below)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %s: %v\n%s", args, err, out)
	}
}

// repositoryRun is a run in a repository: the tag first has a spec and what it compiles to, and the
// work tree, which is committed, another spec.
func repositoryRun(t *testing.T) *run {
	t.Helper()
	r := specRun(t, "repo/specs/spec.yaml", diffSpec("", "30"), "repo/specs/README.md", "# Specs\n")
	r.git("repo", "init", "-q", "-b", "main")
	r.code(exitOK, "compile", "repo/specs", "-o", "repo/out")
	r.git("repo", "add", "-A")
	r.git("repo", "commit", "-q", "-m", "first")
	r.git("repo", "tag", "first")
	r.write("repo/specs/spec.yaml", diffSpec(ciReads, "30"))
	r.git("repo", "commit", "-q", "-a", "-m", "second")
	return r
}

// in makes the runs that follow run in a directory below.
func (r *run) in(below string) *run {
	inner := *r
	inner.dir = filepath.Join(r.dir, below)
	return &inner
}

// TestDiffOfRevisions: specs and what was compiled, files and directories, by a tag, a branch and
// a commit before another, on either side.
func TestDiffOfRevisions(t *testing.T) {
	r := repositoryRun(t).in("repo")
	for _, args := range []string{
		"first:specs specs", "first:specs/spec.yaml specs/spec.yaml", "main~1:specs main:specs",
		"first:out specs", "first:out/shop.json@111111111111:eu-west-1 HEAD:specs",
	} {
		r.code(exitErrors, append(strings.Fields("diff --fail-on gains"),
			strings.Fields(args)...)...)
		r.prints("1 gain", "ci gains read on")
	}
	r.code(exitOK, "diff", "first:out", "first:specs")
	r.prints("no change in access or resources")
	r.code(exitOK, "diff", "main:specs", "first:specs", "--format", "json")
	r.prints(`"file": "main:specs/spec.yaml"`, `"change": "loses"`)

	below := r.in("specs")
	below.code(exitErrors, "diff", "first:./spec.yaml", "spec.yaml", "--fail-on", "any")
	below.prints("ci gains read on db")
}

// TestDiffPageAsksAgain: the page has the commands of the states that are paths, and none of a
// revision or of nothing, which why does not take.
func TestDiffPageAsksAgain(t *testing.T) {
	r := repositoryRun(t).in("repo")
	r.code(exitOK, "diff", "--format", "html", "first:specs", "specs")
	r.prints(`"command":{"paths":"first:specs specs","after":"specs",`+
		`"diff":"secretctl diff --format json first:specs specs"}`, ">ci gains read on db</a>")
	r.write("accept.yaml", "accept: []\n")
	r.code(exitOK, "diff", "--format", "html", "--accept", "accept.yaml", "--region", "eu-west-1",
		"out", "none")
	r.prints(`"command":{"flags":"--region eu-west-1","paths":"out none","before":"out",` +
		`"diff":"secretctl diff --format json --region eu-west-1 --accept accept.yaml out none"}`)
}

// TestDiffOfRevisionsThatAreNone: each says what is wrong, and what helps.
func TestDiffOfRevisionsThatAreNone(t *testing.T) {
	r := repositoryRun(t)
	repository := r.in("repo")
	repository.code(exitFailed, "diff", "never:specs", "specs")
	repository.says(`the repository has no revision "never"`, "hint: ")
	repository.code(exitFailed, "diff", "first:gone", "specs")
	repository.says(`the revision "first" has no "gone"`, "first:./gone")
	repository.code(exitFailed, "diff", "specs", "first:specs/README.md")
	repository.says(`"first:specs/README.md"`)
	r.code(exitFailed, "diff", "first:specs", "repo/specs")
	r.says(`"first:specs" is neither a path nor a revision`)

	repository.write("broken.yaml", "version: 1\nstack: shop\nsecrets: { db: { nam: x } }\n")
	repository.git("", "add", "-A")
	repository.git("", "commit", "-q", "-m", "broken")
	repository.code(exitFailed, "diff", "HEAD:broken.yaml", "specs")
	repository.says("there is no property", `the state "HEAD:broken.yaml" has errors`)
}

// TestDiffInOtherRepositories: in a linked work tree, in a shallow clone as CI makes them, and in a
// bare repository.
func TestDiffInOtherRepositories(t *testing.T) {
	r := repositoryRun(t)
	r.git("repo", "worktree", "add", "-q", "../linked", "main~1")
	linked := r.in("linked")
	linked.code(exitOK, "diff", "specs", "main:specs")
	linked.prints("ci gains read on db")

	at := "file://" + filepath.ToSlash(filepath.Join(r.dir, "repo"))
	r.git("", "clone", "-q", "--depth", "1", at, "shallow")
	shallow := r.in("shallow")
	shallow.code(exitOK, "diff", "HEAD:specs", "specs")
	shallow.prints("no change in access or resources")
	shallow.code(exitFailed, "diff", "HEAD~1:specs", "specs")
	shallow.says("the repository is shallow", "git fetch")

	r.git("", "clone", "-q", "--bare", at, "bare.git")
	bare := r.in("bare.git")
	bare.code(exitOK, "diff", "first:specs", "main:specs")
	bare.prints("ci gains read on db")
}

// TestDiffPrefersAPathToARevision: what is there under a name is meant.
func TestDiffPrefersAPathToARevision(t *testing.T) {
	r := repositoryRun(t).in("repo")
	r.write("first:specs/spec.yaml", diffSpec(ciReads, "40"))
	r.code(exitOK, "diff", "first:specs", "specs")
	r.prints("1 value-lost\n")
}

// TestDiffRunsNothingOfARepository: no hook, filter or attribute of a repository runs.
func TestDiffRunsNothingOfARepository(t *testing.T) {
	r := repositoryRun(t)
	mark := filepath.Join(r.dir, "ran")
	r.write("repo/.gitattributes", "*.yaml filter=mark diff=mark\n")
	for _, setting := range []string{"filter.mark.smudge", "filter.mark.clean", "diff.mark.textconv",
		"core.fsmonitor", "core.pager", "core.sshCommand"} {
		r.git("repo", "config", setting, "touch "+mark)
	}
	r.in("repo").code(exitOK, "diff", "first:specs", "specs")
	if _, err := os.Stat(mark); err == nil {
		t.Error("something of the repository's configuration ran")
	}
}

// TestDiffKnowsTheSameInOtherWords: what is written otherwise, and lets in whom it let in before,
// is no change in access or resources.
func TestDiffKnowsTheSameInOtherWords(t *testing.T) {
	const head = "version: 1\nstack: shop\nenvironment: { account: '111111111111', " +
		"region: eu-west-1 }\n"
	const secrets = "secrets:\n  db: { name: shop/db, key: app }\n  mail: { name: shop/mail }\n" +
		"  pay: { name: shop/pay, key: app, policy: { requireTls: true, exempt: api } }\n"
	const keys = "keys: { app: { alias: shop } }\n"
	const principals = "principals:\n  api: { existingRole: api }\n" +
		"  ci: { role: { assumedBy: { service: codebuild.amazonaws.com } } }\n" +
		"  team: { members: [api, ci] }\n"
	const before = head + keys + secrets + principals + "grants:\n" +
		"  - { to: [api, ci], allow: read, secrets: [db, mail, pay] }\n" +
		"  - { to: ci, allow: write, secrets: db }\n"
	plain := strings.Replace(before, ", exempt: api", "", 1)
	replaced := func(pairs ...string) string {
		return strings.NewReplacer(pairs...).Replace(plain)
	}
	for name, after := range map[string]string{
		"reordered": head + principals + strings.Replace(secrets, ", exempt: api", "", 1) + keys +
			"grants:\n  - { allow: write, secrets: db, to: ci }\n" +
			"  - { secrets: [pay, db, mail], to: [ci, api], allow: read }\n",
		"merged": replaced("allow: write, secrets: db", "allow: [read, write], secrets: [db]"),
		"split": replaced("  - { to: [api, ci], allow: read, secrets: [db, mail, pay] }\n",
			"  - { to: api, allow: read, secrets: [db, mail] }\n"+
				"  - { to: [api, ci], allow: read, secrets: pay }\n"+
				"  - { to: ci, allow: read, secrets: [mail, db] }\n"),
		"a set":  replaced("to: [api, ci]", "to: team"),
		"a glob": replaced("secrets: [db, mail, pay]", `secrets: "*"`),
		"with the secret": replaced("  mail: { name: shop/mail }",
			"  mail: { name: shop/mail, grants: { read: [api, ci] } }",
			"[db, mail, pay]", "[db, pay]"),
		"renamed": replaced("  db:", "  database:", "name: shop/db,",
			"name: shop/db, logicalId: DbSecret,", "secrets: db", "secrets: database",
			"[db, mail", "[database, mail"),
		"comments":           "# the same\n" + replaced("grants:", "# who may\ngrants:"),
		"described":          replaced("secrets: db }", "secrets: db, reason: builds }"),
		"accepting":          plain + "accept: []\n",
		"an assertion apart": plain + "assert: []\n",
	} {
		r := specRun(t, "old.yaml", plain, "new.yaml", after)
		r.code(exitOK, "diff", "old.yaml", "new.yaml", "--fail-on", "any")
		if !strings.HasPrefix(r.stdout, "no change in access or resources\n") {
			t.Errorf("%s:\n%s", name, r.stdout)
		}
	}
}

// TestDiffOfShards: secrets that stand in other stacks than before are told, and no access.
func TestDiffOfShards(t *testing.T) {
	spec := func(shard string) string {
		return "version: 1\nstack: shop\nshards: 2\nsecrets:\n" +
			"  a: { name: a, shard: " + shard + " }\n  b: { name: b }\n" +
			"principals: { ci: { existingRole: ci } }\ngrants: [{ to: ci, allow: read, " +
			"secrets: \"*\" }]\n"
	}
	r := specRun(t, "old.yaml", spec("1"), "new.yaml", spec("2"))
	r.code(exitErrors, "diff", "old.yaml", "new.yaml", "--fail-on", "fails,moved")
	r.code(exitOK, "diff", "old.yaml", "new.yaml", "--fail-on",
		"gains,widens,changes,unknown,narrows,loses")
}

// TestDiffAccepts: entries of all specs of the new state, each for its environments, and those of a
// file, which templates need; none of the old state. One that is used in one environment is used.
func TestDiffAccepts(t *testing.T) {
	spec := func(name, length, accept string) string {
		return "version: 1\nstack: " + name + "\nenvironments:\n" +
			"  dev: { account: '111111111111', region: eu-west-1 }\n" +
			"  prod: { account: '222222222222', region: eu-west-1 }\n" +
			"secrets: { " + name + "-db: { name: " + name + ", value: { generate: { " +
			"passwordLength: " + length + " } } } }\naccept: [" + accept + "]\n"
	}
	const all = "{ risk: value-lost, secrets: '*', reason: meant }"
	const dev = "{ risk: value-lost, secrets: '*', reason: meant, environments: dev }"
	r := specRun(t, "old/a.yaml", spec("a", "30", all), "old/b.yaml", spec("b", "30", all),
		"new/a.yaml", spec("a", "40", dev), "new/b.yaml", spec("b", "40", ""),
		"prod.yaml", "accept: "+strings.ReplaceAll(dev, "dev", "prod")+"\n",
		"never.yaml", "accept: { risk: moved, reason: meant, environments: [prod, gone] }\n",
		"both.yaml", "version: 1\naccept: []\n", "none.yaml", "{}\n")
	r.code(exitErrors, "diff", "old", "new", "--fail-on", "value-lost", "--environment", "prod")
	r.code(exitOK, "diff", "old", "new", "--fail-on", "value-lost", "--environment", "dev")
	r.code(exitErrors, "diff", "old", "new", "--fail-on", "value-lost")
	r.prints("4 value-lost; 2 of them accepted")
	r.code(exitOK, "diff", "old", "new", "--fail-on", "value-lost", "--accept", "prod.yaml")
	r.prints("4 value-lost; 4 of them accepted")
	if strings.Contains(r.stdout, "accepts nothing") {
		t.Error("an entry that is used is told:\n" + r.stdout)
	}
	r.code(exitOK, "diff", "old", "new", "--accept", "never.yaml")
	r.prints("accepts nothing: moved (never.yaml:1:9)")

	r.code(exitOK, "compile", "new", "-o", "out", "-q")
	r.code(exitErrors, "diff", "old", "out", "--fail-on", "value-lost", "--accept", "prod.yaml")
	r.prints("4 value-lost; 2 of them accepted")

	r.code(exitFailed, "diff", "old", "new", "--accept", "both.yaml")
	r.says(`there is no property "version"`, `the file "both.yaml" of --accept has errors`)
	r.code(exitFailed, "diff", "old", "new", "--accept", "none.yaml")
	r.says(`the file has no "accept"`)
	r.code(exitFailed, "diff", "old", "new", "--accept", "gone.yaml")
	r.code(exitFailed, "diff", "old", "new", "--accept", "new")
	r.says("name a file")
}

// TestDiffOfSpecsWithAndWithoutEnvironments: a spec without environments is part of each that
// others have, and is compared there.
func TestDiffOfSpecsWithAndWithoutEnvironments(t *testing.T) {
	with := environmentsSpec("dev", "prod")
	r := specRun(t, "old/a.yaml", with, "old/b.yaml", diffSpec("", "30"),
		"new/a.yaml", with, "new/b.yaml", diffSpec(ciReads, "40"))
	r.code(exitErrors, "diff", "old", "new", "--fail-on", "gains")
	r.prints("dev: 1 gain, 1 value-lost", "prod: 1 gain, 1 value-lost", "In all: 2 gains")
	if strings.Contains(r.stdout, "\n: ") {
		t.Errorf("there is an environment without a name:\n%s", r.stdout)
	}
	r.code(exitOK, "diff", "old", "new", "--environment", "dev")
	r.prints("1 gain, 1 value-lost")
}

// TestDiffTakesParametersOfEitherSide: a parameter that one of the states has can be given, and one
// that neither has is wrong usage.
func TestDiffTakesParametersOfEitherSide(t *testing.T) {
	const template = `{"Parameters": {%}, "Resources": {"S": {"Type": "AWS::SecretsManager::Secret"}}}`
	r := specRun(t, "old.json", strings.Replace(template, "%", "", 1),
		"new.json", strings.Replace(template, "%", `"Stage": {"Type": "String"}`, 1))
	r.code(exitOK, "diff", "old.json", "new.json", "--parameter", "Stage=prod")
	r.code(exitOK, "diff", "new.json", "old.json", "--parameter", "new.Stage=prod")
	r.code(exitUsage, "diff", "old.json", "new.json", "--parameter", "Stge=prod")
	r.says(`no template has a parameter "Stge"`)
	r.code(exitUsage, "diff", "old.json", "new.json", "--parameter", "other.Stage=prod")
	r.code(exitUsage, "diff", "-", "-")
}

// TestDiffCallsStacksAsOnTheDisk: a revision is no part of a stack's name, nor of a spec's.
func TestDiffCallsStacksAsOnTheDisk(t *testing.T) {
	r := repositoryRun(t)
	const template = "Resources:\n  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
	r.write("repo/app.yaml", template)
	for _, name := range []string{"one", "two"} {
		r.write("repo/both/"+name+"/spec.yaml", strings.NewReplacer("stack: shop", "stack: "+name,
			"shop/", name+"/").Replace(diffSpec(ciReads, "40")))
	}
	r.git("repo", "add", "-A")
	r.git("repo", "commit", "-q", "-m", "more")
	at := "file://" + filepath.ToSlash(filepath.Join(r.dir, "repo"))
	r.git("", "clone", "-q", "--bare", at, "bare.git")
	bare := r.in("bare.git")
	bare.code(exitOK, "diff", "none", "HEAD:app.yaml@111111111111:eu-west-1")
	bare.prints("stack         added: app\n")
	bare.code(exitOK, "diff", "none", "HEAD:both", "--format", "json")
	bare.prints(`"secret": "both/one/spec/db"`)
}
