// Package schema holds the JSON Schema of the spec language. It knows nothing of how it is used.
package schema

import _ "embed"

// Spec is the JSON Schema of a spec, draft 7, as `secretctl schema` prints it.
//
//go:embed spec.schema.json
var Spec []byte
