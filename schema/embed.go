// Package schema holds the JSON Schemas of the spec language and of the plan. It knows nothing of
// how they are used.
package schema

import _ "embed"

// Spec is the JSON Schema of a spec, draft 7, as `secretctl schema` prints it.
//
//go:embed spec.schema.json
var Spec []byte

// Plan is the JSON Schema of plan.json, draft 7, as `secretctl schema plan` prints it.
//
//go:embed plan.schema.json
var Plan []byte
