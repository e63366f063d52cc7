package policy

import (
	"slices"

	"github.com/secretctl/secretctl/internal/source"
)

// Most documents have a handful of statements, each about one caller and one resource. For these
// every step of Merge compares each with each, and copies nothing that stays as it is.

// mostFew is how many statements are few.
const mostFew = 16

// isSimple says whether a statement is about one element, and one caller as far as callers divides
// them: a statement of the spec's own before it is merged.
func (s *Statement) isSimple() bool {
	p := &s.Principal
	if s.Verbatim != nil || len(s.Resource) > 1 || s.Resource != nil && len(s.Resource) == 0 ||
		len(p.AWS)+len(p.Service)+len(p.Federated) > 1 {
		return false
	}
	for i := range s.Condition {
		c := &s.Condition[i]
		tells := c.Key == callerARN || c.Key == callerOrgID || c.Key == callerOrgPaths
		if len(c.Values) != 1 && (tells || c.pins()) {
			return false
		}
	}
	return true
}

// mergeFew is Merge for few statements. What it returns may share lists with them.
func mergeFew(list []*Statement) []Statement {
	out := unite(gatherFew(withoutImpliedFew(elementsFew(list))))
	slices.SortFunc(out, compareStatements)
	return out
}

// elementsFew makes one element of the statements about one.
func elementsFew(list []*Statement) []mergedElement {
	elements := make([]mergedElement, 0, len(list))
	for _, s := range list {
		g := mergedElement{sample: s, pinned: s.pin()}
		if s.Resource != nil {
			g.resource = s.Resource[0]
		}
		if g.pinned != nil {
			g.element.pin = g.pinned.Values[0]
		}
		i := slices.IndexFunc(elements, func(other mergedElement) bool {
			return g.resource == other.resource && g.element.pin == other.element.pin &&
				s.sameContext(other.sample)
		})
		if i < 0 {
			g.actions, g.because = sortedUnique(s.Action), slices.Clip(s.Because)
			elements = append(elements, g)
			continue
		}
		other := &elements[i]
		other.actions = sortedUnique(slices.Concat(other.actions, s.Action))
		other.because = slices.Concat(other.because, s.Because)
	}
	return elements
}

// sameContext says whether two statements have the same context.
func (s *Statement) sameContext(o *Statement) bool {
	if s.Sid != o.Sid || s.Effect != o.Effect || (s.Resource == nil) != (o.Resource == nil) ||
		!s.Principal.equal(o.Principal) {
		return false
	}
	pin := s.pin()
	return slices.EqualFunc(s.Condition, o.Condition, func(a, b Condition) bool {
		return a.Operator == b.Operator && a.Key == b.Key &&
			(pin != nil && a.Operator == pin.Operator && a.Key == pin.Key ||
				slices.Equal(a.Values, b.Values))
	})
}

// withoutImpliedFew is withoutImplied.
func withoutImpliedFew(elements []mergedElement) []mergedElement {
	var implied [mostFew]bool
	some := false
	for i := range elements {
		e := &elements[i]
		for j := range elements {
			other := &elements[j]
			if j == i || other.resource != e.resource || other.element.pin != e.element.pin ||
				!other.implies(e) {
				continue
			}
			implied[i], some = true, true
			other.because = slices.Concat(other.because, e.because)
		}
	}
	if !some {
		return elements
	}
	kept := elements[:0]
	for i := range elements {
		if !implied[i] {
			kept = append(kept, elements[i])
		}
	}
	return kept
}

// gatherFew is gather.
func gatherFew(elements []mergedElement) []Statement {
	out := make([]Statement, 0, len(elements))
	var samples [mostFew]*Statement
	for i := range elements {
		g := &elements[i]
		at := 0
		for at < len(out) && !(g.joins(&out[at]) && g.sample.sameContext(samples[at])) {
			at++
		}
		if at < len(out) {
			g.join(&out[at])
			continue
		}
		samples[len(out)] = g.sample
		out = append(out, Statement{
			Sid: g.sample.Sid, Effect: g.sample.Effect, Principal: g.sample.Principal,
			Action: g.actions, Condition: g.sample.Condition, Resource: g.sample.Resource,
			Because: g.because,
		})
	}
	for i := range out {
		out[i].Because = sortedPlaces(out[i].Because)
	}
	return out
}

// groupsFew is groupsOf.
func groupsFew(statements []Statement, by []*difference) []int {
	in, many := make([]int, len(statements)), 0
	for i, d := range by {
		in[i] = many
		for j := range i {
			if d != nil && by[j] != nil && d.condition == by[j].condition &&
				d.alike(&statements[j], &statements[i]) {
				in[i] = in[j]
				break
			}
		}
		if in[i] == many {
			many++
		}
	}
	return in
}

// alike says whether two statements that may differ do not differ in anything else.
func (d *difference) alike(s, o *Statement) bool {
	if s.Sid != o.Sid || s.Effect != o.Effect || (s.Resource == nil) != (o.Resource == nil) ||
		!slices.Equal(s.Action, o.Action) || !slices.Equal(s.Resource, o.Resource) ||
		len(s.Condition) != len(o.Condition) {
		return false
	}
	if d.principal && kindsOf(s.Principal) != kindsOf(o.Principal) ||
		!d.principal && !s.Principal.equal(o.Principal) {
		return false
	}
	for i := range s.Condition {
		a, b := &s.Condition[i], &o.Condition[i]
		if a.Operator != b.Operator || a.Key != b.Key ||
			i != d.condition && !slices.Equal(a.Values, b.Values) {
			return false
		}
	}
	return true
}

// joins says whether an element may join the statement of others of its context.
func (e *mergedElement) joins(s *Statement) bool {
	return slices.Equal(e.actions, s.Action) && (e.pinned == nil || e.resource == s.resource())
}

// join adds an element to the statement of others.
func (e *mergedElement) join(s *Statement) {
	s.Because = slices.Concat(s.Because, e.because)
	if e.pinned == nil {
		if s.Resource != nil {
			s.Resource = sortedUnique(slices.Concat(s.Resource, e.sample.Resource))
		}
		return
	}
	s.Condition = slices.Clone(s.Condition)
	pin := s.pin()
	pin.Values = sortedUnique(slices.Concat(pin.Values, e.pinned.Values))
}

// resource returns the first resource, "" if there is none.
func (s *Statement) resource() string {
	if len(s.Resource) == 0 {
		return ""
	}
	return s.Resource[0]
}

// sortedPlaces returns places sorted, each once; one as it is.
func sortedPlaces(places []source.Span) []source.Span {
	if len(places) < 2 {
		return places
	}
	places = slices.Clone(places)
	slices.SortFunc(places, source.Span.Compare)
	return slices.Compact(places)
}
