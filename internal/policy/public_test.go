package policy

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// statementOf is an Allow of everybody with a condition block.
func publicRule(t *testing.T, principal, condition any) *Rule {
	t.Helper()
	s := map[string]any{
		"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
	}
	for k, v := range principal.(map[string]any) {
		s[k] = v
	}
	if condition != nil {
		s["Condition"] = condition
	}
	rules, err := decodeMaps(map[string]any{"Version": "2012-10-17", "Statement": s})
	if err != nil {
		t.Fatal(err)
	}
	return &rules.Statements[0]
}

func TestWhoIsEverybody(t *testing.T) {
	account := "arn:aws:iam::111111111111:root"
	for _, c := range []struct {
		principal map[string]any
		want      bool
	}{
		{map[string]any{"Principal": "*"}, true},
		{map[string]any{"Principal": map[string]any{"AWS": "*"}}, true},
		{map[string]any{"Principal": map[string]any{"AWS": []any{account, "*"}}}, true},
		{map[string]any{"Principal": map[string]any{"AWS": account}}, false},
		{map[string]any{"Principal": map[string]any{"Service": "lambda.amazonaws.com"}}, false},
		{map[string]any{"NotPrincipal": map[string]any{"AWS": account}}, true},
		{map[string]any{"NotPrincipal": "*"}, false},
		{map[string]any{"Principal": "*", "Effect": "Deny"}, false},
		{map[string]any{"NotPrincipal": map[string]any{"AWS": account}, "Effect": "Deny"}, false},
		{map[string]any{}, false},
	} {
		if got := PublicStatement(publicRule(t, c.principal, nil)); got != c.want {
			t.Errorf("%v: public is %t", c.principal, got)
		}
	}
}

// Each key that narrows, with a value that is fixed and one that is not.
func TestEveryNarrowingKeyNarrows(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range []struct{ key, operator, fixed, open string }{
		{"aws:PrincipalArn", "ArnLike", "arn:aws:iam::111111111111:role/app",
			"arn:aws:iam::*:role/app"},
		{"aws:PrincipalAccount", "StringLike", "111111111111", "1111*"},
		{"aws:PrincipalOrgID", "StringLike", "o-a1b2c3d4e5", "o-*"},
		{"aws:PrincipalOrgPaths", "ForAnyValue:StringLike", "o-a1b2c3d4e5/*", "*/r-ab12/*"},
		{"aws:SourceAccount", "StringLike", "111111111111", "????????????"},
		{"aws:SourceArn", "ArnLike", "arn:aws:s3:::bucket", "arn:aws:s3:::*"},
		{"aws:SourceVpc", "StringLike", "vpc-0a1b2c3d", "vpc-*"},
		{"aws:SourceVpce", "StringLike", "vpce-0a1b2c3d", "vpce-*"},
		{"aws:VpceAccount", "StringLike", "111111111111", "*"},
		{"aws:VpceOrgID", "StringLike", "o-a1b2c3d4e5", "o-*"},
		{"aws:SourceIp", "IpAddress", "203.0.113.0/24", "0.0.0.0/0"},
		{"kms:CallerAccount", "StringLike", "111111111111", "*"},
	} {
		test := func(value any) bool {
			return PublicStatement(publicRule(t, map[string]any{"Principal": "*"},
				map[string]any{c.operator: map[string]any{c.key: value}}))
		}
		if test(c.fixed) {
			t.Errorf("%s %s %s is public", c.operator, c.key, c.fixed)
		}
		if !test(c.open) {
			t.Errorf("%s %s %s is not public", c.operator, c.key, c.open)
		}
		if !test([]any{c.fixed, c.open}) {
			t.Errorf("%s %s %s is not public beside a fixed value", c.operator, c.key, c.open)
		}
		condition := map[string]any{c.operator: map[string]any{c.key: c.fixed}}
		tested[publicRule(t, map[string]any{}, condition).Conditions[0].key] = true
	}
	for key := range narrowingKeys {
		if !tested[key] {
			t.Errorf("%s is not tested", key)
		}
	}
}

