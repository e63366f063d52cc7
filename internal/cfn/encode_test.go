package cfn

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

var (
	compact  = Format{Compact: true}
	indented = Format{}
	yamlText = Format{YAML: true}
)

func TestValuesAreWritten(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   any
		want string
	}{
		{"null", nil, `null`},
		{"no HTML escapes", "<a&b>\u2028", `"<a&b>` + "\u2028" + `"`},
		{"control characters", "\x01\t\n\r\"\\\x7f", `"\u0001\t\n\r\"\\` + "\x7f" + `"`},
		{"invalid UTF-8", "a\xffb\xc3", "\"a\uFFFDb\uFFFD\""},
		{"NUL not at the start", "a\x00", `"a\u0000"`},
		{"numbers", []any{1, -2, json.Number("1.50"), json.Number("1e5"), true},
			`[1,-2,1.50,1e5,true]`},
		{"no number", []any{json.Number("0123"), json.Number("")}, `["0123",""]`},
		{"order is kept", Object{{"b", 1}, {"a", Object{}}}, `{"b":1,"a":{}}`},
		{"nothing in lists", []any{[]string(nil), []any{}, Object(nil)}, `[[],[],{}]`},
		{"placeholders", []string{Ref("X"), Empty, "x"}, `[{"Ref":"X"},"","x"]`},
	} {
		if got := string(AppendValue(nil, tt.in, compact)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestImpossibleValuesPanic(t *testing.T) {
	zero := 0.0
	for _, v := range []any{make(chan int), 1 / zero, func() {}, int64(1), map[string]any{},
		struct{}{}, []Object{{}}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T did not panic", v)
				}
			}()
			AppendValue(nil, v, compact)
		}()
	}
}

