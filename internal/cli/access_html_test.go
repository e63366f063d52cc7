package cli

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

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

func TestAccessHTMLHoldsTheReport(t *testing.T) {
	page := string(renderAccessHTML(someAccess()))
	same(t, dataOf(t, page), `{"verbs":["describe","read","write"],`+
		`"principals":[{"id":"=cmd|'a'","arn":"arn:aws:iam::111111111111:role/=cmd|'a'"},{"id":"api","arn":"arn:aws:iam::111111111111:role/api"},`+
		`{"id":"idle","arn":"arn:aws:iam::111111111111:role/idle"},{"id":"partner","arn":"arn:aws:iam::111111111111:role/partner"}],`+
		`"secrets":[{"id":"db","arn":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf","regions":["eu-west-1","us-east-1"]},`+
		`{"id":"token","arn":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-AbCdEf","regions":["eu-west-1"]},`+
		`{"id":"unused","arn":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:unused-AbCdEf","regions":["eu-west-1"]}],`+
		`"conditions":[["before 2027-01-01","if aws:SourceVpce is vpce-1"]],`+
		`"lines":[[0,1,[0,1],0,0,-1],[0,1,[2],["eu-west-1"],0,-1],[0,3,[0],0,0,-1],[0,3,[1],0,1,0],[1,0,[1],0,2,-1],[1,3,[0,1],0,1,0]],`+
		`"problems":["the policy arn:aws:iam::aws:policy/ReadOnlyAccess of api is not in the templates, so that what it allows and denies is out of sight"]}`)
	if strings.Contains(page, "{{") {
		t.Error("something was not put in its place")
	}
}

// TestAccessHTMLKeepsTextInside: whatever a name is, it does not end the element of the data.
func TestAccessHTMLKeepsTextInside(t *testing.T) {
	evil := "</script><script>alert(1)</script><!--<script>&\u2028{{script}}"
	r := access.Report{
		Verbs: []string{"read"}, Principals: []access.Subject{{ID: evil, ARN: evil}}, Secrets: []access.Subject{{ID: evil, ARN: evil, Regions: []string{evil}}}, Problems: []string{evil},
		Rows: []access.Row{{
			Principal: evil, PrincipalARN: evil, Secret: evil, SecretARN: evil, Region: evil, Verb: "read", Effect: access.Conditional,
			Conditions: []access.Condition{{Operator: "StringEquals", Key: evil, Values: []string{evil}}},
		}},
	}
	page := string(renderAccessHTML(r))
	data := dataOf(t, page)
	if strings.ContainsAny(data, "<>&\u2028") || !json.Valid([]byte(data)) {
		t.Errorf("the data are %s", data)
	}
	if n := strings.Count(page, "<script"); n != 2 {
		t.Errorf("the page has %d scripts, not 2", n)
	}
}

// TestAccessHTMLNeedsNothingElse: no address that could be fetched stands in the page, and its policy lets in its own style and script alone.
func TestAccessHTMLNeedsNothingElse(t *testing.T) {
	page := string(renderAccessHTML(someAccess()))
	for _, address := range regexp.MustCompile(`(?i)(https?:|//[a-z])[^\s"')]*|\b(src|href|action)=[^#\s]\S*|url\(|@import`).FindAllString(page, -1) {
		if address != "http://www.w3.org/2000/svg" && address != `href="#results">Skip` {
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
