package policy

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Calls of which few statements say all, with what is known of them.
func TestDecideOfFewStatements(t *testing.T) {
	account := cfn.Unknown{What: "account", Name: "A", Class: cfn.Digits, Min: 12, Max: 12}.Text()
	digit := cfn.Unknown{What: "account", Name: "D", Class: cfn.Digits, Min: 1, Max: 1}.Text()
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
		{
			"a text that begins neither with x nor with a colon", []any{
				openStatement(Allow, "StringNotLike", "t:k", "x*,:*", "Null", "t:k", "false"),
			}, Possible,
		},
		{ // "yy" is neither
			"all texts but some of at least two letters", []any{
				openStatement(Allow, "StringLike", "t:k", "x*,:*,?,"),
				openStatement(Allow, "Null", "t:k", "true"),
			}, Possible,
		},
		{
			"a set that has the value of another key and one beside it, of one form", []any{
				openStatement(Allow, "ForAnyValue:StringEquals", "many:k", "${t:a}",
					"ForAnyValue:StringNotEquals", "many:k", "${t:a}", "ForAllValues:StringLike",
					"many:k", "v*"),
			}, Possible,
		},
		{ // "A1" is another text than "a1"
			"a text in any case that ends in a digit which is not known, held to a pattern", []any{
				openStatement(Allow, "StringEqualsIgnoreCase", "t:k", "A"+digit, "StringLike",
					"t:k", "a?"),
			}, Undecided,
		},
	} {
		if out := Decide(callOf(t, c.statements...)); out.Verdict != c.want {
			t.Errorf("%s: verdict %d, want %d", c.name, out.Verdict, c.want)
		}
	}
}

// A statement that denies what a plain call does not ask for is what the call is held to, not a
// condition.
func TestDecideTellsNoConditionThatAPlainCallMeets(t *testing.T) {
	call := callOf(t,
		openStatement(Allow, "StringEquals", "t:open", "a"),
		openStatement(Deny, "StringEquals", "t:chosen", "b", "StringEquals", "t:other", "c"),
	)
	call[0].Facts = func(key string) Fact {
		if key == "t:chosen" {
			return Fact{State: Chosen}
		}
		return Fact{State: Open}
	}
	out := Decide(call)
	if out.Verdict != Possible || len(out.Conditions) != 1 || out.Conditions[0].Key != "t:open" {
		t.Errorf("verdict %d under %v", out.Verdict, out.Conditions)
	}
	if len(out.HeldTo) != 1 || out.HeldTo[0].Key != "t:chosen" {
		t.Errorf("held to %v", out.HeldTo)
	}
}

// A variable at the end of a resource stands for all that is left of the resource's name, also
// where a part of this is not known.
func TestDecideByAVariableAtTheEndOfAResource(t *testing.T) {
	suffix := cfn.Unknown{What: "suffix", Name: "S", Class: cfn.Letters, Min: 6, Max: 6}.Text()
	for value, want := range map[string]Verdict{"db-" + suffix: Possible, "web": Refused} {
		call := callOf(t, map[string]any{
			"Effect": Allow, "Action": "*", "Resource": "arn:aws:s:r:111122223333:x/${t:k}",
			"Condition": map[string]any{"StringEquals": map[string]any{"t:k": value}},
		})
		call[0].Resource = "arn:aws:s:r:111122223333:x/db-" + suffix
		if out := Decide(call); out.Verdict != want {
			t.Errorf("%s: verdict %d, want %d", cfn.Shown(value), out.Verdict, want)
		}
	}
}

// A call that a statement denies wherever another allows it is refused because of the former.
func TestDecideTellsWhatDeniesEverything(t *testing.T) {
	out := Decide(callOf(t, openStatement(Allow, "StringEquals", "t:k", "a"),
		openStatement(Deny, "StringLike", "t:k", "a*")))
	part := out.Parts[0]
	if out.Verdict != Refused || part.Verdict != Refused || part.Reason != ExplicitDeny ||
		len(part.By) != 1 || part.By[0].Rule.Effect != Deny {
		t.Errorf("%d: %d, %s by %v", out.Verdict, part.Verdict, part.Reason, part.By)
	}
}

// A value that is no number stands in no order to one.
func TestDecideByAValueThatIsNoNumber(t *testing.T) {
	for _, operator := range []string{"NumericEquals", "NumericLessThan", "NumericGreaterThan",
		"NumericNotEquals"} {
		call := callOf(t, openStatement(Allow, operator, "t:k", "10"))
		call[0].Facts = func(string) Fact { return Fact{State: Certain, Values: []string{"many"}} }
		want := Refused
		if operator == "NumericNotEquals" {
			want = Allowed
		}
		if out := Decide(call); out.Verdict != want {
			t.Errorf("%s: verdict %d", operator, out.Verdict)
		}
	}
}

// A statement of which nobody can read the effect may allow and may deny, and what it is is said.
func TestDecideByAnEffectThatCannotBeRead(t *testing.T) {
	effect := cfn.Unknown{What: "parameter", Name: "Effect", Shown: "${Effect}"}.Text()
	for _, statements := range [][]any{{openStatement(effect)},
		{openStatement(Allow), openStatement(effect)}} {
		out := Decide(callOf(t, statements...))
		if out.Verdict != Undecided || len(out.Unread) == 0 || out.Unread[0].Name != "Effect" {
			t.Errorf("verdict %d, unread %v", out.Verdict, out.Unread)
		}
	}
}
