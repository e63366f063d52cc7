package show

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/verb"
)

// mostFacts is how many names a fact at the top of the page has.
const mostFacts = 6

// shortHash is how many digits of the hash of all templates are shown.
const shortHash = 16

// facts writes what the page is about.
func (p *htmlPage) facts() {
	if p.diff != nil {
		p.changesFacts()
		return
	}
	asked := p.options.Asked
	what := "Templates"
	if asked.OfSpecs {
		what = "Spec"
	}
	var stacks, accounts, environments []string
	regions := []string{}
	for _, r := range p.all {
		if r.Environment != "" && len(p.all) > 1 {
			environments = append(environments, r.Environment)
		}
		for _, d := range r.Deployed {
			stacks = append(stacks, cmp.Or(d.Stack, d.File))
			accounts = append(accounts, cmp.Or(d.Account, "not stated"))
			regions = append(regions, cmp.Or(d.Region, "not stated"))
		}
	}
	for i := range p.secrets {
		regions = append(regions, p.secrets[i].Regions...)
		if len(stacks) == 0 && p.secrets[i].Account != "" {
			accounts = append(accounts, p.secrets[i].Account)
		}
	}
	p.fact(what, asked.Paths)
	p.fact("Environments", environments)
	p.fact("Stacks", unique(stacks))
	p.fact("Accounts", unique(accounts))
	p.fact("Regions", unique(regions))
	p.fact("Chosen", asked.Filters)
}

// unique returns texts sorted, each once.
func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func (p *htmlPage) fact(name string, values []string) {
	if len(values) > 0 {
		text := english.Some(readableList(values), mostFacts)
		fmt.Fprintf(p, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, html.EscapeString(text))
	}
}

// hash returns the SHA-256 of what sha256sum says of all templates, in the order of their names.
func (p *htmlPage) hash() string {
	var lines []string
	for _, r := range p.all {
		for _, d := range r.Deployed {
			lines = append(lines, d.SHA256+"  "+d.File+"\n")
		}
	}
	slices.SortFunc(lines, func(a, b string) int {
		return cmp.Or(strings.Compare(a[sha256.Size*2:], b[sha256.Size*2:]),
			strings.Compare(a, b))
	})
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(lines), "")))
	return hex.EncodeToString(sum[:])
}

// stacks writes the stacks with the hashes of their templates.
func (p *htmlPage) stacks() {
	n := 0
	for _, r := range p.all {
		n += len(r.Deployed)
	}
	if n == 0 {
		return
	}
	hash := p.hash()
	fmt.Fprintf(p, `<details class="stacks"><summary>%s; the hash of the templates is `+
		`<code title="%s">%s</code></summary>`+"\n", english.Plural(n, "stack", "stacks"), hash,
		hash[:shortHash])
	p.WriteString(`<div class="scroll" role="region" aria-label="Stacks" tabindex="0"><table>` +
		`<thead><tr><th scope="col">Stack</th><th scope="col">Account</th><th scope="col">` +
		`Region</th><th scope="col">Template</th><th scope="col">SHA-256</th></tr></thead><tbody>` +
		"\n")
	for _, r := range p.all {
		for _, d := range r.Deployed {
			p.WriteString("<tr>")
			p.cell("th scope=\"row\"", cmp.Or(d.Stack, "not stated"))
			p.cell("td", cmp.Or(d.Account, "not stated"))
			p.cell("td", cmp.Or(d.Region, "not stated"))
			p.cell("td", d.File)
			p.WriteString("<td><code>" + d.SHA256 + "</code></td></tr>\n")
		}
	}
	p.WriteString("</tbody></table></div></details>\n")
}

// cell writes a text in an element.
func (p *htmlPage) cell(element, text string) {
	name, _, _ := strings.Cut(element, " ")
	p.WriteString("<" + element + ">" + html.EscapeString(readable(text)) + "</" + name + ">")
}

