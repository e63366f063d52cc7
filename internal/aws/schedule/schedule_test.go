package schedule

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// The examples of
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html, and
// what else it allows. Times are from Wednesday 2025-01-15 10:30 on; a time without a date is of
// the same day as the one before it.
func TestSchedulesThatAWSDocuments(t *testing.T) {
	for _, c := range []struct {
		expression string
		next       string
		longest    time.Duration // days
	}{
		{"rate(4 hours)", "2025-01-15 12:00, 16:00, 20:00, 2025-01-16 00:00", 0},
		{"rate(12 hours)", "2025-01-15 12:00, 2025-01-16 00:00, 12:00", 0},
		{"rate(4 hour)", "2025-01-15 12:00", 0},
		{"rate(1 day)", "2025-01-16 00:00, 2025-01-17 00:00", 1},
		{"rate(10 days)", "2025-01-25 00:00, 2025-02-04 00:00", 10},
		{"rate(999 days)", "2027-10-11 00:00", 999},
		{"rate(1000 days)", "2027-10-12 00:00", 1000},
		{"rate(24000 hours)", "2027-10-12 00:00", 1000},
		{"cron(0 /8 * * ? *)", "2025-01-15 16:00, 2025-01-16 00:00, 08:00, 16:00", 0},
		{"cron(0 8/8 * * ? *)", "2025-01-15 16:00, 2025-01-16 08:00, 16:00", 0},
		{"cron(0 2/10 * * ? *)", "2025-01-15 12:00, 22:00, 2025-01-16 02:00, 12:00, 22:00", 0},
		{"cron(0 4/12 * * ? *)", "2025-01-15 16:00, 2025-01-16 04:00, 16:00", 0},
		{"cron(0 10 * * ? *)", "2025-01-16 10:00, 2025-01-17 10:00", 1},
		{"cron(0 18 ? * SAT *)", "2025-01-18 18:00, 2025-01-25 18:00", 7},
		{"cron(0 8 1 * ? *)", "2025-02-01 08:00, 2025-03-01 08:00", 31},
		{
			"cron(0 1 ? 1/3 SUN#1 *)",
			"2025-04-06 01:00, 2025-07-06 01:00, 2025-10-05 01:00, 2026-01-04 01:00", 98,
		},
		{"cron(0 17 L * ? *)", "2025-01-31 17:00, 2025-02-28 17:00, 2025-03-31 17:00", 31},
		{"cron(0 8 ? * MON-FRI *)", "2025-01-16 08:00, 2025-01-17 08:00, 2025-01-20 08:00", 3},
		{"cron(0 16 1,15 * ? *)", "2025-01-15 16:00, 2025-02-01 16:00", 17},
		{"cron(0 0 ? * SUN#1 *)", "2025-02-02 00:00, 2025-03-02 00:00", 35},
		{"cron(0 0 ? 1/11 2#1 *)", "2025-12-01 00:00, 2026-01-05 00:00, 2026-12-07 00:00", 336},
		{"cron(0 8 1-15 * ? *)", "2025-02-01 08:00, 2025-02-02 08:00", 17},
		{"cron(0 8 1/2 * ? *)", "2025-01-17 08:00, 2025-01-19 08:00", 2},
		{"cron(0 8 1/10 * ? *)", "2025-01-21 08:00, 2025-01-31 08:00, 2025-02-01 08:00", 10},
		{"cron(0 8 SUNL * ? *)", "2025-01-26 08:00, 2025-02-23 08:00", 35},
		{"cron(0 8 1 JAN,APR,JUL,OCT ? *)", "2025-04-01 08:00, 2025-07-01 08:00", 92},
		{"cron(0 8 1 1-3 ? *)", "2025-02-01 08:00, 2025-03-01 08:00, 2026-01-01 08:00", 306},
		{"cron(0 8 1 1/3 ? *)", "2025-04-01 08:00, 2025-07-01 08:00", 92},
		{"cron(0 8 ? * TUE#3 *)", "2025-01-21 08:00, 2025-02-18 08:00", 35},
		{"cron(0 8 ? * 1,4 *)", "2025-01-19 08:00, 2025-01-22 08:00", 4},
		{
			"cron(0 8 ? * 1-4 *)",
			"2025-01-19 08:00, 2025-01-20 08:00, 2025-01-21 08:00, 2025-01-22 08:00, " +
				"2025-01-26 08:00",
			4,
		},
		{"cron(0 8 ? * 1/2 *)", "2025-01-16 08:00, 2025-01-18 08:00, 2025-01-19 08:00", 2},
		{"cron(0 8 ? * L *)", "2025-01-18 08:00, 2025-01-25 08:00", 7},
		{"cron(0 8 ? * FRIL *)", "2025-01-31 08:00, 2025-02-28 08:00", 35},
		{"cron(0 8 ? * 6L *)", "2025-01-31 08:00, 2025-02-28 08:00", 35},
		{"cron(0 8 ? * * *)", "2025-01-16 08:00", 1},
		{"cron(0 8 ? * MON#5 *)", "2025-03-31 08:00, 2025-06-30 08:00", 119},
		{"cron(0 8 */10 */6 ? *)", "2025-01-21 08:00, 2025-01-31 08:00, 2025-07-01 08:00", 154},
		{
			"cron(0 8 /10 JAN-MAR/2 ? *)", "2025-01-21 08:00, 2025-01-31 08:00, 2025-03-01 08:00",
			276,
		},
		{"cron(0 0/7 1 * ? *)", "2025-02-01 00:00, 07:00, 14:00, 21:00, 2025-03-01 00:00", 0},
		{"cron(0 8 31 * ? *)", "2025-01-31 08:00, 2025-03-31 08:00", 61},
	} {
		s, err := Parse(c.expression)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		var got []string
		day := ""
		for _, next := range s.Next(at("2025-01-15 10:30"), strings.Count(c.next, ",")+1) {
			text := next.Format("2006-01-02 15:04")
			if text[:10] == day {
				text = text[11:]
			}
			day = next.Format("2006-01-02")
			got = append(got, text)
		}
		if joined := strings.Join(got, ", "); joined != c.next {
			t.Errorf("%s: %s\nwant %s", c.expression, joined, c.next)
		}
		if longest := s.LongestInterval(); c.longest > 0 && longest != c.longest*24*time.Hour {
			t.Errorf("%s: longest interval %v, want %d days", c.expression, longest, c.longest)
		}
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	for _, c := range []struct{ expression, marked, clause, hint string }{
		{"", "", "must not be empty", "rate(10 days)"},
		{"nonsense", "nonsense", "must start with rate( or cron(", "rate(10 days)"},
		{"10 days", "10 days", "must start with", `"rate(10 days)"`},
		{"0 8 1 * ? *", "0 8 1 * ? *", "must start with", `"cron(0 8 1 * ? *)"`},
		{"0 8 * * *", "0 8 * * *", "must start with", "a * for the year"},
		{"Rate(10 days)", "Rate(10 days)", "must start with", "lower case"},
		{"CRON(0 8 1 * ? *)", "CRON(0 8 1 * ? *)", "must start with", "lower case"},
		{" rate(10 days)", " rate(10 days)", "must start with", "rate(10 days)"},
		{"rate(10 days", "", "parenthesis is missing", `write ")"`},
		{"rate(10 days) ", " ", "nothing may follow", "remove"},
		{"rate(10 days))", ")", "nothing may follow", "remove"},
		{"cron(0 8 1–15 * ? *)", "–", "has \"–\"", `write "-"`},
		{"rate(10\tdays)", "\t", "hold only", "a space"},
		{"rate(10 days)\xff", "\xff", "hold only", "remove"},
		{"rate(10_days)", "_", "hold only", "remove"},
		{
			"cron(0 8 " + strings.Repeat("1,", 200) + "1 * ? *)", "", "at most 256 characters",
			"shorten",
		},

		{"rate()", "", "a number, one space and a unit", "rate(10 days)"},
		{"rate(10)", "10", "a number, one space and a unit", ""},
		{"rate(10  days)", "10  days", "a number, one space and a unit", ""},
		{"rate(10 days or so)", "10 days or so", "a number, one space and a unit", ""},
		{"rate(0 days)", "0", "1 or more", ""},
		{"rate(010 days)", "010", "without zeros", ""},
		{"rate(-1 days)", "-1", "1 or more", ""},
		{"rate(ten days)", "ten", "1 or more", ""},
		{"rate(99999999999999999999 days)", "99999999999999999999", "1 or more", ""},
		{"rate(10 weeks)", "weeks", "hours or days", `"days"`},
		{"rate(240 minutes)", "minutes", "hours or days", ""},
		{"rate(3 hours)", "3", "every 4 hours at most", "write 4 or more"},
		{"rate(1001 days)", "1001", "every 1000 days at least", ""},
		{"rate(24001 hours)", "24001", "every 1000 days at least", ""},

		{"cron()", "", "six fields", ""},
		{"cron(0 8 * * *)", "0 8 * * *", "six fields", ""},
		{"cron(0 8  * ? *)", "0 8  * ? *", "six fields", ""},
		{"cron(0 0 8 1 * ? *)", "0 0 8 1 * ? *", "six fields", ""},
		{"cron(30 8 1 * ? *)", "30", "minutes must be 0", `write "0"`},
		{"cron(00 8 1 * ? *)", "00", "minutes must be 0", ""},
		{"cron(* 8 1 * ? *)", "*", "minutes must be 0", ""},
		{"cron(0 24 1 * ? *)", "24", "hours must be 0 to 23", ""},
		{"cron(0 08 1 * ? *)", "08", "hours must be", `write "8"`},
		{"cron(0 ? 1 * ? *)", "?", "hours must be", ""},
		{"cron(0 * * * ? *)", "*", "one hour, or a start and an increment", ""},
		{"cron(0 */8 * * ? *)", "*/8", "one hour, or a start and an increment", `write "0/8"`},
		{"cron(0 8,20 * * ? *)", "8,20", "one hour, or a start and an increment", "8/12"},
		{"cron(0 8-20/4 * * ? *)", "8-20/4", "one hour, or a start and an increment", ""},
		{"cron(0 0/2 * * ? *)", "0/2", "here only 2 hours lie", ""},
		{"cron(0 0/1 1 * ? *)", "0/1", "here only 1 hour lies", ""},
		{"cron(0 0/7 * * ? *)", "0/7", "here only 3 hours lie", "begin anew"},
		{"cron(0 8/0 * * ? *)", "0", "increment of the hours must be from 1 to 23", ""},
		{"cron(0 8/24 * * ? *)", "24", "increment of the hours", ""},
		{"cron(0 8/ * * ? *)", "", "increment of the hours", ""},
		{"cron(0 8/4/4 * * ? *)", "4/4", "increment of the hours", ""},
		{"cron(0 8 ? * ? *)", "?", "must not both be ?", `write "*"`},
		{"cron(0 8 * * * *)", "*", "must be ?", `write "?"`},
		{"cron(0 8 * * MON *)", "*", "must be ?", `write "?"`},
		{"cron(0 8 1 * MON *)", "MON", "must be ?", ""},
		{"cron(0 1 * 1/3 SUN *)", "*", "must be ?", ""}, // an example of AWS's page of 2023, gone since
		{"cron(0 8 32 * ? *)", "32", "day-of-month must be 1 to 31, not 32", ""},
		{"cron(0 8 0 * ? *)", "0", "day-of-month must be", ""},
		{"cron(0 8 1, * ? *)", "", "a value of the day-of-month is missing", ""},
		{"cron(0 8 1,* * ? *)", "*", "takes in all values", ""},
		{"cron(0 8 20-10 * ? *)", "20-10", "runs backwards", `"20-31,1-10"`},
		{"cron(0 8 L,1 * ? *)", "L,1", "must stand alone", "SUNL"},
		{"cron(0 8 LW * ? *)", "LW", "must stand alone", ""},
		{"cron(0 8 5L * ? *)", "5L", "must stand alone", ""},
		{"cron(0 8 15W * ? *)", "15W", "day-of-month must be", ""},
		{"cron(0 8 1/32 * ? *)", "32", "increment of the day-of-month", ""},
		{"cron(0 8 1-x * ? *)", "x", "day-of-month must be", ""},
		{"cron(0 8 1 13 ? *)", "13", "month must be 1 to 12 or JAN to DEC, not 13", ""},
		{"cron(0 8 1 jan ? *)", "jan", "month must be", `write "JAN"`},
		{"cron(0 8 1 JANUARY ? *)", "JANUARY", "month must be", ""},
		{"cron(0 8 1 ? ? *)", "?", "month must be", ""},
		{"cron(0 8 1 OCT-FEB ? *)", "OCT-FEB", "runs backwards", `"OCT-DEC,JAN-FEB"`},
		{"cron(0 8 ? * 0 *)", "0", "day-of-week must be 1 to 7 or SUN to SAT", ""},
		{"cron(0 8 ? * 8 *)", "8", "day-of-week must be", ""},
		{"cron(0 8 ? * mon-fri *)", "mon", "day-of-week must be", `write "MON"`},
		{"cron(0 8 ? * SAT-SUN *)", "SAT-SUN", "runs backwards", `"SAT,SUN"`},
		{"cron(0 8 ? * MON#0 *)", "0", "at most five", ""},
		{"cron(0 8 ? * MON#6 *)", "6", "at most five", ""},
		{"cron(0 8 ? * MON# *)", "", "at most five", ""},
		{"cron(0 8 ? * X#1 *)", "X", "day-of-week must be", ""},
		{"cron(0 8 ? * MON#1,TUE#2 *)", "MON#1,TUE#2", "must stand alone", ""},
		{"cron(0 8 ? * XL *)", "X", "day-of-week must be", ""},
		{"cron(0 8 1 * ? 2027)", "2027", "year must be *", `write "*"`},
		{"cron(0 8 31 2 ? *)", "31 2 ?", "no such day", ""},
		{"cron(0 0/8 31 FEB ? *)", "31 FEB ?", "no such day", ""},
		{"cron(0 8 29 2 ? *)", "29 2 ?", "1461 days lie", ""},
		{"cron(0 8 ? 2 MON#5 *)", "? 2 MON#5", "days lie", ""},
	} {
		s, err := Parse(c.expression)
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		if s != (Schedule{}) {
			t.Errorf("%s: a schedule in spite of the error", c.expression)
		}
		if marked := c.expression[wrong.Start:wrong.End]; marked != c.marked &&
			!strings.Contains(c.clause, "256") {
			t.Errorf("%s: marks %q, want %q", c.expression, marked, c.marked)
		}
		if !strings.Contains(wrong.Error(), c.clause) || !strings.Contains(wrong.Hint, c.hint) ||
			wrong.Hint == "" {
			t.Errorf("%s: %q, hint %q\nwant %q, %q", c.expression, wrong, wrong.Hint, c.clause,
				c.hint)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]int{
		"1h": 1, "3h": 3, "03h": 3, "24h": 24, "0h": 0, "25h": 0, "99h": 0, "3": 0, "h": 0, "3H": 0,
		"3 h": 0, "100h": 0, "-1h": 0, "": 0, "3h ": 0,
	} {
		got, clause := ParseDuration(text)
		if got != want && want > 0 || (clause == "") != (want > 0) {
			t.Errorf("%q: %d, %q", text, got, clause)
		}
	}
}

func TestWindowMustCloseBeforeTheNextOneAndTheDay(t *testing.T) {
	for _, c := range []struct {
		expression string
		most       int // hours
		then       string
	}{
		{"rate(4 hours)", 4, "next window, which opens after 4 hours"},
		{"rate(5 hours)", 5, "next window, which opens after 5 hours"},
		{"rate(12 hours)", 12, "next window"},
		{"rate(24 hours)", 24, "next window"},
		{"rate(48 hours)", 48, "next window"},
		{"rate(1 day)", 24, "next window"},
		{"rate(10 days)", 24, "opens at 00:00 and reaches into the next UTC day"},
		{"cron(0 8 1 * ? *)", 16, "opens at 08:00 and reaches into the next UTC day"},
		{"cron(0 0 1 * ? *)", 24, "next UTC day"},
		{"cron(0 23 ? * MON *)", 1, "opens at 23:00 and reaches into the next UTC day"},
		{"cron(0 0/8 * * ? *)", 8, "next window, which opens after 8 hours"},
		{"cron(0 8/8 * * ? *)", 8, "next window, which opens after 8 hours"},
		{"cron(0 2/10 * * ? *)", 2, "opens at 22:00 and reaches into the next UTC day"},
		{"cron(0 22 * * ? *)", 2, "next UTC day"},
	} {
		s, err := Parse(c.expression)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.WindowProblem(c.most); got != "" {
			t.Errorf("%s, %dh: %s", c.expression, c.most, got)
		}
		if got := s.WindowProblem(c.most + 1); !strings.Contains(got, c.then) {
			t.Errorf("%s, %dh: %q, want %q", c.expression, c.most+1, got, c.then)
		}
	}
}

func TestScheduleThatIsNone(t *testing.T) {
	var s Schedule
	if s.Next(at("2025-01-15 10:30"), 3) != nil || s.LongestInterval() != 0 ||
		s.WindowProblem(24) != "" {
		t.Error("the zero value opens windows")
	}
	daily, _ := Parse("rate(1 day)")
	if daily.Next(at("2025-01-15 10:30"), 0) != nil ||
		daily.Next(at("2025-01-15 10:30"), -1) != nil {
		t.Error("no times were asked for")
	}
}

func TestNextIsAfterAndInUTC(t *testing.T) {
	daily, _ := Parse("cron(0 8 * * ? *)")
	if got := daily.Next(at("2025-01-15 08:00"), 1)[0]; got != at("2025-01-16 08:00") {
		t.Errorf("after 08:00: %v", got)
	}
	east := time.FixedZone("east", 14*3600)
	if got := daily.Next(time.Date(2025, 1, 15, 20, 0, 0, 0, east), 1)[0]; got != at(
		"2025-01-15 08:00") ||
		got.Location() != time.UTC {
		t.Errorf("in another zone: %v", got)
	}
}

// FuzzSchedule holds the parser to never panic, and to mark what is in the expression.
func FuzzSchedule(f *testing.F) {
	for _, seed := range []string{
		"", "rate(10 days)", "cron(0 8 1 * ? *)", "cron(0 2/10 ? 1/3 SUN#1 *)",
		"cron(0 /8 SUNL * ? *)", "cron(0 8 ? JAN,MAR-JUN/2 2L *)", "cron(–",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		s, err := Parse(expression)
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Start < 0 || wrong.End < wrong.Start ||
				wrong.End > len(expression) ||
				wrong.Clause == "" ||
				wrong.Hint == "" {
				t.Fatalf("%q: %+v", expression, err)
			}
			return
		}
		checkSchedule(t, s, expression, at("2023-12-31 23:00"))
	})
}

