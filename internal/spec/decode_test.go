package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// load loads a spec from the texts of its files, a.yaml, b.yaml and so on.
func load(texts ...string) (*Spec, *source.Masks, diag.List) {
	var files []*source.File
	for i, text := range texts {
		files = append(files, source.New(string(rune('a'+i))+".yaml", []byte(text)))
	}
	s, masks, found := Load(files)
	return s, masks, found.Sorted()
}

// said writes diagnostics one to a line: code, the text at fault, message, hint, and the replacement if there is one.
func said(found diag.List) []string {
	lines := []string{}
	for _, d := range found {
		line := fmt.Sprintf("%s [%s] %s; %s", d.Code.Number, d.Span.Text(), d.Message, d.Hint)
		for _, f := range d.Fixes {
			line += fmt.Sprintf(" (fix: [%s] → %s)", f.Span.Text(), f.Text)
		}
		lines = append(lines, line)
	}
	return lines
}

const header = "version: 1\nstack: hello\n"

func TestShapeErrorsSayWhatIsWrongWhereAndWhatToDo(t *testing.T) {
	for _, test := range []struct {
		name string
		spec string // below the header
		want []string
	}{
		{"unknown property with CloudFormation's name", "secrets: { db: { KmsKeyId: app } }", nil},
		{"CloudFormation's name for something deeper", "secrets: { db: { GenerateSecretString: { PasswordLength: 20 } } }", nil},
		{"CloudFormation's name where its last part belongs", "secrets: { db: { rotation: { HostedRotationLambda: { rotationType: MySQLSingleUser } } } }", nil},
		{"CloudFormation's spelling of a property", "secrets: { db: { DeletionPolicy: Retain } }", nil},
		{"a section that is also a word of IAM's", "Resources: {}", nil},
		{"unknown property with a near name", "secrets: { db: { rotatoin: { managed: true } } }", nil},
		{"unknown property with no near name", "secrets: { db: { value: { colour: blue } } }", nil},
		{"unknown property of the document", "secret: { db: {} }", nil},
		{"missing property in a list", "grants:\n  - { to: api, secrets: db }", nil},
		{"missing property in a single item", "grants: { to: api, secrets: db }", nil},
		{"missing property that is misspelled", "grants: [ { too: api, allow: read, secrets: db } ]", nil},
		{"missing property below a key", "secrets: { db: { attachment: { targetType: AWS::RDS::DBInstance } } }", nil},
		{"text: mapping", "secrets: { db: { name: { a: b } } }", nil},
		{"text: list", "secrets: { db: { name: [a] } }", nil},
		{"text: function", "secrets: { db: { name: !Ref Name } }", nil},
		{"text: nothing", "secrets:\n  db:\n    name:", nil},
		{"flag: text", "exportAll: maybe", nil},
		{"flag: yes", "exportAll: yes", nil},
		{"flag: quoted", `exportAll: "true"`, nil},
		{"number: text", "shards: many", nil},
		{"number: quoted", `shards: "2"`, nil},
		{"number: fraction", "shards: 2.0", nil},
		{"number: octal", "shards: 0o17", nil},
		{"number: endless", "shards: 99999999999999999999", nil},
		{"value: list", "secrets: { db: { description: [a] } }", nil},
		{"value: nothing", "tags: { team: }", nil},
		{"verbatim: text", "resources: { Bucket: AWS::S3::Bucket }", nil},
		{"mapping: text", "secrets: db", nil},
		{"mapping: list", "secrets: [db]", nil},
		{"mapping: nothing", "secrets:", nil},
		{"struct: text", "secrets: { db: { rotation: 30 } }", nil},
		{"struct: list", "secrets: { db: [a] }", nil},
		{"struct: function", "secrets: { db: { rotation: !Ref Rotation } }", nil},
		{"struct that requires something: nothing", "principals:\n  api:", nil},
		{"list of structs: nothing", "grants:", nil},
		{"list of texts: mapping", "export: { a: b }", nil},
		{"list of texts: list in a list", "export: [[db]]", nil},
		{"template: number", "secrets: { db: { value: { generate: { secretStringTemplate: 5 } } } }", nil},
		{"replica: list", "secrets: { db: { replicas: [[a]] } }", nil},
		{"existing role: unknown property", "principals: { api: { existingRole: { name: api } } }", nil},
		{"existing role: function and more", "principals: { api: { existingRole: { Ref: Role, path: / } } }", nil},
		{"enum with a near word", "secrets: { db: { deletionPolicy: retian } }", nil},
		{"enum without a near word", "principals: { api: { existingRole: api, policies: separate } }", nil},
		{"enum in a list", "grants: { to: api, allow: [read, raed], secrets: db }", nil},
		{"verb of a secret's own grants", "secrets: { db: { grants: { reed: api, read: api } } }", nil},
		{"verb of a secret's own grants that is none", "secrets: { db: { grants: { own: api } } }", nil},
		{"range, below", "keys: { app: { rotationPeriodInDays: 89 } }", nil},
		{"range, above", "secrets: { db: { value: { generate: { passwordLength: 4097 } } } }", nil},
		{"range of the document's own", "shards: 0", nil},
		{"exactly one of: none", "principals: { api: { policies: inline } }", nil},
		{"exactly one of: none at all", "keys: { app: { import: {} } }", nil},
		{"exactly one of: none, but a misspelled one", "principals: { api: { rol: { assumedBy: { service: lambda.amazonaws.com } } } }", nil},
		{"exactly one of: two", "principals: { api: { existingRole: api, service: events.amazonaws.com } }", nil},
		{"exactly one of: two trusts", "principals: { api: { role: { assumedBy: [ { service: ec2.amazonaws.com, podIdentity: true } ] } } }", nil},
		{"not a function", `secrets: { db: { value: { object: { password: { "Fn::GetAt": [Key, Secret] } } } } }`, nil},
		{"not a function: several", `tags: { team: { Ref: A, "Fn::Sub": B } }`, nil},
		{"not a function: empty", "tags: { team: {} }", nil},
		{"function for a whole mapping", "secrets: { db: { tags: !Ref Tags } }", nil},
		{"function for a whole template", `secrets: { db: { value: { generate: { generateStringKey: password, secretStringTemplate: !Sub "{}" } } } }`, nil},
		{"function for a whole section", "secrets: !Ref Secrets", nil},
		{"number in the name of a property", "secrets: { db: { 5: x } }", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, found := load(header + test.spec + "\n")
			if got := said(found); !slices.Equal(got, test.want) {
				t.Errorf("%s\n got %s\nwant %s", test.spec, strings.Join(got, "\n     "), strings.Join(test.want, "\n     "))
			}
		})
	}
}
