package cli

import (
	"strconv"

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
