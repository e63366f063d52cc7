package policy

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
)

// Each row is one condition, the values of its key in the request ("-" for an absent key), and
// whether AWS's page says that it holds.
func TestConditions(t *testing.T) {
	const absent = "-"
	for _, test := range []struct {
		page, rule, operator, values, request string
		want                                  bool
	}{
		{operatorPage, "exact, case sensitive", "StringEquals", `"a"`, "a", true},
		{operatorPage, "exact, case sensitive", "StringEquals", `"a"`, "A", false},
		{operatorPage, "wildcards are literal", "StringEquals", `"a*"`, "ab", false},
		{operatorPage, "wildcards are literal", "StringEquals", `"a*"`, "a*", true},
		{operatorPage, "an absent key does not match", "StringEquals", `"a"`, absent, false},
		{operatorPage, "an empty text is a value", "StringEquals", `""`, "", true},
		{operatorPage, "names of operators in any case", "stringequals", `"a"`, "a", true},
		{severalPage, "one of several values", "StringEquals", `["x","a"]`, "a", true},
		{severalPage, "one of several values", "StringEquals", `["x","y"]`, "a", false},
		{severalPage, "no values match nothing", "StringEquals", `[]`, "a", false},
		{operatorPage, "negated", "StringNotEquals", `"a"`, "b", true},
		{operatorPage, "negated", "StringNotEquals", `"a"`, "a", false},
		{operatorPage, "negated: an absent key is true", "StringNotEquals", `"a"`, absent, true},
		{severalPage, "negated: none of several may match", "StringNotEquals", `["a","b"]`, "b",
			false},
		{severalPage, "negated: none of several may match", "StringNotEquals", `["a","b"]`, "c",
			true},
		{operatorPage, "ignoring case", "StringEqualsIgnoreCase", `"aB"`, "Ab", true},
		{operatorPage, "ignoring case, negated", "StringNotEqualsIgnoreCase", `"aB"`, "Ab", false},
		{operatorPage, "ignoring case, negated, absent", "StringNotEqualsIgnoreCase", `"aB"`,
			absent, true},
		{operatorPage, "* and ?", "StringLike", `"a*c?"`, "abbcd", true},
		{operatorPage, "* and ? are case sensitive", "StringLike", `"a*"`, "Ab", false},
		{operatorPage, "* matches nothing, ? does not", "StringLike", `"a*?"`, "a", false},
		{operatorPage, "* crosses colons", "StringLike",
			`"arn:aws:someservice:*:111122223333:finance/*"`,
			"arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:" +
				"finance/document.txt",
			true},
		{operatorPage, "? is one character, not one byte", "StringLike", `"?"`, "é", true},
		{operatorPage, "negated pattern", "StringNotLike", `"a*"`, "ab", false},
		{operatorPage, "negated pattern, absent", "StringNotLike", `"a*"`, absent, true},

		{operatorPage, "numbers", "NumericEquals", `10`, "10.0", true},
		{operatorPage, "numbers", "NumericNotEquals", `"10"`, "11", true},
		{operatorPage, "numbers, negated, absent", "NumericNotEquals", `"10"`, absent, true},
		{operatorPage, "numbers", "NumericLessThan", `10`, "9.5", true},
		{operatorPage, "numbers", "NumericLessThan", `10`, "10", false},
		{operatorPage, "numbers", "NumericLessThanEquals", `10`, "10", true},
		{operatorPage, "numbers", "NumericLessThanEquals", `10`, "10.5", false},
		{operatorPage, "numbers", "NumericGreaterThan", `-1`, "0", true},
		{operatorPage, "numbers", "NumericGreaterThanEquals", `"7"`, "6.9", false},
		{operatorPage, "numbers, absent", "NumericGreaterThan", `-1`, absent, false},
		{operatorPage, "what is no number matches none", "NumericLessThan", `10`, "few", false},

		{operatorPage, "dates", "DateLessThan", `"2027-01-01T00:00:00Z"`, "2026-12-31T23:59:59Z",
			true},
		{operatorPage, "dates", "DateLessThan", `"2027-01-01T00:00:00Z"`, "2027-01-01T00:00:00Z",
			false},
		{operatorPage, "dates", "DateLessThanEquals", `"2027-01-01"`, "2027-01-01T00:00:00Z", true},
		{operatorPage, "dates of another time zone", "DateEquals", `"2027-01-01T01:00:00+01:00"`,
			"2027-01-01T00:00:00Z", true},
		{operatorPage, "dates with a fraction", "DateGreaterThan", `"2027-01-01T00:00:00Z"`,
			"2027-01-01T00:00:00.5Z", true},
		{operatorPage, "dates in seconds since 1970", "DateGreaterThanEquals", `1798761600`,
			"2027-01-01T00:00:00Z", true},
		{operatorPage, "dates in seconds since 1970", "DateEquals", `"2027-01"`, "1798761600",
			true},
		{operatorPage, "a year", "DateGreaterThan", `"2027"`, "2027-01-01T00:00:01Z", true},
		{operatorPage, "dates, negated", "DateNotEquals", `"2027-01-01"`, "2027-01-02", true},
		{operatorPage, "dates, absent", "DateLessThan", `"2027-01-01"`, absent, false},

		{operatorPage, "booleans", "Bool", `true`, "true", true},
		{operatorPage, "booleans", "Bool", `"True"`, "false", false},
		{operatorPage, "booleans, absent", "Bool", `"false"`, absent, false},
		{operatorPage, "booleans, absent", "BoolIfExists", `"false"`, absent, true},
		{operatorPage, "booleans, there", "BoolIfExists", `"false"`, "true", false},

		{operatorPage, "binary", "BinaryEquals", `"QmluYXJ5VmFsdWVJbkJhc2U2NA=="`,
			"QmluYXJ5VmFsdWVJbkJhc2U2NA==", true},
		{operatorPage, "binary", "BinaryEquals", `"QmluYXJ5VmFsdWVJbkJhc2U2NA=="`, "QmluYXJ5",
			false},

		{operatorPage, "addresses", "IpAddress", `"203.0.113.0/24"`, "203.0.113.9", true},
		{operatorPage, "addresses", "IpAddress", `["203.0.113.0/24","2001:DB8:1234:5678::/64"]`,
			"2001:db8:1234:5678::1", true},
		{operatorPage, "addresses", "IpAddress", `"203.0.113.0/24"`, "2001:db8:1234:5678::1",
			false},
		{operatorPage, "an address alone is /32", "IpAddress", `"203.0.113.9"`, "203.0.113.9",
			true},
		{operatorPage, "an address alone is /32", "IpAddress", `"203.0.113.9"`, "203.0.113.8",
			false},
		{operatorPage, "addresses, negated", "NotIpAddress", `"203.0.113.0/24"`, "203.0.113.9",
			false},
		{operatorPage, "addresses, negated, absent", "NotIpAddress", `"203.0.113.0/24"`, absent,
			true},
		{operatorPage, "addresses, absent", "IpAddress", `"203.0.113.0/24"`, absent, false},

		{operatorPage, "ARNs by their parts", "ArnLike",
			`"arn:aws:someservice:*:111122223333:finance/*"`,
			"arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:" +
				"finance/document.txt",
			false},
		{operatorPage, "ARNs by their parts", "ArnLike", `"arn:aws:iam::*:role/a?p"`,
			"arn:aws:iam::111122223333:role/app", true},
		{operatorPage, "ArnEquals is ArnLike", "ArnEquals", `"arn:aws:iam::*:role/a*"`,
			"arn:aws:iam::111122223333:role/app", true},
		{operatorPage, "the sixth part may hold colons", "ArnLike",
			`"arn:aws:secretsmanager:*:*:*db-??????"`, secret, true},
		{operatorPage, "ARNs, case sensitive", "ArnLike", `"arn:aws:iam::*:role/A*"`,
			"arn:aws:iam::111122223333:role/app", false},
		{operatorPage, "a pattern with less parts is no ARN's", "ArnLike", `"*"`,
			"arn:aws:iam::111122223333:role/app", false},
		{operatorPage, "an ARN with less parts is another", "ArnLike",
			`"arn:aws:iam::111122223333"`, "arn:aws:iam::111122223333:role/app", false},
		{operatorPage, "ARNs, negated", "ArnNotLike",
			`["arn:aws:iam::*:role/b","arn:aws:iam::*:role/a*"]`,
			"arn:aws:iam::111122223333:role/app", false},
		{operatorPage, "ARNs, negated", "ArnNotEquals", `"arn:aws:iam::*:role/b*"`,
			"arn:aws:iam::111122223333:role/app", true},
		{operatorPage, "ARNs, negated, absent", "ArnNotLike", `"arn:aws:iam::*:role/b*"`, absent,
			true},
		{operatorPage, "ARNs, absent", "ArnLike", `"arn:*:*:*:*:*"`, absent, false},

		{operatorPage, "IfExists of an absent key", "StringEqualsIfExists", `"a"`, absent, true},
		{operatorPage, "IfExists of a key that is there", "StringEqualsIfExists", `"a"`, "b",
			false},
		{operatorPage, "IfExists, negated, absent: a denial holds", "StringNotEqualsIfExists",
			`"a"`, absent, true},
		{operatorPage, "IfExists, negated", "StringNotEqualsIfExists", `"a"`, "a", false},
		{operatorPage, "Null true: the key is absent", "Null", `"true"`, absent, true},
		{operatorPage, "Null true: the key is absent", "Null", `true`, "a", false},
		{operatorPage, "Null false: the key is there", "Null", `"false"`, "a", true},
		{operatorPage, "Null false: the key is there", "Null", `"false"`, absent, false},

		{multivalued, "ForAnyValue of an absent key", "ForAnyValue:StringEquals", `"a"`, absent,
			false},
		{multivalued, "ForAnyValue of an absent key, negated", "ForAnyValue:StringNotEquals", `"a"`,
			absent, false},
		{multivalued, "ForAnyValue of an absent key, IfExists", "ForAnyValue:StringEqualsIfExists",
			`"a"`, absent, true},
		{multivalued, "ForAnyValue", "ForAnyValue:StringEquals", `["a","b"]`, "x b", true},
		{multivalued, "ForAnyValue", "ForAnyValue:StringEquals", `["a","b"]`, "x y", false},
		{multivalued, "ForAnyValue, negated: one that is not listed", "ForAnyValue:StringNotEquals",
			`["a","b"]`, "a x", true},
		{multivalued, "ForAnyValue, negated: one that is not listed", "ForAnyValue:StringNotEquals",
			`["a","b"]`, "a b", false},
		{multivalued, "ForAnyValue of a pattern", "ForAnyValue:StringLike", `"o-1/r-1/*"`,
			"o-1/r-1/ou-1/", true},
		{multivalued, "ForAnyValue of an empty set", "ForAnyValue:StringEquals", `""`, "", false},
		{multivalued, "ForAllValues of an absent key", "ForAllValues:StringEquals", `"a"`, absent,
			true},
		{multivalued, "ForAllValues of an absent key, negated", "ForAllValues:StringNotLike", `"a"`,
			absent, true},
		{multivalued, "ForAllValues of an empty set", "ForAllValues:StringEquals", `"a"`, "", true},
		{multivalued, "ForAllValues", "forallvalues:StringEquals", `["a","b"]`, "b a", true},
		{multivalued, "ForAllValues", "ForAllValues:StringEquals", `["a","b"]`, "a x", false},
		{multivalued, "ForAllValues, negated: none may be listed", "ForAllValues:StringNotLike",
			`["a*","b"]`, "x y", true},
		{multivalued, "ForAllValues, negated: none may be listed", "ForAllValues:StringNotLike",
			`["a*","b"]`, "x ab", false},
		{multivalued, "several values require a set operator", "StringEquals", `"a"`, "a b", false},
		{multivalued, "several values require a set operator", "StringNotEquals", `"x"`, "a b",
			false},
	} {
		rules := decoded(t,
			`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"`+test.operator+
				`":{"Some:Key":`+test.values+`}}}`)
		context := Context{}.With("other", "a")
		if test.request != absent {
			context = context.With("some:KEY", strings.Split(test.request, " ")...)
		}
		if got := rules.Statements[0].Conditions[0].Holds(context); got != test.want {
			t.Errorf("%s: %s %s of %q: got %t (%s)", test.rule, test.operator, test.values,
				test.request, got, test.page)
		}
	}
}

