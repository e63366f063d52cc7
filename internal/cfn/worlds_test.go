package cfn

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestDecisiveParametersHaveTheValuesThatMakeADifference(t *testing.T) {
	template := &Template{
		Parameters: section(t, `{
			"Env": {"Type": "String", "Default": "dev"},
			"Size": {"Type": "String", "AllowedValues": ["small", "large"]},
			"Team": {"Type": "String", "MinLength": 2},
			"Owner": {"Type": "String"}, "Choice": {"Type": "String", "AllowedValues": ["a", "b"]},
			"Names": {"Type": "CommaDelimitedList"},
			"Home": {"Type": "String", "Default": "eu-west-1"},
			"Password": {"Type": "String", "NoEcho": true, "Default": "swordfish"},
			"Ssm": {"Type": "AWS::SSM::Parameter::Value<String>"}, "Key": {"Type": "String"},
			"Count": {"Type": "Number"}
		}`),
		Mappings: section(t, `{"M": {"x": {"on": "yes", "off": "no"}, "y": {"on": "no"}}}`),
		Conditions: section(t, `{
			"Direct": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
			"Reversed": {"Fn::Equals": ["stage", {"Ref": "Env"}]},
			"Through": {"Fn::Or": [{"Condition": "Direct"}, {"Condition": "Reversed"}]},
			"Closed": {"Fn::Equals": [{"Ref": "Size"}, "huge"]},
			"Short": {"Fn::Equals": [{"Ref": "Team"}, "x"]},
			"InSub": {"Fn::Equals": [{"Fn::Sub": "a-${Team}-b"}, "a-pay-b"]},
			"Each": {"Fn::Equals": [{"Ref": "Owner"}, {"Ref": "Choice"}]},
			"OwnerToo": {"Fn::Equals": [{"Ref": "Owner"}, "me"]},
			"Empty": {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Names"}]}, ""]},
			"Here": {"Fn::Equals": [{"Ref": "Home"}, {"Ref": "AWS::Region"}]},
			"Has": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Password"}, ""]}]},
			"Of": {"Fn::Equals": [{"Ref": "Ssm"}, "x"]},
			"Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["M", {"Ref": "Key"}, "on"]}, "yes"]},
			"Number": {"Fn::Equals": [{"Ref": "Count"}, 3]}, "Round": {"Condition": "Round"}
		}`),
	}
	for used, want := range map[string]string{
		"": "[]", "Direct": "[{Env [prod] true}]", "Through": "[{Env [prod stage] true}]",
		"Direct,Reversed": "[{Env [prod stage] true}]", "Closed": "[{Size [large small] false}]",
		"Short": "[{Team [] true}]", "InSub": "[{Team [pay] true}]",
		"Each":          "[{Choice [a b] false} {Owner [a b] true}]",
		"Each,OwnerToo": "[{Choice [a b] false} {Owner [a b me] true}]",
		"Empty":         "[{Names [] true}]", "Here": "[{Home [eu-west-1] true}]",
		"Has": "[{Password [] true}]", "Of": "[]", "Mapped": "[{Key [x y] true}]",
		"Number": "[{Count [3] true}]",
		"Round":  "[]", "Nowhere": "[]",
	} {
		set := map[string]bool{"Reversed": false}
		for name := range strings.SplitSeq(used, ",") {
			set[name] = true
		}
		if got := fmt.Sprint(template.Decisive(set)); got != want {
			t.Errorf("%s: %s, not %s", used, got, want)
		}
	}
	for _, c := range []struct { // the empty text is a value
		condition, parameter string
	}{{"Empty", "Names"}, {"Has", "Password"}} {
		if got := template.Decisive(map[string]bool{c.condition: true}); len(got) != 1 ||
			got[0].Name != c.parameter || !slices.Equal(got[0].Values, []string{""}) {
			t.Errorf("%s: %v", c.condition, got)
		}
	}
}

// In a world every condition on decisive parameters that are compared with literals holds or does
// not.
func TestWorldsDecideConditions(t *testing.T) {
	template := &Template{
		Parameters: section(t,
			`{"Env": {"Type": "String", "Default": "dev"}, "Names": {"Type": `+
				`"CommaDelimitedList", "Default": ""}}`),
		Conditions: section(t, `{
			"Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
			"Other": {"Fn::Not": [{"Condition": "Prod"}]}
		}`),
	}
	truths := func(value func(e *Evaluator, d Decisive) string) string {
		e := &Evaluator{Template: template, File: "app"}
		d := template.Decisive(map[string]bool{"Other": true})[0]
		e.Parameters = map[string]string{d.Name: value(e, d)}
		return fmt.Sprintf("%d %d %s", e.Holds("Prod"), e.Holds("Other"), Shown(e.Text(Ref("Env"))))
	}
	if got := truths(func(_ *Evaluator, d Decisive) string {
		return d.Values[0]
	}); got != "2 0 prod" {
		t.Errorf("with the value: %s", got)
	}
	if got := truths(func(e *Evaluator, d Decisive) string {
		return e.OtherValue(d)
	}); got != "0 2 ${Env}" {
		t.Errorf("with another: %s", got)
	}
}