// FuzzCron makes expressions of which most are right, and compares.
func FuzzCron(f *testing.F) {
	if testing.Short() {
		f.Skip("schedules are compared hour by hour")
	}
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		expression := randomCron(r)
		if s, err := Parse(expression); err == nil {
			checkSchedule(t, s, expression,
				at("2020-01-01 00:00").Add(time.Duration(r.IntN(24*365*10))*time.Hour))
		}
	})
}

func randomCron(r *rand.Rand) string {
	one := func(from ...string) string { return from[r.IntN(len(from))] }
	n := func(least, most int) string { return strconv.Itoa(least + r.IntN(most-least+1)) }
	item := func(least, most int) string {
		a := least + r.IntN(most-least+1)
		return one("*", strconv.Itoa(a), strconv.Itoa(a)+"-"+n(a, most),
			strconv.Itoa(a)+"/"+n(1, most), "/"+n(1, most),
			strconv.Itoa(a)+"-"+n(a, most)+"/"+n(1, most))
	}
	list := func(least, most int) string {
		text := item(least, most)
		for r.IntN(3) == 0 {
			text += "," + item(least, most)
		}
		return text
	}
	monthDay, weekday := "?", "?"
	if r.IntN(2) == 0 {
		monthDay = one(list(1, 31), list(1, 31), "L", "TUEL")
	} else {
		weekday = one(list(1, 7), "MON-FRI", "SUN,WED", "L", n(1, 7)+"#"+n(1, 5), n(1, 7)+"L", "FRI#1", "THUL")
	}
	return fmt.Sprintf("cron(0 %s %s %s %s *)",
		one(n(0, 23), n(0, 23)+"/"+n(4, 23), "/"+n(4, 23)), monthDay,
		one(list(1, 12), "JAN-JUN", "FEB,NOV", "*"), weekday)
}