// readers writes who may read values, and who may become one of them.
func (p *htmlPage) readers() {
	var list, unsure []int
	secrets := 0
	for _, i := range p.ordered() {
		switch s := &p.principals[i]; {
		case s.readable() > 0:
			list = append(list, i)
		case s.reads[access.Unknown] > 0:
			unsure = append(unsure, i)
		}
	}
	if secrets = len(p.secrets); secrets == 0 {
		return
	}
	if len(list) == 0 && len(unsure) == 0 {
		p.WriteString("<p>Nobody, in no circumstance.</p>\n")
		return
	}
	p.WriteString("<ul class=\"readers\">\n")
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.nearness(a), p.nearness(b)),
			cmp.Compare(p.principals[b].readable(), p.principals[a].readable()))
	})
	for _, i := range slices.Concat(list, unsure) {
		p.reader(&p.principals[i])
	}
	p.WriteString("</ul>\n")
	p.becomers(list)
}

// nearness is 0 of outsiders, who are told first, and 1 of the others.
func (p *htmlPage) nearness(principal int) int {
	if p.groups[p.principals[principal].group].Outside {
		return 0
	}
	return 1
}

// reader writes one who may read values: how many, and where it is from.
func (p *htmlPage) reader(s *htmlSubject) {
	var words []string
	if n := s.reads[access.Allow]; n > 0 {
		words = append(words, english.Plural(n, "secret", "secrets"))
	}
	if n := s.reads[access.Conditional]; n > 0 {
		words = append(words, english.Thousands(n)+" under conditions")
	}
	if n := s.reads[access.Unknown]; n > 0 {
		words = append(words, english.Thousands(n)+" not known")
	}
	address := url.Values{"principal": {s.ID}, "who": {s.ID}}.Encode()
	p.WriteString(`<li><a href="#` + html.EscapeString(address) + `">` +
		html.EscapeString(s.ID) + "</a>")
	outside := p.groups[s.group].Outside
	if s.Mark != "" && !(outside && (s.Mark == "organization" || s.Account != "")) {
		p.WriteString(` <span class="soft">` + html.EscapeString(s.Mark) + "</span>")
	}
	if outside {
		words := outsideWords(p.groups[s.group])
		p.WriteString(` <span class="away">` + html.EscapeString(words) + "</span>")
	}
	p.WriteString(` <span class="many">` + strings.Join(words, ", and ") + "</span></li>\n")
}

// outsideWords says where an outsider is from.
func outsideWords(g htmlGroup) string {
	if g.order == ofEverybody {
		return g.Note
	}
	return g.Note + ": " + uncapitalized(g.Name)
}

// becomers writes who may become somebody who may read values, by any number of steps.
func (p *htmlPage) becomers(readers []int) {
	as := map[string]string{} // ids of principals: whom they are or become that reads
	for _, i := range readers {
		as[p.principals[i].ID] = p.principals[i].ID
	}
	for again := true; again; {
		again = false
		for i := range p.principals {
			s := &p.principals[i]
			for _, id := range s.Become {
				if as[s.ID] == "" && as[id] != "" {
					as[s.ID], again = as[id], true
				}
			}
		}
	}
	var words []string
	for _, i := range p.ordered() {
		s := &p.principals[i]
		if len(s.Become) == 0 || as[s.ID] == "" {
			continue
		}
		words = append(words, "<li><b>"+html.EscapeString(s.ID)+"</b> may become "+
			html.EscapeString(english.List(s.Become))+"</li>")
	}
	if len(words) > 0 {
		p.WriteString("<p>Who may become somebody who may read, and is not counted as that:</p>\n" +
			"<ul>\n" + strings.Join(words, "\n") + "\n</ul>\n")
	}
}

// findings writes what is public.
func (p *htmlPage) findings() {
	if len(p.report.Findings) == 0 {
		return
	}
	p.WriteString(`<section class="public" aria-labelledby="public-title"><h2 id="public-title">` +
		"Public</h2>\n<p>These statements let everybody in.</p>\n")
	p.items(p.report.Findings)
	p.WriteString("</section>\n")
}

