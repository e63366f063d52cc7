package compile

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

func TestTemplatesAreToldFromSpecs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"a spec", "version: 1\nstack: x\nsecrets: {}\n", false},
		{"a spec with resources", "# Resources:\nversion: 1\nresources: {}\n", false},
		{"a spec that has a section of the wrong name", "version: 1\nResources: {}\n", false},
		{"a template", "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n", true},
		{"a template without its version",
			"\xef\xbb\xbf---\n# x\nDescription: 'a: b'\nParameters:\n  version:\n    Type: " +
				"String\nResources:\n  A: {}\n", true},
		{"an indented template", "  Resources:\n    A: {}\n", true},
		{"a template in JSON",
			`{"Parameters": {"stack": {"Type": "String", "Default": "},{"}}, "Resources" : {}}`,
			true},
		{"a spec in JSON", `{ "description": "Resources: {}", "version": 1, "Resources": {}}`,
			false},
		{"a template in braces", "\n{Outputs: {}, 'Resources': {}}", true},
		{"JSON that is neither", `{"a": [{"Resources": 1}]}`, false},
		{"JSON without an end", `{"a": "`, false},
		{"nothing", "", false},
		{"a text", "Resources", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := IsTemplate(source.New("x", []byte(c.text))); got != c.want {
				t.Errorf("IsTemplate is %t", got)
			}
		})
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
func TestTemplatesOfOthersAreRead(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"YAML", `
AWSTemplateFormatVersion: 2010-09-09
Transform: [AWS::Serverless-2016-10-31, {Name: AWS::Include, Parameters: {Location: s3}}]
Rules: {R: {Assertions: []}}
Globals: {}
Parameters:
  Stage: {Type: String, AllowedValues: [yes, "no"]}
Conditions:
  Live: !Equals [!Ref Stage, on]
Resources:
  Key:
    Type: AWS::KMS::Key
    Condition: Live
    Properties: {MultiRegion: yes, KeyPolicy: {Version: 2012-10-17}}
  Fn::ForEach::Secrets: [Name, [a, b], {}]
Outputs:
  Arn:
    Value: !GetAtt Key.Arn
    Export: {Name: !Sub "${AWS::StackName}-arn"}
`},
		{"JSON indented by tabs",
			"{\n\t\"Transform\": [\"AWS::Serverless-2016-10-31\", {\"Name\": " +
				"\"AWS::Include\"}],\n\t\"Parameters\": {\"Stage\": {\"Type\": \"String\", " +
				"\"AllowedValues\": [true, \"no\"]}},\n" +
				"\t\"Conditions\": {\"Live\": {\"Fn::Equals\": [{\"Ref\": \"Stage\"}, true]}},\n" +
				"\t\"Resources\": {\"Key\": {\"Type\": \"AWS::KMS::Key\", " +
				"\"Condition\": \"Live\", \"Properties\": {\"MultiRegion\": true, \"KeyPolicy\": " +
				"{\"Version\": " +
				"\"2012-10-17\"}}},\n" +
				"\t\t\"Fn::ForEach::Secrets\": [\"Name\", [\"a\", \"b\"], {}]},\n" +
				"\t\"Outputs\": {\"Arn\": {\"Value\": {\"Fn::GetAtt\": [\"Key\", \"Arn\"]}, " +
				"\"Export\": {\"Name\": {\"Fn::Sub\": \"${AWS::StackName}-arn\"}}}}\n}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			template, found := ReadTemplate(source.New("t", []byte(c.text)))
			if len(found) > 0 {
				t.Fatalf("found %v", found)
			}
			const want = `{"AWSTemplateFormatVersion":"2010-09-09","Parameters":{"Stage":{"Type":` +
				`"String","AllowedValues":[true,"no"]}},"Conditions":{"Live":{"Fn::Equals":` +
				`[{"Ref":"Stage"},true]}},` +
				`"Transform":["AWS::Serverless-2016-10-31","AWS::Include"],"Resources":{"Fn::` +
				`ForEach::Secrets":{"Fn::ForEach::Secrets":["Name",["a","b"],{}]},` +
				`"Key":{"Type":"AWS::KMS::Key","Condition":"Live","Properties":{"MultiRegion":` +
				`true,"KeyPolicy":{"Version":"2012-10-17"}}}},` +
				`"Outputs":{"Arn":{"Value":{"Fn::GetAtt":["Key","Arn"]},"Export":{"Name":{"Fn::` +
				`Sub":"${AWS::StackName}-arn"}}}}}` + "\n"
			if got := string(template.Append(nil, cfn.Format{Compact: true})); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestTemplatesThatCannotBeReadAreReported(t *testing.T) {
	for _, c := range []struct {
		text string
		code *diag.Code
	}{
		{"", diag.EmptyInput},
		{"[]", diag.WrongType},
		{"Resources: [", diag.YAMLSyntax},
		{"Resources: []", diag.WrongType},
		{"Description: x", diag.MissingProperty},
		{"Resources: {A: !Ref {a: b}}", diag.BadShortForm},
	} {
		_, found := ReadTemplate(source.New("t", []byte(c.text)))
		if len(found) != 1 || found[0].Code != c.code {
			t.Errorf("%q: found %v", c.text, found)
		}
	}
}

func FuzzReadTemplate(f *testing.F) {
	f.Add("Resources: {A: {Type: AWS::KMS::Key, Properties: !Transform {Name: x}}}")
	f.Add(`{"Resources": {"A": []}, "Outputs": {"B": "x"}, "Transform": {"a": 1}}`)
	f.Fuzz(func(t *testing.T, text string) {
		file := source.New("t", []byte(text))
		IsTemplate(file)
		if template, _ := ReadTemplate(file); template != nil {
			template.Append(nil, cfn.Format{})
		}
	})
}
