package cfn

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// readYAML reads YAML with another's parser, short forms as long forms, into what encoding/json
// makes of JSON.
func readYAML(t *testing.T, text []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return meaning(t, doc.Content[0])
}

func meaning(t *testing.T, n *yaml.Node) any {
	t.Helper()
	if tag := n.Tag; strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") {
		name := "Fn::" + tag[1:]
		if tag == "!Ref" || tag == "!Condition" {
			name = tag[1:]
		}
		if strings.HasPrefix(n.Value, "!") && n.Style == 0 {
			t.Errorf("%s follows a tag", n.Value)
		}
		plain := *n
		plain.Tag = "!!str"
		switch n.Kind {
		case yaml.MappingNode:
			plain.Tag = "!!map"
		case yaml.SequenceNode:
			plain.Tag = "!!seq"
		}
		argument := meaning(t, &plain)
		if tag == "!GetAtt" {
			id, attribute, _ := strings.Cut(argument.(string), ".")
			argument = []any{id, attribute}
		}
		return map[string]any{name: argument}
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Tag != "!!str" {
				t.Errorf("the key %q is read as %s", n.Content[i].Value, n.Content[i].Tag)
			}
			m[n.Content[i].Value] = meaning(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []any{}
		for _, e := range n.Content {
			l = append(l, meaning(t, e))
		}
		return l
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		v, err := strconv.ParseFloat(n.Value, 64)
		if err != nil && v == 0 {
			t.Fatal(err)
		}
		return v
	}
	return n.Value
}

// traps are texts that a reader of YAML 1.1 or 1.2 would take for something else if they stood
// without quotes.
func traps() []string {
	return []string{
		"", " ", "a ", " a", "yes", "No", "ON", "off", "y", "N", "true", "False", "null", "NULL",
		"~", "1", "012", "0o14", "0x1F", "0b1", "1_000", "1e5", "1.5", ".5",
		"+1", "-1", "-", "- a", "--- a", "...", "? a", "?", ":", "a: b", "a:", ":a", "a #b", "#a",
		"&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "'a'", `"a"`, "{a}",
		"[a]", "a, b", "190:20:30", "12:30", "2001-12-14", "2001-12-14T21:59:43.10-05:00", ".inf",
		"-.INF", ".nan", "<<", "=", "a\tb", "\ta", "a\n", "\n", "a\nb", "a\nb\n",
		"a\n\n", " a\nb", "a \nb", "a\n b", "a\n\nb", "\na\nb", "a\nb ", "# a\nb", "--- a\nb: c\n",
		"a\r\nb", "a\rb", "\ufeffa", "a\u0085b\nc", "a\u2028b", "a\u00a0", "é", "日本語: x", "😀",
		"\U0010FFFF", "a\x7f", "a\x1b[0m", "arn:aws:s3:::x", "::", "\ufffd", "a\ufffe",
		"a\nb\ufeff", "\u3000", "a\\nb", "a'b", `a"b`, "$x", "a\n\tb",
	}
}

func TestTextsThatAreSomethingElseAreQuoted(t *testing.T) {
	plain := map[string]bool{"a, b": true, "a'b": true, `a"b`: true, "a\\nb": true, "é": true,
		"arn:aws:s3:::x": true}
	for _, s := range traps() {
		written := string(AppendValue(nil, s, yamlText))
		quoted := strings.HasPrefix(written, `"`) || strings.HasPrefix(written, "|")
		if quoted == plain[s] {
			t.Errorf("%q is written %s", s, written)
		}
	}
}

