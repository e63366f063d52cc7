package golden

import (
	"slices"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/schema"
)

// TestDiffsKeepToTheirSchema: what diff --format json prints in every golden case, and a schema
// that accepts everything would not be noticed otherwise.
func TestDiffsKeepToTheirSchema(t *testing.T) {
	expect.InRoot(t)
	s, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(schema.Diff))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range caseNames(t, "diff") {
		c := readCase(t, name)
		if !slices.Contains(c.args, "json") {
			continue
		}
		seen++
		for _, wrong := range against(t, s, c.want["stdout"]) {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	if seen < 4 {
		t.Errorf("only %d documents were seen", seen)
	}
	good := readCase(t, "diff/json").want["stdout"]
	for _, change := range [][2]string{
		{`"version": 1`, `"version": 2`},
		{`"change": "narrows"`, `"change": "shrinks"`},
		{`"before": "allow"`, `"before": "yes"`},
		{`"risk": "update"`, `"risk": "none"`},
		{`"accepted": 0`, `"accepted": -1`},
		{`"mayBecome"`, `"becomes"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good || len(against(t, s, bad)) == 0 {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}
