package cli

import (
	"fmt"
	"testing"
)

// TestWhatWasDoneIsSaid: a line for each file, up to a bound for each kind of change.
func TestWhatWasDoneIsSaid(t *testing.T) {
	files := func(n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("out/%02d.json", i))
		}
		return names
	}
	for name, c := range map[string]struct {
		did         outcome
		first, last string
		lines       int
	}{
		"nothing": {outcome{}, "", "", 0},
		"one of each": {
			outcome{files(1), files(1), files(1), 1}, "wrote out/00.json", "1 template is fresh", 4,
		},
		"the bound": {
			outcome{changed: files(20)}, "changed out/00.json", "changed out/19.json", 20,
		},
		"one above": {
			outcome{changed: files(21)}, "changed out/00.json", "changed out/20.json", 21,
		},
		"many": {
			outcome{created: files(1020)}, "wrote out/00.json", "wrote 1,000 more files", 21,
		},
		"fresh": {outcome{fresh: 3}, "3 templates are fresh", "3 templates are fresh", 1},
		"a name that commands a terminal": {
			outcome{removed: []string{"a\x1b[2J"}}, `removed a\u001b[2J`, `removed a\u001b[2J`, 1,
		},
	} {
		lines := c.did.lines()
		if len(lines) != c.lines {
			t.Errorf("%s: %d lines, want %d: %q", name, len(lines), c.lines, lines)
			continue
		}
		if len(lines) > 0 && (lines[0] != c.first || lines[len(lines)-1] != c.last) {
			t.Errorf("%s: from %q to %q, want %q and %q", name, lines[0], lines[len(lines)-1], c.first,
				c.last)
		}
	}
}

// TestWhatPeopleType: words of other tools mean the command that does the same, its help tells
// them, and what is nearly one of them is told too.
func TestWhatPeopleType(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "a: b\n")
	for word, prints := range map[string]string{
		"lint": "", "check": "", "build": "secretctl.yaml=a", "synth": "secretctl.yaml=a",
	} {
		r.code(exitOK, word)
		r.prints(prints)
	}
	r.code(exitOK, "format")
	r.code(exitOK, "help", "lint")
	r.prints("secretctl validate [PATH...]", "Aliases:", "validate, lint, check")
	r.code(exitUsage, "lnt")
	r.says(`write "lint"`)
	r.code(exitUsage, "complie")
	r.says(`write "compile"`)
}
