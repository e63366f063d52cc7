package compile

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// headOf is the head of the specs of tables.
const headOf = "version: 1\nstack: pay\n" +
	"environment: { account: \"111111111111\", region: eu-west-1 }\n"

// errorsOf compiles a spec and writes its errors as their codes, each with the first line of the
// text that it is about and of those that it shows besides.
func errorsOf(t *testing.T, text string) string {
	t.Helper()
	r := Compile([]*source.File{source.New("spec.yaml", []byte(headOf+text))}, nil)
	var out []string
	for _, d := range r.Diagnostics {
		if d.Code.Severity != diag.Error {
			continue
		}
		said := d.Code.Number + " " + firstLine(d.Span)
		for _, p := range d.Places() {
			said += " " + firstLine(p.Span)
		}
		out = append(out, said)
	}
	return strings.Join(out, "; ")
}

func firstLine(at source.Span) string {
	line, _, _ := strings.Cut(at.Text(), "\n")
	return line
}

// hostedOf is a secret with a hosted function of a name.
func hostedOf(id, function string) string {
	return "  " + id + ": { value: { generate: { secretStringTemplate: { username: u, engine: " +
		"mysql, host: h }, generateStringKey: password, excludeCharacters: \":/@\" } }, " +
		"rotation: { rotateImmediatelyOnUpdate: false, hosted: { rotationType: MySQLSingleUser, " +
		"rotationLambdaName: " + function + " } } }\n"
}

const oneSecret = "secrets:\n  a: { name: a, policy: { denyDelete: true } }\n"

// policyOn is a resource policy in CloudFormation's words.
func policyOn(secret string) string {
	return "Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: " + secret +
		", ResourcePolicy: { Version: \"2012-10-17\", Statement: [ { Effect: Deny, Principal: " +
		"\"*\", Action: \"secretsmanager:DeleteSecret\", Resource: \"*\" } ] } }"
}

const (
	arnOf    = `"arn:aws:secretsmanager:eu-west-1:111111111111:secret:`
	function = "Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: a.b, " +
		"Role: \"arn:aws:iam::111111111111:role/f\", Code: { S3Bucket: b, S3Key: k }, " +
		"FunctionName: "
	trust = "AssumeRolePolicyDocument: { Version: \"2012-10-17\", Statement: [ { Effect: Allow, " +
		"Principal: { Service: lambda.amazonaws.com }, Action: \"sts:AssumeRole\" } ] }"
	stages = "parameters: { Stage: { Type: String } }\n" +
		"conditions: { P: !Equals [!Ref Stage, p], D: !Equals [!Ref Stage, d], " +
		"N: !Not [!Condition P] }\n"
)

