package cfn

import (
	"fmt"
	"testing"
)

// large is the template of n secrets, each with a resource policy and an identity policy.
func large(n int) *Template {
	t := &Template{Description: "benchmark", Resources: make(map[string]*Resource, 3*n)}
	policy := func(sid, resource, principal string) Object {
		return Object{{"Version", "2012-10-17"}, {"Statement", []any{Object{
			{"Sid", sid}, {"Effect", "Allow"}, {"Principal", Object{{"AWS", principal}}},
			{"Action", []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}},
			{"Resource", resource},
			{"Condition", Object{{"StringEquals", Object{{"aws:PrincipalOrgID", "o-1234567890"}}}}},
		}}}}
	}
	for i := range n {
		name := fmt.Sprintf("prod/payments/secret-%d", i)
		id := LogicalID(fmt.Sprintf("secret-%d", i), "Secret")
		t.Resources[id] = &Resource{
			Type: "AWS::SecretsManager::Secret", DeletionPolicy: "RetainExceptOnCreate",
			UpdateReplacePolicy: "Retain", Properties: Object{
				{"Description", "The secret number " + name},
				{"GenerateSecretString",
					Object{{"ExcludePunctuation", false}, {"PasswordLength", 32}}},
				{"KmsKeyId", GetAtt("AppKey", "Arn")}, {"Name", name},
				{"Tags", []any{
					Object{{"Key", "team"}, {"Value", "payments"}},
					Object{{"Key", "stage"}, {"Value", "prod"}},
				}},
			},
		}
		root := Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
		t.Resources[id+"ResourcePolicy"] = &Resource{
			Type: "AWS::SecretsManager::ResourcePolicy", Properties: Object{
				{"BlockPublicPolicy", false}, {"ResourcePolicy", policy("Read", "*", root)},
				{"SecretId", Ref(id)},
			},
		}
		t.Resources[id+"Policy"] = &Resource{Type: "AWS::IAM::Policy", Properties: Object{
			{"PolicyDocument", policy("Read", Ref(id), GetAtt("AppRole", "Arn"))},
			{"PolicyName", name}, {"Roles", []any{Ref("AppRole")}},
		}}
	}
	return t
}

// BenchmarkAppend writes 30,000 resources.
func BenchmarkAppend(b *testing.B) {
	t := large(10_000)
	for _, f := range []struct {
		name   string
		format Format
	}{{"compact", compact}, {"indented", indented}, {"yaml", yamlText}} {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			buffer := t.Append(nil, f.format)
			b.SetBytes(int64(len(buffer)))
			for b.Loop() {
				buffer = t.Append(buffer[:0], f.format)
			}
		})
		b.Run(f.name+"/fresh", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				t.Append(nil, f.format)
			}
		})
	}
}

func BenchmarkCycle(b *testing.B) {
	t := large(10_000)
	for b.Loop() {
		t.Graph().Cycle()
	}
}

func BenchmarkCheck(b *testing.B) {
	t := large(10_000)
	for b.Loop() {
		t.Check(0)
	}
}

func BenchmarkConcat(b *testing.B) {
	for b.Loop() {
		Concat("arn:", Ref(Partition), ":secretsmanager:", Ref(Region), ":", Ref(AccountID),
			":secret:", "prod/db", "-??????")
	}
}
