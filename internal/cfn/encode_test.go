package cfn

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/iam"
	"github.com/awslabs/goformation/v7/cloudformation/kms"
	"github.com/awslabs/goformation/v7/cloudformation/lambda"
	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"
	"github.com/awslabs/goformation/v7/cloudformation/serverless"
	"github.com/awslabs/goformation/v7/cloudformation/tags"
)

var (
	compact  = Format{Compact: true}
	indented = Format{}
	yamlText = Format{YAML: true}
)

func TestValuesAreWritten(t *testing.T) {
	type embedded struct {
		B string `json:"B,omitempty"`
		A *int   `json:"A"`
		N json.Number
		F float64        `json:"F,omitempty"`
		O Object         `json:"O,omitempty"`
		M map[string]int `json:"M,omitempty"`
		S struct {
			X int `json:"X,omitempty"`
		} `json:"S,omitempty"` // as with encoding/json, never empty
	}
	seven := 7
	var none *embedded
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
		{"numbers", []any{1, int64(-2), json.Number("1.50"), json.Number("1e5"), int32(3), float32(0.5), true}, `[1,-2,1.50,1e5,3,0.5,true]`},
		{"no number", []any{json.Number("0123"), json.Number("")}, `["0123",""]`},
		{"order is kept", Object{{"b", 1}, {"a", Object{}}}, `{"b":1,"a":{}}`},
		{"nothing in lists", []any{[]string(nil), []any{}, Object(nil)}, `[[],[],{}]`},
		{"placeholders", []string{Ref("X"), Empty, "x"}, `[{"Ref":"X"},"","x"]`},
		{"struct", embedded{A: &seven, N: "1", F: 1.5, O: Object{{"x", 1}}, M: map[string]int{"b": 1, "a": 2}}, `{"A":7,"F":1.5,"M":{"a":2,"b":1},"N":1,"O":{"x":1},"S":{}}`},
		{"nil pointer", none, `null`},
		{"objects", []Object{{{"a", 1}}, nil}, `[{"a":1},{}]`},
		{"map", map[string]any{"b": Ref("X"), "a": nil}, `{"a":null,"b":{"Ref":"X"}}`},
		{"union", serverless.Application_Location{}, `null`},
		{"array", [2]bool{true, false}, `[true,false]`},
	} {
		if got := string(AppendValue(nil, tt.in, compact)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestImpossibleValuesPanic(t *testing.T) {
	zero := 0.0
	for _, v := range []any{make(chan int), 1 / zero, func() {}} {
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

// goformationTypes are the types that internal/compile uses, and their like.
func goformationTypes() []any {
	return []any{
		&secretsmanager.Secret{}, &secretsmanager.ResourcePolicy{}, &secretsmanager.RotationSchedule{}, &secretsmanager.SecretTargetAttachment{},
		&kms.Key{}, &kms.Alias{}, &kms.ReplicaKey{},
		&iam.Role{}, &iam.Policy{}, &iam.ManagedPolicy{}, &iam.RolePolicy{}, &iam.UserPolicy{}, &iam.GroupPolicy{}, &iam.User{}, &iam.Group{},
		&lambda.Permission{}, &lambda.Function{}, &serverless.Application{}, &ec2.SecurityGroup{}, &ec2.SecurityGroupIngress{},
	}
}

// TestStructsMeanWhatEncodingJSONSays compares with goformation's own MarshalJSON, empty and full.
func TestStructsMeanWhatEncodingJSONSays(t *testing.T) {
	for _, text := range []string{"", "plain <&>", Ref("X"), Sub("a${B}"), Empty} {
		for _, p := range goformationTypes() {
			if text != "" {
				fill(reflect.ValueOf(p).Elem(), text)
			}
			marshalled, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			want := decoded(t, marshalled).(map[string]any)["Properties"]
			for _, f := range []Format{compact, indented} {
				got := decoded(t, AppendValue(nil, p, f))
				if want := replaced(t, want); !reflect.DeepEqual(got, want) {
					t.Errorf("%T: got %v, want %v", p, got, want)
				}
			}
			if got, want := readYAML(t, AppendValue(nil, p, yamlText)), replaced(t, want); !reflect.DeepEqual(got, want) {
				t.Errorf("%T: YAML: got %v, want %v", p, got, want)
			}
		}
	}
}

// fill sets every field that is written to something.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(len(text)))
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), text)
		fill(v.Index(1), text)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range []string{"Key", "Another key"} {
			e := reflect.New(v.Type().Elem()).Elem()
			fill(e, text)
			v.SetMapIndex(reflect.ValueOf(key), e)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(map[string]any{"Statement": []any{text, 1, true, nil}, "Version": "2012-10-17"}))
	case reflect.Struct:
		p := planOf(v.Type())
		for _, f := range p.fields {
			if v.Type().Name() != "Application_Location" || f.name == "ApplicationLocation" {
				fill(v.Field(f.index), text)
			}
		}
	}
}

