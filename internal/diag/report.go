package diag

import (
	"github.com/secretctl/secretctl/internal/source"
)

// Report begins a diagnostic of a code about a span: what is wrong, why and what to do are added by
// its methods. The zero Span is the whole input.
//
// No method takes text of a file into its own words. What a sentence quotes is an argument, and the
// renderers decide by the masks whether it may be seen: see Text.
func Report(code *Code, span source.Span) *Diagnostic {
	return &Diagnostic{Code: code, Span: span}
}

// Report adds a diagnostic to the list and returns it, to be completed at once.
func (l *List) Report(code *Code, span source.Span) *Diagnostic {
	*l = append(*l, Diagnostic{Code: code, Span: span})
	return &(*l)[len(*l)-1]
}

// Message says what is wrong: a clause in lower case, without a full stop. What was said before is
// replaced.
func (d *Diagnostic) Message(format string, args ...any) *Diagnostic {
	d.message = Say(format, args...)
	return d
}

// And says more, right behind the message.
func (d *Diagnostic) And(format string, args ...any) *Diagnostic {
	d.message = d.message.And(format, args...)
	return d
}

// Hint says what to do, as an order; it may have several lines. An earlier hint is replaced.
func (d *Diagnostic) Hint(format string, args ...any) *Diagnostic {
	d.hint = Say(format, args...)
	return d
}

// AndHint says more of what to do, right behind the hint.
func (d *Diagnostic) AndHint(format string, args ...any) *Diagnostic {
	d.hint = d.hint.And(format, args...)
	return d
}

// Related adds another place that explains the diagnostic.
func (d *Diagnostic) Related(span source.Span, format string, args ...any) *Diagnostic {
	return d.Also(At(span, format, args...))
}

// About says which secrets the diagnostic is about, by their ids, so that it can be silenced for
// them. What is about none of them is about the spec as a whole.
func (d *Diagnostic) About(secrets ...string) *Diagnostic {
	d.about = append(d.about, secrets...)
	return d
}

// Also adds other places that explain the diagnostic.
func (d *Diagnostic) Also(places ...Related) *Diagnostic {
	d.related = append(d.related, places...)
	return d
}

// Fix adds a replacement of the text of a span. It is for what has exactly one sane repair.
func (d *Diagnostic) Fix(span source.Span, format string, args ...any) *Diagnostic {
	return d.Fixed(Fix{span, Say(format, args...)})
}

// Fixed adds replacements, which belong together.
func (d *Diagnostic) Fixed(fixes ...Fix) *Diagnostic {
	d.fixes = append(d.fixes, fixes...)
	return d
}

// Guess says what a name probably means that nothing has: the nearest of those that there are, or
// up to three that are equally near. It returns the one that may be written instead, if only one is
// nearest and differs in more than digits; or else "".
func (d *Diagnostic) Guess(name string, names []string) string {
	near := AllNearest(name, names)
	if len(near) == 0 {
		return ""
	}
	d.Hint("write %q", near[0])
	for i, other := range near[1:min(len(near), mostGuesses)] {
		if i+2 < min(len(near), mostGuesses) {
			d.AndHint(", %q", other)
		} else {
			d.AndHint(" or %q", other)
		}
	}
	if len(near) > 1 || DiffersInDigits(name, near[0]) {
		return ""
	}
	d.guessed = true
	return near[0]
}

// mostGuesses is how many names are offered for one that nothing has.
const mostGuesses = 3

// Guessed says whether the repair is an id that is a guess.
func (d *Diagnostic) Guessed() bool { return d.guessed }

// At is another place that explains a diagnostic.
func At(span source.Span, format string, args ...any) Related {
	return Related{span, Say(format, args...)}
}
