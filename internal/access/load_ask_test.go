package access_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

var (
	read    = &access.Verb{Name: "read", OnSecret: []aws.Action{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}, OnKey: []aws.Action{"kms:Decrypt"}}
	write   = &access.Verb{Name: "write", OnSecret: []aws.Action{"secretsmanager:PutSecretValue"}, OnKey: []aws.Action{"kms:GenerateDataKey", "kms:Decrypt"}}
	destroy = &access.Verb{Name: "delete", OnSecret: []aws.Action{"secretsmanager:DeleteSecret"}}
)

// fromFiles reads templates of testdata, as names with where they are deployed.
func fromFiles(t testing.TB, names ...string) []access.Stack {
	t.Helper()
	var stacks []access.Stack
	for _, name := range names {
		file, at, _ := strings.Cut(name, "@")
		text, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if at != "" {
			at = "@" + at
		}
		stacks = append(stacks, stack(t, strings.TrimSuffix(file, filepath.Ext(file))+at, string(text)))
	}
	return stacks
}

func identified(t testing.TB, e *access.Estate, id string) *access.Principal {
	t.Helper()
	i := slices.IndexFunc(e.Principals, func(p *access.Principal) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("nobody is called %s:\n%s", id, describe(e))
	}
	return e.Principals[i]
}

func secretNamed(t testing.TB, e *access.Estate, id string) *access.Secret {
	t.Helper()
	i := slices.IndexFunc(e.Secrets, func(s *access.Secret) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no secret is called %s:\n%s", id, describe(e))
	}
	return e.Secrets[i]
}

// TestAskingTemplatesOfOthers holds answers against what reading the templates says.
func TestAskingTemplatesOfOthers(t *testing.T) {
	partner := &access.Principal{ID: "partner", Caller: policy.Caller{ARN: "arn:aws:iam::222222222222:role/any"}, Identity: []*access.Document{everything(t)}}
	stranger := &access.Principal{ID: "stranger", Caller: policy.Caller{ARN: "arn:aws:iam::333333333333:role/any"}, Identity: []*access.Document{everything(t)}}
	eve := &access.Principal{
		ID: "eve", Caller: policy.Caller{Kind: policy.User, ARN: "arn:aws:iam::111111111111:user/eve"}, Assumed: policy.Context{}.With("aws:SourceVpce", "vpce-0a1b2c3d"),
	}
	for _, c := range []struct {
		name      string
		files     []string
		principal string
		verb      *access.Verb
		secret    string
		copy      int
		want      string
	}{
		{"by an export of another stack, and the key's delegation", []string{"producer.json", "consumer.json"}, "WorkerRole5D3E9A40", read, "TokenB1946AC9", 0, "allow"},
		{"without the key", []string{"producer.json", "consumer.json"}, "KeylessRole19A0C7E2", read, "TokenB1946AC9", 0, "deny secretsmanager:DescribeSecret"},
		{"an export of another Region", []string{"producer.json", "consumer.json@111111111111:us-east-1"}, "WorkerRole5D3E9A40", read, "TokenB1946AC9", 0, "deny secretsmanager:GetSecretValue"},
		{"reading only", []string{"producer.json", "consumer.json"}, "WorkerRole5D3E9A40", write, "TokenB1946AC9", 0, "deny secretsmanager:PutSecretValue"},
		{"an account that both policies name", []string{"producer.json"}, "partner", read, "TokenB1946AC9", 0, "allow"},
		{"an account that none names", []string{"producer.json"}, "stranger", read, "TokenB1946AC9", 0, "deny secretsmanager:GetSecretValue"},
		{"a denial of the account, which is not that of another", []string{"producer.json"}, "partner", destroy, "TokenB1946AC9", 0, "deny secretsmanager:DeleteSecret"},
		{"the rotation's role, by the attachment", []string{"rotated.json"}, "RotatorRole4D2C8B91", write, "Db3C1B7F20", 0, "allow"},
		{"the rotation's role at a replica", []string{"rotated.json"}, "RotatorRole4D2C8B91", read, "Db3C1B7F20", 1, "deny secretsmanager:GetSecretValue"},
		{"an administrator", []string{"rotated.json"}, "AdminRole20B7C4D8", read, "Db3C1B7F20", 1, "allow"},
		{"an administrator who is denied it", []string{"rotated.json"}, "AdminRole20B7C4D8", destroy, "Db3C1B7F20", 0, "deny secretsmanager:DeleteSecret"},
		{"a role of a list, under the endpoint of a mapping", []string{"team.yaml"}, "arn:aws:iam::111111111111:role/auditor", read, "Api", 0, "conditional aws:SourceVpce vpce-0a1b2c3d"},
		{"whoever is in a group", []string{"team.yaml"}, "Oncall", read, "Api", 0, "conditional aws:SourceVpce vpce-0a1b2c3d"},
		{"a member whose boundary leaves out the key", []string{"team.yaml"}, "eve", read, "Api", 0, "deny kms:Decrypt"},
		{"no member", []string{"team.yaml"}, "Bob", read, "Api", 0, "deny secretsmanager:GetSecretValue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, problems := access.Load(fromFiles(t, c.files...), []*access.Principal{partner, stranger, eve})
			if len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			a := e.Ask(identified(t, e, c.principal), c.verb, secretNamed(t, e, c.secret), c.copy)
			got := a.Effect.String()
			for _, condition := range a.Conditions {
				got += " " + strings.ReplaceAll(strings.ToLower(condition.Key), "aws:sourcevpce", "aws:SourceVpce") + " " + strings.Join(condition.Values, " ")
			}
			if a.Effect == access.Deny {
				got += " " + a.Steps[len(a.Steps)-1].Action
			}
			if got != c.want {
				t.Errorf("got %s, want %s\n%s", got, c.want, describe(e))
			}
		})
	}
}

