package credentials

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// template reads a template whose resource R has one property U.
func template(t *testing.T, value string) (Sections, *yaml.Node) {
	t.Helper()
	text := "Parameters: { P: { Type: String }, H: { NoEcho: True } }\n" +
		"Mappings: { M: { a: { x: one, y: two }, b: { x: three } } }\n" +
		"Resources: { R: { Properties: { U: " + value + " } } }\n"
	root, found := yaml.ParseTemplate(source.New("t.yaml", []byte(text)))
	if root == nil || len(found) > 0 {
		t.Fatalf("cannot be read: %s", text)
	}
	node := root.Get("Resources").Get("R").Get("Properties").Get("U")
	return SectionsOf(root.Pairs(), "Parameters", "Mappings"), node
}

// What a value may become: every variant, and a question mark for what is not known.
func TestFunctionsPutTextsTogether(t *testing.T) {
	for value, want := range map[string]string{
		`a`:                                  "a",
		`~`:                                  "",
		`[a, b]`:                             "a|b",
		`{ x: y }`:                           "nothing",
		`!Ref P`:                             "?",
		`!Ref H`:                             "?",
		`!Ref AWS::NoValue`:                  "",
		`!Sub "a-${P}-${AWS::Region}"`:       "a-?-?",
		`!Sub "a${!b}c"`:                     "a${b}c",
		`!Sub "a${R.Arn}"`:                   "a?",
		`!Sub ["a${x}", { x: b }]`:           "ab",
		`!Sub []`:                            "",
		`!Join ["-", [a, !If [C, b, c], d]]`: "a-b-d|a-c-d",
		`!Join ["-", [!If [C, a, b], !If [C, c, d]]]`: "a-c|a-d|b-c|b-d",
		`!Join ["-", !Ref P]`:                         "?",
		`!Base64 a`:                                   "a",
		`!Base64 { Ref: P }`:                          "?",
		`!ToJsonString { a: b }`:                      `"a":"b",`,
		`!If [C, a, b]`:                               "a|b",
		`!Select [1, [a, b, c]]`:                      "b",
		`!Select [!Ref P, [a, b]]`:                    "a|b",
		`!Select [1]`:                                 "?",
		`!Split [",", "a,b"]`:                         "a,b",
		`!Split [","]`:                                "?",
		`!FindInMap [M, a, x]`:                        "one",
		`!FindInMap [M, !Ref P, x]`:                   "one|three",
		`!FindInMap [M, a]`:                           "?",
		`!FindInMap [N, a, x]`:                        "?",
		`!FindInMap [N, a, x, { DefaultValue: d }]`:   "d",
		`!ImportValue a`:                              "?",
		`"{{resolve:ssm:x}}"`:                         "?",
		`!Join ["", ["a{{resolve:", "ssm:x}}b"]]`:     "a?b",
	} {
		s, n := template(t, value)
		var got []string
		for _, c := range s.compose(n) {
			got = append(got, strings.ReplaceAll(string(c.text), unknownText, "?"))
		}
		if joined := strings.Join(got, "|"); joined != want && (want != "nothing" || got != nil) {
			t.Errorf("%s becomes %q, want %q", value, joined, want)
		}
	}
}

func TestCredentialsSayWhereTheyComeFrom(t *testing.T) {
	for value, want := range map[string]string{
		`plain text`:                                      "",
		`"https://user:hunter2@host"`:                     "written",
		`!Sub "https://user:${P}@host"`:                   "of P",
		`!Sub "https://user:${H}@host"`:                   "elsewhere",
		`!Join ["", ["https://user:", !Ref P, "x@host"]]`: "written of P",
		`"password={{resolve:ssm:x}}"`:                    "elsewhere",
	} {
		s, n := template(t, value)
		var got []string
		for _, c := range s.Credentials(n) {
			if len(c.Literals) > 0 {
				got = append(got, "written")
			}
			for _, p := range c.Parameters {
				got = append(got, "of "+p)
			}
			if c.Kept {
				got = append(got, "elsewhere")
			}
		}
		if joined := strings.Join(got, " "); joined != want {
			t.Errorf("%s: %q, want %q", value, joined, want)
		}
	}
}

