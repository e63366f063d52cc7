package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Of many statements, the texts that must be compared are numbered, and merging is a matter of
// sorting numbers: what may become one stands together then.

// areSimple says whether mergeNumbered can merge statements.
func areSimple(list []*Statement) bool {
	return !slices.ContainsFunc(list, func(s *Statement) bool { return !s.isSimple() })
}

// mergeNumbered is Merge for statements about one element and one caller each. What it returns may
// share lists with them.
func mergeNumbered(list []*Statement) []Statement {
	out := unite(gatherNumbered(withoutImpliedNumbered(elementsNumbered(list))))
	slices.SortFunc(out, compareStatements)
	return out
}

// numberedElement is an element with numbers that stand for what it is compared by.
type numberedElement struct {
	mergedElement
	place, principal, context, set int // of resource and pin; set is that of the actions
}

// numbering gives every text a number.
type numbering struct {
	of     map[string]int
	buffer []byte // in which the text is put together
}

// next returns the number of the text in the buffer, and empties it.
func (n *numbering) next() int {
	number, ok := n.of[string(n.buffer)]
	if !ok {
		number = len(n.of)
		n.of[string(n.buffer)] = number
	}
	n.buffer = n.buffer[:0]
	return number
}

// list adds texts to the buffer.
func (n *numbering) list(texts []string) {
	for _, text := range texts {
		n.buffer = append(append(n.buffer, text...), '\x02')
	}
	n.buffer = append(n.buffer, '\x01')
}

// elementsNumbered makes one element of the statements about one.
func elementsNumbered(list []*Statement) []*numberedElement {
	n := numbering{of: map[string]int{}}
	room := make([]numberedElement, len(list))
	all := make([]*numberedElement, len(list))
	for i, s := range list {
		room[i].number(&n, s)
		all[i] = &room[i]
	}
	slices.SortStableFunc(all, compareNumbered)
	elements := all[:0]
	for _, g := range all {
		if len(elements) == 0 || compareNumbered(elements[len(elements)-1], g) != 0 {
			elements = append(elements, g)
			continue
		}
		last := elements[len(elements)-1]
		last.because = append(last.because, g.because...) // clipped: the first one copies it
		if last.set != g.set {
			last.actions = sortedUnique(slices.Concat(last.actions, g.actions))
			n.list(last.actions)
			last.set = n.next()
		}
	}
	return elements
}

// number fills in the element of a statement.
func (e *numberedElement) number(n *numbering, s *Statement) {
	e.sample, e.pinned = s, s.pin()
	e.actions, e.because = sortedUnique(s.Action), slices.Clip(s.Because)
	e.resource = s.resource()
	if e.pinned != nil {
		e.element.pin = e.pinned.Values[0]
	}
	n.buffer = append(append(append(n.buffer, e.resource...), '\x01'), e.element.pin...)
	e.place = n.next()
	n.list(e.actions)
	e.set = n.next()
	n.list(s.Principal.AWS)
	n.list(s.Principal.Federated)
	n.list(s.Principal.Service)
	e.principal = n.next()
	e.context = n.context(s, e.pinned)
}

// context returns the number of what must be the same for two statements to become one, except
// actions.
func (n *numbering) context(s *Statement, pinned *Condition) int {
	n.buffer = append(append(append(append(n.buffer, s.Sid...), '\x01'), s.Effect...), '\x01')
	if s.Resource == nil {
		n.buffer = append(n.buffer, "no resource\x01"...)
	}
	if s.Principal.Any {
		n.buffer = append(n.buffer, '*')
	}
	n.list(s.Principal.AWS)
	n.list(s.Principal.Federated)
	n.list(s.Principal.Service)
	for i := range s.Condition {
		c := &s.Condition[i]
		n.buffer = append(append(append(append(n.buffer, c.Operator...), '\x02'), c.Key...), '\x02')
		if c != pinned {
			n.list(c.Values)
		}
	}
	return n.next()
}

// compareNumbered puts what may imply each other together, and in it what is one element.
func compareNumbered(a, b *numberedElement) int {
	return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.principal, b.principal),
		cmp.Compare(a.context, b.context))
}

// withoutImpliedNumbered is withoutImplied.
func withoutImpliedNumbered(elements []*numberedElement) []*numberedElement {
	kept := make([]*numberedElement, 0, len(elements))
	for len(elements) > 0 {
		n := 1
		for n < len(elements) && elements[n].place == elements[0].place &&
			elements[n].principal == elements[0].principal {
			n++
		}
		group := elements[:n]
		elements = elements[n:]
		if n == 1 || n > mostCompared {
			kept = append(kept, group...)
			continue
		}
		for _, e := range group {
			if !e.isImplied(group) {
				kept = append(kept, e)
			}
		}
	}
	return kept
}

// isImplied says whether another element of a group allows anyway what an element does, and gives
// its reasons to those that do.
func (e *numberedElement) isImplied(group []*numberedElement) bool {
	implied := false
	for _, other := range group {
		if other != e && other.implies(&e.mergedElement) {
			implied = true
			other.because = slices.Concat(other.because, e.because)
		}
	}
	return implied
}

// gatherNumbered is gather.
func gatherNumbered(elements []*numberedElement) []Statement {
	together := func(a, b *numberedElement) int {
		c := cmp.Or(cmp.Compare(a.context, b.context), cmp.Compare(a.set, b.set))
		if c == 0 && a.pinned != nil {
			c = strings.Compare(a.resource, b.resource)
		}
		return c
	}
	slices.SortFunc(elements, together)
	var out []Statement
	for len(elements) > 0 {
		n := 1
		for n < len(elements) && together(elements[0], elements[n]) == 0 {
			n++
		}
		out = append(out, statementOf(elements[:n]))
		elements = elements[n:]
	}
	return out
}

// statementOf makes one statement of elements.
func statementOf(elements []*numberedElement) Statement {
	g := elements[0]
	s := Statement{
		Sid: g.sample.Sid, Effect: g.sample.Effect, Principal: g.sample.Principal,
		Action: g.actions, Resource: g.sample.Resource, Condition: g.sample.Condition,
		Because: g.because,
	}
	if len(elements) > 1 {
		texts := make([]string, len(elements))
		s.Because = nil
		for i, e := range elements {
			texts[i] = e.resource
			if e.pinned != nil {
				texts[i] = e.element.pin
			}
			s.Because = append(s.Because, e.because...)
		}
		slices.Sort(texts)
		texts = slices.Compact(texts)
		if g.pinned != nil {
			s.Condition = slices.Clone(s.Condition)
			s.pin().Values = texts
		} else if s.Resource != nil {
			s.Resource = texts
		}
	}
	s.Because = sortedPlaces(s.Because)
	return s
}
