package golden

import (
	"regexp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/show"
)

// The two parts of the password that is hidden, between which characters with a meaning stand.
const (
	firstPart  = "Tr0mb0ne"
	secondPart = "4dor3x"
)

// shows finds a part of the password, in any case.
var shows = regexp.MustCompile(`(?i)r0mb0n|dor3x`)

// spellings are the ways to write the password, as far as YAML has an opinion of them.
var spellings = func() []string {
	whole := firstPart + secondPart
	list := []string{
		whole, `"` + whole + `"`, `'` + whole + `'`, `"` + whole, `'` + whole, whole + `"`,
		whole + `'`, `"` + firstPart + `"` + secondPart, `'` + firstPart + `'` + secondPart,
		`"` + firstPart + `\"` + secondPart + `"`, `'` + firstPart + `''` + secondPart + `'`,
		`"\x54r0mb0ne"`, `"Tr0mb0ne\u0034dor3x"`, `"Tr0mb0ne\q` + secondPart + `"`, `"Tr0mb0ne\x4"`,
		"!" + whole, "!!" + whole, "!Ref " + whole, "!GetAtt " + whole,
		"!GetAtt " + firstPart + "." + secondPart,
		"!GetAtt [" + firstPart + ", " + secondPart + "]", "!Sub " + whole,
		`!Sub "` + firstPart + `${` + secondPart + `}"`, `!Sub "a${AWS::Region}` + whole + `"`,
		"!Sub [" + firstPart + ", {a: " + secondPart + "}]", "!ImportValue " + whole,
		"!Join [" + firstPart + ", [" + secondPart + "]]",
		"!Join ['', [" + firstPart + ", !Ref AWS::Region]]",
		"!If [" + firstPart + ", " + secondPart + ", c]", "!Base64 " + whole,
		"!Select [0, [" + whole + "]]", "!FindInMap [" + firstPart + ", " + secondPart + ", c]",
		"!Split [" + firstPart + ", " + secondPart + "]", "!Condition " + whole,
		"!Transform {Name: " + whole + "}", "!Cidr [" + whole + ", 1, 2]", "!GetAZs " + whole,
		"!" + firstPart + " " + secondPart, "!!" + firstPart + " " + secondPart,
		"!<" + firstPart + "> " + secondPart, "!!binary " + whole, "!!str " + whole,
		"!!int " + whole, "!!map " + whole, "!Length [" + whole + "]", "&" + whole,
		"&" + firstPart + " " + secondPart, "*" + whole, "*" + firstPart + " " + secondPart,
		"&" + firstPart + " !" + secondPart + " x", "<<: " + whole, "{<<: " + whole + "}",
		"{" + whole + "}", "{" + whole, "[" + whole + "]", "[" + whole,
		"{" + firstPart + ": " + secondPart + "}", "{" + firstPart + ": " + secondPart,
		"{Ref: " + whole + "}", "{Fn::GetAtt: " + whole + "}", "{Fn::Foo: " + whole + "}",
		"{Fn::Sub: " + whole + "}", `{"Fn::ImportValue": "` + whole + `"}`,
		"{Ref: [" + whole + "]}", "{Ref: {" + whole + ": a}}", "{string: " + whole + "}",
		"{value: {string: " + whole + "}}", "{password: " + whole + "}",
		"{" + firstPart + ": {" + secondPart + ": x}}",
		"[[" + firstPart + "], {" + secondPart + ": 1}]", "- " + whole, "? " + whole, whole + " ?",
		"| " + whole, "> " + whole, "|\n          " + whole,
		">-\n          " + firstPart + "\n          " + secondPart, "|2 " + whole, "|\n" + whole,
		"\n          " + whole, "\n          " + firstPart + ": " + secondPart,
		"\n          - " + whole, "\n" + whole, "\n\t" + whole, "\t" + whole, whole + "\t",
		firstPart + "\n          " + secondPart, firstPart + "\n" + secondPart, "# " + whole,
		"#" + whole, whole + " # " + whole, "x # " + whole, `"x" # ` + whole, "x #" + whole,
		"%" + whole, "@" + whole, "`" + whole + "`", "=" + whole, "~" + whole, "$" + whole,
		"${" + whole + "}", "{{" + whole + "}}", "{{resolve:ssm:" + whole + "}}",
		"'{{resolve:secretsmanager:" + whole + "}}'", "$(" + whole + ")",
		"postgres://app:" + whole + "@host/db", "https://" + firstPart + ":" + secondPart + "@host",
		"password=" + whole + ";host=x", "--- " + whole, "...\n" + whole, "\n---\n" + whole,
		"true " + whole, "1 " + whole, "null " + whole, "1e9" + whole, whole + "é", "é" + whole,
		"\u200b" + whole, whole + "\u202e", "\ufeff" + whole, whole + "\\",
		"C:\\" + firstPart + "\\" + secondPart, "::error::" + whole, "<" + whole + ">",
		`{"a": "` + whole + `"}`, `'{"a": "` + whole + `"}'`,
		`'{"` + firstPart + `": "` + secondPart + `"'`,
		`'{"a": "` + firstPart + `", "` + secondPart + `"}'`, strings.Repeat(whole, 40),
		whole + strings.Repeat(" ", 300) + whole,
	}
	for _, between := range []string{
		",", ", ", ": ", ":", " :", " #", "#", " ", "  ", "*", " *", "!", " !", "&", " &", "{", "}",
		"[", "]", "},", "],", "}, ", " {", " }", "|", ">", "%", "@", "`", `"`, "'", `\`, " - ", "-",
		"?", " ? ", "=", "$", "${", "~", "/", ";", "\t", " \t#", "\u2028", "\u00a0", "\x00", "\x07",
		"\r", "\xff", "<<", "<<: ", "::", "...", "---", ", x: ", ",x: ", "}, x: {y: ", ": {", ": [",
		", - ", "\n", "\n      ", "\n        x: ", "\n  ", "\n  x:\n    ",
	} {
		list = append(list, firstPart+between+secondPart)
	}
	return list
}()

// mapping matches the spellings that are a mapping: where fields or ids stand, these are names.
var mapping = regexp.MustCompile(`^\s*\{?("Fn::|[A-Za-z0-9]+: |<<)|^\{[A-Za-z0-9]+|: $`)

// place is a file in which ‹› stands for the password.
type place struct {
	name, text string
	names      bool // fields or ids stand there, which are names and shown
}

// places are those of a spec.
var places = []place{
	{name: "value", text: "secrets:\n  db:\n    value: ‹›\n"},
	{
		name: "value and more",
		text: "secrets:\n  db:\n    value: ‹›\n    name: a b\n    nmae: c\n  other: {}\n",
	},
	{name: "string", text: "secrets:\n  db:\n    value:\n      string: ‹›\n"},
	{
		name: "section for anchors",
		text: "x-a: &a ‹›\nx-b: { password: ‹›, more: [‹›, { a: ‹› }] }\n" +
			"secrets:\n  db: { value: { string: *a } }\n  other: {}\n  nmae: x\n",
	},
	{
		name: "section for anchors, merged",
		text: "x-a: &a { kye: b, value: { string: ‹› } }\n" +
			"x-b: &b\n  raed: app\n  password: ‹›\n" +
			"secrets:\n  db: { <<: *a, name: db }\n  more:\n    <<: *a\n    value: ‹›\n    kye: a\n" +
			"grants:\n  - { <<: *b, to: app, allow: read, secrets: db }\n",
	},
	{
		name: "merged from another secret",
		text: "secrets:\n  db: &db\n    value:\n      string: ‹›\n      # ‹›\n    nmae: a\n" +
			"  other: { <<: *db, kye: b }\n  more:\n    <<: *db\n    kye: b\n",
	},
	{
		name: "merged from elsewhere",
		text: "metadata:\n  a: &a\n    password: ‹›\n    string: ‹›\n" +
			"secrets:\n  other: { value: { <<: *a }, kye: b }\n  more: { value: *a }\n" +
			"grants:\n  - { <<: *a, to: app, allow: raed, secrets: db }\n",
	},
	{
		name: "section for anchors, everywhere",
		text: "x-a: &a [ ‹› ]\nx-b: &b { secretString: ‹› }\n" +
			"secrets:\n  db: { replicas: *b, rotation: *b, value: *b }\n" +
			"grants:\n  - { to: app, allow: raed, secrets: db, password: *a }\n",
	},
	{name: "string in braces", text: "secrets:\n  db: { value: { string: ‹› } }\n"},
	{
		name: "string in braces, followed",
		text: "secrets:\n" +
			"  db: { value: { string: ‹›, unsafePlaintext: true }, nmae: x, " +
			"grants: { raed: app } }\n",
	},
	{
		name: "string, allowed",
		text: "secrets:\n  db: { name: db, value: { string: ‹›, unsafePlaintext: true } }\n",
	},
	{
		name: "string, allowed, in block",
		text: "secrets:\n  db:\n    value:\n      unsafePlaintext: true\n      string: ‹›\n" +
			"    grants: { read: app }\n",
	},
	{name: "value in braces", text: "secrets: { db: { name: db, value: ‹› } }\n"},
	{
		name: "all in braces",
		text: "secrets: { db: { value: ‹› }, other: { value: { string: ‹› } } }\n",
	},
	{
		name: "field",
		text: "secrets:\n  db:\n    value:\n      object:\n        username: app\n" +
			"        password: ‹›\n",
	},
	{
		name: "field in braces",
		text: "secrets:\n  db: { value: { object: { username: app, password: ‹› } } }\n",
	},
	{
		name: "field in a field",
		text: "secrets:\n  db:\n    value:\n      object:\n        a: { b: [ ‹› ] }\n",
	},
	{
		name: "plain field beside",
		text: "secrets:\n  db:\n    value:\n      plaintext: [ user ]\n" +
			"      object: { user: x, pw: ‹›, host: h }\n",
	},
	{name: "object", text: "secrets:\n  db:\n    value:\n      object: ‹›\n", names: true},
	{name: "list item of a value", text: "secrets:\n  db:\n    value:\n      - ‹›\n"},
	{
		name: "template",
		text: "secrets:\n  db:\n    value:\n      generate:\n        generateStringKey: p\n" +
			"        secretStringTemplate: ‹›\n",
		names: true,
	},
	{
		name: "template's field",
		text: "secrets:\n  db:\n    value:\n      generate:\n        generateStringKey: p\n" +
			"        secretStringTemplate: { token: ‹› }\n",
	},
	{name: "generate", text: "secrets:\n  db:\n    value:\n      generate: ‹›\n"},
	{
		name: "generator's number",
		text: "secrets:\n  db:\n    value:\n      generate: { passwordLength: ‹› }\n",
	},
	{name: "empty", text: "secrets:\n  db:\n    value: { empty: ‹› }\n"},
	{
		name: "unsafePlaintext",
		text: "secrets:\n  db:\n    value: { string: x, unsafePlaintext: ‹› }\n",
	},
	{name: "misspelt string", text: "secrets:\n  db:\n    value:\n      sring: ‹›\n"},
	{
		name: "unknown property of a value",
		text: "secrets:\n  db:\n    value:\n      colour: ‹›\n      more: { deep: [ ‹› ] }\n",
	},
	{name: "misspelt value", text: "secrets:\n  db:\n    vlaue: ‹›\n"},
	{name: "secretString", text: "secrets:\n  db:\n    secretString: ‹›\n"},
	{name: "SecretString", text: "secrets:\n  db:\n    SecretString: ‹›\n    Name: x\n"},
	{name: "password of a secret", text: "secrets:\n  db:\n    password: ‹›\n"},
	{name: "secret itself", text: "secrets:\n  db: ‹›\n", names: true},
	{name: "secrets themselves", text: "secrets: ‹›\n", names: true},
	{name: "misspelt secrets", text: "secrts:\n  db:\n    value: ‹›\n"},
	{name: "SECRETS", text: "SECRETS:\n  db:\n    value:\n      string: ‹›\n"},
	{name: "value twice", text: "secrets:\n  db:\n    value: ‹›\n    value: ‹›\n"},
	{name: "anchor", text: "x-a: &a ‹›\nsecrets:\n  db:\n    value:\n      string: *a\n"},
	{
		name: "anchor in a value",
		text: "secrets:\n  db:\n    value: &v\n      string: ‹›\n  other:\n    value: *v\n",
	},
	{name: "merged", text: "x-a: &a\n  string: ‹›\nsecrets:\n  db:\n    value:\n      <<: *a\n"},
	{
		name: "alias that is not there",
		text: "secrets:\n  db:\n    value:\n      string: ‹›\n  other:\n    value: *nothing\n",
	},
	{name: "comment behind", text: "secrets:\n  db:\n    value: # ‹›\n      string: x\n"},
	{
		name: "comment above",
		text: "secrets:\n  db:\n    # ‹›\n    value: { string: x }\n    nmae: x\n",
	},
	{
		name: "comment behind an entry",
		text: "secrets:\n  db: { value: { string: x }, grants: { raed: app } } # ‹›\n",
	},
	{
		name: "comment of a spec without findings",
		text: "secrets:\n  db: { name: db, value: { empty: true }, grants: { read: app } } # ‹›\n",
	},
	{
		name: "default",
		text: "parameters:\n  Pw: { Type: String, NoEcho: true, Default: ‹› }\nsecrets:\n" +
			"  db: { value: { string: !Ref Pw } }\n",
	},
	{
		name: "default in block",
		text: "parameters:\n  Pw:\n    Type: String\n    Default: ‹›\nsecrets:\n" +
			"  db: { value: { string: !Ref Pw }, nmae: x }\n",
	},
	{
		name: "resource's password",
		text: "secrets: { db: {} }\nresources:\n  Db:\n    Type: AWS::RDS::DBInstance\n" +
			"    Properties:\n      MasterUserPassword: ‹›\n      DBInstanceClas: x\n",
	},
	{
		name: "resource's password in braces",
		text: "secrets: { db: {} }\n" +
			"resources: { Db: { Type: AWS::RDS::DBInstance, " +
			"Properties: { MasterUsername: a, MasterUserPassword: ‹› } } }\n",
	},
	{
		name: "verbatim secret",
		text: "secrets: { db: {} }\nresources:\n  S:\n    Type: AWS::SecretsManager::Secret\n" +
			"    Properties:\n      SecretString: ‹›\n",
	},
	{
		name: "variable of a function",
		text: "secrets: { db: {} }\nresources:\n  F:\n    Type: AWS::Lambda::Function\n" +
			"    Properties:\n      Environment: { Variables: { DB_PASSWORD: ‹› } }\n",
	},
	{name: "unknown section", text: "secrets: { db: {} }\nextra:\n  a: ‹›\n"},
	{name: "metadata's password", text: "secrets: { db: {} }\nmetadata:\n  password: ‹›\n"},
	{name: "after a broken line", text: "secrets:\n  db:\n   name: \"x\n    value: ‹›\n"},
	{
		name: "a variable that is a value", text: "environments:\n  dev:\n    variables:\n" +
			"      word: ‹›\nsecrets:\n  db: { name: a/$(word), value: { string: $(word) } }\n",
	},
	{
		name: "a variable that is called so", text: "environments:\n  dev:\n    variables:\n" +
			"      password: ‹›\nsecrets:\n  db: { name: a/$(password)! }\n",
	},
	{
		name: "a value for an environment", text: "environments: { dev: , prod: }\n" +
			"secrets:\n  db:\n    value:\n      string:\n        default: x\n" +
			"        dev: ‹›\n",
	},
	{name: "JSON", text: `"secrets": {"db": {"value": {"string": "‹›"}}}` + "\n"},
	{
		name: "second of two secrets",
		text: "secrets:\n  a: { value: { string: ‹› } }\n" +
			"  b: { value: { string: !Ref Nothing } }\n",
	},
	{
		name: "with a literal of a generator",
		text: "secrets:\n  db:\n    value:\n      generate: { excludePunctuation: true }\n" +
			"      string: ‹›\n",
	},
}

// templates are CloudFormation templates in which ‹› stands for the password.
var secretTemplates = []struct{ name, text string }{
	{
		"SecretString",
		"Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n" +
			"      SecretString: ‹›\n",
	},
	{
		"SecretString twice",
		"Resources:\n" +
			"  S: { Type: AWS::SecretsManager::Secret, " +
			"Properties: { SecretString: ‹›, SecretString: ‹› } }\n",
	},
	{
		"default",
		"Parameters:\n  P: { Type: String, NoEcho: true, Default: ‹› }\nResources:\n" +
			"  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Ref P } }\n",
	},
	{
		"default in a condition",
		"Parameters:\n  P:\n    Type: String\n    NoEcho: true\n    Default: ‹›\nResources:\n" +
			"  S: { Type: AWS::SecretsManager::Secret }\n" +
			templateRole("!Ref P"),
	},
	{
		"password",
		"Resources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n" +
			"      MasterUserPassword: ‹›\n  S: { Type: AWS::SecretsManager::Secret }\n",
	},
	{
		"variable",
		"Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n" +
			"      Environment: { Variables: { API_TOKEN: ‹› } }\n" +
			"  S: { Type: AWS::SecretsManager::Secret }\n",
	},
	{
		"string template",
		"Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n" +
			"      GenerateSecretString: { GenerateStringKey: p, SecretStringTemplate: ‹› }\n" +
			templateRole("x"),
	},
}

// templateRole is a role that may read everything if a tag has a value.
func templateRole(value string) string {
	return "  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: r\n" +
		"      AssumeRolePolicyDocument: {}\n      Policies:\n" +
		"        - PolicyName: x\n" +
		"          PolicyDocument: { Statement: [ { Effect: Allow, Action: '*', Resource: '*', " +
		"Condition: { StringEquals: { aws:PrincipalTag/x: " + value + " } } } ] }\n"
}

// specAround is what stands before and after a place in a spec.
const specAround = "version: 1\nstack: shop\n" +
	"environment: { account: '111111111111', region: eu-west-1 }\n" +
	"principals: { app: { role: { assumedBy: { service: ec2.amazonaws.com } } } }\n"

// The commands that are run on specs and on templates, in every format that there is. Those that
// write a template write it to a file, which may have the literal that somebody has allowed.
var (
	specCommands = slices.Concat([][]string{
		{"compile", "spec.yaml", "-o", "out"},
		{"compile", "spec.yaml", "-o", "old", "--check"},
		{"why", "--verbose", "app", "read", "db", "spec.yaml"},
		{"plan", "--script", "spec.yaml"},
	},
		inFormats(show.Diagnostics.Names(), "validate", "spec.yaml"),
		inFormats(show.Reports.Names(), "access", "spec.yaml"),
		inFormats(show.Why.Names(), "why", "app", "read", "db", "spec.yaml"),
		inFormats(show.Plan.Names(), "plan", "spec.yaml"),
		inFormats(wholeDiffs, "diff", "none", "spec.yaml"),
	)
	templateCommands = slices.Concat([][]string{
		{"why", "--verbose", "R", "read", "S", "spec.yaml@111111111111:eu-west-1"},
	},
		inFormats(show.Diagnostics.Names(), "validate", "spec.yaml"),
		inFormats(show.Reports.Names(), "access", "spec.yaml@111111111111:eu-west-1"),
		inFormats(wholeDiffs, "diff", "spec.yaml@111111111111:eu-west-1", "none"),
	)
)

// wholeDiffs are the formats of changes that have all that the others have.
var wholeDiffs = []string{"json", "html"}

// inFormats returns a command in each of several formats.
func inFormats(formats []string, command ...string) (all [][]string) {
	for _, format := range formats {
		all = append(all, append(slices.Clone(command), "--format", format))
	}
	return all
}
