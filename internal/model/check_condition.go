package model

import (
	"cmp"
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// conditionsPage is the hint for a condition that is certainly wrong.
const conditionsPage = "see " +
	"https://docs.aws.amazon.com/IAM/latest/UserGuide/" +
	"reference_policies_elements_condition_operators.html for what compares what"

// conditionBlock checks a verbatim condition block of a grant or trust.
func (c *checker) conditionBlock(block spec.Raw) {
	if !block.Set() {
		return
	}
	c.conditions(block.Node)
	var seen []Condition
	for _, operator := range block.Node.Pairs() {
		for _, key := range operator.Value.Pairs() {
			this := condition(operator.Key, key)
			c.conditionValues(key, this)
			if i := slices.IndexFunc(seen, this.isOfSameKey); i >= 0 {
				c.report(diag.InvalidStatement, this.Span).
					Message("the condition %s %s stands here twice: IAM does not tell upper and "+
						"lower case apart", this.Operator, this.Key).
					Hint("write it once").
					Related(seen[i].Span, "the first one is here")
				continue
			}
			seen = append(seen, this)
		}
	}
}

func (c *checker) conditionValues(key yaml.Pair, this Condition) {
	wrong := false
	for _, v := range valuesOf(key.Value) {
		if !isConditionValue(v) && v.Kind != yaml.Seq {
			wrong = true
			c.report(diag.InvalidStatement, v.Span()).
				Message("the condition %s has a value of the wrong kind", this.Key).
				Hint("write a text or a list of texts")
		}
	}
	if len(this.Values) == 0 && !wrong {
		c.report(diag.InvalidStatement, this.Span).
			Message("the condition %s has no value", this.Key).
			Hint("write at least one value")
	}
}

// conditions finds what is certainly wrong with a condition block.
func (c *checker) conditions(block *yaml.Node) {
	if block == nil || block.IsIntrinsic() {
		return
	}
	if block.Kind != yaml.Map {
		c.report(diag.InvalidStatement, block.Span()).
			Message("a condition block is a mapping").
			Hint("write operators, then keys, then values")
		return
	}
	for _, operator := range block.Pairs() {
		c.operator(operator.Key, operator.Value)
	}
}

// operator checks one operator of a condition block, with its keys and their values.
func (c *checker) operator(name, keys *yaml.Node) {
	if !aws.ConditionOperator(name.Text()) {
		c.report(diag.InvalidStatement, name.Span()).
			Message("there is no condition operator %q", name.Text()).
			Hint("%s", cmp.Or(diag.DidYouMean(name.Text(), aws.ConditionOperators()),
				"write an operator such as StringEquals"))
		return
	}
	if keys.Kind != yaml.Map {
		c.report(diag.InvalidStatement, keys.Span()).
			Message("the operator %q needs a mapping", name.Text()).
			Hint("write keys and their values below the operator")
		return
	}
	if len(keys.Pairs()) == 0 {
		c.report(diag.InvalidStatement, name.Span()).
			Message("the operator %q restricts nothing: it has no condition key", name.Text()).
			Hint("write a condition key and its values below it, or remove it")
	}
	for _, key := range keys.Pairs() {
		var values []string
		for _, v := range scalars(key.Value) {
			values = append(values, v.Text())
		}
		for _, clause := range aws.CheckCondition(name.Text(), key.Key.Text(), values) {
			c.report(diag.InvalidStatement, key.Key.Span()).
				Message("%s", clause).
				Hint("%s", diag.Words(conditionsPage))
		}
	}
}

// emptyConditions refuses a condition block without operators and a condition key without values in
// a statement: IAM passes them over, and nobody writes them to restrict nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
func (c *checker) emptyConditions(statement *yaml.Node) {
	for _, member := range statement.Pairs() {
		if member.Key.Text() != "Condition" || member.Value.Kind != yaml.Map {
			continue
		}
		if len(member.Value.Pairs()) == 0 {
			c.report(diag.InvalidStatement, member.Key.Span()).
				Message("the Condition restricts nothing: it is empty").
				Hint("write an operator, a condition key and its values, or remove it")
		}
		for _, operator := range member.Value.Pairs() {
			for _, key := range operator.Value.Pairs() {
				if key.Value.Kind == yaml.Seq && len(key.Value.Items()) == 0 {
					c.report(diag.InvalidStatement, key.Key.Span()).
						Message("the condition %s has no value", key.Key.Text()).
						Hint("write at least one value")
				}
			}
		}
	}
}
