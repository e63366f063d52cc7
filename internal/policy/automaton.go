package policy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
)

// glob is a pattern as the automaton walks it: letters, which are characters or whole unknown
// parts, and wildcards.
type glob struct {
	letters []letter
	fold    bool
}

// letter is one place of a glob.
type letter struct {
	text string // a character or an unknown part; empty: a wildcard
	run  bool   // of a wildcard: it matches several
	in   bool   // of a wildcard: it matches no colon
}

// globOf takes a pattern with the wildcards of match.go apart.
func globOf(pattern string, fold bool) glob {
	g := glob{fold: fold}
	for len(pattern) > 0 {
		switch c := pattern[0]; c {
		case anyRun, fieldRun, anyOne, fieldOne:
			g.letters = append(g.letters,
				letter{run: c == anyRun || c == fieldRun, in: c == fieldRun || c == fieldOne})
			pattern = pattern[1:]
		default:
			text := firstLetter(pattern)
			g.letters = append(g.letters, letter{text: text})
			pattern = pattern[len(text):]
		}
	}
	return g
}

// firstLetter returns the character, or the unknown part, with which a text begins.
func firstLetter(s string) string {
	if strings.HasPrefix(s, beginning) {
		if _, text, _, _, found := cfn.CutUnknown(s); found {
			return text
		}
	}
	return s[:width(s, 0)]
}

// automaton walks several globs at once over all texts. Texts that it cannot tell apart are in one
// class.
//
// Every place of every glob is one bit of a state: a letter moves the bits of the places that it
// fits by one, and leaves those of runs.
type automaton struct {
	// letters of the globs, the colon, and last a letter that no glob has, which stands for all of
	// them
	alphabet []string
	others   []string // letters that no glob has
	words    int      // of the bits of a state
	ends     []int    // of each glob the bit that is reached when all of it is
	starts   []int
	take     [][]uint64 // by letter: the places that it fits
	stay     [][]uint64 // by letter: the runs that it fits
	runs     []uint64   // the runs, which fit nothing as well
}

// class is what the automaton cannot tell apart, with some of its texts.
type class struct {
	texts   []string // different ones, as many as were asked for, or as there are
	generic string   // a text with a letter that no glob has; others differ from it in that letter
	empty   bool     // the empty text is in the class
}

// newAutomaton makes the automaton of some globs. copies is how many texts of a class may be
// wanted. taken are texts whose characters no other letter may be.
func newAutomaton(globs []glob, copies int, taken []string) *automaton {
	a := &automaton{}
	seen := map[string]bool{"": true}
	add := func(text string) {
		if !seen[text] {
			seen[text] = true
			a.alphabet = append(a.alphabet, text)
		}
	}
	add(":")
	for _, g := range globs {
		for _, l := range g.letters {
			add(l.text)
			if g.fold {
				for _, other := range otherCases(l.text) {
					add(other)
				}
			}
		}
	}
	slices.Sort(a.alphabet)
	for _, text := range taken {
		for len(text) > 0 {
			l := firstLetter(text)
			seen[l], text = true, text[len(l):]
		}
	}
	a.others = lettersBut(seen, max(1, copies))
	a.alphabet = append(a.alphabet, a.others[0])
	a.lay(globs)
	return a
}

// otherCases returns the characters that are the same as one but for upper and lower case.
func otherCases(letter string) []string {
	r, n := utf8.DecodeRuneInString(letter)
	if n == 0 || n < len(letter) {
		return nil
	}
	var out []string
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		out = append(out, string(c))
	}
	return out
}

// lettersBut returns a number of letters that are not in a set.
func lettersBut(seen map[string]bool, n int) []string {
	var out []string
	for _, c := range "xyzwvutsrqponmlkjihgfedcba0123456789_-/.+=@ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if len(out) < n && !seen[string(c)] {
			out = append(out, string(c))
		}
	}
	for c := rune(0x4E00); len(out) < n; c++ { // these have no upper and lower case
		if !seen[string(c)] {
			out = append(out, string(c))
		}
	}
	return out
}

