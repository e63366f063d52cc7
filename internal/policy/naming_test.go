package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// What the principals of a statement make of a call whose caller's sessions, account or principals
// are not wholly known.
func TestDecideByPrincipals(t *testing.T) {
	role := Caller{ARN: "arn:aws:iam::111122223333:role/app"}
	user := Caller{Kind: User, ARN: "arn:aws:iam::111122223333:user/app"}
	service := Caller{Kind: ServicePrincipal, ARN: "events.amazonaws.com"}
	other := "arn:aws:sts::111122223333:assumed-role/web/one"
	name := cfn.Unknown{What: "name", Name: "R", Class: cfn.Letters, Min: 12, Max: 13,
		Unique: true}.Text()
	made := Caller{ARN: "arn:aws:iam::111122223333:role/app-" + name}
	session := "arn:aws:sts::111122223333:assumed-role/app/one"
	root := "arn:aws:iam::111122223333:root"
	one := Caller{ARN: session, Role: role.ARN}
	parameter := cfn.Unknown{What: "parameter", Name: "P", Shown: "${P}"}.Text()
	bounded := user
	bounded.Bounded = true
	allow := func(key string, value any) any {
		return map[string]any{"Effect": Allow, key: value, "Action": "*", "Resource": "*"}
	}
	deny := func(key string, value any) any {
		return map[string]any{"Effect": Deny, key: value, "Action": "*", "Resource": "*"}
	}
	aws := func(ids ...string) any { return map[string]any{"AWS": ids} }
	everybody := allow("Principal", "*")
	for name, c := range map[string]struct {
		caller     Caller
		boundary   bool // which allows nothing
		statements []any
		want       Verdict
	}{
		"a role": {role, false,
			[]any{allow("Principal", aws(role.ARN))}, Allowed},
		"a role in a boundary": {role, true,
			[]any{allow("Principal", aws(role.ARN))}, Refused},
		"everybody, whatever the boundary": {role, true, []any{everybody},
			Allowed},
		"a user, whatever the boundary": {user, true,
			[]any{allow("Principal", aws(user.ARN))}, Allowed},
		"the account leaves it to IAM": {role, false,
			[]any{allow("Principal", aws(root))}, Refused},
		"one session": {role, false,
			[]any{allow("Principal", aws(session))}, Possible},
		"one session behind that of another role": {role, false,
			[]any{allow("Principal", aws(other, session))}, Possible},
		"one session, whatever the boundary": {role, true,
			[]any{allow("Principal", aws(session))}, Possible},
		"a unique id": {role, false,
			[]any{allow("Principal", aws("AROAEXAMPLE"))}, Possible},
		"a unique id in a boundary": {role, true,
			[]any{allow("Principal", aws("AROAEXAMPLE"))}, Refused},
		"the unique id of a user": {role, false,
			[]any{allow("Principal", aws("AIDAEXAMPLE"))}, Refused},
		"one session is denied": {role, false,
			[]any{everybody, deny("Principal", aws(session))}, Possible},
		"a parameter may be the role": {role, false,
			[]any{allow("Principal", aws(parameter))}, Undecided},
		"a parameter may be everybody": {role, true,
			[]any{allow("Principal", aws(parameter))}, Undecided},
		"a parameter may be everybody, a service": {service, false,
			[]any{allow("Principal", aws(parameter))}, Undecided},
		"a parameter may be denied": {role, false,
			[]any{everybody, deny("Principal", aws(parameter))}, Undecided},
		// AWS asks for its session, too
		"a denial leaves out role and account": {role, false,
			[]any{everybody, deny("NotPrincipal", aws(role.ARN, root))}, Undecided},
		"a denial leaves out user and account": {user, false,
			[]any{everybody, deny("NotPrincipal", aws(user.ARN, root))}, Allowed},
		"a denial leaves out somebody else": {role, false,
			[]any{everybody, deny("NotPrincipal", aws(user.ARN))}, Refused},
		"a denial leaves out the role only": {role, false,
			[]any{everybody, deny("NotPrincipal", aws(role.ARN))}, Undecided},
		"a denial leaves out the account only": {role, false,
			[]any{everybody, deny("NotPrincipal", aws(root))}, Undecided},
		"a denial leaves out another of the account": {role, false,
			[]any{everybody, deny("NotPrincipal", aws(user.ARN, root))}, Refused},
		"a denial leaves out a parameter, of a service": {service, false,
			[]any{everybody, deny("NotPrincipal", aws(parameter))}, Undecided},
		"a denial leaves out a parameter": {role, false,
			[]any{everybody, deny("NotPrincipal", aws(role.ARN, parameter))}, Undecided},
		"a denial leaves out a session": {role, false,
			[]any{everybody, deny("NotPrincipal", aws(session, role.ARN, root))}, Possible},
		"of a session, a denial leaves out all it asks for": {one, false,
			[]any{everybody, deny("NotPrincipal", aws(session, role.ARN, root))}, Allowed},
		"of a session, a denial leaves out all but its role": {one, false,
			[]any{everybody, deny("NotPrincipal", aws(session, root))}, Undecided},
		"of a name that is made, a denial leaves out another": {made, false,
			[]any{everybody, deny("NotPrincipal", aws(user.ARN, root))}, Refused},
		"of a name that is made, a denial leaves out the account": {made, false,
			[]any{everybody, deny("NotPrincipal", aws(root))}, Undecided},
		"a denial leaves out nobody who has a boundary": {bounded, true,
			[]any{everybody, deny("NotPrincipal", aws(bounded.ARN, root))}, Refused},
		"a permission leaves out the role": {role, false,
			[]any{allow("NotPrincipal", aws(role.ARN))}, Refused},
		"a permission leaves out a session": {role, false,
			[]any{allow("NotPrincipal", aws(session))}, Possible},
		"a permission leaves out session and role": {role, false,
			[]any{allow("NotPrincipal", aws(session, role.ARN))}, Undecided},
		"an unread denial": {role, false,
			[]any{everybody, cfn.Unread{Unknown: cfn.Unknown{What: "parameter", Name: "P"}}},
			Undecided},
	} {
		rules, err := decodeMaps(map[string]any{
			"Version": withVariables, "Statement": c.statements,
		})
		if err != nil {
			t.Fatal(err)
		}
		q := Question{
			Request: Request{
				Caller: c.caller, Action: "s:Get", Resource: "arn:aws:s:r:111122223333:x",
				Owner: "111122223333",
			},
			Policies: Policies{Resource: &Source{Name: "p", Rules: rules}},
			Facts: func(key string) Fact {
				return Fact{State: Open, Always: key == "aws:userid"}
			},
		}
		if c.boundary {
			q.Policies.Boundary = &Source{Name: "boundary"}
		}
		out := Decide([]Question{q})
		if out.Verdict != c.want {
			t.Errorf("%s: verdict %d, want %d", name, out.Verdict, c.want)
		}
		isParameter := func(u cfn.Unknown) bool { return u.What == "parameter" }
		if strings.Contains(name, "a parameter") && !slices.ContainsFunc(out.Unread, isParameter) {
			t.Errorf("%s: nothing is said of the parameter: %v", name, out.Unread)
		}
		if out.Verdict == Undecided && len(out.Unread) == 0 {
			t.Errorf("%s: nothing is said of what cannot be read", name)
		}
	}
}

