// Templates of AWS's serverless transform, made of what decides who may do what with a secret. The same number makes the same one.

// random returns a function that picks one of a list, from a seed.
function random(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    pick: (list) => list[Math.floor(next() * list.length)],
    chance: (share) => next() < share,
    some: (list, share) => list.filter(() => next() < share),
  };
}

const noValue = { Ref: 'AWS::NoValue' };
const arn = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const either = (condition, a, b) => ({ 'Fn::If': [condition, a, b] });
const secret = { Ref: 'Db' };
const foreign = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:broker-AbCdEf';

const statement = (more) => ({ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*', ...more });
const document = (more) => ({ Version: '2012-10-17', Statement: [statement(more)] });

// policies are elements of Policies.
const policies = [
  'SecretsManagerReadWrite', 'AWSLambda_FullAccess', 'AWSLambdaRole', 'arn:aws:iam::aws:policy/SecretsManagerReadWrite', { Ref: 'Managed' },
  { AWSSecretsManagerGetSecretValuePolicy: { SecretArn: secret } },
  { AWSSecretsManagerGetSecretValuePolicy: { SecretArn: foreign } },
  { AWSSecretsManagerRotationPolicy: { FunctionName: 'rotate' } },
  { KMSDecryptPolicy: { KeyId: { Ref: 'Key' } } }, { KMSEncryptPolicy: { KeyId: { Ref: 'Key' } } },
  { KMSEncryptPolicy_v2: { KeyId: { Ref: 'Key' } } }, { LambdaInvokePolicy: { FunctionName: { Ref: 'Rotate' } } },
  { LambdaInvokePolicy: { FunctionName: 'rotate' } }, { S3ReadPolicy: { BucketName: 'b' } }, { VPCAccessPolicy: {} },
  document(), document({ Action: ['secretsmanager:GetSecretValue', 'kms:Decrypt'], Resource: secret }),
  document({ Effect: 'Deny', Action: 'secretsmanager:DeleteSecret' }), document({ Action: 'kms:*', Resource: arn('Key') }),
  document({ Condition: { StringEquals: { 'aws:PrincipalTag/Team': 'pay' } } }),
  document({ Condition: { StringEquals: { 'aws:PrincipalTag/lambda:createdBy': 'SAM' } } }),
  document({ Condition: { StringEquals: { 'aws:PrincipalTag/stateMachine:createdBy': 'SAM' } } }),
  document({ Action: 'lambda:InvokeFunction', Resource: arn('Rotate') }),
  either('Prod', document(), noValue), either('Prod', noValue, 'SecretsManagerReadWrite'), either('Prod', { Ref: 'Managed' }, 'AWSLambdaRole'),
  either('Prod', { KMSDecryptPolicy: { KeyId: { Ref: 'Key' } } }, noValue),
  either('Prod', { AWSSecretsManagerGetSecretValuePolicy: { SecretArn: secret } }, { AWSSecretsManagerRotationPolicy: { FunctionName: 'rotate' } }),
];

const signIn = (...types) => types.map((Type) => ({ Type, URI: Type.startsWith('VPC') ? 'net-1' : secret }));
const registry = (...uris) => ({
  SchemaRegistryURI: 'https://registry.example.com', EventRecordFormat: 'JSON', SchemaValidationConfigs: [{ Attribute: 'KEY' }],
  AccessConfigs: uris.map((URI) => ({ Type: 'BASIC_AUTH', URI })),
});
const kafka = (sources, more) => ({
  Type: 'SelfManagedKafka', Properties: { KafkaBootstrapServers: ['b:9092'], Topics: ['t'], SourceAccessConfigurations: sources, ...more },
});
const broker = { Broker: 'arn:aws:mq:eu-west-1:111111111111:broker:b:b-1', Queues: ['q'] };
const cluster = { Cluster: 'arn:aws:rds:eu-west-1:111111111111:cluster:c', DatabaseName: 'd', StartingPosition: 'LATEST' };
const stream = { Stream: 'arn:aws:kafka:eu-west-1:111111111111:cluster/c/1', StartingPosition: 'LATEST', Topics: ['t'] };

// events are those of functions.
const events = [
  { Type: 'MQ', Properties: { ...broker, SourceAccessConfigurations: signIn('BASIC_AUTH') } },
  { Type: 'MQ', Properties: { ...broker, SourceAccessConfigurations: signIn('VIRTUAL_HOST', 'BASIC_AUTH'), SecretsManagerKmsKeyId: '${Key}', DynamicPolicyName: true } },
  { Type: 'DocumentDB', Properties: { ...cluster, SourceAccessConfigurations: signIn('BASIC_AUTH') } },
  { Type: 'DocumentDB', Properties: { ...cluster, SourceAccessConfigurations: signIn('BASIC_AUTH'), SecretsManagerKmsKeyId: 'k' } },
  { Type: 'MSK', Properties: { ...stream, SourceAccessConfigurations: signIn('CLIENT_CERTIFICATE_TLS_AUTH', 'SASL_SCRAM_512_AUTH') } },
  { Type: 'MSK', Properties: { ...stream, SourceAccessConfigurations: signIn('SASL_SCRAM_512_AUTH'), SecretsManagerKmsKeyId: '${Key}' } },
  { Type: 'MSK', Properties: { ...stream, SchemaRegistryConfig: registry(secret, foreign) } },
  kafka(signIn('SASL_SCRAM_256_AUTH')), kafka(signIn('BASIC_AUTH', 'VPC_SUBNET', 'VPC_SECURITY_GROUP'), { SecretsManagerKmsKeyId: '${Key}' }),
  kafka([{ Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: foreign }, ...signIn('CLIENT_CERTIFICATE_TLS_AUTH')]),
  kafka(signIn('VPC_SUBNET', 'VPC_SECURITY_GROUP'), { SchemaRegistryConfig: registry(secret) }),
  { Type: 'SQS', Properties: { Queue: 'arn:aws:sqs:eu-west-1:111111111111:q' } },
  { Type: 'Schedule', Properties: { Schedule: 'rate(1 day)' } },
];

const destinations = [
  { OnSuccess: { Type: 'Lambda', Destination: arn('Rotate') } },
  { OnFailure: { Type: 'Lambda', Destination: either('Prod', arn('Rotate'), 'arn:aws:lambda:eu-west-1:111111111111:function:other') } },
  { OnSuccess: { Type: 'SQS' }, OnFailure: { Type: 'SNS' } },
];

const boundaries = ['arn:aws:iam::aws:policy/SecretsManagerReadWrite', { Ref: 'Managed' }, 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'];
const roles = [
  either('Prod', noValue, arn('Own')), either('Prod', arn('Own'), noValue), either('Prod', noValue, noValue), arn('Own'),
  either('Prod', arn('Own'), 'arn:aws:iam::111111111111:role/other'),
];
const tags = [{ Team: 'pay' }, { Team: 'web', Cost: null }, { Team: { Ref: 'Stage' } }];

const trusting = (service) => ({
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});

// named leaves out events whose policies would have a name that another one's has: a stack cannot have both.
const named = (list) => list.filter((event, i) => event.Properties.DynamicPolicyName ||
  !list.slice(0, i).some((other) => other.Type === event.Type && !other.Properties.DynamicPolicyName));

// template returns the template of a number.
export function template(number) {
  const { pick, chance, some } = random(number);
  const common = (properties) => {
    if (chance(0.9)) properties.Policies = chance(0.2) ? pick(policies) : some(policies, 0.12);
    if (chance(0.2)) properties.PermissionsBoundary = pick(boundaries);
    if (chance(0.4)) properties.Tags = pick(tags);
    if (chance(0.2)) properties.RolePath = '/made/';
    return properties;
  };
  const made = (type, properties) => ({ Type: type, ...(chance(0.2) && { Condition: 'Prod' }), Properties: properties });
  const resources = {};
  for (const id of ['F', 'G']) {
    const properties = common({ Handler: 'i.h', Runtime: 'nodejs22.x', InlineCode: 'x' });
    if (chance(0.25)) properties.Role = pick(roles);
    // The transform itself fails where an inline policy under a condition meets events.
    const under = [properties.Policies ?? []].flat().some((policy) => policy['Fn::If']);
    if (chance(0.5) && !under) properties.Events = Object.fromEntries(named(some(events, 0.15)).map((event, i) => [`E${i}`, event]));
    if (chance(0.2)) properties.EventInvokeConfig = { DestinationConfig: pick(destinations) };
    if (chance(0.1)) properties.AssumeRolePolicyDocument = trusting(['lambda.amazonaws.com', 'edgelambda.amazonaws.com']);
    resources[id] = made('AWS::Serverless::Function', properties);
  }
  const machine = common({ Definition: { StartAt: 'A', States: { A: { Type: 'Succeed' } } } });
  if (chance(0.1)) { machine.Role = arn('Own'); delete machine.Policies; }
  resources.M = made('AWS::Serverless::StateMachine', machine);
  const globals = {};
  if (chance(0.3)) globals.Tags = pick(tags);
  if (chance(0.15)) globals.PermissionsBoundary = pick(boundaries);
  if (chance(0.2)) globals.EventInvokeConfig = { DestinationConfig: pick(destinations) };
  if (chance(0.1)) globals.AssumeRolePolicyDocument = trusting('states.amazonaws.com');
  const key = {
    Version: '2012-10-17', Statement: [{
      Effect: 'Allow', Action: 'kms:*', Resource: '*',
      Principal: { AWS: chance(0.6) ? { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } : arn('Own') },
    }],
  };
  return {
    Transform: 'AWS::Serverless-2016-10-31',
    Parameters: { Stage: { Type: 'String' } },
    Conditions: { Prod: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    ...(Object.keys(globals).length > 0 && { Globals: { Function: globals } }),
    Resources: {
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: key } },
      Db: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'db', ...(chance(0.7) && { KmsKeyId: arn('Key') }) } },
      Rotation: { Type: 'AWS::SecretsManager::RotationSchedule', Properties: { SecretId: secret, RotationLambdaARN: arn('Rotate') } },
      Rotate: {
        Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'rotate', Role: arn('Own'), Handler: 'i.h', Runtime: 'nodejs22.x', Code: { ZipFile: 'x' } },
      },
      Own: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'own', AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') } },
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document({ Action: ['secretsmanager:Describe*', 'secretsmanager:RotateSecret', 'kms:*'] }) } },
      ...resources,
    },
  };
}
