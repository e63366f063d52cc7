package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/simulator/faults"
	"github.com/secretctl/secretctl/internal/verb"
)

// TestAccountThatIsHeldToSomebody: a statement that names an account lets those of it in whom its
// conditions leave, and some row tells it. Only who can be nobody has none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
func TestAccountThatIsHeldToSomebody(t *testing.T) {
	const (
		account = "account 222222222222"
		role    = "arn:aws:iam::222222222222:role/app-"
	)
	for _, c := range []struct {
		condition string
		want      []string // who, how, and the values of conditions
	}{
		{``, []string{account + " allow"}},
		{`StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" }`,
			[]string{account + " conditional o-a1b2c3d4e5"}},
		{`"ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*" }`,
			[]string{account + " conditional o-a1b2c3d4e5/*"}},
		{`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/app-*" }`,
			[]string{role + "* allow"}},
		{`StringLike: { "aws:PrincipalArn": ["arn:aws:iam::22*:role/app-*", "*:user/x*"] }`,
			[]string{account + " conditional arn:aws:iam::22*:role/app-* *:user/x*",
				role + "* allow"}},
		{`ArnLike: { "aws:PrincipalArn": "` + role + `*" }`, []string{role + "* allow"}},
		{`ArnEquals: { "aws:PrincipalArn": "` + role + `x" }`, []string{role + "x allow"}},
		{`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::333333333333:role/app-*" }`, nil},
		{`StringEquals: { "aws:PrincipalAccount": ["222222222222", "333333333333"] }`,
			[]string{account + " allow"}},
		{`StringLike: { "aws:PrincipalAccount": "2*" }`, []string{account + " allow"}},
		{`StringEquals: { "aws:PrincipalAccount": "333333333333" }`, nil},
		{`StringEquals: { "aws:SourceVpce": "vpce-1" }`,
			[]string{account + " conditional vpce-1"}},
	} {
		e := load(t, `
Resources:
  S: { Type: AWS::SecretsManager::Secret }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref S,
    ResourcePolicy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Resource: "*",
    Action: "secretsmanager:GetResourcePolicy", Condition: { `+c.condition+` },
    Principal: { AWS: "arn:aws:iam::222222222222:root" } }] } } }
`)
		r := e.Report([]*verb.Verb{verb.Find("GetResourcePolicy")}, nil, nil)
		var got []string
		for i := range r.Rows {
			row := &r.Rows[i]
			said := []string{r.Principals[row.Principal].ID, row.Answer.Effect.String()}
			for _, is := range row.Answer.Conditions {
				said = append(said, is.Values...)
			}
			got = append(got, cfn.Shown(strings.Join(said, " ")))
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("if %s: %q, want %q", c.condition, got, c.want)
		}
	}
}

// TestAccountsThatPoliciesName: of a pattern or an organization those of an account may do
// something, or may not, that a policy names.
func TestAccountsThatPoliciesName(t *testing.T) {
	const (
		pattern, organization = "arn:aws:iam::*:role/app-*", "organization o-a1b2c3d4e5"
		held                  = `Condition: { StringEquals: { "aws:PrincipalOrgID": o-a1b2c3d4e5 },
    ArnLike: { "aws:PrincipalArn": "` + pattern + `" } }`
		of        = `{ Effect: Allow, Principal: { AWS: ["222222222222"] }, `
		alsoOf    = `{ Effect: Allow, Principal: { AWS: ["222222222222", "333333333333"] }, `
		everybody = `{ Effect: Allow, Principal: "*", `
		notOf     = `{ Effect: Deny, Principal: { AWS: "arn:aws:iam::222222222222:root" }, `
		notHere   = `{ Effect: Deny, Principal: { AWS: "111111111111" }, `
	)
	for _, c := range []struct {
		statements []string
		condition  string // on the account; empty: none
	}{
		{[]string{of + held}, "StringEquals 222222222222"},
		{[]string{alsoOf + held}, "StringEquals 222222222222 333333333333"},
		{[]string{everybody + held}, ""},
		{[]string{everybody + held, of + held}, ""},
		{[]string{everybody + held, notOf + held}, "StringNotEquals 222222222222"},
		{[]string{everybody + held, notOf + held, notHere + held},
			"StringNotEquals 111111111111 222222222222"},
	} {
		text := strings.Join(c.statements, `, Resource: "*", Action: "secretsmanager:*" }, `)
		e := load(t, `
Resources:
  Named: { Type: AWS::SecretsManager::Secret }
  N: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Named,
    ResourcePolicy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Resource: "*",
    Action: "secretsmanager:*", Principal: "*", Condition: { ArnLike: {
    "aws:PrincipalArn": "`+pattern+`" } } }, { Effect: Allow, Resource: "*",
    Action: "secretsmanager:*", Principal: "*", Condition: { StringEquals: {
    "aws:PrincipalOrgID": o-a1b2c3d4e5 } } }] } } }
  S: { Type: AWS::SecretsManager::Secret }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref S,
    ResourcePolicy: { Version: "2012-10-17", Statement: [`+text+
			`, Resource: "*", Action: "secretsmanager:*" }] } } }
`)
		for _, who := range []string{pattern, organization} {
			x, ok := e.Explain(who, verb.Find("GetResourcePolicy"), "S", deployedRegion)
			got := ""
			for _, is := range x.Conditions {
				if is.Key == "aws:PrincipalAccount" {
					got = is.Operator + " " + strings.Join(is.Values, " ")
				}
			}
			want, may := c.condition, access.Conditional
			switch {
			case who == pattern:
			case strings.HasPrefix(want, "StringEquals "): // they have a row of their account
				want, may = "", access.Deny
			default: // it is taken to be that of other accounts
				want = strings.Replace(want, "111111111111 ", "", 1)
			}
			if !ok || x.Effect < may || got != want {
				t.Errorf("%s, %v: %s if the account is %q, want %q", who, c.statements,
					x.Effect, got, want)
			}
		}
	}
}