// A key leaves the decision to IAM of the caller's account if one of its principals may be that
// account, wherever it stands.
func TestDecideByAnAccountThatIsNotStated(t *testing.T) {
	account := cfn.Unknown{What: "account", Name: "A", Class: cfn.Digits, Min: 12, Max: 12}.Text()
	for _, ids := range [][]string{
		{account}, {"arn:aws:iam::111122223333:user/other", account},
		{account, "arn:aws:iam::111122223333:user/other"},
	} {
		rules, err := decodeMaps(map[string]any{"Version": withVariables,
			"Statement": map[string]any{
				"Effect": Allow, "Principal": map[string]any{"AWS": ids}, "Action": "*",
				"Resource": "*",
			}})
		if err != nil {
			t.Fatal(err)
		}
		call := callOf(t, openStatement(Allow))
		call[0].Owner = "111122223333"
		call[0].Policies.Key, call[0].Policies.Resource = true, &Source{Name: "key", Rules: rules}
		if out := Decide(call); out.Verdict != Undecided {
			t.Errorf("%q: verdict %d", ids, out.Verdict)
		}
	}
}

// A condition block with one key in two cases is an error of AWS's, of which is not said what
// counts.
func TestDecideByAKeyThatIsTwiceInABlock(t *testing.T) {
	for _, effect := range []string{Allow, Deny} {
		out := Decide(callOf(t, openStatement(Allow, "Bool", "t:k", "true"), map[string]any{
			"Effect": effect, "Action": "*", "Resource": "*",
			"Condition": map[string]any{"StringEquals": map[string]any{
				"aws:userid": "a", "AWS:UserId": "b",
			}},
		}))
		if out.Verdict == Refused || out.Verdict == Allowed {
			t.Errorf("%s: verdict %d", effect, out.Verdict)
		}
	}
}

