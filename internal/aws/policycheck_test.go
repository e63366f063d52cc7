package aws

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

func TestConditionOperator(t *testing.T) {
	for _, op := range conditionOperators {
		for _, text := range []string{
			op.name, "ForAnyValue:" + op.name, "forallvalues:" + strings.ToLower(op.name),
		} {
			if !ConditionOperator(text) {
				t.Errorf("%q is one", text)
			}
		}
		if ConditionOperator(op.name+"IfExists") != (op.name != "Null") {
			t.Errorf("IfExists goes with all but Null: %s", op.name)
		}
	}
	for _, text := range []string{"", "StringEqual", "IfExists", "ForAnyValue:",
		"ForSomeValue:StringEquals", "StringEquals:ForAnyValue",
		"StringEqualsIfExistsIfExists", "Boolean"} {
		if ConditionOperator(text) {
			t.Errorf("%q is none", text)
		}
	}
}

func TestConditionKeys(t *testing.T) {
	byService := func(a, b ConditionKeyInfo) int {
		sa, na, _ := strings.Cut(a.Name, ":")
		sb, nb, _ := strings.Cut(b.Name, ":")
		return cmp.Or(cmp.Compare(sa, sb), cmp.Compare(strings.ToLower(na), strings.ToLower(nb)))
	}
	if !slices.IsSortedFunc(ConditionKeys, byService) {
		t.Error("the keys are not sorted")
	}
	for key, want := range map[string]KeyType{
		"aws:PrincipalOrgID":                "String",
		"aws:principalorgid":                "String",
		"aws:PrincipalTag/team":             "String",
		"aws:PrincipalTag/":                 "",
		"aws:PrincipalTag":                  "",
		"aws:TagKeys":                       "ArrayOfString",
		"kms:EncryptionContext:SecretARN":   "String",
		"kms:EncryptionContextKeys":         "ArrayOfString",
		"secretsmanager:ResourceTag/team":   "String",
		"secretsmanager:resource/Type":      "String",
		"secretsmanager:KmsKeyArn":          "ARN",
		"kms:RotationPeriodInDays":          "Numeric",
		"aws:CurrentTime":                   "Date",
		"aws:SourceIp":                      "IPAddress",
		"aws:SecureTransport":               "Bool",
		"sts:ExternalId":                    "",
		"secretsmanager:resource/TypeOther": "",
	} {
		info, ok := ConditionKey(key)
		if info.Type != want || ok != (want != "") {
			t.Errorf("ConditionKey(%q) = %+v, %v", key, info, ok)
		}
	}
}

