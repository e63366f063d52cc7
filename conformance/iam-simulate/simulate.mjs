// One evaluation by @cloud-copilot/iam-simulate.

import { runSimulation } from '@cloud-copilot/iam-simulate';
import { document } from './evaluations.mjs';

// The simulator knows no condition key with a part of its own after a colon: it ignores kms:EncryptionContext:SecretARN in every
// request (0.1.173). Under the name of another key of the same actions and the same type it is compared like any other.
const encryptionContext = /kms:EncryptionContext:SecretARN/gi; // names of condition keys are the same in upper and lower case
const standIn = 'kms:RequestAlias';
const renamed = new WeakMap();

function known(value) {
  if (!renamed.has(value)) {
    const text = JSON.stringify(value);
    if (text.includes(standIn)) throw new Error(`${standIn} is in use; let the encryption context have another stand-in`);
    const other = text.replaceAll(encryptionContext, standIn);
    renamed.set(value, other === text ? value : JSON.parse(other));
  }
  return renamed.get(value);
}

// simulate answers { allowed, because } or, if the simulator refuses the evaluation, { refused }.
export async function simulate({ evaluation: e, policies }) {
  const simulation = {
    request: {
      principal: e.caller.arn,
      action: e.action,
      resource: { resource: e.resource, accountId: e.owner },
      contextVariables: known(context(e)),
    },
    identityPolicies: e.identity.map(({ name, policy }) => ({ name, policy: known(document(policy, policies)) })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: e.resourcePolicy ? known(document(e.resourcePolicy, policies)) : undefined,
    permissionBoundaryPolicies: e.boundary ? [{ name: 'boundary', policy: known(document(e.boundary, policies)) }] : undefined,
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') return { refused: refusal(answer.errors) };
  return { allowed: answer.overallResult === 'Allowed', because: reasons(answer) };
}

// context adds what AWS itself puts into every request of the caller, unless the evaluation says so.
function context(e) {
  const own = new Set(Object.keys(e.context).map((key) => key.toLowerCase()));
  const always = e.caller.kind === 'service'
    ? { 'aws:PrincipalIsAWSService': ['true'], 'aws:PrincipalServiceName': [e.caller.arn] }
    : { 'aws:PrincipalIsAWSService': ['false'], 'aws:PrincipalArn': [e.caller.arn], 'aws:PrincipalAccount': [e.caller.account] };
  const added = Object.entries(always).filter(([key]) => !own.has(key.toLowerCase()));
  return { ...e.context, ...Object.fromEntries(added) };
}

function refusal({ message, ...errors }) {
  const details = Object.values(errors).flatMap((e) => (Array.isArray(e) ? e : Object.values(e).flat())).map((e) => e.message ?? e);
  return [message, ...details].join('; ');
}

// reasons says in short which policies allowed or denied what.
function reasons(answer) {
  const results = answer.resultType === 'single' ? [answer.result] : answer.results;
  return results.map(({ analysis, ignoredContextKeys }) => [
    `identity ${analysis.identityAnalysis?.result ?? '-'}${statements(analysis.identityAnalysis)}`,
    `resource ${analysis.resourceAnalysis?.result ?? '-'}${statements(analysis.resourceAnalysis)}`,
    `boundary ${analysis.permissionBoundaryAnalysis?.result ?? '-'}`,
    ...(ignoredContextKeys?.length ? [`ignored ${ignoredContextKeys.join(', ')}`] : []),
  ].join('; ')).join(' | ');
}

function statements(analysis) {
  const decisive = [...(analysis?.denyStatements ?? []), ...(analysis?.allowStatements ?? [])];
  const named = decisive.map(({ policyId, explain }) => `${explain.effect} ${[policyId, explain.identifier].filter(Boolean).join('/')}`);
  return named.length > 0 ? ` by ${named.join(' and ')}` : '';
}