// What a call is held to: the tests on what whoever calls chooses, of a call that is allowed in all
// circumstances.
func TestDecideTellsWhatACallIsHeldTo(t *testing.T) {
	chosen := func(key string) Fact {
		if strings.HasPrefix(key, "t:plain") {
			return Fact{State: Chosen, Plain: []string{"a"}}
		}
		if key == "t:open" {
			return Fact{State: Open}
		}
		return Fact{State: Chosen}
	}
	for _, c := range []struct {
		statements []any
		want       Verdict
		held       []Test
	}{
		{[]any{openStatement(Allow, "Null", "t:k", "true")}, Allowed,
			[]Test{{"Null", "t:k", []string{"true"}}}},
		{[]any{openStatement(Allow, "StringEquals", "t:plain", "a")}, Allowed,
			[]Test{{"StringEquals", "t:plain", []string{"a"}}}},
		{[]any{openStatement(Allow, "StringEquals", "t:plain", "b")}, Possible, nil},
		{[]any{openStatement(Allow), openStatement(Deny, "StringEquals", "t:plain", "b")}, Allowed,
			[]Test{{"StringNotEquals", "t:plain", []string{"b"}}}},
		{[]any{openStatement(Allow), openStatement(Deny, "StringEquals", "t:plain", "a")}, Possible,
			nil},
		{[]any{openStatement(Allow, "StringEquals", "t:plain", "a"),
			openStatement(Allow, "StringEquals", "t:k", "b")}, Allowed,
			[]Test{{"StringEquals", "t:plain", []string{"a"}}}},
		{[]any{openStatement(Allow, "StringEquals", "t:k", "b"),
			openStatement(Allow, "StringEquals", "t:plain", "a")}, Allowed,
			[]Test{{"StringEquals", "t:plain", []string{"a"}}}},
		{[]any{openStatement(Allow, "StringEquals", "t:k", "b"),
			openStatement(Deny, "StringEquals", "t:k", "b")}, Refused, nil},
		{
			[]any{openStatement(Allow, "StringEquals", "t:plain", "a", "Null", "t:open", "true"),
				openStatement(Allow, "StringEquals", "t:plain", "a", "Null", "t:open", "false")},
			Allowed, []Test{{"StringEquals", "t:plain", []string{"a"}}},
		},
	} {
		call := callOf(t, c.statements...)
		call[0].Facts = chosen
		out := Decide(call)
		if out.Verdict != c.want ||
			!slices.EqualFunc(out.HeldTo, c.held, func(a, b Test) bool {
				return fmt.Sprint(a) == fmt.Sprint(b)
			}) {
			t.Errorf("%v: verdict %d, held to %v", c.statements, out.Verdict, out.HeldTo)
		}
	}
}

// Unknown parts that a policy variable, or another pattern, may divide.
func TestDecideByUnknownPartsThatAreDivided(t *testing.T) {
	suffix := cfn.Unknown{What: "suffix", Class: cfn.Letters, Min: 6, Max: 6}.Text()
	other := cfn.Unknown{What: "suffix", Name: "other", Class: cfn.Letters, Min: 6, Max: 6}.Text()
	text := "arn:aws:s:r:111122223333:x/"
	statement := func(resource string, conditions ...string) any {
		s := openStatement(Allow, conditions...).(map[string]any)
		s["Resource"] = resource
		return s
	}
	for _, c := range []struct {
		resource  string
		statement any
		want      Verdict
	}{
		{text + "a-" + suffix, statement(text + "${t:k}-??????"), Possible},
		{text + "a-" + suffix, statement(text + "${t:k}/??????"), Refused},
		// the six characters may begin with 1
		{text + "a-" + suffix, statement(text + "a-1${t:k}"), Undecided},
		{text + "a-" + suffix, statement(text + "a-${t:k}1"), Undecided},    // and end with it
		{text + "a-" + suffix, statement(text + "a-" + "${t:k}_"), Refused}, // but not with _
		{text + "a-" + suffix, statement(text + "a-" + "${t:k}"), Possible}, // whatever they are
		{text + "a-" + suffix, statement(text + "a-" + other), Undecided},   // both may be the same
		{text,
			statement("*", "StringLike", "t:k", "*"+suffix, "StringLikeIfExists", "t:k", "??????",
				"Null", "t:k", "false"), Possible},
		{text,
			statement("*", "StringLike", "t:k", "*"+suffix+"*", "ForAnyValue:StringLike", "t:k",
				"ab*"), Possible},
		{text,
			statement("*", "StringEquals", "t:k", suffix, "ForAnyValue:StringEquals", "t:k", other),
			Undecided},
		{text,
			statement("*", "StringEquals", "t:k", suffix, "ForAnyValue:StringEquals", "t:k",
				"1234567"), Refused},
		{text,
			statement("*", "StringEquals", "t:k", suffix, "ForAnyValue:StringEquals", "t:k",
				"123456"), Undecided},
	} {
		call := callOf(t, c.statement)
		call[0].Resource = c.resource
		out := Decide(call)
		if out.Verdict != c.want && !(out.Verdict == Undecided && c.want == Possible) {
			t.Errorf("%s, %v: verdict %d, want %d", cfn.Shown(c.resource), c.statement, out.Verdict,
				c.want)
		}
	}
}

// A text that may be empty is perhaps no value to ForAnyValue and ForAllValues.
func TestDecideByATextThatMayBeEmpty(t *testing.T) {
	for _, operator := range []string{"ForAnyValue:StringLike", "ForAllValues:StringNotLike"} {
		call := callOf(t, openStatement(Allow, operator, "t:k", "*"))
		call[0].Facts = func(string) Fact {
			return Fact{Values: []string{cfn.Unknown{What: "parameter", Name: "P"}.Text()}}
		}
		if out := Decide(call); out.Verdict != Undecided {
			t.Errorf("%s: verdict %d", operator, out.Verdict)
		}
	}
}
