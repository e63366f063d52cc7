package cli

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

const (
	dbARN     = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf"
	dbReplica = "arn:aws:secretsmanager:us-east-1:111111111111:secret:prod/db-AbCdEf"
	tokenARN  = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-AbCdEf"
	unusedARN = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:unused-AbCdEf"
)

var fromEndpoint = []access.Condition{
	{Operator: "DateLessThan", Key: "aws:CurrentTime", Values: []string{"2027-01-01T00:00:00Z"}},
	{Operator: "StringEquals", Key: "aws:SourceVpce", Values: []string{"vpce-1"}},
}

// someAccess has whatever a report may have, and names that would break out of every format.
func someAccess() access.Report {
	row := func(principal, secret, arn, region, verb string, effect access.Effect, conditions ...access.Condition) access.Row {
		return access.Row{
			Principal: principal, PrincipalARN: "arn:aws:iam::111111111111:role/" + principal, Secret: secret, SecretARN: arn, Region: region,
			Verb: verb, Effect: effect, Conditions: conditions,
		}
	}
	who := func(id string) access.Subject {
		return access.Subject{ID: id, ARN: "arn:aws:iam::111111111111:role/" + id}
	}
	return access.Report{
		Verbs:      []string{"describe", "read", "write"},
		Principals: []access.Subject{who("=cmd|'a'"), who("api"), who("idle"), who("partner")},
		Secrets: []access.Subject{
			{ID: "db", ARN: dbARN, Regions: []string{"eu-west-1", "us-east-1"}},
			{ID: "token", ARN: tokenARN, Regions: []string{"eu-west-1"}},
			{ID: "unused", ARN: unusedARN, Regions: []string{"eu-west-1"}},
		},
		Rows: []access.Row{
			row("=cmd|'a'", "token", tokenARN, "eu-west-1", "read", access.Deny),
			row("api", "db", dbARN, "eu-west-1", "describe", access.Allow),
			row("api", "db", dbARN, "eu-west-1", "read", access.Allow),
			row("api", "db", dbARN, "eu-west-1", "write", access.Allow),
			row("api", "db", dbReplica, "us-east-1", "describe", access.Allow),
			row("api", "db", dbReplica, "us-east-1", "read", access.Allow),
			row("partner", "db", dbARN, "eu-west-1", "describe", access.Allow),
			row("partner", "db", dbARN, "eu-west-1", "read", access.Conditional, fromEndpoint...),
			row("partner", "db", dbReplica, "us-east-1", "describe", access.Allow),
			row("partner", "db", dbReplica, "us-east-1", "read", access.Conditional, fromEndpoint...),
			row("partner", "token", tokenARN, "eu-west-1", "describe", access.Conditional, fromEndpoint...),
			row("partner", "token", tokenARN, "eu-west-1", "read", access.Conditional, fromEndpoint...),
		},
		Problems: []string{"the policy arn:aws:iam::aws:policy/ReadOnlyAccess of api is not in the templates, so that what it allows and denies is out of sight"},
	}
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAccessTextBySecret(t *testing.T) {
	same(t, renderAccessText(someAccess(), false, 80, false), `4 principals, 3 secrets

db  eu-west-1, us-east-1
  arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf
  api       describe, read
            write in eu-west-1
  partner   describe
            read *
              * before 2027-01-01 and if aws:SourceVpce is vpce-1

token  eu-west-1
  arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-AbCdEf
  =cmd|'a'  denied: read
  partner   describe, read *
              * before 2027-01-01 and if aws:SourceVpce is vpce-1

unused  eu-west-1
  arn:aws:secretsmanager:eu-west-1:111111111111:secret:unused-AbCdEf
  -

Out of sight

  the policy arn:aws:iam::aws:policy/ReadOnlyAccess of api is not in the
  templates, so that what it allows and denies is out of sight
`)
}

func TestAccessTextByPrincipal(t *testing.T) {
	r := someAccess()
	r.Problems = nil
	same(t, renderAccessText(r, true, 60, true), "4 principals, 3 secrets\n\n"+
		"\x1b[1m=cmd|'a'\x1b[0m\n  arn:aws:iam::111111111111:role/=cmd|'a'\n  token  \x1b[1;33mdenied:\x1b[0m read\n\n"+
		"\x1b[1mapi\x1b[0m\n  arn:aws:iam::111111111111:role/api\n  db     describe, read\n         write in eu-west-1\n\n"+
		"\x1b[1midle\x1b[0m\n  arn:aws:iam::111111111111:role/idle\n  -\n\n"+
		"\x1b[1mpartner\x1b[0m\n  arn:aws:iam::111111111111:role/partner\n  db     describe\n         read \x1b[1;33m*\x1b[0m\n"+
		"           \x1b[1;33m*\x1b[0m before 2027-01-01 and if aws:SourceVpce is\n             vpce-1\n"+
		"  token  describe, read \x1b[1;33m*\x1b[0m\n           \x1b[1;33m*\x1b[0m before 2027-01-01 and if aws:SourceVpce is\n             vpce-1\n")
}

// TestAccessTextKeepsColumnsNarrow puts a name that is wider than the column on a line of its own.
func TestAccessTextKeepsColumnsNarrow(t *testing.T) {
	long := "the-principal-with-the-longest-name-of-all"
	r := access.Report{
		Verbs: []string{"read"}, Principals: []access.Subject{{ID: "api", ARN: "a"}, {ID: long, ARN: "b"}}, Secrets: []access.Subject{{ID: "db", ARN: dbARN, Regions: []string{"eu-west-1"}}},
		Rows: []access.Row{
			{Principal: "api", PrincipalARN: "a", Secret: "db", SecretARN: dbARN, Region: "eu-west-1", Verb: "read", Effect: access.Allow},
			{Principal: long, PrincipalARN: "b", Secret: "db", SecretARN: dbARN, Region: "eu-west-1", Verb: "read", Effect: access.Allow},
		},
	}
	same(t, renderAccessText(r, false, 80, false), "2 principals, 1 secret\n\ndb  eu-west-1\n  "+dbARN+"\n  api  read\n  "+long+"\n       read\n")
}

func TestAccessJSON(t *testing.T) {
	r := someAccess()
	r.Rows = []access.Row{r.Rows[0], r.Rows[7]}
	same(t, string(renderAccessJSON(r)), `{
  "version": 1,
  "access": [
    {
      "principal": "=cmd|'a'",
      "principalArn": "arn:aws:iam::111111111111:role/=cmd|'a'",
      "secret": "token",
      "secretArn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-AbCdEf",
      "region": "eu-west-1",
      "verb": "read",
      "effect": "deny",
      "conditions": []
    },
    {
      "principal": "partner",
      "principalArn": "arn:aws:iam::111111111111:role/partner",
      "secret": "db",
      "secretArn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf",
      "region": "eu-west-1",
      "verb": "read",
      "effect": "conditional",
      "conditions": [
        {
          "operator": "DateLessThan",
          "key": "aws:CurrentTime",
          "values": [
            "2027-01-01T00:00:00Z"
          ]
        },
        {
          "operator": "StringEquals",
          "key": "aws:SourceVpce",
          "values": [
            "vpce-1"
          ]
        }
      ]
    }
  ]
}
`)
	if got := string(renderAccessJSON(access.Report{})); got != "{\n  \"version\": 1,\n  \"access\": []\n}\n" {
		t.Errorf("of nothing: %s", got)
	}
}

func TestAccessCSV(t *testing.T) {
	r := someAccess()
	r.Rows[1].Principal, r.Rows[1].Secret = "a \"b\", c\nd", "\u202e@x"
	r.Rows = []access.Row{r.Rows[0], r.Rows[1], r.Rows[7]}
	same(t, string(renderAccessCSV(r)), strings.ReplaceAll(`principal,principalArn,secret,secretArn,region,verb,effect,conditions
'=cmd|'a',arn:aws:iam::111111111111:role/=cmd|'a',token,arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-AbCdEf,eu-west-1,read,deny,
"a ""b"", c\u000ad",arn:aws:iam::111111111111:role/api,\u202e@x,arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf,eu-west-1,describe,allow,
partner,arn:aws:iam::111111111111:role/partner,db,arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf,eu-west-1,read,conditional,before 2027-01-01 and if aws:SourceVpce is vpce-1
`, "\n", "\r\n"))
	for _, formula := range []string{"=1+1", "+1", "-1", "@x"} {
		r.Rows[0].Principal = formula
		records, err := csv.NewReader(strings.NewReader(string(renderAccessCSV(r)))).ReadAll()
		if err != nil || records[1][0] != "'"+formula {
			t.Errorf("%q became %q, %v", formula, records[1][0], err)
		}
	}
}

func TestAccessMarkdown(t *testing.T) {
	same(t, renderAccessMarkdown(someAccess(), false), strings.ReplaceAll(`### Access

4 principals, 3 secrets.

| secret | principal | may | where | under which conditions |
|---|---|---|---|---|
| §db§ | §api§ | describe, read | §eu-west-1§, §us-east-1§ |  |
| §db§ | §api§ | write | §eu-west-1§ |  |
| §db§ | §partner§ | describe | §eu-west-1§, §us-east-1§ |  |
| §db§ | §partner§ | read | §eu-west-1§, §us-east-1§ | §before 2027-01-01§<br>§if aws:SourceVpce is vpce-1§ |
| §token§ | §=cmd\u007c'a'§ | **denied:** read | §eu-west-1§ |  |
| §token§ | §partner§ | describe, read | §eu-west-1§ | §before 2027-01-01§<br>§if aws:SourceVpce is vpce-1§ |
| §unused§ | - |  |  |  |

#### Out of sight

* §the policy arn:aws:iam::aws:policy/ReadOnlyAccess of api is not in the templates, so that what it allows and denies is out of sight§
`, "§", "`"))
	if got := renderAccessMarkdown(someAccess(), true); !strings.Contains(got, "| `idle` | - |  |  |  |\n| `partner` | `db` | describe | `eu-west-1`, `us-east-1` |  |\n") {
		t.Errorf("by principal:\n%s", got)
	}
}

func TestConditionsInWords(t *testing.T) {
	for _, c := range []struct {
		operator, key string
		values        []string
		want          string
	}{
		{"StringEquals", "aws:SourceVpce", []string{"vpce-1"}, "if aws:SourceVpce is vpce-1"},
		{"StringEquals", "aws:SourceVpce", []string{"vpce-1", "vpce-2"}, "if aws:SourceVpce is one of vpce-1, vpce-2"},
		{"StringNotEqualsIfExists", "aws:SourceVpce", []string{"vpce-1"}, "if aws:SourceVpce is not vpce-1 (or absent)"},
		{"stringlike", "aws:PrincipalTag/team", []string{"db-*"}, "if aws:PrincipalTag/team matches db-*"},
		{"DateLessThan", "aws:CurrentTime", []string{"2027-01-01T00:00:00Z"}, "before 2027-01-01"},
		{"DateGreaterThanEquals", "aws:CurrentTime", []string{"2027-01-01T12:00:00Z"}, "from 2027-01-01T12:00:00Z"},
		{"DateLessThan", "aws:TokenIssueTime", []string{"2027-01-01T00:00:00Z"}, "if aws:TokenIssueTime is before 2027-01-01"},
		{"IpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}, "if aws:SourceIp is in 10.0.0.0/8"},
		{"Bool", "aws:MultiFactorAuthPresent", []string{"true"}, "if aws:MultiFactorAuthPresent is true"},
		{"Null", "aws:SourceVpc", []string{"true"}, "if there is no aws:SourceVpc"},
		{"Null", "aws:SourceVpc", []string{"false"}, "if there is aws:SourceVpc"},
		{"ForAnyValue:StringLike", "aws:PrincipalOrgPaths", []string{"o-1/*"}, "if any value of aws:PrincipalOrgPaths matches o-1/*"},
		{"StringEquals", "x", []string{"a", "b", "c", "d", "e", "f", "g", "h"}, "if x is one of a, b, c, d, e, f and 2 others"},
		{"StringEquals", "x", []string{"a", "b", "c", "d", "e", "f", "g"}, "if x is one of a, b, c, d, e, f, g"},
		{"StringEquals", "x", []string{""}, `if x is ""`},
		{"StringEquals", "x", []string{"a b\x1b"}, `if x is "a b\u001b"`},
	} {
		if got := conditionText(access.Condition{Operator: c.operator, Key: c.key, Values: c.values}, mostValues); got != c.want {
			t.Errorf("%s %s %q: %q, not %q", c.operator, c.key, c.values, got, c.want)
		}
	}
}

// TestAccessIsNothingForATerminal: names from templates can be anything.
func TestAccessIsNothingForATerminal(t *testing.T) {
	evil := "\x1b]0;x\x07\u202e|`<script>"
	r := access.Report{
		Verbs: []string{"read"}, Principals: []access.Subject{{ID: evil, ARN: evil}}, Secrets: []access.Subject{{ID: evil, ARN: evil, Regions: []string{evil}}},
		Rows: []access.Row{{
			Principal: evil, PrincipalARN: evil, Secret: evil, SecretARN: evil, Region: evil, Verb: "read", Effect: access.Conditional,
			Conditions: []access.Condition{{Operator: evil, Key: evil, Values: []string{evil}}},
		}},
		Problems: []string{evil},
	}
	for name, text := range map[string]string{
		"text": renderAccessText(r, false, 80, false), "json": string(renderAccessJSON(r)), "csv": string(renderAccessCSV(r)), "markdown": renderAccessMarkdown(r, false),
	} {
		if strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%s: %q", name, text)
		}
	}
	var doc struct{ Access []struct{ Principal string } }
	if err := json.Unmarshal(renderAccessJSON(r), &doc); err != nil || doc.Access[0].Principal != evil {
		t.Errorf("the JSON no longer says what it said: %v, %q", err, doc)
	}
}
