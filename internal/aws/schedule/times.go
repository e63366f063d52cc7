package schedule

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/lazy"
)

// measure finds the shortest and the longest time between two windows of a cron(), and leaves both
// at 0 when there is no such day. The calendar from 2001 to 2028 has every year there is, and the
// next 28 are the same again until 2100.
func (s *Schedule) measure() {
	const years, days = 28, 28*365 + 7
	first, last := bits.TrailingZeros32(s.hours), bits.Len32(s.hours)-1
	firstDay, lastDay, day := -1, -1, -1
	for year := 2001; year < 2001+years; year++ {
		for month := time.January; month <= time.December; month++ {
			length := daysIn(year, month)
			for d := 1; d <= length; d++ {
				day++
				if !s.onDay(month, d, length, (day+1)%7) { // 2001 began on a Monday
					continue
				}
				if firstDay < 0 {
					firstDay = day
				} else {
					s.gap((day-lastDay)*24 - last + first)
				}
				lastDay = day
			}
		}
	}
	if firstDay < 0 {
		return
	}
	s.gap((firstDay+days-lastDay)*24 - last + first)
	for hour := first + 1; hour <= last; hour++ {
		if s.hours&(1<<hour) != 0 {
			s.gap(hour - first)
			first = hour
		}
	}
}

func (s *Schedule) gap(hours int) {
	if s.shortest == 0 || hours < s.shortest {
		s.shortest = hours
	}
	s.longest = max(s.longest, hours)
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// onDay says whether the windows of a cron() open on a day, by its month, its number, the length of
// the month, and the weekday, 0 for Sunday.
func (s Schedule) onDay(month time.Month, day, length, weekday int) bool {
	if s.months&(1<<month) == 0 {
		return false
	}
	if s.days.weekdays == 0 {
		return s.days.lastDay && day == length || s.days.ofMonth&(1<<day) != 0
	}
	if s.days.weekdays&(2<<weekday) == 0 {
		return false
	}
	switch s.days.nth {
	case 0:
		return true
	case lastOne:
		return day+7 > length
	}
	return (day-1)/7+1 == s.days.nth
}

// Next returns the first n times after a time at which a window opens, in UTC. A rate is counted
// from the midnight that began the day: AWS counts it from the midnight of the day on which the
// schedule is set. It is nil for the zero value.
func (s Schedule) Next(after time.Time, n int) []time.Time {
	after = after.UTC()
	midnight := time.Date(after.Year(), after.Month(), after.Day(), 0, 0, 0, 0, time.UTC)
	var next []time.Time
	add := func(t time.Time) {
		if t.After(after) && len(next) < n {
			next = append(next, t)
		}
	}
	if s.every > 0 {
		for t := midnight; len(next) < n; t = t.Add(time.Duration(s.every) * time.Hour) {
			add(t)
		}
		return next
	}
	if s.hours == 0 {
		return nil
	}
	for day := midnight; len(next) < n; day = day.AddDate(0, 0, 1) {
		if !s.onDay(day.Month(), day.Day(), daysIn(day.Year(), day.Month()), int(day.Weekday())) {
			continue
		}
		for hour := range 24 {
			if s.hours&(1<<hour) != 0 {
				add(day.Add(time.Duration(hour) * time.Hour))
			}
		}
	}
	return next
}

// LongestInterval returns the longest time from the opening of a window to that of the next.
func (s Schedule) LongestInterval() time.Duration { return time.Duration(s.longest) * time.Hour }

var durationGrammar = lazy.Regexp(`^[0-9]{1,2}h$`)

// ParseDuration reads the length of a rotation window, 1h to 24h. The clause says what is wrong,
// with the duration as its subject, or is "".
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
func ParseDuration(text string) (hours int, clause string) {
	if !durationGrammar.MatchString(text) {
		return 0, "must be whole hours, such as 3h"
	}
	hours, _ = strconv.Atoi(strings.TrimSuffix(text, "h")) // it is a number
	if hours < 1 || hours > 24 {
		return 0, "must be from 1h to 24h"
	}
	return hours, ""
}

// WindowProblem says what is wrong with a window of so many hours on this schedule, in a clause
// that has the window as its subject, or returns "". A window must be closed before the next one
// opens, and before the UTC day is over. AWS explains the latter for schedules in days alone; it is
// not asked of rate() in hours, whose windows have no fixed hour.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
func (s Schedule) WindowProblem(hours int) string {
	if s.shortest == 0 {
		return ""
	}
	opens := 0
	if s.every == 0 {
		opens = bits.Len32(s.hours) - 1
	}
	switch {
	case hours > s.shortest:
		return fmt.Sprintf("reaches into the next window, which opens after %d hours", s.shortest)
	case (s.every == 0 || s.inDays) && opens+hours > 24:
		return fmt.Sprintf("opens at %02d:00 and reaches into the next UTC day", opens)
	}
	return ""
}
