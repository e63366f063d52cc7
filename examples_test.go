package secretctl_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

const examplesDir = "examples"

// TestExamplesCompile: every file and every folder of examples is a spec that compiles without errors and warnings, to the same bytes
// whenever it does.
func TestExamplesCompile(t *testing.T) {
	entries, err := os.ReadDir(examplesDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			path := examplesDir + "/" + e.Name()
			first := compiled(t, "", path)
			if second := compiled(t, "", path); second != first {
				t.Errorf("the second time it compiles to something else:\n%s", lineDiff(first, second))
			}
		})
	}
}

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// TestSpecsInReadmeCompile: the yaml blocks of README.md that state a stack are specs that compile without errors and warnings.
func TestSpecsInReadmeCompile(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	specs := 0
	for _, block := range yamlBlock.FindAllStringSubmatch(string(readme), -1) {
		if strings.Contains("\n"+block[1], "\nstack:") {
			specs++
			compiled(t, block[1], "-")
		}
	}
	if specs == 0 {
		t.Error("README.md shows no spec")
	}
}

// compiled compiles a spec that must have neither errors nor warnings, and returns every file that it gives.
func compiled(t *testing.T, stdin, path string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	dir := filepath.Join(t.TempDir(), "out")
	code := cli.Run([]string{"compile", path, "--strict", "--output", dir}, cli.Env{Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr, Dir: "."})
	if code != 0 {
		t.Fatalf("%s does not compile cleanly: exit %d\n%s", path, code, &stderr)
	}
	var all strings.Builder
	files := readTree(t, dir)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all.WriteString(name + "\n" + files[name])
	}
	return all.String()
}

// TestEveryPropertyHasAGoldenCase: every property of the language and every verb stands in the spec of a case that compiles or, while
// this version refuses it, of one in which that is all that is wrong.
func TestEveryPropertyHasAGoldenCase(t *testing.T) {
	u := usage{properties: map[string]bool{}, verbs: map[string]bool{}}
	for _, dir := range goldenDirs(t, "*/*") {
		c := readCase(t, dir)
		if wrong := codes(c.want["stdout"] + c.want["stderr"]); c.want["exit"] != "" && !slices.Equal(slices.Compact(wrong), []string{"SC0001"}) {
			continue
		}
		for _, f := range c.specs(c.files) {
			if root, found := spec.Parse(f); root != nil && len(found) == 0 {
				u.see(root, reflect.TypeFor[spec.Spec]())
			}
		}
	}
	for _, p := range properties(reflect.TypeFor[spec.Spec](), nil) {
		if !u.properties[p] {
			t.Errorf("no golden case shows %s", p)
		}
	}
	for _, verb := range grants.Verbs {
		if !u.verbs[verb.Name] {
			t.Errorf("no golden case grants %q", verb.Name)
		}
	}
}

// usage is what the golden specs use of the language.
type usage struct{ properties, verbs map[string]bool }

// see notes the properties of a node that is written for a type of package spec, and of everything in it.
func (u usage) see(n *spec.Node, in reflect.Type) {
	if in.Kind() == reflect.Slice {
		u.seeEach(n, in)
		return
	}
	if in.Kind() != reflect.Struct || n.Kind != spec.Map {
		return
	}
	for _, p := range n.Pairs {
		field, ok := property(in, p.Key.Text)
		if !ok {
			continue
		}
		name := in.Name() + "." + p.Key.Text
		u.properties[name] = true
		if name == "Grant.allow" {
			u.seeVerbs(p.Value)
		}
		u.see(p.Value, field.Type)
	}
}

// seeEach looks into the items of a List, of which a single one may stand alone, or the values of Entries.
func (u usage) seeEach(n *spec.Node, in reflect.Type) {
	item := in.Elem()
	if value, ok := item.FieldByName("V"); ok && strings.HasPrefix(item.Name(), "Entry[") {
		for _, p := range n.Pairs {
			u.see(p.Value, value.Type)
		}
		return
	}
	if n.Kind != spec.Seq {
		u.see(n, item)
	}
	for _, i := range n.Items {
		u.see(i, item)
	}
}

func (u usage) seeVerbs(n *spec.Node) {
	u.verbs[n.Text] = true
	for _, i := range n.Items {
		u.verbs[i.Text] = true
	}
}

// property returns the field of a type that holds a property.
func property(of reflect.Type, name string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(of) {
		if tag, ok := f.Tag.Lookup("spec"); ok && strings.Split(tag, ",")[0] == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// properties returns the properties of a type of package spec and of everything in it as "Type.property", after those seen already.
func properties(of reflect.Type, seen []string) []string {
	switch {
	case of.Kind() == reflect.Slice && strings.HasPrefix(of.Elem().Name(), "Entry["):
		value, _ := of.Elem().FieldByName("V")
		return properties(value.Type, seen)
	case of.Kind() == reflect.Slice:
		return properties(of.Elem(), seen)
	case of.Kind() != reflect.Struct || of == reflect.TypeFor[source.Span]():
		return seen
	}
	for _, f := range reflect.VisibleFields(of) {
		tag, ok := f.Tag.Lookup("spec")
		if !ok {
			continue
		}
		name := of.Name() + "." + strings.Split(tag, ",")[0]
		if !slices.Contains(seen, name) {
			seen = properties(f.Type, append(seen, name))
		}
	}
	return seen
}

// TestPropertiesAreFound: the properties of the language are read off its types, nested ones included.
func TestPropertiesAreFound(t *testing.T) {
	all := properties(reflect.TypeFor[spec.Spec](), nil)
	for _, p := range []string{"Spec.stack", "Secret.replicas", "Replica.region", "OIDC.subject", "Grantee.until", "When.mfa", "ApplicationPort.port"} {
		if !slices.Contains(all, p) {
			t.Errorf("%s is not among the %d properties found", p, len(all))
		}
	}
}

// TestErrorInReadmeIsReal holds the README's example of an error to what secretctl says.
func TestErrorInReadmeIsReal(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile("testdata/golden/codes/SC4013-guardrail-defeats-grant/want/stdout")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```text\n"+string(said)+"```\n") {
		t.Errorf("the README does not show what secretctl says:\n%s", said)
	}
}
