package lower

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/iam"
	"github.com/awslabs/goformation/v7/cloudformation/kms"
	"github.com/awslabs/goformation/v7/cloudformation/lambda"
	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"
	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/secretctl/secretctl/internal/cfn"
)

// everyType are goformation's types that this package fills.
func everyType() []typed {
	return []typed{
		&secretsmanager.Secret{}, &secretsmanager.ResourcePolicy{},
		&secretsmanager.RotationSchedule{},
		&secretsmanager.SecretTargetAttachment{}, &kms.Key{}, &kms.Alias{}, &iam.Role{},
		&iam.Policy{},
		&iam.ManagedPolicy{}, &lambda.Permission{}, &ec2.SecurityGroup{},
		&ec2.SecurityGroupIngress{},
	}
}

// TestTypedMeansWhatEncodingJSONSays compares with goformation's own MarshalJSON, empty and full.
func TestTypedMeansWhatEncodingJSONSays(t *testing.T) {
	for _, text := range []string{"", "plain <&>", cfn.Ref("X"), cfn.Sub("a${B}"), cfn.Empty} {
		for _, typed := range everyType() {
			if text != "" {
				fill(reflect.ValueOf(typed).Elem(), text)
			}
			marshalled, err := json.Marshal(typed)
			if err != nil {
				t.Fatal(err)
			}
			want := replaced(t, decoded(t, marshalled).(map[string]any)["Properties"])
			written := cfn.AppendValue(nil, propertiesOf(typed), cfn.Format{Compact: true})
			if got := decoded(t, written); !reflect.DeepEqual(got, want) {
				t.Errorf("%T: got %v, want %v", typed, got, want)
			}
		}
	}
}

// TestSecretsAreReadAsAnyType: without reflection comes what comes with it, of every field alone
// and of all together.
func TestSecretsAreReadAsAnyType(t *testing.T) {
	var room memberRoom
	same := func(got *cfn.Resource, of typed) {
		t.Helper()
		if want := newResource(of, "C"); !reflect.DeepEqual(got, want) {
			t.Errorf("comes %+v, want %+v", got, want)
		}
	}
	for _, text := range []string{"", "plain", cfn.Ref("X"), cfn.Empty} {
		var all secret
		var policy secretsmanager.ResourcePolicy
		fill(reflect.ValueOf(&all).Elem(), text)
		fill(reflect.ValueOf(&policy).Elem(), text)
		same(room.newSecret(&all, "C"), &all)
		same(room.newResourcePolicy(&policy, "C"), &policy)
		whole := reflect.ValueOf(&all.Secret).Elem()
		for i := range whole.NumField() {
			var one secret
			if field := reflect.ValueOf(&one.Secret).Elem().Field(i); field.CanSet() {
				field.Set(whole.Field(i))
			}
			same(room.newSecret(&one, "C"), &one)
		}
		generate := reflect.ValueOf(all.GenerateSecretString).Elem()
		for i := range generate.NumField() {
			var one secretsmanager.Secret_GenerateSecretString
			if field := reflect.ValueOf(&one).Elem().Field(i); field.CanSet() {
				field.Set(generate.Field(i))
			}
			s := secret{Secret: secretsmanager.Secret{GenerateSecretString: &one}}
			same(room.newSecret(&s, "C"), &s)
		}
	}
	same(room.newSecret(&secret{}, "C"), &secret{})
	var policy secretsmanager.ResourcePolicy
	same(room.newResourcePolicy(&policy, "C"), &policy)
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
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), text)
		fill(v.Index(1), text)
	case reflect.Interface:
		v.Set(reflect.ValueOf(cfn.Object{{Key: "Statement", Value: []any{text, 1, true, nil}}}))
	case reflect.Struct:
		for _, f := range fieldsOf(v.Type()) {
			fill(v.FieldByIndex(f.index), text)
		}
	}
}

// replaced returns what encoding/json has written with placeholders replaced by what they stand
// for.
func replaced(t *testing.T, v any) any {
	switch v := v.(type) {
	case string:
		if cfn.IsIntrinsic(v) {
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

// TestNewerProperties: what goformation's types lack stands among the rest, sorted by name, and
// takes the place of what they cannot hold.
func TestNewerProperties(t *testing.T) {
	name, protocol := "n", "tcp"
	for _, c := range []struct {
		typed typed
		want  string
	}{
		{&secret{Secret: secretsmanager.Secret{Name: &name,
			Tags: []tags.Tag{{Key: "a", Value: cfn.Empty}, {Key: "b"}}}, Type: "T"},
			`{"Name":"n","Tags":[{"Key":"a","Value":""},{"Key":"b"}],"Type":"T"}`},
		{&secret{}, `{}`},
		{&rotationSchedule{
			RotationSchedule:               secretsmanager.RotationSchedule{SecretId: "s"},
			ExternalSecretRotationRoleArn:  "r",
			ExternalSecretRotationMetadata: []metadataItem{{"k", "v"}},
		},
			`{"ExternalSecretRotationMetadata":[{"Key":"k","Value":"v"}],` +
				`"ExternalSecretRotationRoleArn":"r","SecretId":"s"}`},
		{&application{Location: cfn.Object{{Key: "b", Value: 1}},
			Parameters: cfn.Object{{Key: "z", Value: 1}, {Key: "a", Value: 2}}},
			`{"Location":{"b":1},"Parameters":{"z":1,"a":2}}`},
		{&ingress{SecurityGroupIngress: ec2.SecurityGroupIngress{IpProtocol: protocol},
			FromPort: json.Number("1"), ToPort: cfn.Ref("P")},
			`{"FromPort":1,"IpProtocol":"tcp","ToPort":{"Ref":"P"}}`},
	} {
		got := string(cfn.AppendValue(nil, propertiesOf(c.typed), cfn.Format{Compact: true}))
		if got != c.want {
			t.Errorf("%T: %s, not %s", c.typed, got, c.want)
		}
	}
}
