//go:build release

// Package release runs GoReleaser over a clone of the repository and looks at what it makes. It is
// for `make conformance PARTS=release`; RELEASE=full makes it build for all systems, and
// RELEASE=none leaves GoReleaser out, which takes minutes to build where nothing is cached.
package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The programs of others that are built from their modules, whose sums the Go checksum database
// has. Both have the MIT licence; neither is linked into anything of ours. release.yml releases
// with the same GoReleaser: TestWorkflowUsesThisGoReleaser.
const (
	goreleaser = "github.com/goreleaser/goreleaser/v2@v2.15.1"
	actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
)

// tag is what the clones are tagged with. A snapshot is named after the tag that comes before it.
const tag = "v1.2.3"

// target is a system and a processor that there is a release for.
type target struct{ os, arch string }

var allTargets = []target{
	{"darwin", "amd64"}, {"darwin", "arm64"}, {"linux", "amd64"}, {"linux", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

// targets are those that are built: all with RELEASE=full. Else this machine and a Windows, so that
// both kinds of archives are made, because a processor takes half a minute for each.
func targets() []target {
	if os.Getenv("RELEASE") == "full" {
		return allTargets
	}
	here := target{runtime.GOOS, runtime.GOARCH}
	return slices.DeleteFunc(slices.Clone(allTargets), func(t target) bool {
		return t != here && t != target{"windows", here.arch}
	})
}

// snapshot is a release that was made and not published.
type snapshot struct {
	clone, dist string
	commit      string    // the whole hash
	date        time.Time // of the commit
	version     string    // without the v
}

// program builds a program of another module and returns its path. A variable of its name
// (GORELEASER, ACTIONLINT) names one that was built already, which must be of the same version.
func program(t *testing.T, name, module string) string {
	t.Helper()
	_, version, _ := strings.Cut(module, "@")
	if built := os.Getenv(strings.ToUpper(name)); built != "" {
		if said := run(t, "", nil, built, "--version"); !strings.Contains(said, version[1:]) {
			t.Fatalf("%s is not %s: %s", built, module, said)
		}
		return built
	}
	bin := t.TempDir()
	run(t, "", []string{"GOBIN=" + bin, "GOFLAGS=-buildvcs=false", "CGO_ENABLED=0"}, "go",
		"install", "-ldflags=-s -w", module)
	return filepath.Join(bin, name)
}

// run runs a command with variables beside those of the process, and returns what it prints on
// standard output. Should it fail, so does the test.
func run(t *testing.T, dir string, variables []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), variables...)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", cmd, err, out, &problems)
	}
	return string(out)
}

// root is the root of this repository.
func root(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(run(t, "", nil, "git", "rev-parse", "--show-toplevel"))
}

// source is the commit that is built: what was changed here and is not committed yet is in it.
func source(t *testing.T) string {
	t.Helper()
	dir := root(t)
	if changed := run(t, dir, author, "git", "stash", "create"); changed != "" {
		t.Log("what is changed and not committed is in the snapshot, but for new files")
		return strings.TrimSpace(changed)
	}
	return strings.TrimSpace(run(t, dir, nil, "git", "rev-parse", "HEAD"))
}

// author is who makes a commit.
var author = []string{
	"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com",
	"GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com",
}

// clone returns the folder of a new clone that has one commit, with a tag.
func clone(t *testing.T, commit string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "secretctl")
	git := func(args ...string) { run(t, dir, author, "git", args...) }
	run(t, "", nil, "git", "init", "--quiet", dir)
	git("fetch", "--quiet", "--depth=1", // also a commit that no branch has
		"--upload-pack=git -c uploadpack.allowAnySHA1InWant=true upload-pack",
		"file://"+root(t), commit)
	git("checkout", "--quiet", "FETCH_HEAD")
	git("tag", tag)
	git("remote", "add", "origin", "https://github.com/secretctl/secretctl.git")
	return dir
}

