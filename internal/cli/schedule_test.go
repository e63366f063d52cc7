package cli

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// inBerlin is a run on a Wednesday, two months before summer time.
func inBerlin(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Run(args, Env{
		Stdout: &out, Stderr: &err,
		Now:   func() time.Time { return time.Date(2025, 1, 15, 10, 30, 0, 0, time.UTC) },
		Local: time.FixedZone("CET", 3600),
	})
	return code, out.String(), err.String()
}

func TestScheduleShowsTheNextRotations(t *testing.T) {
	for _, c := range []struct {
		args           []string
		stdout, stderr string
	}{
		{[]string{"cron(0 8 1 * ? *)"}, `Sat 2025-02-01 08:00 UTC   Sat 2025-02-01 09:00 CET
Sat 2025-03-01 08:00 UTC   Sat 2025-03-01 09:00 CET
Tue 2025-04-01 08:00 UTC   Tue 2025-04-01 09:00 CET
Thu 2025-05-01 08:00 UTC   Thu 2025-05-01 09:00 CET
Sun 2025-06-01 08:00 UTC   Sun 2025-06-01 09:00 CET
`, ""},
		{[]string{"cron(0 23 ? * FRI *)", "--count", "1"},
			"Fri 2025-01-17 23:00 UTC   Sat 2025-01-18 00:00 CET\n", ""},
		{[]string{"rate(10 days)", "-n", "2"}, `Sat 2025-01-25 00:00 UTC   Sat 2025-01-25 01:00 CET
Tue 2025-02-04 00:00 UTC   Tue 2025-02-04 01:00 CET
`, "note: a rate is counted from the day on which the schedule is set; this is what " +
			"follows if that is today\n"},
	} {
		code, stdout, stderr := inBerlin(append([]string{"schedule"}, c.args...)...)
		if code != exitOK || stdout != c.stdout || stderr != c.stderr {
			t.Errorf("%s: exit %d\n%s\n%s", c.args, code, stdout, stderr)
		}
	}
}

func TestScheduleShowsWhatIsWrong(t *testing.T) {
	for expression, want := range map[string]string{
		"cron(30 8 1 * ? *)": `secretctl: the minutes must be 0, because rotation windows open on the hour
  cron(30 8 1 * ? *)
       ^^
hint: write "0"
`,
		"rate(10 days": `secretctl: the closing parenthesis is missing
  rate(10 days
              ^
hint: write ")" at the end
`,
		"cron(0 8 1–15 * ? *)": `secretctl: a schedule must hold only letters, digits, spaces, commas and ()#?*-/, and has "–"
  cron(0 8 1\u201315 * ? *)
            ^^^^^^
hint: write "-"
`,
		"rate(\x1b[31m)": `secretctl: a schedule must hold only letters, digits, spaces, commas and ()#?*-/, and has "\x1b"
  rate(\x1b[31m)
       ^^^^
hint: remove it
`,
		"": `secretctl: a schedule must not be empty
hint: write "rate(10 days)" or "cron(0 8 1 * ? *)"
`,
		strings.Repeat("x", 257): `secretctl: a schedule must have at most 256 characters, and has 257
hint: shorten it
`,
	} {
		code, stdout, stderr := inBerlin("schedule", expression)
		if code != exitErrors || stdout != "" || stderr != want {
			t.Errorf("%q: exit %d, stdout %q, stderr\n%swant\n%s", expression, code, stdout,
				stderr, want)
		}
	}
}

func TestScheduleUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "needs an expression"},
		{[]string{"rate(10", "days)"}, "put it in quotes"},
		{[]string{"rate(10 days)", "--count", "0"}, "--count must be from 1 to 1000"},
		{[]string{"rate(10 days)", "--count", "1001"}, "--count must be from 1 to 1000"},
		{[]string{"rate(10 days)", "--count", "many"}, "invalid argument"},
		{[]string{"rate(10 days)", "--cuont", "1"}, `write "--count"`},
	} {
		code, stdout, stderr := inBerlin(append([]string{"schedule"}, c.args...)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", c.args, code, stdout, stderr)
		}
	}
}

func TestScheduleHelpShowsExamplesThatWork(t *testing.T) {
	code, stdout, _ := inBerlin("schedule", "--help")
	examples := 0
	for _, line := range strings.Split(stdout, "\n") {
		if command, found := strings.CutPrefix(line, "  secretctl schedule '"); found {
			expression, _, _ := strings.Cut(command, "'")
			if code, _, stderr := inBerlin("schedule", expression); code != exitOK {
				t.Errorf("%s: %s", expression, stderr)
			}
			examples++
		}
	}
	if code != exitOK || examples != 5 {
		t.Errorf("exit %d, %d examples:\n%s", code, examples, stdout)
	}
}

func TestScheduleUsesTheClockOfTheProcessByDefault(t *testing.T) {
	var out, err bytes.Buffer
	if code := Run([]string{"schedule", "rate(4 hours)", "-n1"},
		Env{Stdout: &out, Stderr: &err}); code != exitOK {
		t.Fatalf("exit %d: %s", code, err.String())
	}
	text, _, _ := strings.Cut(out.String(), " UTC")
	next, e := time.Parse("Mon 2006-01-02 15:04", text)
	if wait := time.Until(next); e != nil || wait > 4*time.Hour || wait < -time.Minute {
		t.Errorf("%q: %v from now, %v", out.String(), wait, e)
	}
}

func TestErrorThatIsNoScheduleErrorIsPassedOn(t *testing.T) {
	other := errors.New("other")
	if err := badExpression("x", other); err != other {
		t.Error(err)
	}
}

func TestSchedulesOfTheDocumentationWork(t *testing.T) {
	text, err := os.ReadFile("../../docs/rotation.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(
		"`(?:scheduleExpression: )?((?:rate|cron)\\([^`]+\\))`").FindAllStringSubmatch(string(text),
		-1)
	for _, m := range found {
		if code, _, stderr := inBerlin("schedule", m[1]); code != exitOK {
			t.Errorf("%s: %s", m[1], stderr)
		}
	}
	if len(found) < 7 {
		t.Errorf("only %d schedules found", len(found))
	}
}
