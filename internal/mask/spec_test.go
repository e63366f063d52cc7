package mask_test

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// shownOfSpec returns a spec as excerpts show it, with • for what is hidden.
func shownOfSpec(text string) string {
	f := source.New("spec.yaml", []byte(text))
	_, masks, _ := spec.Load([]*source.File{f})
	var out strings.Builder
	at := int32(0)
	for _, hidden := range masks.Within(source.Span{File: f, Start: 0, End: int32(len(f.Data))}) {
		out.WriteString(text[at:hidden.Start] + "•")
		at = hidden.End
	}
	return out.String() + text[at:]
}

func TestMaskSpec(t *testing.T) {
	for _, c := range [][2]string{
		{
			"secrets: { db: { value: { string: hunter2 } } }",
			"secrets: { db: { value: { string: • } } }",
		},
		{
			"secrets: { db: { value: hunter2 } }",
			"secrets: { db: { value: • } }",
		},
		{
			"secrets: { db: hunter2 }",
			"secrets: { db: • }",
		},
		{
			"secrets: hunter2",
			"secrets: •",
		},
		{
			"secrets:\n  db:\n    value: # hunter2\n      string: a\n    key: main\n",
			"secrets:\n  db:\n    value: •\n      string: •\n    key: main\n",
		},
		{
			"secrets:\n  db:\n    value:\n      hunter2:\n    key: main\n",
			"secrets:\n  db:\n    value:\n      •:\n    key: main\n",
		},
		{
			"secrets: { db: { name: a b hunter2, key: k } }",
			"secrets: { db: { name: •, key: k } }",
		},
		{
			"secrets: { db: { value: { string: a, hunter2, empty: true } } }",
			"secrets: { db: { value: { string: •, empty: true } } }",
		},
		{
			"secrets: { db: { value: { object: { host: h, password: hunter2 } } } }",
			"secrets: { db: { value: { object: { host: h, password: • } } } }",
		},
		{
			"secrets: { db: { value: { plaintext: region, object: { region: r, pin: " +
				"hunter2 } } } }",
			"secrets: { db: { value: { plaintext: region, object: { region: r, pin: • } } } }",
		},
		{
			"secrets: { db: { value: { generate: { passwordLength: 32, " +
				"generateStringKey: pw, secretStringTemplate: { username: u, pin: hunter2 } " +
				"} } } }",
			"secrets: { db: { value: { generate: { passwordLength: 32, " +
				"generateStringKey: pw, secretStringTemplate: { username: u, pin: • } } } } }",
		},
		{
			"secrets: { db: { value: { generate: { PasswordLength: 32, hunter2: 1 } } } }",
			"secrets: { db: { value: { generate: { PasswordLength: • } } } }",
		},
		{
			"secrets: { db: { SecretString: hunter2 }, b: { Password: hunter2 } }",
			"secrets: { db: { SecretString: • }, b: { Password: • } }",
		},
		{
			"secrets: { db: { value: { string: !Ref P } } }\n" +
				"parameters: { P: { Type: String, Default: hunter2 } }",
			"secrets: { db: { value: { string: !Ref P } } }\n" +
				"parameters: { P: { Type: String, Default: • } }",
		},
		{
			"secrets: { db: { value: { string: !Ref hunter2 } } }",
			"secrets: { db: { value: { string: !Ref • } } }",
		},
		{
			"secrets: { db: { value: { string: !Sub \"x${P}y${AWS::Region}\" } } }\n" +
				"parameters: { P: {} }",
			"secrets: { db: { value: { string: !Sub •${P}•${AWS::Region}• } } }\n" +
				"parameters: { P: {} }",
		},
		{
			`secrets: { db: { value: { string: !Sub ["${x}", { x: hunter2, hunter3: y }] } } }`,
			"secrets: { db: { value: { string: !Sub [•, { x: • }] } } }",
		},
		{
			"secrets: { db: { value: { string: !GetAtt R.Arn } } }\n" +
				`resources: { R: { Type: "AWS::S3::Bucket" } }`,
			"secrets: { db: { value: { string: !GetAtt R.Arn } } }\n" +
				`resources: { R: { Type: "AWS::S3::Bucket" } }`,
		},
		{
			`secrets: { db: { value: { string: !If [C, a, !Join ["", [b, !Ref ` +
				"DbSecret]]] } } }\nconditions: { C: !Equals [a, b] }",
			"secrets: { db: { value: { string: !If [C, •, !Join [•, !Ref DbSecret]]] } } }\n" +
				"conditions: { C: !Equals [a, b] }",
		},
		{
			"parameters: { P: { Default: hunter2, AllowedValues: [a], Token: b }, Q: " +
				"hunter2, ApiToken: { AllowedValues: [a] } }",
			"parameters: { P: { Default: •, AllowedValues: [a], •: • }, Q: •, " +
				"ApiToken: { AllowedValues: [•] } }",
		},
		{
			"mappings: { M: { a: { Password: hunter2, b: c } } }\n" +
				`outputs: { Password: { Value: hunter2 }, Url: { Value: "https://a:hunter2@b" } }`,
			"mappings: { M: { a: { Password: •, •: • } } }\n" +
				`outputs: { Password: { Value: • }, Url: { Value: "https://a:•@b" } }`,
		},
		{
			`resources: { D: { Type: "AWS::RDS::DBInstance", Properties: { ` +
				"MasterUserPassword: hunter2, Port: 1 } }, E: hunter2 }",
			`resources: { D: { Type: "AWS::RDS::DBInstance", Properties: { ` +
				"MasterUserPassword: •, Port: 1 } }, E: • }",
		},
		{
			"metadata: { password: hunter2, a: b }",
			"metadata: { password: •, a: b }",
		},
		{
			"sekrets: { a: hunter2 }",
			"sekrets: { a: • }",
		},
		{
			"sekrets:\n  a: hunter2\n  b: [c]\n",
			"sekrets:\n  a: •\n  b: [•]\n",
		},
		{
			`keys: { k: { description: "password=hunter2", value: hunter2, tags: { ` +
				"value: { a: hunter2 }, b: c } } }",
			`keys: { k: { description: "password=•", value: •, tags: { value: { • }, b: c } } }`,
		},
		{
			"principals: { p: { role: { tags: { secret: s } , Password: hunter2 } } }",
			"principals: { p: { role: { tags: { secret: s } , Password: • } } }",
		},
		{
			"tags: { password: p, value: { string: hunter2 } }",
			"tags: { password: p, value: { • } }",
		},
		{
			"assert: [{ given: { P: hunter2, Q: a } }]\n" +
				"parameters: { P: { NoEcho: true }, Q: {} }",
			"assert: [{ given: { P: •, Q: a } }]\nparameters: { P: { NoEcho: true }, Q: {} }",
		},
		{
			`conditions: { C: !Equals [!Ref P, hunter2], D: !Equals [!Sub "${P}", ` +
				"hunter2] }\nparameters: { P: { NoEcho: true } }",
			"conditions: { C: !Equals [!Ref •, •], D: !Equals [!Sub •, •] }\n" +
				"parameters: { P: { NoEcho: true } }",
		},
		{
			`resou~ces: { F: { Type: "AWS::Lambda::Function", Properties: { Environment: { ` +
				`Variables: { URL: "a://b:hunter2@c" } } } } }`,
			`resou~ces: { F: { Type: "AWS::Lambda::Function", Properties: { Environment: { ` +
				`Variables: { URL: "a://b:•@c" } } } } }`,
		},
		{
			`resources: {}` + "\n" +
				`resources: { F: { Type: "AWS::S3::Bucket", Properties: { ` +
				`Tags: [{ Value: "a://b:hunter2@c" }] } } }`,
			`resources: {}` + "\n" +
				`resources: { F: { Type: "AWS::S3::Bucket", Properties: { ` +
				`Tags: [{ Value: "a://b:•@c" }] } } }`,
		},
		{
			`mapings: { M: { a: { b: "a://b:hunter2@c" } } }` + "\n" +
				`outptus: { U: { Value: "a://b:hunter2@c" } }` + "\n" +
				`metadatas: { a: "a://b:hunter2@c" }` + "\n" +
				`tagss: { a: "a://b:hunter2@c" }` + "\n" +
				`seecrets: { db: { description: "a://b:hunter2@c" } }`,
			`mapings: { M: { a: { b: "a://b:•@c" } } }` + "\n" +
				`outptus: { U: { Value: "a://b:•@c" } }` + "\n" +
				`metadatas: { a: "a://b:•@c" }` + "\n" +
				`tagss: { a: "a://b:•@c" }` + "\n" +
				`seecrets: { db: { description: "a://b:•@c" } }`,
		},
		{
			"parameters: { P: { NoEcho: true }, Q: {} }\nconditions:\n" +
				"  A: !Equals [!Ref PP, hunter2]\n  B: !Equals [!Rf P, hunter2]\n" +
				"  C: !Equals !Ref P, hunter2]\n  D: [!Ref P, hunter2]\n" +
				"  E: hunter2\n  F: !Equals [!Ref , hunter2]\n" +
				"  G: !Equals [!Ref Q, prod]\n  H: !Not [!Equals [!Ref Q, prod]]\n",
			"parameters: { P: { NoEcho: true }, Q: {} }\nconditions:\n" +
				"  A: !Equals [!Ref •, •]\n  B: !Equals [!Rf •, •]\n" +
				"  C: !Equals !Ref •\n  D: [!Ref •, •]\n" +
				"  E: •\n  F: !Equals [• , •]\n" +
				"  G: !Equals [!Ref Q, prod]\n  H: !Not [!Equals [!Ref Q, prod]]\n",
		},
		{
			"parameters: { P: { NoEcho: true } }\nconditions:\n  C !Equals [!Ref P, hunter2]\n",
			"parameters: { P: { NoEcho: true } }\nconditions:\n  •\n",
		},
		{
			"parameters: { P: { NoEcho: true } }\nconditions:\n" +
				"  A: !Equals [&hunter2 a, !Ref P]\n  B: !Equals [!Ref P, &hunter2 a]\n" +
				"  C: !Ref [P, hunter2]\n",
			"parameters: { P: { NoEcho: true } }\nconditions:\n" +
				"  A: !Equals [•, !Ref •]\n  B: !Equals [!Ref • •]\n" +
				"  C: !Ref [•, •]\n",
		},
		{
			"assert: [{ given: { hunter2 } }]\nparameters: { P: { NoEcho: true } }\n" +
				"conditions: { C: !Equals [!P, hunter2] }",
			"assert: [{ given: { • } }]\nparameters: { P: { NoEcho: true } }\n" +
				"conditions: { C: !Equals [•, •] }",
		},
		{
			"outputs: { Password: { Value: &hunter2 x } }\nmetadata:\n  pin: &hunter2 x",
			"outputs: { Password: { Value: • • } }\nmetadata:\n  pin: &hunter2 x",
		},
		{
			"outputs: { Password: { Valu: hunter2, Description: d, Export: { Name: n } } }",
			"outputs: { Password: { Valu: •, Description: d, Export: { Name: n } } }",
		},
		{
			"conditons: { C: !Equals [!Ref P, hunter2] }\nparametres: { P: { NoEcho: true } }",
			"conditons: { C: !Equals [!Ref •, •] }\nparametres: { P: { NoEcho: true } }",
		},
		{
			"secrets: { db: { value: { string: !FindInMap [M, a, b] } } }\n" +
				"mapings: { M: { a: { b: hunter2 } } }",
			"secrets: { db: { value: { string: !FindInMap [•] } } }\n" +
				"mapings: { M: { a: { b: • } } }",
		},
		{
			"a: &x hunter2\nsecrets: { db: { value: *y } }\n",
			"a: •\nsecrets: { db: { value: • } }\n",
		},
	} {
		if got := shownOfSpec(c[0]); got != c[1] {
			t.Errorf("of  %s\nis  %s\nnot %s", c[0], got, c[1])
		}
	}
}
