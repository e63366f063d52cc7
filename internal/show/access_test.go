package show

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

const (
	dbShown      = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-??????"
	dbShownThere = "arn:aws:secretsmanager:us-east-1:111111111111:secret:prod/db-??????"
	tokenShown   = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-??????"
	unusedShown  = "arn:aws:secretsmanager:eu-west-1:<account>:secret:unused-??????"
)

var fromVPCE = []access.Condition{
	{Operator: "DateLessThan", Key: "aws:CurrentTime", Values: []string{"2027-01-01T00:00:00Z"}},
	{Operator: "StringEquals", Key: "aws:SourceVpce", Values: []string{"vpce-1"}},
}

// The answers of someReport: one of each, with all that an answer may have.
var (
	answerYes   = &access.Answer{Effect: access.Allow}
	answerIf    = &access.Answer{Effect: access.Conditional, Conditions: fromVPCE}
	answerWorld = &access.Answer{Effect: access.Conditional, Conditions: []access.Condition{
		{Operator: "Condition", Key: "IsProd", Values: []string{"true"}},
		{Operator: "Condition", Key: "Locked", Values: []string{"false"}},
	}}
	answerHeld = &access.Answer{Effect: access.Allow, HeldTo: []access.Condition{
		{Operator: "Null", Key: "secretsmanager:KmsKeyArn", Values: []string{"true"}},
		{Operator: "Null", Key: "secretsmanager:KmsKeyId", Values: []string{"true"}},
	}}
	answerTold = &access.Answer{Effect: access.Allow, Told: []access.Told{
		{What: "secret tag", Name: "team", Value: "pay", By: []string{"ops", "ci"}},
		{What: "principal tag", Name: "guest", Absent: true},
	}}
	answerUnknown = &access.Answer{Effect: access.Unknown, Unread: []access.Unread{
		{What: "import", Name: "shared-key"},
		{What: "parameter", Name: "SecretArn", Template: "app"},
	}}
	answerDenied = &access.Answer{Effect: access.Deny, Explicit: true}
	answerNo     = &access.Answer{Effect: access.Deny}
)

// someReport has whatever a report may have, and a name that would break out of every format.
func someReport() access.Report {
	row := func(principal, secret int32, region, verb int16, a *access.Answer) access.Row {
		return access.Row{Principal: principal, Secret: secret, Region: region,
			Verb: verb, Answer: a}
	}
	role := func(id string) access.Subject {
		return access.Subject{ID: id, Kind: "role", ARN: "arn:aws:iam::111111111111:role/" + id,
			Account: "111111111111"}
	}
	ci := role("ci")
	ci.MayBecome = []string{"api"}
	return access.Report{
		Verbs: []string{"describe", "read", "write"},
		Principals: []access.Subject{
			role("=cmd|'a'"), role("api"), ci, {ID: "everybody", Kind: "everybody", ARN: "*"},
			role("idle"),
			{ID: "lambda.amazonaws.com", Kind: "service", ARN: "lambda.amazonaws.com"},
			{ID: "partner", Kind: "account", ARN: "any principal of account 222222222222",
				Note: "named by policies only", Account: "222222222222"},
		},
		Secrets: []access.Subject{
			{ID: "db", ARN: dbShown, Account: "111111111111", Regions: []string{"eu-west-1", "us-east-1"},
				ARNs: []string{dbShown, dbShownThere}},
			{ID: "token", ARN: tokenShown, Regions: []string{"eu-west-1"},
				ARNs: []string{tokenShown}, Note: "named by policies only"},
			{ID: "unused", ARN: unusedShown, Regions: []string{"eu-west-1"},
				ARNs: []string{unusedShown}},
		},
		Rows: []access.Row{
			row(0, 1, 0, 1, answerDenied), row(0, 1, 0, 2, answerNo),
			row(1, 0, 0, 0, answerYes), row(1, 0, 0, 1, answerYes), row(1, 0, 0, 2, answerHeld),
			row(1, 0, 1, 0, answerYes), row(1, 0, 1, 1, &access.Answer{Effect: access.Allow}),
			row(2, 0, 0, 1, answerTold), row(2, 0, 1, 1, answerTold),
			row(2, 1, 0, 1, answerUnknown),
			row(3, 1, 0, 1, answerYes), row(5, 1, 0, 1, answerWorld),
			row(6, 0, 0, 0, answerYes), row(6, 0, 0, 1, answerIf), row(6, 0, 1, 0, answerYes),
			row(6, 0, 1, 1, answerIf),
			row(6, 1, 0, 0, answerIf), row(6, 1, 0, 1, answerIf),
		},
		OutOfSight: []string{
			"a role that only exists is taken to have no other policies than those that are given"},
		Findings: []string{"the resource policy of token lets everybody in"},
	}
}

