package show

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// htmlVerb is a verb or an action as the page has it.
type htmlVerb struct {
	Name   string `json:"name"`
	Short  string `json:"short,omitempty"` // none: it is an action
	Weight int    `json:"weight"`
}

// htmlCommand is how the page's questions are asked again.
type htmlCommand struct {
	Flags string `json:"flags,omitempty"` // that stand behind the question
	Paths string `json:"paths,omitempty"` // at the end
	// of changes: the states in the place of the paths, and the whole command
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Diff   string `json:"diff,omitempty"`
}

// data writes the data. The lines come before the lists that they have the numbers of.
func (p *htmlPage) data() {
	var verbs []htmlVerb
	for _, name := range p.report.Verbs {
		verbs = append(verbs,
			htmlVerb{readable(name), verb.ShortOf(name), int(verb.WeightOf(name))})
	}
	p.member("{", "verbs", orEmpty(verbs))
	p.member(",", "groups", orEmpty(p.groups))
	p.member(",", "principals", orEmpty(p.principals))
	p.member(",", "secrets", orEmpty(p.secrets[:p.end]))
	p.member(",", "command", p.command())
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
	if p.diff != nil {
		p.changesData()
	}
	p.member(",", "conditions", orEmpty(p.lists))
	p.WriteString(`,"reasons":[`)
	for i, reason := range p.reasons.Reasons {
		if i > 0 {
			p.WriteByte(',')
		}
		p.WriteString(stepsJSON(reason))
	}
	p.WriteByte(']')
	p.member(",", "texts", orEmpty(p.reasons.Texts))
	p.WriteByte('}')
}

// command returns how the questions of the page are asked again.
func (p *htmlPage) command() htmlCommand {
	asked := p.options.Asked
	out := htmlCommand{Flags: quoted(asked.Flags), Paths: quoted(asked.Paths)}
	if p.diff != nil && len(asked.Paths) > 0 {
		if asked.Before != "" {
			out.Before = quoted([]string{asked.Before})
		}
		if asked.After != "" {
			out.After = quoted([]string{asked.After})
		}
		out.Diff = "secretctl diff --format json " +
			quoted(slices.Concat(asked.Flags, asked.More, asked.Paths))
	}
	return out
}

func quoted(words []string) string {
	var out []string
	for _, word := range words {
		out = append(out, quote(readable(word)))
	}
	return strings.Join(out, " ")
}

func (p *htmlPage) member(before, name string, value any) {
	p.WriteString(before + `"` + name + `":`)
	p.Write(htmlJSON(value))
}

// htmlJSON returns a value as JSON with escapes for <, >, &, U+2028 and U+2029.
func htmlJSON(value any) []byte {
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(value); err != nil {
		panic("show: a report that has no JSON: " + err.Error())
	}
	return bytes.TrimSpace(out.Bytes())
}

// effectOrder is the order of effects in the page: what grants more comes first. A verb that
// nothing allows and nothing denies has the last number.
var effectOrder = [...]int{
	access.Allow: 0, access.Conditional: 1, access.Unknown: 2, access.Deny: 3,
}

const notAllowed = 4

// htmlEffect returns the number of an effect in the page.
func htmlEffect(e access.Effect, explicit bool) int {
	if e == access.Deny && !explicit {
		return notAllowed
	}
	return effectOrder[e]
}

// line writes one line: [secret, principal, verbs, names of Regions or 0 for all, effect,
// conditions or -1, notes or -1, reason or -1], and of one that changed the change and its evidence
// or -1.
func (p *htmlPage) line(pair foldedPair, l *foldedLine) {
	effect := htmlEffect(l.answer.Effect, l.answer.Explicit)
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
		b = append(b, htmlJSON(p.regionsOf(pair, l))...)
	}
	b = append(b, ',')
	conditions, notes, reason := p.conditions(l.answer), p.notes(l), p.reason(pair, l)
	b = appendNumbers(b, effect, conditions, notes, reason)
	if told := p.told[l.answer]; told > 0 {
		b = append(b, ',')
		b = appendNumbers(b, told-1, p.evidence(pair, l))
	}
	p.scratch = append(b, ']')
	p.Write(p.scratch)
	p.remember(pair, l, [...]int{effect, conditions, notes})
}

func (p *htmlPage) regionsOf(pair foldedPair, l *foldedLine) []string {
	var names []string
	for _, at := range l.regions {
		names = append(names, readable(p.report.Secrets[pair.secret].Regions[at]))
	}
	return names
}

// conditions returns the number of the conditions of an answer, or -1.
func (p *htmlPage) conditions(a *access.Answer) int {
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
func (p *htmlPage) notes(l *foldedLine) int {
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
	words = append(words, unreadOf(l.answer)...)
	for _, told := range allToldWords(l.answer.Told) {
		words = append(words, "because "+told)
	}
	if len(words) == 0 {
		return -1
	}
	return p.list(words)
}

// list returns the number of a list, which is told once.
func (p *htmlPage) list(words []string) int {
	key := strings.Join(words, "\n")
	n, ok := p.words[key]
	if !ok {
		n = len(p.lists)
		p.words[key] = n
		p.lists = append(p.lists, words)
	}
	return n
}

// reason returns the number of why a line is so; -1: the page does not say it.
func (p *htmlPage) reason(pair foldedPair, l *foldedLine) int {
	if p.all[p.principals[pair.principal].report].Explain == nil {
		return -1
	}
	return p.reasons.line(p.question(pair, l))
}

// plainRow is what a principal may do with several secrets, for the table that needs no script.
type plainRow struct {
	principal         int32
	verbs             []int16
	regions           []string
	effect            int
	conditions, notes int
	secrets           []int32
	told              int // of the change; 0: there is none
}

// remember adds a line to the table that needs no script.
func (p *htmlPage) remember(pair foldedPair, l *foldedLine, said [3]int) {
	row := plainRow{principal: pair.principal, effect: said[0], conditions: said[1],
		notes: said[2], told: p.told[l.answer]}
	if l.regions != nil {
		row.regions = p.regionsOf(pair, l)
	}
	key := appendNumbers(nil, int(pair.principal), said[0], said[1], said[2], row.told)
	for _, v := range l.verbs {
		key = strconv.AppendInt(append(key, ' '), int64(v.verb), 10)
	}
	key = append(key, strings.Join(row.regions, " ")...)
	n, ok := p.rowOf[string(key)]
	if !ok {
		for _, v := range l.verbs {
			row.verbs = append(row.verbs, v.verb)
		}
		n = len(p.rows)
		p.rowOf[string(key)] = n
		p.rows = append(p.rows, row)
	}
	p.rows[n].secrets = append(p.rows[n].secrets, pair.secret)
}
