// Package schedule knows when Secrets Manager rotates: the grammar of rate() and cron(), and the
// times at which windows open. It knows no secrets, and no clock but UTC.
package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/lazy"
)

// The limits of a schedule.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
const (
	MaxDays   = 1000 // between two rotations
	MaxLength = 256  // characters of an expression
)

// Schedule says when the rotation windows of a secret open, in UTC. They open on the hour. The zero
// value never does.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
type Schedule struct {
	every  int  // rate(): hours from one window to the next; 0 for cron()
	inDays bool // rate() in days

	hours  uint32 // cron(): bit h for the hour h
	months uint32 // bit m for the month m
	days   dayRule

	shortest, longest int // hours from one window to the next
}

// dayRule is what day-of-month and day-of-week say together: one of the two is a question mark. The
// zero value is no day.
type dayRule struct {
	ofMonth  uint32 // bit d for the day d
	lastDay  bool   // the last day of the month
	weekdays uint32 // bit w for the weekday w, 1 for Sunday
	nth      int    // with #, which of the month's weekdays it is; lastOne with L
}

const lastOne = -1

// Error says what is wrong with a schedule expression.
type Error struct {
	Start, End int    // the bytes that are wrong; none, at the place where something is missing
	Clause     string // a clause with its own subject
	Hint       string // an order
}

func (e *Error) Error() string { return e.Clause }

// Parse reads a rotation schedule in Secrets Manager's own grammar, rate() or cron(), in UTC. It
// refuses what AWS does not document: windows less than 4 hours or more than 1,000 days apart,
// minutes other than 0, years other than *, lists and ranges of hours, names in lower case. The
// error is an *Error.
//
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
func Parse(expression string) (Schedule, error) {
	s, wrong := parse(expression)
	if wrong != nil {
		return Schedule{}, wrong
	}
	return s, nil
}

// minHours is the least that may lie between two windows.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
const minHours = 4

// The page of the user's guide says of rate() that 999 days are the most; the API takes 1,000, and
// so does the CDK.
const maxHours = MaxDays * 24

const examples = `write "rate(10 days)" or "cron(0 8 1 * ? *)"`

// piece is a part of an expression and where it starts.
type piece struct {
	text string
	at   int
}

func (p piece) wrong(hint, format string, args ...any) *Error {
	return &Error{Start: p.at, End: p.at + len(p.text), Clause: fmt.Sprintf(format, args...),
		Hint: hint}
}

// split cuts at every separator of one byte.
func (p piece) split(separator string) []piece {
	var parts []piece
	at := p.at
	for _, text := range strings.Split(p.text, separator) {
		parts = append(parts, piece{text, at})
		at += len(text) + 1
	}
	return parts
}

// cut cuts at the first separator of one byte.
func (p piece) cut(separator string) (before, after piece, found bool) {
	i := strings.Index(p.text, separator)
	if i < 0 {
		return p, piece{at: p.at + len(p.text)}, false
	}
	return piece{p.text[:i], p.at}, piece{p.text[i+1:], p.at + i + 1}, true
}

func parse(expression string) (Schedule, *Error) {
	p := piece{text: expression}
	if p.text == "" {
		return Schedule{}, p.wrong(examples, "a schedule must not be empty")
	}
	if wrong := checkCharacters(p); wrong != nil {
		return Schedule{}, wrong
	}
	body := piece{at: len("rate(")} // as long as "cron("
	var read func(piece) (Schedule, *Error)
	switch {
	case strings.HasPrefix(p.text, "rate("):
		read = parseRate
	case strings.HasPrefix(p.text, "cron("):
		read = parseCron
	default:
		return Schedule{}, p.wrong(likelyMeant(p.text), "a schedule must start with rate( or cron(")
	}
	body.text = p.text[body.at:]
	closing := strings.IndexByte(body.text, ')')
	if closing < 0 {
		return Schedule{}, piece{at: len(p.text)}.wrong(`write ")" at the end`,
			"the closing parenthesis is missing")
	}
	if rest := (piece{body.text[closing+1:], body.at + closing + 1}); rest.text != "" {
		return Schedule{}, rest.wrong("remove it", "nothing may follow the closing parenthesis")
	}
	body.text = body.text[:closing]
	return read(body)
}

