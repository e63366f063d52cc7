package lower

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// compiled is a spec as far as this package takes it.
type compiled struct {
	spec   *spec.Spec
	model  *model.Model
	stacks []*Stack
	found  diag.List // of this package
}

// compile lowers a spec, which begins after its version and the name of its stack, shop.
func compile(t testing.TB, text string) compiled {
	t.Helper()
	file := source.New("spec.yaml", []byte("version: 1\nstack: shop\n"+text))
	s, _, found := spec.Load([]*source.File{file})
	if s == nil {
		t.Fatalf("the spec cannot be read: %s", said(found))
	}
	m, wrong := model.Resolve(s)
	if found = append(found, wrong...); found.HasErrors() {
		t.Fatalf("the spec has errors: %s", said(found))
	}
	placement, _ := grants.Place(grants.Derive(m))
	c := compiled{spec: s, model: m}
	c.stacks, c.found = Lower(m, placement)
	c.found = append(c.found, Verify(m, c.stacks, s.Stack.Span, nil)...)
	c.found = append(c.found, References(s, m, c.stacks)...)
	return c
}

// said are diagnostics, each a line: code, the text that it is about, message.
func said(found diag.List) string {
	var lines []string
	for _, d := range found.Sorted() {
		lines = append(lines, fmt.Sprintf("%s %s: %s", d.Code.Number, d.Span.Text(), d.Says(nil)))
	}
	return strings.Join(lines, "\n")
}

// written are the resources of all stacks by their logical IDs, and each of their properties behind
// the ID and a dot. Before what is not of the home stack stands its file.
func (c compiled) written() map[string]string {
	out := map[string]string{}
	for _, s := range c.stacks {
		of := ""
		if s.At != model.Home {
			of = strings.TrimPrefix(s.File, "shop-") + "/"
		}
		for id, r := range s.Template.Resources {
			out[of+id] = r.Type
			if len(r.DependsOn) > 0 {
				out[of+id] += " after " + strings.Join(r.DependsOn, " ")
			}
			for _, p := range r.Properties {
				out[of+id+"."+p.Key] = cfn.JSON(p.Value)
			}
		}
	}
	return out
}

// database is the value of a secret that a rotation function for MySQL understands.
const database = `value: { generate: {
      secretStringTemplate: { username: app, engine: mysql, host: h }, generateStringKey: password,
      excludeCharacters: ':/?#[]@%"''\; ' } }`

func TestWhatIsWritten(t *testing.T) {
	for name, tt := range map[string]struct {
		spec string
		want map[string]string
	}{
		"a secret": {`secrets: { db: { name: shop/db, description: d } }`, map[string]string{
			"DbSecret": "AWS::SecretsManager::Secret", "DbSecret.Name": `"shop/db"`,
			"DbSecret.Description": `"d"`,
		}},
		"a password": {`secrets: { db: { ` + database + ` } }`, map[string]string{
			"DbSecret.GenerateSecretString": `{"ExcludeCharacters":":/?#[]@%\"'\\; ` +
				`","GenerateStringKey":"password","SecretStringTemplate":"{\"username\":\"app\",` +
				`\"engine\":\"mysql\",\"host\":\"h\"}"}`,
		}},
		"an empty tag": {`
secrets: { db: {} }
tags: { team: "" }`, map[string]string{"DbSecret.Tags": `[{"Key":"team","Value":""}]`}},
		"a key": {`
keys: { app: { alias: app } }
secrets: { db: { key: app } }`, map[string]string{
			"AppKey": "AWS::KMS::Key", "AppKey.EnableKeyRotation": "true",
			"DbSecret.KmsKeyId":     `{"Fn::GetAtt":["AppKey","Arn"]}`,
			"AppKeyAlias.AliasName": `"alias/app"`,
		}},
		"a replica with a key": {`
environment: { account: "111111111111", region: eu-west-1 }
keys: { app: {} }
secrets: { db: { key: app, replicas: { region: us-east-1, key: app } } }`, map[string]string{
			"DbSecret.ReplicaRegions": `[{"KmsKeyId":"arn:aws:kms:us-east-1:111111111111:alias/` +
				`shop/app","Region":"us-east-1"}]`, "keys.us-east-1/AppKey": "AWS::KMS::Key",
		}},
		"an attachment": {`
secrets:
  db:
    ` + database + `
    attachment: { targetId: db-1, targetType: "AWS::RDS::DBInstance" }`,
			map[string]string{"DbSecretAttachment": "AWS::SecretsManager::SecretTargetAttachment",
				"DbSecretAttachment.TargetId": `"db-1"`}},
	} {
		t.Run(name, func(t *testing.T) {
			c := compile(t, tt.spec)
			if len(c.found) > 0 {
				t.Errorf("found:\n%s", said(c.found))
			}
			written := c.written()
			for _, at := range slices.Sorted(maps.Keys(tt.want)) {
				if written[at] != tt.want[at] {
					t.Errorf("%s is %s, want %s", at, written[at], tt.want[at])
				}
			}
		})
	}
}

