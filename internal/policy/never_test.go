package policy

import "testing"

// TestNeverBegins: a condition all of whose values begin with what no value of the key begins with
// is not met, and its contrary is.
func TestNeverBegins(t *testing.T) {
	const account = "arn:aws:iam::111111111111:role/"
	facts := func(string) Fact {
		return Fact{
			State: Open, Always: true, Within: []string{account + "app", account + "*/app"},
			Never: []string{account + "aws-reserved/", account + "aws-service-role/"},
		}
	}
	const key = "aws:principalarn"
	for _, c := range []struct {
		operator string
		values   []string
		excludes bool
	}{
		{"ArnLike", []string{account + "aws-reserved/*/x_*", account + "aws-service-role/*"}, true},
		{"StringEquals", []string{account + "aws-reserved/x"}, true},
		{"ArnLike", []string{account + "aws-reserved/*", account + "team/*"}, false},
		{"ArnLike", []string{"arn:aws:iam::*:role/aws-reserved/*"}, false},
		{"ArnLike", []string{account + "*"}, false},
		{"ArnNotLike", []string{account + "aws-reserved/*"}, false},
	} {
		condition := testOfCaller(c.operator, key, c.values...)
		r := Rule{Effect: Allow, Conditions: []ConditionTest{*condition}}
		if got := r.Excludes(facts, []string{key}); got != c.excludes {
			t.Errorf("%s %q excludes: %t", c.operator, c.values, got)
		}
	}
}
