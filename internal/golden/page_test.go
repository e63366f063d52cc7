package golden

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// shownOn are the types of the language of which the page of the language shows every property in a
// block.
var shownOn = []string{
	"Principal", "Trust", "Cognito", "RolesAnywhere", "OIDC", "SAML", "Grant", "When", "Guardrails",
	"KeyPolicy", "Assert", "SecretImport", "SecretValue", "Defaults",
}

// notShown is what no page leads to: a literal secret, in the clear.
const notShown = "SecretValue.unsafePlaintext"

// TestLanguagePage: what the page of the language shows in its blocks is of the language, and each
// kind of principal, trust, grant and guardrail stands in one. A block is a part of a spec; one
// that begins with assumedBy is a part of a role.
func TestLanguagePage(t *testing.T) {
	expect.InRoot(t)
	const page = "docs/language.md"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	u := usage{properties: map[string]bool{}, verbs: map[string]bool{}}
	for _, block := range yamlBlock.FindAllStringSubmatch(string(data), -1) {
		text := block[1]
		if strings.HasPrefix(text, "assumedBy:") {
			text = "principals:\n  p:\n    role:\n      " +
				strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n      ") + "\n"
		}
		for _, needed := range []string{"version: 1\n", "stack: shop\n"} {
			if !regexp.MustCompile("(?m)^" + needed[:6]).MatchString(text) {
				text = needed + text
			}
		}
		root, found := spec.Parse(source.New("block.yaml", []byte(text)))
		if len(found) > 0 {
			t.Errorf("%s: %s at %v:\n%s", page, found[0].Code.Number, found[0].Span, block[1])
			continue
		}
		u.see(root, reflect.TypeFor[spec.Spec]())
	}
	for _, p := range properties(reflect.TypeFor[spec.Spec](), nil) {
		of, _, _ := strings.Cut(p, ".")
		if slices.Contains(shownOn, of) && !u.properties[p] && p != notShown {
			t.Errorf("%s shows %s in no block", page, p)
		}
	}
}