func TestConditionsUsedAreThoseOfTheValueItself(t *testing.T) {
	template := &Template{}
	for _, c := range []struct {
		v    any
		want string
	}{
		{fromJSON(t, `{"a": {"Fn::If": ["B", {"Fn::If": ["A", 1, 2]}, 3]}, "b": {"Fn::If": ["B", `+
			`1, 2]}}`), "[A B]"},
		{fromJSON(t, `{"Fn::And": [{"Condition": "B"}, {"Fn::Not": [{"Condition": "A"}]}]}`),
			"[A B]"},
		{fromJSON(t, `{"Condition": "A"}`), "[A]"},
		{fromJSON(t, `{"Statement": {"Condition": "A"}}`), "[]"},
		{&Resource{Condition: "A", Properties: Object{{"x", call("Fn::If", []any{"B", 1, 2})}}},
			"[A B]"},
		{&Output{Condition: "A", Value: call("Fn::If", []any{"B", 1, 2})}, "[A B]"},
		{nil, "[]"},
	} {
		if got := fmt.Sprint(template.ConditionsUsed(c.v)); got != c.want {
			t.Errorf("%v: %s", c.v, got)
		}
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func TestValuesOfParametersAreCheckedAsCloudFormationDoes(t *testing.T) {
	template := &Template{Parameters: section(t, `{
		"Any": {"Type": "String"}, "Env": {"Type": "String", "AllowedValues": ["dev", "prod"]},
		"Flag": {"Type": "String", "AllowedValues": [true, 3]},
		"Name": {"Type": "String", "AllowedPattern": "[a-z]+|x1", "MinLength": 2, "MaxLength": "4"},
		"Java": {"Type": "String", "AllowedPattern": "(?=x).*"},
		"Count": {"Type": "Number", "MinValue": 2, "MaxValue": "9.5"},
		"Names": {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]+"},
		"Numbers": {"Type": "List<Number>"},
		"Password": {"Type": "String", "NoEcho": true, "AllowedPattern": "[a-z]+"},
		"Pin": {"Type": "Number", "NoEcho": "true", "MinValue": 1000},
		"Word": {"Type": "String", "NoEcho": true, "AllowedValues": ["open"]},
		"Ssm": {"Type": "AWS::SSM::Parameter::Value<String>", "AllowedValues": ["x"]},
		"Vpc": {"Type": "AWS::EC2::VPC::Id"}
	}`)}
	for _, c := range []struct{ name, value, want string }{
		{"Any", "", ""}, {"Env", "prod", ""},
		{"Env", "test",
			`the value of parameter "Env" is not one of its AllowedValues: "dev", "prod"`},
		{"Flag", "true", ""}, {"Flag", "3", ""},
		{"Flag", "false",
			`the value of parameter "Flag" is not one of its AllowedValues: "true", "3"`},
		{"Name", "abc", ""}, {"Name", "x1", ""},
		{"Name", "abc1",
			`the value of parameter "Name" does not match its AllowedPattern [a-z]+|x1`},
		{"Name", "abc\n",
			`the value of parameter "Name" does not match its AllowedPattern [a-z]+|x1`},
		{"Name", "a", `the value of parameter "Name" is shorter than its MinLength 2`},
		{"Name", "abcde", `the value of parameter "Name" is longer than its MaxLength 4`},
		{"Java", "y", ""}, {"Count", "2", ""}, {"Count", "9.5", ""},
		{"Count", "1", `the value of parameter "Count" is less than its MinValue 2`},
		{"Count", "1e1", `the value of parameter "Count" is more than its MaxValue 9.5`},
		{"Count", "two", `the value of parameter "Count" is no number`},
		{"Count", "NaN", `the value of parameter "Count" is no number`},
		{"Count", "", `the value of parameter "Count" is no number`},
		{"Names", "a, b", ""}, {"Names", "", ""},
		{"Names", "a,B", `the value of parameter "Names" does not match its AllowedPattern [a-z]+`},
		{"Numbers", "1,2", ""}, {"Numbers", "1,x", `the value of parameter "Numbers" is no number`},
		{"Password", "HUNTER",
			`the value of parameter "Password" does not match its AllowedPattern [a-z]+`},
		{"Pin", "12", `the value of parameter "Pin" is less than its MinValue 1000`},
		{"Word", "shut", `the value of parameter "Word" is not one of its AllowedValues`},
		{"Ssm", "/a", ""}, {"Vpc", "vpc-1", ""},
		{"Nothing", "x", `the template has no parameter "Nothing"`},
		{"Env", Unknown{What: "import"}.Text(), ""},
		{"Any", strings.Repeat("x", 4097),
			`the value of parameter "Any" has 4,097 bytes, more than the 4,096 that ` +
				`CloudFormation accepts`},
	} {
		got := ""
		if err := CheckParameter(template, c.name, c.value); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s = %q: %s", c.name, c.value, got)
		}
	}
	for name, want := range map[string]bool{"Password": true, "Pin": true, "Any": false,
		"Nothing": false} {
		if template.NoEcho(name) != want {
			t.Errorf("NoEcho of %s", name)
		}
	}
}