// checkSchedule compares Next with a walk over every hour of a year, and LongestInterval with the
// gaps in it.
func checkSchedule(t *testing.T, s Schedule, expression string, start time.Time) {
	t.Helper()
	end := start.AddDate(1, 0, 0)
	var want []time.Time
	for hour := start.Add(time.Hour); hour.Before(end); hour = hour.Add(time.Hour) {
		if opens(expression, start, hour) {
			want = append(want, hour)
		}
	}
	got := s.Next(start, len(want)+1)
	if !slices.Equal(got[:len(want)], want) || got[len(want)].Before(end) {
		t.Fatalf("%s from %v: %v\nwant %v", expression, start, got, want)
	}
	if gap := s.LongestInterval(); gap > 1000*24*time.Hour || gap < 4*time.Hour {
		t.Fatalf("%s: longest interval %v", expression, gap)
	}
	for i := 1; i < len(got); i++ {
		if gap := got[i].Sub(got[i-1]); gap > s.LongestInterval() || gap < 4*time.Hour {
			t.Fatalf("%s: %v and %v are %v apart, and %v at most", expression, got[i-1], got[i],
				gap, s.LongestInterval())
		}
	}
}

// opens says whether a window of an expression that is right opens at an hour. It looks at the text
// of every field and shares nothing with the parser.
func opens(expression string, start, hour time.Time) bool {
	kind, body, _ := strings.Cut(strings.TrimSuffix(expression, ")"), "(")
	f := strings.Split(body, " ")
	if kind == "rate" {
		n, _ := strconv.Atoi(f[0])
		if strings.HasPrefix(f[1], "day") {
			n *= 24
		}
		return int(hour.Sub(start.Truncate(24*time.Hour)).Hours())%n == 0
	}
	last := hour.AddDate(0, 0, 1-hour.Day()).AddDate(0, 1, -1).Day()
	return within(f[1], hour.Hour(), 0, nil) &&
		within(f[3], int(hour.Month()), 1,
			strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")) &&
		(f[2] == "?" || onMonthDay(f[2], hour, last)) && (f[4] == "?" || onWeekday(f[4], hour, last))
}

var weekdayNames = strings.Fields("SUN MON TUE WED THU FRI SAT")

func onMonthDay(field string, t time.Time, last int) bool {
	switch {
	case field == "L":
		return t.Day() == last
	case strings.HasSuffix(field, "L"):
		return onWeekday(field, t, last)
	}
	return within(field, t.Day(), 1, nil)
}

func onWeekday(field string, t time.Time, last int) bool {
	weekday := int(t.Weekday()) + 1
	switch name, nth, which := strings.Cut(field, "#"); {
	case field == "L":
		return t.Weekday() == time.Saturday
	case which:
		n, _ := strconv.Atoi(nth)
		return within(name, weekday, 1, weekdayNames) && t.Day() > 7*(n-1) && t.Day() <= 7*n
	case strings.HasSuffix(field, "L"):
		return within(strings.TrimSuffix(field, "L"), weekday, 1, weekdayNames) && t.Day() > last-7
	}
	return within(field, weekday, 1, weekdayNames)
}

func within(field string, value, least int, names []string) bool {
	for i, name := range names {
		field = strings.ReplaceAll(field, name, strconv.Itoa(least+i))
	}
	for _, item := range strings.Split(field, ",") {
		base, step, stepped := strings.Cut(item, "/")
		first, last, isRange := strings.Cut(base, "-")
		a, _ := strconv.Atoi(first)
		b, _ := strconv.Atoi(last)
		switch {
		case base == "*" || base == "":
			a, b = least, 99
		case isRange:
		case stepped:
			b = 99
		default:
			b = a
		}
		every := 1
		if stepped {
			every, _ = strconv.Atoi(step)
		}
		if value >= a && value <= b && (value-a)%every == 0 {
			return true
		}
	}
	return false
}
