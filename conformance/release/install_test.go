//go:build release

package release

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const modulePath = "github.com/secretctl/secretctl"

// TestGoInstall: `go install` takes the module as a proxy serves it, and the program that it makes
// says the version. The proxy is a folder; the modules of others come from the cache of this
// machine, which checked their sums.
// https://go.dev/ref/mod#goproxy-protocol
func TestGoInstall(t *testing.T) {
	s := of(t, clone(t, source(t)))
	proxy := t.TempDir()
	folder := filepath.Join(proxy, filepath.FromSlash(modulePath), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(s.clone, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(map[string]any{"Version": tag, "Time": s.date})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"list": []byte(tag + "\n"), tag + ".mod": mod, tag + ".info": info,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.writeModule(t, filepath.Join(folder, tag+".zip"))

	gopath := t.TempDir()
	cached := filepath.Join(strings.TrimSpace(run(t, "", nil, "go", "env", "GOMODCACHE")),
		"cache", "download")
	variables := []string{
		"GOPATH=" + gopath, "GOMODCACHE=", "GOBIN=", "GOSUMDB=off", "CGO_ENABLED=0",
		"GOPROXY=file://" + proxy + ",file://" + cached,
		"GOFLAGS=-modcacherw -trimpath", // what was compiled for the snapshot is used again
	}
	run(t, t.TempDir(), variables, "go", "install", modulePath+"/cmd/secretctl@"+tag)
	program := filepath.Join(gopath, "bin", "secretctl")
	if got := run(t, "", nil, program, "version"); got != "secretctl "+tag+"\n" {
		t.Errorf("it says %q", got)
	}
	if got := run(t, s.clone, nil, program, "compile", "examples/01-quickstart.yaml"); !strings.
		Contains(got, "AWS::SecretsManager::Secret") {
		t.Errorf("it compiles the first example to %s", got)
	}
}

// writeModule writes the module as a proxy has it: the files of the commit, and an error if some
// system could not have them.
func (s snapshot) writeModule(t *testing.T, name string) {
	t.Helper()
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	version := module.Version{Path: modulePath, Version: tag}
	if err := zip.CreateFromVCS(out, version, s.clone, s.commit, ""); err != nil {
		t.Fatal(err)
	}
}
