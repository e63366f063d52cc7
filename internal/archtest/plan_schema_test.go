package archtest

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/schema"
)

// shape is what a schema says of one object.
type shape struct {
	Description string
	Required    []string
	Properties  map[string]shape
	Definitions map[string]shape
	Items       *shape
	Ref         string `json:"$ref"`
}

// TestPlanSchemaAndPlanHaveTheSameProperties: what one has and the other has not is a promise that
// is not kept, or not made.
func TestPlanSchemaAndPlanHaveTheSameProperties(t *testing.T) {
	expect.InRoot(t)
	var whole shape
	if err := json.Unmarshal(schema.Plan, &whole); err != nil {
		t.Fatal(err)
	}
	samePlanProperties(t, "the document", whole, reflect.TypeFor[plan.Plan]())
	for name, in := range map[string]reflect.Type{
		"stack":    reflect.TypeFor[plan.Stack](),
		"document": reflect.TypeFor[plan.Document](),
		"handOver": reflect.TypeFor[plan.HandOver](),
	} {
		samePlanProperties(t, name, whole.Definitions[name], in)
		delete(whole.Definitions, name)
	}
	for name := range whole.Definitions {
		t.Errorf("no type is held to the definition %q", name)
	}
}

// samePlanProperties holds a schema and a type against each other, and wants every property
// described.
func samePlanProperties(t *testing.T, name string, s shape, in reflect.Type) {
	t.Helper()
	if !strings.HasSuffix(s.Description, ".") {
		t.Errorf("%s is not described", name)
	}
	fields := map[string]bool{}
	for _, f := range reflect.VisibleFields(in) {
		property, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if property == "-" {
			continue // it is for who shows the plan
		}
		fields[property] = true
		p, ok := s.Properties[property]
		if !ok {
			t.Errorf("%s lacks the property %q of %s", name, property, in)
			continue
		}
		if optional := options == "omitempty"; optional == slices.Contains(s.Required, property) {
			t.Errorf("%s.%s: required in the schema and always there in the plan are two things",
				name, property)
		}
		if !strings.HasSuffix(p.Description, ".") {
			t.Errorf("%s.%s is not described", name, property)
		}
		if f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct &&
			f.Type.Elem().PkgPath() == in.PkgPath() && (p.Items == nil || p.Items.Ref == "") {
			t.Errorf("%s.%s does not refer to the definition of its items", name, property)
		}
	}
	for property := range s.Properties {
		if !fields[property] {
			t.Errorf("%s has the property %q, which %s has not", name, property, in)
		}
	}
}