// replaced returns what encoding/json has written with placeholders replaced by what they stand for.
func replaced(t *testing.T, v any) any {
	switch v := v.(type) {
	case string:
		if IsIntrinsic(v) {
			return decoded(t, []byte(v[1:]))
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = replaced(t, e)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = replaced(t, e)
		}
		return out
	}
	return v
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestAnEmptyTagValueIsKept(t *testing.T) {
	got := string(AppendValue(nil, []tags.Tag{{Key: "a", Value: Empty}, {Key: "b"}}, compact))
	if want := `[{"Key":"a","Value":""},{"Key":"b"}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// sample has one of everything.
func sample() *Template {
	thirty := 30
	yes := true
	name := "prod/db"
	return &Template{
		Description: "Secrets of payments", Metadata: Object{{"z", 1}, {"a", "on"}},
		Parameters: Object{{"Env", Object{{"Type", "String"}, {"Default", "012"}}}, {"Db", Object{{"Type", "String"}}}},
		Mappings:   Object{{"Sizes", Object{{"prod", Object{{"n", json.Number("1e2")}, {"off", "no"}}}}}},
		Conditions: Object{
			{"IsProd", Object{{"Fn::Equals", []any{Ref("Env"), "prod"}}}},
			{"Both", Object{{"Fn::And", []any{Object{{"Condition", "IsProd"}}, Object{{"Fn::Not", []any{Object{{"Condition", "Alias"}}}}}}}}},
			{"Alias", Object{{"Condition", "IsProd"}}},
		},
		Transform: []string{"AWS::SecretsManager-2024-09-16"},
		Resources: map[string]*Resource{
			"DbSecret": {
				Type: "AWS::SecretsManager::Secret", Condition: "IsProd", DependsOn: []string{"Role", "Key"}, DeletionPolicy: "RetainExceptOnCreate",
				UpdateReplacePolicy: "Retain", Metadata: Object{{"Note", "a: b"}},
				Properties: &secretsmanager.Secret{
					Name: &name, GenerateSecretString: &secretsmanager.Secret_GenerateSecretString{PasswordLength: &thirty, ExcludePunctuation: &yes},
					Tags: []tags.Tag{{Key: "team", Value: Empty}},
				},
				Extra: Object{{"Type", "x"}, {"KmsKeyId", GetAtt("Key", "Arn")}, {"Name", Object{{"Fn::Base64", Sub("${Env}-db")}}}, {"AA", nil}},
			},
			"Key":  {Type: "AWS::KMS::Key", DependsOn: []string{"Role"}, Properties: &kms.Key{KeyPolicy: Object{{"Statement", []any{Object{{"Resource", "*"}}}}}}},
			"Role": {Type: "AWS::IAM::Role", Properties: (*iam.Role)(nil)},
			"Table": {Verbatim: Object{
				{"Properties", Object{{"b", 1}, {"a", Object{{"Fn::Transform", Object{{"Name", "AWS::Include"}, {"Parameters", Object{}}}}}}}},
				{"Custom", true}, {"UpdatePolicy", Object{}}, {"CreationPolicy", Object{}}, {"Type", "AWS::DynamoDB::Table"},
			}},
		},
		Outputs: map[string]*Output{
			"Arn":   {Description: "d", Condition: "IsProd", Value: Ref("DbSecret"), ExportName: Sub("${AWS::StackName}-db-arn")},
			"Other": {Verbatim: Object{{"Value", "x\ny\n"}}},
			"Plain": {Value: "1"},
		},
	}
}

const sampleJSON = `{"AWSTemplateFormatVersion":"2010-09-09","Description":"Secrets of payments","Metadata":{"z":1,"a":"on"},` +
	`"Parameters":{"Db":{"Type":"String"},"Env":{"Type":"String","Default":"012"}},"Mappings":{"Sizes":{"prod":{"n":1e2,"off":"no"}}},` +
	`"Conditions":{"Alias":{"Condition":"IsProd"},"Both":{"Fn::And":[{"Condition":"IsProd"},{"Fn::Not":[{"Condition":"Alias"}]}]},` +
	`"IsProd":{"Fn::Equals":[{"Ref":"Env"},"prod"]}},"Transform":"AWS::SecretsManager-2024-09-16","Resources":{` +
	`"DbSecret":{"Type":"AWS::SecretsManager::Secret","Condition":"IsProd","DependsOn":["Key","Role"],"DeletionPolicy":"RetainExceptOnCreate",` +
	`"UpdateReplacePolicy":"Retain","Metadata":{"Note":"a: b"},"Properties":{"AA":null,"GenerateSecretString":{"ExcludePunctuation":true,"PasswordLength":30},` +
	`"KmsKeyId":{"Fn::GetAtt":["Key","Arn"]},"Name":{"Fn::Base64":{"Fn::Sub":"${Env}-db"}},"Tags":[{"Key":"team","Value":""}],"Type":"x"}},` +
	`"Key":{"Type":"AWS::KMS::Key","DependsOn":"Role","Properties":{"KeyPolicy":{"Statement":[{"Resource":"*"}]}}},` +
	`"Role":{"Type":"AWS::IAM::Role"},` +
	`"Table":{"Type":"AWS::DynamoDB::Table","Properties":{"b":1,"a":{"Fn::Transform":{"Name":"AWS::Include","Parameters":{}}}},` +
	`"CreationPolicy":{},"UpdatePolicy":{},"Custom":true}},` +
	`"Outputs":{"Arn":{"Description":"d","Condition":"IsProd","Value":{"Ref":"DbSecret"},"Export":{"Name":{"Fn::Sub":"${AWS::StackName}-db-arn"}}},` +
	`"Other":{"Value":"x\ny\n"},"Plain":{"Value":"1"}}}` + "\n"

func TestTemplateIsWrittenInOrder(t *testing.T) {
	if got := string(sample().Append(nil, compact)); got != sampleJSON {
		t.Errorf("got\n%s, want\n%s", got, sampleJSON)
	}
	if got := string((&Template{}).Append([]byte("x"), compact)); got != `x{"AWSTemplateFormatVersion":"2010-09-09"}`+"\n" {
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
	for _, v := range []any{Object{}, Object{{"a", Intrinsic(Object{{"Fn::X", []any{Object{}, []any{}, `"{[,:]}\`, 1, nil}}})}}, []any{[]any{1}}, Ref(`a"\`)} {
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
		{Resource{Properties: Object{{"b", 1}, {"a", 2}}, Extra: Object{{"c", 4}, {"b", 3}}}, `{"Properties":{"b":3,"a":2,"c":4}}`},
		{Resource{Properties: Object{{"b", 1}}}, `{"Properties":{"b":1}}`},
		{Resource{Extra: Object{{"c", 4}, {"b", 3}}}, `{"Properties":{"b":3,"c":4}}`},
		{Resource{Properties: &kms.Alias{}}, `{"Properties":{"AliasName":"","TargetKeyId":""}}`},
		{Resource{Properties: &secretsmanager.Secret{}}, `{}`},
		{Resource{Properties: map[string]any{"a": 1, "b": 2}}, `{"Properties":{"a":1,"b":2}}`},
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
	for _, s := range append(traps(), `{"Ref":"AWS::Region"}`, "!Ref X", "eyJSZWYiOiJBV1M6OkFjY291bnRJZCJ9", strings.Repeat("k", 2000), strings.Repeat("\x18", 300)) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") || !utf8.ValidString(s) {
			return
		}
		v := Object{{s, s}, {s + "2", []any{s, Object{{"x", s}}, []string{s}}}, {"y" + s + "3", &secretsmanager.Secret{Name: &s}}}
		want := map[string]any{s: s, s + "2": []any{s, map[string]any{"x": s}, []any{s}}, "y" + s + "3": map[string]any{"Name": s}}
		for _, format := range []Format{compact, indented} {
			if got := decoded(t, AppendValue(nil, v, format)); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: got %q, want %q", format, got, want)
			}
		}
		text := AppendValue(nil, v, yamlText)
		if got := readYAML(t, text); !reflect.DeepEqual(got, want) {
			t.Errorf("YAML: got %q, want %q, in\n%s", got, want, text)
		}
		if got := Parse(Intrinsic(v)); string(AppendValue(nil, got, compact)) != string(AppendValue(nil, v, compact)) {
			t.Errorf("a placeholder of %q is %v", s, got)
		}
		if refs := References(v); refs != nil {
			t.Errorf("%q refers to %v", s, refs)
		}
	})
}
