package ask

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

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
				"\t\"Resources\": {\"Key\": {\"Type\": \"AWS::KMS::Key\", \"Condition\": " +
				"\"Live\", \"Properties\": {\"MultiRegion\": true, \"KeyPolicy\": {\"Version\": " +
				"\"2012-10-17\"}}},\n" +
				"\t\t\"Fn::ForEach::Secrets\": [\"Name\", [\"a\", \"b\"], {}]},\n" +
				"\t\"Outputs\": {\"Arn\": {\"Value\": {\"Fn::GetAtt\": [\"Key\", \"Arn\"]}, " +
				"\"Export\": {\"Name\": {\"Fn::Sub\": \"${AWS::StackName}-arn\"}}}}\n}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			template, found := ReadTemplate(source.New("t", []byte(c.text)), &source.Masks{})
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
		_, found := ReadTemplate(source.New("t", []byte(c.text)), &source.Masks{})
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
		spec.IsTemplate(file)
		spec.LooksLikeSpec(file)
		if template, _ := ReadTemplate(file, &source.Masks{}); template != nil {
			template.Append(nil, cfn.Format{})
		}
	})
}
