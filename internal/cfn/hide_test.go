package cfn

import (
	"strings"
	"testing"
)

func TestValuesThatAreSecretAreHidden(t *testing.T) {
	isCredential := func(name string) bool {
		return strings.HasSuffix(name, "Password") || name == "SecretString" || name == "API_KEY"
	}
	text := func(s string) any { return s }
	resource := func(properties Object) Object {
		return Object{{"Resources",
			Object{{"DbPassword", Object{{"Type", "T"}, {"Properties", properties}}}}}}
	}
	property := func(name string, v any) Object { return resource(Object{{name, v}}) }
	sub := func(v any) any { return Object{{"Fn::Sub", v}} }
	for name, c := range map[string]struct {
		tree, other Object
		want        string // of what is shown; Tr0mb0ne never is
	}{
		"a literal": {property("SecretString", "Tr0mb0ne"), nil,
			`"SecretString":"••••••"`},
		"the same literal": {property("SecretString", "Tr0mb0ne"),
			property("SecretString", "Tr0mb0ne"), `"SecretString":"••••••"`},
		"another literal": {property("SecretString", "Tr0mb0ne"),
			property("SecretString", "Tr0mb0ne2"), `"SecretString":"•••••• (differs)"`},
		"another kind of literal": {property("SecretString", "Tr0mb0ne"),
			property("SecretString", Object{{"Ref", "X"}}), `"SecretString":"•••••• (differs)"`},
		"an empty text": {property("MasterPassword", ""), nil,
			`"MasterPassword":""`},
		"a number": {property("MasterPassword", 12345), nil,
			`"MasterPassword":"••••••"`},
		"a list": {property("MasterPassword", []any{"Tr0mb0ne", "x"}),
			property("MasterPassword", []any{"y", "x"}),
			`"MasterPassword":["•••••• (differs)","••••••"]`},
		"an object": {property("MasterPassword",
			Object{{"a", Object{{"b", "Tr0mb0ne"}}}}), nil,
			`"MasterPassword":{"a":{"b":"••••••"}}`},
		"a Ref": {property("SecretString", Object{{"Ref", "X"}}), nil,
			`"SecretString":{"Ref":"X"}`},
		"a Ref in its other form": {property("SecretString", Ref("X")), nil,
			`"SecretString":{"Ref":"X"}`},
		"a GetAtt": {property("SecretString",
			Object{{"Fn::GetAtt", []any{"X", "Arn"}}}), nil, `["X","Arn"]`},
		"a dynamic reference": {property("MasterPassword",
			"{{resolve:secretsmanager:db:SecretString:password}}"), nil,
			`"{{resolve:secretsmanager:db:SecretString:password}}"`},
		"a literal beside a reference": {property("MasterPassword", "{{resolve:ssm:a}}Tr0mb0ne"),
			nil, `"MasterPassword":"••••••"`},
		"a literal in a Sub": {property("SecretString", sub("u:Tr0mb0ne@${Host}")), nil,
			`{"Fn::Sub":"••••••"}`},
		"a Sub without literals": {property("SecretString", sub("${A}${B.C}")), nil,
			`{"Fn::Sub":"${A}${B.C}"}`},
		"an escape in a Sub": {property("SecretString", sub("${!Tr0mb0ne}")), nil,
			`{"Fn::Sub":"••••••"}`},
		"a Sub's own variables": {property("SecretString",
			sub([]any{"${A}", Object{{"A", "Tr0mb0ne"}}})), nil, `{"A":"••••••"}`},
		"a Join": {property("SecretString",
			Intrinsic(Object{{"Fn::Join", []any{"", []any{"Tr0mb0ne", Object{{"Ref", "X"}}}}}})),
			nil, `["••••••",{"Ref":"X"}]`},
		"a template of a generator": {property("GenerateSecretString",
			Object{{"SecretStringTemplate", `{"password":"Tr0mb0ne"}`}, {"PasswordLength", 9}}),
			nil, `"PasswordLength":9`},
		"a variable of a container": {property("Environment",
			[]any{Object{{"Name", "API_KEY"}, {"Value", "Tr0mb0ne"}},
				Object{{"Name", "HOST"}, {"Value", "db"}}}), nil, `{"Name":"HOST","Value":"db"}`},
		"a variable of a function": {property("Environment",
			Object{{"Variables", Object{{"API_KEY", "Tr0mb0ne"}, {"HOST", "db"}}}}), nil,
			`"HOST":"db"`},
		"a parameter with NoEcho": {
			Object{{"Parameters", Object{{"P", Object{{"Type", "String"}, {"NoEcho", true},
				{"Default", "Tr0mb0ne"}}}}}}, nil, `"Type":"String"`},
		"a parameter with 'true'": {
			Object{{"Parameters", Object{{"P",
				Object{{"NoEcho", "True"}, {"Default", "Tr0mb0ne"}}}}}}, nil, `"Default":"••••••"`},
		"a parameter with such a name": {
			Object{{"Parameters", Object{{"DbPassword",
				Object{{"Type", "String"}, {"Default", "Tr0mb0ne"}}}}}}, nil,
			`"DbPassword":{"Type":"String","Default":"••••••"}`},
		"a parameter without": {Object{{"Parameters",
			Object{{"P", Object{{"NoEcho", false}, {"Default", "dev"}}}}}}, nil, `"Default":"dev"`},
		"an output with such a name": {
			Object{{"Outputs", Object{{"DbPassword",
				Object{{"Value", "Tr0mb0ne"}, {"Export", "x"}}}}}}, nil, `"Export":"x"`},
		"metadata": {Object{{"Metadata",
			Object{{"a", Object{{"DbPassword", "Tr0mb0ne"}}}}}}, nil, `"DbPassword":"••••••"`},
		"a mapping": {
			Object{{"Mappings", Object{{"M", Object{{"eu", Object{{"DbPassword", "Tr0mb0ne"}}}}}}}},
			nil, `"DbPassword":"••••••"`},
		"what is no section": {Object{{"Resources", text("x")},
			{"Parameters", []any{"y"}}}, nil, `{"Resources":"x","Parameters":["y"]}`},
		"names of resources": {property("Name", "db"), nil,
			`{"DbPassword":{"Type":"T","Properties":{"Name":"db"}}}`},
	} {
		got := string(AppendValue(nil, HideValues(c.tree, c.other, isCredential, credentialsIn),
			Format{Compact: true}))
		if !strings.Contains(got, c.want) || strings.Contains(got, "Tr0mb0ne") ||
			strings.Contains(got, "12345") {
			t.Errorf("%s: got %s, want %s in it", name, got, c.want)
		}
	}
}

// credentialsIn finds what follows pw=.
func credentialsIn(text string) [][2]int {
	if i := strings.Index(text, "pw="); i >= 0 {
		return [][2]int{{i + 3, len(text)}}
	}
	return nil
}

func TestHideValuesWithinTexts(t *testing.T) {
	tree := func(text string) Object {
		return Object{{Key: "Mappings", Value: Object{{Key: "M", Value: text}}}}
	}
	none := func(string) bool { return false }
	for _, c := range []struct{ text, other, want string }{
		{"host=h", "pw=b", "host=h"},
		{"h pw=a", "h pw=a", "h pw=••••••"},
		{"h pw=a", "h pw=b", "h pw=•••••• (differs)"},
		{"h pw=a", "g pw=b", "h pw=••••••"},
	} {
		got, _ := HideValues(tree(c.text), tree(c.other), none,
			credentialsIn).Get("Mappings").(Object)
		if got.Get("M") != c.want {
			t.Errorf("%q beside %q is %q, want %q", c.text, c.other, got.Get("M"), c.want)
		}
	}
}
