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

// all says whether a text has all characters of a word.
func (has characters) all(word string) bool {
	for i := range len(word) {
		if c := word[i]; has[c>>6&1]&(1<<(c&0x3F)) == 0 {
			return false
		}
	}
	return true
}

// maySay says whether a text has one of the words of a form.
func (has characters) maySay(f *form, text string) bool {
	for _, word := range f.only {
		if has.all(word) && strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// mayAssign says whether something may follow a name in a text: behind a sign, or as the value of
// an option of a command.
func (has characters) mayAssign() bool {
	return has.all("=") || has.all(":") || has.all("-")
}
