package cfn

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestDependenciesAreReferencesAndDependsOn(t *testing.T) {
	tpl := &Template{
		Parameters: Object{{"P", Object{}}},
		Resources: map[string]*Resource{
			"A": {},
			"B": {DependsOn: []string{"A", "Gone"}, Properties: Object{{"SecretId", Ref("C")},
				{"ResourcePolicy", Object{{"x", []string{Sub("${A.Arn}${P}")}}}}}},
			"C": {Metadata: Object{{"x", Ref("A")}}, Properties: Object{{"y", GetAtt("D", "Arn")}}},
			"D": {Verbatim: Object{{"Type", Ref("A")}, {"DependsOn", "A"},
				{"UpdatePolicy", Object{{"x", Ref("C")}}}, {"Condition", "A"}}},
			"E": {Verbatim: Object{{"DependsOn", []any{"A", 1, "D"}}}},
			"F": {Properties: Object{{"SecretId", Ref("B")}}},
			"G": {Properties: Object{{"a", "x"}, {"b", Ref("C")}}},
		},
	}
	want := map[string][]string{"B": {"A", "C"}, "C": {"A", "D"}, "D": {"A", "C"}, "E": {"A", "D"},
		"F": {"B"}, "G": {"C"}}
	if got := tpl.Graph().Dependencies(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := tpl.Graph().Cycle(), []string{"C", "D", "C"}; !slices.Equal(got, want) {
		t.Errorf("got the cycle %v, want %v", got, want)
	}
}

func TestCycleIsShortAndTheSameEveryTime(t *testing.T) {
	for _, tt := range []struct{ edges, want string }{
		{"", ""},
		{"A>B B>C", ""},
		{"A>A", "A A"},
		{"Z>B B>C C>D D>B C>B", "B C B"},
		{"A>X X>Y Y>Z Z>X", "X Y Z X"},
		{"A>B B>C C>A A>C", "A C A"},
	} {
		tpl := &Template{Resources: map[string]*Resource{}}
		for _, e := range strings.Fields(tt.edges) {
			from, to, _ := strings.Cut(e, ">")
			for _, id := range []string{from, to} {
				if tpl.Resources[id] == nil {
					tpl.Resources[id] = &Resource{}
				}
			}
			tpl.Resources[from].DependsOn = append(tpl.Resources[from].DependsOn, to)
		}
		if got := strings.Join(tpl.Graph().Cycle(), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.edges, got, tt.want)
		}
	}
}

