package mask_test

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// shownOf returns a template as excerpts show it.
func shownOf(t *testing.T, text string) string {
	t.Helper()
	f := source.New("template.yaml", []byte(text))
	root, _ := yaml.ParseTemplate(f)
	if root == nil {
		t.Fatalf("cannot be read:\n%s", text)
	}
	masks := &source.Masks{}
	spec.MaskTemplate(root, masks)
	var out strings.Builder
	at := int32(0)
	for _, hidden := range masks.Within(source.Span{File: f, Start: 0, End: int32(len(f.Data))}) {
		out.WriteString(text[at:hidden.Start] + "•")
		at = hidden.End
	}
	return out.String() + text[at:]
}

func TestMaskTemplate(t *testing.T) {
	for _, c := range [][2]string{
		{`Parameters: { P: { NoEcho: true, Default: a, AllowedValues: [a, b] } }`,
			`Parameters: { P: { NoEcho: true, Default: •, AllowedValues: [•] } }`},
		{`Parameters: { P: { NoEcho: "TRue", Default: a # b
 } }`,
			`Parameters: { P: { NoEcho: "TRue", Default: •
 } }`},
		{`Parameters: { P: { Default: a }, Token: { Default: a } }`,
			`Parameters: { P: { Default: a }, Token: { Default: • } }`},
		{`{ Parameters: { P: { NoEcho: true }, Q: {} }, Conditions: { C: !Equals [!Ref P, a], ` +
			`D: !Equals [!Ref Q, a] } }`,
			`{ Parameters: { P: { NoEcho: true }, Q: {} }, Conditions: { C: !Equals [!Ref •, •], ` +
				`D: !Equals [!Ref Q, a] } }`},
		{`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { Name: n, ` +
			`SecretString: a } } }`,
			`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { Name: n, ` +
				`SecretString: • } } }`},
		{`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { ` +
			`SecretString: a, b } } }`,
			`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { ` +
				`SecretString: •, • } } }`},
		{`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { ` +
			`SecretString: { a: b } } } }`,
			`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { ` +
				`SecretString: { • } } } }`},
		{`{ Parameters: { P: {} }, Resources: { S: { Type: AWS::SecretsManager::Secret, ` +
			`Properties: { SecretString: !Ref P } } } }`,
			`{ Parameters: { P: {} }, Resources: { S: { Type: AWS::SecretsManager::Secret, ` +
				`Properties: { SecretString: !Ref P } } } }`},
		{`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { ` +
			`SecretString: !Ref P } } }`,
			`Resources: { S: { Type: AWS::SecretsManager::Secret, Properties: { ` +
				`SecretString: !Ref • } } }`},
		{`{ Mappings: { M: { a: { b: c } } }, Resources: { D: { Type: ` +
			`AWS::RDS::DBInstance, Properties: { MasterUserPassword: !FindInMap [M, a, b] } ` +
			`} } }`,
			`{ Mappings: { M: { a: { b: • } } }, Resources: { D: { Type: ` +
				`AWS::RDS::DBInstance, Properties: { MasterUserPassword: !FindInMap [•] } } } }`},
		{`{ Parameters: { P: { Default: a } }, Resources: { D: { Type: ` +
			`AWS::RDS::DBInstance, Properties: { MasterUserPassword: !Ref P } } } }`,
			`{ Parameters: { P: { Default: • } }, Resources: { D: { Type: ` +
				`AWS::RDS::DBInstance, Properties: { MasterUserPassword: !Ref P } } } }`},
		{`Resources: { F: { Type: AWS::Lambda::Function, Properties: { Environment: { ` +
			`Variables: { URL: "a://b:c@d", HOST: h } } } } }`,
			`Resources: { F: { Type: AWS::Lambda::Function, Properties: { Environment: { ` +
				`Variables: { URL: "a://b:•@d", HOST: h } } } } }`},
		{`Resources: { Token: { Type: "Custom::X", Properties: { ServiceToken: a, ` +
			`ApiKey: "b", Tags: [ { Key: token, Value: c } ] } } }`,
			`Resources: { Token: { Type: "Custom::X", Properties: { ServiceToken: a, ` +
				`ApiKey: •, Tags: [ { Key: token, Value: c } ] } } }`},
		{"Resources: { I: { Type: AWS::EC2::Instance, Properties: { UserData: \"x\\n" +
			"password=\\u0061b\" } } }",
			`Resources: { I: { Type: AWS::EC2::Instance, Properties: { UserData: • } } }`},
		{"Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n" +
			"      UserData: |\n        #!/bin/sh\n        export DB_PASS=abc\n        run\n",
			"Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n" +
				"      UserData: |\n        #!/bin/sh\n        export DB_PASS=•\n        run\n"},
		{`Outputs: { Password: { Description: d, Value: "https://a:b@c" } }`,
			`Outputs: { Password: { Description: d, Value: • } }`},
		{`Paramters: { P: { NoEcho: true, Default: a } }`, `Paramters: { • } }`},
		{`Resources: [a, "b://c:d@e"]`, `Resources: [a, "b://c:•@e"]`},
	} {
		if got := shownOf(t, c[0]); got != c[1] {
			t.Errorf("of  %s\nis  %s\nnot %s", c[0], got, c[1])
		}
	}
}

func TestMaskTemplateOfNothing(t *testing.T) { spec.MaskTemplate(nil, &source.Masks{}) }
