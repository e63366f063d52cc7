package golden

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/expect"
)

// TestMistakesAreAllFoundAtOnce: one run reports every mistake of a spec, each once, with its code,
// at its line and column. What is wrong in a line is said by the comment at its end: the code and,
// in quotes, the text at fault.
func TestMistakesAreAllFoundAtOnce(t *testing.T) {
	expect.InRoot(t)
	c := readCase(t, "messages/mistakes-thirty")
	want := mistakes(t, c.files["spec.yaml"])
	different := map[string]bool{}
	for _, m := range want {
		different[strings.Fields(m)[0]] = true
	}
	if len(different) < 30 {
		t.Errorf("the spec has mistakes of %d codes, not of 30", len(different))
	}
	c.args = append(c.args, "--format", "json")
	got := found(t, c.run(t, c.files).stdout)
	for _, m := range want {
		if !slices.Contains(got, m) {
			t.Errorf("not found: %s", m)
		}
	}
	for _, m := range got {
		if !slices.Contains(want, m) {
			t.Errorf("not expected: %s", m)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d mistakes were reported, want %d", len(got), len(want))
	}
}

var mistakePattern = regexp.MustCompile(`^(.*) # (SC[0-9]{4}) "(.*)"$`)

// mistakes reads the comments of a spec. The text at fault is the last such text in the line.
func mistakes(t *testing.T, spec string) []string {
	t.Helper()
	var all []string
	for i, line := range strings.Split(spec, "\n") {
		m := mistakePattern.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		at := strings.LastIndex(m[1], m[3])
		if at < 0 {
			t.Fatalf("line %d has no text %q", i+1, m[3])
		}
		column := utf8.RuneCountInString(m[1][:at]) + 1
		all = append(all, mistake(m[2], i+1, column, column+utf8.RuneCountInString(m[3])))
	}
	return all
}

// mistake says in words of its own what is wrong where.
func mistake(code string, line, start, end int) string {
	return fmt.Sprintf("%s in line %d, columns %d to %d", code, line, start, end)
}

// found reads the diagnostics that validate has written as JSON.
func found(t *testing.T, stdout string) []string {
	t.Helper()
	type place struct{ Line, Column int }
	var report struct {
		Diagnostics []struct {
			Code       string
			Start, End place
		}
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v in:\n%s", err, stdout)
	}
	var all []string
	for _, d := range report.Diagnostics {
		all = append(all, mistake(d.Code, d.Start.Line, d.Start.Column, d.End.Column))
	}
	return all
}
