package show

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Joiners that emoji and several scripts cannot do without, although they are not printable by
// themselves.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	ideographicSpace   = '\u3000'
)

// isShown says whether a character goes to a terminal as it is. Control characters would command
// the terminal; the others that are not, such as directional overrides and no-break spaces, would
// make a text look like what it is not.
func isShown(r rune) bool {
	return unicode.IsPrint(r) || r == ideographicSpace || r == zeroWidthNonJoiner ||
		r == zeroWidthJoiner
}

// escapedRune returns what a terminal is sent for a character. raw is the character's UTF-8, or the
// byte that is none.
func escapedRune(r rune, raw string) string {
	invalid := r == utf8.RuneError && len(raw) == 1
	switch {
	case invalid:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case isShown(r):
		return raw
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// escaped returns a text with everything escaped that must not reach a terminal, line ends and tabs
// too.
func escaped(text string) string {
	var b strings.Builder
	for start := 0; start < len(text); {
		r, n := utf8.DecodeRuneInString(text[start:])
		b.WriteString(escapedRune(r, text[start:start+n]))
		start += n
	}
	return b.String()
}

// Printable returns a text with everything escaped that would command a terminal or make the text
// look like what it is not, line ends too. The escapes are JSON's, so that JSON stays what it is.
func Printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// terminal measures texts as terminals without a locale of East Asia do, in which characters of
// ambiguous width are narrow.
var terminal = &runewidth.Condition{StrictEmojiNeutral: true}

// cells returns how many cells of a terminal a printable text takes: 0 for what is drawn onto the
// character before it, 2 for wide characters, emoji and syllables, 1 for all others.
// https://www.unicode.org/reports/tr11/
func cells(text string) int { return terminal.StringWidth(text) }

// padded returns a text with spaces behind it, so that it takes a number of cells.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-cells(text)))
}
