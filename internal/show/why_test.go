package show

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// suffixOfDB are the six characters at the end of the ARN of the secret that is asked about.
var suffixOfDB = cfn.Unknown{What: "suffix", Name: "db", Template: "payments", Shown: "??????",
	Class: cfn.Letters, Min: 6, Max: 6}.Text()

// dbUnknown is the ARN of the secret as evaluation knows it, and appKey that of its key.
var (
	dbUnknown = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-" + suffixOfDB
	appKey    = "arn:aws:kms:eu-west-1:111111111111:key/" +
		cfn.Unknown{What: "name", Name: "AWS::KMS::Key", Template: "payments", LogicalID: "AppKey",
			Shown: "*", Class: cfn.HexDigits, Min: 36, Max: 36, Unique: true}.Text()
)

// deciding returns a statement in a document of its own, which comes from a line of the spec.
func decidingBy(t *testing.T, kind access.DocumentKind, of, logicalID, line string,
	statement map[string]any) access.Deciding {
	t.Helper()
	rules, err := policy.Decode(cfn.Object{{Key: "Version", Value: "2012-10-17"},
		{Key: "Statement", Value: []any{objectOf(statement)}}})
	if err != nil {
		t.Fatal(err)
	}
	if line != "" {
		file, start := source.New("spec.yaml", []byte(whySpec)), strings.Index(whySpec, line)
		rules.Statements[0].Because = []source.Span{{File: file, Start: int32(start),
			End: int32(start + len(line))}}
	}
	d := &access.Document{Kind: kind, Of: of, Stack: "payments", LogicalID: logicalID, Rules: rules}
	return access.Deciding{Document: d, Rule: &d.Rules.Statements[0]}
}

// objectOf returns a map as a value of a template, sorted by key.
func objectOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		var o cfn.Object
		for _, key := range slices.Sorted(maps.Keys(v)) {
			o = append(o, cfn.Member{Key: key, Value: objectOf(v[key])})
		}
		return o
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = objectOf(v[i])
		}
		return out
	}
	return v
}

func answerOf(principal string, e access.Explanation) ask.Answer {
	return ask.Answer{
		Principal: principal, PrincipalARN: "arn:aws:iam::111111111111:role/" + principal,
		PrincipalKind: "role",
		Verb:          "read", Secret: "db", SecretARN: cfn.Shown(dbUnknown), Region: "eu-west-1",
		Explanation: e,
	}
}

// whyYes is a yes: an identity policy allows to read, and the key's policy to decrypt.
func whyYes(t *testing.T) ask.Answer {
	t.Helper()
	read := decidingBy(t, access.IdentityPolicy, "api", "ApiPolicy",
		"{ to: api, allow: read, secrets: db }", map[string]any{
			"Effect": "Allow", "Action": []any{"secretsmanager:DescribeSecret",
				"secretsmanager:GetSecretValue"}, "Resource": dbUnknown,
		})
	decrypt := decidingBy(t, access.KeyPolicy, "app", "AppKey", "",
		map[string]any{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt",
			"Resource": "*"})
	return answerOf("api", access.Explanation{
		Answer: access.Answer{Effect: access.Allow,
			Told: []access.Told{{What: "secret tag", Name: "team", Value: "pay",
				By: []string{"ops"}}}, Witness: []access.Witness{{
				Caller: "arn:aws:iam::111111111111:role/api", CallerKind: "role",
				Action: "secretsmanager:GetSecretValue", Resource: dbUnknown,
				ResourceAccount: "111111111111",
				Context: map[string][]string{"aws:SourceVpce": {"vpce-1"},
					"aws:CurrentTime": {"2026-01-01T00:00:00Z"}},
				Assuming: map[string]string{suffixOfDB: "AbCdEf"},
			}}},
		Steps: []access.Step{
			{Action: "secretsmanager:DescribeSecret", Resource: dbUnknown, Effect: access.Allow,
				Reason: "an identity policy allows it", By: []access.Deciding{read}},
			{Action: "secretsmanager:GetSecretValue", Resource: dbUnknown, Effect: access.Allow,
				Reason: "an identity policy allows it", By: []access.Deciding{read}},
			{Action: "kms:Decrypt", Resource: appKey, Effect: access.Allow,
				Reason: "the key's policy and an identity policy allow it",
				By:     []access.Deciding{decrypt, read}},
		},
		Besides: []string{
			"metadata cannot be seen: secretsmanager:ListSecretVersionIds is not allowed"},
		MayBecome: []string{"deploy"},
	})
}

