package archtest

import (
	"fmt"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/expect"
)

// The limits of our prose.
const (
	mostWords   = 35  // of a sentence
	mostColumns = 100 // of a line
)

// avoided are words that we do not write, each with what to write in its place.
var avoided = []struct{ word, instead string }{
	{"—", "a full stop, a colon, or brackets"},
	{"simply", "nothing"}, {"obviously", "nothing"}, {"clearly", "nothing"},
	{"of course", "nothing"}, {"basically", "nothing"}, {"please", "nothing"},
	{"needless to say", "nothing"}, {"it should be noted that", "nothing"},
	{"in order to", "to"}, {"so as to", "to"}, {"due to the fact that", "because"},
	{"prior to", "before"}, {"subsequent to", "after"}, {"in the event that", "if"},
	{"utilize", "use"}, {"utilise", "use"}, {"leverage", "use"}, {"facilitate", "help"},
	{"seamless", "what it does"}, {"seamlessly", "what it does"}, {"whilst", "while"},
	{"aforementioned", "this"}, {"thereof", "of it"}, {"therein", "in it"}, {"wherein", "in which"},
	{"whereby", "by which"}, {"hereby", "nothing"}, {"and/or", "or"},
	{"e.g.", "for example"}, {"i.e.", "that is"}, {"etc.", "and others"}, {"viz.", "namely"},
}

// TestStyle holds the pages that people read, and those of the codes, to what makes them easy to
// read: short sentences, no words that say nothing, lines that fit on a screen. What is a list, and
// not read from end to end, may have long sentences; what is made by tests, wide lines, too.
func TestStyle(t *testing.T) {
	expect.InRoot(t)
	report(t, foundOfStyle(t))
}

func foundOfStyle(t *testing.T) (found []string) {
	t.Helper()
	lists := []string{"CHANGELOG.md"}
	made := []string{"docs/reference.md", goldenDir + "/README.md"}
	pages := written(t)
	for _, name := range slices.Concat(glob(t, "docs/diagnostics/*.md"), lists, made) {
		pages[name] = expect.Read(t, name)
	}
	for name, text := range pages {
		isMade := slices.Contains(made, name)
		for _, p := range passages(name, text) {
			found = append(found, p.avoidedWords()...)
			if !isMade {
				found = append(found, p.wideLines()...)
			}
			if !isMade && !slices.Contains(lists, name) {
				found = append(found, p.longSentences()...)
			}
		}
	}
	return found
}

// TestStyleOfComments holds the comments of the program to the same words.
func TestStyleOfComments(t *testing.T) {
	expect.InRoot(t)
	comments := 0
	for _, name := range append(goFiles(t), glob(t, "*.go")...) {
		var lines scanner.Scanner
		text := []byte(expect.Read(t, name))
		file := token.NewFileSet().AddFile(name, -1, len(text))
		lines.Init(file, text, nil, scanner.ScanComments)
		for pos, tok, lit := lines.Scan(); tok != token.EOF; pos, tok, lit = lines.Scan() {
			if tok != token.COMMENT {
				continue
			}
			comments++
			for _, f := range (passage{name, paragraph, file.Line(pos), lit}).avoidedWords() {
				t.Error(f)
			}
		}
	}
	if comments < 5000 {
		t.Errorf("only %d comments were found", comments)
	}
}

// longSentences are those of a paragraph that a reader cannot keep in mind.
func (p passage) longSentences() (found []string) {
	if p.kind != paragraph {
		return nil
	}
	text, start := p.plain(false), 0
	ends := append(sentenceEnd.FindAllStringIndex(text, -1), []int{len(text), len(text)})
	for _, end := range ends {
		sentence := text[start:end[1]]
		if n := len(words(sentence)); n > mostWords {
			start += len(sentence) - len(strings.TrimLeft(sentence, " \n"))
			found = append(found, fmt.Sprintf("%s:%d: a sentence of %d words, and %d are enough; "+
				"make two of it: %.60s…", p.page, p.at(start), n, mostWords, oneLine(p.text[start:])))
		}
		start = end[1]
	}
	return found
}