func TestTrustPolicies(t *testing.T) {
	for name, tt := range map[string]struct{ assumedBy, want string }{
		"a service": {`{ service: lambda.amazonaws.com }`,
			`[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:` +
				`AssumeRole"}]`},
		"the same twice": {
			`[ { service: a.amazonaws.com }, { service: a.amazonaws.com } ]`,
			`[{"Effect":"Allow","Principal":{"Service":"a.amazonaws.com"},"Action":"sts:` +
				`AssumeRole"}]`},
		"an account": {`{ account: "222222222222" }`,
			`[{"Effect":"Allow","Principal":{"AWS":{"Fn::Sub":"arn:${AWS::Partition}:iam::` +
				`222222222222:root"}},"Action":"sts:AssumeRole"}]`},
		"an ARN": {`{ arn: arn:aws:iam::222222222222:role/ci }`,
			`[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/ci"},"Action":` +
				`"sts:AssumeRole"}]`},
		"pods": {`{ podIdentity: true }`,
			`[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:` +
				`AssumeRole","sts:TagSession"]}]`},
		"an OIDC provider": {
			`{ oidc: { provider: gitlab.com, audience: a, subject: "b:*" } }`,
			`[{"Effect":"Allow","Principal":{"Federated":{"Fn::Sub":"arn:${AWS::Partition}:iam::` +
				`${AWS::AccountId}:oidc-provider/gitlab.com"}},"Action":"sts:` +
				`AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"gitlab.com:aud":"a"},` +
				`"StringLike":{"gitlab.com:sub":"b:*"}}}]`},
		"a service account": {
			`{ irsa: { oidcProviderArn: arn:aws:iam::111111111111:oidc-provider/x.io/id/E, ` +
				`namespace: n, serviceAccount: s } }`,
			`[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:` +
				`oidc-provider/x.io/id/E"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":` +
				`{"StringEquals":{"x.io/id/E:aud":"sts.amazonaws.com","x.io/id/E:sub":"system:` +
				`serviceaccount:n:s"}}}]`},
		"people": {
			`{ saml: { providerArn: arn:aws:iam::111111111111:saml-provider/corp } }`,
			`[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:` +
				`saml-provider/corp"},"Action":"sts:AssumeRoleWithSAML","Condition":` +
				`{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}]`},
		"people in China": {
			`{ saml: { providerArn: arn:aws-cn:iam::111111111111:saml-provider/corp } }`,
			`[{"Effect":"Allow","Principal":{"Federated":"arn:aws-cn:iam::111111111111:` +
				`saml-provider/corp"},"Action":"sts:AssumeRoleWithSAML","Condition":` +
				`{"StringEquals":{"SAML:aud":"https://signin.amazonaws.cn/saml"}}}]`},
		"people in GovCloud": {
			`{ saml: { providerArn: arn:aws-us-gov:iam::111111111111:saml-provider/corp } }`,
			`[{"Effect":"Allow","Principal":{"Federated":"arn:aws-us-gov:iam::111111111111:` +
				`saml-provider/corp"},"Action":"sts:AssumeRoleWithSAML","Condition":` +
				`{"StringEquals":{"SAML:aud":"https://signin.amazonaws-us-gov.com/saml"}}}]`},
		"people of who knows where": {`{ saml: { providerArn: !ImportValue corp } }`,
			`[{"Effect":"Allow","Principal":{"Federated":{"Fn::ImportValue":"corp"}},"Action":` +
				`"sts:AssumeRoleWithSAML","Condition":{"StringEquals":{"SAML:aud":["https://` +
				`signin.amazonaws-us-gov.com/saml","https://signin.amazonaws.cn/saml","https://` +
				`signin.aws.amazon.com/saml"]}}}]`},
		"people at a sign-in of their own": {
			`{ saml: { providerArn: !ImportValue corp, audience: "https://a" } }`,
			`[{"Effect":"Allow","Principal":{"Federated":{"Fn::ImportValue":"corp"}},"Action":` +
				`"sts:AssumeRoleWithSAML","Condition":{"StringEquals":{"SAML:aud":"https://a"}}}]`},
	} {
		t.Run(name, func(t *testing.T) {
			c := compile(t, "principals: { app: { role: { assumedBy: "+tt.assumedBy+" } } }")
			got := c.written()["AppRole.AssumeRolePolicyDocument"]
			got = strings.TrimPrefix(got, `{"Version":"2012-10-17","Statement":`)
			if got = strings.TrimSuffix(got, "}"); got != tt.want {
				t.Errorf("got\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func TestIdentityPoliciesAreAttached(t *testing.T) {
	for principal, want := range map[string]string{
		`{ role: { assumedBy: { podIdentity: true } } }`: `AWS::IAM::ManagedPolicy Roles ` +
			`[{"Ref":"AppRole"}]`,
		`{ existingRole: app }`:  `AWS::IAM::ManagedPolicy Roles ["app"]`,
		`{ existingUser: app }`:  `AWS::IAM::ManagedPolicy Users ["app"]`,
		`{ existingGroup: app }`: `AWS::IAM::ManagedPolicy Groups ["app"]`,
		`{ existingUser: app, policies: inline }`: `AWS::IAM::Policy Users ["app"] ` +
			`PolicyName {"Fn::Sub":"${AWS::StackName}-${AWS::Region}-AppPolicyInline"}`,
		`{ existingGroup: app, policies: inline }`: `AWS::IAM::Policy Groups ["app"] ` +
			`PolicyName {"Fn::Sub":"${AWS::StackName}-${AWS::Region}-AppPolicyInline"}`,
	} {
		c := compile(t, "principals: { app: "+principal+" }\nsecrets: { db: {} }\n"+
			"grants: [ { to: app, allow: read, secrets: db } ]")
		written := c.written()
		id := "AppPolicy"
		if strings.Contains(principal, "inline") {
			id = "AppPolicyInline"
		}
		got := written[id]
		for _, kind := range []string{"Roles", "Users", "Groups", "PolicyName"} {
			if value := written[id+"."+kind]; value != "" {
				got += " " + kind + " " + value
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", principal, got, want)
		}
	}
}

func TestRotations(t *testing.T) {
	const lambda = `lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:f", ` +
		`executionRole: r }`
	const roles = `
principals: { r: { existingRole: r } }
environment: { account: "111111111111", region: eu-west-1 }`
	for name, tt := range map[string]struct {
		spec string
		want map[string]string
	}{
		"by a function": {`secrets: { db: { rotation: { rotateImmediatelyOnUpdate: false, ` +
			lambda + ` } } }` + roles,
			map[string]string{"DbSecretRotation": "AWS::SecretsManager::RotationSchedule after " +
				"RPolicy DbSecretRotationPermission",
				"DbSecretRotation.RotationLambdaARN": `"arn:aws:lambda:eu-west-1:111111111111:` +
					`function:f"`,
				"DbSecretRotation.RotationRules":       `{"AutomaticallyAfterDays":30}`,
				"DbSecretRotationPermission.Principal": `"secretsmanager.amazonaws.com"`}},
		"on days": {`secrets: { db: { rotation: { rotateImmediatelyOnUpdate: true, ` +
			`scheduleExpression: "rate(10 days)", duration: 3h, ` + lambda + ` } } }` + roles,
			map[string]string{"DbSecretRotation.RotationRules": `{"Duration":"3h",` +
				`"ScheduleExpression":"rate(10 days)"}`,
				"DbSecretRotation.RotateImmediatelyOnUpdate": "true"}},
		"hosted": {`
secrets:
  db:
    ` + database + `
    rotation:
      rotateImmediatelyOnUpdate: false
      hosted: { rotationType: MySQLSingleUser, rotationLambdaName: f, excludeCharacters: "/",
        vpc: { subnetIds: [subnet-1a, subnet-2b], securityGroupIds: sg-1a } }`,
			map[string]string{"DbSecretRotation.HostedRotationLambda": `{"ExcludeCharacters":"/",` +
				`"RotationLambdaName":"f","RotationType":"MySQLSingleUser","VpcSecurityGroupIds":` +
				`"sg-1a","VpcSubnetIds":"subnet-1a,subnet-2b"}`}},
		"by an application": {`
environment: { region: eu-west-1 }
secrets:
  db:
    ` + database + `
    rotation:
      rotateImmediatelyOnUpdate: false
      application:
        rotationType: MySQLSingleUser
        vpc: { vpcId: vpc-1a, subnetIds: [subnet-1a, subnet-2b] }
        target: { securityGroupId: sg-1a, port: 3306 }`,
			map[string]string{"DbSecretRotation": "AWS::SecretsManager::RotationSchedule after " +
				"DbSecretRotationIngress",
				"DbSecretRotation.RotationLambdaARN": `{"Fn::GetAtt":` +
					`["DbSecretRotationApplication","Outputs.RotationLambdaARN"]}`,
				"DbSecretRotationApplication.Location": `{"ApplicationId":"arn:aws:` +
					`serverlessrepo:us-east-1:297356227824:applications/` +
					`SecretsManagerRDSMySQLRotationSingleUser","SemanticVersion":"1.1.671"}`,
				"DbSecretRotationApplication.Parameters": `{"endpoint":"https://` +
					`secretsmanager.eu-west-1.amazonaws.com","excludeCharacters":":/?#[]@%\"'\\; ` +
					`","functionName":"shop-db-rotation","vpcSecurityGroupIds":{"Fn::GetAtt":` +
					`["DbSecretRotationSecurityGroup","GroupId"]},"vpcSubnetIds":"subnet-1a,` +
					`subnet-2b"}`,
				"DbSecretRotationSecurityGroup.GroupDescription": `"Rotation function of ` +
					`secret db"`,
				"DbSecretRotationIngress.FromPort": "3306"}},
		"by an application of who knows where": {`
secrets:
  db:
    ` + database + `
    rotation: { rotateImmediatelyOnUpdate: false, application: { rotationType: MySQLSingleUser } }`,
			map[string]string{"DbSecretRotationApplication.Location": `{"ApplicationId":{"Fn::` +
				`FindInMap":["DbSecretRotationVersions",{"Ref":"AWS::Partition"},` +
				`"applicationId"]},"SemanticVersion":{"Fn::FindInMap":` +
				`["DbSecretRotationVersions",{"Ref":"AWS::Partition"},"semanticVersion"]}}`}},
		"of a partner": {`
secrets:
  db:
    type: SalesforceClientSecret
    value: { empty: true }
    rotation: { rotateImmediatelyOnUpdate: false,
      external: { role: r, metadata: { apiVersion: v65.0 } } }
principals: { r: { role: {} } }`,
			map[string]string{"DbSecretRotation.ExternalSecretRotationRoleArn": `{"Fn::GetAtt":` +
				`["RRole","Arn"]}`,
				"DbSecretRotation.ExternalSecretRotationMetadata": `[{"Key":"apiVersion","Value":` +
					`"v65.0"}]`}},
	} {
		t.Run(name, func(t *testing.T) {
			written := compile(t, tt.spec).written()
			for _, at := range slices.Sorted(maps.Keys(tt.want)) {
				if written[at] != tt.want[at] {
					t.Errorf("%s is %s, want %s", at, written[at], tt.want[at])
				}
			}
		})
	}
}

func TestWhatIsWrongWithTemplates(t *testing.T) {
	for name, tt := range map[string]struct{ spec, want string }{
		"nothing": {`principals: { app: { existingRole: app } }`,
			`SC6004 shop: the spec creates nothing, so that there is no template to deploy`},
		"a collision": {`
secrets: { api: { policy: { requireTls: true } } }
principals: { web: { existingRole: web, logicalId: ApiSecretResource } }
grants: [ { to: web, allow: read, secrets: api } ]`,
			`SC2005 web: this gives the logical ID "ApiSecretResourcePolicy" a second time`},
		"a circle": {`
secrets: { db: { description: !Sub "of ${Database}" } }
resources: { Database: { Type: "AWS::RDS::DBInstance",
    Properties: { MasterUserPassword: !Ref DbSecret } } }`,
			`SC6003 Database: resources depend on each other in a circle: ` +
				`Database → DbSecret → Database`},
		"a parameter of another stack": {`
environment: { account: "111111111111", region: eu-west-1 }
parameters: { Auditor: { Type: String } }
keys: { app: { policy: { statements: { Effect: Allow, Principal: { AWS: !Ref Auditor },
  Action: "kms:DescribeKey", Resource: "*" } } } }
secrets: { db: { key: app, replicas: { region: us-east-1, key: app } } }`,
			`SC6005 app: AppKey stands in stack "shop-keys.us-east-1" and refers to ` +
				`"Auditor", which only the home stack has`},
		"a condition that the trust states": {`
principals:
  app:
    role:
      assumedBy:
        oidc: { provider: gitlab.com, audience: a, subject: s }
        condition: { StringEquals: { "gitlab.com:aud": a } }`,
			`SC4015 "gitlab.com:aud": the condition StringEquals gitlab.com:aud is one ` +
				`that this trust states itself`},
		"what is not there": {`
secrets: { db: {} }
parameters: { Port: { Type: Number } }
resources:
  A: { Type: "AWS::X::Y", DependsOn: [DbSecret, DbScret], Condition: Prod }
  B: { Type: "AWS::X::Y", Properties: { A: !Ref Prot, B: !GetAtt DbScret.Id,
    C: !GetAtt [DbScret, Id], D: !Sub "${Prot} ${a} ${!b} ${AWS::Region}" } }
  C: { Type: "AWS::X::Y", Properties: { A: !FindInMap [Sizes, a, b], B: !If [Prod, a, b],
    C: !Sub ["${x}${y}", { x: a }] } }
  D: { Type: "AWS::X::Y", Properties: { A: !GetAtt DbSecret.Arn, B: !GetAtt DbSecret.Id } }
outputs:
  O: { Value: a, Condition: Prod }`,
			`SC2006 DbScret: no resource is named "DbScret"
SC2006 Prod: no condition is named "Prod"
SC2006 Prot: no parameter or resource is named "Prot"
SC2006 DbScret: no resource is named "DbScret"
SC2006 DbScret: no resource is named "DbScret"
SC2006 ${Prot}: no parameter or resource is named "Prot"
SC2006 ${a}: no parameter or resource is named "a"
SC2006 Sizes: no mapping is named "Sizes"
SC2006 Prod: no condition is named "Prod"
SC2006 ${y}: no parameter or resource is named "y"
SC2020 DbSecret: a resource of type AWS::SecretsManager::Secret has no attribute "Arn"
SC2006 Prod: no condition is named "Prod"`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := said(compile(t, tt.spec).found); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
