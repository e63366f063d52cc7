package yaml

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
)

// Keys says what the keys of a language mean to MaskText. Names are given to it in lower case, and
// keys as they are written.
type Keys struct {
	Secrets    string                 // the section of secrets, under ids of the user's
	Section    func(name string) bool // a section of a file
	Harmless   func(name string) bool // a section in which no secret value stands
	HoldsValue func(name string) bool // a secret value may stand after it, wherever it stands
	IsSecret   func(name string) bool // it sounds like the name of a secret
	IsPlain    func(key string) bool  // among the properties of a secret: its value is no secret
	IsWord     func(key string) bool  // a word of the language, which may itself be shown
}

// MaskText hides what may be a secret value in a file that could not be read as YAML, going by its
// lines alone and by what its keys mean: rather too much than too little. In a section that holds
// no secrets, a line is shown as far as it is certainly of that section. Everywhere else all is
// hidden but the keys of the language and the values of a few of them, up to the first thing in a
// line that is something else; with it everything indented deeper, and what its quotes and brackets
// hold. A file that is not text is hidden altogether.
func MaskText(f *source.File, keys Keys, m *source.Masks) {
	if len(f.Data) > maxFile || !utf8.Valid(f.Data) || bytes.IndexByte(f.Data, 0) >= 0 {
		m.Add(source.Span{File: f, Start: 0, End: int32(min(len(f.Data), math.MaxInt32))})
		return
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(f.Data, byteOrderMark), " \t\r\n")
	braces := len(text) > 0 && (text[0] == '{' || text[0] == '[')
	w := lineMask{f: f, language: keys, m: m, braces: braces, below: -1, ids: -1}
	for at := 0; at < len(f.Data); {
		end := len(f.Data)
		if i := bytes.IndexByte(f.Data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		w.line(strings.TrimRight(string(f.Data[at:end]), "\r\n"), at)
		at = end
	}
}

// lineMask goes through the lines of a file that is not YAML.
type lineMask struct {
	f        *source.File
	language Keys
	m        *source.Masks
	braces   bool // the file is written in braces
	harmless bool // inside of a section that holds no secrets
	depth    int  // brackets that are open in such a section
	ids      int  // the indentation of the ids of secrets; -1 before the first
	below    int  // lines indented deeper than this are hidden; -1: none
	quote    byte // a quote that is open since a hidden text: all is hidden until it is closed
	open     int  // brackets that are open since a hidden text
}

func (w *lineMask) hide(start, end int) {
	if start < end {
		w.m.Add(source.Span{File: w.f, Start: int32(start), End: int32(end)})
	}
}

// line takes the line that begins at an offset.
func (w *lineMask) line(line string, at int) {
	text := strings.TrimLeft(line, " \t\ufeff")
	if text == "" {
		return
	}
	indent := len(line) - len(text)
	start, end := at+indent, at+len(line)
	if w.quote != 0 || w.open > 0 {
		w.hide(start, end)
		w.follow(text)
		return
	}
	bare := strings.TrimRight(line, " \t")
	if bare == "---" || strings.HasPrefix(bare, "%YAML 1.") {
		w.below, w.ids, w.harmless, w.depth = -1, -1, false, 0
		return
	}
	if w.below >= 0 && (indent > w.below || indent == w.below && text[0] == '-') {
		w.hide(start, end)
		w.follow(text)
		return
	}
	w.below = -1
	if indent == 0 && !w.braces && text[0] != '#' && text != "-" && !strings.HasPrefix(text, "- ") {
		w.harmless, w.ids, w.depth = w.language.Harmless(firstKey(text)), -1, 0
	}
	if w.harmless {
		w.plain(text, start, end)
		return
	}
	if text[0] == '#' {
		w.hide(start, end)
		return
	}
	if w.ids < 0 && indent > 0 {
		w.ids = indent
	}
	w.keys(text, start, end, indent)
}

// plain takes a line of a section that holds no secrets. It is shown up to a key that has no
// business there, to what follows the end of its brackets, to a second key in block style, and to a
// comment.
func (w *lineMask) plain(text string, start, end int) {
	keys := anyKey.FindAllStringSubmatchIndex(text, -1)
	stop := len(text)
	for i, k := range keys {
		name := strings.ToLower(text[k[2]:k[3]])
		value := strings.TrimLeft(text[k[3]:], "\"' \t:")
		dangerous := w.language.HoldsValue(name) || w.language.IsSecret(name) ||
			name == w.language.Secrets && (strings.HasPrefix(value, "{") ||
				k[2] > 0 && w.depth == 0 && !strings.ContainsAny(text[:k[2]], "{["))
		if dangerous || i > 0 && w.depth == 0 && !strings.ContainsAny(text[:k[0]], "{[\"'") {
			stop = k[2]
			break
		}
	}
	opened := w.depth > 0
	if len(keys) == 0 && !opened && text[0] != '-' && text[0] != '#' { // it belongs to nothing
		stop = 0
	}
	for i := 0; i < stop; i++ {
		switch c := text[i]; {
		case c == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t'):
			stop = i
		case c == '{' || c == '[':
			w.depth, opened = w.depth+1, true
		case (c == '}' || c == ']') && w.depth > 0:
			next := strings.TrimLeft(text[i+1:stop], " \t")
			if w.depth--; w.depth == 0 && opened ||
				next != "" && strings.IndexByte(",}]#", next[0]) < 0 {
				stop = min(stop, i+1)
			}
		}
	}
	rest := strings.TrimLeft(text[stop:], " \t")
	w.hide(end-len(rest), end)
	w.follow(rest)
	if rest != "" && rest[0] != '#' {
		w.depth = 0
	}
}

// keys takes a line where secret values may stand. Keys with harmless values are shown; all else is
// hidden to the end of the line.
func (w *lineMask) keys(text string, start, end, indent int) {
	at := len(text) - len(strings.TrimLeft(text, beforeKey))
	for first := true; at < len(text); first = false {
		k := anyKey.FindStringSubmatchIndex(text[at:])
		if k == nil || strings.Trim(text[at:at+k[0]], beforeKey) != "" {
			break
		}
		key := text[at+k[2] : at+k[3]]
		name := strings.ToLower(key)
		after := at + k[3] + strings.IndexByte(text[at+k[3]:], ':') + 1
		value := text[after:]
		next := len(value)
		if more := anyKey.FindStringSubmatchIndex(value); more != nil {
			next = more[2]
		}
		if comment := strings.Index(value[:next], " #"); comment >= 0 {
			value, next = value[:comment], comment
		}
		bare := strings.Trim(value[:next], beforeKey)
		begun := strings.TrimLeft(value, " \t")
		section := first && indent == 0 && w.language.Section(name)
		id := first && indent == w.ids && indent > 0 && !w.braces && !w.language.HoldsValue(name)
		switch {
		case (section || id) && (begun == "" || begun[0] == '{' && bare == ""):
		case w.language.IsPlain(key) && isPlainName(bare):
		default:
			w.below = indent
			rest := strings.TrimLeft(text[after:], " \t")
			if !id && !section && !w.language.IsWord(key) {
				rest = text[at+k[2]:]
			}
			w.hide(end-len(rest), end)
			w.follow(rest)
			return
		}
		at = after + next
	}
	if rest := strings.TrimLeft(text[min(at, len(text)):], beforeKey); rest != "" {
		w.below = indent
		w.hide(end-len(rest), end)
		w.follow(rest)
	}
}

// isPlainName says whether the value of a harmless key is nothing else besides: no mark of YAML, no
// comma that may begin something else, no colon but those of types and ARNs.
func isPlainName(value string) bool {
	colons := strings.HasPrefix(value, "arn:") ||
		!strings.Contains(strings.ReplaceAll(value, "::", ""), ":")
	return colons && !strings.ContainsAny(value, ",#{}[]!&*") && !strings.Contains(value, `"`)
}

// beforeKey may stand before a key.
const beforeKey = " \t{[,-?}]\"'"

// anyKey finds what may be a key: a word and a colon that ends it.
var anyKey = lazy.Regexp(
	`(?:^|[\s{\[,"'?-])([A-Za-z][A-Za-z0-9_.:/-]*)["']?[ \t]*:(?:[ \t\r"'{\[]|$)`,
)

// follow notes what a hidden text leaves open.
func (w *lineMask) follow(text string) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case w.quote != 0:
			if c == '\\' && w.quote == '"' {
				i++
			} else if c == w.quote {
				w.quote = 0
			}
		case (c == '"' || c == '\'') && (i == 0 || strings.IndexByte(" \t[{,:", text[i-1]) >= 0):
			w.quote = c
		case c == '[' || c == '{':
			w.open++
		case (c == ']' || c == '}') && w.open > 0:
			w.open--
		}
	}
}

// firstKey returns the key that a line begins with, in lower case, or "".
func firstKey(text string) string {
	key, _, ok := strings.Cut(text, ":")
	key = strings.Trim(key, "\"' \t")
	if !ok || strings.ContainsAny(key, " \t\"'{}[],") {
		return ""
	}
	return strings.ToLower(key)
}
