package show

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"io"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/lazy"
)

// The page, its style and its script.
var (
	//go:embed access.html
	showPage string
	//go:embed access.css
	showStyle string
	//go:embed access.js
	frameOfScript string
	//go:embed access_reason.js
	reasonOfScript string

	// a script that stands in two files
	showScript = lazy.Value(func() string {
		const place = "  // {{reason}}: access_reason.js stands here\n"
		before, after, _ := strings.Cut(frameOfScript, place)
		return before + reasonOfScript + after
	})
)

// Asked is what was asked, as a page tells it and as a command asks it again.
type Asked struct {
	Paths   []string // specs or templates, as they were given
	OfSpecs bool
	Flags   []string // that the same question takes again: --account, 111111111111
	Filters []string // what was left out: principals billing-*

	// of changes: the states that why can ask, and flags that it does not take; "": it cannot
	Before, After string
	More          []string
}

// writeAccessHTML writes reports as one page that needs nothing else. Its content security policy
// lets in nothing but its own style and script, its data are JSON in which no character can end the
// element that they stand in, and every other text is escaped. Of more than 50,000 cells it says
// how many are left out, and of more than 20,000 lines it gives no reasons. An error is the
// writer's.
// https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
func writeAccessHTML(w io.Writer, all []EnvironmentReport, o Options) error {
	return newHTMLPage(w, all, o, nil).write("Who can do what with which secret")
}

// write writes the page: its frame with each part in its place.
func (p *htmlPage) write(title string) error {
	parts := map[string]func(){
		"policy": func() {
			p.WriteString("default-src 'none'; style-src " + hashSource(showStyle) +
				"; script-src " + hashSource(showScript()) +
				"; base-uri 'none'; form-action 'none'")
		},
		"title":  func() { p.WriteString(title) },
		"style":  func() { p.WriteString(showStyle) },
		"script": func() { p.WriteString(showScript()) },
		"facts":  p.facts,
		"stacks": p.stacks,
		"notice": p.notice,
		"top":    p.top,
		"filter": p.changeFilter,
		"data":   p.data,
		"plain":  p.plain,
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

// top writes what is to be seen first: of changes what they are, or else who can read values.
func (p *htmlPage) top() {
	if p.diff != nil {
		p.changesTop()
		return
	}
	p.WriteString("<div class=\"top\">\n<div>\n")
	p.findings()
	p.WriteString(`<section class="values" aria-labelledby="values-title">
<h2 id="values-title">Who can read a value <span class="soft">and of how many secrets</span></h2>
`)
	p.readers()
	p.WriteString("</section>\n</div>\n")
	p.unseen()
	p.WriteString("</div>\n")
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
	diff    *htmlDiff      // of changes; nil: the page is about one state
}

func newHTMLPage(w io.Writer, all []EnvironmentReport, o Options, diff *htmlDiff) *htmlPage {
	r := all[0].Report
	if len(all) > 1 {
		r = joined(all, true)
	}
	p := &htmlPage{
		Writer: bufio.NewWriter(w), fold: newFold(&r, false), all: all, options: o,
		words: map[string]int{}, of: map[*access.Answer]int{}, reasons: newHTMLReasons(),
		rowOf: map[string]int{}, diff: diff,
	}
	if diff != nil {
		p.told = diff.numbers
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
