package policy

import (
	"strings"
	"unicode/utf8"
)

// Wildcards in a pattern that is ready to be matched. The bytes stand in no UTF-8 text, so that an asterisk that is meant, as
// ${*} or in the value of a variable, stays an asterisk.
const (
	anyRun     = 0xFF // * where it matches everything
	segmentRun = 0xFE // * where it ends at a colon
	anyOne     = 0xFD // ? where it matches everything
	segmentOne = 0xFC // ? where it matches no colon
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

	// inSegments: they stay within the parts of an ARN between two colons, but a * that ends such a part "can expand to match beyond
	// the colon boundaries", as in Resource.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
	inSegments
)

// star returns the byte for the * before a position of a text.
func (w wildcards) star(text string, next int) byte {
	if w == inSegments && next < len(text) && text[next] != ':' {
		return segmentRun
	}
	return anyRun
}

// mark returns the byte for a ?.
func (w wildcards) mark() byte {
	if w == inSegments {
		return segmentOne
	}
	return anyOne
}

// match says whether a pattern with the wildcards above covers a text. With fold, the pattern must be in lower case and ASCII letters
// of the text match whatever their case.
//
// Where a * took too little, it goes on from the last one that can take more. Going back to the last of each kind is enough: a *
// that crosses colons makes the choices before it irrelevant, and so does a colon for those of a segment.
func match(pattern, text string, fold bool) bool {
	p, t := 0, 0
	run, runFrom := -1, 0         // where the pattern goes on after the last anyRun, and the text
	segment, segmentFrom := -1, 0 // the same of the last segmentRun after it
	for t < len(text) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == anyRun:
				p++
				run, runFrom, segment = p, t, -1
				continue
			case c == segmentRun:
				p++
				segment, segmentFrom = p, t
				continue
			case c == anyOne || c == segmentOne && text[t] != ':':
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
		case segment >= 0 && text[segmentFrom] != ':':
			segmentFrom += width(text, segmentFrom)
			p, t = segment, segmentFrom
		case run >= 0:
			runFrom += width(text, runFrom)
			p, t, segment = run, runFrom, -1
		default:
			return false
		}
	}
	for p < len(pattern) && (pattern[p] == anyRun || pattern[p] == segmentRun) {
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

// matchARN says whether a pattern of ArnLike covers an ARN: "each of the six colon-delimited components of the ARN is checked
// separately". A last component that is * alone stands for the rest, so that * covers every ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
func matchARN(pattern, arn string) bool {
	for range 5 {
		p, restPattern, more := strings.Cut(pattern, ":")
		a, rest, found := strings.Cut(arn, ":")
		if !more {
			return p == allRuns || !found && match(p, a, false)
		}
		if !found || !match(p, a, false) {
			return false
		}
		pattern, arn = restPattern, rest
	}
	return match(pattern, arn, false)
}
