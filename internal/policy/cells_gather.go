package policy

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
)

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