// written returns what a function writes.
func written(t *testing.T, show func(w io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := show(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func textOfAccess(t *testing.T, r access.Report, o Options) string {
	t.Helper()
	return written(t, func(w io.Writer) error { return writeAccessText(w, r, o) })
}

func TestShowAccessTextBySecret(t *testing.T) {
	same(t, textOfAccess(t, someReport(), Options{Width: 80}), `7 principals, 3 secrets

db  eu-west-1, us-east-1
  arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-??????
  api                             describe, read
                                  write in eu-west-1
  ci                              read
                                    because the secret's tag team is pay; may
                                      be changed by ops and ci
                                    because the caller has no tag guest
  partner (account 222222222222)  describe
                                  read *
                                    * before 2027-01-01 and if aws:SourceVpce is
                                      vpce-1

token  eu-west-1
  arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-??????
  named by policies only
  =cmd|'a'                        denied: read
                                  not allowed: write
  ci                              read ?
                                    ? the export shared-key is in no template
                                      that is given (give the one that makes it)
                                    ? parameter SecretArn of app has no value
                                      (--parameter SecretArn=…)
  everybody                       read
  lambda.amazonaws.com (service)  read *
                                    * if IsProd and unless Locked
  partner (account 222222222222)  describe, read *
                                    * before 2027-01-01 and if aws:SourceVpce is
                                      vpce-1

unused  eu-west-1
  arn:aws:secretsmanager:eu-west-1:<account>:secret:unused-??????
  -

About principals

  ci: may become api
  partner: named by policies only

Public

  the resource policy of token lets everybody in

Out of sight

  a role that only exists is taken to have no other policies than those that are
  given
`)
}

func TestShowAccessTextByPrincipal(t *testing.T) {
	r := someReport()
	r.Findings, r.OutOfSight = nil, nil
	same(t, textOfAccess(t, r, Options{Width: 100, ByPrincipal: true, Color: true}),
		strings.NewReplacer("«", bold, "!", attention, "»", plain).Replace(`7 principals, 3 secrets

«=cmd|'a'»
  arn:aws:iam::111111111111:role/=cmd|'a'
  token  !denied:» read
         !not allowed:» write

«api»
  arn:aws:iam::111111111111:role/api
  db     describe, read
         write in eu-west-1

«ci»
  arn:aws:iam::111111111111:role/ci
  may become api
  db     read
           because the secret's tag team is pay; may be changed by ops and ci
           because the caller has no tag guest
  token  read !?»
           !?» the export shared-key is in no template that is given (give the one that makes it)
           !?» parameter SecretArn of app has no value (--parameter SecretArn=…)

«everybody»
  *
  token  read

«idle»
  arn:aws:iam::111111111111:role/idle
  -

«lambda.amazonaws.com» (service)
  token  read !*»
           !*» if IsProd and unless Locked

«partner» (account 222222222222)
  any principal of account 222222222222
  named by policies only
  db     describe
         read !*»
           !*» before 2027-01-01 and if aws:SourceVpce is vpce-1
  token  describe, read !*»
           !*» before 2027-01-01 and if aws:SourceVpce is vpce-1

«About secrets»

  token: named by policies only
`))
}

// TestShowAccessTextKeepsColumnsNarrow: a name that is wider than the column stands on a line of
// its own.
func TestShowAccessTextKeepsColumnsNarrow(t *testing.T) {
	long := "the-principal-with-the-longest-name-of-all"
	r := access.Report{
		Verbs:      []string{"read"},
		Principals: []access.Subject{{ID: "api", ARN: "a"}, {ID: long, ARN: "b"}},
		Secrets:    []access.Subject{{ID: "db", ARN: dbShown, Regions: []string{"eu-west-1"}}},
		Rows:       []access.Row{{Answer: answerYes}, {Principal: 1, Answer: answerYes}},
	}
	same(t, textOfAccess(t, r, Options{Width: 80}), "2 principals, 1 secret\n\ndb  eu-west-1\n  "+
		dbShown+"\n  api  read\n  "+long+"\n       read\n")
}

// TestShowAccessFolds: by secret and by principal, a report tells each row once, whichever rows are
// equal.
func TestShowAccessFolds(t *testing.T) {
	answers := []*access.Answer{answerYes, {Effect: access.Allow}, answerIf, answerHeld,
		answerDenied, answerUnknown}
	r := access.Report{Verbs: []string{"a", "b", "c"}}
	for i := range 7 {
		r.Principals = append(r.Principals, access.Subject{ID: string(rune('a' + i))})
		r.Secrets = append(r.Secrets,
			access.Subject{ID: string(rune('a' + i)), Regions: []string{"x", "y", "z"}[:1+i%3]})
	}
	type cell struct {
		principal, secret int32
		region, verb      int16
	}
	want := map[cell]*access.Answer{}
	for n := range 7 * 7 * 9 {
		c := cell{int32(n / 63), int32(n / 9 % 7), int16(n / 3 % 3), int16(n % 3)}
		if int(c.region) < len(r.Secrets[c.secret].Regions) && n*n%5 != 1 && c.secret != 3 {
			want[c] = answers[n*31%11%len(answers)]
			r.Rows = append(r.Rows, access.Row{Principal: c.principal, Secret: c.secret,
				Region: c.region, Verb: c.verb, Answer: want[c]})
		}
	}
	for _, byPrincipal := range []bool{false, true} {
		f, told := newFold(&r, byPrincipal), map[cell]int{}
		for i := range f.sections() {
			last := int32(-1)
			for p, lines := range f.entries(i) {
				if f.sectionOf(p) != int32(i) || f.otherOf(p) <= last {
					t.Fatalf("section %d has the pair %v behind %d", i, p, last)
				}
				last = f.otherOf(p)
				for _, line := range lines {
					regions := line.regions
					if regions == nil {
						regions = []int16{0, 1, 2}[:len(r.Secrets[p.secret].Regions)]
					}
					for _, v := range line.verbs {
						for _, region := range regions {
							c := cell{p.principal, p.secret, region, v.verb}
							told[c]++
							if a := want[c]; a == nil || !sameAnswer(a, line.answer, false) ||
								!equalConditions(a.HeldTo, v.heldTo) {
								t.Errorf("%v is told as %v", c, line.answer)
							}
						}
					}
				}
			}
		}
		for c := range want {
			if told[c] != 1 {
				t.Errorf("%v is told %d times", c, told[c])
			}
		}
	}
}

// readReport is what programs read of access --format json.
type readReport struct {
	Version    int
	OutOfSight []string
	Findings   []string
	Principals []reportSubject
	Secrets    []reportSubject
	Access     []map[string]any
}

func readAccessJSON(t *testing.T, r access.Report) (readReport, string) {
	t.Helper()
	text := written(t, func(w io.Writer) error { return writeAccessJSON(w, r, Options{}) })
	var doc readReport
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return doc, text
}

func TestShowAccessJSON(t *testing.T) {
	r := someReport()
	doc, _ := readAccessJSON(t, r)
	if doc.Version != 1 || len(doc.Access) != len(r.Rows) ||
		!slices.Equal(doc.OutOfSight, r.OutOfSight) || !slices.Equal(doc.Findings, r.Findings) {
		t.Errorf("the document is %+v", doc)
	}
	if ci := doc.Principals[2]; ci.ID != "ci" || ci.Kind != "role" || !slices.Equal(ci.MayBecome,
		[]string{"api"}) || doc.Secrets[1].Note != "named by policies only" {
		t.Errorf("the subjects are %+v, %+v", doc.Principals, doc.Secrets)
	}
	for i, row := range r.Rows {
		got := doc.Access[i]
		s := r.Secrets[row.Secret]
		for key, want := range map[string]any{
			"principal":     r.Principals[row.Principal].ID,
			"principalArn":  r.Principals[row.Principal].ARN,
			"principalKind": r.Principals[row.Principal].Kind,
			"secret":        s.ID, "secretArn": s.ARNs[row.Region], "region": s.Regions[row.Region],
			"verb": r.Verbs[row.Verb], "effect": row.Answer.Effect.String(),
		} {
			if got[key] != want {
				t.Errorf("row %d: %s is %v, not %v", i, key, got[key], want)
			}
		}
		for key, there := range map[string]bool{
			"explicit": row.Answer.Explicit, "conditions": true, "heldTo": row.Answer.HeldTo != nil,
			"told": row.Answer.Told != nil, "unread": row.Answer.Unread != nil,
		} {
			if _, ok := got[key]; ok != there {
				t.Errorf("row %d: that %s is there is %v", i, key, ok)
			}
		}
	}
}

// TestShowAccessJSONIsAsBefore: a row has the form that encodeJSON gives it, and what is empty is
// there.
func TestShowAccessJSONIsAsBefore(t *testing.T) {
	r := someReport()
	r.Rows, r.Principals, r.Secrets, r.OutOfSight, r.Findings = r.Rows[len(r.Rows)-1:],
		r.Principals[6:], r.Secrets[1:2], nil, nil
	r.Rows[0].Principal, r.Rows[0].Secret = 0, 0
	_, text := readAccessJSON(t, r)
	_, text, _ = strings.Cut(text, `  "access": [`)
	same(t, text, `
    {
      "principal": "partner",
      "principalArn": "any principal of account 222222222222",
      "principalKind": "account",
      "secret": "token",
      "secretArn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-??????",
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
	_, text = readAccessJSON(t, access.Report{})
	same(t, text, `{
  "version": 1,
  "outOfSight": [],
  "findings": [],
  "principals": [],
  "secrets": [],
  "access": []
}
`)
}

func TestShowAccessCSV(t *testing.T) {
	r := someReport()
	r.Rows = []access.Row{r.Rows[0], r.Rows[1], r.Rows[4], r.Rows[7], r.Rows[9], r.Rows[13]}
	r.Principals[1].ID = "a \"b\", c\nd"
	text := written(t, func(w io.Writer) error { return writeAccessCSV(w, r, Options{}) })
	same(t, text,
		strings.ReplaceAll(
			`"principal","principalArn","secret","secretArn","region","verb","effect","conditions","unread","heldTo","told","explicit","principalKind","wider"
"'=cmd|'a'","arn:aws:iam::111111111111:role/=cmd|'a'","token","arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-??????","eu-west-1","read","deny","","","","","true","role",""
"'=cmd|'a'","arn:aws:iam::111111111111:role/=cmd|'a'","token","arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-??????","eu-west-1","write","deny","","","","","","role",""
"a ""b"", c\u000ad","arn:aws:iam::111111111111:role/api","db","arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-??????","eu-west-1","write","allow","","","keeps the key","","","role",""
"ci","arn:aws:iam::111111111111:role/ci","db","arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-??????","eu-west-1","read","allow","","","","the secret's tag team is pay; may be changed by ops and ci; the caller has no tag guest","","role",""
"ci","arn:aws:iam::111111111111:role/ci","token","arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-??????","eu-west-1","read","unknown","","the export shared-key is in no template that is given (give the one that makes it); parameter SecretArn of app has no value (--parameter SecretArn=…)","","","","role",""
"partner","any principal of account 222222222222","db","arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-??????","eu-west-1","read","conditional","before 2027-01-01 and if aws:SourceVpce is vpce-1","","","","","account",""
`, "\n", "\r\n"))
	for _, formula := range []string{"=1+1", "+1", "-1", "@x"} {
		r.Principals[0].ID = formula
		records, err := csv.NewReader(strings.NewReader(written(t, func(w io.Writer) error {
			return writeAccessCSV(w, r, Options{})
		}))).ReadAll()
		if err != nil || records[1][0] != "'"+formula {
			t.Errorf("%q became %q, %v", formula, records[1][0], err)
		}
	}
}

// TestShowBesides: what a table of rows has no room for is written beside it.
func TestShowBesides(t *testing.T) {
	same(t, written(t, func(w io.Writer) error {
		return writeBesides(w, someReport())
	}), "public: the resource policy of token lets everybody in\n"+
		"out of sight: a role that only exists is taken to have no other policies than those "+
		"that are given\n")
	same(t, written(t, func(w io.Writer) error { return writeBesides(w, access.Report{}) }), "")
}

func TestShowAccessMarkdown(t *testing.T) {
	text := written(t, func(w io.Writer) error {
		return writeAccessMarkdown(w, someReport(), Options{})
	})
	same(t, text, strings.ReplaceAll(`### Access

7 principals, 3 secrets.

| secret | principal | may | where | under which conditions |
|---|---|---|---|---|
| §db§ | §api§ | describe, read | §eu-west-1§, §us-east-1§ |  |
| §db§ | §api§ | write | §eu-west-1§ |  |
| §db§ | §ci§ | read | §eu-west-1§, §us-east-1§ | §because the secret's tag team is pay; may be changed by ops and ci§<br>§because the caller has no tag guest§ |
| §db§ | §partner§ (account 222222222222) | describe | §eu-west-1§, §us-east-1§ |  |
| §db§ | §partner§ (account 222222222222) | read | §eu-west-1§, §us-east-1§ | §before 2027-01-01§<br>§if aws:SourceVpce is vpce-1§ |
| §token§ | §=cmd\u007c'a'§ | **denied:** read | §eu-west-1§ |  |
| §token§ | §=cmd\u007c'a'§ | **not allowed:** write | §eu-west-1§ |  |
| §token§ | §ci§ | **not known:** read | §eu-west-1§ | §? the export shared-key is in no template that is given (give the one that makes it)§<br>§? parameter SecretArn of app has no value (--parameter SecretArn=…)§ |
| §token§ | §everybody§ | read | §eu-west-1§ |  |
| §token§ | §lambda.amazonaws.com§ (service) | read | §eu-west-1§ | §if IsProd§<br>§unless Locked§ |
| §token§ | §partner§ (account 222222222222) | describe, read | §eu-west-1§ | §before 2027-01-01§<br>§if aws:SourceVpce is vpce-1§ |
| §unused§ | - |  |  |  |

#### About principals

* §ci§: §may become api§
* §partner§: §named by policies only§

#### About secrets

* §token§: §named by policies only§

#### Public

* §the resource policy of token lets everybody in§

#### Out of sight

* §a role that only exists is taken to have no other policies than those that are given§
`, "§", "`"))
	got := written(t, func(w io.Writer) error {
		return writeAccessMarkdown(w, someReport(), Options{ByPrincipal: true})
	})
	if !strings.Contains(got,
		"| `idle` | - |  |  |  |\n| `lambda.amazonaws.com` (service) | `token` | read |") {
		t.Errorf("by principal:\n%s", got)
	}
}

// writePage writes the page of one report, without reasons.
func writePage(w io.Writer, r access.Report) error {
	return writeAccessHTML(w, []EnvironmentReport{{Report: r}}, Options{})
}

func accessPageOf(t *testing.T, r access.Report) string {
	t.Helper()
	return written(t, func(w io.Writer) error { return writePage(w, r) })
}

// TestShowAccessHTMLHoldsTheReport: every answer has a number of its own, and what is said of it
// stands in the lists.
func TestShowAccessHTMLHoldsTheReport(t *testing.T) {
	page := accessPageOf(t, someReport())
	var data struct {
		Verbs      []htmlVerb
		Principals []htmlSubject
		Secrets    []htmlSubject
		Lines      [][8]any
		Conditions [][]string
	}
	if err := json.Unmarshal([]byte(dataOf(t, page)), &data); err != nil {
		t.Fatal(err)
	}
	same(t, string(htmlJSON(data.Lines)),
		`[[0,1,[0,1],0,0,-1,-1,-1],[0,1,[2],["eu-west-1"],0,-1,-1,-1],[0,2,[1],0,0,-1,0,-1],`+
			`[0,6,[0],0,0,-1,-1,-1],[0,6,[1],0,1,1,-1,-1],[1,0,[1],0,3,-1,-1,-1],`+
			`[1,0,[2],0,4,-1,-1,-1],[1,2,[1],0,2,-1,2,-1],[1,3,[1],0,0,-1,-1,-1],`+
			`[1,5,[1],0,1,3,-1,-1],[1,6,[0,1],0,1,1,-1,-1]]`)
	same(t, string(htmlJSON(data.Conditions)),
		`[["because the secret's tag team is pay; may be changed by ops `+
			`and ci","because the caller has no tag guest"],`+
			`["before 2027-01-01","if aws:SourceVpce is vpce-1"],`+
			`["the export shared-key is in no template that is given (give the one that makes `+
			`it)","parameter SecretArn of app has no value (--parameter SecretArn=…)"],`+
			`["if IsProd","unless Locked"]]`)
	same(t, string(htmlJSON(data.Principals[5:])),
		`[{"id":"lambda.amazonaws.com","arn":"lambda.amazonaws.com","mark":"service","group":1},`+
			`{"id":"partner","arn":"any principal of account 222222222222","mark":"account `+
			`222222222222","note":"named by policies only","account":"222222222222","group":2}]`)
	if become := data.Principals[2].Become; len(become) != 1 || become[0] != "api" ||
		strings.Contains(page, "{{") {
		t.Errorf("the data are %+v", data)
	}
	for _, before := range []string{`class="public"`, `class="readers"`, `class="unseen"`} {
		if at := strings.Index(page, before); at < 0 || at > strings.Index(page, `id="filters"`) {
			t.Errorf("%s is not before the filters", before)
		}
	}
	if !json.Valid([]byte(dataOf(t, accessPageOf(t, access.Report{})))) {
		t.Error("a report of nothing is no JSON")
	}
}

// TestShowAccessHTMLNeedsNothingElse: no address that could be fetched stands in the page, and its
// policy lets in its own style and script alone.
func TestShowAccessHTMLNeedsNothingElse(t *testing.T) {
	page := accessPageOf(t, someReport())
	for _, address := range regexp.MustCompile(
		`(?i)(https?:|//[a-z])[^\s"')]*|\b(src|href|action)=[^#\s]\S*|url\(|@import`).FindAllString(
		page, -1) {
		if !strings.HasPrefix(address, `href="#`) {
			t.Errorf("the page has %q", address)
		}
	}
	for _, element := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+element+">")
		text, _, _ := strings.Cut(rest, "</"+element+">")
		if !strings.Contains(page, element+"-src "+hashSource(text)+";") {
			t.Errorf("the policy of the page does not allow its own %s", element)
		}
	}
	for _, refused := range []string{"unsafe", " style=", " onclick="} {
		if strings.Contains(page, refused) {
			t.Errorf("the page has %q", refused)
		}
	}
}

// evilReport has in every text what would command a terminal or end an element of the page.
func evilReport(evil string) access.Report {
	subject := access.Subject{ID: evil, ARN: evil, Kind: evil, Note: evil, Regions: []string{evil},
		ARNs: []string{evil}, MayBecome: []string{evil}}
	condition := access.Condition{Operator: evil, Key: evil, Values: []string{evil}}
	return access.Report{
		Verbs: []string{evil}, Principals: []access.Subject{subject},
		Secrets: []access.Subject{subject}, OutOfSight: []string{evil}, Findings: []string{evil},
		Rows: []access.Row{{Answer: &access.Answer{
			Effect: access.Conditional,
			Conditions: []access.Condition{condition, {Operator: "Condition", Key: evil,
				Values: []string{evil}}}, HeldTo: []access.Condition{condition},
			Told: []access.Told{{What: evil, Name: evil, Value: evil, By: []string{evil}},
				{What: "secret tag", Name: evil, Value: evil}},
			Unread: []access.Unread{{What: evil, Name: evil, Template: evil, LogicalID: evil},
				{What: "parameter", Name: evil, Template: evil}},
		}}},
	}
}

// TestShowAccessIsNothingForATerminal: names from templates can be anything.
func TestShowAccessIsNothingForATerminal(t *testing.T) {
	evil := "\x1b]0;x\x07\u202e|`<script>"
	r := evilReport(evil)
	for name, show := range map[string]func(w io.Writer) error{
		"text": func(w io.Writer) error {
			return writeAccessText(w, r, Options{Width: 80})
		},
		"by principal": func(w io.Writer) error {
			return writeAccessText(w, r, Options{Width: 80, ByPrincipal: true})
		},
		"json":     func(w io.Writer) error { return writeAccessJSON(w, r, Options{}) },
		"csv":      func(w io.Writer) error { return writeAccessCSV(w, r, Options{}) },
		"besides":  func(w io.Writer) error { return writeBesides(w, r) },
		"markdown": func(w io.Writer) error { return writeAccessMarkdown(w, r, Options{}) },
		"html":     func(w io.Writer) error { return writePage(w, r) },
	} {
		if text := written(t, show); strings.ContainsAny(text, "\x1b\x07\u202e") ||
			!strings.Contains(text, `\u202e`) {
			t.Errorf("%s: %q", name, text)
		}
	}
	if doc, _ := readAccessJSON(t, r); doc.Access[0]["principal"] != evil {
		t.Errorf("the JSON no longer says what it said: %v", doc.Access)
	}
}

// TestShowAccessHTMLKeepsTextInside: whatever a name is, it does not end the element of the data.
func TestShowAccessHTMLKeepsTextInside(t *testing.T) {
	page := accessPageOf(t,
		evilReport("</script><script>alert(1)</script><!--<script>&\u2028{{script}}"))
	if data := dataOf(t, page); strings.ContainsAny(data, "<>&\u2028") ||
		!json.Valid([]byte(data)) {
		t.Errorf("the data are %s", data)
	}
	if n := strings.Count(page, "<script"); n != 2 {
		t.Errorf("the page has %d scripts, not 2", n)
	}
}

// brokenPipe takes some bytes, then nothing more.
type brokenPipe int

var errBroken = errors.New("broken pipe")

func (p *brokenPipe) Write(b []byte) (int, error) {
	if *p -= brokenPipe(len(b)); *p < 0 {
		return 0, errBroken
	}
	return len(b), nil
}

// TestShowAccessSaysWhatCannotBeWritten in every format, early and late.
func TestShowAccessSaysWhatCannotBeWritten(t *testing.T) {
	r := someReport()
	for name, show := range map[string]func(w io.Writer) error{
		"text":     func(w io.Writer) error { return writeAccessText(w, r, Options{Width: 80}) },
		"json":     func(w io.Writer) error { return writeAccessJSON(w, r, Options{}) },
		"csv":      func(w io.Writer) error { return writeAccessCSV(w, r, Options{}) },
		"besides":  func(w io.Writer) error { return writeBesides(w, r) },
		"markdown": func(w io.Writer) error { return writeAccessMarkdown(w, r, Options{}) },
		"html":     func(w io.Writer) error { return writePage(w, r) },
	} {
		size := len(written(t, show))
		for _, takes := range []int{0, size / 2, size - 1} {
			pipe := brokenPipe(takes)
			if err := show(&pipe); !errors.Is(err, errBroken) {
				t.Errorf("%s: after %d bytes, the error is %v", name, takes, err)
			}
		}
	}
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// dataOf returns what is between the tags of the page's data.
func dataOf(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<script type="application/json" id="data">`)
	data, _, end := strings.Cut(rest, "</script>")
	if !ok || !end {
		t.Fatal("the page has no data")
	}
	return data
}

// TestAccessStopsAtCells: a page and a table in Markdown show 50,000 cells, and say how many they
// leave out and how to see them; CSV and JSON have everything.
func TestAccessStopsAtCells(t *testing.T) {
	if testing.Short() {
		t.Skip("the report has 90,000 cells")
	}
	r := manyAccess() // 300 principals and 300 secrets: 90,000 cells
	left := "40,200 of 90,000 cells are left out here: what is shown is of 166 of 300 secrets. " +
		"Choose what to show with --secret and --principal; CSV and JSON have everything."
	page := written(t, func(w io.Writer) error { return writePage(w, r) })
	markdown := written(t, func(w io.Writer) error { return writeAccessMarkdown(w, r, Options{}) })
	for name, text := range map[string]string{"html": page, "markdown": markdown} {
		if !strings.Contains(text, left) {
			t.Errorf("%s does not say what it leaves out", name)
		}
		if !strings.Contains(text, "team/secret-165") || strings.Contains(text, "team/secret-166") {
			t.Errorf("%s does not stop behind the 166th secret", name)
		}
	}
	byPrincipal := written(t, func(w io.Writer) error {
		return writeAccessMarkdown(w, r, Options{ByPrincipal: true})
	})
	if want := "of 166 of 300 principals. Choose what to show with --principal and --secret;"; !strings.Contains(byPrincipal, want) {
		t.Errorf("by principal it does not say %q", want)
	}
	rows := strings.Count(written(t, func(w io.Writer) error {
		return writeAccessCSV(w, r, Options{})
	}), "\r\n")
	if rows != len(r.Rows)+1 {
		t.Errorf("CSV has %d lines for %d rows", rows, len(r.Rows))
	}
	one := r
	one.Secrets, one.Rows = one.Secrets[:1], nil
	one.Principals = make([]access.Subject, mostCells+10)
	for i := range one.Principals {
		one.Rows = append(one.Rows, access.Row{Principal: int32(i), Answer: r.Rows[0].Answer})
	}
	text := written(t, func(w io.Writer) error { return writeAccessMarkdown(w, one, Options{}) })
	if want := "10 of 50,010 cells are left out here: what is shown is of 1 of 1 secrets."; !strings.Contains(text, want) {
		t.Errorf("of one secret it does not say %q", want)
	}
}

// What a call may do beyond what its verb means stands behind the verb, and the words are
// explained.
func TestShowAccessTellsWhatGoesBeyondAVerb(t *testing.T) {
	r := someReport()
	r.Verbs[0] = "write"
	keeps := []access.Condition{{Operator: "Null", Key: "secretsmanager:KmsKeyArn",
		Values: []string{"true"}}}
	for _, c := range []struct {
		verb  string
		wider []string
		want  string
		notes []string
	}{
		{"write", nil, "write", nil},
		{"write", []string{access.AnyKey}, "write (any key)",
			[]string{"any key: may put the secret under any KMS key"}},
		{"secretsmanager:UpdateSecret", []string{access.AnyKey},
			"secretsmanager:UpdateSecret (any key)", nil},
		{"secretsmanager:UpdateSecret", nil, "secretsmanager:UpdateSecret (keeps the key)", nil},
		{"write", []string{access.OtherKeys + access.NotKnown}, "write (other keys?)",
			[]string{"other keys: may put the secret under another KMS key",
				"? behind one of these: it is not known whether it may"}},
		{"rotate", []string{access.AnyFunction, access.AnyRules}, "rotate (any function)", nil},
		{"rotate", []string{access.AnyRules, access.OtherFunctions},
			"rotate (any rules, other functions)", nil},
		{"replicate", []string{access.Anywhere, access.Overwriting}, "replicate (anywhere)", nil},
		{"replicate", []string{access.Overwriting}, "replicate (overwriting)", nil},
	} {
		r.Verbs[0] = c.verb
		r.Rows = []access.Row{{Answer: &access.Answer{Effect: access.Allow, HeldTo: keeps,
			Wider: c.wider}}}
		for name, write := range map[string]func(io.Writer, access.Report, Options) error{
			"text": writeAccessText, "markdown": writeAccessMarkdown,
		} {
			text := written(t, func(w io.Writer) error { return write(w, r, Options{Width: 200}) })
			plain := strings.ReplaceAll(text, "`", "")
			for _, want := range append([]string{c.want}, c.notes...) {
				if !strings.Contains(plain, want) {
					t.Errorf("%s: no %q in\n%s", name, want, text)
				}
			}
			if c.wider == nil && strings.Contains(text, widerTitle) {
				t.Errorf("%s: words are explained that are not there:\n%s", name, text)
			}
		}
		page := written(t, func(w io.Writer) error { return writePage(w, r) })
		for _, word := range c.wider {
			_, words := beyond(c.verb, keeps, c.wider)
			if slices.Contains(words, word) &&
				!strings.Contains(page, c.verb+": "+wideSentence(word)) {
				t.Errorf("html: nothing says %q", wideSentence(word))
			}
		}
	}
}