// whyDenied is a no, because a statement denies what another allows.
func whyDenied(t *testing.T) ask.Answer {
	t.Helper()
	deny := decidingBy(t, access.ResourcePolicy, "db", "DbResourcePolicy", "db: {}", map[string]any{
		"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue",
		"Resource": "*",
		"Condition": map[string]any{"StringEquals": map[string]any{
			"aws:PrincipalArn": "arn:aws:iam::111111111111:role/intruder"}},
	})
	return answerOf("intruder", access.Explanation{
		Answer: access.Answer{Effect: access.Deny, Explicit: true},
		Steps: []access.Step{{Action: "secretsmanager:GetSecretValue", Resource: dbUnknown,
			Reason: "a statement denies it", By: []access.Deciding{deny}}},
	})
}

// whyNear is a no, because a condition is not met; a grant would allow it.
func whyNear(t *testing.T) ask.Answer {
	t.Helper()
	near := decidingBy(t, access.IdentityPolicy, "partner", "PartnerPolicy",
		"{ to: partner, allow: read, secrets: db }", map[string]any{
			"Effect": "Allow", "Action": "kms:Decrypt", "Resource": appKey,
			"Condition": map[string]any{"StringEquals": map[string]any{
				"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}},
		})
	near.Failed = &near.Rule.Conditions[0]
	return answerOf("partner", access.Explanation{
		Answer: access.Answer{Effect: access.Deny},
		Steps: []access.Step{{Action: "kms:Decrypt", Resource: appKey,
			Reason: "no identity policy allows it", Near: []access.Deciding{near, near}}},
		Grant: "- { to: partner, allow: read, secrets: db }",
	})
}

// whyUnknown is not known, for want of a parameter.
func whyUnknown() ask.Answer {
	unread := []access.Unread{{What: "parameter", Name: "SecretArn", Template: "app"}}
	a := answerOf("web", access.Explanation{
		Answer: access.Answer{Effect: access.Unknown, Unread: unread},
		Steps: []access.Step{{Action: "secretsmanager:GetSecretValue", Resource: dbUnknown,
			Effect: access.Unknown, Reason: "a statement may allow it", Unread: unread}},
	})
	a.OutOfSight = []string{
		"a role that only exists is taken to have no other policies than those that are given"}
	return a
}

// whyIf is a yes under conditions.
func whyIf(t *testing.T) ask.Answer {
	t.Helper()
	a := whyYes(t)
	a.Effect, a.Conditions, a.HeldTo, a.Verb = access.Conditional, fromVPCE,
		answerHeld.HeldTo, "write"
	a.Told, a.Besides, a.MayBecome = nil, nil, nil
	return a
}

func whyTextOf(t *testing.T, o Options, answers ...ask.Answer) string {
	t.Helper()
	return written(t, func(w io.Writer) error {
		return writeWhyText(w, ask.Answers{List: answers}, o)
	})
}

func TestShowWhyTextOfYes(t *testing.T) {
	same(t, whyTextOf(t, Options{}, whyYes(t)), `yes: api may read db in eu-west-1

  secretsmanager:DescribeSecret and secretsmanager:GetSecretValue on db:
    allowed by the identity policy of api (ApiPolicy in payments)
  kms:Decrypt on the key AppKey: allowed by the key policy of app (AppKey in
    payments) and the identity policy of api (ApiPolicy in payments)

  because the secret's tag team is pay; may be changed by ops
  metadata cannot be seen: secretsmanager:ListSecretVersionIds is not allowed
  api may become deploy, whose access is not counted here
`)
}

func TestShowWhyTextOfDenial(t *testing.T) {
	same(t, whyTextOf(t, Options{Color: true}, whyDenied(t)), "\x1b[1;33mno\x1b[0m"+`: intruder may not read db in eu-west-1

  secretsmanager:GetSecretValue on db: `+"\x1b[1;33mdenied\x1b[0m"+` by the resource policy of db
    (DbResourcePolicy in payments)

      {
        "Action": "secretsmanager:GetSecretValue",
        "Condition": {
          "StringEquals": {
            "aws:PrincipalArn": "arn:aws:iam::111111111111:role/intruder"
          }
        },
        "Effect": "Deny",
        "Principal": "*",
        "Resource": "*"
      }
`)
}

// TestShowWhyTextOfNearMiss: of a no that no statement says, the statement that nearly allows it is
// shown with the condition that is not met, and the grant that would allow it.
func TestShowWhyTextOfNearMiss(t *testing.T) {
	same(t, whyTextOf(t, Options{}, whyNear(t)), `no: partner may not read db in eu-west-1

  kms:Decrypt on the key AppKey: not allowed: no identity policy allows it
    a statement would allow it if kms:ViaService is
      secretsmanager.us-east-1.amazonaws.com, in the identity policy of partner
      (PartnerPolicy in payments):

      {
        "Action": "kms:Decrypt",
        "Condition": {
          "StringEquals": {
            "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"
          }
        },
        "Effect": "Allow",
        "Resource": "arn:aws:kms:eu-west-1:111111111111:key/*"
      }

    and 1 other statement with a condition that is not met

  this grant would allow it:
    - { to: partner, allow: read, secrets: db }
`)
}

func TestShowWhyTextOfUnknown(t *testing.T) {
	same(t, whyTextOf(t, Options{}, whyUnknown()), `unknown: whether web may read db in eu-west-1

  secretsmanager:GetSecretValue on db: not known: a statement may allow it
    not known: parameter SecretArn of app has no value (--parameter
      SecretArn=…)

Out of sight

  a role that only exists is taken to have no other policies than those that are
  given
`)
	a := whyUnknown()
	a.Steps[0].Unread = nil
	if got := whyTextOf(t, Options{Width: 200}, a); !strings.Contains(got,
		"\n  not known: parameter SecretArn of app has no value (--parameter SecretArn=…)\n") {
		t.Errorf("what no permission names is not told:\n%s", got)
	}
}

// TestShowWhyVerdicts are the first lines of answers.
func TestShowWhyVerdicts(t *testing.T) {
	for _, c := range []struct {
		change func(a *ask.Answer)
		want   string
	}{
		{func(*ask.Answer) {}, "yes: api may read db in eu-west-1"},
		{func(a *ask.Answer) {
			a.Verb = "secretsmanager:GetSecretValue"
		}, "yes: api may call secretsmanager:GetSecretValue on db in eu-west-1"},
		{func(a *ask.Answer) {
			a.Verb, a.HeldTo = "write", answerHeld.HeldTo
		}, "yes: api may write db in eu-west-1 (keeps the key)"},
		{func(a *ask.Answer) {
			a.Effect, a.Conditions = access.Conditional, fromVPCE
		}, "yes, before 2027-01-01 and if aws:SourceVpce is vpce-1: api may read db in eu-west-1"},
		{func(a *ask.Answer) {
			a.Effect, a.Conditions = access.Conditional, answerWorld.Conditions[:1]
		}, "yes, if IsProd: api may read db in eu-west-1"},
		{func(a *ask.Answer) {
			a.Effect = access.Conditional
		}, "yes, in some circumstances: api may read db in eu-west-1"},
		{
			func(a *ask.Answer) {
				a.Verb, a.Only = "write", []string{"secretsmanager:PutSecretValue"}
			},
			"yes, but only in part: api may call secretsmanager:PutSecretValue on db in eu-west-1",
		},
		{func(a *ask.Answer) {
			a.Effect = access.Unknown
		}, "unknown: whether api may read db in eu-west-1"},
		{func(a *ask.Answer) { a.Effect = access.Deny }, "no: api may not read db in eu-west-1"},
		{func(a *ask.Answer) {
			a.Principal, a.Secret = "\x1b[1m", "\u202e"
		}, `yes: \u001b[1m may read \u202e in eu-west-1`},
	} {
		a := whyYes(t)
		c.change(&a)
		if got, _, _ := strings.Cut(whyTextOf(t, Options{Width: 200}, a), "\n"); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

// TestShowWhyTextVerbose has every statement, and the places in the spec that they come from.
func TestShowWhyTextVerbose(t *testing.T) {
	got := whyTextOf(t, Options{Verbose: true}, whyYes(t))
	same(t, got[:strings.Index(got, "2. kms:Decrypt")], `yes: api may read db in eu-west-1

  api  arn:aws:iam::111111111111:role/api
  db   arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????

1. secretsmanager:DescribeSecret and secretsmanager:GetSecretValue: allowed
   on arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
   an identity policy allows it

   identity policy of api (ApiPolicy in payments)

     {
       "Action": [
         "secretsmanager:DescribeSecret",
         "secretsmanager:GetSecretValue"
       ],
       "Effect": "Allow",
       "Resource": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????"
     }

   because of
     spec.yaml:4:5
        4 |   - { to: api, allow: read, secrets: db }
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

`)
	got = whyTextOf(t, Options{Verbose: true, Width: 200}, whyNear(t))
	for _, want := range []string{
		"1. kms:Decrypt: not allowed\n   on arn:aws:kms:eu-west-1:111111111111:key/*\n   no " +
			"identity policy allows it\n",
		"   a statement would allow it if kms:ViaService is " +
			"secretsmanager.us-east-1.amazonaws.com:\n\n   identity policy of partner " +
			"(PartnerPolicy in payments)\n",
		"     spec.yaml:5:5\n", "  this grant would allow it:\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if got := whyTextOf(t, Options{Verbose: true, Width: 200}, whyUnknown()); !strings.Contains(got,
		"1. secretsmanager:GetSecretValue: not known\n") ||
		!strings.Contains(got,
			"   not known: parameter SecretArn of app has no value (--parameter SecretArn=…)\n") {
		t.Errorf("of what is not known:\n%s", got)
	}
}

// TestShowWhyTextHidesWhatIsMasked: text of the spec where a value could stand is shown nowhere.
func TestShowWhyTextHidesWhatIsMasked(t *testing.T) {
	a, masks := whyYes(t), &source.Masks{}
	span := a.Steps[0].By[0].Rule.Because[0]
	masks.Add(source.Span{File: span.File, Start: span.Start + 2, End: span.Start + 9})
	if got := whyTextOf(t, Options{Verbose: true, Masks: masks}, a); strings.Contains(got,
		"to: api, allow") || !strings.Contains(got, "{ ••••••, allow") {
		t.Errorf("it shows\n%s", got)
	}
}

// TestShowWhyTextOfSeveral: each verdict, then how many there are of which.
func TestShowWhyTextOfSeveral(t *testing.T) {
	got := whyTextOf(t, Options{}, whyYes(t), whyDenied(t), whyUnknown(), whyIf(t), whyUnknown())
	same(t, got, `yes: api may read db in eu-west-1
no: intruder may not read db in eu-west-1
unknown: whether web may read db in eu-west-1
  not known: parameter SecretArn of app has no value (--parameter SecretArn=…)
yes, before 2027-01-01 and if aws:SourceVpce is vpce-1: api may write db in
eu-west-1 (keeps the key)
unknown: whether web may read db in eu-west-1
  not known: parameter SecretArn of app has no value (--parameter SecretArn=…)

Out of sight

  a role that only exists is taken to have no other policies than those that are
  given

5 answers: 1 yes, 1 yes under conditions, 1 no, 2 unknown
`)
	got = whyTextOf(t, Options{Verbose: true}, whyYes(t), whyDenied(t))
	if !strings.Contains(got, "2. kms:Decrypt") || !strings.Contains(got, "\n\nno: intruder") ||
		!strings.HasSuffix(got, "\n\n2 answers: 1 yes, 1 no\n") {
		t.Errorf("Verbose:\n%s", got)
	}
}

func whyJSONOf(t *testing.T, several bool, answers ...ask.Answer) string {
	t.Helper()
	return written(t, func(w io.Writer) error {
		return writeWhyJSON(w, ask.Answers{List: answers, Several: several}, Options{})
	})
}

func TestShowWhyJSONOfDenial(t *testing.T) {
	same(t, whyJSONOf(t, false, whyDenied(t)), `{
  "version": 1,
  "allowed": false,
  "effect": "deny",
  "explicit": true,
  "conditions": [],
  "principal": "intruder",
  "principalArn": "arn:aws:iam::111111111111:role/intruder",
  "principalKind": "role",
  "verb": "read",
  "secret": "db",
  "secretArn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????",
  "region": "eu-west-1",
  "steps": [
    {
      "action": "secretsmanager:GetSecretValue",
      "resource": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????",
      "allowed": false,
      "effect": "deny",
      "reason": "a statement denies it",
      "document": "resource policy of db",
      "stack": "payments",
      "logicalId": "DbResourcePolicy",
      "statement": {
        "Action": "secretsmanager:GetSecretValue",
        "Condition": {
          "StringEquals": {
            "aws:PrincipalArn": "arn:aws:iam::111111111111:role/intruder"
          }
        },
        "Effect": "Deny",
        "Principal": "*",
        "Resource": "*"
      },
      "because": [
        {
          "file": "spec.yaml",
          "start": {
            "line": 2,
            "column": 3,
            "offset": 11
          }
        }
      ]
    }
  ]
}
`)
}

// TestShowWhyJSONOfAll: each answer has what belongs to it, and of several each is as it would be
// alone.
func TestShowWhyJSONOfAll(t *testing.T) {
	var doc struct {
		Version int
		Answers []answerDocument
	}
	part := whyIf(t)
	part.Only = []string{"secretsmanager:PutSecretValue"}
	text := whyJSONOf(t, true, whyYes(t), whyNear(t), whyUnknown(), part)
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.Version != 1 ||
		len(doc.Answers) != 4 {
		t.Fatalf("%v:\n%s", err, text)
	}
	if strings.ContainsRune(text, '\uFDD0') {
		t.Errorf("unknown parts are shown as they are:\n%s", text)
	}
	yes, near, unknown, under := doc.Answers[0], doc.Answers[1], doc.Answers[2], doc.Answers[3]
	if !yes.Allowed || yes.Effect != "allow" || len(yes.Steps) != 4 || len(yes.Told) != 1 ||
		len(yes.Besides) != 1 || yes.MayBecome[0] != "deploy" || yes.Grant != "" {
		t.Errorf("of a yes: %+v", yes)
	}
	if w := yes.Witness; len(w) != 1 || w[0].Assuming["??????"] != "AbCdEf" ||
		w[0].Context["aws:SourceVpce"][0] != "vpce-1" {
		t.Errorf("the witness is %+v", w)
	}
	if near.Allowed || near.Explicit || near.Grant == "" || len(near.Steps) != 1 ||
		len(near.Steps[0].Near) != 2 || near.Steps[0].Near[0].Failed.Key != "kms:ViaService" ||
		near.Steps[0].Statement != nil {
		t.Errorf("of a near miss: %+v", near)
	}
	if unknown.Allowed || unknown.Effect != "unknown" || len(unknown.Unread) != 1 ||
		len(unknown.Steps[0].Unread) != 1 || unknown.Steps[0].Effect != "unknown" ||
		len(unknown.OutOfSight) != 1 {
		t.Errorf("of what is not known: %+v", unknown)
	}
	if !under.Allowed || under.Effect != "conditional" || len(under.Conditions) != 2 ||
		len(under.HeldTo) != 2 || len(under.Only) != 1 {
		t.Errorf("of a yes under conditions: %+v", under)
	}
	alone, err := json.Marshal(json.RawMessage(whyJSONOf(t, false, whyNear(t))))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Answers []json.RawMessage }
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	if among, _ := json.Marshal(all.Answers[1]); string(among) != string(alone) {
		t.Errorf("among others it is\n%s\nalone\n%s", among, alone)
	}
	if one := whyJSONOf(t, true, whyNear(t)); !strings.Contains(one, `"answers": [`) {
		t.Error("the one match of a glob is not in a list")
	}
}

// TestShownValue: a statement is shown without its unknown parts, and stays as it is.
func TestShownValue(t *testing.T) {
	list := []any{dbUnknown, []string{dbUnknown},
		cfn.Unread{Unknown: cfn.Unknown{Shown: "${Names}"}}}
	statement := cfn.Object{
		{Key: "Resource", Value: list}, {Key: dbUnknown, Value: true},
		{Key: "Condition", Value: cfn.Object{{Key: dbUnknown, Value: dbUnknown}}},
	}
	text := string(cfn.AppendValue(nil, shownValue(statement), cfn.Format{Compact: true}))
	if cfn.HasUnknown(text) || strings.Count(text, "db-??????") != 5 ||
		!strings.Contains(text, "${Names}") {
		t.Errorf("it is shown as %s", text)
	}
	if list[0] != dbUnknown || statement[1].Key != dbUnknown {
		t.Error("the statement has been changed")
	}
}

// TestShowWhyIsNothingForATerminal: names from templates can be anything.
func TestShowWhyIsNothingForATerminal(t *testing.T) {
	evil := "\x1b]0;x\x07\u202e"
	r := evilReport(evil)
	by := decidingBy(t, access.IdentityPolicy, evil, evil, "",
		map[string]any{"Sid": evil, "Effect": "Allow", "Action": evil, "Resource": evil})
	by.Failed = &policy.ConditionTest{Operator: evil, Key: evil, Values: []string{evil}}
	a := ask.Answer{Principal: evil, PrincipalARN: evil, PrincipalKind: evil, Verb: evil,
		Secret: evil, SecretARN: evil, Region: evil, OutOfSight: []string{evil}}
	a.Answer, a.Besides, a.Grant, a.MayBecome, a.Only = *r.Rows[0].Answer, []string{evil}, evil,
		[]string{evil}, []string{evil}
	for _, effect := range []access.Effect{access.Allow, access.Conditional, access.Unknown,
		access.Deny} {
		a.Effect = effect
		for _, list := range [][]access.Deciding{nil, {by}} {
			a.Steps = []access.Step{{Action: evil, Resource: evil, Effect: effect, Reason: evil,
				By: list, Near: []access.Deciding{by}, Unread: a.Unread}}
			for _, text := range []string{whyTextOf(t, Options{}, a),
				whyTextOf(t, Options{Verbose: true}, a), whyTextOf(t, Options{}, a, a),
				whyJSONOf(t, true, a)} {
				if strings.ContainsAny(text, "\x1b\x07\u202e") {
					t.Errorf("%s: %q", effect, text)
				}
			}
		}
	}
}

const whySpec = `secrets:
  db: {}
grants:
  - { to: api, allow: read, secrets: db }
  - { to: partner, allow: read, secrets: db }
`
