package cfn

import (
	"slices"
	"testing"
)

// TestIDsOfFinishedTemplates: they are sorted once, and a copy that becomes another template has
// its own.
func TestIDsOfFinishedTemplates(t *testing.T) {
	one := &Template{Resources: map[string]*Resource{"B": {Type: "T"}, "A": {}}}
	one.Finish()
	two := *one
	two.Resources = map[string]*Resource{"D": {}, "C": {Type: "T"}}
	for _, c := range []struct {
		of    *Template
		want  []string
		typed string
	}{{one, []string{"A", "B"}, "B"}, {&two, []string{"C", "D"}, "C"}} {
		if got := c.of.IDs(); !slices.Equal(got, c.want) {
			t.Errorf("the IDs are %v, not %v", got, c.want)
		}
		if got := c.of.IDsOf("T"); !slices.Equal(got, []string{c.typed}) {
			t.Errorf("the IDs of a type are %v, not %s", got, c.typed)
		}
	}
	if first, again := &one.IDs()[0], &one.IDs()[0]; first != again {
		t.Error("the IDs of a finished template are sorted again")
	}
}
