//go:build release

package release

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// here is the target that runs on this machine.
var here = target{runtime.GOOS, runtime.GOARCH}

// testRuns: what the archive for this machine has runs in an empty folder with no variable set,
// says which release it is, and compiles the first example.
func (s snapshot) testRuns(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, nil, "tar", "-xzf", filepath.Join(s.dist, s.name(here, ".tar.gz")))
	s.checkProgram(t, filepath.Join(dir, "secretctl"), s.version)
}

// checkProgram runs a program that was installed, without anything that it could lean on.
func (s snapshot) checkProgram(t *testing.T, program, version string) {
	t.Helper()
	dir := t.TempDir()
	example, err := os.ReadFile(filepath.Join(s.clone, "examples", "01-quickstart.yaml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "secretctl.yaml"), example, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	alone := func(command string) string {
		cmd := exec.Command("/bin/sh", "-c", command)
		cmd.Dir, cmd.Env = dir, []string{"secretctl=" + program}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
		return string(out)
	}
	var build struct {
		Version, Commit, Platform string
		Date                      time.Time
		Modified                  bool
	}
	if err := json.Unmarshal([]byte(alone(`"$secretctl" version --format json`)),
		&build); err != nil {
		t.Fatal(err)
	}
	if build.Version != "v"+version || build.Commit != s.commit || !build.Date.Equal(s.date) ||
		build.Modified || build.Platform != here.os+"/"+here.arch {
		t.Errorf("it says that it is %+v; want v%s of %s, %v", build, version, s.commit, s.date)
	}
	alone(`"$secretctl" compile -o out && "$secretctl" compile -o out --check`)
	template, err := os.ReadFile(filepath.Join(dir, "out", "hello.json"))
	if err != nil || !strings.Contains(string(template), "AWS::SecretsManager::Secret") {
		t.Errorf("the first example compiles to %q (%v)", template, err)
	}
}

// testPages: man(1) finds nothing wrong with the manual pages, and shells with the completions.
func (s snapshot) testPages(t *testing.T) {
	out := filepath.Join(s.clone, "packaging", "out")
	for _, check := range []struct{ tool, command string }{
		{"groff", `for page in man/*; do groff -man -Tutf8 -ww -z "$page" 2>&1; done`},
		{"bash", "bash -n completions/secretctl.bash 2>&1"},
		{"zsh", "zsh -n completions/_secretctl 2>&1"},
		{"fish", "fish --no-execute completions/secretctl.fish 2>&1"},
	} {
		if _, err := exec.LookPath(check.tool); err != nil {
			t.Logf("############ there is no %s: what it reads is not checked ############",
				check.tool)
			continue
		}
		if found := run(t, out, nil, "sh", "-c", check.command); found != "" {
			t.Errorf("%s: %s", check.tool, found)
		}
	}
}

var caskFile = regexp.MustCompile(`(?m)^ *(?:binary|manpage|[a-z]+_completion) "([^"]+)"$`)

// testHomebrew: the cask downloads what is released, with the right sums, and installs files that
// the archives have.
func (s snapshot) testHomebrew(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(s.dist, "homebrew", "Casks", "secretctl.rb"))
	if err != nil {
		t.Fatal(err)
	}
	installed := caskFile.FindAllSubmatch(text, -1)
	if len(installed) != 5 { // the program, its page, and three completions
		t.Errorf("the cask installs %d files:\n%s", len(installed), text)
	}
	for _, one := range targets() {
		name := s.name(one, archiveEnding(one))
		if one.os == "windows" {
			continue
		}
		if !strings.Contains(string(text), `sha256 "`+s.checksums(t)[name]+`"`) {
			t.Errorf("the cask lacks the sum of %s:\n%s", name, text)
		}
		files := unpack(t, filepath.Join(s.dist, name))
		for _, m := range installed {
			if _, ok := files[string(m[1])]; !ok {
				t.Errorf("the cask installs %s, which %s does not have", m[1], name)
			}
		}
	}
}

// testPackages: the Debian package installs with dpkg and runs; its files are those that a user
// looks for.
func (s snapshot) testPackages(t *testing.T) {
	if here.os != "linux" {
		t.Skip("this machine is no Linux, for which alone there are packages")
	}
	deb, rpm := filepath.Join(s.dist, s.name(here, ".deb")), s.name(here, ".rpm")
	s.testRPM(t, filepath.Join(s.dist, rpm))
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("############ there is no dpkg: the packages are not installed ############")
	}
	if got, want := run(t, "", nil, "dpkg-deb", "-f", deb, "Package", "Architecture", "Depends",
		"Maintainer"), "Package: secretctl\nArchitecture: "+here.arch+"\n"; !strings.HasPrefix(got,
		want) || strings.Contains(got, "Depends") {
		t.Errorf("the package says\n%s\nand should begin with\n%s", got, want)
	}
	dir := t.TempDir()
	for _, folder := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "var/lib/dpkg/status"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "", nil, "dpkg", "--root="+dir, "--force-not-root", "--force-script-chrootless", "-i",
		deb)
	for _, name := range []string{
		"man/man1/secretctl.1", "man/man1/secretctl-compile.1", "doc/secretctl/copyright",
		"doc/secretctl/NOTICE", "doc/secretctl/THIRD_PARTY_LICENSES",
		"bash-completion/completions/secretctl", "zsh/vendor-completions/_secretctl",
		"fish/vendor_completions.d/secretctl.fish",
	} {
		info, err := os.Stat(filepath.Join(dir, "usr/share", name))
		if err != nil || info.Mode() != 0o644 || !info.ModTime().Equal(s.date) {
			t.Errorf("the package has no %s (%v), or it is not as it should be: %v", name, err,
				info)
		}
	}
	s.checkProgram(t, filepath.Join(dir, "usr/bin/secretctl"), s.version)
}

// testRPM: the package for RPM has its mark, and rpm reads it where there is one.
func (s snapshot) testRPM(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(data), "\xed\xab\xee\xdb") {
		t.Fatalf("%s is no RPM (%v)", path, err)
	}
	if _, err := exec.LookPath("rpm"); err != nil {
		t.Log("############ there is no rpm: what the RPM holds is not read ############")
		return
	}
	list := run(t, "", nil, "rpm", "-qlp", "--nosignature", path)
	for _, name := range []string{"/usr/bin/secretctl", "/usr/share/man/man1/secretctl.1",
		"/usr/share/zsh/site-functions/_secretctl", "/usr/share/doc/secretctl/NOTICE"} {
		if !strings.Contains(list, name+"\n") {
			t.Errorf("the RPM lacks %s:\n%s", name, list)
		}
	}
}
