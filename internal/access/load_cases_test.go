package access_test

// role is a role with a name and one policy.
func role(id, name, properties string) string {
	return `
  ` + id + `: { Type: AWS::IAM::Role, Properties: { RoleName: ` + name + `, ` + properties + ` } }`
}

// loadCase says what is read of templates: each line of want is there, and no line has any of
// never.
type loadCase struct {
	name        string
	templates   []string
	want, never []string
}

// loadCases are of CloudFormation's own resources.
var loadCases = []loadCase{
	// Principals.
	{
		name: "a role is one by name, ARN and reference, whatever the path",
		templates: []string{`
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: Worker, Path: /jobs/ } }
  ByName: { Type: AWS::IAM::RolePolicy, Properties: { RoleName: worker,
    PolicyDocument: ` + allow("a:1") + ` } }
  ByRef: { Type: AWS::IAM::Policy, Properties: {
    Roles: [!Ref R], PolicyDocument: ` + allow("a:2") + ` } }` +
			open(`Principal: { AWS: "arn:aws:iam::111111111111:role/worker" }`)},
		want: []string{
			"principal R role arn:aws:iam::111111111111:role/jobs/Worker sessiontags",
			"  R: Allow a:1 on *", "  R: Allow a:2 on *",
		},
		never: []string{"principal arn:"},
	},
	{
		name: "two ARNs of a name that no template makes are two, who have what is attached to it",
		templates: []string{`
Resources:
  A: { Type: AWS::IAM::Policy, Properties: { Roles: [worker], PolicyDocument: ` + allow("a:1") +
			` } }` + open(`Principal: { AWS: ["arn:aws:iam::111111111111:role/a/worker",`+
			` "arn:aws:iam::111111111111:role/b/worker"] }`)},
		want: []string{
			"  arn:aws:iam::111111111111:role/a/worker: Allow a:1 on *",
			"  arn:aws:iam::111111111111:role/b/worker: Allow a:1 on *",
		},
	},
	{
		name: "an ARN of a role without a name is no principal",
		templates: []string{"Resources:" +
			open(`Principal: { AWS: ["arn:aws:iam::111111111111:role", "arn:aws:iam::1:user/",`+
				` "arn:aws:iam::1:role:x", "arn:aws:iam::1:role/x"] }`)},
		want: []string{
			"sight the resource policy of S names arn:aws:iam::111111111111:role, which is no " +
				"principal: AWS refuses the policy",
			"sight the resource policy of S names arn:aws:iam::1:user/, which is no principal: " +
				"AWS refuses the policy",
		},
		never: []string{"principal arn:aws:iam::111111111111:role "},
	},
	{
		name: "a policy with another path than the template's names nobody, and that is told",
		templates: []string{`
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: worker, Path: /a/ } }` +
			open(`Principal: { AWS: "arn:aws:iam::111111111111:role/b/worker" }`)},
		want: []string{
			"sight the resource policy of S names arn:aws:iam::111111111111:role/b/worker, but " +
				"the role of this name is arn:aws:iam::111111111111:role/a/worker: taken to be nobody",
		},
		never: []string{"principal arn:"},
	},
	{
		name: "a role that is known by its name alone has a path that nobody knows",
		templates: []string{"Resources:\n  P: { Type: AWS::IAM::Policy, Properties: " +
			"{ Roles: [worker], PolicyDocument: " + allow("a:1") + " } }"},
		want: []string{
			"principal arn:aws:iam::111111111111:role/worker role " +
				"arn:aws:iam::111111111111:role/worker path? note=not in the templates sessiontags",
			"sight arn:aws:iam::111111111111:role/worker is not in the templates and is taken " +
				"to have no other policies than the given",
		},
	},
	{
		name: "an ARN states the path of a role that is attached to by name",
		templates: []string{"Resources:\n  Q: { Type: AWS::IAM::Policy, Properties: " +
			"{ Roles: [worker], PolicyDocument: " + allow("a:1") + " } }" +
			open(`Principal: { AWS: "arn:aws:iam::111111111111:role/jobs/worker" }`)},
		want: []string{
			"principal arn:aws:iam::111111111111:role/jobs/worker role " +
				"arn:aws:iam::111111111111:role/jobs/worker note=not in the templates sessiontags",
			"  arn:aws:iam::111111111111:role/jobs/worker: Allow a:1 on *",
		},
	},
	{
		name: "a generated name is an unknown part",
		templates: []string{"Resources:\n  R: { Type: AWS::IAM::Role, Properties: " +
			"{} }\n  AVeryLongNameOfARoleThatIsShortened: " +
			"{ Type: AWS::IAM::Role, Properties: {} }"},
		want: []string{
			"principal R role arn:aws:iam::111111111111:role/app-R-* shown=role of this stack " +
				"(R) sessiontags",
		},
	},
	{
		name: "tags of a role, and who may pass others",
		templates: []string{`
Resources:
  Open: { Type: AWS::IAM::Role, Properties: { RoleName: open, Tags: [{ Key: Team, Value: red }],
    AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Action: "sts:*",
      Principal: { AWS: "arn:aws:iam::111111111111:root" } }] } } }
  Shut: { Type: AWS::IAM::Role, Properties: { RoleName: shut, Tags: [{ Key: Team, Value: red }],
    AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Action: "sts:AssumeRole",
      Principal: { Service: ec2.amazonaws.com } }] } } }
  Unread: { Type: AWS::IAM::Role, Properties: { RoleName: unread,
    AssumeRolePolicyDocument: !FindInMap [a, b, c] } }`},
		want: []string{
			"principal Open role arn:aws:iam::111111111111:role/open tags=map[team:red] " +
				"sessiontags",
			"principal Shut role arn:aws:iam::111111111111:role/shut tags=map[team:red]",
			"principal Unread role arn:aws:iam::111111111111:role/unread sessiontags",
		},
	},
	{
		name: "groups are no principals, and their policies are their members'",
		templates: []string{`
Resources:
  G: { Type: AWS::IAM::Group, Properties: { GroupName: g,
    Policies: [{ PolicyName: p, PolicyDocument: ` + allow("a:1") + ` }] } }
  U: { Type: AWS::IAM::User, Properties: { UserName: u, Groups: [!Ref G] } }
  Add: { Type: AWS::IAM::UserToGroupAddition, Properties: { GroupName: g, Users: [v] } }
  GP: { Type: AWS::IAM::GroupPolicy, Properties: {
    GroupName: G, PolicyDocument: ` + allow("a:2") + ` } }` +
			open(`Principal: { AWS: !GetAtt G.Arn }`)},
		want: []string{
			"principal U user arn:aws:iam::111111111111:user/u", "  U: Allow a:1 on *",
			"  U: Allow a:2 on *",
			"  arn:aws:iam::111111111111:user/v: Allow a:1 on *",
			"sight the resource policy of S names the group arn:aws:iam::111111111111:group/g: " +
				"a group is no principal: AWS refuses the policy",
		},
		never: []string{"principal G"},
	},

	// Policies.
	{
		name: "every way in which a policy gets to somebody",
		templates: []string{`
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, PermissionsBoundary: !Ref B,
    Policies: [{ PolicyName: p, PolicyDocument: ` + allow("a:1") + ` }],
    ManagedPolicyArns: [!Ref M1, "arn:aws:iam::111111111111:policy/m2"] } }
  M1: { Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: ` + allow("a:2") + ` } }
  M2: { Type: AWS::IAM::ManagedPolicy, Properties: {
    ManagedPolicyName: m2, PolicyDocument: ` + allow("a:3") + ` } }
  M3: { Type: AWS::IAM::ManagedPolicy, Properties: {
    Roles: [r], Users: [u], PolicyDocument: ` + allow("a:4") + ` } }
  B: { Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: ` + allow("a:*") + ` } }
  UP: { Type: AWS::IAM::UserPolicy, Properties: {
    UserName: u, PolicyDocument: ` + allow("a:5") + ` } }
  U: { Type: AWS::IAM::User, Properties: { UserName: u } }`},
		want: []string{
			"  R: Allow a:1 on *", "  R: Allow a:2 on *", "  R: Allow a:3 on *",
			"  R: Allow a:4 on *", "  R within: Allow a:* on *",
			"  U: Allow a:4 on *", "  U: Allow a:5 on *",
		},
	},
	{
		name: "a customer's managed policy that no template makes is unread",
		templates: []string{"Resources:" +
			role("R", "r", `ManagedPolicyArns: ["arn:aws:iam::111111111111:policy/own"]`)},
		want: []string{
			"  R: Allow * on * unread policy arn:aws:iam::111111111111:policy/own; " +
				"Deny * on * unread policy arn:aws:iam::111111111111:policy/own",
		},
	},
	{
		name: "AWS managed policies: known, silent, not known, in any partition",
		templates: []string{"Resources:" +
			role("Known", "k",
				`ManagedPolicyArns: ["arn:aws-cn:iam::aws:policy/AdministratorAccess"]`) +
			role("Silent", "s",
				`ManagedPolicyArns: `+
					`["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]`) +
			role("New", "n", `ManagedPolicyArns: ["arn:aws:iam::aws:policy/NobodyKnowsIt"]`) +
			role("Bound", "b",
				`PermissionsBoundary: `+
					`"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"`)},
		want: []string{
			"  Known: Allow * on *", "  Bound within:",
			"  New: Allow * on * unread policy arn:aws:iam::aws:policy/NobodyKnowsIt; " +
				"Deny * on * unread policy arn:aws:iam::aws:policy/NobodyKnowsIt",
		},
		never: []string{"  Silent:"},
	},
	{
		name: "what cannot be read is unread and told",
		templates: []string{`
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Perhaps, Action: "a:1",
      Resource: "*" }] } }] } }`},
		want: []string{
			"  R: Allow * on * unread policy PolicyDocument; " +
				"Deny * on * unread policy PolicyDocument",
			`sight app,` +
				` R: PolicyDocument cannot be read: statement 1: Effect is neither Allow nor ` +
				`Deny: "Perhaps"`,
		},
	},
	{
		name: "who may become whom",
		templates: []string{"Resources:" +
			role("Deploy", "deploy",
				`AssumeRolePolicyDocument: { Statement: [{ Effect: Allow,`+
					` Action: "sts:AssumeRole",`+
					` Principal: { AWS: ["arn:aws:iam::111111111111:role/ci",`+
					` "arn:aws:iam::111111111111:root"] } }] }`) +
			role("CI", "ci", `Path: /`) +
			role("Ops", "ops",
				`Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,`+
					` Action: "sts:Assume*", Resource: !GetAtt Deploy.Arn }] } }]`) +
			role("Web", "web", `Path: /`)},
		want: []string{
			"principal CI role arn:aws:iam::111111111111:role/ci becomes=Deploy sessiontags",
			"principal Ops role arn:aws:iam::111111111111:role/ops becomes=Deploy sessiontags",
			"principal Web role arn:aws:iam::111111111111:role/web sessiontags",
		},
	},
	{
		name: "a condition of a trust says who may become whom",
		templates: []string{"Resources:" +
			role("Deploy", "deploy",
				`AssumeRolePolicyDocument: { Statement: [{ Effect: Allow,`+
					` Action: "sts:AssumeRole", Principal: { AWS: "arn:aws:iam::111111111111:root" },`+
					` Condition: { ArnEquals: { "aws:PrincipalArn": !GetAtt Ops.Arn } } },`+
					` { Effect: Allow, Action: "sts:AssumeRole", Principal: { AWS: "*" },`+
					` Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/c?" } } }] }`) +
			role("CI", "ci", `Path: /`) +
			role("Ops", "ops",
				`Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,`+
					` Action: "sts:Assume*", Resource: "*" }] } }]`) +
			role("Web", "web",
				`Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,`+
					` Action: "sts:Assume*", Resource: "*" }] } }]`)},
		want: []string{
			"principal CI role arn:aws:iam::111111111111:role/ci becomes=Deploy sessiontags",
			"principal Ops role arn:aws:iam::111111111111:role/ops becomes=Deploy sessiontags",
			"principal Web role arn:aws:iam::111111111111:role/web sessiontags",
		},
	},

	{
		name: "a policy of somebody whose name nobody can read may be anybody's",
		templates: []string{"Parameters: { Name: { Type: String } }\nResources:" +
			role("R", "r", "Path: /") + `
  Made: { Type: AWS::IAM::Role, Properties: {} }
  U: { Type: AWS::IAM::User, Properties: { UserName: u, Groups: [!Ref Name] } }
  P: { Type: AWS::IAM::Policy, Properties: { Roles: [!Ref Name],
    PolicyDocument: ` + allow("a:1") + ` } }`},
		want: []string{
			"  arn:aws:iam::111111111111:role/${Name}: Allow a:1 on *",
			"  R: Allow a:1 on * unread parameter Name",
			"  U: Allow * on * unread parameter Name; Deny * on * unread parameter Name",
			"sight app, P: it is attached to the role ${Name}, " +
				"and which one that is nobody can read",
		},
		never: []string{"  Made:"},
	},
	{
		name: "a resource policy of one secret is not another's",
		templates: []string{"Resources:" + open(`Principal: { Service: a.amazonaws.com }`) + `
  Other: { Type: AWS::SecretsManager::Secret, Properties: { Name: other } }`},
		want:  []string{"  S policy: Allow secretsmanager:GetSecretValue on * for a.amazonaws.com"},
		never: []string{"  Other policy", "nobody can read"},
	},
	{
		name: "a resource policy of a secret that nobody can read may be any secret's",
		templates: []string{"Parameters: { Arn: { Type: String } }\nResources:" + secret + `
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref Arn, ResourcePolicy: { Statement: { Effect: Allow,
      Principal: { Service: a.amazonaws.com }, Action: "a:1", Resource: "*" } } } }`},
		want: []string{
			"  ${Arn} policy: Allow a:1 on * for a.amazonaws.com",
			"  S policy: Allow a:1 on * for a.amazonaws.com unread parameter Arn",
			"sight app, P: it is a policy of the secret ${Arn}, " +
				"and which one that is nobody can read",
		},
	},
	{
		name: "a member under a condition that nobody knows",
		templates: []string{`
Conditions: { C: !Equals [!ImportValue x, y] }
Resources:
  G: { Type: AWS::IAM::Group, Properties: { GroupName: g,
    Policies: [{ PolicyName: p, PolicyDocument: ` + allow("a:1") + ` }] } }
  Add: { Type: AWS::IAM::UserToGroupAddition, Condition: C, Properties: {
    GroupName: !Ref G, Users: [u] } }`},
		want: []string{"  arn:aws:iam::111111111111:user/u: Allow a:1 on * unread condition C"},
	},

	// Permission sets, organizations.
	{
		name: "permission sets are roles in the accounts to which they are assigned",
		templates: []string{`
Resources:
  Dev: { Type: AWS::SSO::PermissionSet, Properties: { Name: dev,
    InlinePolicy: ` + allow("a:1") + `,
    ManagedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"],
    CustomerManagedPolicyReferences: [{ Name: own }],
    PermissionsBoundary: { ManagedPolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" } } }
  A: { Type: AWS::SSO::Assignment, Properties: { PermissionSetArn: !GetAtt Dev.PermissionSetArn,
    TargetType: AWS_ACCOUNT, TargetId: "222222222222" } }
  Ops: { Type: AWS::SSO::PermissionSet, Properties: { Name: ops } }`},
		want: []string{
			"principal permission set dev role " +
				"arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/" +
				"AWSReservedSSO_dev_* also=Dev sessiontags",
			"  permission set dev: Allow a:1 on *", "  permission set dev: Allow * on *",
			"  permission set dev: Allow * on * unread policy " +
				"arn:aws:iam::222222222222:policy/own; " +
				"Deny * on * unread policy arn:aws:iam::222222222222:policy/own",
			"  permission set dev within: " +
				"Allow kms:Describe*,secretsmanager:Describe*,secretsmanager:GetResourcePolicy," +
				"secretsmanager:List* on *",
			"principal permission set ops role " +
				"arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/eu-west-1/" +
				"AWSReservedSSO_ops_* also=Ops note=no template assigns it sessiontags",
		},
	},
	{
		name: "policies that may take access away are told",
		templates: []string{`
Resources:
  Scp: { Type: AWS::Organizations::Policy, Properties: { Type: SERVICE_CONTROL_POLICY,
    Content: { Statement: [{ Effect: Deny, Action: "secretsmanager:*", Resource: "*" }] } } }
  Other: { Type: AWS::Organizations::Policy, Properties: { Type: SERVICE_CONTROL_POLICY,
    Content: { Statement: [{ Effect: Deny, Action: "s3:*", Resource: "*" }] } } }
  E: { Type: AWS::EC2::VPCEndpoint,
    Properties: { ServiceName: com.amazonaws.eu-west-1.secretsmanager,
      PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue",
        Resource: "*", Principal: "*" }] } } }
  Open: { Type: AWS::EC2::VPCEndpoint,
    Properties: { ServiceName: com.amazonaws.eu-west-1.secretsmanager,
      PolicyDocument: { Statement: [{ Effect: Allow, Action: "*", Resource: "*",
        Principal: "*" }] } } }`},
		want: []string{
			"sight app, Scp: a service control policy among the resources may take access away; " +
				"it is not counted",
			"sight app, E: the policy of a VPC endpoint among the resources may take access " +
				"away; it is not counted",
		},
		never: []string{"app, Other", "app, Open"},
	},
	{
		name: "custom resources are told",
		templates: []string{`
Conditions: { Never: !Equals [a, b] }
Resources:
  A: { Type: "Custom::Thing", Properties: { ServiceToken: x } }
  B: { Type: AWS::CloudFormation::CustomResource, Properties: { ServiceToken: x } }
  C: { Type: "Acme::Vault::Secret" }
  D: { Type: "Custom::Thing", Condition: Never, Properties: { ServiceToken: x } }
  E: { Type: AWS::S3::Bucket }`},
		want: []string{"sight app: what custom resources do is not read: A, B, C"},
	},

	// Secrets and keys.
	{
		name: "secrets, their tags, replicas and keys",
		templates: []string{`
Parameters: { Key: { Type: String } }
Resources:
  K: { Type: AWS::KMS::Key, Properties: { Tags: [{ Key: Team, Value: pay }] } }
  A: { Type: AWS::KMS::Alias, Properties: { AliasName: alias/k, TargetKeyId: !Ref K } }
  ByAlias: { Type: AWS::SecretsManager::Secret,
    Properties: { Name: a, KmsKeyId: !Ref A, Type: Salesforce, Tags: [{ Key: Team, Value: red }],
      ReplicaRegions: [{ Region: us-east-1, KmsKeyId: alias/far }] } }
  ByARN: { Type: AWS::SecretsManager::Secret, Properties: { Name: b, KmsKeyId: !GetAtt K.Arn } }
  Unread: { Type: AWS::SecretsManager::Secret, Properties: { Name: c, KmsKeyId: !Ref Key } }
  Plain: { Type: AWS::SecretsManager::Secret,
    Properties: { KmsKeyId: alias/aws/secretsmanager } }`},
		want: []string{
			"secret ByAlias name=a tags=map[team:red] type=Salesforce",
			"  ByAlias in eu-west-1: " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-?????? key K",
			"  ByAlias in us-east-1: " +
				"arn:aws:secretsmanager:us-east-1:111111111111:secret:a-?????? key alias/far",
			"  key K: Allow kms:* on * for arn:aws:iam::111111111111:root",
			"  ByARN in eu-west-1: " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:b-?????? key K",
			"  Unread in eu-west-1: " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:c-?????? key unread",
			"  Plain in eu-west-1: " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:Plain-*-?????? key " +
				"aws/secretsmanager",
			"sight alias/far is a key of no template: its policy is taken to leave the decision " +
				"to IAM",
		},
	},
	{
		name: "two resource policies, one of which names the secret",
		templates: []string{`
Resources:
  Q: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: s,
      ResourcePolicy:
        '{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}' } }` +
			open(`Principal: { Service: events.amazonaws.com }`)},
		want: []string{
			"  S policy: Deny * on * for *",
			"  S policy: Allow secretsmanager:GetSecretValue on * for events.amazonaws.com",
			"sight S has more than one resource policy: which of them holds is not known",
			"principal events.amazonaws.com service events.amazonaws.com note=named by policies " +
				"only",
		},
	},
	{
		name: "who rotates",
		templates: []string{`
Transform: [AWS::Serverless-2016-10-31, AWS::SecretsManager-2024-09-16]
Resources:
  A: { Type: AWS::SecretsManager::Secret, Properties: { Name: a } }
  B: { Type: AWS::SecretsManager::Secret, Properties: { Name: b } }
  C: { Type: AWS::SecretsManager::Secret, Properties: { Name: c } }
  D: { Type: AWS::SecretsManager::Secret, Properties: { Name: d } }
  RA: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref A, HostedRotationLambda: { RotationType: PostgreSQLMultiUser,
      SuperuserSecretArn: !Ref B } } }
  RB: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref B, RotationLambdaARN: !GetAtt Fn.Arn } }
  RC: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref C, RotationLambdaARN: !GetAtt App.Outputs.RotationLambdaARN } }
  RD: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref D,
      RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:f" } }
  Fn: { Type: AWS::Lambda::Function, Properties: { Role: !GetAtt R.Arn } }
  App: { Type: AWS::Serverless::Application,
    Properties: { Parameters: { functionName: rotate }, Location: {
      ApplicationId: "arn:aws:serverlessrepo:us-east-1:297356227824:applications/` +
			`SecretsManagerRDSPostgreSQLRotationSingleUser" } } }
  Other: { Type: AWS::Serverless::Application,
    Properties: { Location: ./other.yaml } }` + role("R", "r", "Path: /")},
		want: []string{
			"principal rotation of A rotation  shown=the function that AWS's transform makes " +
				"note=not in the templates reads=A",
			"principal R role arn:aws:iam::111111111111:role/r also=rotation of B sessiontags",
			"principal rotation of C rotation  shown=the role of the function " +
				"arn:aws:lambda:eu-west-1:111111111111:function:rotate note=not in the " +
				"templates reads=C",
			"principal rotation of D rotation  shown=the role of the function " +
				"arn:aws:lambda:eu-west-1:111111111111:function:f note=not in the " +
				"templates reads=D",
			"sight app, Other: what the serverless application makes is not read",
		},
		never: []string{"rotation of B rotation", "App:"},
	},
	{
		name: "a role that nobody can read rotates",
		templates: []string{"Resources:" + secret + `
  RS: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref S, ExternalSecretRotationRoleArn: !ImportValue x } }`},
		want: []string{"principal rotation of S rotation  shown=a role that nobody can read " +
			"note=not in the templates reads=S"},
	},
	{
		name: "endpoints of other services, and one of a service that nobody can read",
		templates: []string{"Resources:" + secret + `
  Other: { Type: AWS::EC2::VPCEndpoint, Properties: { ServiceName: com.amazonaws.eu-west-1.s3,
    PolicyDocument: ` + allow("secretsmanager:*") + ` } }
  Unread: { Type: AWS::EC2::VPCEndpoint, Properties: {
    ServiceName: !ImportValue x, PolicyDocument: ` + allow("secretsmanager:*") + ` } }
  Keys: { Type: AWS::EC2::VPCEndpoint, Properties: {
    ServiceName: com.amazonaws.eu-west-1.kms, PolicyDocument: ` + allow("kms:*") + ` } }`},
		want: []string{
			"sight app, Unread: the policy of a VPC endpoint among the resources may take " +
				"access away; it is not counted",
			"sight app, Keys: the policy of a VPC endpoint among the resources may take access " +
				"away; it is not counted",
		},
		never: []string{"app, Other"},
	},
	{
		name: "the secret that a service makes for a database",
		templates: []string{`
Resources:
  Db: { Type: AWS::RDS::DBInstance, Properties: { ManageMasterUserPassword: true,
    MasterUserSecret: { KmsKeyId: alias/k } } }` +
			role("R", "r",
				`Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,`+
					` Action: "secretsmanager:*",`+
					` Resource: !GetAtt Db.MasterUserSecret.SecretArn }] } }]`)},
		want: []string{
			"secret Db secret name=* note=made by the service of Db",
			"  Db secret in eu-west-1: " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:*-?????? key alias/k",
			"  R: Allow secretsmanager:* on " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:*-??????",
			"principal rotation of Db secret rotation  shown=the service that owns the secret " +
				"note=not in the templates reads=Db secret",
		},
	},
	{
		name: "secrets that only policies name",
		templates: []string{"Resources:" + secret +
			role("R", "r", `Policies: [{ PolicyName: p,
  PolicyDocument: { Statement: [{ Effect: Allow,
  Action: ["secretsmanager:GetSecretValue"], Resource: [
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf",
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-??????",
    "arn:aws:secretsmanager:*:*:secret:team/*", "arn:aws:secretsmanager:*:*:secret:*", "*",
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-??????",
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-abcdef", "arn:aws:s3:::b" ] }] } }]`)},
		want: []string{
			"secret arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf " +
				"name=prod/db note=named by policies only",
			"secret arn:aws:secretsmanager:*:*:secret:team/* name=team/* pattern note=named by " +
				"policies only",
		},
		never: []string{"secret arn:aws:secretsmanager:*:*:secret:* ", "secret:prod/db-?????? name",
			"secret:s-abcdef name", "secret:s-?????? name", "secret arn:aws:s3"},
	},
	{
		name: "an import is equal everywhere",
		templates: []string{"Resources:" +
			role("R", "r", `Policies: [{ PolicyName: p,
  PolicyDocument: { Statement: [{ Effect: Allow,
    Action: "secretsmanager:GetSecretValue", Resource: !ImportValue other }] } }]`) + `
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !ImportValue other,
      ResourcePolicy: { Statement: [{ Effect: Allow, Action: "*", Resource: "*",
        Principal: { AWS: "arn:aws:iam::222222222222:role/x" } }] } } }`},
		want: []string{
			"secret ${export other} name=${export other} note=not in the templates",
			"  ${export other} in eu-west-1: ${export other} key aws/secretsmanager",
			"  R: Allow secretsmanager:GetSecretValue on ${export other}",
			"sight ${export other} is a secret of no template: " +
				"for its own account, its key is taken to be aws/secretsmanager",
		},
	},

	// Who is named.
	{
		name: "everybody", templates: []string{"Resources:" + open(`Principal: "*"`)},
		want: []string{
			"principal everybody everybody * asfar",
			"principal everybody of account 111111111111 everybody arn:aws:iam::111111111111:root",
			"public resource policy of S 0",
		},
	},
	{
		name: "everybody but",
		templates: []string{"Resources:" +
			open(`NotPrincipal: { AWS: "arn:aws:iam::111111111111:role/x" }`)},
		want: []string{"principal everybody everybody * asfar note=the resource policy of S " +
			"leaves out arn:aws:iam::111111111111:role/x"},
		never: []string{"principal arn:"},
	},
	{
		name: "everybody, held to a pattern",
		templates: []string{"Resources:" +
			open(`Principal: "*",`+
				` Condition: { ArnLike: { aws:PrincipalArn: `+
				`"arn:aws:iam::111111111111:role/app*" } }`)},
		want: []string{"principal arn:aws:iam::111111111111:role/app* pattern " +
			"arn:aws:iam::111111111111:role/app* note=named by policies only"},
		never: []string{"everybody", "public"},
	},
	{
		name: "everybody, held to an organization, a path in one, an account",
		templates: []string{"Resources:" +
			open(`Principal: "*", Condition: { StringEquals: { aws:PrincipalOrgID: o-1 } }`) +
			"\n  T:" +
			open(`Principal: "*", Condition: { "ForAnyValue:StringLike": {
        aws:PrincipalOrgPaths: "o-2/*" } }`)[len(secret)+5:]},
		want: []string{
			"principal organization o-1 organization o-1 asfar note=named by policies only",
			"principal organization path o-2/* organization o-2/* asfar " +
				"note=named by policies only",
		},
		never: []string{"everybody"},
	},
	{
		name: "everybody, held to the account itself",
		templates: []string{"Resources:" +
			open(`Principal: "*",`+
				` Condition: { StringEquals: { aws:PrincipalAccount: !Ref AWS::AccountId } }`)},
		want: []string{"principal everybody of account 111111111111 everybody " +
			"arn:aws:iam::111111111111:root"},
		never: []string{"principal everybody everybody"},
	},
	{
		name: "a condition that says who it is not, or is a variable, holds nobody back",
		templates: []string{"Resources:" +
			open(`Principal: "*", Condition: {
        ArnNotLike: { aws:PrincipalArn: "arn:aws:iam::111111111111:role/x" },
        StringLike: { aws:PrincipalAccount: "*" } }`)},
		want: []string{"principal everybody everybody * asfar"},
	},
	{
		name: "kinds of principals",
		templates: []string{"Resources:" +
			open(`Principal: { AWS: ["222222222222", "arn:aws:iam::111111111111:root",`+
				` "arn:aws:iam::222222222222:user/u",`+
				` "arn:aws:sts::111111111111:assumed-role/r/me", AROAAAAAAAAAAAAAAAAA,`+
				` !ImportValue who, "arn:aws:s3:::b"],`+
				` Federated: cognito-identity.amazonaws.com }`) +
			role("R", "r", `Tags: [{ Key: a, Value: b }]`)},
		want: []string{
			"principal account 222222222222 account arn:aws:iam::222222222222:root asfar " +
				"shown=any principal of account 222222222222 note=named by policies only",
			"principal arn:aws:iam::222222222222:user/u user arn:aws:iam::222222222222:user/u " +
				"asfar note=named by policies only",
			"principal arn:aws:sts::111111111111:assumed-role/r/me session " +
				"arn:aws:sts::111111111111:assumed-role/r/me note=named by policies only " +
				"tags=map[a:b]",
			"principal AROAAAAAAAAAAAAAAAAA id AROAAAAAAAAAAAAAAAAA asfar note=named by " +
				"policies only",
			"principal ${export who} pattern ${export who} asfar note=named by policies only; " +
				"nobody can read who it is",
			"principal cognito-identity.amazonaws.com federated cognito-identity.amazonaws.com " +
				"note=named by policies only",
			"sight the resource policy of S names arn:aws:s3:::b, which is no principal: " +
				"AWS refuses the policy",
		},
		never: []string{"principal account 111111111111", "everybody"},
	},

	{
		name: "whom a list names that nobody can read",
		templates: []string{"Parameters: { Who: { Type: CommaDelimitedList }, " +
			"Doc: { Type: String } }\nResources:" + open(`Principal: { AWS: !Ref Who }`) + `
  T: { Type: AWS::SecretsManager::Secret, Properties: { Name: t } }
  Q: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref T, ResourcePolicy: !Ref Doc } }`},
		want: []string{
			"principal everybody everybody * asfar",
			"  T policy: Allow * on * unread parameter Doc; Deny * on * unread parameter Doc",
		},
	},
	{
		name: "an AWS managed policy of another partition names what is in it",
		templates: []string{"Resources:" +
			role("R", "r",
				`ManagedPolicyArns: ["arn:aws-cn:iam::aws:policy/SecretsManagerReadWrite"]`)},
		want: []string{"  R: Allow secretsmanager:*,kms:DescribeKey on *; " +
			"Allow lambda:InvokeFunction on arn:aws-cn:lambda:*:*:function:SecretsManager*"},
	},

	// Conditions and parameters.
	{
		name: "parameters that decide conditions make worlds",
		templates: []string{`
Parameters: { Env: { Type: String, Default: dev } }
Conditions: { IsProd: !Equals [!Ref Env, prod], Prod: { Condition: IsProd } }
Resources:` + secret + `
  R: { Type: AWS::IAM::Role, Condition: Prod, Properties: { RoleName: !Sub "r-${Env}" } }
  Q: { Type: AWS::IAM::Role, Properties: { RoleName: !Sub "q-${Env}" } }`},
		want: []string{
			"world 0 [{Prod false}]", "told Env=dev",
			"principal Q role arn:aws:iam::111111111111:role/q-dev sessiontags",
			"world 1 [{Prod true}]",
			"principal R role arn:aws:iam::111111111111:role/r-prod sessiontags",
			"principal Q role arn:aws:iam::111111111111:role/q-prod sessiontags",
		},
		never: []string{"world 2", "r-dev"},
	},
	{
		name: "conditions of what is not read make no worlds",
		templates: []string{`
Parameters: { Env: { Type: String } }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Resources:` + secret + `
  B: { Type: AWS::S3::Bucket, Condition: IsProd }`},
		never: []string{"world"},
	},
	{
		name: "the text of a parameter without a default is unread in each world that has " +
			"several of its values",
		templates: []string{`
Parameters: { Env: { Type: String, AllowedValues: [a, b, prod] } }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Resources:
  S: { Type: AWS::SecretsManager::Secret, Condition: IsProd, Properties: { Name: s } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: !Ref Env } }`},
		want: []string{"world 0 [{IsProd false}]",
			"principal R role arn:aws:iam::111111111111:role/a sessiontags",
			"principal R role arn:aws:iam::111111111111:role/b sessiontags",
			"world 2 [{IsProd true}]"},
	},
	{
		name: "what hangs on a condition that nobody knows is unread",
		templates: []string{`
Parameters: { P: { Type: "AWS::SSM::Parameter::Value<String>", Default: /p } }
Conditions: { C: !Equals [!Ref P, x] }
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }
  Q: { Type: AWS::IAM::Policy, Condition: C, Properties: { Roles: [r],
    PolicyDocument: ` + allow("a:1") + ` } }`},
		want: []string{"  R: Allow a:1 on * unread condition C"},
	},
	{
		name: "a NoEcho parameter is never shown",
		templates: []string{`
Parameters: { Pw: { Type: String, NoEcho: true, Default: hunter2 } }
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Ref Pw,
    Tags: [{ Key: a, Value: !Ref Pw }] } }`},
		want: []string{"secret S name=•••••• tags=map[a:••••••]"}, never: []string{"hunter2"},
	},
	{
		name: "loops are written out",
		templates: []string{`
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Secrets: [Id, [alpha, beta], { "Secret${Id}": { Type: AWS::SecretsManager::Secret,
    Properties: { Name: !Sub "app/${Id}" } } }]`},
		want: []string{"secret Secretalpha name=app/alpha", "secret Secretbeta name=app/beta"},
	},
	{
		name: "macros, modules, stack sets and products are told",
		templates: []string{`
Transform: [Mine]
Resources:
  M: { Type: "My::Own::Thing::MODULE" }
  P: { Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct, Properties: {} }
  T: { Type: AWS::CloudFormation::StackSet, Properties: {} }`},
		want: []string{
			`sight app: what the macro "Mine" makes of the template is not read`,
			"sight app, M: what a module makes is not read",
			"sight app, P: the template of the product is not read",
			"sight app, T: the template of the stack set is not read",
		},
	},

	// Several stacks.
	{
		name: "a nested stack whose template is given",
		templates: []string{`
Parameters: { Env: { Type: String, Default: dev } }
Resources:` + secret + `
  N: { Type: AWS::CloudFormation::Stack,
    Properties: { TemplateURL: "https://s3.amazonaws.com/bucket/child.yaml?x",
      Parameters: { Arn: !Ref S, Stage: !Ref Env } } }
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref S, ResourcePolicy: { Statement: [{ Effect: Allow, Action: "*",
      Resource: "*", Principal: { AWS: !GetAtt N.Outputs.Role } }] } } }`,
			`# child
Parameters: { Arn: { Type: String }, Stage: { Type: String } }
Conditions: { IsProd: !Equals [!Ref Stage, prod] }
Resources:` + role("R", "r", `Policies: [{ PolicyName: p,
  PolicyDocument: { Statement: [{ Effect: Allow,
    Action: !If [IsProd, "secretsmanager:*", "secretsmanager:List*"],
    Resource: !Ref Arn }] } }]`) + `
Outputs: { Role: { Value: !GetAtt R.Arn } }`},
		want: []string{
			"world 0 [{IsProd false}]",
			"  R: Allow secretsmanager:List* on " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-??????",
			"world 1 [{IsProd true}]",
			"  R: Allow secretsmanager:* on " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-??????",
			"  S policy: Allow * on * for arn:aws:iam::111111111111:role/r",
		},
		never: []string{"${Arn}", "not given"},
	},
	{
		name: "a parameter that two nested stacks compare with different values",
		templates: []string{`
Parameters: { Env: { Type: String, Default: dev } }
Resources:
  A: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./one.yaml,
    Parameters: { Stage: !Ref Env } } }
  B: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./two.yaml,
    Parameters: { Stage: !Ref Env } } }`,
			"# one\nParameters: { Stage: { Type: String } }\nConditions: { IsTest: " +
				"!Equals [!Ref Stage, test] }\nResources:\n  S: " +
				"{ Type: AWS::SecretsManager::Secret, Condition: IsTest, Properties: " +
				"{ Name: of-test } }",
			"# two\nParameters: { Stage: { Type: String } }\nConditions: { IsProd: " +
				"!Equals [!Ref Stage, prod] }\nResources:\n  T: " +
				"{ Type: AWS::SecretsManager::Secret, Condition: IsProd, Properties: " +
				"{ Name: of-prod } }",
		},
		want: []string{
			"world 0 [{IsProd false} {IsTest false}]", "world 1 [{IsProd true} {IsTest false}]",
			"world 2 [{IsProd false} {IsTest true}]",
			"secret S name=of-test", "secret T name=of-prod",
		},
	},
	{
		name: "what another stack exports under a condition",
		templates: []string{`
Parameters: { Env: { Type: String, Default: dev } }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Resources:` + secret + `
Outputs: { Who: { Value: !If [IsProd, "arn:aws:iam::111111111111:role/prod",
  "arn:aws:iam::111111111111:role/dev"], Export: { Name: who } } }`,
			"# other\nResources:\n  P: { Type: AWS::SecretsManager::ResourcePolicy, " +
				"Properties: { SecretId: s, ResourcePolicy: { Statement: [{ Effect: " +
				"Allow, Action: \"*\", Resource: \"*\", Principal: { AWS: " +
				"!ImportValue who } }] } } }",
		},
		want: []string{
			"world 0 [{IsProd false}]",
			"  S policy: Allow * on * for arn:aws:iam::111111111111:role/dev",
			"world 1 [{IsProd true}]",
			"  S policy: Allow * on * for arn:aws:iam::111111111111:role/prod",
		},
	},
	{
		name: "a parameter has its default where its text stands, and decides a condition",
		templates: []string{`
Parameters: { Env: { Type: String, Default: dev, AllowedValues: [dev, test, prod] } }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Sub "${Env}/s" } }
  T: { Type: AWS::SecretsManager::Secret, Condition: IsProd, Properties: { Name: t } }`},
		want: []string{"world 0 [{IsProd false}]", "secret S name=dev/s",
			"world 1 [{IsProd true}]", "secret S name=prod/s"},
		never: []string{"world 2", "test/s"},
	},
	{
		name: "a role becomes none whose trust lets in others",
		templates: []string{"Resources:" +
			role("A", "a",
				`Policies: [{ PolicyName: p, PolicyDocument: `+allow("sts:AssumeRole")+` }]`) +
			role("B", "b",
				`AssumeRolePolicyDocument: { Statement: [{ Effect: Allow,`+
					` Action: "sts:AssumeRole",`+
					` Principal: { AWS: "arn:aws:iam::222222222222:root" } }] }`)},
		never: []string{"becomes="},
	},
	{
		name: "a template that two nested stacks have",
		templates: []string{`
Resources:
  A: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./child.yaml } }
  B: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./child.yaml } }`,
			"# child\nResources:\n  S: { Type: AWS::SecretsManager::Secret, Properties: {} }",
		},
		want: []string{"secret app.A/S name=S-*", "secret app.B/S name=S-*"},
	},
	{
		name: "the service that owns a secret rotates it",
		templates: []string{"Resources:" + secret + `
  RS: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref S } }`},
		want: []string{"secret S name=s",
			"principal rotation of S rotation  shown=the service that owns the secret note=not " +
				"in the templates reads=S"},
		never: []string{"function="},
	},
	{
		name: "a policy of the organization that nobody can read",
		templates: []string{"Resources:" + secret + `
  O: { Type: AWS::Organizations::Policy, Properties: { Type: SERVICE_CONTROL_POLICY,
    Content: "{" } }`},
		want: []string{"sight app, O: a service control policy among the resources may take " +
			"access away; it is not counted"},
	},
	{
		name: "a policy of a secret that asks for a tag",
		templates: []string{"Resources:" +
			open(`Principal: { AWS: "arn:aws:iam::111111111111:role/r" },`+
				` Condition: { StringEquals: { "aws:ResourceTag/team": pay } }`)},
		want: []string{"sight tags that a deployment gives to a whole stack are not in the " +
			"templates and are taken to be none"},
	},
	{
		name: "a resource that has a tag of the caller",
		templates: []string{"Resources:" + secret +
			role("R", "r",
				`Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17",`+
					` Statement: [{ Effect: Allow, Action: "secretsmanager:*",`+
					` Resource: "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*" `+
					`}] } }]`)},
		want: []string{"sight tags that a deployment gives to a whole stack are not in the " +
			"templates and are taken to be none"},
	},
	{
		name: "what can be read is not told as unread",
		templates: []string{`
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s,
    ReplicaRegions: [{ Region: us-east-1 }] } }
  P: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [worker],
    PolicyDocument: ` + allow("a:1") + ` } }`},
		want: []string{"  S in us-east-1: " +
			"arn:aws:secretsmanager:us-east-1:111111111111:secret:s-?????? key aws/secretsmanager"},
		never: []string{"nobody can read"},
	},
	{
		name:      "a canonical user is no principal of a secret",
		templates: []string{"Resources:" + open(`Principal: { CanonicalUser: abc }`)},
		want: []string{"sight the resource policy of S names the canonical user abc: " +
			"only Amazon S3 knows such, and AWS refuses the policy"},
	},
	{
		name: "no policy asks for a tag",
		templates: []string{"Resources:" +
			open(`Principal: { AWS: "arn:aws:iam::111111111111:role/r" }`)},
		never: []string{"sight tags"},
	},
	{
		name: "a nested stack of the CDK",
		templates: []string{
			"Resources:\n  N: { Type: AWS::CloudFormation::Stack, Metadata: " +
				"{ aws:asset:path: child.nested.template.json }, Properties: " +
				"{ TemplateURL: !Sub 'https://s3.${AWS::URLSuffix}/x' } }",
			"# child.nested\nResources:" + secret,
		},
		want: []string{"secret S name=s"}, never: []string{"not given"},
	},
	{
		name: "a nested stack whose template is not given",
		templates: []string{"Resources:\n  N: { Type: AWS::CloudFormation::Stack, Properties: " +
			"{ TemplateURL: ./child.yaml } }"},
		want: []string{"sight app, N: the template of the nested stack is not given, " +
			"so that it is not read"},
	},
	{
		name: "stacks that nest each other end",
		templates: []string{
			"# a\nResources:\n  N: { Type: AWS::CloudFormation::Stack, Properties: " +
				"{ TemplateURL: ./b.yaml } }" + secret,
			"# b\nResources:\n  N: { Type: AWS::CloudFormation::Stack, Properties: " +
				"{ TemplateURL: ./a.yaml } }" + role("R", "r", "Path: /"),
		},
		want: []string{"secret S name=s",
			"principal R role arn:aws:iam::111111111111:role/r sessiontags"},
	},
	{
		name: "stacks know each other by exports, aliases and ARNs",
		templates: []string{
			"# a\nResources:\n  K: { Type: AWS::KMS::Key, Properties: {} }\n  A: " +
				"{ Type: AWS::KMS::Alias, Properties: { AliasName: alias/app, TargetKeyId: " +
				"!Ref K } }" + secret +
				"\nOutputs: { Arn: { Value: !Ref S, Export: { Name: " +
				"!Sub '${AWS::StackName}-arn' } } }",
			"# b\nResources:\n  T: { Type: AWS::SecretsManager::Secret, Properties: { Name: " +
				"t, KmsKeyId: alias/app } }" +
				role("R", "r",
					`Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,`+
						` Action: "secretsmanager:*", Resource: !ImportValue a-arn }] } }]`),
		},
		want: []string{
			"  R: Allow secretsmanager:* on " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-??????",
			"  T in eu-west-1: arn:aws:secretsmanager:eu-west-1:111111111111:secret:t-?????? key K",
		},
	},
	{
		name: "resources of one name in two stacks have the file before it",
		templates: []string{"# a\nResources:" + role("R", "ra", "Path: /"),
			"# b\nResources:" + role("R", "rb", "Path: /")},
		want: []string{"principal a/R role arn:aws:iam::111111111111:role/ra also=R " +
			"sessiontags",
			"principal b/R role arn:aws:iam::111111111111:role/rb also=R sessiontags"},
	},
}
