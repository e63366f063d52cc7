package yaml_test

import (
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// TestTemplateMayTellItsVersionOfYAML: a directive that says which YAML a template is written in is
// passed over, and moves no place; in a spec it is an error, as is every other directive.
func TestTemplateMayTellItsVersionOfYAML(t *testing.T) {
	for text, want := range map[string]*diag.Code{
		"%YAML 1.1\n---\na: b\n":             nil,
		"# c\n%YAML  1.2 # x\r\n---\na: b\n": nil,
		"\xef\xbb\xbf%YAML 1.1\n---\na: b\n": nil,
		"%YAML 1.1\na: b\n":                  nil,
		"%YAML 2.0\n---\na: b\n":             diag.YAMLDirective,
		"%TAG ! !\n---\na: b\n":              diag.YAMLDirective,
		"%YAML 1.1\n---\na: b\n---\n":        diag.SeveralDocs,
	} {
		root, found := yaml.ParseTemplate(source.New("t.yaml", []byte(text)))
		if want != nil {
			if root != nil || len(found) != 1 || found[0].Code != want {
				t.Errorf("%q: found %v", text, found)
			}
			continue
		}
		if root == nil || len(found) != 0 || root.Get("a") == nil {
			t.Errorf("%q is not read: %v", text, found)
			continue
		}
		span := root.Get("a").Span()
		if got := text[span.Start:span.End]; got != "b" {
			t.Errorf("%q: the value is at %q", text, got)
		}
	}
	as := yaml.Document{Name: "spec", Parts: "properties", Hint: "x"}
	root, found := yaml.Parse(source.New("s.yaml", []byte("%YAML 1.1\n---\na: b\n")), as)
	if root != nil || len(found) != 1 || found[0].Code != diag.YAMLDirective {
		t.Errorf("a spec with a directive: %v", found)
	}
}
