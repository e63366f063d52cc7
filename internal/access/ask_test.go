package access

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// askDocument makes a document of JSON.
func askDocument(t testing.TB, kind DocumentKind, of, text string) *Document {
	t.Helper()
	v, err := cfn.ParseJSON([]byte(`{"Version":"2012-10-17","Statement":` + text + `}`))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := policy.Decode(v)
	if err != nil {
		t.Fatal(err)
	}
	return &Document{Kind: kind, Of: of, Rules: rules}
}

const askAccount = "111111111111"

func askSuffix(name string) string {
	return cfn.Unknown{What: "suffix", Name: name, Shown: "??????", Class: cfn.Letters, Min: 6,
		Max: 6}.Text()
}

func askSecret(name string) *Secret {
	return &Secret{ID: name, Name: name, Account: askAccount, KnownTags: true,
		Tags: map[string]string{}, Copies: []Copy{
			{
				Region: "eu-west-1",
				ARN: "arn:aws:secretsmanager:eu-west-1:" + askAccount + ":secret:" + name + "-" +
					askSuffix(name),
			},
		}}
}

func askRole(t testing.TB, name, statements string) *Principal {
	return &Principal{
		ID: name, Kind: RolePrincipal, ARN: "arn:aws:iam::" + askAccount + ":role/" + name,
		Account:  askAccount,
		Identity: []*Document{askDocument(t, IdentityPolicy, name, statements)},
	}
}

var readVerb = &verb.Verb{
	Name:     "read",
	OnSecret: []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
}

// lines writes a report, a line a row.
func (r *Report) lines() string {
	var b strings.Builder
	for _, row := range r.Rows {
		s := r.Secrets[row.Secret]
		fmt.Fprintf(&b, "%s %s %s %s %s", r.Principals[row.Principal].ID, r.Verbs[row.Verb], s.ID,
			s.Regions[row.Region], row.Answer.Effect)
		for _, c := range row.Answer.Conditions {
			fmt.Fprintf(&b, " if %s %s %s", c.Key, c.Operator, strings.Join(c.Values, ","))
		}
		for _, u := range row.Answer.Unread {
			fmt.Fprintf(&b, " unread %s %s", u.What, u.Name)
		}
		for _, x := range row.Answer.Told {
			fmt.Fprintf(&b, " told %s %s=%s", x.What, x.Name, x.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestReportTellsFourAnswers(t *testing.T) {
	db, web := askSecret("db"), askSecret("web")
	db.Tags["team"] = "pay"
	param := cfn.Unknown{What: "parameter", Name: "P", Shown: "${P}"}.Text()
	e := &Estate{Worlds: []*World{{
		Principals: []*Principal{
			askRole(t, "all",
				`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}`),
			askRole(t, "named",
				`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue",`+
					`"Resource":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????"}`),
			askRole(t, "param",
				`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"`+param+
					`"}`),
			askRole(t, "tag",
				`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*",`+
					`"Condition":{"StringEquals":{"aws:ResourceTag/team":"pay"}}}`),
			askRole(t, "vpce",
				`[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"},`+
					`{"Effect":"Deny","Action":"*","Resource":"*",`+
					`"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}]`),
		}, Secrets: []*Secret{db, web},
	}}}
	r := e.Report([]*verb.Verb{readVerb}, nil, nil)
	want := `all read db eu-west-1 allow
all read web eu-west-1 allow
named read db eu-west-1 allow
param read db eu-west-1 unknown unread parameter P
param read web eu-west-1 unknown unread parameter P
tag read db eu-west-1 allow told secret tag team=pay
vpce read db eu-west-1 conditional if aws:SourceVpce StringEquals vpce-1
vpce read web eu-west-1 conditional if aws:SourceVpce StringEquals vpce-1
`
	if got := r.lines(); got != want {
		t.Errorf("got\n%s", got)
	}
}

func BenchmarkReport(b *testing.B) {
	w := &World{}
	for i := range 300 {
		w.Secrets = append(w.Secrets, askSecret(fmt.Sprintf("s%03d", i)))
		w.Principals = append(w.Principals, askRole(b, fmt.Sprintf("r%03d", i), fmt.Sprintf(
			`[{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*",`+
				`"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-%d",`+
				`"aws:PrincipalTag/t":"x"}}}]`, i)))
	}
	e := &Estate{Worlds: []*World{w}}
	for b.Loop() {
		e.Report([]*verb.Verb{readVerb}, nil, nil)
	}
}
