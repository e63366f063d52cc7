package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/diag"
)

func TestWhyExit(t *testing.T) {
	of := func(e access.Effect) ask.Answer {
		return ask.Answer{Explanation: access.Explanation{Answer: access.Answer{Effect: e}}}
	}
	yes, under, no, unknown := of(access.Allow), of(access.Conditional), of(access.Deny),
		of(access.Unknown)
	for _, c := range []struct {
		answers []ask.Answer
		want    int
	}{
		{[]ask.Answer{yes}, 0}, {[]ask.Answer{under}, 0}, {[]ask.Answer{no}, 1},
		{[]ask.Answer{unknown}, 4},
		{[]ask.Answer{yes, under}, 0}, {[]ask.Answer{no, no}, 1}, {[]ask.Answer{yes, no}, 4},
		{[]ask.Answer{no, unknown}, 4}, {[]ask.Answer{yes, unknown}, 4},
	} {
		if got := whyExit(c.answers); got != c.want {
			t.Errorf("%d answers, the first %s: %d, not %d", len(c.answers), c.answers[0].Effect,
				got, c.want)
		}
	}
}

// A spec without a finding and a template over a limit are shown too.
func TestNothingIsShownWithoutMasks(t *testing.T) {
	var over strings.Builder
	over.WriteString(`{"Parameters":{"P":{"Type":"String","NoEcho":true,"Default":"Tr0mb0ne"}},` +
		`"Resources":{`)
	for i := range 501 {
		fmt.Fprintf(&over, `"R%d":{"Type":"AWS::SNS::Topic"},`, i)
	}
	over.WriteString(`"S":{"Type":"AWS::SecretsManager::Secret"}}}`)
	p, _ := inDir(t, map[string]string{
		"spec.yaml": `version: 1
stack: s
environment: { account: "111111111111", region: eu-west-1 }
principals: { app: { role: { assumedBy: { service: ec2.amazonaws.com } } } }
secrets:
  db: { name: db, value: { empty: true }, grants: { read: app } } # old: Tr0mb0ne
`,
		"over.json": over.String(),
	}, "")
	for _, args := range [][]string{
		{"why", "--verbose", "app", "read", "db", "spec.yaml"},
		{"access", "over.json@111111111111:eu-west-1"},
	} {
		var text bytes.Buffer
		Run(args, Env{Dir: p.env.Dir, Stdout: &text, Stderr: &text})
		if strings.Contains(text.String(), "Tr0mb") ||
			!strings.Contains(text.String(), diag.Bullets) {
			t.Errorf("%s:\n%s", args, &text)
		}
	}
}

// TestAskedSpecsAreToldAllErrors: of specs that can be asked nobody proves the grants. Of those
// that cannot, everything is told that compile tells of them, also where one comes through a pipe.
func TestAskedSpecsAreToldAllErrors(t *testing.T) {
	const proof = `
version: 1
stack: shop
environment: { account: "111111111111", region: eu-west-1 }
principals: { web: { existingRole: "arn:aws:iam::111111111111:role/web" } }
secrets: { a: { name: a } }
grants: [{ to: web, allow: read, secrets: a }]
assert: [{ principal: web, cannot: read, secrets: a }]
`
	r := newRun(t, "proof.yaml", proof)
	r.real(exitOK, "why", "web", "read", "a", "proof.yaml")
	if r.stderr != "" {
		t.Errorf("of a spec that can be asked is said %q", r.stderr)
	}
	r.stdin = "version: 1\nstack: other\ngrants: [{ to: x, allow: raed, secrets: b }]\n"
	r.real(exitFailed, "why", "web", "read", "a", "proof.yaml", "-")
	asked := r.stderr
	r.real(exitErrors, "compile", "-o", "out", "proof.yaml", "-")
	for _, code := range []string{"error[SC4024]", "error[SC1005]"} {
		if !strings.Contains(asked, code) {
			t.Errorf("%s is not told:\n%s", code, asked)
		}
	}
	if !strings.Contains(r.stderr, strings.TrimSpace(asked)) {
		t.Errorf("why says\n%s\nand compile says\n%s", asked, r.stderr)
	}
}
