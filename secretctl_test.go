package secretctl_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/secretctl/secretctl"
)

// compiled compiles one of the examples.
func compiled(t *testing.T, name string) secretctl.Result {
	t.Helper()
	data, err := os.ReadFile("examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return secretctl.Compile(secretctl.File{Name: name, Data: data})
}

// TestEverythingRenders: what can be rendered is, in every format that its page names, and in no
// other.
func TestEverythingRenders(t *testing.T) {
	result := compiled(t, "07-guardrails.yaml")
	production := result.Specs[0].Environments[0]
	access, err := production.Estate().Access()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := production.Estate().Why("*", "read", "*")
	if err != nil {
		t.Fatal(err)
	}
	for name, render := range map[string]func(io.Writer, string) error{
		"text json sarif github gitlab": result.Render,
		"text json markdown":            production.Plan(secretctl.JSON).Render,
		"text json csv markdown html":   access.Render,
		"text json":                     answers.Render,
		"text  json markdown":           secretctl.Diff(nil, production.Estate()).Render,
	} {
		for _, format := range strings.Fields(name) {
			var b strings.Builder
			if err := render(&b, format); err != nil ||
				b.Len() == 0 && format != "text" && format != "github" {
				t.Errorf("%s: %d bytes, %v", format, b.Len(), err)
			}
		}
		if err := render(io.Discard, "tsv"); err == nil ||
			!strings.Contains(err.Error(), strings.Fields(name)[1]) {
			t.Errorf("tsv: %v", err)
		}
	}
}

// TestPlanIsOfTheTemplates: sizes, hashes and names are those of the templates in the format.
func TestPlanIsOfTheTemplates(t *testing.T) {
	production := compiled(t, "09-rotate-database.yaml").Specs[0].Environments[0]
	hashes := map[string]bool{}
	for _, format := range []secretctl.Format{secretctl.JSON, secretctl.Compact, secretctl.YAML} {
		templates, plan := production.Templates(format), production.Plan(format)
		if len(templates) == 0 || len(templates) != len(plan.Stacks) ||
			len(templates) != len(production.Stacks) {
			t.Fatalf("%d templates and %d stacks", len(templates), len(plan.Stacks))
		}
		for i, s := range plan.Stacks {
			if s.Template != templates[i].Name || s.Bytes != len(templates[i].Data) ||
				s.Name != production.Stacks[i].Name {
				t.Errorf("%+v is not of %s", s, templates[i].Name)
			}
			hashes[s.SHA256] = true
		}
	}
	if len(hashes) != 3*len(production.Stacks) {
		t.Errorf("%d hashes of %d stacks", len(hashes), len(production.Stacks))
	}
}

// TestNoSecretIsShown: a literal in the place of a secret value stands in no text.
func TestNoSecretIsShown(t *testing.T) {
	text := "version: 1\nstack: s\nsecrets: { db: { name: db, value: { string: Tr0mb0ne } } }\n"
	result := secretctl.Compile(secretctl.File{Name: "s.yaml", Data: []byte(text)})
	if result.OK() || len(result.Diagnostics()) == 0 {
		t.Fatal("no diagnostic")
	}
	if shown := fmt.Sprintf("%+v", result.Diagnostics()); strings.Contains(shown, "Tr0mb") {
		t.Error(shown)
	}
	for _, format := range []string{"text", "json", "sarif", "github", "gitlab"} {
		var b strings.Builder
		if err := result.Render(&b, format); err != nil || strings.Contains(b.String(), "Tr0mb") {
			t.Errorf("%s: %v %s", format, err, &b)
		}
	}
}

// TestWhatCannotBeRead: files that are no spec, templates that are none, and words that mean
// nothing.
func TestWhatCannotBeRead(t *testing.T) {
	if r := secretctl.Compile(secretctl.File{Name: "x", Data: []byte("[")}); r.OK() ||
		len(r.Specs) > 0 {
		t.Errorf("%+v", r)
	}
	if r := secretctl.Compile(); r.OK() {
		t.Errorf("%+v", r)
	}
	estate, r := secretctl.Load(
		secretctl.Template{File: secretctl.File{Name: "x", Data: []byte("a: 1")}})
	if estate != nil || r.OK() {
		t.Errorf("%+v, %+v", estate, r)
	}
	e := compiled(t, "01-quickstart.yaml").Specs[0].Environments[0].Estate()
	for _, question := range [][3]string{{"nobody", "read", "*"}, {"*", "raed", "*"},
		{"*", "read", "nothing"}} {
		if _, err := e.Why(question[0], question[1], question[2]); err == nil {
			t.Errorf("%q is answered", question)
		}
	}
	if secretctl.Explain("sc2001") == "" || secretctl.Explain("SC0000") != "" {
		t.Error("codes are not explained")
	}
}

// TestQuestionsDoNotDisturbEachOther: an estate may be asked from several goroutines, and a
// stranger who is asked about is not there afterwards.
func TestQuestionsDoNotDisturbEachOther(t *testing.T) {
	e := compiled(t, "07-guardrails.yaml").Specs[0].Environments[0].Estate()
	report := func() string {
		a, err := e.Access()
		if err != nil {
			t.Error(err)
		}
		return fmt.Sprint(a.Rows, a.OutOfSight)
	}
	before := report()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			who := []string{"everybody", "arn:aws:iam::999999999999:role/stranger", "*"}[i%3]
			if _, err := e.Why(who, "read", "*"); err != nil {
				t.Error(err)
			}
			if got := report(); got != before {
				t.Errorf("after %s: %s, not %s", who, got, before)
			}
		})
	}
	all.Wait()
}

