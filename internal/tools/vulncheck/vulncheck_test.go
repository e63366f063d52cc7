package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// played is how the test binary plays govulncheck: what it prints, and its exit code.
const played = "VULNCHECK_TEST_PLAYS"

func TestMain(m *testing.M) {
	switch os.Getenv(played) {
	case "":
		os.Exit(m.Run())
	case "nothing found":
		fmt.Println("No vulnerabilities found.")
	case "found":
		fmt.Println("Vulnerability #1")
		os.Exit(foundSome)
	case "network":
		fmt.Fprintln(os.Stderr, "govulncheck: fetching vulnerabilities: connection reset")
		os.Exit(1)
	case "broken":
		fmt.Fprintln(os.Stderr, "govulncheck: loading packages: no such package")
		os.Exit(1)
	case "hangs":
		time.Sleep(time.Hour)
	}
}

// database serves one answer for the index.
func database(t *testing.T, status int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/index/db.json" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestHowACheckEnds: a vulnerability and a broken check fail; a database that is out of reach, at
// first or later, and a run without an end are loud skips.
func TestHowACheckEnds(t *testing.T) {
	good := database(t, http.StatusOK, `{"modified":"2026-01-01T00:00:00Z"}`)
	closed := httptest.NewServer(nil)
	closed.Close()
	const skip = "NO VULNERABILITY WAS LOOKED FOR ############"
	tests := []struct {
		name, database, plays string
		code                  int
		says                  string
	}{
		{"nothing found", good, "nothing found", 0, "No vulnerabilities found."},
		{"found", good, "found", 1, "known vulnerabilities"},
		{"found in a local database", "file:///db", "found", 1, "known vulnerabilities"},
		{"nobody answers", closed.URL, "found", 0, skip},
		{"an error answers", database(t, http.StatusForbidden, ""), "found", 0, skip},
		{"a page of a proxy answers", database(t, http.StatusOK, "<html>"), "found", 0, skip},
		{"another service answers", database(t, http.StatusOK, "{}"), "found", 0, skip},
		{"the network fails later", good, "network", 0, skip},
		{"a local database is broken", "file:///db", "network", 1, "exit status 1"},
		{"a package does not load", good, "broken", 1, "exit status 1"},
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(played, test.plays)
			var out bytes.Buffer
			c := check{test.database, time.Minute, time.Minute, []string{self}, &out}
			code := report(c.run([]string{"./..."}), &out)
			if code != test.code || !strings.Contains(out.String(), test.says) {
				t.Errorf("exit code %d, want %d; it says\n%s", code, test.code, out.String())
			}
		})
	}
}

// TestNothingHangs: a database that never answers, and a govulncheck that never ends, are skips.
func TestNothingHangs(t *testing.T) {
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(
		func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(played, "hangs")
	for _, database := range []string{silent.URL, "file:///db"} {
		var out bytes.Buffer
		c := check{database, 50 * time.Millisecond, 50 * time.Millisecond, []string{self}, &out}
		code := report(c.run(nil), &out)
		if code != 0 || !strings.Contains(out.String(), "############") {
			t.Errorf("%s: exit code %d; it says\n%s", database, code, out.String())
		}
	}
}

// TestAMadeUpVulnerabilityIsFound runs govulncheck itself with a database that says something of a
// library that is linked.
func TestAMadeUpVulnerabilityIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs govulncheck")
	}
	const library = "github.com/xeipuuv/gojsonpointer" // a small one, because all of it is analysed
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index/db.json": `{"modified":"2026-01-01T00:00:00Z"}`,
		"index/modules.json": `[{"path":"` + library + `",
"vulns":[{"id":"GO-2026-99999","modified":"2026-01-01T00:00:00Z"}]}]`,
		"ID/GO-2026-99999.json": `{"schema_version":"1.3.1","id":"GO-2026-99999",
"modified":"2026-01-01T00:00:00Z","published":"2026-01-01T00:00:00Z",
"summary":"made up","details":"made up",
"affected":[{"package":{"name":"` + library + `","ecosystem":"Go"},
"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],
"ecosystem_specific":{"imports":[{"path":"` + library + `"}]}}],
"database_specific":{"url":"https://pkg.go.dev/vuln/GO-2026-99999"}}`,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	c := check{database: "file://" + filepath.ToSlash(dir), ends: 10 * time.Minute, out: &out}
	code := report(c.run([]string{library}), &out)
	if code != 1 || !strings.Contains(out.String(), "GO-2026-99999") {
		t.Errorf("exit code %d; it says\n%s", code, out.String())
	}
}