func TestDanglingReferencesAreFoundWithTheirPlace(t *testing.T) {
	tpl := sample()
	if got := tpl.Graph().Dangling(); got != nil {
		t.Errorf("the sample has %v", got)
	}
	tpl.Resources["Fn"] = &Resource{Type: "AWS::Serverless::Function"}
	tpl.Resources["A"] = &Resource{
		Condition: "NoCondition", DependsOn: []string{"NoResource"},
		Properties: Object{{"a", Object{{"Fn::FindInMap", []any{"NoMap", "a", Ref("NoRef")}}}},
			{"b", GetAtt("Env", "Arn")}, {"c", Sub("${FnRole}${AWS::Regio}")}},
	}
	tpl.Conditions = append(tpl.Conditions,
		Member{"C", Object{{"Fn::Or",
			[]any{Object{{"Condition", "Nope"}}, Object{{"Fn::Equals", []any{Ref("No"), 1}}}}}}})
	tpl.Outputs["O"] = &Output{Condition: "NoCondition", Value: Ref("Nothing")}
	var got []string
	for _, d := range tpl.Graph().Dangling() {
		got = append(got, strings.TrimSpace(fmt.Sprintln(d.Section, d.Name, d.Reference.Kind,
			d.Reference.Name)))
	}
	want := []string{
		"Conditions C Condition Nope", "Conditions C Ref No",
		"Resources A Condition NoCondition", "Resources A DependsOn NoResource",
		"Resources A Mapping NoMap", "Resources A Ref NoRef",
		"Resources A GetAtt Env", "Resources A Ref AWS::Regio",
		"Outputs O Condition NoCondition", "Outputs O Ref Nothing",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// many returns an object with n members.
func many(n int, v any) Object {
	var o Object
	for i := range n {
		o = append(o, Member{fmt.Sprintf("N%d", i), v})
	}
	return o
}

func TestLimits(t *testing.T) {
	resources := map[string]*Resource{strings.Repeat("r", 256): {Properties: Object{
		{"SecretId", Sub("{{resolve:ssm:${A}}}")},
		{"ResourcePolicy", Object{{"x", strings.Repeat("{{resolve:secretsmanager:a}}", 58)}}},
	}}}
	for i := range 500 {
		resources[fmt.Sprintf("R%d", i)] = &Resource{}
	}
	outputs := map[string]*Output{"O": {Value: "{{resolve:x}}{{resolve:y}}"}}
	for i := range 200 {
		outputs[fmt.Sprintf("O%d", i)] = &Output{}
	}
	full := &Template{
		Description: strings.Repeat("é", 513), Resources: resources, Outputs: outputs,
		Parameters: append(many(200, Object{}),
			Member{"P", Object{{"Default", strings.Repeat("p", 4097)}}},
			Member{"Q", Object{{"Default", many(400, 1)}}}),
		Mappings: append(many(200, Object{}),
			Member{"M", append(many(200, nil), Member{"key", many(201, 1)})}),
	}
	for _, tt := range []struct {
		name string
		t    *Template
		size int
		want []string
	}{
		{"nothing", &Template{}, 51_200, nil},
		{"the request", &Template{}, 51_201,
			[]string{"body in request  51201 51200 the template has 51,201 bytes, more than the " +
				"51,200 that CloudFormation accepts in a request"}},
		{"everything", full, 1_048_577, []string{
			"body  1048577 1048576 the template has 1,048,577 bytes, more than the 1,048,576 " +
				"that CloudFormation accepts",
			"description  1026 1024 the template's description has 1,026 bytes, more than the " +
				"1,024 that CloudFormation accepts",
			"resources  501 500 the template has 501 resources, more than the 500 that " +
				"CloudFormation accepts",
			"parameters  202 200 the template has 202 parameters, more than the 200 that " +
				"CloudFormation accepts",
			"mappings  201 200 the template has 201 mappings, more than the 200 that " +
				"CloudFormation accepts",
			"outputs  201 200 the template has 201 outputs, more than the 200 that " +
				"CloudFormation accepts",
			"dynamic references  61 60 the template has 61 dynamic references, more than the 60 " +
				"that CloudFormation accepts",
			"name length " + strings.Repeat("r", 256) + ` 256 255 the name of resource "` +
				strings.Repeat("r", 256) +
				`" has 256 characters, more than the 255 that CloudFormation accepts`,
			`parameter value P 4097 4096 the default of parameter "P" has 4,097 bytes, more than ` +
				`the 4,096 that CloudFormation accepts`,
			`mapping attributes M 201 200 the mapping "M" has 201 attributes, more than the 200 ` +
				`that CloudFormation accepts`,
			`mapping attributes M 201 200 the key "key" of mapping "M" has 201 attributes, more ` +
				`than the 200 that CloudFormation accepts`,
		}},
	} {
		var got []string
		for _, f := range tt.t.Check(tt.size) {
			got = append(got, fmt.Sprintf("%s %s %d %d %s", f.Kind, f.LogicalID, f.Have,
				f.Limit, f.Message))
			if Limit(f.Kind) != f.Limit {
				t.Errorf("Limit(%s) is %d", f.Kind, Limit(f.Kind))
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got\n%s, want\n%s", tt.name, strings.Join(got, "\n"),
				strings.Join(tt.want, "\n"))
		}
	}
}
