package policy

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
)

// makeCells gives every open key the values that are tried: one of every class that the tests on it cannot tell apart.
func (p *problem) makeCells() {
	groups := p.linked()
	for _, group := range groups {
		p.cellsOf(group)
	}
	for at := range p.atoms {
		t := &p.atoms[at]
		if len(t.keys) != 1 {
			continue
		}
		t.cells = make([]cfn.Truth, len(p.keys[t.keys[0]].cells))
		for i, c := range p.keys[t.keys[0]].cells {
			t.cells[i] = p.evaluate(at, func(int) []string { return c.values })
		}
	}
}

// linked returns the keys in groups: policy variables link a key with another, or with what else is compared.
func (p *problem) linked() [][]int {
	parent := make([]int, len(p.keys))
	for k := range parent {
		parent[k] = k
	}
	find := func(k int) int {
		for parent[k] != k {
			k = parent[k]
		}
		return k
	}
	for i := range p.atoms {
		for _, k := range p.atoms[i].keys[1:] {
			parent[find(k)] = find(p.atoms[i].keys[0])
		}
	}
	byRoot := map[int][]int{}
	for k := range p.keys {
		byRoot[find(k)] = append(byRoot[find(k)], k)
	}
	var out [][]int
	for k := range p.keys {
		if group := byRoot[k]; group != nil {
			out = append(out, group)
		}
	}
	return out
}

// gathered is what the tests on a group of keys ask for.
type gathered struct {
	globs     []string // patterns with wildcards of match.go
	folded    []string // texts whose case makes no difference
	literals  []string
	numbers   []float64
	times     []time.Time
	addresses []netip.Prefix
	binaries  []string
	booleans  bool
	embedded  []embedded // longer texts with a policy variable in them
	sets      int        // ForAnyValue and ForAllValues tests
	unread    []string   // values of other types that nobody can read
}

// embedded is a text around the value of another open key.
type embedded struct {
	pattern *pattern
	facts   Facts
}

// cellsOf makes the cells of keys that are linked, or of one key.
func (p *problem) cellsOf(group []int) {
	var g gathered
	for i := range p.atoms {
		if slices.Contains(group, p.atoms[i].keys[0]) {
			p.gather(&g, &p.atoms[i])
		}
	}
	kinds := 0
	for _, has := range []bool{
		g.globs != nil || g.folded != nil || g.literals != nil || g.booleans || g.embedded != nil, g.numbers != nil && !p.isTime(group), g.times != nil || g.numbers != nil && p.isTime(group),
		g.addresses != nil, g.binaries != nil,
	} {
		if has {
			kinds++
		}
	}
	if kinds > 1 || g.unread != nil {
		p.full = true
	}
	for _, k := range group {
		p.keys[k].cells = p.cellsFor(&p.keys[k], &g, len(group))
	}
	p.embed(group, &g)
}

// isTime says whether keys are the time of the request, of which AWS has two keys.
func (p *problem) isTime(group []int) bool {
	return slices.ContainsFunc(group, func(k int) bool { return p.keys[k].name == CurrentTime })
}

// CurrentTime is the name by which aws:CurrentTime and aws:EpochTime are one key.
const CurrentTime = "aws:currenttime"

// gather notes what a test asks for.
func (p *problem) gather(g *gathered, t *atom) {
	if t.rule != nil {
		for i := range t.rule.resources {
			p.holes(g, &t.rule.resources[i], t.facts, t.resource)
		}
		return
	}
	c := t.test
	if c.set != single {
		g.sets++
	}
	fact := t.facts(c.key)
	known := fact.State == Certain || fact.State == Told
	for i := range c.operands {
		o := &c.operands[i]
		if o.unread != "" {
			g.unread = append(g.unread, o.unread)
			continue
		}
		switch c.operator.compare {
		case numbers:
			g.numbers = append(g.numbers, o.number)
		case dates:
			g.times = append(g.times, o.date)
		case binaries:
			g.binaries = append(g.binaries, c.Values[i])
		case addresses:
			g.addresses = append(g.addresses, o.prefix)
		case booleans:
			g.booleans = true
			p.text(g, c, o, t.facts, known, fact.Values)
		case presence:
		default:
			p.text(g, c, o, t.facts, known, fact.Values)
		}
	}
}

