package policy

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Calls of which few statements say all, with what is known of them.
func TestDecideOfFewStatements(t *testing.T) {
	account := cfn.Unknown{What: "account", Name: "A", Class: cfn.Digits, Min: 12, Max: 12}.Text()
	for _, c := range []struct {
		name       string
		statements []any
		want       Verdict
	}{
		{
			"what matches an account that is not stated is allowed, and all else", []any{
				openStatement(Allow, "StringLike", "t:k", account+"/*"),
				openStatement(Allow, "StringNotLike", "t:k", account+"/*"),
			}, Allowed,
		},
		{
			"what matches an account that is not stated is allowed, and denied", []any{
				openStatement(Allow, "StringLike", "t:k", account+"/*"),
				openStatement(Deny, "StringLike", "t:k", account+"/*"),
			}, Refused,
		},
	} {
		if out := Decide(callOf(t, c.statements...)); out.Verdict != c.want {
			t.Errorf("%s: verdict %d, want %d", c.name, out.Verdict, c.want)
		}
	}
}