// TestEverybodyWhoHasNoSuchKey: a condition with IfExists lets those in, too, who have no such key:
// accounts of no organization, and services of AWS.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
func TestEverybodyWhoHasNoSuchKey(t *testing.T) {
	for _, c := range []struct {
		condition string
		everybody bool
	}{
		{`StringEquals: { "aws:PrincipalOrgID": o-a1b2c3d4e5 }`, false},
		{`StringEqualsIfExists: { "aws:PrincipalOrgID": o-a1b2c3d4e5 }`, true},
		{`StringEqualsIfExists: { "aws:PrincipalOrgID": o-a1b2c3d4e5 },
    "Null": { "aws:principalOrgId": "false" }`, false},
		{`StringEqualsIfExists: { "aws:PrincipalOrgID": o-a1b2c3d4e5 },
    "Null": { "aws:PrincipalArn": "false" }`, true},
		{`"ForAnyValue:StringLikeIfExists": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*" }`, true},
		{`ArnLikeIfExists: { "aws:PrincipalArn": "arn:aws:iam::222222222222:role/*" }`, true},
		{`StringEqualsIfExists: { "aws:PrincipalAccount": "222222222222" }`, true},
		{`StringEqualsIfExists: { "aws:PrincipalAccount": "222222222222" },
    StringEquals: { "aws:PrincipalOrgID": o-a1b2c3d4e5 }`, false},
	} {
		e := load(t, `
Resources:
  S: { Type: AWS::SecretsManager::Secret }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref S,
    ResourcePolicy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Resource: "*",
    Action: "secretsmanager:GetResourcePolicy", Principal: "*",
    Condition: { `+c.condition+` } }] } } }
`)
		r := e.Report([]*verb.Verb{verb.Find("GetResourcePolicy")}, nil, nil)
		everybody, others := false, false
		for i := range r.Rows {
			who := r.Principals[r.Rows[i].Principal].ID
			everybody, others = everybody || who == "everybody", others || who != "everybody"
		}
		if everybody != c.everybody || !others {
			t.Errorf("if %s: everybody has a row: %v, want %v; others have one: %v", c.condition,
				everybody, c.everybody, others)
		}
	}
}

// rare are mistakes that no sample of generated estates finds, and the tests of this file must.
var rare = []faults.Fault{
	{"load_named.go", `!strings.HasSuffix(operator, "ifexists") || r.Demands(test.Key)`, `true`},
	{"load_named.go", `			if a.account == n.owner {
				h.add`, `			if true {
				h.add`},
	{"load_named.go", `	case matches(a.account, account):
		a.account = account
`, `	case matches(a.account, account):
`},
	{"ask_accounts.go", `	for _, account := range named {
		if account != s.Account`, `	for _, account := range named[:0] {
		if account != s.Account`},
	{"ask_accounts.go", `	if allBut {
		is.Operator = "StringNotEquals"
	}`, ``},
	{"caller.go", `	case OrganizationPrincipal:
		return true
	case PatternPrincipal`, `	case PatternPrincipal`},
	{"calls.go", `		document = unseenFunctionPolicy(function)
`, ``},
	{"ask.go", `if out.Effect == Deny && p.isHeldTo(out.permissions) {`, `if false {`},
	{"ask_accounts.go", `ways = append(ways, p, p.in(s.Account, true))`, `ways = append(ways, p)`},
	{"finder.go", `p.Kind == PatternPrincipal && holdsToARN(a.rule, p.ARN) &&`, `false &&`},
	{"facts_caller.go", `		return certain(p.Account)
	case p.unnamed() && !p.kindOfPattern("role/")`, `		return absent
	case p.unnamed() && !p.kindOfPattern("role/")`},
	{"load_named.go", `		l.tellLeftOut(left)
`, `		_ = left
`},
}

// TestRarePlantedFaults: the tests of whom policies name, and of rotations, find a fault.
func TestRarePlantedFaults(t *testing.T) {
	faults.Find(t, rare, []int{0}, "^TestAccount|^TestEverybodyWho|^TestRotation|^TestSomeOfA|^TestWhatIsKnown|^TestWhomMany")
}
