package compile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"
)

// definition is what CloudFormation's registry says of one type: its properties, and which of them
// must be there.
type definition map[string]bool

// definitions reads testdata/definitions.tsv: type, property, whether it is required, whether a
// change of it replaces the resource.
func definitions(t *testing.T) map[string]definition {
	t.Helper()
	text, err := os.ReadFile("testdata/definitions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]definition{}
	for line := range strings.Lines(string(text)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 4 {
			t.Fatalf("a line is type, property, required, replacement: %q", line)
		}
		if out[columns[0]] == nil {
			out[columns[0]] = definition{}
		}
		out[columns[0]][columns[1]] = columns[2] == "required"
	}
	return out
}

// Properties that came after goformation's types are added beside them; each is one that
// CloudFormation has and goformation has not.
func TestPropertiesThatGoformationLacks(t *testing.T) {
	known := definitions(t)
	for _, added := range []struct {
		typed    any
		property string
	}{
		{secretsmanager.Secret{}, "Type"},
		{secretsmanager.RotationSchedule{}, "ExternalSecretRotationRoleArn"},
		{secretsmanager.RotationSchedule{}, "ExternalSecretRotationMetadata"},
	} {
		of := reflect.TypeOf(added.typed)
		name := "AWS::SecretsManager::" + of.Name()
		if _, ok := known[name][added.property]; !ok {
			t.Errorf("CloudFormation's %s has no property %s", name, added.property)
		}
		if _, ok := of.FieldByName(added.property); ok {
			t.Errorf("goformation's %s has %s by now: use it", of.Name(), added.property)
		}
	}
}

// Whatever the compiler writes is what CloudFormation's registry knows.
func TestGoldenTemplatesUseKnownProperties(t *testing.T) {
	known := definitions(t)
	paths, err := filepath.Glob("../../testdata/golden/*/*/want/template.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no golden templates", err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		if err := json.Unmarshal(text, &template); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for id, r := range template.Resources {
			d, ok := known[r.Type]
			if !ok {
				continue // the user's own
			}
			seen[r.Type] = true
			for property := range r.Properties {
				if _, ok := d[property]; !ok {
					t.Errorf("%s: %s: a %s has no property %s", path, id, r.Type, property)
				}
			}
			for property, required := range d {
				if _, ok := r.Properties[property]; required && !ok {
					t.Errorf("%s: %s: a %s needs %s", path, id, r.Type, property)
				}
			}
		}
	}
	for name := range known {
		if !seen[name] {
			t.Errorf("no golden case has a %s", name)
		}
	}
}
