// A set of templates as the world that they would make: which secrets and keys there are, with their policies, and which
// identity policies whom. Ours and the CDK's are read alike; what a template names but does not make is taken to exist.

const partition = 'aws';

// world reads templates: [{ account, region, template }].
export function world(stacks) {
  const made = { secrets: [], keys: [], identities: [] };
  for (const stack of stacks) {
    const read = reader(stack);
    for (const [logicalId, resource] of Object.entries(stack.template.Resources)) add(made, stack, logicalId, resource, read);
  }
  return made;
}

function add(made, stack, logicalId, { Type: type, Properties: properties = {} }, read) {
  const p = () => read.value(properties);
  switch (type) {
    case 'AWS::SecretsManager::Secret': {
      const { KmsKeyId: key, ReplicaRegions: replicas = [] } = p();
      const arn = read.value({ Ref: logicalId });
      made.secrets.push({ arn, key });
      for (const replica of replicas) made.secrets.push({ arn: inRegion(arn, replica.Region), key: replica.KmsKeyId });
      break;
    }
    case 'AWS::SecretsManager::ResourcePolicy': {
      const { SecretId: arn, ResourcePolicy: policy } = p();
      made.secrets.push({ arn, policy });
      break;
    }
    case 'AWS::KMS::Key':
      made.keys.push({ arn: read.value({ 'Fn::GetAtt': [logicalId, 'Arn'] }), logicalId, policy: p().KeyPolicy });
      break;
    case 'AWS::IAM::Policy':
    case 'AWS::IAM::ManagedPolicy': {
      const { PolicyDocument: policy, Roles: roles = [], Users: users = [], Groups: groups = [] } = p();
      const to = [...roles.map((n) => `role/${n}`), ...users.map((n) => `user/${n}`), ...groups.map((n) => `group/${n}`)];
      made.identities.push({ account: stack.account, to, policy });
      break;
    }
    default: // nothing that a request depends on
  }
}

// reader answers what the intrinsic functions of a template come to.
function reader({ account, region, template }) {
  const pseudo = { 'AWS::AccountId': account, 'AWS::Region': region, 'AWS::Partition': partition, 'AWS::URLSuffix': 'amazonaws.com', 'AWS::StackName': 'stack' };
  const resource = (id) => template.Resources[id] ?? missing(id);
  const ref = (id) => {
    if (id in pseudo) return pseudo[id];
    if (template.Parameters && id in template.Parameters) return `parameter-${id}`;
    const { Type: type, Properties: p = {} } = resource(id);
    switch (type) {
      case 'AWS::SecretsManager::Secret': return `arn:${partition}:secretsmanager:${region}:${account}:secret:${value(p.Name)}-AbCdEf`;
      case 'AWS::SecretsManager::SecretTargetAttachment': return value(p.SecretId);
      case 'AWS::IAM::Role': return value(p.RoleName);
      case 'AWS::IAM::User': return value(p.UserName);
      default: return id;
    }
  };
  const attribute = (id, name) => {
    const { Type: type, Properties: p = {} } = resource(id);
    if (name !== 'Arn') return `${id}.${name}`;
    switch (type) {
      case 'AWS::KMS::Key': return `arn:${partition}:kms:${region}:${account}:key/${id}`;
      case 'AWS::IAM::Role': return `arn:${partition}:iam::${account}:role${value(p.Path ?? '/')}${value(p.RoleName)}`;
      default: return `arn:${partition}:x:${region}:${account}:${id}`;
    }
  };
  const sub = (text, own = {}) => text.replace(/\$\{([^!}][^}]*)\}/g, (_, name) => (name in own ? value(own[name]) : name.includes('.') ? attribute(...name.split('.')) : ref(name)));
  const functions = {
    Ref: ref,
    'Fn::GetAtt': (argument) => attribute(...(Array.isArray(argument) ? argument : argument.split('.'))),
    'Fn::Join': ([delimiter, parts]) => value(parts).join(delimiter),
    'Fn::Select': ([index, list]) => value(list)[Number(index)],
    'Fn::Split': ([delimiter, text]) => value(text).split(delimiter),
    'Fn::Sub': (argument) => (Array.isArray(argument) ? sub(...argument) : sub(argument)),
    'Fn::FindInMap': (path) => path.map(value).join('.'),
  };
  function value(v) {
    if (Array.isArray(v)) return v.map(value);
    if (v === null || typeof v !== 'object') return v;
    const [[key, argument] = [], ...more] = Object.entries(v);
    if (more.length === 0 && key in functions) return functions[key](argument);
    if (more.length === 0 && key?.startsWith('Fn::')) throw new Error(`${key} is not understood here`);
    return Object.fromEntries(Object.entries(v).map(([k, inner]) => [k, value(inner)]));
  }
  return { value };
}

export function inRegion(arn, region) {
  return arn.split(':').map((part, i) => (i === 3 ? region : part)).join(':');
}

function missing(id) {
  throw new Error(`no resource is named ${id}`);
}
