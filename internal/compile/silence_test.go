package compile

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// TestDiagnosticsSayWhichSecretsTheyAreAbout: what can be silenced, and stands in a secret's entry
// or points there, is about this secret. It is asked of the specs of all golden cases.
func TestDiagnosticsSayWhichSecretsTheyAreAbout(t *testing.T) {
	t.Parallel()
	asked := map[string]int{}
	for name, text := range goldenSpecs(t) {
		file := source.New("spec.yaml", text)
		s, _, _ := spec.Load([]*source.File{file})
		if s == nil {
			continue
		}
		s.Silence = nil
		m, _ := model.Resolve(s)
		for _, d := range Compile([]*source.File{file}, nil).Diagnostics {
			if d.Code.Severity == diag.Error || d.Code == diag.UnusedSilence {
				continue
			}
			places := []source.Span{d.Span}
			for _, other := range d.Places() {
				places = append(places, other.Span)
			}
			for _, secret := range m.Secrets {
				within := slices.ContainsFunc(places, func(at source.Span) bool {
					return at.Start >= secret.Body.Start && at.End <= secret.Body.End && at.End > 0
				})
				if within && !d.IsAbout(secret.ID) {
					t.Errorf("%s: %s stands in the entry of %q and is not about it", name,
						d.Code.Number, secret.ID)
				}
				if within {
					asked[d.Code.Number]++
				}
			}
		}
	}
	if len(asked) < 10 {
		t.Errorf("only these codes were asked: %v", asked)
	}
}

// TestSilenceByWhatAGrantIsAbout: a grant at the top of the spec is about the secrets that it
// names.
func TestSilenceByWhatAGrantIsAbout(t *testing.T) {
	const text = `version: 1
stack: shop
environment: { account: "111111111111", region: eu-west-1 }
principals: { app: { existingRole: app } }
secrets: { db: { name: shop/db, value: { empty: true } }, api: { name: shop/api, value: { empty: true } } }
grants: [ { to: app, allow: read, secrets: db, when: { mfa: true } }, { to: app, allow: read, secrets: db } ]
`
	for silenced, want := range map[string]string{"db": "", "d*": "", "api": "SC4030 SC4019",
		"[db, api]": ""} {
		r := Compile(
			[]*source.File{source.New("spec.yaml", []byte(text+"silence: [ { code: SC4030, "+
				"secrets: "+silenced+", reason: known } ]\n"))}, nil)
		var codes []string
		for _, d := range r.Diagnostics {
			if d.Code == diag.GrantAddsNothing || d.Code == diag.UnusedSilence {
				codes = append(codes, d.Code.Number)
			}
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("%s: %q, not %q: %v", silenced, got, want, r.Diagnostics)
		}
	}
}
