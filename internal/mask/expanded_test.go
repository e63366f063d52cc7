package mask_test

import (
	"strings"
	"testing"
)

// TestWhatVariablesMakeIsHidden: in the tree of each environment, and not in that of the file,
// stands what is a credential.
func TestWhatVariablesMakeIsHidden(t *testing.T) {
	const environments = "environments: { dev: { variables: { " +
		"a: one, b: two, k: DB_PASSWORD, t: AWS::RDS::DBInstance, " +
		"url: 'pg://app:hunter2@host' } }, " +
		"prod: { variables: { " +
		"a: 'postgres://u:', b: 'hunter2@host/app', k: x, t: y, url: 'z' } } }\n"
	for name, c := range map[string]struct{ text, shown string }{
		"a text of two variables": {"outputs: { A: { Value: $(a)$(b) } }", "Value: •"},
		"a connection string":     {"outputs: { A: { Value: $(url) } }", "Value: •"},
		"one in a tag":            {"tags: { x: $(url) }", "tags: { x: •"},
		"a property with a variable": {"resources: { F: { Properties: { $(k): hunter2 } } }",
			"$(k): •"},
		"a type with a variable": {"resources: { F: { Type: $(t), " +
			"Properties: { MasterUserPassword: hunter2 } } }", "MasterUserPassword: •"},
	} {
		shown := shownOfSpec("version: 1\n" + environments + c.text + "\n")
		if strings.Contains(shown, "hunter2") || !strings.Contains(shown, c.shown) {
			t.Errorf("%s:\n%s", name, shown)
		}
	}
}

// TestMisplacedVariablesAreHidden: wherever they stand, and whatever is written as environments.
func TestMisplacedVariablesAreHidden(t *testing.T) {
	for _, text := range []string{
		"environment: { variables: { hook: hunter2 } }",
		"environment:\n  variables:\n    hook: hunter2",
		"environment: { dev: { hook: hunter2 } }",
		"environment: { dev: { variables: { hook: hunter2 } } }",
		"defaults: { variables: { hook: hunter2 } }",
		"grants: [ { variables: { hook: hunter2 } } ]",
		"environments: [ { name: dev, variables: { hook: hunter2 } } ]",
		"environments:\n  - dev: { variables: { hook: hunter2 } }",
		"environments: 'dev: hunter2'",
		"environments: { dev: hunter2 }",
		"environments: { dev: { variables: [ hunter2 ] } }",
		"environments: { dev: { variables: { a: { variables: hunter2 } } } }",
		"environment: { variables: { hook: hunter2 }", // which cannot be read
	} {
		if shown := shownOfSpec("version: 1\n" + text + "\n"); strings.Contains(shown, "hunter2") {
			t.Errorf("%s", shown)
		}
	}
}
