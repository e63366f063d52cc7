package source

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Masks are the spans whose text must never be shown by anything. The zero value, and nil, mask
// nothing.
type Masks struct {
	byFile map[*File][]Span // sorted, neither overlapping nor touching, as Within needs them
	texts  []string         // what hidden texts say that are written with escapes
	parts  []string         // hidden texts that may be parts of others
	made   []madeText       // texts that hidden variables are parts of
	words  *hiddenWords     // made of the above when it is first asked for
	later  []later          // what adds more, once something is to be shown

	searched int // bytes, for words that stand where nothing is hidden
}

// HiddenAt finds what must not be shown of a place without looking at all of a file, and says
// whether it could. Of places in files that it does not know nothing is hidden.
type HiddenAt func(Span) (hidden []Span, ok bool)

// later is what adds more once something is to be shown.
type later struct {
	add   func(*Masks)
	files []*File         // of which at knows what is hidden
	at    func() HiddenAt // nil: only add does
}

// Later calls f, which adds what must not be shown, before the masks are first asked what that is:
// most runs show nothing of a file, and all that do are masked, whoever shows it.
func (m *Masks) Later(f func(*Masks)) { m.later = append(m.later, later{add: f}) }

// LaterOrAt is Later for files of which may also be found, place by place, what must not be shown:
// at returns what finds it, or nil. Nothing of them may be hidden by AddPart or AddMade then.
func (m *Masks) LaterOrAt(f func(*Masks), files []*File, at func() HiddenAt) {
	m.later = append(m.later, later{f, files, sync.OnceValue(at)})
}

// Join adds what other masks hide, of other files.
func (m *Masks) Join(other *Masks) {
	add := func(m *Masks) {
		other.complete()
		m.Include(other)
	}
	if len(other.later) != 1 || len(other.byFile) > 0 || other.later[0].at == nil {
		m.Later(add)
		return
	}
	l := other.later[0]
	m.later = append(m.later, later{add, l.files, func() HiddenAt {
		if len(other.byFile) > 0 || len(other.later) != 1 {
			return nil // it has learnt more since
		}
		return l.at()
	}})
}

// at finds what must not be shown of a place while there is more to add, and says whether it could.
func (m *Masks) at(s Span) (hidden []Span, ok bool) {
	if len(m.later) == 0 || len(m.byFile) > 0 || len(m.made)+len(m.parts) > 0 {
		return nil, false
	}
	for _, l := range m.later {
		if l.at == nil {
			return nil, false
		}
		find := l.at()
		if find == nil {
			return nil, false
		}
		found, ok := find(s)
		if !ok {
			return nil, false
		}
		hidden = append(hidden, found...)
	}
	return hidden, true
}

// Shows says whether a text is certainly shown by Hide, because its words stand at a place where
// nothing is hidden.
func (m *Masks) Shows(text string, at Span) bool {
	if m == nil {
		return true
	}
	i := strings.Index(at.Text(), text)
	if at.File == nil || i < 0 || len(m.parts) > 0 {
		return false
	}
	start := int(at.Start) + i
	return m.showsWords(at.File, start, start+len(text)) && m.speaksOf(at.File)
}

// speaksOf says whether what a file shows is certainly shown elsewhere, too. Of several files it is
// so of those of which something is hidden.
func (m *Masks) speaksOf(f *File) bool {
	if m.isUsual() {
		return m.isOneFile()
	}
	m.complete()
	return len(m.byFile) == 0 || len(m.byFile[f]) > 0
}

// isOneFile says whether what is to be added is of one file.
func (m *Masks) isOneFile() bool { return len(m.later) == 1 && len(m.later[0].files) == 1 }

// isUsual says whether there is more to add, and what is hidden at a place can be found without.
func (m *Masks) isUsual() bool {
	_, ok := m.at(Span{})
	return ok
}

// How much is searched for words before all is added that must not be shown, and how often one of
// them is looked at.
const (
	mostSearched = 64 << 20 // bytes
	mostLookedAt = 8
)

// showsElsewhere says whether a text is certainly shown by Hide, because each of its words stands
// somewhere in the only file where nothing is hidden.
func (m *Masks) showsElsewhere(text string) bool {
	return m.isUsual() && m.isOneFile() && !slices.ContainsFunc(strings.FieldsFunc(text, isWordEnd),
		func(word string) bool { return !m.showsWord(word) })
}

func (m *Masks) showsWord(word string) bool {
	if !m.isOneFile() {
		return false // a word before this one could not be looked for, and all was added
	}
	f := m.later[0].files[0]
	at := 0
	for looked := 0; looked < mostLookedAt && m.searched < mostSearched; looked++ {
		i := strings.Index(f.Text()[at:], word)
		if i < 0 {
			m.searched += len(f.Data) - at
			return false
		}
		m.searched += i
		at += i + len(word)
		if m.showsWords(f, at-len(word), at) {
			return true
		}
	}
	return false
}

