package simulator

import (
	"encoding/json"
	"testing"
)

const (
	account = "111111111111"
	other   = "222222222222"
	secret  = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:pay/db-aaaaaa"
	key     = "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555"
	role    = "arn:aws:iam::111111111111:role/app/worker"
	user    = "arn:aws:iam::111111111111:user/bob"
)

// policy makes a document of statements, written as JSON.
func policy(t *testing.T, statements string) any {
	t.Helper()
	if statements == "" {
		return nil
	}
	var doc any
	err := json.Unmarshal([]byte(`{"Version":"2012-10-17","Statement":[`+statements+`]}`), &doc)
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return doc
}

const (
	allow      = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	deny       = `{"Effect":"Deny","Action":"*","Resource":"*"}`
	allowKMS   = `{"Effect":"Allow","Action":"kms:*","Resource":"*"}`
	allowOther = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
)

func to(principal string) string { return named("Allow", "Principal", principal) }

func named(effect, element, principal string) string {
	return `{"Effect":"` + effect + `","` + element + `":` + principal +
		`,"Action":"*","Resource":"*"}`
}

func aws(name string) string { return `{"AWS":"` + name + `"}` }

func TestDecisions(t *testing.T) {
	const (
		rootOfAccount = "arn:aws:iam::" + account + ":root"
		rootOfOther   = "arn:aws:iam::" + other + ":root"
		session       = "arn:aws:sts::" + account + ":assumed-role/worker/job"
		service       = "rds.amazonaws.com"
	)
	rows := []struct {
		about, caller, kind, account, identity, boundary, resource string
		isKey, want                                                bool
	}{
		// One account: identity or resource policy.
		// reference_policies_evaluation-logic_policy-eval-denyallow.html
		{"nothing allows", role, "role", account, "", "", "", false, false},
		{"identity alone", role, "role", account, allow, "", "", false, true},
		{"resource alone", role, "role", account, "", "", to(aws(role)), false, true},
		{"identity denies what the resource allows", role, "role", account, deny, "", to(aws(role)),
			false, false},
		{"resource denies what identity allows", role, "role", account, allow, "",
			named("Deny", "Principal", aws(role)), false, false},
		{"another is denied", role, "role", account, allow, "",
			named("Deny", "Principal", aws(user)), false, true},
		{"the account is named and no identity policy allows", role, "role", account, "", "",
			to(aws(rootOfAccount)), false, false},
		{"the account is named and one allows", role, "role", account, allow, "",
			to(aws(rootOfAccount)), false, true},
		{"the account is denied", role, "role", account, allow, "",
			named("Deny", "Principal", aws(rootOfAccount)), false, false},
		{"its number is denied", role, "role", account, allow, "",
			named("Deny", "Principal", aws(account)), false, false},
		{"everybody", role, "role", account, "", "", to(`"*"`), false, true},
		{"everybody in a list", role, "role", account, "", "", to(aws("*")), false, true},
		{"a service is named", role, "role", account, "", "", to(`{"Service":"` + service + `"}`),
			false, false},
		{"the session", role, "role", account, "", "", to(aws(session)), false, true},
		{"another session", role, "role", account, "", "", to(aws(session + "2")), false, false},
		{"the unique id", role, "role", account, "", "", to(aws("AROA1")), false, true},
		{"the role without its path", role, "role", account, "", "",
			to(aws("arn:aws:iam::" + account + ":role/worker")), false, false},
		{"no wildcards in principals", role, "role", account, "", "",
			to(aws("arn:aws:iam::" + account + ":role/app/*")), false, false},
		// Boundaries. access_policies_boundaries.html
		{"boundary allows", role, "role", account, allow, allow, "", false, true},
		{"boundary alone", role, "role", account, "", allow, "", false, false},
		{"boundary is silent", role, "role", account, allow, allowOther, "", false, false},
		{"boundary is silent, the role is named", role, "role", account, "", allowOther,
			to(aws(role)), false, false},
		{"boundary allows, the role is named", role, "role", account, "", allow, to(aws(role)),
			false, true},
		{"boundary is silent, the user is named", user, "user", account, "", allowOther,
			to(aws(user)), false, true},
		{"boundary denies, the user is named", user, "user", account, "", deny, to(aws(user)),
			false, false},
		{"boundary is silent, the session is named", role, "role", account, "", allowOther,
			to(aws(session)), false, true},
		{"boundary is silent, everybody is named", role, "role", account, "", allowOther, to(`"*"`),
			false, true},
		{"boundary is silent, the account is named", user, "user", account, allow, allowOther,
			to(aws(rootOfAccount)), false, false},
		// NotPrincipal. reference_policies_elements_notprincipal.html
		{"spared", role, "role", account, allow, "",
			named("Deny", "NotPrincipal", `{"AWS":["`+role+`","`+rootOfAccount+`"]}`), false, true},
		{"not spared", user, "user", account, allow, "",
			named("Deny", "NotPrincipal", `{"AWS":["`+role+`","`+rootOfAccount+`"]}`), false,
			false},
		{"spared but bounded", role, "role", account, allow, allow,
			named("Deny", "NotPrincipal", aws(role)), false, false},
		{"all but another", role, "role", account, "", "",
			named("Allow", "NotPrincipal", aws(user)), false, true},
		{"all but this", user, "user", account, "", "", named("Allow", "NotPrincipal", aws(user)),
			false, false},
		// Two accounts: both. reference_policies_evaluation-logic-cross-account.html
		{"other account, identity alone", role, "role", other, allow, "", "", false, false},
		{"other account, resource alone", role, "role", other, "", "", to(aws(role)), false, false},
		{"other account, both", role, "role", other, allow, "", to(aws(role)), false, true},
		{"other account is named", role, "role", other, allow, "", to(aws(rootOfOther)), false,
			true},
		{"the wrong account is named", role, "role", other, allow, "",
			to(aws("arn:aws:iam::333333333333:root")), false, false},
		{"other account, everybody", role, "role", other, allow, "", to(`"*"`), false, true},
		{"other account, boundary is silent", role, "role", other, allow, allowOther, to(aws(role)),
			false, false},
		// Keys. https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
		{"key, identity alone", role, "role", account, allowKMS, "", "", true, false},
		{"key lets the account decide", role, "role", account, allowKMS, "", to(aws(rootOfAccount)),
			true, true},
		{"key lets the account decide, which says nothing", role, "role", account, "", "",
			to(aws(rootOfAccount)), true, false},
		{"key names another account", role, "role", account, allowKMS, "", to(aws(rootOfOther)),
			true, false},
		{"key names the role", role, "role", account, "", "", to(aws(role)), true, true},
		{"key names the role, boundary is silent", role, "role", account, allowKMS, allowOther,
			to(aws(role)), true, false},
		{"key names the user, boundary is silent", user, "user", account, "", allowOther,
			to(aws(user)), true, true},
		{"key is everybody's", role, "role", account, "", "", to(`"*"`), true, true},
		{"key, identity denies", role, "role", account, deny, "", to(aws(role)), true, false},
		{"key of another account", role, "role", other, allowKMS, "", to(aws(rootOfOther)), true,
			true},
		{"key of another account, identity silent", role, "role", other, "", "", to(aws(role)),
			true, false},
		// Services and root users.
		{"service named", service, "service", "", "", "", to(`{"Service":"` + service + `"}`),
			false, true},
		{"another service", service, "service", "", "", "", to(`{"Service":"x.amazonaws.com"}`),
			false, false},
		{"service as everybody", service, "service", "", "", "", to(`"*"`), false, true},
		{"service denied as everybody", service, "service", "", "", "",
			to(`{"Service":"`+service+`"}`) + "," + named("Deny", "Principal", `"*"`), false,
			false},
		{"root user", rootOfAccount, "root", account, "", "", "", false, true},
		{"root user denied", rootOfAccount, "root", account, "", "",
			named("Deny", "Principal", `"*"`), false, false},
		{"root user and a key", rootOfAccount, "root", account, "", "", to(aws(role)), true, false},
		{"root user and a key of the account", rootOfAccount, "root", account, "", "",
			to(aws(rootOfAccount)), true, true},
	}
	for _, row := range rows {
		r := Request{
			CallerARN: row.caller, CallerKind: row.kind, CallerAccount: row.account,
			Action: "secretsmanager:GetSecretValue", Resource: secret,
			ResourceAccount: account, Context: map[string][]string{"aws:userid": {"AROA1:job"}},
		}
		if row.kind == "role" && row.account == other {
			r.Context = nil
		}
		if row.kind == "user" {
			r.Context = map[string][]string{"aws:userid": {"AIDA1"}}
		}
		if row.isKey {
			r.Action, r.Resource = "kms:Decrypt", key
		}
		p := Policies{
			Boundary: policy(t, row.boundary), Resource: policy(t, row.resource), IsKey: row.isKey,
		}
		if row.identity != "" {
			p.Identity = []any{policy(t, row.identity)}
		}
		if allowed, why := Decide(r, p); allowed != row.want {
			t.Errorf("%s: %v (%s), want %v", row.about, allowed, why, row.want)
		}
	}
}

