package show

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"encoding/json"
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

// pageSubject is a principal or a secret as the page shows it.
type pageSubject struct {
	ID      string   `json:"id"`
	ARN     string   `json:"arn"`
	Mark    string   `json:"mark,omitempty"` // what it is, where that is no role, user or secret
	Note    string   `json:"note,omitempty"`
	Regions []string `json:"regions,omitempty"`
}

// writeAccessHTML writes a report as one page that needs nothing else. Its content security policy
// lets in nothing but its own style and script, and its data are JSON in which no character can end
// the element that they stand in. Of more than 50,000 cells it says how many are left out. An error
// is the writer's.
// https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
func writeAccessHTML(w io.Writer, r access.Report, _ Options) error {
	policy := "default-src 'none'; style-src " + hashSource(showStyle) +
		"; script-src " + hashSource(showScript) + "; base-uri 'none'; form-action 'none'"
	before, after, ok := strings.Cut(showPage, "{{data}}")
	if !ok {
		panic("cli: the page has no place for its data")
	}
	out := bufio.NewWriter(w)
	p := &pageData{
		Writer: out, fold: newFold(&r, false), words: map[string]int{},
		of: map[*access.Answer]int{},
	}
	p.stopAt(mostCells)
	notice := ""
	if clause := p.leftOut(); clause != "" { // it has nothing of a file
		notice = `<p class="notice">` + clause + "</p>\n"
	}
	parts := strings.NewReplacer(
		"{{policy}}", policy, "{{style}}", showStyle, "{{script}}", showScript,
		"{{notice}}", notice,
	)
	out.WriteString(parts.Replace(before))
	p.write()
	out.WriteString(parts.Replace(after))
	return out.Flush()
}

// pageData are the data of the page while they are being written. Its script says what the numbers
// of a line are.
type pageData struct {
	*bufio.Writer
	*fold
	lists   [][]string             // of conditions and notes, each once
	words   map[string]int         // the numbers of lists
	of      map[*access.Answer]int // the number of the conditions of an answer
	scratch []byte
}

// write writes the data. The lines come before the lists that they have the numbers of.
func (p *pageData) write() {
	r := p.report
	p.member("{", "verbs", orEmpty(readableList(r.Verbs)))
	p.member(",", "principals", pageSubjects(r.Principals))
	p.member(",", "secrets", pageSubjects(r.Secrets[:p.end]))
	p.member(",", "findings", orEmpty(readableList(r.Findings)))
	p.member(",", "problems", orEmpty(readableList(r.OutOfSight)))
	p.WriteString(`,"lines":[`)
	first := true
	for i := range p.end {
		for pair, lines := range p.entries(i) {
			for at := range lines {
				if !first {
					p.WriteByte(',')
				}
				first = false
				p.line(pair, &lines[at])
			}
		}
	}
	p.WriteByte(']')
	p.member(",", "conditions", orEmpty(p.lists))
	p.WriteByte('}')
}

func (p *pageData) member(before, name string, value any) {
	p.WriteString(before + `"` + name + `":`)
	p.Write(pageJSON(value))
}

// pageJSON returns a value as JSON with escapes for <, >, &, U+2028 and U+2029.
func pageJSON(value any) []byte {
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(value); err != nil {
		panic("cli: a report that has no JSON: " + err.Error())
	}
	return bytes.TrimSpace(out.Bytes())
}

// effectOrder is the order of effects in the page: what grants more comes first. A verb that
// nothing allows and nothing denies has the last number.
var effectOrder = [...]int{
	access.Allow: 0, access.Conditional: 1, access.Unknown: 2, access.Deny: 3,
}

const notAllowed = 4

// line writes one line: [secret, principal, verbs, names of Regions or 0 for all, effect,
// conditions or -1, notes or -1].
func (p *pageData) line(pair foldedPair, l *foldedLine) {
	effect := effectOrder[l.answer.Effect]
	if l.answer.Effect == access.Deny && !l.answer.Explicit {
		effect = notAllowed
	}
	b := append(p.scratch[:0], '[')
	b = appendNumbers(b, int(pair.secret), int(pair.principal))
	b = append(b, ",["...)
	for i, v := range l.verbs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumbers(b, int(v.verb))
	}
	b = append(b, "],"...)
	if l.regions == nil {
		b = append(b, '0')
	} else {
		b = append(b, pageJSON(p.regionsOf(pair, l))...)
	}
	b = append(b, ',')
	b = appendNumbers(b, effect, p.conditions(l.answer), p.notes(l))
	p.scratch = append(b, ']')
	p.Write(p.scratch)
}

func (p *pageData) regionsOf(pair foldedPair, l *foldedLine) []string {
	var names []string
	for _, at := range l.regions {
		names = append(names, readable(p.report.Secrets[pair.secret].Regions[at]))
	}
	return names
}

// conditions returns the number of the conditions of an answer, or -1.
func (p *pageData) conditions(a *access.Answer) int {
	if len(a.Conditions) == 0 {
		return -1
	}
	n, ok := p.of[a]
	if !ok {
		n = p.list(wordsOf(a.Conditions, 0))
		if len(p.of) < mostKept {
			p.of[a] = n
		}
	}
	return n
}

// notes returns the number of what is said of a line besides: what is not known, what it rests on,
// what calls are held to. It returns -1 where there is nothing.
func (p *pageData) notes(l *foldedLine) int {
	var words []string
	for _, v := range l.verbs {
		word := p.report.Verbs[v.verb]
		held, wider := beyond(word, v.heldTo, v.wider)
		if len(held) > 0 {
			words = append(words, readable(word)+" "+heldWords(held, 0))
		}
		for _, one := range wider {
			words = append(words, readable(word)+": "+wideSentence(one))
		}
	}
	words = append(words, Unread(l.answer.Unread)...)
	for _, told := range allToldWords(l.answer.Told) {
		words = append(words, "because "+told)
	}
	if len(words) == 0 {
		return -1
	}
	return p.list(words)
}

// list returns the number of a list, which is told once.
func (p *pageData) list(words []string) int {
	key := strings.Join(words, "\n")
	n, ok := p.words[key]
	if !ok {
		n = len(p.lists)
		p.words[key] = n
		p.lists = append(p.lists, words)
	}
	return n
}

func pageSubjects(list []access.Subject) []pageSubject {
	out := []pageSubject{}
	for i := range list {
		s := &list[i]
		mark := strings.Trim(kindMark(s), " ()")
		regions := readableList(s.Regions)
		out = append(out, pageSubject{readable(s.ID), readable(s.ARN), mark, noteOf(s), regions})
	}
	return out
}

// hashSource allows one inline text. https://www.w3.org/TR/CSP3/#grammardef-hash-source
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