// checkCharacters checks length and characters.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
func checkCharacters(p piece) *Error {
	for i, r := range p.text {
		if isLetterOrDigit(r) || strings.ContainsRune("()#?*-/, ", r) {
			continue
		}
		hint := "remove it"
		switch r {
		case '–', '—', '−': // what word processors, and AWS's own page, make of a hyphen
			hint = `write "-"`
		case '\t', '\u00a0':
			hint = "write a space"
		}
		_, size := utf8.DecodeRuneInString(p.text[i:])
		return piece{p.text[i : i+size], i}.wrong(hint,
			"a schedule must hold only letters, digits, spaces, commas and ()#?*-/, and has %q",
			p.text[i:i+size])
	}
	if len(p.text) > MaxLength {
		return piece{p.text[MaxLength:], MaxLength}.wrong("shorten it",
			"a schedule must have at most %d characters, and has %d", MaxLength, len(p.text))
	}
	return nil
}

func isLetterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// likelyMeant is the hint for a text that starts with neither rate( nor cron(.
func likelyMeant(text string) string {
	kind, _, called := strings.Cut(text, "(")
	fields := strings.Fields(text)
	switch {
	case called && strings.EqualFold(kind, "rate"):
		return `write "rate(" in lower case`
	case called && strings.EqualFold(kind, "cron"):
		return `write "cron(" in lower case`
	case !called && len(fields) == 2:
		return fmt.Sprintf("write %q", "rate("+strings.Join(fields, " ")+")")
	case !called && len(fields) == 6:
		return fmt.Sprintf("write %q", "cron("+strings.Join(fields, " ")+")")
	case !called && len(fields) == 5:
		return "write cron(minutes hours day-of-month month day-of-week year), " +
			"with a ? for one of the two days and a * for the year"
	}
	return examples
}

var wholeNumber = lazy.Regexp(`^(0|[1-9][0-9]{0,8})$`)

// parseRate reads what stands between the parentheses of rate().
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html#rotate-secrets_schedule-rate
func parseRate(p piece) (Schedule, *Error) {
	parts := p.split(" ")
	if len(parts) != 2 {
		return Schedule{}, p.wrong(`write "rate(10 days)", for example`,
			"a rate must be a number, one space and a unit")
	}
	number, unit := parts[0], parts[1]
	if !wholeNumber.MatchString(number.text) || number.text == "0" {
		return Schedule{}, number.wrong(`write "rate(10 days)", for example`,
			"the number of a rate must be 1 or more, without zeros before it")
	}
	n, _ := strconv.Atoi(number.text) // it is one
	s := Schedule{}
	switch unit.text {
	case "hour", "hours":
		s.every = n
	case "day", "days":
		s.every, s.inDays = n*24, true
	default:
		return Schedule{}, unit.wrong(`write "hours" or "days"`,
			"the unit of a rate must be hours or days")
	}
	switch {
	case s.every < minHours:
		return Schedule{}, number.wrong(fmt.Sprintf("write %d or more", minHours),
			"a secret can be rotated every %d hours at most", minHours)
	case s.every > maxHours:
		return Schedule{}, number.wrong("rotate more often",
			"a secret must be rotated every %d days at least", MaxDays)
	}
	s.shortest, s.longest = s.every, s.every
	return s, nil
}

// cronField is one of the fields that take numbers and, in some, names for them.
type cronField struct {
	name     string
	min, max int
	names    []string // for min, min+1 …
}

