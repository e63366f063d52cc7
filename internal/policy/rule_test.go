package policy

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestActions(t *testing.T) {
	for _, test := range []struct {
		element, action string
		want            bool
	}{
		{`"Action":"secretsmanager:GetSecretValue"`, "secretsmanager:GetSecretValue", true},
		{`"Action":"SecretsManager:getsecretvalue"`, "secretsmanager:GetSecretValue", true},
		{`"Action":"secretsmanager:GetSecret"`, "secretsmanager:GetSecretValue", false},
		{`"Action":"secretsmanager:Get*"`, "secretsmanager:GetSecretValue", true},
		{`"Action":"secretsmanager:*Secret*e"`, "secretsmanager:GetSecretValue", true},
		{`"Action":"secretsmanager:?etSecretValue"`, "secretsmanager:GetSecretValue", true},
		{`"Action":"secretsmanager:?GetSecretValue"`, "secretsmanager:GetSecretValue", false},
		{`"Action":"*"`, "kms:Decrypt", true},
		{`"Action":"*:*"`, "kms:Decrypt", true},
		{`"Action":["kms:Encrypt","kms:Decrypt"]`, "kms:Decrypt", true},
		{`"Action":[]`, "kms:Decrypt", false},
		{`"NotAction":"kms:*"`, "kms:Decrypt", false},
		{`"NotAction":["kms:*","s3:*"]`, "secretsmanager:GetSecretValue", true},
		{`"NotAction":[]`, "kms:Decrypt", true},
	} {
		rules := decoded(t, `{"Effect":"Allow",`+test.element+`,"Resource":"*"}`)
		if got := rules.Statements[0].MatchesAction(test.action); got != test.want {
			t.Errorf("%s of %s: got %t (%s)", test.element, test.action, got, actionPage)
		}
	}
}

func TestResources(t *testing.T) {
	for _, test := range []struct {
		rule, element, arn string
		want               bool
	}{
		{"exact", `"Resource":"` + secret + `"`, secret, true},
		{"case sensitive", `"Resource":"` + strings.ToLower(secret) + `"`, secret, false},
		{"* is everything", `"Resource":"*"`, secret, true},
		{"* is also no resource", `"Resource":"*"`, "*", true},
		{"an ARN is not no resource", `"Resource":"` + secret + `"`, "*", false},
		{"the six characters of a secret",
			`"Resource":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"`, secret,
			true},
		{"and no more",
			`"Resource":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"`,
			strings.Replace(secret, "db", "db-x", 1), false},
		{"* includes slashes", `"Resource":"arn:aws:s3:::amzn-s3-demo-bucket/*/test/*"`,
			"arn:aws:s3:::amzn-s3-demo-bucket/1/2/test/3/object.jpg", true},
		{"* may be nothing", `"Resource":"arn:aws:s3:::amzn-s3-demo-bucket/*/test/*"`,
			"arn:aws:s3:::amzn-s3-demo-bucket//test/", true},
		{"AWS's example of none", `"Resource":"arn:aws:s3:::amzn-s3-demo-bucket/*/test/*"`,
			"arn:aws:s3:::amzn-s3-demo-bucket/1-test/object.jpg", false},
		{"* at the end of a part crosses colons",
			`"Resource":"arn:aws:secretsmanager:*:secret:db-??????"`, secret, true},
		{"* within a part does not",
			`"Resource":"arn:aws:secretsmanager:eu*2223333:secret:db-AbCdEf"`, secret, false},
		{"* within a part", `"Resource":"arn:aws:secretsmanager:eu*1:1*3:sec*t:d*f"`, secret, true},
		{"the sixth field may hold colons",
			`"Resource":"arn:aws:secretsmanager:eu-west-1:111122223333:sec*db?AbCdEf"`, secret,
			true},
		{"? is no colon",
			`"Resource":"arn:aws:secretsmanager:eu-west-1?111122223333:secret:db-AbCdEf"`, secret,
			false},
		{"an incomplete ARN is completed", `"Resource":"arn:aws:secretsmanager"`, secret, true},
		{"an incomplete ARN is completed", `"Resource":"arn:aws:kms"`, secret, false},
		{"of a list one", `"Resource":["` + key + `","` + secret + `"]`, secret, true},
		{"an empty list", `"Resource":[]`, secret, false},
		{"NotResource", `"NotResource":"` + key + `"`, secret, true},
		{"NotResource", `"NotResource":["arn:aws:secretsmanager:*:*:secret:d*"]`, secret, false},
		{"a variable",
			`"Resource":"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/name}-??????"`,
			secret, true},
		{"a variable", `"Resource":"arn:aws:secretsmanager:*:*:secret:${aws:username}-??????"`,
			secret, false},
		{"a variable without a value",
			`"Resource":["arn:aws:secretsmanager:*:*:secret:${aws:absent}*"]`, secret, false},
		{"a variable without a value",
			`"NotResource":["` + key + `","arn:aws:secretsmanager:*:*:secret:${aws:absent}"]`,
			secret, false},
	} {
		rules := decoded(t, `{"Effect":"Allow","Action":"*",`+test.element+`}`)
		context := Context{}.With("aws:username", "anna").With("aws:PrincipalTag/name", "db")
		if got := rules.Statements[0].MatchesResource(test.arn, context); got != test.want {
			t.Errorf("%s: %s of %s: got %t (%s)", test.rule, test.element, test.arn, got,
				resourcePage)
		}
	}
}