// lay gives every place of every glob its bit.
func (a *automaton) lay(globs []glob) {
	bits := 0
	for _, g := range globs {
		a.starts = append(a.starts, bits)
		bits += len(g.letters)
		a.ends = append(a.ends, bits)
		bits++
	}
	a.words = (bits + 63) / 64
	a.runs = make([]uint64, a.words)
	for range a.alphabet {
		a.take = append(a.take, make([]uint64, a.words))
		a.stay = append(a.stay, make([]uint64, a.words))
	}
	for i, g := range globs {
		for at, have := range g.letters {
			bit := a.starts[i] + at
			if have.run {
				setBit(a.runs, bit)
			}
			for n, l := range a.alphabet {
				switch {
				case have.run && !(have.in && l == ":"):
					setBit(a.stay[n], bit)
				case !have.run && have.fits(l, g.fold):
					setBit(a.take[n], bit)
				}
			}
		}
	}
}

// fits says whether a place that is no run takes a letter.
func (have *letter) fits(l string, fold bool) bool {
	if have.text == "" {
		return !(have.in && l == ":") && !strings.HasPrefix(l, beginning)
	}
	return have.text == l || fold && strings.EqualFold(have.text, l)
}

func setBit(words []uint64, bit int)      { words[bit/64] |= 1 << (bit % 64) }
func hasBit(words []uint64, bit int) bool { return words[bit/64]&(1<<(bit%64)) != 0 }

// state is where the automaton is: of each glob the places reached, and whether a letter occurred
// that no glob has.
type state struct {
	reached []uint64
	other   bool
	text    string
}

// mostSteps is how many letters the automaton goes on by for one key.
const mostSteps = 300_000

// What limits states whose globs are long: bits of all states, and words that one step goes over.
const (
	mostBits    = 1 << 27
	wordsOfStep = 16
)

// classes returns what the globs cannot tell apart, with a number of texts of each class that are
// none of those to avoid, where it has so many. It visits at most a number of states and says
// whether that was enough.
func (a *automaton) classes(copies int, avoid []string, most int) (out []class, complete bool) {
	avoided := map[string]bool{}
	for _, text := range avoid {
		if a.spells(text) {
			avoided[text] = true
		}
	}
	copies = max(1, copies)
	most = min(most, max(1, mostBits/(64*a.words+1)))
	steps, mostOfThese := 0, mostSteps/(1+a.words/wordsOfStep)
	start := state{reached: make([]uint64, a.words)}
	for _, bit := range a.starts {
		setBit(start.reached, bit)
	}
	a.passRuns(start.reached)
	queue := []state{start}
	visits := map[string]int{string(start.key(nil)): 1}
	byVector := map[string]int{}
	var key []byte
	next := make([]uint64, a.words)
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		out = a.record(out, byVector, &s, copies, avoided)
		for n, l := range a.alphabet {
			if steps++; steps > mostOfThese {
				return a.finish(out, copies), false
			}
			a.step(s.reached, n, next)
			other := s.other || n == len(a.alphabet)-1
			key = (&state{reached: next, other: other}).key(key[:0])
			limit := copies + len(avoided)
			if other { // one is enough: all others differ from it in the letter that no glob has
				limit = 1
			}
			seen, known := visits[string(key)]
			if seen >= limit {
				continue
			}
			if !known && len(visits) >= most {
				return a.finish(out, copies), false
			}
			visits[string(key)] = seen + 1
			queue = append(queue, state{slices.Clone(next), other, s.text + l})
		}
	}
	return a.finish(out, copies), true
}

// spells says whether a text consists of letters of the globs.
func (a *automaton) spells(text string) bool {
	for len(text) > 0 {
		l := firstLetter(text)
		if !slices.Contains(a.alphabet[:len(a.alphabet)-1], l) {
			return false
		}
		text = text[len(l):]
	}
	return true
}