var (
	hoursField  = cronField{name: "hours", max: 23}
	daysField   = cronField{name: "day-of-month", min: 1, max: 31}
	monthsField = cronField{name: "month", min: 1, max: 12,
		names: strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")}
	weekdayField = cronField{name: "day-of-week", min: 1, max: 7,
		names: strings.Fields("SUN MON TUE WED THU FRI SAT")}
)

// parseCron reads what stands between the parentheses of cron().
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html#rotate-secrets_schedule-cron
func parseCron(p piece) (Schedule, *Error) {
	parts := p.split(" ")
	if len(parts) != 6 || slices.ContainsFunc(parts, func(f piece) bool { return f.text == "" }) {
		return Schedule{}, p.wrong(
			`write "cron(0 8 1 * ? *)", for example`,
			"cron() takes six fields with one space between two: "+
				"minutes, hours, day-of-month, month, day-of-week and year")
	}
	minutes, hours, monthDay := parts[0], parts[1], parts[2]
	month, weekday, year := parts[3], parts[4], parts[5]
	if minutes.text != "0" {
		return Schedule{}, minutes.wrong(`write "0"`,
			"the minutes must be 0, because rotation windows open on the hour")
	}
	s := Schedule{}
	for _, read := range []func() *Error{
		func() (wrong *Error) { s.hours, wrong = parseHours(hours); return },
		func() *Error { return oneQuestionMark(monthDay, weekday) },
		func() *Error { return s.days.parseMonthDay(monthDay) },
		func() (wrong *Error) { s.months, wrong = monthsField.set(month); return },
		func() *Error { return s.days.parseWeekday(weekday) },
	} {
		if wrong := read(); wrong != nil {
			return Schedule{}, wrong
		}
	}
	if year.text != "*" {
		return Schedule{}, year.wrong(`write "*"`,
			"the year must be *, because a schedule cannot skip years")
	}
	days := piece{p.text[monthDay.at-p.at : year.at-p.at-1], monthDay.at}
	s.measure()
	if wrong := s.checkIntervals(days, hours); wrong != nil {
		return Schedule{}, wrong
	}
	return s, nil
}

// checkIntervals refuses what is rotated never, too seldom or too often.
func (s Schedule) checkIntervals(days, hours piece) *Error {
	switch {
	case s.longest == 0:
		return days.wrong("choose a day that the month has", "there is no such day")
	case s.longest > maxHours:
		return days.wrong("choose a day that comes more often",
			"up to %d days lie between two rotations, and %d may", s.longest/24, MaxDays)
	case s.shortest < minHours:
		return hours.wrong(
			"write a greater increment, or another start: increments begin anew each day",
			"a secret can be rotated every %d hours at most, "+
				"and here only %s between two rotations",
			minHours, lie(s.shortest))
	}
	return nil
}

func lie(hours int) string {
	if hours == 1 {
		return "1 hour lies"
	}
	return fmt.Sprintf("%d hours lie", hours)
}

// parseHours reads an hour, or a start and an increment: hours know no other wildcard. /8 is 0/8.
func parseHours(p piece) (uint32, *Error) {
	start, step, _ := p.cut("/")
	if strings.ContainsAny(start.text, "*,-") {
		hint := `write one hour, or a start and an increment such as "8/12"`
		if start.text == "*" && step.text != "" {
			hint = fmt.Sprintf("write %q", "0/"+step.text)
		}
		return 0, p.wrong(hint, "the hours must be one hour, or a start and an increment")
	}
	return hoursField.set(p)
}

// oneQuestionMark sees to it that either day-of-month or day-of-week is a question mark.
func oneQuestionMark(monthDay, weekday piece) *Error {
	both := monthDay.text == "?" && weekday.text == "?"
	if both {
		return monthDay.wrong(`write "*" for every day`,
			"day-of-month and day-of-week must not both be ?")
	}
	if monthDay.text == "?" || weekday.text == "?" {
		return nil
	}
	superfluous := weekday
	if monthDay.text == "*" && weekday.text != "*" {
		superfluous = monthDay
	}
	return superfluous.wrong(`write "?"`,
		"day-of-month or day-of-week must be ?, because only one of them can say the day")
}

// parseMonthDay reads day-of-month: numbers, L for the last day, or a weekday's name and L for the
// last of these days.
func (d *dayRule) parseMonthDay(p piece) (wrong *Error) {
	name, named := strings.CutSuffix(p.text, "L")
	switch {
	case p.text == "?":
		return nil
	case p.text == "L":
		d.lastDay = true
		return nil
	case named && slices.Contains(weekdayField.names, name):
		d.weekdays, d.nth = 1<<(slices.Index(weekdayField.names, name)+1), lastOne
		return nil
	case strings.Contains(p.text, "L"):
		return p.wrong(`write "L" alone, or "SUNL" for the last Sunday`,
			"the last day of the month must stand alone")
	}
	d.ofMonth, wrong = daysField.set(p)
	return wrong
}

// parseWeekday reads day-of-week: numbers or names, L for the last day of the week, TUE#3 for the
// third Tuesday of the month, and TUEL for the last. One of the latter must stand alone:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-cron-expressions
func (d *dayRule) parseWeekday(p piece) (wrong *Error) {
	switch {
	case p.text == "?":
		return nil
	case p.text == "L":
		d.weekdays = 1 << weekdayField.max
		return nil
	case strings.ContainsAny(p.text, ",/-") && strings.ContainsAny(p.text, "#L"):
		return p.wrong("write one of them, alone", "a day of the week with # or L must stand alone")
	}
	name, nth, which := p.cut("#")
	if which {
		if len(nth.text) != 1 || nth.text < "1" || nth.text > "5" {
			return nth.wrong(
				"write a number from 1 to 5", "a month has at most five days of each name")
		}
		d.nth = int(nth.text[0] - '0')
	} else if text, last := strings.CutSuffix(p.text, "L"); last {
		name, d.nth = piece{text, p.at}, lastOne
	}
	if d.nth != 0 {
		n, wrong := weekdayField.number(name)
		d.weekdays = 1 << n
		return wrong
	}
	d.weekdays, wrong = weekdayField.set(p)
	return wrong
}

// set reads a list of numbers, ranges and increments as a bit for every number.
func (f cronField) set(p piece) (uint32, *Error) {
	var set uint32
	items := p.split(",")
	for _, item := range items {
		if item.text == "*" && len(items) > 1 {
			return 0, item.wrong(`write "*" alone, or leave it out`,
				"* takes in all values of the %s", f.name)
		}
		base, increment, stepped := item.cut("/")
		first, last, wrong := f.span(base, stepped)
		if wrong != nil {
			return 0, wrong
		}
		step := 1
		if stepped {
			n, err := strconv.Atoi(increment.text)
			if !wholeNumber.MatchString(increment.text) || err != nil || n < 1 || n > f.max {
				return 0, increment.wrong(fmt.Sprintf("write a number from 1 to %d", f.max),
					"the increment of the %s must be from 1 to %d", f.name, f.max)
			}
			step = n
		}
		for n := first; n <= last; n += step {
			set |= 1 << n
		}
	}
	return set, nil
}

// span reads what stands before an increment, or a whole item of a list.
func (f cronField) span(p piece, stepped bool) (first, last int, wrong *Error) {
	if p.text == "*" || p.text == "" && stepped {
		return f.min, f.max, nil
	}
	from, to, isRange := p.cut("-")
	if first, wrong = f.number(from); wrong != nil {
		return 0, 0, wrong
	}
	switch {
	case isRange:
		if last, wrong = f.number(to); wrong != nil {
			return 0, 0, wrong
		}
	case stepped:
		last = f.max
	default:
		last = first
	}
	if last < first {
		return 0, 0, p.wrong(fmt.Sprintf("write %q", f.turned(first, last)),
			"the range of the %s runs backwards", f.name)
	}
	return first, last, nil
}

// turned writes a range over the end of the field as two.
func (f cronField) turned(first, last int) string {
	write := func(from, to int) string {
		if from == to {
			return f.text(from)
		}
		return f.text(from) + "-" + f.text(to)
	}
	return write(first, f.max) + "," + write(f.min, last)
}

func (f cronField) text(n int) string {
	if len(f.names) > 0 {
		return f.names[n-f.min]
	}
	return strconv.Itoa(n)
}

// number reads a number or a name.
func (f cronField) number(p piece) (int, *Error) {
	if i := slices.Index(f.names, p.text); i >= 0 {
		return f.min + i, nil
	}
	values := fmt.Sprintf("%d to %d", f.min, f.max)
	if len(f.names) > 0 {
		values += fmt.Sprintf(" or %s to %s", f.names[0], f.names[len(f.names)-1])
	}
	hint := "write " + values
	if n, err := strconv.Atoi(p.text); err == nil && n >= f.min && n <= f.max {
		if wholeNumber.MatchString(p.text) {
			return n, nil
		}
		hint = fmt.Sprintf("write %q", strconv.Itoa(n))
	}
	if name := strings.ToUpper(p.text); slices.Contains(f.names, name) {
		hint = fmt.Sprintf("write %q", name)
	}
	if p.text == "" {
		return 0, p.wrong(hint, "a value of the %s is missing", f.name)
	}
	return 0, p.wrong(hint, "the %s must be %s, not %s", f.name, values, p.text)
}
