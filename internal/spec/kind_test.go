package spec

import (
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

func TestTemplatesAreToldFromSpecs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"a spec", "version: 1\nstack: x\nsecrets: {}\n", false},
		{"a spec with resources", "# Resources:\nversion: 1\nresources: {}\n", false},
		{"a spec that has a section of the wrong name", "version: 1\nResources: {}\n", false},
		{"a template", "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n", true},
		{"a template without its version",
			"\xef\xbb\xbf---\n# x\nDescription: 'a: b'\nParameters:\n  version:\n    Type: " +
				"String\nResources:\n  A: {}\n", true},
		{"an indented template", "  Resources:\n    A: {}\n", true},
		{"a template in JSON",
			`{"Parameters": {"stack": {"Type": "String", "Default": "},{"}}, "Resources" : {}}`,
			true},
		{"a spec in JSON", `{ "description": "Resources: {}", "version": 1, "Resources": {}}`,
			false},
		{"a template in braces", "\n{Outputs: {}, 'Resources': {}}", true},
		{"JSON that is neither", `{"a": [{"Resources": 1}]}`, false},
		{"JSON without an end", `{"a": "`, false},
		{"nothing", "", false},
		{"a text", "Resources", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := IsTemplate(source.New("x", []byte(c.text))); got != c.want {
				t.Errorf("IsTemplate is %t", got)
			}
		})
	}
}

// TestFilesThatLookLikeSpecs: what other tools' files have and no spec decides.
func TestFilesThatLookLikeSpecs(t *testing.T) {
	for text, want := range map[string]bool{
		"stack: x\nsecrets: {}\n": true, "grants: []\n": true, "name: ci\non: push\n": false,
		"secrets: {}\nservices: {}\n": false, "a: 1\n": false, "": false,
	} {
		if got := LooksLikeSpec(source.New("x", []byte(text))); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// TestFilesThatAreReadInDirectories: a word of the language, or one that is nearly one, decides,
// unless another tool's key stands in the file.
func TestFilesThatAreReadInDirectories(t *testing.T) {
	for text, want := range map[string]bool{
		"secrets: {}\n": true, "secret: {}\n": true, "sercets: {}\n": true, "grnats: []\n": true,
		"tags: {}\n": true, "{ \"version\": 1 }": true, "stack: x\nsecretz: {}\n": true,
		"resources: {}\n": true, "scrts: {}\n": false, "name: x\n": false, "": false,
		"version: '3'\nservices: {}\n": false, "Resources: {}\nversion: 1\n": false,
		"on: push\ndefaults: {}\n": false, "resources: []\nkind: Kustomization\n": false,
		"resources: []\nimages: []\n": false, "version: 0.2\nphases: {}\n": false,
		"# secrets: {}\nx: { secrets: {} }\n": false, "--- { version: 1, secrets: {} }\n": true,
		"--- # x\nversion: 1\n--- {x: y}\n": true, "\xff\xfet\x00a\x00g\x00s\x00:\x00": true,
		"\xfe\xff\x00t\x00a\x00g\x00s\x00:": true, "--- [ version: 1 ]\n": false,
		"environments: { default: {} }\nreleases: []\n": false,
	} {
		if got := MayBeSpec(source.New("x", []byte(text))); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func TestStacksAreFoundWithoutReadingAFile(t *testing.T) {
	for text, want := range map[string]string{
		"stack: shop\n": "shop", "version: 1\r\nstack: 'shop' # the shop\r\nx: y\r\n": "shop",
		"\xef\xbb\xbf---\nstack:   \"a b\"": "a b", "{version: 1, stack: shop, x: y}": "shop",
		"{\n  \"stack\": \"shop\"\n}": "shop", "stack: $(stage)-x\n": "$(stage)-x",
		"stack:\n  dev: a\n": "dev: a", "stack: {prod: b, dev: a}\n": "dev: a, prod: b",
		"{stack: {dev: a, prod: b}, version: 1}": "dev: a, prod: b", "stack: >-\n  a\n": "a",
		"x-s: &s shop\nstack: *s\n": "shop", "--- { version: 1, stack: shop }": "shop",
		"s\x00t\x00a\x00c\x00k\x00:\x00 \x00a\x00": "a", "stack: !!str a\n": "a",
		"x: { stack: y }\n": "-", "stacks: y\n": "-", "": "-", "# stack: y\n": "-",
	} {
		got, stated := StackOf(source.New("x", []byte(text)))
		if !stated {
			got = "-"
		}
		if got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