func everything(t testing.TB) *access.Document {
	t.Helper()
	rules, err := policy.Decode(map[string]any{"Version": "2012-10-17", "Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}})
	if err != nil {
		t.Fatal(err)
	}
	return &access.Document{Kind: access.IdentityPolicy, Of: "anybody", Rules: rules}
}

// What the caller knows of a resource goes before what the template says of it, and the template before what the caller does not know.
func TestWhatTheCallerKnows(t *testing.T) {
	s := stack(t, "app", `Resources:
  AppRole: {Type: AWS::IAM::Role}
  AppPolicy: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [!Ref AppRole]}}
  DbSecret: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}
  LegacyPolicy: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: legacy}}
  LegacyRotation: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: legacy, RotationLambdaARN: f}}
  Key: {Type: AWS::KMS::Key}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/app, TargetKeyId: !Ref Key}}
`)
	at := source.Span{File: source.New("spec.yaml", []byte("version: 1\n")), Start: 1, End: 2}
	s.IDs = map[string]string{"AppRole": "app", "DbSecret": "db"}
	s.Documents = map[string]policy.Document{
		"AppPolicy": {
			{Effect: policy.Allow, Action: []string{"kms:Decrypt"}, Verbatim: cfn.Object{{Key: "Fn::If", Value: []any{"Never", cfn.Object{}, cfn.Object{{Key: "Ref", Value: cfn.NoValue}}}}}},
			{Effect: policy.Allow, Action: []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}, Resource: []string{cfn.Ref("DbSecret")}, Because: []source.Span{at}},
		},
		"LegacyPolicy": {{Effect: policy.Deny, Principal: policy.Principal{Any: true}, Action: []string{"secretsmanager:DeleteSecret"}, Resource: []string{"*"}, Because: []source.Span{at}}},
	}
	known := []*access.Principal{{ID: "app", Assumed: policy.Context{}.With("aws:PrincipalOrgID", "o-1")}}
	legacy := &access.Secret{ID: "legacy", Name: "legacy", Account: "111111111111", Copies: []access.Copy{{
		Region: "eu-west-1", ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy-AbCdEf",
		Key: &access.Key{ARN: "arn:aws:kms:eu-west-1:111111111111:alias/app"},
	}}}
	e, problems := access.Load([]access.Stack{s}, known, legacy)
	if len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	if known[0].Caller.ARN != "" || legacy.Policy != nil || legacy.Copies[0].Key.Policy != nil {
		t.Error("what was given has been changed")
	}
	app := identified(t, e, "app")
	if len(e.Principals) != 1 || !strings.HasPrefix(app.Caller.ARN, "arn:aws:iam::111111111111:role/app-AppRole-") || app.Assumed.Get("aws:PrincipalOrgID") == nil {
		t.Errorf("the role is not the one that is known:\n%s", describe(e))
	}
	a := e.Ask(app, read, secretNamed(t, e, "db"), 0)
	if a.Effect != access.Allow || !slices.Equal(a.Steps[0].Decision.By[0].Rule.Because, []source.Span{at}) {
		t.Errorf("the places of the statement are lost: %+v", a)
	}
	got := secretNamed(t, e, "legacy")
	if len(e.Secrets) != 2 || got.Policy == nil || got.Policy.Rules.Statements[0].Because == nil || got.Function != "f" || got.Copies[0].Key.ID != "Key" {
		t.Errorf("the secret that is known does not have what the template gives it:\n%s", describe(e))
	}
}

// FuzzLoad reads arbitrary templates.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.*")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`{"Resources":{"A":{"Type":"AWS::KMS::ReplicaKey","Properties":{"PrimaryKeyArn":{"Fn::GetAtt":["A","Arn"]}}},"B":{"Type":"AWS::SecretsManager::Secret","Properties":{"Name":{"Ref":"B"},"KmsKeyId":{"Ref":"A"}}}}}`)
	f.Add(`{"Resources":{"A":{"Type":"AWS::IAM::Role","Properties":{"RoleName":{"Fn::Sub":"${A}${A.Arn}"},"ManagedPolicyArns":{"Fn::ImportValue":"x"}}}},"Outputs":{"O":{"Value":{"Fn::ImportValue":"x"},"Export":{"Name":"x"}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		template, _ := compile.ReadTemplate(source.New("t", []byte(text)))
		if template == nil {
			return // ReadTemplate refused it, and there is nothing to load
		}
		e, _ := access.Load([]access.Stack{{File: "a", Template: template}, {File: "b", Account: "x", Region: "y:", Template: template}}, nil)
		if len(e.Principals) > 0 && len(e.Secrets) > 0 {
			e.Ask(e.Principals[0], read, e.Secrets[0], 0)
		}
	})
}
