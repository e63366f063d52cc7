package spec

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// mayBeEmpty are the lists and mappings of the language that may be empty: they add something, and
// empty they add nothing. What restricts, names or guards says filled in its tag instead.
var mayBeEmpty = []string{
	"Guardrails.statements", "KeyPolicy.statements", "Role.assumedBy", "Role.managedPolicyArns",
	"SecretValue.object", "ExternalRotation.metadata",
	"Defaults.replicas", "Defaults.tags", "Key.tags", "Role.tags", "Secret.tags", "Secret.grants",
	"Secret.replicas", "Spec.accept", "Spec.assert", "Spec.conditions", "Spec.export", "Spec.grants", "Spec.keys", "Spec.mappings",
	"Spec.metadata", "Spec.outputs", "Spec.parameters", "Spec.principals", "Spec.resources",
	"Spec.secrets", "Spec.silence", "Spec.tags",
	"NamedEnvironment.tags", "NamedEnvironment.variables",
}

// TestEveryListSaysWhetherItMayBeEmpty: each list and mapping of the language, wherever it stands,
// refuses to be empty or is one of those that may be. Nobody means everything by writing nothing.
func TestEveryListSaysWhetherItMayBeEmpty(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var lists []string
	var walk func(of reflect.Type)
	walk = func(of reflect.Type) {
		switch {
		case of.Kind() == reflect.Slice:
			walk(of.Elem())
			return
		case of.Kind() != reflect.Struct || seen[of]:
			return
		}
		seen[of] = true
		if field, isEntry := of.FieldByName("V"); isEntry {
			walk(field.Type)
			return
		}
		for _, p := range shapeOf(of).properties {
			field := p.of
			walk(field)
			if field.Kind() != reflect.Slice {
				continue
			}
			name := of.Name() + "." + p.name
			lists = append(lists, name)
			if p.filled == slices.Contains(mayBeEmpty, name) {
				t.Errorf("%s: say filled in its tag, or name it in mayBeEmpty", name)
			}
			if p.filled && p.absent() == "" && !p.required && p.oneof == "" {
				t.Errorf("%s does not say what its absence means", name)
			}
		}
	}
	walk(specType)
	for _, name := range mayBeEmpty {
		if !slices.Contains(lists, name) {
			t.Errorf("there is no list %s", name)
		}
	}
	if len(lists) < 40 || !strings.Contains(strings.Join(lists, " "), "When.sourceVpce") {
		t.Errorf("only %d lists were found: %s", len(lists), lists)
	}
}
