package repair

import (
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// Key is what a repair is known by from one round to the next, while texts change.
type Key struct {
	code, file, message string
	line                int
	Guess               bool // it writes an id that is probably meant
}

// Key returns what the repair is known by.
func (r Repair) Key() Key {
	f := findingOf(r.Diagnostic, nil)
	k := Key{code: f.code, file: f.file, message: f.message, Guess: r.Diagnostic.Guessed()}
	if file := r.Diagnostic.Span.File; file != nil {
		k.line = file.Position(int(r.Diagnostic.Span.Start)).Line
	}
	return k
}

// Made are repairs that were made one after another, and where they stand in the texts by now.
type Made struct{ places []place }

// place is where a replacement stands.
type place struct {
	of       Key
	file     string
	from, to int
	there    map[said]bool // what was found there before
}

// said is what a diagnostic says, wherever it stands.
type said struct{ code, message string }

// Plus returns the repairs with more of them, by what was found before those were made.
func (m Made) Plus(before diag.List, more []Repair) Made {
	all := byFile(more)
	var out Made
	for _, p := range m.places {
		for file, fixes := range all {
			if file.Name == p.file {
				p = p.after(file, fixes)
			}
		}
		out.places = append(out.places, p)
	}
	moved := mover(all)
	for _, r := range more {
		for _, f := range r.Fixes {
			from := moved(f.Span)
			p := place{r.Key(), f.Span.File.Name, from, from + len(written(f.Span.File, f)),
				map[said]bool{}}
			here := place{file: p.file, from: int(f.Span.Start), to: int(f.Span.End)}
			for _, d := range before {
				if here.isOf(d.Span) {
					p.there[said{d.Code.Number, d.Says(nil)}] = true
				}
			}
			out.places = append(out.places, p)
		}
	}
	return out
}

// after returns a place as it is once replacements are made in its file.
func (p place) after(file *source.File, fixes []diag.Fix) place {
	from, to := p.from, p.to
	for _, f := range fixes {
		more := len(written(file, f)) - int(f.Span.End-f.Span.Start)
		if int(f.Span.End) <= p.from {
			from += more
		}
		if int(f.Span.Start) < p.to {
			to += more
		}
	}
	p.from, p.to = from, to
	return p
}

// isOf says whether something that is found stands at the place, or around it.
func (p place) isOf(s source.Span) bool {
	return s.File != nil && s.File.Name == p.file && int(s.Start) < p.to && p.from < int(s.End)
}

// Worse returns the repairs at whose places something is found in the end, of any severity, that
// was not there before.
func (m Made) Worse(after diag.List) []Key {
	var out []Key
	for _, p := range m.places {
		for _, d := range after {
			if p.isOf(d.Span) && !p.there[said{d.Code.Number, d.Says(nil)}] {
				out = append(out, p.of)
				break
			}
		}
	}
	return out
}
