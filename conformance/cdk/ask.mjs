// Whether a request is allowed in a world: each AWS action that it comes to, by the IAM simulator.

import { simulate } from '../iam-simulate/simulate.mjs';
import { inRegion } from './world.mjs';

const home = { account: '111111111111', region: 'eu-west-1' };
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
// A key that no template makes is taken to let IAM decide, as keys do by default.
const delegating = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${home.account}:root` }, Action: 'kms:*', Resource: '*' }] };

const on = (service, ...actions) => actions.map((action) => `${service}:${action}`);
const verbs = {
  read: { secret: on('secretsmanager', 'GetSecretValue', 'DescribeSecret'), key: on('kms', 'Decrypt') },
  write: {
    secret: on('secretsmanager', 'PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage', 'DescribeSecret'),
    key: on('kms', 'GenerateDataKey', 'Encrypt', 'Decrypt'),
  },
  delete: { secret: on('secretsmanager', 'DeleteSecret', 'RestoreSecret', 'DescribeSecret'), key: [] },
};

// ask answers the AWS calls of a request that are denied; none means that it is allowed.
export async function ask(made, request) {
  const denied = [];
  for (const call of calls(made, request)) {
    const { allowed, refused, because } = await simulate({ evaluation: evaluation(made, request, call), policies: new Map() });
    if (refused) throw new Error(`${call.action} on ${call.resource}: ${refused}`);
    if (!allowed) denied.push(`${call.action} on ${call.resource} (${because})`);
  }
  return denied;
}

function calls(made, { action, secret: name, suffix = 'AbCdEf', region = home.region, key: keyName }) {
  if (action.startsWith('kms:')) {
    const { arn, policy } = keyNamed(made, keyName);
    return [{ action, resource: arn, policy, isKey: true }];
  }
  if (!name) return [{ action, resource: '*' }];
  const arn = `arn:aws:secretsmanager:${region}:${home.account}:secret:${name}-${suffix}`;
  const policy = made.secrets.find((s) => s.policy && s.arn === inRegion(arn, home.region))?.policy; // replicas have the primary's
  const { secret, key } = verbs[action] ?? { secret: [action], key: [] };
  const keyArn = keyName ? keyNamed(made, keyName).arn : made.secrets.find((s) => s.key && s.arn === arn)?.key;
  const used = keyArn ? key : []; // anybody may use the account's own key through Secrets Manager
  return [
    ...secret.map((a) => ({ action: a, resource: arn, policy })),
    ...used.map((a) => keyCall(made, a, keyArn, arn, region)),
  ];
}

// keyNamed finds a key by its ARN or by its id in the spec, which both templates' logical IDs begin with.
function keyNamed(made, name) {
  if (name.startsWith('arn:')) return { arn: name };
  return made.keys.find(({ logicalId }) => logicalId.toLowerCase().startsWith(`${name}key`));
}

function keyCall(made, action, keyArn, secretArn, region) {
  const resource = keyArn.includes(':alias/') ? `arn:aws:kms:${region}:${home.account}:key/imported` : keyArn;
  const key = made.keys.find(({ arn }) => arn === keyArn);
  return {
    action, resource, isKey: true, policy: key?.policy ?? delegating,
    context: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com`, 'kms:EncryptionContext:SecretARN': secretArn },
  };
}

function evaluation(made, { principal, identity, groups = [], context = {} }, call) {
  const [, account = '', kindAndPath] = principal.match(/^arn:aws:iam::([0-9]{12}):(.*)$/) ?? [];
  const kind = kindAndPath ? kindAndPath.split('/')[0] : 'service';
  const names = kindAndPath ? [`${kind}/${kindAndPath.split('/').at(-1)}`, ...groups.map((g) => `group/${g}`)] : [];
  const attached = made.identities.filter((i) => i.account === account && i.to.some((name) => names.includes(name)));
  return {
    caller: { arn: principal, account, kind },
    action: call.action,
    resource: call.resource,
    owner: home.account,
    context: Object.fromEntries(Object.entries({ 'aws:SecureTransport': 'true', ...call.context, ...context }).map(([k, v]) => [k, [v].flat()])),
    identity: [...attached.map(({ policy }, i) => ({ name: `attached-${i}`, policy })), ...(identity === 'any' ? [{ name: 'any', policy: everything }] : [])],
    boundary: null,
    resourcePolicy: call.policy ?? null,
    isKey: Boolean(call.isKey),
  };
}
