package policy

import (
	"cmp"
	"slices"
	"strings"

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
		add("true", "false")
		return out
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
	automaton := newAutomaton(globs, g.copies, g.literals)
	classes, complete := automaton.classes(g.copies, g.literals, mostStates)
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
	return slices.Concat(out, g.folded, g.intersections(others))
}

// intersections returns texts that match both a pattern of which all values of a key match one and
// another pattern, for those that end in any text: it may be the end of the former.
func (g *groupTests) intersections(letters []string) []string {
	var out []string
	for _, within := range g.withins {
		at := len(within) - 1
		for at >= 0 && within[at] < fieldOne {
			at--
		}
		for _, glob := range g.globs {
			if at < 0 || !strings.HasSuffix(glob, allRuns) {
				continue
			}
			for _, letter := range letters {
				text := letteredOut(glob[:len(glob)-1], letter) + within[at+1:]
				if matches(within, text, false) == cfn.Yes &&
					matches(glob, text, false) == cfn.Yes {
					out = append(out, text)
				}
			}
		}
	}
	return out
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
