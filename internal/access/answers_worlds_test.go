package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// What holds in some worlds only is told with the conditions that make the difference, and no
// others.
func TestAnswersTellWhichConditionsMakeTheDifference(t *testing.T) {
	e := load(t, `
Parameters:
  Env: { Type: String, Default: dev, AllowedValues: [dev, prod] }
  Place: { Type: String, Default: us, AllowedValues: [us, eu] }
  Size: { Type: String, Default: small, AllowedValues: [small, big] }
Conditions:
  IsBig: !Equals [!Ref Size, big]
  IsEu: !Equals [!Ref Place, eu]
  IsProd: !Equals [!Ref Env, prod]
  Both: !And [!Condition IsEu, !Condition IsProd]
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Web: { Type: AWS::SecretsManager::Secret, Condition: IsBig, Properties: { Name: web } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:DescribeSecret", Resource: "*" },
    !If [IsProd, !If [IsEu, { Effect: Allow, Action: "secretsmanager:DeleteSecret", Resource: "*" },
      !Ref AWS::NoValue], !Ref AWS::NoValue],
    { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*" },
    !If [IsProd, { Effect: Deny, Action: "secretsmanager:GetSecretValue", Resource: "*" },
      !Ref AWS::NoValue]] } }] } }`)
	if len(e.Worlds) != 8 {
		t.Fatalf("%d worlds, want 8", len(e.Worlds))
	}
	is := func(name, value string) access.Condition {
		return access.Condition{Operator: "Condition", Key: name, Values: []string{value}}
	}
	for _, c := range []struct {
		verb, secret string
		want         access.Effect
		conditions   []access.Condition
	}{
		{"describe", "Db", access.Allow, nil},
		{"describe", "Web", access.Conditional, []access.Condition{is("IsBig", "true")}},
		{"delete", "Db", access.Conditional,
			[]access.Condition{is("IsEu", "true"), is("IsProd", "true")}},
		{"secretsmanager:GetSecretValue", "Db", access.Conditional,
			[]access.Condition{is("IsProd", "false")}},
	} {
		v := verbOf(c.verb)
		x, ok := e.Explain("R", v, c.secret, deployedRegion)
		same := slices.EqualFunc(x.Conditions, c.conditions, func(a, b access.Condition) bool {
			return a.Operator == b.Operator && a.Key == b.Key && slices.Equal(a.Values, b.Values)
		})
		if !ok || x.Effect != c.want || !same {
			t.Errorf("%s %s: %v %s %v, want %s %v", c.verb, c.secret, ok, x.Effect, x.Conditions,
				c.want, c.conditions)
		}
		if len(x.Witness) == 0 {
			t.Errorf("%s %s: no witness", c.verb, c.secret)
		}
		if x.Explicit {
			t.Errorf("%s %s: what is possible in some world is not denied", c.verb, c.secret)
		}
	}
	v := verbOf("describe")
	for _, c := range []struct{ principal, secret, region string }{
		{"nobody", "Db", deployedRegion}, {"R", "nothing", deployedRegion},
		{"R", "Db", "us-east-1"},
	} {
		if x, ok := e.Explain(c.principal, v, c.secret, c.region); ok {
			t.Errorf("%v: there is an answer, %s", c, x.Effect)
		}
	}
}

