// Package policy writes IAM policy documents, in canonical form and with their exact size, and
// decides over requests as IAM does by them. It knows the grammar of policies and nothing of
// secrets.
package policy

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
)

// The effects of a statement.
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Statement is one statement of a policy document. Texts may be CloudFormation intrinsics (package
// cfn's placeholders).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type Statement struct {
	Sid       string
	Effect    string
	Principal Principal // zero in identity policies
	Action    []string
	Resource  []string // empty in trust policies
	Condition Conditions
	Verbatim  cfn.Object // the user's own statement, written as it is instead of everything above

	Because []source.Span // the places in the spec this statement comes from
}

// Principal is who a statement of a resource policy speaks of.
type Principal struct {
	Any       bool // "*"
	AWS       []string
	Service   []string
	Federated []string
}

// IsZero says whether no principal is written.
func (p Principal) IsZero() bool {
	return !p.Any && p.AWS == nil && p.Service == nil && p.Federated == nil
}

// Condition is one key of a condition block: the operator must hold for one of the values.
type Condition struct {
	Operator string // StringEquals
	Key      string // aws:PrincipalOrgID
	Values   []string
}

// Conditions is a condition block. All its members must hold.
type Conditions []Condition

// With returns the block with one more condition, in canonical order. Conditions of the same
// operator and key become one only where their values agree; a block cannot say "both" of one
// operator and key, so the caller must not ask for it.
func (c Conditions) With(operator, key string, values ...string) Conditions {
	for _, have := range c {
		if have.Operator == operator && have.Key == key {
			if slices.Equal(have.Values, sortedUnique(values)) {
				return c
			}
			panic("policy: a condition block cannot hold " + operator + " " + key + " twice")
		}
	}
	one := Condition{operator, key, sortedUnique(values)}
	at, _ := slices.BinarySearchFunc(c, one, compareConditions)
	out := make(Conditions, 0, len(c)+1)
	return append(append(append(out, c[:at]...), one), c[at:]...)
}

// Text is the same for blocks that say the same.
func (c Conditions) Text() string {
	var b strings.Builder
	for i := range c {
		b.WriteString(c[i].Operator + "\x02" + c[i].Key + "\x02")
		b.WriteString(strings.Join(c[i].Values, "\x02") + "\x01")
	}
	return b.String()
}

// Pinned returns the block with another value in its pin, which it must have.
func (c Conditions) Pinned(value string) Conditions {
	c = slices.Clone(c)
	i := slices.IndexFunc(c, func(one Condition) bool { return one.pins() })
	c[i].Values = []string{value}
	return c
}

// Has says whether the block has a condition on a key with an operator. IAM does not tell upper and
// lower case apart.
func (c Conditions) Has(operator, key string) bool {
	return slices.ContainsFunc(c, func(have Condition) bool {
		return strings.EqualFold(have.Operator, operator) && strings.EqualFold(have.Key, key)
	})
}

func compareConditions(a, b Condition) int {
	if c := strings.Compare(a.Operator, b.Operator); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}

// Document is a policy document.
type Document []Statement

// Written is a document of which hardly anybody asks where its statements come from: a large spec
// has thousands, and it is made for who asks.
type Written interface {
	Written() Document
	HasVerbatim() bool // whether a statement is in the user's own words
}

// Written returns the document itself.
func (d Document) Written() Document { return d }

// HasVerbatim says whether a statement is in the user's own words.
func (d Document) HasVerbatim() bool {
	return slices.ContainsFunc(d, func(s Statement) bool { return s.Verbatim != nil })
}

// Value returns the document as CloudFormation writes it: Version 2012-10-17 and the statements
// with their members in the order people read them. A list of one is written as its one element.
func (d Document) Value() cfn.Object {
	statements := make([]any, len(d))
	for i, s := range d {
		statements[i] = s.Value()
	}
	return cfn.Object{{Key: "Version", Value: "2012-10-17"}, {Key: "Statement", Value: statements}}
}

// Value returns the statement as CloudFormation writes it.
func (s Statement) Value() cfn.Object {
	if s.Verbatim != nil {
		return s.Verbatim
	}
	o := make(cfn.Object, 0, s.members())
	add := func(key string, v any) { o = append(o, cfn.Member{Key: key, Value: v}) }
	if s.Sid != "" {
		add("Sid", s.Sid)
	}
	add("Effect", s.Effect)
	if !s.Principal.IsZero() {
		add("Principal", s.Principal.value())
	}
	add("Action", oneOrMany(s.Action))
	if s.Resource != nil {
		add("Resource", oneOrMany(s.Resource))
	}
	if s.Condition != nil {
		add("Condition", s.Condition.value())
	}
	return o
}

// members counts the members of the statement's value.
func (s *Statement) members() int {
	n := 2 // the effect and the actions
	for _, has := range []bool{
		s.Sid != "", !s.Principal.IsZero(), s.Resource != nil, s.Condition != nil,
	} {
		if has {
			n++
		}
	}
	return n
}

func (p Principal) value() any {
	if p.Any {
		return "*"
	}
	var o cfn.Object
	for _, kind := range []struct {
		name string
		ids  []string
	}{{"AWS", p.AWS}, {"Federated", p.Federated}, {"Service", p.Service}} {
		if kind.ids != nil {
			o = append(o, cfn.Member{Key: kind.name, Value: oneOrMany(kind.ids)})
		}
	}
	return o
}

func (c Conditions) value() cfn.Object {
	operators := 0
	for i := range c {
		if i == 0 || c[i].Operator != c[i-1].Operator {
			operators++
		}
	}
	if operators == 0 {
		return nil
	}
	o, all := make(cfn.Object, 0, operators), make(cfn.Object, len(c))
	for i, begin := 0, 0; i < len(c); i++ {
		all[i] = cfn.Member{Key: c[i].Key, Value: oneOrMany(c[i].Values)}
		if i+1 == len(c) || c[i+1].Operator != c[i].Operator {
			o = append(o, cfn.Member{Key: c[i].Operator, Value: all[begin : i+1 : i+1]})
			begin = i + 1
		}
	}
	return o
}

func oneOrMany(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	return values
}

// sortedUnique returns texts sorted, each once. Texts that are so already are returned as they are.
func sortedUnique(values []string) []string {
	if isSorted(values) {
		return slices.Clip(values)
	}
	out := slices.Clone(values)
	slices.Sort(out)
	return slices.Compact(out)
}

// isSorted says whether texts are sorted, each once.
func isSorted(values []string) bool {
	for i := 1; i < len(values); i++ {
		if values[i-1] >= values[i] {
			return false
		}
	}
	return true
}
