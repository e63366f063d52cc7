package cli

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

const whySpec = `secrets:
  db: {}
grants:
  - { to: api, allow: read, secrets: db }
  - { to: partner, allow: read, secrets: db }
`

// whyEstate has a role that reads a secret, one that does if it comes through an endpoint, one that is kept out by a statement, and one of which nothing speaks.
func whyEstate(t *testing.T) *access.Estate {
	t.Helper()
	file := source.New("spec.yaml", []byte(whySpec))
	because := func(line string) []source.Span {
		start := strings.Index(whySpec, line)
		return []source.Span{{File: file, Start: int32(start), End: int32(start + len(line))}}
	}
	document := func(kind access.DocumentKind, of, logicalID, line string, statements ...any) *access.Document {
		rules, err := policy.Decode(map[string]any{"Version": "2012-10-17", "Statement": statements})
		if err != nil {
			t.Fatal(err)
		}
		if line != "" {
			rules.Statements[0].Because = because(line)
		}
		return &access.Document{Kind: kind, Of: of, Stack: "payments", LogicalID: logicalID, Rules: rules}
	}
	read := map[string]any{"Effect": "Allow", "Action": []any{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, "Resource": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????"}
	throughVPC := map[string]any{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Condition": map[string]any{"StringEquals": map[string]any{"aws:PrincipalTag/team": "db"}}}
	principal := func(id string, identity ...*access.Document) *access.Principal {
		return &access.Principal{ID: id, Caller: policy.Caller{ARN: "arn:aws:iam::111111111111:role/" + id, Account: "111111111111"}, Identity: identity}
	}
	partner := principal("partner", document(access.IdentityPolicy, "partner", "PartnerPolicy", "{ to: partner, allow: read, secrets: db }", throughVPC))
	partner.Assumed = partner.Assumed.With("aws:PrincipalTag/team", "web")
	return &access.Estate{
		Principals: []*access.Principal{
			principal("api", document(access.IdentityPolicy, "api", "ApiPolicy", "{ to: api, allow: read, secrets: db }", read)),
			principal("idle"),
			principal("intruder", document(access.IdentityPolicy, "intruder", "IntruderPolicy", "", read)),
			partner,
		},
		Secrets: []*access.Secret{{
			ID: "db", Name: "db", Account: "111111111111", Copies: []access.Copy{{Region: "eu-west-1", ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf"}},
			Policy: document(access.ResourcePolicy, "db", "DbResourcePolicy", "db: {}", map[string]any{
				"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
				"Condition": map[string]any{"StringEquals": map[string]any{"aws:PrincipalArn": "arn:aws:iam::111111111111:role/intruder"}},
			}),
		}},
	}
}

// why asks the estate whether somebody may read the secret.
func why(t *testing.T, id string) (whyQuestion, access.Answer) {
	e := whyEstate(t)
	s := e.Secrets[0]
	for _, p := range e.Principals {
		if p.ID == id {
			q := whyQuestion{Principal: p.ID, PrincipalARN: p.Caller.ARN, Verb: "read", Secret: s.ID, SecretARN: s.Copies[0].ARN, Region: s.Copies[0].Region}
			return q, e.Ask(p, &access.Verb{Name: "read", OnSecret: []aws.Action{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}}, s, 0)
		}
	}
	panic("there is no " + id)
}

func TestWhyTextOfYes(t *testing.T) {
	q, a := why(t, "api")
	same(t, renderWhyText(q, a, 80, false, nil), `yes: api may read db in eu-west-1

  api  arn:aws:iam::111111111111:role/api
  db   arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf

1. secretsmanager:DescribeSecret and secretsmanager:GetSecretValue: allowed
   on arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf
   an identity policy allows it

   identity policy of api (ApiPolicy in template payments)

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
}

func TestWhyTextOfDenial(t *testing.T) {
	q, a := why(t, "intruder")
	q.Unknown = []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}
	got := renderWhyText(q, a, 80, true, nil)
	_, got, _ = strings.Cut(got, "GetSecretValue: ")
	if !strings.HasPrefix(renderWhyText(q, a, 80, true, nil), "\x1b[1;33mno\x1b[0m: intruder may not read db in eu-west-1\n") {
		t.Errorf("it begins with %q", got[:60])
	}
	same(t, got, "\x1b[1;33mnot allowed\x1b[0m"+`
   on arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf
   a statement denies it

   `+"\x1b[1mresource policy of db\x1b[0m"+` (DbResourcePolicy in template payments)

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

   because of
     spec.yaml:2:3
        2 |   db: {}
          |   `+"\x1b[1;36m^^^^^^\x1b[0m"+`

`+"\x1b[1mOut of sight\x1b[0m"+`

  the policy arn:aws:iam::aws:policy/ReadOnlyAccess is not in the templates, so
  that what it allows and denies is not known
`)
}

func TestWhyTextOfNearMiss(t *testing.T) {
	q, a := why(t, "partner")
	got := renderWhyText(q, a, 80, false, nil)
	for _, want := range []string{
		"no: partner may not read db in eu-west-1\n",
		"1. secretsmanager:DescribeSecret: not allowed\n",
		"   no identity policy allows it\n\n   a statement would allow it if aws:PrincipalTag/team is db:\n\n   identity policy of partner (PartnerPolicy in template payments)\n",
		"     spec.yaml:5:5\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if q, a := why(t, "idle"); !strings.HasSuffix(renderWhyText(q, a, 80, false, nil), "1. secretsmanager:DescribeSecret: not allowed\n   on arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf\n   no identity policy allows it\n") {
		t.Errorf("of one of which nothing speaks:\n%s", renderWhyText(q, a, 80, false, nil))
	}
}

func TestWhyTextOfConditions(t *testing.T) {
	q, a := why(t, "api")
	a.Effect, a.Conditions = access.Conditional, fromEndpoint
	q.Verb = "secretsmanager:GetSecretValue"
	if got, want := renderWhyText(q, a, 200, false, nil), "yes: api may call secretsmanager:GetSecretValue on db in eu-west-1, before 2027-01-01 and if aws:SourceVpce is vpce-1\n"; !strings.HasPrefix(got, want) {
		t.Errorf("it begins with %q", got[:len(want)])
	}
}

// TestWhyTextShortensLists: of many resources, those in question are shown; the answer itself stays whole.
func TestWhyTextShortensLists(t *testing.T) {
	names := []any{"arn:a-AbCdEf", "arn:b-??????", "c", "d", "e", "f", "g"}
	for _, c := range []struct {
		value    any
		resource string
		want     any
	}{
		{names, "arn:a-AbCdEf", []any{"arn:a-AbCdEf", "… and 6 others"}},
		{names, "arn:b-AbCdEf", []any{"arn:b-??????", "… and 6 others"}},
		{names, "x", []any{"arn:a-AbCdEf", "arn:b-??????", "c", "d", "e", "… and 2 others"}},
		{names[:6], "x", names[:6]},
		{"*", "x", "*"},
	} {
		for _, statement := range []any{map[string]any{"Resource": c.value}, cfn.Object{{Key: "Resource", Value: c.value}}} {
			got := shortenedStatement(statement, c.resource)
			want := any(map[string]any{"Resource": c.want})
			if _, ok := statement.(cfn.Object); ok {
				want = cfn.Object{{Key: "Resource", Value: c.want}}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("of %v for %s: %v", statement, c.resource, got)
			}
		}
	}
	if len(names) != 7 {
		t.Errorf("the list has become %v", names)
	}
}

// TestWhyTextHidesWhatIsMasked: text of the spec where a value could stand is shown nowhere.
func TestWhyTextHidesWhatIsMasked(t *testing.T) {
	q, a := why(t, "api")
	masks := &source.Masks{}
	span := a.Steps[0].Decision.By[0].Rule.Because[0]
	masks.Add(source.Span{File: span.File, Start: span.Start + 2, End: span.Start + 9})
	if got := renderWhyText(q, a, 80, false, masks); strings.Contains(got, "to: api, allow") || !strings.Contains(got, "{ ••••••, allow") {
		t.Errorf("it shows\n%s", got)
	}
}

func TestWhyJSON(t *testing.T) {
	q, a := why(t, "intruder")
	same(t, string(renderWhyJSON(q, a)), `{
  "version": 1,
  "allowed": false,
  "effect": "deny",
  "conditions": [],
  "principal": "intruder",
  "principalArn": "arn:aws:iam::111111111111:role/intruder",
  "verb": "read",
  "secret": "db",
  "secretArn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf",
  "region": "eu-west-1",
  "steps": [
    {
      "action": "secretsmanager:DescribeSecret",
      "resource": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf",
      "allowed": true,
      "reason": "an identity policy allows it",
      "document": "identity policy of intruder",
      "stack": "payments",
      "logicalId": "IntruderPolicy",
      "statement": {
        "Action": [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue"
        ],
        "Effect": "Allow",
        "Resource": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????"
      }
    },
    {
      "action": "secretsmanager:GetSecretValue",
      "resource": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf",
      "allowed": false,
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

// TestWhyJSONOfNoStatement: a denial that rests on no statement has none, but those that nearly allowed it.
func TestWhyJSONOfNoStatement(t *testing.T) {
	for id, near := range map[string]int{"idle": 0, "partner": 1} {
		q, a := why(t, id)
		var doc struct {
			Steps []struct {
				Allowed   bool
				Statement any
				Near      []struct {
					Document string
					Failed   access.Condition
				}
			}
		}
		if err := json.Unmarshal(renderWhyJSON(q, a), &doc); err != nil {
			t.Fatal(err)
		}
		if s := doc.Steps; len(s) != 1 || s[0].Allowed || s[0].Statement != nil || len(s[0].Near) != near {
			t.Errorf("%s: %+v", id, s)
		} else if near > 0 && (s[0].Near[0].Failed.Key != "aws:PrincipalTag/team" || s[0].Near[0].Document != "identity policy of partner") {
			t.Errorf("%s: %+v", id, s[0].Near)
		}
	}
}
