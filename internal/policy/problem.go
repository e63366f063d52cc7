package policy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
)

func (p *problem) read(a *questionClauses, s *Source, ofResource bool, allow *[]clause) {
	if s == nil {
		return
	}
	for i := range s.Rules.Statements {
		rule := &s.Rules.Statements[i]
		p.considered++
		action := rule.actionTruth(a.Action)
		if action == cfn.No {
			continue
		}
		if !ofResource {
			if rule.Principals.IsZero() {
				p.add(a, s, rule, callerNaming{naming: NamedDirectly, truth: cfn.Yes}, action,
					allow)
			}
			continue
		}
		if rule.anybody {
			p.add(a, s, rule, callerNaming{naming: NamedDirectly, truth: cfn.Yes}, action, allow)
			continue
		}
		for _, n := range rule.Principals.nameOf(&a.Caller, rule.Effect) {
			if n.truth != cfn.No {
				p.add(a, s, rule, n, action, allow)
			}
		}
	}
}

// add takes up a statement that speaks of the action and, perhaps, of the caller.
func (p *problem) add(
	a *questionClauses, s *Source, rule *Rule, n callerNaming, action cfn.Truth, allow *[]clause,
) {
	c := clause{rule: rule, source: s.Name, naming: n.naming, unread: slices.Clip(rule.Unread)}
	if action == cfn.Maybe {
		for _, text := range rule.Actions {
			c.unread = append(c.unread, cfn.UnknownsIn(text)...)
		}
	}
	c.unread = append(c.unread, n.unread...)
	if n.truth == cfn.Maybe && len(n.unread) == 0 {
		c.unread = append(c.unread, cfn.Unknown{What: "principal"})
	}
	if !p.resource(a, rule, &c) {
		return
	}
	if n.test != nil && !p.test(a, n.test, &c) {
		return
	}
	var failed *ConditionTest
	for i := range rule.Conditions {
		if t := &rule.Conditions[i]; !p.test(a, t, &c) {
			failed = t
			break
		}
	}
	switch {
	case failed != nil:
		if rule.Effect == Allow {
			a.near = append(a.near, Deciding{s.Name, rule, failed})
		}
		return
	case rule.Effect == Deny:
		allow = &a.deny
	}
	slices.Sort(c.atoms)
	c.atoms = slices.Compact(c.atoms)
	*allow = append(*allow, c)
}

// resource says whether a statement may speak of the resource, and notes what it depends on.
func (p *problem) resource(a *questionClauses, rule *Rule, c *clause) bool {
	p.considered += len(rule.resources)
	if rule.tooFar(a.Resource) {
		return false
	}
	keys, open := p.variables(a, rule.resources)
	if open {
		name := nameOf(append([]string{"resource", strconv.FormatBool(rule.NotResources)},
			rule.Resources...))
		p.depend(a, c, atom{rule: rule, resource: a.Resource, facts: a.Facts, keys: keys}, name)
		return true
	}
	switch rule.resourceTruth(a.Resource, a.certain) {
	case cfn.No:
		return false
	case cfn.Maybe:
		unread := append(slices.Clip(rule.unreadResources.all()),
			unknownValues(rule.resources, a.Facts)...)
		// what the statement says is known, and what the resource is called is not
		if unread == nil {
			unread = a.unreadResource()
		}
		if unread == nil {
			unread = []cfn.Unknown{{What: "resource"}}
		}
		if len(c.unread) == 0 { // most are so, and share what is not known of the resource
			c.unread = slices.Clip(unread)
		} else {
			c.unread = append(c.unread, unread...)
		}
	}
	return true
}

// tooFar says whether Resource covers an ARN in no circumstance, whatever values its policy
// variables have.
func (r *Rule) tooFar(arn string) bool {
	if r.NotResources || !r.HasVariables() {
		return false
	}
	for i := range r.resources {
		if r.ResourcePattern(i).Covers(arn) != cfn.No {
			return false
		}
	}
	return true
}

// unreadResource returns the unknown parts of the resource that is asked about.
func (a *questionClauses) unreadResource() []cfn.Unknown {
	if !a.resourceRead {
		a.resourceRead, a.ofResource = true, cfn.UnknownsIn(a.Resource)
	}
	return a.ofResource
}

// nameOf writes texts as one, such that no others are written the same.
func nameOf(texts []string) string {
	var b []byte
	for _, s := range texts {
		b = append(strconv.AppendInt(b, int64(len(s)), 10), ':')
		b = append(b, s...)
	}
	return string(b)
}

// unknownValues returns the unknown parts of the values of policy variables of patterns.
func unknownValues(patterns []pattern, facts Facts) []cfn.Unknown {
	var out []cfn.Unknown
	for i := range patterns {
		for _, v := range patterns[i].parts {
			if v.key == "" {
				continue
			}
			for _, value := range facts(v.key).Values {
				out = append(out, cfn.UnknownsIn(value)...)
			}
		}
	}
	return out
}

