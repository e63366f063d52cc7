package access_test

// secretS is the ARN of the secret S.
const secretS = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-??????"

// serverlessCases are of what AWS's serverless transform makes.
var serverlessCases = []loadCase{
	{
		name: "the role of a function, with policies of every form",
		templates: []string{`
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Tags: { Team: pay } } }
Conditions: { Never: !Equals [a, b] }
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { Policies: [AWSLambdaBasicExecutionRole,
    SecretsManagerReadWrite, "arn:aws:iam::aws:policy/ReadOnlyAccess", Nobody,
    { AWSSecretsManagerGetSecretValuePolicy: { SecretArn: !Ref S } },
    { S3ReadPolicy: { BucketName: b } }, { NewPolicy: {} },
    { Statement: [{ Effect: Allow, Action: "a:1", Resource: "*" }] },
    { Effect: Allow, Action: "a:2", Resource: "*" },
    !If [Never, { KMSDecryptPolicy: { KeyId: k } }, { KMSEncryptPolicy: { KeyId: k } }] ] } }
  Own: { Type: AWS::Serverless::Function, Properties: { Role: !GetAtt R.Arn,
    Policies: SecretsManagerReadWrite } }
  M: { Type: AWS::Serverless::StateMachine,
    Properties: { Policies: { LambdaInvokePolicy: { FunctionName: f } } } }` +
			role("R", "r", "Path: /") + secret},
		want: []string{
			"principal FRole role arn:aws:iam::111111111111:role/app-FRole-* shown=role of this " +
				"stack (FRole) tags=map[lambda:createdby:SAM team:pay]",
			"  FRole: Allow secretsmanager:*,kms:DescribeKey on *; " +
				"Allow lambda:InvokeFunction on arn:aws:lambda:*:*:function:SecretsManager*",
			"  FRole: " +
				"Allow kms:Describe*,secretsmanager:Describe*,secretsmanager:GetResourcePolicy," +
				"secretsmanager:List* on *",
			"  FRole: Allow secretsmanager:GetSecretValue on " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-??????",
			"  FRole: Allow * on * unread policy Nobody; Deny * on * unread policy Nobody",
			"  FRole: Allow * on * unread policy NewPolicy; Deny * on * unread policy NewPolicy",
			"  FRole: Allow a:1 on *", "  FRole: Allow a:2 on *",
			"  FRole: Allow kms:Encrypt on arn:aws:kms:eu-west-1:111111111111:key/k",
			"  MRole: Allow lambda:InvokeFunction on " +
				"arn:aws:lambda:eu-west-1:111111111111:function:f*",
		},
		never: []string{"OwnRole", "kms:Decrypt", "S3ReadPolicy"},
	},
	{
		name: "what a function reads for its events, and connectors",
		templates: []string{`
Transform: AWS::Serverless-2016-10-31
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { Events: { Q: { Type: MQ,
    Properties: { SourceAccessConfigurations: [{ Type: BASIC_AUTH, URI: !Ref S },
      { Type: VIRTUAL_HOST, URI: / }] } } } } }
  C: { Type: AWS::Serverless::Connector, Properties: {} }` + secret},
		want: []string{
			"  FRole: Allow secretsmanager:GetSecretValue on " +
				"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-??????",
			"sight app, C: what a connector allows is not read",
		},
	},
	{
		name: "a function's own tag is its role's, and not that of Globals",
		templates: []string{`
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Tags: { team: all, cost: shared } } }
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { Tags: { team: pay } } }`},
		want: []string{"principal FRole role arn:aws:iam::111111111111:role/app-FRole-* " +
			"shown=role of this stack (FRole) tags=map[cost:shared lambda:createdby:SAM team:pay]"},
	},
	{
		name: "the secrets with which a function signs in at each kind of broker",
		templates: []string{`
Transform: AWS::Serverless-2016-10-31
Resources:
  Doc: { Type: AWS::Serverless::Function, Properties: { Events: { E: { Type: DocumentDB,
    Properties: { SourceAccessConfigurations: [{ Type: BASIC_AUTH, URI: !Ref S }],
    SecretsManagerKmsKeyId: "${Key}" } } } } }
  Msk: { Type: AWS::Serverless::Function, Properties: { Events: { E: { Type: MSK, Properties: {
    SourceAccessConfigurations: [{ Type: CLIENT_CERTIFICATE_TLS_AUTH, URI: !Ref S },
      { Type: SASL_SCRAM_512_AUTH, URI: no-secret }], SecretsManagerKmsKeyId: no-key,
    SchemaRegistryConfig: { AccessConfigs: [{ Type: BASIC_AUTH, URI: registry }] } } } } } }
  Kafka: { Type: AWS::Serverless::Function, Properties: { Events: { E: { Type: SelfManagedKafka,
    Properties: { SourceAccessConfigurations: [{ Type: SASL_SCRAM_256_AUTH, URI: !Ref S },
      { Type: SERVER_ROOT_CA_CERTIFICATE, URI: no-secret }, { Type: VPC_SUBNET, URI: no-secret }],
    SecretsManagerKmsKeyId: k } } } } }
  Key: { Type: AWS::KMS::Key, Properties: {} }` + secret},
		want: []string{
			"  DocRole: Allow secretsmanager:GetSecretValue on " + secretS +
				"; Allow kms:Decrypt on arn:aws:kms:eu-west-1:111111111111:key/*",
			"  MskRole: Allow secretsmanager:GetSecretValue on " + secretS +
				"; Allow secretsmanager:GetSecretValue on registry",
			"  KafkaRole: Allow secretsmanager:GetSecretValue on " + secretS +
				"; Allow kms:Decrypt on arn:aws:kms:eu-west-1:111111111111:key/k",
		},
		never: []string{"no-secret", "no-key"},
	},
	{
		name: "a function invokes those that it sends what came of its events",
		templates: []string{`
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: Lambda,
  Destination: "arn:aws:lambda:eu-west-1:111111111111:function:failed" } } } } }
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { EventInvokeConfig: { DestinationConfig: {
    OnSuccess: { Type: Lambda, Destination: !GetAtt G.Arn } } } } }
  G: { Type: AWS::Lambda::Function, Properties: { FunctionName: g,
    Role: "arn:aws:iam::111111111111:role/g" } }`},
		want: []string{
			"  FRole: Allow lambda:InvokeFunction on " +
				"arn:aws:lambda:eu-west-1:111111111111:function:failed",
			"  FRole: Allow lambda:InvokeFunction on " +
				"arn:aws:lambda:eu-west-1:111111111111:function:g",
		},
	},
	{
		name: "a role is made where a condition leaves the given one out",
		templates: []string{`
Transform: AWS::Serverless-2016-10-31
Conditions:
  Holds: !Equals [a, a]
  Never: !Equals [a, b]
Resources:
  Made: { Type: AWS::Serverless::Function, Properties: { Role: !If [Holds, !Ref AWS::NoValue, r],
    Policies: { Statement: [{ Effect: Allow, Action: "a:1", Resource: "*" }] } } }
  MadeToo: { Type: AWS::Serverless::Function, Condition: Never, Properties: {
    Role: !If [Never, r, !Ref AWS::NoValue],
    Policies: { Statement: [{ Effect: Allow, Action: "a:2", Resource: "*" }] } } }
  MadeAnyway: { Type: AWS::Serverless::Function, Properties: {
    Role: !If [Never, !Ref AWS::NoValue, !Ref AWS::NoValue] } }
  Given: { Type: AWS::Serverless::Function, Properties: {
    Role: !If [Holds, r, !Ref AWS::NoValue] } }
  GivenToo: { Type: AWS::Serverless::Function, Properties: {
    Role: !If [Never, !Ref AWS::NoValue, r] } }
  GivenTwice: { Type: AWS::Serverless::Function, Properties: { Role: !If [Holds, r, q] } }`},
		want:  []string{"  MadeRole: Allow a:1 on *", "  MadeTooRole: Allow a:2 on *"},
		never: []string{"GivenRole", "GivenTooRole", "GivenTwiceRole"},
	},
	{
		name: "what Globals has is added: lists are put together, of a text the own one counts",
		templates: []string{`
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Tags: { team: all, cost: shared }, RolePath: /all/,
  AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Action: "sts:AssumeRole", Principal: { AWS: "111111111111" } }] } } }
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { Tags: { team: pay, empty: } ,
    RolePath: /own/, AssumeRolePolicyDocument: { Statement: [{ Effect: Allow,
      Action: "sts:AssumeRole", Principal: { AWS: "222222222222" } }] } } }
  G: { Type: AWS::Serverless::Function, Properties: { Tags: !Ref AWS::NoValue } }`},
		want: []string{"principal FRole role arn:aws:iam::111111111111:role/own/app-FRole-* " +
			"shown=role of this stack (FRole) " +
			"tags=map[cost:shared empty: lambda:createdby:SAM team:pay]"},
	},
}
