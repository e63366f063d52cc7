package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// stack reads a template for a stack of account 111111111111 in eu-west-1, or of another where the file's name is like file@account:region.
func stack(t testing.TB, file, text string) access.Stack {
	t.Helper()
	template, found := compile.ReadTemplate(source.New(file, []byte(text)))
	if template == nil || len(found) > 0 {
		t.Fatalf("%s: %v\n%s", file, found, text)
	}
	file, at, _ := strings.Cut(file, "@")
	s := access.Stack{File: file, Name: file, Account: "111111111111", Region: "eu-west-1", Template: template}
	if at != "" {
		s.Account, s.Region, _ = strings.Cut(at, ":")
	}
	return s
}

// allows is a policy of one statement.
const allows = `{Version: 2012-10-17, Statement: {Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: "*"}}`

// TestWhatTemplatesMake lists, for each type of resource, lines of what is read of it: principals with their ARNs and what is not known of
// them, their policies, secrets with their copies, keys and policies.
func TestWhatTemplatesMake(t *testing.T) {
	for _, c := range []struct {
		name   string
		stacks map[string]string // resources by file
		known  []*access.Principal
		want   []string
		not    []string
		wrong  []string // problems, all of them
	}{
		{name: "a role with all kinds of policies", stacks: map[string]string{"app": `
  App: {Type: AWS::IAM::Role, Properties: {RoleName: app, Path: /svc/, Policies: [{PolicyName: p, PolicyDocument: ` + allows + `}],
        ManagedPolicyArns: [!Ref Managed, "arn:aws:iam::aws:policy/ReadOnlyAccess", !Sub "arn:${AWS::Partition}:iam::aws:policy/SecretsManagerReadWrite"], PermissionsBoundary: !Ref Boundary}}
  Managed: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: m, PolicyDocument: ` + allows + `, Roles: [!Ref App]}}
  Boundary: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: ` + allows + `}}
  Inline: {Type: AWS::IAM::Policy, Properties: {PolicyName: i, PolicyDocument: ` + allows + `, Roles: [!Ref App]}}
  Own: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: app, PolicyName: o, PolicyDocument: ` + allows + `}}`},
			want: []string{
				"principal App arn:aws:iam::111111111111:role/svc/app [arn:aws:iam::aws:policy/ReadOnlyAccess]",
				"identity policy of App (app App)", "identity policy of App (app Managed)", "identity policy of App (app Inline)", "identity policy of App (app Own)",
				"identity policy of App ( )", "permissions boundary of App (app Boundary)", "Allow [lambda:AddPermission lambda:CreateFunction lambda:GetFunction lambda:InvokeFunction" +
					" lambda:UpdateFunctionConfiguration] [arn:aws:lambda:*:*:function:SecretsManager*] [] []",
			}},
		{name: "a role without a name", stacks: map[string]string{"app": `
  App: {Type: AWS::IAM::Role, Properties: {PermissionsBoundary: arn:aws:iam::111111111111:policy/elsewhere}}
  Long` + strings.Repeat("g", 80) + `: {Type: AWS::IAM::Role}`},
			want: []string{
				"principal App arn:aws:iam::111111111111:role/app-App-33J987FLA57C [arn:aws:iam::111111111111:policy/elsewhere]",
				"principal Long" + strings.Repeat("g", 80) + " arn:aws:iam::111111111111:role/" + strings.Repeat("g", 51) + "-ERLG9G71L2UB []",
			}},
		{name: "users and groups", stacks: map[string]string{"app": `
  Bob: {Type: AWS::IAM::User, Properties: {UserName: bob, Groups: [!Ref Oncall, elsewhere]}}
  Oncall: {Type: AWS::IAM::Group, Properties: {GroupName: oncall, ManagedPolicyArns: [arn:aws:iam::aws:policy/job-function/ViewOnlyAccess], Policies: [{PolicyName: p, PolicyDocument: ` + allows + `}]}}
  More: {Type: AWS::IAM::GroupPolicy, Properties: {GroupName: !Ref Oncall, PolicyName: p, PolicyDocument: ` + allows + `}}
  Own: {Type: AWS::IAM::UserPolicy, Properties: {UserName: !Ref Bob, PolicyName: p, PolicyDocument: ` + allows + `}}
  Add: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: oncall, Users: [eve, bob]}}`},
			want: []string{
				"principal Bob arn:aws:iam::111111111111:user/bob [arn:aws:iam::111111111111:group/elsewhere arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]" +
					"|identity policy of Oncall (app More)|identity policy of Oncall (app Oncall)|identity policy of Bob (app Own)",
				"principal Oncall arn:aws:iam::111111111111:group/oncall [arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]|identity policy of Oncall (app More)|identity policy of Oncall (app Oncall)",
				"principal arn:aws:iam::111111111111:user/eve arn:aws:iam::111111111111:user/eve [arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]" +
					"|identity policy of Oncall (app More)|identity policy of Oncall (app Oncall)",
				"principal arn:aws:iam::111111111111:group/elsewhere arn:aws:iam::111111111111:group/elsewhere []",
			}},
		{name: "policies attached by name", stacks: map[string]string{
			"one":                             `  Reads: {Type: AWS::IAM::Policy, Properties: {PolicyName: i, PolicyDocument: ` + allows + `, Roles: [worker, Made], Users: [bob], Groups: [oncall]}}`,
			"other@222222222222:us-east-1":    `  Reads: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: ` + allows + `, Roles: [worker]}}`,
			"third@111111111111:eu-central-1": `  Worker: {Type: AWS::IAM::Role, Properties: {RoleName: Made}}`,
		},
			known: []*access.Principal{
				{ID: "worker", Caller: policy.Caller{ARN: "arn:aws:iam::111111111111:role/svc/worker"}, Unknown: []string{"x"}},
				{ID: "oncall", Caller: policy.Caller{Kind: policy.User, ARN: "arn:aws:iam::111111111111:group/oncall"}},
			},
			want: []string{
				"principal worker arn:aws:iam::111111111111:role/svc/worker [x]|identity policy of worker (one Reads)", "principal oncall arn:aws:iam::111111111111:group/oncall []|identity policy of oncall (one Reads)",
				"principal arn:aws:iam::111111111111:user/bob", "principal arn:aws:iam::222222222222:role/worker arn:aws:iam::222222222222:role/worker []",
				"principal Worker arn:aws:iam::111111111111:role/Made []|identity policy of Worker (one Reads)",
			}},
		{name: "logical IDs that several stacks have", stacks: map[string]string{"a": `  R: {Type: AWS::IAM::Role}`, "b@111111111111:us-east-1": `  R: {Type: AWS::IAM::Role}`},
			want: []string{"principal a/R ", "principal b/R "}},
		{name: "a secret", stacks: map[string]string{"app": `
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: shop/db, ReplicaRegions: [{Region: us-east-1}, {Region: eu-central-1, KmsKeyId: alias/aws/secretsmanager}, {Region: eu-west-1}]}}
  Unnamed: {Type: AWS::SecretsManager::Secret}`},
			want: []string{
				"secret Db shop/db 111111111111|copy eu-west-1 arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/db-AbCdEf|" +
					"copy eu-central-1 arn:aws:secretsmanager:eu-central-1:111111111111:secret:shop/db-AbCdEf|copy us-east-1 arn:aws:secretsmanager:us-east-1:111111111111:secret:shop/db-AbCdEf",
				"secret Unnamed Unnamed-8CH6102YCDWI 111111111111|copy eu-west-1 arn:aws:secretsmanager:eu-west-1:111111111111:secret:Unnamed-8CH6102YCDWI-AbCdEf",
			}},
		{name: "the key of a secret in all its forms", stacks: map[string]string{
			"keys": `
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: {Effect: Allow, Action: kms:Decrypt, Resource: "*", Principal: {AWS: "*"}}}}}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/app, TargetKeyId: !Ref Key}}
  ByRef: {Type: AWS::SecretsManager::Secret, Properties: {Name: ref, KmsKeyId: !Ref Key}}
  ByArn: {Type: AWS::SecretsManager::Secret, Properties: {Name: arn, KmsKeyId: !GetAtt Key.Arn}}
  ByAlias: {Type: AWS::SecretsManager::Secret, Properties: {Name: alias, KmsKeyId: !Ref Alias}}`,
			"users": `
  ByName: {Type: AWS::SecretsManager::Secret, Properties: {Name: name, KmsKeyId: alias/app}}
  ByAliasArn: {Type: AWS::SecretsManager::Secret, Properties: {Name: alias-arn, KmsKeyId: !Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/app"}}
  Foreign: {Type: AWS::SecretsManager::Secret, Properties: {Name: foreign, KmsKeyId: "arn:aws:kms:eu-west-1:222222222222:key/11111111-1111-1111-1111-111111111111"}}
  ForeignAlias: {Type: AWS::SecretsManager::Secret, Properties: {Name: foreign-alias, KmsKeyId: alias/legacy}}
  ById: {Type: AWS::SecretsManager::Secret, Properties: {Name: id, KmsKeyId: 11111111-1111-1111-1111-111111111111}}
  Default: {Type: AWS::SecretsManager::Secret, Properties: {Name: default, KmsKeyId: !Sub "arn:aws:kms:eu-west-1:${AWS::AccountId}:alias/aws/secretsmanager"}}`,
			"elsewhere@111111111111:us-east-1": `  Far: {Type: AWS::SecretsManager::Secret, Properties: {Name: far, KmsKeyId: alias/app}}`,
		},
			want: []string{
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:ref-AbCdEf|key Key arn:aws:kms:eu-west-1:111111111111:key/c5553b0e-7773-4733-8cfa-bbda8caf2764 111111111111 eu-west-1|key policy of Key (keys Key)",
				"secret:arn-AbCdEf|key Key ", "secret:alias-AbCdEf|key Key ", "secret:name-AbCdEf|key Key ", "secret:alias-arn-AbCdEf|key Key ",
				"secret:foreign-AbCdEf|key arn:aws:kms:eu-west-1:222222222222:key/11111111-1111-1111-1111-111111111111 arn:aws:kms:eu-west-1:222222222222:key/11111111-1111-1111-1111-111111111111 222222222222 eu-west-1|" +
					"key policy of arn:aws:kms:eu-west-1:222222222222:key/11111111-1111-1111-1111-111111111111 ( )|Allow [kms:*] [*] [arn:aws:iam::222222222222:root] []",
				"secret:foreign-alias-AbCdEf|key arn:aws:kms:eu-west-1:111111111111:alias/legacy arn:aws:kms:eu-west-1:111111111111:key/",
				"secret:id-AbCdEf|key arn:aws:kms:eu-west-1:111111111111:key/11111111-1111-1111-1111-111111111111",
				"secret:far-AbCdEf|key arn:aws:kms:us-east-1:111111111111:alias/app",
			}, not: []string{"secret:default-AbCdEf|key"}},
		{name: "a key without a policy", stacks: map[string]string{"app": `
  Key: {Type: AWS::KMS::Key}
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db, KmsKeyId: !Ref Key}}`},
			want: []string{"key policy of Key (app Key)|Allow [kms:*] [*] [arn:aws:iam::111111111111:root] []"}},
		{name: "a key in several Regions", stacks: map[string]string{
			"app": `
  Key: {Type: AWS::KMS::Key, Properties: {MultiRegion: true}}
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db, KmsKeyId: !Ref Key, ReplicaRegions: [{Region: us-east-1, KmsKeyId: !Sub "arn:aws:kms:us-east-1:${AWS::AccountId}:key/${Key}"}]}}`,
			"app.us-east-1@111111111111:us-east-1": `  Replica: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/mrk-15b77038b1124e97a652499f8a453fb3",
    KeyPolicy: {Statement: {Effect: Allow, Action: kms:Decrypt, Resource: "*", Principal: {AWS: "*"}}}}}`,
		},
			want: []string{
				"key Key arn:aws:kms:eu-west-1:111111111111:key/mrk-15b77038b1124e97a652499f8a453fb3", "key Replica arn:aws:kms:us-east-1:111111111111:key/mrk-15b77038b1124e97a652499f8a453fb3 111111111111 us-east-1|" +
					"key policy of Replica (app.us-east-1 Replica)|Allow [kms:Decrypt] [*] [*] []",
			}},
		{name: "policies and rotation of secrets", stacks: map[string]string{
			"app": `
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}
  Attachment: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Db, TargetId: x, TargetType: AWS::RDS::DBInstance}}
  Policy: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Attachment, ResourcePolicy: {Statement: {Effect: Allow, Action: "secretsmanager:*", Resource: !Ref Attachment, Principal: {AWS: !GetAtt App.Arn}}}}}
  App: {Type: AWS::IAM::Role, Properties: {RoleName: app}}
  Rotator: {Type: AWS::Lambda::Function, Properties: {FunctionName: rotator}}
  Schedule: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Attachment, RotationLambdaARN: !GetAtt Rotator.Arn}}
  Hosted: {Type: AWS::SecretsManager::Secret, Properties: {Name: hosted}}
  HostedSchedule: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Hosted, HostedRotationLambda: {RotationType: MySQLSingleUser, RotationLambdaName: made}}}
  Application: {Type: AWS::Serverless::Application, Properties: {Parameters: {functionName: by-application}}}
  Applied: {Type: AWS::SecretsManager::Secret, Properties: {Name: applied}}
  AppliedSchedule: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: applied, RotationLambdaARN: !GetAtt Application.Outputs.RotationLambdaARN}}`,
			"other": `  ByName: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: hosted, ResourcePolicy: {Statement: {Effect: Deny, Action: "*", Resource: "*", Principal: "*"}}}}
  Imported: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy-f3gDy9", ResourcePolicy: {Statement: {Effect: Deny, Action: "*", Resource: "*", Principal: "*"}}}}
  Text: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: legacy/name, ResourcePolicy: '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"}}'}}`,
		},
			want: []string{
				"secret Db db 111111111111 arn:aws:lambda:eu-west-1:111111111111:function:rotator|resource policy of Db (app Policy)|" +
					"Allow [secretsmanager:*] [arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf] [arn:aws:iam::111111111111:role/app] []",
				"secret Hosted hosted 111111111111 arn:aws:lambda:eu-west-1:111111111111:function:made|resource policy of Hosted (other ByName)",
				"secret Applied applied 111111111111 arn:aws:lambda:eu-west-1:111111111111:function:by-application",
				"secret legacy legacy 111111111111|resource policy of legacy (other Imported)", "copy eu-west-1 arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy-f3gDy9",
				"secret legacy/name legacy/name 111111111111|resource policy of legacy/name (other Text)",
			}, wrong: []string{
				"other Imported: no template makes the secret, so that its key is not known: it is taken to be aws/secretsmanager",
				"other Text: no template makes the secret, so that its key is not known: it is taken to be aws/secretsmanager",
			}},
		{name: "the secret of a database", stacks: map[string]string{"app": `
  Database: {Type: AWS::RDS::DBInstance, Properties: {ManageMasterUserPassword: true}}
  App: {Type: AWS::IAM::Role, Properties: {RoleName: app, Policies: [{PolicyName: p, PolicyDocument: {Statement: {Effect: Allow, Action: "*", Resource: [!GetAtt Database.MasterUserSecret.SecretArn, !GetAtt Database.DBInstanceArn]}}}]}}`},
			want: []string{"Allow [*] [arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-Database-HCF5T3H2X8NN-AbCdEf arn:aws:rds:eu-west-1:111111111111:dbinstance/app-Database-HCF5T3H2X8NN] [] []"}},
		{name: "what exists under no condition that holds", stacks: map[string]string{"app": `
  Db: {Type: AWS::SecretsManager::Secret, Condition: Never, Properties: {Name: db}}
  Policy: {Type: AWS::IAM::Policy, Condition: Undefined, Properties: {Roles: [app], PolicyDocument: ` + allows + `}}`},
			not: []string{"secret ", "principal "}},
		{name: "China", stacks: map[string]string{"app@111111111111:cn-north-1": `
  App: {Type: AWS::IAM::Role, Properties: {RoleName: app}}
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: !Sub "${AWS::URLSuffix}"}}`},
			want: []string{"principal App arn:aws-cn:iam::111111111111:role/app []", "secret Db amazonaws.com.cn 111111111111|copy cn-north-1 arn:aws-cn:secretsmanager:cn-north-1:"}},
		{name: "what cannot be read", stacks: map[string]string{"app": `
  Fn::ForEach::Loop: [Name, [a, b], {}]
  Bad: {Type: AWS::IAM::Policy, Properties: {Roles: [app], PolicyDocument: {Statement: {Effect: Maybe, Action: "*", Resource: "*"}}}}
  Absent: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: absent, Roles: [app]}}
  Included: {Type: AWS::IAM::Policy, Properties: {Roles: [app], PolicyDocument: {Fn::Transform: {Name: AWS::Include}}}}
  Text: {Type: AWS::IAM::Policy, Properties: {Roles: [app], PolicyDocument: x}}
  Macro: {Type: AWS::KMS::Key, Properties: {Fn::Transform: {Name: Mine}, KeyPolicy: {Statement: []}}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: [a], ReplicaRegions: x}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: r, Policies: x, ManagedPolicyArns: [{a: b}]}}
  Empty: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {ResourcePolicy: {Statement: []}}}
  First: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Secret, ResourcePolicy: {Statement: []}}}
  Second: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Secret, ResourcePolicy: {Statement: []}}}
  Nested: {Type: AWS::CloudFormation::Stack}
  Function: {Type: AWS::Serverless::Function, Properties: {Policies: []}}
  OfRole: {Type: AWS::Serverless::Function, Properties: {Role: x}}`},
			want: []string{"principal arn:aws:iam::111111111111:role/app arn:aws:iam::111111111111:role/app [arn:aws:iam::111111111111:policy/absent]"},
			wrong: []string{
				"app Absent: PolicyDocument cannot be read: the policy is not an object",
				"app Bad: PolicyDocument cannot be read: statement 1: Effect is neither Allow nor Deny: \"Maybe\"",
				"app Empty: SecretId is missing",
				"app Fn::ForEach::Loop: what a loop makes of it is not read",
				"app Function: the role that is made of it is not read",
				"app Included: PolicyDocument cannot be read: the policy is a CloudFormation function, Fn::Transform, whose value is not known",
				"app Macro: what a macro makes of its properties is not read",
				"app Nested: the template of a nested stack is not read",
				"app Role: ManagedPolicyArns is not a list of texts, or one that is not known",
				"app Role: Policies is not a list, or one that is not known",
				"app Second: the secret has another resource policy, too: the one that is deployed last is what holds",
				"app Secret: Name is not a text, or one that is not known",
				"app Secret: ReplicaRegions is not a list, or one that is not known",
				"app Text: PolicyDocument is a text that is not JSON",
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stacks []access.Stack
			for file, resources := range c.stacks {
				stacks = append(stacks, stack(t, file, "Conditions: {Never: !Equals [a, b]}\nResources:\n"+strings.TrimPrefix(resources, "\n")+"\n"))
			}
			e, problems := access.Load(stacks, c.known)
			got := strings.Join(fields(describe(e)), "|")
			for _, line := range c.want {
				if !strings.Contains(got, line) {
					t.Errorf("this is not read: %s", line)
				}
			}
			for _, line := range c.not {
				if strings.Contains(got, line) {
					t.Errorf("this should not be read: %s", line)
				}
			}
			var wrong []string
			for _, p := range problems {
				wrong = append(wrong, fmt.Sprintf("%s %s: %s", p.Stack, p.LogicalID, p.Message))
			}
			if !slices.Equal(wrong, c.wrong) {
				t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(wrong, "\n"), strings.Join(c.wrong, "\n"))
			}
			if t.Failed() {
				t.Log(describe(e))
			}
		})
	}
}

func TestParametersDecideOverConditions(t *testing.T) {
	for _, stage := range []string{"prod", "dev"} {
		stacks := fromFiles(t, "team.yaml")
		stacks[0].Parameters = map[string]string{"Stage": stage}
		e, _ := access.Load(stacks, nil)
		debug := slices.ContainsFunc(e.Secrets, func(s *access.Secret) bool { return s.Name == "dev/debug" })
		if debug != (stage == "dev") {
			t.Errorf("in %s:\n%s", stage, describe(e))
		}
	}
}

// fields returns the lines of a description without white space around them; policies of principals come without their statements, so that they can
// stand one after another.
func fields(description string) []string {
	var out []string
	principal := false
	for line := range strings.Lines(description) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "principal "):
			principal = true
		case strings.HasPrefix(line, "secret "):
			principal = false
		case principal && line == `Allow [secretsmanager:GetSecretValue] [*] [] []`:
			continue
		}
		out = append(out, line)
	}
	return out
}
