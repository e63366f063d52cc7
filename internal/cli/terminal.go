package cli

import (
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/secretctl/secretctl/internal/show"
)

// narrowest is the width below which nothing is fitted into a terminal, in cells.
const narrowest = 60

// formatChoice is the choice among the formats of something, the first by default.
func formatChoice[T any](formats show.Formats[T]) choice {
	names := formats.Names()
	return choice{value: names[0], allowed: names}
}

// write writes something to standard output in a format, with the options of a command.
func write[T any](p *program, format show.Format[T], what T, o show.Options) error {
	o.Color, o.Width, o.Version = p.color(p.out), p.width(), p.build().Number()
	o.Beside = p.err
	if format.Commands {
		return format.Write(&p.out.commands, what, o)
	}
	return format.Write(p.out, what, o)
}

// addColor gives every command the flag that says when there are colours.
func (p *program) addColor(root *cobra.Command) {
	p.colors = choice{value: colorsAuto, allowed: []string{colorsAuto, "always", "never"}}
	root.PersistentFlags().Var(&p.colors, "color",
		"colours: on a terminal (auto), always or never; NO_COLOR and FORCE_COLOR count too")
	register(root.RegisterFlagCompletionFunc("color",
		cobra.FixedCompletions(p.colors.allowed, cobra.ShellCompDirectiveNoFileComp)))
}

const colorsAuto = "auto"

// color says whether to colour what is written to w: as --color says, or else not if NO_COLOR is
// set (https://no-color.org), and if FORCE_COLOR is (but to 0 or false), or else on a terminal that
// can show it.
func (p *program) color(w io.Writer) bool {
	if p.colors.value == "never" {
		return false
	}
	shows := p.isTerminal(w) && p.showsColor(w)
	if p.colors.value == "always" {
		return true
	}
	if p.getenv("NO_COLOR") != "" {
		return false
	}
	switch p.getenv("FORCE_COLOR") {
	case "":
		return shows && p.getenv("TERM") != "dumb"
	case "0", "false":
		return false
	}
	return true
}

// showsColor says whether the terminal that w is understands colours.
func (p *program) showsColor(w io.Writer) bool {
	if out, ok := w.(*output); ok {
		w = out.w
	}
	file, ok := w.(interface{ Fd() uintptr })
	return !ok || showsColor(file.Fd())
}

// isTerminal says whether what is written to w is read by a person as it is.
func (p *program) isTerminal(w io.Writer) bool {
	if out, ok := w.(*output); ok {
		w = out.w
	}
	file, ok := w.(interface{ Stat() (os.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// The escapes of what is new in a difference, what is gone, and where it is.
const (
	paintNew, paintGone, paintPlace = "\x1b[32m", "\x1b[31m", "\x1b[36m"
	paintEnd                        = "\x1b[0m"
)

// painted returns the lines of a difference, in colours if standard output has them. The signs at
// their beginnings say the same.
func (p *program) painted(difference string) string {
	if !p.color(p.out) {
		return difference
	}
	var b strings.Builder
	for line := range strings.Lines(difference) {
		paint := map[byte]string{'+': paintNew, '-': paintGone, '@': paintPlace}[line[0]]
		if paint == "" {
			b.WriteString(line)
			continue
		}
		b.WriteString(paint + strings.TrimSuffix(line, "\n") + paintEnd + "\n")
	}
	return b.String()
}

// width returns how many cells a line of standard output has: what the variable COLUMNS says, or
// else the terminal; 0: nobody does.
func (p *program) width() int {
	if n, err := strconv.Atoi(p.getenv("COLUMNS")); err == nil {
		return max(narrowest, n)
	}
	file, ok := p.env.Stdout.(interface{ Fd() uintptr })
	if !ok {
		return 0
	}
	if n, _, err := term.GetSize(int(file.Fd())); err == nil && n > 0 {
		return max(narrowest, n)
	}
	return 0
}