// Matching agrees with regular expressions, which say the same in other words.
func FuzzMatchingIsWhatRegularExpressionsSay(f *testing.F) {
	for _, seed := range []uint64{1, 2, 3, 4, 5, 6, 7, 8} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 3))
		random := func(alphabet string, n int) string {
			b := make([]byte, rng.IntN(n))
			for i := range b {
				b[i] = alphabet[rng.IntN(len(alphabet))]
			}
			return string(b)
		}
		for range 200 {
			text, written := random("ab::", 16), random("ab::*?*", 14)
			for w, want := range map[wildcards]string{
				freely:   strings.NewReplacer("*", ".*", "?", ".").Replace(written),
				inFields: inFieldsAsRegexp(written),
			} {
				p, err := compile(written, w, true)
				if err != nil {
					t.Fatal(err)
				}
				got := match(p.text, text, false)
				if got != regexp.MustCompile("^"+want+"$").MatchString(text) {
					t.Errorf("%q of %q (%d): got %t", written, text, w, got)
				}
				if match(p.text, text, true) != match(p.text, strings.ToUpper(text), true) {
					t.Errorf("%q of %q: upper case makes a difference", written, text)
				}
			}
		}
	})
}

// inFieldsAsRegexp writes a pattern of Resource as a regular expression.
func inFieldsAsRegexp(written string) string {
	fields := strings.SplitN(written, ":", 6)
	for i, f := range fields {
		rest, endsInStar := strings.CutSuffix(f, "*")
		if i < 5 {
			f = strings.NewReplacer("*", "[^:]*", "?", "[^:]").Replace(rest)
		} else {
			f = strings.NewReplacer("*", ".*", "?", ".").Replace(rest)
		}
		if endsInStar {
			f += ".*"
		}
		fields[i] = f
	}
	return strings.Join(fields, ":")
}

