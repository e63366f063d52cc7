package show

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/verb"
)

// writeDiffHTML writes changes as the page of access of the new state in which what changed is
// marked. Above it stands what becomes of resources. The bounds of the page of access hold: of more
// than 50,000 cells those that stay as they are are left out first, and what is left out is
// counted. An error is the writer's.
func writeDiffHTML(w io.Writer, all Changes, o Options) error {
	d := &htmlDiff{changes: all, of: map[*access.Answer]changedAnswer{},
		numbers: map[*access.Answer]int{}, byWords: map[string]int{}, gone: map[goneSubject]bool{},
		evidence: newHTMLEvidence()}
	return newHTMLPage(w, d.reports(), o, d).write("What a change does")
}

// htmlDiff is what a page of changes has beside that of one state.
type htmlDiff struct {
	changes Changes
	// the answers of the new state that are others than before, each of which is one of its own
	of       map[*access.Answer]changedAnswer
	numbers  map[*access.Answer]int // of what is told of them, from 1
	told     []htmlChange
	byWords  map[string]int // their numbers, by what they say
	gone     map[goneSubject]bool
	left     int  // cells that stay as they are, and are left out
	tooMany  bool // the new state has more rows than a report may have
	evidence htmlEvidence
}

// changedAnswer is a change, and what it is one of.
type changedAnswer struct {
	*change.Access
	report *change.Report
}

// goneSubject is a principal or a secret that the new state does not have: the number of its
// report, its ID and its ARN.
type goneSubject struct {
	report  int
	id, arn string
}

// htmlChange is what the page says of a change: of several if they say the same.
type htmlChange struct {
	kind              access.ChangeKind
	perhaps           bool
	before            int // the number of the effect
	conditions, notes []string
	accepted          *change.Acceptance
}

// reports returns the new state in each environment with what was before and is not any more: those
// of all environments if they are not too much for a page, or else what changed of them.
func (d *htmlDiff) reports() []EnvironmentReport {
	var out []EnvironmentReport
	cells, changed := 0, 0
	for n, r := range d.changes.Reports {
		b := newChangedReport(d, n, r)
		d.tooMany = d.tooMany || b.TooMany
		out = append(out, EnvironmentReport{Environment: r.Environment, Report: b.finished()})
		all, own := d.cellsOf(&out[n].Report)
		cells, changed = cells+all, changed+own
	}
	if cells > mostCells {
		d.left = cells - changed
		for i := range out {
			d.keepChanged(&out[i].Report)
		}
	}
	if out == nil {
		out = []EnvironmentReport{{}}
	}
	return out
}

// pairsOf walks over the rows of each pair of a principal and a secret, and whether some of them
// changed.
func (d *htmlDiff) pairsOf(r *access.Report, visit func(rows []access.Row, changed bool)) {
	for from := 0; from < len(r.Rows); {
		to, changed := from, false
		for to < len(r.Rows) && r.Rows[to].Principal == r.Rows[from].Principal &&
			r.Rows[to].Secret == r.Rows[from].Secret {
			changed = changed || d.numbers[r.Rows[to].Answer] > 0
			to++
		}
		visit(r.Rows[from:to], changed)
		from = to
	}
}

// cellsOf counts the cells of a report, and those that changed.
func (d *htmlDiff) cellsOf(r *access.Report) (all, changed int) {
	d.pairsOf(r, func(_ []access.Row, is bool) {
		if all++; is {
			changed++
		}
	})
	return all, changed
}

// keepChanged leaves out the cells that stay as they are.
func (d *htmlDiff) keepChanged(r *access.Report) {
	var rows []access.Row
	d.pairsOf(r, func(own []access.Row, is bool) {
		if is {
			rows = append(rows, own...)
		}
	})
	r.Rows = rows
}

// tell returns the number of what is said of a change, from 1.
func (d *htmlDiff) tell(c *change.Access) int {
	one := htmlChange{
		kind: c.Kind, perhaps: c.Perhaps, before: htmlEffect(c.Before.Effect, c.Before.Explicit),
		conditions: wordsOf(c.Before.Conditions, 0), accepted: c.Accepted,
		notes: slices.Concat(Unread(c.Before.Unread), becauseOf(c.Before.Told)),
	}
	key := fmt.Sprint(one.kind, one.perhaps, one.before, "\n", strings.Join(one.conditions, "\n"),
		"\x00", strings.Join(one.notes, "\n"))
	if c.Accepted != nil {
		key += "\x00" + c.Accepted.Reason
	}
	n, ok := d.byWords[key]
	if !ok {
		d.told = append(d.told, one)
		n = len(d.told)
		d.byWords[key] = n
	}
	return n
}

