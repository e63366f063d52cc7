package aws

import "testing"

func TestParseARN(t *testing.T) {
	for text, want := range map[string]ARN{
		"arn:aws:iam::111111111111:role/svc/worker": {
			"aws", "iam", "", "111111111111", "role/svc/worker",
		},
		"arn:aws:iam::aws:policy/ReadOnlyAccess": {
			"aws", "iam", "", "aws", "policy/ReadOnlyAccess",
		},
		"arn:aws-cn:kms:cn-north-1:111111111111:key/1": {
			"aws-cn", "kms", "cn-north-1", "111111111111", "key/1",
		},
		"arn:aws:lambda:eu-west-1:111111111111:function:f:live": {
			"aws", "lambda", "eu-west-1", "111111111111", "function:f:live",
		},
		"arn:*:secretsmanager:*:11111111111?:secret:db-??????": {
			"*", "secretsmanager", "*", "11111111111?", "secret:db-??????",
		},
		"arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsFoo": {
			"aws", "serverlessrepo", "us-east-1", "297356227824", "applications/SecretsFoo",
		},
	} {
		got, err := ParseARN(text)
		if err != nil || got != want {
			t.Errorf("ParseARN(%q) = %+v, %v, want %+v", text, got, err, want)
		}
		if got.String() != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestParseARNSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      `must start with "arn:"`,
		"my-role":                               `must start with "arn:"`,
		"arn:aws:iam::111111111111":             `must have six parts, separated by colons, and has 5`,
		"arn:aws:iam::111111111111:role/a b":    `must not hold white space`,
		"arn:awss:iam::111111111111:role/a":     `has no partition that AWS knows: "awss"`,
		"arn:aws:::111111111111:role/a":         `has no service that AWS knows: ""`,
		"arn:aws:kms:europe:111111111111:key/1": `has no Region that AWS knows: "europe"`,
		"arn:aws:iam::11111111111:role/a":       `has no account that AWS knows: "11111111111"`,
		"arn:aws:iam:eu-west-1:1:role/a":        `has no account that AWS knows: "1"`,
		"arn:aws:iam:eu-west-1:111111111111:role/a": `has the Region "eu-west-1", and ARNs of iam ` +
			`have none`,
		"arn:aws:sts:eu-west-1:111111111111:assumed-role/a/b": `has the Region "eu-west-1", and ` +
			`ARNs of sts have none`,
		"arn:aws:iam::111111111111:": `has no resource that AWS knows: ""`,
	} {
		_, err := ParseARN(text)
		if err == nil || err.Error() != want {
			t.Errorf("ParseARN(%q): %v, want %s", text, err, want)
		}
	}
}

func TestResourceType(t *testing.T) {
	for resource, want := range map[string][2]string{
		"role/svc/worker":           {"role", "svc/worker"},
		"secret:payments/db-AbCdEf": {"secret", "payments/db-AbCdEf"},
		"function:f:live":           {"function", "f:live"},
		"root":                      {"root", ""},
	} {
		kind, rest := ARN{Resource: resource}.ResourceType()
		if got := [2]string{kind, rest}; got != want {
			t.Errorf("%q is %q, want %q", resource, got, want)
		}
	}
}

func TestSpecificARNs(t *testing.T) {
	const (
		kms = "arn:aws:kms:eu-west-1:111111111111:"
		sm  = "arn:aws:secretsmanager:eu-west-1:111111111111:"
	)
	for _, test := range []struct {
		rule       func(string) string
		text, want string
	}{
		{KeyARN, kms + "key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030", ""},
		{KeyARN, kms + "key/mrk-1234abcd12ab34cd56ef1234567890ab", ""},
		{KeyARN, kms + "alias/app", "is the ARN of an alias, not of a key"},
		{KeyARN, kms + "key/", `must end in "key/" and a key's id`},
		{KeyARN, kms + "key/*", "must be one ARN, not a pattern"},
		{KeyARN, "arn:aws:kms:eu-west-1::key/1", "must name an account of 12 digits"},
		{KeyARN, "arn:aws:kms::111111111111:key/1", "must name a Region"},
		{KeyARN, "alias/app", `must start with "arn:"`},
		{KeyARN, sm + "secret:db-AbCdEf", "must be like arn:aws:kms:REGION:ACCOUNT:key/…"},
		{SecretARN, sm + "secret:legacy-f3gDy9", ""},
		{SecretARN, sm + "secret:a/b_c+d=e.f@g-f3gDy9", ""},
		{SecretARN, sm + "secret:rds!db-0a1b2c3d-f3gDy9", ""},
		{SecretARN, sm + "secret:my-secret", ""}, // cannot be told
		{
			SecretARN, sm + "secret:legacy",
			"must end in a hyphen and the six characters that Secrets Manager appends to the name",
		},
		{SecretARN, sm + "secret:-f3gDy9", "has a secret's name that must not be empty"},
		{SecretARN, sm + "secret:legacy-??????", "must be one ARN, not a pattern"},
		{
			SecretARN, sm + "legacy-f3gDy9",
			"must be like arn:aws:secretsmanager:REGION:ACCOUNT:secret:…",
		},
		{PartialSecretARN, sm + "secret:legacy", ""},
		{PartialSecretARN, sm + "secret:my-secret", ""},
		{
			PartialSecretARN, sm + "secret:a#b",
			"has a secret's name that must hold only letters, digits and /_+=.@-!, and has '#'",
		},
		{PartialSecretARN, "legacy", `must start with "arn:"`},
	} {
		if got := test.rule(test.text); got != test.want {
			t.Errorf("%q %s, want %q", test.text, got, test.want)
		}
	}
}
