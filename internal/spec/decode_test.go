package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
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

// said writes diagnostics one to a line: code, the text at fault, message, hint, and the
// replacement if there is one.
func said(found diag.List) []string {
	lines := []string{}
	for _, d := range found {
		line := fmt.Sprintf("%s [%s] %s; %s", d.Code.Number, d.Span.Text(), d.Says(nil),
			d.Advises(nil))
		for _, f := range d.Fixes(nil) {
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
		{"unknown property with CloudFormation's name", "secrets: { db: { KmsKeyId: app } }",
			[]string{
				`SC1001 [KmsKeyId] there is no property "KmsKeyId" here; this language says ` +
					`"key" for it (fix: [KmsKeyId] → key)`},
		},
		{"CloudFormation's name for something deeper",
			"secrets: { db: { GenerateSecretString: { PasswordLength: 20 } } }",
			[]string{
				`SC1001 [GenerateSecretString] there is no property "GenerateSecretString" ` +
					`here; write value: { generate: … } (fix: [GenerateSecretString: ` +
					`{ PasswordLength: 20 }] → value: { generate: { PasswordLength: 20 } })`},
		},
		{"CloudFormation's name where its last part belongs",
			"secrets: { db: { rotation: { HostedRotationLambda: { rotationType: " +
				"MySQLSingleUser } } } }",
			[]string{
				`SC1001 [HostedRotationLambda] there is no property "HostedRotationLambda" ` +
					`here; this language says "hosted" for it ` +
					`(fix: [HostedRotationLambda] → hosted)`},
		},
		{"CloudFormation's spelling of a property", "secrets: { db: { DeletionPolicy: Retain } }",
			[]string{
				`SC1001 [DeletionPolicy] there is no property "DeletionPolicy" here; write ` +
					`"deletionPolicy" (fix: [DeletionPolicy] → deletionPolicy)`},
		},
		{"a section that is also a word of IAM's", "Resources: {}",
			[]string{
				`SC1001 [Resources] there is no property "Resources" here; write ` +
					`"resources" (fix: [Resources] → resources)`},
		},
		{"unknown property with a near name", "secrets: { db: { rotatoin: { managed: true } } }",
			[]string{
				`SC1001 [rotatoin] there is no property "rotatoin" here; write "rotation" ` +
					`(fix: [rotatoin] → rotation)`},
		},
		{"unknown property with no near name", "secrets: { db: { value: { colour: blue } } }",
			[]string{
				`SC1001 [colour] there is no property "colour" here; remove it; properties ` +
					`here are empty, generate, object, plaintext, string`},
		},
		{"unknown property of the document", "secret: { db: {} }",
			[]string{
				`SC1001 [secret] there is no property "secret" here; write "secrets" (fix: ` +
					`[secret] → secrets)`},
		},
		{"missing property in a list", "grants:\n  - { to: api, secrets: db }",
			[]string{`SC1002 [to] "allow" is missing; add "allow"`}},
		{"missing property in a single item", "grants: { to: api, secrets: db }",
			[]string{`SC1002 [grants] "allow" is missing; add "allow"`}},
		{"missing property that is misspelled",
			"grants: [ { too: api, allow: read, secrets: db } ]",
			[]string{`SC1001 [too] there is no property "too" here; write "to" (fix: [too] → to)`}},
		{"missing property below a key",
			"secrets: { db: { attachment: { targetType: AWS::RDS::DBInstance } } }",
			[]string{`SC1002 [attachment] "targetId" is missing; add "targetId"`}},
		{"text: mapping", "secrets: { db: { name: { a: b } } }",
			[]string{`SC1003 [name] expected a text, not a mapping; write a text`}},
		{"text: list", "secrets: { db: { name: [a] } }",
			[]string{
				`SC1003 [name] expected a text, not a list; write a text, without a list ` +
					`around it`},
		},
		{"text: function", "secrets: { db: { name: !Ref Name } }",
			[]string{
				`SC1003 [name] expected a text, not an intrinsic function; write a text; it ` +
					`must be known before the template is deployed`},
		},
		{"text: nothing", "secrets:\n  db:\n    name:",
			[]string{
				`SC1003 [name] expected a text, and nothing is written; write a text, or ` +
					`remove it`},
		},
		{"flag: text", "exportAll: maybe",
			[]string{`SC1003 [maybe] expected true or false, not a text; write true or false`}},
		{"flag: yes", "exportAll: yes",
			[]string{
				`SC1003 [yes] expected true or false, not a text; write "true" (fix: [yes] ` +
					`→ true)`},
		},
		{"flag: quoted", `exportAll: "true"`,
			[]string{
				`SC1003 ["true"] expected true or false, not a text in quotes; remove the ` +
					`quotes (fix: ["true"] → true)`},
		},
		{"number: text", "shards: many",
			[]string{`SC1003 [many] expected a whole number, not a text; write a whole number`}},
		{"number: quoted", `shards: "2"`,
			[]string{
				`SC1003 ["2"] expected a whole number, not a text in quotes; remove the ` +
					`quotes (fix: ["2"] → 2)`},
		},
		{"number: fraction", "shards: 2.0",
			[]string{
				`SC1003 [2.0] expected a whole number, not a number with a fraction; write ` +
					`a whole number`},
		},
		{"number: octal", "shards: 0o17",
			[]string{
				`SC1003 [0o17] expected a whole number, not one in octal or hexadecimal ` +
					`notation; write a whole number`},
		},
		{"number: endless", "shards: 99999999999999999999",
			[]string{
				`SC1003 [99999999999999999999] expected a whole number, not one this long; ` +
					`write a whole number`},
		},
		{"value: list", "secrets: { db: { description: [a] } }",
			[]string{
				`SC1003 [description] expected a text or an intrinsic function, not a list; ` +
					`write a text or an intrinsic function, without a list around it`},
		},
		{"value: nothing", "tags: { team: }",
			[]string{
				`SC1003 [team] expected a text or an intrinsic function, and nothing is ` +
					`written; write a text or an intrinsic function, or remove it`},
		},
		{"verbatim: text", "resources: { Bucket: AWS::S3::Bucket }",
			[]string{`SC1003 [AWS::S3::Bucket] expected a mapping, not a text; write a mapping`}},
		{"mapping: text", "secrets: db",
			[]string{`SC1003 [db] expected a mapping, not a text; write a mapping`}},
		{"mapping: list", "secrets: [db]",
			[]string{`SC1003 [secrets] expected a mapping, not a list; write a mapping, without ` +
				`hyphens and brackets: each entry is a name, a colon and what it stands for, ` +
				`which may be {}`}},
		{"mapping: nothing", "secrets:",
			[]string{
				`SC1003 [secrets] expected a mapping, and nothing is written; write a ` +
					`mapping, or remove it`},
		},
		{"struct: text", "secrets: { db: { rotation: 30 } }",
			[]string{
				`SC1003 [30] expected a mapping, not a whole number; write a mapping; its ` +
					`properties are application, automaticallyAfterDays, duration, external, ` +
					`hosted, lambda, managed, manual, rotateImmediatelyOnUpdate, scheduleExpression`},
		},
		{"struct: list", "secrets: { db: [a] }",
			[]string{
				`SC1003 [db] expected a mapping, not a list; write a mapping; its ` +
					`properties are attachment, condition, deletionPolicy, description, environments, grants, ` +
					`import, key, logicalId, name, policy, replicas, rotation, shard, tags, ` +
					`type, value`},
		},
		{"struct: function", "secrets: { db: { rotation: !Ref Rotation } }",
			[]string{
				`SC1003 [rotation] expected a mapping, not an intrinsic function; write a ` +
					`mapping; its properties are application, automaticallyAfterDays, duration, ` +
					`external, hosted, lambda, managed, manual, rotateImmediatelyOnUpdate, ` +
					`scheduleExpression`},
		},
		{"struct that requires something: nothing", "principals:\n  api:",
			[]string{
				`SC1003 [api] expected a mapping, and nothing is written; write a mapping; ` +
					`its properties are account, environments, existingGroup, existingRole, existingUser, ` +
					`logicalId, members, organization, organizationPath, policies, role, ` +
					`rolePattern, service`},
		},
		{"list of structs: nothing", "grants:",
			[]string{
				`SC1003 [grants] expected a mapping, and nothing is written; write a ` +
					`mapping; its properties are allow, environments, reason, regions, secrets, to, until, ` +
					`versionStages, when`},
		},
		{"list of texts: mapping", "export: { a: b }",
			[]string{`SC1003 [export] expected a text, not a mapping; write a text`}},
		{"list of texts: list in a list", "export: [[db]]",
			[]string{
				`SC1003 [[db]] expected a text, not a list; write a text, without a list ` +
					`around it`},
		},
		{"template: number",
			"secrets: { db: { value: { generate: { secretStringTemplate: 5 } } } }",
			[]string{
				`SC1003 [5] expected a mapping, or JSON as a text, not a whole number; ` +
					`write a mapping, or JSON as a text`},
		},
		{"replica: list", "secrets: { db: { replicas: [[a]] } }",
			[]string{
				`SC1003 [[a]] expected a text or a mapping, not a list; write a mapping; ` +
					`its properties are key, region`},
		},
		{"existing role: unknown property", "principals: { api: { existingRole: { name: api } } }",
			[]string{
				`SC1001 [name] there is no property "name" here; the only property here is ` +
					`"roleName"`},
		},
		{"existing role: function and more",
			"principals: { api: { existingRole: { Ref: Role, path: / } } }", []string{
				`SC1001 [Ref] an intrinsic function cannot stand beside properties; write the ` +
					`function alone, or remove it`,
				`SC1001 [path] there is no property "path" here; the only property here is "roleName"`,
			}},
		{"enum with a near word", "secrets: { db: { deletionPolicy: retian } }",
			[]string{
				`SC1005 [retian] "retian" is none of the words that can stand here; write ` +
					`"Retain" (fix: [retian] → Retain)`},
		},
		{"enum without a near word",
			"principals: { api: { existingRole: api, policies: separate } }",
			[]string{
				`SC1005 [separate] "separate" is none of the words that can stand here; ` +
					`write one of managed, inline`},
		},
		{"enum in a list", "grants: { to: api, allow: [read, raed], secrets: db }",
			[]string{`SC1005 [raed] there is no verb "raed"; write "read" (fix: [raed] → read)`}},
		{"verb of a secret's own grants", "secrets: { db: { grants: { reed: api, read: api } } }",
			[]string{`SC1005 [reed] there is no verb "reed"; write "read" (fix: [reed] → read)`}},
		{"verb of a secret's own grants that is none", "secrets: { db: { grants: { own: api } } }",
			[]string{
				`SC1005 [own] there is no verb "own"; write one of ` +
					strings.Join(verb.Names(), ", ")},
		},
		{"range, below", "keys: { app: { rotationPeriodInDays: 89 } }",
			[]string{`SC1005 [89] 89 is out of range; write a number of at least 90`}},
		{"range, above", "secrets: { db: { value: { generate: { passwordLength: 4097 } } } }",
			[]string{`SC1005 [4097] 4097 is out of range; write a number of at most 4096`}},
		{"range of the document's own", "shards: 0",
			[]string{`SC1005 [0] 0 is out of range; write a number of at least 1`}},
		{"exactly one of: none", "principals: { api: { policies: inline } }",
			[]string{
				`SC1004 [api] exactly one of role, existingRole, existingUser, ` +
					`existingGroup, account, organization, organizationPath, rolePattern, ` +
					`service and members is needed, and none is written; add one of them`},
		},
		{"exactly one of: none at all", "keys: { app: { import: {} } }",
			[]string{
				`SC1004 [import] exactly one of arn and alias is needed, and none is ` +
					`written; add one of them`},
		},
		{"exactly one of: none, but a misspelled one",
			"principals: { api: { rol: { assumedBy: { service: lambda.amazonaws.com } } } }",
			[]string{
				`SC1001 [rol] there is no property "rol" here; write "role" (fix: [rol] → role)`},
		},
		{"exactly one of: two",
			"principals: { api: { existingRole: api, service: events.amazonaws.com } }",
			[]string{
				`SC1004 [service] "service" cannot stand beside "existingRole": exactly one ` +
					`of role, existingRole, existingUser, existingGroup, account, organization, ` +
					`organizationPath, rolePattern, service and members is allowed; remove all ` +
					`but one`},
		},
		{"exactly one of: two trusts",
			"principals: { api: { role: { assumedBy: [ { service: ec2.amazonaws.com, " +
				"podIdentity: true } ] } } }",
			[]string{
				`SC1004 [podIdentity] "podIdentity" cannot stand beside "service": exactly ` +
					`one of service, account, arn, role, oidc, irsa, podIdentity, saml, cognito ` +
					`and rolesAnywhere is allowed; remove all but one`},
		},
		{"not a function",
			`secrets: { db: { value: { object: { password: { "Fn::GetAt": [Key, Secret] } } } } }`,
			[]string{
				`SC1006 ["Fn::GetAt"] a mapping stands where a text or an intrinsic ` +
					`function is expected; write "Fn::GetAtt" (fix: ["Fn::GetAt"] → ` +
					`"Fn::GetAtt")`},
		},
		{"not a function: several", `tags: { team: { Ref: A, "Fn::Sub": B } }`,
			[]string{
				`SC1006 [Ref] a mapping stands where a text or an intrinsic function is ` +
					`expected; write a text, or one intrinsic function such as { Ref: Name }`},
		},
		{"not a function: empty", "tags: { team: {} }",
			[]string{
				`SC1006 [team] a mapping stands where a text or an intrinsic function is ` +
					`expected; write a text, or one intrinsic function such as { Ref: Name }`},
		},
		{"function for a whole mapping", "secrets: { db: { tags: !Ref Tags } }",
			[]string{
				`SC1006 [!Ref] an intrinsic function cannot stand for the whole mapping; ` +
					`write the mapping, with the function as one of its values`},
		},
		{"function for a whole template",
			`secrets: { db: { value: { generate: { generateStringKey: password, ` +
				`secretStringTemplate: !Sub "{}" } } } }`,
			[]string{
				`SC1006 [!Sub] an intrinsic function cannot stand for the whole mapping; ` +
					`write the mapping, with the function as one of its values`},
		},
		{"function for a whole section", "secrets: !Ref Secrets",
			[]string{
				`SC1006 [!Ref] an intrinsic function cannot stand for the whole mapping; ` +
					`write the mapping, with the function as one of its values`},
		},
		{"number in the name of a property", "secrets: { db: { 5: x } }",
			[]string{
				`SC1001 [5] there is no property "5" here; remove it; properties here are ` +
					`attachment, condition, deletionPolicy, description, environments, ` +
					`grants, import, key, logicalId, name, policy, replicas, rotation, shard, tags, type, value`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, found := load(header + test.spec + "\n")
			if got := said(found); !slices.Equal(got, test.want) {
				t.Errorf("%s\n got %s\nwant %s", test.spec, strings.Join(got, "\n     "),
					strings.Join(test.want, "\n     "))
			}
		})
	}
}

func TestEmptyEntriesStandForThemselves(t *testing.T) {
	s, _, found := load(header + `
environment:
defaults:
keys:
  app:
secrets:
  db:
  token: { value: { generate: }, policy: , grants: {} }
grants: []
`)
	if len(found) > 0 {
		t.Fatalf("%q", said(found))
	}
	if s.Secrets.Get("db") == nil || s.Keys.Get("app") == nil ||
		s.Secrets.Get("token").V.Value.Generate.Span.IsZero() {
		t.Errorf("an empty entry is lost: %+v", s)
	}
}

func TestItemMayStandForAList(t *testing.T) {
	s, _, found := load(header + `
grants: { to: api, allow: read, secrets: [db, token] }
secrets: { db: { replicas: us-east-1, grants: { write: ci, read: [api, { to: [a, b] }] } } }
`)
	if len(found) > 0 {
		t.Fatalf("%q", said(found))
	}
	db := s.Secrets.Get("db").V
	if len(s.Grants) != 1 || s.Grants[0].To[0].V != "api" || len(s.Grants[0].Secrets) != 2 {
		t.Errorf("grants are %+v", s.Grants)
	}
	if db.Replicas[0].Region.V != "us-east-1" || db.Grants.Get("write").V[0].To[0].V != "ci" ||
		len(db.Grants.Get("read").V[1].To) != 2 {
		t.Errorf("the secret is %+v", db)
	}
}

func TestTextKeepsItsDigits(t *testing.T) {
	for _, account := range []string{"012345678901", `"012345678901"`, "'012345678901'"} {
		s, _, found := load(
			header + "environment: { account: " + account + " }\n" +
				"principals: { them: { account: " + account + " } }\n",
		)
		if len(found) > 0 {
			t.Fatalf("%q", said(found))
		}
		if s.Environment.Account.V != "012345678901" ||
			s.Principals.Get("them").V.Account.V != "012345678901" {
			t.Errorf("%s is read as %q", account, s.Environment.Account.V)
		}
	}
	s, _, _ := load(
		header + "secrets: { a: { name: 1.10, key: yes, shard: 0x1F, condition: True } }\n")
	if a := s.Secrets.Get("a").V; a.Name.V+a.Key.V+a.Shard.V+a.Condition.V != "1.10yes0x1FTrue" {
		t.Errorf("the texts are %q %q %q %q", a.Name.V, a.Key.V, a.Shard.V, a.Condition.V)
	}
}

func TestFilesAreUnited(t *testing.T) {
	s, _, found := load(
		header+"environment: { account: \"111111111111\" }\nsecrets: { db: {} }\n"+
			"grants: { to: api, allow: read, secrets: db }\n",
		"stack: 'hello'\nenvironment: { region: eu-west-1 }\nsecrets: { token: {} }\n"+
			"grants: [ { to: api, allow: read, secrets: token } ]\n",
	)
	if len(found) > 0 {
		t.Fatalf("%q", said(found))
	}
	if s.Environment.Account.V != "111111111111" || s.Environment.Region.V != "eu-west-1" ||
		len(s.Secrets) != 2 ||
		len(s.Grants) != 2 {
		t.Errorf("the whole is %+v", s)
	}
}

func TestFilesThatDisagree(t *testing.T) {
	const disagree = "in another file of this spec; state it in one file only"
	for _, test := range []struct {
		name    string
		first   string
		second  string
		want    []string
		related string // the other place
	}{
		{"stack", header, "stack: \"other\"\n",
			[]string{`SC1007 ["other"] stack is "other" here and "hello" ` + disagree}, "hello"},
		{"version", header, "version: 2\n",
			[]string{`SC1007 [2] version is "2" here and "1" ` + disagree}, "1"},
		{"flag", header + "exportAll: true\n", "exportAll: false\n",
			[]string{`SC1007 [false] exportAll is "false" here and "true" ` + disagree}, "true"},
		{"property of the environment", header + "environment: { region: eu-west-1 }\n",
			"environment: { region: us-east-1 }\n",
			[]string{`SC1007 [us-east-1] environment.region is "us-east-1" here and "eu-west-1" ` +
				disagree}, "eu-west-1"},
		{"duplicate id", header + "secrets: { db: {} }\n", "secrets: { db: {} }\n",
			[]string{`SC2004 [db] "db" stands under secrets twice, in two files; ` +
				`rename or remove one of them`}, "db"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, found := load(test.first, test.second)
			if got := said(found); !slices.Equal(got, test.want) {
				t.Fatalf("\n got %s\nwant %s", strings.Join(got, "\n     "),
					strings.Join(test.want, "\n     "))
			}
			if d := found[0]; d.Span.File.Name != "b.yaml" ||
				d.Places()[0].Span.File.Name != "a.yaml" ||
				d.Places()[0].Span.Text() != test.related {
				t.Errorf("it is at %s, and related to %q of %s", d.Span.File.Name,
					d.Places()[0].Span.Text(), d.Places()[0].Span.File.Name)
			}
		})
	}
}

