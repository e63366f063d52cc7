package access_test

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
)

// estate makes stacks with secrets, half of which have a resource policy, and roles that may each read forty of them.
func estate(stacks, secrets, roles int) []access.Stack {
	var out []access.Stack
	allow := func(resources any, principal any) cfn.Object {
		statement := cfn.Object{{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}}, {Key: "Resource", Value: resources}}
		if principal != nil {
			statement = append(statement, cfn.Member{Key: "Principal", Value: cfn.Object{{Key: "AWS", Value: principal}}})
		}
		return cfn.Object{{Key: "Version", Value: "2012-10-17"}, {Key: "Statement", Value: []any{statement}}}
	}
	for i := range stacks {
		t := &cfn.Template{Resources: map[string]*cfn.Resource{}}
		add := func(id, kind string, properties cfn.Object) {
			t.Resources[id] = &cfn.Resource{Type: kind, Properties: properties}
		}
		add("Key", "AWS::KMS::Key", cfn.Object{})
		for n := range secrets / stacks {
			id := fmt.Sprintf("S%d", n)
			add(id, "AWS::SecretsManager::Secret", cfn.Object{{Key: "Name", Value: fmt.Sprintf("shop/%d/%d", i, n)}, {Key: "KmsKeyId", Value: cfn.GetAtt("Key", "Arn")}})
			if n%2 == 0 {
				add(id+"Policy", "AWS::SecretsManager::ResourcePolicy", cfn.Object{
					{Key: "SecretId", Value: cfn.Ref(id)}, {Key: "ResourcePolicy", Value: allow("*", cfn.Sub("arn:${AWS::Partition}:iam::222222222222:root"))},
				})
			}
		}
		for n := range roles / stacks {
			id := fmt.Sprintf("R%d", n)
			add(id, "AWS::IAM::Role", cfn.Object{{Key: "RoleName", Value: fmt.Sprintf("app-%d-%d", i, n)}})
			var arns []string
			for k := range 40 {
				if k%2 == 0 {
					arns = append(arns, cfn.Ref(fmt.Sprintf("S%d", (n*7+k)%(secrets/stacks))))
					continue
				}
				arns = append(arns, cfn.Sub(fmt.Sprintf("arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shop/%d/%d-??????", k, n)))
			}
			add(id+"Policy", "AWS::IAM::ManagedPolicy", cfn.Object{{Key: "Roles", Value: []string{cfn.Ref(id)}}, {Key: "PolicyDocument", Value: allow(arns, nil)}})
		}
		out = append(out, access.Stack{File: fmt.Sprintf("shop-%03d", i), Name: "shop", Account: "111111111111", Region: "eu-west-1", Template: t})
	}
	return out
}

func BenchmarkLoad(b *testing.B) {
	stacks := estate(130, 20_000, 1_000)
	b.ReportAllocs()
	for b.Loop() {
		e, problems := access.Load(stacks, nil)
		if len(e.Secrets) < 19_000 || len(e.Principals) < 900 || len(problems) > 0 {
			b.Fatalf("%d secrets, %d principals, %v", len(e.Secrets), len(e.Principals), problems)
		}
	}
}

func BenchmarkLoadOneStack(b *testing.B) {
	stacks := estate(1, 100, 10)
	b.ReportAllocs()
	for b.Loop() {
		access.Load(stacks, nil)
	}
}
