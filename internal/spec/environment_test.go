package spec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// TestEnvironmentsAreBounded: what variables expand to, and how many environments there are, cannot
// be more than a computer has memory for.
func TestEnvironmentsAreBounded(t *testing.T) {
	long := strings.Repeat("x", maxReplaced/1000)
	bomb := "version: 1\nstack: s\nenvironments: { dev: { variables: { a: " + long + " } } }\nsecrets:\n"
	for i := range 2000 {
		bomb += fmt.Sprintf("  s%d: { description: $(a) }\n", i)
	}
	s, _, found := Load([]*source.File{source.New("spec.yaml", []byte(bomb))})
	if s != nil || len(found) != 1 || found[0].Code != diag.AliasBomb {
		t.Errorf("%v %v", s != nil, found)
	}

	many := "version: 1\nstack: s\nsecrets: {}\nenvironments:\n"
	for i := range maxEnvironments + 10 {
		many += fmt.Sprintf("  e%d:\n", i)
	}
	in, _, found := Read([]*source.File{source.New("spec.yaml", []byte(many))})
	if len(in.Environments) != maxEnvironments || len(found) != 1 ||
		found[0].Code != diag.TooMany {
		t.Errorf("%d environments, %v", len(in.Environments), found)
	}
}

// TestTreesOfEnvironmentsShareWhatIsTheSame: what has no variables is not copied, and the tree that
// was read stays as it is.
func TestTreesOfEnvironmentsShareWhatIsTheSame(t *testing.T) {
	const text = `
version: 1
stack: s-$(stage)
environments:
  dev: { variables: { stage: dev } }
  prod: { variables: { stage: prod } }
secrets:
  a: { name: a, tags: { x: y } }
  b: { name: $(stage)/b }
`
	in, _, _ := Read([]*source.File{source.New("spec.yaml", []byte(text))})
	for _, stage := range []string{"dev", "prod", "dev"} {
		s, found := in.Decode(stage)
		if found.HasErrors() || s.In != stage || s.Stack.V != "s-"+stage ||
			s.Secrets.Get("b").V.Name.V != stage+"/b" {
			t.Fatalf("%s: %+v %v", stage, s.Secrets, found)
		}
		if s.Secrets.Get("a").Node != in.roots[0].Get("secrets").Get("a") {
			t.Error("the tree of a secret without variables is copied")
		}
	}
	if got := in.roots[0].Get("stack").Text(); got != "s-$(stage)" {
		t.Errorf("the tree that was read has become %s", got)
	}
}

// TestNullLeavesOut: null for an environment, in each of its spellings, is the spec without what
// stands there; what must be written is an error, and so is what is no environment.
func TestNullLeavesOut(t *testing.T) {
	const header = "version: 1\nstack: s\nenvironments: { dev: , prod: , test: }\n"
	read := func(text string) (*Spec, string) {
		s, _, found := Load([]*source.File{source.New("spec.yaml", []byte(header+text+"\n"))})
		var messages []string
		for i := range found {
			messages = append(messages, found[i].Says(nil))
		}
		return s, strings.Join(messages, "; ")
	}
	for _, null := range []string{"null", "~", "Null", "NULL", "", "!!null"} {
		s, found := read("secrets: { db: { policy: { onlyFromVpcs: { prod: [v], default: " +
			null + " } } } }")
		if found != "" || s.Secrets[0].V.Policy.OnlyFromVPCs != nil {
			t.Errorf("%q: %s", null, found)
		}
	}
	for with, without := range map[string]string{
		"shards: { dev: null, prod: 4, test: 4 }":                            "",
		"grants: { dev: null, default: [] }":                                 "",
		"secrets: { a: { name: { dev: null, default: x } } }":                "secrets: { a: {} }",
		"secrets: { a: { tags: { b: { dev: , test: , prod: c } } } }":        "secrets: { a: { tags: {} } }",
		"secrets: { a: { policy: { exempt: [{ dev: , default: x }, y] } } }": "secrets: { a: { policy: { exempt: [y] } } }",
		"keys: { a: { import: { alias: { dev: null, default: x } } } }":      "keys: { a: {} }",
		"secrets: { a: { attachment: { targetType: { default: } } } }":       "secrets: { a: {} }",
		"principals: { a: { existingRole: { dev: , default: x }, account: 1 } }": "principals: { a: " +
			"{ account: 1 } }",
		"secrets: { a: { rotation: { hosted: { vpc: { subnetIds: { dev: , default: [a] } }, " +
			"rotationType: { dev: , default: x } } } } }": "secrets: { a: {} }",
	} {
		a, found := read(with)
		b, other := read(without)
		if found != "" || other != "" || a.Shards.Set() || a.Grants != nil {
			t.Errorf("%s: %s%s", with, found, other)
			continue
		}
		for _, section := range []string{"secrets", "keys", "principals"} {
			x, y := a.roots[0].Get(section), b.roots[0].Get(section)
			if (x == nil) != (y == nil) || x != nil && !reflect.DeepEqual(plain(x), plain(y)) {
				t.Errorf("%s: %v", with, plain(x))
			}
		}
	}
	const needed = " must be stated, and is null for dev"
	for text, want := range map[string]string{
		"secrets: { a: { replicas: [{ region: { dev: null, default: x }, key: k }] } }": `"region"` +
			needed,
		"grants: [{ to: a, allow: read, secrets: { default: null } }]": `"secrets"` + needed,
		"secrets: { a: { attachment: { targetType: { dev: , default: x }, targetId: b } } }": `"tar` +
			`getType"` + needed,
		"stack: { default: null }":                            `"stack"` + needed,
		"secrets: { a: { name: { dve: x, default: null } } }": `no environment is named "dve"`,
		"secrets: { a: { attachment: { targetType: { dve: x, default: null } } } }": "no environm" +
			`ent is named "dve"`,
		"secrets: { a: { policy: { onlyFromVpcs: { default: [null] } } } }": "expected a text, and " +
			"nothing is written",
		"secrets: { a: { policy: { onlyFromVpcs: [{ dev: , default: x }] } } }": `"onlyFromVpcs" ` +
			"is empty",
		"secrets: { a: { name: null } }": "expected a text, and nothing is written",
	} {
		if strings.HasPrefix(text, "stack") {
			text = strings.Replace(header, "stack: s\n", "", 1) + text
		} else {
			text = header + text
		}
		_, _, list := Load([]*source.File{source.New("spec.yaml", []byte(text+"\n"))})
		if len(list) != 1 || list[0].Says(nil) != want {
			t.Errorf("%s: %d found, want %s", text, len(list), want)
		}
		for i := range list {
			t.Log(list[i].Says(nil))
		}
	}
}
