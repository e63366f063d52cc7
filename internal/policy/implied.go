package policy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// within says whether a condition holds for every value that an open key may have, or for none: of
// whom a pattern stands for, a statement may speak by the same pattern.
func (t *ConditionTest) within(fact *Fact, effect string, certain reader) (holds, sure bool) {
	if fact.State != Open || !fact.Always || fact.Many || fact.Field > 0 || len(fact.Within) == 0 ||
		t.set != single {
		return false, false
	}
	switch t.operator.compare {
	case texts, patterns, arns:
	default:
		return false, false
	}
	if len(fact.Within) == 1 && t.implied(fact) {
		return !t.operator.negated, true
	}
	if len(fact.Never) > 0 && t.asksFor(fact.Never) {
		return t.operator.negated, true
	}
	const few = 2 // of more, it costs less to find out only where it matters
	switch {
	case fact.All && effect == Allow && !t.operator.negated:
		return false, true
	case len(t.operands) > few:
		return false, false
	}
	all, none := true, true
	for _, w := range fact.Within {
		some := cfn.No
		for i := range t.operands {
			truth, ok := t.operator.truth(anyOf(w), &t.operands[i], certain)
			if !ok {
				return false, false
			}
			some = max(some, truth)
		}
		all, none = all && some == cfn.Yes, none && some == cfn.No
	}
	return all != t.operator.negated, all || none
}

// asksFor says whether every value of the policy begins with one of some texts.
func (t *ConditionTest) asksFor(beginnings []string) bool {
	for i := range t.operands {
		o := &t.operands[i]
		begins := func(text string) bool { return strings.HasPrefix(o.pattern.text, text) }
		if o.unread != "" || o.pattern.parts != nil || !slices.ContainsFunc(beginnings, begins) {
			return false
		}
	}
	return len(t.operands) > 0
}

// implied is impliedBy for a key, which keeps the answer.
func (t *ConditionTest) implied(fact *Fact) bool {
	if fact.Memo == nil {
		return t.impliedBy(fact.Within[0])
	}
	key := impliedKey{t, fact.Within[0]}
	if known, ok := fact.Memo.Load(key); ok {
		return known.(bool)
	}
	implied := t.impliedBy(fact.Within[0])
	fact.Memo.Store(key, implied)
	return implied
}

// impliedKey is by what Memo keeps an answer: of whom a pattern stands for, those of one account
// have a pattern of their own.
type impliedKey struct {
	test   *ConditionTest
	within string
}

// asPlainText turns the wildcards of a pattern into characters that only a wildcard covers.
var asPlainText = strings.NewReplacer("*", string(plainRun), "?", "\uE0FF")

// plainRun is what asPlainText makes of *, which no ? covers.
const plainRun = '\uE0FE'

// impliedBy says whether a value of the policy covers whatever a pattern with * and ? covers. It
// may say no where that is so for reasons that it does not see.
func (t *ConditionTest) impliedBy(within string) bool {
	if t.operator.compare == texts {
		return len(t.Values) == 1 && t.Values[0] == within && !strings.ContainsAny(within, "*?")
	}
	var asText string
	for i := range t.operands {
		o := &t.operands[i]
		if t.operator.compare == arns && !cfn.HasUnknown(o.pattern.text) &&
			strings.Count(o.pattern.text, ":") < 5 {
			continue // it has fewer than six components, and covers nothing
		}
		if t.Values[i] == within {
			return true
		}
		if o.pattern.parts != nil || cfn.HasUnknown(o.pattern.text) || cfn.HasUnknown(within) {
			continue
		}
		if asText == "" { // nothing but a wildcard covers these
			asText = asPlainText.Replace(within)
		}
		pattern := o.pattern.text
		if t.operator.compare == arns {
			pattern = inComponents(pattern)
		}
		if strings.Contains(t.Values[i], "?") {
			if coversAll(pattern, asText) {
				return true
			}
		} else if match(pattern, asText, false) {
			return true
		}
	}
	return false
}

// coversAll is match where no ? of the pattern covers plainRun. It goes through the text once, with
// all the places of the pattern that may be reached.
func coversAll(pattern, text string) bool {
	at := make([]bool, len(pattern)+1)
	at[0] = true
	pass := func() { // a run may cover nothing
		for i := range len(pattern) {
			if pattern[i] == anyRun || pattern[i] == fieldRun {
				at[i+1] = at[i+1] || at[i]
			}
		}
	}
	pass()
	for _, r := range text {
		next := make([]bool, len(pattern)+1)
		for i := range len(pattern) {
			if !at[i] {
				continue
			}
			switch c := pattern[i]; {
			case c == anyRun, c == fieldRun && r != ':':
				next[i] = true
			case c == anyOne && r != plainRun, c == fieldOne && r != plainRun && r != ':':
				next[i+1] = true
			case strings.HasPrefix(pattern[i:], string(r)):
				next[i+len(string(r))] = true
			}
		}
		at = next
		pass()
	}
	return at[len(pattern)]
}

// anyOf returns a pattern as the text of any one value that it matches.
func anyOf(pattern string) string {
	return FillWildcards(pattern, func(i int) cfn.Unknown {
		return cfn.Unknown{What: "value", Name: pattern, LogicalID: strconv.Itoa(i)}
	})
}

// FillWildcards returns a pattern with unknown parts in the places of its wildcards: for * and ? at
// a place it takes what part returns for the place.
func FillWildcards(pattern string, part func(at int) cfn.Unknown) string {
	var b strings.Builder
	for i, r := range pattern {
		if r != '*' && r != '?' {
			b.WriteRune(r)
			continue
		}
		u := part(i)
		if r == '?' {
			u.Min, u.Max = 1, 1
		}
		b.WriteString(u.Text())
	}
	return b.String()
}
