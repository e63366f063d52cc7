package cli

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/secretctl/secretctl/internal/show"
)

// TestManualIsOfAllCommands: every command has a page with all its flags, secretctl's own page
// names every command, and what a user reads of a page is what --help says.
func TestManualIsOfAllCommands(t *testing.T) {
	p := &program{env: Env{Build: &show.Build{Version: "v1.2.3", Date: "2027-01-31T12:00:00Z"}},
		out: newOutput(nil), err: newOutput(nil)}
	root := p.root()
	names := commandNames(root)
	if len(names) < 10 {
		t.Fatalf("only %d commands: %v", len(names), names)
	}
	all := string(manPage(root, p.build()))
	for _, name := range names {
		if !strings.Contains(all, `\fB`+roff("secretctl-"+name)+`\fR(1)`) {
			t.Errorf("the page of secretctl does not name %s", name)
		}
		cmd := commandNamed(root, name)
		page := string(manPage(cmd, p.build()))
		if want := `.TH "SECRETCTL\-` + strings.ToUpper(name) +
			`" 1 "2027\-01\-31" "secretctl 1.2.3" "secretctl manual"`; !strings.HasPrefix(page, want) {
			t.Errorf("the page of %s begins with %q", name, page[:80])
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if strings.Contains(page, `\fB`+roff("--"+f.Name)+`\fR`) == f.Hidden {
				t.Errorf("the page of %s has --%s: %v", name, f.Name, f.Hidden)
			}
		})
		for line := range strings.Lines(cmd.Long + "\n" + cmd.Example) {
			if !strings.Contains(page, roff(strings.TrimPrefix(strings.TrimSpace(line), "  "))) {
				t.Errorf("the page of %s lacks %q", name, line)
			}
		}
	}
}

func TestManualEscapes(t *testing.T) {
	for text, want := range map[string]string{
		"--out a\\b": `\-\-out a\eb`,
		".SH":        `\&.SH`,
		"'quoted'":   `\(aqquoted\(aq`,
		"a … b.c":    `a \[u2026] b.c`,
		"`~^":        `\(ga\(ti\(ha`,
	} {
		if got := roff(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	m := &manual{}
	m.prose("\nOne\ntwo.\n\n  as it\n\n.it\n  stands\n")
	want := ".PP\nOne\ntwo.\n.PP\n.RS 4\n.nf\nas it\n.fi\n.RE\n" +
		".PP\n.RS 4\n.nf\n\\&.it\nstands\n.fi\n.RE\n"
	if m.String() != want {
		t.Errorf("%q, want %q", m, want)
	}
}

func TestManRefusesWhatHasNoPage(t *testing.T) {
	r := newRun(t)
	r.code(exitUsage, "man", "verson")
	r.says(`write "version"`, "secretctl: ")
	r.code(exitUsage, "man", "man")
	r.code(exitOK, "man", "--list")
	if !strings.Contains(r.stdout, "\nvalidate\n") || strings.Contains(r.stdout, "man\n") {
		t.Errorf("the pages: %s", r.stdout)
	}
}