// text notes a text or pattern of a policy, whose policy variables may be open, and which may be compared with what is known.
func (p *problem) text(g *gathered, c *ConditionTest, o *operand, facts Facts, known bool, values []string) {
	if o.pattern.parts != nil && p.hasOpen(&o.pattern, facts) {
		for _, v := range o.pattern.parts {
			if v.optional {
				g.literals = append(g.literals, v.text)
			}
		}
		if known {
			for _, text := range values {
				p.holes(g, &o.pattern, facts, text)
			}
		} else if !bare(&o.pattern) {
			g.embedded = append(g.embedded, embedded{&o.pattern, facts})
		}
		return
	}
	if known {
		return // a test of the caller's key whose operand is known has been decided
	}
	text, ok := o.pattern.read(func(key string) []string { return facts(key).Values })
	switch {
	case !ok:
	case c.operator.compare == foldedTexts || c.operator.compare == booleans:
		g.folded = append(g.folded, text)
	case !hasWildcard(text):
		g.literals = append(g.literals, text)
	case c.operator.compare == arns:
		g.globs = append(g.globs, inComponents(text))
	default:
		g.globs = append(g.globs, text)
	}
}

func (p *problem) hasOpen(pattern *pattern, facts Facts) bool {
	return slices.ContainsFunc(pattern.parts, func(v part) bool {
		if v.key == "" {
			return false
		}
		s := facts(v.key).State
		return s == Open || s == Chosen
	})
}

// bare says whether a pattern is one policy variable and nothing else.
func bare(p *pattern) bool {
	n := 0
	for _, v := range p.parts {
		if v.key == "" && v.text != "" {
			return false
		}
		if v.key != "" {
			n++
		}
	}
	return n == 1
}

// holes notes the texts that stand in the place of each open policy variable of a pattern when it covers a known text.
func (p *problem) holes(g *gathered, pattern *pattern, facts Facts, text string) {
	for i, v := range pattern.parts {
		if v.key == "" {
			continue
		}
		if v.optional {
			g.literals = append(g.literals, v.text)
		}
		g.literals = append(g.literals, placements(around(pattern.parts[:i], facts), around(pattern.parts[i+1:], facts), text)...)
	}
}

// around writes parts of a pattern, with * for every policy variable that is not known.
func around(parts []part, facts Facts) string {
	var b strings.Builder
	for _, v := range parts {
		if v.key == "" {
			b.WriteString(v.text)
			continue
		}
		fact := facts(v.key)
		switch known := fact.State == Certain || fact.State == Told; {
		case known && len(fact.Values) == 1:
			b.WriteString(fact.Values[0])
		default:
			b.WriteByte(anyRun)
		}
	}
	return b.String()
}

// cellsFor returns the cells of one key of a group of linked keys.
func (p *problem) cellsFor(k *openKey, g *gathered, linked int) []cell {
	values := p.valuesFor(k, g, linked)
	var out []cell
	for _, v := range values {
		out = append(out, cell{[]string{v}})
	}
	if k.fact.Many && g.sets > 0 {
		out = append(out, p.setsOf(values, g.sets+linked-1)...)
	}
	if !k.fact.Always {
		out = append(out, cell{})
	}
	if k.fact.State == Chosen && !slices.ContainsFunc(out, func(c cell) bool { return slices.Equal(c.values, k.fact.Plain) }) {
		out = append(out, cell{k.fact.Plain})
	}
	return out
}

// setsOf returns the sets of at least two values with at most a number of members.
func (p *problem) setsOf(values []string, most int) []cell {
	var out []cell
	var extend func(set []string, from int)
	extend = func(set []string, from int) {
		for i := from; i < len(values); i++ {
			if len(out) >= mostStates {
				p.full = true
				return
			}
			next := append(slices.Clone(set), values[i])
			if len(next) > 1 {
				out = append(out, cell{next})
			}
			if len(next) < most {
				extend(next, i+1)
			}
		}
	}
	extend(nil, 0)
	return out
}

// valuesFor returns the single values that are tried of a key.
func (p *problem) valuesFor(k *openKey, g *gathered, linked int) []string {
	var out []string
	seen := map[string]bool{}
	within := k.within()
	add := func(v string) {
		inside := func(w string) bool { return matches(w, v, false) == cfn.Yes }
		if !seen[v] && (within == nil || slices.ContainsFunc(within, inside)) {
			seen[v] = true
			out = append(out, v)
		}
	}
	numeric := g.numbers != nil || g.times != nil || g.addresses != nil || g.binaries != nil
	if k.name == CurrentTime {
		for _, v := range timeValues(g) {
			add(v)
		}
	} else {
		for _, v := range numberValues(g.numbers) {
			add(v)
		}
		for _, v := range dateValues(g.times) {
			add(v)
		}
	}
	for _, v := range addressValues(g.addresses) {
		add(v)
	}
	for _, v := range g.binaries {
		add(v)
	}
	if g.booleans {
		add("true")
		add("false")
	}
	for _, v := range g.literals {
		add(v)
	}
	if numeric && g.globs == nil && g.folded == nil && g.literals == nil {
		return out
	}
	for _, v := range p.textsOf(g, within, linked) {
		add(v)
	}
	return out
}