func TestStatements(t *testing.T) {
	rows := []struct {
		statement string
		want      bool
	}{
		{`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}`, true},
		{`{"Effect":"Allow","Action":"SecretsManager:getsecretvalue","Resource":"*"}`, true},
		{`{"Effect":"Allow","Action":["s3:*","secretsmanager:Get*"],"Resource":"*"}`, true},
		{`{"Effect":"Allow","Action":"secretsmanager:Get?ecretValue","Resource":"*"}`, true},
		{`{"Effect":"Allow","Action":"secretsmanager:Put*","Resource":"*"}`, false},
		{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, true},
		{`{"Effect":"Allow","NotAction":["iam:*","secretsmanager:*"],"Resource":"*"}`, false},
		{`{"Effect":"Allow","Action":"*"}`, false},
		{`{"Effect":"Allow","Resource":"*"}`, false},
		{`{"Effect":"Allow","Action":"*","Resource":"` + secret + `"}`, true},
		{`{"Effect":"Allow","Action":"*","Resource":["` + key + `"]}`, false},
		{`{"Effect":"Allow","Action":"*",` +
			`"Resource":"arn:aws:secretsmanager:*:*:secret:pay/db-??????"}`, true},
		{`{"Effect":"Allow","Action":"*",` +
			`"Resource":"arn:aws:secretsmanager:*:*:secret:pay/db-?????"}`, false},
		{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:secretsmanager:*:*:secret:pay/*"}`,
			true},
		{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:secretsmanager:*:*:secret:PAY/*"}`,
			false},
		{`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:secretsmanager:*:*:secret:ops/*"}`,
			true},
		{`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:secretsmanager:*:*:secret:pay/*"}`,
			false},
		{`{"Effect":"Allow","Action":"*",` +
			`"Resource":"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*"}`, true},
		{`{"Effect":"Allow","Action":"*",` +
			`"Resource":"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/none}/*"}`, false},
		{`{"Effect":"Allow","Action":"*",` +
			`"Resource":"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/none, 'pay'}/*"}`,
			true},
		{`{"Effect":"Allow","Action":"*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:PrincipalTag/team":["ops","pay"]}}}`, true},
		{`{"Effect":"Allow","Action":"*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:PrincipalTag/team":"pay","x":"y"}}}`, false},
		{`{"Effect":"Allow","Action":"*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:PrincipalTag/team":"pay"},"Null":{"x":true}}}`,
			true},
		{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"x":"false"}}}`,
			false},
		{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"n":8}}}`,
			true},
		{allow +
			`,{"Effect":"Deny","Action":"*","Resource":"*",` +
			`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, true},
		{allow +
			`,{"Effect":"Deny","Action":"*","Resource":"*",` +
			`"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}`, false},
	}
	for _, row := range rows {
		r := Request{
			CallerARN: role, CallerKind: "role", CallerAccount: account,
			Action: "secretsmanager:GetSecretValue", Resource: secret, ResourceAccount: account,
			Context: map[string][]string{
				"aws:PrincipalTag/Team": {"pay"}, "n": {"7"}, "aws:SecureTransport": {"true"},
			},
		}
		allowed, why := Decide(r, Policies{Identity: []any{policy(t, row.statement)}})
		if allowed != row.want {
			t.Errorf("%s: %v (%s), want %v", row.statement, allowed, why, row.want)
		}
	}
}

// TestFlippedTestsDecide shows which tests a decision rests on.
func TestFlippedTestsDecide(t *testing.T) {
	r := Request{
		CallerARN: role, CallerKind: "role", CallerAccount: account,
		Action: "secretsmanager:GetSecretValue", Resource: secret, ResourceAccount: account,
	}
	p := Policies{Identity: []any{policy(t,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"k":"a"}}},`+
			`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"k":"a"},`+
			`"Null":{"z":"false"}}}`)}}
	var deciding []string
	for _, test := range Tests(r, p) {
		if !DecideFlipped(r, p, test) {
			deciding = append(deciding, test.What)
		}
	}
	if len(deciding) != 3 || deciding[2] != "StringNotEquals" {
		t.Errorf("the decision rests on %v", deciding)
	}
}

// TestDoubtsAreTold has, for every other reading of AWS's pages, a request on which it decides
// otherwise.
func TestDoubtsAreTold(t *testing.T) {
	condition := func(block string) string {
		return `{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + block + `}`
	}
	service := Request{CallerARN: "rds.amazonaws.com", CallerKind: "service"}
	rows := []struct {
		caller                       Request
		identity, boundary, resource string
	}{
		{identity: `{"Effect":"Allow","Action":"*",` +
			`"NotResource":"arn:aws:secretsmanager:*:*:secret:${none}"}`},
		{identity: `{"Effect":"Allow","Action":"*",` +
			`"Resource":"arn:aws:secretsmanager:*:secret:pay/*"}`},
		{boundary: allowOther, resource: to(`"*"`)},
		{caller: service, resource: to(aws("*"))},
		{resource: named("Allow", "NotPrincipal", `{"AWS":["`+user+`","`+account+`"]}`)},
		{identity: condition(`{"StringEquals":{"aws:CalledVia":"x"}}`)},
		{identity: condition(`{"ForAnyValue:StringEqualsIfExists":{"none":"x"}}`)},
	}
	if len(rows) != len(Readings()) {
		t.Errorf("%d readings, of which %d are tested", len(Readings()), len(rows))
	}
	for i, row := range rows {
		r := row.caller
		if r.CallerARN == "" {
			r.CallerARN, r.CallerKind, r.CallerAccount = role, "role", account
		}
		r.Action, r.Resource, r.ResourceAccount = "secretsmanager:GetSecretValue", secret, account
		r.Context = map[string][]string{"aws:CalledVia": {"x"}}
		p := Policies{Boundary: policy(t, row.boundary), Resource: policy(t, row.resource)}
		if row.identity != "" {
			p.Identity = []any{policy(t, row.identity)}
		}
		plain, _ := Decide(r, p)
		for n, how := range Readings() {
			if other, _ := DecideAs(how, r, p); (other != plain) != (n == i) {
				t.Errorf("row %d, reading %d: %v, and plainly %v", i, n, other, plain)
			}
		}
		if !Doubtful(r, p) {
			t.Errorf("row %d is no doubt", i)
		}
	}
	r := Request{
		CallerARN: role, CallerKind: "role", CallerAccount: account,
		Action: "secretsmanager:GetSecretValue", Resource: secret, ResourceAccount: account,
	}
	if Doubtful(r, Policies{Resource: policy(t, to(`"*"`))}) {
		t.Error("there is a doubt where all readings agree")
	}
}
