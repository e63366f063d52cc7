// Package starter has the specs that somebody begins with: small, complete, and with comments that
// teach. It does not know where they are written.
package starter

import "embed"

// SchemaFile is the file with the JSON Schema of specs that the first line of each example names.
const SchemaFile = ".secretctl.schema.json"

// Names are the examples other than the usual one, which has no name.
var Names = []string{"rds", "ecs", "ci", "accounts"}

//go:embed specs/*.yaml
var specs embed.FS

// Spec returns the text of an example; "" is the usual one. An example that is not there panics.
func Spec(name string) []byte {
	if name == "" {
		name = "basic"
	}
	text, err := specs.ReadFile("specs/" + name + ".yaml")
	if err != nil {
		panic("starter: there is no example " + name)
	}
	return text
}