// TestWhatNarrows is about operators and values.
func TestWhatNarrows(t *testing.T) {
	unknown := cfn.Unknown{What: "parameter", Name: "P", Shown: "${P}"}.Text()
	one := func(operator, key string, values ...any) map[string]any {
		return map[string]any{operator: map[string]any{key: values}}
	}
	with := func(blocks ...map[string]any) map[string]any {
		all := map[string]any{}
		for _, b := range blocks {
			for k, v := range b {
				all[k] = v
			}
		}
		return all
	}
	demanded := one("Null", "aws:PrincipalOrgID", "false")
	for _, c := range []struct {
		condition map[string]any
		public    bool
	}{
		{one("StringEquals", "AWS:principalACCOUNT", "111111111111"), false},
		{one("stringequals", "aws:PrincipalAccount", "111111111111"), false},
		{one("StringEqualsIgnoreCase", "aws:PrincipalOrgID", "O-A1"), false},
		{one("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111111111111:role/*"), false},
		{one("ArnLike", "aws:PrincipalArn", "arn:*:iam::111111111111:*"), false},
		{one("StringLike", "aws:PrincipalArn", "arn:aws:iam::111111111111:role/team-*"), false},
		{one("StringEquals", "aws:PrincipalArn", "arn:aws:iam::111111111111:role/app"), false},
		{one("StringLike", "aws:PrincipalArn", "arn:*111111111111*"), true},
		{one("StringLike", "aws:PrincipalArn", "*:role/app"), true},
		{one("ArnLike", "aws:PrincipalArn",
			"arn:aws:iam::111111111111:role/${aws:PrincipalTag/team}"), false},
		{one("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"), true},
		{one("StringEquals", "aws:PrincipalAccount", "*"), true},
		{one("StringEquals", "aws:PrincipalAccount", unknown), false},
		{one("ArnLike", "aws:PrincipalArn", "arn:aws:iam::"+unknown+":role/*"), false},
		{one("ArnLike", "aws:PrincipalArn", unknown), false},
		{one("StringLike", "aws:SourceVpce", "vpce-"+unknown), false},
		{one("StringLike", "aws:SourceVpce", "*"+unknown), true},
		{one("StringNotEquals", "aws:PrincipalAccount", "111111111111"), true},
		{one("StringNotLike", "aws:SourceVpc", "vpc-1"), true},
		{one("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::111111111111:role/app"), true},
		{one("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), true},
		{one("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1"), true},
		{one("IpAddressIfExists", "aws:SourceIp", "203.0.113.0/24"), true},
		{with(one("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1"), demanded), false},
		{with(one("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1"),
			one("Null", "aws:PrincipalOrgID", "true")), true},
		{one("ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", "o-a1/r-1/"), false},
		{one("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*"), true},
		{one("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a1/*"), true},
		{with(one("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a1/*"),
			one("Null", "aws:PrincipalOrgPaths", "false")), false},
		{one("ForAnyValue:StringEqualsIfExists", "aws:PrincipalOrgPaths", "o-a1/r-1/"), true},
		{one("IpAddress", "aws:SourceIp", "203.0.113.7"), false},
		{one("IpAddress", "aws:SourceIp", "2001:db8::/32"), false},
		{one("IpAddress", "aws:SourceIp", "::/0"), true},
		{one("IpAddress", "aws:SourceIp", "203.0.113.7", "::/0"), true},
		{one("StringLike", "aws:SourceIp", "203.0.113.*"), true},
		{demanded, true},
		{one("StringEquals", "aws:PrincipalTag/team", "pay"), true},
		{one("StringEquals", "aws:userid", "AROAEXAMPLE:x"), true},
		{one("StringEquals", "secretsmanager:VersionStage", "AWSCURRENT"), true},
		{one("Bool", "aws:SecureTransport", "true"), true},
		{one("Bool", "aws:PrincipalAccount", "true"), true},
		{one("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"), true},
		{one("StringEquals", "aws:SourceVpc"), true},
		{with(one("StringNotEquals", "aws:PrincipalAccount", "1"),
			one("StringEquals", "aws:SourceVpc", "vpc-1")), false},
	} {
		t.Run(fmt.Sprint(c.condition), func(t *testing.T) {
			got := PublicStatement(publicRule(t, map[string]any{"Principal": "*"}, c.condition))
			if got != c.public {
				t.Errorf("public is %t", got)
			}
		})
	}
}