// narrowed returns the arguments that make GoReleaser build for some targets alone: a configuration
// that differs from that of the repository in nothing else.
func narrowed(t *testing.T, clone string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(clone, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	systems, processors := map[string]bool{}, map[string]bool{}
	for _, one := range targets() {
		systems[one.os], processors[one.arch] = true, true
	}
	list := func(set map[string]bool) string {
		return "[" + strings.Join(slices.Sorted(maps.Keys(set)), ", ") + "]"
	}
	for _, part := range [][2]string{
		{"goos: [linux, darwin, windows]", "goos: " + list(systems)},
		{"goarch: [amd64, arm64]", "goarch: " + list(processors)},
	} {
		if bytes.Count(text, []byte(part[0])) != 1 {
			t.Fatalf(".goreleaser.yaml does not say %s once", part[0])
		}
		text = bytes.Replace(text, []byte(part[0]), []byte(part[1]), 1)
	}
	config := filepath.Join(t.TempDir(), "narrowed.yaml")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--config", config}
}

// skipped is what no snapshot can do, with the reason.
var skipped = map[string]string{
	"ko":   "the base of the image comes from a registry",
	"sign": "cosign signs as the identity of a workflow",
}

// build makes a snapshot of a clone.
func build(t *testing.T, goreleaser, clone string) snapshot {
	t.Helper()
	args := append([]string{"release", "--snapshot", "--clean",
		"--skip=" + strings.Join(slices.Sorted(maps.Keys(skipped)), ",")}, narrowed(t, clone)...)
	run(t, clone, nil, goreleaser, args...)
	return of(t, clone)
}

// of is the snapshot that a clone has, or will have.
func of(t *testing.T, clone string) snapshot {
	t.Helper()
	commit := strings.Fields(run(t, clone, nil, "git", "log", "-1", "--format=%H %ct"))
	seconds, err := strconv.ParseInt(commit[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot{
		clone: clone, dist: filepath.Join(clone, "dist"), commit: commit[0],
		date:    time.Unix(seconds, 0).UTC(),
		version: strings.TrimPrefix(tag, "v") + "-snapshot",
	}
}

// sum is the SHA-256 of a file.
func sum(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// TestRelease makes two snapshots of one commit, in folders of different names.
func TestRelease(t *testing.T) {
	switch os.Getenv("RELEASE") {
	case "none":
		t.Skip("############ RELEASE=none: GoReleaser is not run, NO RELEASE WAS MADE ############")
	case "full":
	default:
		t.Logf("############ only %v are built: RELEASE=full builds all ############", targets())
	}
	for what, why := range skipped {
		t.Logf("############ %s is skipped: %s ############", what, why)
	}
	releaser := program(t, "goreleaser", goreleaser)
	t.Run("check", func(t *testing.T) { testCheck(t, releaser) })
	commit := source(t)
	first := build(t, releaser, clone(t, commit))
	t.Run("checksums", first.testChecksums)
	t.Run("archives", first.testArchives)
	t.Run("runs with nothing but a shell", first.testRuns)
	t.Run("packages", first.testPackages)
	t.Run("homebrew", first.testHomebrew)
	t.Run("pages", first.testPages)
	t.Run("the same commit gives the same bytes", func(t *testing.T) {
		first.testSame(t, build(t, releaser, clone(t, commit)))
	})
}

// testCheck: GoReleaser takes the configuration without a warning, and refuses one with a mistake.
func testCheck(t *testing.T, goreleaser string) {
	config := filepath.Join(root(t), ".goreleaser.yaml")
	run(t, "", nil, goreleaser, "check", config)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, mistake := range [][2]string{
		{"mod_timestamp:", "mod_timestamps:"},
		{"homebrew_casks:", "brews:"}, // deprecated
		{"artifacts: binary", "artifacts: [binary]"},
	} {
		wrong := bytes.Replace(text, []byte(mistake[0]), []byte(mistake[1]), 1)
		path := filepath.Join(t.TempDir(), "wrong.yaml")
		if err := os.WriteFile(path, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(goreleaser, "check", path).CombinedOutput(); err == nil {
			t.Errorf("%s in the place of %s is accepted\n%s", mistake[1], mistake[0], out)
		}
	}
}

var checksumLine = regexp.MustCompile(`^([0-9a-f]{64})  (\S+)$`)

// checksums are the sums of a snapshot by the names of files.
func (s snapshot) checksums(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dist, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		m := checksumLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Fatalf("checksums.txt: %q", line)
		}
		sums[m[2]] = m[1]
	}
	return sums
}

// name is the name of a file of the release that is for a target.
func (s snapshot) name(of target, ending string) string {
	return "secretctl_" + s.version + "_" + of.os + "_" + of.arch + ending
}

// testChecksums: checksums.txt has the archive and the SBOM of every target and the packages of
// every Linux, nothing else, and the right sums.
func (s snapshot) testChecksums(t *testing.T) {
	var want []string
	for _, one := range targets() {
		want = append(want, s.name(one, archiveEnding(one)), s.name(one, ".cdx.json"))
		if one.os == "linux" {
			want = append(want, s.name(one, ".deb"), s.name(one, ".rpm"))
		}
	}
	sums := s.checksums(t)
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(sums)); !slices.Equal(got, want) {
		t.Errorf("checksums.txt has\n%s\nand not\n%s", strings.Join(got, "\n"),
			strings.Join(want, "\n"))
	}
	for name, said := range sums {
		if is := sum(t, filepath.Join(s.dist, name)); is != said {
			t.Errorf("%s: its sum is %s, and checksums.txt says %s", name, is, said)
		}
	}
}

// testSame: another snapshot of the commit has the same files.
func (s snapshot) testSame(t *testing.T, other snapshot) {
	if s.commit != other.commit || s.clone == other.clone {
		t.Fatal("these are no two snapshots of a commit")
	}
	sums, others := s.checksums(t), other.checksums(t)
	for name, one := range sums {
		if others[name] != one {
			t.Errorf("%s differs between two builds of the same commit", name)
		}
	}
	cask := filepath.Join("homebrew", "Casks", "secretctl.rb")
	if sum(t, filepath.Join(s.dist, cask)) != sum(t, filepath.Join(other.dist, cask)) {
		t.Errorf("%s differs", cask)
	}
}
