package cfn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words are plain scalars that a reader of YAML 1.1 or 1.2 takes for a boolean or null, in lower
// case.
// https://yaml.org/type/bool.html https://yaml.org/type/null.html
var words = map[string]bool{
	"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true,
	"false": true, "null": true,
}

// appendScalar appends a text on one line, in double quotes unless every reader takes it for that
// very text without them.
func appendScalar(b []byte, s string) []byte {
	if isPlain(s) {
		return append(b, s...)
	}
	return appendYAMLQuoted(b, s)
}

// isPlain says whether a text can stand without quotes. It is strict rather than clever: what
// begins with neither a letter nor a slash nor an underscore has quotes, so that no number, date or
// indicator needs to be recognised.
func isPlain(s string) bool {
	if s == "" || len(s) <= len("false") && words[strings.ToLower(s)] {
		return false
	}
	first, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(first) && first != '/' && first != '_' {
		return false
	}
	for i, r := range s {
		switch {
		case r == ':':
			if i+1 == len(s) || s[i+1] == ' ' {
				return false
			}
		case r == ' ':
			if i+1 == len(s) || s[i+1] == '#' {
				return false
			}
		case r == '#' && i+1 < len(s) && s[i+1] == '#': // ##[ begins a command of CI systems
			return false
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return false
		}
	}
	return true
}

// isBlock says whether a text of several lines comes back as it was from a block scalar: nothing
// but printable characters, no white space that an editor or a reader could lose, and one line end
// at its end or none.
// https://yaml.org/spec/1.2.2/#812-literal-style
func isBlock(s string) bool {
	body := strings.TrimSuffix(s, "\n")
	if !strings.Contains(body, "\n") || strings.HasSuffix(body, "\n") || body[0] == '\n' ||
		body[0] == ' ' || strings.HasSuffix(body, " ") {
		return false
	}
	if commandsInBlock(body) {
		return false
	}
	for i, r := range body {
		switch {
		case r == '\n':
			if body[i-1] == ' ' {
				return false
			}
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return false
		}
	}
	return true
}

// commandsInBlock says whether a CI system that reads a block scalar in a log could take a line of
// it for a command: one that begins with :: behind any white space, or has ##. In double quotes, no
// line begins with the text, and a hash can be escaped.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func commandsInBlock(text string) bool {
	if strings.Contains(text, "##") {
		return true
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			return true
		}
	}
	return false
}

// appendYAMLQuoted appends a text in double quotes. YAML knows JSON's escapes, but does not put
// surrogates together, and does not print some characters that JSON does.
// https://yaml.org/spec/1.2.2/#51-character-set
func appendYAMLQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s { // what is not UTF-8 becomes U+FFFD
		switch {
		case r < ' ' || r == '"' || r == '\\' || r >= 0x7F && r <= 0xA0 || r == 0x2028 ||
			r == 0x2029 || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF:
			b = appendEscape(b, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