// test says whether a condition may hold, and notes what it depends on.
func (p *problem) test(a *questionClauses, t *ConditionTest, c *clause) bool {
	fact := a.Facts(t.key)
	var keys []int
	open := false
	for i := range t.operands {
		if t.operands[i].pattern.parts != nil {
			more, _ := p.variables(a, []pattern{t.operands[i].pattern})
			keys, open = append(keys, more...), open || more != nil
		}
	}
	if !open {
		if holds, sure := t.within(&fact, c.rule.Effect, a.certain); sure {
			return holds
		}
	}
	if fact.State.isOpen() {
		own := p.keyOf(t.key, fact)
		keys, open = append(keys, own), true
	} else {
		p.noteTold(t.key, fact)
	}
	if open {
		kind := "test"
		if t.leavesOut {
			kind = "left out"
		}
		names := append([]string{kind, strings.ToLower(t.Operator), t.key,
			strconv.Itoa(len(t.Values))}, t.Values...)
		for _, k := range keys {
			names = append(names, p.keys[k].name)
		}
		p.depend(a, c, atom{test: t, facts: a.Facts, keys: keys}, nameOf(names))
		return true
	}
	switch t.truthBy(fact.Values, a.certain) {
	case cfn.No:
		return false
	case cfn.Maybe:
		c.unread = append(c.unread, a.unreadTest(t, &fact)...)
	}
	return true
}

// unreadTest returns the unknown parts on which a test depends.
func (a *questionClauses) unreadTest(t *ConditionTest, fact *Fact) []cfn.Unknown {
	var unread []cfn.Unknown
	for _, text := range t.Values {
		unread = append(unread, cfn.UnknownsIn(text)...)
	}
	for _, text := range fact.Values {
		if len(unread) == 0 {
			unread = cfn.UnknownsIn(text)
		}
	}
	for i := range t.operands {
		unread = append(unread, unknownValues([]pattern{t.operands[i].pattern}, a.Facts)...)
	}
	if unread == nil {
		unread = []cfn.Unknown{{What: "condition", Name: t.Key}}
	}
	return unread
}

// depend notes that a statement depends on a test.
func (p *problem) depend(a *questionClauses, c *clause, t atom, name string) {
	slices.Sort(t.keys)
	t.keys = slices.Compact(t.keys)
	if p.mixes(a, &t) { // what is known differs between the questions of a call
		name = strconv.Itoa(a.number) + " " + name
	}
	at, ok := p.atomIndex[name]
	if !ok {
		t.chosen = !slices.ContainsFunc(t.keys, func(k int) bool {
			return p.keys[k].fact.State != Chosen
		})
		at = len(p.atoms)
		if p.atomIndex == nil {
			p.atomIndex = map[string]int{}
		}
		p.atomIndex[name] = at
		p.atoms = append(p.atoms, t)
		if t.chosen {
			p.chosen = true
			p.atoms[at].plain = p.evaluate(at, func(k int) []string { return p.keys[k].fact.Plain })
		}
	}
	c.atoms = append(c.atoms, at)
}

// mixes says whether a test also reads keys that are known.
func (p *problem) mixes(a *questionClauses, t *atom) bool {
	if t.test == nil {
		return true
	}
	n := 0
	for i := range t.test.operands {
		n += len(t.test.operands[i].pattern.parts)
	}
	return n > 0
}

// variables returns the open keys that policy variables of patterns name, and says whether there
// are any.
func (p *problem) variables(a *questionClauses, patterns []pattern) ([]int, bool) {
	var keys []int
	for i := range patterns {
		for _, part := range patterns[i].parts {
			if part.key == "" {
				continue
			}
			if fact := a.Facts(part.key); fact.State.isOpen() {
				keys = append(keys, p.keyOf(part.key, fact))
			} else {
				p.noteTold(part.key, fact)
			}
		}
	}
	return keys, keys != nil
}

func (p *problem) noteTold(key string, fact Fact) {
	if fact.State == Told {
		if p.told == nil {
			p.told = map[string]ToldFact{}
		}
		p.told[fact.Note+" "+key] = ToldFact{key, fact.Note, fact.Values}
	}
}

// keyOf returns the number of an open key.
func (p *problem) keyOf(key string, fact Fact) int {
	name := cmp.Or(fact.Name, key)
	at, ok := p.keyIndex[name]
	if !ok {
		at = len(p.keys)
		if p.keyIndex == nil {
			p.keyIndex = map[string]int{}
		}
		p.keyIndex[name] = at
		if fact.Field > 0 { // the key is the ARN
			key, fact.Field = name, 0
		}
		p.keys = append(p.keys, openKey{name: name, key: key, fact: fact})
	}
	return at
}

// certain reads what is known.
func (a *questionClauses) certain(key string) []string { return a.Facts(key).Values }

// evaluate says whether a test holds where the open keys have these values.
func (p *problem) evaluate(at int, value func(k int) []string) cfn.Truth {
	t := &p.atoms[at]
	read := func(key string) []string {
		fact := t.facts(key)
		if !fact.State.isOpen() {
			return fact.Values
		}
		name := cmp.Or(fact.Name, key)
		return fact.field(valuesOf(name, key, value(p.keyIndex[name])))
	}
	truth := cfn.Maybe
	if t.test != nil {
		truth = t.test.truth(read)
	} else {
		truth = t.rule.resourceTruth(t.resource, read)
	}
	p.perhaps = p.perhaps || truth == cfn.Maybe
	return truth
}

// field returns the field of an ARN that a key has, of the ARN's value.
func (f *Fact) field(values []string) []string {
	if f.Field == 0 || len(values) != 1 {
		return values
	}
	fields := strings.SplitN(values[0], ":", 6)
	if len(fields) < f.Field {
		return nil
	}
	return fields[f.Field-1 : f.Field]
}

// valuesOf returns the values of a key as it has them: aws:CurrentTime is a date, while what is
// tried are seconds.
func valuesOf(name, key string, values []string) []string {
	if name != CurrentTime || key != CurrentTime || len(values) != 1 {
		return values
	}
	n, err := strconv.ParseInt(values[0], 10, 64)
	if err != nil {
		return values
	}
	return []string{time.Unix(n, 0).UTC().Format(time.RFC3339)}
}
