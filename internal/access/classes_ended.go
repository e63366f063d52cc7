package access

import (
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
)

// endedPatterns are the patterns of a document that name secrets of the document's own stack: only
// the six characters at their end are not known. Each of them can cover no ARN but those that are
// the same before these characters, so that most need not be compared with an ARN at all. A test
// holds what they find equal to comparing every one.
type endedPatterns struct {
	byName map[string][]int32 // by what stands before the hyphen and the six characters
	all    []int32
	common string // with which all names begin
}

// unknownEnding is how many characters AWS appends to the name of a secret, after a hyphen.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
const unknownEnding = len(suffix) - 1

// add takes up a pattern, by its number, if it is one that names a secret so.
func (e *endedPatterns) add(text string, n int32) bool {
	name, ok := beforeEnding(text)
	if !ok {
		return false
	}
	if e.byName == nil {
		e.byName, e.common = map[string][]int32{}, name
	}
	e.byName[name] = append(e.byName[name], n)
	e.all = append(e.all, n)
	same := 0
	for same < min(len(name), len(e.common)) && name[same] == e.common[same] {
		same++
	}
	e.common = e.common[:same]
	return true
}

// beforeEnding returns what stands before the hyphen and the six characters at the end of a text,
// if nothing is unknown of the text but these characters.
func beforeEnding(text string) (name string, ok bool) {
	at := strings.Index(text, "\uFDD0")
	if at < 1 || text[at-1] != '-' || !strings.HasSuffix(text, "\uFDD1") ||
		strings.Contains(text[at+len("\uFDD0"):], "\uFDD0") || !isASCII(text[:at]) {
		return "", false
	}
	least, most := cfn.LengthOf(text[at:])
	return text[:at-1], least == unknownEnding && most == unknownEnding
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// of returns the patterns that may cover an ARN.
func (e *endedPatterns) of(arn string) []int32 {
	if len(e.all) == 0 {
		return nil
	}
	known := arn // up to the first part that is not known
	if at := strings.Index(arn, "\uFDD0"); at >= 0 {
		known = arn[:at]
	}
	if n := min(len(known), len(e.common)); known[:n] != e.common[:n] {
		return nil
	}
	if name, ok := beforeEnding(arn); ok {
		return e.byName[name]
	}
	if len(known) < len(arn) || !isASCII(arn) {
		return e.all
	}
	at := len(arn) - len("-") - unknownEnding
	if at < 0 || arn[at] != '-' {
		return nil
	}
	return e.byName[arn[:at]]
}
