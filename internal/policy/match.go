package policy

import (
	"strings"
	"unicode/utf8"
)

// Wildcards in a pattern that is ready to be matched. The bytes stand in no UTF-8 text, so that an
// asterisk that is meant, as ${*} or in the value of a variable, stays an asterisk.
const (
	anyRun   = 0xFF // * where it matches everything
	fieldRun = 0xFE // * where it ends at a colon
	anyOne   = 0xFD // ? where it matches everything
	fieldOne = 0xFC // ? where it matches no colon
)

// allRuns is the pattern of * alone.
const allRuns = "\xFF"

// wildcards says what * and ? mean in a text of a policy.
type wildcards uint8

const (
	// literally: they mean themselves, as for StringEquals.
	literally wildcards = iota

	// freely: they match any text and any one character, as in actions and for StringLike.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
	freely

	// inFields: within the first five fields of an ARN they match no colon, but a * that ends a
	// field "can expand to match beyond the colon boundaries". The sixth field is the resource,
	// whatever colons it has. As in Resource.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
	inFields
)

// at returns the wildcard that a character of a text is, or 0 where it means itself. colons is how
// many are before it.
func (w wildcards) at(text string, i, colons int) byte {
	inField := w == inFields && colons < 5
	switch {
	case w == literally:
	case text[i] == '*' && inField && i+1 < len(text) && text[i+1] != ':':
		return fieldRun
	case text[i] == '*':
		return anyRun
	case text[i] == '?' && inField:
		return fieldOne
	case text[i] == '?':
		return anyOne
	}
	return 0
}

// match says whether a pattern with the wildcards above covers a text. With fold, the pattern must
// be in lower case and ASCII letters of the text match whatever their case.
//
// Where a * took too little, it goes on from the last one that can take more. Going back to the
// last of each kind is enough: a * that crosses colons makes the choices before it irrelevant, and
// so does a colon for those of a field.
func match(pattern, text string, fold bool) bool {
	p, t := 0, 0
	run, runFrom := -1, 0     // where the pattern goes on after the last anyRun, and the text
	field, fieldFrom := -1, 0 // the same of the last fieldRun after it
	for t < len(text) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == anyRun:
				p++
				run, runFrom, field = p, t, -1
				continue
			case c == fieldRun:
				p++
				field, fieldFrom = p, t
				continue
			case c == anyOne || c == fieldOne && text[t] != ':':
				p++
				t += width(text, t)
				continue
			case c == text[t] || fold && c == lower(text[t]):
				p++
				t++
				continue
			}
		}
		switch {
		case field >= 0 && text[fieldFrom] != ':':
			fieldFrom += width(text, fieldFrom)
			p, t = field, fieldFrom
		case run >= 0:
			runFrom += width(text, runFrom)
			p, t, field = run, runFrom, -1
		default:
			return false
		}
	}
	for p < len(pattern) && (pattern[p] == anyRun || pattern[p] == fieldRun) {
		p++
	}
	return p == len(pattern)
}

// width returns how many bytes the character at a position of a text has.
func width(text string, at int) int {
	if text[at] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(text[at:])
	return n
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// matchARN says whether a pattern of ArnLike covers an ARN: "each of the six colon-delimited
// components of the ARN is checked separately".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
func matchARN(pattern, arn string) bool {
	for range 5 {
		p, restPattern, more := strings.Cut(pattern, ":")
		a, rest, found := strings.Cut(arn, ":")
		if !more || !found || !match(p, a, false) {
			return false
		}
		pattern, arn = restPattern, rest
	}
	return match(pattern, arn, false)
}
