package policy

import (
	"iter"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
)

// encryptionContext marks the condition that pins a KMS statement to one secret. A request carries
// one value of such a key, so statements that differ in it alone are one statement with several
// values.
const encryptionContext = "kms:EncryptionContext:"

// pins says whether a condition is a pin. Only of operators for which one of several values is
// enough: two values that must not be are less than either.
func (c *Condition) pins() bool {
	return (c.Operator == "StringEquals" || c.Operator == "StringLike") &&
		strings.HasPrefix(c.Key, encryptionContext)
}

// element is what a statement allows something on: a resource or, in a statement pinned by its
// encryption context, one of its values.
type element struct {
	// everything that must be the same for two statements to become one, except actions
	context  string
	resource string
	pin      string
}

// mergedElement is an element with the actions that all statements together allow on it.
type mergedElement struct {
	element
	sample  *Statement
	pinned  *Condition
	actions []string
	because []source.Span
}

// Merge brings statements into canonical form: what allows the same actions under the same
// conditions to the same principal is one statement, with its resources sorted; statements that
// differ only in who calls are one with a list; and what another statement allows anyway is left
// out. The result depends neither on the order of the statements nor on how they were divided, and
// allows (or denies) exactly what they did. Verbatim statements stay as they are, last, in their
// order.
func Merge(statements iter.Seq[*Statement]) []Statement {
	list := slices.Collect(statements)
	switch {
	case !areSimple(list):
		return mergeAny(list)
	case len(list) <= mostFew:
		return mergeFew(list)
	}
	return mergeNumbered(list)
}

// mergeAny is Merge for any statements, by texts that say what must agree.
func mergeAny(list []*Statement) []Statement {
	elements := map[element]*mergedElement{}
	var order []*mergedElement
	var verbatim []Statement
	for _, s := range list {
		if s.Verbatim != nil {
			verbatim = append(verbatim, *s)
			continue
		}
		for one := range s.callers() {
			for e, pinned := range one.elements() {
				g := elements[e]
				if g == nil {
					g = &mergedElement{element: e, sample: one, pinned: pinned}
					elements[e] = g
					order = append(order, g)
				}
				g.actions = append(g.actions, s.Action...)
				g.because = append(g.because, s.Because...)
			}
		}
	}
	for _, g := range order {
		g.actions = sortedUnique(g.actions)
	}
	out := unite(gather(withoutImplied(order)))
	slices.SortFunc(out, compareStatements)
	return append(out, verbatim...)
}

// elements returns what a statement is about, with the condition that pins it.
func (s *Statement) elements() iter.Seq2[element, *Condition] {
	return func(yield func(element, *Condition) bool) {
		pinned, context := s.context()
		pins := []string{""}
		if pinned != nil {
			pins = pinned.Values
		}
		resources := s.Resource
		if resources == nil {
			resources = []string{""}
		}
		for _, r := range resources {
			for _, pin := range pins {
				if !yield(element{context, r, pin}, pinned) {
					return
				}
			}
		}
	}
}

// text is the same for statements that say the same.
func (s *Statement) text() string {
	_, context := s.context()
	var b strings.Builder
	b.WriteString(context)
	for _, list := range [][]string{s.Action, s.Resource} {
		b.WriteString("\x03" + strings.Join(list, "\x02"))
	}
	if pin := s.pin(); pin != nil {
		b.WriteString("\x03" + strings.Join(pin.Values, "\x02"))
	}
	return b.String()
}

// gather makes statements of elements that have the same context and actions.
func gather(elements []*mergedElement) []Statement {
	groups := map[string]*Statement{}
	var order []string
	for _, g := range elements {
		key := g.context + "\x01" + strings.Join(g.actions, "\x02")
		if g.pinned != nil {
			key += "\x01" + g.resource
		}
		s := groups[key]
		if s == nil {
			s = &Statement{
				Sid: g.sample.Sid, Effect: g.sample.Effect, Principal: g.sample.Principal,
				Action: g.actions, Condition: g.sample.Condition,
			}
			if g.pinned != nil {
				s.Condition = slices.Clone(s.Condition)
				s.pin().Values = nil
			}
			groups[key] = s
			order = append(order, key)
		}
		if g.sample.Resource != nil && (g.pinned == nil || s.Resource == nil) {
			s.Resource = append(s.Resource, g.resource)
		}
		if g.pinned != nil {
			pin := s.pin()
			pin.Values = append(pin.Values, g.element.pin)
		}
		s.Because = append(s.Because, g.because...)
	}
	out := make([]Statement, 0, len(order))
	for _, key := range order {
		s := groups[key]
		s.Resource = sortedOrNil(s.Resource)
		if pin := s.pin(); pin != nil {
			pin.Values = sortedUnique(pin.Values)
		}
		slices.SortFunc(s.Because, source.Span.Compare)
		s.Because = slices.Compact(s.Because)
		out = append(out, *s)
	}
	return out
}

func sortedOrNil(values []string) []string {
	if values == nil {
		return nil
	}
	return sortedUnique(values)
}

// pin returns the statement's condition on the encryption context, or nil.
func (s *Statement) pin() *Condition {
	for i := range s.Condition {
		if s.Condition[i].pins() {
			return &s.Condition[i]
		}
	}
	return nil
}

// All gives Merge the statements of a slice.
func All(statements []Statement) iter.Seq[*Statement] {
	return func(yield func(*Statement) bool) {
		for i := range statements {
			if !yield(&statements[i]) {
				return
			}
		}
	}
}

// context returns the pin and a text that is the same for statements that may become one.
func (s *Statement) context() (*Condition, string) {
	var b strings.Builder
	b.WriteString(s.Sid + "\x01" + s.Effect + "\x01")
	if s.Resource == nil {
		b.WriteString("no resource\x01")
	}
	if s.Principal.Any {
		b.WriteString("*")
	}
	for _, ids := range [][]string{s.Principal.AWS, s.Principal.Federated, s.Principal.Service} {
		b.WriteString(strings.Join(ids, "\x02") + "\x01")
	}
	var pinned *Condition
	for i, c := range s.Condition {
		b.WriteString(c.Operator + "\x02" + c.Key + "\x02")
		if c.pins() && pinned == nil {
			pinned = &s.Condition[i]
			continue
		}
		b.WriteString(strings.Join(c.Values, "\x02") + "\x01")
	}
	return pinned, b.String()
}

// compareStatements is the canonical order: by actions, then resources, then conditions.
func compareStatements(a, b Statement) int {
	if a.Effect != b.Effect {
		return strings.Compare(a.Effect, b.Effect) // Allow before Deny
	}
	if c := strings.Compare(a.Sid, b.Sid); c != 0 {
		return c
	}
	if c := slices.Compare(a.Action, b.Action); c != 0 {
		return c
	}
	if c := slices.Compare(a.Resource, b.Resource); c != 0 {
		return c
	}
	if c := slices.CompareFunc(a.Condition, b.Condition, func(x, y Condition) int {
		if c := compareConditions(x, y); c != 0 {
			return c
		}
		return slices.Compare(x.Values, y.Values)
	}); c != 0 {
		return c
	}
	return strings.Compare(principalText(a.Principal), principalText(b.Principal))
}

func principalText(p Principal) string {
	return strings.Join(slices.Concat(p.AWS, p.Federated, p.Service), "\x02")
}
