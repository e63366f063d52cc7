package cfn

import (
	"fmt"
	"testing"
)

// TestCanHoldTogether: conditions that exclude each other, by parameters, by mappings' keys, by
// being each other's contrary, and those that do not.
func TestCanHoldTogether(t *testing.T) {
	ref := func(name string) Object { return Object{{"Ref", name}} }
	equals := func(a, b any) Object { return Object{{"Fn::Equals", []any{a, b}}} }
	not := func(v any) Object { return Object{{"Fn::Not", []any{v}}} }
	named := func(name string) Object { return Object{{"Condition", name}} }
	template := &Template{
		Parameters: Object{
			{"Stage", Object{{"Type", "String"}, {"Default", "dev"}}},
			{"Only", Object{{"Type", "String"}, {"AllowedValues", []any{"a", "b"}}}},
			{"Stored", Object{{"Type", "AWS::SSM::Parameter::Value<String>"}}},
		},
		Conditions: Object{
			{"Prod", equals(ref("Stage"), "prod")},
			{"Dev", equals(ref("Stage"), "dev")},
			{"NotProd", not(named("Prod"))},
			{"A", equals(ref("Only"), "a")},
			{"NeitherAOrB", Object{{"Fn::And", []any{
				not(named("A")), not(equals(ref("Only"), "b")),
			}}}},
			{"Stored", equals(ref("Stored"), "x")},
			{"NotStored", not(named("Stored"))},
			{"OtherStored", equals(ref("Stored"), "y")},
			{"Circle", not(named("Circle"))},
			{"Never", equals("a", "b")},
		},
	}
	for i := range 2 {
		var all []any
		for j := range 10 {
			name := fmt.Sprintf("P%d", j)
			if i == 0 {
				template.Parameters = append(template.Parameters,
					Member{name, Object{{"Type", "String"}}})
			}
			all = append(all, equals(ref(name), fmt.Sprint(i)))
		}
		template.Conditions = append(template.Conditions,
			Member{fmt.Sprintf("Many%d", i), Object{{"Fn::And", all}}})
	}
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"Prod", "", true}, {"Prod", "Prod", true}, {"Prod", "Dev", false},
		{"Prod", "NotProd", false}, {"Dev", "NotProd", true}, {"Prod", "A", true},
		{"NeitherAOrB", "", false}, {"Stored", "NotStored", false}, {"Stored", "", true},
		{"Stored", "OtherStored", false}, {"Many0", "Many1", false}, {"Many0", "", true},
		{"Circle", "", true}, {"Missing", "Prod", true}, {"Never", "", false},
	} {
		if got := template.CanHoldTogether(row.a, row.b); got != TruthOf(row.want) {
			t.Errorf("%q and %q: %v", row.a, row.b, got)
		}
	}
}