func TestAllKeysAndOperatorsOfABlockMustHold(t *testing.T) {
	rules := decoded(t,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a":"1",`+
			`"b":"2"},"Bool":{"c":"true"}}}`)
	all := Context{}.With("a", "1").With("b", "2").With("c", "true")
	if failed := rules.Statements[0].Failing(all); failed != nil {
		t.Errorf("fails on %s", failed.Key)
	}
	for _, key := range []string{"a", "b", "c"} {
		if failed := rules.Statements[0].Failing(all.With(key, "x")); failed == nil ||
			failed.Key != key {
			t.Errorf("without %s: got %+v", key, failed)
		}
	}
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func TestVariables(t *testing.T) {
	for _, test := range []struct {
		rule, version, operator, value, request string
		want                                    bool
	}{
		{"a key's value", "2012-10-17", "StringEquals", "${aws:username}", "anna", true},
		{"a key's value among text", "2012-10-17", "StringLike", "home/${AWS:UserName}/*",
			"home/anna/x", true},
		{"a tag", "2012-10-17", "StringEquals", "${aws:PrincipalTag/team}", "blue", true},
		{"in ARN operators", "2012-10-17", "ArnLike", "arn:aws:iam::*:user/${aws:username}",
			"arn:aws:iam::1:user/anna", true},
		{"a wildcard in a value is none", "2012-10-17", "StringLike", "${aws:PrincipalTag/star}",
			"anything", false},
		{"a wildcard in a value is itself", "2012-10-17", "StringLike", "${aws:PrincipalTag/star}",
			"*", true},
		{"${*} is an asterisk", "2012-10-17", "StringLike", "a${*}", "ab", false},
		{"${*} is an asterisk", "2012-10-17", "StringLike", "a${*}", "a*", true},
		{"${?} and ${$}", "2012-10-17", "StringLike", "${?}${$}{*", "?${x", true},
		{"${*} where wildcards are literal", "2012-10-17", "StringEquals", "${*}", "*", true},
		{"a default", "2012-10-17", "StringEquals", "${aws:absent, 'anonymous'}", "anonymous",
			true},
		{"a default that is not needed", "2012-10-17", "StringEquals",
			"${aws:username, 'anonymous'}", "anonymous", false},
		{"an absent key does not match", "2012-10-17", "StringLike", "*${aws:absent}", "x", false},
		{"an absent key does not match, negated", "2012-10-17", "StringNotEquals", "${aws:absent}",
			"x", true},
		{"an absent key within a text does not match, negated", "2012-10-17", "StringNotLike",
			"*${aws:absent}", "x", true},
		{"an absent key does not match, whatever the case", "2012-10-17", "StringEqualsIgnoreCase",
			"${aws:absent}", "x", false},
		{"an absent key does not match, whatever the case, negated", "2012-10-17",
			"StringNotEqualsIgnoreCase", "${aws:absent}", "x", true},
		{"an absent key does not match in ARNs, negated", "2012-10-17", "ArnNotLike",
			"arn:aws:iam::1:user/${aws:absent}", "arn:aws:iam::1:user/x", true},
		{"an absent key does not match in ARNs", "2012-10-17", "ArnLike",
			"arn:aws:iam::1:user/${aws:absent}", "arn:aws:iam::1:user/x", false},
		{"several values are no variable", "2012-10-17", "StringEquals", "${aws:TagKeys}", "a",
			false},
		{"literal in older versions", "2008-10-17", "StringEquals", "${aws:username}",
			"${aws:username}", true},
		{"literal without a version", "", "StringEquals", "${aws:username}", "${aws:username}",
			true},
		{"literal without a version", "", "StringEquals", "${aws:username}", "anna", false},
	} {
		version := ""
		if test.version != "" {
			version = `"Version":"` + test.version + `",`
		}
		rules, err := decodeJSON([]byte(`{` + version +
			`"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"` +
			test.operator + `":{"k":"` + test.value + `"}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		context := Context{}.With("k", test.request).With("aws:username",
			"anna").With("aws:PrincipalTag/Team", "blue").
			With("aws:PrincipalTag/star", "*").With("aws:TagKeys", "a", "b")
		if got := rules.Statements[0].Failing(context) == nil; got != test.want {
			t.Errorf("%s: %s %q of %q: got %t (%s)", test.rule, test.operator, test.value,
				test.request, got, variablePage)
		}
	}
}

// What package aws lets a user write can be evaluated, and nothing else.
func TestTheOperatorsAreThoseOfTheChecks(t *testing.T) {
	names := aws.ConditionOperators()
	if len(names) != len(operators) {
		t.Errorf("%d operators are checked, %d evaluated", len(names), len(operators))
	}
	for _, name := range names {
		for _, written := range []string{name, name + "IfExists", "ForAnyValue:" + name,
			"forallvalues:" + name + "ifexists", "ForSome:" + name, name + "s"} {
			if _, err := parseOperator(written); (err == nil) != aws.ConditionOperator(written) {
				t.Errorf("%s: %v", written, err)
			}
		}
	}
}
