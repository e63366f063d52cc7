package diag

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// maxWord is the length in bytes over which a word is not compared: nobody mistypes such a word,
// and comparing would be slow.
const maxWord = 64

// Nearest returns the candidate that a mistyped word most probably means, or "" when none is close.
// Words are compared without regard to case, hyphens and underscores, by the edits between them:
// characters put in, left out, replaced, or swapped with their neighbour. A third of the word's
// characters may be edited, but always one; words that share nothing are not close. Among equally
// close candidates the first in sorted order is returned. Words and candidates over 64 bytes are
// not compared.
func Nearest(word string, candidates []string) string {
	closest := ""
	for _, c := range AllNearest(word, candidates) {
		if closest == "" || c < closest {
			closest = c
		}
	}
	return closest
}

// AllNearest returns the candidates that a mistyped word may mean as probably as Nearest's: those
// that are equally close, in their order.
func AllNearest(word string, candidates []string) []string {
	if len(word) > maxWord {
		return nil
	}
	var wordBuffer, candidateBuffer [maxWord]rune
	typed := fold(wordBuffer[:0], word)
	var closest []string
	limit := max(1, len(typed)/3)
	for _, c := range candidates {
		if len(c) > maxWord {
			continue
		}
		meant := fold(candidateBuffer[:0], c)
		n := edits(typed, meant, limit)
		if n > limit || n >= max(len(typed), len(meant)) {
			continue
		}
		if n < limit {
			closest, limit = nil, n
		}
		if !slices.Contains(closest, c) {
			closest = append(closest, c)
		}
	}
	return closest
}

// DiffersInDigits says whether two words are the same but for their digits, as names of things that
// are counted are: one is no mistyped other.
func DiffersInDigits(a, b string) bool {
	return withoutDigits(a) == withoutDigits(b) && string(fold(nil, a)) != string(fold(nil, b))
}

func withoutDigits(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, string(fold(nil, word)))
}

// DidYouMean returns the hint that offers the nearest candidate, such as `write "db"`, or "" when
// none is close or the word is one of them.
func DidYouMean(word string, candidates []string) string {
	near := Nearest(word, candidates)
	if near == "" || near == word {
		return ""
	}
	return fmt.Sprintf("write %q", near)
}

// IsNear says whether a word is a candidate but for some edits, at most as many as the limit says,
// compared as Nearest does.
func IsNear(word, candidate string, limit int) bool {
	if len(word) > maxWord || len(candidate) > maxWord {
		return false
	}
	var a, b [maxWord]rune
	return edits(fold(a[:0], word), fold(b[:0], candidate), limit) <= limit
}

// fold appends to buffer what counts of a word.
func fold(buffer []rune, word string) []rune {
	for _, r := range word {
		if r != '-' && r != '_' {
			buffer = append(buffer, unicode.ToLower(r))
		}
	}
	return buffer
}

// edits returns the Damerau–Levenshtein distance between two words of at most maxWord characters,
// in which no character is edited twice (optimal string alignment). When it is over the limit, any
// number over the limit is returned.
func edits(a, b []rune, limit int) int {
	over := limit + 1
	if max(len(a)-len(b), len(b)-len(a)) > limit {
		return over
	}
	var rows [3][maxWord + 1]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range b {
		row[j+1] = j + 1
	}
	least := 0 // of the row
	for i := range a {
		before, above, row = above, row, before
		leastAbove := least
		// Farther from the diagonal than the limit, everything is over the limit.
		first, next := max(0, i-limit), min(len(b), i+limit+1)
		row[first] = over
		if first == 0 {
			row[0] = i + 1
		}
		least = row[first]
		for j := first; j < next; j++ {
			replaced := above[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if next < len(b) {
			row[next+1] = over
		}
		// The next row grows out of this one, or with a swap out of the one above.
		if least > limit && leastAbove >= limit {
			return over
		}
	}
	return row[len(b)]
}
