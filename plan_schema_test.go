package secretctl_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/compile"
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

// TestPlansKeepToTheirSchema: what plan --format json prints of every example and every golden case that has a plan, and every plan.json
// that a golden case expects.
func TestPlansKeepToTheirSchema(t *testing.T) {
	s := planSchema(t)
	seen := 0
	check := func(name, document string) {
		seen++
		for _, wrong := range against(t, s, document) {
			t.Errorf("%s: %s", name, wrong)
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
	for _, dir := range goldenDirs(t, "*/*") {
		c := readCase(t, dir)
		for name, text := range c.want {
			if path.Base(name) == "plan.json" {
				check(dir, text)
			}
		}
		if c.args[0] != "compile" && c.args[0] != "plan" {
			continue
		}
		if text, ok := c.plan(t); ok {
			check(dir, text)
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
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	var paths []string
	for _, f := range c.specs(c.files) {
		paths = append(paths, strings.Replace(f.Name, "<stdin>", "-", 1))
	}
	text, code := plan(dir, c.stdin, paths...)
	if code != 0 && c.want["exit"] == "" {
		t.Errorf("%s compiles and has no plan", c.dir)
	}
	return text, code == 0
}

// plan runs plan --format json in a directory.
func plan(dir, stdin string, paths ...string) (text string, code int) {
	var stdout bytes.Buffer
	args := append([]string{"plan", "--format", "json"}, paths...)
	code = cli.Run(args, cli.Env{Stdin: strings.NewReader(stdin), Stdout: &stdout, Dir: dir})
	return stdout.String(), code
}

// TestPlanSchemaRefusesWhatIsNoPlan: a schema that accepts everything would not be noticed otherwise.
func TestPlanSchemaRefusesWhatIsNoPlan(t *testing.T) {
	s := planSchema(t)
	good, code := plan(".", "", examplesDir+"/01-quickstart.yaml")
	if code != 0 || len(against(t, s, good)) > 0 {
		t.Fatalf("exit %d: %s", code, good)
	}
	for _, change := range [][2]string{
		{`"version": 1`, `"version": 2`}, {`"stacks"`, `"stack"`}, {`"kind": "home"`, `"kind": "house"`}, {`"bytes": `, `"bytes": -`}, {`"handOver": []`, `"handOver": [{}]`},
		{`"sha256": "`, `"sha256": "x`}, {`"CAPABILITY_IAM"`, `"CAPABILITY"`}, {`"size": `, `"length": `},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good || len(against(t, s, bad)) == 0 {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}

// shape is what a schema says of one object.
type shape struct {
	Description string
	Required    []string
	Properties  map[string]shape
	Definitions map[string]shape
	Items       *shape
	Ref         string `json:"$ref"`
}

// TestPlanSchemaAndPlanHaveTheSameProperties: what one has and the other has not is a promise that is not kept, or not made.
func TestPlanSchemaAndPlanHaveTheSameProperties(t *testing.T) {
	var whole shape
	if err := json.Unmarshal(schema.Plan, &whole); err != nil {
		t.Fatal(err)
	}
	samePlanProperties(t, "the document", whole, reflect.TypeFor[compile.Plan]())
	for name, in := range map[string]reflect.Type{
		"stack": reflect.TypeFor[compile.PlanStack](), "document": reflect.TypeFor[compile.PlanDocument](), "handOver": reflect.TypeFor[compile.HandOver](),
	} {
		samePlanProperties(t, name, whole.Definitions[name], in)
		delete(whole.Definitions, name)
	}
	for name := range whole.Definitions {
		t.Errorf("no type is held to the definition %q", name)
	}
}

// samePlanProperties holds a schema and a type against each other, and wants every property described.
func samePlanProperties(t *testing.T, name string, s shape, in reflect.Type) {
	t.Helper()
	if !strings.HasSuffix(s.Description, ".") {
		t.Errorf("%s is not described", name)
	}
	fields := map[string]bool{}
	for _, f := range reflect.VisibleFields(in) {
		property, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[property] = true
		p, ok := s.Properties[property]
		if !ok {
			t.Errorf("%s lacks the property %q of %s", name, property, in)
			continue
		}
		if optional := options == "omitempty"; optional == slices.Contains(s.Required, property) {
			t.Errorf("%s.%s: required in the schema and always there in the plan are two things", name, property)
		}
		if !strings.HasSuffix(p.Description, ".") {
			t.Errorf("%s.%s is not described", name, property)
		}
		if f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct && f.Type.Elem().PkgPath() == in.PkgPath() && (p.Items == nil || p.Items.Ref == "") {
			t.Errorf("%s.%s does not refer to the definition of its items", name, property)
		}
	}
	for property := range s.Properties {
		if !fields[property] {
			t.Errorf("%s has the property %q, which %s has not", name, property, in)
		}
	}
}

// TestPlanInDocsIsReal holds the examples of docs/plan.md to what secretctl prints.
func TestPlanInDocsIsReal(t *testing.T) {
	page, err := os.ReadFile("docs/plan.md")
	if err != nil {
		t.Fatal(err)
	}
	plan := readCase(t, filepath.Join(goldenDir, "plan", "text")).want["stdout"]
	script := readCase(t, filepath.Join(goldenDir, "plan", "script-bucket")).want["stdout"]
	call := script[strings.Index(script, "aws cloudformation"):]
	for _, block := range []string{"```text\n" + plan + "```\n", "```sh\n" + call + "```\n"} {
		if !strings.Contains(string(page), block) {
			t.Errorf("docs/plan.md does not show:\n%s", block)
		}
	}
}
