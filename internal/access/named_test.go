package access_test

import (
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/policy"
)

func document(t *testing.T, kind access.DocumentKind, of string, statements ...map[string]any) *access.Document {
	t.Helper()
	list := []any{}
	for _, s := range statements {
		list = append(list, s)
	}
	rules, err := policy.Decode(map[string]any{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		t.Fatal(err)
	}
	return &access.Document{Kind: kind, Of: of, Rules: rules}
}

// Whom the policies of secrets and keys name is a principal too, as far as the templates show what it can do.
func TestPrincipalsThatPoliciesName(t *testing.T) {
	read := func(principal any, condition map[string]any) map[string]any {
		s := map[string]any{"Effect": "Allow", "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
		if condition != nil {
			s["Condition"] = condition
		}
		return s
	}
	const byName, whole = "arn:aws:iam::222222222222:role/reporter", "arn:aws:iam::222222222222:role/team/reporter"
	s := &access.Secret{ID: "db", Name: "db", Account: "111111111111", Copies: []access.Copy{{Region: "eu-west-1", ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf"}}}
	s.Policy = document(t, access.ResourcePolicy, "db",
		read(map[string]any{"AWS": "arn:aws:iam::222222222222:root"}, map[string]any{"ArnEquals": map[string]any{"aws:PrincipalArn": whole}}),
		read(map[string]any{"AWS": "arn:aws:iam::333333333333:root"}, nil),
		read(map[string]any{"AWS": "arn:aws:iam::111111111111:role/own"}, nil),
		read("*", map[string]any{"StringEquals": map[string]any{"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "StringNotEquals": map[string]any{"aws:PrincipalAccount": "111111111111"}}),
		read(map[string]any{"Service": "events.amazonaws.com"}, nil),
		map[string]any{"Effect": "Deny", "Principal": map[string]any{"AWS": "arn:aws:iam::444444444444:role/kept-out"}, "Action": "*", "Resource": "*"},
	)
	attached := &access.Principal{ID: byName, Caller: policy.Caller{ARN: byName, Account: "222222222222"}, Identity: []*access.Document{document(t, access.IdentityPolicy, byName)}}
	e := &access.Estate{Principals: []*access.Principal{attached}, Secrets: []*access.Secret{s}}
	e.AddNamed()
	var got []string
	for _, p := range e.Principals {
		text := p.ID
		if p.AsFar() {
			text += ", as far as it is seen"
		}
		got = append(got, text)
	}
	want := []string{
		"account 333333333333, as far as it is seen", "arn:aws:iam::111111111111:role/own", whole, "events.amazonaws.com", "organization o-a1b2c3d4e5, as far as it is seen",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the principals are\n%q, want\n%q", got, want)
	}
	before := len(e.Principals)
	if e.AddNamed(); len(e.Principals) != before {
		t.Error("they are added a second time")
	}
}
