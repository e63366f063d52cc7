package cli

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
)

func TestWidthIsWhatColumnsSays(t *testing.T) {
	for variable, want := range map[string]int{"": 0, "x": 0, "100": 100, "3": 60, "-1": 60} {
		getenv := func(string) string { return variable }
		p := &program{env: Env{Getenv: getenv, Stdout: &bytes.Buffer{}}}
		if got := p.width(); got != want {
			t.Errorf("COLUMNS=%s: %d, want %d", variable, got, want)
		}
	}
}

func TestWidthOfWhatIsNoTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	p := &program{env: Env{Stdout: null}}
	if got := p.width(); got != 0 {
		t.Errorf("%d", got)
	}
}

// device is a terminal as far as a writer can tell.
type device struct{ bytes.Buffer }

func (*device) Stat() (os.FileInfo, error) { return os.Stat(os.DevNull) }

// TestPagesAreLaidOutForTerminals: without Markdown's marks on a terminal, as Markdown elsewhere,
// and in colours unless somebody has asked for none.
func TestPagesAreLaidOutForTerminals(t *testing.T) {
	colour := ""
	run := func(out io.Writer) {
		t.Helper()
		getenv := func(name string) string {
			return map[string]string{"NO_COLOR": colour}[name]
		}
		if code := Run([]string{"explain", "2001"}, Env{Stdout: out, Getenv: getenv}); code != 0 {
			t.Fatalf("exit code %d", code)
		}
	}
	var terminal, plain device
	var file bytes.Buffer
	run(&terminal)
	run(&file)
	colour = "1"
	run(&plain)
	if got := terminal.String(); !strings.HasPrefix(got, "\x1b[1mSC2001 unknown-secret\x1b[0m\n") {
		t.Errorf("on a terminal: %q", got[:40])
	}
	if got := plain.String(); !strings.HasPrefix(got, "SC2001 unknown-secret\n\nSeverity") ||
		strings.Contains(got, "```") || strings.Contains(got, "## ") {
		t.Errorf("without colours:\n%s", got)
	}
	if got := file.String(); !strings.HasPrefix(got, "# SC2001 unknown-secret\n") {
		t.Errorf("in a file:\n%s", got)
	}
}
