package archtest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

const glossary = "docs/glossary.md"

// everyday are words of the glossary that mostly stand for something else. A page links to them
// where it means what the glossary says, and no test asks for it.
var everyday = []string{"copy", "held to", "told", "wider"}

// otherSenses are words around a word of the glossary with which it means something else.
var otherSenses = []string{
	"KMS grant", "KMS grants", "stack trace", "environment variable", "environment variables",
}

// term is a word of the glossary with the forms that it is found by.
type term struct {
	word  string
	forms []string
}

var (
	termHeading = regexp.MustCompile(`(?m)^## (.+)$`)
	termForms   = regexp.MustCompile(`(?m)^Also: (.+)\.$`)
)

// terms are the words of the glossary: its headings, their plurals, and what the line "Also: …"
// below a heading adds. The longest form comes first, so that "key policy" is no "policy".
func terms(t *testing.T) []term {
	t.Helper()
	page := expect.Read(t, glossary)
	var all []term
	for _, section := range strings.Split(page, "\n## ")[1:] {
		word, body, _ := strings.Cut(section, "\n")
		forms := []string{word, plural(word)}
		if m := termForms.FindStringSubmatch(body); m != nil {
			for _, form := range strings.Split(m[1], ", ") {
				form = strings.Trim(form, "*")
				forms = append(forms, form, plural(form))
			}
		}
		all = append(all, term{word, forms})
	}
	return all
}

func plural(word string) string {
	switch {
	case strings.HasSuffix(word, "y"):
		return strings.TrimSuffix(word, "y") + "ies"
	case strings.HasSuffix(word, "s"):
		return word + "es"
	}
	return word + "s"
}

// anchor is how a link names the heading of a word.
func (w term) anchor() string { return "#" + strings.ReplaceAll(strings.ToLower(w.word), " ", "-") }

// TestGlossaryIsLinked: where a word of the glossary first stands on a page in prose, it links to
// what it means. So does each entry of the glossary itself for the words that it uses.
func TestGlossaryIsLinked(t *testing.T) {
	expect.InRoot(t)
	report(t, foundOfGlossary(t))
}

func foundOfGlossary(t *testing.T) (missing []string) {
	t.Helper()
	words := terms(t)
	if len(words) < 20 {
		t.Fatalf("the glossary has only %d words", len(words))
	}
	for name, text := range written(t) {
		if name == glossary {
			continue
		}
		target, err := filepath.Rel(filepath.Dir(name), glossary)
		if err != nil {
			t.Fatal(err)
		}
		prose := proseOf(passages(name, text))
		for _, w := range words {
			missing = append(missing, prose.unlinked(w, filepath.ToSlash(target))...)
		}
	}
	for _, entry := range entries(expect.Read(t, glossary)) {
		prose := proseOf(entry[1:])
		for _, w := range words {
			if entry[0].text != "## "+w.word {
				missing = append(missing, prose.unlinked(w, "")...)
			}
		}
	}
	return missing
}

// entries divides the glossary: each begins with its heading.
func entries(text string) [][]passage {
	var all [][]passage
	for _, p := range passages(glossary, text) {
		switch {
		case p.kind == heading:
			all = append(all, []passage{p})
		default:
			all[len(all)-1] = append(all[len(all)-1], p)
		}
	}
	return all
}

// prose is the paragraphs of a page or an entry.
type prose []paragraphOf

// paragraphOf is one of them, with what of it may be a word of the glossary: neither code, nor
// links, nor words in another sense.
type paragraphOf struct {
	passage
	plain string
}

func proseOf(all []passage) prose {
	var p prose
	for _, a := range all {
		if a.kind != paragraph || strings.HasPrefix(a.text, "Also: ") {
			continue
		}
		text := a.plain(true)
		for _, phrase := range otherSenses {
			text = wordPattern(phrase).ReplaceAllStringFunc(text, func(found string) string {
				return masked(found, "`")
			})
		}
		p = append(p, paragraphOf{a, text})
	}
	return p
}

// unlinked says what to write where a word first stands without a link to the glossary. page is how
// the page names the glossary.
func (p prose) unlinked(w term, page string) []string {
	if slices.Contains(everyday, w.word) {
		return nil
	}
	target := page + w.anchor()
	for _, a := range p {
		linked := strings.Index(a.text, "]("+target+")")
		at, form := firstOf(a.plain, w.forms)
		if linked >= 0 && (at < 0 || linked < at) {
			return nil
		}
		if at >= 0 {
			return []string{fmt.Sprintf("%s:%d: write [%s](%s): the first %q of a page links to "+
				"the glossary; if it means something else here, write another word",
				a.page, a.at(at), oneLine(form), target, oneLine(form))}
		}
	}
	return nil
}

// firstOf finds the first of several words in a text, and how it is written there.
func firstOf(text string, forms []string) (at int, form string) {
	at = -1
	lower := strings.ToLower(text)
	for _, f := range forms {
		if !mayHave(lower, f) {
			continue
		}
		for _, m := range wordPattern(f).FindAllStringIndex(text, -1) {
			if joined(text, m[0]-1) || joined(text, m[1]) {
				continue
			}
			if at < 0 || m[0] < at || m[0] == at && m[1]-m[0] > len(form) {
				at, form = m[0], text[m[0]:m[1]]
			}
			break
		}
	}
	return at, form
}

// joined says whether a hyphen stands at a place of a text, so that what is beside it is a part of
// a longer word.
func joined(text string, at int) bool { return at >= 0 && at < len(text) && text[at] == '-' }

func TestGlossaryIsSorted(t *testing.T) {
	expect.InRoot(t)
	var words []string
	for _, m := range termHeading.FindAllStringSubmatch(expect.Read(t, glossary), -1) {
		words = append(words, strings.ToLower(m[1]))
	}
	if !slices.IsSorted(words) {
		t.Errorf("the words of %s are not in alphabetical order: %q", glossary, words)
	}
}

func TestUnlinkedWordsAreFound(t *testing.T) {
	expect.InRoot(t)
	spec := term{"out of sight", []string{"out of sight", "hidden specs"}}
	const ok, first, second = "", "p.md:1:", "p.md:2:"
	for text, want := range map[string]string{
		"See [out of sight](g.md#out-of-sight), out of sight.": ok,
		"Is [hidden](g.md#out-of-sight)\nout of sight.":        ok,
		"Out of\nsight [out of sight](g.md#out-of-sight).":     first,
		"Some `out of sight` [out of sight](other.md)":         ok,
		"# Out of sight\n[x](g.md)":                            ok,
		"| out of sight |\nthe Hidden Specs":                   second,
		"One.\nout of sight-seeing":                            ok,
		"Line\nthe out of sight thing":                         second,
	} {
		got := strings.Join(proseOf(passages("p.md", text)).unlinked(spec, "g.md"), "\n")
		if (got == "") != (want == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
