package policy

import (
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// ConditionTest is one key of a statement's condition block.
type ConditionTest struct {
	Operator string   // as written: ForAnyValue:StringEqualsIfExists
	Key      string   // as written: aws:PrincipalOrgPaths
	Values   []string // as written

	key      string // in lower case
	operator *operator
	ifExists bool
	set      setOperator
	operands []operand
	null     bool // of Null: the key must be absent

	leavesOut bool // it is not of a condition, but leaves out those whom NotPrincipal does
}

// setOperator says how a key with several values is compared.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
type setOperator uint8

const (
	single setOperator = iota
	forAnyValue
	forAllValues
)

// newCondition prepares one key of an operator's. A value that the operator cannot compare is an
// error. Upper and lower case make no difference in operators and keys.
func newCondition(
	operatorName, key string, values []string, variables bool,
) (ConditionTest, error) {
	t, err := parseOperator(operatorName)
	if err != nil {
		return t, err
	}
	if key == "" {
		return t, fmt.Errorf("has a key without a name at %s", operatorName)
	}
	t.Key, t.Values, t.key = key, values, strings.ToLower(key)
	t.operands = make([]operand, len(values))
	for i, v := range values {
		if t.operands[i], err = t.operator.operand(v, variables); err != nil {
			return t, fmt.Errorf("%s %s %w", operatorName, key, err)
		}
	}
	if t.operator.compare == presence {
		if len(values) != 1 {
			return t, fmt.Errorf("%s %s needs true or false", operatorName, key)
		}
		t.null = strings.EqualFold(values[0], "true")
	}
	return t, nil
}

// parseOperator takes a condition operator apart. One that does not exist is an error.
func parseOperator(name string) (ConditionTest, error) {
	t := ConditionTest{Operator: name}
	given := name
	unknown := func() error { return fmt.Errorf("has an operator that does not exist: %q", given) }
	if set, rest, found := strings.Cut(name, ":"); found {
		switch {
		case strings.EqualFold(set, "ForAnyValue"):
			t.set = forAnyValue
		case strings.EqualFold(set, "ForAllValues"):
			t.set = forAllValues
		default:
			return t, unknown()
		}
		name = rest
	}
	const suffix = "IfExists"
	if n := len(name) - len(suffix); n > 0 && strings.EqualFold(name[n:], suffix) {
		t.ifExists, name = true, name[:n]
	}
	t.operator = operatorNamed(name)
	if t.operator == nil || t.operator.compare == presence && t.ifExists {
		return t, unknown()
	}
	return t, nil
}

// operatorNamed returns the operator of a name, whatever its upper and lower case, or nil. Most are
// written as AWS does.
func operatorNamed(name string) *operator {
	for i := range operators {
		if operators[i].name == name {
			return &operators[i]
		}
	}
	for i := range operators {
		if strings.EqualFold(operators[i].name, name) {
			return &operators[i]
		}
	}
	return nil
}

// Holds says whether the condition is met.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
//
//   - An absent key fails a condition, but meets one with Not in its operator, one with IfExists,
//     and one with ForAllValues.
//   - One of several values in the policy must match, or, with Not, none of them may.
//   - ForAnyValue asks this of one value of the request, ForAllValues of each. An empty text alone
//     is no value to them.
//   - A key with several values meets no condition without one of the two: AWS requires them there.
//   - A policy variable that has no value matches nothing. So it meets a condition with Not:
//     "Inverted condition operators like StringNotEquals or StringNotLike do match against a null
//     value".
func (t *ConditionTest) Holds(c Context) bool { return t.holds(&c) }

func (t *ConditionTest) holds(c *Context) bool {
	values := c.find(t.key)
	if t.operator.compare == presence {
		return t.null == (values.n == 0)
	}
	if t.set != single && values.n == 1 && values.at(0) == "" {
		values.n = 0
	}
	if values.n == 0 {
		return t.ifExists || t.set == forAllValues || t.set == single && t.operator.negated
	}
	if t.set == single {
		return values.n == 1 && t.accepts(values.at(0), c)
	}
	for i := range values.n {
		if t.accepts(values.at(i), c) == (t.set == forAnyValue) {
			return t.set == forAnyValue
		}
	}
	return t.set == forAllValues
}

// accepts compares one value of the request with those of the policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func (t *ConditionTest) accepts(value string, c *Context) bool {
	for i := range t.operands {
		if t.operator.matches(value, &t.operands[i], c) {
			return !t.operator.negated
		}
	}
	return t.operator.negated
}

// Refuses says whether the condition is certainly not met by what is known of a request.
func (t *ConditionTest) Refuses(facts Facts) bool {
	if f := facts(t.key); f.State == Open || f.State == Chosen {
		return false
	}
	for i := range t.operands {
		for _, v := range t.operands[i].pattern.parts {
			if f := facts(v.key); v.key != "" && (f.State == Open || f.State == Chosen) {
				return false
			}
		}
	}
	return t.truth(func(key string) []string { return facts(key).Values }) == cfn.No
}
