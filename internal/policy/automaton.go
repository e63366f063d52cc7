package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// glob is a pattern as the automaton walks it: letters, which are characters or whole unknown parts, and wildcards.
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
			g.letters = append(g.letters, letter{run: c == anyRun || c == fieldRun, in: c == fieldRun || c == fieldOne})
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

// automaton walks several globs at once over all texts. Texts that it cannot tell apart are in one class.
type automaton struct {
	globs    []glob
	alphabet []string // letters of the globs, and the colon
	others   []string // letters that no glob has; each stands for all of them
}

// class is what the automaton cannot tell apart, with some of its texts.
type class struct {
	texts  []string // different ones, as many as were asked for, or as there are; the first has no letter that is special where that can be
	accept []bool   // by glob
}

// newAutomaton makes the automaton of some globs. copies is how many texts of a class may be wanted. taken are texts whose characters no other letter may be.
func newAutomaton(globs []glob, copies int, taken []string) *automaton {
	a := &automaton{globs: globs}
	seen := map[string]bool{"": true, ":": true}
	a.alphabet = append(a.alphabet, ":")
	add := func(text string) {
		if !seen[text] {
			seen[text] = true
			a.alphabet = append(a.alphabet, text)
		}
	}
	for _, g := range globs {
		for _, l := range g.letters {
			add(l.text)
			if g.fold && len(l.text) == 1 {
				add(strings.ToLower(l.text))
				add(strings.ToUpper(l.text))
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
	for _, c := range "xyzwvutsrqponmlkjihgfedcba0123456789_-/.+=@ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if len(a.others) < max(1, copies) && !seen[string(c)] {
			a.others = append(a.others, string(c))
		}
	}
	for c := rune(0x100); len(a.others) < max(1, copies); c++ {
		if !seen[string(c)] {
			a.others = append(a.others, string(c))
		}
	}
	return a
}

// state is where the automaton is: of each glob the places reached, and whether a letter occurred that no glob has.
type state struct {
	reached []uint64
	other   bool
	text    string
}

// classes returns what the globs cannot tell apart, at most for a number of states. It says whether that was enough.
func (a *automaton) classes(copies, most int) (out []class, complete bool) {
	words := make([]int, len(a.globs)+1)
	for i, g := range a.globs {
		words[i+1] = words[i] + (len(g.letters)+64)/64
	}
	start := state{reached: make([]uint64, words[len(a.globs)])}
	for i := range a.globs {
		a.reach(i, 0, start.reached[words[i]:words[i+1]])
	}
	queue := []state{start}
	seen := map[string]bool{start.key(): true}
	byVector := map[string]int{}
	complete = true
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		out = a.record(out, byVector, s, words)
		for n, l := range slices.Concat(a.alphabet, a.others[:1]) {
			next := state{reached: make([]uint64, len(s.reached)), other: s.other || n == len(a.alphabet), text: s.text + l}
			for i := range a.globs {
				a.step(i, s.reached[words[i]:words[i+1]], l, next.reached[words[i]:words[i+1]])
			}
			key := next.key()
			if seen[key] {
				continue
			}
			if len(seen) >= most {
				complete = false
				continue
			}
			seen[key] = true
			queue = append(queue, next)
		}
	}
	for i := range out {
		out[i].texts = a.copiesOf(out[i].texts[0], copies)
	}
	return out, complete
}

func (s *state) key() string {
	b := make([]byte, 0, 8*len(s.reached)+1)
	for _, w := range s.reached {
		for shift := 0; shift < 64; shift += 8 {
			b = append(b, byte(w>>shift))
		}
	}
	if s.other {
		b = append(b, 1)
	}
	return string(b)
}

// record notes the class of a state, unless it has a better text: one that is not empty and has a letter of no glob.
func (a *automaton) record(out []class, byVector map[string]int, s state, words []int) []class {
	accept := make([]bool, len(a.globs))
	vector := make([]byte, len(a.globs))
	for i, g := range a.globs {
		n := len(g.letters)
		accept[i] = s.reached[words[i]+n/64]&(1<<(n%64)) != 0
		if accept[i] {
			vector[i] = 1
		}
	}
	at, ok := byVector[string(vector)]
	if !ok {
		byVector[string(vector)] = len(out)
		return append(out, class{texts: []string{s.text}, accept: accept})
	}
	have := out[at].texts[0]
	if s.other && !strings.Contains(have, a.others[0]) {
		out[at].texts[0] = s.text
	}
	return out
}

// copiesOf returns several texts of the class of one: they differ in the letter that no glob has.
func (a *automaton) copiesOf(text string, copies int) []string {
	out := []string{text}
	if !strings.Contains(text, a.others[0]) {
		return out
	}
	for _, other := range a.others[1:min(len(a.others), max(1, copies))] {
		out = append(out, strings.ReplaceAll(text, a.others[0], other))
	}
	return out
}

// reach notes that a place of a glob is reached, and those behind runs that match nothing.
func (a *automaton) reach(i, at int, reached []uint64) {
	letters := a.globs[i].letters
	for {
		reached[at/64] |= 1 << (at % 64)
		if at == len(letters) || !letters[at].run {
			return
		}
		at++
	}
}

// step goes on from the places of a glob that are reached by one letter.
func (a *automaton) step(i int, from []uint64, l string, to []uint64) {
	g := &a.globs[i]
	for at, have := range g.letters {
		if from[at/64] == 0 || from[at/64]&(1<<(at%64)) == 0 {
			continue
		}
		switch {
		case have.text == "" && have.in && l == ":":
		case have.text == "" && have.run:
			a.reach(i, at, to)
		case have.text == "":
			if !strings.HasPrefix(l, beginning) {
				a.reach(i, at+1, to)
			}
		case have.text == l || g.fold && strings.EqualFold(have.text, l):
			a.reach(i, at+1, to)
		}
	}
}

// placements returns every text that may stand in the place of a hole in a pattern so that the pattern covers a text: what is before the hole covers the text's
// beginning, and what is behind it the end. The texts are in the order of their places, each once.
func placements(before, behind, text string) []string {
	var cuts []int
	for i := 0; i < len(text); i += len(firstLetter(text[i:])) {
		cuts = append(cuts, i)
	}
	cuts = append(cuts, len(text))
	var begins, ends []int
	for _, c := range cuts {
		if matches(before, text[:c], false) != cfn.No {
			begins = append(begins, c)
		}
		if matches(behind, text[c:], false) != cfn.No {
			ends = append(ends, c)
		}
	}
	var out []string
	for _, b := range begins {
		for _, e := range ends {
			if b <= e {
				out = append(out, text[b:e])
			}
		}
	}
	slices.SortStableFunc(out, func(x, y string) int { return cmp.Compare(len(x), len(y)) })
	slices.Sort(out)
	return slices.Compact(out)
}