// rank says how soon a reviewer must see a change: the worst kinds first, and what is accepted
// last.
func (c *htmlChange) rank() int {
	if c.accepted != nil {
		return int(access.Loses) + int(c.kind)
	}
	return int(c.kind)
}

// changedReport is a report of the new state while the changes are being put into it.
type changedReport struct {
	access.Report
	diff                *htmlDiff
	number              int
	of                  *change.Report
	principals, secrets map[subjectKey]int32
	verbs               map[string]int16
}

// subjectKey tells a principal or a secret from others of its report.
type subjectKey struct{ kind, id, arn string }

func keyOf(s *access.Subject) subjectKey { return subjectKey{s.Kind, s.ID, s.ARN} }

// cellPlace is where a row of a report belongs.
type cellPlace struct {
	principal, secret int32
	region, verb      int16
}

func newChangedReport(d *htmlDiff, number int, r *change.Report) *changedReport {
	b := &changedReport{
		Report: r.After(), diff: d, number: number, of: r, principals: map[subjectKey]int32{},
		secrets: map[subjectKey]int32{}, verbs: map[string]int16{},
	}
	for i := range b.Principals {
		b.principals[keyOf(&b.Principals[i])] = int32(i)
	}
	for i := range b.Secrets {
		b.secrets[keyOf(&b.Secrets[i])] = int32(i)
	}
	for i, name := range b.Verbs {
		b.verbs[name] = int16(i)
	}
	return b
}

// finished returns the report: rows that changed are marked, those that were before and are not any
// more are there, and secrets of which more changed come first.
func (b *changedReport) finished() access.Report {
	at := map[cellPlace]*change.Access{}
	places := make([]cellPlace, len(b.of.Access))
	for i := range b.of.Access {
		places[i] = b.place(&b.of.Access[i])
		at[places[i]] = &b.of.Access[i]
	}
	for i := range b.Rows {
		row := &b.Rows[i]
		place := cellPlace{row.Principal, row.Secret, row.Region, row.Verb}
		if c := at[place]; c != nil {
			row.Answer = b.changed(row.Answer, c)
			delete(at, place)
		}
	}
	for i, place := range places {
		c := &b.of.Access[i]
		if at[place] == c {
			b.Rows = append(b.Rows, access.Row{Principal: place.principal, Secret: place.secret,
				Region: place.region, Verb: place.verb, Answer: b.changed(c.After, c)})
		}
	}
	b.order()
	return b.Report
}

// changed returns an answer of its own for a row that changed, which says of the effect what the
// comparison says.
func (b *changedReport) changed(a *access.Answer, c *change.Access) *access.Answer {
	if a.Effect != c.After.Effect {
		a = c.After
	}
	own := *a
	b.diff.of[&own] = changedAnswer{c, b.of}
	b.diff.numbers[&own] = b.diff.tell(c)
	return &own
}

// place returns where a change belongs. Who, what and where is not in the new state is added.
func (b *changedReport) place(c *change.Access) cellPlace {
	principal, ok := b.principals[keyOf(c.Principal)]
	if !ok {
		principal = int32(len(b.Principals))
		b.principals[keyOf(c.Principal)] = principal
		b.Principals = append(b.Principals, *c.Principal)
		b.diff.gone[goneSubject{b.number, c.Principal.ID, c.Principal.ARN}] = true
	}
	secret, ok := b.secrets[keyOf(c.Secret)]
	if !ok {
		secret = int32(len(b.Secrets))
		b.secrets[keyOf(c.Secret)] = secret
		one := *c.Secret
		one.Regions, one.ARNs, one.Keys = nil, nil, nil
		b.Secrets = append(b.Secrets, one)
		b.diff.gone[goneSubject{b.number, one.ID, one.ARN}] = true
	}
	s := &b.Secrets[secret]
	region := slices.Index(s.Regions, c.Region)
	if region < 0 {
		region = len(s.Regions)
		s.Regions, s.ARNs = append(s.Regions, c.Region), append(s.ARNs, c.ARN)
		s.Keys = append(s.Keys, c.ARN) // its key is not known: it is like no other one
	}
	word, ok := b.verbs[c.Verb]
	if !ok {
		word = int16(len(b.Verbs))
		b.verbs[c.Verb] = word
		b.Verbs = append(b.Verbs, c.Verb)
	}
	return cellPlace{principal, secret, int16(region), word}
}

