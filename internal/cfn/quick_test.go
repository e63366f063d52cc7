package cfn

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
)

// quickTemplate has a reference of every form.
var quickTemplate = &Template{
	Parameters: Object{{"P", Object{{"Type", "String"}}}},
	Resources: map[string]*Resource{
		"A": {Type: "T", Properties: Object{{"X", Ref("B")}, {"Y", []string{"text", Sub("${C.Arn}")}}}},
		"B": {Type: "T", DependsOn: []string{"C"}, Properties: Object{
			{"X", Object{{"Fn::If", []any{"Z", Ref("D"), GetAtt("A", "Arn")}}}}, {"Y", Ref("P")}}},
		"C": {Type: "T", Condition: "D", Properties: Object{{"X", "D"}, {"Y", Ref("None")}}},
		"D": {Verbatim: Object{{"Type", "T"}, {"DependsOn", []any{"A"}},
			{"Properties", Object{{"X", Object{{"Ref", "C"}}}}}}},
	},
}

// TestWaitsIsWhatDependenciesHas asks of all pairs.
func TestWaitsIsWhatDependenciesHas(t *testing.T) {
	all := quickTemplate.Graph().Dependencies()
	names := []string{"A", "B", "C", "D", "P", "None", ""}
	for _, id := range names {
		for _, other := range names {
			want := slices.Contains(all[id], other)
			if got := quickTemplate.Waits(id, other); got != want {
				t.Errorf("%q waits for %q: %v, want %v", id, other, got, want)
			}
		}
	}
}

// TestMemberIsThatOfWhatIsResolved: to resolve one member alone comes to the same.
func TestMemberIsThatOfWhatIsResolved(t *testing.T) {
	noValue := Ref(NoValue)
	for _, v := range []any{
		nil, "text", []any{Object{{"k", "v"}}}, Object{}, Object{{"k", "v"}, {"l", 1}},
		Object{{"k", Ref(Region)}, {"l", noValue}}, Object{{"k", noValue}},
		Object{{"k", []string{"a", Sub("${AWS::Region}")}}}, Object{{"k", "{{resolve:ssm:a}}"}},
		Object{{"Fn::If", []any{"C", Object{{"k", "v"}}, "x"}}}, Ref("A"),
		Object{{"Fn::Transform", Object{{"Name", "M"}}}, {"k", "v"}},
		Intrinsic(Object{{"k", Object{{"a", "b"}}}}), Object{{"Fn::Unknown", "x"}},
	} {
		for _, key := range []string{"k", "l", "none"} {
			e := &Evaluator{Template: quickTemplate, Region: "eu-west-1"}
			o, _ := e.Resolve(v).(Object)
			f := &Evaluator{Template: quickTemplate, Region: "eu-west-1"}
			if got, want := f.Member(v, key), o.Get(key); !reflect.DeepEqual(got, want) {
				t.Errorf("%q of %v is %v, want %v", key, v, got, want)
			}
		}
	}
}

// TestCheckTextIsCheck: limits that are looked for in the text first are those of the values.
func TestCheckTextIsCheck(t *testing.T) {
	const many = 70
	var references []any
	for range many {
		references = append(references, "a {{resolve:ssm:b}}")
	}
	for _, template := range []*Template{
		quickTemplate,
		{Description: "none"},
		{Resources: map[string]*Resource{"A": {Type: "T", Properties: Object{{"X", references}}}}},
		{Metadata: Object{{"M", Sub("{{resolve:ssm:${P}}}")}}},
		{Outputs: map[string]*Output{"O": {Value: Join("", "{{resolve:", "x}}")}}},
	} {
		text := template.Append(nil, Format{})
		has := bytes.Contains(text, []byte(BeginDynamic))
		got, want := template.CheckText(text, has), template.Check(len(text))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nfound %v, want %v", text, got, want)
		}
	}
}
