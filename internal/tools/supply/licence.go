package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// licence is one under which a library may be linked into a program under Apache-2.0.
type licence struct {
	id    string // of https://spdx.org/licenses/
	start string // the first words of the terms
	end   string // the last words of the terms
	sums  []string
	note  string // what follows from it for who hands the program out
}

// allowed are the licences that are compatible with Apache-2.0 for what is linked
// (https://www.apache.org/legal/resolved.html). sums are SHA-256 of the terms as wording returns
// them, for each wording that somebody has read. Adding one here is a decision; a text that is
// not here is refused, whatever it is called.
var allowed = []licence{
	{
		id: "Apache-2.0", start: "apache license version 2 0 january 2004",
		end:  "your accepting any such warranty or additional liability",
		sums: []string{"37599287c15c2f2ec060c3c3b55bdf69e3bc7a8aeeb9cd57e18800088789538a"},
		note: "Keep the notices of NOTICE files; they are in the file NOTICE.",
	},
	{
		id: "MIT", start: "permission is hereby granted free of charge",
		end:  "use or other dealings in the software",
		sums: []string{"34a7a77651e43abd07cbd9c72cb035a5ba951ada4af819f95d6ca6fcfab5813d"},
		note: "Keep the copyright line and the text.",
	},
	{
		id: "BSD-2-Clause", start: "redistribution and use in source and binary forms",
		end:  "possibility of such damage",
		sums: []string{"eeb2105287ca9c481ef6bdf2add184750ee3ee91f560fdd17157e56a23602f25"},
		note: "Keep the copyright line and the text.",
	},
	{
		id: "BSD-3-Clause", start: "redistribution and use in source and binary forms",
		end:  "possibility of such damage",
		sums: []string{"3424c8e9a75eed9fc2299fe6c1b1619b5e7d884151d37f3ddcfecac9531db898"},
		note: "Keep the copyright line and the text; do not advertise with the authors' names.",
	},
	{
		id: "ISC", start: "permission to use copy modify and distribute this software",
		end:  "use or performance of this software",
		sums: []string{"a4b0843f0e9220688d10d9b82cd343f518efe07853f11c2266df9394bc87e995"},
		note: "Keep the copyright line and the text.",
	},
	{
		id: "MPL-2.0", start: "mozilla public license version 2 0",
		end:  "defined by the mozilla public license v 2 0",
		sums: []string{"f82071285728ca3ec7685ee9bc4acdae0b8267142a4d20b8f1805eabedb4a98a"},
		note: "Linked without changes; its source, in the version that is named, is what the Go " +
			"module proxy serves.",
	},
}

var (
	noWords = regexp.MustCompile(`[^\p{L}\p{N}]+`)
	// what differs between copies of one licence and changes no term
	authors  = regexp.MustCompile(`neither the names? of .{1,200}? nor the names of `)
	holders  = regexp.MustCompile(`in no event shall .{1,200}? be liable`)
	provider = regexp.MustCompile(`provided by .{1,200}? as is`)
	bullets  = regexp.MustCompile(` (?:[1-3]|i|ii|iii|a|b|c) (redistributions (?:of|in) |neither )`)
	// what may stand before the terms: a title and who has written the work
	title = regexp.MustCompile(`^(the )?(apache|mit|isc|(modified |new )?bsd|mozilla public|` +
		`[23] clause bsd|bsd [23] clause|simplified bsd)( license)?` +
		`( license| mit| version [0-9 ]+)*$`)
	author = regexp.MustCompile(`^(portions )?copyright( |$)|^all rights reserved$`)
	// what may stand behind the terms of Apache-2.0: how to apply it, and one such application
	appendix = regexp.MustCompile(`^( end of terms and conditions)?` +
		`( appendix how to apply the apache license to your work .{300,700})?` +
		`( copyright .{1,100} licensed under the apache license version 2 0 the license ` +
		`.{300,700} limitations under the license)?$`)
)

// identify returns the licence whose terms a text states, word by word. A text with other terms,
// with words added before or behind them, or under a licence that is not allowed, is an error.
func identify(text string) (licence, error) {
	for _, l := range allowed {
		before, terms, after, ok := l.parts(text)
		if !ok || !slices.Contains(l.sums, fingerprint(terms)) {
			continue
		}
		if words := more(before); words != "" {
			return licence{}, fmt.Errorf("before the terms of %s it says %q", l.id, words)
		}
		if l.id == "Apache-2.0" && appendix.MatchString(after) {
			after = ""
		}
		if after != "" {
			return licence{}, fmt.Errorf("behind the terms of %s it says %q", l.id, after)
		}
		return l, nil
	}
	return licence{}, errors.New("its terms are those of no licence that is allowed")
}

// parts divides a text at the first and last words of the terms: the lines before them, and the
// words of the terms and behind them. The terms begin with a line. ok is false if there are none.
func (l licence) parts(text string) (before []string, terms, after string, ok bool) {
	lines := strings.Split(text, "\n")
	rest := words(text)
	for i, line := range lines {
		if strings.HasPrefix(rest, l.start) {
			end := strings.LastIndex(rest, l.end)
			if end < 0 {
				return nil, "", "", false
			}
			end += len(l.end)
			return lines[:i], rest[:end], rest[end:], true
		}
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, words(line)), " ")
	}
	return nil, "", "", false
}

// more returns the first line before the terms that is neither a title nor an author.
func more(lines []string) string {
	for _, line := range lines {
		if w := words(line); w != "" && !title.MatchString(w) && !author.MatchString(w) {
			return w
		}
	}
	return ""
}

// fingerprint returns the SHA-256 of terms without what differs between copies: names, and how
// conditions are numbered.
func fingerprint(terms string) string {
	terms = bullets.ReplaceAllString(terms, " $1")
	terms = authors.ReplaceAllString(terms, "neither the name of the authors nor the names of ")
	terms = holders.ReplaceAllString(terms, "in no event shall the authors be liable")
	terms = provider.ReplaceAllString(terms, "provided by the authors as is")
	sum := sha256.Sum256([]byte(terms))
	return hex.EncodeToString(sum[:])
}

// words returns the words of a text in lower case, with one space between them.
func words(text string) string {
	return strings.TrimSpace(noWords.ReplaceAllString(strings.ToLower(text), " "))
}
