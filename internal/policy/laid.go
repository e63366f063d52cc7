package policy

import (
	"sort"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
)

// apart is a text or pattern with unknown parts, taken apart.
type apart struct {
	symbols []symbol
	at      []int32 // of each place: the byte of the text where it begins
}

// placeAt returns the place that begins at a byte of the text, or the number of places at its end.
func (a *apart) placeAt(offset int) int {
	return sort.Search(len(a.at), func(i int) bool { return int(a.at[i]) >= offset })
}

func takeApart(s string) *apart {
	a := &apart{}
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

// laid is a pattern with unknown parts, or one that is compared with texts that have them, ready to be
// walked over by the places of a text. A set of places is a list of words with a bit for each place;
// the bit after the last is reached when the whole pattern is.
type laid struct {
	apart
	fold  bool
	words int

	runs, fieldRuns, ones, fieldOnes []uint64 // wildcards, as must takes them
	free, inField                    []uint64 // wildcards, as may takes them: acrossColons
	mayRuns, mayMiss, mustRuns       []uint64 // what may match several, what may be missing; for must both
	unknown, unique                  []uint64 // unknown parts
	letters                          map[rune][]uint64
	inClass                          [classes][]uint64 // characters that a class has
	ofClass                          [classes][]uint64 // unknown parts of a class
	parts                            map[string]*laidPart
}

// laidPart is an unknown part of a pattern, wherever it stands in it.
type laidPart struct {
	places []uint64
	starts []int
}

const classes = int(cfn.Hyphened) + 1

func classOf(c cfn.Class) int {
	if int(c) >= classes {
		return int(cfn.AnyText)
	}
	return int(c)
}

func layPattern(pattern string, fold bool) *laid {
	l := &laid{apart: *takeApart(pattern), fold: fold, letters: map[rune][]uint64{}}
	l.words = len(l.symbols)/64 + 1
	for _, set := range []*[]uint64{
		&l.runs, &l.fieldRuns, &l.ones, &l.fieldOnes, &l.free, &l.inField,
		&l.mayRuns, &l.mayMiss, &l.mustRuns, &l.unknown, &l.unique,
	} {
		*set = make([]uint64, l.words)
	}
	for c := range classes {
		l.inClass[c], l.ofClass[c] = make([]uint64, l.words), make([]uint64, l.words)
	}
	across := acrossColons(l.symbols, false)
	for i := range l.symbols {
		l.layWildcard(i, across[i].kind)
		switch q := &l.symbols[i]; {
		case q.isUnknown():
			l.layUnknown(i)
		case q.kind == literalChar:
			l.layLetter(i)
		}
	}
	return l
}

// layWildcard notes a wildcard, and what acrossColons makes of it.
func (l *laid) layWildcard(place int, across symbolKind) {
	kind := l.symbols[place].kind
	set, run := map[symbolKind][]uint64{
		wildRun: l.runs, wildField: l.fieldRuns, wildOne: l.ones, wildFieldOne: l.fieldOnes,
	}[kind], kind == wildRun || kind == wildField
	if set == nil {
		return
	}
	setBit(set, place)
	if across == wildRun || across == wildOne {
		setBit(l.free, place)
	} else {
		setBit(l.inField, place)
	}
	if run {
		setBit(l.mayRuns, place)
		setBit(l.mayMiss, place)
		setBit(l.mustRuns, place)
	}
}

func (l *laid) layUnknown(place int) {
	q := &l.symbols[place]
	setBit(l.unknown, place)
	setBit(l.ofClass[classOf(q.class)], place)
	if q.unique {
		setBit(l.unique, place)
	}
	if q.optional {
		setBit(l.mayMiss, place)
	}
	if q.kind == unknownRun {
		setBit(l.mayRuns, place)
	}
	part := l.parts[q.unknown]
	if part == nil {
		if l.parts == nil {
			l.parts = map[string]*laidPart{}
		}
		part = &laidPart{places: make([]uint64, l.words)}
		l.parts[q.unknown] = part
	}
	if q.inPart() == 0 {
		part.starts = append(part.starts, place)
	}
	setBit(part.places, place)
}

func (l *laid) layLetter(place int) {
	q := &l.symbols[place]
	r := l.folded(q.char)
	if l.letters[r] == nil {
		l.letters[r] = make([]uint64, l.words)
	}
	setBit(l.letters[r], place)
	for c := range classes {
		if (&symbol{kind: unknownChar, class: cfn.Class(c)}).mayBe(q.char, l.fold) {
			setBit(l.inClass[c], place)
		}
	}
}

func (l *laid) folded(r rune) rune {
	if l.fold {
		return foldRune(r)
	}
	return r
}

// inPart returns which place of its unknown part a place is.
func (e *symbol) inPart() int { return min(e.at, mostExpanded) }

// may says whether the pattern, from a place on, covers a text for some values of the unknown parts. It
// may say yes where none is. With across, wildcards of a field match colons too, since something unknown
// stands before them.
func (l *laid) may(from int, text []symbol, across bool) bool {
	var few [2][8]uint64
	reached, fits := l.sets(&few)
	setBit(reached, from)
	for j := range text {
		e := &text[j]
		l.mayFit(e, across, fits)
		if !l.move(reached, fits, l.mayRuns, l.mayMiss, e.kind == unknownRun, e.optional) {
			return false
		}
	}
	return l.done(reached, l.mayMiss)
}

// must says whether the pattern, from a place on, covers a text whatever the unknown parts are. It may
// say no where that is so for reasons that it does not see.
func (l *laid) must(from int, text []symbol) bool {
	var few [2][8]uint64
	reached, fits := l.sets(&few)
	setBit(reached, from)
	for j := range text {
		l.mustFit(&text[j], fits)
		if !l.move(reached, fits, l.mustRuns, l.mustRuns, false, false) {
			return false
		}
	}
	return l.done(reached, l.mustRuns)
}

// sets returns two empty sets of places.
func (l *laid) sets(few *[2][8]uint64) (a, b []uint64) {
	if l.words <= len(few[0]) {
		return few[0][:l.words], few[1][:l.words]
	}
	return make([]uint64, l.words), make([]uint64, l.words)
}

// mayFit finds the places that a place of a text may go together with.
func (l *laid) mayFit(e *symbol, across bool, fits []uint64) {
	field := across || e.isUnknown() || e.char != ':'
	for w := range fits {
		fits[w] = l.free[w]
		if field {
			fits[w] |= l.inField[w]
		}
	}
	if !e.isUnknown() {
		add(fits, l.letters[l.folded(e.char)])
		if l.parts == nil {
			return
		}
		for c := range classes {
			if (&symbol{kind: unknownChar, class: cfn.Class(c)}).mayBe(e.char, l.fold) {
				add(fits, l.ofClass[c])
			}
		}
		return
	}
	add(fits, l.inClass[classOf(e.class)])
	if l.parts == nil {
		return
	}
	for w := range fits {
		fits[w] |= l.unknown[w]
		if e.unique {
			fits[w] &^= l.unique[w]
		}
	}
	if part := l.parts[e.unknown]; part != nil {
		add(fits, part.places)
	}
}

// mustFit finds the places that a place of a text goes together with, whatever it is.
func (l *laid) mustFit(e *symbol, fits []uint64) {
	one := !e.isUnknown() || e.kind == unknownChar && !e.optional
	field := !e.isUnknown() && e.char != ':' || e.isUnknown() && e.class != cfn.AnyText
	copy(fits, l.runs)
	if field {
		add(fits, l.fieldRuns)
	}
	if one {
		add(fits, l.ones)
	}
	if one && field {
		add(fits, l.fieldOnes)
	}
	if !e.isUnknown() {
		add(fits, l.letters[l.folded(e.char)])
		return
	}
	if part := l.parts[e.unknown]; part != nil {
		for _, start := range part.starts {
			setBit(fits, start+e.inPart())
		}
	}
}

func add(set, more []uint64) {
	for w := range more {
		set[w] |= more[w]
	}
}

// move goes on from the places that are reached by one place of a text, which fits some of the pattern.
// runs are those that may fit more of the text, missing those that may fit nothing. With several the
// place of the text may fit more of the pattern, and with optional nothing. It says whether any place is
// reached then.
func (l *laid) move(reached, fits, runs, missing []uint64, several, optional bool) bool {
	var passed, moved, any uint64
	for w, have := range reached {
		pass := missing[w]
		if several {
			pass |= fits[w] &^ runs[w]
		}
		have = flood(have|passed, pass)
		passed = have & pass >> 63
		on := have & fits[w]
		next := on<<1 | moved | on&runs[w]
		moved = on >> 63
		if optional {
			next |= have
		}
		reached[w] = next
		any |= next
	}
	return any != 0
}

// done says whether the whole pattern is reached, or all that is left of it may be missing.
func (l *laid) done(reached, missing []uint64) bool {
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
	pass <<= 1
	for n := 1; n < 64; n *= 2 {
		bits |= pass & (bits << n)
		pass &= pass << n
	}
	return bits
}

// kept keeps what is made of texts, since a policy's patterns and a secret's ARN are compared very often.
// It forgets everything when it has too much. It is for several goroutines, and what it returns does not
// depend on what it has.
type kept[K comparable, V any] struct {
	mu    sync.RWMutex
	known map[K]V
	size  int
}

// mostWords is how many words of what is made of texts are kept.
const mostWords = 1 << 20

func (k *kept[K, V]) of(key K, make func() V, size func(V) int) V {
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

type patternKey struct {
	text string
	fold bool
}

var (
	keptPatterns kept[patternKey, *laid]
	keptTexts    kept[string, *apart]
)

// laidPattern returns a pattern, ready to be walked over.
func laidPattern(pattern string, fold bool) *laid {
	return keptPatterns.of(patternKey{pattern, fold}, func() *laid { return layPattern(pattern, fold) }, (*laid).size)
}

// apartText returns a text, taken apart.
func apartText(text string) *apart {
	return keptTexts.of(text, func() *apart { return takeApart(text) }, (*apart).size)
}

func (a *apart) size() int { return 8 * len(a.symbols) }

func (l *laid) size() int { return l.apart.size() + l.words*(len(l.letters)+len(l.parts)+30) }
