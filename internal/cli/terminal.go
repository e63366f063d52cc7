package cli

import (
	"strconv"

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
	o.Color, o.Width, o.Version = p.color(p.out), columns(p.getenv("COLUMNS")), version
	o.Beside = p.err
	if format.Commands {
		return format.Write(&p.out.commands, what, o)
	}
	return format.Write(p.out, what, o)
}

// columns reads the width of the terminal from the variable COLUMNS, which shells keep; 0: it does
// not say.
func columns(variable string) int {
	n, err := strconv.Atoi(variable)
	if err != nil {
		return 0
	}
	return max(narrowest, n)
}
