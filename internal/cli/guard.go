package cli

import (
	"bytes"
	"io"
	"unicode"
	"unicode/utf8"
)

// guard passes text on so that no system that runs secretctl and reads its output takes a part
// of it for a command: GitHub Actions reads lines that begin with :: behind any white space, and
// ##[ wherever it stands; Azure Pipelines ##vso[ and ##[; TeamCity ##teamcity[. The first colon, or
// the second hash, is written as \u003a or \u0023. Within a text of JSON, or one of YAML in double
// quotes, that is the same character. What a command may still begin with is held back until more
// is written or finish is called.
//
//	https://docs.github.com/actions/reference/workflow-commands-for-github-actions
//	https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
//	https://www.jetbrains.com/help/teamcity/service-messages.html
type guard struct {
	to     io.Writer
	inLine bool   // something other than white space stands in the line so far
	held   []byte // written by the caller and not passed on
	text   []byte // room for what is passed on
}

// marks are what begins a command wherever it stands in a line.
var marks = [][]byte{[]byte("##["), []byte("##vso["), []byte("##teamcity[")}

const (
	safeColon = `\u003a`
	safeHash  = `\u0023`
)

// Write passes on all of b but an end that may go on as a command. An error is the writer's.
func (g *guard) Write(b []byte) (int, error) {
	text := b
	if len(g.held) > 0 {
		text = append(g.held, b...)
	}
	all, out := text, g.text[:0]
	for len(text) > 0 {
		n := g.plain(text)
		if n == len(all) { // as most texts, which are not copied
			g.held = nil
			_, err := g.to.Write(all)
			return len(b), err
		}
		out, text = append(out, text[:n]...), text[n:]
		if len(text) == 0 {
			break
		}
		safe, n, whole := g.command(text)
		if !whole {
			break
		}
		out, text, g.inLine = append(out, safe...), text[n:], true
	}
	g.held = append([]byte(nil), text...)
	g.text = out
	if len(out) == 0 {
		return len(b), nil
	}
	_, err := g.to.Write(out)
	return len(b), err
}

// finish passes on what has been held back. An error is the writer's.
func (g *guard) finish() error {
	if len(g.held) == 0 {
		return nil
	}
	_, err := g.to.Write(g.held)
	g.held = nil
	return err
}

// plain returns how many bytes of a text come before the next place where a command may begin, and
// notes whether the line so far is blank.
func (g *guard) plain(text []byte) int {
	begins := true // a line may begin here
	for at := 0; at < len(text); {
		if begins && !g.inLine {
			if at += quiet(text[at:]); at == len(text) {
				break
			}
		}
		if begins = g.inLine; g.inLine {
			end := bytes.IndexAny(text[at:], "#\n\r")
			if end < 0 {
				return len(text)
			}
			if at += end; text[at] == '#' {
				return at
			}
			g.inLine = false
			at++
			continue
		}
		if text[at] == ':' || text[at] == '#' || !utf8.FullRune(text[at:]) {
			return at
		}
		r, n := utf8.DecodeRune(text[at:])
		g.inLine = !unicode.IsSpace(r)
		at += n
	}
	return len(text)
}

// window is how much of a text quiet looks at.
const window = 4 << 10

// quiet returns how many whole lines, in bytes, have certainly nothing that plain would stop at.
// The text begins a line. It looks at pairs of colons and at hashes alone, which is many times as
// fast as line by line.
func quiet(text []byte) int {
	text = text[:min(len(text), window)]
	if at := bytes.IndexByte(text, '#'); at >= 0 {
		text = text[:at]
	}
	for at := 0; at < len(text); {
		n := bytes.Index(text[at:], []byte("::"))
		if n < 0 {
			break
		}
		at += n
		if line := lineStart(text[:at]); !bytes.ContainsFunc(text[line:at], isVisible) {
			return line
		}
		at += lineLength(text[at:]) // what stands behind other things begins no command
	}
	return lineStart(text)
}

// lineLength returns how long the first line of a text is, with its end.
func lineLength(text []byte) int {
	for i, c := range text {
		if c == '\n' || c == '\r' {
			return i + 1
		}
	}
	return len(text)
}

// lineStart returns where the last line of a text begins.
func lineStart(text []byte) int {
	at := len(text)
	for at > 0 && text[at-1] != '\n' && text[at-1] != '\r' {
		at--
	}
	return at
}

func isVisible(r rune) bool { return !unicode.IsSpace(r) }

// command returns what is written in the place of the n bytes at the beginning of a text that may
// begin a command; not whole: more of the text is needed to know.
func (g *guard) command(text []byte) (safe string, n int, whole bool) {
	if text[0] == ':' {
		switch {
		case len(text) == 1:
			return "", 0, false
		case text[1] == ':':
			return safeColon, 1, true
		}
		return ":", 1, true
	}
	if text[0] != '#' { // a part of a character
		return "", 0, false
	}
	for _, mark := range marks {
		switch {
		case bytes.HasPrefix(text, mark):
			return "#" + safeHash, 2, true
		case bytes.HasPrefix(mark, text):
			return "", 0, false
		}
	}
	return "#", 1, true
}
