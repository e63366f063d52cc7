package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// TestHelpFitsTheNarrowestTerminal walks all commands: no line of a help is too long, no word of it
// is lost, and what stood in lines of its own still does.
func TestHelpFitsTheNarrowestTerminal(t *testing.T) {
	var commands []string
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		commands = append(commands, strings.TrimPrefix(c.CommandPath(), "secretctl"))
		for _, below := range c.Commands() {
			walk(below)
		}
	}
	root := new(program).root()
	walk(root)
	if len(commands) < 14 {
		t.Fatalf("only %v", commands)
	}
	for _, name := range commands {
		r := newRun(t)
		r.code(exitOK, append(strings.Fields(name), "--help")...)
		for line := range strings.Lines(r.stdout) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > helpWidth {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
		}
		command, _, err := root.Find(strings.Fields(name))
		if err != nil {
			t.Fatal(err)
		}
		help := strings.Join(strings.Fields(strings.ReplaceAll(r.stdout, "\\\n", "")), " ")
		for _, text := range []string{command.Long, command.Example} {
			for line := range strings.Lines(text) {
				if want := strings.Join(strings.Fields(line), " "); !strings.Contains(help, want) {
					t.Errorf("%s lacks %q", name, want)
				}
			}
		}
	}
}

func TestHelpIsWrapped(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("word ", 20))
	for name, c := range map[string]struct{ text, want string }{
		"a short paragraph": {"one\ntwo\n", "one\ntwo\n"},
		"a long one": {
			long + "\nend\n", long[:79] + "\n" + long[80:] + " end\n",
		},
		"two columns": {
			"  a b   " + long + "\n", "  a b   " + long[:69] + "\n        " + long[70:] + "\n",
		},
		"an example": {
			"Examples:\n  " + long + "\n", "Examples:\n  " + long[:74] + " \\\n    " + long[75:] + "\n",
		},
		"a table": {"a:  b\nc:  d\n", "a:  b\nc:  d\n"},
		"a word that is too long": {
			strings.Repeat("x", 90) + " y\n", strings.Repeat("x", 90) + "\ny\n",
		},
	} {
		if got := wrapHelp(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestDifferencesArePainted, and their signs stay.
func TestDifferencesArePainted(t *testing.T) {
	r := newRun(t, "a.yaml", unformatted)
	r.code(exitOK, "fmt", "--diff", "a.yaml")
	plainText := r.stdout
	r.code(exitOK, "fmt", "--diff", "a.yaml", "--color", "always")
	r.prints("\x1b[31m-version:  1\x1b[0m\n", "\x1b[32m+version: 1\x1b[0m\n")
	if got := strings.NewReplacer(paintNew, "", paintGone, "", paintPlace, "", paintEnd, "").
		Replace(r.stdout); got != plainText {
		t.Errorf("%q is not %q", got, plainText)
	}
	r.env = map[string]string{"FORCE_COLOR": "1"}
	r.code(exitOK, "fmt", "--diff", "a.yaml", "--color", "never")
	if r.stdout != plainText {
		t.Errorf("it is painted: %q", r.stdout)
	}
	r.code(exitUsage, "validate", "--color", "sometimes")
	r.says("must be one of auto, always, never")
}
