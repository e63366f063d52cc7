package credentials

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// A file that makes much of little is still looked at in time that its size bounds.
func TestCompositionIsBounded(t *testing.T) {
	item := "{ \"Fn::If\": [C, a, b] }"
	f := source.New(
		"template.yaml",
		[]byte(`Resources: { R: { Type: "Custom::X", Properties: { U: { "Fn::Join": ["", [`+
			strings.Repeat(item+", ", 2000)+item+`]] } } } }`),
	)
	root, _ := yaml.ParseTemplate(f)
	s := SectionsOf(root.Pairs(), "Parameters", "Mappings")
	value := root.Get("Resources").Get("R").Get("Properties").Get("U")
	for range 50 {
		s.Credentials(value)
	}
	if most := 4 * maxWork; *s.work < -most {
		t.Errorf("the work is %d bytes more than allowed", -*s.work)
	}
	if n := len(s.compose(value)); n != 1 {
		t.Errorf("%d variants after the work is done", n)
	}
}