// TestDiffTogether: several goroutines may compare the same estates, of specs and of templates.
func TestDiffTogether(t *testing.T) {
	before := compiled(t, "14-change-before.yaml").Estate("")
	after := compiled(t, "14-change-after.yaml").Estate("")
	var template secretctl.Template
	for _, f := range compiled(t, "14-change-before.yaml").Specs[0].Environments[0].
		Templates(secretctl.JSON) {
		template = secretctl.Template{File: f, Stack: "shop", Account: "111111111111",
			Region: "eu-west-1"}
	}
	deployed, _ := secretctl.Load(template)
	rendered := func(c secretctl.Changes) string {
		var b strings.Builder
		if err := c.Render(&b, "text"); err != nil {
			t.Error(err)
		}
		return b.String()
	}
	if got := rendered(secretctl.Diff(deployed, before)); got !=
		"no change in access or resources\n" {
		t.Errorf("what is deployed against the spec:\n%s", got)
	}
	want := rendered(secretctl.Diff(before, after))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			c := secretctl.Diff(before, after)
			if got := rendered(c); got != want {
				t.Errorf("it is\n%s, not\n%s", got, want)
			}
			if !c.Complete || !c.Has("any") || !c.Has("widens") || c.Has("value-lost", "gains") {
				t.Errorf("%+v", c.Resources)
			}
			if secretctl.Diff(deployed, after).Has("value-lost") {
				t.Error("what is accepted counts")
			}
		})
	}
	all.Wait()
}

// TestParametersOfTemplates: a value that no parameter takes is an error; one template may be
// deployed twice, with other values.
func TestParametersOfTemplates(t *testing.T) {
	data := []byte(`
Parameters: { Stage: { Type: String, AllowedValues: [dev, prod] } }
Resources: { Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Sub "${Stage}/db" } } }
`)
	of := func(account string, given map[string]string) secretctl.Template {
		return secretctl.Template{
			File: secretctl.File{Name: "app.yaml", Data: data}, Account: account,
			Region: "eu-west-1", Parameters: given,
		}
	}
	for name, code := range map[string]string{"Stge": "SC2021", "Stage": "SC1005"} {
		estate, r := secretctl.Load(of("111111111111", map[string]string{name: "test"}))
		if d := r.Diagnostics(); estate != nil || len(d) != 1 || d[0].Code != code {
			t.Errorf("%s: %+v", name, d)
		}
	}
	estate, r := secretctl.Load(of("111111111111", map[string]string{"Stage": "dev"}),
		of("222222222222", map[string]string{"Stage": "prod"}))
	if estate == nil {
		t.Fatalf("%+v", r.Diagnostics())
	}
	for _, name := range []string{"dev/db", "prod/db"} {
		if a, err := estate.Why("everybody", "read", name); err != nil || len(a.List) == 0 {
			t.Errorf("%s: %+v, %v", name, a.List, err)
		}
	}
}

func TestEverySpecIsCompiledForEveryEnvironment(t *testing.T) {
	shop := secretctl.Source{Name: "shop", Files: []secretctl.File{{Name: "shop.yaml", Data: []byte(`
version: 1
stack: shop-$(stage)
environments:
  dev: { account: "111111111111", region: eu-west-1, variables: { stage: dev } }
  prod: { account: "222222222222", region: eu-west-1, variables: { stage: prod } }
secrets: { db: { name: $(stage)/db } }
assert: [ { onlyReadableBy: [], secrets: db } ]
`)}}}
	if r := secretctl.CompileAll(shop); r.OK() {
		t.Error("an empty list is accepted")
	}
	text := strings.Replace(string(shop.Files[0].Data), "onlyReadableBy: []",
		"onlyReadableBy: rotation", 1)
	shop.Files[0].Data = []byte(text)
	web := secretctl.Source{Files: []secretctl.File{{Name: "web.yaml", Data: []byte(`
version: 1
stack: web
environment: { account: "222222222222", region: eu-west-1 }
secrets: { db: { import: { name: prod/db } } }
principals: { web: { existingRole: web } }
grants: [ { to: web, allow: read, secrets: db } ]
`)}}}
	alone := secretctl.CompileAll(shop)
	if !alone.OK() || len(alone.Specs) != 1 || len(alone.Specs[0].Environments) != 2 ||
		alone.Specs[0].Environments[1].Name != "prod" ||
		alone.Specs[0].Environments[1].Stacks[0].Name != "shop-prod" {
		t.Fatalf("%+v %v", alone.Specs, alone.Diagnostics())
	}
	if p := alone.Specs[0].Environments[0].Plan(secretctl.JSON); p.Environment != "dev" {
		t.Errorf("the plan is of %q", p.Environment)
	}
	both := secretctl.CompileAll(shop, web)
	found := both.Diagnostics()
	if len(found) != 1 || found[0].Spec != "shop" ||
		strings.Join(found[0].Environments, " ") != "prod" ||
		!strings.Contains(found[0].Message, "stands in the spec 2") {
		t.Errorf("%+v", found)
	}
	answers, err := both.Estate("prod").Why("web", "read", "prod/db")
	if err != nil || answers.List[0].Effect != secretctl.Allow {
		t.Errorf("%+v %v", answers, err)
	}
	if both.Estate("nowhere") != nil {
		t.Error("an environment that is not there has an estate")
	}
}
