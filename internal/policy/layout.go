package policy

import (
	"sort"
	"sync"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
)

// parsedText is a text or pattern with unknown parts, taken apart.
type parsedText struct {
	symbols []symbol
	at      []int32      // of each place: the byte of the text where it begins
	across  []symbolKind // what acrossColons makes of the places of a pattern
	classes []uint8      // of the characters of a pattern: a bit for each class that has it
}

// placeAt returns the place that begins at a byte of the text, or the number of places at its end.
func (a *parsedText) placeAt(offset int) int {
	return sort.Search(len(a.at), func(i int) bool { return int(a.at[i]) >= offset })
}

func parseText(s string) *parsedText {
	a := &parsedText{}
	for rest := s; rest != ""; {
		first := rest[:1]
		if first[0] < fieldOne {
			first = firstLetter(rest)
		}
		a.symbols = append(a.symbols, symbolsOf(first)...)
		for len(a.at) < len(a.symbols) {
			a.at = append(a.at, int32(len(s)-len(rest)))
		}
		rest = rest[len(first):]
	}
	return a
}

// parsePattern is parseText for a pattern, which may stand for upper and lower case alike.
func parsePattern(pattern string, fold bool) *parsedText {
	a := parseText(pattern)
	a.across, a.classes = make([]symbolKind, len(a.symbols)), make([]uint8, len(a.symbols))
	for i, e := range acrossColons(a.symbols, false) {
		a.across[i] = e.kind
		for c := range classes {
			if e.kind == literalChar && mayHave(cfn.Class(c), e.char, fold) {
				a.classes[i] |= 1 << c
			}
		}
	}
	return a
}

const classes = int(cfn.Hyphened) + 1

func classOf(c cfn.Class) int {
	if int(c) >= classes {
		return int(cfn.AnyText)
	}
	return int(c)
}

// mayHave says whether an unknown part of a class may have a character.
func mayHave(c cfn.Class, r rune, fold bool) bool {
	return (&symbol{kind: unknownChar, class: c}).mayBe(r, fold)
}

// textLayout is a text whose places the places of patterns go over. A set of places is a list of
// words with a bit for each; the bit after the last stands for the end of the text.
type textLayout struct {
	parsedText
	fold  bool
	words int

	chars, unknown    []uint64 // characters, unknown parts
	unique, free      []uint64 // unknown parts that are unique, and those that may be any text
	one               []uint64 // unknown parts that are one character
	optional, several []uint64 // those that may be missing, and those of any number of characters
	letters           map[rune][]uint64
	asciiAt           [utf8.RuneSelf]uint8 // of ASCII characters: the index in ascii
	ascii             [][]uint64           // the same sets as in letters; the first is empty
	inClass           [classes][]uint64    // characters that a class has
	ofClass           [classes][]uint64    // unknown parts of a class
	parts             map[string]*unknownPart
}

// unknownPart is an unknown part of a text, wherever it stands in it.
type unknownPart struct {
	places []uint64
	starts []int
}

func layText(text string, fold bool) *textLayout {
	l := &textLayout{parsedText: *parseText(text), fold: fold, letters: map[rune][]uint64{}}
	l.words = len(l.symbols)/64 + 1
	l.ascii = [][]uint64{make([]uint64, l.words)}
	sets := []*[]uint64{&l.chars, &l.unknown, &l.unique, &l.free, &l.one, &l.optional, &l.several}
	for c := range classes {
		sets = append(sets, &l.inClass[c], &l.ofClass[c])
	}
	for _, set := range sets {
		*set = make([]uint64, l.words)
	}
	for i := range l.symbols {
		if e := &l.symbols[i]; e.isUnknown() {
			l.layUnknown(e, i)
		} else {
			l.layLetter(e, i)
		}
	}
	return l
}

func (l *textLayout) layUnknown(e *symbol, place int) {
	setBit(l.unknown, place)
	setBit(l.ofClass[classOf(e.class)], place)
	for _, is := range []struct {
		set []uint64
		so  bool
	}{
		{l.unique, e.unique}, {l.free, e.class == cfn.AnyText},
		{l.one, e.kind == unknownChar && !e.optional},
		{l.optional, e.optional}, {l.several, e.kind == unknownRun},
	} {
		if is.so {
			setBit(is.set, place)
		}
	}
	part := l.parts[e.unknown]
	if part == nil {
		if l.parts == nil {
			l.parts = map[string]*unknownPart{}
		}
		part = &unknownPart{places: make([]uint64, l.words)}
		l.parts[e.unknown] = part
	}
	if e.inPart() == 0 {
		part.starts = append(part.starts, place)
	}
	setBit(part.places, place)
}