func TestHeaderIsNeededOnceAndWrongIsNotMissing(t *testing.T) {
	for spec, want := range map[string][]string{
		"secrets: {}\n": {
			`SC1002 [] the spec has no "stack"; add "stack:" and the name of the ` +
				`CloudFormation stack`,
			`SC1002 [] the spec has no "version"; add "version: 1" (fix: [] → version: 1` + "\n)",
		},
		"version: 2\nstack: hello\n": {
			`SC1009 [2] version 2 of the language is not known; write "version: 1" (fix: [2] → 1)`,
		},
		"version: \"1\"\nstack: hello\n": {
			`SC1003 ["1"] expected a whole number, not a text in quotes; remove the quotes ` +
				`(fix: ["1"] → 1)`,
		},
		"version: 1.0\nstack: hello\n": {
			`SC1003 [1.0] expected a whole number, not a number with a fraction; write a ` +
				`whole number`,
		},
		"version: 1\nstack: !Ref StackName\n": {
			`SC1003 [stack] expected a text, not an intrinsic function; write a text; it ` +
				`must be known before the template is deployed`,
		},
	} {
		_, _, found := load(spec)
		if got := said(found); !slices.Equal(got, want) {
			t.Errorf("%s\n got %s\nwant %s", spec, strings.Join(got, "\n     "),
				strings.Join(want, "\n     "))
		}
	}
}

