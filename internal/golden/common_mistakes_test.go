package golden

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

const mistakesDir = "testdata/mistakes"

// commonMistake is a spec with one mistake that people make. Beside the spec stands what it is
// about: a line in words, then lines `finds CODE "text"` for what is found where, and where a hint
// is words, `edit "old"` and `to "new"` for what it says to do.
type commonMistake struct {
	name, spec, about string
	finds             []string // code and text, as in the file
	edits             [][2]string
}

// findings are what validate has written as JSON.
type findings struct {
	Diagnostics []struct {
		Code, Severity, Message, Hint string
		Start, End                    struct{ Offset int }
		Fixes                         []struct {
			Start, End struct{ Offset int }
			Text       string
		}
	}
}

// readMistakes reads all of them.
func readMistakes(t *testing.T) []commonMistake {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(mistakesDir, "*.yaml"))
	if err != nil || len(files) < 50 {
		t.Fatalf("there are %d mistakes in %s (%v)", len(files), mistakesDir, err)
	}
	var all []commonMistake
	for _, name := range files {
		m := commonMistake{name: filepath.Base(name), spec: expect.Read(t, name)}
		lines := strings.Split(strings.TrimSuffix(expect.Read(t,
			strings.TrimSuffix(name, ".yaml")+".txt"), "\n"), "\n")
		m.about = lines[0]
		for _, line := range lines[1:] {
			word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch word {
			case "finds":
				m.finds = append(m.finds, rest)
			case "edit":
				m.edits = append(m.edits, [2]string{unquoted(t, rest)})
			case "to":
				m.edits[len(m.edits)-1][1] = unquoted(t, rest)
			default:
				t.Fatalf("%s: %q", m.name, line)
			}
		}
		all = append(all, m)
	}
	return all
}

func unquoted(t *testing.T, text string) string {
	t.Helper()
	out, err := strconv.Unquote(text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

// validateText returns what is found in a spec, and the exit code.
func validateText(t *testing.T, spec string) (findings, int) {
	t.Helper()
	c := &goldenCase{args: []string{"validate", "--format", "json", "spec.yaml"},
		files: tree{"spec.yaml": spec}}
	out := c.run(t, c.files)
	var f findings
	if err := json.Unmarshal([]byte(out.stdout), &f); err != nil {
		t.Fatalf("%v in:\n%s%s", err, out.stdout, out.stderr)
	}
	return f, out.code
}

// TestCommonMistakesHaveOneMessageThatRepairsThem: a mistake has, on average, at most 1.2 messages,
// each of which names the cause; and a spec that is edited as they say has nothing wrong with it.
func TestCommonMistakesHaveOneMessageThatRepairsThem(t *testing.T) {
	expect.InRoot(t)
	mistakes := readMistakes(t)
	messages := 0
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) { messages += m.check(t) })
	}
	if most := len(mistakes) * 12 / 10; messages > most {
		t.Errorf("%d mistakes have %d messages, want at most %d", len(mistakes), messages, most)
	}
}

// check checks one mistake, and returns how many messages it has.
func (m commonMistake) check(t *testing.T) int {
	if len(m.about) < 10 || !strings.HasSuffix(m.about, ".") {
		t.Errorf("%q does not say what the mistake is", m.about)
	}
	f, _ := validateText(t, m.spec)
	var got []string
	hints, repaired, fixed := "", m.spec, false
	for _, d := range slices.Backward(f.Diagnostics) {
		got = append(got, fmt.Sprintf("%s %q", d.Code, m.spec[d.Start.Offset:d.End.Offset]))
		hints += d.Message + "\n" + d.Hint + "\n"
		if d.Hint == "" {
			t.Errorf("%s has no hint", d.Code)
		}
		for _, fix := range slices.Backward(d.Fixes) {
			repaired = repaired[:fix.Start.Offset] + fix.Text + repaired[fix.End.Offset:]
			fixed = true
		}
	}
	slices.Reverse(got)
	if !slices.Equal(got, m.finds) {
		t.Errorf("finds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(m.finds, "\n"))
	}
	if fixed == (len(m.edits) > 0) {
		t.Errorf("there are %d edits, and a fix: %v", len(m.edits), fixed)
	}
	for _, edit := range m.edits {
		repaired = m.edit(t, repaired, edit, hints)
	}
	after, code := validateText(t, repaired)
	if code != 0 || len(after.Diagnostics) > 0 {
		t.Errorf("as the hint says:\n%s\nhas exit code %d and %v", repaired, code, after.Diagnostics)
	}
	return len(got)
}

var wordOfHint = regexp.MustCompile(`[A-Za-z0-9_.-]+`)

// edit does an edit of which every word stands in a hint or in the spec.
func (m commonMistake) edit(t *testing.T, text string, edit [2]string, hints string) string {
	t.Helper()
	if strings.Count(text, edit[0]) != 1 {
		t.Fatalf("%q stands %d times in\n%s", edit[0], strings.Count(text, edit[0]), text)
	}
	for _, word := range wordOfHint.FindAllString(edit[1], -1) {
		if !strings.Contains(hints, word) && !strings.Contains(m.spec, word) {
			t.Errorf("no hint says %q:\n%s", word, hints)
		}
	}
	return strings.Replace(text, edit[0], edit[1], 1)
}
