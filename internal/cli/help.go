package cli

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/lazy"
)

// helpWidth is how many columns a help text has at most: those of the narrowest terminal that is
// usual.
const helpWidth = 80

// showHelp writes the help of a command as cobra does, in lines that fit.
func (p *program) showHelp(cmd *cobra.Command, args []string) {
	var text bytes.Buffer
	cmd.SetOut(&text)
	new(cobra.Command).HelpFunc()(cmd, args)
	cmd.SetOut(nil)
	_, _ = p.out.Write([]byte(wrapHelp(text.String()))) // p.out remembers
}

// wrapHelp breaks lines that are too long: those of a paragraph anew, the second of two columns
// within that column, and a command with a backslash.
func wrapHelp(text string) string {
	var out, paragraph []string
	section := ""
	end := func() {
		out = append(out, wrapParagraph(paragraph, section)...)
		paragraph = nil
	}
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		line = strings.TrimRight(line, " ")
		if line == "" || strings.HasPrefix(line, " ") {
			end()
			out = append(out, wrapLine(line, section)...)
			continue
		}
		if strings.HasSuffix(line, ":") && len(paragraph) == 0 {
			section = line
		}
		paragraph = append(paragraph, line)
	}
	end()
	return strings.Join(out, "\n") + "\n"
}

// wrapParagraph breaks a paragraph anew if one of its lines is too long, unless it is a table.
func wrapParagraph(lines []string, section string) []string {
	whole := strings.Join(lines, " ")
	if strings.Contains(whole, "  ") {
		var out []string
		for _, line := range lines {
			out = append(out, wrapLine(line, section)...)
		}
		return out
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) > helpWidth {
			return wrapWords(whole, "", "", "")
		}
	}
	return lines
}

// twoColumns finds the second column of a line.
var twoColumns = lazy.Regexp(`^( *\S+(?: \S+)* {2,})(\S.*)$`)

// wrapLine breaks a line of a list, a table or of examples.
func wrapLine(line, section string) []string {
	if utf8.RuneCountInString(line) <= helpWidth {
		return []string{line}
	}
	if m := twoColumns.FindStringSubmatch(line); m != nil {
		return wrapWords(m[2], m[1], strings.Repeat(" ", utf8.RuneCountInString(m[1])), "")
	}
	first := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if section == "Examples:" {
		return wrapWords(line[len(first):], first, first+"  ", ` \`)
	}
	return wrapWords(line[len(first):], first, first+"  ", "")
}

// wrapWords breaks a text into lines with something before the first, something before the others,
// and something at the end of all but the last.
func wrapWords(text, first, others, end string) []string {
	var out []string
	line, empty := first, true
	for _, word := range strings.Fields(text) {
		if !empty && utf8.RuneCountInString(line+" "+word+end) > helpWidth {
			out = append(out, line+end)
			line, empty = others, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return append(out, line)
}
