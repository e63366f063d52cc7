package prove

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Of a statement of which a test makes no sense, the others narrow it as they would without; one of
// a source address narrows whatever it says.
func TestPublicStatementsOfWhichNotAllCanBeRead(t *testing.T) {
	test := func(operator, key, value string) cfn.Member {
		return cfn.Member{Key: operator, Value: cfn.Object{{Key: key, Value: value}}}
	}
	unread := test("NumericLessThan", "aws:MultiFactorAuthAge", "soon")
	for _, c := range []struct {
		name  string
		block cfn.Object
		want  bool
	}{
		{"no test can be read", cfn.Object{unread}, true},
		{"another narrows",
			cfn.Object{test("StringEquals", "aws:PrincipalOrgID", "o-1234567890"), unread}, false},
		{"another narrows nothing", cfn.Object{unread, test("StringLike", "aws:PrincipalArn", "*")},
			true},
		{"a source address", cfn.Object{test("IpAddress", "aws:SourceIp", "here")}, false},
	} {
		statement := cfn.Object{
			{Key: "Effect", Value: "Allow"}, {Key: "Principal", Value: "*"},
			{Key: "Action", Value: "*"}, {Key: "Resource", Value: "*"},
			{Key: "Condition", Value: c.block},
		}
		if got := isPublic(statement); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
