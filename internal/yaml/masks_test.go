package yaml

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// TestMaskTextHidesWhatMayBeSecret writes hidden text as asterisks.
func TestMaskTextHidesWhatMayBeSecret(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{
			"version: 1\nsecrets:\n  db:\n    name: prod/db # x\n    description: the db\n" +
				"    value:\n      string: hunter2\n      more\n    key: main\n" +
				"    other: hunter2\n  hunter2\n",
			"version: 1\nsecrets:\n  db:\n    name: prod/db ***\n    description: the db\n" +
				"    value:\n      ***************\n      ****\n    key: main\n" +
				"    **************\n  *******\n",
		},
		{
			"secrets:\n  api-token: {}\n  db: hunter2\n",
			"secrets:\n  api-token: {}\n  db: *******\n",
		},
		{
			"secrets:\n  api-token:\n    name: x\n    password:\n      name: hunter2\n",
			"secrets:\n  api-token:\n    name: x\n    password:\n      *************\n",
		},
		{
			"grants:\n  - to: app\n    allow: read\n    secrets: api-token\n" +
				"  - { to: app, allow: read }\n",
			"grants:\n  - to: app\n    allow: read\n    secrets: api-token\n" +
				"  - { to: app, allow: read }\n",
		},
		{
			"grants:\n  - { to: app, string: hunter2 }\n",
			"grants:\n  - { to: app, *****************\n",
		},
		{
			"resources:\n  A:\n    SecretString: >\n      hunter2\n    Type: AWS::X\n",
			"resources:\n  A:\n    SecretString: *\n      *******\n    Type: AWS::X\n",
		},
		{
			"stack: x\npassword: \"hunter2\nhunter2\nx\" y\nenvironment: e\n",
			"stack: x\npassword: ********\n*******\n****\nenvironment: e\n",
		},
		{"value: {a: b,\nc: d\n}\nstack: e\n", "value: ******\n****\n*\nstack: e\n"},
		{"value:\n- hunter2\nstack: e\n", "value:\n*********\nstack: e\n"},
		{
			"{\"version\": 1,\n \"stack\": \"x\",\n" +
				" \"secrets\": {\"db\": {\"value\": \"hunter2\"}}}\n",
			"{\"version\": 1,\n \"stack\": \"x\",\n \"secrets\": *****************************\n",
		},
		{"{\"version\": 1, \"secrets\": {}}\n", "{\"version\": 1, \"secrets\": ***\n"},
		{
			"secrets:\n  mail: { name: shop/mail key: app }\n",
			"secrets:\n  mail: { name: shop/mail key: app }\n",
		},
		{
			"secrets:\n  db: { Name: shop/db KmsKeyId: app, value: hunter2 }\n",
			"secrets:\n  db: { Name: shop/db KmsKeyId: app, value: *********\n",
		},
		{
			"secrets:\n  db: { name: \"shop/db, value: { empty: true } }\n  b: {}\n",
			"secrets:\n  db: { name: \"shop/db, value: *****************\n  b: {}\n",
		},
		{"principals: { a: {} } secrets: hunter2\n", "principals: { a: {} } ****************\n"},
		{"a: \xff hunter2\n", "*************"},
		{"secrets:\r\n  db: hunter2\r\n", "secrets:\r\n  db: *******\r\n"},
		{"parameters:\n  P:\n    Default: hunter2\n", "parameters:\n  P:\n    Default: *******\n"},
		{"hunter2\n", "*******\n"},
		{"stack: x\n  \"hunter2\"\n", "stack: x\n  *********\n"},
		{"# password: hunter2\nstack: x\n", "*******************\nstack: x\n"},
		{"password: 'it\\'\nstack: x\n", "password: *****\nstack: x\n"},
		{"password: \"it\\\"\nx\"\nstack: x\n", "password: *****\n**\nstack: x\n"},
	} {
		f := source.New("spec.yaml", []byte(c.text))
		m := &source.Masks{}
		MaskText(f, keys, m)
		got := []byte(c.text)
		for _, s := range m.Within(source.Span{File: f, End: int32(len(got))}) {
			copy(got[s.Start:s.End], strings.Repeat("*", int(s.End-s.Start)))
		}
		if string(got) != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// keys are a small language: secrets with names, keys and values, and grants of them.
var keys = Keys{
	Secrets: "secrets",
	Section: func(name string) bool {
		return isHarmless(name) ||
			slices.Contains([]string{"secrets", "resources", "parameters"}, name)
	},
	Harmless: isHarmless,
	HoldsValue: func(name string) bool {
		return slices.Contains([]string{"value", "string", "secretstring", "default"}, name)
	},
	IsSecret: func(name string) bool { return name == "password" || name == "secretstring" },
	IsPlain: func(key string) bool {
		return slices.Contains(
			[]string{"name", "Name", "description", "key", "KmsKeyId", "type", "Type", "version",
				"stack"},
			key,
		)
	},
	IsWord: func(key string) bool {
		words := []string{
			"name", "description", "key", "value", "password", "SecretString", "Default", "secrets",
			"version",
		}
		return slices.Contains(words, key)
	},
}

func isHarmless(name string) bool {
	return slices.Contains([]string{"version", "stack", "environment", "grants", "principals"},
		name)
}
