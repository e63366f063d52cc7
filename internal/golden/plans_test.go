package golden

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/schema"
)

// planSchema compiles the JSON Schema of plans.
func planSchema(t *testing.T) *gojsonschema.Schema {
	t.Helper()
	compiled, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(schema.Plan))
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// against returns what a schema finds wrong with a document.
func against(t *testing.T, s *gojsonschema.Schema, document string) []gojsonschema.ResultError {
	t.Helper()
	result, err := s.Validate(gojsonschema.NewStringLoader(document))
	if err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	return result.Errors()
}

// TestPlansKeepToTheirSchema: what plan --format json prints of every example and every golden case
// that has a plan, and every plan.json that a golden case expects.
func TestPlansKeepToTheirSchema(t *testing.T) {
	expect.InRoot(t)
	if testing.Short() {
		t.Skip("every case is compiled again")
	}
	s := planSchema(t)
	seen := 0
	check := func(name, document string) {
		for _, one := range eachPlan(t, document) {
			seen++
			for _, wrong := range against(t, s, one) {
				t.Errorf("%s: %s", name, wrong)
			}
		}
	}
	examples, err := os.ReadDir(examplesDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		if text, code := plan(".", "", examplesDir+"/"+e.Name()); code == 0 {
			check(e.Name(), text)
		} else {
			t.Errorf("%s has no plan", e.Name())
		}
	}
	for _, name := range caseNames(t, "*") {
		c := readCase(t, name)
		for file, text := range c.want {
			if path.Base(file) == "plan.json" {
				check(name, text)
			}
		}
		if c.args[0] != "compile" && c.args[0] != "plan" {
			continue
		}
		if text, ok := c.plan(t); ok {
			check(name, text)
		}
	}
	if seen < 200 {
		t.Errorf("only %d plans were seen", seen)
	}
}

// plan prints the plan of a case's spec, if it has one.
func (c *goldenCase) plan(t *testing.T) (text string, ok bool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range c.files {
		expect.Write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	text, code := plan(dir, c.stdin, c.pathsAndEnvironment()...)
	if code != 0 && c.want["exit"] == "" {
		t.Errorf("%s compiles and has no plan", c.dir)
	}
	return text, code == 0
}

// pathsAndEnvironment returns the arguments of a case that say which specs it is about.
func (c *goldenCase) pathsAndEnvironment() []string {
	var out []string
	for i := 1; i < len(c.args); i++ {
		switch arg := c.args[i]; {
		case arg == "--environment":
			out = append(out, arg, c.args[i+1])
			i++
		case slices.Contains([]string{"-o", "--output", "--format", "--parameter", "--profile",
			"--bucket"}, arg):
			i++
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			out = append(out, arg)
		}
	}
	return out
}

// eachPlan returns the plans of a document, which is one or has several.
func eachPlan(t *testing.T, document string) []string {
	t.Helper()
	var several struct{ Plans []json.RawMessage }
	if err := json.Unmarshal([]byte(document), &several); err != nil {
		t.Fatal(err)
	}
	if several.Plans == nil {
		return []string{document}
	}
	var out []string
	for _, one := range several.Plans {
		out = append(out, string(one))
	}
	return out
}

// plan runs plan --format json in a directory.
func plan(dir, stdin string, paths ...string) (text string, code int) {
	args := append([]string{"plan", "--format", "json"}, paths...)
	text, _, code = execute(dir, stdin, args...)
	return text, code
}

// TestPlanSchemaRefusesWhatIsNoPlan: a schema that accepts everything would not be noticed
// otherwise.
func TestPlanSchemaRefusesWhatIsNoPlan(t *testing.T) {
	expect.InRoot(t)
	s := planSchema(t)
	good, code := plan(".", "", examplesDir+"/01-quickstart.yaml")
	if code != 0 || len(against(t, s, good)) > 0 {
		t.Fatalf("exit %d: %s", code, good)
	}
	for _, change := range [][2]string{
		{`"version": 1`, `"version": 2`},
		{`"stacks"`, `"stack"`},
		{`"kind": "home"`, `"kind": "house"`},
		{`"bytes": `, `"bytes": -`},
		{`"handOver": []`, `"handOver": [{}]`},
		{`"sha256": "`, `"sha256": "x`},
		{`"CAPABILITY_IAM"`, `"CAPABILITY"`},
		{`"size": `, `"length": `},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good || len(against(t, s, bad)) == 0 {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}