func TestDecodeRefusesWhatIAMDoes(t *testing.T) {
	statement := func(s string) string { return `{"Statement":` + s + `}` }
	condition := func(s string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",` +
			`"Resource":"*","Condition":` + s + `}}`
	}
	for _, c := range []struct{ document, want string }{
		{`[]`, "the policy is not an object"},
		{`{}`, "the policy has no Statement"},
		{`{"Statement":[],"Sid":"x"}`, `a policy has no member "Sid"`},
		{`{"Version":"2020-01-01"}`, `the policy's Version does not exist: "2020-01-01"`},
		{`{"Ref":"Policy"}`,
			"the policy is a CloudFormation function, Ref, whose value is not known"},
		{statement(`"x"`), "statement 1: is not an object"},
		{statement(`[{}]`), "statement 1: has no Effect"},
		{statement(`{"Effect":"allow"}`), `statement 1: Effect is neither Allow nor Deny: "allow"`},
		{statement(`{"Effect":true}`), "statement 1: Effect is not a text"},
		{statement(`{"Effects":"Allow"}`), `statement 1: a statement has no member "Effects"`},
		{statement(`{"Effect":"Allow"}`), "statement 1: needs one of Action and NotAction"},
		{statement(`{"Action":{"Ref":"X"}}`),
			"statement 1: Action is a CloudFormation function, Ref, whose value is not known"},
		{statement(`{"Action":[{"Ref":"X"}]}`), "statement 1: Action is not a text"},
		{statement(`{"Action":7}`), "statement 1: Action is not a text"},
		{statement(`{"Effect":"Allow","Action":"*","NotAction":"*"}`),
			"statement 1: needs one of Action and NotAction"},
		{statement(`{"Effect":"Allow","Action":"*","Principal":"*"}`),
			"statement 1: needs one of Resource and NotResource"},
		{statement(`{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*",` +
			`"NotPrincipal":"*"}`), "statement 1: cannot have both Principal and NotPrincipal"},
		{statement(`{"Principal":"111122223333"}`),
			`statement 1: Principal is neither * nor principals by their kind: "111122223333"`},
		{statement(`{"Principal":["*"]}`), "statement 1: Principal is not an object"},
		{statement(`{"Principal":{"aws":"*"}}`),
			`statement 1: Principal has a kind of principal that does not exist: "aws"`},
		{statement(`{"Principal":{"AWS":"arn:aws:iam::111122223333:role/*"}}`),
			`statement 1: Principal has a pattern,` +
				` which no principal can be: "arn:aws:iam::111122223333:role/*"`},
		{statement(`{"Principal":{"Service":"*"}}`),
			`statement 1: Principal has a pattern, which no principal can be: "*"`},
		{`{"Version":"2012-10-17","Statement":{"Resource":"arn:aws:s3:::x/${aws:username"}}`,
			`statement 1: Resource has a policy variable that is not closed: ` +
				`"arn:aws:s3:::x/${aws:username"`},
		{`{"Version":"2012-10-17",` +
			`"Statement":[{"Resource":"arn:aws:s3::${aws:PrincipalAccount}:x"}]}`,
			`statement 1: Resource has a policy variable before the fifth colon: ` +
				`"arn:aws:s3::${aws:PrincipalAccount}:x"`},
		{condition(`{"StringEqual":{"a":"b"}}`),
			`statement 1: Condition has an operator that does not exist: "StringEqual"`},
		{condition(`{"StringEqual":{}}`),
			`statement 1: Condition has an operator that does not exist: "StringEqual"`},
		{condition(`{"NullIfExists":{"a":"true"}}`),
			`statement 1: Condition has an operator that does not exist: "NullIfExists"`},
		{condition(`{"ForEach:StringEquals":{"a":"b"}}`),
			`statement 1: Condition has an operator that does not exist: "ForEach:StringEquals"`},
		{condition(`{"StringEquals":"a"}`), "statement 1: Condition StringEquals is not an object"},
		{condition(`{"StringEquals":{"a":null}}`),
			"statement 1: Condition StringEquals a is not a text"},
		{condition(`{"StringEquals":{"a":{"b":"c"}}}`),
			"statement 1: Condition StringEquals a is an object"},
		{condition(`{"StringEquals":{"a":{"Fn::Sub":"c"}}}`),
			"statement 1: Condition StringEquals a is a CloudFormation function, Fn::Sub, " +
				"whose value is not known"},
		{condition(`{"StringEquals":{"":"c"}}`),
			"statement 1: Condition has a key without a name at StringEquals"},
		{condition(`{"StringEquals":{"a":"${}"}}`),
			"statement 1: Condition StringEquals a has a policy variable without a name"},
		{condition(`{"StringEquals":{"a":"${b, c}"}}`),
			`statement 1: Condition StringEquals a has a default of the policy variable "b" ` +
				`that is not in single quotes`},
		{condition(`{"StringEquals":{"a":"${b, 'c}"}}`),
			`statement 1: Condition StringEquals a has a default of the policy variable "b" ` +
				`that is not in single quotes`},
		{condition(`{"StringEquals":{"a":"${b, c'}"}}`),
			`statement 1: Condition StringEquals a has a default of the policy variable "b" ` +
				`that is not in single quotes`},
		{condition(`{"NumericNotEquals":{"a":"0x10"}}`),
			`statement 1: Condition NumericNotEquals a cannot be compared with "0x10"`},
		{condition(`{"DateNotEquals":{"a":"tomorrow"}}`),
			`statement 1: Condition DateNotEquals a cannot be compared with "tomorrow"`},
		{condition(`{"DateLessThan":{"a":"${aws:CurrentTime}"}}`),
			`statement 1: Condition DateLessThan a cannot be compared with "${aws:CurrentTime}"`},
		{condition(`{"NotIpAddress":{"a":["10.0.0.0/33"]}}`),
			`statement 1: Condition NotIpAddress a cannot be compared with "10.0.0.0/33"`},
		{condition(`{"Bool":{"a":"yes"}}`),
			`statement 1: Condition Bool a cannot be compared with "yes"`},
		{condition(`{"Null":{"a":["true","false"]}}`),
			"statement 1: Condition Null a needs true or false"},
		{condition(`{"BinaryEquals":{"a":"%"}}`),
			"statement 1: Condition BinaryEquals a cannot be compared with \"%\""},
	} {
		_, err := decodeJSON([]byte(c.document))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, c.want %s", c.document, err, c.want)
		}
	}
}

