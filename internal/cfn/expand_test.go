package cfn

import (
	"strings"
	"testing"
)

// looped reads a template with its resources, conditions and outputs as readers of templates give
// them: verbatim, a loop being a member of its own name.
func looped(t *testing.T, parameters, conditions, resources, outputs string) *Template {
	template := &Template{
		Transform: []string{languageExtensions}, Parameters: section(t, parameters),
		Conditions: section(t, conditions),
		Mappings:   section(t, `{"Sets": {"a": {"names": ["p", "q"]}, "b": {"names": ["r"]}}}`),
		Resources:  map[string]*Resource{}, Outputs: map[string]*Output{},
	}
	body := func(m Member) Object {
		if o, ok := m.Value.(Object); ok {
			return o
		}
		return Object{m}
	}
	for _, m := range section(t, resources) {
		o := body(m)
		kind, _ := o.Get("Type").(string)
		template.Resources[m.Key] = &Resource{Type: kind, Verbatim: o}
	}
	for _, m := range section(t, outputs) {
		template.Outputs[m.Key] = &Output{Verbatim: body(m)}
	}
	return template
}

// written writes resources, conditions or outputs for a test.
func written(t *Template) string {
	var all Object
	for _, m := range sorted(t.Conditions) {
		all = append(all, Member{"C " + m.Key, m.Value})
	}
	for _, id := range sortedNames(t.Resources) {
		all = append(all, Member{"R " + t.Resources[id].Type + " " + id, t.Resources[id].Verbatim})
	}
	for _, name := range sortedNames(t.Outputs) {
		all = append(all, Member{"O " + name, t.Outputs[name].Verbatim})
	}
	return string(AppendValue(nil, all, Format{Compact: true}))
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
func TestLoopsAreSubstituted(t *testing.T) {
	const none = `{}`
	for _, c := range []struct{ name, parameters, conditions, resources, outputs, want string }{
		{"resources", none, none,
			`{"Fn::ForEach::Secrets": ["N", ["alpha", "beta"], {"Secret${N}": {"Type": "T", ` +
				`"Properties": {"Name": {"Fn::Sub": "app/${N}/${AWS::Region}/${!N}"}, "Own": ` +
				`{"Ref": "N"}, "Plain": "${N}"}}}]}`, none,
			`{"R T Secretalpha":{"Type":"T","Properties":{"Name":{"Fn::Sub":"app/alpha/${AWS::` +
				`Region}/${!N}"},"Own":"alpha","Plain":"alpha"}},` +
				`"R T Secretbeta":{"Type":"T","Properties":{"Name":{"Fn::Sub":"app/beta/${AWS::` +
				`Region}/${!N}"},"Own":"beta","Plain":"beta"}}}`},
		{"letters and digits", none, none,
			`{"Fn::ForEach::L": ["N", ["10.0.0.0/8"], {"Net&{N}": {"Type": "T", "Properties": ` +
				`{"Cidr": {"Ref": "N"}}}}]}`, none,
			`{"R T Net100008":{"Type":"T","Properties":{"Cidr":"10.0.0.0/8"}}}`},
		{"a list parameter", `{"Names": {"Type": "CommaDelimitedList", "Default": "a,b"}}`, none,
			`{"Fn::ForEach::L": ["N", {"Ref": "Names"}, {"${N}": {"Type": "T"}}]}`, none,
			`{"R T a":{"Type":"T"},"R T b":{"Type":"T"}}`},
		{"a list parameter without a value", `{"Names": {"Type": "CommaDelimitedList"}}`, none,
			`{"Fn::ForEach::L": ["N", {"Ref": "Names"}, {"${N}": {"Type": "T"}}]}`, none,
			`{"R  Fn::ForEach::L":{"Fn::ForEach::L":["N",{"Ref":"Names"},{"${N}":{"Type":"T"}}]}}`},
		{"an element that is not known", `{"P": {"Type": "String"}}`, none,
			`{"Fn::ForEach::L": ["N", [{"Ref": "P"}], {"${N}": {"Type": "T"}}]}`, none,
			`{"R  Fn::ForEach::L":{"Fn::ForEach::L":["N",[{"Ref":"P"}],{"${N}":{"Type":"T"}}]}}`},
		{"loops in loops", none, none,
			`{"Fn::ForEach::Outer": ["X", ["a", "b"], {"Top${X}": {"Type": "T"}, ` +
				`"Fn::ForEach::Inner": ["Y", {"Fn::FindInMap": ["Sets", {"Ref": "X"}, "names"]}, ` +
				`{"${X}${Y}": {"Type": "T"}}]}]}`, none,
			`{"R T Topa":{"Type":"T"},"R T Topb":{"Type":"T"},"R T ap":{"Type":"T"},"R T ` +
				`aq":{"Type":"T"},"R T br":{"Type":"T"}}`},
		{"a loop that is not known in a loop", `{"Names": {"Type": "CommaDelimitedList"}}`, none,
			`{"Fn::ForEach::Outer": ["X", ["a"], {"Fn::ForEach::Inner": ["Y", {"Ref": "Names"}, ` +
				`{"${X}${Y}": {}}]}]}`, none,
			`{"R  Fn::ForEach::Outer":{"Fn::ForEach::Outer":["X",["a"],{"Fn::ForEach::Inner":` +
				`["Y",{"Ref":"Names"},{"${X}${Y}":{}}]}]}}`},
		{"properties", none, none,
			`{"A": {"Type": "T", "Properties": {"First": 1, "Fn::ForEach::L": ["N", ["x", "y"], ` +
				`{"Prop${N}": {"Ref": "N"}}], "Last": 2}}}`, none,
			`{"R T A":{"Type":"T","Properties":{"First":1,"Propx":"x","Propy":"y","Last":2}}}`},
		{"conditions and outputs", none,
			`{"Fn::ForEach::L": ["N", ["x", "y"], {"Is${N}": {"Fn::Equals": [{"Ref": ` +
				`"AWS::Region"}, {"Ref": "N"}]}}]}`, `{"A": {"Type": "T"}}`,
			`{"Fn::ForEach::L": ["N", ["x"], {"Out${N}": {"Value": {"Fn::GetAtt": [{"Fn::Sub": ` +
				`"A${N}"}, "Arn"]}, "Condition": "Is${N}"}}]}`,
			`{"C Isx":{"Fn::Equals":[{"Ref":"AWS::Region"},"x"]},"C ` +
				`Isy":{"Fn::Equals":[{"Ref":"AWS::Region"},"y"]},"R T A":{"Type":"T"},"O ` +
				`Outx":{"Value":{"Fn::GetAtt":[{"Fn::Sub":"Ax"},"Arn"]},"Condition":"Isx"}}`},
		{"forms that do not exist", none, none, `{"Fn::ForEach::L": ["N", ["x"]]}`, none,
			`{"R  Fn::ForEach::L":{"Fn::ForEach::L":["N",["x"]]}}`},
		{"an empty list", none, none, `{"Fn::ForEach::L": ["N", [], {"${N}": {}}]}`, none, `{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			template := looped(t, c.parameters, c.conditions, c.resources, c.outputs)
			before := written(template)
			want := c.want
			if got := written(template.Expand()); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
			if written(template) != before {
				t.Error("the template itself has changed")
			}
		})
	}
}

func TestLoopsTakeTheValuesThatAreGiven(t *testing.T) {
	template := looped(t, `{"Names": {"Type": "CommaDelimitedList", "Default": "a"}}`, `{}`,
		`{"Fn::ForEach::L": ["N", {"Ref": "Names"}, {"${N}": {"Type": "T"}}]}`, `{}`)
	e := &Evaluator{Template: template, Parameters: map[string]string{"Names": "x,y"}}
	if got := written(e.Expand()); got != `{"R T x":{"Type":"T"},"R T y":{"Type":"T"}}` ||
		e.Told() != nil {
		t.Errorf("got %s, told %v", got, e.Told())
	}
	e = &Evaluator{Template: template}
	e.Expand()
	if got := e.Told(); len(got) != 1 || got[0] != (ToldParameter{"Names", "a"}) {
		t.Errorf("told %v", got)
	}
}

func TestWithoutTheTransformLoopsStay(t *testing.T) {
	template := looped(t, `{}`, `{}`, `{"Fn::ForEach::L": ["N", ["a"], {"${N}": {"Type": "T"}}]}`,
		`{}`)
	template.Transform = nil
	if template.Expand() != template {
		t.Error("a loop is substituted that CloudFormation does not substitute")
	}
}

func TestLoopsThatMultiplyStay(t *testing.T) {
	list := `["` + strings.Repeat(`a","`, 30) + `a"]`
	loop := `{"${A}": {"Type": "T"}}`
	for range 5 {
		loop = `{"Fn::ForEach::L": ["A", ` + list + `, ` + loop + `]}`
	}
	got := looped(t, `{}`, `{}`, loop, `{}`).Expand()
	if len(got.Resources) != 1 || got.Resources["Fn::ForEach::L"] == nil {
		t.Errorf("%d resources", len(got.Resources))
	}
}