// unseen writes what is out of sight, and how it is taken.
func (p *htmlPage) unseen() {
	if n := len(p.report.OutOfSight); n > 0 {
		fmt.Fprintf(p, `<details class="unseen" open><summary>Out of sight: %s that no template `+
			"states, and how they are taken</summary>\n", english.Plural(n, "thing", "things"))
		p.items(p.report.OutOfSight)
		p.WriteString("</details>\n")
	}
}

func (p *htmlPage) items(list []string) {
	p.WriteString("<ul>\n")
	for _, text := range list {
		p.cell("li", text)
		p.WriteByte('\n')
	}
	p.WriteString("</ul>\n")
}

// notice says what the page leaves out.
func (p *htmlPage) notice() {
	if p.diff != nil {
		p.notices()
		return
	}
	if clause := p.leftOut(); clause != "" {
		p.WriteString(`<p class="notice">` + html.EscapeString(clause) + "</p>\n")
	}
}

// effectWords are the effects of the page, by their numbers.
var effectWords = [...]string{"allowed", "under conditions", "not known", "denied", "not allowed"}

// plain writes the table that needs no script: what each principal may do, those first who can do
// most, and of which secrets the same holds.
func (p *htmlPage) plain() {
	stays := p.rows
	if p.diff != nil {
		if stays = p.plainChanges(); len(stays) == 0 && len(p.rows) > 0 {
			return
		}
	}
	if len(stays) == 0 {
		p.WriteString("<p>Nobody can do anything.</p>\n")
		return
	}
	place := make([]int, len(p.principals))
	for at, i := range p.ordered() {
		place[i] = at
	}
	slices.SortStableFunc(stays, func(a, b plainRow) int {
		return cmp.Or(cmp.Compare(place[a.principal], place[b.principal]),
			cmp.Compare(p.weightOf(&b), p.weightOf(&a)))
	})
	p.WriteString(`<table class="rows"><thead><tr><th scope="col">Principal</th><th scope="col">` +
		`May</th><th scope="col">Effect</th><th scope="col">Secrets</th><th scope="col">` +
		"Conditions and notes</th></tr></thead><tbody>\n")
	for i := range stays {
		p.plainRow(&stays[i])
	}
	p.WriteString("</tbody></table>\n")
}

// weightOf says how much a row weighs: what it is about, and then how certain it is.
func (p *htmlPage) weightOf(row *plainRow) int {
	weight := 0
	for _, v := range row.verbs {
		weight = max(weight, int(verb.WeightOf(p.report.Verbs[v])))
	}
	if row.effect > effectOrder[access.Unknown] {
		return -row.effect
	}
	return weight*len(effectWords) - row.effect
}

func (p *htmlPage) plainRow(row *plainRow) {
	verbs, secrets := p.namesOf(row)
	notes := p.listed(row.conditions, row.notes)
	if row.regions != nil {
		notes = append([]string{"in " + english.List(row.regions)}, notes...)
	}
	p.WriteString("<tr>")
	p.cell(`th scope="row"`, p.whoOf(row))
	p.cell("td", verbs)
	p.cell("td", effectWords[row.effect])
	p.cell("td", secrets)
	p.cell("td", strings.Join(notes, "; "))
	p.WriteString("</tr>\n")
}

// whoOf names the principal of a row, with what it is.
func (p *htmlPage) whoOf(row *plainRow) string {
	s := &p.principals[row.principal]
	who := s.ID
	for _, more := range []string{s.Mark, p.groups[s.group].Note} {
		if more != "" {
			who += " (" + more + ")"
		}
	}
	return who
}

// namesOf names the verbs and the secrets of a row.
func (p *htmlPage) namesOf(row *plainRow) (verbs, secrets string) {
	var words, names []string
	for _, v := range row.verbs {
		words = append(words, p.report.Verbs[v])
	}
	for _, i := range row.secrets {
		names = append(names, p.secrets[i].ID)
	}
	return strings.Join(words, ", "), strings.Join(names, ", ")
}

// listed returns what stands in some lists; -1 is none.
func (p *htmlPage) listed(lists ...int) []string {
	var words []string
	for _, n := range lists {
		if n >= 0 {
			words = append(words, p.lists[n]...)
		}
	}
	return words
}
