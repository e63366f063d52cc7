package policy

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
)

// makeCells gives every open key the values that are tried: one of every class that the tests on it
// cannot tell apart.
func (p *problem) makeCells() {
	p.celled = true
	groups := p.linked()
	for _, group := range groups {
		p.cellsOf(group)
	}
	p.fewerCells()
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

// fewerCells leaves out cells that are too many for the tests on their keys: which are left meets
// what it meets, and not every circumstance is tried.
func (p *problem) fewerCells() {
	weights := make([]int, len(p.keys))
	for i := range p.atoms {
		if t := &p.atoms[i]; len(t.keys) == 1 {
			weights[t.keys[0]] += t.weight()
		}
	}
	left := mostTests
	for k, weight := range weights {
		key := &p.keys[k]
		size := 1
		for _, c := range key.cells {
			size = max(size, len(c.values))
		}
		most := max(1, left/(1+len(p.keys)-k)/max(1, weight*size))
		if most < len(key.cells) {
			// that it is absent, and what the plain call has
			last := key.cells[len(key.cells)-min(2, most-1):]
			key.cells, p.full = slices.Concat(key.cells[:most-len(last)], last), true
		}
		left = max(0, left-len(key.cells)*weight*size)
	}
}

// weight is how many values a test compares with.
func (t *atom) weight() int {
	if t.test != nil {
		return 1 + len(t.test.operands)
	}
	return 1 + len(t.rule.resources)
}

// linked returns the keys in groups: policy variables link a key with another, or with what else is
// compared.
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

// groupTests is what the tests on a group of keys ask for.
type groupTests struct {
	globs     []string // patterns with wildcards of match.go
	withins   []string // patterns of which all values of a key match one
	folded    []string // texts whose case makes no difference
	literals  []string
	numbers   []float64
	times     []time.Time
	addresses []netip.Prefix
	binaries  [][]byte
	booleans  bool
	texts     bool       // some test compares texts
	linked    bool       // a test compares a key with another
	embedded  []embedded // longer texts with a policy variable in them
	sets      int        // ForAnyValue and ForAllValues tests
	singles   int        // tests without one of these
	copies    int        // how many values of a class may be needed at once
}

// embedded is a text around the value of another open key.
type embedded struct {
	pattern *pattern
	facts   Facts
}

// cellsOf makes the cells of keys that are linked, or of one key.
func (p *problem) cellsOf(group []int) {
	g := groupTests{linked: len(group) > 1}
	for i := range p.atoms {
		if slices.Contains(group, p.atoms[i].keys[0]) {
			p.gather(&g, &p.atoms[i])
		}
	}
	for _, k := range group {
		key := &p.keys[k]
		g.withins = append(g.withins, key.within()...)
		switch {
		case !key.fact.Many:
			g.copies++
		case g.linked:
			g.copies += g.most()
		default:
			g.copies += 2
		}
	}
	g.literals = uniqueTexts(g.literals)
	g.globs = uniqueTexts(g.globs)
	g.folded = uniqueTexts(g.folded)
	p.full = p.full || g.kinds() > 1 || g.isUnknown()
	for _, k := range group {
		p.keys[k].cells = p.cellsFor(&p.keys[k], &g)
		p.full = p.full || len(p.keys[k].cells) == 0
	}
	p.embed(group, &g)
}

// most is how many members a set of values needs at most: one for every test that asks for a
// member, and two to be a set of several.
func (g *groupTests) most() int { return max(2, g.sets) }

// kinds counts what kinds of values the tests compare. Of texts with others, not every class is
// tried.
func (g *groupTests) kinds() int {
	n := 0
	for _, has := range [...]bool{g.texts, g.numbers != nil, g.times != nil, g.addresses != nil,
		g.binaries != nil} {
		if has {
			n++
		}
	}
	return n
}

// isUnknown says whether a pattern and another text have to do with unknown parts, of which the
// automaton knows only that they are equal to themselves.
func (g *groupTests) isUnknown() bool {
	patterns := len(g.globs) + len(g.folded)
	return patterns > 0 && patterns+len(g.literals) > 1 &&
		(slices.ContainsFunc(g.globs, cfn.HasUnknown) ||
			slices.ContainsFunc(g.folded, cfn.HasUnknown) ||
			slices.ContainsFunc(g.literals, cfn.HasUnknown))
}

// CurrentTime is the name by which aws:CurrentTime and aws:EpochTime are one key.
const CurrentTime = "aws:currenttime"

// typed are the keys whose values are of one type, whatever tests ask. All others may be any text:
// tags, for one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html#awssecretsmanager-policy-keys
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html#awskeymanagementservice-policy-keys
var typed = map[string]comparison{
	"aws:multifactorauthpresent": booleans, "aws:principalisawsservice": booleans,
	"aws:securetransport": booleans, "aws:viaawsservice": booleans,
	"secretsmanager:blockpublicpolicy":           booleans,
	"secretsmanager:forcedeletewithoutrecovery":  booleans,
	"secretsmanager:forceoverwritereplicasecret": booleans,
	"secretsmanager:modifyrotationrules":         booleans,
	"secretsmanager:rotateimmediately":           booleans,
	"kms:bypasspolicylockoutsafetycheck":         booleans, "kms:grantisforawsresource": booleans,
	"kms:multiregion":        booleans,
	"aws:multifactorauthage": numbers, "secretsmanager:recoverywindowindays": numbers,
	"aws:tokenissuetime": dates,
	"aws:sourceip":       addresses, "aws:vpcsourceip": addresses,
}

// gather notes what a test asks for.
func (p *problem) gather(g *groupTests, t *atom) {
	if t.rule != nil {
		g.texts = true
		for i := range t.rule.resources {
			p.holes(g, &t.rule.resources[i], t.facts, t.resource, false)
		}
		return
	}
	c := t.test
	switch {
	case c.set != single:
		g.sets++
	case c.operator.compare != presence:
		g.singles++
	}
	fact := t.facts(c.key)
	known := fact.State == Certain || fact.State == Told
	for i := range c.operands {
		o := &c.operands[i]
		switch {
		case o.unread != "": // it may be met by every value, and by none
		case c.operator.compare == numbers:
			g.numbers = append(g.numbers, o.number)
		case c.operator.compare == dates:
			g.times = append(g.times, o.date)
		case c.operator.compare == binaries:
			g.binaries = append(g.binaries, o.bytes)
		case c.operator.compare == addresses:
			g.addresses = append(g.addresses, o.prefix)
		case c.operator.compare == presence:
		default:
			g.booleans = g.booleans || c.operator.compare == booleans
			g.texts = true
			p.text(g, c, o, t.facts, known, fact.Values)
		}
	}
}

// withField is what every ARN matches of which a field matches a text, with the wildcards of
// match.go.
func withField(field int, text string) string {
	any := string([]byte{fieldRun, ':'})
	return strings.Repeat(any, field-1) + text + ":" + strings.Repeat(any, 5-field) + allRuns
}

// sixFields is what every ARN matches, with the wildcards of match.go.
var sixFields = strings.Repeat(string([]byte{fieldRun, ':'}), 5) + allRuns

// text notes a text or pattern of a policy, whose policy variables may be open, and which may be
// compared with what is known.
func (p *problem) text(
	g *groupTests, c *ConditionTest, o *operand, facts Facts, known bool, values []string,
) {
	fold := c.operator.compare == foldedTexts || c.operator.compare == booleans
	if p.hasOpen(&o.pattern, facts) {
		for _, v := range o.pattern.parts {
			if v.optional {
				g.note(v.text, fold)
			}
		}
		switch {
		case known:
			for _, text := range values {
				p.holes(g, &o.pattern, facts, text, fold)
			}
		case !bare(&o.pattern), fold:
			g.embedded = append(g.embedded, embedded{&o.pattern, facts})
		case c.operator.compare == arns: // a text that is no ARN is not equal to itself
			g.globs = append(g.globs, sixFields)
		}
		return
	}
	if known {
		return // its variables were all the test depends on
	}
	text, ok := o.pattern.read(func(key string) []string { return facts(key).Values })
	if field := facts(c.key).Field; field > 0 && ok {
		g.globs = append(g.globs, withField(field, text))
		p.full = p.full || fold || c.operator.compare == arns
		return
	}
	switch {
	case !ok:
	case fold:
		g.folded = append(g.folded, text)
	case !hasWildcard(text):
		g.literals = append(g.literals, text)
	case c.operator.compare == arns:
		g.globs = append(g.globs, inComponents(text))
	default:
		g.globs = append(g.globs, text)
	}
}

// note notes a text that a key may have to be equal to, whatever its case.
func (g *groupTests) note(text string, fold bool) {
	g.literals = append(g.literals, text)
	if fold {
		g.folded = append(g.folded, text)
	}
}

func (p *problem) hasOpen(pattern *pattern, facts Facts) bool {
	return slices.ContainsFunc(pattern.parts, func(v part) bool {
		return v.key != "" && facts(v.key).State.isOpen()
	})
}

func (s State) isOpen() bool { return s == Open || s == Chosen }

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

// holes notes the texts that stand in the place of each open policy variable of a pattern when it
// covers a known text.
func (p *problem) holes(g *groupTests, pattern *pattern, facts Facts, text string, fold bool) {
	for i, v := range pattern.parts {
		if v.key == "" || !p.hasOpen(pattern, facts) {
			continue
		}
		if v.optional {
			g.note(v.text, fold)
		}
		list, complete := placements(around(pattern.parts[:i], facts),
			around(pattern.parts[i+1:], facts), text, fold)
		p.full = p.full || !complete
		for _, hole := range list {
			g.note(hole, fold)
		}
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
		if fact := facts(v.key); !fact.State.isOpen() && len(fact.Values) == 1 {
			b.WriteString(fact.Values[0])
			continue
		}
		b.WriteByte(anyRun)
	}
	return b.String()
}

// cellsFor returns the cells of one key of a group of linked keys.
func (p *problem) cellsFor(k *openKey, g *groupTests) []cell {
	values := p.valuesFor(k, g)
	var out []cell
	for _, v := range values {
		out = append(out, cell{[]string{v}})
	}
	if k.fact.Many {
		out = append(out, p.setsOf(values, g.most())...)
	}
	if !k.fact.Always {
		out = append(out, cell{})
	}
	if k.fact.State == Chosen &&
		!slices.ContainsFunc(out, func(c cell) bool {
			return slices.Equal(c.values, k.fact.Plain)
		}) {
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
func (p *problem) valuesFor(k *openKey, g *groupTests) []string {
	if k.name == CurrentTime {
		p.full = p.full || g.texts || g.addresses != nil || g.binaries != nil
		return timeValues(g)
	}
	var out []string
	seen := map[string]bool{}
	within := k.within()
	add := func(values ...string) {
		for _, v := range values {
			if seen[v] {
				continue
			}
			seen[v] = true
			fits := inOneOf(within, v)
			p.full = p.full || fits == cfn.Maybe
			if fits == cfn.Yes {
				out = append(out, v)
			}
		}
	}
	kind, isTyped := typed[k.key]
	if isTyped && kind == booleans {
		return []string{"true", "false"}
	}
	add(numberValues(g.numbers)...)
	add(dateValues(g.times)...)
	add(addressValues(g.addresses)...)
	add(binaryValues(g.binaries)...)
	p.full = p.full || within != nil && len(out) > 0 || k.fact.Many && g.singles > 0 && len(out) > 0
	if g.booleans {
		add("true", "false")
	}
	add(g.literals...)
	add(g.folded...)
	if isTyped && len(out) > 0 && !g.texts && !g.linked {
		return out
	}
	add(p.textsOf(g)...)
	// An empty text alone is no value to ForAnyValue and ForAllValues, but it is one to Null.
	if g.sets > 0 {
		add("")
	}
	return out
}

// within returns the patterns of which every value of the key matches one, with the wildcards of
// match.go. A wildcard of an ARN stays within its component.
func (k *openKey) within() []string {
	var out []string
	for _, text := range k.fact.Within {
		w, err := compile(text, freely, false)
		switch {
		case err != nil:
		case strings.HasPrefix(text, "arn:"): // the components of an ARN have no colons
			out = append(out, inComponents(w.text))
		default:
			out = append(out, w.text)
		}
	}
	return out
}

// inOneOf says whether a text matches one of some patterns; without patterns, any does.
func inOneOf(patterns []string, text string) cfn.Truth {
	if patterns == nil {
		return cfn.Yes
	}
	some := cfn.No
	for _, p := range patterns {
		some = max(some, matches(p, text, false))
	}
	return some
}

// textsOf returns texts of every class that the patterns on a key tell apart.
func (p *problem) textsOf(g *groupTests) []string {
	if p.cheap {
		return p.someTexts(g)
	}
	var globs []glob
	for _, text := range uniqueTexts(slices.Concat(g.globs, g.withins)) {
		globs = append(globs, globOf(text, false))
	}
	for _, text := range g.folded {
		globs = append(globs, globOf(text, true))
	}
	classes, complete := newAutomaton(globs, g.copies, g.literals).classes(g.copies, g.literals,
		mostStates)
	p.full = p.full || !complete
	var out []string
	for _, c := range classes {
		out = append(out, c.texts...)
	}
	return out
}

// someTexts returns a text for every pattern on a key, and others that none of them has in mind: as
// many as may have to differ.
func (p *problem) someTexts(g *groupTests) []string {
	p.full = true
	others := newAutomaton(nil, g.copies,
		slices.Concat(g.literals, g.globs, g.folded, g.withins)).others
	var out []string
	for _, other := range others {
		for _, text := range slices.Concat(g.withins, g.globs) {
			out = append(out, letteredOut(text, other))
		}
		out = append(out, other)
	}
	return append(out, g.folded...)
}

// letteredOut writes a letter in the place of every wildcard.
func letteredOut(pattern, letter string) string {
	var b strings.Builder
	for i := range len(pattern) {
		if pattern[i] >= fieldOne {
			b.WriteString(letter)
		} else {
			b.WriteByte(pattern[i])
		}
	}
	return b.String()
}

func uniqueTexts(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// embed tries, for every longer text around a policy variable between two open keys, the values of
// the variable once, and the same in the other case. Not everything is tried so.
func (p *problem) embed(group []int, g *groupTests) {
	for _, e := range g.embedded {
		p.full = true
		var texts []string
		for _, v := range e.pattern.parts {
			fact := Fact{}
			if v.key != "" {
				fact = e.facts(v.key)
			}
			if !fact.State.isOpen() {
				continue
			}
			for _, c := range p.keys[p.keyIndex[cmp.Or(fact.Name, v.key)]].cells {
				text, ok := e.pattern.read(func(key string) []string {
					if key == v.key {
						return c.values
					}
					return e.facts(key).Values
				})
				if ok {
					text = withoutWildcards(text)
					texts = append(texts, text, strings.ToUpper(text))
				}
			}
		}
		for _, k := range group {
			p.alsoTry(&p.keys[k], uniqueTexts(texts))
		}
	}
}

// alsoTry adds values to those that are tried of a key, within the budget.
func (p *problem) alsoTry(k *openKey, texts []string) {
	have := map[string]bool{}
	for _, c := range k.cells {
		if len(c.values) == 1 {
			have[c.values[0]] = true
		}
	}
	within := k.within()
	for _, text := range texts {
		if len(k.cells) < mostStates && !have[text] && inOneOf(within, text) == cfn.Yes {
			k.cells = append(k.cells, cell{[]string{text}})
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
