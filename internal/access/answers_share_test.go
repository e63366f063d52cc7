package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// mentionedOnce are templates in which one world alone mentions somebody or a secret that is there
// in every world, and the answers about them.
const mentionedOnce = `
Parameters:
  Env: { Type: String, Default: dev, AllowedValues: [dev, prod] }
  Who: { Type: String }
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  NotProd: !Not [!Condition IsProd]
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  DbPolicy: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Db,
    ResourcePolicy: { Statement: [
      { Effect: Allow, Principal: { AWS: "222222222222" }, Action: "secretsmanager:DescribeSecret",
        Resource: "*" },
      !If [IsProd, { Effect: Deny, Principal: { AWS: [
          "arn:aws:iam::222222222222:role/partner", "arn:aws:iam::111111111111:role/local" ] },
        Action: "secretsmanager:DescribeSecret", Resource: "*" }, !Ref AWS::NoValue],
      !If [IsProd, { Effect: Allow, Principal: { AWS: [
          "arn:aws:iam::222222222222:role/partner", "arn:aws:iam::111111111111:role/local" ] },
        Action: "secretsmanager:PutResourcePolicy", Resource: "*" }, !Ref AWS::NoValue]] } } }
  Worker: { Type: AWS::IAM::Role, Condition: IsProd, Properties: { RoleName: worker } }
  WorkerPolicy: { Type: AWS::IAM::RolePolicy, Properties: { RoleName: worker, PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:DescribeSecret",
      Resource: !Ref Db }] } } }
  Floating: { Type: AWS::IAM::RolePolicy, Properties: { RoleName: !Ref Who, PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:DeleteSecret",
      Resource: !Ref Db }] } } }
  Elsewhere: { Type: AWS::IAM::RolePolicy, Condition: IsProd, Properties: { RoleName: ops,
    PolicyName: p, PolicyDocument: { Statement: [{ Effect: Deny, Action: "*",
      Resource: "*" }] } } }
  Reader: { Type: AWS::IAM::Role, Properties: { RoleName: reader,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
      { Effect: Allow, Action: "secretsmanager:DescribeSecret", Resource: "*" },
      !If [IsProd, { Effect: Allow, Action: "secretsmanager:DeleteSecret",
        Resource: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:named-AbCdEf" },
        !Ref AWS::NoValue],
      !If [IsProd, { Effect: Deny, Action: "secretsmanager:DescribeSecret",
        Resource: "*" }, !Ref AWS::NoValue]] } }] } }
  Open: { Type: AWS::SecretsManager::Secret, Properties: { Name: open } }
  OpenPolicy: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Open,
    ResourcePolicy: { Statement: [{ Effect: Allow, Principal: "*",
      Action: "secretsmanager:DescribeSecret", Resource: "*" }] } } }`

// Whom and what some world alone mentions, and no template makes, is asked about in every world.
func TestAnswersAreAboutWhomOneWorldMentions(t *testing.T) {
	e := load(t, mentionedOnce)
	const named = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:named-AbCdEf"
	const roles = "arn:aws:iam::111111111111:role/"
	for _, c := range []struct {
		principal, verb, secret string
		want                    access.Effect
		when                    string
	}{
		{"arn:aws:iam::222222222222:role/partner", "describe", "Db", access.Conditional, "false"},
		{"Reader", "describe", named, access.Conditional, "false"},
		{"Reader", "delete", named, access.Conditional, "true"},
		{roles + "ops", "describe", "Open", access.Conditional, "false"},
		{roles + "local", "delete", "Db", access.Unknown, ""},
		{"Worker", "describe", "Db", access.Allow, ""},
	} {
		x, ok := e.Explain(c.principal, verbOf(c.verb), c.secret, deployedRegion)
		when := ""
		for _, condition := range x.Conditions {
			if condition.Operator == "Condition" && condition.Key == "IsProd" {
				when = condition.Values[0]
			}
		}
		if !ok || x.Effect != c.want || when != c.when {
			t.Errorf("%s %s %s: %v %s %v, want %s %s", c.principal, c.verb, c.secret, ok, x.Effect,
				x.Conditions, c.want, c.when)
		}
	}
	report := e.Report(testedVerbs, nil, nil)
	for _, p := range report.Principals {
		if strings.HasSuffix(p.ID, "role/worker") || p.ID == "Worker" && p.Note != "" {
			t.Errorf("%s (%s) is in the report: Worker is that role", p.ID, p.Note)
		}
	}
}

