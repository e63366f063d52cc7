package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
)

// Bullets stand for whatever is hidden: six for every text, so that they do not tell its length.
const Bullets = "••••••"

// Text is a sentence of the program in which something may be quoted. The program's own words are
// formats, which are constants; what comes from a file, or may come from one, is an argument:
//
//   - a Quoted, which knows where it stands, is hidden if any of that place is;
//   - of a text, an error or a list of texts is hidden what stands at hidden places only;
//   - Words are the program's own, and shown;
//   - numbers are shown.
//
// Where nothing is hidden, Shown is what fmt.Sprintf makes of the same arguments.
type Text struct{ parts []sentence }

// sentence is a format with its arguments.
type sentence struct {
	format string
	args   []any
}

// Quoted is something that is quoted from a file.
type Quoted interface {
	Quote() (at source.Span, text string) // where it stands; what it says
}

// Words are words of the program's own among the arguments of a Text: they are never hidden.
type Words string

// Say makes a text of a format, which must be a constant, and arguments.
func Say(format string, args ...any) Text {
	return Text{[]sentence{{format, args}}}
}

// And returns the text with more behind it.
func (t Text) And(format string, args ...any) Text {
	return Text{append(t.parts[:len(t.parts):len(t.parts)], sentence{format, args})}
}

// quotes says whether the text has arguments.
func (t Text) quotes() bool {
	return slices.ContainsFunc(t.parts, func(s sentence) bool { return len(s.args) > 0 })
}

// String is the text with all that it quotes. It is for comparing, never for showing.
func (t Text) String() string { return t.Shown(nil) }

// Shown returns the text without what masks hide. Nil masks hide nothing.
func (t Text) Shown(masks *source.Masks) string { return t.about(source.Span{}, masks) }

// about returns what is shown of a text about a place. Where variables that are hidden stand there,
// what is derived from their values is hidden, too.
func (t Text) about(at source.Span, masks *source.Masks) string {
	var b strings.Builder
	for _, s := range t.parts {
		args := make([]any, len(s.args))
		for i, a := range s.args {
			args[i] = shownArgument(a, masks)
			if text, ok := a.(string); ok && at.File != nil && masks.Derived(text, at) {
				args[i] = hidden{}
			}
		}
		fmt.Fprintf(&b, s.format, args...)
	}
	return b.String()
}

// shownArgument returns what is shown of an argument.
func shownArgument(a any, masks *source.Masks) any {
	switch v := a.(type) {
	case Words:
		return string(v)
	case Text:
		return v.Shown(masks)
	case Quoted:
		at, text := v.Quote()
		if len(masks.Within(at)) > 0 {
			return hidden{}
		}
		if masks.Shows(text, at) {
			return text
		}
		return shownText(text, masks)
	case string:
		return shownText(v, masks)
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = masks.Hide(s, Bullets)
		}
		return out
	case error:
		return shownText(v.Error(), masks)
	case fmt.Stringer:
		return shownText(v.String(), masks)
	}
	return a
}

// shownText returns a text, in part or wholly hidden.
func shownText(text string, masks *source.Masks) any {
	shown := masks.Hide(text, Bullets)
	if shown == Bullets && text != Bullets {
		return hidden{}
	}
	return shown
}

// hidden is printed as bullets without quotes, whatever the verb is.
type hidden struct{}

// Format implements fmt.Formatter.
func (hidden) Format(f fmt.State, _ rune) { fmt.Fprint(f, Bullets) }
