package aws

import "strings"

// Hardly any text has a credential in it, and most are short. So one look at its characters says
// which words cannot stand in it. A test holds what is found to looking for every form.

// characters are the ASCII characters that a text has, a bit for each.
type characters [2]uint64

func charactersOf(text string) (has characters) {
	for i := range len(text) {
		if c := text[i]; c < 0x80 {
			has[c>>6&1] |= 1 << (c & 0x3F)
		}
	}
	return has
}

// one says whether a text has a character.
func (has characters) one(c byte) bool { return has[c>>6&1]&(1<<(c&0x3F)) != 0 }

// include says whether a text has all characters of another one.
func (has characters) include(other characters) bool {
	return has[0]&other[0] == other[0] && has[1]&other[1] == other[1]
}

// word is a text that a form of credentials has in it, with its characters.
type word struct {
	text string
	has  characters
}

// choice is of words of which a form has one, with the characters that all of them have.
type choice struct {
	words  []word
	common characters
}

func words(texts ...string) choice {
	all := choice{make([]word, len(texts)), charactersOf(texts[0])}
	for i, text := range texts {
		has := charactersOf(text)
		all.words[i] = word{text, has}
		all.common[0] &= has[0]
		all.common[1] &= has[1]
	}
	return all
}

// maySay says whether a text has one of the words of a form.
func (has characters) maySay(f *form, text string) bool {
	if !has.include(f.only.common) {
		return false
	}
	for i := range f.only.words {
		if word := &f.only.words[i]; has.include(word.has) && strings.Contains(text, word.text) {
			return true
		}
	}
	return false
}

// mayAssign says whether something may follow a name in a text: behind a sign, or as the value of
// an option of a command.
func (has characters) mayAssign() bool {
	return has.one('=') || has.one(':') || has.one('-')
}