// A report of several worlds has the rows of every secret of each.
func TestReportOfSeveralWorldsHasEverySecret(t *testing.T) {
	e := asking(t, `
  A: { Type: AWS::SecretsManager::Secret, Properties: { Name: a } }
  B: { Type: AWS::SecretsManager::Secret, Properties: { Name: b } }
  C: { Type: AWS::SecretsManager::Secret, Properties: { Name: c } }
  D: { Type: AWS::SecretsManager::Secret, Condition: IsProd, Properties: { Name: d } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:*", Resource: "*" }] } }] } }`, false)
	if len(e.Worlds) != 2 {
		t.Fatalf("%d worlds, want 2", len(e.Worlds))
	}
	report := e.Report(testedVerbs[:1], nil, nil)
	var got []string
	for _, row := range report.Rows {
		got = append(got, report.Secrets[row.Secret].ID+" "+row.Answer.Effect.String())
	}
	want := []string{"A allow", "B allow", "C allow", "D conditional"}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

// To delete a secret with time to restore it and to delete it at once are two calls, also where one
// report asks for both.
func TestReportTellsDeletingAtOnceFromDeleting(t *testing.T) {
	e := asking(t, `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Soft: { Type: AWS::IAM::Role, Properties: { RoleName: soft,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:DeleteSecret", Resource: "*",
      Condition: { "Null": { "secretsmanager:ForceDeleteWithoutRecovery": "true" } } }] } }] } }
  Hard: { Type: AWS::IAM::Role, Properties: { RoleName: hard,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:DeleteSecret", Resource: "*",
      Condition: { Bool: {
        "secretsmanager:ForceDeleteWithoutRecovery": "true" } } }] } }] } }`, false)
	deletes := []string{"secretsmanager:DeleteSecret"}
	verbs := []*verb.Verb{{Name: "delete", OnSecret: deletes},
		{Name: "purge", OnSecret: deletes, Purges: true}}
	report := e.Report(verbs, nil, nil)
	got := map[string]access.Effect{}
	for _, row := range report.Rows {
		got[report.Principals[row.Principal].ID+" "+report.Verbs[row.Verb]] = row.Answer.Effect
	}
	for who, want := range map[string]access.Effect{
		"Soft delete": access.Allow, "Soft purge": access.Deny,
		"Hard delete": access.Conditional, "Hard purge": access.Allow,
	} {
		if got[who] != want {
			t.Errorf("%s: %s, want %s", who, got[who], want)
		}
	}
}

// Load changes nothing that it is given, not even where it writes out what AWS's transform makes.
func TestLoadChangesNoTemplate(t *testing.T) {
	stack := deployed(t, `
Transform: AWS::Serverless-2016-10-31
Resources:
  F: { Type: AWS::Serverless::Function,
    Properties: { Policies: [AWSSecretsManagerClientReadOnlyAccess] } }`)
	before := len(stack.Template.Resources)
	for range 2 {
		e := access.Load([]access.Stack{stack}, access.Beside{})
		if after := len(stack.Template.Resources); after != before {
			t.Fatalf("the template has %d resources, and had %d", after, before)
		}
		if !slices.ContainsFunc(e.Worlds[0].Principals, func(p *access.Principal) bool {
			return p.ID == "FRole"
		}) {
			t.Error("the role that the transform makes is not there")
		}
	}
}

// The name of a nested stack has the whole logical ID; of the names of roles in it, nobody knows
// what is kept of the stack's name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
func TestAnswersOfNamesInANestedStack(t *testing.T) {
	e := load(t, `
Resources:
  Nested: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./child.yaml } }
  NestedWithAVeryLongLogicalID: { Type: AWS::CloudFormation::Stack,
    Properties: { TemplateURL: ./long.yaml } }
  Reader: { Type: AWS::IAM::Role, Properties: { RoleName: reader,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: "secretsmanager:*",
      Resource: "arn:aws:secretsmanager:*:*:secret:app-NestedWithAVeryLongLogicalID-*" }] } }] } }`+
		open(`Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": [
        "arn:aws:iam::111111111111:role/app-NestedWithAVeryLongL-Worker-*",
        "arn:aws:iam::111111111111:role/app-Nested-*-Short-*"] } }`), `
# child
Resources:
  Short: { Type: AWS::IAM::Role, Properties: {} }`, `
# long
Resources:
  Worker: { Type: AWS::IAM::Role, Properties: {} }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Sub "${AWS::StackName}/db" } }`)
	for _, c := range []struct {
		principal, verb, secret string
		want                    access.Effect
	}{
		{"Reader", "describe", "Db", access.Allow},
		{"Worker", "read", "S", access.Unknown},
		{"Short", "read", "S", access.Allow},
	} {
		v := verbOf(c.verb)
		if x, ok := e.Explain(c.principal, v, c.secret, deployedRegion); !ok || x.Effect != c.want {
			t.Errorf("%s %s %s: %v %s, want %s", c.principal, c.verb, c.secret, ok, x.Effect,
				c.want)
		}
	}
}

// A yes of some deployments tells what stands between in others in which it is not known, and
// nothing where it is a no there.
func TestAnswersTellWhatIsNotKnownInOtherWorlds(t *testing.T) {
	const template = `
Parameters: { Key: { Type: String } }
Conditions: { HasKey: !Not [!Equals [!Ref Key, ""]] }
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s,
    KmsKeyId: !If [HasKey, KEY, !Ref AWS::NoValue] } }
  Other: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Principal: { AWS: "arn:aws:iam::111111111111:role/admin" }, Action: "kms:*",
    Resource: "*" }] } } }
  R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: p, PolicyDocument: {
    Statement: [{ Effect: Allow, Action: ["secretsmanager:*", "kms:*"], Resource: "*" }] } }] } }`
	for key, want := range map[string]int{"!Ref Key": 1, "!GetAtt Other.Arn": 0} {
		e := load(t, strings.Replace(template, "KEY", key, 1))
		x, ok := e.Explain("R", verbOf("read"), "S", deployedRegion)
		if !ok || x.Effect != access.Conditional || len(x.Conditions) != 1 ||
			x.Conditions[0].Key != "HasKey" {
			t.Fatalf("under %s: %v %s %v", key, ok, x.Effect, x.Conditions)
		}
		if len(x.Unread) != want {
			t.Errorf("under %s: not known elsewhere is %v", key, x.Unread)
		}
	}
}
