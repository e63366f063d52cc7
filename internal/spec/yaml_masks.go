package spec

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/source"
)

// holdsValue are the keys, in lower case, after which a secret value may stand at any place of a spec.
var holdsValue = []string{"default", "object", "plaintext", "secretstring", "secretstringtemplate", "string", "unsafeplaintext", "value"}

// soundsSecret are parts of keys, in lower case without hyphens and underscores, that secret values have.
var soundsSecret = []string{"accesskey", "apikey", "authorization", "credential", "passphrase", "passwd", "password", "privatekey", "secretkey", "token"}

// harmlessKeys are the keys below secrets, in lower case, whose values are no secrets.
var harmlessKeys = []string{
	"at", "deletionpolicy", "description", "environment", "every", "key", "logicalid", "name", "region", "regions", "replicas", "rotation", "schedule", "secrets",
	"stack", "type", "version",
}

// RawMasks hides what may be a secret value in a file that could not be read as YAML, going by its lines alone: rather too much
// than too little. Hidden are what follows a key that sounds like a secret, with everything indented deeper, and below secrets,
// or where the file is written in braces, everything but the keys themselves and the values of a few known ones. A file that is not text is hidden
// altogether.
func RawMasks(f *source.File, m *source.Masks) {
	if len(f.Data) > maxFile || !utf8.Valid(f.Data) || bytes.IndexByte(f.Data, 0) >= 0 {
		m.Add(source.Span{File: f, Start: 0, End: int32(min(len(f.Data), math.MaxInt32))})
		return
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(f.Data, byteOrderMark), " \t\r\n")
	braces := len(text) > 0 && (text[0] == '{' || text[0] == '[')
	w := rawWalk{f: f, m: m, braces: braces, secrets: braces, below: -1, ids: -1}
	for at := 0; at < len(f.Data); {
		end := len(f.Data)
		if i := bytes.IndexByte(f.Data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		w.line(string(bytes.TrimRight(f.Data[at:end], "\r\n")), at)
		at = end
	}
}

// rawWalk goes through the lines of a file that is not YAML.
type rawWalk struct {
	f       *source.File
	m       *source.Masks
	braces  bool // the file is written in braces
	secrets bool // inside of the block of secrets
	ids     int  // the indentation of the ids of secrets there; -1 before the first
	below   int  // lines indented deeper than this are hidden; -1: none
	quote   byte // a quote that is open since a hidden line: all is hidden until it is closed
	open    int  // brackets that are open since a hidden line
}

func (w *rawWalk) hide(start, end int) {
	w.m.Add(source.Span{File: w.f, Start: int32(start), End: int32(end)})
}

// line takes the line that begins at an offset.
func (w *rawWalk) line(line string, at int) {
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
	if bare := strings.TrimRight(line, " \t"); bare == "---" || strings.HasPrefix(bare, "%YAML 1.") {
		w.below, w.ids, w.secrets = -1, -1, w.braces
		return
	}
	if w.below >= 0 && (indent > w.below || indent == w.below && text[0] == '-') {
		w.hide(start, end)
		return
	}
	w.below = -1
	key, rest := rawKey(text)
	if indent == 0 && text[0] != '#' && text[0] != '-' && !w.braces {
		stray := w.secrets && !slices.ContainsFunc(topLevel(), func(name string) bool { return strings.EqualFold(name, key) })
		w.secrets, w.ids = key == "secrets" || key == "resources" || key == "parameters" || key == "" || stray, -1
		if key == "secrets" && strings.Trim(rest, " \t") == "" {
			return
		}
	}
	if w.secrets && indent > 0 && w.ids < 0 && text[0] != '#' {
		w.ids = indent
	}
	value := strings.TrimLeft(rest, " \t")
	id := w.secrets && indent == w.ids && value == ""
	switch {
	case slices.Contains(holdsValue, key), !id && isSecretWord(key), aws.HoldsCredential(key):
		w.below = indent
		w.hide(end-len(value), end)
		w.follow(value)
	case key == "" && (w.secrets || strings.ContainsAny(text, `"'`)):
		w.hide(start, end)
		w.follow(value)
	case w.secrets && !isHarmless(key, value), hasSecretWord(value):
		w.hide(end-len(value), end)
		w.follow(value)
	}
}

// follow notes what a hidden text leaves open.
func (w *rawWalk) follow(text string) {
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

// rawKey divides a line into the key it begins with and what follows the colon. A line without a key is all rest.
func rawKey(text string) (key, rest string) {
	body := strings.TrimLeft(text, "-#?{[, \t")
	i := strings.IndexByte(body, ':')
	if i <= 0 {
		return "", text
	}
	key = strings.Trim(body[:i], "\"' \t")
	if key == "" || strings.ContainsAny(key, " \"'{}[],") {
		return "", text
	}
	return strings.ToLower(key), body[i+1:]
}

var wordMarks = strings.NewReplacer("-", "", "_", "")

func isSecretWord(key string) bool {
	key = wordMarks.Replace(key)
	return slices.ContainsFunc(soundsSecret, func(word string) bool { return strings.Contains(key, word) })
}

// hasSecretWord says whether a value may be a collection in braces with a secret in it.
func hasSecretWord(value string) bool {
	if !strings.ContainsAny(value, ":{[") {
		return false
	}
	value = strings.ToLower(value)
	return isSecretWord(value) || slices.ContainsFunc(holdsValue, func(word string) bool { return strings.Contains(value, word) })
}

// isHarmless says whether the value of a key below secrets may be shown.
func isHarmless(key, value string) bool {
	return value == "" || slices.Contains(harmlessKeys, key) && !strings.ContainsAny(value, ":{[")
}
