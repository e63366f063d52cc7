// Package schema holds the JSON Schemas of the spec language, of the plan, of diff and of version.
// It knows nothing of how they are used.
package schema

import (
	_ "embed"
	"encoding/json"
	"maps"
)

// Spec is the JSON Schema of a spec, draft 7, as `secretctl schema` prints it.
//
//go:embed spec.schema.json
var Spec []byte

// Plan is the JSON Schema of plan.json, draft 7, as `secretctl schema plan` prints it.
//
//go:embed plan.schema.json
var Plan []byte

// Diff is the JSON Schema of what diff --format json prints, draft 7, as `secretctl schema diff`
// prints it.
//
//go:embed diff.schema.json
var Diff []byte

// Version is the JSON Schema of what version --format json prints, draft 7, as `secretctl schema
// version` prints it.
//
//go:embed version.schema.json
var Version []byte

// Single returns Spec for what is left of a spec once it is that of a single environment: without
// variables, and without mappings that state something by environment. Every call returns a value
// of its own.
func Single() map[string]any {
	var whole map[string]any
	if err := json.Unmarshal(Spec, &whole); err != nil {
		panic("schema: the embedded schema is not JSON: " + err.Error())
	}
	single(whole)
	definitions := whole["definitions"].(map[string]any)
	for _, name := range []string{"byEnvironment", "isByEnvironment", "areListsByEnvironment"} {
		delete(definitions, name)
	}
	return whole
}

// single puts what stands there otherwise in the place of two alternatives of which one is a
// mapping by environment.
func single(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, inner := range s {
			single(inner)
		}
	case map[string]any:
		if either, ok := s["anyOf"].([]any); ok && len(either) == 2 {
			if isByEnvironment(either[1]) {
				delete(s, "anyOf")
				maps.Copy(s, either[0].(map[string]any))
			}
		}
		if isByEnvironment(s["then"]) {
			otherwise := s["else"].(map[string]any)
			clear(s)
			maps.Copy(s, otherwise)
		}
		for _, inner := range s {
			single(inner)
		}
	}
}

// isByEnvironment says whether a schema is that of mappings by environment.
func isByEnvironment(schema any) bool {
	s, _ := schema.(map[string]any)
	return s["$ref"] == "#/definitions/byEnvironment"
}
