package show

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"io"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// The page, its style and its script.
var (
	//go:embed access.html
	showPage string
	//go:embed access.css
	showStyle string
	//go:embed access.js
	showScript string
)

// Asked is what was asked, as a page tells it and as a command asks it again.
type Asked struct {
	Paths   []string // specs or templates, as they were given
	OfSpecs bool
	Flags   []string // that the same question takes again: --account, 111111111111
	Filters []string // what was left out: principals billing-*
}

// writeAccessHTML writes reports as one page that needs nothing else. Its content security policy
// lets in nothing but its own style and script, its data are JSON in which no character can end the
// element that they stand in, and every other text is escaped. Of more than 50,000 cells it says
// how many are left out, and of more than 20,000 lines it gives no reasons. An error is the
// writer's.
// https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
func writeAccessHTML(w io.Writer, all []EnvironmentReport, o Options) error {
	p := newHTMLPage(w, all, o)
	parts := map[string]func(){
		"policy": func() {
			p.WriteString("default-src 'none'; style-src " + hashSource(showStyle) +
				"; script-src " + hashSource(showScript) + "; base-uri 'none'; form-action 'none'")
		},
		"style":    func() { p.WriteString(showStyle) },
		"script":   func() { p.WriteString(showScript) },
		"facts":    p.facts,
		"stacks":   p.stacks,
		"readers":  p.readers,
		"findings": p.findings,
		"unseen":   p.unseen,
		"notice":   p.notice,
		"data":     p.data,
		"plain":    p.plain,
	}
	rest := showPage
	for {
		before, after, found := strings.Cut(rest, "{{")
		p.WriteString(before)
		if !found {
			return p.Flush()
		}
		name, behind, _ := strings.Cut(after, "}}")
		parts[name]()
		rest = behind
	}
}

// htmlPage is a page while it is being written.
type htmlPage struct {
	*bufio.Writer
	*fold
	all        []EnvironmentReport
	options    Options
	groups     []htmlGroup
	principals []htmlSubject
	secrets    []htmlSubject

	lists   [][]string             // of conditions and notes, each once
	words   map[string]int         // the numbers of lists
	of      map[*access.Answer]int // the number of the conditions of an answer
	scratch []byte
	reasons htmlReasons
	rows    []plainRow     // of the table that needs no script
	rowOf   map[string]int // its rows, by what they say
}

func newHTMLPage(w io.Writer, all []EnvironmentReport, o Options) *htmlPage {
	r := all[0].Report
	if len(all) > 1 {
		r = joined(all, true)
	}
	p := &htmlPage{
		Writer: bufio.NewWriter(w), fold: newFold(&r, false), all: all, options: o,
		words: map[string]int{}, of: map[*access.Answer]int{}, reasons: newHTMLReasons(),
		rowOf: map[string]int{},
	}
	p.stopAt(mostCells)
	p.subjects()
	return p
}

// hashSource allows one inline text. https://www.w3.org/TR/CSP3/#grammardef-hash-source
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
