package access_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
)

// maker makes up templates of the words that Load knows, in any order.
type maker struct{ *rand.Rand }

func (m maker) pick(words ...string) string { return words[m.IntN(len(words))] }

var (
	madeTypes = []string{
		"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::UserToGroupAddition", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy",
		"AWS::SecretsManager::Secret", "AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::SecretTargetAttachment", "AWS::SecretsManager::RotationSchedule",
		"AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias", "AWS::Lambda::Function", "AWS::RDS::DBInstance", "",
	}
	madeProperties = []string{
		"RoleName", "UserName", "GroupName", "ManagedPolicyName", "Path", "Policies", "ManagedPolicyArns", "PermissionsBoundary", "Groups", "Users", "Roles", "PolicyDocument",
		"Name", "KmsKeyId", "ReplicaRegions", "SecretId", "ResourcePolicy", "RotationLambdaARN", "HostedRotationLambda", "KeyPolicy", "MultiRegion", "PrimaryKeyArn", "AliasName", "TargetKeyId",
	}
	madeFunctions = []string{
		"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::FindInMap", "Fn::ImportValue", "Fn::GetStackOutput", "Fn::Cidr", "Fn::Length",
		"Fn::ToJsonString", "Fn::Transform", "Fn::Base64", "Fn::GetAZs",
	}
	madeTexts = []string{
		"A", "B", "C", "D", "E", "Arn", "*", "", "arn:", "alias/x", "alias/aws/secretsmanager", "arn:aws:kms:eu-west-1:111111111111:key/x", "arn:aws:iam::aws:policy/AdministratorAccess", "IsProd",
		"Allow", "Deny", "${A}${B.Arn}${!C}", "AWS::NoValue", "AWS::Region", "kms:Decrypt", "secretsmanager:*", "{\"Statement\":[]}", "eu-west-1", "us-east-1", "\x00", "\x00{\"Ref\":\"A\"}", "1",
	}
)

func (m maker) value(depth int) any {
	n := m.IntN(10)
	if depth > 4 {
		n = min(n, 3)
	}
	switch {
	case n < 4:
		return m.pick(madeTexts...)
	case n < 6:
		return cfn.Object{{Key: m.pick(madeFunctions...), Value: m.value(depth + 1)}}
	case n == 6:
		return cfn.Object{{Key: "Statement", Value: m.object(depth+1, "Effect", "Action", "Resource", "Principal", "Condition", "NotAction")}}
	case n == 7:
		return m.object(depth+1, "Region", "KmsKeyId", "PolicyDocument", "PolicyName", "AWS", "StringEquals", "RotationLambdaName", "StackName", "OutputName", "Fn::Transform")
	case n == 8:
		return []any{true, 7, nil}[m.IntN(3)]
	}
	list := []any{}
	for range m.IntN(4) {
		list = append(list, m.value(depth+1))
	}
	return list
}

func (m maker) object(depth int, keys ...string) cfn.Object {
	var o cfn.Object
	for _, key := range keys {
		if m.IntN(2) == 0 {
			o = append(o, cfn.Member{Key: key, Value: m.value(depth)})
		}
	}
	return o
}

func (m maker) template() *cfn.Template {
	t := &cfn.Template{
		Resources: map[string]*cfn.Resource{}, Outputs: map[string]*cfn.Output{}, Conditions: cfn.Object{{Key: "IsProd", Value: cfn.Object{{Key: m.pick("Fn::Not", "Fn::Or", "Condition"), Value: m.value(2)}}}},
		Parameters: m.object(3, "D"), Mappings: m.object(3, "E"),
	}
	for _, id := range []string{"A", "B", "C", "D", "E"} {
		kind := m.pick(madeTypes...)
		t.Resources[id] = &cfn.Resource{Type: kind, Verbatim: cfn.Object{{Key: "Type", Value: kind}, {Key: "Properties", Value: m.object(0, madeProperties...)}}}
		if m.IntN(4) == 0 {
			t.Resources[id].Verbatim = append(t.Resources[id].Verbatim, cfn.Member{Key: "Condition", Value: "IsProd"})
		}
		t.Outputs[id] = &cfn.Output{Verbatim: cfn.Object{{Key: "Value", Value: m.value(1)}, {Key: "Export", Value: m.object(3, "Name")}}}
	}
	return t
}

// Whatever stands in templates, Load returns, soon, and the same each time.
func TestLoadTakesAnything(t *testing.T) {
	for seed := range uint64(1_000) {
		m := maker{rand.New(rand.NewPCG(seed, 7))}
		stacks := []access.Stack{{File: "a", Name: "A", Template: m.template()}, {File: "b", Name: "B", Account: "222222222222", Region: "cn-north-1", Template: m.template()}, {}}
		start := time.Now()
		e, problems := access.Load(stacks, nil)
		if took := time.Since(start); took > time.Second {
			t.Fatalf("seed %d took %s", seed, took)
		}
		slices.Reverse(stacks)
		again, problemsAgain := access.Load(stacks, nil)
		if describe(e) != describe(again) || fmt.Sprint(problems) != fmt.Sprint(problemsAgain) {
			t.Fatalf("seed %d: two results:\n%s%v\n%s%v", seed, describe(e), problems, describe(again), problemsAgain)
		}
	}
}