func TestWholeIsMadeOfAllParts(t *testing.T) {
	s, n := template(t, `!Sub "x${P}y${R.Arn}"`)
	c := s.Whole("Password", n)
	if len(c.Literals) != 2 || !slices.Equal(c.Parameters, []string{"P"}) || !c.Kept || c.NoSecret {
		t.Errorf("%+v", c)
	}
	s, n = template(t, `!Sub "arn:aws:s3:::${P}"`)
	if !s.Whole("SecretArn", n).NoSecret {
		t.Error("an ARN is no secret")
	}
}

func TestMayTakeHidden(t *testing.T) {
	for value, want := range map[string]bool{
		`!Ref H`: true, `!Ref P`: false, `!Sub "${P}${H}"`: true, `!Sub "${P}"`: false,
		`[a, { b: !Ref H }]`: true, `!Ref AWS::Region`: false, `!Ref Misspelt`: true,
		`H`: true, `!GetAtt H.x`: true, `~`: true, `!Sub ["${a}", { a: !Ref P }]`: false,
		`!Sub ["${a}${b}", { a: !Ref P }]`: true, `!Sub "${!H}"`: false, `text`: false,
		`!FindInMap [M, !Ref P, a]`: false,
	} {
		if s, n := template(t, value); s.MayTakeHidden(n) != want {
			t.Errorf("%s: %v", value, !want)
		}
	}
}

// A place is shown as its name, with ! if all of it is a credential, !! if CloudFormation says so.
func TestPlaces(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{
		{"AWS::RDS::DBInstance", `{ MasterUserPassword: x, MasterUsername: y }`,
			"MasterUserPassword!! MasterUsername"},
		{"AWS::RDS::DBInstance", `{ MasterUserPassword: "{{resolve:secretsmanager:a}}" }`,
			"MasterUserPassword!!"},
		{"AWS::Lambda::Function", `{ Environment: { Variables: { DB_PASSWORD: x, HOST: y } } }`,
			"DB_PASSWORD! HOST"},
		{"Custom::X", `{ ApiKey: x, Flag: true, List: [a, b], Nothing: ~ }`,
			"ApiKey! Flag List List"},
		{"Custom::X", `{ ApiKey: !If [C, a, !Ref P] }`, "ApiKey! ApiKey!"},
		{"Custom::X", `{ ApiKey: true, Tags: [{ Key: token, Value: x }] }`, "ApiKey Key Value"},
		{"AWS::ECS::TaskDefinition",
			`{ ContainerDefinitions: [{ Environment: [{ Name: PASSWORD, Value: x }] }] }`,
			"Name PASSWORD!"},
		{"Custom::X", `!Transform { Name: I, Parameters: { Password: x } }`, " Password!"},
	} {
		_, n := template(t, c.value)
		var got []string
		Places(c.kind, n, func(p Place) {
			mark := map[bool]string{true: "!"}
			got = append(got, p.Name+mark[p.Held]+mark[p.Stated])
		})
		if joined := strings.Join(got, " "); joined != c.want {
			t.Errorf("%s %s: %q, want %q", c.kind, c.value, joined, c.want)
		}
	}
}

func TestPlacesInTagsHoldNothing(t *testing.T) {
	_, n := template(t, `{ Password: x, Name: [y] }`)
	var got []string
	PlacesInTags(n, func(p Place) { got = append(got, fmt.Sprint(p.Name, p.Held)) })
	if want := "Passwordfalse Namefalse"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestIsNoEcho(t *testing.T) {
	s, _ := template(t, "x")
	if !IsNoEcho(s.Parameters["H"]) || IsNoEcho(s.Parameters["P"]) || IsNoEcho(nil) {
		t.Error("H alone is hidden")
	}
}
