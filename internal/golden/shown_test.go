package golden

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/expect"
)

var (
	namedBlock   = regexp.MustCompile("(?ms)^```yaml\n# (\\S+\\.yaml)\n.*?^```$")
	consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")
)

// TestShownOutput: what a page shows behind a command is what the command prints. The files are its
// yaml blocks that begin with their name; a line … stands for any lines; a command with a pipe is
// not run. With -update the page gets what is printed, where nothing is left out.
func TestShownOutput(t *testing.T) {
	for _, page := range []string{"docs/access.md", "docs/changes.md"} {
		t.Run(page, func(t *testing.T) { shownOutput(t, page) })
	}
}

func shownOutput(t *testing.T, page string) {
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text, dir, commands := string(data), t.TempDir(), 0
	for _, block := range namedBlock.FindAllStringSubmatch(text, -1) {
		body := strings.TrimSuffix(strings.TrimPrefix(block[0], "```yaml\n"), "```")
		expect.Write(t, filepath.Join(dir, block[1]), body)
	}
	shown := consoleBlock.ReplaceAllStringFunc(text, func(block string) string {
		lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(block, "```console\n"), "```"),
			"\n")
		command, isCommand := strings.CutPrefix(lines[0], "$ secretctl ")
		if !isCommand || strings.Contains(command, "|") {
			return block
		}
		commands++
		want := strings.Join(lines[1:], "\n")
		got := printed(t, dir, words(t, command))
		switch {
		case matchesShown(want, got):
			return block
		case *expect.Update && !hasEllipsis(want):
			return "```console\n" + lines[0] + "\n" + got + "```"
		}
		t.Errorf("%s: secretctl %s prints (want -, got +)\n%s", page, command,
			expect.Diff(want, got))
		return block
	})
	if commands == 0 {
		t.Errorf("%s shows no command", page)
	}
	if *expect.Update && shown != text {
		expect.Write(t, page, shown)
	}
}

// printed runs a command and returns everything that it writes.
func printed(t *testing.T, dir string, args []string) string {
	t.Helper()
	var out bytes.Buffer
	cli.Run(args, cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Dir: dir})
	return out.String()
}

const ellipsis = "…"

func hasEllipsis(text string) bool {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == ellipsis {
			return true
		}
	}
	return false
}

// matchesShown says whether a text is what is shown of it: the parts between the lines … in
// order.
func matchesShown(want, got string) bool {
	if !hasEllipsis(want) {
		return want == got
	}
	var parts []string
	part := ""
	for line := range strings.Lines(want) {
		if strings.TrimSpace(line) == ellipsis {
			parts, part = append(parts, part), ""
			continue
		}
		part += line
	}
	rest, ok := strings.CutPrefix(got, parts[0])
	for _, p := range parts[1:] {
		_, after, found := strings.Cut(rest, p)
		rest, ok = after, ok && found
	}
	return ok && strings.HasSuffix(rest, part)
}
