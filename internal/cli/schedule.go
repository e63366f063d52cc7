package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/aws/schedule"
)

// maxRotations is the most that schedule prints: more would be a calendar.
const maxRotations = 1000

func (p *program) scheduleCommand() *cobra.Command {
	count := 5
	cmd := &cobra.Command{
		Use:   "schedule EXPRESSION",
		Short: "Shows when a rotation schedule rotates next.",
		Long: text(`
Schedule reads a rotation schedule as Secrets Manager does, in UTC, and prints when the next
rotation windows open, one a line: in UTC, and in local time. Secrets Manager rotates at some
time within the window. An expression that it would not accept exits with 1.

  rate(VALUE UNIT)  hours or days, from 4 hours to 1000 days; windows open from midnight on
  cron(0 HOUR DAY-OF-MONTH MONTH DAY-OF-WEEK *)
                    HOUR/N is every N hours from HOUR on; one of the two days is ?; L is the
                    last, MON#1 the first Monday, SUNL the last Sunday

Put the expression in quotes, or the shell will take it apart.`),
		Example: `  secretctl schedule 'rate(10 days)'               every ten days
  secretctl schedule 'cron(0 8 1 * ? *)'           the first of every month at 8:00
  secretctl schedule 'cron(0 2 ? 1/3 SUN#1 *)'     the first Sunday of every quarter at 2:00
  secretctl schedule 'cron(0 0/8 * * ? *)'         every eight hours
  secretctl schedule 'cron(0 17 L * ? *)' --count 12`,
		Args: func(_ *cobra.Command, args []string) error {
			const hint = "put it in quotes: secretctl schedule 'cron(0 8 1 * ? *)'"
			if len(args) == 0 {
				return usage(hint, "secretctl schedule needs an expression")
			}
			if len(args) > 1 {
				return usage(hint, "secretctl schedule takes one expression, not %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.runSchedule(args[0], count)
		},
	}
	cmd.Flags().IntVarP(&count, "count", "n", count, "how many rotations to print")
	register(cmd.RegisterFlagCompletionFunc("count", cobra.NoFileCompletions))
	return cmd
}

// runSchedule prints the next rotations of a schedule, so many of them.
func (p *program) runSchedule(expression string, count int) error {
	if count < 1 || count > maxRotations {
		return usage("", "--count must be from 1 to %d", maxRotations)
	}
	parsed, err := schedule.Parse(expression)
	if err != nil {
		return badExpression(expression, err)
	}
	if strings.HasPrefix(expression, "rate(") {
		fmt.Fprintln(p.err, "note: a rate is counted from the day on which the schedule is set; "+
			"this is what follows if that is today")
	}
	for _, next := range parsed.Next(p.now(), count) {
		fmt.Fprintf(p.out, "%s   %s\n", moment(next), moment(next.In(p.local())))
	}
	return nil
}

// now returns the time by the clock of the run.
func (p *program) now() time.Time {
	if p.env.Now == nil {
		return time.Now()
	}
	return p.env.Now()
}

// local returns the zone of the run.
func (p *program) local() *time.Location {
	if p.env.Local == nil {
		return time.Local
	}
	return p.env.Local
}

// moment writes a time with its weekday and its zone.
func moment(t time.Time) string { return t.Format("Mon 2006-01-02 15:04 MST") }

// badExpression says what is wrong with an expression, and shows where.
func badExpression(expression string, err error) error {
	var wrong *schedule.Error
	if !errors.As(err, &wrong) {
		return err
	}
	message := wrong.Clause
	// nobody would find the place in a longer one
	if expression != "" && len(expression) <= schedule.MaxLength {
		before, marked, after := visible(expression[:wrong.Start]),
			visible(expression[wrong.Start:wrong.End]), visible(expression[wrong.End:])
		message += "\n  " + before + marked + after +
			"\n  " + strings.Repeat(" ", len(before)) + strings.Repeat("^", max(1, len(marked)))
	}
	return refuse(exitErrors, wrong.Hint, "%s", message)
}

// visible escapes what is not printable ASCII, so that every byte takes one cell of the terminal
// and a dash is seen not to be a hyphen.
func visible(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r >= ' ' && r < 0x7f {
			b.WriteRune(r)
		} else {
			quoted := strconv.QuoteToASCII(text[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}