func TestConditionsThatMayBeRight(t *testing.T) {
	for _, test := range []struct {
		operator, key string
		values        []string
	}{
		{"StringEquals", "aws:PrincipalOrgID", []string{"o-a1b2c3d4e5"}},
		{"stringequals", "AWS:PRINCIPALORGID", []string{"o-a1b2c3d4e5"}},
		{"StringEqualsIgnoreCase", "aws:PrincipalOrgID", []string{"O-A1B2C3D4E5"}},
		{"StringEquals", "aws:PrincipalOrgID", []string{"${aws:ResourceOrgID}", "\x00ref\x00"}},
		{"StringEquals", "aws:PrincipalOrgID", nil},
		{"StringLike", "aws:SourceVpce", []string{"vpce-0a*"}},
		{"StringEquals", "secretsmanager:VersionStage", []string{"AWSCURRENT"}},
		{"ForAnyValue:StringEquals", "secretsmanager:VersionStage", []string{"AWSCURRENT"}},
		{"StringEqualsIfExists", "secretsmanager:VersionStage", []string{"AWSCURRENT"}},
		{"NumericLessThan", "secretsmanager:VersionStage", []string{"7"}},
		{"Null", "secretsmanager:VersionId", []string{"true"}},
		{"Null", "aws:TagKeys", []string{"false"}},
		{"ForAllValues:StringEquals", "aws:TagKeys", []string{"team"}},
		{"ForAnyValue:StringLike", "aws:PrincipalOrgPaths", []string{"o-a1b2c3d4e5/*"}},
		{"Bool", "aws:SecureTransport", []string{"false"}},
		{"BoolIfExists", "kms:GrantIsForAWSResource", []string{"True"}},
		{"StringEquals", "aws:SecureTransport", []string{"false"}},
		{"ArnLike", "aws:PrincipalArn", []string{"arn:aws:iam::111111111111:role/*", "*"}},
		{"ArnEquals", "aws:PrincipalArn", []string{"arn:aws:iam::111111111111:role/x*"}},
		{"StringLike", "aws:PrincipalArn", []string{"arn:aws:iam::111111111111:role/*"}},
		{
			"ArnLike", "kms:EncryptionContext:SecretARN",
			[]string{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????"},
		},
		{"ArnEquals", "kms:GranteePrincipal", []string{"arn:aws:iam::111111111111:role/x"}},
		{"StringEquals", "kms:EncryptionContext:note", []string{"why?"}},
		{"NumericLessThan", "aws:PrincipalTag/level", []string{"3"}},
		{"Bool", "aws:PrincipalTag/trusted", []string{"true"}},
		{"IpAddress", "aws:SourceIp", []string{"203.0.113.0/24", "2001:db8::1"}},
		{"NotIpAddress", "aws:VpcSourceIp", []string{"10.0.0.0/8"}},
		{"StringEquals", "aws:SourceIp", []string{"203.0.113.7"}},
		{"DateLessThan", "aws:CurrentTime", []string{"2027-01-01T00:00:00Z", "2027-01-01", "2027"}},
		{"DateLessThan", "aws:CurrentTime", []string{"2027-01-01T00:00:00.5+01:00", "2027-01"}},
		{"NumericLessThan", "aws:EpochTime", []string{"1798761600"}},
		{"DateLessThan", "aws:EpochTime", []string{"1798761600"}},
		{"DateLessThan", "aws:MultiFactorAuthAge", []string{"3600"}},
		{"NumericLessThan", "aws:MultiFactorAuthAge", []string{"3600", "1.5"}},
		{"BinaryEquals", "example:Key", []string{"QmluYXJ5"}},
		{"StringEquals", "sts:ExternalId", []string{"*"}},
		{
			"StringEquals", "token.actions.githubusercontent.com:sub",
			[]string{"repo:acme/payments:*"},
		},
		{"StringEquals", "secretsmanager:\x00", []string{"x"}},
		{"StringEquals", "aws:NewKey", []string{"x"}},
	} {
		if found := CheckCondition(test.operator, test.key, test.values); len(found) > 0 {
			t.Errorf("%s %s %q: %q", test.operator, test.key, test.values, found)
		}
	}
}

func TestConditionsThatAreWrong(t *testing.T) {
	for _, test := range []struct{ operator, key, value, want string }{
		{
			"StringEqual", "aws:PrincipalOrgID", "o-a1b2c3d4e5",
			`there is no condition operator "StringEqual"`,
		},
		{
			"NullIfExists", "aws:PrincipalOrgID", "true",
			`there is no condition operator "NullIfExists"`,
		},
		{
			"StringEquals", "secretsmanager:VersonStage", "x",
			`Secrets Manager has no condition key "secretsmanager:VersonStage"`,
		},
		{
			"StringEquals", "aws:PrincipalTag", "x",
			`the condition key "aws:PrincipalTag" lacks a name after it, like ` +
				`"aws:PrincipalTag/name"`,
		},
		{
			"StringEquals", "kms:EncryptionContext:", "x",
			`the condition key "kms:EncryptionContext:" lacks a name after it, like ` +
				`"kms:EncryptionContext:name"`,
		},
		{
			"Bool", "aws:PrincipalOrgID", "true",
			`"Bool" cannot compare "aws:PrincipalOrgID", whose type is String`,
		},
		{
			"IpAddress", "aws:SourceVpc", "10.0.0.0/8",
			`"IpAddress" cannot compare "aws:SourceVpc", whose type is String`,
		},
		{
			"DateLessThan", "aws:SourceIp", "2027-01-01",
			`"DateLessThan" cannot compare "aws:SourceIp", whose type is IPAddress`,
		},
		{
			"DateLessThan", "aws:MultiFactorAuthAge", "2027-01-01",
			`"DateLessThan" cannot compare "aws:MultiFactorAuthAge", whose type is Numeric`,
		},
		{
			"ArnLike", "aws:SecureTransport", "arn:aws:x",
			`"ArnLike" cannot compare "aws:SecureTransport", whose type is Bool`,
		},
		{
			"NumericEquals", "aws:PrincipalArn", "1",
			`"NumericEquals" cannot compare "aws:PrincipalArn", whose type is ARN`,
		},
		{
			"ForAnyValue:Bool", "aws:TagKeys", "true",
			`"ForAnyValue:Bool" cannot compare "aws:TagKeys", whose type is ArrayOfString`,
		},
		{
			"StringEquals", "aws:TagKeys", "team",
			`a request has several values of "aws:TagKeys", so that "StringEquals" needs ` +
				`ForAnyValue: or ForAllValues: before it`,
		},
		{"Bool", "aws:SecureTransport", "no", `"no" is not true or false, which "Bool" asks for`},
		{"Null", "sts:ExternalId", "maybe", `"maybe" is not true or false, which "Null" asks for`},
		{
			"NumericLessThan", "aws:MultiFactorAuthAge", "1h",
			`"1h" is not a number, which "NumericLessThan" asks for`,
		},
		{
			"DateLessThan", "aws:CurrentTime", "tomorrow",
			`"tomorrow" is not a date, like 2027-01-01T00:00:00Z, which "DateLessThan" asks for`,
		},
		{
			"ArnLike", "aws:PrincipalArn", "worker",
			`"worker" is not an ARN, which "ArnLike" asks for`,
		},
		{
			"IpAddress", "aws:SourceIp", "office",
			`"office" must be an IP address or a range of them, like 203.0.113.0/24`,
		},
		{
			"NotIpAddress", "aws:SourceIp", "10.0.0.0/8",
			`"10.0.0.0/8" is a private address, which "aws:SourceIp" never is: through a ` +
				`VPC endpoint the address is in aws:VpcSourceIp`,
		},
		{
			"StringEquals", "aws:SourceIp", "203.0.113.0/24",
			`"StringEquals" compares "aws:SourceIp" as text, and no address equals the ` +
				`range "203.0.113.0/24": use IpAddress or NotIpAddress`,
		},
		{
			"StringEquals", "aws:PrincipalArn", "arn:aws:iam::111111111111:role/*",
			`"StringEquals" takes the wildcards in "arn:aws:iam::111111111111:role/*" ` +
				`literally: use StringLike`,
		},
		{
			"ForAllValues:StringNotEqualsIgnoreCase", "aws:TagKeys", "te?m",
			`"ForAllValues:StringNotEqualsIgnoreCase" takes the wildcards in "te?m" ` +
				`literally: use ForAllValues:StringNotLike`,
		},
		{
			"StringEqualsIfExists", "kms:encryptioncontext:secretarn", "db-??????",
			`"StringEqualsIfExists" takes the wildcards in "db-??????" literally: use ` +
				`StringLikeIfExists`,
		},
		{
			"StringEquals", "aws:SourceVpce", "vpc-0a1b2c3d",
			`"aws:SourceVpce" cannot be "vpc-0a1b2c3d": it must be "vpce-" and 8 or 17 ` +
				`letters and digits`,
		},
		{
			"StringNotLike", "aws:SourceVpc", "vpc-1",
			`"aws:SourceVpc" cannot be "vpc-1": it must be "vpc-" and 8 or 17 letters and digits`,
		},
		{
			"StringEquals", "aws:SourceAccount", "12345678901",
			`"aws:SourceAccount" cannot be "12345678901": it must be 12 digits`,
		},
	} {
		found := CheckCondition(test.operator, test.key, []string{test.value})
		if len(found) != 1 || found[0] != test.want {
			t.Errorf("%s %s %q: %q, want %q", test.operator, test.key, test.value, found, test.want)
		}
	}
}

func TestCheckCondition_reportsEveryValue(t *testing.T) {
	values := []string{"vpce-1", "vpce-0a1b2c3d", "vpce-2"}
	if found := CheckCondition("StringEquals", "aws:SourceVpce", values); len(found) != 2 {
		t.Errorf("%q", found)
	}
	if !slices.Equal(values, []string{"vpce-1", "vpce-0a1b2c3d", "vpce-2"}) {
		t.Errorf("the values were changed: %q", values)
	}
}

func TestCheckAction(t *testing.T) {
	for action, want := range map[string]string{
		"secretsmanager:GetSecretValue": "", "SECRETSMANAGER:getsecretvalue": "",
		"secretsmanager:Get*": "", "secretsmanager:*": "",
		"secretsmanager:???SecretValue": "", "*": "", "*:*": "", "kms:Whatever": "",
		"lambda:InvokeFunction": "", "\x00": "",
		"${a}:b":                   "",
		"secretsmanager:GetSecret": `Secrets Manager has no action "secretsmanager:GetSecret"`,
		"secretsmanager:Fetch*":    `Secrets Manager has no action "secretsmanager:Fetch*"`,
		"GetSecretValue": `"GetSecretValue" is no action: one is a service and a name, like ` +
			`secretsmanager:GetSecretValue`,
		"secretsmanager.GetSecret": `"secretsmanager.GetSecret" is no action: one is a service and a name, like ` +
			`secretsmanager:GetSecretValue`,
		"secretsmanager:Get Secret": `"secretsmanager:Get Secret" is no action: one is a service and a name, like ` +
			`secretsmanager:GetSecretValue`,
		"": `"" is no action: one is a service and a name, like secretsmanager:GetSecretValue`,
	} {
		if got := CheckAction(action); got != want {
			t.Errorf("CheckAction(%q) = %q, want %q", action, got, want)
		}
	}
}

func TestLacks(t *testing.T) {
	for _, c := range []struct {
		action Action
		key    string
		want   bool
	}{
		{"secretsmanager:RestoreSecret", "secretsmanager:RecoveryWindowInDays", true},
		{"secretsmanager:DeleteSecret", "SecretsManager:recoverywindowindays", false},
		{"secretsmanager:GetSecretValue", "secretsmanager:ResourceTag/team", false},
		{"secretsmanager:GetSecretValue", "aws:RequestTag/team", true},
		{"secretsmanager:TagResource", "aws:RequestTag/team", false},
		{"secretsmanager:GetSecretValue", "aws:SourceIp", false},
	} {
		info, _ := ActionNamed(c.action)
		if got := info.Lacks(c.key); got != c.want {
			t.Errorf("%s lacks %s: %v", c.action, c.key, got)
		}
	}
}
