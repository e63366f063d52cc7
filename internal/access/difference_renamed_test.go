package access_test

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// A secret that gets another name is the same one, even if a policy names the old or the new name.
func TestRenamedSecretThatAPolicyNames(t *testing.T) {
	const template = `
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: %s } }
  App: { Type: AWS::IAM::Role, Properties: { RoleName: app, Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue",
    Resource: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:%s-??????" }] } }] } }`
	of := func(name, named string) *access.Estate {
		return load(t, fmt.Sprintf(template, name, named))
	}
	for _, c := range []struct{ before, after, named, want string }{
		{"s/db", "s/db2", "s/db2", "App gains read on Db"},
		{"s/db", "s/db2", "s/db", "App loses read on Db"},
		{"s/db", "s/db2", "s/other", ""},
		{"s/db", "s/db", "s/db", ""},
	} {
		d := access.Compare(of(c.before, c.named), of(c.after, c.named), verb.All)
		if got := told(d); got != c.want {
			t.Errorf("%v: got %q", c, got)
		}
	}
}

// TestTagThatAPolicyAsksFor: of a secret nothing but a tag changes, and a policy asks for it.
func TestTagThatAPolicyAsksFor(t *testing.T) {
	const template = `
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: s/db,
    Tags: [{ Key: team, Value: %s }] } }
  App: { Type: AWS::IAM::Role, Properties: { RoleName: app, Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue",
    Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/team": a } } }] } }] } }`
	for _, c := range []struct{ before, after, want string }{
		{"a", "b", "App loses read on Db"},
		{"b", "a", "App gains read on Db"},
		{"b", "c", ""},
	} {
		before := load(t, fmt.Sprintf(template, c.before))
		after := load(t, fmt.Sprintf(template, c.after))
		if got := told(access.Compare(before, after, verb.All)); got != c.want {
			t.Errorf("%v: got %q", c, got)
		}
	}
}

// TestOnePatternInTwoAccountsIsTwoSecrets: policies of two accounts may name secrets of theirs by
// one pattern. A change in either account is told.
func TestOnePatternInTwoAccountsIsTwoSecrets(t *testing.T) {
	role := func(account, action string) access.Stack {
		s := deployed(t, `# of`+account+`
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: app, AssumeRolePolicyDocument: {
    Version: "2012-10-17", Statement: [] }, Policies: [{ PolicyName: p, PolicyDocument: {
    Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "`+action+`",
    Resource: "arn:aws:secretsmanager:*:*:secret:pay/db-??????" }] } }] } }
`)
		s.Account = account
		return s
	}
	accounts := []string{"111111111111", "222222222222"}
	for _, changes := range accounts {
		var sides [2]*access.Estate
		for side := range sides {
			var stacks []access.Stack
			for _, account := range accounts {
				action := "secretsmanager:DescribeSecret"
				if account == changes && side == 1 {
					action = "secretsmanager:GetSecretValue"
				}
				stacks = append(stacks, role(account, action))
			}
			sides[side] = access.Load(stacks, access.Beside{})
		}
		told := 0
		for _, c := range access.Compare(sides[0], sides[1], testedVerbs).Changes {
			if c.Verb == "read" && c.Kind == access.Gains {
				told++
			}
		}
		if told != 1 {
			t.Errorf("that the role of %s reads now is told %d times", changes, told)
		}
	}
}