func TestYAMLIsReadable(t *testing.T) {
	got := string(sample().Append(nil, yamlText))
	want := `AWSTemplateFormatVersion: "2010-09-09"
Description: Secrets of payments
Metadata:
  z: 1
  a: "on"
Parameters:
  Db:
    Type: String
  Env:
    Type: String
    Default: "012"
Mappings:
  Sizes:
    prod:
      "n": 1.0e+2
      "off": "no"
Conditions:
  Alias: !Condition IsProd
  Both: !And
    - !Condition IsProd
    - !Not
      - !Condition Alias
  IsProd: !Equals
    - !Ref Env
    - prod
Transform: AWS::SecretsManager-2024-09-16
Resources:
  DbSecret:
    Type: AWS::SecretsManager::Secret
    Condition: IsProd
    DependsOn:
      - Key
      - Role
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Metadata:
      Note: "a: b"
    Properties:
      AA: null
      GenerateSecretString:
        ExcludePunctuation: true
        PasswordLength: 30
      KmsKeyId: !GetAtt Key.Arn
      Name:
        Fn::Base64: !Sub "${Env}-db"
      Tags:
        - Key: team
          Value: ""
      Type: x
  Key:
    Type: AWS::KMS::Key
    DependsOn: Role
    Properties:
      KeyPolicy:
        Statement:
          - Resource: "*"
  Role:
    Type: AWS::IAM::Role
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      b: 1
      a: !Transform
        Name: AWS::Include
        Parameters: {}
    CreationPolicy: {}
    UpdatePolicy: {}
    Custom: true
Outputs:
  Arn:
    Description: d
    Condition: IsProd
    Value: !Ref DbSecret
    Export:
      Name: !Sub "${AWS::StackName}-db-arn"
  Other:
    Value: |
      x
      y
  Plain:
    Value: "1"
`
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestShortForms(t *testing.T) {
	for _, tt := range []struct {
		in   any
		want string
	}{
		{Ref("AWS::Region"), "!Ref AWS::Region\n"},
		{Ref("on"), "!Ref \"on\"\n"},
		{Object{{"Ref", Object{{"Ref", "A"}}}}, "Ref: !Ref A\n"},
		{GetAtt("A", "Outputs.X"), "!GetAtt A.Outputs.X\n"},
		{GetAtt("A.B", "X"), "Fn::GetAtt:\n  - A.B\n  - X\n"},
		{Object{{"Fn::GetAtt", []any{"A", Ref("B")}}}, "Fn::GetAtt:\n  - A\n  - !Ref B\n"},
		{Object{{"Fn::GetAtt", []string{"A", "B"}}}, "!GetAtt A.B\n"},
		{Object{{"Fn::GetAtt", "A.B"}}, "Fn::GetAtt: A.B\n"},
		{Sub("x"), "!Sub \"x\"\n"},
		{Object{{"Fn::Sub", []any{"${x}", Object{{"x", Ref("A")}}}}},
			"!Sub\n- \"${x}\"\n- x: !Ref A\n"},
		{Object{{"Fn::Sub", []any{"a"}}}, "Fn::Sub:\n  - a\n"},
		{Select(1, Split(":", Ref("A"))), "!Select\n- 1\n- !Split\n  - \":\"\n  - !Ref A\n"},
		{[]any{Join(":", "a", Ref("A"))}, "- !Join\n  - \":\"\n  - - a\n    - !Ref A\n"},
		{[]any{[]any{[]any{}, Object{}}, Object{{"a", []any{}}, {"b", nil}}},
			"- - []\n  - {}\n- a: []\n  b: null\n"},
		{ImportValue(Sub("${A}")), "Fn::ImportValue: !Sub \"${A}\"\n"},
		{ImportValue("a"), "!ImportValue a\n"},
		{Object{{"Fn::GetAZs", ""}}, "!GetAZs \"\"\n"},
		{Object{{"Fn::Base64", "#!/bin/sh\nexit\n"}}, "!Base64 |\n  #!/bin/sh\n  exit\n"},
		{Object{{"k", "a\n\n b"}}, "k: |-\n  a\n\n   b\n"},
		{Object{{"Fn::Base64", json.Number("5")}}, "Fn::Base64: 5\n"},
		{Object{{"Fn::Length", []any{1}}}, "Fn::Length:\n  - 1\n"},
		{Object{{"Fn::If", []string{"C", Ref("A"), "b"}}}, "!If\n- C\n- !Ref A\n- b\n"},
		{Object{{"Fn::Transform", Object{{"Ref", "A"}}}}, "Fn::Transform: !Ref A\n"},
		{Object{{"Condition", "X"}}, "Condition: X\n"},
		{Object{{"Ref", "A"}, {"b", 1}}, "Ref: A\nb: 1\n"},
		{[]any{json.Number("1E5"), json.Number("1.5e-3"), true, false, -1},
			"- 1.0e+5\n- 1.5e-3\n- true\n- false\n- -1\n"},
		{Object{{strings.Repeat("k", 1001), 1},
			{"b", Object{{strings.Repeat("l", 1001), []any{2}}}}},
			"? " + strings.Repeat("k", 1001) + "\n: 1\nb:\n  ? " + strings.Repeat("l", 1001) +
				"\n  :\n    - 2\n"},
	} {
		if got := string(AppendValue(nil, tt.in, yamlText)); got != tt.want {
			t.Errorf("got\n%s, want\n%s", got, tt.want)
		}
		if _, ok := tt.in.(Object); ok {
			if got, want := readYAML(t, AppendValue(nil, tt.in, yamlText)),
				decoded(t, AppendValue(nil, tt.in, compact)); !reflect.DeepEqual(got, want) {
				t.Errorf("YAML means %v, JSON %v", got, want)
			}
		}
	}
}

// FuzzYAMLRoundTrip: any value means in YAML what it means in JSON.
func FuzzYAMLRoundTrip(f *testing.F) {
	for i := range 200 {
		data := make([]byte, 0, 40)
		for j := range 40 {
			data = append(data, byte((i*7919+j*j*31)>>3))
		}
		f.Add(data)
	}
	f.Add([]byte("\x08\x05\x04\x00a\nb"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v := (&generator{data}).value(0)
		want := decoded(t, AppendValue(nil, v, compact))
		if got := decoded(t, AppendValue(nil, v, indented)); !reflect.DeepEqual(got, want) {
			t.Errorf("indented JSON means %v, compact JSON %v", got, want)
		}
		text := AppendValue(nil, v, yamlText)
		if got := readYAML(t, text); !reflect.DeepEqual(got, want) {
			t.Errorf("YAML means %#v, JSON %#v, in\n%s", got, want, text)
		}
		parsed := Parse("\x00" + string(AppendValue(nil, v, compact)))
		if got := decoded(t, AppendValue(nil, parsed, compact)); !reflect.DeepEqual(got, want) {
			t.Errorf("parsed it means %v, not %v", got, want)
		}
		References(v)
	})
}

// generator makes values of bytes.
type generator struct{ data []byte }

func (g *generator) byte() int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b)
}