// order sorts the verbs as they always are, the secrets by the worst that changes, and the rows.
func (b *changedReport) order() {
	words := slices.Clone(b.Verbs)
	slices.SortStableFunc(words, func(x, y string) int {
		return cmp.Or(cmp.Compare(placeOfVerb(x), placeOfVerb(y)), strings.Compare(x, y))
	})
	rank := make([]int, len(b.Secrets))
	for i := range rank {
		rank[i] = 2*int(access.Loses) + 1
	}
	for i := range b.Rows {
		if n := b.diff.numbers[b.Rows[i].Answer]; n > 0 {
			own := &rank[b.Rows[i].Secret]
			*own = min(*own, b.diff.told[n-1].rank())
		}
	}
	numbers := make([]int32, len(b.Secrets))
	for i := range numbers {
		numbers[i] = int32(i)
	}
	slices.SortStableFunc(numbers, func(x, y int32) int {
		return cmp.Or(cmp.Compare(rank[x], rank[y]),
			strings.Compare(b.Secrets[x].ID, b.Secrets[y].ID))
	})
	secrets, to := make([]access.Subject, len(numbers)), make([]int32, len(numbers))
	for i, n := range numbers {
		secrets[i], to[n] = b.Secrets[n], int32(i)
	}
	for i := range b.Rows {
		row := &b.Rows[i]
		row.Secret = to[row.Secret]
		row.Verb = int16(slices.Index(words, b.Verbs[row.Verb]))
	}
	b.Verbs, b.Secrets = words, secrets
	slices.SortStableFunc(b.Rows, func(x, y access.Row) int {
		return cmp.Or(cmp.Compare(x.Principal, y.Principal), cmp.Compare(x.Secret, y.Secret),
			cmp.Compare(x.Region, y.Region), cmp.Compare(x.Verb, y.Verb))
	})
}

// placeOfVerb returns the place of a verb among all, or that of actions behind them.
func placeOfVerb(name string) int {
	i := slices.IndexFunc(verb.All, func(v *verb.Verb) bool { return v.Name == name })
	if i < 0 {
		return len(verb.All)
	}
	return i
}

// becauseOf says what an answer rests on.
func becauseOf(told []access.Told) []string {
	var words []string
	for _, text := range allToldWords(told) {
		words = append(words, "because "+text)
	}
	return words
}

// changeFilter writes what chooses by the kind of change.
func (p *htmlPage) changeFilter() {
	if p.diff == nil {
		return
	}
	p.WriteString(`<p class="field"><label for="change">Show</label><select id="change">` +
		`<option value="">what changed</option>`)
	occurs, accepts := map[access.ChangeKind]bool{}, false
	for i := range p.diff.told {
		occurs[p.diff.told[i].kind] = true
		accepts = accepts || p.diff.told[i].accepted != nil
	}
	for kind := access.Gains; kind <= access.Loses; kind++ {
		if occurs[kind] {
			fmt.Fprintf(p, `<option>%s</option>`, kind)
		}
	}
	if accepts {
		p.WriteString(`<option value="open">what is not accepted</option>` +
			`<option value="accepted">what is accepted</option>`)
	}
	p.WriteString(`<option value="all">what stays, too</option></select></p>` + "\n")
}

// notices says what a page of changes leaves out.
func (p *htmlPage) notices() {
	var words []string
	if p.diff.tooMany {
		words = append(words, "The new state has more cells than can be shown: what stays as it "+
			"is is left out.")
	} else if n := p.diff.left; n > 0 {
		words = append(words, english.Plural(n, "cell that does not change is",
			"cells that do not change are")+" left out here.")
	}
	if shown := int(p.starts[p.end]); shown < p.cells {
		words = append(words, english.Thousands(p.cells-shown)+" of "+
			english.Thousands(p.cells)+" cells that change are left out here: what is shown is "+
			"of "+english.Thousands(p.end)+" of "+
			english.Plural(len(p.sections()), "secret", "secrets")+". JSON has everything.")
	}
	if slices.ContainsFunc(p.diff.changes.Reports, func(r *change.Report) bool {
		return r.TooMany
	}) {
		words = append(words, "There are more changes of access than are told.")
	}
	for _, a := range p.diff.changes.Unused {
		if len(words) == mostUnused {
			words = append(words, "And more entries that accept nothing.")
			break
		}
		words = append(words, "An entry accepts nothing: "+acceptanceWords(a)+".")
	}
	for _, text := range words {
		p.WriteString(`<p class="notice">` + html.EscapeString(text) + "</p>\n")
	}
}

// mostUnused is how many notices a page of changes has.
const mostUnused = 20