// showsWords says whether nothing of some bytes of a file is hidden, and words are divided at both
// of their ends.
func (m *Masks) showsWords(f *File, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(f.Text()[:start])
	after, _ := utf8.DecodeRuneInString(f.Text()[end:])
	return (start == 0 || isWordEnd(before)) && (end == len(f.Data) || isWordEnd(after)) &&
		len(m.Within(Span{f, int32(start), int32(end)})) == 0
}

// Include adds what other masks hide, but for what they were to add later.
func (m *Masks) Include(other *Masks) {
	if m.byFile == nil {
		m.byFile = map[*File][]Span{}
	}
	for f, spans := range other.byFile {
		if len(m.byFile[f]) == 0 {
			m.byFile[f] = slices.Clone(spans)
			continue
		}
		for _, s := range spans {
			m.Add(s)
		}
	}
	m.texts, m.parts = append(m.texts, other.texts...), append(m.parts, other.parts...)
	m.made = append(m.made, other.made...)
	m.words = nil
}

// complete adds what was left for later.
func (m *Masks) complete() {
	for len(m.later) > 0 {
		l := m.later[0]
		m.later = m.later[1:]
		l.add(m)
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

// AddMade hides what a text says in some environment whose hidden variables stand at a place.
func (m *Masks) AddMade(s Span, text string) {
	m.texts, m.made, m.words = append(m.texts, text),
		append(m.made, madeText{s, plainOf(text)}), nil
}

// madeText is what a text says in some environment.
type madeText struct {
	at    Span
	plain string // its letters and digits
}

// Derived says whether a text may be derived from what hidden variables make of the text at a
// place, with other marks or as a part of it. One whose words are all written where nothing is
// hidden is not.
func (m *Masks) Derived(text string, at Span) bool {
	if m == nil || m.isUsual() {
		return false
	}
	m.complete()
	plain := plainOf(text)
	for _, made := range m.made {
		if made.at.File != at.File || made.at.Start >= at.End || at.Start >= made.at.End {
			continue
		}
		is := func(word string) bool {
			word = strings.TrimRight(word, "0123456789") // which make ids unique
			return len(word) >= leastPart && strings.Contains(made.plain, plainOf(word))
		}
		if plain != "" && strings.Contains(made.plain, plain) ||
			slices.ContainsFunc(strings.FieldsFunc(text, isNoLetter), is) {
			return !m.shows(text)
		}
	}
	return false
}

// plainOf returns the letters and digits of a text, in lower case.
func plainOf(text string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(text, isNoLetter), ""))
}

func isNoLetter(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// shows says whether all words of a text are also written where nothing is hidden.
func (m *Masks) shows(text string) bool {
	if m.words == nil {
		m.words = m.findWords()
	}
	return !slices.ContainsFunc(strings.FieldsFunc(text, isWordEnd), func(word string) bool {
		return !m.words.shown[word]
	})
}

// Within returns the parts of s that must not be shown, sorted and without overlaps.
func (m *Masks) Within(s Span) []Span {
	if m == nil {
		return nil
	}
	if hidden, ok := m.at(s); ok {
		return hidden
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
	if m == nil || text == "" || m.showsElsewhere(text) {
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
	return replaced(text, m.words.within(text, m.parts), replacement)
}

// replaced returns a text with something else in the place of the bytes that are hidden.
func replaced(text string, hidden []bool, replacement string) string {
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(replacement)
		}
	}
	return b.String()
}

// within says of each byte of a text whether it is hidden: words, and parts wherever they stand,
// unless they are words that are shown; and what stands between the words.
func (w *hiddenWords) within(text string, parts []string) []bool {
	hidden := make([]bool, len(text))
	hide := func(from, to int) {
		for i := from; i < to; i++ {
			hidden[i] = true
		}
	}
	for _, part := range parts {
		if w.shown[part] {
			continue
		}
		for at := 0; ; at++ {
			i := strings.Index(text[at:], part)
			if i < 0 {
				break
			}
			at += i
			hide(at, at+len(part))
		}
	}
	last := -1 // the end of what was hidden last, if nothing that is shown stands behind it
	for at := 0; at < len(text); {
		word := firstWord(text[at:])
		if word == "" {
			_, n := utf8.DecodeRuneInString(text[at:])
			if at > 0 && hidden[at-1] {
				last = at
			}
			at += n
			continue
		}
		end := at + len(word)
		if w.hides(word) {
			hide(at, end)
		}
		if hidden[at] && last >= 0 {
			hide(last, at)
		}
		if last = -1; hidden[end-1] {
			last = end
		}
		at = end
	}
	return hidden
}

// hiddenWords are the words of a file's hidden and of its other parts.
type hiddenWords struct {
	hidden map[string]bool
	shown  map[string]bool
	all    string // the hidden texts, one in a line
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
	w := &hiddenWords{hidden: map[string]bool{}, shown: map[string]bool{}}
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
			addWords(w.shown, f.Text()[at:s.Start])
			hide(s.Text())
			at = s.End
		}
		addWords(w.shown, f.Text()[at:])
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