// ownerRows are specs, and what has a second owner in them.
var ownerRows = []struct{ about, spec, want string }{
	{"a policy by Ref", oneSecret + "resources: { P: { " + policyOn("!Ref ASecret") + " } }",
		"SC3032 !Ref ASecret { denyDelete: true }"},
	{"a policy by name", oneSecret + "resources: { P: { " + policyOn("a") + " } }",
		"SC3032 a { denyDelete: true }"},
	{"a policy by GetAtt", oneSecret + "resources: { P: { " + policyOn("!GetAtt ASecret.Id") +
		" } }", "SC3032 !GetAtt ASecret.Id { denyDelete: true }"},
	{"a policy by partial ARN", oneSecret + "resources: { P: { " + policyOn(arnOf+`a"`) + " } }",
		"SC3032 " + arnOf + `a" { denyDelete: true }`},
	{"a policy of an imported secret by its ARN, and by a function", `secrets: { a: { import: ` +
		`{ name: a }, policy: { manage: true, denyDelete: true } } }` + "\nresources: { P: { " +
		policyOn(arnOf+`a-AbCdEf"`) + " }, Q: { " +
		policyOn(`!Sub "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:a"`) +
		" } }", "SC3032 " + arnOf + `a-AbCdEf" { manage: true, denyDelete: true }; ` +
		`SC3032 !Sub "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:a" ` +
		"{ manage: true, denyDelete: true }"},
	{"two policies in CloudFormation's words", "secrets: { a: {} }\nresources: { P: { " +
		policyOn("x") + " }, Q: { " + policyOn("x") + " } }", "SC3032 x x"},
	{"another secret", oneSecret + "resources: { P: { " + policyOn("b") + " } }", ""},
	{"another Region", oneSecret + "resources: { P: { " +
		policyOn(`"arn:aws:secretsmanager:us-east-1:111111111111:secret:a"`) + " } }",
		`SC3033 "arn:aws:secretsmanager:us-east-1:111111111111:secret:a"`},
	{"a rotation and an attachment elsewhere", "secrets: { a: { import: { arn: \"arn:aws:" +
		"secretsmanager:us-east-1:111111111111:secret:a-AbCdEf\" }, attachment: { targetType: " +
		"AWS::RDS::DBInstance, targetId: i } }, b: { import: { arn: \"arn:aws:secretsmanager:" +
		"eu-west-1:222222222222:secret:b-AbCdEf\" }, rotation: { managed: true, " +
		"rotateImmediatelyOnUpdate: false } } }",
		"SC3033 { targetType: AWS::RDS::DBInstance, targetId: i } " +
			"\"arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf\"; " +
			"SC3033 { managed: true, rotateImmediatelyOnUpdate: false } " +
			"\"arn:aws:secretsmanager:eu-west-1:222222222222:secret:b-AbCdEf\""},
	{"policies that exclude each other", stages + oneSecret + "resources: { P: { Condition: P, " +
		policyOn("x") + " }, D: { Condition: D, " + policyOn("x") + " }, N: { Condition: N, " +
		policyOn("y") + " }, O: { Condition: P, " + policyOn("y") + " } }", ""},
	{"policies that may meet", stages + oneSecret + "resources: { P: { Condition: D, " +
		policyOn("x") + " }, D: { Condition: N, " + policyOn("x") + " } }", "SC3032 x x"},
	{"attachments", "secrets: { a: { import: { name: a }, attachment: { targetType: " +
		"AWS::RDS::DBInstance, targetId: i } } }\nresources: { T: { Type: " +
		"AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: a, " +
		"TargetType: AWS::RDS::DBCluster, TargetId: c } } }",
		"SC3032 a { targetType: AWS::RDS::DBInstance, targetId: i }"},
	{"a schedule by the Ref of an attachment", "secrets: { a: { import: { name: a }, rotation: " +
		"{ managed: true, rotateImmediatelyOnUpdate: false }, attachment: { targetType: " +
		"AWS::RDS::DBInstance, targetId: i } } }\nresources: { T: { Type: " +
		"AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref ASecretAttachment, " +
		"RotationRules: { AutomaticallyAfterDays: 7 } } } }", "SC3027 !Ref ASecretAttachment { managed: true, rotateImmediatelyOnUpdate: false }"},
	{"hosted functions", "secrets:\n" + hostedOf("a", "same") + hostedOf("b", "same"),
		"SC2013 same same"},
	{"a hosted function and one of the template", "secrets:\n" + hostedOf("a", "same") +
		"resources: { F: { " + function + "same } } }", "SC2013 same same"},
	{"secrets", "secrets: { a: { name: x }, b: { name: x }, c: { name: x } }",
		"SC2013 x x; SC2013 x x"},
	{"a secret and one of resources", "secrets: { a: { name: x } }\nresources: { S: { Type: " +
		"AWS::SecretsManager::Secret, Properties: { Name: x } } }", "SC2013 x x"},
	{"secrets of conditions", stages + "secrets: { a: { name: x, condition: P }, b: { name: x, " +
		"condition: D } }", ""},
	{"imported twice", "secrets: { a: { import: { name: x } }, b: { import: { arn: " + arnOf +
		"x-AbCdEf\" } } }", "SC2013 " + arnOf + "x-AbCdEf\" x"},
	{"a replica is imported", "secrets: { a: { name: x, replicas: us-east-1 }, b: { import: { " +
		"arn: \"arn:aws:secretsmanager:us-east-1:111111111111:secret:x-AbCdEf\" } } }",
		"SC2013 \"arn:aws:secretsmanager:us-east-1:111111111111:secret:x-AbCdEf\" us-east-1"},
	{"aliases", "keys: { a: { alias: same }, b: { alias: alias/same } }",
		"SC2013 alias/same same"},
	{"an alias is imported", "keys: { a: { alias: x }, b: { import: { alias: x } } }",
		"SC2013 b x"},
	{"roles, whose names differ by upper and lower case", "principals: { r: { role: { roleName: " +
		"Api, assumedBy: { service: lambda.amazonaws.com } } } }\nresources: { R: { Type: " +
		"AWS::IAM::Role, Properties: { RoleName: api, " + trust + " } } }", "SC2013 api Api"},
	{"a role and a user", "resources: { R: { Type: AWS::IAM::Role, Properties: { RoleName: api, " +
		trust + " } }, U: { Type: AWS::IAM::User, Properties: { UserName: api } } }", ""},
	{"log groups", "resources: { A: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: g " +
		"} }, B: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub g } } }",
		"SC2013 !Sub g g"},
	{"defaults of parameters", "parameters: { A: { Type: String, Default: g }, B: { Type: " +
		"String, Default: g } }\nresources: { A1: { Type: AWS::Logs::LogGroup, Properties: { " +
		"LogGroupName: !Ref A } }, B1: { Type: AWS::Logs::LogGroup, Properties: { " +
		"LogGroupName: !Ref B } }, B2: { Type: AWS::Logs::LogGroup, Properties: { " +
		"LogGroupName: !Ref B } } }", "SC2013 !Ref B !Ref B"},
	{"exports", "secrets: { a: { name: a } }\nexport: a\noutputs: { O: { Value: x, Export: { " +
		"Name: pay-a-arn } } }", "SC2012 pay-a-arn a"},
	{"managed policies", "resources: { A: { Type: AWS::IAM::ManagedPolicy, Properties: { " +
		"ManagedPolicyName: p, PolicyDocument: {} } }, B: { Type: AWS::IAM::ManagedPolicy, " +
		"Properties: { ManagedPolicyName: P, PolicyDocument: {} } } }", "SC2013 P p"},
	{"inline policies", "resources: { A: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, " +
		"Roles: [r], PolicyDocument: {} } }, B: { Type: AWS::IAM::RolePolicy, Properties: { " +
		"PolicyName: p, RoleName: r, PolicyDocument: {} } }, C: { Type: AWS::IAM::RolePolicy, " +
		"Properties: { PolicyName: p, RoleName: s, PolicyDocument: {} } } }", "SC2013 p p"},
	{"aliases of functions", "resources: { A: { Type: AWS::Lambda::Alias, Properties: { Name: " +
		"live, FunctionName: f, FunctionVersion: \"1\" } }, B: { Type: AWS::Lambda::Alias, " +
		"Properties: { Name: live, FunctionName: \"arn:aws:lambda:eu-west-1:111111111111:" +
		"function:f\", FunctionVersion: \"2\" } } }", "SC2013 live live"},
}