// within returns the patterns of which every value of the key matches one, with the wildcards of match.go.
func (k *openKey) within() []string {
	var out []string
	for _, text := range k.fact.Within {
		if w, err := compile(text, freely, false); err == nil {
			out = append(out, w.text)
		}
	}
	return out
}

// textsOf returns texts of every class that the patterns on a key tell apart.
func (p *problem) textsOf(g *gathered, within []string, linked int) []string {
	var globs []glob
	for _, text := range uniqueTexts(g.globs) {
		globs = append(globs, globOf(text, false))
	}
	for _, text := range uniqueTexts(g.folded) {
		globs = append(globs, globOf(text, true))
	}
	for _, text := range within {
		globs = append(globs, globOf(text, false))
	}
	classes, complete := newAutomaton(globs, linked, g.literals).classes(linked, mostStates)
	p.full = p.full || !complete
	var out []string
	for _, c := range classes {
		out = append(out, c.texts...)
	}
	return out
}

func uniqueTexts(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// embed tries, for every longer text around a policy variable between two open keys, the values of the variable once. Not everything is tried so.
func (p *problem) embed(group []int, g *gathered) {
	for _, e := range g.embedded {
		p.full = true
		for _, v := range e.pattern.parts {
			k, open := p.keyIndex[v.key]
			if v.key == "" || !open {
				continue
			}
			for _, c := range p.keys[k].cells {
				text, ok := e.pattern.read(func(key string) []string {
					if key == v.key {
						return c.values
					}
					return e.facts(key).Values
				})
				if !ok {
					continue
				}
				text = withoutWildcards(text)
				for _, other := range group {
					if !slices.ContainsFunc(p.keys[other].cells, func(c cell) bool { return slices.Equal(c.values, []string{text}) }) {
						p.keys[other].cells = append(p.keys[other].cells, cell{[]string{text}})
					}
				}
			}
		}
	}
}

// withoutWildcards writes a letter in the place of wildcards.
func withoutWildcards(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= fieldOne {
			b[i] = 'x'
		}
	}
	return string(b)
}

// numberValues returns, of every constant, itself and what is just beside it.
func numberValues(constants []float64) []string {
	if constants == nil {
		return nil
	}
	sorted := slices.Clone(constants)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	var all []float64
	for i, c := range sorted {
		all = append(all, c-1, c, c+1)
		if i > 0 {
			all = append(all, (sorted[i-1]+c)/2)
		}
	}
	slices.Sort(all)
	var out []string
	for _, n := range slices.Compact(all) {
		out = append(out, strconv.FormatFloat(n, 'f', -1, 64))
	}
	return out
}

// dateValues returns, of every constant, itself and the seconds beside it.
func dateValues(constants []time.Time) []string {
	var out []string
	for _, c := range constants {
		for _, d := range []int{-1, 0, 1} {
			out = append(out, c.Add(time.Duration(d)*time.Second).UTC().Format(time.RFC3339))
		}
	}
	return out
}

// timeValues returns the times that are tried of a request, in seconds since 1970, which both of AWS's keys understand.
func timeValues(g *gathered) []string {
	var all []int64
	for _, c := range g.times {
		all = append(all, c.Unix()-1, c.Unix(), c.Unix()+1)
	}
	for _, n := range g.numbers {
		all = append(all, int64(n)-1, int64(n), int64(n)+1)
	}
	slices.Sort(all)
	var out []string
	for _, n := range slices.Compact(all) {
		if n > 9999 { // four digits would be a year
			out = append(out, strconv.FormatInt(n, 10))
		}
	}
	if out == nil {
		out = []string{"1893456000"} // 2030-01-01, where nothing asks for the time
	}
	return out
}

// addressValues returns the first address of all, of each range the first, and the one behind the last.
func addressValues(ranges []netip.Prefix) []string {
	if ranges == nil {
		return nil
	}
	out := []string{"0.0.0.0", "::"}
	for _, r := range ranges {
		first := r.Masked().Addr()
		out = append(out, first.String())
		if next := lastOf(r).Next(); next.IsValid() {
			out = append(out, next.String())
		}
	}
	return out
}

// lastOf returns the last address of a range.
func lastOf(r netip.Prefix) netip.Addr {
	b := r.Masked().Addr().AsSlice()
	for i := r.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}
