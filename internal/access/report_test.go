package access

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/policy"
)

// theVerbs are those of the language.
func theVerbs() []Verb {
	var out []Verb
	for _, v := range grants.Verbs {
		out = append(out, Verb{v.Name, v.OnSecret, v.Anywhere, v.OnKey})
	}
	return out
}

func document(t testing.TB, kind DocumentKind, of string, statements ...any) *Document {
	t.Helper()
	rules, err := policy.Decode(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		t.Fatalf("%v in %v", err, statements)
	}
	return &Document{Kind: kind, Of: of, Stack: "home", LogicalID: of + "Policy", Rules: rules}
}

type object = map[string]any

func TestReportListsWhatIsAllowed(t *testing.T) {
	e := &Estate{
		Principals: []*Principal{
			{ID: "api", Caller: policy.Caller{ARN: "arn:aws:iam::111111111111:role/api", Account: "111111111111"}, Identity: []*Document{
				document(t, IdentityPolicy, "api", object{"Effect": "Allow", "Action": []any{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
					"Resource": "arn:aws:secretsmanager:*:111111111111:secret:db-??????", "Condition": object{"StringEquals": object{"aws:SourceVpce": "vpce-1"}}}),
			}},
			{ID: "intruder", Caller: policy.Caller{ARN: "arn:aws:iam::111111111111:role/intruder", Account: "111111111111"}, Unknown: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, Identity: []*Document{
				document(t, IdentityPolicy, "intruder", object{"Effect": "Allow", "Action": "*", "Resource": "*"}, object{"Effect": "Deny", "Action": "secretsmanager:Get*", "Resource": "*"}),
			}},
			{ID: "nobody", Caller: policy.Caller{ARN: "arn:aws:iam::222222222222:role/nobody", Account: "222222222222"}},
		},
		Secrets: []*Secret{{ID: "db", Name: "db", Account: "111111111111", Copies: []Copy{
			{Region: "eu-west-1", ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf"},
			{Region: "eu-central-1", ARN: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:db-AbCdEf"},
		}}},
	}
	verbs := []Verb{*verbNamed("describe"), *verbNamed("read"), *verbNamed("write")}
	r := e.Report(verbs, nil, nil)
	var got []string
	for _, row := range r.Rows {
		got = append(got, fmt.Sprint(row.Principal, " ", row.Verb, " ", row.Secret, " in ", row.Region, ": ", row.Effect, " ", row.Conditions))
	}
	want := []string{
		"api read db in eu-central-1: conditional [{StringEquals aws:SourceVpce [vpce-1]}]",
		"api read db in eu-west-1: conditional [{StringEquals aws:SourceVpce [vpce-1]}]",
		"intruder describe db in eu-central-1: allow []",
		"intruder read db in eu-central-1: deny []",
		"intruder describe db in eu-west-1: allow []",
		"intruder read db in eu-west-1: deny []",
		"intruder write db in eu-west-1: allow []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := []string{"the policy arn:aws:iam::aws:policy/ReadOnlyAccess of intruder is not in the templates, so that what it allows and denies is out of sight"}; !slices.Equal(r.Problems, want) {
		t.Errorf("problems %q", r.Problems)
	}
	secrets := []Subject{{ID: "db", ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf", Regions: []string{"eu-west-1", "eu-central-1"}}}
	if !reflect.DeepEqual(r.Secrets, secrets) || len(r.Principals) != 3 {
		t.Errorf("asked about %v, %v", r.Secrets, r.Principals)
	}

	one := func(id string) func(string, string) bool { return func(have, _ string) bool { return have == id } }
	if rows := e.Report(verbs, one("nobody"), one("db")).Rows; len(rows) != 5 || rows[0].Effect != Deny {
		t.Errorf("of one principal and one secret: %v", rows)
	}
	if rows := e.Report(verbs, one("nobody"), nil).Rows; rows != nil {
		t.Errorf("of one principal: %v", rows)
	}
}

func verbNamed(name string) *Verb {
	verbs := theVerbs()
	return &verbs[slices.IndexFunc(verbs, func(v Verb) bool { return v.Name == name })]
}

// TestReportLosesNothing holds reports against asking every question, on estates of all kinds of statements.
func TestReportLosesNothing(t *testing.T) {
	verbs := theVerbs()
	rows, denied := 0, 0
	for seed := range uint64(60) {
		e := (&dice{rand.New(rand.NewPCG(seed, 1)), t}).estate()
		got := e.Report(verbs, nil, nil).Rows
		want := byAsking(e, verbs)
		if len(got) != len(want) {
			t.Errorf("seed %d: %d rows, not %d", seed, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("seed %d, row %d: got  %v\nwant %v", seed, i, got[i], want[i])
			}
		}
		rows += len(want)
		for _, r := range want {
			if r.Effect == Deny {
				denied++
			}
		}
	}
	if rows < 1500 || denied < 50 || denied > rows/2 {
		t.Errorf("the estates say little: %d rows, %d of them denied", rows, denied)
	}
}

// byAsking makes the rows of a report in the simplest way.
func byAsking(e *Estate, verbs []Verb) []Row {
	var out []Row
	m := &mild{}
	for _, p := range e.Principals {
		for _, s := range e.Secrets {
			for _, i := range []int{0, 1, 2} {
				order := slices.Clone(s.Copies)
				slices.SortFunc(order, func(a, b Copy) int { return strings.Compare(a.Region, b.Region) })
				if i >= len(order) {
					continue
				}
				at := slices.IndexFunc(s.Copies, func(c Copy) bool { return c.Region == order[i].Region })
				for v := range verbs {
					if !verbs[v].Reaches(at) {
						continue
					}
					a := e.Ask(p, &verbs[v], s, at)
					if a.Effect == Deny && e.Ask(m.principal(p), &verbs[v], m.secret(s), at).Effect == Deny {
						continue
					}
					out = append(out, Row{p.ID, p.Caller.ARN, s.ID, s.Copies[at].ARN, s.Copies[at].Region, verbs[v].Name, a.Effect, a.Conditions})
				}
			}
		}
	}
	return out
}

// dice makes estates by chance.
type dice struct {
	*rand.Rand
	t testing.TB
}

func pick[T any](d *dice, from ...T) T { return from[d.IntN(len(from))] }

var (
	testAccounts = []string{"111111111111", "222222222222", "333333333333"}
	testRegions  = []string{"eu-west-1", "eu-central-1", "us-east-1"}
	testNames    = []string{"db", "prod/db", "prod/api-token", "dev/db", "x"}
)

func (d *dice) estate() *Estate {
	e := &Estate{}
	for i := range 8 {
		account := pick(d, testAccounts...)
		p := &Principal{ID: fmt.Sprint("p", i)}
		switch d.IntN(8) {
		case 0:
			p.Caller = policy.Caller{Kind: policy.ServicePrincipal, ARN: pick(d, "events.amazonaws.com", "lambda.amazonaws.com")}
		case 1:
			p.Caller = policy.Caller{Kind: policy.AccountRoot, ARN: "arn:aws:iam::" + account + ":root", Account: account}
		case 2:
			p.Caller = policy.Caller{Kind: policy.User, ARN: "arn:aws:iam::" + account + ":user/" + pick(d, "ann", "bob")}
		default:
			p.Caller = policy.Caller{ARN: "arn:aws:iam::" + account + ":role/" + pick(d, "app/api", "app/job", "ops"), Account: account}
		}
		if d.IntN(3) == 0 {
			p.Assumed = p.Assumed.With("aws:PrincipalOrgID", pick(d, "o-1", "o-2"))
		}
		if d.IntN(4) == 0 {
			p.Assumed = p.Assumed.With("aws:PrincipalTag/team", pick(d, "db", "prod"))
		}
		if p.Caller.Kind == policy.Role || p.Caller.Kind == policy.User {
			for j := range d.IntN(3) {
				p.Identity = append(p.Identity, d.document(IdentityPolicy, fmt.Sprint(p.ID, j), pick(d, 1, 2, 3, 12)))
			}
			if d.IntN(6) == 0 {
				p.Boundary = d.document(PermissionsBoundary, p.ID, 3)
			}
		}
		e.Principals = append(e.Principals, p)
	}
	for i := range 6 {
		s := &Secret{ID: fmt.Sprint("s", i), Name: testNames[i%len(testNames)], Account: pick(d, testAccounts[:2]...)}
		for _, region := range testRegions[:1+d.IntN(3)] {
			c := Copy{Region: region, ARN: "arn:aws:secretsmanager:" + region + ":" + s.Account + ":secret:" + s.Name + "-AbCdEf"}
			if d.IntN(2) == 0 {
				c.Key = &Key{ID: "k", ARN: "arn:aws:kms:" + region + ":" + s.Account + ":key/1", Account: s.Account, Region: region}
				c.Key.Policy = document(d.t, KeyPolicy, "k", object{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"})
			}
			s.Copies = append(s.Copies, c)
		}
		if d.IntN(3) > 0 {
			s.Policy = d.document(ResourcePolicy, s.ID, pick(d, 1, 2, 4, 10))
		}
		e.Secrets = append(e.Secrets, s)
	}
	return e
}

func (d *dice) document(kind DocumentKind, of string, statements int) *Document {
	var all []any
	for range statements {
		all = append(all, d.statement(kind == ResourcePolicy))
	}
	if kind == IdentityPolicy && d.IntN(2) == 0 {
		all = append(all, object{"Effect": "Allow", "Action": "kms:*", "Resource": "*"})
	}
	return document(d.t, kind, of, all...)
}

func (d *dice) statement(ofResource bool) object {
	s := object{"Effect": pick(d, "Allow", "Allow", "Allow", "Allow", "Allow", "Deny")}
	action := pick[any](d, "secretsmanager:*", []any{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}, "secretsmanager:Describe*", "*", "secretsmanager:ListSecrets",
		[]any{"secretsmanager:describesecret", "secretsmanager:ListSecretVersionIds"}, "secretsmanager:BatchGetSecretValue")
	s[pick(d, "Action", "Action", "Action", "Action", "NotAction")] = action
	arn := "arn:aws:secretsmanager:" + pick(d, testRegions...) + ":" + pick(d, testAccounts[:2]...) + ":secret:" + pick(d, testNames...)
	resource := pick[any](d, "*", arn+"-AbCdEf", arn+"-??????", arn+"-*", "arn:aws:secretsmanager", "arn:aws:secretsmanager:*:*:secret:prod/*", []any{arn + "-??????", "arn:*:x"},
		"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}*", "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/unit, 'dev'}/*")
	if ofResource && d.IntN(3) > 0 {
		resource = "*"
	}
	s[pick(d, "Resource", "Resource", "Resource", "Resource", "Resource", "NotResource")] = resource
	if ofResource {
		account := pick(d, testAccounts...)
		role := "arn:aws:iam::" + account + ":role/" + pick(d, "app/api", "app/job", "ops")
		s[pick(d, "Principal", "Principal", "Principal", "Principal", "Principal", "NotPrincipal")] = pick[any](d, "*", "*", object{"AWS": role}, object{"AWS": []any{role, account}},
			object{"AWS": "arn:aws:iam::" + account + ":root"}, object{"Service": "events.amazonaws.com"}, object{"AWS": "arn:aws:iam::" + account + ":user/ann"})
	}
	conditions := object{}
	for range pick(d, 0, 0, 1, 1, 2) {
		d.condition(conditions)
	}
	if len(conditions) > 0 {
		s["Condition"] = conditions
	}
	return s
}

func (d *dice) condition(block object) {
	role := "arn:aws:iam::" + pick(d, testAccounts...) + ":role/" + pick(d, "app/api", "app/job", "ops")
	add := func(operator, key string, value any) { block[operator] = object{key: value} }
	switch d.IntN(12) {
	case 0:
		add(pick(d, "StringEquals", "ArnEquals", "ArnLike", "ArnNotEquals", "StringEqualsIfExists"), "aws:PrincipalArn", []any{role})
	case 1:
		add(pick(d, "ArnLike", "StringLike", "ArnNotLike"), "aws:principalarn", "arn:aws:iam::*:role/app/*")
	case 2:
		add("StringEquals", "aws:PrincipalAccount", pick(d, testAccounts...))
	case 3:
		add(pick(d, "StringEquals", "StringNotEqualsIfExists"), "aws:PrincipalOrgID", "o-1")
	case 4:
		add("Bool", "aws:PrincipalIsAWSService", pick(d, "true", "false"))
	case 5:
		add(pick(d, "StringEquals", "StringNotEquals"), "aws:SourceVpce", "vpce-1")
	case 6:
		add("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z")
	case 7:
		add("StringEquals", "aws:PrincipalTag/team", "prod")
	case 8:
		add("StringEquals", "aws:PrincipalTag/unit", "dev")
	case 9:
		add("StringLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/*")
	case 10:
		add("StringEquals", "aws:RequestedRegion", pick(d, testRegions...))
	case 11:
		add("Null", "aws:username", pick(d, "true", "false"))
	}
}

// BenchmarkReport is a large company: 20,000 secrets with 20,000 grants to 1,000 principals in four accounts, one of them an administrator, and some in another account that may do anything there.
func BenchmarkReport(b *testing.B) {
	e := largeEstate(b)
	verbs := theVerbs()
	b.ResetTimer()
	for b.Loop() {
		r := e.Report(verbs, nil, nil)
		b.ReportMetric(float64(len(r.Rows)), "rows")
	}
}

func largeEstate(b testing.TB) *Estate {
	const secrets, principals = 20_000, 1_000
	e := &Estate{}
	statements := make([][]any, principals)
	for i := range secrets {
		s := &Secret{ID: fmt.Sprintf("s%05d", i), Name: fmt.Sprintf("team-%03d/secret-%05d", i%500, i), Account: testAccounts[0]}
		who := i % principals
		key := &Key{ID: "k", ARN: "arn:aws:kms:eu-west-1:111111111111:key/1", Account: s.Account, Region: "eu-west-1"}
		key.Policy = document(b, KeyPolicy, "k", object{"Effect": "Allow", "Principal": object{"AWS": []any{"111111111111", "222222222222", "333333333333"}}, "Action": "kms:*", "Resource": "*"})
		s.Copies = []Copy{{Region: "eu-west-1", ARN: "arn:aws:secretsmanager:eu-west-1:" + s.Account + ":secret:" + s.Name + "-AbCdEf", Key: key}}
		actions := []any{string(aws.Action("secretsmanager:DescribeSecret")), "secretsmanager:GetSecretValue"}
		if account := testAccounts[who%3]; account != s.Account || i%10 == 0 {
			s.Policy = document(b, ResourcePolicy, s.ID,
				object{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": object{"Bool": object{"aws:SecureTransport": "false"}}},
				object{"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "*", "Condition": object{"ArnLike": object{"aws:PrincipalArn": "arn:aws:iam::" + account + ":role/app/" + fmt.Sprintf("r%04d", who) + pick(&dice{rand.New(rand.NewPCG(uint64(i), 1)), b}, "", "*")}}})
		}
		statements[who] = append(statements[who], object{"Effect": "Allow", "Action": actions, "Resource": "arn:aws:secretsmanager:eu-west-1:" + s.Account + ":secret:" + s.Name + "-??????"})
		e.Secrets = append(e.Secrets, s)
	}
	for i := range principals {
		p := &Principal{ID: fmt.Sprintf("r%04d", i), Caller: policy.Caller{ARN: fmt.Sprintf("arn:aws:iam::%s:role/app/r%04d", testAccounts[i%3], i), Account: testAccounts[i%3]}}
		all := append(statements[i], object{"Effect": "Allow", "Action": []any{"kms:Decrypt"}, "Resource": "*"})
		if i == 0 || i%30 == 1 { // one administrator, and some of another account of whom nothing is known
			all = []any{object{"Effect": "Allow", "Action": "*", "Resource": "*"}}
		}
		p.Identity = []*Document{document(b, IdentityPolicy, p.ID, all...)}
		e.Principals = append(e.Principals, p)
	}
	return e
}