// Whom a principal may become in any of the worlds is told.
func TestReportTellsWhomSomebodyMayBecomeInAnyWorld(t *testing.T) {
	e := load(t, `
Parameters:
  Env: { Type: String, Default: dev, AllowedValues: [dev, prod] }
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Ci: { Type: AWS::IAM::Role, Properties: { RoleName: ci,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
      !If [IsProd, { Effect: Allow, Action: "sts:AssumeRole", Resource: !GetAtt Api.Arn },
        { Effect: Allow, Action: "sts:AssumeRole", Resource: !GetAtt Web.Arn }]] } }] } }
  Api: { Type: AWS::IAM::Role, Properties: { RoleName: api, AssumeRolePolicyDocument: {
    Statement: [{ Effect: Allow, Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" }] } } }
  Web: { Type: AWS::IAM::Role, Properties: { RoleName: web, AssumeRolePolicyDocument: {
    Statement: [{ Effect: Allow, Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" }] } } }`)
	want := []string{"Api", "Web"}
	for _, p := range e.Report(testedVerbs, nil, nil).Principals {
		if p.ID == "Ci" && !slices.Equal(p.MayBecome, want) {
			t.Errorf("the report says that Ci may become %q, want %q", p.MayBecome, want)
		}
	}
	x, _ := e.Explain("Ci", verbOf("read"), "Db", deployedRegion)
	if !slices.Equal(x.MayBecome, want) {
		t.Errorf("the answer says that Ci may become %q, want %q", x.MayBecome, want)
	}
}

// What nobody can read of a trust leaves the rest of it as it is; and whoever only policies name is
// taken to be allowed by its own account to assume what trusts that account.
func TestAnswersTellWhoMayBecomeARole(t *testing.T) {
	stack := deployed(t, `
Conditions:
  InWest: !Equals [!Ref "AWS::Region", eu-west-1]
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  DbPolicy: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Db,
    ResourcePolicy: { Statement: [{ Effect: Allow, Action: "secretsmanager:DescribeSecret",
      Principal: { AWS: "arn:aws:iam::222222222222:role/partner" }, Resource: "*" }] } } }
  Ci: { Type: AWS::IAM::Role, Properties: { RoleName: ci } }
  Api: { Type: AWS::IAM::Role, Properties: { RoleName: api, AssumeRolePolicyDocument: {
    Statement: [
      { Effect: Allow, Principal: { AWS: !GetAtt Ci.Arn }, Action: "sts:AssumeRole" },
      !If [InWest, { Effect: Allow, Principal: { AWS: "333333333333" }, Action: "sts:AssumeRole" },
        !Ref AWS::NoValue]] } } }
  Web: { Type: AWS::IAM::Role, Properties: { RoleName: web, AssumeRolePolicyDocument: {
    Statement: [{ Effect: Allow, Principal: { AWS: "222222222222" }, Action: "sts:AssumeRole" }] } } }`)
	stack.Region = ""
	e := access.Load([]access.Stack{stack}, access.Beside{})
	got := map[string][]string{}
	for _, p := range e.Worlds[0].Principals {
		got[p.ID] = p.MayBecome
		if p.ID == "Api" && !p.SessionTags {
			t.Error("whether Api's trust lets pass tags is taken to be known")
		}
	}
	for who, want := range map[string][]string{
		"Ci": {"Api"}, "arn:aws:iam::222222222222:role/partner": {"Web"}, "Api": nil,
	} {
		if !slices.Equal(got[who], want) {
			t.Errorf("%s may become %q, want %q", who, got[who], want)
		}
	}
}