func (l *textLayout) layLetter(e *symbol, place int) {
	r := l.folded(e.char)
	if l.letters[r] == nil {
		l.letters[r] = make([]uint64, l.words)
		if r < utf8.RuneSelf {
			l.asciiAt[r] = uint8(len(l.ascii))
			l.ascii = append(l.ascii, l.letters[r])
		}
	}
	setBit(l.letters[r], place)
	setBit(l.chars, place)
	for c := range classes {
		if mayHave(cfn.Class(c), e.char, l.fold) {
			setBit(l.inClass[c], place)
		}
	}
}

func (l *textLayout) folded(r rune) rune {
	if l.fold {
		return foldRune(r)
	}
	return r
}

// inPart returns which place of its unknown part a place is.
func (e *symbol) inPart() int { return min(e.at, mostExpanded) }

// may says whether a pattern, from a place of it and of the text on, covers the text for some
// values of the unknown parts. It may say yes where none is. With across, wildcards of a field
// match colons too, since something unknown stands before them.
func (l *textLayout) may(pattern *parsedText, from, textFrom int, across bool) bool {
	var few [4]uint64
	reached := l.start(few[:], textFrom)
	for i := from; i < len(pattern.symbols); i++ {
		q, kind := &pattern.symbols[i], pattern.across[i]
		if across {
			kind = free(kind)
		}
		run := kind == wildRun || kind == wildField || kind == unknownRun
		missing := run || q.optional
		letter, part := l.setsOf(q)
		var passed, moved, any uint64
		for w, have := range reached {
			fits := l.mayFit(q, kind, pattern.classes[i], w, letter, part)
			pass := l.optional[w]
			if run {
				pass |= fits
			}
			have = flood(have|passed, pass)
			passed = have & pass >> 63
			next := have&fits<<1 | moved
			moved = have & fits >> 63
			if missing {
				next |= have
			}
			if !run { // a run of the text may be several places of the pattern
				next |= have & fits & l.several[w]
			}
			reached[w] = next
			any |= next
		}
		if any == 0 {
			return false
		}
	}
	return l.done(reached, l.optional)
}

// free returns what a wildcard is that matches colons too.
func free(kind symbolKind) symbolKind {
	switch kind {
	case wildField:
		return wildRun
	case wildFieldOne:
		return wildOne
	}
	return kind
}

// must says whether a pattern, from a place of it and of the text on, covers the text whatever the
// unknown parts are. It may say no where that is so for reasons that it does not see.
func (l *textLayout) must(pattern *parsedText, from, textFrom int) bool {
	var few [4]uint64
	reached := l.start(few[:], textFrom)
	for i := from; i < len(pattern.symbols); i++ {
		q := &pattern.symbols[i]
		run := q.kind == wildRun || q.kind == wildField
		letter, part := l.setsOf(q)
		var passed, moved, any uint64
		for w, have := range reached {
			fits := l.mustFit(q, w, letter, part)
			if run {
				have = flood(have|passed, fits)
				passed = have & fits >> 63
			}
			next := have&fits<<1 | moved
			moved = have & fits >> 63
			if run {
				next |= have
			}
			reached[w] = next
			any |= next
		}
		if any == 0 {
			return false
		}
	}
	return hasBit(reached, len(l.symbols))
}

// start returns the set of one place, in the words of few where these are enough.
func (l *textLayout) start(few []uint64, from int) []uint64 {
	if l.words > len(few) {
		few = make([]uint64, l.words)
	}
	setBit(few, from)
	return few[:l.words]
}

// setsOf returns the places of the text with the character of a place of a pattern, or those of the
// unknown part that it is; nil where there are none.
func (l *textLayout) setsOf(q *symbol) (letter []uint64, part *unknownPart) {
	switch {
	case q.kind == literalChar:
		return l.lettersOf(q.char), nil
	case q.isUnknown():
		return l.ascii[0], l.parts[q.unknown]
	}
	return l.lettersOf(':'), nil
}

func (l *textLayout) lettersOf(char rune) []uint64 {
	r := l.folded(char)
	if r < utf8.RuneSelf {
		return l.ascii[l.asciiAt[r]]
	}
	if have := l.letters[r]; have != nil {
		return have
	}
	return l.ascii[0]
}