func (s *state) key(b []byte) []byte {
	for _, w := range s.reached {
		for shift := 0; shift < 64; shift += 8 {
			b = append(b, byte(w>>shift))
		}
	}
	if s.other {
		b = append(b, 1)
	}
	return b
}

// step goes on from the places that are reached by one letter.
func (a *automaton) step(from []uint64, letter int, to []uint64) {
	take, stay := a.take[letter], a.stay[letter]
	carry := uint64(0)
	for i, w := range from {
		taken := w & take[i]
		to[i] = taken<<1 | carry | w&stay[i]
		carry = taken >> 63
	}
	a.passRuns(to)
}

// passRuns reaches the places behind runs that are reached, since these may match nothing.
func (a *automaton) passRuns(reached []uint64) {
	for changed := true; changed; {
		changed = false
		carry := uint64(0)
		for i, w := range reached {
			passed := w & a.runs[i]
			more := passed<<1 | carry
			carry = passed >> 63
			if more&^w != 0 {
				reached[i], changed = w|more, true
			}
		}
	}
}

// record notes the text of a state in its class.
func (a *automaton) record(
	out []class, byVector map[string]int, s *state, copies int, avoided map[string]bool,
) []class {
	vector := make([]byte, len(a.ends))
	for i, bit := range a.ends {
		if hasBit(s.reached, bit) {
			vector[i] = 1
		}
	}
	at, ok := byVector[string(vector)]
	if !ok {
		at = len(out)
		byVector[string(vector)] = at
		out = append(out, class{})
	}
	c := &out[at]
	switch {
	case s.other && c.generic == "":
		c.generic = s.text
	case s.text == "":
		c.empty = true
	case !s.other && len(c.texts) < copies && !avoided[s.text]:
		c.texts = append(c.texts, s.text)
	}
	return out
}

// finish chooses the texts of classes: those with a letter that no glob has, where there are any;
// the empty text only where there are too few.
func (a *automaton) finish(classes []class, copies int) []class {
	for i := range classes {
		c := &classes[i]
		if c.generic != "" {
			c.texts = nil
			for _, other := range a.others[:copies] {
				c.texts = append(c.texts, strings.ReplaceAll(c.generic, a.others[0], other))
			}
			continue
		}
		if c.empty && len(c.texts) < copies {
			c.texts = append(c.texts, "")
		}
	}
	return classes
}

// placements returns every text that may stand in the place of a hole in a pattern so that the
// pattern covers a text: what is before the hole covers the text's beginning, and what is behind it
// the end. Each is there once. complete says that the hole certainly ends at no place within an
// unknown part of the text.
func placements(before, behind, text string, fold bool) (out []string, complete bool) {
	var begins, ends []int
	complete = true
	for c := 0; ; {
		if matches(before, text[:c], fold) != cfn.No {
			begins = append(begins, c)
		}
		if matches(behind, text[c:], fold) != cfn.No {
			ends = append(ends, c)
		}
		if c == len(text) {
			break
		}
		l := firstLetter(text[c:])
		if part, ok := partOf(l); ok {
			complete = complete && matches(before, text[:c]+part, fold) == cfn.No &&
				matches(behind, part+text[c+len(l):], fold) == cfn.No
		}
		c += len(l)
	}
	for _, b := range begins {
		for _, e := range ends {
			if b <= e {
				out = append(out, text[b:e])
			}
		}
	}
	slices.SortFunc(out, func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	return slices.Compact(out), complete
}

// partOf returns what stands for some characters of an unknown part, but not all; it says whether
// the letter is one and can be divided.
func partOf(letter string) (string, bool) {
	_, _, u, _, found := cfn.CutUnknown(letter)
	if !found || u.Max == 1 {
		return "", false
	}
	u.Name, u.Unique, u.Min, u.Max = u.Name+" in part", false, 1, max(0, u.Max-1)
	return u.Text(), true
}
