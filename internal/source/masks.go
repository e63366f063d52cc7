package source

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Masks are the spans whose text must never be shown by anything. The zero value, and nil, mask
// nothing.
type Masks struct {
	byFile map[*File][]Span // sorted, neither overlapping nor touching, as Within needs them
	texts  []string         // what hidden texts say that are written with escapes
	parts  []string         // hidden texts that may be parts of others
	words  *hiddenWords     // made of the above when it is first asked for
	later  []func(*Masks)   // what adds more, once something is to be shown
}

// Later calls f, which adds what must not be shown, before the masks are first asked what that is:
// most runs show nothing of a file, and all that do are masked, whoever shows it.
func (m *Masks) Later(f func(*Masks)) { m.later = append(m.later, f) }

// Join adds what other masks hide, of other files.
func (m *Masks) Join(other *Masks) {
	m.Later(func(m *Masks) {
		other.complete()
		for _, spans := range other.byFile {
			for _, s := range spans {
				m.Add(s)
			}
		}
		m.texts, m.parts = append(m.texts, other.texts...), append(m.parts, other.parts...)
		m.words = nil
	})
}

// complete adds what was left for later.
func (m *Masks) complete() {
	for len(m.later) > 0 {
		f := m.later[0]
		m.later = m.later[1:]
		f(m)
	}
}

// Add hides a span. Zero and empty spans are ignored.
func (m *Masks) Add(s Span) {
	if s.File == nil || s.Start >= s.End {
		return
	}
	m.words = nil
	if m.byFile == nil {
		m.byFile = map[*File][]Span{}
	}
	spans := m.byFile[s.File]
	first := firstEndingAt(spans, s.Start)
	next := first
	for ; next < len(spans) && spans[next].Start <= s.End; next++ {
		s.Start, s.End = min(s.Start, spans[next].Start), max(s.End, spans[next].End)
	}
	m.byFile[s.File] = slices.Replace(spans, first, next, s)
}

// AddText hides a span, and what it says where that differs from its bytes, as a text with escapes
// does.
func (m *Masks) AddText(s Span, text string) {
	m.Add(s)
	if s.File != nil && text != "" && !strings.Contains(s.Text(), text) {
		m.texts = append(m.texts, text)
		m.words = nil
	}
}

// AddPart hides a span as AddText does, and what it says also as a part of longer words: it is
// the value of a variable, which other texts are made of.
func (m *Masks) AddPart(s Span, text string) {
	m.AddText(s, text)
	if len(text) >= leastPart {
		m.parts = append(m.parts, text)
	}
}

// Within returns the parts of s that must not be shown, sorted and without overlaps.
func (m *Masks) Within(s Span) []Span {
	if m == nil {
		return nil
	}
	m.complete()
	spans := m.byFile[s.File]
	var out []Span
	for _, hidden := range spans[firstEndingAt(spans, s.Start):] {
		if hidden.Start >= s.End {
			break
		}
		start, end := max(hidden.Start, s.Start), min(hidden.End, s.End)
		if start < end {
			out = append(out, Span{s.File, start, end})
		}
	}
	return out
}

// firstEndingAt returns the index of the first span that ends at an offset or after it.
func firstEndingAt(spans []Span, offset int32) int {
	i, _ := slices.BinarySearchFunc(spans, offset,
		func(s Span, offset int32) int { return cmp.Compare(s.End, offset) })
	return i
}

// Hide returns a text with everything replaced that says what stands at hidden places and at no
// other: it is the second line behind Within, for texts whose place is not known. The text is
// hidden if it is a word of a hidden text; so is each of its words of three bytes and more, and
// what stands inside a hidden word, from four bytes on. What is also written where nothing is
// hidden, such as a name, is shown.
func (m *Masks) Hide(text, replacement string) string {
	if m == nil || text == "" {
		return text
	}
	if m.complete(); len(m.byFile) == 0 {
		return text
	}
	if m.words == nil {
		m.words = m.findWords()
	}
	if whole := strings.TrimSpace(text); m.words.hidden[whole] && !m.words.shown[whole] {
		return replacement
	}
	var b strings.Builder
	hiding := false // several hidden words in a row are one
	for len(text) > 0 {
		n := strings.IndexFunc(text, isWordEnd)
		if n == 0 {
			end := strings.IndexFunc(text, func(r rune) bool { return !isWordEnd(r) })
			if end < 0 {
				end = len(text)
			}
			if next := text[end:]; !hiding || next == "" || !m.words.hides(firstWord(next)) {
				b.WriteString(text[:end])
				hiding = false
			}
			text = text[end:]
			continue
		}
		word := firstWord(text)
		text = text[len(word):]
		switch {
		case !m.words.hides(word):
			b.WriteString(word)
			hiding = false
		case !hiding:
			b.WriteString(replacement)
			hiding = true
		}
	}
	return m.hideParts(b.String(), replacement)
}

// hideParts replaces hidden texts that are parts of words, unless they are words that are shown.
func (m *Masks) hideParts(text, replacement string) string {
	if len(m.parts) == 0 {
		return text
	}
	if m.words.parts[replacement] == nil {
		var pairs []string
		for _, part := range m.parts {
			if !m.words.shown[part] {
				pairs = append(pairs, part, replacement)
			}
		}
		m.words.parts[replacement] = strings.NewReplacer(pairs...)
	}
	return m.words.parts[replacement].Replace(text)
}

// hiddenWords are the words of a file's hidden and of its other parts.
type hiddenWords struct {
	hidden map[string]bool
	shown  map[string]bool
	all    string // the hidden texts, one in a line

	parts map[string]*strings.Replacer // of hidden texts, by what replaces them
}

// How many bytes a word must have to be hidden for itself, and to be so for being part of a longer
// one: shorter ones are words of every sentence.
const (
	leastWord = 3
	leastPart = 4
)

// hides says whether a word must not be shown.
func (w *hiddenWords) hides(word string) bool {
	if w.shown[word] {
		return false
	}
	return len(word) >= leastWord && w.hidden[word] ||
		len(word) >= leastPart && strings.Contains(w.all, word)
}

// findWords divides the files at the edges of what is hidden.
func (m *Masks) findWords() *hiddenWords {
	w := &hiddenWords{hidden: map[string]bool{}, shown: map[string]bool{},
		parts: map[string]*strings.Replacer{}}
	var all strings.Builder
	hide := func(text string) {
		addWords(w.hidden, text)
		all.WriteString(text + "\n")
	}
	files := slices.SortedFunc(maps.Keys(m.byFile),
		func(a, b *File) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range files {
		at := int32(0)
		for _, s := range m.byFile[f] {
			addWords(w.shown, string(f.Data[at:s.Start]))
			hide(s.Text())
			at = s.End
		}
		addWords(w.shown, string(f.Data[at:]))
	}
	for _, text := range m.texts {
		hide(text)
	}
	w.all = all.String()
	return w
}

func addWords(into map[string]bool, text string) {
	for _, word := range strings.FieldsFunc(text, isWordEnd) {
		into[word] = true
	}
}

// firstWord returns the text before the first end of a word.
func firstWord(text string) string {
	if n := strings.IndexFunc(text, isWordEnd); n >= 0 {
		return text[:n]
	}
	return text
}

// isWordEnd says whether a character stands between words: blanks, quotes, brackets and what else
// YAML takes for a mark.
func isWordEnd(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"'`()[]{},;:!&*#|>%@?", r)
}