// mayFit returns a word of the places that a place of a pattern may go together with. Letters are
// those of its character, or of a wildcard the colons.
func (l *textLayout) mayFit(
	q *symbol, kind symbolKind, has uint8, w int, letters []uint64, part *unknownPart,
) uint64 {
	switch kind {
	case wildRun, wildOne:
		return l.chars[w] | l.unknown[w]
	case wildField, wildFieldOne:
		return (l.chars[w] | l.unknown[w]) &^ letters[w]
	case literalChar:
		fits := letters[w]
		if l.parts != nil {
			for c := range classes {
				if has&(1<<c) != 0 {
					fits |= l.ofClass[c][w]
				}
			}
		}
		return fits
	}
	fits := l.unknown[w] // any two classes have characters in common
	if q.unique {
		fits &^= l.unique[w]
	}
	if part != nil {
		fits |= part.places[w]
	}
	return fits | l.inClass[classOf(q.class)][w]
}

// mustFit returns a word of the places that a place of a pattern goes together with, whatever they
// are. Letters are those of its character, or of a wildcard the colons.
func (l *textLayout) mustFit(q *symbol, w int, letters []uint64, part *unknownPart) uint64 {
	switch q.kind {
	case wildRun:
		return l.chars[w] | l.unknown[w]
	case wildField:
		return (l.chars[w] | l.unknown[w]) &^ (letters[w] | l.free[w])
	case wildOne:
		return l.chars[w] | l.one[w]
	case wildFieldOne:
		return (l.chars[w] | l.one[w]) &^ (letters[w] | l.free[w])
	case literalChar:
		return letters[w]
	}
	fits := uint64(0)
	if part != nil {
		for _, start := range part.starts {
			if at := start + q.inPart(); at/64 == w {
				fits |= 1 << (at % 64)
			}
		}
	}
	return fits
}

// done says whether the end of the text is reached, or all that is left of it may be missing.
func (l *textLayout) done(reached, missing []uint64) bool {
	var passed uint64
	for w, have := range reached {
		reached[w] = flood(have|passed, missing[w])
		passed = reached[w] & missing[w] >> 63
	}
	return hasBit(reached, len(l.symbols))
}

// flood adds to some bits those above them, as long as the bits before these are in pass.
func flood(bits, pass uint64) uint64 {
	if bits&pass == 0 {
		return bits
	}
	if pass == ^uint64(0) {
		return -(bits & -bits)
	}
	pass <<= 1
	for n := 1; n < 64; n *= 2 {
		bits |= pass & (bits << n)
		pass &= pass << n
	}
	return bits
}

// cache keeps what is made of texts, since a policy's patterns and a secret's ARN are compared very
// often. It forgets everything when it has too much. It is for several goroutines, and what it
// returns does not depend on what it has.
type cache[K comparable, V any] struct {
	mu    sync.RWMutex
	known map[K]V
	size  int
}

// mostWords is how many words of what is made of texts are kept.
const mostWords = 1 << 20

func (k *cache[K, V]) of(key K, make func() V, size func(V) int) V {
	k.mu.RLock()
	have, ok := k.known[key]
	k.mu.RUnlock()
	if ok {
		return have
	}
	have = make()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.size += size(have); k.known == nil || k.size > mostWords {
		k.known, k.size = map[K]V{}, size(have)
	}
	k.known[key] = have
	return have
}

// foldedKey is a text or pattern, and whether upper and lower case are alike.
type foldedKey struct {
	text string
	fold bool
}

var (
	keptPatterns cache[foldedKey, *parsedText]
	keptTexts    cache[foldedKey, *textLayout]
)

// patternApart returns a pattern, taken apart.
func patternApart(pattern string, fold bool) *parsedText {
	take := func() *parsedText { return parsePattern(pattern, fold) }
	return keptPatterns.of(foldedKey{pattern, fold}, take, (*parsedText).size)
}

// laidText returns a text, ready for patterns to go over it.
func laidText(text string, fold bool) *textLayout {
	lay := func() *textLayout { return layText(text, fold) }
	return keptTexts.of(foldedKey{text, fold}, lay, (*textLayout).size)
}

func (a *parsedText) size() int { return 8 * len(a.symbols) }

func (l *textLayout) size() int {
	return l.parsedText.size() + l.words*(2*len(l.letters)+len(l.parts)+30)
}
