package show

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// TestPageTellsReadersFirst: outsiders before the others, with how many secrets; and who may become
// one of them by any number of steps.
func TestPageTellsReadersFirst(t *testing.T) {
	r := someReport()
	r.Principals[4].MayBecome = []string{"ci"} // who may become api
	page := accessPageOf(t, r)
	_, list, _ := strings.Cut(page, `<ul class="readers">`)
	list, _, _ = strings.Cut(list, "</section>")
	var names []string
	for _, part := range strings.Split(list, `<li><a href="#principal=`)[1:] {
		name, _, _ := strings.Cut(part, `&`)
		names = append(names, name)
	}
	want := []string{"partner", "everybody", "api", "ci", "lambda.amazonaws.com"}
	if !slices.Equal(names, want) {
		t.Errorf("these read: %v, not %v", names, want)
	}
	for _, words := range []string{
		`>partner</a> <span class="away">outside: account 222222222222</span> ` +
			`<span class="many">2 under conditions</span>`,
		`>everybody</a> <span class="away">public</span> <span class="many">1 secret</span>`,
		`>ci</a> <span class="many">1 secret, and 1 not known</span>`,
		`<li><b>idle</b> may become ci</li>`,
	} {
		if !strings.Contains(list, words) {
			t.Errorf("no %s in\n%s", words, list)
		}
	}
}

// TestPageOfNobody: where nobody can read, the page says so, and one without secrets says nothing.
func TestPageOfNobody(t *testing.T) {
	r := someReport()
	r.Rows = nil
	page := accessPageOf(t, r)
	for _, words := range []string{"<p>Nobody, in no circumstance.</p>", "Nobody can do anything."} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if strings.Contains(accessPageOf(t, access.Report{}), "Nobody, in") {
		t.Error("of no secrets it is said that nobody reads them")
	}
}

// TestPageNeedsNoScript: the plain table has everything, secrets of which the same holds together.
func TestPageNeedsNoScript(t *testing.T) {
	page := accessPageOf(t, someReport())
	_, plain, _ := strings.Cut(page, "<noscript>")
	plain, _, _ = strings.Cut(plain, "</noscript>")
	for _, row := range []string{
		`<tr><th scope="row">api</th><td>describe, read</td><td>allowed</td><td>db</td><td></td></tr>`,
		`<tr><th scope="row">api</th><td>write</td><td>allowed</td><td>db</td><td>in eu-west-1</td></tr>`,
		`<tr><th scope="row">=cmd|&#39;a&#39;</th><td>read</td><td>denied</td><td>token</td><td></td></tr>`,
		`<tr><th scope="row">lambda.amazonaws.com (service)</th><td>read</td><td>under conditions` +
			`</td><td>token</td><td>if IsProd; unless Locked</td></tr>`,
	} {
		if !strings.Contains(plain, row) {
			t.Errorf("no %s in\n%s", row, plain)
		}
	}
}

// TestPageSaysWhatItIsAbout: stacks, accounts, Regions, the hashes, and what was chosen. The hash
// of all is that of what sha256sum says.
func TestPageSaysWhatItIsAbout(t *testing.T) {
	one := EnvironmentReport{Report: someReport(), Deployed: []Deployed{
		{File: "b.json", SHA256: strings.Repeat("b", 64), Stack: "<shop>",
			Account: "111111111111", Region: "eu-west-1"},
		{File: "a.json", SHA256: strings.Repeat("a", 64)},
	}}
	page := written(t, func(w io.Writer) error {
		return writeAccessHTML(w, []EnvironmentReport{one}, Options{Asked: Asked{
			Paths: []string{"my specs"}, OfSpecs: true, Flags: []string{"--environment", "it's"},
			Filters: []string{"secrets db*"},
		}})
	})
	for _, words := range []string{
		"<dt>Spec</dt><dd>my specs</dd>", "<dt>Stacks</dt><dd>&lt;shop&gt; and a.json</dd>",
		"<dt>Accounts</dt><dd>111111111111 and not stated</dd>",
		"<dt>Regions</dt><dd>eu-west-1, not stated and us-east-1</dd>",
		"<dt>Chosen</dt><dd>secrets db*</dd>",
		// printf '%064d  a.json\n…' | sha256sum
		`2 stacks; the hash of the templates is <code title="` + hashOfTwo + `">` + hashOfTwo[:16],
		`"flags":"--environment 'it'\\''s'","paths":"'my specs'"`,
	} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %s", words)
		}
	}
}

const hashOfTwo = "05050a03917381c853c226cefbaa93f4b2732b342ddd0bf09548e879a9242899"

// TestPageAsksOnce: what is decided by the policies of a principal and of a key is asked once for
// all secrets of which the same is true, but for those that a statement does not name.
func TestPageAsksOnce(t *testing.T) {
	rule := &policy.Rule{Value: cfn.Object{
		{Key: "Effect", Value: "Allow"},
		{Key: "Resource", Value: []any{"arn:1", "arn:2", "arn:4", "arn:5", "arn:6"}},
	}}
	document := &access.Document{Kind: access.IdentityPolicy, Of: "api", LogicalID: "P", Stack: "s"}
	r := access.Report{Verbs: []string{"read"}, Principals: []access.Subject{{ID: "api"}}}
	answer := &access.Answer{Effect: access.Allow}
	for i, arn := range []string{"arn:1", "arn:2", "arn:3", "arn:4"} {
		r.Secrets = append(r.Secrets, access.Subject{ID: "s" + arn[4:], ARN: arn,
			ARNs: []string{arn}, Regions: []string{"eu-west-1"}, Keys: []string{""}})
		r.Rows = append(r.Rows, access.Row{Secret: int32(i), Answer: answer})
	}
	kind, asked := access.IdentityPolicy, 0
	page := func() string {
		document.Kind, asked = kind, 0
		return written(t, func(w io.Writer) error {
			return writeAccessHTML(w, []EnvironmentReport{{Report: r,
				Explain: func(_, _, secret, _ string) (access.Explanation, bool) {
					asked++
					return access.Explanation{Steps: []access.Step{{
						Action: "secretsmanager:GetSecretValue", Resource: "arn:" + secret[1:],
						Effect: access.Allow,
						By:     []access.Deciding{{Document: document, Rule: rule}},
					}}}, true
				}}}, Options{})
		})
	}
	data := dataOf(t, page())
	if asked != 2 { // s1 for s2 and s4, too; the statement does not name s3
		t.Errorf("it was asked %d times", asked)
	}
	if !strings.Contains(data, `\"`+thisARN+`\",\n    \"… and 4 others\"`) ||
		!strings.Contains(data, `"lines":[[0,0,[0],0,0,-1,-1,0],[1,0,[0],0,0,-1,-1,0],`+
			`[2,0,[0],0,0,-1,-1,1],[3,0,[0],0,0,-1,-1,0]]`) {
		t.Errorf("the data are %s", data)
	}
	kind = access.ResourcePolicy
	if page(); asked != 4 {
		t.Errorf("of resource policies it was asked %d times", asked)
	}
}