// sentenceEnd is where a sentence ends: a full stop, a question or an exclamation mark before a
// space, with what closes behind it.
var sentenceEnd = regexp.MustCompile("[.?!][)\"*`]*\\s")

// words are those of a text. Code is one, whatever stands in it.
func words(text string) []string {
	return slices.DeleteFunc(strings.Fields(text), func(word string) bool {
		return !strings.ContainsFunc(word, func(r rune) bool {
			return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '`'
		})
	})
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// avoidedWords are words of the list, wherever they stand but in code.
func (p passage) avoidedWords() (found []string) {
	text := p.plain(false)
	lower := strings.ToLower(text)
	for _, a := range avoided {
		if !mayHave(lower, a.word) {
			continue
		}
		for _, m := range wordPattern(a.word).FindAllStringIndex(text, -1) {
			found = append(found, fmt.Sprintf("%s:%d: we do not write %q; write %s", p.page,
				p.at(m[0]), a.word, a.instead))
		}
	}
	return found
}

// wideLines are lines of prose that are wider than a screen. An address, code or a link may be, if
// nothing else stands on its line.
func (p passage) wideLines() (found []string) {
	if p.kind == table {
		return nil
	}
	plain := strings.Split(p.plain(true), "\n")
	for i, line := range strings.Split(p.text, "\n") {
		n := utf8.RuneCountInString(line)
		if n > mostColumns && len(strings.Fields(strings.TrimLeft(plain[i], " #"))) > 1 {
			found = append(found, fmt.Sprintf("%s:%d: %d columns, and %d are a line",
				p.page, p.line+i, n, mostColumns))
		}
	}
	return found
}

// mayHave says whether looking for a word in a text is worth the time: its first part is there.
func mayHave(lower, word string) bool {
	first, _, _ := strings.Cut(strings.ToLower(word), " ")
	return strings.Contains(lower, first)
}

var wordPatterns = map[string]*regexp.Regexp{}

// wordPattern finds a word, or several with any space between them, that is not a part of another.
func wordPattern(word string) *regexp.Regexp {
	if wordPatterns[word] == nil {
		pattern := strings.Join(strings.Fields(regexp.QuoteMeta(word)), `\s+`)
		if first, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(first) {
			pattern = `\b` + pattern
		}
		if last, _ := utf8.DecodeLastRuneInString(word); unicode.IsLetter(last) {
			pattern += `\b`
		}
		wordPatterns[word] = regexp.MustCompile("(?i)" + pattern)
	}
	return wordPatterns[word]
}

func TestStyleFindsWhatIsHard(t *testing.T) {
	expect.InRoot(t)
	long := strings.Repeat("word ", mostWords)
	for text, want := range map[string]int{
		long[:len(long)-1] + ".": 0, long + "more.": 1,
		long[:len(long)-1] + ". " + long: 0, "`" + long + "` is one word.": 0,
		"We simply\nutilize it, e.g. here — or not.": 4, "Simply put.": 1, "impolitely": 0,
		"See `simply — e.g.`.": 0, "In  order\nto go": 1, "| " + long + long + "|": 0,
		strings.Repeat("x", mostColumns) + " y": 1, "https://a.b/" + strings.Repeat("x", 200): 0,
		"```\n" + long + long + "\n```": 0,
	} {
		var found []string
		for _, p := range passages("page.md", text) {
			found = slices.Concat(found, p.longSentences(), p.avoidedWords())
			if !strings.HasPrefix(text, "word") && !strings.HasPrefix(text, "`") {
				found = append(found, p.wideLines()...)
			}
		}
		if len(found) != want {
			t.Errorf("%q: %q", text, found)
		}
	}
}