// TestOwners: what exists once has one owner, however it is written.
func TestOwners(t *testing.T) {
	for _, row := range ownerRows {
		if got := errorsOf(t, row.spec); got != row.want {
			t.Errorf("%s:\n%s\nfinds %s\nwant  %s", row.about, row.spec, got, row.want)
		}
	}
}

// TestOrder: a derived resource waits for what it names by a text and the template makes.
func TestOrder(t *testing.T) {
	role := "resources: { R: { Type: AWS::IAM::Role, Properties: { RoleName: api, " + trust +
		" } } }\n"
	for _, row := range []struct{ about, spec, id, want string }{
		{"a policy for a role", "principals: { r: { existingRole: api } }\nsecrets: { a: { name: " +
			"a } }\ngrants: [ { to: r, allow: read, secrets: a } ]\n" + role, "RPolicy", "R"},
		{"an inline one", "principals: { r: { existingRole: api, policies: inline } }\nsecrets: { " +
			"a: { name: a } }\ngrants: [ { to: r, allow: read, secrets: a } ]\n" + role,
			"RPolicyInline", "R"},
		{"a role of the spec", "principals: { r: { existingRole: api }, o: { role: { roleName: " +
			"API, assumedBy: { service: lambda.amazonaws.com } } } }\nsecrets: { a: { name: a } " +
			"}\ngrants: [ { to: r, allow: read, secrets: a } ]", "RPolicy", "ORole"},
		{"a reference is enough", "principals: { r: { existingRole: !Ref R } }\nsecrets: { a: { " +
			"name: a } }\ngrants: [ { to: r, allow: read, secrets: a } ]\n" + role, "RPolicy", ""},
		{"a principal in a trust", "principals: { r: { role: { assumedBy: { arn: \"arn:aws:iam::" +
			"111111111111:role/api\" } } } }\nsecrets: { a: { name: a } }\ngrants: [ { to: r, " +
			"allow: read, secrets: a } ]\n" + role, "RRole", "R"},
		{"a principal in a statement", "secrets: { a: { name: a, policy: { statements: [ { Effect: " +
			"Allow, Principal: { AWS: \"arn:aws:iam::111111111111:role/api\" }, Action: " +
			"\"secretsmanager:GetSecretValue\", Resource: \"*\" } ] } } }\n" + role,
			"ASecretResourcePolicy", "R"},
		{"a function by its name", "secrets: { a: { name: a, value: { empty: true }, rotation: { " +
			"rotateImmediatelyOnUpdate: false, lambda: { functionArn: \"arn:aws:lambda:" +
			"eu-west-1:111111111111:function:f\" } } } }\nresources: { F: { " + function +
			"f } } }", "ASecretRotationPermission", "F"},
	} {
		r := Compile([]*source.File{source.New("spec.yaml", []byte(headOf+row.spec))}, nil)
		if len(r.Stacks) == 0 {
			t.Errorf("%s: %s", row.about, errorsOf(t, row.spec))
			continue
		}
		resource := r.Stacks[0].Template.Resources[row.id]
		if resource == nil {
			t.Errorf("%s: no %s", row.about, row.id)
			continue
		}
		if got := strings.Join(resource.DependsOn, " "); got != row.want {
			t.Errorf("%s: depends on %q, want %q", row.about, got, row.want)
		}
	}
}
