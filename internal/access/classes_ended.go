package access

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
)

// endedPatterns are the patterns of a document that name secrets of the document's own stack: only
// the six characters at their end are not known. Each of them can cover no ARN but those that are
// the same before these characters, so that most need not be compared with an ARN at all. A test
// holds what they find equal to comparing every one.
type endedPatterns struct {
	byName placesByName // by what stands before the hyphen and the six characters
	all    []int32
	common string // with which all names begin
}

// unknownEnding is how many characters AWS appends to the name of a secret, after a hyphen.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
const unknownEnding = len(suffix) - 1

// add takes up a pattern, by its number, that names a secret so, by what stands before its end. The
// document has no more than a number of patterns.
func (e *endedPatterns) add(name string, n int32, most int) {
	if len(e.all) == 0 {
		e.common = name
		e.byName = placesByName{
			last: make(map[string]int32, most), list: make([]int32, 0, most),
			older: make([]int32, 0, most),
		}
	}
	e.byName.add(name, n)
	e.all = append(e.all, n)
	if strings.HasPrefix(name, e.common) {
		return
	}
	same := 0
	for same < min(len(name), len(e.common)) && name[same] == e.common[same] {
		same++
	}
	e.common = e.common[:same]
}

// readTexts keeps what was read of texts of policies, of which each stands in several documents. It
// is for several goroutines.
type readTexts struct {
	mu    sync.Mutex
	known map[string]readText
}

// readText is what was read of a text.
type readText struct {
	isName  bool   // see isName
	isEnded bool   // only the six characters at its end are not known
	before  string // of such a text: what stands before the hyphen and these
}

// read returns what is read of a text.
func (r *readTexts) read(text string) readText {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.known[text]
	if !ok {
		known.isName = isName(text)
		known.before, known.isEnded = beforeEnding(text)
		if r.known == nil {
			r.known = map[string]readText{}
		}
		r.known[text] = known
	}
	return known
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

// each calls a function with the patterns that may cover an ARN, as long as it says yes, and says
// whether it did so of all.
func (e *endedPatterns) each(arn *askedARN, texts *readTexts, try func(n int32) bool) bool {
	if len(e.all) == 0 {
		return true
	}
	end := arn.ending(texts)
	known := arn.text[:end.known]
	if n := min(len(known), len(e.common)); known[:n] != e.common[:n] {
		return true
	}
	switch end.among {
	case allEnded:
		return !slices.ContainsFunc(e.all, func(n int32) bool { return !try(n) })
	case namedEnded:
		for at := e.byName.of(end.name); at >= 0; at = e.byName.older[at] {
			if !try(e.byName.list[at]) {
				return false
			}
		}
	}
	return true
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
func (a *askedARN) ending(texts *readTexts) *arnEnding {
	if a.end.among == unreadEnding {
		a.end = endingOf(a.text, texts)
	}
	return &a.end
}

func endingOf(arn string, texts *readTexts) arnEnding {
	known := len(arn)
	if at := strings.Index(arn, "\uFDD0"); at >= 0 {
		known = at
	}
	if read := texts.read(arn); read.isEnded {
		return arnEnding{known, namedEnded, read.before}
	}
	if known < len(arn) || !isASCII(arn) {
		return arnEnding{known, allEnded, ""}
	}
	if at := len(arn) - len("-") - unknownEnding; at >= 0 && arn[at] == '-' {
		return arnEnding{known, namedEnded, arn[:at]}
	}
	return arnEnding{known, noEnded, ""}
}