func TestWrongEntryHidesNoOther(t *testing.T) {
	s, _, found := load(
		header +
			"secrets:\n  a: { rotation: 5 }\n  b: { KmsKeyId: x }\n  c: { name: payments/c " +
			"}\ngrants:\n  - 5\n  - { to: api, allow: read, secrets: c }\n",
	)
	if len(found) != 3 {
		t.Errorf("%q", said(found))
	}
	if s.Secrets.Get("c").V.Name.V != "payments/c" || s.Grants[1].To[0].V != "api" {
		t.Errorf("what is right is lost: %+v", s)
	}
}

func TestRepeatedKeyIsNoContradiction(t *testing.T) {
	_, _, found := load(header + "secrets: { db: { name: [a], name: b } }\n")
	for _, d := range found {
		if d.Code != diag.DuplicateKey {
			t.Errorf("%q", said(found))
		}
	}
}

func TestLiteralSecretIsNeverShown(t *testing.T) {
	for _, value := range []string{
		"value: hunter2",
		"value: [hunter2]",
		"secretString: hunter2",
		"SecretString: hunter2",
		"secretstrin: { a: hunter2 }",
		"value: { string: [hunter2] }",
		"value: { string: { a: hunter2 } }",
		"value: { string: { Ref: hunter2, Fn::Sub: hunter2 } }",
		"value: { object: hunter2 }",
		"value: { object: [hunter2] }",
		"value: { object: { password: [hunter2] } }",
		"value: { object: { password: { plain: hunter2 } } }",
		"value: { object: !Sub hunter2 }",
		"value: { empty: hunter2 }",
		"value: { text: hunter2 }",
		"value: { secretString: hunter2, string: 5 }",
		"value: { unsafePlaintext: hunter2, string: hunter2 }",
		"value: { generate: hunter2 }",
		"value: { generate: [hunter2] }",
		"value: { generate: { secretStringTemplate: [hunter2] } }",
		"value: { generate: { secretStringTemplate: { password: [hunter2] } } }",
		"value: { generate: { passwordLength: hunter2 } }",
		"value: { generate: { password: hunter2 } }",
		"password: hunter2",
	} {
		_, masks, found := load(header + "secrets: { db: { " + value + " } }\n")
		if len(found) == 0 {
			t.Errorf("%s is accepted", value)
			continue
		}
		for _, d := range found {
			shown := d.Says(nil) + d.Advises(nil)
			for _, f := range d.Fixes(nil) {
				shown += f.Text.String()
			}
			for _, r := range d.Places() {
				shown += r.Message.String()
			}
			if strings.Contains(shown, "hunter2") {
				t.Errorf("%s is shown: %s", value, shown)
			}
			if d.Code == diag.Internal {
				t.Errorf("%s: %s", value, d.Says(nil))
			}
		}
		file := found[0].Span.File
		text := string(file.Data)
		for start := 0; ; start += len("hunter2") {
			i := strings.Index(text[start:], "hunter2")
			if i < 0 {
				break
			}
			start += i
			word := source.Span{File: file, Start: int32(start), End: int32(start + len("hunter2"))}
			if hidden := masks.Within(word); len(hidden) != 1 || hidden[0] != word {
				t.Errorf("%s: the literal at %d is not masked", value, start)
			}
		}
	}
}