func TestObjectsAreWrittenByEncodingJSON(t *testing.T) {
	got, err := json.Marshal(struct {
		O Object   `json:"o"`
		L []Object `json:"l"`
	}{Object{{"b", Ref("X")}, {"a", 1}}, []Object{{}}})
	if want := `{"o":{"b":{"Ref":"X"},"a":1},"l":[{}]}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// sample has one of everything.
func sample() *Template {
	return &Template{
		Description: "Secrets of payments", Metadata: Object{{"z", 1}, {"a", "on"}},
		Parameters: Object{{"Env", Object{{"Type", "String"}, {"Default", "012"}}},
			{"Db", Object{{"Type", "String"}}}},
		Mappings: Object{{"Sizes",
			Object{{"prod", Object{{"n", json.Number("1e2")}, {"off", "no"}}}}}},
		Conditions: Object{
			{"IsProd", Object{{"Fn::Equals", []any{Ref("Env"), "prod"}}}},
			{"Both", Object{{"Fn::And", []any{Object{{"Condition", "IsProd"}},
				Object{{"Fn::Not", []any{Object{{"Condition", "Alias"}}}}}}}}},
			{"Alias", Object{{"Condition", "IsProd"}}},
		},
		Transform: []string{"AWS::SecretsManager-2024-09-16"},
		Resources: map[string]*Resource{
			"DbSecret": {
				Type: "AWS::SecretsManager::Secret", Condition: "IsProd",
				DependsOn: []string{"Role", "Key"}, DeletionPolicy: "RetainExceptOnCreate",
				UpdateReplacePolicy: "Retain", Metadata: Object{{"Note", "a: b"}},
				Properties: Object{
					{"AA", nil},
					{"GenerateSecretString",
						Object{{"ExcludePunctuation", true}, {"PasswordLength", 30}}},
					{"KmsKeyId", GetAtt("Key", "Arn")},
					{"Name", Object{{"Fn::Base64", Sub("${Env}-db")}}},
					{"Tags", []any{Object{{"Key", "team"}, {"Value", Empty}}}},
					{"Type", "x"},
				},
			},
			"Key": {Type: "AWS::KMS::Key", DependsOn: []string{"Role"},
				Properties: Object{{"KeyPolicy",
					Object{{"Statement", []any{Object{{"Resource", "*"}}}}}}}},
			"Role": {Type: "AWS::IAM::Role"},
			"Table": {Verbatim: Object{
				{"Properties", Object{{"b", 1},
					{"a", Object{{"Fn::Transform",
						Object{{"Name", "AWS::Include"}, {"Parameters", Object{}}}}}}}},
				{"Custom", true}, {"UpdatePolicy", Object{}}, {"CreationPolicy", Object{}},
				{"Type", "AWS::DynamoDB::Table"},
			}},
		},
		Outputs: map[string]*Output{
			"Arn": {Description: "d", Condition: "IsProd", Value: Ref("DbSecret"),
				ExportName: Sub("${AWS::StackName}-db-arn")},
			"Other": {Verbatim: Object{{"Value", "x\ny\n"}}},
			"Plain": {Value: "1"},
		},
	}
}

const sampleJSON = `{"AWSTemplateFormatVersion":"2010-09-09","Description":"Secrets of ` +
	`payments","Metadata":{"z":1,"a":"on"},` +
	`"Parameters":{"Db":{"Type":"String"},"Env":{"Type":"String","Default":"012"}},"Mappings":` +
	`{"Sizes":{"prod":{"n":1e2,"off":"no"}}},` +
	`"Conditions":{"Alias":{"Condition":"IsProd"},"Both":{"Fn::And":[{"Condition":"IsProd"},{"Fn:` +
	`:Not":[{"Condition":"Alias"}]}]},` +
	`"IsProd":{"Fn::Equals":[{"Ref":"Env"},"prod"]}},"Transform":"AWS::` +
	`SecretsManager-2024-09-16","Resources":{` +
	`"DbSecret":{"Type":"AWS::SecretsManager::Secret","Condition":"IsProd","DependsOn":["Key",` +
	`"Role"],"DeletionPolicy":"RetainExceptOnCreate",` +
	`"UpdateReplacePolicy":"Retain","Metadata":{"Note":"a: ` +
	`b"},"Properties":{"AA":null,"GenerateSecretString":{"ExcludePunctuation":true,` +
	`"PasswordLength":30},` +
	`"KmsKeyId":{"Fn::GetAtt":["Key","Arn"]},"Name":{"Fn::Base64":{"Fn::Sub":"${Env}-db"}},` +
	`"Tags":[{"Key":"team","Value":""}],"Type":"x"}},` +
	`"Key":{"Type":"AWS::KMS::Key","DependsOn":"Role","Properties":{"KeyPolicy":{"Statement":` +
	`[{"Resource":"*"}]}}},` +
	`"Role":{"Type":"AWS::IAM::Role"},` +
	`"Table":{"Type":"AWS::DynamoDB::Table","Properties":{"b":1,"a":{"Fn::Transform":{"Name":` +
	`"AWS::Include","Parameters":{}}}},` +
	`"CreationPolicy":{},"UpdatePolicy":{},"Custom":true}},` +
	`"Outputs":{"Arn":{"Description":"d","Condition":"IsProd","Value":{"Ref":"DbSecret"},` +
	`"Export":{"Name":{"Fn::Sub":"${AWS::StackName}-db-arn"}}},` +
	`"Other":{"Value":"x\ny\n"},"Plain":{"Value":"1"}}}` + "\n"

func TestTemplateIsWrittenInOrder(t *testing.T) {
	if got := string(sample().Append(nil, compact)); got != sampleJSON {
		t.Errorf("got\n%s, want\n%s", got, sampleJSON)
	}
	if got := string((&Template{}).Append([]byte("x"),
		compact)); got != `x{"AWSTemplateFormatVersion":"2010-09-09"}`+"\n" {
		t.Errorf("an empty template is %s", got)
	}
	two := &Template{Transform: []string{"B", "A"}}
	if got := string(two.Append(nil, compact)); !strings.Contains(got, `"Transform":["B","A"]`) {
		t.Errorf("two transforms are %s", got)
	}
}

func TestIndentedIsCompactWithWhiteSpace(t *testing.T) {
	var want bytes.Buffer
	if err := json.Indent(&want, []byte(sampleJSON), "", "  "); err != nil {
		t.Fatal(err)
	}
	if got := string(sample().Append(nil, indented)); got != want.String() {
		t.Errorf("got\n%s, want\n%s", got, &want)
	}
	for _, v := range []any{Object{},
		Object{{"a", Intrinsic(Object{{"Fn::X", []any{Object{}, []any{}, `"{[,:]}\`, 1, nil}}})}},
		[]any{[]any{1}}, Ref(`a"\`)} {
		want.Reset()
		if err := json.Indent(&want, AppendValue(nil, v, compact), "", "  "); err != nil {
			t.Fatal(err)
		}
		if got := string(AppendValue(nil, v, indented)); got != want.String() {
			t.Errorf("got %s, want %s", got, &want)
		}
	}
}

func TestEveryFormatMeansTheSame(t *testing.T) {
	want := decoded(t, []byte(sampleJSON))
	if got := readYAML(t, sample().Append(nil, yamlText)); !reflect.DeepEqual(got, want) {
		t.Errorf("YAML means\n%v, JSON means\n%v", got, want)
	}
}

func TestPropertiesOfOtherKinds(t *testing.T) {
	for _, tt := range []struct {
		r    Resource
		want string
	}{
		{Resource{}, `{}`},
		{Resource{Properties: Object{}}, `{}`},
		{Resource{Properties: Object{{"b", 1}}}, `{"Properties":{"b":1}}`},
	} {
		s := newSink(nil, compact)
		tt.r.write(s)
		if got := string(s.bytes()); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// FuzzNoTextBecomesIntrinsic: a text without NUL comes out as that very text, wherever it stands.
func FuzzNoTextBecomesIntrinsic(f *testing.F) {
	for _, s := range append(traps(), `{"Ref":"AWS::Region"}`, "!Ref X",
		"eyJSZWYiOiJBV1M6OkFjY291bnRJZCJ9", strings.Repeat("k", 2000),
		strings.Repeat("\x18", 300)) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") || !utf8.ValidString(s) {
			return
		}
		v := Object{{s, s}, {s + "2", []any{s, Object{{"x", s}}, []string{s}}},
			{"y" + s + "3", Object{{"Name", s}}}}
		want := map[string]any{s: s, s + "2": []any{s, map[string]any{"x": s}, []any{s}},
			"y" + s + "3": map[string]any{"Name": s}}
		for _, format := range []Format{compact, indented} {
			if got := decoded(t, AppendValue(nil, v, format)); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: got %q, want %q", format, got, want)
			}
		}
		text := AppendValue(nil, v, yamlText)
		if got := readYAML(t, text); !reflect.DeepEqual(got, want) {
			t.Errorf("YAML: got %q, want %q, in\n%s", got, want, text)
		}
		if got := Parse(Intrinsic(v)); string(AppendValue(nil, got, compact)) != string(
			AppendValue(nil, v, compact)) {
			t.Errorf("a placeholder of %q is %v", s, got)
		}
		if refs := References(v); refs != nil {
			t.Errorf("%q refers to %v", s, refs)
		}
	})
}
