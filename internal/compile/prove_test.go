package compile

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// proofCase is a spec, without what all have, and what its proof finds.
type proofCase struct {
	name, spec string
	change     func(a *model.Assertion) // of the first assertion
	parameters Parameters
	want       []string // code and message
}

const proofHead = "version: 1\nstack: shop\nenvironment: { account: \"111111111111\", region: " +
	"eu-west-1 }\n"

// proved returns what the proof of a spec finds, as code and message.
func proved(t *testing.T, c proofCase) []string {
	t.Helper()
	s, _, found := spec.Load([]*source.File{source.New("spec.yaml", []byte(proofHead+c.spec))})
	if found.HasErrors() {
		t.Fatalf("the spec cannot be read: %v", found)
	}
	m, list := model.Resolve(s)
	if list.HasErrors() {
		t.Fatalf("the spec has errors: %v", list)
	}
	if c.change != nil {
		c.change(&m.Assertions[0])
	}
	permissions := grants.Derive(m)
	placement, list := grants.Place(permissions)
	if list.HasErrors() {
		t.Fatalf("it cannot be placed: %v", list)
	}
	stacks, list := lower.Lower(m, placement)
	if list.HasErrors() {
		t.Fatalf("it cannot be written: %v", list)
	}
	d := prove.Deploy(m, stacks, placement)
	var out []string
	for _, one := range prove.Prove(m, permissions, d, c.parameters,
		d.Load(c.parameters)).Sorted() {
		out = append(out, one.Code.Number+" "+one.Says(nil))
	}
	return out
}

func TestProof(t *testing.T) {
	for _, c := range proofCases {
		t.Run(c.name, func(t *testing.T) {
			if got := proved(t, c); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// A spec whose only errors are of its proof can be asked why: its templates exist.
func TestSpecsWithErrorsOfTheProofHaveAnEstate(t *testing.T) {
	const fails = proofHead + appAndIdle + twoSecrets + appReads +
		"assert: [ { principal: app, cannot: read, secrets: db } ]\n"
	const wrong = fails + "silence: [ { code: SC9999, reason: none } ]\n"
	for _, c := range []struct {
		name, text     string
		errors, estate bool
	}{
		{"without errors", proofHead + appAndIdle + twoSecrets + appReads, false, true},
		{"an assertion fails", fails, true, true},
		{"a grant does not work", proofHead + appAndIdle + `
secrets: { db: { name: shop/db,
  policy: { statements: { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
  Resource: "*" } } } }
grants: [ { to: app, allow: read, secrets: db } ]
`, true, true},
		{"and another error", wrong, true, false},
		{"an error before the proof", proofHead + appAndIdle +
			"grants: [ { to: app, allow: read, secrets: db } ]\n", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Compile([]*source.File{source.New("spec.yaml", []byte(c.text))}, nil)
			if r.Diagnostics.HasErrors() != c.errors || (r.Estate != nil) != c.estate ||
				(r.Proved != nil) != c.estate {
				t.Errorf("errors %t, estate %t, stacks %d: %v", r.Diagnostics.HasErrors(),
					r.Estate != nil, len(r.Proved), r.Diagnostics)
			}
			if c.errors && r.Stacks != nil {
				t.Error("a spec with errors has templates to write")
			}
		})
	}
}

// Values of parameters change what is proved and never a template.
func TestParametersChangeTheProofAlone(t *testing.T) {
	text := []byte(proofHead + appAndIdle + `
parameters: { Who: { Type: String, Default: "arn:aws:iam::111111111111:role/other" } }
secrets:
  db:
    name: shop/db
    policy: { statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
      Action: "secretsmanager:GetSecretValue", Resource: "*" } ] }
assert: [ { principal: idle, cannot: read, secrets: db } ]
`)
	files := func() []*source.File { return []*source.File{source.New("spec.yaml", text)} }
	by := Compile(files(), nil)
	if by.Diagnostics.HasErrors() {
		t.Fatalf("with the default: %v", by.Diagnostics)
	}
	for _, c := range []struct {
		name       string
		parameters Parameters
		fails      bool
	}{
		{"of every stack", Parameters{"": {"Who": "arn:aws:iam::111111111111:role/idle"}}, true},
		{"of the stack", Parameters{"shop": {"Who": "arn:aws:iam::111111111111:role/idle"}}, true},
		{"of the stack, which wins", Parameters{"": {"Who": "arn:aws:iam::111111111111:role/idle"},
			"shop": {"Who": "arn:aws:iam::111111111111:role/app"}}, false},
		{"of another stack", Parameters{"other": {"Who": "arn:aws:iam::111111111111:role/idle"}},
			false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Compile(files(), c.parameters)
			if r.Diagnostics.HasErrors() != c.fails {
				t.Fatalf("findings: %v", r.Diagnostics)
			}
			if !c.fails && !maps.Equal(bytesOf(r), bytesOf(by)) {
				t.Error("the template is another one")
			}
		})
	}
}

// What cannot be proved says how that may be stated; what fails shows where the statements come
// from.
func TestHintsOfTheProof(t *testing.T) {
	for _, c := range []struct{ name, spec, hint string }{
		{"a parameter", appAndIdle + `
parameters: { Who: { Type: String } }
secrets:
  db:
    name: shop/db
    policy: { blockPublicPolicy: false,
      statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
      Action: "secretsmanager:GetSecretValue", Resource: "*" } ] }
assert: [ { principal: idle, cannot: read, secrets: db } ]
`, "--parameter Who=VALUE"},
		{"a policy", `
principals:
  app: { role: { assumedBy: { service: lambda.amazonaws.com },
    managedPolicyArns: "arn:aws:iam::111111111111:policy/mine" } }
secrets: { db: { name: shop/db } }
assert: [ { principal: app, cannot: read, secrets: db } ]
`, "put the policy into resources"},
		{"a grant", appAndIdle + twoSecrets + appReads + `
assert: [ { principal: app, cannot: read, secrets: "*" } ]
`, "`secretctl why app read db`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Compile([]*source.File{source.New("spec.yaml", []byte(proofHead+c.spec))}, nil)
			i := slices.IndexFunc(r.Diagnostics, func(d diag.Diagnostic) bool {
				return d.Code == diag.AssertionFails
			})
			if i < 0 || !strings.Contains(r.Diagnostics[i].Advises(nil), c.hint) {
				t.Fatalf("no hint has %q: %v", c.hint, r.Diagnostics)
			}
			if c.name == "a grant" && len(r.Diagnostics[i].Places()) == 0 {
				t.Error("it does not show where the statement comes from")
			}
		})
	}
}
