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
func (e *endedPatterns) of(arn *askedARN) []int32 {
	if len(e.all) == 0 {
		return nil
	}
	end := arn.ending()
	known := arn.text[:end.known]
	if n := min(len(known), len(e.common)); known[:n] != e.common[:n] {
		return nil
	}
	switch end.among {
	case allEnded:
		return e.all
	case namedEnded:
		return e.byName[end.name]
	}
	return nil
}

// arnEnding is what an ARN has at its end, as endedPatterns see it.
type arnEnding struct {
	known int // how much of it stands before the first part that is not known
	among amongEnded
	name  string
}

// amongEnded says which of endedPatterns may cover an ARN.
type amongEnded uint8

const (
	unreadEnding amongEnded = iota // it is not known yet
	allEnded                       // all
	namedEnded                     // those of a name
	noEnded                        // none
)

// ending returns what the ARN has at its end.
func (a *askedARN) ending() *arnEnding {
	if a.end.among == unreadEnding {
		a.end = endingOf(a.text)
	}
	return &a.end
}

func endingOf(arn string) arnEnding {
	known := len(arn)
	if at := strings.Index(arn, "\uFDD0"); at >= 0 {
		known = at
	}
	if name, ok := beforeEnding(arn); ok {
		return arnEnding{known, namedEnded, name}
	}
	if known < len(arn) || !isASCII(arn) {
		return arnEnding{known, allEnded, ""}
	}
	if at := len(arn) - len("-") - unknownEnding; at >= 0 && arn[at] == '-' {
		return arnEnding{known, namedEnded, arn[:at]}
	}
	return arnEnding{known, noEnded, ""}
}