// Whatever is decoded can be evaluated, and decoding its own statements again gives the same.
func FuzzDecodeNeverPanics(f *testing.F) {
	for _, seed := range []string{
		`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow",` +
			`"Principal":{"AWS":["*","1"],"Service":"x"},"Action":["a:*","*?"],` +
			`"Resource":"arn:${*}:::::${aws:username, 'x'}*"}]}`,
		`{"Statement":{"Effect":"Deny","NotPrincipal":"*","NotAction":[],"NotResource":[],` +
			`"Condition":{"ForAllValues:StringLikeIfExists":{"aws:PrincipalArn":["*","?"]},` +
			`"Null":{"a":true}}}}`,
		`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*",` +
			`"Condition":{"DateLessThan":{"aws:CurrentTime":2027},"NumericEquals":{"a":1e3},` +
			`"IpAddress":{"b":"::/0"},"ArnLike":{"aws:PrincipalArn":"*:*"}}}}`,
	} {
		f.Add([]byte(seed), "kms:Decrypt", key)
	}
	f.Fuzz(func(t *testing.T, text []byte, action, resource string) {
		rules, err := decodeJSON(text)
		if err != nil {
			return
		}
		statements := make([]any, len(rules.Statements))
		for i, s := range rules.Statements {
			statements[i] = s.Value
		}
		version := map[string]any{"Version": rules.Version, "Statement": statements}
		if rules.Version == "" {
			delete(version, "Version")
		}
		again, err := decodeMaps(version)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, kind := range []CallerKind{Role, User, ServicePrincipal, AccountRoot} {
			for _, owner := range []string{home, foreign} {
				r := Request{
					Caller: callerIn(home, kind), Action: action, Resource: resource, Owner: owner,
				}
				one := Evaluate(r, Policies{
					Identity: []Source{{"a", rules}}, Boundary: &Source{"b", rules},
					Resource: &Source{"c", rules},
				})
				two := Evaluate(r, Policies{
					Identity: []Source{{"a", again}}, Boundary: &Source{"b", again},
					Resource: &Source{"c", again},
				})
				if one.Reason != two.Reason || len(one.Near) != len(two.Near) {
					t.Fatalf("%s: %s, then %s", text, one.Reason, two.Reason)
				}
			}
		}
	})
}

func TestDecodeKeepsWhatWasWritten(t *testing.T) {
	const statement = `{"Action":["KMS:Decrypt"],"Effect":"Allow","NotResource":"*","Sid":"a"}`
	rules := decoded(t, statement+`,`+statement)
	r := rules.Statements[1]
	if text, err := json.Marshal(r.Value); err != nil || string(text) != statement {
		t.Errorf("got %s, %v", text, err)
	}
	if r.Index != 1 || r.Sid != "a" || r.Actions[0] != "KMS:Decrypt" || r.Resources[0] != "*" ||
		!r.NotResources || r.NotActions || !r.Principals.IsZero() {
		t.Errorf("got %+v", r)
	}
}