func (g *generator) text() string {
	all := traps()
	if n := g.byte(); n < 2*len(all) {
		return all[n/2]
	}
	n := min(g.byte()%20, len(g.data))
	s := string(g.data[:n])
	g.data = g.data[n:]
	if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		return "x"
	}
	return s
}

func (g *generator) value(depth int) any {
	kind := g.byte() % 14
	if depth > 6 {
		kind %= 5
	}
	switch kind {
	case 0:
		return nil
	case 1:
		return g.byte()%2 == 0
	case 2:
		return json.Number([]string{"0", "-1", "1.5", "1e3", "-2.5E-2", "12345678901"}[g.byte()%6])
	case 3, 4:
		return g.text()
	case 5, 6:
		l := []any{}
		for range g.byte() % 4 {
			l = append(l, g.value(depth+1))
		}
		return l
	case 7, 8, 9:
		o := Object{}
		for i := range g.byte() % 4 {
			o = append(o, Member{g.text() + strconv.Itoa(i), g.value(depth + 1)})
		}
		return o
	case 10:
		return Ref(g.text())
	case 11:
		return GetAtt(g.text(), g.text())
	case 12:
		return Intrinsic(g.function(depth))
	}
	return g.function(depth)
}

func (g *generator) function(depth int) Object {
	names := []string{"Fn::Base64", "Fn::Join", "Fn::Sub", "Ref", "Fn::GetAtt", "Fn::If",
		"Fn::Length", "Condition", "Fn::Transform", "Fn::Select", "Fn::ImportValue"}
	return Object{{names[g.byte()%len(names)], g.value(depth + 1)}}
}
