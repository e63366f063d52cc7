// Command columns finds lines of Go that are wider than 100 columns, where a tab takes 4. A comment
// whose last word is an address, which cannot be broken, may be wider; and in tests the texts that
// go in and come out do not count. It prints the lines and exits with 1 if there are any.
package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"
)

const most, tab = 100, 4

func main() {
	wide := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." &&
			(strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		n, err := check(path)
		wide += n
		return err
	})
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "columns:", err)
		os.Exit(2)
	case wide > 0:
		fmt.Printf("%d lines have more than %d columns\n", wide, most)
		os.Exit(1)
	}
}

// check prints the lines of a file that are too wide, and returns how many there are.
func check(path string) (wide int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var raw bool // a text in backquotes goes on
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if strings.HasSuffix(path, "_test.go") {
			line, raw = withoutTexts(line, raw)
		}
		if n := columns(line); n > most && !endsInAddress(line) {
			fmt.Printf("%s:%d: %d columns\n", path, number, n)
			wide++
		}
	}
	return wide, lines.Err()
}

// text is a text on a line, in quotes or backquotes.
var text = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")

// withoutTexts takes the texts out of a line. raw says whether the line begins within one in
// backquotes; it returns whether the next line does.
func withoutTexts(line string, raw bool) (string, bool) {
	if raw {
		_, rest, ended := strings.Cut(line, "`")
		if !ended {
			return "", true
		}
		line = rest
	}
	line = text.ReplaceAllString(line, `""`)
	before, _, begins := strings.Cut(line, "`")
	if _, comment, _ := strings.Cut(before, "//"); comment != "" {
		return line, false
	}
	return before, begins
}

// columns is the width of a line.
func columns(line string) int {
	return utf8.RuneCountInString(line) + (tab-1)*strings.Count(line, "\t")
}

// endsInAddress says whether the last word of a comment is an address.
func endsInAddress(line string) bool {
	_, comment, found := strings.Cut(line, "// ")
	words := strings.Fields(comment)
	return found && len(words) > 0 && strings.Contains(words[len(words)-1], "://")
}
