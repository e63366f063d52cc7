package show

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
)

// mostRequests is how many requests show one line of a page of changes on each side.
const mostRequests = 4

// htmlEvidence is what shows the changes of a page, in which every evidence stands once.
type htmlEvidence struct {
	asked   int
	known   map[string][]knownReason // of lines of which the same is true
	numbers map[string]int           // by what they say
	list    []string                 // as JSON
}

func newHTMLEvidence() htmlEvidence {
	return htmlEvidence{known: map[string][]knownReason{}, numbers: map[string]int{}}
}

// changesData writes what is told of changes, and what shows them: [kind, 1 if more may be so,
// effect before, conditions before or -1, notes before or -1, text of why it is accepted or -1].
func (p *htmlPage) changesData() {
	p.WriteString(`,"changes":[`)
	for i := range p.diff.told {
		c := &p.diff.told[i]
		perhaps, conditions, notes, accepted := 0, -1, -1, -1
		if c.perhaps {
			perhaps = 1
		}
		if len(c.conditions) > 0 {
			conditions = p.list(c.conditions)
		}
		if len(c.notes) > 0 {
			notes = p.list(c.notes)
		}
		if c.accepted != nil {
			accepted = p.reasons.text(cmp.Or(readable(c.accepted.Reason), "for no reason"))
		}
		if i > 0 {
			p.WriteByte(',')
		}
		p.WriteByte('[')
		p.Write(appendNumbers(nil, int(c.kind), perhaps, c.before, conditions, notes, accepted))
		p.WriteByte(']')
	}
	p.WriteString(`],"evidence":[` + strings.Join(p.diff.evidence.list, ",") + "]")
}

// evidence returns the number of what shows that a line changed; -1: the page does not say it.
func (p *htmlPage) evidence(pair foldedPair, l *foldedLine) int {
	e := &p.diff.evidence
	q := p.question(pair, l)
	arn := cfn.Shown(q.SecretARN)
	for _, known := range e.known[q.alike] {
		if p.reasons.allName(known.naming, arn) {
			return known.number
		}
	}
	if e.asked += len(l.verbs); e.asked > mostReasons {
		return -1
	}
	var gained, lost []string
	var by []htmlStatement
	p.reasons.naming = nil
	isOfOne := false
	for _, v := range l.verbs {
		c := p.diff.of[v.answer]
		x := c.report.Evidence(c.Access)
		gained = adding(gained, requestsOf(x.Gained, arn)...)
		lost = adding(lost, requestsOf(x.Lost, arn)...)
		isOfOne = isOfOne || isOfOneSecret(&x)
		for i := range x.Because {
			if one := p.reasons.statement(&x.Because[i], q.answer); !slices.Contains(by, one) {
				by = append(by, one)
			}
		}
	}
	n := e.number(`[` + statementsJSON(by) + `,` + p.reasons.requestsJSON(gained) + `,` +
		p.reasons.requestsJSON(lost) + `]`)
	if !isOfOne {
		e.known[q.alike] = append(e.known[q.alike], knownReason{n, p.reasons.naming})
	}
	return n
}

// number returns the number of an evidence, which is told once.
func (e *htmlEvidence) number(text string) int {
	n, ok := e.numbers[text]
	if !ok {
		n = len(e.list)
		e.numbers[text] = n
		e.list = append(e.list, text)
	}
	return n
}

// isOfOneSecret says whether what shows a change is about one secret alone: a policy of it or of
// its key decides, or a request names the key that it had before.
func isOfOneSecret(x *access.Evidence) bool {
	return slices.ContainsFunc(x.Because, func(d access.Deciding) bool {
		return d.Document == nil || d.Document.Kind == access.ResourcePolicy ||
			d.Document.Kind == access.KeyPolicy
	}) || slices.ContainsFunc(x.Lost, func(w access.Witness) bool {
		return strings.HasPrefix(w.Action, "kms:")
	})
}

// requestsOf writes requests, line by line, with the ARN in question marked.
func requestsOf(list []access.Witness, arn string) []string {
	var out []string
	for _, w := range witnessJSON(list) {
		lines := []string{w.Caller + " calls " + w.Action + " on " + w.Resource}
		for _, key := range slices.Sorted(maps.Keys(w.Context)) {
			lines = append(lines, "  "+key+" = "+strings.Join(w.Context[key], ", "))
		}
		for i := range lines {
			parts := strings.Split(lines[i], arn)
			for j := range parts {
				parts[j] = Printable(parts[j])
			}
			lines[i] = strings.Join(parts, thisARN)
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	return out
}

// requestsJSON returns the numbers of the texts of some requests as JSON.
func (r *htmlReasons) requestsJSON(list []string) string {
	var numbers []int
	for i, text := range list {
		if i == mostRequests {
			rest := english.Plural(len(list)-i, "other request", "other requests")
			numbers = append(numbers, r.text("and "+rest))
			break
		}
		numbers = append(numbers, r.text(text))
	}
	return "[" + string(appendNumbers(nil, numbers...)) + "]"
}

// plainChanges writes the table of what changed that needs no script, and returns the rows that
// stay as they are.
func (p *htmlPage) plainChanges() []plainRow {
	var rows, stays []plainRow
	for _, row := range p.rows {
		if row.told > 0 {
			rows = append(rows, row)
		} else {
			stays = append(stays, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b plainRow) int {
		return cmp.Compare(p.diff.told[a.told-1].rank(), p.diff.told[b.told-1].rank())
	})
	if len(rows) == 0 {
		p.WriteString("<p>No access changes.</p>\n")
	} else {
		p.WriteString(`<table class="rows"><thead><tr><th scope="col">Principal</th>` +
			`<th scope="col">Change</th><th scope="col">Of</th><th scope="col">Before</th>` +
			`<th scope="col">Now</th><th scope="col">Secrets</th></tr></thead><tbody>` + "\n")
		for i := range rows {
			p.plainChange(&rows[i])
		}
		p.WriteString("</tbody></table>\n")
	}
	if len(stays) > 0 {
		p.WriteString("<h2>What stays</h2>\n")
	}
	return stays
}

// plainChange writes a row of what changed.
func (p *htmlPage) plainChange(row *plainRow) {
	c := &p.diff.told[row.told-1]
	verbs, secrets := p.namesOf(row)
	if row.regions != nil {
		verbs += " in " + english.List(row.regions)
	}
	word := c.kind.String()
	if c.perhaps {
		word += ", and may narrow as well"
	}
	if c.accepted != nil {
		word += " (accepted: " + readable(c.accepted.Reason) + ")"
	}
	said := func(effect int, words []string) string {
		return strings.Join(append([]string{effectWords[effect]}, words...), "; ")
	}
	p.WriteString("<tr>")
	p.cell(`th scope="row"`, p.whoOf(row))
	p.cell("td", word)
	p.cell("td", verbs)
	p.cell("td", said(c.before, slices.Concat(c.conditions, c.notes)))
	p.cell("td", said(row.effect, p.listed(row.conditions, row.notes)))
	p.cell("td", secrets)
	p.WriteString("</tr>\n")
}
