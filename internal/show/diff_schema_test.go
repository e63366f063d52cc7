package show

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// described is what a schema says of one value.
type described struct {
	Description string
	Required    []string
	Properties  map[string]described
	Definitions map[string]described
	Items       *described
	AllOf       []described
	Ref         string `json:"$ref"`
}

// TestSchemaOfDiff holds the JSON Schema and the types that are written against each other: what
// one has and the other has not is a promise that is not kept, or not made.
func TestSchemaOfDiff(t *testing.T) {
	var whole described
	text := expect.Read(t, "../../schema/diff.schema.json")
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	sameProperties(t, "the document", whole, reflect.TypeFor[diffDocument](), whole, seen)
	for name := range whole.Definitions {
		if !seen[name] {
			t.Errorf("nothing refers to the definition %q", name)
		}
	}
}

// sameProperties holds the schema of an object against its type, and so each that it refers to.
func sameProperties(
	t *testing.T, name string, s described, in reflect.Type, whole described, seen map[string]bool,
) {
	t.Helper()
	if !strings.HasSuffix(s.Description, ".") {
		t.Errorf("%s is not described", name)
	}
	var fields []string
	for _, f := range reflect.VisibleFields(in) {
		property, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if property == "-" {
			continue
		}
		fields = append(fields, property)
		p, ok := s.Properties[property]
		if !ok || !strings.HasSuffix(p.Description, ".") {
			t.Errorf("%s.%s of %s is not described", name, property, in)
		}
		if optional := options == "omitempty"; optional == slices.Contains(s.Required, property) {
			t.Errorf("%s.%s: required in the schema and always written are two things", name,
				property)
		}
		of, ref := f.Type, ""
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		switch {
		case of.Kind() != reflect.Struct || of.Name() == "Member":
			continue
		case p.Items != nil:
			ref = p.Items.Ref
		case len(p.AllOf) == 1:
			ref = p.AllOf[0].Ref
		}
		definition := strings.TrimPrefix(ref, "#/definitions/")
		if seen[definition] {
			continue
		}
		seen[definition] = true
		sameProperties(t, name+"."+property, whole.Definitions[definition], of, whole, seen)
	}
	for property := range s.Properties {
		if !slices.Contains(fields, property) {
			t.Errorf("%s has the property %q, which %s has not", name, property, in)
		}
	}
}
