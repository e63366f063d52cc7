package change

import (
	"strings"
	"testing"
)

// nested is a text that mentions a variable 300 times, which is such a text, and so on.
func nested(depth int, last string) string {
	if depth == 0 {
		return last
	}
	return "{Fn::Sub: ['" + strings.Repeat("${a}", 300) + "', {a: " + nested(depth-1, last) + "}]}"
}

// TestFunctionsHaveABudget compares values whose functions make too much.
func TestFunctionsHaveABudget(t *testing.T) {
	const condition = "Conditions: {P: !Equals [!Ref 'AWS::StackId', a]}\nResources:\n"
	twice := func(last string) string {
		v := last
		for range 11 {
			v = "{Fn::Sub: ['${a}${a}${a}', {a: {Fn::If: [P, " + v + ", b]}}]}"
		}
		return v
	}
	for name, of := range map[string]func(string) string{
		"three deep":          func(last string) string { return nested(3, last) },
		"twelve deep":         func(last string) string { return nested(12, last) },
		"thrice, eleven deep": twice,
		"a list of many":      func(last string) string { return "[" + many(nested(2, "x"), 60) + last + "]" },
		"beside a known part": func(last string) string { return "{Fn::Join: ['', [a, " + nested(3, last) + "]]}" },
	} {
		text := func(last string) string {
			return condition + "  S: {Type: AWS::SecretsManager::Secret, Properties: {Description: " +
				of(last) + "}}"
		}
		before := []Stack{stack(t, "app", text("x"))}
		found := Resources(before, []Stack{stack(t, "app", text("y"))})
		if len(found) != 1 || found[0].Property != "Description" {
			t.Errorf("%s: %s", name, shown(found))
		}
		if name != "a list of many" && !found[0].Unknown {
			t.Errorf("%s: %s is known", name, shown(found))
		}
		if found := Resources(before, []Stack{stack(t, "app", text("x"))}); len(found) > 0 {
			t.Errorf("%s: it differs from itself: %s", name, shown(found))
		}
	}
}

func many(v string, n int) string { return strings.Repeat(v+", ", n) }
